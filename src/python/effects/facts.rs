//! What a summary says to others: facts about what crosses the boundary, as a contract writes them, each with the
//! places that lead to it. The object's own state is nobody's business here.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::domain::{Deed, Path, Root, Step, Trace, Value, What};
use super::engine::{Engine, Place};
use super::ir::{Bound, Function, St};
use super::state::State;
use super::summary::Summary;
use crate::interface::{Fact, Verb};

/// A fact with the chain of places that proves it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) fact: Fact,
    pub(super) trace: Option<Rc<Trace>>,
    /// Somewhere it fails without it, although not on every way.
    pub(super) needed: bool,
    /// What it is about, if that is a path.
    path: Option<Path>,
    /// It speaks of a type that is not Python's own.
    foreign: bool,
}

/// Facts of one function: its own, and those about results of implementers by class and member.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) own: Vec<Seen>,
    pub(super) results: BTreeMap<(String, String), Vec<Seen>>,
}

/// Facts under one root, before they are put into words.
#[derive(Default)]
struct Slot {
    needs: Option<Rc<Trace>>,
    looks: Option<Rc<Trace>>,
    must_read: bool,
    writes: Option<Rc<Trace>>,
    must_write: bool,
    deletes: Option<Rc<Trace>>,
    must_delete: bool,
    /// Written over: whether it is only possible.
    lost: Option<(bool, Rc<Trace>)>,
}

