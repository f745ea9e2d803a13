//! `cogate init`: proposes interfaces from what the tree shows, writes a commented `cogate.toml` and the first contracts.

use std::path::Path;

use super::project::Project;
use super::{Failure, Outcome, Shell, snapshot};
use crate::cli::Init;
use crate::config::{self, Proposed, Source};
use crate::contract;
use crate::propose;
use crate::provider::Provider;
use crate::source::{Options, Tree};

const FILE: &str = "cogate.toml";

/// Writes configuration and contracts; nothing that exists is overwritten.
pub(super) fn run(shell: &Shell, args: &Init) -> Result<Outcome, Failure> {
    let here = Path::new(".");
    if here.join(FILE).symlink_metadata().is_ok() {
        return Err(
            Failure::new(format!("{FILE} is there already, and is left as it is"))
                .help("cogate snapshot writes the contracts that it names"),
        );
    }
    let options = Options {
        root: args.root.iter().cloned().collect(),
        ..Options::default()
    };
    let tree = Tree::directory(here, &options)?;
    let provider = Provider::new(&tree);
    if !provider.has_sources() {
        return Err(
            Failure::new("there is no Python and no Rust source here").help(
                "run it at the top of the provider; --root SUBDIR says where the sources start",
            ),
        );
    }
    let everything = provider.python().everything();
    let receivers = provider.python().receivers(&everything);
    let proposals = propose::interfaces(&everything, &receivers, &provider.rust().whole());
    let proposed: Vec<Proposed> = proposals
        .into_iter()
        .map(|proposal| Proposed {
            name: proposal.name,
            members: proposal.members.into_iter().collect(),
            receivers: proposal.receivers.into_iter().collect(),
            audience: proposal.audience.into_iter().collect(),
            why: proposal.why,
        })
        .collect();
    let source = Source {
        root: options.root.clone(),
        ..Source::default()
    };
    let text = config::write_new(&proposed, &source);
    contract::save(here, FILE, &text).map_err(|error| Failure::new(error.to_string()))?;
    shell.notice(&format!(
        "{FILE} is new: {} proposed, read them and keep what you mean to promise",
        count(proposed.len())
    ));
    if proposed.is_empty() {
        return Ok(Outcome::HOLDS);
    }
    let project = Project::on_disk(shell)?;
    let names = project.names(&[])?;
    project.with_provider(|provider| {
        snapshot::write_all(
            shell,
            &project,
            provider,
            &names,
            &snapshot::Wish::default(),
        )
    })
}

fn count(number: usize) -> String {
    if number == 1 {
        "1 interface".to_owned()
    } else {
        format!("{number} interfaces")
    }
}
