//! What code does to what it is handed: a MOD/REF analysis over access paths. A function is lowered ([`lower`]) to a
//! small form of its own ([`ir`]), followed from its beginning to its ends ([`run`], [`exec`], [`eval`], [`calls`],
//! [`builtins`]), and summed up in words of its parameters ([`summary`]); a call applies the callee's summary.
//! [`facts`] says what of it others can see. Nothing is compared or judged here.

mod builtins;
mod calls;
mod domain;
mod engine;
mod eval;
mod exec;
mod facts;
mod ir;
mod lower;
mod lower_expr;
mod receivers;
mod run;
mod state;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ruff_source_file::LineIndex;
use ruff_text_size::TextSize;

use self::domain::Trace;
pub use self::engine::Implementers;
use self::engine::{Engine, Place};
use self::facts::{Said, Seen};
use super::decode::decode;
use super::project::Project;
use crate::interface;
use crate::interface::python::{Interface, Kind};
use crate::interface::table::{Facts, PlacedFact, Proof};

/// For code whose calls nest deeply; only touched pages cost memory.
const STACK: usize = 1024 * 1024 * 1024;

/// Facts and their proofs, by owner (class or module) and member.
#[derive(Debug, Default)]
struct Found {
    effects: BTreeMap<(String, String), Vec<Proof>>,
    requires: BTreeMap<(String, String), Vec<Proof>>,
}

impl Project<'_> {
    /// Writes into `interface` what its functions do to what they are handed, and what the tree does with the results
    /// of implementers of its classes.
    pub fn fill_effects(&self, interface: &mut Interface, implementers: &Implementers) {
        interface.has_effects = true;
        let wanted = wanted(interface);
        // Looked for here: the thread below must not wait for a pool whose threads may all wait for it.
        let files = self.files_with(&patterns(interface, implementers));
        let found = on_large_stack(|| self.effects(&wanted, interface, implementers, &files))
            .unwrap_or_default();
        for ((owner, member), proofs) in found.effects {
            let (facts, kept) = match interface.classes.get_mut(&owner) {
                Some(class) => (&mut class.effects, &mut class.proofs),
                None => match interface.modules.get_mut(&owner) {
                    Some(module) => (&mut module.effects, &mut module.proofs),
                    None => continue,
                },
            };
            put(facts, &member, &proofs);
            kept.entry(member).or_default().extend(proofs);
        }
        for ((owner, member), proofs) in found.requires {
            let Some(class) = interface.classes.get_mut(&owner) else {
                continue;
            };
            if class.members.contains_key(&member) {
                put(&mut class.requires, &member, &proofs);
                class.proofs.entry(member).or_default().extend(proofs);
            }
        }
    }

    fn effects(
        &self,
        wanted: &[(String, String)],
        interface: &Interface,
        implementers: &Implementers,
        files: &[usize],
    ) -> Found {
        let engine = Engine::new(self, implementers);
        let mut places = Places::new(self);
        let mut found = Found::default();
        for (owner, member) in wanted {
            let Some((place, receiver)) = place_of(&engine, owner, member, interface) else {
                continue;
            };
            if place.function.is_abstract {
                continue;
            }
            let Some(summary) = engine.summary(place, receiver) else {
                continue;
            };
            let said = facts::said(&engine, place, &summary).readable();
            let proofs = said.own.iter().map(|seen| places.proof(seen)).collect();
            found
                .effects
                .insert((owner.clone(), member.clone()), proofs);
        }
        self.results(&engine, files, &mut places, &mut found);
        found
    }

    /// What the whole tree does with results of implementers of these classes.
    fn results(
        &self,
        engine: &Engine<'_, '_>,
        files: &[usize],
        places: &mut Places<'_>,
        found: &mut Found,
    ) {
        for &index in files {
            let Some(module) = engine.module(index) else {
                continue;
            };
            let name = self.module_name(index);
            for function in module.functions.values() {
                let owner = (!function.class.is_empty())
                    .then(|| engine.sym(&format!("{name}.{}", function.class)));
                let place = Place {
                    module: index,
                    function,
                    owner,
                };
                let is_method = function.bound != ir::Bound::Static;
                let Some(summary) = engine.summary(place, owner.filter(|_| is_method)) else {
                    continue;
                };
                if !summary
                    .may
                    .iter()
                    .any(|(_, path, _)| matches!(path.root, domain::Root::Result(_)))
                {
                    continue;
                }
                let Said { results, .. } = facts::said(engine, place, &summary).readable();
                for (key, seen) in results {
                    let known = found.requires.entry(key).or_default();
                    for seen in seen {
                        join(known, places, &seen);
                    }
                }
            }
        }
    }
}

