//! Writes a contract as text: always the same text for the same contract, but for the comments that people added,
//! which stay beside what they speak of. Nothing is touched on disk here (that is `save`).

use crate::interface::Names;
use crate::interface::table::Facts;
use crate::toml_text::{Error, printable};

use super::sheet::{Section, Sheet};
use super::{Contract, FORMAT, carry, read};

/// The text of a contract; comments of `existing`, the file's text so far, survive.
///
/// # Errors
/// If `existing` is no TOML, or the result could not be read back as the same contract.
pub fn write(existing: Option<&str>, contract: &Contract) -> Result<String, Error> {
    let normal = contract.normal();
    let header = format!(
        "# cogate contract: written by 'cogate snapshot {}', read in review.",
        printable(&contract.name)
    );
    let text = carry::onto(existing, sheet(&normal), &header, &contract.path)?;
    // A contract that cannot be read again would stop every later run; better to stop this one.
    match read::parse(&text, &contract.path) {
        Ok(back) if same(&back.normal(), &normal) => Ok(text),
        outcome => Err(not_read_back(&contract.path, outcome.err())),
    }
}

fn same(back: &Contract, contract: &Contract) -> bool {
    back.version == contract.version
        && back.unknown == contract.unknown
        && back.names.pairs().eq(contract.names.pairs())
        && back.tables == contract.tables
        && back.amendments == contract.amendments
}

pub(super) fn not_read_back(path: &str, error: Option<Error>) -> Error {
    let why = error.map_or_else(
        || "it would read back as something else".to_owned(),
        |error| error.what,
    );
    Error::new(
        path,
        format!("the contract was not written, since {why}"),
        "please report this as a defect, with the source of the interface",
    )
}

fn sheet(contract: &Contract) -> Sheet {
    let mut sheet = Sheet::default();
    let root = sheet.section(Section::root());
    root.number("cogate", FORMAT);
    root.text("version", &contract.version.to_string());
    root.list("unknown", &contract.unknown, false);
    names(&mut sheet, &contract.names);
    for table in &contract.tables {
        let header = [table.kind.word(), table.path.as_str()];
        let section = sheet.section(Section::table(&header));
        section.text("is", &table.is.text);
        section.list(
            "provides",
            table.provides.iter().map(|line| &line.text),
            true,
        );
        facts(&mut sheet, &header, "requires", &table.requires);
        facts(&mut sheet, &header, "effects", &table.effects);
    }
    for amendment in &contract.amendments {
        let section = sheet.section(Section::repeated("amendment"));
        section.text("version", &amendment.version.to_string());
        section.text("reason", &amendment.reason);
        section.list("findings", &amendment.findings, false);
    }
    sheet
}

pub(super) fn names(sheet: &mut Sheet, names: &Names) {
    if !names.is_empty() {
        let section = sheet.section(Section::table(&["names"]));
        for (short, full) in names.pairs() {
            section.text(short, full);
        }
    }
}

pub(super) fn facts(sheet: &mut Sheet, header: &[&str], name: &str, facts: &Facts) {
    if !facts.is_empty() {
        let path: Vec<&str> = header.iter().copied().chain([name]).collect();
        let section = sheet.section(Section::table(&path));
        for (member, facts) in facts {
            let written: Vec<String> = facts.iter().map(|placed| placed.fact.to_string()).collect();
            section.list(member, &written, false);
        }
    }
}
