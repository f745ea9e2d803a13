//! Tests over all formats: what people see (a few snapshots), what scripts read (fields), and that nothing hostile
//! gets through any of them.

use clap::ValueEnum as _;
use serde_json::Value;

use super::sample::{self, Sources, report};
use super::*;
use crate::finding::Certainty;

fn full(report: &Report<'_>) -> String {
    render(
        report,
        Format::Full,
        &Sources,
        Look {
            colour: false,
            width: 100,
        },
    )
}

#[test]
fn full_shows_call_definition_and_contract() {
    let findings = [sample::parameter_passed()];
    let hold = |name: &str, version: &str| InterfaceVerdict {
        version: version.to_owned(),
        breaks: Vec::new(),
        held: true,
        ..sample::verdict(name, &[])
    };
    let interfaces = [
        sample::verdict("driver", &[]),
        hold("host_manager", "1.4"),
        hold("resource_tracker", "2.0"),
        hold("scheduler_filters", "1.0"),
    ];
    let mut report = report(&findings);
    report.command = "check";
    report.interfaces = &interfaces;
    report.next = Some("cogate explain parameter-passed".to_owned());
    insta::assert_snapshot!(full(&report));
}

#[test]
fn full_shows_what_changed_when_nothing_is_marked() {
    let findings = [
        sample::parameter_removed(),
        sample::member_removed(),
        sample::accepted(),
        sample::note(),
        spread_over_lines(),
    ];
    insta::assert_snapshot!(full(&report(&findings)));
}

/// A finding without a mark, whose definition takes several lines: only the signatures can show what changed.
fn spread_over_lines() -> Finding {
    let mut finding = sample::parameter_passed();
    finding.evidence.clear();
    if let Some(new) = &mut finding.new {
        new.mark = None;
    }
    finding
}

#[test]
fn full_without_text_keeps_places_and_signatures() {
    let findings = [sample::parameter_passed()];
    let text = render(
        &report(&findings),
        Format::Full,
        &(),
        Look {
            colour: false,
            width: 80,
        },
    );
    insta::assert_snapshot!(text);
}

#[test]
fn full_verbose_shows_notes_and_quiet_shows_breaks_only() {
    let findings = [
        sample::note(),
        sample::accepted(),
        sample::parameter_removed(),
    ];
    let mut report = report(&findings);
    report.verbose = true;
    let text = full(&report);
    assert!(
        text.contains(
            "nova/virt/driver.py:5:9: note[member-added]: `ComputeDriver.destroy` is new\n"
        ),
        "{text}"
    );
    report.verbose = false;
    report.quiet = true;
    let text = full(&report);
    assert!(text.starts_with("warning[parameter-removed]"), "{text}");
    assert!(
        !text.contains("accepted") && !text.contains("note"),
        "{text}"
    );
}

#[test]
fn nothing_found_says_so_in_one_line() {
    assert_eq!(full(&report(&[])), "nothing changed in 118 members\n");
}

#[test]
fn a_long_line_is_cut_to_the_width() {
    struct Long;
    impl Texts for Long {
        fn text(&self, _: &Origin, _: &str) -> Option<Arc<str>> {
            Some(Arc::from(
                "x = ".repeat(300) + "call(share_info)" + &"; y".repeat(300),
            ))
        }
    }
    let mut finding = sample::note().hurts(crate::finding::Role::Callers, Certainty::Definite);
    for (column, end_column) in [(1_206, 1_216), (1, 2_000), (1_206, 1_206)] {
        if let Some(new) = &mut finding.new {
            new.place = Place {
                path: "long.py".into(),
                line: 1,
                column,
                end_line: 1,
                end_column,
            };
        }
        let findings = [finding.clone()];
        let text = render(
            &report(&findings),
            Format::Full,
            &Long,
            Look {
                colour: false,
                width: 100,
            },
        );
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(110), "{text}");
        assert!(text.contains(&format!("long.py:1:{column}\n")), "{text}");
    }
}

#[test]
fn colours_only_when_asked_for() {
    let findings = [sample::parameter_passed()];
    let coloured = render(
        &report(&findings),
        Format::Full,
        &Sources,
        Look {
            colour: true,
            width: 100,
        },
    );
    assert!(coloured.contains("\x1b["));
    assert!(!full(&report(&findings)).contains('\x1b'));
}

