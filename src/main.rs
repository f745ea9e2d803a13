//! The program: reads the command line, runs the command, and turns its outcome into an exit code. Everything else
//! is in the library.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use cogate::cli::Cli;
use cogate::commands::{self, Failure};
use cogate::report::safe_lines;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match commands::run(&cli) {
        Ok(outcome) => ExitCode::from(outcome.code(cli.global.exit_zero)),
        Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Said { message, help }) => {
            commands::Shell::new(&cli.global).error(&message, help.as_deref());
            ExitCode::from(2)
        }
    }
}

/// Prints help, the version, or what is wrong with the command line.
fn usage(error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    let printed = match safe_lines(&text) {
        // What was typed may come from a script that somebody else feeds.
        Cow::Owned(harmless) => io::stderr().write_all(harmless.as_bytes()),
        Cow::Borrowed(_) => error.print().and_then(|()| io::stdout().flush()),
    };
    match printed {
        // Whoever asked for help has read enough of it.
        Err(closed) if closed.kind() == io::ErrorKind::BrokenPipe && !error.use_stderr() => {
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::from(2),
        Ok(()) => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)),
    }
}
