//! SARIF 2.1.0, for code scanning. Rules carry their documentation; an alert keeps its identity when lines move,
//! through fingerprints of our own.

use serde_json::{Value, json};

use super::{Fingerprints, Report, anchor, pretty, words};
use crate::finding::{Finding, Level, Origin};
use crate::interface::Place;
use crate::rules;

/// The whole log. Findings of a consumer's tree name that tree in their message only: its files are not here.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut ids: Vec<&str> = report.findings.iter().map(|finding| finding.rule).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut fingerprints = Fingerprints::new();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let index = ids.binary_search(&finding.rule).unwrap_or_default();
            result(finding, index, &fingerprints.of(finding))
        })
        .collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "cogate",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": ids.iter().map(|id| rule(id)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the checked tree."}}},
            "results": results,
        }],
    }))
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn rule(id: &str) -> Value {
    let Some(rule) = rules::find(id) else {
        return json!({"id": id});
    };
    let summary = rule.summary();
    json!({
        "id": id,
        "shortDescription": {"text": summary},
        "help": {"text": rule.doc, "markdown": rule.doc},
        "defaultConfiguration": {"level": level(rule.at_most)},
    })
}

fn result(finding: &Finding, rule_index: usize, fingerprint: &str) -> Value {
    let mut text = finding.message.clone();
    if let Some(breaks) = words::breaks(finding) {
        text.push_str(&format!("\n{breaks}"));
    }
    if !finding.help.is_empty() {
        text.push_str(&format!("\nhelp: {}", finding.help));
    }
    let place = anchor(finding);
    let mut location = json!({
        "logicalLocations": [{"fullyQualifiedName": finding.subject}],
    });
    if let Some(place) = place {
        location["physicalLocation"] = physical(place);
    }
    let mut value = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": level(finding.level),
        "message": {"text": message(&text)},
        "locations": [location],
        "partialFingerprints": {"cogate/v1": fingerprint},
    });
    let related = related(finding, place);
    if !related.is_empty() {
        value["relatedLocations"] = Value::Array(related);
    }
    if let Some(reason) = &finding.accepted {
        value["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": reason,
        }]);
    }
    value
}

/// What proves the finding, and the contract's line; each place once.
fn related(finding: &Finding, shown: Option<&Place>) -> Vec<Value> {
    let contract = finding
        .old
        .as_ref()
        .filter(|side| side.origin == Origin::Contract)
        .map(|side| (&side.place, words::told(finding)));
    let evidence = finding
        .evidence
        .iter()
        .filter(|evidence| matches!(evidence.origin, Origin::Provider | Origin::Contract))
        .map(|evidence| (&evidence.place, evidence.what.clone()));
    let mut places: Vec<(&Place, String)> = Vec::new();
    for (place, what) in evidence.chain(contract) {
        if Some(place) != shown && places.iter().all(|(other, _)| *other != place) {
            places.push((place, what));
        }
    }
    places
        .into_iter()
        .enumerate()
        .map(|(id, (place, what))| {
            json!({
                "id": id,
                "physicalLocation": physical(place),
                "message": {"text": message(&what)},
            })
        })
        .collect()
}

fn physical(place: &Place) -> Value {
    let mut region = json!({
        "startLine": place.line.max(1),
        "startColumn": place.column.max(1),
    });
    if (place.end_line, place.end_column) > (place.line, place.column) {
        region["endLine"] = json!(place.end_line);
        region["endColumn"] = json!(place.end_column.max(1));
    }
    json!({
        "artifactLocation": {"uri": uri(&place.path), "uriBaseId": "SRCROOT"},
        "region": region,
    })
}

/// In a SARIF message `{0}` is an argument, unless braces are doubled, and `[text](1)` a link; source has both. A
/// blank keeps the link apart, since not every viewer undoes a backslash.
fn message(text: &str) -> String {
    text.replace('{', "{{")
        .replace('}', "}}")
        .replace("](", "] (")
}

/// A relative path as a relative URI.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, report};
    use super::*;

    fn run(findings: &[Finding]) -> Value {
        let json: Value = serde_json::from_str(&render(&report(findings))).expect("JSON");
        json["runs"][0].clone()
    }

    #[test]
    fn a_result_points_at_source_and_contract() {
        let run = run(&[sample::parameter_passed(), sample::accepted()]);
        let first = &run["results"][0];
        assert_eq!(first["level"], "error");
        assert_eq!(
            run["tool"]["driver"]["rules"][first["ruleIndex"].as_u64().expect("an index") as usize]
                ["id"],
            "parameter-passed"
        );
        let physical = &first["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "nova/virt/driver.py");
        assert_eq!(physical["region"]["startLine"], 9);
        let related = first["relatedLocations"].as_array().expect("related");
        assert_eq!(related.len(), 2);
        assert_eq!(
            related[0]["physicalLocation"]["artifactLocation"]["uri"],
            "nova/compute/manager.py"
        );
        assert_eq!(
            related[1]["physicalLocation"]["artifactLocation"]["uri"],
            "contracts/driver.toml"
        );
        assert!(first.get("suppressions").is_none());
        assert_eq!(
            run["results"][1]["suppressions"][0]["justification"],
            "no driver reads it"
        );
    }

    #[test]
    fn text_is_neither_link_nor_argument_and_paths_are_uris() {
        let mut finding = sample::hostile();
        finding.message = "takes {0} and [x](1)".to_owned();
        if let Some(new) = &mut finding.new {
            new.mark = None;
            new.place.path = "a b/ü:#?.py".into();
        }
        let run = run(&[finding]);
        let result = &run["results"][0];
        let text = result["message"]["text"].as_str().expect("text");
        assert!(text.starts_with("takes {{0}} and [x] (1)"), "{text}");
        assert_eq!(
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "a%20b/%C3%BC%3A%23%3F.py"
        );
    }
}
