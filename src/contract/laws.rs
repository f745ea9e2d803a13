//! Laws over generated contracts: reading undoes writing, writing is stable, and no comment is lost.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::interface::table::{Facts, PlacedFact};
use crate::interface::{Fact, Line, TableKind, Verb};

fn read_back(text: &str) -> Contract {
    parse(text, "contracts/driver.toml").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

// Texts that are hard for TOML: quotes, backslashes, controls, `#`, marks of direction.
fn wild() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,8}",
        "[ -~]{1,30}",
        "[#'\"\\\\\\[\\]\n\r\t\u{7f}\u{202e}\u{0}é=,]{1,12}",
        "\\PC{1,10}",
    ]
    .prop_filter("blank", |text| !text.trim().is_empty())
}

fn facts() -> impl Strategy<Value = Facts> {
    let fact = (
        proptest::sample::select(Verb::ALL.to_vec()),
        wild(),
        any::<bool>(),
    )
        .prop_filter_map("reads as another fact", |(verb, path, may)| {
            let fact = Fact { verb, path, may };
            (Fact::parse(&fact.to_string()).as_ref() == Ok(&fact)).then_some(PlacedFact {
                fact,
                places: vec![],
            })
        });
    proptest::collection::btree_map(wild(), proptest::collection::vec(fact, 0..5), 0..3)
}

fn table() -> impl Strategy<Value = Table> {
    let kind = proptest::sample::select(TableKind::ALL.to_vec());
    let lines = proptest::collection::btree_map("[a-z]{1,5}", wild(), 0..5);
    (kind, "[a-z]{1,4}", wild(), lines, facts(), facts()).prop_map(
        |(kind, path, is, lines, requires, effects)| {
            let rust = !matches!(kind, TableKind::Class | TableKind::Module);
            Table {
                kind,
                path: if rust { format!("krate::{path}") } else { path },
                is: Line::new(is),
                provides: lines
                    .into_iter()
                    .map(|(name, rest)| Line::new(format!("def {name}({rest}")))
                    .collect(),
                requires,
                effects,
            }
        },
    )
}

fn contract() -> impl Strategy<Value = Contract> {
    let amendment =
        (wild(), proptest::collection::vec(wild(), 1..3)).prop_map(|(reason, findings)| {
            let findings = findings
                .into_iter()
                .map(|text| format!("rule subject {text}"));
            Amendment {
                version: Version { major: 2, minor: 0 },
                reason,
                findings: findings.collect(),
            }
        });
    (
        proptest::collection::btree_set(wild(), 0..3),
        proptest::collection::btree_map(wild(), wild(), 0..4),
        proptest::collection::vec(table(), 0..5),
        proptest::collection::vec(amendment, 0..3),
    )
        .prop_map(|(unknown, names, mut tables, amendments)| {
            sort_tables(&mut tables);
            tables.dedup_by(|a, b| (a.kind, &a.path) == (b.kind, &b.path));
            Contract {
                name: "driver".to_owned(),
                version: Version { major: 2, minor: 7 },
                unknown,
                names: Names::from_pairs(names),
                tables,
                amendments,
                path: "contracts/driver.toml".to_owned(),
            }
        })
}

/// Puts comments into a written contract wherever its form has room for one; `pick` decides where.
fn annotate(text: &str, pick: &[bool]) -> (String, usize) {
    let mut out = String::new();
    let mut count = 0;
    for (line, chosen) in text.lines().zip(pick.iter().cycle()) {
        if *chosen {
            let indent = if line.starts_with("  ") || line == "]" {
                "  "
            } else {
                ""
            };
            out.push_str(&format!("{indent}# above {count}\n"));
            count += 1;
        }
        out.push_str(line);
        if *chosen && !line.is_empty() && !line.starts_with('#') {
            out.push_str(&format!("  # beside {count}"));
            count += 1;
        }
        out.push('\n');
    }
    (out, count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_reads_back_and_is_written_again_as_it_was(contract in contract()) {
        let text = write(None, &contract).unwrap();
        let back = read_back(&text);
        prop_assert_eq!(&back.normal(), &contract.normal());
        prop_assert_eq!(write(Some(&text), &back).unwrap(), text.clone());
        prop_assert!(drift(&contract, &back).is_empty());
        // A reviewer sees every character.
        prop_assert!(!text.contains(|c: char| c != '\n' && crate::toml_text::is_deceptive(c)));
    }

    #[test]
    fn no_comment_is_lost_whatever_becomes_of_its_line(
        old in contract(),
        new in contract(),
        pick in proptest::collection::vec(any::<bool>(), 1..40),
    ) {
        let (text, count) = annotate(&write(None, &old).unwrap(), &pick);
        let old = read_back(&text);
        let same = write(Some(&text), &old).unwrap();
        let other = write(Some(&text), &new).unwrap();
        for written in [&same, &other] {
            prop_assert_eq!(write(Some(written), &read_back(written)).unwrap(), written.clone());
            let lines: BTreeSet<&str> = written.lines().map(|line| line.rsplit("# ").next().unwrap()).collect();
            for at in 0..count {
                let (above, beside) = (format!("above {at}"), format!("beside {at}"));
                prop_assert!(lines.contains(above.as_str()) || lines.contains(beside.as_str()), "{} is lost:\n{}\n{}", at, text, written);
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(cogate|version|class|is|provides|requires|names|amendment|[ =\\[\\]{}\"'.#,\n1ax]){0,40}") {
        let _ = parse(&text, "c.toml");
        let _ = parse(&format!("cogate = 1\nversion = \"1.0\"\n{text}"), "c.toml");
        let _ = parse_consumer(&format!("cogate = 1\n{text}"), "c.toml");
        let _ = write(Some(&text), &Contract::first("c", "c.toml", Names::default(), vec![], BTreeSet::new()));
    }
}
