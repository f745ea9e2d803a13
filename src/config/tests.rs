//! What a configuration says, where it is found, and how its mistakes are told.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;

const SAMPLE: &str = r#"[source]
root = ["src", "./lib/"]
exclude = ["legacy"]
default-excludes = false
python = "3.12"
features = ["default", "x"]

[interfaces.driver]
members = ["nova.virt.driver.ComputeDriver", "krate::driver::ComputeDriver"]
receivers = ["self.driver"]
audience = ["implementers"]
rules = { parameter-renamed = "off" }

[consumers.ironic]
path = "../ironic"

[arguments]
instance = "nova.objects.Instance"

[rules]
parameter-renamed = "error"
base-lost = "note"

[policy]
fail-on = "consumers"
contracts = "interface/contracts"
"#;

fn read(text: &str) -> Config {
    parse(text, "cogate.toml", Path::new("."))
        .unwrap_or_else(|error| panic!("{error}"))
        .unwrap()
}

#[test]
fn every_key_is_read() {
    let config = read(SAMPLE);
    assert_eq!(config.source.root, ["src", "lib"]);
    assert_eq!(config.source.python, Some((3, 12)));
    assert!(!config.source.default_excludes);
    let driver = &config.interfaces["driver"];
    assert_eq!(driver.members.len(), 2);
    assert_eq!(driver.audience, Some(BTreeSet::from([Role::Implementers])));
    assert_eq!(driver.line, 8);
    assert_eq!(config.consumers["ironic"].path, "../ironic");
    assert_eq!(config.arguments["instance"], "nova.objects.Instance");
    assert_eq!(config.policy.fail_on, FailOn::Consumers);
    assert_eq!(
        config.contract_path("driver"),
        "interface/contracts/driver.toml"
    );
    assert_eq!(
        config.consumer_path("ironic"),
        "interface/contracts/consumers/ironic.toml"
    );
    let rule = "parameter-renamed";
    assert_eq!(config.level(Some("driver"), rule), Some(Setting::Off));
    assert_eq!(
        config.level(Some("other"), rule),
        Some(Setting::Level(Level::Error))
    );
    assert_eq!(
        config.level(None, "base-lost"),
        Some(Setting::Level(Level::Note))
    );
    assert_eq!(config.level(None, "unset"), None);
}

#[test]
fn what_is_not_said_has_its_default() {
    let config = read("source.root = 'src'\n");
    assert_eq!(config.source.root, ["src"]);
    assert!(config.source.default_excludes);
    assert_eq!(config.policy, Policy::default());
    assert_eq!(read("").source, Source::default());
}

#[test]
fn the_files_of_other_tools_have_a_section() {
    let read = |text: &str, file: &str| parse(text, file, Path::new("."));
    let body = "root = \"src\"\n[X.interfaces.a]\nmembers = [\"m.A\"]\n";
    for (file, section) in [
        ("pyproject.toml", "tool.cogate"),
        ("Cargo.toml", "package.metadata.cogate"),
    ] {
        let text = format!("[{section}.source]\n{body}[build-system]\nrequires = []\n")
            .replace('X', section);
        let config = read(&text, file).unwrap().unwrap();
        assert_eq!(config.interfaces["a"].line, 3);
        let wrong = text.replace("members", "member");
        let message = read(&wrong, file).unwrap_err().to_string();
        assert_eq!(
            message,
            format!("{file}:4: `member` is no key that belongs here; did you mean `members`?")
        );
        assert_eq!(read("[project]\nname = 'x'\n", file), Ok(None));
        assert_eq!(read("[[", file), Ok(None));
        assert!(read("[[tool.cogate", file).is_err());
    }
}

