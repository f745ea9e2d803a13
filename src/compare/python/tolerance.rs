//! Exceptions that the provider tolerates of implementers, before and after: an implementer that raises one, or that
//! leaves out what the base does not implement, breaks where it is tolerated no longer.

use std::collections::BTreeSet;

use super::judge::{Judge, Pair};
use super::requirements;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::python::{Site, Tolerance};
use crate::interface::table::PlacedFact;
use crate::interface::{CallShape, Verb};

/// Handlers of these are there for whatever may happen; nobody is told to raise them.
const BROAD: [&str; 2] = ["BaseException", "Exception"];
/// What an implementer raises, or makes the interpreter raise, that does not have or take what is asked for.
const COMPATIBILITY: [&str; 3] = ["AttributeError", "NotImplementedError", "TypeError"];

/// Where an exception was tolerated.
enum Where {
    /// At every call.
    Everywhere,
    /// At every call of this shape.
    At(CallShape),
    /// At some calls.
    Somewhere,
}

/// Says which exceptions are tolerated no longer.
pub(super) fn compare(judge: &mut Judge<'_>, pair: &Pair<'_>) {
    let (before, _) = pair.required;
    let mut said: BTreeSet<&str> = BTreeSet::new();
    for placed in before
        .iter()
        .filter(|placed| placed.fact.verb == Verb::Tolerates)
    {
        let (exception, at) = parts(placed);
        let place = match at {
            _ if placed.fact.may => Where::Somewhere,
            Some(shape) => Where::At(shape),
            None => Where::Everywhere,
        };
        let Some((certainty, sites)) = lost(pair.sites, exception, &place) else {
            continue;
        };
        if said.insert(exception) {
            tell(judge, pair, exception, certainty, &sites);
        }
    }
}

/// Whether an exception was tolerated at every call of a shape.
pub(super) fn at_shape(facts: &[PlacedFact], exception: &str, shape: &CallShape) -> bool {
    facts
        .iter()
        .filter(|placed| placed.fact.verb == Verb::Tolerates && !placed.fact.may)
        .any(|placed| {
            let (name, at) = parts(placed);
            name == exception && at.is_none_or(|at| at == *shape)
        })
}

/// `NotImplementedError at (_, _)` taken apart.
fn parts(placed: &PlacedFact) -> (&str, Option<CallShape>) {
    match placed.fact.path.split_once(" at ") {
        Some((exception, shape)) => (exception, CallShape::parse(shape).ok()),
        None => (&placed.fact.path, None),
    }
}

/// The places that do not tolerate an exception any more, and how sure it is that somebody is hurt there.
fn lost<'s>(
    sites: &'s [Site],
    exception: &str,
    place: &Where,
) -> Option<(Certainty, Vec<&'s Site>)> {
    let level = |site: &Site| {
        let level = site.tolerates.get(exception).copied();
        level.unwrap_or(Tolerance::Unknown)
    };
    let calls: Vec<&Site> = sites
        .iter()
        .filter(|site| match (&site.shape, place) {
            (Some(shape), Where::At(at)) => shape == at,
            (shape, _) => shape.is_some(),
        })
        .collect();
    let bare: Vec<&Site> = calls
        .iter()
        .copied()
        .filter(|site| level(site) == Tolerance::Never)
        .collect();
    if bare.is_empty() {
        return None;
    }
    let everywhere = bare.len() == calls.len();
    let certainty = match place {
        _ if everywhere && BROAD.contains(&exception) => Certainty::Possible,
        // Perhaps the call that tolerated it is gone altogether.
        Where::Somewhere if everywhere => Certainty::Possible,
        Where::Somewhere => return None,
        _ if everywhere => Certainty::Definite,
        _ if BROAD.contains(&exception) => return None,
        // Another call came, which does not cope with those who do not have the member.
        Where::Everywhere if COMPATIBILITY.contains(&exception) => Certainty::Definite,
        _ => Certainty::Possible,
    };
    Some((certainty, bare))
}

fn tell(
    judge: &mut Judge<'_>,
    pair: &Pair<'_>,
    exception: &str,
    certainty: Certainty,
    sites: &[&Site],
) {
    let name = exception.rsplit('.').next().unwrap_or(exception);
    let message = format!(
        "the provider no longer copes with `{name}` from `{}`",
        pair.display()
    );
    let mut finding = Finding::new("tolerance-removed", pair.subject, exception, message)
        .hurts(Role::Implementers, certainty);
    finding.evidence = requirements::evidence(sites, &format!("calls it, and lets {name} through"));
    judge.add(pair, finding);
}
