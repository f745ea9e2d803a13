//! How two resolved types relate: same, wider, narrower, different, or unclear. Only what the types themselves, the
//! built-in tower and known classes show; an unknown name is itself and nothing else.

use super::judge::Judge;
use crate::interface::python::{Interface, Type};
use crate::interface::python_text;

/// What a type became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// The same set of values.
    Same,
    /// It holds all that it held, and more.
    Wider,
    /// It holds less.
    Narrower,
    /// Neither holds the other.
    Different,
    /// It cannot be told.
    Unclear,
}

/// Direct subtypes among the built-in types and the abstract collections (typeshed; PEP 484 for the numeric tower).
const TOWER: &[(&str, &[&str])] = &[
    ("builtins.bool", &["builtins.int"]),
    ("builtins.int", &["builtins.float"]),
    ("builtins.float", &["builtins.complex"]),
    (
        "builtins.bytearray",
        &["builtins.bytes", "collections.abc.MutableSequence"],
    ),
    ("builtins.bytes", &["collections.abc.Sequence"]),
    ("builtins.str", &["collections.abc.Sequence"]),
    ("builtins.tuple", &["collections.abc.Sequence"]),
    ("builtins.range", &["collections.abc.Sequence"]),
    ("builtins.list", &["collections.abc.MutableSequence"]),
    ("collections.deque", &["collections.abc.MutableSequence"]),
    (
        "collections.abc.MutableSequence",
        &["collections.abc.Sequence"],
    ),
    (
        "collections.abc.Sequence",
        &["collections.abc.Reversible", "collections.abc.Collection"],
    ),
    ("collections.abc.Reversible", &["collections.abc.Iterable"]),
    ("builtins.dict", &["collections.abc.MutableMapping"]),
    ("collections.OrderedDict", &["builtins.dict"]),
    ("collections.defaultdict", &["builtins.dict"]),
    ("collections.Counter", &["builtins.dict"]),
    (
        "collections.abc.MutableMapping",
        &["collections.abc.Mapping"],
    ),
    ("collections.abc.Mapping", &["collections.abc.Collection"]),
    ("builtins.set", &["collections.abc.MutableSet"]),
    ("collections.abc.MutableSet", &["collections.abc.Set"]),
    ("builtins.frozenset", &["collections.abc.Set"]),
    ("collections.abc.Set", &["collections.abc.Collection"]),
    (
        "collections.abc.Collection",
        &[
            "collections.abc.Iterable",
            "collections.abc.Sized",
            "collections.abc.Container",
        ],
    ),
    ("collections.abc.Generator", &["collections.abc.Iterator"]),
    ("collections.abc.Iterator", &["collections.abc.Iterable"]),
    (
        "collections.abc.AsyncGenerator",
        &["collections.abc.AsyncIterator"],
    ),
    (
        "collections.abc.AsyncIterator",
        &["collections.abc.AsyncIterable"],
    ),
    ("collections.abc.Coroutine", &["collections.abc.Awaitable"]),
    ("pathlib.Path", &["pathlib.PurePath"]),
    ("pathlib.PurePath", &["os.PathLike"]),
];

/// Containers whose argument can be written through: `list[int]` is no `list[float]`.
const INVARIANT: &[&str] = &[
    "builtins.list",
    "builtins.dict",
    "builtins.set",
    "builtins.bytearray",
    "collections.deque",
    "collections.OrderedDict",
    "collections.defaultdict",
    "collections.abc.MutableSequence",
    "collections.abc.MutableMapping",
    "collections.abc.MutableSet",
];

/// How `is` relates to `was`.
pub(super) fn relate(judge: &Judge<'_>, was: &Type, is: &Type) -> Relation {
    // Two spellings that a person cannot tell apart are a class that moved.
    if was == is || text(was) == text(is) {
        return Relation::Same;
    }
    let (was, is) = (
        &expanded(was, judge.old, judge.new, ALIASES),
        &expanded(is, judge.new, judge.old, ALIASES),
    );
    if was == is {
        return Relation::Same;
    }
    if matches!(was, Type::Any | Type::Other(_)) || matches!(is, Type::Any | Type::Other(_)) {
        return Relation::Unclear;
    }
    let known = Known {
        old: judge.old,
        new: judge.new,
    };
    match (known.holds(was, is), known.holds(is, was)) {
        (Some(true), Some(true)) => Relation::Same,
        (Some(true), Some(false)) => Relation::Narrower,
        (Some(false), Some(true)) => Relation::Wider,
        (Some(false), Some(false)) => Relation::Different,
        _ => Relation::Unclear,
    }
}

/// Aliases of aliases are expanded this far.
const ALIASES: u8 = 5;

