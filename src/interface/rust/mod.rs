//! Rust's side of the model: crates as their importable paths, items with their members and impls, and types whose
//! names are resolved. Pure data: who made it (source or contract) makes no difference to who judges it.
//!
//! Types themselves are in [`types`], walking and rewriting them in [`fold`].

pub mod fold;
pub mod types;

use std::collections::{BTreeMap, BTreeSet};

use super::Place;
pub use types::{Arg, Bound, Generics, Param, ParamKind, TraitRef, Type, Where};

/// A place that makes no difference: two things that differ only in where they stand are equal.
#[derive(Debug, Clone, Default)]
pub struct At(pub Option<Place>);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for At {}
impl PartialOrd for At {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for At {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

/// What the Rust crates of a tree, or the Rust part of a contract, offer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Interface {
    /// Items by path: the shortest importable one, or where the item is defined if nobody outside can import it.
    pub items: BTreeMap<String, Item>,
    /// Every importable path, and the path in [`Interface::items`] (or outside the crate) that it leads to.
    pub exports: BTreeMap<String, String>,
    /// Importable paths that are left out of the documentation (`#[doc(hidden)]`): no promise.
    pub hidden: BTreeSet<String>,
    /// Where items are defined, if that is not the path that they go by.
    pub defined: BTreeMap<String, String>,
    /// Names of the crates whose items these are.
    pub crates: BTreeSet<String>,
    /// What could not be read or resolved, as sentences; data, never guessed, never dropped.
    pub unknown: BTreeSet<String>,
    /// Modules below which nothing counts as removed, because their text could not be read.
    pub untrusted: BTreeSet<String>,
    /// Modules (and types, and traits) in which macros make items: the words that stand in those macro calls. A name
    /// among them may well exist.
    pub made: BTreeMap<String, BTreeSet<String>>,
    /// Types that hold what the tree does not show: what they are by what they hold is not known. A contract knows
    /// of none.
    pub unsure: BTreeSet<String>,
    /// The files that could not be read, with where and why.
    pub broken: Vec<Broken>,
    /// The features that each crate's manifest offers, each with those that it turns on, directly or not. A contract
    /// knows none.
    pub features: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Features that were left off, by crate: what they add was not looked at.
    pub off: BTreeMap<String, BTreeSet<String>>,
}

/// A file whose text is not Rust as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// The module that the file is.
    pub module: String,
    /// Where reading stopped.
    pub place: Place,
    /// Why, as a sentence without a full stop.
    pub message: String,
}

impl Interface {
    /// The item that an importable path, or the path of a definition, leads to.
    pub fn find(&self, path: &str) -> Option<(&str, &Item)> {
        let key = self.exports.get(path).map_or(path, String::as_str);
        self.items
            .get_key_value(key)
            .map(|(key, item)| (key.as_str(), item))
    }

    /// What was not looked at, as sentences.
    pub fn left_out(&self) -> impl Iterator<Item = String> {
        self.off.iter().map(|(krate, names)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let (word, verb) = if names.len() == 1 {
                ("feature", "is")
            } else {
                ("features", "are")
            };
            format!(
                "{krate}: {word} `{}` {verb} off, and what depends on it was not looked at",
                names.join("`, `")
            )
        })
    }

    /// Whether `path` starts with one of its crates.
    pub fn is_local(&self, path: &str) -> bool {
        let krate = path.split("::").next().unwrap_or(path);
        self.crates.contains(krate)
    }

    /// Whether `path` lies in a module whose text could not be read.
    pub fn is_untrusted(&self, path: &str) -> bool {
        !self.untrusted.is_empty() && prefixes(path).any(|prefix| self.untrusted.contains(prefix))
    }
}

/// A path and everything that it is in: `a::b::c`, `a::b`, `a`.
pub fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rfind("::").map(|end| &path[..end]))
}

/// The last part of a path.
pub fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// What a path without its last part names; empty for a crate.
pub fn parent(path: &str) -> &str {
    path.rfind("::").map_or("", |end| &path[..end])
}

/// Who may name an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// Nobody outside its module.
    Private,
    /// `pub(super)`, `pub(in path)`: those inside the path.
    Restricted(String),
    /// `pub(crate)`.
    Crate,
    /// `pub`; whether it can be reached is another question.
    Public,
}

