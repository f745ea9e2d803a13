//! `cogate explain RULE`: the rule's text, as it stands where it is piped, and with headings and code set apart on a
//! terminal. The text is the registry's.

use clap::builder::styling::{AnsiColor, Style};

use super::rules::Entry;
use super::{Failure, Outcome, Shell};
use crate::cli::Explain;
use crate::report::Format;
use crate::rules::{self, Rule};

/// Prints the text.
pub(super) fn run(shell: &Shell, args: &Explain) -> Result<Outcome, Failure> {
    let Some(rule) = rules::find(&args.rule) else {
        return Err(unknown(&args.rule, &rules::all()));
    };
    let text = match shell.format {
        Format::Json => {
            let mut entry = Entry::of(rule);
            entry.doc = Some(rule.doc);
            let text = serde_json::to_string_pretty(&entry)
                .map_err(|error| Failure::new(format!("cannot write JSON: {error}")))?;
            text + "\n"
        }
        Format::Full | Format::Markdown => {
            let styled = shell.look().colour && shell.format == Format::Full;
            if styled {
                for_terminal(rule.doc)
            } else {
                format!("{}\n", rule.doc.trim_end())
            }
        }
        _ => {
            return Err(Failure::new("a rule's text has no such format")
                .help("use --format full, markdown or json"));
        }
    };
    let mut out = shell.output();
    out.push(&text);
    out.finish()?;
    Ok(Outcome::HOLDS)
}

/// No such rule; names the one that was probably meant.
fn unknown(id: &str, rules: &[&Rule]) -> Failure {
    let ratio = |rule: &Rule| similar::TextDiff::from_chars(id, rule.id).ratio();
    let nearest = rules
        .iter()
        .map(|rule| (ratio(rule), rule.id))
        .filter(|(ratio, _)| *ratio >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    Failure::new(format!("there is no rule `{id}`")).help(match nearest {
        Some((_, nearest)) => format!("did you mean `{nearest}`? `cogate rules` lists them all"),
        None => "`cogate rules` lists them all".to_owned(),
    })
}

/// Light Markdown for a terminal: headings bold, fenced code indented, code words coloured.
fn for_terminal(doc: &str) -> String {
    let bold = Style::new().bold();
    let mut out = String::new();
    let mut code = false;
    for line in doc.trim_end().lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if code {
            out.push_str(format!("    {line}").trim_end());
            out.push('\n');
        } else if let Some(heading) = line
            .strip_prefix('#')
            .map(|rest| rest.trim_start_matches('#').trim())
        {
            out.push_str(&format!("{bold}{heading}{bold:#}\n"));
        } else {
            out.push_str(&words(line));
            out.push('\n');
        }
    }
    out
}

/// A line of prose with the words between backticks coloured.
fn words(line: &str) -> String {
    let cyan = AnsiColor::Cyan.on_default();
    let parts: Vec<&str> = line.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return line.to_owned();
    }
    parts
        .iter()
        .enumerate()
        .map(|(index, part)| {
            if index % 2 == 1 {
                format!("{cyan}{part}{cyan:#}")
            } else {
                (*part).to_owned()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Level;
    use crate::rules::Language;

    const RULE: Rule = Rule {
        id: "parameter-removed",
        language: Language::Python,
        at_most: Level::Error,
        doc: "",
    };

    fn help(failure: Failure) -> String {
        match failure {
            Failure::Said {
                help: Some(help), ..
            } => help,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_slip_gets_a_suggestion_and_a_guess_does_not() {
        let rules = [&RULE];
        assert!(help(unknown("paramter-removed", &rules)).contains("`parameter-removed`"));
        assert_eq!(
            help(unknown("xyz", &rules)),
            "`cogate rules` lists them all"
        );
    }

    #[test]
    fn headings_are_bold_and_code_is_indented() {
        let text = for_terminal(
            "# rule\n\nTakes `x` away.\n\n```python\ndef f(x):\n\n    # no heading\n```\n",
        );
        assert_eq!(
            text,
            "\x1b[1mrule\x1b[0m\n\nTakes \x1b[36mx\x1b[0m away.\n\n    def f(x):\n\n        # no heading\n"
        );
        assert_eq!(words("a ` b"), "a ` b");
    }
}
