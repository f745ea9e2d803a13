//! The command line: what can be typed, and the help that teaches it. It holds no defaults that configuration could
//! change, and does nothing by itself.

use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::Format;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Says in the commit that does it when a change breaks somebody
///
/// A change breaks somebody when the provider provides less (its callers notice) or requires more (its implementers
/// notice). cogate records what an interface provides and requires as a contract, and tells a break from a harmless
/// change for each of these roles.
#[derive(Debug, Parser)]
#[command(
    name = "cogate",
    version,
    styles = STYLES,
    max_term_width = 100,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
First steps:
  cogate init                     propose interfaces, write cogate.toml and the first contracts
  cogate check                    compare the working tree with the contracts
  cogate diff v1.0 v2.0           compare two revisions, directories or archives; needs no setup

Exit status: 0 the contracts hold, 1 something breaks that nobody accepted, 2 something that was asked could not \
be checked."
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// How results are written: full, concise, json, sarif, github, gitlab, junit or markdown; html for log
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "FORMAT"
    )]
    pub format: Format,
    /// Write results to a file, whole or not at all, instead of standard output
    #[arg(long, short, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// When to use colours: auto (on a terminal, unless NO_COLOR is set), always or never
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "WHEN"
    )]
    pub color: Color,
    /// Say less: findings only; twice, no notices on standard error either
    #[arg(long, short, global = true, action = clap::ArgAction::Count, conflicts_with = "verbose")]
    pub quiet: u8,
    /// Say more: notes, all evidence, and what is being done
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// The configuration file, instead of the one found from here upwards
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Exit 0 even if something breaks; what could not be checked still exits 2
    #[arg(long, global = true)]
    pub exit_zero: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find candidate interfaces, write cogate.toml and the first contracts
    #[command(after_help = "\
Candidates are classes that others subclass, abstract classes, traits with several impls, and classes full of \
NotImplementedError. Nothing that exists is overwritten.

Examples:
  cogate init                     in the root of the provider
  git add cogate.toml contracts   then read them, and keep what you mean to promise")]
    Init(Init),
    /// Write contracts from the source; refuse to bury a break without a reason
    #[command(after_help = "\
Growth bumps the minor version of a contract. A break needs a reason, bumps the major version, and is kept in the \
contract as an amendment.

Examples:
  cogate snapshot                 all interfaces
  cogate snapshot driver          one of them
  cogate snapshot driver --accept 'destroy() loses migrate_data: no driver reads it'
  cogate snapshot --accept 'spawn() is new' --only pkg.driver.Driver.spawn")]
    Snapshot(Snapshot),
    /// Walk through the pending breaks one by one: accept with a reason, reject or skip
    #[command(after_help = "\
It asks in a terminal, and writes nothing before the last answer. Elsewhere it refuses, and names what does the same.

Examples:
  cogate review                   everything that check would stop at
  cogate review driver            one interface")]
    Review(Review),
    /// Compare the source with the contracts: who breaks?
    #[command(after_help = "\
Examples:
  cogate check                    the working tree against all contracts
  cogate check driver             against one
  cogate check --staged           what the next commit would hold
  cogate check --base main        what this branch did, whatever it did to its contracts
  cogate check --format concise   path:line:col: error[rule]: message")]
    Check(Check),
    /// Compare two trees: directories, archives or git revisions
    #[command(after_help = "\
A TREE is a directory, an archive (.whl .zip .tar.gz .tgz .crate) or a git revision, which is never checked out. What \
exists as a path is a path; git:REV forces a revision.

Examples:
  cogate diff HEAD~1 HEAD
  cogate diff v1.0 v2.0 nova.virt.driver.ComputeDriver --repo ../nova
  cogate diff nova-33.0.0-py3-none-any.whl nova-34.0.0-py3-none-any.whl nova.virt
  cogate diff hypervisor-1.0.0.crate . ::driver::ComputeDriver")]
    Diff(Diff),
    /// Check implementers and consumers against a provider: do they fit?
    #[command(after_help = "\
Without CONSUMER: every class of the provider's own tree that implements an interface. With CONSUMER: every import, \
attribute, call and override that leads into the provider, private ones too. A CONSUMER is a name of [consumers], a \
directory or an archive. Needs no configuration with --provider.

Examples:
  cogate verify                   the implementers in this tree
  cogate verify --exact           their public signatures must equal those of the base
  cogate verify ironic            a consumer of cogate.toml against this tree
  cogate verify . --provider nova-34.0.0-py3-none-any.whl
  cogate verify nova_bhyve.whl --provider nova-33.whl --provider nova-34.whl")]
    Verify(Verify),
    /// Tell how an interface changed, commit by commit
    #[command(after_help = "\
Every commit that changed something is told with what changed for whom, and with the version that it would have meant. \
Renamed files are followed. Only definitions and their bases are compared, not the calls that the provider makes. What \
cannot be read in an old commit is told, and fails nothing.

