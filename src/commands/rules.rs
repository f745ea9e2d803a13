//! `cogate rules`: every rule in one line, or as JSON. The texts are the registry's.

use serde::Serialize;

use super::{Failure, Outcome, Shell};
use crate::report::Format;
use crate::rules::{self, Language, Rule};

/// Prints the list.
pub(super) fn run(shell: &Shell) -> Result<Outcome, Failure> {
    let rules = rules::all();
    let text = match shell.format {
        Format::Json => json(&rules)?,
        Format::Full => columns(&rules),
        Format::Concise => rules.iter().map(|rule| format!("{}\n", rule.id)).collect(),
        _ => {
            return Err(Failure::new("the list of rules has no such format")
                .help("use --format full, concise or json"));
        }
    };
    let mut out = shell.output();
    out.push(&text);
    out.finish()?;
    Ok(Outcome::HOLDS)
}

pub(super) fn languages(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &["python"],
        Language::Rust => &["rust"],
        Language::Both | Language::Contract => &["python", "rust"],
    }
}

/// A rule in JSON, for `rules` and `explain`.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    id: &'a str,
    languages: &'a [&'a str],
    level: &'a str,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) doc: Option<&'a str>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(rule: &'a Rule) -> Self {
        Self {
            id: rule.id,
            languages: languages(rule.language),
            level: rule.at_most.word(),
            summary: rule.summary(),
            doc: None,
        }
    }
}

fn json(rules: &[&Rule]) -> Result<String, Failure> {
    let entries: Vec<Entry<'_>> = rules.iter().map(|rule| Entry::of(rule)).collect();
    let mut text = serde_json::to_string_pretty(&entries)
        .map_err(|error| Failure::new(format!("cannot write JSON: {error}")))?;
    text.push('\n');
    Ok(text)
}

fn columns(rules: &[&Rule]) -> String {
    let rows: Vec<[String; 4]> = rules
        .iter()
        .map(|rule| {
            [
                rule.id.to_owned(),
                languages(rule.language).join(", "),
                rule.at_most.word().to_owned(),
                rule.summary(),
            ]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (id, language, level) = (width(0), width(1), width(2));
    rows.iter()
        .map(|row| {
            format!(
                "{:id$}  {:language$}  {:level$}  {}\n",
                row[0], row[1], row[2], row[3]
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Level;

    const SHORT: Rule = Rule {
        id: "base-lost",
        language: Language::Both,
        at_most: Level::Warning,
        doc: "# base-lost\n\nA class has lost\na base.\n\nMore.",
    };
    const LONG: Rule = Rule {
        id: "parameter-removed",
        language: Language::Python,
        at_most: Level::Error,
        doc: "# parameter-removed\n\nA parameter is gone.",
    };

    #[test]
    fn columns_line_up() {
        assert_eq!(
            columns(&[&SHORT, &LONG]),
            "base-lost          python, rust  warning  A class has lost a base.\n\
             parameter-removed  python        error    A parameter is gone.\n"
        );
    }

    #[test]
    fn programs_get_fields() {
        let value: serde_json::Value =
            serde_json::from_str(&json(&[&SHORT]).expect("text")).expect("JSON");
        assert_eq!(
            value,
            serde_json::json!([{
                "id": "base-lost", "languages": ["python", "rust"], "level": "warning",
                "summary": "A class has lost a base."
            }])
        );
    }
}
