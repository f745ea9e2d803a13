//! Directories on disk.

use std::fs;
use std::path::Path;

use cogate::source::{ErrorKind, Options, Tree};
use tempfile::TempDir;

use super::{paths, text, write};

fn tree(top: &Path) -> Tree {
    Tree::directory(top, &Options::default()).unwrap()
}

#[test]
fn sources_are_listed_in_order_and_read() {
    let top = TempDir::new().unwrap();
    write(
        top.path(),
        &[
            ("b.py", "b"),
            ("a/z.pyi", "z"),
            ("a.rs", "r"),
            ("a/readme.md", ""),
            ("Cargo.toml", "c"),
        ],
    );
    let tree = tree(top.path());
    assert_eq!(paths(&tree), ["Cargo.toml", "a.rs", "a/z.pyi", "b.py"]);
    assert_eq!(text(&tree, "a/z.pyi"), "z");
    assert_eq!(tree.entry("b.py").unwrap().size, Some(1));
    assert_eq!(tree.roots(), [""]);
    assert_eq!(tree.label(), top.path().display().to_string());
}

#[test]
fn many_files_are_read_in_the_order_of_the_question() {
    let top = TempDir::new().unwrap();
    write(top.path(), &[("a.py", "a"), ("b.py", "b")]);
    let answers = tree(top.path()).read_many(&["b.py", "no.py", "a.py", "b.py"]);
    assert_eq!(answers[0].as_deref().unwrap(), b"b");
    assert_eq!(answers[1].as_ref().unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(answers[2].as_deref().unwrap(), b"a");
    assert_eq!(answers[3].as_deref().unwrap(), b"b");
}

#[test]
fn an_installed_package_in_a_virtualenv_is_seen_when_it_is_the_root() {
    let top = TempDir::new().unwrap();
    write(
        top.path(),
        &[
            (".gitignore", ".venv\n"),
            (".venv/pyvenv.cfg", ""),
            (".venv/lib/python3/site-packages/nova/driver.py", ""),
            (".venv/lib/python3/site-packages/nova/tests/x.py", ""),
            ("mine.py", ""),
        ],
    );
    assert_eq!(paths(&tree(top.path())), ["mine.py"]);
    let installed = tree(&top.path().join(".venv/lib/python3/site-packages"));
    assert_eq!(paths(&installed), ["nova/driver.py"]);
}

#[test]
fn a_place_that_is_left_out_can_be_kept_by_name() {
    let top = TempDir::new().unwrap();
    write(
        top.path(),
        &[
            ("pkg/tests/fake.py", ""),
            ("pkg/tests/unit/x.py", ""),
            ("vendor/lib/a.py", ""),
        ],
    );
    let options = Options {
        keep: vec!["pkg/tests/fake.py".into()],
        root: vec!["vendor/lib".into()],
        ..Options::default()
    };
    let tree = Tree::directory(top.path(), &options).unwrap();
    assert_eq!(paths(&tree), ["pkg/tests/fake.py", "vendor/lib/a.py"]);
    assert_eq!(tree.below_root("vendor/lib/a.py"), Some("a.py"));
    assert_eq!(tree.below_root("pkg/tests/fake.py"), None);
}

#[test]
fn src_is_a_root_if_python_starts_there() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: [Case<'_>; 5] = [
        (
            &[("src/pkg/__init__.py", ""), ("tools.py", "")],
            &["", "src"],
        ),
        (&[("src/single.py", "")], &["", "src"]),
        (&[("src/__init__.py", ""), ("src/a.py", "")], &[""]),
        (&[("src/lib.rs", ""), ("Cargo.toml", "")], &[""]),
        (&[("pkg/src/a.py", "")], &[""]),
    ];
    for (files, roots) in cases {
        let top = TempDir::new().unwrap();
        write(top.path(), files);
        assert_eq!(tree(top.path()).roots(), roots, "{files:?}");
    }
    let top = TempDir::new().unwrap();
    write(top.path(), &[("src/pkg/a.py", ""), ("tools.py", "")]);
    let tree = tree(top.path());
    assert_eq!(tree.below_root("src/pkg/a.py"), Some("pkg/a.py"));
    assert_eq!(tree.below_root("tools.py"), Some("tools.py"));
}

