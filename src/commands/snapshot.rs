//! `cogate snapshot [NAME..]`: writes contracts from the source, and refuses to bury a break without a reason.

use super::base::Against;
use super::project::{MEND, Project, tell, tell_missing};
use super::{Failure, Outcome, Shell, consumers};
use crate::cli::Snapshot;
use crate::contract::{self, Contract};
use crate::finding::{self, Finding};
use crate::provider::{self, Accept, Provider, Snapped, TreeTexts};
use crate::report::{self, Report, Summary};

/// Writes all contracts, or none.
pub(super) fn run(shell: &Shell, args: &Snapshot) -> Result<Outcome, Failure> {
    let project = Project::on_disk(shell)?;
    let (project, against) = match &args.base {
        Some(revision) => Against::open(shell, project, revision)?,
        None => (project, None),
    };
    let names = project.names(&args.names)?;
    let wish = Wish {
        accept: Accept {
            reason: args.accept.as_deref(),
            only: &args.only,
            each: None,
        },
        against: against.as_ref(),
        base: args.base.as_deref(),
    };
    project.with_provider(|provider| {
        let outcome = write_all(shell, &project, provider, &names, &wish)?;
        if outcome == Outcome::HOLDS && args.names.is_empty() {
            consumers::record(shell, &project, provider)?;
        }
        Ok(outcome)
    })
}

/// What of the pending breaks is to be accepted, and what counts as one.
#[derive(Default)]
pub(super) struct Wish<'a> {
    pub(super) accept: Accept<'a>,
    against: Option<&'a Against>,
    base: Option<&'a str>,
}

/// Writes the contracts of these interfaces; also the end of `init`.
pub(super) fn write_all(
    shell: &Shell,
    project: &Project,
    provider: &Provider<'_>,
    names: &[String],
    wish: &Wish<'_>,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::HOLDS;
    let mut texts = TreeTexts::new(&project.tree, wish.against.map(Against::tree));
    let base = wish.against.map(|against| (against, against.provider()));
    // What concerns no contract that is there goes to the first one that is.
    let mut for_all: Vec<Finding> = Vec::new();
    if let Some((against, base)) = &base {
        for_all.extend(against.gate_for_all(&project.config));
        for name in names.iter().filter(|name| against.is_dropped(name)) {
            let checked = against.check(base, provider, &project.config, name, None);
            let checked = checked.map_err(|message| Failure::new(message).help(MEND))?;
            let gate = ["gate-loosened", "contract-removed"];
            let of_gate = |finding: &Finding| gate.contains(&finding.rule);
            for_all.extend(checked.findings.into_iter().filter(of_gate));
        }
    }
    let mut refused: Vec<Finding> = Vec::new();
    let mut to_accept: Vec<&str> = Vec::new();
    let mut up_to_date: Vec<String> = Vec::new();
    let mut to_write: Vec<Planned> = Vec::new();
    for name in names {
        let of_base = base.as_ref().filter(|(against, _)| against.knows(name));
        if of_base.is_some_and(|(against, _)| against.is_dropped(name)) {
            continue;
        }
        let known = match project.contract(name) {
            Ok(known) => known,
            Err(failure) => {
                outcome.incomplete |= shell.told(failure)?;
                continue;
            }
        };
        if let Some((contract, text)) = &known {
            texts.add_contract(&contract.path, text);
        }
        let contract = known.as_ref().map(|(contract, _)| contract);
        let checked = match (of_base, contract) {
            (Some((against, base)), _) => {
                let after = contract.or(against.contract(name));
                after.map(|after| {
                    let checked = against.check(base, provider, &project.config, name, contract);
                    (checked, after)
                })
            }
            (None, Some(contract)) => {
                let checked = provider::check(provider, &project.config, name, contract);
                Some((checked, contract))
            }
            (None, None) => None,
        };
        let snapped = match checked {
            None => Ok(provider::taken(provider, &project.config, name)),
            Some((Err(message), _)) => Err(message),
            Some((Ok(mut checked), contract)) => {
                checked.findings.append(&mut for_all);
                provider::snapshot(checked, contract, wish.accept)
            }
        };
        match snapped {
            Ok(Snapped::New(contract, pending)) => to_write.push(Planned {
                contract,
                pending,
                known,
            }),
            Ok(Snapped::Same(contract)) => {
                up_to_date.push(format!("{name} {} is up to date", contract.version));
            }
            Ok(Snapped::Refused(findings)) => {
                refused.extend(findings);
                to_accept.push(name);
            }
            Ok(Snapped::Incomplete { troubles, missing }) => {
                outcome.incomplete = true;
                tell(shell, &troubles);
                tell_missing(shell, &missing, "the source");
            }
            Err(message) => {
                shell.error(&message, Some(MEND));
                outcome.incomplete = true;
            }
        }
    }
    if !wish.accept.only.is_empty() && !outcome.incomplete {
        // Interfaces of which nothing was named stay as they are.
        if to_write.iter().all(|planned| !planned.accepts()) {
            return Err(named_nothing(wish.accept.only, &refused));
        }
        to_write.retain(Planned::accepts);
        refused.clear();
    }
    outcome.findings = !refused.is_empty();
    let mut out = shell.output();
    if !refused.is_empty() {
        finding::sort(&mut refused);
        let report = Report {
            command: "snapshot",
            findings: &refused,
            summary: Summary::of(&refused, names.len(), 0),
            interfaces: &[],
            incomplete: outcome.incomplete,
            next: Some(format!(
                "cogate snapshot {}{} --accept \"why this break is acceptable\"",
                to_accept.join(" "),
                wish.base
                    .map_or_else(String::new, |base| format!(" --base {base}")),
            )),
            verbose: shell.verbose,
            quiet: shell.quiet,
        };
        out.push(&report::render(&report, shell.format, &texts, shell.look()));
    }
    if outcome != Outcome::HOLDS {
        // All or nothing: half a snapshot would look like a whole one in review.
        if !to_write.is_empty() {
            let left = to_write
                .iter()
                .map(|planned| planned.contract.name.as_str());
            let left: Vec<&str> = left.collect();
            shell.warn(&format!("nothing is written, not even {}", left.join(", ")));
        }
        out.finish()?;
        return Ok(outcome);
    }
    for planned in &to_write {
        shell.notice(&save(project, &planned.contract, planned.known.as_ref())?);
        if !planned.pending.is_empty() {
            let count = planned.pending.len();
            let (breaks, are) = if count == 1 {
                ("break", "is")
            } else {
                ("breaks", "are")
            };
            let name = &planned.contract.name;
            shell.notice(&format!("{count} {breaks} of {name} {are} left as before"));
        }
    }
    for line in up_to_date {
        shell.notice(&line);
    }
    out.finish()?;
    Ok(outcome)
}

