//! What overrides really meet: the calls that the provider makes on implementers, against what was declared before.

use super::binding::{Callable, Violation};
use super::judge::Pair;
use super::parameters::{Explained, Pairing};
use super::tolerance;
use crate::finding::{Certainty, Evidence, Origin};
use crate::interface::python::Site;
use crate::interface::table::PlacedFact;
use crate::interface::{CallShape, Place, Verb};

/// A change of a parameter, with what proves it.
pub(super) type Change<'a> = (Explained<'a>, Vec<Evidence>);

/// The calls that the provider made and makes on overrides.
pub(super) struct Calls<'a> {
    made: Vec<(CallShape, &'a [Place])>,
    before: Vec<CallShape>,
    /// What was only tried before asked nothing of anybody.
    tried: Vec<CallShape>,
    sites: &'a [Site],
    /// All calls were seen and understood.
    complete: bool,
}

/// What is said of a call itself, not of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// Nobody made such a call before; whoever follows the declaration takes it.
    Accepted,
    /// Nobody made such a call before, and the declaration itself rejects it, before and now.
    Rejected,
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
        let (tried, asked) = shapes(before)
            .into_iter()
            .map(|(shape, _)| shape)
            .partition(|shape| tolerance::at_shape(before, "TypeError", shape));
        Self {
            made,
            before: asked,
            tried,
            sites: pair.sites,
            complete,
        }
    }

    /// Turns what overrides *might* meet into what they do meet, where the calls are known. `old` is what the old
    /// declaration takes, `new` what the new one does.
    pub(super) fn judge<'p>(
        &self,
        pairing: &Pairing<'p>,
        old: &Callable<'_>,
        new: &Callable<'_>,
        changes: &mut Vec<Change<'p>>,
    ) -> Vec<(CallShape, News, Vec<Evidence>)> {
        if self.complete {
            // What none of the calls does hurts nobody.
            changes
                .iter_mut()
                .for_each(|(change, _)| change.implementers = None);
        }
        // A declaration that now says what was always passed asks nothing new.
        for (change, _) in changes
            .iter_mut()
            .filter(|(change, _)| change.old.is_none())
        {
            let always_passed = self.before.iter().any(|shape| {
                let is_passed = shape.keywords.contains(&change.item)
                    || change
                        .position
                        .is_some_and(|position| position < shape.positional);
                is_passed && !old.accepts(shape) && new.accepts(shape)
            });
            if always_passed {
                change.implementers = None;
            }
        }
        let mut news = Vec::new();
        for (shape, places) in &self.made {
            if self.is_tried(shape) {
                continue;
            }
            let known = self.before.contains(shape);
            if !new.accepts(shape) {
                match (known, old.accepts(shape)) {
                    (true, false) => {}
                    (false, false) => {
                        let calls = calls(shape, places);
                        news.push((shape.clone(), News::Rejected, calls));
                    }
                    // The provider itself is a caller that the change of its declaration breaks.
                    (_, true) => {
                        let culprits = pairing.rejected_by_new(shape);
                        for (change, evidence) in changes.iter_mut() {
                            let is_culprit = |known: &Explained<'_>| {
                                (known.rule, &known.item) == (change.rule, &change.item)
                            };
                            if culprits.iter().any(is_culprit) {
                                evidence.extend(calls(shape, places));
                            }
                        }
                    }
                }
                continue;
            }
            if known {
                continue;
            }
            let mut causes = pairing.rejected_by_overrides(shape);
            if causes.is_empty() {
                causes.extend(old.rejection(shape).map(undeclared));
            }
            if causes.is_empty() && !self.tried.contains(shape) {
                news.push((shape.clone(), News::Accepted, calls(shape, places)));
            }
            for cause in causes {
                self.blame(cause, shape, places, changes);
            }
        }
        news
    }

    /// Every place that makes this call copes with its being rejected.
    fn is_tried(&self, shape: &CallShape) -> bool {
        let mut sites = self
            .sites
            .iter()
            .filter(|site| site.shape.as_ref() == Some(shape))
            .peekable();
        sites.peek().is_some() && sites.all(|site| site.tried)
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
        let passed: Vec<&Place> = self
            .sites
            .iter()
            .filter(|site| site.shape.as_ref() == Some(shape))
            .flat_map(|site| &site.arguments)
            .filter(|(name, _)| {
                if by_keyword {
                    *name == cause.item
                } else {
                    Some(name) == position.as_ref()
                }
            })
            .map(|(_, place)| place)
            .collect();
        if passed.is_empty() {
            return calls(shape, places);
        }
        let what = if by_keyword {
            format!("passes {}=", cause.item)
        } else {
            format!("passes {} by position", cause.item)
        };
        passed
            .into_iter()
            .map(|place| at(place, what.clone()))
            .collect()
    }
}

fn calls(shape: &CallShape, places: &[Place]) -> Vec<Evidence> {
    let what = format!("calls it with {shape}");
    places.iter().map(|place| at(place, what.clone())).collect()
}

fn at(place: &Place, what: String) -> Evidence {
    Evidence {
        origin: Origin::Provider,
        place: place.clone(),
        what,
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

/// A call that only the new declaration takes, for none of its changes by itself.
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
