//! What a function does, in words of its parameters; and what a call of it does to the caller's values.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::domain::{Deed, Path, Root, Step, Trace, Value, What};
use super::engine::Place;
use super::ir::{Span, Sym};
use super::run::{Lost, Run};
use super::state::{State, join_into};

/// What a function does.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Summary {
    /// What holds when it returns; none if it never does.
    pub(super) exit: Option<State>,
    pub(super) result: Value,
    pub(super) may: Vec<(Deed, Path, Rc<Trace>)>,
    pub(super) over: Vec<(Path, Lost)>,
    pub(super) raises: Vec<(Sym, Rc<Trace>)>,
    /// It was too much to follow.
    pub(super) cut: bool,
}

/// More than this from one function is not passed on to its callers.
const MOST: usize = 4000;

impl Run<'_, '_, '_> {
    pub(super) fn summarise(mut self) -> Summary {
        let function = self.place.function;
        self.block(&function.body);
        if self.state.is_some() {
            self.result.join(&Value::none());
            let state = self.state.take();
            join_into(&mut self.returned, &state);
        }
        let mut result = std::mem::take(&mut self.result);
        if function.is_generator {
            result = Value::other();
        }
        clean(&mut result);
        let mut exit = self.returned.take();
        if let Some(state) = &mut exit {
            trim(state, &result);
            if self.cut {
                state.must = Rc::default();
                state.present = Rc::default();
                state.absent = Rc::default();
            }
        }
        let has_receiver = self.has_receiver();
        let own =
            |path: &Path| has_receiver && path.root == Root::Param(0) && path.steps().len() < 2;
        Summary {
            exit,
            result,
            may: self
                .may
                .into_iter()
                .filter(|((deed, path), _)| {
                    path.is_supplied()
                        && !(own(path) && matches!(deed, Deed::Needs | Deed::Looks))
                        && !(path.is_root()
                            && matches!(deed, Deed::Needs | Deed::Looks | Deed::Writes))
                })
                .take(MOST)
                .map(|((deed, path), trace)| (deed, path, trace))
                .collect(),
            over: if self.cut {
                Vec::new()
            } else {
                self.over.into_iter().collect()
            },
            raises: self.raises.into_iter().collect(),
            cut: self.cut,
        }
    }
}

/// Functions inside and the like mean nothing to a caller.
fn clean(value: &mut Value) {
    let keep = match value.what.as_deref() {
        Some(What::Text(_) | What::Global(_)) | None => true,
        Some(What::Many(values)) => {
            let mut values = values.clone();
            values.iter_mut().for_each(clean);
            value.what = Some(Rc::new(What::Many(values)));
            return;
        }
        Some(_) => false,
    };
    if !keep {
        value.what = None;
        value.other = true;
    }
}

/// Keeps what a caller can reach.
fn trim(state: &mut State, result: &Value) {
    state.env = Rc::default();
    let mut heap = (*state.heap).clone();
    heap.values_mut().for_each(clean);
    let mut roots: BTreeSet<u32> = BTreeSet::new();
    let mut open: Vec<u32> = Vec::new();
    reach(result, &mut open);
    for (slot, value) in &heap {
        if slot.is_supplied() {
            reach(value, &mut open);
        }
    }
    while let Some(root) = open.pop() {
        if !roots.insert(root) {
            continue;
        }
        let start = Path::of(Root::Made(root));
        for (slot, value) in heap.range(start..) {
            if slot.root != start.root {
                break;
            }
            reach(value, &mut open);
        }
        if let Some(made) = state.made.get(&root) {
            for item in made.items.iter().flat_map(|items| items.iter()) {
                reach(item, &mut open);
            }
        }
    }
    let kept = |root: &Root| match root {
        Root::Made(id) => roots.contains(id),
        _ => true,
    };
    heap.retain(|slot, _| kept(&slot.root));
    state.heap = Rc::new(heap);
    Rc::make_mut(&mut state.made).retain(|id, _| roots.contains(id));
    Rc::make_mut(&mut state.must).retain(|(_, path)| kept(&path.root));
    Rc::make_mut(&mut state.born).retain(|root| kept(root));
    let supplied = |path: &Path| path.is_supplied();
    Rc::make_mut(&mut state.absent).retain(supplied);
    Rc::make_mut(&mut state.present).retain(supplied);
}

