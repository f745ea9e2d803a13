//! What the analysis says of small programs, and whether CPython agrees.

mod oracle;
mod programs;

use super::{Engine, Implementers, facts, place_of};
use crate::interface::Fact;
use crate::python::{MemoryFiles, Project};

/// All facts of a function or method, the unreadable ones too; none if it is too much to follow.
fn facts_of(text: &str, path: &str, implementers: &Implementers) -> Vec<String> {
    let files = MemoryFiles::new([("m.py", text)]);
    let project = Project::new(&files);
    let (owner, member) = path.rsplit_once('.').unwrap();
    let (interface, _) = project.interface(&[owner.to_owned()]);
    let engine = Engine::new(&project, implementers);
    let (place, receiver) = place_of(&engine, owner, member, &interface).unwrap();
    let summary = engine.summary(place, receiver).unwrap();
    if summary.cut {
        return Vec::new();
    }
    let said = facts::said(&engine, place, &summary);
    said.own.iter().map(|seen| seen.fact.to_string()).collect()
}

fn facts(text: &str, path: &str) -> Vec<Fact> {
    facts_of(text, path, &Implementers::default())
        .iter()
        .map(|text| Fact::parse(text).unwrap())
        .collect()
}
