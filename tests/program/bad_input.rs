//! Input that cannot be checked: exit 2 and a sentence, nothing half-written, nothing called removed, and the findings
//! of the rest all the same.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use super::scratch::{Scratch, crate_project, git, project};

const SIXTEEN_MIB: usize = 16 << 20;

#[test]
fn what_is_no_tree_is_said_in_a_sentence() {
    let scratch = project();
    scratch.write("plain", "text");
    for name in ["x.whl", "x.zip", "x.tar.gz", "x.tgz", "x.crate"] {
        scratch.write(name, "text");
        scratch
            .run(&["diff", name, "."])
            .exits(2)
            .in_one_sentence()
            .says(&format!("`{name}` is not the archive"));
    }
    for (args, sentence) in [
        (["diff", "nowhere", "."], "there is no path `nowhere`"),
        (
            ["diff", ".", "nowhere.whl"],
            "there is no path `nowhere.whl`",
        ),
        (["diff", ".", "plain"], "no archive that is read here"),
        (["diff", "git:nope", "."], "not in a git repository"),
    ] {
        let ran = scratch.run(&args).exits(2).in_one_sentence().says(sentence);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn a_truncated_archive_says_so() {
    let scratch = project();
    let base = scratch.read("pkg/base.py");
    let mut wheel = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    wheel.start_file("pkg/base.py", options).unwrap();
    wheel.write_all(base.as_bytes()).unwrap();
    let wheel = wheel.finish().unwrap().into_inner();
    let mut tarball = tar::Builder::new(flate2::write::GzEncoder::new(
        Vec::new(),
        flate2::Compression::default(),
    ));
    tarball
        .append_path_with_name(scratch.path().join("pkg/base.py"), "top/pkg/base.py")
        .unwrap();
    let tarball = tarball.into_inner().unwrap().finish().unwrap();
    for (name, bytes) in [("a.whl", wheel), ("a.tar.gz", tarball)] {
        scratch.write(name, &bytes);
        scratch
            .run(&["diff", name, "pkg", "base"])
            .never("ends too early");
        scratch.write(name, &bytes[..bytes.len() / 2]);
        scratch
            .run(&["diff", name, "."])
            .exits(2)
            .in_one_sentence()
            .says("ends too early");
    }
}

#[test]
fn revisions_that_are_not_there() {
    let scratch = project();
    let run = |args: &[&str]| assert!(git(scratch.path()).args(args).status().unwrap().success());
    run(&["init", "-q"]);
    run(&["add", "."]);
    run(&["commit", "-qm", "one"]);
    scratch
        .run(&["diff", "nope", "HEAD"])
        .exits(2)
        .in_one_sentence()
        .says("`nope` is no revision");
    scratch
        .run(&["diff", "HEAD", "HEAD", "--repo", "/nowhere/at/all"])
        .exits(2)
        .in_one_sentence()
        .says("not a directory");
    scratch
        .run(&["diff", "HEAD", "git:HEAD"])
        .exits(0)
        .says("old and new are the same place");
    scratch
        .run(&["diff", ".", "."])
        .exits(0)
        .says("warning: old and new are the same place");
}

#[test]
fn names_that_nobody_has() {
    let scratch = project();
    for args in [
        &["check", "nothing"][..],
        &["snapshot", "nothing"],
        &["explain", "nothing"],
        &["check", "--config", "nowhere.toml"],
        &["diff", ".", ".", "--root", "nowhere"],
        &["diff", ".", ".", "--root", "../.."],
    ] {
        scratch.run(args).exits(2).in_one_sentence();
    }
    scratch
        .run(&["explain", "parameter-renam"])
        .exits(2)
        .says("did you mean `parameter-renamed`?");
    fs::create_dir(scratch.path().join("copy")).unwrap();
    scratch.write("copy/pkg/base.py", scratch.read("pkg/base.py"));
    for path in [
        "pkg.base.Nope",
        "pkg.base.Driver.spown",
        "::x::y",
        "pkg..base",
        "",
    ] {
        scratch
            .run(&["diff", ".", "copy", path])
            .exits(2)
            .says(&format!("error: there is no `{path}` in either tree"))
            .never("nothing changed");
    }
}

#[test]
fn configuration_that_is_wrong_is_shown_by_line() {
    for (text, sentence) in [
        ("x = [", "cogate.toml:6:6: unclosed array"),
        ("[sorce]\nroot = [\".\"]\n", "cogate.toml:6: `sorce`"),
        ("[sorce]\nroot = [\".\"]\n", "did you mean `source`?"),
        ("member = [\"a.B\"]\n", "did you mean `members`?"),
        (
            "[rules]\nparameter-remove = \"error\"\n",
            "cogate.toml:7: there is no rule `parameter-remove`; did you mean `parameter-removed`?",
        ),
    ] {
        for command in ["check", "snapshot"] {
            let scratch = project();
            let config = scratch.read("cogate.toml") + text;
            scratch.write("cogate.toml", config);
            let before = scratch.files("");
            scratch
                .run(&[command])
                .exits(2)
                .in_one_sentence()
                .says(sentence);
            assert_eq!(scratch.files(""), before);
        }
    }
    for (text, sentence) in [
        ("", "names no interface"),
        ("[interfaces]\n", "names no interface"),
    ] {
        let scratch = project();
        scratch.write("cogate.toml", text);
        scratch
            .run(&["check"])
            .exits(2)
            .in_one_sentence()
            .says(sentence);
    }
    let scratch = project();
    fs::remove_file(scratch.path().join("cogate.toml")).unwrap();
    scratch
        .run(&["check"])
        .exits(2)
        .in_one_sentence()
        .says("cogate init");
}

/// The other contract is checked all the same, and neither command writes anything.
#[test]
fn a_contract_that_cannot_be_read_is_shown_by_line() {
    type Damage = fn(&Scratch);
    let cases: [(&str, Damage); 8] = [
        ("contracts/driver.toml:15:6: unclosed array", |scratch| {
            let text = scratch.read("contracts/driver.toml") + "x = [";
            scratch.write("contracts/driver.toml", text);
        }),
        (
            "contracts/driver.toml:9:4: `def spawn(self, context, instance` cannot be read",
            |scratch| {
                scratch.edit(
                    "contracts/driver.toml",
                    "context, instance)\"",
                    "context, instance\"",
                );
            },
        ),
        (
            "contracts/driver.toml:7: `provide` is no key that belongs here; did you mean `provides`?",
            |scratch| {
                scratch.edit("contracts/driver.toml", "provides", "provide");
            },
        ),
        ("contracts/driver.toml:3: `one` is no version", |scratch| {
            scratch.edit("contracts/driver.toml", "\"1.0\"", "\"one\"");
        }),
        (
            "contracts/driver.toml:2: format 9 of contracts is newer",
            |scratch| {
                scratch.edit("contracts/driver.toml", "cogate = 1", "cogate = 9");
            },
        ),
        (
            "contracts/driver.toml:3: a merge conflict is not resolved",
            |scratch| {
                let sides =
                    "<<<<<<< HEAD\nversion = \"1.0\"\n=======\nversion = \"1.1\"\n>>>>>>> b\n";
                scratch.edit("contracts/driver.toml", "version = \"1.0\"\n", sides);
            },
        ),
        (
            "contracts/driver.toml: it leads out of the project",
            |scratch| {
                let path = scratch.path().join("contracts/driver.toml");
                fs::remove_file(&path).unwrap();
                std::os::unix::fs::symlink("/etc/hostname", path).unwrap();
            },
        ),
        ("contracts/driver.toml: it is no regular file", |scratch| {
            let path = scratch.path().join("contracts/driver.toml");
            fs::remove_file(&path).unwrap();
            fs::create_dir(path).unwrap();
        }),
    ];
    for (sentence, damage) in cases {
        let scratch = project();
        scratch.edit("pkg/base.py", "def one(self, a, b)", "def one(self, a)");
        damage(&scratch);
        let before = scratch.files("");
        scratch
            .run(&["check"])
            .exits(2)
            .in_one_sentence()
            .says(sentence)
            .shows("error[parameter-removed]: `Other.one` no longer takes `b`");
        scratch
            .run(&["snapshot", "--accept", "because"])
            .exits(2)
            .says(sentence)
            .says("nothing is written, not even other");
        assert_eq!(scratch.files(""), before, "{sentence}");
    }
}

#[test]
fn a_contract_that_is_missing_is_asked_for() {
    let scratch = project();
    fs::remove_file(scratch.path().join("contracts/other.toml")).unwrap();
    scratch
        .run(&["check"])
        .exits(2)
        .in_one_sentence()
        .says("`other` has no contract yet: contracts/other.toml is not there")
        .says("help: cogate snapshot other")
        .shows("driver 1.0 holds");
    scratch
        .run(&["check", "other"])
        .exits(2)
        .never("nothing changed");
}

#[test]
fn a_member_that_never_was_is_a_mistake() {
    let scratch = project();
    scratch.edit("cogate.toml", "base.Other", "base.Othr");
    let before = scratch.files("");
    for command in ["check", "snapshot"] {
        scratch
            .run(&[command])
            .exits(2)
            .says("there is no `pkg.base.Othr` in the source")
            .says("help: `pkg.base` is there, but not the rest of the path");
    }
    assert_eq!(scratch.files(""), before);
}

#[test]
fn init_overwrites_nothing() {
    let scratch = project();
    let before = scratch.files("");
    scratch
        .run(&["init"])
        .exits(2)
        .in_one_sentence()
        .says("is there already, and is left as it is");
    assert_eq!(scratch.files(""), before);
}

#[test]
fn a_directory_without_sources() {
    let scratch = project();
    fs::remove_dir_all(scratch.path().join("pkg")).unwrap();
    for command in ["check", "snapshot"] {
        scratch
            .run(&[command])
            .exits(2)
            .in_one_sentence()
            .says("holds no Python and no Rust source");
    }
    scratch.write("empty/readme", "");
    scratch
        .run(&["diff", "empty", "."])
        .exits(2)
        .in_one_sentence();
    scratch
        .run_in("empty", &["init"])
        .exits(2)
        .in_one_sentence();
    assert!(!scratch.path().join("empty/cogate.toml").exists());
}

/// A file in whose place nothing can be read: all of it may still be there.
#[test]
fn an_unreadable_file_has_not_been_removed() {
    type Damage = fn(&Scratch, &str);
    let pipe: Damage = |scratch, path| {
        let path = scratch.path().join(path);
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let large: Damage = |scratch, path| {
        scratch.write(path, vec![b'\n'; SIXTEEN_MIB + 1]);
    };
    let deep: Damage = |scratch, path| {
        let text = format!("x = {}{}\n", "(".repeat(100_000), ")".repeat(100_000));
        scratch.write(path, text + &scratch.read(path));
    };
    let wide: Damage = |scratch, path| {
        let units: Vec<u8> = std::iter::once(0xfeff)
            .chain(scratch.read(path).encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        scratch.write(path, units);
    };
    for (damage, sentence) in [
        (pipe, "not a regular file"),
        (large, "has 16777217 bytes, more than the 16 MiB"),
        (deep, "it nests deeper than"),
        (wide, "it is UTF-16"),
    ] {
        let scratch = project();
        let old = project();
        damage(&scratch, "pkg/base.py");
        let before = scratch.files("contracts");
        for args in [
            &["check"][..],
            &["snapshot", "--accept", "because"],
            &["diff", old.path().to_str().unwrap(), "."],
            &["diff", old.path().to_str().unwrap(), ".", "pkg.base.Driver"],
        ] {
            scratch
                .run(args)
                .exits(2)
                .says("error: pkg/base.py:1: `pkg.base")
                .says(sentence)
                .never("is gone")
                .never("nothing changed");
        }
        assert_eq!(scratch.files("contracts"), before);
    }
    for (damage, sentence) in [
        (pipe, "not a regular file"),
        (large, "has 16777217 bytes, more than the 16 MiB"),
    ] {
        let scratch = crate_project();
        let old = crate_project();
        damage(&scratch, "src/driver.rs");
        let before = scratch.files("contracts");
        for args in [
            &["check"][..],
            &["snapshot", "--accept", "because"],
            &["diff", old.path().to_str().unwrap(), "."],
        ] {
            scratch.run(args).exits(2).says(sentence).never("is gone");
        }
        assert_eq!(scratch.files("contracts"), before);
    }
}

#[test]
fn an_unreadable_file_that_nobody_asked_about_is_no_matter() {
    let scratch = project();
    scratch.write("pkg/large.py", vec![b'\n'; SIXTEEN_MIB + 1]);
    let pipe = scratch.path().join("pkg/pipe.py");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    fs::create_dir(scratch.path().join("pkg/folder.py")).unwrap();
    scratch.run(&["check"]).exits(0);
}

/// The damage, and what is told of it; `Other.one` lost a parameter, which is told as well.
#[test]
fn damaged_text_is_told_and_the_rest_is_checked() {
    for (text, by, sentence) in [
        (
            "def spawn(self, context, instance):",
            "def spawn(self, context, instance:",
            "pkg/base.py:2: `pkg.base.Driver.spawn` could not be read",
        ),
        (
            "def spawn(self, context, instance):",
            "def spawn(self, context, instance)",
            "pkg/base.py:2: `pkg.base.Driver.spawn` could not be read",
        ),
        (
            "def spawn(self, context, instance):",
            "def spawn(self, (context, instance)):",
            "pkg/base.py:2: `pkg.base.Driver.spawn` could not be read",
        ),
        (
            "    def spawn",
            "    @wraps(\n    def spawn",
            "`pkg.base.Driver.spawn` could not be read",
        ),
        (
            "class Driver:",
            "class Driver(:",
            "pkg/base.py:1: `pkg.base.Driver` could not be read",
        ),
        (
            "class Driver:",
            "class Driver",
            "pkg/base.py:1: `pkg.base.Driver` could not be read",
        ),
    ] {
        let (scratch, old) = (project(), project());
        scratch.edit("pkg/base.py", text, by).edit(
            "pkg/base.py",
            "def one(self, a, b)",
            "def one(self, a)",
        );
        let before = scratch.files("contracts");
        for args in [
            &["check"][..],
            &["check", "--exit-zero"],
            &["diff", old.path().to_str().unwrap(), "."],
        ] {
            scratch
                .run(args)
                .exits(2)
                .in_one_sentence()
                .says(sentence)
                .shows("error[parameter-removed]: `Other.one` no longer takes `b`")
                .never("is gone");
        }
        scratch
            .run(&["snapshot", "--accept", "because"])
            .exits(2)
            .says(sentence);
        assert_eq!(scratch.files("contracts"), before, "{by}");
        scratch.run(&["check", "other"]).exits(1);
    }
}

#[test]
fn nothing_is_removed_behind_text_that_is_lost() {
    for (text, by) in [
        ("        return 1", "        x = \"\"\""),
        ("        return 1", "        x = (((((\n"),
        ("        return 1", "        pass\n   y = 1"),
        ("        return 1", "\tif x:\n        pass\n\t  return"),
    ] {
        let (scratch, old) = (project(), project());
        scratch.edit("pkg/base.py", text, by);
        for args in [&["check"][..], &["diff", old.path().to_str().unwrap(), "."]] {
            let ran = scratch.run(args).never("is gone");
            assert!(ran.code == Some(2) || ran.code == Some(0), "{by}: {ran:#?}");
        }
    }
}

#[test]
fn a_body_that_is_no_python_changes_no_header() {
    for by in ["return 1 +", "print \"x\" % 1", "1 = 2", "raise E, 'x'"] {
        let scratch = project();
        scratch.edit("pkg/base.py", "return 1", by);
        scratch.run(&["check"]).exits(0);
    }
    // An error that ends where the next header begins is none of that header's.
    let scratch = project();
    scratch.edit("pkg/base.py", "class Driver", "x = 1 +\nclass Driver");
    scratch.run(&["check"]).exits(0);
}

#[test]
fn a_rust_file_that_does_not_parse_hides_only_itself() {
    let (scratch, old) = (crate_project(), crate_project());
    scratch
        .write("src/driver.rs", "pub trait Driver {\n    fn spawn(&self\n")
        .edit("src/other.rs", "a: u8", "a: u16");
    let before = scratch.files("contracts");
    for args in [&["check"][..], &["diff", old.path().to_str().unwrap(), "."]] {
        scratch
            .run(args)
            .exits(2)
            .in_one_sentence()
            .says("error: src/driver.rs:2: `hyper::driver` could not be read")
            .shows("error[parameter-type-changed]: ")
            .never("is gone");
    }
    scratch
        .run(&["snapshot", "--accept", "because"])
        .exits(2)
        .says("nothing is written, not even other");
    assert_eq!(scratch.files("contracts"), before);
    // Asked about the other module only, there is nothing in the way.
    scratch
        .run(&["diff", old.path().to_str().unwrap(), ".", "::other"])
        .exits(1);
}

#[test]
fn a_rust_module_without_a_file_has_not_been_removed() {
    let (scratch, old) = (crate_project(), crate_project());
    fs::remove_file(scratch.path().join("src/driver.rs")).unwrap();
    let diff = ["diff", old.path().to_str().unwrap(), "."];
    for args in [&["check"][..], &["snapshot"], &diff] {
        scratch
            .run(args)
            .exits(2)
            .says("error: src/lib.rs:1: `hyper::driver` could not be read: module `driver` has no file in the tree")
            .never("is gone");
    }
}

#[test]
fn nothing_outside_the_tree_is_read() {
    let scratch = Scratch::new();
    scratch
        .write("outside.rs", "pub fn secret_of_the_neighbour() {}\n")
        .write("outside.py", "def secret_of_the_neighbour(): pass\n")
        .write(
            "in/src/lib.rs",
            "#[path = \"../../outside.rs\"]\npub mod linked;\npub fn f() {}\n",
        )
        .write("in/pkg.py", "def f(a): pass\n")
        .write("old/src/lib.rs", "pub fn f() {}\n")
        .write("old/pkg.py", "def f(): pass\n");
    std::os::unix::fs::symlink("../outside.py", scratch.path().join("in/linked.py")).unwrap();
    scratch
        .run(&["diff", "old", "in", "-v"])
        .shows("`pkg.f` requires `a` now")
        .never("secret_of_the_neighbour");
}

#[test]
fn nothing_is_written_when_one_contract_may_not_be() {
    // One has grown, one is broken, and nobody gave a reason.
    let scratch = project();
    scratch
        .edit(
            "pkg/base.py",
            "def one(self, a, b)",
            "def one(self, a, b, c=1)",
        )
        .edit("pkg/base.py", "context, instance):", "context):");
    let before = scratch.files("contracts");
    scratch
        .run(&["snapshot"])
        .exits(1)
        .says("warning: nothing is written, not even other")
        .shows("next: cogate snapshot driver --accept");
    assert_eq!(scratch.files("contracts"), before);
    scratch.run(&["snapshot", "other"]).exits(0);
    scratch.run(&["snapshot", "--accept", "because"]).exits(0);
    scratch.run(&["check", "--locked"]).exits(0);
}

#[test]
fn source_that_is_not_utf_8_is_read() {
    let scratch = project();
    let mut bytes = b"# -*- coding: latin-1 -*-\n# caf\xe9\n".to_vec();
    bytes.extend(scratch.read("pkg/base.py").bytes());
    scratch.write("pkg/base.py", &bytes);
    scratch.run(&["check"]).exits(0);
    let text = String::from_utf8_lossy(&bytes).replace("a, b", "a");
    scratch.write("pkg/base.py", text);
    scratch.run(&["check"]).exits(1);
}

#[test]
fn an_output_file_is_whole_or_not_there() {
    let scratch = project();
    scratch
        .run(&["check", "--format", "json", "--output", "report.json"])
        .exits(0);
    let report: serde_json::Value = serde_json::from_str(&scratch.read("report.json")).unwrap();
    assert_eq!(report["command"], "check");
    let before = scratch.files("");
    scratch
        .run(&["check", "nothing", "--output", "report.json"])
        .exits(2);
    scratch
        .run(&["check", "--output", "no/such/folder/report.json"])
        .exits(2)
        .in_one_sentence();
    assert_eq!(scratch.files(""), before);
}
