//! `cogate diff OLD NEW [PATH..]`: two trees against each other; no configuration is needed.

use super::project::{tell, tell_missing};
use super::{Failure, Outcome, Shell};
use crate::cli::Diff;
use crate::finding::Level;
use crate::provider::{self, Provider, TreeTexts};
use crate::report::{self, Report, Summary};
use crate::source::{Options, Tree};

/// Compares, and reports.
pub(super) fn run(shell: &Shell, args: &Diff) -> Result<Outcome, Failure> {
    let options = Options {
        root: args.root.iter().cloned().collect(),
        ..Options::default()
    };
    let open = |spec: &str| Tree::open(spec, args.repo.as_deref(), &options).map_err(Failure::from);
    let (old_tree, new_tree) = (open(&args.old)?, open(&args.new)?);
    if old_tree.same_place(&new_tree) {
        shell.warn(&format!(
            "old and new are the same place: {}",
            new_tree.label()
        ));
    }
    let provider = |tree| Provider::new(tree).with_features(&args.features);
    let (old, new) = (provider(&old_tree), provider(&new_tree));
    for provider in [&old, &new] {
        if !provider.has_sources() {
            return Err(Failure::new(format!("{} holds no Python and no Rust source", provider.tree().label()))
                .help("tests and vendored folders are left out; --root SUBDIR says where the sources start"));
        }
    }
    let diffed = provider::diff(&old, &new, &args.paths);
    tell(shell, &diffed.troubles);
    tell_missing(shell, &diffed.missing, "either tree");
    for problem in old_tree.problems().iter().chain(new_tree.problems()) {
        shell.error(&problem.to_string(), None);
    }
    for sentence in &diffed.left_out {
        shell.detail(sentence);
    }
    let incomplete = !diffed.troubles.is_empty()
        || !diffed.missing.is_empty()
        || !old_tree.problems().is_empty()
        || !new_tree.problems().is_empty();
    let errors = diffed
        .findings
        .iter()
        .any(|finding| finding.level == Level::Error);
    let report = Report {
        command: "diff",
        findings: &diffed.findings,
        summary: Summary::of(&diffed.findings, 0, diffed.members),
        interfaces: &[],
        incomplete,
        next: None,
        verbose: shell.verbose,
        quiet: shell.quiet,
    };
    let mut out = shell.output();
    out.push(&report::render(
        &report,
        shell.format,
        &TreeTexts::new(&new_tree, Some(&old_tree)),
        shell.look(),
    ));
    out.finish()?;
    Ok(Outcome {
        findings: errors,
        incomplete,
    })
}
