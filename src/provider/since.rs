//! A branch against its base: source with source, so that a branch which rewrites contract and code together is still
//! seen for what it is. What the branch accepted counts if the amendment is new; what its contract no longer says
//! although no amendment tells why is a finding of its own.

use std::collections::BTreeSet;

use super::check::{Checked, Was, check, compare_with, read};
use super::{Offer, Provider};
use crate::compare::Comparison;
use crate::config::{Config, Interface, Loosened};
use crate::contract::{Amendment, Contract, name_of};
use crate::finding::{self, Finding, Level, Origin, Side};
use crate::interface::{Place, Table, python};
use crate::rules::apply_levels;

/// The two sides of a check against a base.
pub struct Since<'a> {
    /// The source as it was.
    pub base: &'a Provider<'a>,
    /// The configuration as it was.
    pub base_config: &'a Config,
    /// The source as it is.
    pub head: &'a Provider<'a>,
    /// What is in force: [`crate::config::merged`].
    pub config: &'a Config,
    /// How a person calls the base.
    pub revision: &'a str,
}

impl Since<'_> {
    /// Checks one interface that the base has.
    ///
    /// # Errors
    /// A sentence with file and line, when a line of the branch's contract cannot be read.
    pub fn check(
        &self,
        name: &str,
        before: Option<&Contract>,
        after: Option<&Contract>,
    ) -> Result<Checked, String> {
        let nothing = Interface::default();
        let interface = self.config.interfaces.get(name).unwrap_or(&nothing);
        let was = self.base_config.interfaces.get(name).unwrap_or(&nothing);
        // A contract of the base that cannot be read says nothing, and the branch may be what mends it.
        let promised = before.and_then(|contract| read(contract).ok());
        let mut asked: BTreeSet<String> = was.members.iter().cloned().collect();
        asked.extend(
            before
                .iter()
                .flat_map(|contract| &contract.tables)
                .map(|table| table.path.clone()),
        );
        let nothing = python::Interface::default();
        let recorded = promised
            .as_ref()
            .map_or(&nothing, |promised| &promised.python);
        let implementers = self.base.implementers(self.base_config);
        let mut old = self
            .base
            .offer(&asked, &was.receivers, recorded, &implementers);
        let mut was_source = Was::Source;
        if !old.troubles.is_empty()
            && let Some(promised) = &promised
        {
            old = promised.clone();
            was_source = Was::OldContract;
        }
        let implementers = self.head.implementers(self.config);
        let new = self
            .head
            .offer(&asked, &interface.receivers, &old.python, &implementers);

        let accepted = Accepted {
            since: self,
            interface,
            name,
            before,
            after,
            old: (&old, was_source),
            new: &new,
        };
        let compared = compare_with(&old, &new, interface, was_source);
        let members = compared.members;
        let mut findings = accepted.weigh(compared);
        let inherited = match &promised {
            Some(promised) => {
                accepted.weigh(compare_with(promised, &old, interface, Was::OldContract))
            }
            None => Vec::new(),
        };
        let done: BTreeSet<Key> = findings.iter().map(key).collect();
        let told: BTreeSet<Key> = done
            .iter()
            .cloned()
            .chain(inherited.iter().map(key))
            .collect();
        let already = inherited.into_iter().filter(loud).map(|finding| {
            let message = format!("already so at {}: {}", self.revision, finding.message);
            Finding {
                level: Level::Note,
                message,
                ..finding
            }
        });
        let already: Vec<Finding> = already.collect();

        let mut checked = match after {
            Some(after) => {
                let checked = check(self.head, self.config, name, after)?;
                if let Some((before, promised)) = before.zip(promised.as_ref()) {
                    let weaker = compare_with(promised, &read(after)?, interface, Was::OldContract);
                    let weaker = accepted.weigh(weaker).into_iter();
                    let unsaid =
                        weaker.filter(|finding| loud(finding) && !done.contains(&key(finding)));
                    findings.extend(unsaid.map(edited));
                    findings.extend(tampered(before, after));
                }
                // What the branch itself promised counts as well.
                let known: BTreeSet<Key> = findings.iter().map(key).collect();
                findings.extend(
                    checked
                        .findings
                        .iter()
                        .filter(|finding| {
                            loud(finding)
                                && !known.contains(&key(finding))
                                && !told.contains(&key(finding))
                        })
                        .cloned(),
                );
                checked
            }
            None => {
                findings.extend(before.map(removed));
                let mut unwritten = Contract::first(
                    name,
                    self.config.contract_path(name),
                    Default::default(),
                    Vec::new(),
                    BTreeSet::new(),
                );
                if let Some(before) = before {
                    unwritten.version = before.version;
                    unwritten.amendments.clone_from(&before.amendments);
                }
                check(self.head, self.config, name, &unwritten)?
            }
        };
        if let Some(after) = after {
            let all = [findings.as_slice(), already.as_slice()].concat();
            findings.extend(unused(before, after, &all));
        }
        for finding in &mut findings {
            finding.interface = Some(name.to_owned());
        }
        apply_levels(&mut findings, self.config);
        // Configuration cannot make an old drift loud again: it comes behind the levels.
        findings.extend(already);
        finding::sort(&mut findings);
        checked.findings = findings;
        checked.members = members;
        checked.missing.retain(|(path, _)| !asked.contains(path));
        Ok(checked)
    }
}

