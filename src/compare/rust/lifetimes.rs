//! Lifetimes of a function: which inputs its result is tied to, however that is written.

use super::Pair;
use super::generics::Audience;
use super::items::Subject;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Function, Receiver};

impl<'a> Pair<'a> {
    /// Lifetimes, where types are equal without them.
    pub(super) fn lifetimes(
        &mut self,
        subject: Subject<'_>,
        old: &Function,
        new: &Function,
        audience: Audience,
    ) {
        let (before, after) = (tied(old), tied(new));
        if before == after {
            return;
        }
        let mut finding = Finding::new(
            "lifetime-changed",
            subject.path,
            "",
            format!(
                "lifetimes in `{}` are tied together in another way",
                subject.path
            ),
        );
        if audience.callers {
            finding = finding.hurts(Role::Callers, Certainty::Possible);
        }
        if audience.implementers {
            finding = finding.hurts(Role::Implementers, Certainty::Possible);
        }
        self.change(
            subject,
            finding,
            "keep what is returned tied to what it was tied to",
            (None, None),
        );
    }
}

/// Lifetimes of inputs and output by where they are first seen; what stands for itself alone is nothing.
pub(super) fn tied(function: &Function) -> Vec<String> {
    let mut walk = Tied {
        seen: Vec::new(),
        over: Vec::new(),
    };
    match &function.receiver {
        Some(Receiver::Reference { lifetime, .. }) => {
            walk.lifetime(lifetime.as_deref());
        }
        Some(Receiver::Typed(ty)) => {
            walk.ty(ty);
        }
        Some(Receiver::Value) | None => {}
    }
    let by_self = walk.seen.len();
    for input in &function.inputs {
        walk.ty(&input.ty);
    }
    let inputs = walk.seen.len();
    walk.ty(&function.output);
    let seen = walk.seen;
    // What is elided in the output is the lifetime of `self`, or the only one there is.
    let only: Vec<String> = {
        let mut names: Vec<String> = seen[..inputs].to_vec();
        names.retain(|name| name != "'static");
        let elided = names.iter().filter(|name| *name == "'_").count();
        let mut named: Vec<String> = names.into_iter().filter(|name| name != "'_").collect();
        named.sort();
        named.dedup();
        if elided == 0 { named } else { Vec::new() }
    };
    let source = if by_self > 0 {
        seen.first().cloned()
    } else if only.len() == 1 {
        only.first().cloned()
    } else {
        None
    };
    let outputs: Vec<String> = seen[inputs..]
        .iter()
        .map(|name| {
            if name == "'_" {
                source
                    .clone()
                    .filter(|name| name != "'_")
                    .unwrap_or_else(|| "'_".to_owned())
            } else {
                name.clone()
            }
        })
        .collect();
    let first = seen[..inputs].to_vec();
    // Inputs that share a lifetime are tied to each other.
    let mut shared: Vec<String> = Vec::new();
    for (index, name) in first.iter().enumerate() {
        let places = || first.iter().enumerate().filter(|(_, other)| *other == name);
        if name != "'_"
            && name != "'static"
            && places().count() > 1
            && places().all(|(place, _)| place >= index)
        {
            let places: Vec<String> = places().map(|(place, _)| place.to_string()).collect();
            shared.push(format!("={}", places.join("=")));
        }
    }
    shared.sort();
    outputs
        .into_iter()
        .filter(|name| name != "'_")
        .filter_map(|name| {
            if name == "'static" {
                return Some(name);
            }
            // Tied to the source of elision is what elision says.
            if Some(&name) == source.as_ref()
                && first.iter().filter(|other| **other == name).count() == 1
            {
                return None;
            }
            let tied: Vec<String> = first
                .iter()
                .enumerate()
                .filter(|(_, other)| **other == name)
                .map(|(index, _)| index.to_string())
                .collect();
            Some(tied.join("+"))
        })
        .chain(shared)
        .collect()
}

pub(super) struct Tied {
    pub(super) seen: Vec<String>,
    pub(super) over: Vec<String>,
}

impl Fold for Tied {
    fn lifetime(&mut self, name: Option<&str>) -> Option<String> {
        let name = name.unwrap_or("'_");
        if !self.over.iter().any(|over| over == name) {
            self.seen.push(name.to_owned());
        }
        Some(name.to_owned())
    }
    fn enter(&mut self, higher: &[String]) {
        self.over.extend(higher.iter().cloned());
    }
    fn leave(&mut self, higher: &[String]) {
        let left = self.over.len().saturating_sub(higher.len());
        self.over.truncate(left);
    }
}