#[test]
fn concise_is_one_line_each() {
    let findings = [
        sample::parameter_passed(),
        sample::member_removed(),
        sample::accepted(),
        sample::note(),
    ];
    let mut report = report(&findings);
    let out = render(&report, Format::Concise, &(), Look::default());
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            "nova/virt/driver.py:9:41: error[parameter-passed]: `ComputeDriver.finish_migration` is now called with `share_info`, which existing overrides reject",
            "nova/virt/driver.py:4:7: error[member-removed]: `ComputeDriver.spawn` is gone",
            "nova/virt/driver.py:5:5: accepted[parameter-removed]: `ComputeDriver.destroy` no longer takes `migrate_data` (no driver reads it)",
            "nova/virt/driver.py:5:9: note[member-added]: `ComputeDriver.destroy` is new",
        ]
    );
    report.quiet = true;
    assert_eq!(
        render(&report, Format::Concise, &(), Look::default())
            .lines()
            .count(),
        2
    );
}

#[test]
fn an_unchanged_definition_is_anchored_at_its_proof() {
    let mut finding = sample::parameter_passed();
    let old = finding.old.as_ref().and_then(|side| side.signature.clone());
    if let Some(new) = &mut finding.new {
        new.signature = old;
    }
    let place = anchor(&finding).expect("a place");
    assert_eq!(&*place.path, "nova/compute/manager.py");
    finding.evidence.clear();
    assert_eq!(
        &*anchor(&finding).expect("a place").path,
        "nova/virt/driver.py"
    );
    finding.new = None;
    assert_eq!(
        &*anchor(&finding).expect("a place").path,
        "contracts/driver.toml"
    );
    finding.old = None;
    assert_eq!(anchor(&finding), None);
}

fn json(report: &Report<'_>) -> Value {
    serde_json::from_str(&render(report, Format::Json, &(), Look::default())).expect("JSON")
}

#[test]
fn json_has_the_published_fields_in_their_order() {
    let findings = [
        sample::parameter_passed(),
        sample::note(),
        sample::accepted(),
    ];
    let value = json(&report(&findings));
    let keys = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(
        keys(&value),
        ["version", "command", "summary", "findings", "interfaces"]
    );
    assert_eq!(
        keys(&value["summary"]),
        [
            "errors",
            "warnings",
            "notes",
            "interfaces",
            "members",
            "accepted"
        ]
    );
    let first = &value["findings"][0];
    assert_eq!(
        keys(first),
        [
            "rule",
            "level",
            "certainty",
            "verdicts",
            "breaks",
            "subject",
            "item",
            "message",
            "old",
            "new",
            "evidence",
            "consumers",
            "accepted",
            "help",
            "interface"
        ]
    );
    assert_eq!(keys(&first["new"]), ["path", "line", "column", "signature"]);
    assert_eq!(
        keys(&first["evidence"][0]),
        ["tree", "path", "line", "column", "what"]
    );
    assert_eq!(value["version"], 1);
    assert_eq!(value["command"], "diff");
    assert_eq!(
        value["summary"],
        serde_json::json!({"errors": 1, "warnings": 0, "notes": 1, "interfaces": 0, "members": 118, "accepted": 1})
    );
    assert_eq!(first["certainty"], "definite");
    assert_eq!(
        first["verdicts"],
        serde_json::json!({"implementers": "definite"})
    );
    assert_eq!(first["breaks"], serde_json::json!(["implementers"]));
    assert_eq!(first["evidence"][0]["tree"], "provider");
    assert_eq!(first["evidence"][1]["tree"], "consumer:nova-bhyve");
    assert_eq!(first["accepted"], Value::Null);
    assert_eq!(first["new"]["line"], 8);
    let note = &value["findings"][1];
    assert_eq!(note["certainty"], Value::Null);
    assert_eq!(note["verdicts"], serde_json::json!({}));
    assert_eq!(note["old"], Value::Null);
    assert_eq!(value["findings"][2]["accepted"], "no driver reads it");
}

