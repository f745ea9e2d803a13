//! What of a tree could not be read, where it matters to somebody who asked for a path. It decides nothing about
//! trust; extracts say what was lost.

use std::collections::{BTreeMap, BTreeSet};

use super::extract::{ModuleExtract, What};
use super::link::Target;
use super::project::Project;
use crate::interface::Place;
use crate::interface::python::{Interface, Kind, is_offered};

/// Text that could not be read, where something that matters may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Where the parser stumbled; the file's beginning if nothing of it can be read.
    pub place: Place,
    /// What it said.
    pub message: String,
}

impl Project<'_> {
    /// What of an interface could not be read: whole definitions, and headers of members that others can name.
    pub fn damages(&self, interface: &Interface) -> BTreeMap<String, Damage> {
        let mut paths: BTreeSet<String> = interface.untrusted.clone();
        let classes = interface
            .classes
            .values()
            .map(|class| (&class.members, class.partial));
        let modules = interface
            .modules
            .values()
            .map(|module| (&module.members, !module.whole));
        for (members, named) in classes.chain(modules) {
            for (name, member) in members {
                let Kind::Function(function) = &member.kind else {
                    continue;
                };
                if function.signature.untrusted.is_some() && (named || is_offered(name)) {
                    paths.insert(format!("{}.{name}", member.defined_in));
                }
            }
        }
        paths
            .into_iter()
            .filter_map(|path| self.damage(&path).map(|damage| (path, damage)))
            .collect()
    }

    /// Why what stands at `path` cannot be trusted: its file cannot be read, its header is damaged, or text is lost
    /// where it may stand.
    pub fn damage(&self, path: &str) -> Option<Damage> {
        let (module, rest) = self.linker.modules.split(path)?;
        let index = self.linker.modules.find(module)?;
        let file = &self.linker.modules.files()[index];
        let extract = match self.linker.extract_at(index) {
            Ok(extract) => extract,
            Err(message) => {
                return Some(Damage {
                    place: Place::point(file.path.as_str(), 1, 1),
                    message: message.to_owned(),
                });
            }
        };
        if !rest.is_empty()
            && let Some(damage) = self.header_damage(extract, path)
        {
            return Some(damage);
        }
        let (place, message) = extract.lost.as_ref()?;
        let is_lost = match self.linker.follow(path) {
            Target::Class(class) => class.lost,
            Target::Name(found) => found
                .bound
                .place
                .as_ref()
                .is_some_and(|at| at.line >= place.line),
            Target::Module(_) | Target::Missing => true,
            Target::Outside(_) => false,
        };
        is_lost.then(|| Damage {
            place: place.clone(),
            message: message.clone(),
        })
    }

    fn header_damage(&self, extract: &ModuleExtract, path: &str) -> Option<Damage> {
        let (place, message) = match self.linker.follow(path) {
            Target::Class(class) if class.untrusted => (class.place.clone()?, None),
            Target::Name(found) => match &found.bound.what {
                What::Function(function) => (
                    found.bound.place.clone()?,
                    Some(function.signature.untrusted.clone()?),
                ),
                _ => return None,
            },
            _ => return None,
        };
        let error = extract.damage.iter().find(|(at, _)| {
            at.path == place.path && at.line >= place.line && at.line <= place.end_line
        });
        let message = message
            .or_else(|| error.map(|(_, message)| message.clone()))
            .unwrap_or_else(|| "the header cannot be read".to_owned());
        Some(Damage {
            place: error.map_or(place, |(at, _)| at.clone()),
            message,
        })
    }
}
