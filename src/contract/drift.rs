//! Where two states of a contract differ, line by line: what `--locked` refuses and what a snapshot would write. It
//! only compares text; whether a difference breaks somebody is decided by `compare`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::interface::table::Facts;
use crate::interface::{Line, Table};
use crate::toml_text::printable;

use super::{Contract, member};

/// Which part of a contract differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The list of what could not be read.
    Unknown,
    /// A short name stands for something else.
    Names,
    /// The header of an item, or the item as a whole.
    Is,
    /// A member.
    Provides,
    /// What is asked of an implementer.
    Requires,
    /// What a method does to what it is handed.
    Effects,
}

/// One line that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The path of the item; empty for the parts that speak of the whole contract.
    pub path: String,
    /// Which part of it.
    pub part: Part,
    /// The line so far, with its place if it was read from a file; none if it is new.
    pub old: Option<Line>,
    /// The line now; none if it is gone.
    pub new: Option<Line>,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", printable(&self.path))?;
        }
        let text = |line: &Line| printable(&line.text);
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => write!(f, "`{}` is now `{}`", text(old), text(new)),
            (Some(old), None) => write!(f, "`{}` is gone", text(old)),
            (None, Some(new)) => write!(f, "`{}` is new", text(new)),
            (None, None) => Ok(()),
        }
    }
}

/// Every line that differs between two states of a contract, sorted by item and part; versions and amendments aside.
pub fn drift(old: &Contract, new: &Contract) -> Vec<Drift> {
    let mut all = Vec::new();
    let lines = |texts: &BTreeSet<String>| texts.iter().map(Line::new).collect::<Vec<_>>();
    pair(
        &lines(&old.unknown),
        &lines(&new.unknown),
        "",
        Part::Unknown,
        &mut all,
    );
    // A line that stays as it is says something else when a name in it does.
    let names = |contract: &Contract| -> Vec<Line> {
        let pairs = contract.names.pairs();
        pairs
            .map(|(short, full)| Line::new(format!("{short} = {full}")))
            .collect()
    };
    pair(&names(old), &names(new), "", Part::Names, &mut all);

    let keyed = |contract: &Contract| -> BTreeMap<_, Table> {
        let tables = contract.tables.iter().cloned();
        tables
            .map(|table| ((table.kind, table.path.clone()), table))
            .collect()
    };
    let (old, new) = (keyed(old), keyed(new));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let (old, new) = (old.get(key), new.get(key));
        let path = key.1.as_str();
        let is = |table: Option<&Table>| table.map(|table| table.is.clone());
        if is(old) != is(new) {
            all.push(Drift {
                path: path.to_owned(),
                part: Part::Is,
                old: is(old),
                new: is(new),
            });
        }
        let provides =
            |table: Option<&Table>| table.map_or(Vec::new(), |table| table.provides.clone());
        pair(
            &provides(old),
            &provides(new),
            path,
            Part::Provides,
            &mut all,
        );
        let requires =
            |table: Option<&Table>| table.map_or(Vec::new(), |table| fact_lines(&table.requires));
        pair(
            &requires(old),
            &requires(new),
            path,
            Part::Requires,
            &mut all,
        );
        let effects =
            |table: Option<&Table>| table.map_or(Vec::new(), |table| fact_lines(&table.effects));
        pair(&effects(old), &effects(new), path, Part::Effects, &mut all);
    }
    all
}

/// A member's facts as one line each; a fact that was found twice is still one.
fn fact_lines(facts: &Facts) -> Vec<Line> {
    let mut lines = BTreeMap::new();
    for (member, facts) in facts {
        for placed in facts {
            lines
                .entry(format!("{member}: {}", placed.fact))
                .or_insert_with(|| placed.places.first().cloned());
        }
    }
    let lines = lines.into_iter();
    lines.map(|(text, place)| Line { text, place }).collect()
}

/// Pairs lines up: the same text is no drift, the same member is a change, the rest is gone or new.
fn pair(old: &[Line], new: &[Line], path: &str, part: Part, all: &mut Vec<Drift>) {
    let mut fresh: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    let mut texts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in old {
        *texts.entry(&line.text).or_default() += 1;
    }
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    for line in new {
        match texts.get_mut(line.text.as_str()) {
            Some(left) if *left > 0 => {
                *left -= 1;
                *kept.entry(&line.text).or_default() += 1;
            }
            _ => fresh.entry(key(line, part)).or_default().push(line),
        }
    }
    let drift = |old: Option<&Line>, new: Option<&Line>| Drift {
        path: path.to_owned(),
        part,
        old: old.cloned(),
        new: new.cloned(),
    };
    let mut found = Vec::new();
    for line in old {
        if let Some(left) = kept.get_mut(line.text.as_str())
            && *left > 0
        {
            *left -= 1;
            continue;
        }
        let same_member = fresh.get_mut(key(line, part));
        let now = same_member.and_then(|lines| (!lines.is_empty()).then(|| lines.remove(0)));
        found.push(drift(Some(line), now));
    }
    found.extend(
        fresh
            .into_values()
            .flatten()
            .map(|line| drift(None, Some(line))),
    );
    let text = |drift: &Drift| {
        drift
            .old
            .clone()
            .or(drift.new.clone())
            .map(|line| line.text)
    };
    found.sort_by_key(text);
    all.append(&mut found);
}

/// What makes two lines the same thing changed, instead of two things.
fn key(line: &Line, part: Part) -> &str {
    match part {
        Part::Provides => match member::name_of(&line.text) {
            "" => &line.text,
            name => name,
        },
        Part::Names => line.text.split(' ').next().unwrap_or_default(),
        Part::Unknown | Part::Is | Part::Requires | Part::Effects => &line.text,
    }
}

