//! A tree against a contract: what the interface offers now, compared with what was written down.

use std::collections::BTreeSet;

use super::{Offer, Provider, Trouble};
use crate::compare::{self, Audience, Options};
use crate::config::{Config, Interface};
use crate::contract::{Contract, Drift, drift};
use crate::finding::{self, Finding, Origin};
use crate::interface::Place;
use crate::python::lines;
use crate::rules::apply_levels;
use crate::rust::lines as rust_lines;

/// What a check of one interface found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Sorted, with levels and amendments applied.
    pub findings: Vec<Finding>,
    /// How many members were compared.
    pub members: usize,
    /// What was asked for and could not be read.
    pub troubles: Vec<Trouble>,
    /// Members of the configuration that neither the tree nor the contract has, with the part of each that exists.
    pub missing: Vec<(String, Option<String>)>,
    /// The contract that `snapshot` would write: names, tables and unknowns of the tree, the rest as it was.
    pub fresh: Contract,
    /// Where that differs from the contract.
    pub drift: Vec<Drift>,
}

/// Checks one interface.
///
/// # Errors
/// A sentence with file and line, when a line of the contract cannot be read.
pub fn check(
    provider: &Provider<'_>,
    config: &Config,
    name: &str,
    contract: &Contract,
) -> Result<Checked, String> {
    let nothing = Interface::default();
    let interface = config.interfaces.get(name).unwrap_or(&nothing);
    let old = read(contract)?;
    let recorded: BTreeSet<String> = contract
        .tables
        .iter()
        .map(|table| table.path.clone())
        .collect();
    let configured: BTreeSet<String> = interface.members.iter().cloned().collect();
    let asked: BTreeSet<String> = recorded.union(&configured).cloned().collect();
    let implementers = provider.implementers(config);
    let offer = provider.offer(&asked, &interface.receivers, &old.python, &implementers);
    let mut comparison = compare_with(&old, &offer, interface, Was::Contract);
    for finding in &mut comparison.findings {
        finding.interface = Some(name.to_owned());
        finding.accepted = contract.accepts(finding).map(str::to_owned);
    }
    apply_levels(&mut comparison.findings, config);
    finding::sort(&mut comparison.findings);
    let dropped = recorded.iter().any(|path| {
        !configured
            .iter()
            .any(|member| leads_to(&offer, member, path))
    });
    let (tables, names, unknown) = if dropped {
        provider
            .offer(
                &configured,
                &interface.receivers,
                &old.python,
                &implementers,
            )
            .tables()
    } else {
        offer.tables()
    };
    let fresh = Contract {
        tables,
        names,
        unknown,
        ..contract.clone()
    };
    let missing = offer
        .missing
        .into_iter()
        .filter(|(path, _)| !recorded.contains(path))
        .collect();
    Ok(Checked {
        drift: drift(contract, &fresh),
        findings: comparison.findings,
        members: comparison.members,
        troubles: offer.troubles,
        missing,
        fresh,
    })
}

/// Whether what the contract has at `path` is there because the configuration names `member`.
fn leads_to(offer: &Offer, member: &str, path: &str) -> bool {
    let member = member.trim_start_matches("::");
    let within = |start: &str| {
        path.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
    };
    let exports = [&offer.python.exports, &offer.rust.exports];
    within(member)
        || exports
            .iter()
            .any(|exports| exports.get(member).is_some_and(|target| within(target)))
}

/// What a contract recorded, as the model.
pub(super) fn read(contract: &Contract) -> Result<Offer, String> {
    let mut python = lines::read(&contract.tables, &contract.names)
        .map_err(|error| at_line(&contract.path, error.place.as_ref(), &error))?;
    lines::restore_unknown(&mut python, &contract.unknown);
    let rust = rust_lines::read(&contract.tables, &contract.names)
        .map_err(|error| at_line(&contract.path, error.place.as_ref(), &error))?;
    Ok(Offer {
        python,
        rust,
        ..Offer::default()
    })
}

fn at_line(path: &str, place: Option<&Place>, error: &dyn std::fmt::Display) -> String {
    let at = place.map_or_else(String::new, |place| {
        format!(":{}:{}", place.line, place.column)
    });
    format!("{path}{at}: {error}")
}

/// Where the old offer of a comparison comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Was {
    /// The contract as it is now.
    Contract,
    /// A contract of the base.
    OldContract,
    /// The source at the base.
    Source,
}

/// Compares two offers of one interface.
pub(super) fn compare_with(
    old: &Offer,
    new: &Offer,
    interface: &Interface,
    was: Was,
) -> compare::Comparison {
    let audience = interface
        .audience
        .clone()
        .map_or_else(Audience::both, Audience::Named);
    let of_rust = compare::rust::Options {
        named: true,
        contract: was != Was::Source,
    };
    let options = Options {
        old: match was {
            Was::Contract => Origin::Contract,
            Was::OldContract | Was::Source => Origin::Before,
        },
        audience,
        calls_are_known: !interface.receivers.is_empty(),
        subject: &|path| Some(path.to_owned()),
        had: &|_| true,
        overridden: &|_, _| false,
    };
    let mut comparison = compare::python::compare(&old.python, &new.python, &options);
    let mut found = compare::rust::compare(&old.rust, &new.rust, &of_rust);
    found
        .iter_mut()
        .for_each(|finding| options.audience.weigh(finding));
    comparison.findings.extend(found);
    comparison.members += old.rust.count();
    comparison
}