pub(super) fn said(engine: &Engine<'_, '_>, place: Place<'_>, summary: &Summary) -> Said {
    let nothing = State::default();
    let exit = summary.exit.as_ref().unwrap_or(&nothing);
    let function = place.function;
    let has_receiver = place.owner.is_some() && function.bound != Bound::Static;
    let is_own = |path: &Path| has_receiver && path.root == Root::Param(0);
    let mut slots: BTreeMap<Path, Slot> = BTreeMap::new();
    let mut others: Vec<(Path, Seen)> = Vec::new();
    for (deed, path, trace) in &summary.may {
        if is_own(path) {
            continue;
        }
        let must = exit.must.contains(&(*deed, *path));
        let trace = Rc::clone(trace);
        match deed {
            Deed::Needs => {
                let slot = slots.entry(*path).or_default();
                slot.needs = Some(trace);
                slot.must_read |= must;
            }
            Deed::Looks => slots.entry(*path).or_default().looks = Some(trace),
            Deed::Writes => {
                let slot = slots.entry(*path).or_default();
                slot.writes = Some(trace);
                slot.must_write |= must;
            }
            Deed::Deletes => {
                let slot = slots.entry(*path).or_default();
                slot.deletes = Some(trace);
                slot.must_delete |= must;
            }
            Deed::Unknown(callee) if *engine.text(*callee) == *super::calls::IMPLEMENTER => {}
            Deed::Unknown(callee) => {
                let text = format!(
                    "{} via {}",
                    text_of(engine, function, path),
                    engine.text(*callee)
                );
                others.push((*path, seen(Verb::Unknown, text, false, Some(trace))));
            }
            Deed::Tests(class) => {
                let class = engine.text(*class);
                let name = class.strip_prefix("builtins.");
                let text = format!(
                    "{}: {}",
                    text_of(engine, function, path),
                    name.unwrap_or(&class)
                );
                let mut found = seen(Verb::Accepts, text, false, Some(trace));
                found.foreign = name.is_none();
                others.push((*path, found));
            }
            Deed::Leaves => {}
        }
    }
    for (path, lost) in &summary.over {
        if !is_own(path) {
            lose(slots.entry(*path).or_default(), lost.possible, &lost.trace);
        }
    }
    for path in exit
        .lost
        .iter()
        .filter(|path| matches!(path.root, Root::Param(_)) && !is_own(path))
    {
        if path.is_single()
            && exit.is_overwritten(path)
            && let Some(slot) = slots.get_mut(path)
            && let Some(trace) = slot.writes.clone()
        {
            lose(slot, exit.was_shown(path), &trace);
        }
    }
    let mut all: Vec<(Path, Seen)> = others;
    for (path, slot) in &slots {
        let text = text_of(engine, function, path);
        let reads = slot.needs.as_ref().or(slot.looks.as_ref());
        if let Some(trace) = reads
            && !is_told(&slots, path, slot)
        {
            let mut found = seen(
                Verb::Reads,
                text.clone(),
                !slot.must_read,
                Some(Rc::clone(trace)),
            );
            found.needed = slot.needs.is_some();
            all.push((*path, found));
        }
        if let Some((possible, trace)) = &slot.lost {
            all.push((
                *path,
                seen(
                    Verb::Overwrites,
                    text.clone(),
                    *possible,
                    Some(Rc::clone(trace)),
                ),
            ));
        } else if let Some(trace) = &slot.writes {
            all.push((
                *path,
                seen(
                    Verb::Writes,
                    text.clone(),
                    !slot.must_write,
                    Some(Rc::clone(trace)),
                ),
            ));
        }
        if let Some(trace) = &slot.deletes {
            all.push((
                *path,
                seen(
                    Verb::Deletes,
                    text,
                    !slot.must_delete,
                    Some(Rc::clone(trace)),
                ),
            ));
        }
    }
    let mut said = Said::default();
    for (path, mut found) in all {
        found.path = Some(path);
        match path.root {
            Root::Param(at) => {
                let param = function.params.get(usize::from(at));
                // What is collected of the arguments is a dict or tuple of the function's own.
                let collected = param.is_some_and(|param| {
                    matches!(
                        param.takes,
                        super::ir::Takes::Rest | super::ir::Takes::Keywords
                    )
                });
                let changes = matches!(
                    found.fact.verb,
                    Verb::Writes | Verb::Overwrites | Verb::Deletes
                );
                if !(collected && changes && path.steps().len() < 2) {
                    said.own.push(found);
                }
            }
            Root::Result(id) => {
                let Some((class, member)) = engine.result(id) else {
                    continue;
                };
                let key = (
                    engine.text(class).to_string(),
                    engine.text(member).to_string(),
                );
                let mut short = found.clone();
                let root = result_text(engine, id);
                if let Some(rest) = short.fact.path.strip_prefix(&root) {
                    short.fact.path = rest.to_owned();
                }
                said.own.push(found);
                if !short.fact.path.is_empty()
                    && !short.fact.path.starts_with(" via")
                    && matches!(
                        short.fact.verb,
                        Verb::Reads | Verb::Overwrites | Verb::Deletes | Verb::Accepts
                    )
                {
                    if let Some(rest) = short.fact.path.strip_prefix(": ") {
                        short.fact.path = rest.to_owned();
                    }
                    said.results.entry(key).or_default().push(short);
                }
            }
            Root::Made(_) => {}
        }
    }
    for (class, trace) in &summary.raises {
        let text = engine.text(*class);
        let name = text.rsplit('.').next().unwrap_or(&text).to_owned();
        said.own
            .push(seen(Verb::Raises, name, false, Some(Rc::clone(trace))));
    }
    returns(engine, function, summary, has_receiver, &mut said.own);
    for facts in said.results.values_mut().chain([&mut said.own]) {
        settle(facts);
    }
    said
}

impl Said {
    /// Leaves what a person would want to read: no walks through whatever somebody passes, no fine print of what is
    /// only perhaps looked at, and one line about those unknown who get a thing.
    pub(super) fn readable(mut self) -> Self {
        for facts in self.results.values_mut().chain([&mut self.own]) {
            facts.retain(Seen::is_readable);
            let texts: BTreeSet<String> = facts.iter().map(|seen| seen.fact.path.clone()).collect();
            facts.retain(|seen| {
                // What is done to a thing and to all that is in it alike is a walk through it.
                let outer = seen.fact.path.replacen("[*]", "", 1);
                outer == seen.fact.path || !texts.contains(&outer)
            });
            gather_unknown(facts);
        }
        self
    }
}

/// A read that only may happen is told of so many steps; where a key is read, of one more.
const FINE: usize = 1;

