//! The story of a branch, with real git: it grows, breaks, accepts, and passes; and it is caught in every way of
//! cheating that its base does not allow.

use super::scratch::{Ran, Scratch, finish, git, project};

#[track_caller]
fn run(scratch: &Scratch, args: &[&str]) -> Ran {
    finish(git(scratch.path()).args(args)).exits(0)
}

fn commit(scratch: &Scratch) {
    run(scratch, &["add", "-A"]);
    run(scratch, &["commit", "-qm", "next"]);
}

/// A project on `main`, and a branch that has not done anything yet.
fn branch() -> Scratch {
    let scratch = project();
    run(&scratch, &["init", "-q"]);
    commit(&scratch);
    run(&scratch, &["checkout", "-qb", "work"]);
    scratch
}

fn break_it(scratch: &Scratch) {
    scratch.edit("pkg/base.py", "context, instance):", "context):");
}

#[track_caller]
fn base(scratch: &Scratch) -> Ran {
    scratch.run(&["check", "--base", "main", "--format", "concise"])
}

#[test]
fn a_branch_that_keeps_the_contract_passes() {
    let scratch = branch();
    base(&scratch).exits(0);
    scratch.edit("pkg/base.py", "force=False)", "force=False, wait=None)");
    base(&scratch).exits(0);
    commit(&scratch);
    base(&scratch).exits(0);
    scratch
        .run(&["check", "--base", "main", "--locked"])
        .exits(1);
    scratch.run(&["snapshot"]).exits(0);
    commit(&scratch);
    scratch
        .run(&["check", "--base", "main", "--locked"])
        .exits(0);
}

#[test]
fn a_break_is_stopped_and_passes_with_a_reason() {
    let scratch = branch();
    break_it(&scratch);
    commit(&scratch);
    base(&scratch)
        .exits(1)
        .shows("pkg/base.py:2:5: error[parameter-removed]");
    scratch
        .run(&["snapshot", "--accept", "no driver reads instance"])
        .exits(0);
    commit(&scratch);
    base(&scratch).exits(0).shows("accepted[parameter-removed]");
    scratch
        .run(&["check", "--base", "main"])
        .exits(0)
        .shows("no driver reads instance");
    // Growth and a second break after it: what was accepted stays so, what was not does not.
    scratch.edit(
        "pkg/base.py",
        "spawn(self, context)",
        "spawn(self, context, wait=None)",
    );
    scratch.run(&["snapshot"]).exits(0);
    commit(&scratch);
    base(&scratch).exits(0).shows("accepted[").never("error[");
    scratch.edit(
        "pkg/base.py",
        "spawn(self, context, wait=None)",
        "spawn(self)",
    );
    commit(&scratch);
    base(&scratch)
        .exits(1)
        .shows("error[parameter-removed]")
        .shows("`context`");
    scratch
        .run(&["snapshot", "--accept", "nor context"])
        .exits(0);
    commit(&scratch);
    base(&scratch).exits(0);
    // On main it is history: there is nothing to accept any more.
    run(&scratch, &["checkout", "-q", "main"]);
    run(&scratch, &["merge", "-q", "work"]);
    run(&scratch, &["checkout", "-qb", "later"]);
    base(&scratch).exits(0).never("accepted");
    scratch.edit(
        "pkg/base.py",
        "spawn(self)",
        "spawn(self, context, instance)",
    );
    base(&scratch).exits(1);
}

#[test]
fn a_contract_that_was_quietly_regenerated_is_seen_through() {
    let scratch = branch();
    break_it(&scratch);
    std::fs::remove_file(scratch.path().join("contracts/driver.toml")).unwrap();
    scratch.run(&["snapshot"]).exits(0);
    scratch.run(&["check", "--locked"]).exits(0);
    commit(&scratch);
    base(&scratch).exits(1).shows("error[parameter-removed]");
}

#[test]
fn a_contract_that_was_edited_by_hand_is_seen_through() {
    for (old, new) in [
        ("force=False)", "force)"),
        (", force=False)", ")"),
        ("  \"def spawn(self, context, instance)\",\n", ""),
        ("version = \"1.0\"", "version = \"0.9\""),
    ] {
        let scratch = branch();
        scratch.edit("contracts/driver.toml", old, new);
        commit(&scratch);
        base(&scratch).exits(1).shows("error[contract-edited]");
        // Together with the code it is still what it is.
        if let Some(code) = old.strip_suffix(')') {
            let code = format!("{code})");
            scratch.edit("pkg/base.py", &code, new);
            base(&scratch).exits(1).shows("Driver.destroy");
        }
    }
    // A promise that the source does not keep.
    let scratch = branch();
    scratch.edit(
        "contracts/driver.toml",
        "force=False)",
        "force=False, wait=None)",
    );
    commit(&scratch);
    base(&scratch).exits(1);
}

