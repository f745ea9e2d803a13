//! What a tree offers at given paths, ready to be compared or written down, and what of it could not be read.

use std::collections::BTreeSet;

use super::{Provider, is_rust_path};
use crate::config::Config;
use crate::interface::python::{self, is_offered};
use crate::interface::rust;
use crate::interface::{Names, Place, Table};
use crate::python::{Damage, Implementers, Receivers, Wanted};

/// Interfaces of both languages.
#[derive(Debug, Clone, Default)]
pub struct Offer {
    /// The Python side.
    pub python: python::Interface,
    /// The Rust side.
    pub rust: rust::Interface,
    /// Paths that were asked for and are not there, with the part of each that is.
    pub missing: Vec<(String, Option<String>)>,
    /// What could not be read although it was asked for.
    pub troubles: Vec<Trouble>,
}

/// Something that was asked for and could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trouble {
    /// What was asked for.
    pub subject: String,
    /// Where the text is damaged.
    pub place: Option<Place>,
    /// What is wrong with it.
    pub message: String,
}

impl From<(String, Damage)> for Trouble {
    fn from((subject, damage): (String, Damage)) -> Self {
        Self {
            subject,
            place: Some(damage.place),
            message: damage.message,
        }
    }
}

impl Provider<'_> {
    /// Who implements what, as the configuration says: the members of classes whose interface has receivers.
    pub fn implementers(&self, config: &Config) -> Implementers {
        let mut implementers = Implementers::default();
        for interface in config.interfaces.values() {
            if interface.receivers.is_empty() {
                continue;
            }
            let paths: Vec<String> = interface
                .members
                .iter()
                .filter(|path| !is_rust_path(path))
                .cloned()
                .collect();
            let (found, _) = self.python.interface(&paths);
            for receiver in &interface.receivers {
                let known = implementers
                    .by_receiver
                    .entry(receiver.clone())
                    .or_default();
                for (path, class) in &found.classes {
                    known.push((path.clone(), class.members.keys().cloned().collect()));
                }
            }
        }
        implementers
    }

    /// What the tree offers at these paths, what it asks of implementers through `receivers`, and what it does with
    /// what it is handed and with what `implementers` return; `old` is what was offered before, if that is known.
    pub fn offer(
        &self,
        paths: &BTreeSet<String>,
        receivers: &[String],
        old: &python::Interface,
        implementers: &Implementers,
    ) -> Offer {
        let of_python: Vec<String> = paths
            .iter()
            .filter(|path| !is_rust_path(path))
            .cloned()
            .collect();
        let (mut python, missing) = self.python.interface(&of_python);
        let mut damages = self.python.damages(&python);
        for path in &of_python {
            if let Some(damage) = self.python.damage(path) {
                damages.insert(path.clone(), damage);
            }
        }
        let mut troubles: Vec<Trouble> = damages.into_iter().map(Trouble::from).collect();
        for class in python.classes.values_mut().filter(|class| !class.partial) {
            class.members.retain(|name, _| is_offered(name));
        }
        for module in python.modules.values_mut().filter(|module| module.whole) {
            module.members.retain(|name, _| is_offered(name));
        }
        let wanted: Wanted = python.offered();
        self.python.fill_requires(
            &mut python,
            &wanted,
            &Receivers::Named(receivers.to_vec()),
            old,
        );
        self.python.fill_effects(&mut python, implementers);
        let mut missing: Vec<(String, Option<String>)> = missing
            .into_iter()
            // What may stand in text that cannot be read is a trouble, and has been told.
            .filter(|missing| missing.unreadable.is_none())
            .map(|missing| (missing.path, missing.nearest))
            .collect();
        let rust = self.offer_rust(paths, &mut missing, &mut troubles);
        Offer {
            python,
            rust,
            missing,
            troubles,
        }
    }
}

impl Provider<'_> {
    fn offer_rust(
        &self,
        paths: &BTreeSet<String>,
        missing: &mut Vec<(String, Option<String>)>,
        troubles: &mut Vec<Trouble>,
    ) -> rust::Interface {
        let asked: Vec<String> = paths
            .iter()
            .filter(|path| is_rust_path(path))
            .cloned()
            .collect();
        if asked.is_empty() {
            return rust::Interface::default();
        }
        let (mut interface, absent) = self.rust.interface_as_named(&asked);
        troubles.extend(rust_troubles(&interface, &asked));
        let left_out: Vec<String> = interface.left_out().collect();
        interface.unknown.extend(left_out);
        if !absent.is_empty() {
            let damaged = damaged_manifests(&self.rust);
            if !damaged.is_empty() {
                let crates = absent
                    .iter()
                    .map(|path| path.trim_start_matches("::").split("::").next());
                interface
                    .untrusted
                    .extend(crates.flatten().map(str::to_owned));
            }
            troubles.extend(damaged);
        }
        for path in absent {
            let bare = path.trim_start_matches("::");
            if !interface.is_untrusted(bare) {
                missing.push((path, None));
            } else if !troubles
                .iter()
                .any(|trouble| starts(bare, &trouble.subject))
            {
                let message = "the file of a module that leads to it is not in the tree";
                troubles.push(Trouble {
                    subject: path,
                    place: None,
                    message: message.to_owned(),
                });
            }
        }
        interface
    }
}

/// Whether a Rust path is another one or inside it.
fn starts(path: &str, outer: &str) -> bool {
    rust::prefixes(path).any(|prefix| prefix == outer)
}

/// Manifests that cannot be read: what is not found may be in their crates.
pub(super) fn damaged_manifests(project: &crate::rust::Project<'_>) -> Vec<Trouble> {
    let wrong = project.damaged_manifests().into_iter();
    wrong
        .map(|message| {
            let (path, message) = message
                .split_once(": ")
                .unwrap_or(("Cargo.toml", message.as_str()));
            Trouble {
                subject: path.to_owned(),
                place: None,
                message: message.to_owned(),
            }
        })
        .collect()
}

/// Files that could not be read, and that may hold what was asked for.
pub(super) fn rust_troubles(interface: &rust::Interface, asked: &[String]) -> Vec<Trouble> {
    let matters = |module: &str| {
        asked.is_empty()
            || asked.iter().any(|path| {
                let path = path.trim_start_matches("::");
                rust::prefixes(path).any(|prefix| prefix == module)
                    || rust::prefixes(module).any(|prefix| prefix == path)
            })
    };
    let broken = interface
        .broken
        .iter()
        .filter(|broken| matters(&broken.module));
    broken
        .map(|broken| Trouble {
            subject: broken.module.clone(),
            place: Some(broken.place.clone()),
            message: broken.message.clone(),
        })
        .collect()
}

impl Offer {
    /// The tables of a contract of this offer, with the short names that their lines use and what is unknown.
    pub fn tables(&self) -> (Vec<Table>, Names, BTreeSet<String>) {
        let mut names = Names::default();
        let mut tables = crate::python::lines::tables(&self.python, &mut names);
        tables.extend(crate::rust::lines::tables(&self.rust, &mut names));
        let unknown = self
            .python
            .unknown
            .union(&self.rust.unknown)
            .cloned()
            .collect();
        (tables, names, unknown)
    }
}
