//! What an expression stands for, as far as names, bases, annotations and constructors tell: a module, a class, an object
//! of a class, a function. Everything else is unknown, and nothing is ever said of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock, RwLock};

use super::fields::fields;
use super::{Callee, Definition, End, hidden};
use crate::interface::python::{Binding, Class, Function, Kind, Member, Protocol, Type};
use crate::interface::{Place, python_text};
use crate::python::extract::What;
use crate::python::joined::Joined;
use crate::python::link::Target;
use crate::python::project::Project;

/// What an expression stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A module, and the path that the consumer wrote for it.
    Module(String),
    /// A class: its path, and the path that the consumer wrote.
    Class(String, String),
    /// An object of a class: its path, and how the consumer knows it.
    Object(String, String),
    /// What `super()` gives: members of the classes after this one.
    Super(String),
    /// A function, where it is defined, and the path that the consumer wrote.
    Function(Arc<Function>, Box<Definition>, String),
    Unknown,
}

/// The fields of a file's classes, by class and name.
type Fields = BTreeMap<String, BTreeMap<String, Place>>;

/// A step from a value: what it gives, and the use of the provider that it is.
pub(super) struct Step {
    pub(super) value: Value,
    /// The path, and where it ends; none if nothing of the provider is used.
    pub(super) used: Option<(String, End)>,
}

impl Step {
    fn unknown() -> Self {
        Self {
            value: Value::Unknown,
            used: None,
        }
    }
}

/// The joined trees, with what was learned about them.
pub(super) struct World<'a, 't> {
    pub(super) project: &'a Project<'t>,
    pub(super) arguments: &'a BTreeMap<String, String>,
    classes: RwLock<BTreeMap<String, Option<Arc<Class>>>>,
    fields: RwLock<BTreeMap<usize, Arc<Fields>>>,
    /// Modules that get names by `setattr` from elsewhere, by their last name.
    set_from_outside: OnceLock<BTreeSet<String>>,
}

impl<'a, 't> World<'a, 't> {
    pub(super) fn new(project: &'a Project<'t>, arguments: &'a BTreeMap<String, String>) -> Self {
        Self {
            project,
            arguments,
            classes: RwLock::default(),
            fields: RwLock::default(),
            set_from_outside: OnceLock::new(),
        }
    }

    /// Whether a module is the provider's.
    pub(super) fn is_providers(&self, module: &str) -> bool {
        match self.project.module_index(module) {
            Some(index) => Joined::consumers(self.project.module_path(index)).is_none(),
            None => false,
        }
    }

    pub(super) fn is_providers_class(&self, class: &str) -> bool {
        self.project
            .linker()
            .class(class)
            .is_some_and(|class| self.is_providers(&class.module))
    }

    /// A class of either tree with all its members.
    pub(super) fn class(&self, path: &str) -> Option<Arc<Class>> {
        if let Ok(known) = self.classes.read()
            && let Some(class) = known.get(path)
        {
            return class.clone();
        }
        let made = self.project.class_model(path).map(Arc::new);
        if let Ok(mut known) = self.classes.write() {
            known.insert(path.to_owned(), made.clone());
        }
        made
    }

    /// What stands at a path of either tree; `written` is what the consumer calls it.
    pub(super) fn at(&self, path: &str, written: &str) -> Value {
        self.value_of(self.project.linker().follow(path), written)
    }

    fn value_of(&self, target: Target<'_>, written: &str) -> Value {
        match target {
            Target::Module(path) => Value::Module(path),
            Target::Class(class) => Value::Class(class.path.clone(), written.to_owned()),
            Target::Name(found) => match &found.bound.what {
                What::Function(_) | What::Attribute(_) | What::Property(_) => {
                    let member = self.project.member_of(&found);
                    member.map_or(Value::Unknown, |member| {
                        self.of_member(&member, found.name, None, written)
                    })
                }
                _ => Value::Unknown,
            },
            Target::Outside(_) | Target::Missing => Value::Unknown,
        }
    }

    /// What a member gives when it is read.
    fn of_member(
        &self,
        member: &Member,
        name: &str,
        through: Option<&Value>,
        written: &str,
    ) -> Value {
        match &member.kind {
            Kind::Function(function) => Value::Function(
                Arc::clone(function),
                Box::new(self.definition_of(member, name, through)),
                written.to_owned(),
            ),
            Kind::Property(property) => self.object_of(property.ty.as_ref()),
            Kind::Attribute(attribute) => self.object_of(attribute.ty.as_ref()),
            Kind::Class(path) => Value::Class(path.clone(), written.to_owned()),
            Kind::Module(path) => Value::Module(path.clone()),
            Kind::Import(_) => Value::Unknown,
        }
    }

