//! `cogate review [NAME..]`: walks through the pending breaks one by one, with somebody who answers. It writes nothing
//! before the last answer.

use std::collections::BTreeMap;

use super::project::{MEND, Project, tell, tell_missing};
use super::snapshot::save;
use super::{Failure, Outcome, Shell};
use crate::cli::Review;
use crate::finding::{Finding, Level};
use crate::provider::{self, Accept, Provider, Snapped, TreeTexts};
use crate::report::{self, Format, Report, Summary};

/// Asks, and writes what was accepted.
pub(super) fn run(shell: &Shell, args: &Review) -> Result<Outcome, Failure> {
    if !shell.is_interactive() {
        return Err(
            Failure::new("review asks questions, and there is no terminal to answer at").help(
                "cogate check lists the breaks; cogate snapshot --accept REASON accepts them, with --only SUBJECT a part",
            ),
        );
    }
    let project = Project::on_disk(shell)?;
    let names = project.names(&args.names)?;
    project.with_provider(|provider| walk(shell, &project, provider, &names))
}

/// What somebody said of a break.
enum Answer {
    Accept(String),
    Leave,
    Quit,
}

fn walk(
    shell: &Shell,
    project: &Project,
    provider: &Provider<'_>,
    names: &[String],
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::HOLDS;
    let mut quit = false;
    for name in names {
        let Some((contract, text)) = project.contract(name)? else {
            shell.error(
                &format!("`{name}` has no contract yet"),
                Some(&format!("cogate snapshot {name}")),
            );
            outcome.incomplete = true;
            continue;
        };
        let mut texts = TreeTexts::new(&project.tree, None);
        texts.add_contract(&contract.path, &text);
        let checked = provider::check(provider, &project.config, name, &contract)
            .map_err(|message| Failure::new(message).help(MEND))?;
        tell(shell, &checked.troubles);
        tell_missing(shell, &checked.missing, "the source or the contract");
        let pending: Vec<Finding> = checked
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Error && finding.accepted.is_none())
            .cloned()
            .collect();
        let mut reasons: BTreeMap<String, String> = BTreeMap::new();
        for (at, finding) in pending.iter().enumerate() {
            if quit {
                break;
            }
            let place = format!("{name}: {} of {}", at + 1, pending.len());
            match ask(shell, finding, &place, &texts)? {
                Answer::Accept(reason) => {
                    reasons.insert(finding.amendment(), reason);
                }
                Answer::Leave => {}
                Answer::Quit => quit = true,
            }
        }
        outcome.findings |= reasons.len() < pending.len();
        if reasons.is_empty() {
            continue;
        }
        let accept = Accept {
            each: Some(&reasons),
            ..Accept::default()
        };
        match provider::snapshot(checked, &contract, accept) {
            Ok(Snapped::New(next, _)) => {
                shell.notice(&save(project, &next, Some(&(contract, text)))?);
            }
            Ok(Snapped::Incomplete { .. }) => outcome.incomplete = true,
            Ok(Snapped::Same(_) | Snapped::Refused(_)) => {}
            Err(message) => {
                shell.error(&message, Some(MEND));
                outcome.incomplete = true;
            }
        }
    }
    if !outcome.findings && !outcome.incomplete {
        shell.notice("nothing is pending");
    }
    Ok(outcome)
}

fn ask(
    shell: &Shell,
    finding: &Finding,
    place: &str,
    texts: &TreeTexts<'_>,
) -> Result<Answer, Failure> {
    let findings = std::slice::from_ref(finding);
    let report = Report {
        command: "review",
        findings,
        summary: Summary::of(findings, 0, 0),
        interfaces: &[],
        incomplete: false,
        next: None,
        verbose: shell.verbose,
        quiet: true,
    };
    let mut out = shell.output();
    out.push(&report::render(&report, Format::Full, texts, shell.look()));
    out.finish()?;
    loop {
        let question = format!("{place}: [a]ccept, [r]eject, [s]kip or [q]uit? ");
        // Whoever closes the terminal has answered enough.
        let Some(answer) = shell.ask(&question)? else {
            return Ok(Answer::Quit);
        };
        match answer.to_ascii_lowercase().as_str() {
            "a" | "accept" => match shell.ask("reason: ")? {
                None => return Ok(Answer::Quit),
                Some(reason) if reason.is_empty() => shell.notice("a reason says something"),
                Some(reason) => return Ok(Answer::Accept(reason)),
            },
            "r" | "reject" => {
                shell.notice(&finding.help);
                return Ok(Answer::Leave);
            }
            "s" | "skip" => return Ok(Answer::Leave),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => {}
        }
    }
}
