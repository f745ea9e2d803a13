//! What is printed and read, against the schemas that are published.

use std::fs;
use std::path::Path;

use boon::{Compiler, Schemas};
use serde_json::Value;

use super::scratch::{crate_project, project};

#[track_caller]
fn valid(schema: &str, instance: &Value) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/schema")
        .join(schema);
    let text: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let name = format!("https://cogate.invalid/schema/{schema}");
    assert_eq!(text["$id"], name.as_str());
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler.add_resource(&name, text).unwrap();
    let index = compiler.compile(&name, &mut schemas).unwrap();
    schemas
        .validate(instance, index)
        .map_err(|error| format!("{error:#}"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn reports_are_as_their_schema_says() {
    let broken = project();
    broken
        .edit("pkg/base.py", "context, instance):", "context):")
        .edit(
            "pkg/base.py",
            "class Other:",
            "class Third:\n    pass\n\n\nclass Other:",
        );
    let crates = crate_project();
    crates.edit("src/driver.rs", "&str)", "&str, force: bool)");
    for scratch in [&broken, &crates] {
        for line in [
            "check",
            "check --locked -v",
            "diff . .",
            "snapshot",
            "verify",
        ] {
            let mut args: Vec<&str> = line.split(' ').collect();
            args.extend(["--format", "json"]);
            let ran = scratch.run(&args);
            if ran.out.is_empty() {
                assert_eq!(line, "verify", "{ran:?}");
                continue;
            }
            let value = json(&ran.out);
            assert_eq!(valid("report-v1.json", &value), Ok(()), "{line}: {value:#}");
        }
    }
    let mut wrong = json(&broken.run(&["check", "--format", "json"]).out);
    wrong["findings"][0]["level"] = "fatal".into();
    assert!(valid("report-v1.json", &wrong).is_err());
}

#[test]
fn histories_are_as_their_schema_says() {
    let scratch = super::log::history();
    let value = json(&scratch.run(&["log", "--format", "json", "-v"]).exits(0).out);
    assert_eq!(valid("log-v1.json", &value), Ok(()), "{value:#}");
    let mut wrong = value;
    wrong["commits"][0]["changes"][0]["kind"] = "bang".into();
    assert!(valid("log-v1.json", &wrong).is_err());
}

const FULL: &str = r#"
[source]
root = ["src"]
exclude = ["legacy"]
default-excludes = false
python = "3.12"
features = ["x"]

[interfaces.driver]
members = ["pkg.Driver"]
receivers = ["self.driver"]
audience = ["implementers"]
rules = { parameter-renamed = "off" }

[consumers.ironic]
path = "../ironic"

[arguments]
instance = "pkg.Instance"

[rules]
base-removed = "note"

[policy]
fail-on = "consumers"
contracts = "contracts"
"#;

/// What the schema allows is what the program reads, and what it does not is a mistake for both.
#[test]
fn the_configuration_is_as_its_schema_says() {
    let read = |text: &str| cogate::config::parse(text, "cogate.toml", Path::new("."));
    let check = |text: &str| {
        let value: toml::Table = text.parse().unwrap();
        valid("cogate.json", &serde_json::to_value(value).unwrap())
    };
    assert!(
        read(FULL).is_ok() && check(FULL).is_ok(),
        "{:?}",
        check(FULL)
    );
    let ours =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("cogate.toml")).unwrap();
    assert_eq!(check(&ours), Ok(()));
    for (old, new) in [
        ("root =", "roots ="),
        ("members =", "member ="),
        ("path =", "paths ="),
        ("fail-on =", "fail_on ="),
        ("[policy]", "[policies]"),
        ("\"off\"", "\"loud\""),
        ("\"note\"", "\"notes\""),
        ("\"implementers\"", "\"everybody\""),
        ("\"consumers\"", "\"nobody\""),
        ("\"3.12\"", "\"three\""),
        ("[\"pkg.Driver\"]", "[]"),
    ] {
        let wrong = FULL.replacen(old, new, 1);
        assert_ne!(wrong, FULL, "{old}");
        assert!(read(&wrong).is_err(), "{new} is read");
        assert!(check(&wrong).is_err(), "{new} is allowed");
    }
}

/// What GitHub needs of SARIF 2.1.0; the official schema is checked where there is a network.
#[test]
fn sarif_has_what_code_scanning_needs() {
    let scratch = project();
    scratch.edit("pkg/base.py", "context, instance):", "context):");
    let first = json(&scratch.run(&["check", "--format", "sarif"]).exits(1).out);
    assert_eq!(first["version"], "2.1.0");
    let run = &first["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "cogate");
    let rules = driver["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]));
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.starts_with('/') && !uri.contains(':'), "{uri}");
        assert!(place["region"]["startLine"].as_u64() > Some(0));
        assert!(
            result["message"]["text"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }
    // An alert survives moved lines.
    let prints = |value: &Value| -> Vec<Value> {
        let results = value["runs"][0]["results"].as_array().unwrap().iter();
        results
            .map(|result| result["partialFingerprints"].clone())
            .collect()
    };
    let text = scratch.read("pkg/base.py");
    scratch.write("pkg/base.py", format!("import os\n\n\n{text}"));
    let moved = json(&scratch.run(&["check", "--format", "sarif"]).exits(1).out);
    assert_eq!(prints(&first), prints(&moved));
    assert!(prints(&first)[0].is_object());
}