    /// What a caller of a member meets.
    fn callee(&self, member: &Member, through: Option<&Value>) -> Option<Callee> {
        match &member.kind {
            Kind::Function(function) => {
                let params = match through {
                    Some(Value::Class(..)) if function.binding == Binding::Instance => {
                        &function.signature.params
                    }
                    _ => function
                        .signature
                        .bound(function.binding, through.is_some()),
                };
                // What a decorator of the tree gives is known already.
                let decorated = !function.decorators.is_empty();
                let in_class = through.is_some() && decorated;
                Some(Callee {
                    params: params.to_vec(),
                    otherwise: in_class.then(|| {
                        let signature = &function.signature;
                        let bound = signature.bound(Binding::Instance, true);
                        if bound.len() == params.len() {
                            signature.params.clone()
                        } else {
                            bound.to_vec()
                        }
                    }),
                    unsure: decorated
                        || member.conditional
                        || function.signature.untrusted.is_some(),
                })
            }
            Kind::Class(path) => self.constructor(path),
            _ => None,
        }
    }

    /// An object of an annotated type.
    pub(super) fn object_of(&self, ty: Option<&Type>) -> Value {
        let name = match ty {
            Some(Type::Name(name)) => name,
            Some(Type::Union(parts)) => {
                let mut some = parts.iter().filter(|part| **part != Type::None);
                match (some.next(), some.next()) {
                    (Some(Type::Name(name)), None) => name,
                    _ => return Value::Unknown,
                }
            }
            _ => return Value::Unknown,
        };
        match self.project.linker().follow(name) {
            Target::Class(class) => Value::Object(class.path.clone(), name.clone()),
            _ => Value::Unknown,
        }
    }

    /// The object of a class that the configuration names.
    pub(super) fn configured(&self, path: &str) -> Value {
        match self.project.linker().follow(path) {
            Target::Class(class) => Value::Object(class.path.clone(), path.to_owned()),
            _ => match self.registered(path) {
                Some(class) => Value::Object(class, path.to_owned()),
                None => Value::Unknown,
            },
        }
    }

    /// The class that a registry puts at `package.Name`: the only one of that name in the package's modules that stands
    /// under a decorator.
    fn registered(&self, path: &str) -> Option<String> {
        let (package, name) = path.rsplit_once('.')?;
        let linker = self.project.linker();
        let inside = format!("{package}.");
        let mut found = None;
        for file in linker.modules.files() {
            let rest = file.name.strip_prefix(&inside);
            if rest.is_none_or(|rest| rest.contains('.')) {
                continue;
            }
            let path = format!("{}.{name}", file.name);
            if !linker.plainly_defines(&path) {
                continue;
            }
            if let Some(class) = linker.class(&path)
                && !class.decorators.is_empty()
                && found.replace(path).is_some()
            {
                return None;
            }
        }
        found
    }

    /// An attribute of a value.
    pub(super) fn attribute(&self, from: &Value, name: &str) -> Step {
        match from {
            Value::Module(module) => self.of_module(module, name),
            Value::Class(path, written) => self.of_class(path, written, from, name),
            Value::Object(path, written) => self.of_class(path, written, from, name),
            Value::Super(path) => self.of_super(path, name),
            Value::Function(..) | Value::Unknown => Step::unknown(),
        }
    }

    fn of_module(&self, module: &str, name: &str) -> Step {
        let linker = self.project.linker();
        let path = format!("{module}.{name}");
        let target = linker.follow(&path);
        if !self.is_providers(module) {
            return Step {
                value: self.value_of(target, &path),
                used: None,
            };
        }
        let end = match &target {
            Target::Missing => match self.registered(&path) {
                Some(class) => {
                    let value = Value::Class(class.clone(), path.clone());
                    return Step {
                        used: Some((path, End::Found(self.definition_of_class(&class)))),
                        value,
                    };
                }
                None => self.lost_in_module(module, name),
            },
            // What the provider only imports from elsewhere is there, too.
            Target::Outside(end) => Some(End::Found(Definition {
                path: end.clone(),
                place: None,
                line: None,
                callable: None,
            })),
            // A module of the consumer's own that lies in the provider's package.
            Target::Module(path)
                if !self.is_providers(path) && linker.modules.find(path).is_some() =>
            {
                None
            }
            found => Some(End::Found(self.definition(found))),
        };
        Step {
            value: self.value_of(target, &path),
            used: end.map(|end| (path, end)),
        }
    }

