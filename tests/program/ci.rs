//! The files for hooks and CI services, run as far as a machine without those services can: their scripts in a scratch
//! repository, with the variables that the service would set.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Parser as _;
use cogate::cli::Cli;
use yaml_rust2::{Yaml, YamlLoader};

use super::scratch::{Ran, Scratch, finish, git, project};

fn ours(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn yaml(path: &str) -> Yaml {
    YamlLoader::load_from_str(&ours(path)).unwrap().remove(0)
}

#[track_caller]
fn run(scratch: &Scratch, args: &[&str]) -> Ran {
    finish(git(scratch.path()).args(args)).exits(0)
}

/// A branch `work` of `main` that has broken something, all committed.
fn broken() -> Scratch {
    let scratch = project();
    run(&scratch, &["init", "-q"]);
    run(&scratch, &["add", "-A"]);
    run(&scratch, &["commit", "-qm", "one"]);
    run(&scratch, &["checkout", "-qb", "work"]);
    scratch.edit("pkg/base.py", "context, instance):", "context):");
    run(&scratch, &["commit", "-qam", "two"]);
    scratch
}

/// Runs a script as the service does, with our program on the path.
fn bash(scratch: &Scratch, script: &str, variables: &[(&str, &str)]) -> Ran {
    let program = Path::new(env!("CARGO_BIN_EXE_cogate")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut command = git(scratch.path());
    // The same clean environment, for another program.
    let mut bash = Command::new("bash");
    bash.env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("PATH", path)
        .envs(variables.iter().copied())
        .current_dir(scratch.path())
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
    command.args(["--version"]);
    finish(&mut bash)
}

fn steps(action: &Yaml) -> BTreeMap<String, Yaml> {
    let steps = action["runs"]["steps"].as_vec().unwrap();
    steps
        .iter()
        .map(|step| (step["name"].as_str().unwrap().to_owned(), step.clone()))
        .collect()
}

#[test]
fn the_action_annotates_summarises_and_fails() {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
    let steps = steps(&action);
    let check = &steps["Check the contracts"];
    let script = check["run"].as_str().unwrap();
    // What comes from outside goes through the environment, never into the script.
    assert!(!script.contains("${{"), "{script}");
    for step in steps.values().filter(|step| !step["run"].is_badvalue()) {
        assert!(!step["run"].as_str().unwrap().contains("${{"));
        assert_eq!(step["shell"].as_str(), Some("bash"));
    }
    let scratch = broken();
    let with = |base: &str, arguments: &str| {
        bash(
            &scratch,
            script,
            &[
                ("BASE", base),
                ("ARGUMENTS", arguments),
                ("GITHUB_STEP_SUMMARY", "summary.md"),
            ],
        )
    };
    with("main", "")
        .exits(1)
        .shows("error[parameter-removed],file=pkg/base.py,line=2,");
    assert!(
        scratch
            .read("summary.md")
            .starts_with("### cogate: driver 1.0 breaks")
    );
    assert!(
        scratch
            .read("cogate.sarif")
            .contains("\"version\": \"2.1.0\"")
    );
    with("", "other").exits(0);
    with("nowhere; touch touched", "").exits(2);
    with("main", "$(touch touched)").exits(2);
    assert!(!scratch.path().join("touched").exists());
}

#[test]
fn the_gitlab_job_leaves_its_reports() {
    let file = yaml("ci/gitlab.yml");
    let job = &file["cogate"];
    let lines = job["script"].as_vec().unwrap().iter();
    let script: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
    let scratch = broken();
    let base = run(&scratch, &["rev-parse", "main"]).out;
    let variables = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.trim())];
    bash(&scratch, &script.join("\n"), &variables)
        .exits(1)
        .shows("parameter-removed");
    let reports = &job["artifacts"]["reports"];
    let quality = scratch.read(reports["codequality"].as_str().unwrap());
    let quality: serde_json::Value = serde_json::from_str(&quality).unwrap();
    assert_eq!(quality[0]["check_name"], "parameter-removed");
    assert!(
        scratch
            .read(reports["junit"].as_str().unwrap())
            .contains("<testsuite")
    );
}

