//! The configuration that is in force, written out as one: what was said, and what is so because nothing was said. What
//! it writes can be read again.

use std::fmt::Write as _;

use crate::toml_text::{printable, quoted};

use super::{Config, FailOn, RuleSetting, Setting, Source};
use crate::finding::Level;

/// The configuration as TOML. Comments say where each part comes from.
pub fn show(config: &Config) -> String {
    let file = printable(&config.file);
    let mut out = format!("# {file}, and defaults where it says nothing\n\n[source]\n");
    let default = Source::default();
    let source = &config.source;
    let mut line = |key: &str, value: String, is_default: bool| {
        let mark = if is_default { "  # default" } else { "" };
        let _ = writeln!(out, "{key} = {value}{mark}");
    };
    line("root", list(&source.root), source.root == default.root);
    line(
        "exclude",
        list(&source.exclude),
        source.exclude == default.exclude,
    );
    line(
        "default-excludes",
        source.default_excludes.to_string(),
        source.default_excludes == default.default_excludes,
    );
    if let Some((major, minor)) = source.python {
        line("python", format!("\"{major}.{minor}\""), false);
    }
    line(
        "features",
        list(&source.features),
        source.features == default.features,
    );
    for (name, interface) in &config.interfaces {
        let _ = writeln!(
            out,
            "\n[interfaces.{}]  # {file}:{}\nmembers = [",
            quoted(name),
            interface.line
        );
        for member in &interface.members {
            let _ = writeln!(out, "  {},", quoted(member));
        }
        out.push_str("]\n");
        let mark = |is_default: bool| if is_default { "  # default" } else { "" };
        let _ = writeln!(
            out,
            "receivers = {}{}",
            list(&interface.receivers),
            mark(interface.receivers.is_empty())
        );
        let audience: Vec<String> = match &interface.audience {
            Some(roles) => roles.iter().map(|role| role.word().to_owned()).collect(),
            None => vec!["callers".to_owned(), "implementers".to_owned()],
        };
        let _ = writeln!(
            out,
            "audience = {}{}",
            list(&audience),
            mark(interface.audience.is_none())
        );
        if !interface.rules.is_empty() {
            let _ = writeln!(out, "\n[interfaces.{}.rules]", quoted(name));
            rules(&mut out, &interface.rules, &file);
        }
    }
    for (name, consumer) in &config.consumers {
        let _ = writeln!(
            out,
            "\n[consumers.{}]\npath = {}  # {file}:{}",
            quoted(name),
            quoted(&consumer.path),
            consumer.line
        );
    }
    if !config.arguments.is_empty() {
        out.push_str("\n[arguments]\n");
        for (name, path) in &config.arguments {
            let _ = writeln!(out, "{} = {}", quoted(name), quoted(path));
        }
    }
    if !config.rules.is_empty() {
        out.push_str("\n[rules]\n");
        rules(&mut out, &config.rules, &file);
    }
    let policy = super::Policy::default();
    let fail_on = match config.policy.fail_on {
        FailOn::Any => "any",
        FailOn::Consumers => "consumers",
    };
    let mark = |is_default: bool| if is_default { "  # default" } else { "" };
    let _ = writeln!(
        out,
        "\n[policy]\nfail-on = \"{fail_on}\"{}\ncontracts = {}{}",
        mark(config.policy.fail_on == policy.fail_on),
        quoted(&config.policy.contracts),
        mark(config.policy.contracts == policy.contracts)
    );
    out
}

fn rules(out: &mut String, rules: &std::collections::BTreeMap<String, RuleSetting>, file: &str) {
    for (rule, setting) in rules {
        let word = match setting.setting {
            Setting::Off => "off",
            Setting::Level(Level::Note) => "note",
            Setting::Level(Level::Warning) => "warning",
            Setting::Level(Level::Error) => "error",
        };
        let _ = writeln!(
            out,
            "{} = \"{word}\"  # {file}:{}",
            quoted(rule),
            setting.line
        );
    }
}

fn list(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", quoted.join(", "))
}