    /// That a module does not have a name, if its text can be believed.
    pub(super) fn lost_in_module(&self, module: &str, name: &str) -> Option<End> {
        // Tests are not read at all.
        if is_left_out(name) {
            return None;
        }
        let linker = self.project.linker();
        let Some(index) = linker.modules.find(module) else {
            // A namespace package: others may add to it.
            return None;
        };
        let extract = linker.extract_at(index).ok()?;
        if extract.lost.is_some() {
            return None;
        }
        let is_open = extract.open.is_some()
            || extract.names.contains_key("__getattr__")
            || extract
                .stars
                .iter()
                .any(|star| linker.extract(&star.module).is_none())
            || ["__path__", "__file__", "__name__", "__doc__", "__dict__"].contains(&name);
        if is_open {
            return None;
        }
        let bytes = self.project.bytes(index)?;
        let maybe_hidden = extract.names.contains_key(name)
            || hidden::in_module(&bytes, name)
            || self.is_set_from_outside(module);
        Some(End::Lost {
            owner: module.to_owned(),
            place: Some(Place::point(extract.path.as_ref(), 1, 1)),
            maybe_hidden,
        })
    }

    /// Whether some module sets attributes on this one by `setattr(last, name, …)`.
    fn is_set_from_outside(&self, module: &str) -> bool {
        let names = self
            .set_from_outside
            .get_or_init(|| self.project.set_by_name());
        names.contains(module.rsplit('.').next().unwrap_or(module))
    }