/// A contract that is written once it is sure that all are.
struct Planned {
    contract: Box<Contract>,
    pending: Vec<Finding>,
    known: Option<(Contract, String)>,
}

impl Planned {
    /// Whether a break is accepted by it.
    fn accepts(&self) -> bool {
        let before = self.known.as_ref().map(|(contract, _)| contract);
        before.is_some_and(|before| before.amendments.len() < self.contract.amendments.len())
    }
}

/// Nothing pending lies in any of these paths.
fn named_nothing(only: &[String], pending: &[Finding]) -> Failure {
    let mut subjects: Vec<&str> = pending
        .iter()
        .map(|finding| finding.subject.as_str())
        .collect();
    subjects.sort_unstable();
    subjects.dedup();
    let failure = Failure::new(format!("no pending break lies in {}", only.join(", ")));
    if subjects.is_empty() {
        failure.help("nothing is pending")
    } else {
        failure.help(format!("pending are {}", subjects.join(", ")))
    }
}

/// Writes a contract over the one that was known, and says so.
pub(super) fn save(
    project: &Project,
    contract: &Contract,
    known: Option<&(Contract, String)>,
) -> Result<String, Failure> {
    let before = known.map(|(_, text)| text.as_str());
    let text =
        contract::write(before, contract).map_err(|error| Failure::new(error.to_string()))?;
    contract::save(&project.config.root_dir, &contract.path, &text)
        .map_err(|error| Failure::new(error.to_string()))?;
    Ok(match known {
        None => format!(
            "{} {} is new: {}",
            contract.name, contract.version, contract.path
        ),
        Some((old, _)) if old.version == contract.version => {
            format!("{} {} is up to date", contract.name, contract.version)
        }
        Some((old, _)) => format!(
            "{} {} is now {}: {}",
            contract.name, old.version, contract.version, contract.path
        ),
    })
}
