//! `cogate man`: the manual page, made from the command line's definition; every command has its own section.

use std::io;

use clap::CommandFactory as _;
use clap_mangen::Man;

use super::{Failure, Outcome, Shell};
use crate::cli::Cli;

/// Prints it.
pub(super) fn run(shell: &Shell) -> Result<Outcome, Failure> {
    let text = page().map_err(|error| Failure::io("cannot make the manual page", &error))?;
    let mut out = shell.output();
    out.push(&String::from_utf8_lossy(&text));
    out.finish()?;
    Ok(Outcome::HOLDS)
}

/// The page of the program, followed by what each command does and takes. One page: `man` looks for pages of
/// commands by file name, and there is one file.
fn page() -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let mut text = Vec::new();
    let man = Man::new(command.clone());
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    for subcommand in command.get_subcommands() {
        // Global options were said once.
        let own = subcommand.clone().mut_args(|arg| {
            if arg.is_global_set() {
                arg.hide(true)
            } else {
                arg
            }
        });
        let heading = format!(".SH \"COGATE {}\"\n", own.get_name().to_uppercase());
        text.extend_from_slice(heading.as_bytes());
        let man = Man::new(own);
        for render in [
            Man::render_synopsis_section,
            Man::render_description_section,
            Man::render_options_section,
        ] {
            let mut section = Vec::new();
            render(&man, &mut section)?;
            // One level down: sections of a command are parts of its section.
            let section = String::from_utf8_lossy(&section).replace(".SH ", ".SS ");
            text.extend_from_slice(section.as_bytes());
        }
        examples(&mut text, subcommand);
    }
    text.extend_from_slice(b".SH \"FIRST STEPS AND EXIT STATUS\"\n");
    examples(&mut text, &command);
    man.render_version_section(&mut text)?;
    Ok(text)
}

/// The text after a command's help, line by line: the generator's own section would fill examples into paragraphs.
fn examples(text: &mut Vec<u8>, command: &clap::Command) {
    let Some(help) = command.get_after_help() else {
        return;
    };
    text.extend_from_slice(b".PP\n.nf\n");
    let mut filled = false;
    for line in help.to_string().lines() {
        // Prose is one long line each; only what is indented, and what heads it, keeps its shape.
        let prose = line.len() > 78 && !line.starts_with(' ');
        if prose != filled {
            text.extend_from_slice(if prose { b".fi\n" } else { b".nf\n" });
            filled = prose;
        }
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // A line that starts with a dot or a quote would be a request.
        if line.starts_with(['.', '\'']) {
            text.extend_from_slice(b"\\&");
        }
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    if !filled {
        text.extend_from_slice(b".fi\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_section() {
        let text = String::from_utf8(page().expect("a page")).expect("text");
        for command in Cli::command().get_subcommands() {
            let heading = format!(".SH \"COGATE {}\"", command.get_name().to_uppercase());
            assert!(text.contains(&heading), "{heading} in {text}");
        }
        let described = ".TP\n\\fB\\-\\-exit\\-zero\\fR";
        assert_eq!(text.matches(described).count(), 1, "{text}");
        assert!(text.contains("\n  cogate diff HEAD~1 HEAD\n"), "{text}");
    }
}
