//! `cogate verify [CONSUMER..]`: implementers and consumers against a provider, as they are now.

use std::collections::BTreeSet;

use super::project::{self, Project, tell, tell_missing};
use super::{Failure, Outcome, Shell};
use crate::cli::Verify;
use crate::config::Config;
use crate::finding::Level;
use crate::propose;
use crate::provider::{Provider, TreeTexts};
use crate::python::Receivers;
use crate::report::{self, Report, Summary};
use crate::rules::apply_levels;
use crate::source::{Options, Tree};
use crate::verify::{self, Asked};

/// Verifies, and reports.
pub(super) fn run(shell: &Shell, args: &Verify) -> Result<Outcome, Failure> {
    let project = match args.provider.as_slice() {
        [] => Some(Project::on_disk(shell)?),
        _ => None,
    };
    let config = match &project {
        Some(project) => project.config.clone(),
        None => project::configured(shell)?.unwrap_or_default(),
    };
    let options = Options {
        root: args.root.iter().cloned().collect(),
        ..Options::default()
    };
    let mut outcome = Outcome::HOLDS;
    let opened: Vec<Tree> = args
        .provider
        .iter()
        .map(|spec| Tree::open(spec, args.repo.as_deref(), &options))
        .collect::<Result<_, _>>()?;
    let own: Vec<&Tree> = match &project {
        Some(project) if opened.is_empty() => vec![&project.tree],
        _ => opened.iter().collect(),
    };
    for tree in own {
        let one = in_tree(shell, args, &config, tree)?;
        outcome.findings |= one.findings;
        outcome.incomplete |= one.incomplete;
    }
    Ok(outcome)
}

/// The implementers that a tree itself has.
fn in_tree(shell: &Shell, args: &Verify, config: &Config, tree: &Tree) -> Result<Outcome, Failure> {
    let provider = Provider::new(tree);
    if !provider.has_sources() {
        return Err(Failure::new(format!(
            "{} holds no Python and no Rust source",
            tree.label()
        ))
        .help(
            "tests and vendored folders are left out; --root SUBDIR says where the sources start",
        ));
    }
    let asked = Asked {
        bases: bases(config, &provider),
        exact: args.exact,
        meant: &|_| true,
    };
    let interfaces = asked.bases.len();
    let mut verified = verify::implementers(provider.python(), &asked);
    apply_levels(&mut verified.findings, config);
    tell(shell, &verified.troubles);
    tell_missing(shell, &verified.missing, "the source");
    for problem in tree.problems() {
        shell.error(&problem.to_string(), None);
    }
    let outcome = Outcome {
        findings: verified
            .findings
            .iter()
            .any(|finding| finding.level == Level::Error),
        incomplete: !verified.troubles.is_empty()
            || !verified.missing.is_empty()
            || !tree.problems().is_empty(),
    };
    let report = Report {
        command: "verify",
        findings: &verified.findings,
        summary: Summary::of(&verified.findings, interfaces, verified.members),
        interfaces: &[],
        incomplete: outcome.incomplete,
        next: None,
        verbose: shell.verbose,
        quiet: shell.quiet,
    };
    let mut out = shell.output();
    out.push(&report::render(
        &report,
        shell.format,
        &TreeTexts::new(tree, None),
        shell.look(),
    ));
    out.finish()?;
    Ok(outcome)
}

/// The classes of the configuration with their receivers; without one, what looks like an interface.
fn bases(config: &Config, provider: &Provider<'_>) -> Vec<(BTreeSet<String>, Receivers)> {
    let python_paths = |members: &[String]| -> BTreeSet<String> {
        members
            .iter()
            .filter(|path| !crate::provider::is_rust_path(path))
            .cloned()
            .collect()
    };
    if !config.interfaces.is_empty() {
        return config
            .interfaces
            .values()
            .map(|interface| {
                let receivers = Receivers::Named(interface.receivers.clone());
                (python_paths(&interface.members), receivers)
            })
            .filter(|(members, _)| !members.is_empty())
            .collect();
    }
    let everything = provider.python().everything();
    let receivers = provider.python().receivers(&everything);
    propose::interfaces(
        &everything,
        &receivers,
        &crate::interface::rust::Interface::default(),
    )
    .into_iter()
    .map(|proposal| (proposal.members, Receivers::Infer))
    .collect()
}
