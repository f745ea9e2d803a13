//! How an interface changed, commit by commit: which files matter, which states they had, and what each commit did to
//! whom. It reads git through `source`, asks the front ends and `compare`, and prints nothing.

mod scope;
mod state;
mod walk;

use crate::compare::Audience;
use crate::contract::{Amendment, Version};
use crate::finding::{Finding, Level};
use crate::source::git::ObjectId;

pub use walk::{Asked, read};

/// Definitions whose history is told together, under one version.
#[derive(Debug, Clone)]
pub struct Group {
    /// The interface's name, or what was asked for.
    pub name: String,
    /// The paths of its items.
    pub members: Vec<String>,
    /// Who is out there.
    pub audience: Audience,
    /// The path of its contract from the top of the repository, if it has one.
    pub contract: Option<String>,
}

/// A history.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The names of the groups.
    pub names: Vec<String>,
    /// The commits that changed something, oldest first.
    pub entries: Vec<Entry>,
    /// How many commits touched the files that matter.
    pub commits: usize,
    /// What was asked for and never was there.
    pub missing: Vec<String>,
}

/// A commit that changed something.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub id: ObjectId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The first line of its message.
    pub subject: String,
    /// What it did, by group.
    pub changes: Vec<Change>,
}

/// What a commit did to a group.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which one.
    pub group: usize,
    /// What kind of change it is.
    pub kind: Kind,
    /// The version before; none if there was nothing yet.
    pub before: Option<Version>,
    /// The version that it would have meant.
    pub version: Version,
    /// What changed for whom.
    pub findings: Vec<Finding>,
    /// Breaks that its contract accepted in this commit.
    pub amendments: Vec<Amendment>,
    /// What could not be read after it, as sentences with their place.
    pub unreadable: Vec<String>,
}

/// Kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is there from here on.
    First,
    /// Somebody breaks.
    Break,
    /// Nobody breaks.
    Growth,
    /// Nothing but what stands in a contract, or can no longer be read.
    Other,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::First => "first",
            Kind::Break => "break",
            Kind::Growth => "growth",
            Kind::Other => "other",
        }
    }

    fn of(findings: &[Finding]) -> Self {
        if findings.is_empty() {
            Kind::Other
        } else if findings.iter().any(|finding| finding.level == Level::Error) {
            Kind::Break
        } else {
            Kind::Growth
        }
    }

    fn next(self, before: Option<Version>) -> Version {
        let Some(before) = before else {
            return Version::FIRST;
        };
        match self {
            Kind::First | Kind::Break => Version {
                major: before.major.saturating_add(1),
                minor: 0,
            },
            Kind::Growth => Version {
                minor: before.minor.saturating_add(1),
                ..before
            },
            Kind::Other => before,
        }
    }
}
