//! Python's side of the model: classes with their members seen through the MRO, modules, functions, attributes, and
//! types resolved to full paths. Pure data: who made it (source or contract) makes no difference to who judges it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::CallShape;
use super::Place;
use super::table::{Facts, Proof};

/// What a Python tree, or the Python part of a contract, offers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Interface {
    /// Classes by the path of their definition.
    pub classes: BTreeMap<String, Class>,
    /// Modules by path. A contract of single functions has modules with `whole` unset.
    pub modules: BTreeMap<String, Module>,
    /// Importable paths that lead to a definition elsewhere: re-exports and aliases, followed to their end.
    pub exports: BTreeMap<String, String>,
    /// Types that have another name, by its path; never written into a contract.
    pub aliases: BTreeMap<String, Type>,
    /// What could not be read or resolved, as sentences; data, never guessed, never dropped.
    pub unknown: BTreeSet<String>,
    /// Paths (of modules, classes) below which nothing counts as removed, because their text could not be trusted.
    pub untrusted: BTreeSet<String>,
    /// What its functions do was looked at; otherwise there are no facts to compare.
    pub has_effects: bool,
}

impl Interface {
    /// The members that each class offers: what implementers may be asked for.
    pub fn offered(&self) -> BTreeMap<String, BTreeSet<String>> {
        let offered = |class: &Class| -> BTreeSet<String> {
            let names = class.members.keys();
            let offered = names.filter(|name| class.partial || is_offered(name));
            offered.cloned().collect()
        };
        let classes = self.classes.iter();
        classes
            .map(|(path, class)| (path.clone(), offered(class)))
            .collect()
    }
}

/// A module.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Module {
    /// The names that it defines, functions, attributes and re-exports; classes stand in [`Interface::classes`] and
    /// are listed here as [`Kind::Class`] too.
    pub members: BTreeMap<String, Member>,
    /// `__all__`, if it can be read from the source.
    pub all: Option<BTreeSet<String>>,
    /// All of its members are here; otherwise only those that were asked for.
    pub whole: bool,
    /// It answers names that are not written in it: `__getattr__`, a star import from outside the tree.
    pub open: Option<String>,
    /// Names that its `__getattr__` serves, as far as its text says; never written into a contract.
    pub served: BTreeSet<String>,
    /// Where it starts.
    pub place: Option<Place>,
    /// What the provider requires, by member.
    pub requires: Facts,
    /// What its functions do to what they are handed, by member.
    pub effects: Facts,
    /// How its effects came to be, by member; never written into a contract.
    pub proofs: BTreeMap<String, Vec<Proof>>,
}

/// A class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Class {
    /// Its bases, resolved, in order.
    pub bases: Vec<Type>,
    /// The metaclass, resolved: written in the header (or by `six`), or inherited.
    pub metaclass: Option<String>,
    /// Decorators of the header, as resolved text (`typing.final`, `dataclasses.dataclass(frozen=True)`).
    pub decorators: Vec<String>,
    /// Type parameters (PEP 695), as written.
    pub type_params: Option<String>,
    /// The classes it is looked up through after itself (C3), full paths; those outside the tree included.
    pub mro: Vec<String>,
    /// Members by name, inherited ones from inside the tree included.
    pub members: BTreeMap<String, Member>,
    /// Only the members that were asked for are here.
    pub partial: bool,
    /// Its abstract members bind: the metaclass is `ABCMeta` or derives from it.
    pub abc: bool,
    /// Marked `@final`.
    pub is_final: bool,
    /// Members may come from where the tree cannot see (a base outside it, `__getattr__`, a class decorator that is
    /// not understood): the reason.
    pub open: Option<String>,
    /// The header's place (`class` to `:`).
    pub place: Option<Place>,
    /// What the provider requires of implementers, by member.
    pub requires: Facts,
    /// What its methods do to what they are handed, by member.
    pub effects: Facts,
    /// How its effects, and what is required beside calls, came to be, by member; never written into a contract.
    pub proofs: BTreeMap<String, Vec<Proof>>,
    /// Where the provider does what `requires` says, by member; never written into a contract.
    pub sites: BTreeMap<String, Vec<Site>>,
}