impl Seen {
    fn is_readable(&self) -> bool {
        let Some(path) = self.path else { return true };
        let any = path
            .steps()
            .iter()
            .filter(|step| **step == Step::Any)
            .count();
        match self.fact.verb {
            Verb::Reads => {
                let steps = path.steps();
                let last_is_any = steps.last() == Some(&Step::Any);
                let more = usize::from(
                    matches!(path.root, Root::Result(_))
                        || matches!(steps.last(), Some(Step::Key(_))),
                );
                any < 2 && !last_is_any && !(self.fact.may && steps.len() - any > FINE + more)
            }
            Verb::Unknown => path.is_root(),
            // Only Python's own types: others are told apart for reasons of the provider's.
            Verb::Accepts => any == 0 && !self.foreign,
            _ => any < 2,
        }
    }
}

/// Makes one line of all unknown callees that get the same thing.
fn gather_unknown(facts: &mut Vec<Seen>) {
    let (unknown, mut kept): (Vec<Seen>, Vec<Seen>) = std::mem::take(facts)
        .into_iter()
        .partition(|seen| seen.fact.verb == Verb::Unknown);
    let mut gathered: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for seen in unknown {
        let what = seen
            .fact
            .path
            .split(" via ")
            .next()
            .unwrap_or_default()
            .to_owned();
        gathered.entry(what).or_default().push(seen);
    }
    for (what, all) in gathered {
        let Some(mut first) = all.first().cloned() else {
            continue;
        };
        if all.len() > 1 {
            let name = first
                .fact
                .path
                .strip_prefix(&format!("{what} via "))
                .unwrap_or_default()
                .to_owned();
            first.fact.path = format!("{what} via {name} and {} more", all.len() - 1);
        }
        kept.push(first);
    }
    kept.sort_by(|a, b| a.fact.cmp(&b.fact));
    *facts = kept;
}

fn seen(verb: Verb, path: String, may: bool, trace: Option<Rc<Trace>>) -> Seen {
    Seen {
        fact: Fact { verb, path, may },
        trace,
        needed: false,
        path: None,
        foreign: false,
    }
}

fn lose(slot: &mut Slot, possible: bool, trace: &Rc<Trace>) {
    match &mut slot.lost {
        Some((known, _)) => *known &= possible,
        None => slot.lost = Some((possible, Rc::clone(trace))),
    }
}

/// Whether a longer path says it already: who reads `x.a.b` reads `x.a`.
fn is_told(slots: &BTreeMap<Path, Slot>, path: &Path, slot: &Slot) -> bool {
    slots
        .range(path..)
        .skip(1)
        .take_while(|(longer, _)| longer.starts_with(path))
        .any(|(longer, other)| {
            (other.needs.is_some() || other.looks.is_some())
                && !matches!(longer.split(), Some((_, Step::Any)))
                && (other.must_read || !slot.must_read)
        })
}

/// Sorted, each once, the stronger of two.
fn settle(facts: &mut Vec<Seen>) {
    facts.sort_by(|a, b| a.fact.cmp(&b.fact));
    facts.dedup_by(|later, earlier| {
        // `may` sorts after `must`.
        let same = later.fact.verb == earlier.fact.verb && later.fact.path == earlier.fact.path;
        if same {
            earlier.needed |= later.needed;
        }
        same
    });
}

fn result_text(engine: &Engine<'_, '_>, id: u32) -> String {
    let Some((class, member)) = engine.result(id) else {
        return "?".to_owned();
    };
    let class = engine.text(class);
    let short = class.rsplit('.').next().unwrap_or(&class);
    format!("{short}.{}()", engine.text(member))
}

/// `instance.flavor['vcpus']`
fn text_of(engine: &Engine<'_, '_>, function: &Function, path: &Path) -> String {
    let name_of = |at: u16| {
        let param = function.params.get(usize::from(at));
        param.map_or_else(
            || "?".to_owned(),
            |param| engine.text(param.name).to_string(),
        )
    };
    let mut text = match path.root {
        Root::Param(at) => name_of(at),
        Root::Result(id) => result_text(engine, id),
        Root::Made(_) => "?".to_owned(),
    };
    for step in path.steps() {
        match step {
            Step::Attr(name) => {
                text.push('.');
                text.push_str(&engine.text(*name));
            }
            Step::Key(key) => {
                text.push('[');
                text.push_str(&quoted(&engine.text(*key)));
                text.push(']');
            }
            Step::Arg(at) => {
                text.push('[');
                text.push_str(&name_of(*at));
                text.push(']');
            }
            Step::Any => text.push_str("[*]"),
        }
    }
    text
}