#[test]
fn what_was_accepted_stays_on_record() {
    let scratch = branch();
    break_it(&scratch);
    scratch.run(&["snapshot", "--accept", "because"]).exits(0);
    commit(&scratch);
    run(&scratch, &["branch", "-qf", "main"]);
    scratch.edit("contracts/driver.toml", "because", "for a better reason");
    commit(&scratch);
    base(&scratch)
        .exits(1)
        .shows("error[contract-edited]")
        .shows("amendment");
}

#[test]
fn a_contract_that_was_deleted_is_missed() {
    let scratch = branch();
    run(&scratch, &["rm", "-q", "contracts/driver.toml"]);
    commit(&scratch);
    base(&scratch).exits(1).shows("error[contract-removed]");
    // With its interface, too.
    scratch.edit(
        "cogate.toml",
        "[interfaces.driver]\nmembers = [\"pkg.base.Driver\"]\n",
        "",
    );
    commit(&scratch);
    base(&scratch)
        .exits(1)
        .shows("error[contract-removed]")
        .shows("error[gate-loosened]");
    break_it(&scratch);
    base(&scratch).exits(1).shows("error[parameter-removed]");
}

#[test]
fn a_loosened_gate_is_a_finding_and_stays_shut() {
    for (old, new) in [
        (
            "[interfaces.other]\n",
            "[rules]\nparameter-removed = \"off\"\n[interfaces.other]\n",
        ),
        (
            "Driver\"]\n",
            "Driver\"]\nrules = { parameter-removed = \"note\" }\n",
        ),
        (
            "members = [\"pkg.base.Driver\"]",
            "members = [\"pkg.base.Other\"]",
        ),
        ("Driver\"]\n", "Driver\"]\naudience = [\"implementers\"]\n"),
        (
            "[interfaces.driver]",
            "[source]\nexclude = [\"base.py\"]\n[interfaces.driver]",
        ),
        (
            "[interfaces.driver]",
            "[policy]\nfail-on = \"consumers\"\n[interfaces.driver]",
        ),
    ] {
        let scratch = branch();
        scratch.edit("cogate.toml", old, new);
        commit(&scratch);
        base(&scratch)
            .exits(1)
            .shows("cogate.toml:")
            .shows("error[gate-loosened]");
        break_it(&scratch);
        base(&scratch)
            .exits(1)
            .shows("error[gate-loosened]")
            .shows("error[parameter-removed]");
    }
}

#[test]
fn a_branch_may_add() {
    let scratch = branch();
    scratch.edit(
        "pkg/base.py",
        "class Other:",
        "class Third:\n    def f(self):\n        pass\n\n\nclass Other:",
    );
    scratch.edit("cogate.toml", "Driver\"]", "Driver\", \"pkg.base.Third\"]");
    scratch.edit(
        "cogate.toml",
        "[interfaces.other]",
        "[interfaces.third]\nmembers = [\"pkg.base.Third\"]\n\n[interfaces.other]",
    );
    scratch.run(&["snapshot"]).exits(0);
    commit(&scratch);
    base(&scratch).exits(0);
    scratch
        .run(&["check", "--base", "main", "--locked"])
        .exits(0);
}

#[test]
fn drift_of_the_base_is_a_note() {
    let scratch = project();
    run(&scratch, &["init", "-q"]);
    break_it(&scratch);
    commit(&scratch);
    run(&scratch, &["checkout", "-qb", "work"]);
    base(&scratch).exits(0);
    scratch
        .run(&["check", "--base", "main", "-v"])
        .exits(0)
        .shows("note[parameter-removed]: already so at main");
    scratch.write("readme", "text");
    commit(&scratch);
    base(&scratch).exits(0);
    // Accepting it is no cheat, burying it is.
    let contract = scratch.read("contracts/driver.toml");
    std::fs::remove_file(scratch.path().join("contracts/driver.toml")).unwrap();
    scratch.run(&["snapshot"]).exits(0);
    base(&scratch).exits(1).shows("error[contract-edited]");
    scratch.write("contracts/driver.toml", contract);
    scratch
        .run(&["snapshot", "--accept", "known since long"])
        .exits(0);
    base(&scratch).exits(0);
    // A break of the branch's own is still one.
    scratch.edit("pkg/base.py", "force=False):", "):");
    base(&scratch).exits(1).shows("`force`");
}

