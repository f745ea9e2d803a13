//! Where a run speaks: results to standard output or a file, notices to standard error. Nothing else in the crate
//! writes to either. Results are collected and written at the end, so that a file is whole or not there at all.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use clap::builder::styling::{AnsiColor, Style};

use super::Failure;
use crate::cli::{Color, Global};
use crate::report::{Format, Look, safe, safe_lines};

/// Columns where the terminal does not say, or there is none.
const WIDTH: usize = 120;

/// What a command needs to know about the terminal and the global options.
#[derive(Debug)]
pub struct Shell {
    /// The format of results.
    pub format: Format,
    /// `-q`: findings only.
    pub quiet: bool,
    /// `-v`: everything.
    pub verbose: bool,
    /// `--config`.
    pub config: Option<PathBuf>,
    silent: bool,
    file: Option<PathBuf>,
    look: Look,
    stderr_colour: bool,
}

impl Shell {
    /// Looks at the options, the environment and the terminal.
    pub fn new(global: &Global) -> Self {
        let stdout = io::stdout();
        let terminal = global.output.is_none() && stdout.is_terminal();
        let width = if terminal {
            terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
        } else {
            None
        };
        let colour = |auto: bool| match global.color {
            Color::Auto => auto,
            Color::Always => true,
            Color::Never => false,
        };
        let wanted = |choice: ColorChoice| choice != ColorChoice::Never;
        Self {
            format: global.format,
            quiet: global.quiet > 0,
            verbose: global.verbose,
            config: global.config.clone(),
            silent: global.quiet > 1,
            file: global.output.clone(),
            look: Look {
                colour: colour(terminal && wanted(AutoStream::choice(&stdout))),
                width: width.unwrap_or(WIDTH).clamp(40, 200),
            },
            stderr_colour: colour(wanted(AutoStream::choice(&io::stderr()))),
        }
    }

    /// How results look.
    pub fn look(&self) -> Look {
        self.look
    }

    /// An empty result.
    pub fn output(&self) -> Output {
        Output {
            file: self.file.clone(),
            text: String::new(),
        }
    }

    /// Says what goes on, with `-v` only.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            self.say("", Style::new(), text);
        }
    }

    /// Says something that is good to know; not with `-q`.
    pub fn notice(&self, text: &str) {
        if !self.quiet {
            self.say("", Style::new(), text);
        }
    }

    /// Warns; only `-qq` keeps it back.
    pub fn warn(&self, text: &str) {
        if !self.silent {
            self.say("warning: ", AnsiColor::Yellow.on_default().bold(), text);
        }
    }

    /// Says what could not be checked while the run goes on. It is always said: the run exits 2.
    pub fn error(&self, text: &str, help: Option<&str>) {
        self.say("error: ", AnsiColor::BrightRed.on_default().bold(), text);
        if let Some(help) = help {
            self.say("help: ", AnsiColor::BrightCyan.on_default().bold(), help);
        }
    }

    /// Tells a failure that does not end the run. Gives back the one that does: nobody reads on.
    ///
    /// # Errors
    /// The reader has gone.
    pub fn told(&self, failure: Failure) -> Result<bool, Failure> {
        match failure {
            Failure::Closed => Err(Failure::Closed),
            Failure::Said { message, help } => {
                self.error(&message, help.as_deref());
                Ok(true)
            }
        }
    }

    /// Whether somebody can be asked.
    pub fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks, and gives the answer without blanks around it; none at the end of input.
    ///
    /// # Errors
    /// The terminal cannot be read.
    pub fn ask(&self, question: &str) -> Result<Option<String>, Failure> {
        let mut stderr = io::stderr().lock();
        let asked = write!(stderr, "{}", safe(question)).and_then(|()| stderr.flush());
        asked.map_err(|error| Failure::io("cannot ask", &error))?;
        let mut answer = String::new();
        let read = io::stdin().read_line(&mut answer);
        match read.map_err(|error| Failure::io("cannot read the answer", &error))? {
            0 => Ok(None),
            _ => Ok(Some(answer.trim().to_owned())),
        }
    }

    /// Shows how far something long has come, if somebody is there to see it.
    pub fn progress(&self, done: usize, all: usize) {
        const WIDTH: usize = 30;
        let mut stderr = io::stderr().lock();
        if self.quiet || all < 50 || !stderr.is_terminal() {
            return;
        }
        let filled = WIDTH * done / all;
        // The bar goes when the work is done.
        let _ = if done >= all {
            write!(stderr, "\r\x1b[K")
        } else {
            write!(
                stderr,
                "\r[{:<WIDTH$}] {done} of {all} commits",
                "=".repeat(filled)
            )
        };
        let _ = stderr.flush();
    }

    /// One line on standard error. A notice that nobody can read is lost, not an error.
    fn say(&self, label: &str, style: Style, text: &str) {
        let text = safe_lines(text);
        let mut stderr = io::stderr().lock();
        let _ = if self.stderr_colour && !label.is_empty() {
            writeln!(stderr, "{style}{label}{style:#}{text}")
        } else {
            writeln!(stderr, "{label}{text}")
        };
    }
}

/// Results on their way out. They are written by [`Output::finish`], and not at all if that is never called.
#[derive(Debug)]
#[must_use]
pub struct Output {
    file: Option<PathBuf>,
    text: String,
}

impl Output {
    /// Adds text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a line.
    pub fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Writes everything.
    ///
    /// # Errors
    /// The file cannot be written, or standard output is closed.
    pub fn finish(self) -> Result<(), Failure> {
        match &self.file {
            None => {
                let mut stdout = io::stdout().lock();
                stdout
                    .write_all(self.text.as_bytes())
                    .and_then(|()| stdout.flush())
                    .map_err(|error| Failure::io("cannot write to standard output", &error))
            }
            Some(path) => write_whole(path, self.text.as_bytes()).map_err(|error| {
                Failure::io(
                    format_args!("cannot write {}", safe(&path.to_string_lossy())),
                    &error,
                )
            }),
        }
    }
}

/// Writes a file through a temporary one beside it, so that nobody ever sees half of it. What is no regular file (a
/// pipe, `/dev/null`) is written to directly.
///
/// # Errors
/// Whatever the system says; the temporary file is gone then.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let existing = fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(|meta| !meta.is_file()) {
        return fs::OpenOptions::new()
            .write(true)
            .open(&target)?
            .write_all(bytes);
    }
    let name = target
        .file_name()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = target.with_file_name(temporary);
    let result = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            if let Some(meta) = existing {
                file.set_permissions(meta.permissions())?;
            }
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, &target));
    if let Err(error) = &result
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        // Nothing is left behind; that the removal fails too would tell nobody anything.
        let _ = fs::remove_file(&temporary);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("out.json");
        write_whole(&path, b"one").expect("written");
        write_whole(&path, b"two").expect("replaced");
        assert_eq!(fs::read(&path).expect("read"), b"two");
        assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(write_whole(dir.path(), b"x").is_err());
        assert!(write_whole(&dir.path().join("no/such/file"), b"x").is_err());
        assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let dir = tempfile::tempdir().expect("a directory");
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs::write(&file, "old").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        write_whole(&link, b"new").expect("written");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::read(&file).expect("read"), b"new");
        write_whole(Path::new("/dev/null"), b"x").expect("written");
    }
}