/// What files hold that call implementers of these classes.
fn patterns(interface: &Interface, implementers: &Implementers) -> Vec<String> {
    let mut patterns = BTreeSet::new();
    for (receiver, classes) in &implementers.by_receiver {
        for (class, members) in classes {
            if interface.classes.contains_key(class) {
                patterns.extend(members.iter().map(|member| format!("{receiver}.{member}(")));
            }
        }
    }
    patterns.into_iter().collect()
}

/// Adds a fact to the union of all call sites: the stronger one stays, with the shortest way to it.
fn join(known: &mut Vec<Proof>, places: &mut Places<'_>, seen: &Seen) {
    let same = known
        .iter_mut()
        .find(|proof| proof.fact.verb == seen.fact.verb && proof.fact.path == seen.fact.path);
    let length = |trace: &Option<Rc<Trace>>| {
        let mut length = 0;
        let mut at = trace.as_ref();
        while let Some(trace) = at {
            length += 1;
            at = trace.then.as_ref();
        }
        length
    };
    match same {
        Some(proof) => {
            proof.needed |= seen.needed;
            let stronger = proof.fact.may && !seen.fact.may;
            let shorter =
                proof.fact.may == seen.fact.may && length(&seen.trace) < proof.chain.len();
            if stronger || shorter {
                let needed = proof.needed;
                *proof = places.proof(seen);
                proof.needed = needed;
            }
        }
        None => known.push(places.proof(seen)),
    }
}

fn put(facts: &mut Facts, member: &str, proofs: &[Proof]) {
    if proofs.is_empty() {
        return;
    }
    let list = facts.entry(member.to_owned()).or_default();
    for proof in proofs {
        list.push(PlacedFact {
            fact: proof.fact.clone(),
            places: proof.chain.last().cloned().into_iter().collect(),
        });
    }
    list.sort();
}

/// Functions whose effects are asked for: those that a class or module defines, or gets from where nobody tells.
fn wanted(interface: &Interface) -> Vec<(String, String)> {
    let mut wanted = Vec::new();
    for (path, class) in &interface.classes {
        for (name, member) in &class.members {
            let told =
                member.defined_in != *path && interface.classes.contains_key(&member.defined_in);
            if matches!(member.kind, Kind::Function(_)) && !told {
                wanted.push((path.clone(), name.clone()));
            }
        }
    }
    for (path, module) in &interface.modules {
        for (name, member) in &module.members {
            if matches!(member.kind, Kind::Function(_)) {
                wanted.push((path.clone(), name.clone()));
            }
        }
    }
    wanted
}

fn place_of<'e>(
    engine: &'e Engine<'_, '_>,
    owner: &str,
    member: &str,
    interface: &Interface,
) -> Option<(Place<'e>, Option<ir::Sym>)> {
    if interface.classes.contains_key(owner) {
        let class = engine.sym(owner);
        let place = engine.method(class, engine.sym(member))?;
        let is_method = place.function.bound != ir::Bound::Static;
        return Some((place, Some(class).filter(|_| is_method)));
    }
    match engine.global(&format!("{owner}.{member}")) {
        engine::Global::Function(place) => Some((place, None)),
        _ => None,
    }
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .ok()?;
        thread.join().ok()
    })
}

/// Lines and columns of traces, each file's text read once.
struct Places<'p> {
    project: &'p Project<'p>,
    files: BTreeMap<u32, Option<(String, LineIndex)>>,
}

impl<'p> Places<'p> {
    fn new(project: &'p Project<'_>) -> Self {
        Self {
            project,
            files: BTreeMap::new(),
        }
    }

    fn proof(&mut self, seen: &Seen) -> Proof {
        let mut chain = Vec::new();
        let mut at = seen.trace.as_ref();
        while let Some(trace) = at {
            chain.extend(self.place(trace));
            at = trace.then.as_ref();
        }
        Proof {
            fact: seen.fact.clone(),
            chain,
            needed: seen.needed,
        }
    }

    fn place(&mut self, trace: &Trace) -> Option<interface::Place> {
        let index = usize::try_from(trace.file).ok()?;
        let project = self.project;
        let (text, lines) = self
            .files
            .entry(trace.file)
            .or_insert_with(|| {
                let bytes = project.bytes(index)?;
                let text = decode(&bytes).ok()?.into_owned();
                let lines = LineIndex::from_source_text(&text);
                Some((text, lines))
            })
            .as_ref()?;
        let point = |offset: u32| {
            let at = lines.line_column(TextSize::new(offset), text);
            (
                u32::try_from(at.line.get()).unwrap_or(u32::MAX),
                u32::try_from(at.column.get()).unwrap_or(u32::MAX),
            )
        };
        let (line, column) = point(trace.span.start);
        let (end_line, end_column) = point(trace.span.end);
        Some(interface::Place {
            path: project.module_path(index).into(),
            line,
            column,
            end_line,
            end_column,
        })
    }
}
