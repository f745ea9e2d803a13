//! Repositories that want to run something, and environments that point elsewhere.

use std::fs;
use std::path::Path;
use std::process::Command;

use cogate::source::git::{DIFF_FLAGS, Git};
use cogate::source::{ErrorKind, Options, Tree};
use tempfile::TempDir;

use super::git::{Repo, git, index, revision};
use super::{paths, text, write};

/// Everything that a repository's own configuration can make git run while it reads.
#[cfg(unix)]
#[test]
fn nothing_that_the_repository_configures_is_run() {
    use std::os::unix::fs::PermissionsExt;

    let repo = Repo::new();
    write(
        repo.path(),
        &[
            ("a.py", "a"),
            (".gitattributes", "*.py diff=evil filter=evil\n"),
        ],
    );
    repo.commit("one");
    write(repo.path(), &[("a.py", "b")]);
    repo.commit("two");
    let mark = repo.path().join("mark");
    let script = repo.path().join("evil.sh");
    fs::write(
        &script,
        format!("#!/bin/sh\necho \"$0 $@\" >> '{}'\ncat\n", mark.display()),
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let evil = script.display().to_string();
    let shell = format!("!{evil}");
    for (key, value) in [
        ("core.fsmonitor", evil.as_str()),
        ("core.pager", &evil),
        ("core.sshCommand", &evil),
        ("core.editor", &evil),
        ("diff.external", &evil),
        ("diff.evil.textconv", &evil),
        ("diff.evil.command", &evil),
        ("filter.evil.smudge", &evil),
        ("filter.evil.clean", &evil),
        ("filter.evil.process", &evil),
        ("gpg.program", &evil),
        ("log.showSignature", "true"),
        ("credential.helper", &evil),
        ("alias.ls-tree", &shell),
        ("alias.cat-file", &shell),
        ("alias.rev-parse", &shell),
        ("uploadpack.packObjectsHook", &evil),
        ("remote.origin.url", &format!("ext::{evil}")),
        ("remote.origin.promisor", "true"),
        ("protocol.ext.allow", "always"),
        ("extensions.partialClone", "origin"),
    ] {
        repo.git(&["config", key, value]);
    }
    for hook in [
        "post-index-change",
        "post-checkout",
        "reference-transaction",
    ] {
        let path = repo.path().join(".git/hooks").join(hook);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(&script, path).unwrap();
    }
    let lost = repo.git(&["rev-parse", "HEAD~1:a.py"]);
    fs::remove_file(
        repo.path()
            .join(".git/objects")
            .join(&lost[..2])
            .join(&lost[2..]),
    )
    .unwrap();
    let _ = fs::remove_file(&mark);

    let tree = revision(repo.path(), "HEAD").unwrap();
    assert_eq!(text(&tree, "a.py"), "b");
    assert_eq!(text(&index(repo.path()).unwrap(), "a.py"), "b");
    // A promised content would be fetched from where the repository says, through the program that it says.
    let error = revision(repo.path(), "HEAD~1")
        .unwrap()
        .read("a.py")
        .unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::MissingObject | ErrorKind::GitFailed
        ),
        "{error}"
    );
    assert!(revision(repo.path(), "no").is_err());
    let history = [
        &["log", "-z", "--raw", "--format=%H"],
        &DIFF_FLAGS[..],
        &["HEAD"],
    ]
    .concat();
    assert!(
        !Git::new(Some(repo.path()))
            .run(&history)
            .unwrap()
            .is_empty()
    );
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap());
}

#[test]
fn nothing_in_the_repository_changes() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a")]);
    repo.commit("one");
    write(repo.path(), &[("a.py", "b")]);
    let before = fs::metadata(repo.path().join(".git/index"))
        .unwrap()
        .modified()
        .unwrap();
    let _ = index(repo.path()).unwrap().read("a.py").unwrap();
    let _ = revision(repo.path(), "HEAD").unwrap().read("a.py").unwrap();
    let after = fs::metadata(repo.path().join(".git/index"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);
    assert_eq!(fs::read_to_string(repo.path().join("a.py")).unwrap(), "b");
}

