//! `cogate log [NAME|PATH..]`: how an interface changed, commit by commit. What an old commit holds never fails it.

use std::path::Path;

use super::{Failure, Outcome, Shell};
use crate::cli::Log;
use crate::compare::Audience;
use crate::config::{self, Config};
use crate::history::{self, Asked, Group};
use crate::report::{self, Format, Told};
use crate::source::git::Git;
use crate::source::{Options, Tree};

/// Reads the history, and tells it.
pub(super) fn run(shell: &Shell, args: &Log) -> Result<Outcome, Failure> {
    if !matches!(
        shell.format,
        Format::Full | Format::Concise | Format::Json | Format::Markdown | Format::Html
    ) {
        return Err(Failure::new("a history has no such format")
            .help("use --format full, concise, json, markdown or html"));
    }
    let known = configuration(shell, args)?;
    let place = known.as_ref().map(|config| config.root_dir.as_path());
    let git = Git::new(place.or(args.repo.as_deref()));
    let groups = groups(&args.what, known.as_ref())?;
    let prefix = if git.is_bare()? {
        String::new()
    } else {
        match &known {
            Some(_) => git.prefix()?,
            None => String::new(),
        }
    };
    let groups: Vec<Group> = groups
        .into_iter()
        .map(|group| Group {
            contract: group.contract.map(|path| {
                if prefix.is_empty() {
                    path
                } else {
                    format!("{prefix}/{path}")
                }
            }),
            ..group
        })
        .collect();
    let head = git.commit("HEAD")?;
    let since = match &args.since {
        Some(revision) => Some(git.commit(revision)?),
        None => None,
    };
    let options = Options {
        prefix: prefix.clone(),
        root: known
            .as_ref()
            .map(|config| config.source.root.clone())
            .unwrap_or_default(),
        ..Options::default()
    };
    let repo = place.or(args.repo.as_deref());
    let tree = Tree::revision(repo, head.as_str(), &options)?;
    let nothing = Config::default();
    let history = history::read(&Asked {
        git: &git,
        tree: &tree,
        head,
        since,
        prefix,
        groups: &groups,
        config: known.as_ref().unwrap_or(&nothing),
        progress: &|done, all| shell.progress(done, all),
    })?;
    for name in &history.missing {
        shell.error(
            &format!("`{name}` was never there, as far as this history goes"),
            Some("name a module, class or member by its path, such as pkg.module.Class or ::krate::Trait"),
        );
    }
    let told = Told {
        history: &history,
        amendments_only: args.amendments,
        verbose: shell.verbose,
        quiet: shell.quiet,
    };
    let mut out = shell.output();
    out.push(&report::render_log(&told, shell.format, shell.look()));
    out.finish()?;
    Ok(Outcome {
        findings: false,
        incomplete: !history.missing.is_empty(),
    })
}

/// The configuration that names interfaces; none is needed where only paths are named.
fn configuration(shell: &Shell, args: &Log) -> Result<Option<Config>, Failure> {
    let found = match (&shell.config, &args.repo) {
        (Some(file), _) => config::load(file),
        (None, Some(repo)) => config::find(repo),
        (None, None) => config::find(Path::new(".")),
    };
    match found {
        Ok(config) => Ok(Some(config)),
        Err(_) if shell.config.is_none() && !args.what.is_empty() && !args.amendments => Ok(None),
        Err(error) => Err(Failure::new(error.to_string())
            .help("or name what to look at: cogate log pkg.module.Class")),
    }
}

fn groups(what: &[String], config: Option<&Config>) -> Result<Vec<Group>, Failure> {
    let of_interface = |config: &Config, name: &str| {
        let interface = config.interfaces.get(name)?;
        Some(Group {
            name: name.to_owned(),
            members: interface.members.clone(),
            audience: interface
                .audience
                .clone()
                .map_or_else(Audience::both, Audience::Named),
            contract: Some(config.contract_path(name)),
        })
    };
    if what.is_empty() {
        let config = config.ok_or_else(|| Failure::new("nothing is named"))?;
        let groups: Vec<Group> = config
            .interfaces
            .keys()
            .filter_map(|name| of_interface(config, name))
            .collect();
        if groups.is_empty() {
            return Err(Failure::new(format!("{} names no interface", config.file)));
        }
        return Ok(groups);
    }
    Ok(what
        .iter()
        .map(|name| {
            config
                .and_then(|config| of_interface(config, name))
                .unwrap_or_else(|| Group {
                    name: name.clone(),
                    members: vec![name.clone()],
                    audience: Audience::both(),
                    contract: None,
                })
        })
        .collect())
}
