//! What `snapshot` would write: the first contract of an interface, or the next one, with its version and amendment.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, Provider, Trouble};
use crate::config::Config;
use crate::contract::{Amendment, Change, Contract, name_of};
use crate::finding::{Finding, Level};
use crate::interface::{Names, Table};

/// A contract to write, or why none is written.
#[derive(Debug, Clone)]
pub enum Snapped {
    /// The contract as it is to be, and the breaks that it leaves pending.
    New(Box<Contract>, Vec<Finding>),
    /// It is up to date.
    Same(Box<Contract>),
    /// These breaks need a reason.
    Refused(Vec<Finding>),
    /// Something that was asked for could not be read, or is not there.
    Incomplete {
        /// What could not be read.
        troubles: Vec<Trouble>,
        /// What is not there, with the part of each path that exists.
        missing: Vec<(String, Option<String>)>,
    },
}

/// The first contract of an interface.
pub fn taken(provider: &Provider<'_>, config: &Config, name: &str) -> Snapped {
    let interface = config.interfaces.get(name).cloned().unwrap_or_default();
    let members: BTreeSet<String> = interface.members.into_iter().collect();
    let implementers = provider.implementers(config);
    let offer = provider.offer(
        &members,
        &interface.receivers,
        &Default::default(),
        &implementers,
    );
    if !offer.troubles.is_empty() || !offer.missing.is_empty() {
        return Snapped::Incomplete {
            troubles: offer.troubles,
            missing: offer.missing,
        };
    }
    let (tables, names, unknown) = offer.tables();
    let path = config.contract_path(name);
    let first = Contract::first(name, path, names, tables, unknown);
    Snapped::New(Box::new(first), Vec::new())
}

/// What a snapshot is to accept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Accept<'a> {
    /// Why the pending breaks are acceptable; without a reason none is.
    pub reason: Option<&'a str>,
    /// The paths whose breaks are accepted; all if it is empty.
    pub only: &'a [String],
    /// A reason for each break that is accepted, by the name that an amendment gives it; instead of the other two.
    pub each: Option<&'a BTreeMap<String, String>>,
}

impl Accept<'_> {
    fn takes(&self, finding: &Finding) -> bool {
        if let Some(each) = self.each {
            return each.contains_key(&finding.amendment());
        }
        self.only.is_empty()
            || self
                .only
                .iter()
                .any(|path| is_within(&finding.subject, path))
    }
}

/// The next contract of an interface, from what a check of it found.
///
/// # Errors
/// A sentence, when accepted and pending lines do not fit into one contract.
pub fn snapshot(
    checked: Checked,
    contract: &Contract,
    accept: Accept<'_>,
) -> Result<Snapped, String> {
    // A member that is gone from the code, but still configured, is a break; one that never was is a mistake.
    if !checked.troubles.is_empty() || !checked.missing.is_empty() {
        return Ok(Snapped::Incomplete {
            troubles: checked.troubles,
            missing: checked.missing,
        });
    }
    let (chosen, pending): (Vec<Finding>, Vec<Finding>) = checked
        .findings
        .into_iter()
        .filter(|finding| finding.level == Level::Error && finding.accepted.is_none())
        .partition(|finding| accept.takes(finding));
    if chosen.is_empty() && !pending.is_empty() {
        return Ok(Snapped::Refused(pending));
    }
    let fresh = keep(checked.fresh, contract, &pending)?;
    if let Some(each) = accept.each {
        return Ok(Snapped::New(
            Box::new(one_by_one(fresh, &chosen, each)),
            pending,
        ));
    }
    Ok(
        match Change::of(&chosen, !checked.drift.is_empty(), accept.reason) {
            Err(_) => Snapped::Refused(chosen),
            Ok(Change::None) => Snapped::Same(Box::new(contract.clone())),
            Ok(change) => Snapped::New(Box::new(fresh.next(change)), pending),
        },
    )
}

/// The next contract with an amendment for every reason, all of one version.
fn one_by_one(fresh: Contract, chosen: &[Finding], each: &BTreeMap<String, String>) -> Contract {
    let mut by_reason: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
    for named in chosen.iter().map(Finding::amendment) {
        if let Some(reason) = each.get(&named) {
            by_reason.entry(reason).or_default().insert(named);
        }
    }
    let mut contract = fresh;
    for (at, (reason, findings)) in by_reason.into_iter().enumerate() {
        let findings = findings.into_iter().collect();
        if at == 0 {
            contract = contract.next(Change::Break {
                reason: reason.clone(),
                findings,
            });
        } else {
            contract.amendments.push(Amendment {
                version: contract.version,
                reason: reason.clone(),
                findings,
            });
        }
    }
    contract
}

/// The fresh contract, but with what the old one says of these findings' subjects.
fn keep(mut fresh: Contract, old: &Contract, pending: &[Finding]) -> Result<Contract, String> {
    if pending.is_empty() {
        return Ok(fresh);
    }
    let clash = old.names.pairs().find(|(short, full)| {
        fresh
            .names
            .resolve(short)
            .is_some_and(|other| other != *full)
    });
    if let Some((short, _)) = clash {
        return Err(format!(
            "`{short}` stands for another class now, so that old and new lines do not fit into one contract; accept all breaks at once"
        ));
    }
    let pairs = old.names.pairs().chain(fresh.names.pairs());
    fresh.names = Names::from_pairs(
        pairs
            .map(|(short, full)| (short.to_owned(), full.to_owned()))
            .collect::<Vec<_>>(),
    );
    for finding in pending {
        let subject = finding.subject.as_str();
        for table in &old.tables {
            if is_within(&table.path, subject) || is_within(subject, &table.path) {
                restore(&mut fresh.tables, table, subject);
            }
        }
    }
    Ok(fresh)
}

/// Puts back a header, a member, or the whole table if there is none any more.
fn restore(fresh: &mut Vec<Table>, old: &Table, subject: &str) {
    let name = subject
        .strip_prefix(old.path.as_str())
        .map(|rest| rest.trim_start_matches(['.', ':']))
        .filter(|name| !name.is_empty());
    let Some(table) = fresh
        .iter_mut()
        .find(|table| table.kind == old.kind && table.path == old.path)
    else {
        fresh.push(old.clone());
        return;
    };
    let Some(name) = name else {
        table.is = old.is.clone();
        return;
    };
    table.provides.retain(|line| name_of(&line.text) != name);
    let lines = old.provides.iter();
    table
        .provides
        .extend(lines.filter(|line| name_of(&line.text) == name).cloned());
    for (facts, old) in [
        (&mut table.requires, &old.requires),
        (&mut table.effects, &old.effects),
    ] {
        facts.remove(name);
        if let Some(old) = old.get(name) {
            facts.insert(name.to_owned(), old.clone());
        }
    }
}

/// Whether a path is another one or inside it.
fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
}
