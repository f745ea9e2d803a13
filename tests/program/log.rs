//! Histories, with real git: what each commit meant, through renames, merges and commits that nobody can read.

use super::scratch::{Ran, Scratch, finish, git, project};

#[track_caller]
fn run(scratch: &Scratch, args: &[&str]) -> Ran {
    finish(git(scratch.path()).args(args)).exits(0)
}

/// Commits everything, a day after the commit before.
fn commit(scratch: &Scratch, day: u32, subject: &str) {
    run(scratch, &["add", "-A"]);
    let date = format!("2024-03-{day:02}T12:00:00Z");
    finish(
        git(scratch.path())
            .env("GIT_COMMITTER_DATE", &date)
            .env("GIT_AUTHOR_DATE", &date)
            .args(["commit", "-q", "-m", subject]),
    )
    .exits(0);
}

/// A history with a bit of everything; the last commit is clean.
pub(super) fn history() -> Scratch {
    let scratch = project();
    run(&scratch, &["init", "-q"]);
    run(&scratch, &["mv", "-k", "pkg/base.py", "pkg/old.py"]);
    std::fs::rename(
        scratch.path().join("pkg/base.py"),
        scratch.path().join("pkg/old.py"),
    )
    .unwrap();
    commit(&scratch, 1, "Begin");
    scratch.edit("pkg/old.py", "force=False)", "force=False, wait=None)");
    commit(&scratch, 2, "Let destroy wait");
    run(&scratch, &["mv", "pkg/old.py", "pkg/base.py"]);
    commit(&scratch, 3, "Move the driver");
    scratch.write("readme", "text");
    commit(&scratch, 4, "Say what it is");
    scratch.edit(
        "pkg/base.py",
        "spawn(self, context, instance)",
        "spawn(self, context, instance",
    );
    commit(&scratch, 5, "Slip");
    scratch.edit(
        "pkg/base.py",
        "spawn(self, context, instance",
        "spawn(self, context, instance)",
    );
    commit(&scratch, 6, "Mend it");
    run(&scratch, &["checkout", "-qb", "side"]);
    scratch.edit("pkg/base.py", "context, instance):", "context):");
    scratch
        .run(&["snapshot", "--accept", "no <driver> reads `instance`"])
        .exits(0);
    commit(&scratch, 7, "Drop <instance> & \u{1b}[31mmore");
    run(&scratch, &["checkout", "-q", "main"]);
    scratch.write("other", "text");
    commit(&scratch, 8, "Elsewhere");
    run(&scratch, &["merge", "-q", "--no-edit", "side"]);
    scratch
}