/// What tells one change from another, wherever it was found.
type Key = (&'static str, String, String);

fn key(finding: &Finding) -> Key {
    (finding.rule, finding.subject.clone(), finding.item.clone())
}

fn loud(finding: &Finding) -> bool {
    finding.level > Level::Note && finding.accepted.is_none()
}

/// What is needed to say whether an amendment of the branch accepts a finding.
struct Accepted<'a> {
    since: &'a Since<'a>,
    interface: &'a Interface,
    name: &'a str,
    before: Option<&'a Contract>,
    after: Option<&'a Contract>,
    old: (&'a Offer, Was),
    new: &'a Offer,
}

impl Accepted<'_> {
    /// Sets levels, and marks what new amendments accept.
    fn weigh(&self, comparison: Comparison) -> Vec<Finding> {
        let mut findings = comparison.findings;
        for finding in &mut findings {
            finding.interface = Some(self.name.to_owned());
        }
        apply_levels(&mut findings, self.since.config);
        for finding in &mut findings {
            finding.accepted = self.reason(finding);
        }
        findings
    }

    fn reason(&self, finding: &Finding) -> Option<String> {
        let after = self.after?;
        if let Some(reason) = after.accepts_since(self.before, finding) {
            return Some(reason.to_owned());
        }
        if finding.level < Level::Error {
            return None;
        }
        // The branch may have gone on after it accepted the break. Then there is a way from how the member read at
        // the base to how it reads now, over lines that amendments name, and no step of it breaks anything unnamed.
        let lines = self.lines(after, &finding.subject);
        let mut reached: Vec<(Offer, Option<&str>)> = vec![(self.old.0.clone(), None)];
        let mut left: Vec<(&str, &str)> = lines;
        while let Some((from, via)) = reached.pop() {
            if let Some(reason) = via
                && self.holds((&from, Was::OldContract), self.new, &finding.subject)
            {
                return Some(reason.to_owned());
            }
            let was = if via.is_none() {
                self.old.1
            } else {
                Was::OldContract
            };
            left.retain(|(line, reason)| {
                let Some(next) = self.with_line(&finding.subject, line) else {
                    return false;
                };
                let holds = self.holds((&from, was), &next, &finding.subject);
                if holds {
                    reached.push((next, Some(reason)));
                }
                !holds
            });
        }
        None
    }

    /// What new amendments say that a member reads, with their reasons.
    fn lines<'c>(&self, after: &'c Contract, subject: &str) -> Vec<(&'c str, &'c str)> {
        let of_subject = |entry: &'c String| -> Option<&'c str> {
            let (_, rest) = entry.split_once(' ')?;
            let rest = rest.strip_prefix(subject)?;
            let (_, line) = rest.split_once(" => ")?;
            rest.starts_with(' ').then_some(line)
        };
        let mut lines: Vec<(&str, &str)> = Vec::new();
        for amendment in fresh(self.before, after) {
            for line in amendment.findings.iter().filter_map(of_subject) {
                if lines.iter().all(|(known, _)| *known != line) {
                    lines.push((line, &amendment.reason));
                }
            }
        }
        lines
    }

    /// The member as a line would have it, by itself.
    fn with_line(&self, subject: &str, line: &str) -> Option<Offer> {
        let after = self.after?;
        let before = self.before.iter().flat_map(|contract| &contract.tables);
        let table = before
            .chain(&after.tables)
            .filter_map(|table| read_as(table, subject, line))
            .max_by_key(|table| table.path.len())?;
        let once = Contract {
            tables: vec![table],
            ..after.clone()
        };
        read(&once).ok()
    }

    /// Whether nothing breaks at a member between two states of it that no new amendment names.
    fn holds(&self, (old, was): (&Offer, Was), new: &Offer, subject: &str) -> bool {
        let mut findings = compare_with(old, new, self.interface, was).findings;
        findings.retain(|finding| finding.subject == subject);
        for finding in &mut findings {
            finding.interface = Some(self.name.to_owned());
        }
        apply_levels(&mut findings, self.since.config);
        findings.iter().all(|finding| {
            finding.level < Level::Error
                || self
                    .after
                    .is_some_and(|after| after.accepts_since(self.before, finding).is_some())
        })
    }
}

/// A table that holds one member only, with another line for it; none if the subject is not in the table.
fn read_as(table: &Table, subject: &str, line: &str) -> Option<Table> {
    let rest = subject.strip_prefix(&table.path)?;
    let mut table = table.clone();
    if rest.is_empty() {
        table.is.text = line.to_owned();
        return Some(table);
    }
    let name = rest.trim_start_matches(['.', ':']);
    table.provides.retain(|old| name_of(&old.text) == name);
    table.provides.truncate(1);
    // In its old place: what stands nowhere is not told, and what is not told has no name in an amendment.
    table.provides.first_mut()?.text = line.to_owned();
    table.requires.retain(|member, _| member == name);
    table.effects.retain(|member, _| member == name);
    Some(table)
}

