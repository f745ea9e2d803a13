//! A file as it says itself: its items with names as written. It is what parsing leaves behind, so that syn's trees
//! can go; what the names mean is found out later, when all files of a crate are there.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::interface::Place;
use crate::interface::rust::{
    At, Bound, Enum, Function, Generics, Impl, Marks, Member, Struct, TraitItem, Type, Visibility,
};

/// A file of a crate.
#[derive(Debug, Clone, Default)]
pub(super) struct File {
    /// Its items, in order.
    pub(super) items: Arc<Vec<Item>>,
    /// It is left out by an attribute on top of it.
    pub(super) absent: bool,
    /// Why it could not be read, and where.
    pub(super) error: Option<Error>,
}

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Error {
    /// The line, from 1.
    pub(super) line: u32,
    /// The column, from 1.
    pub(super) column: u32,
    /// What is wrong.
    pub(super) message: String,
}

/// An item.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Its name; empty for impls, uses, macro calls.
    pub(super) name: String,
    /// What it is.
    pub(super) kind: Kind,
    /// Who may name it.
    pub(super) vis: Visibility,
    /// Its attributes.
    pub(super) marks: Marks,
    /// It is there on the one target that stands for all.
    pub(super) host: bool,
    /// The types of all that a type holds, in order, whether others may see it or not.
    pub(super) holds: Vec<Type>,
    /// Its derives: paths as written.
    pub(super) derives: Vec<(String, At)>,
    /// Attribute macros on it that are not known.
    pub(super) attribute_macros: Vec<String>,
    /// Its header.
    pub(super) at: At,
}

/// What an item is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// `mod`; without items if they stand in a file of their own.
    Module {
        /// Its items, if they stand here.
        items: Option<Arc<Vec<Item>>>,
        /// `#[path]`.
        path: Option<String>,
    },
    /// `use`, flattened.
    Use(Vec<Use>),
    /// `extern crate name as other`.
    ExternCrate {
        /// The crate.
        krate: String,
    },
    /// `trait`.
    Trait(Box<Trait>),
    /// `trait A = B;`
    TraitAlias(Vec<Bound>),
    /// `struct`.
    Struct(Box<Struct>),
    /// `enum`.
    Enum(Box<Enum>),
    /// `union`.
    Union(Box<Struct>),
    /// `fn`.
    Function(Box<Function>),
    /// `const`.
    Const(Type),
    /// `static`.
    Static {
        /// Its type.
        ty: Type,
        /// `mut`.
        mutable: bool,
    },
    /// `type`.
    Alias {
        /// Its parameters.
        generics: Generics,
        /// What it stands for.
        ty: Type,
    },
    /// `macro_rules!`, or a procedural macro's function.
    Macro {
        /// It is exported at the root of the crate.
        exported: bool,
        /// The words in its body.
        words: BTreeSet<String>,
        /// It passes items on as they are, under these attributes.
        passes: Option<String>,
    },
    /// A trait's impl.
    Impl(Box<Impl>),
    /// An inherent impl: its parameters, its type and its members.
    Inherent {
        /// `impl<..>`.
        generics: Generics,
        /// For what.
        self_ty: Type,
        /// Items that are public.
        members: Vec<Member>,
        /// Words in macro calls among its items.
        made: BTreeSet<String>,
    },
    /// A macro call that makes items.
    Call {
        /// The macro's path as written.
        path: String,
        /// The words in it.
        words: BTreeSet<String>,
        /// Its text, if that may be items.
        text: Option<Text>,
    },
}

/// A piece of a file that is read later, if at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// What stands there.
    pub(super) text: String,
    /// Where it starts.
    pub(super) start: Place,
}

/// A trait as written.
#[derive(Debug, Clone, Default)]
pub(super) struct Trait {
    /// `unsafe`.
    pub(super) is_unsafe: bool,
    /// `auto`.
    pub(super) is_auto: bool,
    /// `#[sealed]`, as a contract says it.
    pub(super) sealed: bool,
    /// Its parameters.
    pub(super) generics: Generics,
    /// Its supertraits.
    pub(super) supertraits: Vec<Bound>,
    /// Its items, with their names.
    pub(super) items: Vec<(String, TraitItem, bool)>,
    /// Words in macro calls among its items.
    pub(super) made: BTreeSet<String>,
}

/// One name brought in by `use`.
#[derive(Debug, Clone)]
pub(super) struct Use {
    /// The path, as written.
    pub(super) path: String,
    /// The name that it gets; none for a glob.
    pub(super) name: Option<String>,
}
