//! Classes and modules of the model from extracts: own and inherited members, exports, what stays open. Comparison
//! is none of its business.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::constructors::{constructor, ordering, orderings};
use super::decorators::is_constructor_maker;
use super::extract::{Bound, ClassExtract, Maker, ModuleExtract, What};
use super::link::{Linker, Target, end_of};
use super::mro::{Lineage, Lineages};
use super::types::map_paths;
use crate::interface::Place;
use crate::interface::python::{
    Attribute, Binding, Class, Function, Interface, Kind, Member, Module, Signature,
};
use crate::interface::python_names::is_implicit_class_method;

/// Aliases of aliases are followed this far.
const ALIASES: u8 = 20;

/// Makes the model's items.
pub(crate) struct Builder<'p, 't> {
    pub(crate) linker: &'p Linker<'t>,
    pub(crate) lineages: &'p Lineages,
}

impl<'p> Builder<'p, '_> {
    /// A class with its members, own and inherited, and what it leaves unknown in `interface`.
    pub(crate) fn class(&self, class: &'p ClassExtract, interface: &mut Interface) -> Class {
        let lineage = self.lineages.of(self.linker, class);
        let chain = self.chain(class, &lineage);
        let mut model = Class {
            bases: lineage.bases.clone(),
            metaclass: lineage.metaclass.clone(),
            decorators: Vec::new(),
            type_params: class.type_params.clone(),
            mro: lineage.mro.clone(),
            members: self.members(&chain),
            abc: lineage.abc,
            is_final: class.is_final,
            open: lineage.open.first().cloned(),
            place: class.place.clone(),
            ..Class::default()
        };
        if let Some(module) = self.linker.extract(&class.module) {
            model.decorators = class
                .decorators
                .iter()
                .map(|text| self.decorator(module, text))
                .collect();
        }
        if model.open.is_none() {
            model.open = chain
                .iter()
                .find(|class| {
                    ["__getattr__", "__getattribute__"]
                        .iter()
                        .any(|name| class.names.contains_key(*name))
                })
                .map(|class| format!("{} answers names by __getattr__", class.path));
        }
        interface.unknown.extend(lineage.open.iter().cloned());
        if chain.iter().any(|class| class.lost || class.untrusted) {
            interface.untrusted.insert(class.path.clone());
        }
        model
    }

    /// The class and its bases inside the tree, in the order of lookup.
    fn chain(&self, class: &'p ClassExtract, lineage: &Lineage) -> Vec<&'p ClassExtract> {
        let bases = lineage
            .mro
            .iter()
            .filter_map(|path| self.linker.class(path));
        std::iter::once(class).chain(bases).collect()
    }

    /// Members of a class by name, as lookup finds them.
    fn members(&self, chain: &[&'p ClassExtract]) -> BTreeMap<String, Member> {
        let mut members = BTreeMap::new();
        for (index, class) in chain.iter().enumerate().rev() {
            let Some(module) = self.linker.extract(&class.module) else {
                continue;
            };
            for (name, bound) in &class.names {
                if bound.for_types {
                    continue;
                }
                if let Some(mut member) = self.member(module, &class.path, name, bound, ALIASES) {
                    if class.maker != Maker::None {
                        field_on_instance(&mut member);
                    }
                    members.insert(name.clone(), member);
                }
            }
            if class.maker == Maker::NamedTuple {
                for field in &class.fields {
                    members
                        .entry(field.name.clone())
                        .or_insert_with(|| named_tuple_field(class, field.place.clone()));
                }
            }
            let mut written = |name: &str, function: Function| {
                let member = Member {
                    kind: Kind::Function(Arc::new(function)),
                    defined_in: class.path.clone(),
                    place: class.place.clone(),
                    conditional: false,
                    body: None,
                };
                members.insert(name.to_owned(), member);
            };
            if let Some((name, mut function)) = constructor(&chain[index..])
                && !class.names.contains_key(name)
            {
                self.link_signature(module, &mut function.signature);
                written(name, function);
            }
            for name in orderings(class, &chain[index..]) {
                written(name, ordering());
            }
        }
        for class in chain.iter().rev() {
            let Some(module) = self.linker.extract(&class.module) else {
                continue;
            };
            for (name, bound) in &class.instance {
                self.instance_attribute(module, class, name, bound, &mut members);
            }
        }
        members
    }

    /// An attribute of instances stands where the class itself has nothing of that name.
    fn instance_attribute(
        &self,
        module: &'p ModuleExtract,
        class: &'p ClassExtract,
        name: &str,
        bound: &'p Bound,
        members: &mut BTreeMap<String, Member>,
    ) {
        let Some(member) = self.member(module, &class.path, name, bound, ALIASES) else {
            return;
        };
        match members.get_mut(name) {
            None => {
                members.insert(name.to_owned(), member);
            }
            Some(known) => {
                let Kind::Attribute(found) = &member.kind else {
                    return;
                };
                if let Kind::Attribute(attribute) = &mut known.kind {
                    if attribute.ty.is_none() {
                        attribute.ty.clone_from(&found.ty);
                    }
                    if attribute.on_instance {
                        // A base's sure assignment stays sure where an heir assigns again.
                        let conditional = known.conditional && member.conditional;
                        let ty = attribute.ty.clone();
                        *known = member;
                        known.conditional = conditional;
                        if let Kind::Attribute(attribute) = &mut known.kind {
                            attribute.ty = attribute.ty.take().or(ty);
                        }
                    } else if attribute.declared_only {
                        // Declared in the class, given to the instance.
                        attribute.on_instance = found.on_instance;
                        attribute.declared_only = false;
                        known.conditional |= member.conditional;
                    }
                }
            }
        }
    }

    /// A bound name as a member; none for what only type checkers see.
    pub(crate) fn member(
        &self,
        module: &'p ModuleExtract,
        owner: &'p str,
        name: &str,
        bound: &'p Bound,
        left: u8,
    ) -> Option<Member> {
        let kind = self.kind(module, owner, name, bound, left)?;
        Some(Member {
            kind,
            defined_in: owner.to_owned(),
            place: bound.place.clone(),
            conditional: bound.conditional,
            body: bound.body,
        })
    }

    pub(crate) fn kind(
        &self,
        module: &'p ModuleExtract,
        owner: &'p str,
        name: &str,
        bound: &'p Bound,
        left: u8,
    ) -> Option<Kind> {
        if left == 0 {
            return None;
        }
        Some(match &bound.what {
            What::Function(function) => {
                if !has_paths(function) {
                    return Some(Kind::Function(Arc::clone(function)));
                }
                let mut function = Function::clone(function);
                self.link_signature(module, &mut function.signature);
                for overload in &mut function.overloads {
                    self.link_signature(module, overload);
                }
                for decorator in &mut function.decorators {
                    *decorator = self.decorator(module, decorator);
                }
                self.decorated(function)
            }
            What::Property(property) => {
                let mut property = property.clone();
                if let Some(ty) = &mut property.ty {
                    map_paths(ty, &mut |path| self.linker.canonical(module, path));
                }
                Kind::Property(property)
            }
            What::Attribute(attribute) => {
                let mut attribute = attribute.clone();
                if let Some(ty) = &mut attribute.ty {
                    map_paths(ty, &mut |path| self.linker.canonical(module, path));
                }
                Kind::Attribute(attribute)
            }
            What::Placeholder | What::TypeAlias(_) => plain(),
            What::Made(made) => self
                .made(module, owner, name, made, left - 1)
                .unwrap_or_else(plain),
            What::Class(path) => Kind::Class(path.clone()),
            What::Import(_) | What::Alias(_) => {
                let key = key_of(module, owner, name);
                let is_alias = matches!(bound.what, What::Alias(_));
                match self
                    .linker
                    .bound(module, owner, key.unwrap_or(""), bound, ALIASES)
                {
                    Target::Class(class) => Kind::Class(class.path.clone()),
                    Target::Module(path) => Kind::Module(path),
                    Target::Name(found) if std::ptr::eq(found.bound, bound) => plain(),
                    Target::Name(found) => {
                        let (of, owner_of) = (found.module, found.owner);
                        match self.kind(of, owner_of, found.name, found.bound, left - 1)? {
                            Kind::Function(function) => {
                                let function = self.taken_off(
                                    module,
                                    owner,
                                    bound,
                                    &found,
                                    function,
                                    left - 1,
                                );
                                Kind::Function(as_named(function, name, owner != module.name))
                            }
                            other => other,
                        }
                    }
                    Target::Outside(path) => Kind::Import(path),
                    Target::Missing if is_alias => plain(),
                    Target::Missing => match &bound.what {
                        What::Import(import) => Kind::Import(import.target.clone()),
                        _ => plain(),
                    },
                }
            }
        })
    }

    pub(crate) fn link_signature(&self, module: &ModuleExtract, signature: &mut Signature) {
        let types = signature
            .params
            .iter_mut()
            .filter_map(|param| param.ty.as_mut())
            .chain(signature.returns.as_mut());
        for ty in types {
            map_paths(ty, &mut |path| self.linker.canonical(module, path));
        }
    }

    /// The text of a decorator with its path followed.
    fn decorator(&self, module: &ModuleExtract, text: &str) -> String {
        let end = text.find('(').unwrap_or(text.len());
        let (path, rest) = text.split_at(end);
        if is_constructor_maker(path) {
            // Known by this name, even where the tree holds its definition.
            return text.to_owned();
        }
        match self.linker.canonical(module, path) {
            Some(path) => format!("{path}{rest}"),
            None => text.to_owned(),
        }
    }

    /// A whole module, with its classes added to `interface`.
    pub(crate) fn module(&self, module: &'p ModuleExtract, interface: &mut Interface) -> Module {
        let mut model = Module {
            all: self
                .linker
                .all_of(module, ALIASES)
                .map(|all| all.into_iter().collect()),
            whole: true,
            open: module.open.clone(),
            served: module.served.clone(),
            place: Some(Place::point(Arc::clone(&module.path), 1, 1)),
            ..Module::default()
        };
        if module.names.contains_key("__getattr__") {
            model.open = Some(format!("{} answers names by __getattr__", module.name));
        }
        for (name, bound) in &module.names {
            if let What::TypeAlias(ty) = &bound.what {
                let mut ty = ty.clone();
                map_paths(&mut ty, &mut |path| self.linker.canonical(module, path));
                let path = format!("{}.{name}", module.name);
                interface.aliases.insert(path, ty);
            }
            // A list that can be read stands in `all`.
            if !bound.for_types && (name != "__all__" || model.all.is_none()) {
                self.module_name(module, name, bound, &mut model, interface);
            }
        }
        for star in module.stars.iter().rev() {
            match self.linker.extract(&star.module) {
                Some(from) if from.name != module.name => {
                    self.star(module, from, star.conditional, &mut model, interface);
                }
                Some(_) => {}
                None => {
                    let why = format!(
                        "star import of {} in {}: outside the tree",
                        star.module, module.name
                    );
                    interface.unknown.insert(why.clone());
                    model.open.get_or_insert(why);
                }
            }
        }
        for (path, class) in &module.classes {
            if self.is_reached(module, path) {
                let class = self.class(class, interface);
                interface.classes.insert(path.clone(), class);
            }
        }
        if module.lost.is_some() {
            interface.untrusted.insert(module.name.clone());
        }
        model
    }

    /// A class statement whose name was bound to something else afterwards, or deleted, is not part of the module.
    fn is_reached(&self, module: &ModuleExtract, path: &str) -> bool {
        let Some((owner, name)) = path.rsplit_once('.') else {
            return false;
        };
        let names = if owner == module.name {
            &module.names
        } else {
            match module.classes.get(owner) {
                Some(class) => &class.names,
                None => return false,
            }
        };
        let bound = names.get(name);
        bound.is_some_and(|bound| {
            matches!(&bound.what, What::Class(known) if known == path) && !bound.for_types
        }) && (owner == module.name || self.is_reached(module, owner))
    }

    fn module_name(
        &self,
        module: &'p ModuleExtract,
        name: &str,
        bound: &'p Bound,
        model: &mut Module,
        interface: &mut Interface,
    ) {
        if let What::Import(import) = &bound.what
            && import.is_from
            && self.linker.plainly_defines(&import.target)
        {
            let path = format!("{}.{name}", module.name);
            interface.exports.insert(path, import.target.clone());
        } else if let What::Import(_) | What::Alias(_) = &bound.what {
            let key = key_of(module, &module.name, name);
            let target = self
                .linker
                .bound(module, &module.name, key.unwrap_or(""), bound, ALIASES);
            let path = format!("{}.{name}", module.name);
            match (end_of(&target), &bound.what) {
                (Some(end), _) if end != path => {
                    interface.exports.insert(path, end);
                }
                (None, What::Import(import)) => {
                    interface.exports.insert(path, import.target.clone());
                }
                _ => {}
            }
        }
        let counts = match &bound.what {
            What::Import(import) => {
                import.explicit
                    || model.all.as_ref().is_some_and(|all| all.contains(name))
                    || is_own_package(module, &import.target)
            }
            _ => true,
        };
        if counts && let Some(member) = self.member(module, &module.name, name, bound, ALIASES) {
            model.members.insert(name.to_owned(), member);
        }
    }

    /// Names that a star import inside the tree brings.
    fn star(
        &self,
        module: &'p ModuleExtract,
        from: &'p ModuleExtract,
        conditional: bool,
        model: &mut Module,
        interface: &mut Interface,
    ) {
        let counts = is_own_package(module, &from.name);
        for name in self.linker.star_names(from, ALIASES) {
            if module.names.contains_key(&name) {
                continue;
            }
            let target = self.linker.in_module(&from.name, &name, ALIASES);
            let Some(end) = end_of(&target) else { continue };
            interface
                .exports
                .entry(format!("{}.{name}", module.name))
                .or_insert(end);
            let listed = model.all.as_ref().is_some_and(|all| all.contains(&name));
            if (counts || listed) && !model.members.contains_key(&name) {
                let kind = match target {
                    Target::Class(class) => Some(Kind::Class(class.path.clone())),
                    Target::Module(path) => Some(Kind::Module(path)),
                    Target::Outside(path) => Some(Kind::Import(path)),
                    Target::Name(found) => {
                        self.kind(found.module, found.owner, found.name, found.bound, ALIASES)
                    }
                    Target::Missing => None,
                };
                if let Some(kind) = kind {
                    model.members.insert(
                        name,
                        Member {
                            kind,
                            defined_in: module.name.clone(),
                            place: Some(Place::point(Arc::clone(&module.path), 1, 1)),
                            conditional,
                            body: None,
                        },
                    );
                }
            }
        }
    }
}

/// Whether `module` is the `__init__` of a package that `target` is inside of: what a package takes from its own
/// modules it offers.
pub(crate) fn is_own_package(module: &ModuleExtract, target: &str) -> bool {
    let is_init = module.path.ends_with("__init__.py") || module.path.ends_with("__init__.pyi");
    let inside = target
        .strip_prefix(&module.name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    is_init && inside
}

/// The name as the extract holds it, so that it lives as long.
fn key_of<'p>(module: &'p ModuleExtract, owner: &str, name: &str) -> Option<&'p str> {
    let names = if owner == module.name {
        &module.names
    } else {
        &module.classes.get(owner)?.names
    };
    names.get_key_value(name).map(|(key, _)| key.as_str())
}

