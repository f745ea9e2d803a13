//! A tree's Python side as the rest of the program sees it: interfaces of what is asked for, of what changed, and
//! under which path a definition is best known.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::OnceLock;

use super::damage::Damage;
use super::decode::decode;
use super::extract::{ModuleExtract, What};
use super::files::Files;
use super::link::{Found, Linker, Target, end_of};
use super::members::Builder;
use super::mro::{Lineages, above_outside};
use super::public_path::PublicPaths;
use super::source::{Source, with_source};
use crate::interface::Place;
use crate::interface::python::{Class, Interface, Kind, Member, Module};

/// How far names are followed when a member is looked up.
const FAR: u8 = 20;

/// The Python modules of a tree. Files are parsed when something of them is needed, each at most once.
pub struct Project<'t> {
    pub(super) linker: Linker<'t>,
    lineages: Lineages,
    public: OnceLock<PublicPaths>,
}

/// A path that was asked for and is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The path as it was asked for.
    pub path: String,
    /// The part of it that exists, if any.
    pub nearest: Option<String>,
    /// Why it may be there all the same: its file cannot be read, or lost text.
    pub unreadable: Option<Damage>,
}

impl<'t> Project<'t> {
    /// The project in these files. Reads nothing yet.
    pub fn new(files: &'t dyn Files) -> Self {
        Self {
            linker: Linker::new(files),
            lineages: Lineages::default(),
            public: OnceLock::new(),
        }
    }

    /// Decides version tests (`sys.version_info >= (3, 8)`) for this Python; 3.12 if nobody says.
    #[must_use]
    pub fn for_python(mut self, version: (u8, u8)) -> Self {
        self.linker.target = version;
        self
    }

    /// Whether there is any Python file.
    pub fn has_sources(&self) -> bool {
        !self.linker.modules.is_empty()
    }

    /// The names of all modules, sorted.
    pub fn modules(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .linker
            .modules
            .files()
            .iter()
            .map(|file| file.name.as_str())
            .collect();
        names.sort_unstable();
        names
    }

    /// Whether something of this tree stands at a path.
    pub fn has(&self, path: &str) -> bool {
        !matches!(
            self.linker.follow(path),
            Target::Missing | Target::Outside(_)
        )
    }

    /// The file of the module that a path stands in.
    pub(crate) fn file_of(&self, path: &str) -> Option<String> {
        let modules = &self.linker.modules;
        let (module, _) = modules.split(path)?;
        Some(modules.files()[modules.find(module)?].path.clone())
    }

    /// The version of Python that is read.
    pub(crate) fn target(&self) -> (u8, u8) {
        self.linker.target
    }

