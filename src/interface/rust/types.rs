//! Rust types as a tree of our own, resolved: names are full paths, spelling is gone. It knows no parser, and does not
//! compare: two equal trees are one type, but one type can still be written as two trees (see `compare/rust`).

/// A type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// A struct, enum, union, primitive or foreign type by its full path, with arguments.
    Path(String, Vec<Arg>),
    /// A parameter in scope, `Self` in a trait included.
    Param(String),
    /// `<base as trait>::name<args>`; the trait is absent if the source leaves it out.
    Assoc {
        /// Of what.
        base: Box<Type>,
        /// Of which trait.
        trait_: Option<Box<TraitRef>>,
        /// Its name.
        name: String,
        /// Its arguments.
        args: Vec<Arg>,
    },
    /// `&'a mut T`.
    Ref {
        /// Its lifetime, if written (`'_` is none).
        lifetime: Option<String>,
        /// `mut`.
        mutable: bool,
        /// What it refers to.
        ty: Box<Type>,
    },
    /// `*const T`, `*mut T`.
    Ptr {
        /// `mut`.
        mutable: bool,
        /// What it points to.
        ty: Box<Type>,
    },
    /// `[T]`.
    Slice(Box<Type>),
    /// `[T; N]`, with the length as normalised text.
    Array(Box<Type>, String),
    /// `(A, B)`; `()` is empty.
    Tuple(Vec<Type>),
    /// `!`.
    Never,
    /// `_`.
    Infer,
    /// `fn(A) -> B`.
    Fn(Box<FnPointer>),
    /// `dyn A + B`, bounds sorted.
    Dyn(Vec<Bound>),
    /// `impl A + B`, bounds sorted.
    Impl(Vec<Bound>),
    /// Something that was not understood (a macro, say); compares by text.
    Other(String),
}

/// A pointer to a function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FnPointer {
    /// `for<'a>`.
    pub higher: Vec<String>,
    /// `unsafe`.
    pub is_unsafe: bool,
    /// `extern "C"`.
    pub abi: Option<String>,
    /// Its parameters.
    pub inputs: Vec<Type>,
    /// `...`.
    pub variadic: bool,
    /// What it returns.
    pub output: Type,
}

/// What stands between `<` and `>` behind a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arg {
    /// `'a`.
    Lifetime(String),
    /// A type.
    Type(Type),
    /// A value, as normalised text.
    Const(String),
    /// `Name<args> = Type`.
    Binding(String, Vec<Arg>, Type),
    /// `NAME = value`.
    ConstBinding(String, String),
    /// `Name<args>: Bounds`.
    Constraint(String, Vec<Arg>, Vec<Bound>),
}

/// A trait with arguments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraitRef {
    /// Its full path.
    pub path: String,
    /// Its arguments; `Fn(A) -> B` is `Fn<(A,), Output = B>`.
    pub args: Vec<Arg>,
}

/// What something has to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// `for<'a> Trait<'a>`.
    Trait {
        /// `for<'a>`.
        higher: Vec<String>,
        /// The trait.
        trait_: TraitRef,
    },
    /// `?Sized`.
    Maybe(String),
    /// `'a`.
    Lifetime(String),
    /// `use<'a, T>`.
    Use(Vec<String>),
    /// Something that was not understood.
    Other(String),
}

impl Bound {
    /// A bound by a trait without arguments.
    pub fn plain(path: impl Into<String>) -> Self {
        Bound::Trait {
            higher: Vec::new(),
            trait_: TraitRef {
                path: path.into(),
                args: Vec::new(),
            },
        }
    }
}

/// Parameters of an item and what is asked of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generics {
    /// In order.
    pub params: Vec<Param>,
    /// What is asked of anything but a parameter of this very list, sorted.
    pub wheres: Vec<Where>,
}

/// A parameter of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Param {
    /// Its name, with its apostrophe if it is a lifetime.
    pub name: String,
    /// What it is.
    pub kind: ParamKind,
}

/// What a parameter of an item is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamKind {
    /// `'a: 'b`, bounds sorted.
    Lifetime(Vec<String>),
    /// `T: Bound = Default`, inline bounds and `where` clauses together, sorted.
    Type {
        /// What it has to be.
        bounds: Vec<Bound>,
        /// Its default.
        default: Option<Type>,
    },
    /// `const N: usize = 3`.
    Const {
        /// Its type.
        ty: Type,
        /// Its default, as normalised text.
        default: Option<String>,
    },
}

/// `where for<'a> Type: Bounds`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Where {
    /// `for<'a>`.
    pub higher: Vec<String>,
    /// Of what; a lifetime outside the list is [`Type::Other`].
    pub ty: Type,
    /// What it has to be, sorted.
    pub bounds: Vec<Bound>,
}

impl Type {
    /// `()`.
    pub fn unit() -> Self {
        Type::Tuple(Vec::new())
    }

    /// A path without arguments.
    pub fn plain(path: impl Into<String>) -> Self {
        Type::Path(path.into(), Vec::new())
    }

    /// Whether it is `()`.
    pub fn is_unit(&self) -> bool {
        matches!(self, Type::Tuple(parts) if parts.is_empty())
    }
}

impl Param {
    /// Whether something has to be given for it.
    pub fn is_required(&self) -> bool {
        match &self.kind {
            ParamKind::Lifetime(_) => true,
            ParamKind::Type { default, .. } => default.is_none(),
            ParamKind::Const { default, .. } => default.is_none(),
        }
    }
}

impl Generics {
    /// Nothing is between `<` and `>`, and nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty() && self.wheres.is_empty()
    }

    /// The one order of everything whose order says nothing.
    pub fn sort(&mut self) {
        for param in &mut self.params {
            match &mut param.kind {
                ParamKind::Lifetime(bounds) => {
                    bounds.sort();
                    bounds.dedup();
                }
                ParamKind::Type { bounds, .. } => {
                    bounds.sort();
                    bounds.dedup();
                }
                ParamKind::Const { .. } => {}
            }
        }
        // Two clauses about one type are one clause.
        self.wheres.sort();
        let mut merged: Vec<Where> = Vec::with_capacity(self.wheres.len());
        for clause in self.wheres.drain(..) {
            match merged.last_mut() {
                Some(last) if last.ty == clause.ty && last.higher == clause.higher => {
                    last.bounds.extend(clause.bounds);
                }
                _ => merged.push(clause),
            }
        }
        for clause in &mut merged {
            clause.bounds.sort();
            clause.bounds.dedup();
        }
        merged.sort();
        merged.dedup();
        self.wheres = merged;
    }
}
