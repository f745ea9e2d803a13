//! Revisions and the index of scratch repositories, made by the real program.

use std::fs;
use std::path::Path;
use std::process::Command;

use cogate::source::git::Git;
use cogate::source::{CatFile, Content, ErrorKind, Options, Tree};
use tempfile::TempDir;

use super::{paths, text, write};

/// A scratch repository that nobody's configuration has a say in.
pub(crate) struct Repo(TempDir);

/// Git as a test calls it, by itself: not through the module under test.
pub(crate) fn git(at: &Path) -> Command {
    let mut command = Command::new("git");
    for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(variable);
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.org",
            "-c",
            "protocol.file.allow=always",
        ])
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgSign=false",
        ])
        .arg("-C")
        .arg(at);
    command
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

impl Repo {
    pub(crate) fn new() -> Self {
        let repo = Self(TempDir::new().unwrap());
        repo.git(&["init", "--quiet"]);
        repo
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        run(git(self.path()).args(arguments))
    }

    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
}

pub(crate) fn revision(repo: &Path, revision: &str) -> Result<Tree, cogate::source::Error> {
    Tree::revision(Some(repo), revision, &Options::default())
}

pub(crate) fn index(repo: &Path) -> Result<Tree, cogate::source::Error> {
    Tree::index(Some(repo), &Options::default())
}

#[test]
fn a_revision_is_read_without_a_checkout() {
    let repo = Repo::new();
    write(
        repo.path(),
        &[
            ("pkg/a.py", "one"),
            ("pkg/tests/t.py", ""),
            ("readme.md", ""),
        ],
    );
    let first = repo.commit("one");
    write(repo.path(), &[("pkg/a.py", "two"), ("pkg/b.py", "new")]);
    repo.commit("two");
    write(repo.path(), &[("pkg/a.py", "not committed")]);
    let (old, new) = (
        revision(repo.path(), "HEAD~1").unwrap(),
        revision(repo.path(), "main").unwrap(),
    );
    assert_eq!(paths(&old), ["pkg/a.py"]);
    assert_eq!(paths(&new), ["pkg/a.py", "pkg/b.py"]);
    assert_eq!(
        (text(&old, "pkg/a.py"), text(&new, "pkg/a.py")),
        ("one".into(), "two".into())
    );
    assert_eq!(old.label(), "HEAD~1");
    assert_eq!(old.commit(), Some(first.as_str()));
    assert!(!old.same_content("pkg/a.py", &new, "pkg/a.py").unwrap());
    assert!(!old.same_place(&new));
    assert!(old.same_place(&revision(repo.path(), &first).unwrap()));
}

#[test]
fn a_bare_repository_works() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "one")]);
    repo.commit("one");
    let bare = TempDir::new().unwrap();
    run(git(bare.path())
        .args(["clone", "--quiet", "--bare"])
        .arg(repo.path())
        .arg("."));
    let tree = revision(bare.path(), "HEAD").unwrap();
    assert_eq!(text(&tree, "a.py"), "one");
    let error = index(bare.path()).unwrap_err();
    assert!(error.to_string().contains("bare"), "{error}");
}