/// The amendments that the base does not have.
pub fn fresh<'a, 'b>(
    before: Option<&'b Contract>,
    after: &'a Contract,
) -> impl DoubleEndedIterator<Item = &'a Amendment> + use<'a, 'b> {
    after
        .amendments
        .iter()
        .filter(move |amendment| before.is_none_or(|before| !before.amendments.contains(amendment)))
}

/// A change that only the contract made.
fn edited(finding: Finding) -> Finding {
    let in_contract = |side: Side| Side {
        origin: Origin::Contract,
        ..side
    };
    let message = format!(
        "the contract was rewritten without a reason: {}",
        finding.message
    );
    let mut edited = Finding::new("contract-edited", finding.subject, finding.item, message);
    edited.level = Level::Error;
    edited.old = finding.old;
    edited.new = finding.new.map(in_contract);
    edited.help = "take the contract back from the base, then `cogate snapshot`".to_owned();
    edited
}

/// Versions only go up, and what was accepted stays on record.
fn tampered(before: &Contract, after: &Contract) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |item: &str, message: String| {
        let mut finding = Finding::new("contract-edited", after.name.clone(), item, message);
        finding.level = Level::Error;
        finding.new = Some(at(&after.path, 1));
        finding.help = "take the contract back from the base, then `cogate snapshot`".to_owned();
        found.push(finding);
    };
    for gone in before
        .amendments
        .iter()
        .filter(|amendment| !after.amendments.contains(amendment))
    {
        let message = format!(
            "the amendment of version {} is gone from the contract, or reads differently",
            gone.version
        );
        say(&format!("amendment {}", gone.version), message);
    }
    let newest = fresh(Some(before), after)
        .map(|amendment| amendment.version)
        .max();
    let least = newest.unwrap_or(before.version).max(before.version);
    if after.version < least || newest.is_some_and(|newest| newest <= before.version) {
        let message = format!(
            "the version went from {} to {}, which is no version for what was recorded",
            before.version, after.version
        );
        say("version", message);
    }
    found
}

/// Amendments of the branch that name what did not happen since its base. A step of several is no such thing: then
/// something else of the same subject is accepted.
fn unused(before: Option<&Contract>, after: &Contract, findings: &[Finding]) -> Vec<Finding> {
    let happened = |entry: &String| {
        findings.iter().any(|finding| {
            let named = finding.amendment();
            named == *entry
                || finding.accepted.is_some()
                    && entry.split(' ').nth(1) == Some(finding.subject.as_str())
        })
    };
    let of_gate = |entry: &&String| {
        ["gate-loosened ", "contract-"]
            .iter()
            .any(|start| entry.starts_with(start))
    };
    let named = fresh(before, after).flat_map(|amendment| &amendment.findings);
    named
        .filter(|entry| !of_gate(entry) && !happened(entry))
        .map(|entry| {
            let message =
                format!("an amendment accepts what did not happen since the base: {entry}");
            let mut finding = Finding::new(
                "amendment-unused",
                after.name.clone(),
                entry.clone(),
                message,
            );
            finding.new = Some(at(&after.path, 1));
            finding.help = "take the entry out of the contract, or leave it as history".to_owned();
            finding
        })
        .collect()
}

fn removed(before: &Contract) -> Finding {
    let message = format!("the contract {} was deleted", before.path);
    let mut finding = Finding::new("contract-removed", before.name.clone(), "", message);
    finding.level = Level::Error;
    finding.old = Some(Side {
        origin: Origin::Before,
        ..at(&before.path, 1)
    });
    finding.help = "take it back from the base".to_owned();
    finding
}

fn at(path: &str, line: u32) -> Side {
    Side {
        origin: Origin::Contract,
        place: Place::point(path, line, 1),
        signature: None,
        mark: None,
    }
}

/// What the branch took away from the gate, as findings. `file` is the configuration's path in the project, and
/// `amendments` are all that are new.
pub fn gate(loosened: &[Loosened], file: &str, amendments: &[&Amendment]) -> Vec<Finding> {
    loosened
        .iter()
        .map(|loosened| {
            let mut finding = Finding::new(
                "gate-loosened",
                loosened.key.clone(),
                loosened.item.clone(),
                loosened.message.clone(),
            );
            finding.level = Level::Error;
            finding.interface.clone_from(&loosened.interface);
            finding.new = Some(at(file, loosened.line));
            finding.help = "take it back, or accept it with a reason".to_owned();
            finding.accepted = accepted_by(&finding, amendments);
            finding
        })
        .collect()
}

/// The reason of an amendment in any contract: what concerns the gate may have none of its own left.
pub fn accepted_by(finding: &Finding, amendments: &[&Amendment]) -> Option<String> {
    let named = finding.amendment();
    amendments
        .iter()
        .find(|amendment| amendment.findings.contains(&named))
        .map(|amendment| amendment.reason.clone())
}