#[test]
fn without_a_common_past_there_is_nothing_to_compare_with() {
    let scratch = branch();
    base(&scratch).exits(0);
    scratch
        .run(&["check", "--base", "nowhere"])
        .exits(2)
        .in_one_sentence()
        .says("`nowhere` is no revision");
    run(&scratch, &["checkout", "-q", "--orphan", "alone"]);
    scratch.write("readme", "text");
    commit(&scratch);
    scratch
        .run(&["check", "--base", "main"])
        .exits(2)
        .in_one_sentence()
        .says("fetch more history");
    scratch
        .run(&["check", "--base", "--upload-pack=x"])
        .exits(2);
}

#[test]
fn where_the_base_had_no_contracts_the_branch_has_its_own() {
    let scratch = Scratch::new();
    scratch.write("readme", "text");
    run(&scratch, &["init", "-q"]);
    commit(&scratch);
    run(&scratch, &["checkout", "-qb", "work"]);
    for (path, bytes) in project().files("") {
        let path = path.to_string_lossy().into_owned();
        let path = path.split_once("/pkg/").map_or_else(
            || {
                path.rsplit_once("contracts/").map_or_else(
                    || "cogate.toml".to_owned(),
                    |(_, name)| format!("contracts/{name}"),
                )
            },
            |(_, name)| format!("pkg/{name}"),
        );
        scratch.write(&path, bytes);
    }
    commit(&scratch);
    base(&scratch)
        .exits(0)
        .says("there was no configuration at main");
    break_it(&scratch);
    base(&scratch).exits(1);
}

#[test]
fn staged_against_a_base() {
    let scratch = branch();
    break_it(&scratch);
    scratch
        .run(&["check", "--base", "main", "--staged"])
        .exits(0);
    run(&scratch, &["add", "-A"]);
    scratch
        .run(&["check", "--base", "main", "--staged"])
        .exits(1);
}

#[test]
fn a_loosened_gate_can_be_accepted_with_a_reason() {
    let scratch = branch();
    scratch.edit(
        "cogate.toml",
        "[interfaces.driver]\nmembers = [\"pkg.base.Driver\"]\n",
        "",
    );
    run(&scratch, &["rm", "-q", "contracts/driver.toml"]);
    commit(&scratch);
    base(&scratch).exits(1);
    scratch
        .run(&["snapshot", "--base", "main"])
        .exits(1)
        .shows("gate-loosened");
    scratch
        .run(&[
            "snapshot",
            "--base",
            "main",
            "--accept",
            "drivers moved out",
        ])
        .exits(0);
    base(&scratch)
        .exits(0)
        .shows("accepted[gate-loosened]")
        .shows("accepted[contract-removed]");
    assert!(!scratch.path().join("contracts/driver.toml").exists());
}

#[test]
fn one_break_at_a_time() {
    let scratch = branch();
    break_it(&scratch);
    scratch.edit("pkg/base.py", ", force=False)", ")");
    let spawn = [
        "snapshot",
        "--accept",
        "why",
        "--only",
        "pkg.base.Driver.spawn",
    ];
    scratch
        .run(&spawn)
        .exits(0)
        .says("1 break of driver is left");
    scratch
        .run(&["check", "--format", "concise"])
        .exits(1)
        .shows("`force`")
        .never("error[parameter-removed]: `Driver.spawn`");
    base(&scratch)
        .exits(1)
        .shows("accepted[parameter-removed]: `Driver.spawn`")
        .shows("`force`");
    scratch.run(&spawn).exits(2).says("pkg.base.Driver.destroy");
    scratch
        .run(&["snapshot", "--only", "pkg.base.Driver"])
        .exits(2);
    scratch
        .run(&["snapshot", "--accept", "too", "--only", "pkg.base"])
        .exits(0);
    scratch.run(&["check", "--locked"]).exits(0);
    base(&scratch).exits(0);
}

#[test]
fn an_amendment_for_nothing_is_told() {
    let scratch = branch();
    break_it(&scratch);
    scratch.run(&["snapshot", "--accept", "why"]).exits(0);
    scratch.edit("pkg/base.py", "context):", "context, instance):");
    scratch
        .run(&["snapshot", "--accept", "no, keep it"])
        .exits(0);
    commit(&scratch);
    scratch
        .run(&["check", "--base", "main", "-v"])
        .exits(0)
        .shows("note[amendment-unused]");
}