/// A key as Python writes it, on one line.
fn quoted(key: &str) -> String {
    let mut text = String::from("'");
    for c in key.chars() {
        match c {
            '\'' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            c if c.is_control() => text.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('\'');
    text
}

fn returns(
    engine: &Engine<'_, '_>,
    function: &Function,
    summary: &Summary,
    has_receiver: bool,
    said: &mut Vec<Seen>,
) {
    let Some(exit) = &summary.exit else { return };
    if function.is_generator || function.is_lambda || !gives_value(&function.body) {
        return;
    }
    let result = &summary.result;
    let mut parts: Vec<String> = Vec::new();
    let mut unknown = result.other;
    for path in &result.refs {
        match path.root {
            Root::Param(0) if has_receiver && path.is_root() => parts.push("self".to_owned()),
            Root::Param(_) | Root::Result(_) if !(has_receiver && path.root == Root::Param(0)) => {
                parts.push(text_of(engine, function, path));
            }
            _ => unknown = true,
        }
    }
    let keys = keys(engine, exit, result);
    if !keys.is_empty() {
        unknown = result.other;
    }
    match result.what.as_deref() {
        Some(What::Many(values)) if result.refs.is_empty() && !result.other => {
            let blanks = vec!["_"; values.len()].join(", ");
            let comma = if values.len() == 1 { "," } else { "" };
            parts.push(format!("({blanks}{comma})"));
        }
        Some(_) => unknown = true,
        None => {}
    }
    let several = parts.len()
        + usize::from(unknown)
        + usize::from(!keys.is_empty())
        + usize::from(result.none)
        > 1;
    for (key, must) in &keys {
        said.push(seen(
            Verb::Returns,
            format!("[{}]", quoted(key)),
            !must || several,
            None,
        ));
    }
    if parts.len() > 4 {
        parts.clear();
        unknown = true;
    }
    for part in parts {
        said.push(seen(Verb::Returns, part, several, None));
    }
    if result.none {
        said.push(seen(Verb::Returns, "None".to_owned(), several, None));
    }
    if unknown {
        said.push(seen(Verb::Returns, "_".to_owned(), several, None));
    }
}

/// The literal keys of a returned dict, and whether each is always there.
pub(super) fn keys(
    engine: &Engine<'_, '_>,
    exit: &State,
    result: &Value,
) -> BTreeMap<String, bool> {
    let made: Vec<&Path> = result
        .refs
        .iter()
        .filter(|path| path.is_root() && matches!(path.root, Root::Made(_)))
        .collect();
    let mut keys: BTreeMap<String, bool> = BTreeMap::new();
    let mut seen_in: BTreeMap<String, usize> = BTreeMap::new();
    for path in &made {
        let mut here = BTreeSet::new();
        for slot in exit
            .heap
            .range(**path..)
            .map(|(slot, _)| slot)
            .take_while(|slot| slot.starts_with(path))
        {
            let Some((container, Step::Key(key))) = slot.split() else {
                continue;
            };
            if container != **path || !here.insert(key) {
                continue;
            }
            let must = exit.must.contains(&(Deed::Writes, *slot));
            let text = engine.text(key).to_string();
            *seen_in.entry(text.clone()).or_default() += 1;
            *keys.entry(text).or_insert(true) &= must;
        }
    }
    for (key, must) in &mut keys {
        *must &= seen_in.get(key) == Some(&made.len());
    }
    keys
}

/// Whether some `return` of a body has a value.
fn gives_value(body: &[St]) -> bool {
    body.iter().any(|statement| match statement {
        St::Return(value, _) => value
            .as_ref()
            .is_some_and(|value| !matches!(value.kind, super::ir::Kind::None)),
        St::If(arms) => arms.iter().any(|(_, body)| gives_value(body)),
        St::For(_, _, body, orelse) | St::While(_, body, orelse) => {
            gives_value(body) || gives_value(orelse)
        }
        St::With(_, body) => gives_value(body),
        St::Try {
            body,
            handlers,
            orelse,
            finally,
        } => {
            gives_value(body)
                || gives_value(orelse)
                || gives_value(finally)
                || handlers.iter().any(|handler| gives_value(&handler.body))
        }
        _ => false,
    })
}