#[test]
fn the_tox_environment_speaks_as_zuul_listens() {
    let tox = ours("ci/tox.ini");
    let command = tox
        .lines()
        .find_map(|line| line.strip_prefix("commands = "))
        .unwrap();
    let command = command
        .replace("{env:COGATE_BASE:HEAD~1}", "HEAD~1")
        .replace("{posargs}", "");
    assert!(!command.contains('{'), "{command}");
    bash(&broken(), &command, &[])
        .exits(1)
        .shows("pkg/base.py:2:5: error[parameter-removed]: ");
    let jobs = yaml("ci/zuul.yaml");
    let job = &jobs[0]["job"];
    assert_eq!(job["name"].as_str(), Some("cogate"));
    let environment = job["vars"]["tox_envlist"].as_str().unwrap();
    assert!(tox.contains(&format!("[testenv:{environment}]")));
    assert_eq!(
        jobs[1]["project"]["gate"]["jobs"][0].as_str(),
        Some("cogate")
    );
}

#[test]
fn the_hooks_stop_a_commit_that_breaks() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    for hook in hooks.as_vec().unwrap() {
        assert_eq!(hook["pass_filenames"].as_bool(), Some(false));
        assert_eq!(hook["require_serial"].as_bool(), Some(true));
        let scratch = broken();
        run(&scratch, &["reset", "-q", "--soft", "main"]);
        let entry = hook["entry"].as_str().unwrap();
        bash(&scratch, entry, &[])
            .exits(1)
            .shows("parameter-removed");
        scratch.run(&["snapshot", "--accept", "because"]).exits(0);
        run(&scratch, &["add", "-A"]);
        bash(&scratch, entry, &[]).exits(0);
    }
    bash(&broken(), &ours("ci/git-hook.sh"), &[])
        .exits(1)
        .says("parameter-removed");
}

#[test]
fn workflows_can_be_read() {
    let release = yaml(".github/workflows/release.yml");
    assert!(!release["jobs"]["publish"]["needs"].is_badvalue());
    for job in release["jobs"].as_hash().unwrap().values() {
        for step in job["steps"].as_vec().unwrap() {
            // A tag is anybody's text.
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("github.ref"), "{script}");
        }
    }
}

/// Every page of documentation.
fn pages() -> Vec<(String, String)> {
    let mut pages = vec!["README.md".to_owned()];
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for entry in fs::read_dir(docs).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            pages.push(format!("docs/{name}"));
        }
    }
    pages.sort();
    pages
        .into_iter()
        .map(|path| (ours(&path), path))
        .map(|(text, path)| (path, text))
        .collect()
}

/// The blocks of one language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(&open) {
        let body = &rest[at + open.len()..];
        let end = body.find("```").unwrap_or(body.len());
        found.push(body[..end].to_owned());
        rest = &body[end..];
    }
    found
}

#[test]
fn every_command_of_the_documentation_is_one() {
    let mut seen = 0;
    for (path, text) in pages() {
        for block in blocks(&text, "console") {
            let commands = block
                .lines()
                .filter_map(|line| line.strip_prefix("$ cogate "));
            for command in commands {
                let command = command.split(" #").next().unwrap_or(command);
                let words = words(command);
                let parsed = Cli::try_parse_from(["cogate".to_owned()].into_iter().chain(words));
                assert!(parsed.is_ok(), "{path}: {command}: {}", parsed.unwrap_err());
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

/// A command line as a shell would cut it, without anything that a shell would do.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in line.split(" && ").next().unwrap_or(line).chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == ' ' => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[test]
fn every_configuration_of_the_documentation_is_one() {
    for (path, text) in pages() {
        for block in blocks(&text, "toml") {
            if block.contains("[interfaces.") {
                let read = cogate::config::parse(&block, "cogate.toml", Path::new("."));
                assert!(read.is_ok(), "{path}: {}", read.unwrap_err());
            } else {
                assert!(
                    block.parse::<toml::Table>().is_ok() || block.starts_with('['),
                    "{path}"
                );
            }
        }
        for block in blocks(&text, "yaml") {
            assert!(YamlLoader::load_from_str(&block).is_ok(), "{path}: {block}");
        }
    }
}