#[test]
fn paths_are_those_of_the_whole_repository_unless_a_prefix_is_asked_for() {
    let repo = Repo::new();
    write(
        repo.path(),
        &[("a.py", "a"), ("sub/pkg/b.py", "b"), ("sub2/c.py", "")],
    );
    repo.commit("one");
    let sub = repo.path().join("sub");
    for tree in [revision(&sub, "HEAD"), index(&sub)] {
        assert_eq!(paths(&tree.unwrap()), ["a.py", "sub/pkg/b.py", "sub2/c.py"]);
    }
    let options = Options {
        prefix: "./sub/".into(),
        ..Options::default()
    };
    for tree in [
        Tree::revision(Some(&sub), "HEAD", &options),
        Tree::index(Some(&sub), &options),
    ] {
        let tree = tree.unwrap();
        assert_eq!(paths(&tree), ["pkg/b.py"]);
        assert_eq!(text(&tree, "pkg/b.py"), "b");
    }
    assert_eq!(Git::new(Some(&sub)).prefix().unwrap(), "sub");
    assert_eq!(Git::new(Some(repo.path())).prefix().unwrap(), "");
    for (prefix, kind) in [
        ("no", ErrorKind::NotFound),
        ("a.py", ErrorKind::NotFound),
        ("../x", ErrorKind::BadOption),
    ] {
        let options = Options {
            prefix: prefix.into(),
            ..Options::default()
        };
        let error = Tree::revision(Some(repo.path()), "HEAD", &options).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
    let options = Options {
        prefix: "no".into(),
        ..Options::default()
    };
    assert_eq!(
        Tree::index(Some(repo.path()), &options).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn the_index_is_what_is_staged_and_nothing_else() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "committed"), ("gone.py", "")]);
    repo.commit("one");
    write(repo.path(), &[("a.py", "staged"), ("new.py", "new")]);
    repo.git(&["add", "--all"]);
    repo.git(&["rm", "--quiet", "--cached", "gone.py"]);
    write(
        repo.path(),
        &[("a.py", "only on disk"), ("untracked.py", "")],
    );
    let tree = index(repo.path()).unwrap();
    assert_eq!(paths(&tree), ["a.py", "new.py"]);
    assert_eq!(text(&tree, "a.py"), "staged");
    assert_eq!(tree.label(), "the index");
    assert!(tree.same_place(&index(repo.path()).unwrap()));
    assert!(!tree.same_place(&revision(repo.path(), "HEAD").unwrap()));
}

#[test]
fn an_unmerged_index_is_an_error_that_names_a_file() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "base")]);
    repo.commit("base");
    repo.git(&["checkout", "--quiet", "-b", "other"]);
    write(repo.path(), &[("a.py", "theirs")]);
    repo.commit("theirs");
    repo.git(&["checkout", "--quiet", "main"]);
    write(repo.path(), &[("a.py", "ours")]);
    repo.commit("ours");
    assert!(
        !git(repo.path())
            .args(["merge", "--quiet", "other"])
            .output()
            .unwrap()
            .status
            .success()
    );
    let error = index(repo.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unmerged);
    assert!(error.to_string().contains("a.py"), "{error}");
    assert!(revision(repo.path(), "HEAD").is_ok());
}

#[test]
fn many_files_are_read_in_one_batch_whatever_their_size() {
    let repo = Repo::new();
    let names: Vec<String> = (0..600).map(|at| format!("m{at:04}.py")).collect();
    for (at, name) in names.iter().enumerate() {
        write(repo.path(), &[(name, &format!("{at}\n").repeat(at % 500))]);
    }
    repo.commit("many");
    let tree = revision(repo.path(), "HEAD").unwrap();
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).rev().collect();
    wanted.push("no.py");
    let answers = tree.read_many(&wanted);
    assert_eq!(answers.len(), 601);
    assert_eq!(
        answers[600].as_ref().unwrap_err().kind(),
        ErrorKind::NotFound
    );
    for (at, answer) in answers[..600].iter().rev().enumerate() {
        assert_eq!(
            answer.as_deref().unwrap(),
            format!("{at}\n").repeat(at % 500).as_bytes()
        );
    }
    assert!(tree.read_many(&[]).is_empty());
}

#[test]
fn one_process_serves_many_threads() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a"), ("b.py", "bb")]);
    repo.commit("one");
    let tree = revision(repo.path(), "HEAD").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(text(&tree, "a.py"), "a");
                    assert_eq!(text(&tree, "b.py"), "bb");
                }
            });
        }
    });
}

#[test]
fn a_file_above_the_limit_is_an_error_only_when_it_is_read() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a")]);
    fs::write(repo.path().join("big.py"), vec![b' '; (16 << 20) + 1]).unwrap();
    repo.commit("big");
    let tree = revision(repo.path(), "HEAD").unwrap();
    let answers = tree.read_many(&["big.py", "a.py"]);
    assert_eq!(answers[0].as_ref().unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(answers[1].as_deref().unwrap(), b"a");
}