    pub(crate) fn linker(&self) -> &Linker<'t> {
        &self.linker
    }

    pub(crate) fn module_count(&self) -> usize {
        self.linker.modules.len()
    }

    pub(crate) fn module_name(&self, index: usize) -> &str {
        &self.linker.modules.files()[index].name
    }

    pub(crate) fn module_path(&self, index: usize) -> &str {
        &self.linker.modules.files()[index].path
    }

    /// A class of the tree with all its members.
    pub(crate) fn class_model(&self, path: &str) -> Option<Class> {
        let class = self.linker.class(path)?;
        Some(self.builder().class(class, &mut Interface::default()))
    }

    /// A name that was followed to its end, as a member.
    pub(crate) fn member_of(&self, found: &Found<'_>) -> Option<Member> {
        self.builder()
            .member(found.module, found.owner, found.name, found.bound, FAR)
    }

    /// Shows a module's tree to `look`.
    pub(crate) fn read_with<T: Send>(
        &self,
        index: usize,
        look: impl FnOnce(&Source<'_>) -> T + Send,
    ) -> Option<T> {
        let bytes = self.bytes(index)?;
        let text = decode(&bytes).ok()?;
        with_source(self.module_path(index), &text, look).ok()
    }

    pub(crate) fn module_index(&self, name: &str) -> Option<usize> {
        self.linker.modules.find(name)
    }

    pub(crate) fn bytes(&self, index: usize) -> Option<Arc<[u8]>> {
        self.linker.files.read(self.module_path(index)).ok()
    }

    /// Paths of the classes that a module defines.
    pub(crate) fn classes_in(&self, index: usize) -> Vec<String> {
        self.linker.extract_at(index).map_or_else(
            |_| Vec::new(),
            |extract| extract.classes.keys().cloned().collect(),
        )
    }

    /// The MRO of a class of the tree, and the names that its body defines.
    pub(crate) fn lineage(&self, path: &str) -> Option<(Vec<String>, BTreeSet<String>)> {
        let Target::Class(class) = self.linker.follow(path) else {
            return None;
        };
        let own = class.names.keys().cloned().collect();
        Some((self.lineages.of(&self.linker, class).mro.clone(), own))
    }

    /// Other names that a module gives to definitions that `is_meant`.
    pub(crate) fn aliases_in(
        &self,
        index: usize,
        is_meant: impl Fn(&str) -> bool,
    ) -> BTreeSet<String> {
        let Ok(extract) = self.linker.extract_at(index) else {
            return BTreeSet::new();
        };
        let renamed = extract.names.iter().filter(|(name, bound)| {
            let written = match &bound.what {
                What::Import(import) => import.target.as_str(),
                What::Alias(written) => written.as_str(),
                _ => return false,
            };
            written.rsplit('.').next() != Some(name.as_str())
        });
        let meant = renamed.filter(|(name, _)| {
            end_of(&self.linker.follow(&format!("{}.{name}", extract.name)))
                .is_some_and(|end| is_meant(&end))
        });
        meant.map(|(name, _)| name.clone()).collect()
    }

    /// The file that defines a class of the tree.
    pub(crate) fn module_of_class(&self, path: &str) -> Option<usize> {
        let class = self.linker.class(path)?;
        self.linker.modules.find(&class.module)
    }

    /// Where an importable path leads; itself if nobody knows.
    pub(crate) fn canonical_path(&self, path: &str) -> String {
        let linker = &self.linker;
        if !path.contains('.') || !linker.modules.holds_top(path) || linker.plainly_defines(path) {
            return path.to_owned();
        }
        end_of(&linker.follow(path)).unwrap_or_else(|| path.to_owned())
    }

    /// An exception and the classes above it; a built-in one goes by its name.
    pub(crate) fn exception_and_above(&self, path: &str) -> Vec<String> {
        let bare = |path: &str| path.strip_prefix("builtins.").unwrap_or(path).to_owned();
        let path = self.canonical_path(path);
        let above = if !path.contains('.') {
            above_outside(&format!("builtins.{path}"))
        } else if let Target::Class(class) = self.linker.follow(&path) {
            self.lineages.of(&self.linker, class).mro.clone()
        } else {
            // Whatever it is, it is an exception.
            vec!["Exception".to_owned(), "BaseException".to_owned()]
        };
        let above = above.iter().map(|path| bare(path));
        std::iter::once(path.clone()).chain(above).collect()
    }

    fn builder(&self) -> Builder<'_, 't> {
        Builder {
            linker: &self.linker,
            lineages: &self.lineages,
        }
    }

    /// The interface of modules, classes, functions and members, given by dotted paths; and what is not there.
    pub fn interface(&self, paths: &[String]) -> (Interface, Vec<Missing>) {
        let mut interface = Interface::default();
        let mut missing = Vec::new();
        for path in paths {
            if !self.add(path, &mut interface) {
                let missing_here = self.missing(path);
                if missing_here.unreadable.is_some() {
                    // It may stand where nothing could be read: it has not been removed.
                    interface.untrusted.insert(path.clone());
                }
                missing.push(missing_here);
            }
        }
        (interface, missing)
    }

    fn add(&self, path: &str, interface: &mut Interface) -> bool {
        if path.split('.').any(str::is_empty) {
            return false;
        }
        if self.linker.modules.is_module(path) {
            return self.add_module(path, interface);
        }
        match self.linker.follow(path) {
            Target::Module(module) => self.add_module(&module, interface),
            Target::Class(class) => {
                self.add_export(path, &class.path, interface);
                self.add_class(&class.path, interface);
                true
            }
            Target::Name(found) => {
                let end = format!("{}.{}", found.owner, found.name);
                self.add_export(path, &end, interface);
                self.add_name(&found, interface);
                true
            }
            Target::Missing => self.add_inherited(path, interface),
            Target::Outside(_) => false,
        }
    }

    pub(super) fn add_module(&self, name: &str, interface: &mut Interface) -> bool {
        let Some(index) = self.linker.modules.find(name) else {
            // A namespace package: its modules are asked for one by one.
            return self.linker.modules.is_module(name);
        };
        match self.linker.extract_at(index) {
            Ok(extract) => {
                let module = self.builder().module(extract, interface);
                interface.modules.insert(name.to_owned(), module);
                true
            }
            Err(message) => {
                interface
                    .unknown
                    .insert(format!("module {name}: {message}"));
                interface.untrusted.insert(name.to_owned());
                false
            }
        }
    }

    /// A class, and those nested in it.
    fn add_class(&self, path: &str, interface: &mut Interface) {
        if interface
            .classes
            .get(path)
            .is_some_and(|class| !class.partial)
        {
            return;
        }
        let Some(class) = self.linker.class(path) else {
            return;
        };
        let model = self.builder().class(class, interface);
        let nested: Vec<String> = model
            .members
            .values()
            .filter_map(|member| match &member.kind {
                Kind::Class(inner) if inner.starts_with(&format!("{path}.")) => Some(inner.clone()),
                _ => None,
            })
            .collect();
        interface.classes.insert(path.to_owned(), model);
        for inner in nested {
            self.add_class(&inner, interface);
        }
    }

    /// A function or attribute of a module, or a member of a class.
    fn add_name(&self, found: &Found<'_>, interface: &mut Interface) {
        if found.owner == found.module.name {
            let builder = self.builder();
            let Some(member) =
                builder.member(found.module, found.owner, found.name, found.bound, FAR)
            else {
                return;
            };
            if found.module.lost.is_some() {
                interface.untrusted.insert(found.module.name.clone());
            }
            self.partial_module(found.module, interface)
                .members
                .insert(found.name.to_owned(), member);
        } else {
            self.add_member(found.owner, found.name, interface);
        }
    }

    fn add_member(&self, class: &str, name: &str, interface: &mut Interface) -> bool {
        if let Some(known) = interface.classes.get(class)
            && !known.partial
        {
            return known.members.contains_key(name);
        }
        let Some(extract) = self.linker.class(class) else {
            return false;
        };
        let mut model = self.builder().class(extract, interface);
        let Some(member) = model.members.remove(name) else {
            return false;
        };
        model.members.clear();
        model.partial = true;
        interface
            .classes
            .entry(class.to_owned())
            .or_insert(model)
            .members
            .insert(name.to_owned(), member);
        true
    }

    /// `pkg.mod.Class.member` where a base defines the member.
    fn add_inherited(&self, path: &str, interface: &mut Interface) -> bool {
        let Some((owner, name)) = path.rsplit_once('.') else {
            return false;
        };
        match self.linker.follow(owner) {
            Target::Class(class) => self.add_member(&class.path, name, interface),
            _ => false,
        }
    }

    /// Notes that a path leads elsewhere, and that the module of the path must go on offering it.
    fn add_export(&self, path: &str, end: &str, interface: &mut Interface) {
        if path == end {
            return;
        }
        interface.exports.insert(path.to_owned(), end.to_owned());
        let Some((owner, name)) = path.rsplit_once('.') else {
            return;
        };
        let Some(module) = self.linker.extract(owner) else {
            return;
        };
        let bound = module.names.get(name);
        let kind = match self.linker.follow(path) {
            Target::Class(class) => Kind::Class(class.path.clone()),
            Target::Module(path) => Kind::Module(path),
            _ => Kind::Import(end.to_owned()),
        };
        let member = Member {
            kind,
            defined_in: owner.to_owned(),
            place: bound.and_then(|bound| bound.place.clone()),
            conditional: bound.is_some_and(|bound| bound.conditional),
            body: None,
        };
        self.partial_module(module, interface)
            .members
            .insert(name.to_owned(), member);
    }

    fn partial_module<'i>(
        &self,
        module: &ModuleExtract,
        interface: &'i mut Interface,
    ) -> &'i mut Module {
        interface
            .modules
            .entry(module.name.clone())
            .or_insert_with(|| Module {
                open: module
                    .names
                    .contains_key("__getattr__")
                    .then(|| format!("{} answers names by __getattr__", module.name)),
                place: Some(Place::point(Arc::clone(&module.path), 1, 1)),
                ..Module::default()
            })
    }

    fn missing(&self, path: &str) -> Missing {
        let mut nearest = path;
        let mut found = None;
        while let Some((parent, _)) = nearest.rsplit_once('.') {
            nearest = parent;
            if !nearest.ends_with('.')
                && end_of(&self.linker.follow(nearest)).is_some()
                && self.linker.modules.holds_top(nearest)
            {
                found = Some(nearest.to_owned());
                break;
            }
        }
        Missing {
            path: path.to_owned(),
            nearest: found,
            unreadable: self.damage(path),
        }
    }

    /// The path under which a definition is best known to those who import it: the shortest without a private
    /// segment, then the first by alphabet; its own path if there is none.
    pub fn public_path(&self, definition: &str) -> String {
        self.public
            .get_or_init(|| PublicPaths::new(&self.linker))
            .of(&self.linker, definition)
    }
}