/// A place where the provider calls an implementer, or reads an attribute of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The shape of the call; none for an attribute that is read.
    pub shape: Option<CallShape>,
    /// The receiver with the member.
    pub place: Place,
    /// Where each argument is passed: by keyword, or by position (`#0` is the first).
    pub arguments: Vec<(String, Place)>,
    /// What becomes of exceptions of the implementer here, by their paths; built-in ones by their names.
    pub tolerates: BTreeMap<String, Tolerance>,
    /// A handler names TypeError: the call is tried, and may be rejected.
    pub tried: bool,
    /// The path of the function that does it; empty outside of functions.
    pub function: String,
    /// Whoever calls that function gets here.
    pub sure: bool,
}

/// What becomes of an exception that an implementer raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tolerance {
    /// It goes on to whoever called the provider.
    Never,
    /// It could not be seen.
    Unknown,
    /// The provider goes on in some cases.
    Sometimes,
    /// The provider goes on.
    Always,
}

/// A name of a class or module.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// What it is.
    pub kind: Kind,
    /// The path of the class (or module) whose body defines it.
    pub defined_in: String,
    /// The definition: for functions `def` to the end of the header.
    pub place: Option<Place>,
    /// It stands under a condition (`if`, `try`) that is not decided.
    pub conditional: bool,
    /// A digest of the body, to tell a rename from a removal; absent in contracts.
    pub body: Option<u64>,
}

impl Member {
    /// How much an implementer is told to override it.
    pub fn abstractness(&self) -> Abstract {
        match &self.kind {
            Kind::Function(function) => function.abstractness,
            Kind::Property(property) => property.abstractness,
            _ => Abstract::No,
        }
    }

    /// Whether an implementer is told to override it, by declaration or by custom.
    pub fn is_abstract(&self) -> bool {
        self.abstractness() != Abstract::No
    }
}

/// What a name is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A function or method. Shared, because heirs list what they inherit.
    Function(Arc<Function>),
    /// A property, or another descriptor that is read like an attribute.
    Property(Property),
    /// A variable of a module, class or instance.
    Attribute(Attribute),
    /// A class (by the path of its definition).
    Class(String),
    /// A submodule, or an imported module.
    Module(String),
    /// A re-export of something that could not be followed to its end: the path it was imported from.
    Import(String),
}

/// How a function of a class is bound when it is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    /// A plain function: of a module, or an instance method (the first parameter is the instance).
    Instance,
    /// `@classmethod`, `__new__`-like: the first parameter is the class.
    Class,
    /// `@staticmethod`.
    Static,
}

/// How much an implementer is told to override something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Abstract {
    /// It has a body of its own.
    No,
    /// Its body only raises `NotImplementedError`.
    ByCustom,
    /// `@abstractmethod` and its kin; binds where the class is an ABC.
    Declared,
}

/// What a call of the function gives before anything of the body runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// Its value.
    Plain,
    /// A coroutine (`async def`).
    Coroutine,
    /// A generator (`yield`).
    Generator,
    /// An asynchronous generator.
    AsyncGenerator,
    /// A context manager (`@contextmanager`).
    ContextManager,
    /// An asynchronous context manager.
    AsyncContextManager,
}

/// A function or method.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its parameters (`self` and `cls` included) and what it returns.
    pub signature: Signature,
    /// Other signatures of `@overload`; then `signature` is that of the implementation.
    pub overloads: Vec<Signature>,
    /// How it is bound.
    pub binding: Binding,
    /// What a call gives.
    pub protocol: Protocol,
    /// Whether it is abstract.
    pub abstractness: Abstract,
    /// Marked `@final`.
    pub is_final: bool,
    /// Decorators that are not understood; they keep the signature and are recorded.
    pub decorators: Vec<String>,
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// The type of its value.
    pub ty: Option<Type>,
    /// It can be assigned.
    pub settable: bool,
    /// It can be deleted.
    pub deletable: bool,
    /// `cached_property`.
    pub cached: bool,
    /// Whether it is abstract.
    pub abstractness: Abstract,
    /// Marked `@final`.
    pub is_final: bool,
}

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its annotation.
    pub ty: Option<Type>,
    /// Only instances have it: it is assigned to `self`.
    pub on_instance: bool,
    /// It is annotated but never given a value: reading it from the class fails.
    pub declared_only: bool,
}

/// The kind of a parameter, in the order in which a signature has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamKind {
    /// Before `/`.
    PositionalOnly,
    /// By position or by name.
    Normal,
    /// `*args`.
    VarArgs,
    /// After `*`.
    KeywordOnly,
    /// `**kwargs`.
    VarKeywords,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name, without stars.
    pub name: String,
    /// Its kind.
    pub kind: ParamKind,
    /// Its default as normalised text; it is optional iff there is one.
    pub default: Option<String>,
    /// Its annotation.
    pub ty: Option<Type>,
    /// Where it is written.
    pub place: Option<Place>,
}