#[test]
fn a_root_that_is_not_there_is_an_error() {
    let top = TempDir::new().unwrap();
    write(top.path(), &[("lib/a.py", "")]);
    for bad in ["nowhere", "../lib", "/lib", "li"] {
        let options = Options {
            root: vec![bad.into()],
            ..Options::default()
        };
        let error = Tree::directory(top.path(), &options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadOption, "{bad}");
        assert!(error.to_string().contains(bad), "{error}");
    }
    let options = Options {
        root: vec!["./lib/".into()],
        ..Options::default()
    };
    assert_eq!(
        Tree::directory(top.path(), &options).unwrap().roots(),
        ["lib"]
    );
}

#[test]
fn a_directory_that_is_not_there_and_one_that_is_a_file() {
    let top = TempDir::new().unwrap();
    write(top.path(), &[("a.py", "")]);
    let kind = |name: &str| {
        Tree::directory(&top.path().join(name), &Options::default())
            .unwrap_err()
            .kind()
    };
    assert_eq!(kind("no"), ErrorKind::NotFound);
    assert_eq!(kind("a.py"), ErrorKind::NotADirectory);
}

#[test]
fn a_file_above_the_limit_is_an_error_only_when_it_is_read() {
    let top = TempDir::new().unwrap();
    write(top.path(), &[("ok.py", "")]);
    let big = fs::File::create(top.path().join("big.py")).unwrap();
    big.set_len((16 << 20) + 1).unwrap();
    let tree = tree(top.path());
    assert_eq!(paths(&tree), ["big.py", "ok.py"]);
    let error = tree.read("big.py").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.to_string().contains("16 MiB"), "{error}");
    big.set_len(16 << 20).unwrap();
    assert_eq!(tree.read("big.py").unwrap().len(), 16 << 20);
}

#[test]
fn a_file_that_has_gone_is_an_error_that_names_it() {
    let top = TempDir::new().unwrap();
    write(top.path(), &[("pkg/a.py", "")]);
    let tree = tree(top.path());
    fs::remove_file(top.path().join("pkg/a.py")).unwrap();
    let error = tree.read("pkg/a.py").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("pkg/a.py"), "{error}");
}