#[test]
fn json_gives_a_removed_member_no_new_signature() {
    let findings = [sample::member_removed()];
    let value = json(&report(&findings));
    assert_eq!(value["findings"][0]["new"]["signature"], Value::Null);
    assert_eq!(value["findings"][0]["new"]["line"], 4);
    assert_eq!(
        value["findings"][0]["verdicts"],
        serde_json::json!({"callers": "definite", "implementers": "possible"})
    );
}

#[test]
fn nothing_hostile_leaves_any_format() {
    let findings = [sample::hostile(), {
        let mut accepted = sample::hostile();
        accepted.accepted = Some("\x1b[31m\u{202e}".to_owned());
        accepted
    }];
    let interfaces = [InterfaceVerdict {
        version: "\x1b[1m".to_owned(),
        note: Some("\u{202e}".to_owned()),
        ..sample::verdict("\x07\u{2066}", &["\x1b[31m"])
    }];
    for &format in Format::value_variants() {
        for verbose in [false, true] {
            let mut report = report(&findings);
            report.interfaces = &interfaces;
            report.next = Some("cogate \x1b[31m".to_owned());
            report.verbose = verbose;
            for width in [20, 80] {
                let text = render(
                    &report,
                    format,
                    &Sources,
                    Look {
                        colour: false,
                        width,
                    },
                );
                let bad = text.chars().find(|&c| c != '\n' && safe::is_hostile(c));
                assert_eq!(bad, None, "{format:?}: {text}");
            }
        }
    }
    let value = json(&report(&findings));
    assert_eq!(
        value["findings"][0]["message"],
        findings[0].message.as_str()
    );
}

#[test]
fn the_closing_line_sorts_by_what_matters() {
    let verdict = |name: &str, held: bool, breaks: &[Role]| InterfaceVerdict {
        held,
        breaks: breaks.to_vec(),
        ..sample::verdict(name, &[])
    };
    let interfaces = [
        verdict("a", true, &[]),
        verdict("b", true, &[Role::Callers]),
        verdict("c", false, &[Role::Callers, Role::Implementers]),
        verdict("d", false, &[]),
    ];
    let mut report = report(&[]);
    report.interfaces = &interfaces;
    assert_eq!(
        words::closing(&report),
        "c 3.1 breaks callers and implementers · d 3.1 does not hold · b 3.1 may break callers · a 3.1 holds"
    );
}

#[test]
fn counts_leave_out_what_is_not_there() {
    let findings = [
        sample::parameter_passed(),
        sample::parameter_removed(),
        sample::accepted(),
    ];
    assert_eq!(
        words::counts(&Summary::of(&findings, 0, 1), false),
        "1 error, 1 warning, 1 accepted in 1 member"
    );
}

/// One text for every file.
struct Everywhere(String);

impl Texts for Everywhere {
    fn text(&self, _: &Origin, _: &str) -> Option<Arc<str>> {
        Some(Arc::from(self.0.as_str()))
    }
}

proptest::proptest! {
    /// Places come from parsers and texts from anybody; whether they fit together is not ours to rely on.
    #[test]
    fn no_place_in_no_text_panics(
        text in "([a(,\t\r\n \u{0}\u{1b}\u{200d}\u{202e}é漢🧪=]|def f){0,60}",
        numbers in proptest::collection::vec(0u32..30, 16),
        width in 0usize..90,
    ) {
        let mut finding = sample::parameter_passed();
        let place = |at: usize, path: &str| Place {
            path: path.into(),
            line: numbers[at] % 8,
            column: numbers[at + 1],
            end_line: numbers[at + 2] % 8,
            end_column: numbers[at + 3],
        };
        finding.evidence[0].place = place(0, "a.py");
        if let Some(new) = &mut finding.new {
            new.place = place(4, "a.py");
            new.mark = (numbers[0] % 2 == 0).then(|| place(8, "b.rs"));
            new.signature = Some(text.clone());
        }
        if let Some(old) = &mut finding.old {
            old.place = place(12, "a.py");
        }
        let findings = [finding];
        let mut report = report(&findings);
        report.verbose = numbers[1] % 2 == 0;
        let texts = Everywhere(text);
        for colour in [false, true] {
            let out = render(&report, Format::Full, &texts, Look { colour, width });
            proptest::prop_assert!(!out.is_empty());
            if !colour {
                proptest::prop_assert!(!out.chars().any(|c| c != '\n' && safe::is_hostile(c)), "{}", out);
            }
        }
    }
}
