//! What is left of a function once its tree is gone: statements and expressions as far as they move values about.
//! Owned and compact, so that functions of many files can be looked at together. Nothing is decided here.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// An interned name, key or path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Sym(pub(super) u32);

/// Bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Names, each once.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_text: HashMap<Arc<str>, Sym>,
    texts: Vec<Arc<str>>,
}

impl Names {
    pub(super) fn intern(&mut self, text: &str) -> Sym {
        if let Some(known) = self.by_text.get(text) {
            return *known;
        }
        let sym = Sym(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.by_text.insert(text, sym);
        sym
    }

    pub(super) fn text(&self, sym: Sym) -> Arc<str> {
        self.texts
            .get(sym.0 as usize)
            .cloned()
            .unwrap_or_else(|| "".into())
    }
}

/// A file's functions, and the literals that its names hold.
#[derive(Debug, Default)]
pub(super) struct ModuleIr {
    /// By path within the module: `Class.method`, `function`.
    pub(super) functions: BTreeMap<String, Function>,
    /// Literal texts and lists of texts, by path within the module.
    pub(super) literals: BTreeMap<String, Ex>,
}

/// How a parameter takes its argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Position,
    Either,
    Keyword,
    /// `*args`
    Rest,
    /// `**kwargs`
    Keywords,
}

#[derive(Debug)]
pub(super) struct Param {
    pub(super) name: Sym,
    pub(super) takes: Takes,
    pub(super) default: Option<Ex>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// A function, or a method of an instance.
    Plain,
    Class,
    Static,
}

#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: Sym,
    /// The path of the class around it within the module; empty for functions.
    pub(super) class: String,
    pub(super) params: Vec<Param>,
    pub(super) body: Vec<St>,
    /// Functions and lambdas inside, by number.
    pub(super) inner: Vec<Function>,
    pub(super) bound: Bound,
    pub(super) is_property: bool,
    pub(super) is_generator: bool,
    pub(super) is_lambda: bool,
    /// Its body only raises `NotImplementedError`, or it is declared abstract.
    pub(super) is_abstract: bool,
    /// Names that belong to a scope outside.
    pub(super) outer_names: Vec<Sym>,
    /// Something in it nests too deeply to be followed.
    pub(super) cut: bool,
}

#[derive(Debug)]
pub(super) enum St {
    Expr(Ex),
    Assign(Vec<Target>, Ex),
    /// `target += value`
    Change(Target, Ex),
    Delete(Vec<Target>),
    Return(Option<Ex>, Span),
    Raise(Option<Ex>, Span),
    /// `if`, `elif`, `else` (no condition).
    If(Vec<(Option<Ex>, Vec<St>)>),
    For(Target, Ex, Vec<St>, Vec<St>),
    While(Ex, Vec<St>, Vec<St>),
    With(Vec<(Ex, Option<Target>)>, Vec<St>),
    Try {
        body: Vec<St>,
        handlers: Vec<Handler>,
        orelse: Vec<St>,
        finally: Vec<St>,
    },
    /// A function inside, by number.
    Def(Sym, usize),
    /// A local import: the name, and the path it stands for.
    Import(Sym, Sym),
    Assert(Ex),
    Break,
    Continue,
}

#[derive(Debug)]
pub(super) struct Handler {
    /// None catches everything.
    pub(super) caught: Option<Ex>,
    pub(super) name: Option<Sym>,
    pub(super) body: Vec<St>,
}

#[derive(Debug)]
pub(super) enum Target {
    Name(Sym),
    Attr(Ex, Sym, Span),
    Item(Ex, Ex, Span),
    Many(Vec<Target>),
    Rest(Box<Target>),
    Nothing,
}

#[derive(Debug)]
pub(super) struct Ex {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Kind {
    Name(Sym),
    Text(Sym),
    None,
    Bool(bool),
    /// A number, bytes, an ellipsis.
    Other,
    Attr(Box<Ex>, Sym),
    Item(Box<Ex>, Box<Ex>),
    Slice(Vec<Ex>),
    Call(Box<Call>),
    Tuple(Vec<Ex>),
    List(Vec<Ex>),
    Set(Vec<Ex>),
    /// Key (none for `**value`) and value.
    Dict(Vec<(Option<Ex>, Ex)>),
    IfElse(Box<Ex>, Box<Ex>, Box<Ex>),
    And(Vec<Ex>),
    Or(Vec<Ex>),
    Not(Box<Ex>),
    Compare(Box<Ex>, Vec<(Cmp, Ex)>),
    /// `text % value`, and every other operator.
    Format(Box<Ex>, Box<Ex>),
    Binary(Box<Ex>, Box<Ex>),
    Lambda(usize),
    Comprehension(Box<Comprehension>),
    Star(Box<Ex>),
    Named(Sym, Box<Ex>),
    Yield(Option<Box<Ex>>),
    /// Uses all of these, and makes something new.
    Uses(Vec<Ex>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cmp {
    Is,
    IsNot,
    In,
    NotIn,
    Equal,
    NotEqual,
    Order,
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) func: Ex,
    pub(super) args: Vec<Ex>,
    /// None for `**value`.
    pub(super) keywords: Vec<(Option<Sym>, Ex)>,
}

#[derive(Debug)]
pub(super) struct Comprehension {
    /// Each element; for a dict, key and value.
    pub(super) elements: Vec<Ex>,
    pub(super) loops: Vec<(Target, Ex, Vec<Ex>)>,
}