#[test]
fn equal_files_are_equal_and_others_are_not() {
    let (a, b) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    write(
        a.path(),
        &[("x.py", "one"), ("y.py", "one"), ("z.py", "three")],
    );
    write(
        b.path(),
        &[("x.py", "one"), ("y.py", "two"), ("z.py", "four")],
    );
    let (a, b) = (tree(a.path()), tree(b.path()));
    assert!(a.same_content("x.py", &b, "x.py").unwrap());
    assert!(!a.same_content("y.py", &b, "y.py").unwrap());
    assert!(!a.same_content("z.py", &b, "z.py").unwrap());
    assert_eq!(
        a.same_content("x.py", &b, "no.py").unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn one_place_under_two_names_is_one_place() {
    let top = TempDir::new().unwrap();
    write(top.path(), &[("p/a.py", "")]);
    let direct = tree(&top.path().join("p"));
    assert!(direct.same_place(&tree(&top.path().join("p/../p/."))));
    assert!(!direct.same_place(&tree(top.path())));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn links_are_skipped_and_counted_but_the_root_may_be_one() {
        let top = TempDir::new().unwrap();
        write(
            top.path(),
            &[("real/a.py", "a"), ("outside/secret.py", "s")],
        );
        symlink("../outside", top.path().join("real/dir")).unwrap();
        symlink("../outside/secret.py", top.path().join("real/b.py")).unwrap();
        symlink("nowhere", top.path().join("real/c.py")).unwrap();
        symlink("..", top.path().join("real/loop")).unwrap();
        symlink("real", top.path().join("link")).unwrap();
        let linked = tree(&top.path().join("link"));
        assert_eq!(paths(&linked), ["a.py"]);
        assert_eq!(linked.skipped().links, 4);
        assert_eq!(text(&linked, "a.py"), "a");
        assert!(linked.same_place(&tree(&top.path().join("real"))));
    }

    #[test]
    fn a_pipe_named_like_a_source_is_never_opened() {
        let top = TempDir::new().unwrap();
        write(top.path(), &[("late.py", "")]);
        let pipe = |name: &str| {
            assert!(
                Command::new("mkfifo")
                    .arg(top.path().join(name))
                    .status()
                    .unwrap()
                    .success()
            );
        };
        pipe("early.py");
        let tree = tree(top.path());
        // It is listed, so that what was there before does not count as removed; but never opened.
        assert_eq!(paths(&tree), ["early.py", "late.py"]);
        assert_eq!(tree.skipped().special, 1);
        assert_eq!(
            tree.read("early.py").unwrap_err().kind(),
            ErrorKind::NotAFile
        );
        // It becomes a pipe, or a link to the world outside, after it was listed.
        fs::remove_file(top.path().join("late.py")).unwrap();
        pipe("late.py");
        assert_eq!(
            tree.read("late.py").unwrap_err().kind(),
            ErrorKind::NotAFile
        );
        fs::remove_file(top.path().join("late.py")).unwrap();
        symlink("/etc/passwd", top.path().join("late.py")).unwrap();
        assert_eq!(
            tree.read("late.py").unwrap_err().kind(),
            ErrorKind::NotAFile
        );
    }

    #[test]
    fn names_that_are_not_text_are_listed_and_read() {
        let top = TempDir::new().unwrap();
        let odd = |bytes: &[u8]| top.path().join(OsStr::from_bytes(bytes));
        fs::write(odd(b"a\xff.py"), "one").unwrap();
        fs::write(odd(b"new\nline.py"), "two").unwrap();
        let (read, unread) = (tree(top.path()), tree(top.path()));
        assert_eq!(paths(&read), ["a\u{fffd}.py", "new\nline.py"]);
        assert_eq!(text(&read, "a\u{fffd}.py"), "one");
        assert_eq!(text(&read, "new\nline.py"), "two");
        fs::remove_file(odd(b"new\nline.py")).unwrap();
        // A file is read once: a tree does not change under those who look at it.
        assert_eq!(text(&read, "new\nline.py"), "two");
        let error = unread.read("new\nline.py").unwrap_err().to_string();
        assert!(error.contains("new\\nline.py"), "{error}");
    }

    #[test]
    fn two_names_that_read_alike_are_a_problem_and_not_a_panic() {
        let top = TempDir::new().unwrap();
        for bytes in [b"a\xff.py", b"a\xfe.py"] {
            fs::write(top.path().join(OsStr::from_bytes(bytes)), "").unwrap();
        }
        let tree = tree(top.path());
        assert_eq!(tree.entries().len(), 1);
        assert_eq!(tree.problems()[0].kind(), ErrorKind::BadName);
    }

    #[test]
    fn what_may_not_be_read_is_an_error_or_a_problem() {
        let top = TempDir::new().unwrap();
        write(top.path(), &[("closed/a.py", ""), ("secret.py", "")]);
        let lock = |name: &str, mode| {
            fs::set_permissions(top.path().join(name), fs::Permissions::from_mode(mode)).unwrap()
        };
        lock("closed", 0o000);
        lock("secret.py", 0o000);
        // The superuser may read everything, so for that one there is nothing to see.
        if fs::read_dir(top.path().join("closed")).is_err() {
            let tree = tree(top.path());
            assert_eq!(paths(&tree), ["secret.py"]);
            assert_eq!(tree.problems()[0].kind(), ErrorKind::Unreadable);
            assert!(tree.problems()[0].to_string().contains("`closed`"));
            assert_eq!(
                tree.read("secret.py").unwrap_err().kind(),
                ErrorKind::Unreadable
            );
        }
        lock("closed", 0o755);
    }

    #[test]
    fn a_path_too_deep_to_be_honest_is_a_problem() {
        let top = TempDir::new().unwrap();
        let deep = "d/".repeat(70);
        write(top.path(), &[(&format!("{deep}a.py"), ""), ("b.py", "")]);
        let tree = tree(top.path());
        assert_eq!(paths(&tree), ["b.py"]);
        assert_eq!(tree.problems().len(), 1);
    }
}
