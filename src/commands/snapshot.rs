//! `cogate snapshot [NAME..]`: writes contracts from the source, and refuses to bury a break without a reason.

use super::project::{MEND, Project, tell, tell_missing};
use super::{Failure, Outcome, Shell};
use crate::cli::Snapshot;
use crate::contract::{self, Contract};
use crate::finding::{self, Finding};
use crate::provider::{self, Provider, Snapped, TreeTexts};
use crate::report::{self, Report, Summary};

/// Writes all contracts, or none.
pub(super) fn run(shell: &Shell, args: &Snapshot) -> Result<Outcome, Failure> {
    let project = Project::on_disk(shell)?;
    let names = project.names(&args.names)?;
    project.with_provider(|provider| {
        write_all(shell, &project, provider, &names, args.accept.as_deref())
    })
}

/// Writes the contracts of these interfaces; also the end of `init`.
pub(super) fn write_all(
    shell: &Shell,
    project: &Project,
    provider: &Provider<'_>,
    names: &[String],
    reason: Option<&str>,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::HOLDS;
    let mut texts = TreeTexts::new(&project.tree, None);
    let mut refused: Vec<Finding> = Vec::new();
    let mut to_accept: Vec<&str> = Vec::new();
    let mut up_to_date: Vec<String> = Vec::new();
    let mut to_write: Vec<Planned> = Vec::new();
    for name in names {
        let known = match project.contract(name) {
            Ok(known) => known,
            Err(failure) => {
                outcome.incomplete |= shell.told(failure)?;
                continue;
            }
        };
        let snapped = match &known {
            Some((contract, text)) => {
                texts.add_contract(&contract.path, text);
                provider::snapshot(provider, &project.config, contract, reason)
            }
            None => Ok(provider::taken(provider, &project.config, name)),
        };
        match snapped {
            Ok(Snapped::New(contract)) => to_write.push(Planned { contract, known }),
            Ok(Snapped::Same(contract)) => {
                up_to_date.push(format!("{name} {} is up to date", contract.version));
            }
            Ok(Snapped::Refused(findings)) => {
                outcome.findings = true;
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
                "cogate snapshot {} --accept \"why this break is acceptable\"",
                to_accept.join(" ")
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
        shell.notice(&save(project, planned)?);
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
    known: Option<(Contract, String)>,
}

fn save(project: &Project, planned: &Planned) -> Result<String, Failure> {
    let Planned { contract, known } = planned;
    let before = known.as_ref().map(|(_, text)| text.as_str());
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
