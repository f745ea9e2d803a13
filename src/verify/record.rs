//! Writes down what a consumer uses and overrides, so that its provider can be judged without it. It judges nothing.

use std::collections::BTreeMap;

use crate::contract::Consumer;
use crate::interface::table::PlacedFact;
use crate::interface::{Fact, Line, Names, Place, Verb, python_text};
use crate::python::reach::{End, Reach};
use crate::python::{Files, Joined, Project};

/// What stands for a use that is no call.
const ITSELF: &str = "_";

/// The contract of a consumer, read from its files beside those of the provider.
pub fn record(
    name: &str,
    path: &str,
    provider: &dyn Files,
    files: &dyn Files,
    arguments: &BTreeMap<String, String>,
) -> Consumer {
    let joined = Joined::new(provider, files);
    let project = Project::new(&joined);
    let reached = project.reached(arguments);
    let mut consumer = Consumer {
        name: name.to_owned(),
        path: path.to_owned(),
        ..Consumer::default()
    };
    for reach in &reached.uses {
        add_use(&mut consumer, reach);
    }
    for (path, message) in &reached.unread {
        consumer.unknown.insert(format!("file {path}: {message}"));
    }
    let mut names = Names::default();
    let mut all: Vec<String> = reached.heirs.keys().cloned().collect();
    all.extend(reached.bases.iter().cloned());
    let (interface, _) = project.interface(&all);
    for (path, above) in &reached.heirs {
        let Some(class) = interface.classes.get(path) else {
            continue;
        };
        for (name, member) in &class.members {
            if reached.bases.contains(&member.defined_in) {
                continue;
            }
            let base = above.iter().find(|base| {
                let known = interface.classes.get(*base);
                known.is_some_and(|base| base.members.contains_key(name))
            });
            let Some(base) = base else { continue };
            let mut shorten = |full: &str| names.shorten(full, ".");
            let lines = python_text::member_lines(member, name, &mut shorten);
            let implements = consumer.implements.entry(base.clone()).or_default();
            implements.provides.extend(lines.into_iter().map(Line::new));
            if let Some(place) = &member.place {
                add_place(&mut consumer, format!("{base}.{name}"), place);
            }
        }
        // That it derives from a class is a dependency, whatever it overrides.
        if let Some(nearest) = above.first() {
            consumer.implements.entry(nearest.clone()).or_default();
        }
    }
    consumer.names = names;
    consumer.normal()
}

fn add_use(consumer: &mut Consumer, reach: &Reach) {
    if let End::Lost { .. } = reach.end {
        if !reach.guarded {
            consumer
                .unknown
                .insert(format!("use {}: the provider does not have it", reach.path));
        }
        return;
    }
    let facts = consumer.uses.entry(reach.path.clone()).or_default();
    let mut add = |verb, path: String| {
        facts.push(PlacedFact {
            fact: Fact {
                verb,
                path,
                may: reach.guarded,
            },
            places: Vec::new(),
        });
    };
    match &reach.call {
        Some(call) => call
            .shapes
            .iter()
            .for_each(|shape| add(Verb::Call, shape.to_string())),
        None => add(Verb::Reads, ITSELF.to_owned()),
    }
    add_place(consumer, reach.path.clone(), &reach.place);
}

fn add_place(consumer: &mut Consumer, path: String, place: &Place) {
    let mut place = place.clone();
    if let Some(own) = Joined::consumers(&place.path) {
        place.path = own.into();
    }
    consumer.places.entry(path).or_default().push(place);
}
