//! `cogate check [NAME..]`: the source against its contracts, or against where the branch began.

use std::collections::BTreeSet;

use super::base::{Against, fails};
use super::project::{MEND, Project, tell, tell_missing};
use super::{Failure, Outcome, Shell, consumers};
use crate::cli::Check;
use crate::finding::{self, Finding, Level, Role};
use crate::provider::{self, Checked, Provider, TreeTexts};
use crate::python::Receivers;
use crate::report::{self, InterfaceVerdict, Report, Summary};
use crate::rules::apply_levels;
use crate::verify::Recorded;

/// Checks, and reports.
pub(super) fn run(shell: &Shell, args: &Check) -> Result<Outcome, Failure> {
    let project = if args.staged {
        Project::staged(shell)?
    } else {
        Project::on_disk(shell)?
    };
    let (project, against) = match &args.base {
        Some(revision) => Against::open(shell, project, revision)?,
        None => (project, None),
    };
    if args.show_config {
        let mut out = shell.output();
        out.push(&crate::config::show(&project.config));
        out.finish()?;
        return Ok(Outcome::HOLDS);
    }
    let names = project.names(&args.names)?;
    project
        .with_provider(|provider| check(shell, args, &project, provider, against.as_ref(), &names))
}

fn check(
    shell: &Shell,
    args: &Check,
    project: &Project,
    provider: &Provider<'_>,
    against: Option<&Against>,
    names: &[String],
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::HOLDS;
    let mut texts = TreeTexts::new(&project.tree, against.map(Against::tree));
    if against.is_some()
        && let Ok(text) = project.text(&project.config.file)
    {
        texts.add_contract(&project.config.file, &text);
    }
    let base = against.map(|against| (against, against.provider()));
    let (mut findings, mut interfaces, mut members): (Vec<Finding>, Vec<InterfaceVerdict>, usize) =
        Default::default();
    let mut next = None;
    let known_consumers = consumers::recorded(project)?;
    let recorded =
        Recorded::new(&known_consumers).map_err(|error| Failure::new(error).help(MEND))?;
    let mut said: BTreeSet<String> = BTreeSet::new();
    for name in names {
        let known = match project.contract(name) {
            Ok(known) => known,
            // One contract that cannot be read says nothing about the others.
            Err(failure) => {
                outcome.incomplete |= shell.told(failure)?;
                continue;
            }
        };
        let base = base.as_ref().filter(|(against, _)| against.knows(name));
        if known.is_none() && base.is_none() {
            shell.error(
                &format!(
                    "`{name}` has no contract yet: {} is not there",
                    project.config.contract_path(name)
                ),
                Some(&format!("cogate snapshot {name}")),
            );
            outcome.incomplete = true;
            continue;
        }
        if let Some((contract, text)) = &known {
            texts.add_contract(&contract.path, text);
        }
        let contract = known.as_ref().map(|(contract, _)| contract);
        let checked = match (base, contract) {
            (Some((against, base)), _) => {
                against.check(base, provider, &project.config, name, contract)
            }
            (None, Some(contract)) => provider::check(provider, &project.config, name, contract),
            (None, None) => continue,
        };
        let mut checked = match checked {
            Ok(checked) => checked,
            Err(message) => {
                shell.error(&message, Some(MEND));
                outcome.incomplete = true;
                continue;
            }
        };
        tell(shell, &checked.troubles);
        tell_missing(shell, &checked.missing, "the source or the contract");
        let whole = checked.troubles.is_empty() && checked.missing.is_empty();
        outcome.incomplete |= !whole;
        let receivers = project.config.interfaces.get(name);
        let receivers = receivers.map(|interface| interface.receivers.clone());
        let receivers = Receivers::Named(receivers.unwrap_or_default());
        recorded.attach(provider.python(), &receivers, &mut checked.findings);
        consumers::weigh(project, &mut checked.findings);
        said.extend(
            checked
                .findings
                .iter()
                .map(|finding| finding.subject.clone()),
        );
        outcome.findings |= fails(&checked.findings);
        if args.locked && !checked.drift.is_empty() {
            outcome.findings = true;
            shell.warn(&locked(name, &checked));
        }
        if next.is_none() && whole && !checked.drift.is_empty() {
            next = Some(next_command(name, &checked, args.base.as_deref()));
        }
        members += checked.members;
        interfaces.push(verdict(
            name,
            &contract.map_or_else(String::new, |contract| contract.version.to_string()),
            &checked,
            whole,
        ));
        findings.extend(checked.findings);
    }
    let mut lost = recorded.lost(provider.python(), &said);
    apply_levels(&mut lost, &project.config);
    outcome.findings |= fails(&lost);
    findings.extend(lost);
    for problem in project.tree.problems() {
        shell.warn(&problem.to_string());
    }
    let judged = interfaces.len();
    if let Some(against) = against {
        let gate = against.gate_for_all(&project.config);
        if fails(&gate) {
            outcome.findings = true;
            interfaces.push(InterfaceVerdict {
                name: "the gate".to_owned(),
                ..InterfaceVerdict::default()
            });
        }
        findings.extend(gate);
    }
    finding::sort(&mut findings);
    let report = Report {
        command: "check",
        findings: &findings,
        summary: Summary::of(&findings, judged, members),
        interfaces: &interfaces,
        incomplete: outcome.incomplete,
        next,
        verbose: shell.verbose,
        quiet: shell.quiet,
    };
    let mut out = shell.output();
    out.push(&report::render(&report, shell.format, &texts, shell.look()));
    out.finish()?;
    Ok(outcome)
}

fn locked(name: &str, checked: &Checked) -> String {
    let shown: Vec<String> = checked
        .drift
        .iter()
        .take(5)
        .map(|drift| format!("  {drift}"))
        .collect();
    let more = checked.drift.len().saturating_sub(shown.len());
    let more = if more > 0 {
        format!("\n  and {more} more")
    } else {
        String::new()
    };
    format!(
        "the contract `{name}` is not what the source says:\n{}{more}",
        shown.join("\n")
    )
}

fn next_command(name: &str, checked: &Checked, base: Option<&str>) -> String {
    let base = base.map_or_else(String::new, |base| format!(" --base {base}"));
    if fails(&checked.findings) {
        format!("cogate snapshot {name}{base} --accept \"...\"")
    } else {
        format!("cogate snapshot {name}")
    }
}

fn verdict(name: &str, version: &str, checked: &Checked, whole: bool) -> InterfaceVerdict {
    let heard = checked
        .findings
        .iter()
        .filter(|finding| finding.accepted.is_none() && finding.level > Level::Note);
    let mut breaks: Vec<Role> = heard.flat_map(Finding::breaks).collect();
    breaks.sort();
    breaks.dedup();
    InterfaceVerdict {
        name: name.to_owned(),
        version: version.to_owned(),
        breaks,
        held: !fails(&checked.findings),
        note: (!whole).then(|| "as far as it could be read".to_owned()),
        members: checked
            .fresh
            .tables
            .iter()
            .map(|table| table.path.clone())
            .collect(),
    }
}
