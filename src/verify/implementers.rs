//! Every implementer that a tree shows, against its bases: finds the classes and the calls, and has each override
//! judged. It decides nothing about a single override.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::overrides::{Calls, Judge, bound};
use crate::compare::python::binding::Callable;
use crate::finding::{self, Finding};
use crate::interface::python::{Class, Interface, Kind};
use crate::provider::Trouble;
use crate::python::{CallMade, Project, Receivers, Wanted};

/// What to verify.
pub struct Asked<'a> {
    /// The classes whose implementers are meant, each with the receivers that hold an implementer.
    pub bases: Vec<(BTreeSet<String>, Receivers)>,
    /// Signatures must equal those of the base, and there may be no other public methods.
    pub exact: bool,
    /// The implementers with the bases of each, if they are known; otherwise they are looked for everywhere.
    pub heirs: Option<&'a BTreeMap<String, Vec<String>>>,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Verified {
    /// Sorted.
    pub findings: Vec<Finding>,
    /// How many overrides, calls and uses were judged.
    pub members: usize,
    /// What was asked for and could not be read.
    pub troubles: Vec<Trouble>,
    /// Paths of bases that are not there, with the part of each that is.
    pub missing: Vec<(String, Option<String>)>,
}

/// Verifies the implementers of some classes.
pub fn implementers(project: &Project<'_>, asked: &Asked<'_>) -> Verified {
    let mut verified = Verified::default();
    for (paths, receivers) in &asked.bases {
        let asked_paths: Vec<String> = paths.iter().cloned().collect();
        let (named, missing) = project.interface(&asked_paths);
        verified.missing.extend(
            missing
                .into_iter()
                .map(|missing| (missing.path, missing.nearest)),
        );
        let bases: BTreeSet<String> = named.classes.keys().cloned().collect();
        if bases.is_empty() {
            continue;
        }
        let heirs = match asked.heirs {
            Some(known) => of_bases(known, &bases),
            None => project.implementers(&bases),
        };
        let mut all: Vec<String> = bases.iter().cloned().collect();
        all.extend(heirs.keys().cloned());
        let (interface, _) = project.interface(&all);
        verified
            .troubles
            .extend(project.damages(&interface).into_iter().map(Trouble::from));
        let calls = calls(project, &interface, &bases, &heirs, receivers);
        let mut judge = Judge::new(&interface, &heirs, &calls, asked.exact);
        for class in heirs.keys() {
            judge.class(class);
        }
        verified.members += judge.members;
        verified.findings.extend(judge.finish());
    }
    finding::sort(&mut verified.findings);
    verified.findings.dedup();
    verified.troubles.sort();
    verified.troubles.dedup();
    verified
}

/// The heirs of some bases only.
fn of_bases(
    heirs: &BTreeMap<String, Vec<String>>,
    bases: &BTreeSet<String>,
) -> BTreeMap<String, Vec<String>> {
    heirs
        .iter()
        .map(|(path, above)| {
            let above = above.iter().filter(|base| bases.contains(*base));
            (path.clone(), above.cloned().collect::<Vec<_>>())
        })
        .filter(|(_, above)| !above.is_empty())
        .collect()
}

/// The calls that the tree makes on the implementers of these classes.
///
/// This is the one place that asks for them.
fn calls(
    project: &Project<'_>,
    interface: &Interface,
    bases: &BTreeSet<String>,
    heirs: &BTreeMap<String, Vec<String>>,
    receivers: &Receivers,
) -> Calls {
    // Only what somebody overrides can be rejected.
    let overridden: BTreeSet<&String> = heirs
        .keys()
        .filter_map(|path| interface.classes.get(path))
        .flat_map(|class| &class.members)
        .filter(|(_, member)| !bases.contains(&member.defined_in))
        .map(|(name, _)| name)
        .collect();
    let names = |class: &Class| -> BTreeSet<String> {
        let all = class.members.keys();
        all.filter(|name| overridden.contains(name))
            .cloned()
            .collect()
    };
    let of = |paths: &mut dyn Iterator<Item = &String>| -> Wanted {
        paths
            .filter_map(|path| Some((path.clone(), names(interface.classes.get(path)?))))
            .filter(|(_, names)| !names.is_empty())
            .collect()
    };
    let mut through_receivers = project.calls_made(interface, &of(&mut bases.iter()), receivers);
    if *receivers == Receivers::Infer {
        drop_strays(interface, &mut through_receivers);
    }
    let nobody = Receivers::Named(Vec::new());
    let on_self = project.calls_made(interface, &of(&mut heirs.keys()), &nobody);
    let on_receivers = through_receivers
        .into_iter()
        .filter(|call| call.within.is_none());
    let made: Vec<CallMade> = on_receivers.chain(on_self).collect();
    let modules: BTreeSet<&str> = interface
        .classes
        .keys()
        .filter_map(|path| path.rsplit_once('.').map(|(module, _)| module))
        .collect();
    let extending = modules
        .into_iter()
        .flat_map(|module| project.extends_base(module))
        .collect();
    Calls::new(made, extending)
}

/// What calls something that not even the base takes is no implementer: it only has members of the same names.
fn drop_strays(interface: &Interface, calls: &mut Vec<CallMade>) {
    let is_stray = |call: &CallMade| {
        let member = interface
            .classes
            .get(&call.class)?
            .members
            .get(&call.member)?;
        let Kind::Function(function) = &member.kind else {
            return None;
        };
        Some(!Callable::new(bound(function)).accepts(&call.shape))
    };
    let strays: BTreeSet<(Arc<str>, String)> = calls
        .iter()
        .filter(|call| call.within.is_none() && is_stray(call) == Some(true))
        .map(|call| (call.place.path.clone(), call.receiver.clone()))
        .collect();
    calls.retain(|call| {
        call.within.is_some() || !strays.contains(&(call.place.path.clone(), call.receiver.clone()))
    });
}
