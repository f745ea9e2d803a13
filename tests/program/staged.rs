//! Revisions and the index as a user has them: in a repository, a bare one, a hook.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::scratch::{Ran, Scratch, finish, git, project};

#[track_caller]
fn run(scratch: &Scratch, args: &[&str]) -> Ran {
    finish(git(scratch.path()).args(args)).exits(0)
}

/// A committed project.
fn repository() -> Scratch {
    let scratch = project();
    run(&scratch, &["init", "-q"]);
    run(&scratch, &["add", "."]);
    run(&scratch, &["commit", "-qm", "one"]);
    scratch
}

fn break_it(scratch: &Scratch) {
    scratch.edit("pkg/base.py", "context, instance):", "context):");
}

fn mend_it(scratch: &Scratch) {
    scratch.edit("pkg/base.py", "context):", "context, instance):");
}

#[test]
fn two_revisions_here_elsewhere_and_bare() {
    let scratch = repository();
    break_it(&scratch);
    run(&scratch, &["commit", "-qam", "two"]);
    let elsewhere = Scratch::new();
    run(
        &scratch,
        &[
            "clone",
            "-q",
            "--bare",
            ".",
            elsewhere.path().join("bare").to_str().unwrap(),
        ],
    );
    let here = scratch.path().to_str().unwrap();
    let bare = elsewhere.path().join("bare");
    let bare = bare.to_str().unwrap();
    let expected = scratch
        .run(&["diff", "HEAD~1", "HEAD", "--format", "json"])
        .exits(1);
    assert!(expected.out.contains("parameter-removed"), "{expected:#?}");
    for repo in [here, bare] {
        let ran = elsewhere.run(&["diff", "HEAD~1", "HEAD", "--repo", repo, "--format", "json"]);
        assert_eq!(ran, expected);
        elsewhere
            .run(&["diff", "HEAD~1", "v9", "--repo", repo])
            .exits(2)
            .in_one_sentence()
            .says("`v9` is no revision");
        elsewhere
            .run(&["diff", "main", "HEAD", "--repo", repo])
            .exits(0)
            .says("warning: old and new are the same place");
    }
    // A path wins over a revision of the same name, unless it is forced.
    fs::create_dir(elsewhere.path().join("main")).unwrap();
    elsewhere
        .run(&["diff", "HEAD~1", "main", "--repo", bare])
        .exits(2);
    elsewhere
        .run(&["diff", "HEAD~1", "git:main", "--repo", bare])
        .exits(1);
    // A working tree against what was committed.
    mend_it(&scratch);
    scratch
        .run(&["diff", "HEAD~1", "."])
        .exits(0)
        .never("same place");
}

#[test]
fn staged_is_the_index_and_not_the_working_tree() {
    let scratch = repository();
    scratch.run(&["check", "--staged"]).exits(0);
    break_it(&scratch);
    scratch.run(&["check"]).exits(1);
    scratch.run(&["check", "--staged"]).exits(0);
    run(&scratch, &["add", "."]);
    mend_it(&scratch);
    scratch.run(&["check"]).exits(0);
    scratch
        .run(&["check", "--staged"])
        .exits(1)
        .shows("`Driver.spawn` no longer takes `instance`")
        .shows("pkg/base.py:2:5");
    // The contract of the index counts, not the one on disk.
    break_it(&scratch);
    scratch.run(&["snapshot", "--accept", "because"]).exits(0);
    scratch.run(&["check", "--staged"]).exits(1);
    run(&scratch, &["add", "."]);
    scratch.run(&["check", "--staged", "--locked"]).exits(0);
    run(&scratch, &["rm", "-q", "--cached", "contracts/other.toml"]);
    scratch
        .run(&["check", "--staged"])
        .exits(2)
        .says("`other` has no contract yet");
    run(&scratch, &["rm", "-q", "--cached", "cogate.toml"]);
    scratch
        .run(&["check", "--staged"])
        .exits(2)
        .in_one_sentence()
        .says("`cogate.toml` is not in the index");
}

#[test]
fn staged_in_a_folder_of_the_repository() {
    let scratch = Scratch::new();
    let inner = project();
    for (path, bytes) in inner.files("") {
        let path = path.strip_prefix(inner.path()).unwrap();
        scratch.write(&format!("sub/dir/{}", path.display()), bytes);
    }
    run(&scratch, &["init", "-q"]);
    run(&scratch, &["add", "."]);
    run(&scratch, &["commit", "-qm", "one"]);
    scratch
        .run_in("sub/dir", &["check", "--staged", "--locked"])
        .exits(0);
    scratch.edit("sub/dir/pkg/base.py", "context, instance):", "context):");
    run(&scratch, &["add", "."]);
    scratch
        .run_in("sub/dir/pkg", &["check", "--staged"])
        .exits(1)
        .shows("pkg/base.py:2:5");
}

#[test]
fn staged_outside_a_repository() {
    project()
        .run(&["check", "--staged"])
        .exits(2)
        .in_one_sentence()
        .says("not in a git repository");
}

#[test]
fn conflicts_in_the_index_cannot_be_checked() {
    let scratch = repository();
    run(&scratch, &["checkout", "-qb", "side"]);
    break_it(&scratch);
    run(&scratch, &["commit", "-qam", "side"]);
    run(&scratch, &["checkout", "-q", "main"]);
    scratch.edit("pkg/base.py", "context, instance):", "instance):");
    run(&scratch, &["commit", "-qam", "main"]);
    finish(git(scratch.path()).args(["merge", "-q", "side"])).exits(1);
    scratch
        .run(&["check", "--staged"])
        .exits(2)
        .in_one_sentence();
}

/// `git commit -a` and `git commit PATH` put their files into an index of their own, named by `GIT_INDEX_FILE`.
#[test]
fn a_hook_judges_the_very_commit() {
    let scratch = repository();
    let hook = scratch.path().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let program = env!("CARGO_BIN_EXE_cogate");
    fs::write(
        &hook,
        format!("#!/bin/sh\nexec '{program}' check --staged --format concise >&2\n"),
    )
    .unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let commit = |args: &[&str]| {
        let mut command: Command = git(scratch.path());
        finish(command.arg("commit").arg("-qm").arg("next").args(args))
    };
    break_it(&scratch);
    scratch.write("readme", "text");
    run(&scratch, &["add", "readme"]);
    commit(&["-a"])
        .exits(1)
        .says("pkg/base.py:2:5: error[parameter-removed]");
    commit(&["pkg/base.py"]).exits(1).says("parameter-removed");
    // Without the change to the source there is nothing to say.
    commit(&["readme"]).exits(0);
    scratch.run(&["snapshot", "--accept", "because"]).exits(0);
    commit(&["-a"]).exits(0);
}
