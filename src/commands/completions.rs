//! `cogate completions SHELL`: completions for a shell, made from the command line's definition.

use clap::CommandFactory as _;

use super::{Failure, Outcome, Shell};
use crate::cli::{Cli, Completions};

/// Prints them.
pub(super) fn run(shell: &Shell, args: &Completions) -> Result<Outcome, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cogate", &mut text);
    let mut out = shell.output();
    out.push(&String::from_utf8_lossy(&text));
    out.finish()?;
    Ok(Outcome::HOLDS)
}
