//! Reads a contract: TOML in, lines with their places out, or one sentence that says what is wrong and where. It
//! takes a line as it stands; whether a line parses in its language is the front end's business.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use crate::interface::table::{Facts, PlacedFact};
use crate::interface::{Fact, Line, Names, Table, TableKind, Verb};
use crate::toml_text::{Error, Text, nearest, ticked};

use super::{Amendment, Contract, FORMAT, Version, member, save, sort_tables};

/// A string and where it stands.
pub(super) type Placed = Spanned<String>;

/// Facts by member, as TOML has them.
pub(super) type RawFacts = BTreeMap<Placed, Vec<Placed>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContract {
    #[serde(rename = "cogate")]
    _format: i64,
    version: Placed,
    #[serde(default)]
    unknown: BTreeSet<String>,
    #[serde(default)]
    names: BTreeMap<Placed, Placed>,
    #[serde(default)]
    class: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    module: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    function: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    r#trait: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    r#struct: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    r#enum: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    union: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    r#type: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    r#const: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    r#macro: BTreeMap<Placed, RawTable>,
    #[serde(default)]
    amendment: Vec<RawAmendment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    is: Placed,
    #[serde(default)]
    provides: Vec<Placed>,
    #[serde(default)]
    requires: RawFacts,
    #[serde(default)]
    effects: RawFacts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAmendment {
    version: Placed,
    reason: Placed,
    findings: Spanned<Vec<Placed>>,
}

/// Reads the contract at `path`, relative to the project.
///
/// # Errors
/// If the file cannot be read, leads out of the project, or is no contract.
pub fn read(project_root: &Path, path: &str) -> Result<Contract, Error> {
    let text = save::read_text(project_root, path)?;
    parse(&text, path)
}

/// Reads a contract from its text; `path` names it in places and messages, and the file's stem is its name.
///
/// # Errors
/// If the text is no contract.
pub fn parse(text: &str, path: &str) -> Result<Contract, Error> {
    let source = Text::new(path, text);
    let raw = RawContract::deserialize(document(&source, text)?)
        .map_err(|error| source.toml_error(&error))?;

    let version = version(&source, &raw.version)?;
    let amendments = raw
        .amendment
        .into_iter()
        .map(|raw| amendment(&source, raw, version))
        .collect::<Result<Vec<_>, _>>()?;
    let names = names(&source, raw.names)?;
    let mut tables = Vec::new();
    for (kind, raw_tables) in [
        (TableKind::Class, raw.class),
        (TableKind::Module, raw.module),
        (TableKind::Function, raw.function),
        (TableKind::Trait, raw.r#trait),
        (TableKind::Struct, raw.r#struct),
        (TableKind::Enum, raw.r#enum),
        (TableKind::Union, raw.union),
        (TableKind::Type, raw.r#type),
        (TableKind::Const, raw.r#const),
        (TableKind::Macro, raw.r#macro),
    ] {
        for (path, raw_table) in raw_tables {
            tables.push(table(&source, kind, path, raw_table)?);
        }
    }
    sort_tables(&mut tables);
    Ok(Contract {
        name: stem(path).to_owned(),
        version,
        unknown: raw.unknown,
        names,
        tables,
        amendments,
        path: path.to_owned(),
    })
}

/// The name of a contract file without its folders and `.toml`.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// Parses the TOML and looks at the format before anything else: the keys of a newer format are not mistakes.
pub(super) fn document<'t>(source: &Text<'_>, text: &'t str) -> Result<Deserializer<'t>, Error> {
    let root = DeTable::parse(text).map_err(|error| source.toml_error(&error))?;
    let Some(format) = root.get_ref().get("cogate") else {
        return Err(source.error(
            0..0,
            "`cogate` is missing, so this is no contract",
            format!("put `cogate = {FORMAT}` on the first line"),
        ));
    };
    let number = match format.get_ref() {
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    match number {
        Some(FORMAT) => Ok(Deserializer::from(root)),
        Some(newer) if newer > FORMAT => Err(source.error(
            format.span(),
            format!("format {newer} of contracts is newer than this program, which reads format {FORMAT}"),
            "update cogate",
        )),
        _ => Err(source.error(
            format.span(),
            "`cogate` is the format of this file, a number",
            format!("write `cogate = {FORMAT}`"),
        )),
    }
}

fn version(source: &Text<'_>, raw: &Placed) -> Result<Version, Error> {
    Version::parse(raw.get_ref()).ok_or_else(|| {
        source.error(
            raw.span(),
            format!("`{}` is no version of an interface", raw.get_ref()),
            "write it as \"MAJOR.MINOR\", such as \"3.1\"",
        )
    })
}

fn amendment(source: &Text<'_>, raw: RawAmendment, current: Version) -> Result<Amendment, Error> {
    let amended = version(source, &raw.version)?;
    if amended > current {
        return Err(source.error(
            raw.version.span(),
            format!("version {amended} was amended, but the contract has version {current}"),
            format!("set `version` at the top to {amended} or later"),
        ));
    }
    if raw.reason.get_ref().trim().is_empty() {
        return Err(source.error(
            raw.reason.span(),
            "an amendment without a reason accepts nothing",
            "say why the break was accepted",
        ));
    }
    if raw.findings.get_ref().is_empty() {
        return Err(source.error(
            raw.findings.span(),
            "an amendment without findings accepts nothing",
            "name what it accepts, or remove it",
        ));
    }
    let findings = raw
        .findings
        .into_inner()
        .into_iter()
        .map(|finding| {
            // Rule and subject are there at least.
            if finding.get_ref().split_whitespace().nth(1).is_some() {
                return Ok(finding.into_inner());
            }
            Err(source.error(
                finding.span(),
                format!("`{}` names no finding", finding.get_ref()),
                "write \"RULE SUBJECT ITEM => NEW LINE\", as `cogate snapshot --accept` does",
            ))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Amendment {
        version: amended,
        reason: raw.reason.into_inner(),
        findings,
    })
}

pub(super) fn names(source: &Text<'_>, raw: BTreeMap<Placed, Placed>) -> Result<Names, Error> {
    let mut pairs = Vec::with_capacity(raw.len());
    for (short, full) in raw {
        filled(source, &short, "a short name")?;
        filled(source, &full, "what a short name stands for")?;
        pairs.push((short.into_inner(), full.into_inner()));
    }
    Ok(Names::from_pairs(pairs))
}

fn table(source: &Text<'_>, kind: TableKind, path: Placed, raw: RawTable) -> Result<Table, Error> {
    filled(source, &path, "the path of an item")?;
    filled(source, &raw.is, "`is`")?;
    let rust = path.get_ref().contains("::");
    let expected = match kind {
        TableKind::Class => Some(false),
        TableKind::Trait
        | TableKind::Struct
        | TableKind::Enum
        | TableKind::Union
        | TableKind::Macro => Some(true),
        TableKind::Module | TableKind::Function | TableKind::Type | TableKind::Const => None,
    };
    if expected.is_some_and(|expected| expected != rust) {
        let separator = if rust { "." } else { "::" };
        return Err(source.error(
            path.span(),
            format!("`{}` is no path of a {kind}", path.get_ref()),
            format!("a {kind} has `{separator}` between the parts of its path"),
        ));
    }
    Ok(Table {
        kind,
        is: line(source, raw.is),
        provides: lines(source, raw.provides, |text| member::unique_key(text, rust))?,
        requires: facts(source, raw.requires)?,
        effects: facts(source, raw.effects)?,
        path: path.into_inner(),
    })
}

/// The lines of `provides`, sorted. `key` is what may stand only once.
pub(super) fn lines(
    source: &Text<'_>,
    raw: Vec<Placed>,
    key: impl for<'l> Fn(&'l str) -> &'l str,
) -> Result<Vec<Line>, Error> {
    let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
    let mut lines = Vec::with_capacity(raw.len());
    for raw in raw {
        filled(source, &raw, "a line of `provides`")?;
        let key = key(raw.get_ref());
        if let Some(earlier) = seen.insert(key.to_owned(), raw.span()) {
            let (first, _) = source.position(earlier.start);
            return Err(source.error(
                raw.span(),
                format!(
                    "`{}` stands twice, first on line {first}",
                    member::name_of(raw.get_ref())
                ),
                "keep the line that is meant, and remove the other",
            ));
        }
        lines.push(line(source, raw));
    }
    lines.sort_by(|a, b| a.text.cmp(&b.text));
    Ok(lines)
}

fn line(source: &Text<'_>, raw: Placed) -> Line {
    Line {
        place: Some(source.content(raw.span())),
        text: raw.into_inner(),
    }
}

/// Facts by member, sorted, each once.
pub(super) fn facts(source: &Text<'_>, raw: RawFacts) -> Result<Facts, Error> {
    let mut all = Facts::new();
    for (member, raw_facts) in raw {
        filled(source, &member, "the member that facts speak of")?;
        let mut facts = Vec::with_capacity(raw_facts.len());
        for raw in raw_facts {
            facts.push(PlacedFact {
                fact: fact(source, &raw)?,
                places: vec![source.content(raw.span())],
            });
        }
        facts.sort();
        facts.dedup_by(|a, b| a.fact == b.fact);
        if !facts.is_empty() {
            all.insert(member.into_inner(), facts);
        }
    }
    Ok(all)
}

fn fact(source: &Text<'_>, raw: &Placed) -> Result<Fact, Error> {
    Fact::parse(raw.get_ref()).map_err(|what| {
        let word = raw.get_ref().split(' ').next().unwrap_or("");
        let verbs = Verb::ALL.map(Verb::word);
        let next = match nearest(word, &verbs) {
            Some(near) if near != word => format!("did you mean `{near}`?"),
            _ => format!("a fact is a verb and a path; verbs are {}", ticked(&verbs)),
        };
        source.error(raw.span(), what, next)
    })
}

/// Refuses an empty string.
fn filled(source: &Text<'_>, raw: &Placed, what: &str) -> Result<(), Error> {
    if raw.get_ref().trim().is_empty() {
        return Err(source.error(
            raw.span(),
            format!("{what} is empty"),
            "fill it in, or remove the line",
        ));
    }
    Ok(())
}
