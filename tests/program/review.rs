//! `review` with somebody at a terminal, which Python's `pty` plays, and without.

use std::process::Command;

use super::scratch::{Ran, Scratch, cogate, finish, project};

/// Types these answers, each when it is asked for.
const TYPIST: &str = r#"
import os, pty, sys
answers = sys.argv[2:]
def read(fd):
    data = os.read(fd, 4096)
    read.seen += data
    while answers and (read.seen.endswith(b"[q]uit? ") or read.seen.endswith(b"reason: ")):
        read.seen = b""
        os.write(fd, answers.pop(0).encode() + b"\n")
    return data
read.seen = b""
sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.argv[1], "review"], read)))
"#;

fn review(scratch: &Scratch, answers: &[&str]) -> Ran {
    let program = cogate(scratch.path());
    let mut python = Command::new("python3");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => python.env(name, value),
            None => python.env_remove(name),
        };
    }
    python
        .current_dir(scratch.path())
        .args(["-c", TYPIST, env!("CARGO_BIN_EXE_cogate")])
        .args(answers)
        .stdin(std::process::Stdio::null());
    finish(&mut python)
}

fn broken() -> Scratch {
    let scratch = project();
    scratch
        .edit("pkg/base.py", "context, instance):", "context):")
        .edit("pkg/base.py", ", force=False)", ")")
        .edit("pkg/base.py", "one(self, a, b)", "one(self, a)");
    scratch
}

#[test]
fn without_a_terminal_it_refuses_and_names_the_flags() {
    let scratch = broken();
    let before = scratch.files("contracts");
    scratch
        .run(&["review"])
        .exits(2)
        .in_one_sentence()
        .says("--accept REASON")
        .says("--only SUBJECT");
    assert_eq!(scratch.files("contracts"), before);
}

#[test]
fn breaks_are_accepted_one_by_one() {
    let scratch = broken();
    let ran = review(
        &scratch,
        &["what?", "a", "", "a", "nobody reads it", "r", "s"],
    );
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let contract = scratch.read("contracts/driver.toml");
    assert!(contract.contains("version = \"2.0\""), "{contract}");
    assert!(contract.contains("nobody reads it"), "{contract}");
    assert!(
        contract.contains("def spawn(self, context)\""),
        "{contract}"
    );
    assert!(contract.contains("force=False"), "{contract}");
    assert!(
        scratch
            .read("contracts/other.toml")
            .contains("version = \"1.0\"")
    );
    let ran = review(&scratch, &["a", "too", "a", "three"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    scratch.run(&["check", "--locked"]).exits(0);
}

#[test]
fn who_quits_has_accepted_what_was_accepted() {
    let scratch = broken();
    let before = scratch.files("contracts");
    let ran = review(&scratch, &["q"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert_eq!(scratch.files("contracts"), before);
}