#[test]
fn replaced_objects_are_read_as_they_were_committed() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "honest"), ("b.py", "forged")]);
    repo.commit("one");
    let (a, b) = (
        repo.git(&["rev-parse", "HEAD:a.py"]),
        repo.git(&["rev-parse", "HEAD:b.py"]),
    );
    repo.git(&["replace", &a, &b]);
    assert_eq!(
        text(&revision(repo.path(), "HEAD").unwrap(), "a.py"),
        "honest"
    );
}

/// Git refuses such trees when it checks them out, which never happens here.
#[test]
fn a_crafted_tree_with_names_that_climb_out_is_read_without_them() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a")]);
    repo.commit("one");
    let blob = repo.git(&["rev-parse", "HEAD:a.py"]);
    let raw: Vec<u8> = (0..blob.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&blob[at..at + 2], 16).unwrap())
        .collect();
    let mut tree = Vec::new();
    for name in ["../up.py", "/root.py", "a.py", "a.py", "x/./y.py"] {
        tree.extend_from_slice(format!("100644 {name}\0").as_bytes());
        tree.extend_from_slice(&raw);
    }
    fs::write(repo.path().join("raw"), tree).unwrap();
    let id = repo.git(&["hash-object", "-t", "tree", "--literally", "-w", "raw"]);
    let commit = repo.git(&["commit-tree", "-m", "crafted", &id]);
    let tree = revision(repo.path(), &commit).unwrap();
    assert_eq!(paths(&tree), ["a.py"]);
    assert_eq!(tree.problems().len(), 4);
}

/// Runs one of the tests below in a process of its own, because an environment belongs to a process.
fn in_process(test: &str, here: &Path, variables: &[(&str, &Path)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            &format!("hostile_git::{test}"),
            "--ignored",
            "--nocapture",
        ])
        .current_dir(here)
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// What `git commit -a` does: the hook gets another index than the repository's.
fn hook() -> (Repo, TempDir) {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "committed")]);
    repo.commit("one");
    write(repo.path(), &[("a.py", "in the hook's index")]);
    let scratch = TempDir::new().unwrap();
    let index = scratch.path().join("index");
    fs::copy(repo.path().join(".git/index"), &index).unwrap();
    let added = git(repo.path())
        .env("GIT_INDEX_FILE", &index)
        .args(["add", "a.py"])
        .status();
    assert!(added.unwrap().success());
    (repo, scratch)
}

#[test]
fn a_hook_sees_the_index_that_it_was_given() {
    let (repo, scratch) = hook();
    let variables = [
        ("GIT_INDEX_FILE", &*scratch.path().join("index")),
        ("GIT_DIR", &*repo.path().join(".git")),
    ];
    in_process("child_of_a_hook", repo.path(), &variables);
    in_process("child_of_a_hook", repo.path(), &variables[..1]);
}

#[test]
#[ignore = "started by the test above, in a hook's environment"]
fn child_of_a_hook() {
    let here = std::env::current_dir().unwrap();
    for repo in [None, Some(here.as_path())] {
        let tree = Tree::index(repo, &Options::default()).unwrap();
        assert_eq!(text(&tree, "a.py"), "in the hook's index");
        let tree = Tree::revision(repo, "HEAD", &Options::default()).unwrap();
        assert_eq!(text(&tree, "a.py"), "committed");
    }
}

#[test]
fn a_named_repository_is_read_whatever_the_environment_points_at() {
    let (repo, scratch) = hook();
    let other = Repo::new();
    write(other.path(), &[("other.py", "other")]);
    other.commit("one");
    let variables = [
        ("GIT_INDEX_FILE", &*scratch.path().join("index")),
        ("GIT_DIR", &*repo.path().join(".git")),
        ("GIT_WORK_TREE", repo.path()),
        ("GIT_LITERAL_PATHSPECS", Path::new("1")),
        ("OTHER", other.path()),
    ];
    in_process("child_with_another_repository", repo.path(), &variables);
}

#[test]
#[ignore = "started by the test above, in a hook's environment"]
fn child_with_another_repository() {
    let other = std::env::var("OTHER").unwrap();
    for tree in [
        index(Path::new(&other)),
        revision(Path::new(&other), "HEAD"),
    ] {
        assert_eq!(paths(&tree.unwrap()), ["other.py"]);
    }
}