#[test]
fn trees_of_different_kinds_compare_by_content() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "one"), ("b.py", "two")]);
    repo.commit("one");
    write(repo.path(), &[("b.py", "2")]);
    let old = revision(repo.path(), "HEAD").unwrap();
    let disk = Tree::directory(repo.path(), &Options::default()).unwrap();
    assert!(old.same_content("a.py", &disk, "a.py").unwrap());
    assert!(!old.same_content("b.py", &disk, "b.py").unwrap());
    assert!(
        old.same_content("b.py", &index(repo.path()).unwrap(), "b.py")
            .unwrap()
    );
}

#[test]
fn an_unknown_revision_says_what_to_do() {
    let repo = Repo::new();
    let hint = |name: &str| {
        let error = revision(repo.path(), name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownRevision, "{error}");
        error.to_string()
    };
    assert!(hint("HEAD").contains("nothing has been committed"));
    write(repo.path(), &[("a.py", "")]);
    repo.commit("one");
    assert!(hint("v9").contains("fetched"));
    assert!(hint("HEAD..HEAD").contains("not a range"));
    for odd in ["", "--all", "-h", "HEAD:a.py", "a\nb", "a\0b", "\u{1b}[31m"] {
        assert!(!hint(odd).contains(['\n', '\u{1b}', '\0']), "{odd:?}");
    }
}

#[test]
fn a_shallow_clone_is_told_to_fetch_more() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "")]);
    let first = repo.commit("one");
    repo.commit("two");
    let clone = TempDir::new().unwrap();
    let url = format!("file://{}", repo.path().display());
    run(git(clone.path()).args(["clone", "--quiet", "--depth=1", &url, "."]));
    let error = revision(clone.path(), &first).unwrap_err();
    assert!(error.to_string().contains("shallow"), "{error}");
    assert!(revision(clone.path(), "HEAD").is_ok());
}

#[test]
fn no_repository_and_no_directory() {
    let top = TempDir::new().unwrap();
    let kind = |path: &Path| revision(path, "HEAD").unwrap_err().kind();
    assert_eq!(kind(top.path()), ErrorKind::NotARepository);
    assert_eq!(kind(&top.path().join("no")), ErrorKind::NotFound);
    assert_eq!(
        index(top.path()).unwrap_err().kind(),
        ErrorKind::NotARepository
    );
}

#[test]
fn a_missing_content_names_the_file_and_spares_the_others() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a"), ("b.py", "b")]);
    repo.commit("one");
    let id = repo.git(&["rev-parse", "HEAD:a.py"]);
    fs::remove_file(
        repo.path()
            .join(".git/objects")
            .join(&id[..2])
            .join(&id[2..]),
    )
    .unwrap();
    let tree = revision(repo.path(), "HEAD").unwrap();
    let answers = tree.read_many(&["a.py", "b.py"]);
    let error = answers[0].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert!(error.to_string().contains("a.py"), "{error}");
    assert_eq!(answers[1].as_deref().unwrap(), b"b");
}

#[cfg(unix)]
#[test]
fn links_and_submodules_are_skipped_and_odd_names_are_not() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", ""), ("new\nline\t.py", "odd")]);
    std::os::unix::fs::symlink("/etc/passwd", repo.path().join("link.py")).unwrap();
    let commit = repo.commit("one");
    repo.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{commit},sub.py"),
    ]);
    let tree = index(repo.path()).unwrap();
    assert_eq!(paths(&tree), ["a.py", "new\nline\t.py"]);
    assert_eq!(text(&tree, "new\nline\t.py"), "odd");
    assert_eq!((tree.skipped().links, tree.skipped().submodules), (1, 1));
}

#[test]
fn objects_can_be_read_by_name() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a")]);
    repo.commit("one");
    let git = Git::new(Some(repo.path()));
    let commit = git.commit("HEAD").unwrap();
    let listed = git.list_tree(&git.tree(&commit, "").unwrap()).unwrap();
    let mut objects = CatFile::start(&git, 1 << 20).unwrap();
    let answers = objects.read(&[&commit, &listed[0].id]).unwrap();
    assert_eq!(
        answers,
        [Content::NotAFile, Content::Bytes(b"a".as_slice().into())]
    );
}
