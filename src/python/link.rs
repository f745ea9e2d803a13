//! Follows paths through a tree: imports, re-exports, aliases, star imports, to the definition that they end at. It
//! parses what it has to look into, each file once, and keeps extracts only.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use memchr::memmem;

use super::decode::decode;
use super::env::{FROM_STAR, TARGET, canonical};
use super::extract::{self, Bound, ClassExtract, How, Import, ModuleExtract, What};
use super::files::Files;
use super::modules::Modules;
use super::source::with_interface;
use crate::interface::python::{Attribute, Type};
use crate::interface::python_names::BUILTINS;
use crate::interface::python_text::base_path;

/// Chains of re-exports longer than this are taken for circles.
const LONGEST_CHAIN: u8 = 40;

/// What is looked up on an instance is followed this far.
const FROM_INSTANCE: u8 = 8;

/// A tree's modules, read when they are needed.
pub(crate) struct Linker<'t> {
    pub(crate) files: &'t dyn Files,
    pub(crate) modules: Modules,
    extracts: Vec<OnceLock<Result<Arc<ModuleExtract>, String>>>,
    /// Names that modules plainly define.
    outlines: Vec<OnceLock<BTreeSet<String>>>,
    /// The Python that version tests are decided for.
    pub(crate) target: (u8, u8),
}

/// Where a path ends.
#[derive(Debug, Clone)]
pub(crate) enum Target<'p> {
    Module(String),
    Class(&'p ClassExtract),
    /// Another name of a module or class.
    Name(Found<'p>),
    /// Not in this tree: the path as far as it could be followed.
    Outside(String),
    Missing,
}

/// A name with where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Found<'p> {
    pub(crate) module: &'p ModuleExtract,
    /// Path of the module or class.
    pub(crate) owner: &'p str,
    pub(crate) name: &'p str,
    pub(crate) bound: &'p Bound,
}

impl<'t> Linker<'t> {
    pub(crate) fn new(files: &'t dyn Files) -> Self {
        let modules = Modules::new(files);
        let extracts = (0..modules.len()).map(|_| OnceLock::new()).collect();
        let outlines = (0..modules.len()).map(|_| OnceLock::new()).collect();
        Self {
            files,
            modules,
            extracts,
            outlines,
            target: TARGET,
        }
    }

    /// The extract of a module that has a file.
    ///
    /// # Errors
    /// A sentence, if the file cannot be read.
    pub(crate) fn extract_at(&self, index: usize) -> Result<&ModuleExtract, &str> {
        let read = self.extracts[index].get_or_init(|| {
            let file = &self.modules.files()[index];
            let make = || {
                let bytes = self.files.read(&file.path)?;
                let text = decode(&bytes)?;
                with_interface(&file.path, &text, |source| {
                    Arc::new(extract::module(source, file, self.target))
                })
            };
            match self.files.memo(&file.path) {
                Some((memo, content)) => memo.get_or_make(&file.path, content, make),
                None => make(),
            }
        });
        match read {
            Ok(extract) => Ok(extract),
            Err(message) => Err(message),
        }
    }

    /// The extract of a module by name; none if it has no file or cannot be read.
    pub(crate) fn extract(&self, module: &str) -> Option<&ModuleExtract> {
        self.extract_at(self.modules.find(module)?).ok()
    }

    /// The full path of a type, base or decorator named in `module`, at its definition.
    pub(crate) fn canonical(&self, module: &ModuleExtract, path: &str) -> Option<String> {
        if let Some(name) = path.strip_prefix(FROM_STAR) {
            let (head, rest) = name.split_once('.').unwrap_or((name, ""));
            let target = self.through_stars(module, head, LONGEST_CHAIN);
            let target = self.walk(target, rest, LONGEST_CHAIN);
            return Some(end_of(&target).unwrap_or_else(|| name.to_owned()));
        }
        if !self.modules.holds_top(path) || self.plainly_defines(path) {
            return None;
        }
        end_of(&self.follow(path)).filter(|end| end != path)
    }

    /// Whether a look at the bytes shows that a path is where its class or function is defined, so that its module
    /// need not be parsed.
    pub(crate) fn plainly_defines(&self, path: &str) -> bool {
        path.rsplit_once('.').is_some_and(|(module, name)| {
            self.modules
                .find(module)
                .is_some_and(|index| self.outline(index).contains(name))
        })
    }

    fn outline(&self, index: usize) -> &BTreeSet<String> {
        self.outlines[index].get_or_init(|| {
            let path = &self.modules.files()[index].path;
            self.files
                .read(path)
                .map(|bytes| outline(&bytes))
                .unwrap_or_default()
        })
    }

