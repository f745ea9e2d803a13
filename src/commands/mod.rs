//! The verbs, one file each with one public function, and what they share: outcome, failure, output and notices.
//! There is no analysis here; a command asks the other rooms and hands the answer to a report.

mod base;
mod check;
mod completions;
mod consumers;
mod diff;
mod explain;
mod init;
mod log;
mod man;
mod output;
mod project;
mod review;
mod rules;
mod snapshot;
mod verify;

use std::fmt;
use std::io;

pub use output::{Output, Shell};

use crate::cli::{Cli, Command};
use crate::report::Format;

/// How a run came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Something fails the run: an error that nobody accepted, drift under `--locked`, a refused snapshot.
    pub findings: bool,
    /// Something that was asked could not be checked.
    pub incomplete: bool,
}

impl Outcome {
    /// Nothing to complain about.
    pub const HOLDS: Self = Self {
        findings: false,
        incomplete: false,
    };

    /// The exit code: 2 wins over 1, and `--exit-zero` forgives 1 only.
    pub fn code(self, exit_zero: bool) -> u8 {
        match (self.incomplete, self.findings) {
            (true, _) => 2,
            (false, true) if !exit_zero => 1,
            (false, _) => 0,
        }
    }
}

/// Why a command could not do what was asked; exit 2.
#[derive(Debug)]
pub enum Failure {
    /// Whoever reads the output has gone. That is no failure of ours: exit 0.
    Closed,
    /// A sentence, and what to do about it if that is known.
    Said {
        /// What went wrong.
        message: String,
        /// What to do.
        help: Option<String>,
    },
}

impl Failure {
    /// A failure with a sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Said {
            message: message.into(),
            help: None,
        }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn help(self, text: impl Into<String>) -> Self {
        match self {
            Self::Closed => Self::Closed,
            Self::Said { message, .. } => Self::Said {
                message,
                help: Some(text.into()),
            },
        }
    }

    /// An error of the system, with what was being done: `cannot write report.json`.
    pub fn io(doing: impl fmt::Display, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::new(format!("{doing}: {error}"))
        }
    }
}

impl From<crate::source::Error> for Failure {
    fn from(error: crate::source::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Runs the command.
///
/// # Errors
/// What kept the command from doing anything at all; a command that did part of its work says so in its outcome.
pub fn run(cli: &Cli) -> Result<Outcome, Failure> {
    let shell = Shell::new(&cli.global);
    if shell.format == Format::Html && !matches!(cli.command, Command::Log(_)) {
        return Err(Failure::new("only `log` draws a page")
            .help("use --format markdown, or another format of this command"));
    }
    match &cli.command {
        Command::Rules => rules::run(&shell),
        Command::Explain(args) => explain::run(&shell, args),
        Command::Completions(args) => completions::run(&shell, args),
        Command::Man => man::run(&shell),
        Command::Init(args) => init::run(&shell, args),
        Command::Snapshot(args) => snapshot::run(&shell, args),
        Command::Review(args) => review::run(&shell, args),
        Command::Check(args) => check::run(&shell, args),
        Command::Diff(args) => diff::run(&shell, args),
        Command::Verify(args) => verify::run(&shell, args),
        Command::Log(args) => log::run(&shell, args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_wins_over_one_and_is_never_forgiven() {
        let outcome = |findings, incomplete| Outcome {
            findings,
            incomplete,
        };
        for (findings, incomplete, exit_zero, code) in [
            (false, false, false, 0),
            (true, false, false, 1),
            (true, false, true, 0),
            (false, true, false, 2),
            (true, true, false, 2),
            (true, true, true, 2),
        ] {
            assert_eq!(outcome(findings, incomplete).code(exit_zero), code);
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let error = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(matches!(
            Failure::io("cannot write", &error).help("x"),
            Failure::Closed
        ));
    }
}
