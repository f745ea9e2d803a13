//! What overrides really meet: the calls that the provider makes on implementers, against what was declared before.

use super::binding::{Callable, Violation};
use super::judge::Pair;
use super::parameters::{Explained, Pairing};
use crate::finding::{Certainty, Evidence, Origin};
use crate::interface::python::Argument;
use crate::interface::table::PlacedFact;
use crate::interface::{CallShape, Place, Verb};

/// A change of a parameter, with what proves it.
pub(super) type Change<'a> = (Explained<'a>, Vec<Evidence>);

/// The calls that the provider made and makes on overrides.
pub(super) struct Calls<'a> {
    made: Vec<(CallShape, &'a [Place])>,
    before: Vec<CallShape>,
    arguments: &'a [Argument],
    /// All calls were seen and understood.
    complete: bool,
}

impl<'a> Calls<'a> {
    /// `all` says that every receiver was named, so that there are no other calls.
    pub(super) fn new(pair: &Pair<'a>, all: bool) -> Self {
        let (before, after) = pair.required;
        let made = shapes(after);
        let complete = all
            && !made.is_empty()
            && made.iter().all(|(shape, _)| shape.is_known())
            && after.iter().all(|placed| placed.fact.verb != Verb::Unknown);
        let before = shapes(before).into_iter().map(|(shape, _)| shape).collect();
        Self {
            made,
            before,
            arguments: pair.arguments,
            complete,
        }
    }

    /// Turns what overrides *might* meet into what they do meet, where the calls are known. `declared` is what the
    /// old declaration takes.
    pub(super) fn judge<'p>(
        &self,
        pairing: &Pairing<'p>,
        declared: &Callable<'_>,
        changes: &mut Vec<Change<'p>>,
    ) {
        if self.complete {
            // What none of the calls does hurts nobody.
            changes
                .iter_mut()
                .for_each(|(change, _)| change.implementers = None);
        }
        for (shape, places) in &self.made {
            if self.before.contains(shape) {
                continue;
            }
            let mut causes = pairing.rejected_by_overrides(shape);
            if causes.is_empty() {
                causes.extend(declared.rejection(shape).map(undeclared));
            }
            for cause in causes {
                self.blame(cause, shape, places, changes);
            }
        }
    }

    fn blame<'p>(
        &self,
        mut cause: Explained<'p>,
        shape: &CallShape,
        places: &[Place],
        changes: &mut Vec<Change<'p>>,
    ) {
        if cause.rule == "parameter-added" {
            // That it is passed says more than that it is there; what it does to callers is another cause.
            changes.retain_mut(|(change, _)| {
                let same = change.rule == "parameter-added" && change.item == cause.item;
                if same {
                    change.implementers = None;
                }
                !same || change.callers.is_some()
            });
            cause.rule = "parameter-passed";
        }
        let proof = self.evidence(&cause, shape, places);
        let known = changes
            .iter()
            .position(|(change, _)| change.rule == cause.rule && change.item == cause.item);
        let at = known.unwrap_or_else(|| {
            changes.push((cause, Vec::new()));
            changes.len() - 1
        });
        let (change, evidence) = &mut changes[at];
        change.implementers = Some(Certainty::Definite);
        evidence.extend(proof);
        evidence.sort();
        evidence.dedup();
    }

    /// The argument that is passed, at each of its places; else the calls.
    fn evidence(
        &self,
        cause: &Explained<'_>,
        shape: &CallShape,
        places: &[Place],
    ) -> Vec<Evidence> {
        let by_keyword = shape.keywords.contains(&cause.item);
        let position = cause.position.map(|position| format!("#{position}"));
        let passed: Vec<&Argument> = self
            .arguments
            .iter()
            .filter(|argument| argument.shape == *shape)
            .filter(|argument| {
                if by_keyword {
                    argument.name == cause.item
                } else {
                    Some(&argument.name) == position.as_ref()
                }
            })
            .collect();
        let at = |place: &Place, what: String| Evidence {
            origin: Origin::Provider,
            place: place.clone(),
            what,
        };
        if passed.is_empty() {
            return places
                .iter()
                .map(|place| at(place, format!("calls it with {shape}")))
                .collect();
        }
        let what = if by_keyword {
            format!("passes {}=", cause.item)
        } else {
            format!("passes {} by position", cause.item)
        };
        passed
            .into_iter()
            .map(|argument| at(&argument.place, what.clone()))
            .collect()
    }
}

fn shapes(facts: &[PlacedFact]) -> Vec<(CallShape, &[Place])> {
    facts
        .iter()
        .filter(|placed| placed.fact.verb == Verb::Call)
        .filter_map(|placed| {
            Some((
                CallShape::parse(&placed.fact.path).ok()?,
                placed.places.as_slice(),
            ))
        })
        .collect()
}

/// A call that the declaration itself rejects.
fn undeclared<'p>(violation: Violation) -> Explained<'p> {
    let (item, position) = match violation {
        Violation::Keyword { name, .. } | Violation::Required { name, .. } => (name, None),
        Violation::TooMany { positional } => (
            format!("#{}", positional.saturating_sub(1)),
            Some(positional.saturating_sub(1)),
        ),
        Violation::TooFew { index, .. }
        | Violation::Elsewhere { index }
        | Violation::FromVarArgs { index } => (format!("#{index}"), Some(index)),
        Violation::OtherKeywords => ("**".to_owned(), None),
    };
    Explained {
        rule: "parameter-passed",
        item,
        old: None,
        new: None,
        position,
        callers: None,
        implementers: None,
    }
}