    /// Follows a dotted path from the top.
    pub(crate) fn follow(&self, path: &str) -> Target<'_> {
        self.follow_within(path, LONGEST_CHAIN)
    }

    fn follow_within(&self, path: &str, left: u8) -> Target<'_> {
        let Some((module, rest)) = self.modules.split(path) else {
            return Target::Outside(path.to_owned());
        };
        match self.walk(Target::Module(module.to_owned()), rest, left) {
            // A package may bind the name of its submodule to something else.
            found @ (Target::Module(_) | Target::Missing) => {
                match self.through_packages(path, left) {
                    Target::Missing | Target::Outside(_) => found,
                    other => other,
                }
            }
            found => found,
        }
    }

    /// Follows a path name by name, as attribute access does.
    fn through_packages(&self, path: &str, left: u8) -> Target<'_> {
        let (top, rest) = path.split_once('.').unwrap_or((path, ""));
        if !self.modules.is_module(top) {
            return Target::Missing;
        }
        self.walk(Target::Module(top.to_owned()), rest, left)
    }

    /// Goes on from a target along the rest of a path.
    fn walk<'p>(&'p self, from: Target<'p>, rest: &str, left: u8) -> Target<'p> {
        let mut here = from;
        let mut rest = rest;
        while !rest.is_empty() {
            let (name, after) = rest.split_once('.').unwrap_or((rest, ""));
            here = match here {
                Target::Module(module) => self.in_module(&module, name, left),
                Target::Class(class) => self.in_class(class, name, left),
                Target::Outside(path) => return Target::Outside(format!("{path}.{rest}")),
                Target::Name(found) => self.in_instance(&found, name, left),
                Target::Missing => return Target::Missing,
            };
            rest = after;
        }
        here
    }

    /// A name of a module: its own, then a submodule, then star imports.
    pub(crate) fn in_module(&self, module: &str, name: &str, left: u8) -> Target<'_> {
        if left == 0 {
            return Target::Missing;
        }
        let Some(index) = self.modules.find(module) else {
            return self.submodule(module, name);
        };
        let Ok(extract) = self.extract_at(index) else {
            return Target::Outside(format!("{module}.{name}"));
        };
        if let Some((key, bound)) = extract.names.get_key_value(name) {
            let target = self.bound(extract, &extract.name, key, bound, left - 1);
            if !matches!(target, Target::Missing) {
                return target;
            }
        }
        match self.submodule(module, name) {
            Target::Missing => self.through_stars(extract, name, left - 1),
            found => found,
        }
    }

    fn submodule(&self, module: &str, name: &str) -> Target<'_> {
        let path = format!("{module}.{name}");
        if self.modules.is_module(&path) {
            Target::Module(path)
        } else {
            Target::Missing
        }
    }

    fn through_stars(&self, module: &ModuleExtract, name: &str, left: u8) -> Target<'_> {
        if left == 0 {
            return Target::Missing;
        }
        for star in module.stars.iter().rev() {
            if let Some(from) = self.extract(&star.module)
                && from.name != module.name
                && exports(from, name)
            {
                match self.in_module(&star.module, name, left - 1) {
                    Target::Missing => {}
                    found => return found,
                }
            }
        }
        Target::Missing
    }

    /// What a name of a scope stands for in the end.
    pub(crate) fn bound<'p>(
        &'p self,
        module: &'p ModuleExtract,
        owner: &'p str,
        name: &'p str,
        bound: &'p Bound,
        left: u8,
    ) -> Target<'p> {
        let itself = || {
            Target::Name(Found {
                module,
                owner,
                name,
                bound,
            })
        };
        if left == 0 {
            return Target::Missing;
        }
        match &bound.what {
            What::Class(path) => match module.classes.get(path) {
                Some(class) => Target::Class(class),
                None => itself(),
            },
            What::Import(import) => self.import(module, import, left),
            What::Alias(written) => match self.alias(module, owner, name, written, left - 1) {
                Target::Missing => itself(),
                found => found,
            },
            _ => itself(),
        }
    }

    /// What a name written in a scope stands for: a name of the class, then of the module.
    pub(crate) fn alias<'p>(
        &'p self,
        module: &'p ModuleExtract,
        owner: &'p str,
        name: &str,
        written: &str,
        left: u8,
    ) -> Target<'p> {
        let (head, rest) = written.split_once('.').unwrap_or((written, ""));
        if left == 0 || (head == name && owner == module.name) {
            return Target::Missing;
        }
        let line = |bound: &Bound| bound.place.as_ref().map(|place| place.line);
        let of_class = module
            .classes
            .get(owner)
            .filter(|_| head != name)
            .and_then(|class| {
                let found = class.names.get_key_value(head)?;
                // What the body defines further down is not there yet.
                let is_later = class
                    .names
                    .get(name)
                    .is_some_and(|alias| line(alias) < line(found.1));
                (!is_later).then_some(found)
            });
        let from = match of_class {
            Some((key, bound)) => self.bound(module, owner, key, bound, left - 1),
            None => match self.in_module(&module.name, head, left - 1) {
                Target::Missing if BUILTINS.binary_search(&head).is_ok() => {
                    Target::Outside(format!("builtins.{head}"))
                }
                found => found,
            },
        };
        self.walk(from, rest, left - 1)
    }

    fn import(&self, module: &ModuleExtract, import: &Import, left: u8) -> Target<'_> {
        let path = canonical(import.target.clone());
        if !self.modules.holds_top(&path) {
            return Target::Outside(path);
        }
        if !import.is_from {
            return if self.modules.is_module(&path) {
                Target::Module(path)
            } else {
                Target::Outside(path)
            };
        }
        let Some((from, name)) = path.rsplit_once('.') else {
            // `from . import name` above the top of the tree.
            return Target::Outside(path);
        };
        if from == module.name {
            // A package that imports its own submodule.
            return self.submodule(from, name);
        }
        if !self.modules.is_module(from) {
            return Target::Outside(path);
        }
        self.in_module(from, name, left - 1)
    }

    fn in_class<'p>(&'p self, class: &'p ClassExtract, name: &str, left: u8) -> Target<'p> {
        let Some(module) = self.extract(&class.module) else {
            return Target::Missing;
        };
        let own = class.names.get_key_value(name);
        let Some((key, bound)) = own.or_else(|| class.instance.get_key_value(name)) else {
            return Target::Missing;
        };
        self.bound(module, &class.path, key, bound, left.saturating_sub(1))
    }

    /// A name of the object that a call of a class gave to another name.
    fn in_instance<'p>(&'p self, found: &Found<'p>, name: &str, left: u8) -> Target<'p> {
        if left == 0 {
            return Target::Missing;
        }
        // Instances of what instances give branch at each step.
        let left = left.min(FROM_INSTANCE);
        let made_by = match &found.bound.what {
            What::Made(made) if made.how == How::Call => self.alias(
                found.module,
                found.owner,
                found.name,
                &made.callee,
                left - 1,
            ),
            What::Attribute(Attribute {
                ty: Some(Type::Name(path)),
                ..
            }) => self.follow_within(path, left - 1),
            _ => return Target::Missing,
        };
        match made_by {
            Target::Class(class) => self.in_lineage(class, name, left - 1),
            _ => Target::Missing,
        }
    }

    /// A name of a class or of the first of its bases that has it.
    fn in_lineage<'p>(&'p self, class: &'p ClassExtract, name: &str, left: u8) -> Target<'p> {
        match self.in_class(class, name, left) {
            Target::Missing if left > 0 => {}
            found => return found,
        }
        for base in class.bases.iter().filter_map(base_path) {
            if let Target::Class(base) = self.follow_within(base, left - 1) {
                match self.in_lineage(base, name, left - 1) {
                    Target::Missing => {}
                    found => return found,
                }
            }
        }
        Target::Missing
    }

    /// A class by the path of its definition.
    pub(crate) fn class(&self, path: &str) -> Option<&ClassExtract> {
        let mut module = path;
        while let Some((parent, _)) = module.rsplit_once('.') {
            module = parent;
            if let Some(index) = self.modules.find(module) {
                return self.extract_at(index).ok()?.classes.get(path);
            }
        }
        None
    }

    /// Names that `from module import *` gives.
    pub(crate) fn star_names(&self, module: &ModuleExtract, left: u8) -> Vec<String> {
        if let Some(all) = self.all_of(module, left) {
            return all;
        }
        let mut names: Vec<String> = module
            .names
            .iter()
            .filter(|(name, bound)| !name.starts_with('_') && !bound.for_types)
            .map(|(name, _)| name.clone())
            .collect();
        if left > 0 {
            for star in &module.stars {
                if let Some(from) = self.extract(&star.module) {
                    names.extend(self.star_names(from, left - 1));
                }
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// `__all__`, with those of other modules that are added to it; none if it is not written or cannot be read.
    pub(crate) fn all_of(&self, module: &ModuleExtract, left: u8) -> Option<Vec<String>> {
        if module.all.open {
            return None;
        }
        let mut names = module.all.names.clone()?;
        for from in &module.all.from {
            if left == 0 {
                return None;
            }
            let from = match self.follow(from) {
                Target::Module(name) => self.extract(&name)?,
                _ => return None,
            };
            names.extend(self.all_of(from, left - 1)?);
        }
        names.sort();
        names.dedup();
        Some(names)
    }
}

/// The classes and functions whose statements begin a line.
fn outline(bytes: &[u8]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for keyword in ["\nclass ", "\ndef ", "\nasync def "] {
        for at in memmem::find_iter(bytes, keyword) {
            let rest = &bytes[at + keyword.len()..];
            let length = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                .count();
            let ends = rest
                .get(length)
                .is_none_or(|after| matches!(after, b'(' | b':' | b' ' | b'['));
            if ends && let Ok(name) = std::str::from_utf8(&rest[..length]) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// Whether a star import of `module` brings `name`, by its own word.
fn exports(module: &ModuleExtract, name: &str) -> bool {
    match &module.all.names {
        Some(names) if !module.all.open && module.all.from.is_empty() => {
            names.iter().any(|known| known == name)
        }
        Some(_) => true,
        None => !name.starts_with('_'),
    }
}

/// The path of what a target is.
pub(crate) fn end_of(target: &Target<'_>) -> Option<String> {
    match target {
        Target::Module(path) => Some(path.clone()),
        Target::Class(class) => Some(class.path.clone()),
        Target::Name(found) => Some(format!("{}.{}", found.owner, found.name)),
        Target::Outside(path) => Some(canonical(path.clone())),
        Target::Missing => None,
    }
}