impl Param {
    /// A call must give it a value.
    pub fn is_required(&self) -> bool {
        self.default.is_none() && !matches!(self.kind, ParamKind::VarArgs | ParamKind::VarKeywords)
    }
}

/// Parameters and result.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signature {
    /// In order.
    pub params: Vec<Param>,
    /// The return annotation.
    pub returns: Option<Type>,
    /// Type parameters (PEP 695), as written.
    pub type_params: Option<String>,
    /// It could not be read whole (its text is damaged, or of another Python): why.
    pub untrusted: Option<String>,
    /// The body takes its `*args` or `**kwargs` apart, or hands them on: what they really take is not written in the
    /// signature.
    pub passes_on: bool,
}

impl Signature {
    /// The parameters that a caller meets after binding: without the first positional one, unless the function is
    /// static or takes it in `*args`.
    #[must_use]
    pub fn bound(&self, binding: Binding, in_class: bool) -> &[Param] {
        match self.params.split_first() {
            Some((first, rest))
                if in_class
                    && binding != Binding::Static
                    && matches!(first.kind, ParamKind::PositionalOnly | ParamKind::Normal) =>
            {
                rest
            }
            _ => &self.params,
        }
    }
}

/// A type, resolved: names are full paths, spelling is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// `None`.
    None,
    /// `typing.Any`, `object` is a name.
    Any,
    /// A class, alias or type variable by its full path; `builtins.int` for `int`.
    Name(String),
    /// `base[args]`.
    Generic(String, Vec<Type>),
    /// `A | B`, `Union`, `Optional`: flattened, sorted, without duplicates, at least two.
    Union(Vec<Type>),
    /// `Literal[...]`: normalised texts, sorted.
    Literal(Vec<String>),
    /// `Callable[[params], result]`; no parameter list for `...`.
    Callable(Option<Vec<Type>>, Box<Type>),
    /// A list of types as an argument (`ParamSpec` and its kin), or `...`.
    List(Vec<Type>),
    /// `...` as an argument.
    Ellipsis,
    /// Text that was not understood; compares by text.
    Other(String),
}

impl Type {
    /// A union: flat, sorted, without duplicates, its literals in one.
    #[must_use]
    pub fn union(members: Vec<Type>) -> Type {
        fn flatten(members: Vec<Type>, flat: &mut Vec<Type>, literals: &mut Vec<String>) {
            for member in members {
                match member {
                    Type::Union(inner) => flatten(inner, flat, literals),
                    Type::Literal(values) => literals.extend(values),
                    other => flat.push(other),
                }
            }
        }
        let mut flat = Vec::with_capacity(members.len());
        let mut literals = Vec::new();
        flatten(members, &mut flat, &mut literals);
        if !literals.is_empty() {
            literals.sort();
            literals.dedup();
            flat.push(Type::Literal(literals));
        }
        flat.sort();
        flat.dedup();
        match flat.len() {
            1 => flat.swap_remove(0),
            _ => Type::Union(flat),
        }
    }
}

/// Special names that say nothing about how an object is used, or that only Python 2 knew.
const PLUMBING: &[&str] = &[
    "__all__",
    "__annotations__",
    "__author__",
    "__cmp__",
    "__coerce__",
    "__debug__",
    "__del__",
    "__delslice__",
    "__dict__",
    "__dir__",
    "__div__",
    "__doc__",
    "__getslice__",
    "__getstate__",
    "__hash__",
    "__hex__",
    "__idiv__",
    "__long__",
    "__match_args__",
    "__metaclass__",
    "__module__",
    "__nonzero__",
    "__oct__",
    "__qualname__",
    "__rdiv__",
    "__reduce__",
    "__reduce_ex__",
    "__repr__",
    "__setslice__",
    "__setstate__",
    "__sizeof__",
    "__slots__",
    "__str__",
    "__test__",
    "__unicode__",
    "__version__",
    "__weakref__",
];

/// Whether a name is part of what a class or module offers: it has no leading underscore, or is a special name that
/// somebody uses through syntax (`__init__`, `__enter__`, `__len__`).
pub fn is_offered(name: &str) -> bool {
    if name.len() > 4 && name.starts_with("__") && name.ends_with("__") {
        return !PLUMBING.contains(&name);
    }
    !name.starts_with('_')
}