#[test]
fn mistakes_are_named_with_their_line_and_the_way_out() {
    let mut wrong = Vec::new();
    for (from, to, expected) in [
        (
            "exclude",
            "excludes",
            "3: `excludes` is no key that belongs here; did you mean `exclude`?",
        ),
        (
            "fail-on",
            "fail_on",
            "25: `fail_on` is no key that belongs here; did you mean `fail-on`?",
        ),
        (
            "\"consumers\"",
            "\"consumer\"",
            "25: `consumer` is no `fail-on`; did you mean `consumers`?",
        ),
        (
            "\"off\"",
            "\"loud\"",
            "12: `loud` is no level; write one of `error`, `warning`, `note`, `off`",
        ),
        (
            "\"implementers\"",
            "\"implementors\"",
            "11: `implementors` is no role; did you mean `implementers`?",
        ),
        (
            "[interfaces.driver]",
            "[interfaces.\"../driver\"]",
            "8: `../driver` cannot name an interface, since a file is named after it; use letters",
        ),
        (
            "[interfaces.driver]",
            "[interfaces.\"\"]",
            "8: `` cannot name an interface",
        ),
        (
            "[consumers.ironic]",
            "[consumers.-i]",
            "14: `-i` cannot name a consumer",
        ),
        (
            "members = [\"nova.virt.driver.ComputeDriver\", \"krate::driver::ComputeDriver\"]",
            "members = []",
            "8: interface `driver` has no members; write `members = [",
        ),
        (
            "members = [\"nova.virt.driver.ComputeDriver\", \"krate::driver::ComputeDriver\"]\n",
            "",
            "8: interface `driver` has no members; write `members = [",
        ),
        (
            "krate::driver",
            "crate::driver",
            "9: `crate::driver::ComputeDriver` is no path of an item; start with the name of the crate",
        ),
        (
            "krate::driver",
            "my-krate::driver",
            "9: `my-krate::driver::ComputeDriver` is no path of an item; the name of a crate has `_` in place of `-`",
        ),
        (
            "krate::driver::ComputeDriver",
            "nova.virt.driver.ComputeDriver",
            "9: `nova.virt.driver.ComputeDriver` stands twice",
        ),
        ("\"self.driver\"", "\"\"", "10: a receiver is empty"),
        (
            "\"./lib/\"",
            "\"../lib\"",
            "2: `../lib` leads out of the project; write a path relative",
        ),
        (
            "\"./lib/\"",
            "\"/lib\"",
            "2: `/lib` leads out of the project",
        ),
        (
            "\"./lib/\"",
            "1",
            "2: `root` is a path or a list of paths; write `root = \"src\"`",
        ),
        (
            "\"legacy\"",
            "'a\\..\\..\\b'",
            "3: `a\\..\\..\\b` leads out of the project",
        ),
        ("\"legacy\"", "'C:/x'", "3: `C:/x` leads out of the project"),
        (
            "\"interface/contracts\"",
            "\"a/../../b\"",
            "26: `a/../../b` leads out of the project",
        ),
        (
            "\"3.12\"",
            "\"3\"",
            "5: `3` is no version of Python; write it as \"3.12\"",
        ),
        (
            "\"3.12\"",
            "3.12",
            "5:10: invalid type: floating point `3.12`, expected a string; put it in quotes",
        ),
        ("[policy]", "[policy", "24:8: "),
        (
            "[policy]",
            "[interfaces.Driver]\nmembers = [\"m.A\"]\n[policy]",
            "8: interfaces `Driver` and `driver` would share one file",
        ),
        ("path = \"../ironic\"", "", "14: `path` is missing; add it"),
        (
            "exclude",
            "\"ex\\u001b[31m\"",
            "3: `ex\\u{1b}[31m` is no key that belongs here",
        ),
    ] {
        let text = SAMPLE.replacen(from, to, 1);
        assert_ne!(text, SAMPLE, "{from}");
        let message = parse(&text, "cogate.toml", Path::new("."))
            .unwrap_err()
            .to_string();
        let expected = format!("cogate.toml:{expected}");
        if !message.starts_with(&expected) {
            wrong.push(format!("{message}\nis not\n{expected}"));
        }
        assert!(!message.contains(|c: char| c.is_control()), "{message:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_rule_that_does_not_exist_is_named_with_the_nearest() {
    let config = read(SAMPLE);
    assert_eq!(
        config.check_rules(&["base-lost", "parameter-renamed"]),
        Ok(())
    );
    let error = config
        .check_rules(&["base-lost", "parameter-named"])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cogate.toml:12: there is no rule `parameter-renamed`; did you mean `parameter-named`?"
    );
    let error = config.check_rules(&["parameter-renamed"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cogate.toml:22: there is no rule `base-lost`; `cogate rules` lists them"
    );
}

#[test]
fn the_nearest_file_wins_and_the_repository_is_the_limit() {
    let top = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = top.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("cogate.toml", "[rules]\na = 'note'\n");
    write("repo/.git/HEAD", "");
    write("repo/deep/er/x", "");
    let from = |path: &str| find(&top.path().join(path));
    let message = from("repo/deep").unwrap_err().to_string();
    assert_eq!(
        message,
        "cogate.toml: there is no configuration, here or in a folder above; run `cogate init` to write one"
    );
    write(
        "repo/Cargo.toml",
        "[package.metadata.cogate.policy]\ncontracts = 'c'\n",
    );
    assert_eq!(from("repo/deep/er").unwrap().file, "Cargo.toml");
    write(
        "repo/pyproject.toml",
        "[tool.cogate.policy]\ncontracts = 'p'\n",
    );
    assert_eq!(from("repo/deep/er").unwrap().policy.contracts, "p");
    write("repo/deep/pyproject.toml", "[tool.ruff]\n");
    write("repo/cogate.toml", "[policy]\ncontracts = 'k'\n");
    let config = from("repo/deep/er").unwrap();
    assert_eq!(config.policy.contracts, "k");
    assert_eq!(
        config.root_dir,
        top.path().canonicalize().unwrap().join("repo")
    );
    assert_eq!(
        load(&top.path().join("repo/Cargo.toml"))
            .unwrap()
            .policy
            .contracts,
        "c"
    );
    let message = load(&top.path().join("repo/deep/pyproject.toml"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("pyproject.toml: it has no section for cogate; add"),
        "{message}"
    );
    write("repo/cogate.toml", "[source]\nroot = 'src'\n");
    let message = from("repo").unwrap_err().to_string();
    assert_eq!(
        message,
        "cogate.toml: `source.root` names `src`, which is no folder; name the folder where packages or crates start"
    );
}

#[cfg(unix)]
#[test]
fn links_out_of_the_project_are_errors() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("cogate.toml"), "").unwrap();
    for (link, target, text) in [
        ("src", outside.path().to_owned(), "source.root = 'src'"),
        ("contracts", outside.path().to_owned(), ""),
        ("contracts", outside.path().join("none"), ""),
    ] {
        let top = tempfile::tempdir().unwrap();
        fs::write(top.path().join("cogate.toml"), text).unwrap();
        symlink(&target, top.path().join(link)).unwrap();
        let message = find(top.path()).unwrap_err().to_string();
        assert!(
            message.contains("a link that leads out of the project"),
            "{message}"
        );
    }
    for target in ["cogate.toml", "none"] {
        let top = tempfile::tempdir().unwrap();
        symlink(outside.path().join(target), top.path().join("cogate.toml")).unwrap();
        let message = find(top.path()).unwrap_err().to_string();
        assert!(message.starts_with("cogate.toml: "), "{message}");
        assert!(!message.contains("no configuration"), "{message}");
    }
}

#[test]
fn what_init_writes_is_what_it_found() {
    let source = Source {
        root: vec!["src".to_owned()],
        ..Source::default()
    };
    let proposed = Proposed {
        name: "driver".to_owned(),
        members: vec!["nova.virt.driver.ComputeDriver".to_owned()],
        receivers: vec!["self.driver".to_owned()],
        audience: vec![Role::Implementers],
        why: "three classes extend it\nand\u{1b} nobody\r\n]calls".to_owned(),
    };
    let text = write_new(std::slice::from_ref(&proposed), &source);
    let config = read(&text);
    assert_eq!(config.source, source);
    let interface = &config.interfaces["driver"];
    assert_eq!(interface.members, proposed.members);
    assert_eq!(interface.receivers, proposed.receivers);
    assert_eq!(
        interface.audience,
        Some(BTreeSet::from([Role::Implementers]))
    );
    assert!(
        text.contains("# three classes extend it\n# and\\u{1b} nobody\n# ]calls\n"),
        "{text}"
    );
    assert_eq!(
        read(&write_new(&[], &Source::default())).interfaces,
        BTreeMap::new()
    );

    // What stands there as a comment is right when the mark is taken away.
    let example: String = write_new(&[], &Source::default())
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.contains(" = ") || line.starts_with('['))
        .filter(|line| !line.starts_with("python") || line.contains('"'))
        .map(|line| format!("{line}\n"))
        .collect();
    let config = read(
        &example
            .replacen("root =", "source.root =", 1)
            .replacen("exclude =", "source.exclude =", 1)
            .replacen("python =", "source.python =", 1)
            .replacen("features =", "source.features =", 1),
    );
    assert_eq!(config.interfaces["driver"].receivers, ["self.driver"]);
    assert_eq!(config.rules.len(), 1);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(source|interfaces|members|rules|policy|consumers|tool.cogate|[ =\\[\\]{}\"'.#,\n1ax]){0,40}") {
        for file in ["cogate.toml", "pyproject.toml", "Cargo.toml"] {
            let _ = parse(&text, file, Path::new("."));
        }
    }

    #[test]
    fn no_path_leads_out(path in "[./\\\\a:~]{1,8}") {
        let text = format!("policy.contracts = '{path}'");
        if let Ok(Some(config)) = parse(&text, "cogate.toml", Path::new(".")) {
            let contracts = Path::new(&config.policy.contracts);
            prop_assert!(contracts.components().all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir)));
        }
    }
}

#[test]
fn what_is_shown_is_what_is_in_force() {
    for text in [SAMPLE, ""] {
        let config = read(text);
        let shown = show(&config);
        let again = read(&shown);
        assert_eq!(show(&again).lines().count(), shown.lines().count());
        assert_eq!(
            (&again.source, &again.policy),
            (&config.source, &config.policy)
        );
        assert_eq!(again.arguments, config.arguments);
        for (name, interface) in &config.interfaces {
            let other = &again.interfaces[name];
            assert_eq!(other.members, interface.members, "{shown}");
            assert_eq!(other.receivers, interface.receivers);
            assert_eq!(
                again.level(Some(name), "parameter-renamed"),
                config.level(Some(name), "parameter-renamed")
            );
        }
    }
    let shown = show(&read(SAMPLE));
    assert!(
        shown.contains("[interfaces.\"driver\"]  # cogate.toml:8"),
        "{shown}"
    );
    assert!(
        shown.contains("contracts = \"interface/contracts\"\n"),
        "{shown}"
    );
    assert!(show(&read("")).contains("fail-on = \"any\"  # default"));
}
