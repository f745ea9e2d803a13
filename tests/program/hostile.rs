//! Source, file names and arguments that mean harm: no control character and no change of reading direction reaches
//! either stream, in any format, and nothing crashes.

use std::fs;

use super::scratch::{FORMATS, Ran, Scratch};

/// Colours, a bell, an operating system command, a direction override, an invisible separator.
const EVIL: &str = "\u{1b}[31mred\u{7}\u{1b}]0;t\u{7}\u{202e}\u{200b}\u{9b}";

/// Asserts that only what is seen is printed.
#[track_caller]
fn is_plain(ran: &Ran) {
    for stream in [&ran.out, &ran.err] {
        let bad = stream
            .chars()
            .find(|&c| (c.is_control() && c != '\n') || matches!(c, '\u{200b}' | '\u{202e}'));
        assert_eq!(bad, None, "{ran:#?}");
    }
}

fn sources(scratch: &Scratch, root: &str, parameters: &str) {
    let python = format!(
        "class A:\n    # {EVIL}\n    def m(self, {parameters}, k=\"{EVIL}\"):  # {EVIL}\n        pass\n\n    \
         X{} = '{EVIL}'\n\nclass B(:  # {EVIL}\n    pass\n",
        parameters.len()
    );
    let rust = format!(
        "/// {EVIL}\n#[deprecated(note = \"{EVIL}\")]\npub fn f({}) {{}} // {EVIL}\npub const C: &str = \"{EVIL}\";\n",
        parameters
            .split(", ")
            .map(|name| format!("{name}: u8"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    scratch
        .write(&format!("{root}/pkg/m.py"), python)
        .write(&format!("{root}/lib.rs"), rust)
        .write(&format!("{root}/pkg/e{EVIL}\nvil.py"), "def f(: pass\n");
}

#[test]
fn diff_is_plain_in_every_format() {
    let scratch = Scratch::new();
    // A folder may be called anything, and stands in every place that is printed.
    let evil = format!("r{EVIL}\nx");
    for (side, parameters) in [("old", "a, b"), ("new", "a")] {
        sources(&scratch, &format!("{side}/{evil}"), parameters);
    }
    for format in FORMATS {
        for verbose in ["-v", "-q"] {
            let ran = scratch.run(&[
                "diff", "old", "new", "--root", &evil, "--format", format, verbose,
            ]);
            is_plain(&ran);
            let ran = ran.exits(2).says("could not be read");
            assert!(ran.out.contains("parameter-removed"), "{ran:#?}");
        }
    }
}

#[test]
fn check_and_snapshot_are_plain_in_every_format() {
    let scratch = Scratch::new();
    sources(&scratch, ".", "a, b");
    scratch.write(
        "Cargo.toml",
        "[package]\nname = \"hyper\"\nversion = \"0.1.0\"\n[lib]\npath = \"lib.rs\"\n",
    );
    scratch.write(
        "cogate.toml",
        "[interfaces.a]\nmembers = [\"pkg.m.A\", \"hyper::f\"]\n",
    );
    is_plain(&scratch.run(&["snapshot"]).exits(0));
    // What is reviewed must not speak to the terminal of whoever reads it.
    let contract = scratch.read("contracts/a.toml");
    assert!(
        !contract.contains(|c: char| c.is_control() && c != '\n'),
        "{contract}"
    );
    sources(&scratch, ".", "a");
    for format in FORMATS {
        is_plain(&scratch.run(&["check", "--format", format, "-v"]).exits(1));
        is_plain(&scratch.run(&["snapshot", "--format", format]).exits(1));
    }
    is_plain(&scratch.run(&["snapshot", "--accept", EVIL]).exits(0));
    let contract = scratch.read("contracts/a.toml");
    assert!(
        !contract.contains(|c: char| c.is_control() && c != '\n'),
        "{contract}"
    );
    is_plain(&scratch.run(&["check", "-v"]).exits(0));
}

#[test]
fn arguments_and_configuration_are_plain() {
    let scratch = Scratch::new();
    sources(&scratch, ".", "a");
    let config = "[interfaces.a]\nmembers = [\"pkg.m.A\"]\n";
    scratch.write("cogate.toml", config);
    for args in [
        &["diff", EVIL, "."][..],
        &["diff", ".", ".", EVIL],
        &["diff", ".", ".", "--root", EVIL],
        &["diff", "x", "y", "--repo", EVIL],
        &["check", EVIL],
        &["explain", EVIL],
        &["check", "--config", EVIL],
        &["check", "--format", EVIL],
        &["check", "--output", &format!("{EVIL}/x")],
        &[EVIL],
    ] {
        let ran = scratch.run(args);
        is_plain(&ran);
        ran.exits(2);
    }
    let escaped = "\\u001b[31m\\u202e";
    for text in [
        format!("[interfaces.\"{escaped}\"]\nmembers = [\"a.B\"]\n"),
        format!("[interfaces.a]\nmembers = [\"pkg.{escaped}\"]\n"),
        format!("[rules]\n\"{escaped}\" = \"error\"\n"),
        format!("\"{escaped}\" = 1\n"),
        format!("[policy]\ncontracts = \"{escaped}\"\n{config}"),
        format!("x{EVIL} = 1\n"),
    ] {
        scratch.write("cogate.toml", &text);
        let ran = scratch.run(&["check"]);
        is_plain(&ran);
        ran.exits(2);
    }
}

#[test]
fn a_contract_is_plain_too() {
    let scratch = Scratch::new();
    sources(&scratch, ".", "a");
    scratch.write("cogate.toml", "[interfaces.a]\nmembers = [\"pkg.m.A\"]\n");
    scratch.run(&["snapshot"]).exits(0);
    let good = scratch.read("contracts/a.toml");
    let escaped = "\\u001b[31m\\u202e";
    for (text, by) in [
        ("def m(self, a", format!("def m(self, {escaped}")),
        ("version = \"1.0\"", format!("version = \"{escaped}\"")),
        ("provides", format!("\"{escaped}\"")),
        (
            "\"def m",
            format!("\"def gone(self, k='{escaped}')\", \"def m"),
        ),
    ] {
        scratch.write("contracts/a.toml", good.replacen(text, &by, 1));
        for format in FORMATS {
            is_plain(&scratch.run(&["check", "--format", format, "-v"]));
        }
    }
}

/// Deep text is refused or read, but the program ends in an orderly way.
#[test]
fn deep_text_does_no_harm() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("-", ""),
        ("not ", ""),
        ("a.", "b"),
    ] {
        let scratch = Scratch::new();
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let types = format!("{}u8{}", "Option<".repeat(20_000), ">".repeat(20_000));
        scratch
            .write("old/m.py", "x = 1\n")
            .write("new/m.py", format!("x = {deep}\ndef f(a={deep}): pass\n"))
            .write("old/lib.rs", "pub const X: u8 = 1;\n")
            .write(
                "new/lib.rs",
                format!("pub const X: u8 = {deep};\npub fn f(_: {types}) {{}}\n"),
            );
        let ran = scratch.run(&["diff", "old", "new"]);
        assert!(
            matches!(ran.code, Some(0..=2)),
            "{open}: {:?} {}",
            ran.code,
            ran.err
        );
    }
}

#[test]
fn bytes_that_are_nothing_do_no_harm() {
    let mut state = 1_u64;
    let mut noise = Vec::new();
    for _ in 0..20_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        noise.push((state >> 33) as u8);
    }
    let scratch = Scratch::new();
    scratch
        .write("old/m.py", "def f(): pass\n")
        .write("old/lib.rs", "pub fn f() {}\n")
        .write("new/m.py", &noise)
        .write("new/lib.rs", &noise);
    for format in FORMATS {
        let ran = scratch.run(&["diff", "old", "new", "--format", format]);
        is_plain(&ran);
        ran.exits(2).never("is gone");
    }
    fs::write(scratch.path().join("cogate.toml"), &noise).unwrap();
    let ran = scratch.run(&["check"]);
    is_plain(&ran);
    ran.exits(2).in_one_sentence();
}
