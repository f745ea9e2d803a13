//! What one file says, owned and compact, once its tree is gone: names with what they are, classes, imports, what of
//! the text was lost. Paths are resolved within the file only; [`super::link`] follows them further.

mod assign;
mod class;
mod condition;
mod function;
mod gives;
mod made;
mod methods;
mod scope;
mod served;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::env::Env;
use super::modules::ModuleFile;
use super::source::Source;
use crate::interface::Place;
use crate::interface::python::{Attribute, Function, Property, Type};

pub(crate) use function::{Role, function};
pub(crate) use gives::{Given, Gives};
pub(crate) use made::{How, Made};
pub(crate) use scope::Scope;

/// A file's names.
#[derive(Debug, Default)]
pub(crate) struct ModuleExtract {
    pub(crate) name: String,
    pub(crate) path: Arc<str>,
    pub(crate) names: BTreeMap<String, Bound>,
    /// Modules of star imports, in order.
    pub(crate) stars: Vec<Star>,
    pub(crate) all: All,
    /// Classes by full path, nested ones included.
    pub(crate) classes: BTreeMap<String, ClassExtract>,
    /// Where the text begins that may hold more than was read, and the parser's message.
    pub(crate) lost: Option<(Place, String)>,
    /// Places that the parser could not read, with its messages.
    pub(crate) damage: Vec<(Place, String)>,
    /// It makes names that are not written in it: how.
    pub(crate) open: Option<String>,
    /// Names that its `__getattr__` serves.
    pub(crate) served: BTreeSet<String>,
}

/// `from module import *`
#[derive(Debug)]
pub(crate) struct Star {
    pub(crate) module: String,
    pub(crate) conditional: bool,
}

/// `__all__`.
#[derive(Debug, Default)]
pub(crate) struct All {
    /// It is written, and its own names could be read.
    pub(crate) names: Option<Vec<String>>,
    /// Modules whose `__all__` is added.
    pub(crate) from: Vec<String>,
    /// Something was added that cannot be read.
    pub(crate) open: bool,
}

/// A name of a scope.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub(crate) what: What,
    pub(crate) place: Option<Place>,
    pub(crate) conditional: bool,
    pub(crate) body: Option<u64>,
    /// Only type checkers see it.
    pub(crate) for_types: bool,
    /// What becomes of a function that this one decorates.
    pub(crate) gives: Option<Arc<Given>>,
}

impl Bound {
    pub(crate) fn new(what: What, place: Place) -> Self {
        Self {
            what,
            place: Some(place),
            conditional: false,
            body: None,
            for_types: false,
            gives: None,
        }
    }
}

/// What a name is bound to.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Function(Arc<Function>),
    Property(Property),
    Attribute(Attribute),
    /// `X = None` and other placeholders that a later definition replaces.
    Placeholder,
    /// By full path, in [`ModuleExtract::classes`].
    Class(String),
    Import(Import),
    /// `B = A`: `A` as it is written.
    Alias(String),
    /// `B = A | None`: another name of a type.
    TypeAlias(Type),
    /// `B = f(A)`: what a call gave.
    Made(Box<Made>),
}

/// An imported name.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    /// What is imported: a module, or a name of one.
    pub(crate) target: String,
    /// By `from … import`: then the target's last part may be a name of a module.
    pub(crate) is_from: bool,
    /// `import x as x`: meant for others.
    pub(crate) explicit: bool,
}

/// A class.
#[derive(Debug, Default)]
pub(crate) struct ClassExtract {
    pub(crate) path: String,
    pub(crate) module: String,
    pub(crate) bases: Vec<Type>,
    pub(crate) metaclass: Option<String>,
    pub(crate) decorators: Vec<String>,
    pub(crate) type_params: Option<String>,
    pub(crate) is_final: bool,
    pub(crate) names: BTreeMap<String, Bound>,
    /// Attributes that methods give to instances.
    pub(crate) instance: BTreeMap<String, Bound>,
    pub(crate) fields: Vec<Field>,
    pub(crate) maker: Maker,
    pub(crate) place: Option<Place>,
    /// Its body may hold more than was read.
    pub(crate) lost: bool,
    /// The header itself could not be read whole.
    pub(crate) untrusted: bool,
}

/// How a class gets its constructor, where the class statement writes it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) enum Maker {
    #[default]
    None,
    /// `dataclass` and `attrs`.
    Dataclass {
        init: bool,
        kw_only: bool,
        attrs: bool,
        /// Its objects can be ordered.
        order: bool,
    },
    /// `NamedTuple`, `namedtuple(…)`.
    NamedTuple,
}

/// A field of a dataclass or a named tuple.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: Option<Type>,
    pub(crate) default: Option<String>,
    pub(crate) kw_only: bool,
    /// It is a parameter of the constructor.
    pub(crate) init: bool,
    pub(crate) place: Option<Place>,
}

/// Reads a parsed file; version tests are decided for the Python `target`.
pub(crate) fn module(source: &Source<'_>, file: &ModuleFile, target: (u8, u8)) -> ModuleExtract {
    let body = source.body();
    let mut env = Env::new(&file.name, file.is_package, target, body);
    let mut scope = Scope::module(source, &file.name);
    scope.body(&mut env, body, false);
    let found = scope.finish();
    let mut extract = ModuleExtract {
        name: file.name.clone(),
        path: Arc::clone(&source.path),
        names: found.names,
        stars: found.stars,
        all: found.all,
        classes: found.classes,
        open: found.open,
        served: served::served(body),
        lost: None,
        damage: source
            .errors()
            .iter()
            .take(8)
            .map(|damage| (source.place(damage.range), damage.message.clone()))
            .collect(),
    };
    if let Some(damage) = source.lost_from() {
        let place = source.place(damage.range);
        distrust(&mut extract, &place);
        extract.lost = Some((place, damage.message.clone()));
    }
    extract
}

/// Marks the classes whose bodies the lost text may belong to: those after it, and per level the last one before it.
fn distrust(extract: &mut ModuleExtract, from: &Place) {
    let starts_before = |class: &ClassExtract| {
        class
            .place
            .as_ref()
            .is_some_and(|place| place.line <= from.line)
    };
    let line = |class: &ClassExtract| class.place.as_ref().map_or(0, |place| place.line);
    let mut last: BTreeMap<String, u32> = BTreeMap::new();
    for (path, class) in &extract.classes {
        if starts_before(class) {
            let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner);
            let known = last.entry(owner.to_owned()).or_default();
            *known = (*known).max(line(class));
        }
    }
    for (path, class) in &mut extract.classes {
        let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner);
        class.lost = !starts_before(class) || last.get(owner) == Some(&line(class));
    }
}
