//! A consumer against a provider: every use must end at something, every call must bind, every override must take what
//! the provider calls. What the uses are is read by the front end.

use std::collections::{BTreeMap, BTreeSet};

use super::implementers::{Asked, Verified, implementers};
use super::overrides::rejection;
use super::words;
use crate::compare::python::binding::Callable;
use crate::config::Config;
use crate::finding::{self, Certainty, Evidence, Finding, Origin, Role, Side};
use crate::interface::Place;
use crate::provider::Trouble;
use crate::python::reach::{Definition, End, Reach, Reached};
use crate::python::{Files, Joined, Project, Receivers};

/// Verifies a consumer's files against a provider's.
pub fn consumer(
    name: &str,
    provider: &dyn Files,
    files: &dyn Files,
    config: &Config,
    exact: bool,
) -> Verified {
    let joined = Joined::new(provider, files);
    let project = Project::new(&joined);
    let reached = project.reached(&config.arguments);
    let mut verified = overrides(&project, &reached, config, exact);
    for finding in &mut verified.findings {
        at_home(finding, name);
    }
    let uses = uses(name, &reached.uses);
    verified.members += reached.uses.len();
    verified.findings.extend(uses);
    for finding in &mut verified.findings {
        finding.consumers = vec![name.to_owned()];
    }
    verified
        .troubles
        .extend(reached.unread.into_iter().map(|(path, message)| Trouble {
            subject: path,
            place: None,
            message,
        }));
    finding::sort(&mut verified.findings);
    verified
}

/// What the consumer's classes override, judged by the calls of the provider.
fn overrides(project: &Project<'_>, reached: &Reached, config: &Config, exact: bool) -> Verified {
    let mut left = reached.bases.clone();
    let mut bases: Vec<(BTreeSet<String>, Receivers)> = Vec::new();
    for interface in config.interfaces.values() {
        let named: BTreeSet<String> = interface
            .members
            .iter()
            .filter(|member| left.remove(*member))
            .cloned()
            .collect();
        if !named.is_empty() && !interface.receivers.is_empty() {
            bases.push((named, Receivers::Named(interface.receivers.clone())));
        } else {
            left.extend(named);
        }
    }
    if !left.is_empty() {
        bases.push((left, Receivers::Infer));
    }
    let asked = Asked {
        bases,
        exact,
        heirs: Some(&reached.heirs),
    };
    implementers(project, &asked)
}

/// Gives each place of a finding to whom it belongs.
fn at_home(finding: &mut Finding, name: &str) {
    let home = |origin: &mut Origin, place: &mut Place| {
        if let Some(own) = Joined::consumers(&place.path) {
            place.path = own.into();
            *origin = Origin::Consumer(name.to_owned());
        }
    };
    for side in [&mut finding.old, &mut finding.new].into_iter().flatten() {
        home(&mut side.origin, &mut side.place);
        if let (Origin::Consumer(_), Some(mark)) = (&side.origin, &mut side.mark)
            && let Some(own) = Joined::consumers(&mark.path)
        {
            mark.path = own.into();
        }
    }
    for evidence in &mut finding.evidence {
        home(&mut evidence.origin, &mut evidence.place);
    }
}

/// What is wrong with uses: one finding for each cause, with the places as evidence.
pub(super) fn uses(name: &str, uses: &[Reach]) -> Vec<Finding> {
    let mut found: BTreeMap<(String, &'static str, String), Finding> = BTreeMap::new();
    let mut add = |finding: Finding, place: &Place, what: &str| {
        let key = (finding.subject.clone(), finding.rule, finding.item.clone());
        let known = found.entry(key).or_insert_with(|| finding.clone());
        for (role, certainty) in finding.verdicts {
            *known = known.clone().hurts(role, certainty);
        }
        known.evidence.push(Evidence {
            origin: Origin::Consumer(name.to_owned()),
            place: place.clone(),
            what: what.to_owned(),
        });
    };
    for reach in uses {
        match &reach.end {
            End::Lost {
                owner,
                place,
                maybe_hidden,
            } => {
                let mut finding = Finding::new(
                    "use-unresolved",
                    &reach.path,
                    "",
                    words::unresolved(&reach.path, owner),
                );
                if !reach.guarded {
                    let certainty = if *maybe_hidden {
                        Certainty::Possible
                    } else {
                        Certainty::Definite
                    };
                    finding = finding.hurts(Role::Callers, certainty);
                }
                finding.old = place
                    .clone()
                    .map(|place| side(Origin::Provider, place, None));
                finding.new = Some(at(name, &reach.place));
                add(finding, &reach.place, "uses it");
            }
            End::Found(definition) => {
                if let Some((finding, place, what)) = rejected(name, reach, definition) {
                    add(finding, &place, &what);
                }
            }
        }
    }
    let mut findings: Vec<Finding> = found.into_values().collect();
    for finding in &mut findings {
        finding.evidence.sort();
        finding.evidence.dedup();
        finding.help = words::help(finding);
    }
    findings
}

/// A call that what is called does not take.
fn rejected(
    name: &str,
    reach: &Reach,
    definition: &Definition,
) -> Option<(Finding, Place, String)> {
    let (call, callee) = (reach.call.as_ref()?, definition.callable.as_ref()?);
    let callable = Callable::new(&callee.params);
    let (item, why, shape) = call.shapes.iter().find_map(|shape| {
        let (item, why) = rejection(&callable, &callable, shape)?;
        if let Some(params) = &callee.otherwise
            && Callable::new(params).accepts(shape)
        {
            return None;
        }
        Some((item, why, shape))
    })?;
    let mut finding = Finding::new(
        "use-rejected",
        &reach.path,
        &item,
        format!("`{}` {why}", words::short(&reach.path)),
    );
    if !reach.guarded {
        let certainty = if callee.unsure || call.shapes.len() > 1 {
            Certainty::Possible
        } else {
            Certainty::Definite
        };
        finding = finding.hurts(Role::Callers, certainty);
    }
    finding.old = definition
        .place
        .clone()
        .map(|place| side(Origin::Provider, place, definition.line.clone()));
    finding.new = Some(at(name, &reach.place));
    let passed = call.arguments.iter().find(|(name, _)| *name == item);
    let (place, what) = match passed {
        Some((_, place)) => (place.clone(), format!("passes {item}=")),
        None => (reach.place.clone(), format!("calls it with {shape}")),
    };
    Some((finding, place, what))
}

fn at(name: &str, place: &Place) -> Side {
    side(Origin::Consumer(name.to_owned()), place.clone(), None)
}

fn side(origin: Origin, place: Place, signature: Option<String>) -> Side {
    Side {
        origin,
        place,
        signature,
        mark: None,
    }
}