/// Attributes that matter to somebody outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marks {
    /// `#[non_exhaustive]`.
    pub non_exhaustive: bool,
    /// `#[must_use]`.
    pub must_use: bool,
    /// `#[deprecated]`.
    pub deprecated: bool,
    /// `#[doc(hidden)]`.
    pub hidden: bool,
    /// `#[repr(...)]`, sorted.
    pub repr: Vec<String>,
    /// `#[target_feature(enable = "...")]`, sorted.
    pub target_features: Vec<String>,
    /// Helper attributes of a derive macro, sorted.
    pub helpers: Vec<String>,
    /// Conditions that could not be decided, as normalised text, sorted.
    pub cfg: Vec<String>,
}

/// A named thing of a crate.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Who may name it, as written.
    pub vis: Visibility,
    /// Its attributes.
    pub marks: Marks,
    /// The header.
    pub at: At,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A module (its items are items themselves).
    Module,
    /// A trait.
    Trait(Box<Trait>),
    /// A struct.
    Struct(Box<Struct>),
    /// An enum.
    Enum(Box<Enum>),
    /// A union.
    Union(Box<Struct>),
    /// A free function.
    Function(Box<Function>),
    /// A constant.
    Const(Type),
    /// A static.
    Static {
        /// Its type.
        ty: Type,
        /// `static mut`.
        mutable: bool,
    },
    /// A type alias.
    Alias {
        /// Its parameters.
        generics: Generics,
        /// What it stands for.
        ty: Type,
    },
    /// A macro that others can use.
    Macro,
}

impl Kind {
    /// The word for it in a sentence.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Module => "module",
            Kind::Trait(_) => "trait",
            Kind::Struct(_) => "struct",
            Kind::Enum(_) => "enum",
            Kind::Union(_) => "union",
            Kind::Function(_) => "function",
            Kind::Const(_) => "constant",
            Kind::Static { .. } => "static",
            Kind::Alias { .. } => "type alias",
            Kind::Macro => "macro",
        }
    }
}

/// A trait.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trait {
    /// `unsafe trait`.
    pub is_unsafe: bool,
    /// `auto trait`.
    pub is_auto: bool,
    /// Nobody outside the crate can implement it.
    pub sealed: bool,
    /// Its parameters.
    pub generics: Generics,
    /// What every implementer is besides (`where Self: ..` included), sorted.
    pub supertraits: Vec<Bound>,
    /// Its items by name.
    pub items: BTreeMap<String, TraitItem>,
    /// Impls for types that are not this crate's, and blanket impls, sorted.
    pub impls: Vec<Impl>,
}

/// An item of a trait.
#[derive(Debug, Clone, PartialEq)]
pub struct TraitItem {
    /// What it is.
    pub kind: TraitItemKind,
    /// Its attributes.
    pub marks: Marks,
    /// The header.
    pub at: At,
}

/// What an item of a trait is.
#[derive(Debug, Clone, PartialEq)]
pub enum TraitItemKind {
    /// A function or method; [`Function::provided`] if it has a default body.
    Function(Box<Function>),
    /// A constant.
    Const {
        /// Its type.
        ty: Type,
        /// It has a default value.
        provided: bool,
    },
    /// A type.
    Type {
        /// Its parameters.
        generics: Generics,
        /// What it must be, sorted.
        bounds: Vec<Bound>,
        /// Its default.
        default: Option<Type>,
    },
}

impl TraitItem {
    /// An implementer need not write it.
    pub fn is_provided(&self) -> bool {
        match &self.kind {
            TraitItemKind::Function(function) => function.provided,
            TraitItemKind::Const { provided, .. } => *provided,
            TraitItemKind::Type { default, .. } => default.is_some(),
        }
    }

    /// The word for it in a sentence.
    pub fn word(&self) -> &'static str {
        match &self.kind {
            TraitItemKind::Function(function) if function.receiver.is_some() => "method",
            TraitItemKind::Function(_) => "function",
            TraitItemKind::Const { .. } => "associated constant",
            TraitItemKind::Type { .. } => "associated type",
        }
    }
}

/// How fields are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// `{ a: T }`.
    #[default]
    Named,
    /// `(T)`.
    Tuple,
    /// Nothing.
    Unit,
}

