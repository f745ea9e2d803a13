//! Consumer contracts: what one consumer uses of a provider and what it implements, kept by the provider so that the
//! consumer's source is not needed any more. The same shape as a contract, without versions: a record, no promise.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::interface::table::{Facts, PlacedFact};
use crate::interface::{Line, Names, Place};
use crate::toml_text::{Error, Text};

use super::read::{Placed, RawFacts, document, facts, lines, names, stem};
use super::sheet::{Section, Sheet};
use super::{FORMAT, carry, save, write};

/// What a consumer overrides of one class or trait of the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Implements {
    /// What it overrides, private hooks too, one line each; several of its classes may override the same member.
    pub provides: Vec<Line>,
    /// What an override does to what it is handed, by member.
    pub effects: Facts,
}

/// A consumer contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consumer {
    /// The consumer's name, which is the file's name without `.toml`.
    pub name: String,
    /// What could not be read or resolved, as sentences.
    pub unknown: BTreeSet<String>,
    /// The short names that its lines use.
    pub names: Names,
    /// What it overrides, by the provider's path.
    pub implements: BTreeMap<String, Implements>,
    /// What it uses, by the path that the consumer wrote.
    pub uses: Facts,
    /// Where in the consumer, by path of what is used or implemented; never compared.
    pub places: BTreeMap<String, Vec<Place>>,
    /// The file's path relative to the project, with `/` between its parts.
    pub path: String,
}

impl Consumer {
    /// The same consumer as it is written: sorted, each fact once, and no line standing anywhere.
    #[must_use]
    pub fn normal(&self) -> Self {
        let mut consumer = self.clone();
        for implements in consumer.implements.values_mut() {
            for line in &mut implements.provides {
                line.place = None;
            }
            implements.provides.sort_by(|a, b| a.text.cmp(&b.text));
            implements.provides.dedup();
            normalise_facts(&mut implements.effects);
        }
        normalise_facts(&mut consumer.uses);
        for places in consumer.places.values_mut() {
            for place in places.iter_mut() {
                *place = Place::point(std::mem::take(&mut place.path), place.line, place.column);
            }
            places.sort();
            places.dedup();
        }
        consumer.places.retain(|_, places| !places.is_empty());
        consumer
    }
}

/// Facts without places, sorted, each once; members without facts are gone.
pub(super) fn normalise_facts(facts: &mut Facts) {
    for placed in facts.values_mut() {
        *placed = placed
            .drain(..)
            .map(|placed| placed.fact)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|fact| PlacedFact {
                fact,
                places: Vec::new(),
            })
            .collect();
    }
    facts.retain(|_, placed| !placed.is_empty());
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConsumer {
    #[serde(rename = "cogate")]
    _format: i64,
    #[serde(default)]
    unknown: BTreeSet<String>,
    #[serde(default)]
    names: BTreeMap<Placed, Placed>,
    #[serde(default)]
    implements: BTreeMap<Placed, RawImplements>,
    #[serde(default)]
    uses: RawFacts,
    #[serde(default)]
    places: BTreeMap<String, Vec<Placed>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawImplements {
    #[serde(default)]
    provides: Vec<Placed>,
    #[serde(default)]
    effects: RawFacts,
}

/// Reads the consumer contract at `path`, relative to the project.
///
/// # Errors
/// If the file cannot be read, leads out of the project, or is no consumer contract.
pub fn read_consumer(project_root: &Path, path: &str) -> Result<Consumer, Error> {
    parse_consumer(&save::read_text(project_root, path)?, path)
}

/// Reads a consumer contract from its text; `path` names it in places and messages.
///
/// # Errors
/// If the text is no consumer contract.
pub fn parse_consumer(text: &str, path: &str) -> Result<Consumer, Error> {
    let source = Text::new(path, text);
    let raw = RawConsumer::deserialize(document(&source, text)?)
        .map_err(|error| source.toml_error(&error))?;
    let mut implements = BTreeMap::new();
    for (subject, raw) in raw.implements {
        let read = Implements {
            provides: lines(&source, raw.provides, |text| text)?,
            effects: facts(&source, raw.effects)?,
        };
        implements.insert(subject.into_inner(), read);
    }
    let mut places = BTreeMap::new();
    for (subject, raw) in raw.places {
        let read = raw
            .iter()
            .map(|raw| place(&source, raw))
            .collect::<Result<Vec<_>, _>>()?;
        places.insert(subject, read);
    }
    Ok(Consumer {
        name: stem(path).to_owned(),
        unknown: raw.unknown,
        names: names(&source, raw.names)?,
        implements,
        uses: facts(&source, raw.uses)?,
        places,
        path: path.to_owned(),
    })
}

/// Reads `path:line:column`.
fn place(source: &Text<'_>, raw: &Placed) -> Result<Place, Error> {
    let read = || {
        let (rest, column) = raw.get_ref().rsplit_once(':')?;
        let (path, line) = rest.rsplit_once(':')?;
        let (line, column) = (line.parse().ok()?, column.parse().ok()?);
        (!path.is_empty()).then(|| Place::point(path, line, column))
    };
    read().ok_or_else(|| {
        source.error(
            raw.span(),
            format!("`{}` is no place", raw.get_ref()),
            "write \"path:line:column\"",
        )
    })
}

/// The text of a consumer contract; comments of `existing` survive.
///
/// # Errors
/// If `existing` is no TOML, or the result could not be read back.
pub fn write_consumer(existing: Option<&str>, consumer: &Consumer) -> Result<String, Error> {
    let mut sheet = Sheet::default();
    let root = sheet.section(Section::root());
    root.number("cogate", FORMAT);
    root.list("unknown", &consumer.unknown, false);
    write::names(&mut sheet, &consumer.names);
    let normal = consumer.normal();
    for (path, implements) in &normal.implements {
        let header = ["implements", path.as_str()];
        let section = sheet.section(Section::table(&header));
        section.list(
            "provides",
            implements.provides.iter().map(|line| &line.text),
            true,
        );
        write::facts(&mut sheet, &header, "effects", &implements.effects);
    }
    write::facts(&mut sheet, &[], "uses", &normal.uses);
    if !normal.places.is_empty() {
        let section = sheet.section(Section::table(&["places"]));
        for (path, places) in &normal.places {
            let written: Vec<String> = places
                .iter()
                .map(|place| format!("{}:{}:{}", place.path, place.line, place.column))
                .collect();
            section.list(path, &written, false);
        }
    }
    let header = format!(
        "# cogate consumer contract: what {} uses and implements; written by 'cogate snapshot', kept by the provider.",
        crate::toml_text::printable(&consumer.name)
    );
    let text = carry::onto(existing, sheet, &header, &consumer.path)?;
    match parse_consumer(&text, &consumer.path) {
        Ok(back) if back.normal() == normal => Ok(text),
        outcome => Err(write::not_read_back(&consumer.path, outcome.err())),
    }
}
