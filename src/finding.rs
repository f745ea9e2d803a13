//! A finding: one rule at one place, with its verdict per role and its evidence. Compare and verify make findings,
//! reports print them; nothing is decided here.

use std::collections::BTreeMap;
use std::fmt;

use crate::interface::Place;

/// Who is hurt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// They name, import, call, or are bound by it.
    Callers,
    /// They subclass, override, or write an `impl`.
    Implementers,
    /// They read, assign or delete an attribute or field.
    Readers,
    /// They write a struct or variant literal (Rust).
    Constructors,
    /// They match exhaustively (Rust).
    Matchers,
}

impl Role {
    /// All roles, in the order in which reports name them.
    pub const ALL: [Role; 5] = [
        Role::Callers,
        Role::Implementers,
        Role::Readers,
        Role::Constructors,
        Role::Matchers,
    ];

    /// The word for the role in reports, JSON and configuration.
    pub fn word(self) -> &'static str {
        match self {
            Role::Callers => "callers",
            Role::Implementers => "implementers",
            Role::Readers => "readers",
            Role::Constructors => "constructors",
            Role::Matchers => "matchers",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How sure it is that somebody of a role breaks; `Definite` is the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It depends on code not seen.
    Possible,
    /// A call site, an override or the definition itself proves it.
    Definite,
}

impl Certainty {
    /// The word for it in reports and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Certainty::Possible => "possible",
            Certainty::Definite => "definite",
        }
    }
}

/// How loud a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Growth, or a break that hurts nobody in the audience.
    Note,
    /// A possible break.
    Warning,
    /// A definite break: it fails the run.
    Error,
}

impl Level {
    /// The word for it in reports, JSON and configuration.
    pub fn word(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// The text that a place belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The provider as it is now (the new tree).
    Provider,
    /// The provider as it was (the old tree of a `diff`).
    Before,
    /// A contract file.
    Contract,
    /// A consumer, by name.
    Consumer(String),
}

/// One side of a change: where the definition stands, and how it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Whose text.
    pub origin: Origin,
    /// The definition; of a removed member, its nearest surviving container.
    pub place: Place,
    /// The definition as one line; none for a container that stands in for what was removed.
    pub signature: Option<String>,
    /// The part of the definition that the finding is about (a parameter, a return type), if it has a place.
    pub mark: Option<Place>,
}

/// A place that proves a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Whose text.
    pub origin: Origin,
    /// Where.
    pub place: Place,
    /// What it does, such as ``passes share_info=``.
    pub what: String,
}

/// One rule at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// How loud it is; computed from the verdicts by [`Finding::natural_level`], then lowered or raised by the
    /// audience and the configuration.
    pub level: Level,
    /// Each role hurt, with its certainty; empty for a compatible change.
    pub verdicts: BTreeMap<Role, Certainty>,
    /// What changed: its path.
    pub subject: String,
    /// Which part of it (a parameter, a variant), by its old name or, if it is new, its new one; may be empty.
    pub item: String,
    /// One sentence for a person.
    pub message: String,
    /// Before.
    pub old: Option<Side>,
    /// After.
    pub new: Option<Side>,
    /// What proves it, sorted.
    pub evidence: Vec<Evidence>,
    /// Recorded consumers that it breaks, sorted.
    pub consumers: Vec<String>,
    /// The reason of the amendment that accepts it.
    pub accepted: Option<String>,
    /// What to do about it.
    pub help: String,
    /// The interface (contract) that it belongs to; none in `diff` and `log`.
    pub interface: Option<String>,
}

impl Finding {
    /// A finding with a rule, a subject, an item and a message; the rest is filled in by whoever made it.
    pub fn new(
        rule: &'static str,
        subject: impl Into<String>,
        item: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            level: Level::Note,
            verdicts: BTreeMap::new(),
            subject: subject.into(),
            item: item.into(),
            message: message.into(),
            old: None,
            new: None,
            evidence: Vec::new(),
            consumers: Vec::new(),
            accepted: None,
            help: String::new(),
            interface: None,
        }
    }

    /// Adds a role that is hurt, and sets the level that follows from it.
    #[must_use]
    pub fn hurts(mut self, role: Role, certainty: Certainty) -> Self {
        let entry = self.verdicts.entry(role).or_insert(certainty);
        *entry = (*entry).max(certainty);
        self.level = self.natural_level();
        self
    }

    /// The strongest certainty of its verdicts; none for a compatible change.
    pub fn certainty(&self) -> Option<Certainty> {
        self.verdicts.values().copied().max()
    }

    /// A definite break is an error, a possible one a warning, anything else a note.
    pub fn natural_level(&self) -> Level {
        match self.certainty() {
            Some(Certainty::Definite) => Level::Error,
            Some(Certainty::Possible) => Level::Warning,
            None => Level::Note,
        }
    }

    /// The roles hurt, in order.
    pub fn breaks(&self) -> impl Iterator<Item = Role> {
        self.verdicts.keys().copied()
    }

    /// What an amendment names: rule, subject, item and, after `=>`, the new line.
    pub fn amendment(&self) -> String {
        let mut text = format!("{} {}", self.rule, self.subject);
        if !self.item.is_empty() {
            text.push(' ');
            text.push_str(&self.item);
        }
        if let Some(line) = self.new.as_ref().and_then(|side| side.signature.as_deref()) {
            text.push_str(" => ");
            text.push_str(line);
        }
        text
    }
}

/// Puts findings into the one order of every report: by place, then rule, subject and item.
pub fn sort(findings: &mut [Finding]) {
    fn key(finding: &Finding) -> (Option<&Place>, &str, &str, &str) {
        let place = finding
            .new
            .as_ref()
            .or(finding.old.as_ref())
            .map(|side| &side.place);
        (place, finding.rule, &finding.subject, &finding.item)
    }
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
}