fn reach(value: &Value, open: &mut Vec<u32>) {
    for path in &value.refs {
        if let Root::Made(id) = path.root {
            open.push(id);
        }
    }
    if let Some(What::Many(values)) = value.what.as_deref() {
        values.iter().for_each(|value| reach(value, open));
    }
}

/// A callee's words in the caller's.
struct Words<'a> {
    args: &'a [Value],
    before: &'a State,
    roots: BTreeMap<Root, Root>,
}

impl Words<'_> {
    fn root(&self, root: Root) -> Value {
        match root {
            Root::Param(at) => self
                .args
                .get(usize::from(at))
                .cloned()
                .unwrap_or_else(Value::other),
            other => Value::at(Path::of(self.roots.get(&other).copied().unwrap_or(other))),
        }
    }

    /// What a callee's path was when it was called.
    fn value(&self, path: &Path) -> Value {
        let mut value = self.root(path.root);
        for step in path.steps() {
            for step in self.steps(*step) {
                value = Run::peek(self.before, &value, step);
            }
        }
        value
    }

    fn steps(&self, step: Step) -> Vec<Step> {
        match step {
            Step::Arg(at) => {
                let value = self.args.get(usize::from(at));
                vec![match value {
                    Some(value) => match (value.text(), value.exact()) {
                        (Some(text), _) => Step::Key(text),
                        (None, Some(path)) if path.is_root() => match path.root {
                            Root::Param(at) => Step::Arg(at),
                            _ => Step::Any,
                        },
                        _ => Step::Any,
                    },
                    None => Step::Any,
                }]
            }
            step => vec![step],
        }
    }

    /// The slots that a callee's path names, and whether it is surely that one.
    fn slots(&self, path: &Path) -> (Vec<Path>, bool) {
        let Some((container, step)) = path.split() else {
            return (Vec::new(), false);
        };
        let container = self.value(&container);
        let exact = container.exact().is_some();
        let step = self.steps(step).pop().unwrap_or(Step::Any);
        let slots: Vec<Path> = container
            .refs
            .iter()
            .filter_map(|object| object.then(step))
            .collect();
        (slots, exact)
    }

    fn translate(&self, value: &Value) -> Value {
        let mut out = Value {
            other: value.other,
            none: value.none,
            class: value.class,
            ..Value::default()
        };
        for path in &value.refs {
            let mut found = self.value(path);
            if value.refs.len() == 1 && !value.other && value.what.is_none() {
                // The same thing, with all that is known about it.
                found.none |= value.none;
                found.class = found.class.or(value.class);
                return found;
            }
            if found.what.take().is_some() {
                found.other = true;
            }
            out.join(&found);
        }
        match value.what.as_deref() {
            Some(What::Many(values)) => {
                let values = values.iter().map(|value| self.translate(value)).collect();
                out.what = Some(Rc::new(What::Many(values)));
            }
            Some(what) => out.what = Some(Rc::new(what.clone())),
            None => {}
        }
        out
    }
}

impl<'e> Run<'e, '_, '_> {
    /// Calls a function of the tree with these values of its parameters.
    pub(super) fn apply(
        &mut self,
        place: Place<'e>,
        receiver: Option<Sym>,
        args: Vec<Value>,
        span: Span,
    ) -> Value {
        let Some(summary) = self.engine.summary(place, receiver) else {
            let name = self.engine.text(place.function.name).to_string();
            let given = super::calls::Given {
                args,
                ..Default::default()
            };
            return self.unknown(&name, &given, span);
        };
        let Some(before) = self.state.clone() else {
            return Value::default();
        };
        if summary.cut {
            // What is too much to follow is as good as unknown.
            let name = self.engine.sym(&self.engine.text(place.function.name));
            for value in &args {
                self.leave(value, Some(name), span);
            }
        }
        let roots = self.roots_of(&summary, span);
        let words = Words {
            args: &args,
            before: &before,
            roots,
        };
        self.deeds(&summary, &words, span);
        for (path, trace) in &summary.raises {
            // Whoever overrides an abstract method does not raise what it raises.
            if place.function.is_abstract {
                continue;
            }
            let trace = self.traced(span, trace);
            self.throw(*path, trace);
        }
        let Some(exit) = &summary.exit else {
            if place.function.is_abstract {
                // The real one is somebody else's.
                return Value::other();
            }
            self.checkpoint();
            self.state = None;
            return Value::default();
        };
        self.become_exit(exit, &words, span);
        words.translate(&summary.result)
    }