Examples:
  cogate log                      all interfaces of the configuration
  cogate log driver --since v2.0  one of them, from a revision on
  cogate log nova.virt.driver.ComputeDriver --repo ../nova
  cogate log --format html --output history.html
  cogate log --amendments --format markdown       accepted breaks, for release notes")]
    Log(Log),
    /// List every rule with its language, default level and summary
    #[command(after_help = "\
Examples:
  cogate rules
  cogate rules --format json      for programs
  cogate explain parameter-removed")]
    Rules,
    /// Explain a rule, with an example before and after
    #[command(after_help = "\
Examples:
  cogate explain parameter-removed
  cogate rules                    lists what can be explained")]
    Explain(Explain),
    /// Print shell completions
    #[command(after_help = "\
Examples:
  cogate completions bash > ~/.local/share/bash-completion/completions/cogate
  cogate completions zsh > ~/.zfunc/_cogate
  cogate completions fish > ~/.config/fish/completions/cogate.fish")]
    Completions(Completions),
    /// Print the manual page
    #[command(after_help = "\
Examples:
  cogate man | man -l -
  cogate man > ~/.local/share/man/man1/cogate.1")]
    Man,
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// Where the sources start inside the tree
    #[arg(long, value_name = "SUBDIR")]
    pub root: Option<String>,
}

/// `snapshot`
#[derive(Debug, Args)]
pub struct Snapshot {
    /// Interfaces by name; all of them if none is given
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Accept the pending breaks, and keep this reason in the contract
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub accept: Option<String>,
    /// Accept the breaks of this path only, and leave the others pending; may be repeated
    #[arg(long, value_name = "SUBJECT", requires = "accept")]
    pub only: Vec<String>,
    /// Accept what `check --base REV` complains of, a loosened gate included
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
}

/// `review`
#[derive(Debug, Args)]
pub struct Review {
    /// Interfaces by name; all of them if none is given
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// Interfaces by name; all of them if none is given
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Judge what the git index holds, not the working tree
    #[arg(long)]
    pub staged: bool,
    /// Judge what the branch did since it left REV, source against source; the base's configuration decides
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Print the configuration that is in force and where each part comes from, and check nothing
    #[arg(long)]
    pub show_config: bool,
    /// Fail if a contract is not exactly what snapshot would write, growth included
    #[arg(long)]
    pub locked: bool,
}

/// `diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// The tree as it was
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The tree as it is
    #[arg(value_name = "NEW")]
    pub new: String,
    /// What to compare: dotted.path (Python) or ::path (Rust) of a module, class or member; everything if none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// The repository in which revisions are looked up; a bare one works too
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// Where the sources start inside both trees
    #[arg(long, value_name = "SUBDIR")]
    pub root: Option<String>,
    /// Features of Rust crates that are on besides the default ones, separated by commas; `*` is all of them
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub features: Vec<String>,
}

/// `verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// Consumers: names of [consumers], directories or archives; the tree's own implementers if none is given
    #[arg(value_name = "CONSUMER")]
    pub consumers: Vec<String>,
    /// The provider, instead of the tree of the configuration; several make a matrix
    #[arg(long, value_name = "TREE")]
    pub provider: Vec<String>,
    /// Public signatures must equal those of the base (names, order, defaults), and there may be no other public methods
    #[arg(long)]
    pub exact: bool,
    /// The repository in which revisions are looked up; a bare one works too
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// Where the sources start inside the provider
    #[arg(long, value_name = "SUBDIR")]
    pub root: Option<String>,
}

/// `log`
#[derive(Debug, Args)]
pub struct Log {
    /// Interfaces by name, or paths as in `diff`; all interfaces if none is given
    #[arg(value_name = "NAME|PATH")]
    pub what: Vec<String>,
    /// The repository whose history is told; a bare one works too
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// Only what came after this revision
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// Only breaks that were accepted, with their reasons
    #[arg(long)]
    pub amendments: bool,
}

/// `explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The rule's id, as in `error[parameter-removed]`
    #[arg(value_name = "RULE")]
    pub rule: String,
}

/// `completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// A reason says something.
fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        Err("a reason cannot be empty: say why the break is acceptable".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_stand_anywhere() {
        for line in [
            "cogate --format json -v check",
            "cogate check --format json -v",
        ] {
            let cli = parse(line).expect(line);
            assert_eq!(cli.global.format, Format::Json);
            assert!(cli.global.verbose);
        }
    }

    #[test]
    fn a_wrong_line_exits_2_and_help_exits_0() {
        for line in [
            "cogate",
            "cogate nothing",
            "cogate check --format xml",
            "cogate diff one",
            "cogate check -q -v",
            "cogate snapshot --accept ",
        ] {
            assert_eq!(parse(line).expect_err(line).exit_code(), 2, "{line}");
        }
        let help = parse("cogate diff --help").expect_err("help");
        assert_eq!((help.kind(), help.exit_code()), (ErrorKind::DisplayHelp, 0));
    }

    #[test]
    fn every_command_teaches_by_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string);
            assert!(
                help.is_some_and(|text| text.contains("Examples:\n  ")),
                "{}",
                command.get_name()
            );
        }
    }
}
