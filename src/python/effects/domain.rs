//! What the analysis knows about values: access paths, which of them a value may be, and joins. No statements here.

use std::cmp::Ordering;
use std::rc::Rc;

use super::ir::{Span, Sym};

/// Paths are followed this far.
pub(super) const LONGEST: usize = 4;

/// Where an access path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Root {
    /// A parameter, by position; the receiver is the first one of a method.
    Param(u16),
    /// What a call on an implementer returned.
    Result(u32),
    /// Something made here.
    Made(u32),
}

/// One step of an access path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Step {
    Attr(Sym),
    Key(Sym),
    /// The key that a parameter holds.
    Arg(u16),
    /// Some key or element.
    Any,
}

/// An access path. As a place it is a slot; as a value it is what was in that slot when the function began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Path {
    pub(super) root: Root,
    len: u8,
    steps: [Step; LONGEST],
}

impl Path {
    pub(super) fn of(root: Root) -> Self {
        Self {
            root,
            len: 0,
            steps: [Step::Any; LONGEST],
        }
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps[..usize::from(self.len)]
    }

    pub(super) fn is_root(&self) -> bool {
        self.len == 0
    }

    /// One step further; none if that is too far.
    pub(super) fn then(mut self, step: Step) -> Option<Self> {
        let at = usize::from(self.len);
        if at == LONGEST {
            return None;
        }
        self.steps[at] = step;
        self.len += 1;
        Some(self)
    }

    /// The container, and the last step.
    pub(super) fn split(mut self) -> Option<(Self, Step)> {
        let at = usize::from(self.len).checked_sub(1)?;
        let step = std::mem::replace(&mut self.steps[at], Step::Any);
        self.len -= 1;
        Some((self, step))
    }

    /// Whether it stands for one thing only.
    pub(super) fn is_single(&self) -> bool {
        !self.steps().contains(&Step::Any)
    }

    pub(super) fn starts_with(&self, other: &Path) -> bool {
        self.root == other.root && self.steps().starts_with(other.steps())
    }

    /// It crosses the boundary: it was not made here.
    pub(super) fn is_supplied(&self) -> bool {
        !matches!(self.root, Root::Made(_))
    }
}

/// A path stands right before those that it begins.
impl Ord for Path {
    fn cmp(&self, other: &Self) -> Ordering {
        self.root
            .cmp(&other.root)
            .then_with(|| self.steps().cmp(other.steps()))
    }
}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A class that a value is an instance of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Of(Sym),
    /// A mapping whose values are.
    Holds(Sym),
}

/// What else is known about a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Text(Sym),
    /// A tuple.
    Many(Vec<Value>),
    /// A path of the tree or outside: a module, class or function.
    Global(Sym),
    /// A bound method.
    Method(Value, Sym),
    /// A function inside, by its number in the run.
    Inner(usize),
    /// `functools.partial`
    Partial(Value, Vec<Value>, Vec<(Sym, Value)>),
    Keys(Value),
    Values(Value),
    Items(Value),
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Value {
    /// Sorted.
    pub(super) refs: Vec<Path>,
    /// It may be something that is not followed.
    pub(super) other: bool,
    pub(super) none: bool,
    pub(super) what: Option<Rc<What>>,
    pub(super) class: Option<Class>,
}

impl Value {
    pub(super) fn other() -> Self {
        Self {
            other: true,
            ..Self::default()
        }
    }

    pub(super) fn none() -> Self {
        Self {
            none: true,
            ..Self::default()
        }
    }

    pub(super) fn at(path: Path) -> Self {
        Self {
            refs: vec![path],
            ..Self::default()
        }
    }

    pub(super) fn of(what: What) -> Self {
        Self {
            what: Some(Rc::new(what)),
            ..Self::default()
        }
    }

    pub(super) fn text(&self) -> Option<Sym> {
        match self.what.as_deref() {
            Some(What::Text(text)) if self.refs.is_empty() && !self.other => Some(*text),
            _ => None,
        }
    }

    /// The one thing that it is, whenever it is not None.
    pub(super) fn exact(&self) -> Option<Path> {
        match self.refs.as_slice() {
            [path] if !self.other && self.what.is_none() => Some(*path),
            _ => None,
        }
    }

    fn is_nothing(&self) -> bool {
        self.refs.is_empty() && !self.other && !self.none && self.what.is_none()
    }

    /// It may also be `value`. Tells whether that is news.
    pub(super) fn join(&mut self, value: &Value) -> bool {
        if self == value || value.is_nothing() {
            return false;
        }
        if self.is_nothing() {
            *self = value.clone();
            return true;
        }
        let mut changed = false;
        for path in &value.refs {
            if let Err(at) = self.refs.binary_search(path) {
                self.refs.insert(at, *path);
                changed = true;
            }
        }
        if self.what != value.what && (self.what.is_some() || !self.other) {
            // One of the two is lost: something that is not followed.
            self.what = None;
            changed |= !self.other;
            self.other = true;
        }
        changed |= (value.other && !self.other) | (value.none && !self.none);
        self.other |= value.other;
        self.none |= value.none;
        if self.class != value.class && !only_none(value) && self.class.is_some() {
            self.class = None;
            changed = true;
        }
        changed
    }
}

fn only_none(value: &Value) -> bool {
    value.none && value.refs.is_empty() && !value.other && value.what.is_none()
}

/// What is done to a slot, or to what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Deed {
    /// Read; it fails if there is nothing.
    Needs,
    /// Read if it is there, or only looked for.
    Looks,
    Writes,
    Deletes,
    /// The value is handed on, stored or given back.
    Leaves,
    /// A callee that is not known gets it.
    Unknown(Sym),
    /// Its type is compared with this one.
    Tests(Sym),
}

/// Where a deed is done: the calls that lead there, and the place itself last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    pub(super) file: u32,
    pub(super) span: Span,
    pub(super) then: Option<Rc<Trace>>,
}

/// Whether two steps may mean the same slot.
pub(super) fn overlap(a: Step, b: Step) -> bool {
    match (a, b) {
        (Step::Attr(a), Step::Attr(b)) => a == b,
        (Step::Attr(_), _) | (_, Step::Attr(_)) => false,
        (Step::Key(a), Step::Key(b)) => a == b,
        _ => true,
    }
}