    /// New numbers for what a callee made, and for results of implementers that it got.
    fn roots_of(&mut self, summary: &Summary, span: Span) -> BTreeMap<Root, Root> {
        let mut roots = BTreeMap::new();
        let mut all: BTreeSet<Root> = summary.may.iter().map(|(_, path, _)| path.root).collect();
        if let Some(exit) = &summary.exit {
            all.extend(exit.born.iter());
            all.extend(exit.made.keys().map(|id| Root::Made(*id)));
        }
        for root in all {
            let new = match root {
                Root::Param(_) => continue,
                Root::Made(id) => {
                    Root::Made(self.engine.made_at(self.place.function, span, Some(id)))
                }
                Root::Result(id) => {
                    Root::Result(self.engine.result_at(self.place.function, span, Err(id)))
                }
            };
            roots.insert(root, new);
        }
        roots
    }

    fn deeds(&mut self, summary: &Summary, words: &Words<'_>, span: Span) {
        let before = words.before;
        for (deed, path, trace) in &summary.may {
            match deed {
                Deed::Needs | Deed::Looks => {
                    let (slots, exact) = words.slots(path);
                    let _ = exact;
                    for slot in slots {
                        let trace = self.traced(span, trace);
                        self.saw_through(before, slot, *deed, trace, 0);
                    }
                }
                Deed::Writes | Deed::Deletes => {
                    for slot in words.slots(path).0 {
                        if slot.is_supplied() {
                            let trace = self.traced(span, trace);
                            self.note(*deed, slot, trace);
                        }
                    }
                }
                Deed::Leaves => {
                    let value = words.value(path);
                    let trace = self.traced(span, trace);
                    self.left_through(before, &value, &trace, None);
                }
                Deed::Unknown(callee) => {
                    let value = words.value(path);
                    let trace = self.traced(span, trace);
                    self.left_through(before, &value, &trace, Some(*callee));
                }
                Deed::Tests(_) => {
                    for path in words.value(path).refs {
                        if path.is_supplied() {
                            let trace = self.traced(span, trace);
                            self.note(*deed, path, trace);
                        }
                    }
                }
            }
        }
        for (path, lost) in &summary.over {
            for slot in words.slots(path).0 {
                if slot.is_supplied() && before.may_hold_supplied(&slot) && !before.is_used(&slot) {
                    let lost = Lost {
                        possible: lost.possible || before.was_shown(&slot) || !slot.is_single(),
                        trace: self.traced(span, &lost.trace),
                    };
                    self.lose(slot, lost);
                }
            }
        }
    }

    /// A read in a callee; through a copy it is one of the original.
    fn saw_through(&mut self, before: &State, slot: Path, deed: Deed, trace: Rc<Trace>, depth: u8) {
        if let Root::Made(id) = slot.root {
            if depth < 4
                && before.cell(&slot).is_none()
                && let Some((container, step)) = slot.split()
                && container.is_root()
                && let Some(made) = before.made.get(&id)
            {
                for origin in made.copy_of.clone() {
                    if let Some(slot) = origin.then(step) {
                        self.saw_through(before, slot, deed, Rc::clone(&trace), depth + 1);
                    }
                }
            }
            return;
        }
        self.saw(before, slot, deed, false, trace);
    }

    fn left_through(
        &mut self,
        before: &State,
        value: &Value,
        trace: &Rc<Trace>,
        callee: Option<Sym>,
    ) {
        let mut open = value.refs.clone();
        if let Some(What::Many(values)) = value.what.as_deref() {
            open.extend(values.iter().flat_map(|value| value.refs.iter().copied()));
        }
        let mut seen = BTreeSet::new();
        while let Some(path) = open.pop() {
            if !seen.insert(path) || seen.len() > 64 {
                continue;
            }
            if path.is_supplied() {
                self.left(before, path, trace);
                self.note(Deed::Leaves, path, Rc::clone(trace));
                if let Some(callee) = callee {
                    self.note(Deed::Unknown(callee), path, Rc::clone(trace));
                }
                continue;
            }
            for (slot, held) in before.heap.range(path..) {
                if !slot.starts_with(&path) {
                    break;
                }
                open.extend(&held.refs);
            }
        }
    }

