//! Two trees against each other: whole, or at paths that somebody named. Only files that differ are parsed, and those
//! that names lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::offer::{damaged_manifests, rust_troubles};
use super::{Provider, Trouble, is_rust_path};
use crate::compare::{self, Audience, Options};
use crate::config::Config;
use crate::finding::{self, Finding, Origin};
use crate::interface::python::{Interface, Member};
use crate::python::{Project, Receivers, Wanted};
use crate::rules::apply_levels;
use crate::rust;

/// What a diff found.
#[derive(Debug, Clone, Default)]
pub struct Diffed {
    /// Sorted.
    pub findings: Vec<Finding>,
    /// How many members were compared.
    pub members: usize,
    /// What was asked for and could not be read.
    pub troubles: Vec<Trouble>,
    /// Paths that neither tree has, with the part of each that exists.
    pub missing: Vec<(String, Option<String>)>,
    /// What was not looked at, as sentences: features that are off.
    pub left_out: Vec<String>,
}

/// Compares two trees; `paths` names what to compare, or everything if it is empty.
pub fn diff(old: &Provider<'_>, new: &Provider<'_>, paths: &[String]) -> Diffed {
    let mut diffed = Diffed::default();
    let of_python: Vec<String> = paths
        .iter()
        .filter(|path| !is_rust_path(path))
        .cloned()
        .collect();
    if paths.is_empty() || !of_python.is_empty() {
        python(old.python(), new.python(), &of_python, &mut diffed);
    }
    let of_rust: Vec<String> = paths
        .iter()
        .filter(|path| is_rust_path(path))
        .cloned()
        .collect();
    if paths.is_empty() || !of_rust.is_empty() {
        rust(old.rust(), new.rust(), &of_rust, &mut diffed);
    }
    // Nothing is configured: each rule is as loud as it is by itself.
    apply_levels(&mut diffed.findings, &Config::default());
    finding::sort(&mut diffed.findings);
    diffed.troubles.sort();
    diffed.troubles.dedup();
    diffed
}

fn python(old: &Project<'_>, new: &Project<'_>, paths: &[String], diffed: &mut Diffed) {
    let (mut before, mut after) = if paths.is_empty() {
        Project::changed(old, new)
    } else {
        named(old, new, paths, diffed)
    };
    for (project, interface) in [(old, &before), (new, &after)] {
        diffed.troubles.extend(troubles(project, interface));
    }
    let subjects = Subjects {
        old,
        new,
        asked: paths,
        known: Mutex::default(),
    };
    let subject = |path: &str| subjects.of(path);
    if paths.is_empty() {
        // Nobody knows a private base but by its heirs, which may stand in files that did not change.
        let private = |path: &&String| subjects.of(path).is_none();
        let bases: BTreeSet<String> = before
            .classes
            .keys()
            .chain(after.classes.keys())
            .filter(private)
            .cloned()
            .collect();
        rayon::join(
            || old.add_heirs(&bases, &mut before),
            || new.add_heirs(&bases, &mut after),
        );
    }
    let had = |function: &str| old.has(function);
    let audience = if paths.is_empty() {
        Audience::WholeTree
    } else {
        Audience::both()
    };
    let options = |overridden| Options {
        old: Origin::Before,
        audience: audience.clone(),
        calls_are_known: false,
        subject: &subject,
        had: &had,
        overridden,
    };
    // First for what an override could meet at all; then with the overrides and calls that the tree really has.
    let first =
        compare::python::compare(&before, &after, &options(&|_, name| !name.starts_with('_')));
    let mut wanted: Wanted = first.overridable;
    let overridden = new.overridden(&wanted);
    if paths.is_empty() {
        // Calls matter where there is somebody to call: where a member is abstract or overridden.
        let is_abstract = |class: &str, name: &str| {
            let sides = [&before, &after].map(|side| side.classes.get(class)?.members.get(name));
            sides.into_iter().flatten().any(Member::is_abstract)
        };
        for (class, names) in &mut wanted {
            names.retain(|name| {
                is_abstract(class, name) || overridden.contains(&(class.clone(), name.clone()))
            });
        }
        wanted.retain(|_, names| !names.is_empty());
    } else {
        // Somebody asked: calls may have changed where the declaration did not.
        for (class, names) in before.offered().into_iter().chain(after.offered()) {
            wanted.entry(class).or_default().extend(names);
        }
    }
    // The largest file decides how long a side takes: both sides at once.
    let (met_before, met_after) = rayon::join(
        || old.meetings(&before, &wanted, &Receivers::Infer),
        || new.meetings(&after, &wanted, &Receivers::Infer),
    );
    old.fill_met(&mut before, &met_before, &Interface::default());
    new.fill_met(&mut after, &met_after, &before);
    if !paths.is_empty() {
        // Following what functions do is for what somebody named: of a whole tree it would be thousands of lines.
        let mut implementers = old.infer_implementers(&before);
        implementers.add(new.infer_implementers(&after));
        old.fill_effects(&mut before, &implementers);
        new.fill_effects(&mut after, &implementers);
    }
    let is_overridden =
        |class: &str, name: &str| overridden.contains(&(class.to_owned(), name.to_owned()));
    let comparison = compare::python::compare(&before, &after, &options(&is_overridden));
    let asked: Vec<String> = paths
        .iter()
        .flat_map(|path| [path.clone(), subjects.of(path).unwrap_or_default()])
        .collect();
    let is_asked = |finding: &Finding| {
        asked.is_empty() || asked.iter().any(|path| is_within(&finding.subject, path))
    };
    diffed
        .findings
        .extend(comparison.findings.into_iter().filter(is_asked));
    diffed.members += comparison.members;
}

