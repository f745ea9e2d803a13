//! How a finding shows both sides: places, signatures, marks. It decides nothing.

use super::Pair;
use crate::finding::{Certainty, Finding, Origin, Side};
use crate::interface::Place;
use crate::interface::rust::{At, Item, parent, prefixes};
use crate::rust::lines::header_line;

/// A path as people import it: without what tells namespaces apart.
pub(super) fn bare(path: &str) -> String {
    path.trim_end_matches('!').trim_end_matches("()").to_owned()
}

/// The path of a part of an item: a member, a field, a variant.
pub(super) fn inside(item: &str, part: &str) -> String {
    format!("{item}::{part}")
}

/// An item as one line.
pub(super) fn header(path: &str, item: &Item) -> String {
    header_line(path, item)
}

/// No place.
pub(super) fn nowhere() -> At {
    At(None)
}

/// How sure it is that somebody misses a thing: under a condition that is not decided it may never have been there.
pub(super) fn sure(conditions: &[String]) -> Certainty {
    if conditions.is_empty() {
        Certainty::Definite
    } else {
        Certainty::Possible
    }
}

fn place(at: &At) -> Place {
    at.0.clone().unwrap_or_else(|| Place::point("", 1, 1))
}

/// Both sides of a finding.
pub(super) struct Sides {
    old: Option<Side>,
    new: Option<Side>,
}

impl Sides {
    fn old_side(pair: &Pair<'_>, signature: String, at: &At, mark: Option<&At>) -> Side {
        Side {
            origin: if pair.options.contract {
                Origin::Contract
            } else {
                Origin::Before
            },
            place: place(at),
            signature: Some(signature),
            mark: mark.and_then(|mark| mark.0.clone()),
        }
    }

    fn new_side(signature: Option<String>, at: &At, mark: Option<&At>) -> Side {
        Side {
            origin: Origin::Provider,
            place: place(at),
            signature,
            mark: mark.and_then(|mark| mark.0.clone()),
        }
    }

    /// Something that is on both sides.
    pub(super) fn both(pair: &Pair<'_>, old: (String, &At), new: (String, &At)) -> Self {
        Self {
            old: Some(Self::old_side(pair, old.0, old.1, None)),
            new: Some(Self::new_side(Some(new.0), new.1, None)),
        }
    }

    /// Something that is on both sides, with the part that changed.
    pub(super) fn marked(
        pair: &Pair<'_>,
        old: (&str, &At),
        new: (&str, &At),
        old_mark: Option<&At>,
        new_mark: Option<&At>,
    ) -> Self {
        Self {
            old: Some(Self::old_side(pair, old.0.to_owned(), old.1, old_mark)),
            new: Some(Self::new_side(Some(new.0.to_owned()), new.1, new_mark)),
        }
    }

    /// An item that is gone: what is left of its surroundings stands in for it.
    pub(super) fn removed(pair: &Pair<'_>, path: &str, signature: String, at: &At) -> Self {
        let container = prefixes(parent(path))
            .filter(|path| !path.is_empty())
            .find_map(|path| pair.new.find(path).map(|(_, item)| &item.at));
        Self {
            old: Some(Self::old_side(pair, signature, at, None)),
            new: container.map(|at| Self::new_side(None, at, None)),
        }
    }

    /// A part of an item that is gone, and the item that is left.
    pub(super) fn part_removed(
        pair: &Pair<'_>,
        signature: String,
        at: &At,
        container: &At,
    ) -> Self {
        Self {
            old: Some(Self::old_side(pair, signature, at, None)),
            new: Some(Self::new_side(None, container, None)),
        }
    }

    /// Something that is new.
    pub(super) fn added(_: &Pair<'_>, signature: String, at: &At) -> Self {
        Self {
            old: None,
            new: Some(Self::new_side(Some(signature), at, None)),
        }
    }
}

impl Pair<'_> {
    /// Takes a finding in.
    pub(super) fn push(&mut self, mut finding: Finding, sides: Sides) {
        finding.old = sides.old;
        finding.new = sides.new;
        self.found.push(finding);
    }
}
