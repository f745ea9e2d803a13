//! `cogate snapshot [NAME..]`: writes contracts from the source, and refuses to bury a break without a reason.

use super::project::{Project, tell, tell_missing};
use super::{Failure, Outcome, Shell};
use crate::cli::Snapshot;
use crate::contract::{self, Contract};
use crate::finding::Finding;
use crate::provider::{self, Provider, Snapped, TreeTexts};
use crate::report::{self, Report, Summary};

/// Writes what may be written.
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
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        let known = project.contract(name)?;
        let (snapped, before) = match &known {
            Some((contract, text)) => {
                texts.add_contract(&contract.path, text);
                let snapped = provider::snapshot(provider, &project.config, contract, reason)
                    .map_err(Failure::new)?;
                (snapped, Some((contract, text.as_str())))
            }
            None => (provider::taken(provider, &project.config, name), None),
        };
        match snapped {
            Snapped::New(contract) => lines.push(save(project, &contract, before)?),
            Snapped::Same(contract) => {
                lines.push(format!("{name} {} is up to date", contract.version))
            }
            Snapped::Refused(findings) => {
                outcome.findings = true;
                refused.extend(findings);
                to_accept.push(name);
            }
            Snapped::Incomplete { troubles, missing } => {
                outcome.incomplete = true;
                tell(shell, &troubles);
                tell_missing(shell, &missing, "the source");
                shell.warn(&format!("{name} is left as it was"));
            }
        }
    }
    let mut out = shell.output();
    if !refused.is_empty() {
        let report = Report {
            command: "snapshot",
            findings: &refused,
            summary: Summary::of(&refused, names.len(), 0),
            interfaces: &[],
            next: Some(format!(
                "cogate snapshot {} --accept \"why this break is acceptable\"",
                to_accept.join(" ")
            )),
            verbose: shell.verbose,
            quiet: shell.quiet,
        };
        out.push(&report::render(&report, shell.format, &texts, shell.look()));
    }
    for line in lines {
        shell.notice(&line);
    }
    out.finish()?;
    Ok(outcome)
}

fn save(
    project: &Project,
    contract: &Contract,
    before: Option<(&Contract, &str)>,
) -> Result<String, Failure> {
    let text = contract::write(before.map(|(_, text)| text), contract)
        .map_err(|error| Failure::new(error.to_string()))?;
    contract::save(&project.config.root_dir, &contract.path, &text)
        .map_err(|error| Failure::new(error.to_string()))?;
    Ok(match before {
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