    /// The state after a callee returned.
    fn become_exit(&mut self, exit: &State, words: &Words<'_>, _span: Span) {
        let before = words.before;
        let mut cells = Vec::new();
        for (slot, value) in exit.heap.iter() {
            let (slots, exact) = words.slots(slot);
            let single =
                slots.len() == 1 && exact && slot.is_single() && slots.iter().all(Path::is_single);
            cells.push((slots, single, words.translate(value)));
        }
        for root in exit.made.keys() {
            if let Some(Root::Made(id)) = words.roots.get(&Root::Made(*root)) {
                let mut made = exit.made.get(root).cloned().unwrap_or_default();
                made.copy_of = made
                    .copy_of
                    .iter()
                    .flat_map(|path| words.value(path).refs)
                    .collect();
                if let Some(items) = &made.items {
                    made.items = Some(Rc::new(
                        items.iter().map(|item| words.translate(item)).collect(),
                    ));
                }
                self.born(*id, made);
            }
        }
        let Some(state) = &mut self.state else { return };
        let born: Vec<Root> = exit
            .born
            .iter()
            .filter_map(|root| words.roots.get(root).copied())
            .collect();
        Rc::make_mut(&mut state.born).extend(born);

        let mut must = Vec::new();
        for (deed, path) in exit.must.iter() {
            let (slots, exact) = words.slots(path);
            let [slot] = slots.as_slice() else { continue };
            if !exact || !slot.is_single() {
                continue;
            }
            let deed = match deed {
                Deed::Needs | Deed::Looks => {
                    if !slot.is_supplied() || !before.may_hold_supplied(slot) {
                        continue;
                    }
                    if !before.is_untouched(slot) {
                        continue;
                    }
                    let is_attr = matches!(slot.split(), Some((_, Step::Attr(_))));
                    let guarded = if is_attr {
                        self.guard.attributes
                    } else {
                        self.guard.keys
                    };
                    if guarded || before.present.contains(slot) {
                        Deed::Looks
                    } else {
                        *deed
                    }
                }
                _ => *deed,
            };
            must.push((deed, *slot));
        }
        if !must.is_empty() {
            Rc::make_mut(&mut state.must).extend(must);
        }
        for path in exit.lost.iter() {
            for slot in words.slots(path).0 {
                if slot.is_supplied() && before.may_hold_supplied(&slot) {
                    Rc::make_mut(&mut state.lost).insert(slot);
                }
            }
        }
        for path in exit.used.iter() {
            let all = matches!(path.split(), Some((_, Step::Any)));
            if all {
                for slot in words.slots(path).0 {
                    if slot.is_supplied() {
                        Rc::make_mut(&mut state.used).insert(slot);
                    }
                }
            }
            for path in words.value(path).refs {
                if path.is_supplied() && !path.is_root() {
                    Rc::make_mut(&mut state.used).insert(path);
                }
            }
        }
        for path in exit.shown.iter() {
            for path in words.value(path).refs {
                if path.is_supplied() {
                    Rc::make_mut(&mut state.shown).insert(path);
                }
            }
        }
        for (slots, strong, value) in cells {
            let value = self.bounded(value);
            let Some(state) = &mut self.state else { return };
            for slot in slots {
                let several = matches!(slot.root, Root::Made(id) if state.made.get(&id).is_some_and(|made| made.several));
                let heap = Rc::make_mut(&mut state.heap);
                if strong && !several {
                    let empty = value == Value::default();
                    heap.insert(slot, value.clone());
                    Rc::make_mut(&mut state.absent).remove(&slot);
                    if empty {
                        Rc::make_mut(&mut state.absent).insert(slot);
                        Rc::make_mut(&mut state.present).remove(&slot);
                    } else if exit.must.iter().any(|(deed, _)| *deed == Deed::Writes) {
                        Rc::make_mut(&mut state.present).remove(&slot);
                    }
                } else {
                    let known = heap.entry(slot).or_insert_with(|| {
                        if slot.is_supplied() {
                            Value::at(slot)
                        } else {
                            Value::default()
                        }
                    });
                    known.join(&value);
                    Rc::make_mut(&mut state.absent).remove(&slot);
                }
            }
        }
    }
}
