//! Which parts of a tree look like interfaces that others depend on: for `init`, which writes them down as a proposal
//! for a person to edit. It counts what the tree shows (subclasses, abstract members, impls, receivers) and knows
//! nothing of files.

mod python;
mod rust;

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Role;
use crate::interface;

/// More interfaces than this are no proposal but a list.
const MOST: usize = 12;

/// Members of one file, proposed as one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// From the module's name.
    pub name: String,
    /// Paths of its classes or traits.
    pub members: BTreeSet<String>,
    /// Expressions through which the provider calls implementers.
    pub receivers: BTreeSet<String>,
    /// The roles that the tree shows.
    pub audience: BTreeSet<Role>,
    /// Why it was found, in a few words.
    pub why: String,
    /// How much speaks for it; more is better.
    weight: usize,
}

/// A class or trait that looks like an interface.
struct Candidate {
    path: String,
    /// The module that holds it.
    module: String,
    separator: &'static str,
    audience: BTreeSet<Role>,
    receivers: BTreeSet<String>,
    why: String,
    weight: usize,
}

/// Receivers by the class that stands behind them, as the tree shows.
pub type Receivers = BTreeMap<String, BTreeSet<String>>;

/// The best proposals, sorted by name.
pub fn interfaces(
    of_python: &interface::python::Interface,
    receivers: &Receivers,
    of_rust: &interface::rust::Interface,
) -> Vec<Proposal> {
    let mut candidates = python::candidates(of_python, receivers);
    candidates.extend(rust::candidates(of_rust));
    let mut by_module: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
    for candidate in candidates {
        by_module
            .entry(candidate.module.clone())
            .or_default()
            .push(candidate);
    }
    let mut proposals: Vec<(String, &'static str, Proposal)> =
        by_module.into_iter().filter_map(together).collect();
    proposals.sort_by(|a, b| (b.2.weight, &a.0).cmp(&(a.2.weight, &b.0)));
    proposals.truncate(MOST);
    let named = name_all(proposals);
    let mut proposals: Vec<Proposal> = named.into_values().collect();
    proposals.sort_by(|a, b| a.name.cmp(&b.name));
    proposals
}

/// The candidates of one module as one proposal; the best of them says why.
fn together(
    (module, mut candidates): (String, Vec<Candidate>),
) -> Option<(String, &'static str, Proposal)> {
    candidates.sort_by(|a, b| (b.weight, &a.path).cmp(&(a.weight, &b.path)));
    let first = candidates.first()?;
    let proposal = Proposal {
        name: String::new(),
        why: first.why.clone(),
        weight: candidates.iter().map(|candidate| candidate.weight).sum(),
        members: candidates
            .iter()
            .map(|candidate| candidate.path.clone())
            .collect(),
        receivers: candidates
            .iter()
            .flat_map(|candidate| candidate.receivers.clone())
            .collect(),
        audience: candidates
            .iter()
            .flat_map(|candidate| candidate.audience.clone())
            .collect(),
    };
    Some((module, first.separator, proposal))
}

/// Names each proposal after its module: the last part, or as many as tell it from the others.
fn name_all(proposals: Vec<(String, &'static str, Proposal)>) -> BTreeMap<String, Proposal> {
    let mut named: BTreeMap<String, Proposal> = BTreeMap::new();
    for (module, separator, mut proposal) in proposals {
        let parts: Vec<&str> = module.split(separator).collect();
        let names = (1..=parts.len()).map(|count| parts[parts.len() - count..].join("_"));
        let free = names.clone().find(|name| !named.contains_key(name));
        proposal.name = free.unwrap_or_else(|| format!("{}_{}", parts.join("_"), named.len()));
        named.insert(proposal.name.clone(), proposal);
    }
    named
}

/// A number with what it counts.
fn count(number: usize, what: &str) -> String {
    let ending = match (number, what.ends_with("ss")) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{number} {what}{ending}")
}