/// Lines longer than this are not taken apart.
const LONG: usize = 20_000;

/// A piece of a changed line, as byte ranges: the same on both sides, or replaced (one of them may be empty).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Whether both sides have the same text here.
    pub same: bool,
    /// The bytes of the old line.
    pub old: Range<usize>,
    /// The bytes of the new line.
    pub new: Range<usize>,
}

/// Which pieces of a line changed, by whole words, to be marked when both are shown.
pub fn pieces(old: &str, new: &str) -> Vec<Piece> {
    // Comparing takes time that grows with both lengths; a line this long is nothing that a person reads.
    if old.len().max(new.len()) > LONG {
        return vec![Piece {
            same: old == new,
            old: 0..old.len(),
            new: 0..new.len(),
        }];
    }
    let (old_words, new_words) = (words(old), words(new));
    let texts = |text: &'_ str, words: &[Range<usize>]| -> Vec<String> {
        words
            .iter()
            .map(|word| text[word.clone()].to_owned())
            .collect()
    };
    let bytes = |words: &[Range<usize>], range: Range<usize>, end: usize| {
        let start = words.get(range.start).map_or(end, |word| word.start);
        let stop = words[range].last().map_or(start, |word| word.end);
        start..stop
    };
    capture_diff_slices(
        Algorithm::Myers,
        &texts(old, &old_words),
        &texts(new, &new_words),
    )
    .iter()
    .map(|op| Piece {
        same: op.tag() == DiffTag::Equal,
        old: bytes(&old_words, op.old_range(), old.len()),
        new: bytes(&new_words, op.new_range(), new.len()),
    })
    .collect()
}

/// Identifiers as a whole, everything else character by character.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        let wordy = c.is_alphanumeric() || c == '_';
        match words.last_mut() {
            Some(last) if wordy && in_word => last.end = at + c.len_utf8(),
            _ => words.push(at..at + c.len_utf8()),
        }
        in_word = wordy;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::{Fact, Names, TableKind, table::PlacedFact};

    fn contract(path: &str, lines: &[&str], fact: &str) -> Contract {
        let fact = PlacedFact {
            fact: Fact::parse(fact).unwrap(),
            places: vec![],
        };
        let table = Table {
            kind: TableKind::Class,
            path: path.to_owned(),
            is: Line::new("class C"),
            provides: lines.iter().copied().map(Line::new).collect(),
            requires: Facts::from([("f".to_owned(), vec![fact])]),
            effects: Facts::new(),
        };
        let names = Names::from_pairs([("N".to_owned(), format!("{path}.N"))]);
        Contract::first("c", "c.toml", names, vec![table], BTreeSet::new())
    }

    fn told(old: &Contract, new: &Contract) -> Vec<String> {
        drift(old, new).iter().map(Drift::to_string).collect()
    }

    #[test]
    fn lines_pair_up_by_member() {
        let old = contract(
            "m.C",
            &["a", "def f(self)", "def g(self)", "same"],
            "call (_)",
        );
        let new = contract(
            "m.C",
            &["b", "async def f(self)", "def g(self, x)", "same"],
            "call (_, _)",
        );
        assert_eq!(
            told(&old, &new),
            [
                "m.C: `a` is gone",
                "m.C: `b` is new",
                "m.C: `def f(self)` is now `async def f(self)`",
                "m.C: `def g(self)` is now `def g(self, x)`",
                "m.C: `f: call (_)` is gone",
                "m.C: `f: call (_, _)` is new",
            ]
        );
        assert!(told(&old, &old).is_empty());
    }

    #[test]
    fn a_fact_found_twice_is_one() {
        let once = contract("m.C", &["a"], "call (_)");
        let mut twice = once.clone();
        let facts = twice.tables[0].requires.get_mut("f").unwrap();
        facts.push(facts[0].clone());
        assert!(told(&once, &twice).is_empty());
        assert!(told(&twice, &once).is_empty());
    }

    #[test]
    fn a_name_that_stands_for_something_else_and_an_item_that_is_gone_are_drift() {
        let old = contract("m.C", &["a"], "call (_)");
        let new = contract("m.D", &["a"], "call (_)");
        let told = told(&old, &new);
        assert_eq!(told[0], "`N = m.C.N` is now `N = m.D.N`");
        assert_eq!(told[1], "m.C: `class C` is gone");
        assert_eq!(told.len(), 7);
    }

    #[test]
    fn overloads_of_one_member_are_told_apart() {
        let old = contract(
            "m.C",
            &["@overload def f(a: int)", "@overload def f(a: str)"],
            "call (_)",
        );
        let new = contract(
            "m.C",
            &["@overload def f(a: bytes)", "@overload def f(a: str)"],
            "call (_)",
        );
        assert_eq!(
            told(&old, &new),
            ["m.C: `@overload def f(a: int)` is now `@overload def f(a: bytes)`"]
        );
    }

    #[test]
    fn changed_words_are_marked_as_a_whole() {
        let (old, new) = ("def f(self, größe=1)", "def f(self, group=1, x=None)");
        let pieces = pieces(old, new);
        let changed: Vec<(&str, &str)> = pieces
            .iter()
            .filter(|piece| !piece.same)
            .map(|piece| (&old[piece.old.clone()], &new[piece.new.clone()]))
            .collect();
        assert_eq!(changed, [("größe", "group"), ("", ", x=None")]);
        let rebuilt: String = pieces.iter().map(|piece| &new[piece.new.clone()]).collect();
        assert_eq!(rebuilt, new);
    }
}