fn rust(old: &rust::Project<'_>, new: &rust::Project<'_>, paths: &[String], diffed: &mut Diffed) {
    let (before, mut after) = if paths.is_empty() {
        rust::Project::changed(old, new)
    } else {
        let ((before, gone), (after, absent)) = (old.interface(paths), new.interface(paths));
        let missing = gone.into_iter().filter(|path| absent.contains(path));
        diffed.missing.extend(missing.map(|path| (path, None)));
        (before, after)
    };
    let lost: Vec<String> = before.crates.difference(&after.crates).cloned().collect();
    let damaged = if lost.is_empty() {
        Vec::new()
    } else {
        damaged_manifests(new)
    };
    if !damaged.is_empty() {
        after.untrusted.extend(lost);
        diffed.troubles.extend(damaged);
    }
    for interface in [&before, &after] {
        diffed.troubles.extend(rust_troubles(interface, paths));
    }
    diffed.left_out.extend(after.left_out());
    let options = compare::rust::Options {
        named: !paths.is_empty(),
        contract: false,
    };
    diffed
        .findings
        .extend(compare::rust::compare(&before, &after, &options));
    diffed.members += before.count();
}

fn is_within(subject: &str, path: &str) -> bool {
    subject
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The interfaces at the named paths; a package stands for all that is in it.
fn named(
    old: &Project<'_>,
    new: &Project<'_>,
    paths: &[String],
    diffed: &mut Diffed,
) -> (Interface, Interface) {
    let side = |project: &Project<'_>| {
        let inside = |module: &&str| paths.iter().any(|path| is_within(module, path));
        let modules = project.modules();
        let mut asked: Vec<String> = modules
            .into_iter()
            .filter(inside)
            .map(str::to_owned)
            .collect();
        asked.extend(paths.iter().cloned());
        asked.sort();
        asked.dedup();
        project.interface(&asked)
    };
    let ((before, gone), (after, absent)) = (side(old), side(new));
    let missing = gone.into_iter().filter(|missing| {
        let other = absent.iter().find(|other| other.path == missing.path);
        other.is_some_and(|other| missing.unreadable.is_none() && other.unreadable.is_none())
    });
    diffed
        .missing
        .extend(missing.map(|missing| (missing.path, missing.nearest)));
    (before, after)
}

/// What of an interface could not be read.
fn troubles(project: &Project<'_>, interface: &Interface) -> Vec<Trouble> {
    project
        .damages(interface)
        .into_iter()
        .map(Trouble::from)
        .collect()
}

/// What definitions are called, each looked up once.
struct Subjects<'a, 't> {
    old: &'a Project<'t>,
    new: &'a Project<'t>,
    /// What was named; nothing for everything.
    asked: &'a [String],
    known: Mutex<BTreeMap<String, Option<String>>>,
}

impl Subjects<'_, '_> {
    fn of(&self, path: &str) -> Option<String> {
        if let Some(known) = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
        {
            return known.clone();
        }
        let subject = self.look_up(path);
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned(), subject.clone());
        subject
    }

    /// The name that the old tree knows it by, since that is what people depend on; a private one if it was named.
    fn look_up(&self, path: &str) -> Option<String> {
        let known = if self.old.has(path) {
            self.old
        } else {
            self.new
        };
        let public = known.public_path(path);
        // A private name counts if it was named itself, or lies in something private that was.
        let is_named = |asked: &String| {
            [path, public.as_str()].iter().any(|path| {
                path.strip_prefix(asked.as_str()).is_some_and(|rest| {
                    (rest.is_empty() || rest.starts_with('.')) && !is_private(rest)
                })
            })
        };
        (!is_private(&public) || self.asked.iter().any(is_named)).then_some(public)
    }
}

/// Whether some part of a path is private by custom.
fn is_private(path: &str) -> bool {
    path.split('.')
        .any(|part| part.starts_with('_') && !(part.starts_with("__") && part.ends_with("__")))
}