#[test]
fn what_each_commit_meant() {
    let scratch = history();
    let told = scratch.run(&["log", "driver"]).exits(0);
    let lines: Vec<&str> = told
        .out
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let text = lines.join("\n");
    // Newest first; the merge and what touched nothing are left out.
    let order = [
        "Drop <instance>",
        "Move the driver",
        "Let destroy wait",
        "Begin",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|subject| {
            text.find(subject)
                .unwrap_or_else(|| panic!("{subject}: {text}"))
        })
        .collect();
    assert!(places.is_sorted(), "{text}");
    for expected in [
        "2024-03-07",
        "driver 2.0 → 3.0 breaks callers and implementers",
        "error[parameter-removed]: `Driver.spawn` no longer takes `instance`",
        "accepted for 2.0: no <driver> reads `instance`",
        "driver 1.1 → 2.0 breaks",
        "driver 1.0 → 1.1",
        "driver 1.0 is there from here on",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    told.never("Elsewhere")
        .never("Merge")
        .never("Say what")
        .never("Slip")
        .never("\u{1b}");
    scratch
        .run(&["log", "driver", "-v"])
        .exits(0)
        .shows("Slip")
        .shows("could not be read: pkg/base.py:2");
    scratch
        .run(&["log", "driver", "-q"])
        .exits(0)
        .never("Let destroy wait")
        .shows("Drop <instance>");
    // Both interfaces, one commit each time.
    scratch
        .run(&["log"])
        .exits(0)
        .shows("other 1.0 is there from here on");
}

#[test]
fn a_path_needs_no_configuration_and_no_work_tree() {
    let scratch = history();
    let elsewhere = Scratch::new();
    let bare = elsewhere.path().join("bare");
    let bare = bare.to_str().unwrap();
    run(&scratch, &["clone", "-q", "--bare", ".", bare]);
    let log = |path: &str| elsewhere.run(&["log", path, "--repo", bare, "--format", "concise"]);
    let all = log("pkg.base.Driver").exits(0);
    assert!(all.out.contains("error[parameter-removed]"), "{all:?}");
    assert!(
        all.out.contains("note[parameter-added]") || all.out.contains("[parameter-added]"),
        "{all:?}"
    );
    log("pkg.base.Driver.spawn")
        .exits(0)
        .shows("parameter-removed")
        .never("wait");
    log("pkg.base").exits(0).shows("parameter-removed");
    // What is gone has a history, too.
    log("pkg.old.Driver").exits(0).shows("error[class-removed]");
    log("pkg.base.Nothing")
        .exits(2)
        .says("`pkg.base.Nothing` was never there");
    elsewhere
        .run(&["log", "--repo", bare])
        .exits(2)
        .says("cogate log pkg.module.Class");
    elsewhere
        .run(&[
            "log",
            "pkg.base.Driver",
            "--repo",
            bare,
            "--since",
            "nowhere",
        ])
        .exits(2)
        .in_one_sentence();
}

#[test]
fn since_a_revision() {
    let scratch = history();
    let told = scratch
        .run(&["log", "driver", "--since", "main~2"])
        .exits(0);
    let told = told.shows("driver 1.0 → 2.0").never("Let destroy wait");
    assert_eq!(told.out.matches("2024-03").count(), 1, "{told:?}");
    scratch
        .run(&["log", "driver", "--since", "HEAD"])
        .exits(0)
        .shows("0 breaks");
}

#[test]
fn what_was_accepted_makes_release_notes() {
    let scratch = history();
    scratch
        .run(&["log", "--amendments"])
        .exits(0)
        .shows("accepted for 2.0: no <driver> reads `instance`")
        .shows("parameter-removed pkg.base.Driver.spawn instance => def spawn(self, context)")
        .shows("1 amendment in")
        .never("Let destroy wait");
    scratch
        .run(&["log", "--amendments", "--format", "markdown"])
        .exits(0)
        .shows("## driver\n\n### 2.0 (2024-03-07)\n")
        .shows("no &#60;driver&#62; reads")
        .never("## other");
}

#[test]
fn a_page_holds_everything_and_nothing_of_others() {
    let scratch = history();
    scratch
        .run(&["log", "--format", "html", "--output", "page.html"])
        .exits(0);
    let page = scratch.read("page.html");
    for expected in [
        "<!doctype html>",
        "class=\"mark callers both\"",
        "class=\"mark implementers maybe both\"",
        "class=\"mark amended\"",
        "Drop &lt;instance&gt; &amp; \\u{1b}[31mmore",
        "prefers-color-scheme: dark",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    for outside in [
        "<script", "http:", "https:", "src=", "url(", "@import", "<link", "\u{1b}",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    // Each mark leads to a commit of the page, and each piece of markup is closed.
    for at in page.split("href=\"#").skip(1) {
        let id = at.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    for tag in [
        "div", "span", "section", "article", "ul", "li", "details", "p", "main", "html",
    ] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    scratch
        .run(&["check", "--format", "html"])
        .exits(2)
        .in_one_sentence();
    scratch
        .run(&["log", "--format", "sarif"])
        .exits(2)
        .in_one_sentence();
}

#[test]
fn a_history_for_programs() {
    let scratch = history();
    let told = scratch.run(&["log", "--format", "json"]).exits(0);
    let value: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["command"], "log");
    assert_eq!(value["interfaces"][0]["version"], "3.0");
    let newest = &value["commits"][0];
    assert_eq!(newest["date"], "2024-03-07");
    let change = &newest["changes"][0];
    assert_eq!(change["kind"], "break");
    assert_eq!(
        change["breaks"],
        serde_json::json!(["callers", "implementers"])
    );
    assert_eq!(change["findings"][0]["rule"], "parameter-removed");
    assert_eq!(change["amendments"][0]["version"], "2.0");
    assert_eq!(told, scratch.run(&["log", "--format", "json"]));
}

/// Git's own configuration must neither run programs nor change what is read.
#[test]
fn the_repositorys_configuration_does_not_count() {
    let scratch = history();
    let calm = scratch.run(&["log", "--format", "json"]).exits(0);
    for (key, value) in [
        ("log.showSignature", "true"),
        ("gpg.program", "touch touched; false"),
        ("diff.external", "touch touched"),
        ("diff.renames", "copies"),
        ("diff.relative", "true"),
        ("diff.orderFile", "order"),
        ("log.showRoot", "false"),
        ("log.follow", "true"),
        ("log.diffMerges", "separate"),
        ("core.fsmonitor", "touch touched"),
        ("core.pager", "touch touched"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("format.pretty", "oneline"),
    ] {
        run(&scratch, &["config", key, value]);
    }
    scratch.write("order", "pkg\n");
    assert_eq!(scratch.run(&["log", "--format", "json"]), calm);
    assert!(!scratch.path().join("touched").exists());
}

#[test]
fn a_trait_has_a_history() {
    let scratch = super::scratch::crate_project();
    run(&scratch, &["init", "-q"]);
    commit(&scratch, 1, "Begin");
    scratch.edit(
        "src/driver.rs",
        "-> bool;",
        "-> bool;\n    fn wait(&self) {}",
    );
    commit(&scratch, 2, "Let it wait");
    scratch.edit(
        "src/driver.rs",
        "&str) -> bool",
        "&str, force: bool) -> bool",
    );
    commit(&scratch, 3, "Force it");
    scratch
        .run(&["log", "driver"])
        .exits(0)
        .shows("driver 1.0 → 1.1")
        .shows("driver 1.1 → 2.0 breaks callers and implementers")
        .shows("driver 1.0 is there from here on");
    scratch
        .run(&["log", "hyper::driver::Driver", "-q"])
        .exits(0)
        .shows("Force it")
        .never("Let it");
}
