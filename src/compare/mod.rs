//! Old against new: pairs members up and decides per role. It knows nothing of files, and nothing of how either side
//! came to be: a contract and a source tree are the same thing here.

pub mod python;
pub mod rust;

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Certainty, Finding, Level, Origin, Role};

/// Which roles outside the provider an interface has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Somebody named it: these roles.
    Named(BTreeSet<Role>),
    /// A whole tree: callers everywhere, implementers where a member is abstract or overridden.
    WholeTree,
}

impl Audience {
    /// Callers and implementers: what a name has unless it is configured.
    pub fn both() -> Self {
        Audience::Named(BTreeSet::from([Role::Callers, Role::Implementers]))
    }

    /// Sets the level of a finding by who is out there. A role outside the audience is judged by what is really
    /// called and overridden: without evidence its verdict is possible, and makes no more than a note.
    pub fn weigh(&self, finding: &mut Finding) {
        let Audience::Named(roles) = self else {
            finding.level = finding.natural_level();
            return;
        };
        let proven = !finding.evidence.is_empty();
        for (role, certainty) in &mut finding.verdicts {
            if !hears(roles, *role) && !proven {
                *certainty = Certainty::Possible;
            }
        }
        let heard = finding
            .verdicts
            .iter()
            .filter(|(role, _)| hears(roles, **role) || proven);
        finding.level = match heard.map(|(_, certainty)| *certainty).max() {
            Some(Certainty::Definite) => Level::Error,
            Some(Certainty::Possible) => Level::Warning,
            None => Level::Note,
        };
    }
}

/// Readers, constructors and matchers hear what callers hear: who may call may read.
fn hears(roles: &BTreeSet<Role>, role: Role) -> bool {
    match role {
        Role::Implementers => roles.contains(&Role::Implementers),
        _ => roles.contains(&Role::Callers) || roles.contains(&role),
    }
}

/// What compare is told about the two sides.
pub struct Options<'a> {
    /// What the old side is: an older tree or a contract.
    pub old: Origin,
    /// Who is out there.
    pub audience: Audience,
    /// Every expression that holds an implementer was named, so that the calls in `requires` are all there are.
    pub calls_are_known: bool,
    /// How a definition is called in reports; none when it is private, so that nothing is said of it.
    pub subject: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// Whether the provider had this function before, as far as anybody knows.
    pub had: &'a (dyn Fn(&str) -> bool + Sync),
    /// Whether an override of this member (class path, name) is known, in the tree or in a recorded consumer.
    pub overridden: &'a (dyn Fn(&str, &str) -> bool + Sync),
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Sorted.
    pub findings: Vec<Finding>,
    /// How many members were compared.
    pub members: usize,
    /// Python members whose change may reach an override, by class: what to look for in the tree.
    pub overridable: BTreeMap<String, BTreeSet<String>>,
}
