//! What a consumer uses of a provider: every import, attribute and call that leads out of its own modules, through
//! aliases, re-exports and inheritance, and whether it ends at something. Nothing is judged here, and what cannot be
//! followed is left out.

mod bindings;
mod fields;
mod guards;
mod hidden;
mod values;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::decode::decode;
use super::joined::Joined;
use super::project::Project;
use super::source::with_source;
use crate::interface::python::Param;
use crate::interface::{CallShape, Place};

use values::{Value, World};

/// One use of the provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// What is used, at the path that the consumer wrote.
    pub path: String,
    /// How it is called; none if it is only named or read.
    pub call: Option<Called>,
    /// The consumer is ready for its absence.
    pub guarded: bool,
    /// Where, in the consumer's own paths.
    pub place: Place,
    /// Where it ends.
    pub end: End,
}

/// A call as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Called {
    /// The shapes that it may have.
    pub shapes: Vec<CallShape>,
    /// Where each argument is passed: by keyword, or by position (`#0`).
    pub arguments: Vec<(String, Place)>,
}

/// Where a use ends.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// At a definition of the provider.
    Found(Definition),
    /// At nothing: what stands nearest, and whether it might be made at run time.
    Lost {
        /// The module or class in which it was looked for.
        owner: String,
        /// Where that stands.
        place: Option<Place>,
        /// Something in it, or above it, may make names that are not written.
        maybe_hidden: bool,
    },
}

/// What a use leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its path.
    pub path: String,
    /// Where it stands.
    pub place: Option<Place>,
    /// The definition as one line.
    pub line: Option<String>,
    /// What a caller meets, if it can be called and that can be told.
    pub callable: Option<Callee>,
}

/// Something that can be called.
#[derive(Debug, Clone, PartialEq)]
pub struct Callee {
    /// Its parameters after binding.
    pub params: Vec<Param>,
    /// Its parameters if a decorator binds it in another way.
    pub otherwise: Option<Vec<Param>>,
    /// Decorators or conditions leave it open whether this is what is called.
    pub unsure: bool,
}

/// Whether something still stands where a consumer once found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does, as far as that can be told.
    There,
    /// It does not.
    Gone,
    /// It cannot be seen any more: its class has members that nobody can read off.
    Unseen,
}

/// All that a consumer uses.
#[derive(Debug, Clone, Default)]
pub struct Reached {
    /// In the order of files and lines.
    pub uses: Vec<Reach>,
    /// The provider's classes that the consumer's classes derive from.
    pub bases: BTreeSet<String>,
    /// The consumer's classes, each with those of the provider that it derives from, nearest first.
    pub heirs: BTreeMap<String, Vec<String>>,
    /// Paths of its files that could not be read, with the reason.
    pub unread: Vec<(String, String)>,
}

impl Project<'_> {
    /// How paths stand that a consumer was seen to use.
    pub fn standing(&self, paths: &[String]) -> Vec<Standing> {
        let nothing = BTreeMap::new();
        let world = World::new(self, &nothing);
        paths
            .par_iter()
            .map(|path| standing(&world, path))
            .collect()
    }

    /// What the consumer among joined files uses of the provider. `arguments` says which class of the provider stands
    /// behind the name of a parameter.
    pub fn reached(&self, arguments: &BTreeMap<String, String>) -> Reached {
        let world = World::new(self, arguments);
        let files: Vec<usize> = (0..self.module_count())
            .filter(|&index| Joined::consumers(self.module_path(index)).is_some())
            .collect();
        let per_file: Vec<Result<Vec<Reach>, (String, String)>> = files
            .par_iter()
            .map(|&index| {
                let path = self.module_path(index);
                let failed =
                    |message: String| (Joined::consumers(path).unwrap_or(path).to_owned(), message);
                let bytes = self
                    .bytes(index)
                    .ok_or_else(|| failed("it cannot be read".to_owned()))?;
                let text = decode(&bytes).map_err(|error| failed(error.to_string()))?;
                with_source(path, &text, |source| walk::uses(&world, source, index)).map_err(failed)
            })
            .collect();
        let mut reached = Reached::default();
        for file in per_file {
            match file {
                Ok(uses) => reached.uses.extend(uses),
                Err(unread) => reached.unread.push(unread),
            }
        }
        for &index in &files {
            for class in self.classes_in(index) {
                let Some((mro, _)) = self.lineage(&class) else {
                    continue;
                };
                let above: Vec<String> = mro
                    .into_iter()
                    .filter(|base| world.is_providers_class(base))
                    .collect();
                reached.bases.extend(above.iter().cloned());
                if !above.is_empty() && !world.is_providers_class(&class) {
                    reached.heirs.insert(class, above);
                }
            }
        }
        reached
    }
}

fn standing(world: &World<'_, '_>, path: &str) -> Standing {
    let Some((module, rest)) = world.project.linker().modules.split(path) else {
        return Standing::Gone;
    };
    let mut value = Value::Module(module.to_owned());
    for name in rest.split('.').filter(|name| !name.is_empty()) {
        let of_class = matches!(value, Value::Class(..));
        // What a consumer reads is mostly read from objects.
        let from = match value {
            Value::Class(path, written) => Value::Object(path, written),
            other => other,
        };
        let step = world.attribute(&from, name);
        match step.used {
            Some((_, End::Lost { .. })) => return Standing::Gone,
            None if of_class => return Standing::Unseen,
            None => return Standing::There,
            Some((_, End::Found(_))) => value = step.value,
        }
    }
    Standing::There
}