    /// The nearest class of the provider in an order of lookup.
    fn nearest<'c>(&self, mut order: impl Iterator<Item = &'c str>) -> Option<&'c str> {
        order.find(|path| self.is_providers_class(path))
    }

    fn of_class(&self, path: &str, written: &str, from: &Value, name: &str) -> Step {
        let Some(class) = self.class(path) else {
            return Step::unknown();
        };
        let order = || std::iter::once(path).chain(class.mro.iter().map(String::as_str));
        // At the path that the consumer wrote; for its own classes, at the base through which it knows the member.
        let written = if self.is_providers_class(path) {
            Some(written)
        } else {
            self.nearest(order())
        };
        match class.members.get(name) {
            Some(member) => {
                let providers = self.is_providers_class(&member.defined_in);
                let used = written.filter(|_| providers).map(|written| {
                    let path = format!("{written}.{name}");
                    (
                        path,
                        End::Found(self.definition_of(member, name, Some(from))),
                    )
                });
                let path = used
                    .as_ref()
                    .map_or_else(|| format!("{path}.{name}"), |(path, _)| path.clone());
                Step {
                    value: self.of_member(member, name, Some(from), &path),
                    used,
                }
            }
            None => Step {
                value: Value::Unknown,
                used: written.and_then(|written| {
                    if let Some(definition) = self.field(path, &class, name) {
                        return Some((format!("{written}.{name}"), End::Found(definition)));
                    }
                    let end = self.lost_in_class(path, &class, from, name)?;
                    Some((format!("{written}.{name}"), end))
                }),
            },
        }
    }

    /// An attribute that a class or one of its bases declares in its `fields`.
    fn field(&self, path: &str, class: &Class, name: &str) -> Option<Definition> {
        let linker = self.project.linker();
        std::iter::once(path)
            .chain(class.mro.iter().map(String::as_str))
            .find_map(|above| {
                let extract = linker.class(above)?;
                extract.names.get("fields")?;
                let index = linker.modules.find(&extract.module)?;
                let inside = above.strip_prefix(&extract.module)?.trim_start_matches('.');
                let known = self.fields.read().ok()?.get(&index).map(Arc::clone);
                let fields = match known {
                    Some(fields) => fields,
                    None => {
                        let read = Arc::new(self.project.read_with(index, fields)?);
                        if let Ok(mut known) = self.fields.write() {
                            known.insert(index, Arc::clone(&read));
                        }
                        read
                    }
                };
                let place = fields.get(inside)?.get(name)?.clone();
                Some(Definition {
                    path: format!("{above}.{name}"),
                    place: Some(place),
                    line: Some(name.to_owned()),
                    callable: None,
                })
            })
    }

    /// That a class does not have a name, if everything that it is made of can be seen.
    fn lost_in_class(&self, path: &str, class: &Class, from: &Value, name: &str) -> Option<End> {
        let linker = self.project.linker();
        let fixed = name.starts_with("__")
            || class.open.is_some()
            || class
                .metaclass
                .as_deref()
                .is_some_and(|meta| meta != "abc.ABCMeta");
        let unknown_maker = class.decorators.iter().any(|decorator| {
            !decorator.starts_with("dataclasses.") && !decorator.starts_with("functools.")
        });
        if fixed || unknown_maker {
            return None;
        }
        let order = || std::iter::once(path).chain(class.mro.iter().map(String::as_str));
        let mut maybe_hidden = false;
        for above in order() {
            let Some(extract) = linker.class(above) else {
                if above.starts_with("builtins.") && above != "builtins.object" {
                    return None;
                }
                continue;
            };
            let other_decorators = extract.decorators.iter().any(|decorator| {
                !decorator.starts_with("dataclasses.") && !decorator.starts_with("functools.")
            });
            if extract.lost || extract.untrusted || other_decorators {
                return None;
            }
            let index = linker.modules.find(&extract.module)?;
            let bytes = self.project.bytes(index)?;
            maybe_hidden |= hidden::in_class(&bytes, name);
        }
        // Heirs of a class may bring what it only uses.
        if matches!(from, Value::Object(..)) && !self.is_providers_class(path) {
            maybe_hidden |= self.has_heirs(path);
        }
        Some(End::Lost {
            owner: path.to_owned(),
            place: class.place.clone(),
            maybe_hidden,
        })
    }

    fn has_heirs(&self, path: &str) -> bool {
        !self
            .project
            .implementers(&BTreeSet::from([path.to_owned()]))
            .is_empty()
    }

    fn of_super(&self, path: &str, name: &str) -> Step {
        let Some(class) = self.class(path) else {
            return Step::unknown();
        };
        let mut after = None;
        for above in &class.mro {
            let Some(above_class) = self.class(above) else {
                continue;
            };
            if let Some(member) = above_class.members.get(name)
                && (member.defined_in == *above)
            {
                after = Some((above.clone(), member.clone()));
                break;
            }
        }
        let from = Value::Object(path.to_owned(), path.to_owned());
        let nearest = self.nearest(class.mro.iter().map(String::as_str));
        match after {
            Some((_, member)) => {
                let used = nearest
                    .filter(|_| self.is_providers_class(&member.defined_in))
                    .map(|written| {
                        let path = format!("{written}.{name}");
                        (
                            path,
                            End::Found(self.definition_of(&member, name, Some(&from))),
                        )
                    });
                let path = used
                    .as_ref()
                    .map_or_else(String::new, |(path, _)| path.clone());
                Step {
                    value: self.of_member(&member, name, Some(&from), &path),
                    used,
                }
            }
            None => {
                let is_own = class.members.contains_key(name);
                let lost = nearest.and_then(|written| {
                    let base = self.class(written)?;
                    let end = if is_own || !class.members.contains_key(name) {
                        self.lost_above(path, &class, name, &base)?
                    } else {
                        return None;
                    };
                    Some((format!("{written}.{name}"), end))
                });
                Step {
                    value: Value::Unknown,
                    used: lost,
                }
            }
        }
    }

    /// What `super()` does not find.
    fn lost_above(&self, path: &str, class: &Class, name: &str, base: &Class) -> Option<End> {
        let object = Value::Class(path.to_owned(), path.to_owned());
        match self.lost_in_class(path, class, &object, name)? {
            End::Lost { owner, .. } => {
                // The class itself names it, so its own text proves nothing; the bases' does.
                let linker = self.project.linker();
                let maybe_hidden = class.mro.iter().any(|above| {
                    linker.class(above).is_some_and(|extract| {
                        linker
                            .modules
                            .find(&extract.module)
                            .and_then(|index| self.project.bytes(index))
                            .is_none_or(|bytes| hidden::in_class(&bytes, name))
                    })
                });
                Some(End::Lost {
                    owner,
                    place: base.place.clone(),
                    maybe_hidden,
                })
            }
            found => Some(found),
        }
    }

    /// What stands at a path, if anything does.
    pub(super) fn end_of(&self, path: &str) -> Option<Definition> {
        match self.project.linker().follow(path) {
            Target::Missing | Target::Outside(_) => None,
            found => Some(self.definition(&found)),
        }
    }

    /// Where a followed target ends.
    pub(super) fn definition(&self, target: &Target<'_>) -> Definition {
        match target {
            Target::Class(class) => self.definition_of_class(&class.path),
            Target::Module(path) => Definition {
                path: path.clone(),
                place: self
                    .project
                    .module_index(path)
                    .map(|index| Place::point(self.project.module_path(index), 1, 1)),
                line: None,
                callable: None,
            },
            Target::Name(found) => match self.project.member_of(found) {
                Some(member) => {
                    let mut definition = self.definition_of(&member, found.name, None);
                    definition.path = format!("{}.{}", found.owner, found.name);
                    definition
                }
                None => Definition {
                    path: format!("{}.{}", found.owner, found.name),
                    place: found.bound.place.clone(),
                    line: None,
                    callable: None,
                },
            },
            Target::Outside(path) => Definition {
                path: path.clone(),
                place: None,
                line: None,
                callable: None,
            },
            Target::Missing => Definition {
                path: String::new(),
                place: None,
                line: None,
                callable: None,
            },
        }
    }

    fn definition_of(&self, member: &Member, name: &str, through: Option<&Value>) -> Definition {
        Definition {
            path: format!("{}.{name}", member.defined_in),
            place: member.place.clone(),
            line: Some(python_text::line(member, name)),
            callable: self.callee(member, through),
        }
    }

    pub(super) fn definition_of_class(&self, path: &str) -> Definition {
        let class = self.class(path);
        Definition {
            path: path.to_owned(),
            place: class.as_ref().and_then(|class| class.place.clone()),
            line: None,
            callable: self.constructor(path),
        }
    }

    /// What the constructor of a class takes, if it is written in a tree.
    pub(super) fn constructor(&self, path: &str) -> Option<Callee> {
        let class = self.class(path)?;
        let has = |name: &str| class.members.get(name);
        let (member, function) = match (has("__init__"), has("__new__")) {
            (Some(member), None) | (None, Some(member)) => match &member.kind {
                Kind::Function(function) => (member, function),
                _ => return None,
            },
            _ => return None,
        };
        let plain = |name: &String| name == "abc.ABCMeta";
        if !class.metaclass.as_ref().is_none_or(plain) {
            return None;
        }
        // What stands before the one that was found may bring another.
        let is_seen = |above: &&String| self.project.linker().class(above).is_some();
        let before: Vec<&String> = class
            .mro
            .iter()
            .take_while(|above| **above != member.defined_in)
            .collect();
        if path != member.defined_in && !before.iter().all(is_seen) {
            return None;
        }
        Some(Callee {
            params: function.signature.bound(Binding::Instance, true).to_vec(),
            otherwise: None,
            unsure: !function.decorators.is_empty()
                || member.conditional
                || function.signature.untrusted.is_some()
                || class.decorators.iter().any(|decorator| {
                    !decorator.starts_with("dataclasses.") && !decorator.starts_with("functools.")
                }),
        })
    }

    /// What a call of a value gives.
    pub(super) fn called(&self, value: &Value) -> Value {
        match value {
            Value::Class(path, written) => {
                let Some(class) = self.class(path) else {
                    return Value::Unknown;
                };
                let plain = |name: &String| name == "abc.ABCMeta";
                let made_elsewhere = class.members.contains_key("__new__")
                    || !class.metaclass.as_ref().is_none_or(plain);
                if made_elsewhere {
                    Value::Unknown
                } else {
                    Value::Object(path.clone(), written.clone())
                }
            }
            Value::Function(function, definition, _)
                if function.protocol == Protocol::Plain
                    && definition
                        .callable
                        .as_ref()
                        .is_some_and(|callee| !callee.unsure) =>
            {
                self.object_of(function.signature.returns.as_ref())
            }
            _ => Value::Unknown,
        }
    }
}

/// Folders that trees leave out.
fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "test" | "tests" | "vendor" | "vendored" | "third_party" | "_vendor"
    )
}