/// `__new__ = make`: the interpreter binds some methods by their names.
fn as_named(mut function: Arc<Function>, name: &str, in_class: bool) -> Arc<Function> {
    if in_class && is_implicit_class_method(name) && function.binding == Binding::Instance {
        Arc::make_mut(&mut function).binding = Binding::Class;
    }
    function
}

/// Whether anything in a function may lead elsewhere in the tree.
fn has_paths(function: &Function) -> bool {
    let signature = &function.signature;
    !function.decorators.is_empty()
        || !function.overloads.is_empty()
        || signature.returns.is_some()
        || signature.params.iter().any(|param| param.ty.is_some())
}

fn plain() -> Kind {
    Kind::Attribute(Attribute {
        ty: None,
        on_instance: false,
        declared_only: false,
    })
}

/// A field without a default is no attribute of the class: the constructor gives it to each instance.
fn field_on_instance(member: &mut Member) {
    if let Kind::Attribute(attribute) = &mut member.kind
        && attribute.declared_only
    {
        attribute.declared_only = false;
        attribute.on_instance = true;
    }
}

fn named_tuple_field(class: &ClassExtract, place: Option<Place>) -> Member {
    Member {
        kind: Kind::Attribute(Attribute {
            ty: None,
            on_instance: true,
            declared_only: false,
        }),
        defined_in: class.path.clone(),
        place: place.or_else(|| class.place.clone()),
        conditional: false,
        body: None,
    }
}