impl Shape {
    /// The words for it in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Shape::Named => "named fields",
            Shape::Tuple => "numbered fields",
            Shape::Unit => "no fields",
        }
    }
}

/// A struct or union.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Struct {
    /// Its parameters.
    pub generics: Generics,
    /// How its fields are written.
    pub shape: Shape,
    /// Public fields: in order for numbered ones, otherwise sorted by name.
    pub fields: Vec<Field>,
    /// There are fields that are not public, too.
    pub private: bool,
    /// Public items of inherent impls, sorted.
    pub members: Vec<Member>,
    /// Traits that it implements, and impls that speak of it, sorted.
    pub impls: Vec<Impl>,
}

/// An enum.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Enum {
    /// Its parameters.
    pub generics: Generics,
    /// Its variants, sorted by name.
    pub variants: Vec<Variant>,
    /// Public items of inherent impls, sorted.
    pub members: Vec<Member>,
    /// Traits that it implements, and impls that speak of it, sorted.
    pub impls: Vec<Impl>,
}

/// A variant of an enum.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// How its fields are written.
    pub shape: Shape,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// Its number, where the enum gives numbers.
    pub discriminant: Option<String>,
    /// Its attributes.
    pub marks: Marks,
    /// Where it is written.
    pub at: At,
}

/// A field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name, or its number.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its attributes.
    pub marks: Marks,
    /// Where it is written.
    pub at: At,
    /// Where its type is written.
    pub ty_at: At,
}

/// A public item of an inherent impl.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// The impl that it stands in, if that is not for every value of the type's own parameters: parameters and type.
    /// Otherwise what the impl asks more than the type does stands among the function's own `where` clauses.
    pub only_for: Option<(Generics, Type)>,
    /// What it is.
    pub kind: MemberKind,
    /// Its attributes.
    pub marks: Marks,
    /// The header.
    pub at: At,
}

/// What an item of an inherent impl is.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberKind {
    /// A function or method.
    Function(Box<Function>),
    /// A constant.
    Const(Type),
}

/// `impl Trait for Type`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Impl {
    /// The trait, with its associated types as bindings (`Iterator<Item = u8>`).
    pub trait_: TraitRef,
    /// For what.
    pub self_ty: Type,
    /// Its parameters.
    pub generics: Generics,
    /// `impl !Trait`.
    pub negative: bool,
    /// It comes from a derive macro whose work is not known: the path is that of the macro.
    pub derived: bool,
    /// Conditions that could not be decided.
    pub cfg: Vec<String>,
    /// The header.
    pub at: At,
}

/// What a method is called on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Receiver {
    /// `self`.
    Value,
    /// `&self`, `&mut self`.
    Reference {
        /// Its lifetime, if written.
        lifetime: Option<String>,
        /// `mut`.
        mutable: bool,
    },
    /// `self: Type`.
    Typed(Type),
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name, or `_` if it has none; nobody outside depends on it.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Where it is written.
    pub at: At,
}

/// A function or method.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// `const fn`.
    pub is_const: bool,
    /// `async fn`.
    pub is_async: bool,
    /// `unsafe fn`.
    pub is_unsafe: bool,
    /// `extern "C" fn`.
    pub abi: Option<String>,
    /// `...` at the end.
    pub variadic: bool,
    /// It has a body: in a trait, a default one.
    pub provided: bool,
    /// Its parameters between `<` and `>`.
    pub generics: Generics,
    /// What it is called on.
    pub receiver: Option<Receiver>,
    /// Where the receiver is written.
    pub receiver_at: At,
    /// Its other parameters.
    pub inputs: Vec<Input>,
    /// What it returns; `()` if nothing is written.
    pub output: Type,
    /// Where the return type is written.
    pub output_at: At,
}

impl Interface {
    /// How many names its items have: themselves, and their fields, variants, members and items.
    pub fn count(&self) -> usize {
        let inside = |item: &Item| match &item.kind {
            Kind::Trait(this) => this.items.len(),
            Kind::Struct(this) | Kind::Union(this) => this.fields.len() + this.members.len(),
            Kind::Enum(this) => this.variants.len() + this.members.len(),
            _ => 0,
        };
        self.items.values().map(|item| 1 + inside(item)).sum()
    }
}
