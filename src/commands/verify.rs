//! `cogate verify [CONSUMER..]`: implementers and consumers against a provider, as they are now.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::project::{self, Project, tell, tell_missing};
use super::{Failure, Outcome, Shell};
use crate::cli::Verify;
use crate::config::Config;
use crate::finding::{self, Finding, Level};
use crate::interface::rust;
use crate::propose;
use crate::provider::{Provider, TreeTexts, is_rust_path};
use crate::python::Receivers;
use crate::report::{self, InterfaceVerdict, Report, Summary};
use crate::rules::apply_levels;
use crate::source::{Options, Tree};
use crate::verify::{self, Asked, Verified};

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
    let opened: Vec<Tree> = args
        .provider
        .iter()
        .map(|spec| Tree::open(spec, args.repo.as_deref(), &options))
        .collect::<Result<_, _>>()?;
    let providers: Vec<&Tree> = match &project {
        Some(project) => vec![&project.tree],
        None => opened.iter().collect(),
    };
    let consumers: Vec<(String, Tree)> = args
        .consumers
        .iter()
        .map(|spec| consumer(&config, spec, args.repo.as_deref()))
        .collect::<Result<_, _>>()?;
    let mut run = Run::default();
    for tree in &providers {
        let provider = Provider::new(tree);
        with_sources(&provider)?;
        for problem in tree.problems() {
            shell.error(&problem.to_string(), None);
            run.incomplete = true;
        }
        if consumers.is_empty() {
            let asked = Asked {
                bases: bases(&config, &provider),
                exact: args.exact,
                heirs: None,
            };
            let name = (providers.len() > 1).then(|| shown(tree));
            run.interfaces += asked.bases.len();
            let verified = verify::implementers(provider.python(), &asked);
            run.take(shell, &config, name, verified);
        }
        for (name, files) in &consumers {
            let verified = verify::consumer(name, *tree, files, &config, args.exact);
            let name = if providers.len() > 1 {
                format!("{name} with {}", shown(tree))
            } else {
                name.clone()
            };
            run.take(shell, &config, Some(name), verified);
        }
    }
    for (_, files) in &consumers {
        for problem in files.problems() {
            shell.error(&problem.to_string(), None);
            run.incomplete = true;
        }
    }
    // Files of several providers go by one name: their text is not shown rather than mistaken.
    let mut texts = match providers.as_slice() {
        [one] => TreeTexts::new(one, None),
        _ => TreeTexts::default(),
    };
    for (name, files) in &consumers {
        texts.add_consumer(name, files);
    }
    run.report(shell, &texts)
}

/// What was found so far.
#[derive(Default)]
struct Run {
    findings: Vec<Finding>,
    verdicts: Vec<InterfaceVerdict>,
    interfaces: usize,
    members: usize,
    incomplete: bool,
}

impl Run {
    /// Adds what came of one consumer, or of the implementers of one tree, against one provider.
    fn take(
        &mut self,
        shell: &Shell,
        config: &Config,
        name: Option<String>,
        mut verified: Verified,
    ) {
        apply_levels(&mut verified.findings, config);
        tell(shell, &verified.troubles);
        tell_missing(shell, &verified.missing, "the source");
        let whole = verified.troubles.is_empty() && verified.missing.is_empty();
        self.incomplete |= !whole;
        self.members += verified.members;
        if let Some(name) = name {
            let loud = verified
                .findings
                .iter()
                .filter(|finding| finding.level > Level::Note);
            let breaks: BTreeSet<_> = loud.flat_map(Finding::breaks).collect();
            self.verdicts.push(InterfaceVerdict {
                breaks: breaks.into_iter().collect(),
                held: !fails(&verified.findings),
                note: (!whole).then(|| "as far as it could be read".to_owned()),
                name: name.clone(),
                ..InterfaceVerdict::default()
            });
            for finding in &mut verified.findings {
                finding.interface = Some(name.clone());
            }
        }
        self.findings.extend(verified.findings);
    }

    fn report(mut self, shell: &Shell, texts: &TreeTexts<'_>) -> Result<Outcome, Failure> {
        finding::sort(&mut self.findings);
        let outcome = Outcome {
            findings: fails(&self.findings),
            incomplete: self.incomplete,
        };
        let interfaces = self.interfaces.max(self.verdicts.len());
        let report = Report {
            command: "verify",
            findings: &self.findings,
            summary: Summary::of(&self.findings, interfaces, self.members),
            interfaces: &self.verdicts,
            incomplete: outcome.incomplete,
            next: None,
            verbose: shell.verbose,
            quiet: shell.quiet,
        };
        let mut out = shell.output();
        out.push(&report::render(&report, shell.format, texts, shell.look()));
        out.finish()?;
        Ok(outcome)
    }
}

fn fails(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.level == Level::Error)
}

fn with_sources(provider: &Provider<'_>) -> Result<(), Failure> {
    if provider.has_sources() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} holds no Python and no Rust source",
        provider.tree().label()
    ))
    .help("tests and vendored folders are left out; --root SUBDIR says where the sources start"))
}

/// A consumer by its name in the configuration, or by where it is.
fn consumer(config: &Config, spec: &str, repo: Option<&Path>) -> Result<(String, Tree), Failure> {
    let options = Options::default();
    let (name, tree) = match config.consumers.get(spec) {
        Some(source) => {
            let path: PathBuf = config.root_dir.join(&source.path);
            let tree = Tree::open(&path.to_string_lossy(), None, &options)?;
            (spec.to_owned(), tree)
        }
        None => (name_of(spec), Tree::open(spec, repo, &options)?),
    };
    let provider = Provider::new(&tree);
    with_sources(&provider)?;
    Ok((name, tree))
}

/// What a consumer is called that the configuration does not name: its folder, or its archive without version.
fn name_of(spec: &str) -> String {
    let path = Path::new(spec);
    let last = match path.canonicalize() {
        Ok(whole) => whole
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
        Err(_) => None,
    };
    let last = last.unwrap_or_else(|| spec.to_owned());
    if path.is_dir() {
        return last;
    }
    let stem = last.split(".tar").next().unwrap_or(&last);
    let parts: Vec<&str> = stem.split('-').collect();
    let named = parts
        .iter()
        .take_while(|part| !part.starts_with(|first: char| first.is_ascii_digit()));
    let name: Vec<&str> = named.copied().collect();
    if name.is_empty() {
        stem.to_owned()
    } else {
        name.join("-")
    }
}

/// A provider's name in a matrix: its last part.
fn shown(tree: &Tree) -> String {
    let label = tree.label();
    let last = label.trim_end_matches('/').rsplit('/').next();
    last.unwrap_or(label).to_owned()
}

/// The classes of the configuration with their receivers; without one, what looks like an interface.
fn bases(config: &Config, provider: &Provider<'_>) -> Vec<(BTreeSet<String>, Receivers)> {
    let python_paths = |members: &[String]| -> BTreeSet<String> {
        let of_python = members.iter().filter(|path| !is_rust_path(path));
        of_python.cloned().collect()
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
    propose::interfaces(&everything, &receivers, &rust::Interface::default())
        .into_iter()
        .map(|proposal| (proposal.members, Receivers::Infer))
        .collect()
}