/// A type with its aliases written out, as its own side says or else, where that has no word of them, the other.
fn expanded(ty: &Type, own: &Interface, other: &Interface, left: u8) -> Type {
    let each = |members: &[Type]| -> Vec<Type> {
        members
            .iter()
            .map(|member| expanded(member, own, other, left))
            .collect()
    };
    match ty {
        Type::Name(path) => {
            let alias = own.aliases.get(path).or_else(|| other.aliases.get(path));
            match alias {
                Some(alias) if left > 0 => expanded(alias, own, other, left - 1),
                _ => ty.clone(),
            }
        }
        Type::Generic(path, arguments) => Type::Generic(path.clone(), each(arguments)),
        Type::List(members) => Type::List(each(members)),
        Type::Callable(params, result) => Type::Callable(
            params.as_deref().map(each),
            Box::new(expanded(result, own, other, left)),
        ),
        Type::Union(members) => Type::union(each(members)),
        _ => ty.clone(),
    }
}

/// A type as a person would write it.
pub(super) fn text(ty: &Type) -> String {
    python_text::type_text(ty, &mut python_text::last_segment)
}

struct Known<'a> {
    old: &'a Interface,
    new: &'a Interface,
}

impl Known<'_> {
    /// Whether every value of `part` is one of `whole`; none if that cannot be told.
    fn holds(&self, whole: &Type, part: &Type) -> Option<bool> {
        if whole == part {
            return Some(true);
        }
        match (whole, part) {
            (Type::Any | Type::Other(_), _) | (_, Type::Any | Type::Other(_)) => None,
            (_, Type::Union(members)) => {
                all(members.iter().map(|member| self.holds(whole, member)))
            }
            (Type::Union(members), _) => any(members.iter().map(|member| self.holds(member, part))),
            (Type::Name(object), _) if object == "builtins.object" => Some(true),
            (Type::Literal(whole), Type::Literal(part)) => {
                Some(part.iter().all(|value| whole.contains(value)))
            }
            (Type::Name(name), Type::Literal(values)) => {
                let holds =
                    |value: &String| literal_type(value).map(|ty| self.is_subclass(ty, name));
                all(values.iter().map(holds))
            }
            (Type::Callable(..), Type::Callable(..)) => self.callable_holds(whole, part),
            (Type::Name(whole), Type::Name(part) | Type::Generic(part, _)) => {
                Some(self.is_subclass(part, whole))
            }
            // A bare name stands for any argument.
            (Type::Generic(whole, _), Type::Name(part)) if self.is_subclass(part, whole) => None,
            (Type::Generic(whole, wide), Type::Generic(part, narrow)) => {
                self.generic_holds(whole, wide, part, narrow)
            }
            _ => Some(false),
        }
    }

    fn generic_holds(
        &self,
        whole: &str,
        wide: &[Type],
        part: &str,
        narrow: &[Type],
    ) -> Option<bool> {
        if !self.is_subclass(part, whole) {
            return Some(false);
        }
        if wide.len() != narrow.len() {
            return None;
        }
        let invariant = INVARIANT.contains(&whole);
        let user_defined = !whole.starts_with("builtins.") && !whole.starts_with("collections.");
        let pairs = wide.iter().zip(narrow);
        if user_defined {
            // The variance of a class of one's own is declared where its type variables are.
            return if pairs.clone().all(|(wide, narrow)| wide == narrow) {
                Some(true)
            } else {
                None
            };
        }
        all(pairs.map(|(wide, narrow)| {
            let holds = self.holds(wide, narrow);
            if invariant && holds == Some(true) {
                self.holds(narrow, wide)
            } else {
                holds
            }
        }))
    }

    fn callable_holds(&self, whole: &Type, part: &Type) -> Option<bool> {
        let (Type::Callable(taken, gives), Type::Callable(offered, returns)) = (whole, part) else {
            return None;
        };
        let result = self.holds(gives, returns)?;
        match (taken, offered) {
            (Some(taken), Some(offered)) if taken.len() != offered.len() => Some(false),
            (Some(taken), Some(offered)) => {
                let params = all(taken
                    .iter()
                    .zip(offered)
                    .map(|(taken, offered)| self.holds(offered, taken)))?;
                Some(result && params)
            }
            _ => Some(result),
        }
    }

    fn is_subclass(&self, part: &str, whole: &str) -> bool {
        if part == whole {
            return true;
        }
        let by_tower = TOWER.iter().any(|(name, bases)| {
            *name == part && bases.iter().any(|base| self.is_subclass(base, whole))
        });
        let by_mro = [self.new, self.old].iter().any(|side| {
            side.classes
                .get(part)
                .is_some_and(|class| class.mro.iter().any(|base| base == whole))
        });
        by_tower || by_mro
    }
}

fn literal_type(text: &str) -> Option<&'static str> {
    let first = text.chars().next()?;
    match first {
        '\'' | '"' => Some("builtins.str"),
        'b' if text.ends_with(['\'', '"']) => Some("builtins.bytes"),
        'T' | 'F' => Some("builtins.bool"),
        '0'..='9' | '-' => Some("builtins.int"),
        _ => None,
    }
}

/// True if all are, false if one is not, else unknown.
fn all(mut values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut verdict = Some(true);
    values
        .try_for_each(|value| {
            match value {
                Some(false) => {
                    verdict = Some(false);
                    return Err(());
                }
                None => verdict = None,
                Some(true) => {}
            }
            Ok(())
        })
        .ok();
    verdict
}

/// True if one is, false if none is, else unknown.
fn any(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(values.map(|value| value.map(|yes| !yes))).map(|none| !none)
}
