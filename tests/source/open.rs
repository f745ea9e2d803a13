//! What a person names: a path, an archive, or a revision.

use cogate::source::{ErrorKind, Options, Tree};

use super::git::Repo;
use super::{paths, write};

fn open(spec: &str, repo: &Repo) -> Result<Tree, cogate::source::Error> {
    Tree::open(spec, Some(repo.path()), &Options::default())
}

#[test]
fn what_exists_as_a_path_is_a_path_and_git_forces_a_revision() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a")]);
    repo.commit("one");
    // Tests run in the directory of this package, where there is a `src`; and now there is a tag of that name.
    repo.git(&["tag", "src"]);
    let directory = open("src", &repo).unwrap();
    assert!(directory.entry("lib.rs").is_some());
    assert_eq!(paths(&open("git:src", &repo).unwrap()), ["a.py"]);
    assert_eq!(paths(&open("HEAD", &repo).unwrap()), ["a.py"]);
}

#[test]
fn what_is_neither_says_that_both_were_tried() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a")]);
    repo.commit("one");
    let error = open("nonesuch", &repo).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let message = error.to_string();
    assert!(
        message.contains("no path `nonesuch`") && message.contains("no revision"),
        "{message}"
    );
    assert_eq!(
        open("git:nonesuch", &repo).unwrap_err().kind(),
        ErrorKind::UnknownRevision
    );
    assert_eq!(open("", &repo).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(
        open("git:", &repo).unwrap_err().kind(),
        ErrorKind::UnknownRevision
    );
}

#[test]
fn a_file_that_is_no_archive_is_an_error() {
    let repo = Repo::new();
    write(repo.path(), &[("a.py", "a")]);
    let path = repo.path().join("a.py").display().to_string();
    let error = open(&path, &repo).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAnArchive);
    assert!(error.to_string().contains(".whl"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_a_path_that_does_not_exist() {
    let repo = Repo::new();
    let link = repo.path().join("link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let error = open(&link.display().to_string(), &repo).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
