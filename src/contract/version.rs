//! Versions of an interface, and what moves them: a break the major part, growth the minor one. What was accepted is
//! kept as an amendment, and pardons nothing but the change that it names.

use std::fmt;

use crate::finding::{Finding, Level};

use super::{Amendment, Contract};

/// A version of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Goes up when something breaks.
    pub major: u32,
    /// Goes up when something grows.
    pub minor: u32,
}

impl Version {
    /// The version of a first contract.
    pub const FIRST: Version = Version { major: 1, minor: 0 };

    /// Reads `MAJOR.MINOR`, each without sign or leading zeros, so that a version has one spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self {
            major: number(major)?,
            minor: number(minor)?,
        })
    }
}

fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let zero_first = text.len() > 1 && text.starts_with('0');
    (plain && !zero_first).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// How an interface changed since its contract was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Not at all.
    None,
    /// Nothing broke.
    Growth,
    /// Something broke, and somebody accepted it.
    Break {
        /// Why it was accepted.
        reason: String,
        /// What broke, as [`Finding::amendment`] names it.
        findings: Vec<String>,
    },
}

impl Change {
    /// What a snapshot would record: findings that are errors and not yet accepted are a break, and need a reason;
    /// anything else that differs is growth. `drifted` says whether contract and code differ at all.
    ///
    /// # Errors
    /// The findings that break somebody, when there is no reason.
    pub fn of<'a>(
        findings: &'a [Finding],
        drifted: bool,
        reason: Option<&str>,
    ) -> Result<Self, Vec<&'a Finding>> {
        let broken: Vec<&Finding> = findings
            .iter()
            .filter(|finding| finding.level == Level::Error && finding.accepted.is_none())
            .collect();
        match reason.map(str::trim).filter(|reason| !reason.is_empty()) {
            _ if broken.is_empty() => Ok(if drifted {
                Change::Growth
            } else {
                Change::None
            }),
            None => Err(broken),
            Some(reason) => {
                let mut named: Vec<String> = broken.into_iter().map(Finding::amendment).collect();
                named.sort();
                named.dedup();
                Ok(Change::Break {
                    reason: reason.to_owned(),
                    findings: named,
                })
            }
        }
    }
}

impl Contract {
    /// The contract with the version that a change makes and, for a break, its amendment. Names and tables are as
    /// they were: whoever took the snapshot puts the new ones in.
    #[must_use]
    pub fn next(&self, change: Change) -> Self {
        let mut contract = self.clone();
        match change {
            Change::None => {}
            Change::Growth => {
                contract.version.minor = contract.version.minor.saturating_add(1);
            }
            Change::Break { reason, findings } => {
                contract.version = Version {
                    major: contract.version.major.saturating_add(1),
                    minor: 0,
                };
                contract.amendments.push(Amendment {
                    version: contract.version,
                    reason,
                    findings,
                });
            }
        }
        contract
    }

    /// The reason for which a finding is accepted, if an amendment of the contract's own version names exactly this
    /// change. Amendments of older versions are history: the same break happening again is a new break.
    pub fn accepts(&self, finding: &Finding) -> Option<&str> {
        let current = |amendment: &&Amendment| amendment.version == self.version;
        reason(self.amendments.iter().filter(current), finding)
    }

    /// The same for a check against `base`, an older state of this contract: any amendment that is new since then
    /// accepts, and none that was there before.
    pub fn accepts_since(&self, base: Option<&Contract>, finding: &Finding) -> Option<&str> {
        let new =
            |amendment: &&Amendment| base.is_none_or(|base| !base.amendments.contains(amendment));
        reason(self.amendments.iter().filter(new), finding)
    }
}

/// The latest amendment that names the finding wins.
fn reason<'a>(
    amendments: impl DoubleEndedIterator<Item = &'a Amendment>,
    finding: &Finding,
) -> Option<&'a str> {
    let named = finding.amendment();
    amendments
        .rev()
        .find(|amendment| amendment.findings.contains(&named))
        .map(|amendment| amendment.reason.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::finding::{Certainty, Origin, Role, Side};
    use crate::interface::{Names, Place};

    fn contract() -> Contract {
        Contract::first(
            "c",
            "contracts/c.toml",
            Names::default(),
            vec![],
            BTreeSet::new(),
        )
    }

    fn broken(item: &str, line: &str) -> Finding {
        let mut finding = Finding::new("parameter-removed", "m.C.f", item, "gone")
            .hurts(Role::Callers, Certainty::Definite);
        finding.new = Some(Side {
            origin: Origin::Provider,
            place: Place::point("m.py", 1, 1),
            signature: Some(line.to_owned()),
            mark: None,
        });
        finding
    }

    #[test]
    fn a_version_has_one_spelling() {
        assert_eq!(
            Version::parse("3.10"),
            Some(Version {
                major: 3,
                minor: 10
            })
        );
        for text in [
            "",
            "3",
            "3.",
            ".1",
            "03.1",
            "3.01",
            "+3.1",
            "3.1.0",
            "3.-1",
            "3. 1",
            "4294967296.0",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert!(
            Version { major: 2, minor: 9 }
                < Version {
                    major: 2,
                    minor: 10
                }
        );
    }

    #[test]
    fn a_break_needs_a_reason_and_moves_the_major_version() {
        let findings = [broken("x", "def f()")];
        assert_eq!(Change::of(&findings, true, None).unwrap_err().len(), 1);
        assert!(Change::of(&findings, true, Some("  ")).is_err());
        let change = Change::of(&findings, true, Some("why")).unwrap();
        let next = contract().next(Change::Growth).next(change);
        assert_eq!(next.version.to_string(), "2.0");
        assert_eq!(
            next.amendments[0].findings,
            ["parameter-removed m.C.f x => def f()"]
        );
        assert_eq!(next.accepts(&findings[0]), Some("why"));
    }

    #[test]
    fn growth_warnings_and_accepted_breaks_need_no_reason() {
        let mut accepted = broken("x", "def f()");
        accepted.accepted = Some("known".to_owned());
        let warning = Finding::new("r", "s", "", "m").hurts(Role::Callers, Certainty::Possible);
        let change = Change::of(&[accepted, warning], true, None).unwrap();
        assert_eq!(change, Change::Growth);
        assert_eq!(contract().next(change).version.to_string(), "1.1");
        let none = Change::of(&[], false, Some("reason without a break")).unwrap();
        assert_eq!(contract().next(none), contract());
    }

    #[test]
    fn an_amendment_pardons_neither_another_change_nor_the_same_one_later() {
        let first = broken("x", "def f()");
        let change = Change::of(std::slice::from_ref(&first), true, Some("why")).unwrap();
        let base = contract();
        let amended = base.next(change);
        assert_eq!(amended.accepts(&broken("x", "def f(y)")), None);
        assert_eq!(amended.accepts(&broken("y", "def f()")), None);
        let later = amended.next(Change::Growth);
        assert_eq!(later.accepts(&first), None);
        assert_eq!(later.accepts_since(Some(&base), &first), Some("why"));
        assert_eq!(later.accepts_since(Some(&amended), &first), None);
        assert_eq!(later.accepts_since(None, &first), Some("why"));
    }
}
