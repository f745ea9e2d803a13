//! What `snapshot` would write: the first contract of an interface, or the next one, with its version and amendment.

use std::collections::BTreeSet;

use super::{Checked, Provider, Trouble, check};
use crate::config::Config;
use crate::contract::{Change, Contract};
use crate::finding::Finding;

/// A contract to write, or why none is written.
#[derive(Debug, Clone)]
pub enum Snapped {
    /// The contract as it is to be.
    New(Box<Contract>),
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
    let offer = provider.offer(&members, &interface.receivers);
    if !offer.troubles.is_empty() || !offer.missing.is_empty() {
        return Snapped::Incomplete {
            troubles: offer.troubles,
            missing: offer.missing,
        };
    }
    let (tables, names, unknown) = offer.tables();
    Snapped::New(Box::new(Contract::first(
        name,
        config.contract_path(name),
        names,
        tables,
        unknown,
    )))
}

/// The next contract of an interface; `only` limits which breaks the reason accepts, by subject.
///
/// # Errors
/// A sentence with file and line, when a line of the contract cannot be read.
pub fn snapshot(
    provider: &Provider<'_>,
    config: &Config,
    contract: &Contract,
    reason: Option<&str>,
) -> Result<Snapped, String> {
    let checked = check(provider, config, &contract.name, contract)?;
    // A member that is gone from the code, but still configured, is a break; one that never was is a mistake.
    let missing: Vec<_> = checked.missing.clone();
    if !checked.troubles.is_empty() || !missing.is_empty() {
        return Ok(Snapped::Incomplete {
            troubles: checked.troubles,
            missing,
        });
    }
    Ok(decide(checked, contract, reason))
}

fn decide(checked: Checked, contract: &Contract, reason: Option<&str>) -> Snapped {
    match Change::of(&checked.findings, !checked.drift.is_empty(), reason) {
        Err(broken) => Snapped::Refused(broken.into_iter().cloned().collect()),
        Ok(Change::None) => Snapped::Same(Box::new(contract.clone())),
        Ok(change) => Snapped::New(Box::new(checked.fresh.next(change))),
    }
}
