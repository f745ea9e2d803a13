//! A state of the files that matter, as a tree for the front ends, and the interface that it has.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::compare;
use crate::finding::{Finding, Origin};
use crate::interface::python::is_offered;
use crate::interface::{python as model, rust as rust_model};
use crate::provider::is_rust_path;
use crate::python::{self, Memo};
use crate::rust;
use crate::source::ContentId;
use crate::source::git::ObjectId;

use super::Group;

/// Contents by path: what tells one state from another.
pub(super) type State = BTreeMap<String, ObjectId>;

/// The texts of some states, and what was made of them.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) texts: HashMap<ObjectId, Arc<[u8]>>,
    pub(super) memo: Memo,
    pub(super) rust: Arc<rust::Cache>,
    pub(super) roots: Vec<String>,
}

struct Files<'a> {
    state: &'a State,
    shelf: &'a Shelf,
}

impl Files<'_> {
    fn text(&self, path: &str) -> Result<Arc<[u8]>, String> {
        self.state
            .get(path)
            .and_then(|id| self.shelf.texts.get(id))
            .cloned()
            .ok_or_else(|| format!("{path} cannot be read in this commit"))
    }
}

impl python::Files for Files<'_> {
    fn paths(&self) -> Vec<&str> {
        self.state.keys().map(String::as_str).collect()
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        self.text(path)
    }

    fn roots(&self) -> &[String] {
        &self.shelf.roots
    }

    fn memo(&self, path: &str) -> Option<(&Memo, ContentId)> {
        let id = self.state.get(path)?;
        Some((&self.shelf.memo, id.clone().into()))
    }
}

impl rust::Files for Files<'_> {
    fn paths(&self) -> Vec<String> {
        self.state.keys().cloned().collect()
    }

    fn read_many(&self, paths: &[&str]) -> Vec<Result<Arc<[u8]>, String>> {
        paths.iter().map(|path| self.text(path)).collect()
    }
}

/// What a state offers.
#[derive(Default)]
pub(super) struct Built {
    python: model::Interface,
    rust: rust_model::Interface,
    /// What could not be read, with its place.
    pub(super) unreadable: Vec<String>,
}

impl Built {
    pub(super) fn is_empty(&self) -> bool {
        self.python.classes.is_empty()
            && self.python.modules.is_empty()
            && self.rust.items.is_empty()
    }
}

/// The interface of these members in a state.
pub(super) fn build(state: &State, members: &BTreeSet<String>, shelf: &Shelf) -> Built {
    let files = Files { state, shelf };
    let (of_rust, of_python): (Vec<String>, Vec<String>) =
        members.iter().cloned().partition(|path| is_rust_path(path));
    let mut built = Built::default();
    if !of_python.is_empty() {
        let project = python::Project::new(&files);
        let (mut interface, _) = project.interface(&of_python);
        let damages = project.damages(&interface);
        built
            .unreadable
            .extend(damages.into_iter().map(|(subject, damage)| {
                let place = damage.place;
                format!(
                    "{}:{}: `{subject}`: {}",
                    place.path, place.line, damage.message
                )
            }));
        for class in interface
            .classes
            .values_mut()
            .filter(|class| !class.partial)
        {
            class.members.retain(|name, _| is_offered(name));
        }
        for module in interface.modules.values_mut().filter(|module| module.whole) {
            module.members.retain(|name, _| is_offered(name));
        }
        // A module of which nothing was found is there because its file is.
        interface
            .modules
            .retain(|_, module| module.whole || !module.members.is_empty());
        built.python = interface;
    }
    if !of_rust.is_empty() {
        let project = rust::Project::new(&files).sharing(Arc::clone(&shelf.rust));
        let (interface, _) = project.interface(&of_rust);
        built
            .unreadable
            .extend(interface.broken.iter().map(|broken| {
                let place = &broken.place;
                format!(
                    "{}:{}: `{}`: {}",
                    place.path, place.line, broken.module, broken.message
                )
            }));
        built.rust = interface;
    }
    built
}

/// What changed for whom between two states.
pub(super) fn compare(old: &Built, new: &Built, group: &Group) -> Vec<Finding> {
    let options = compare::Options {
        old: Origin::Before,
        audience: group.audience.clone(),
        calls_are_known: false,
        subject: &|path| Some(path.to_owned()),
        had: &|_| true,
        overridden: &|_, _| false,
    };
    let mut findings = compare::python::compare(&old.python, &new.python, &options).findings;
    let of_rust = compare::rust::Options {
        named: true,
        contract: false,
    };
    let mut found = compare::rust::compare(&old.rust, &new.rust, &of_rust);
    for finding in &mut found {
        group.audience.weigh(finding);
    }
    findings.extend(found);
    findings
}
