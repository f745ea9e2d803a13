//! The explanation of a change is the one that a person would give. `binding.rs` proves the verdicts; this pins, for
//! the changes that people really make, which parameter is blamed and under which rule.

use cogate::compare::python::parameters::explain;
use cogate::finding::Certainty;
use cogate::interface::python::{Param, ParamKind};

/// Old parameters, new parameters, and one line per change: rule, item, callers, implementers (`!` definite,
/// `?` possible, `.` unhurt).
const TABLE: &[(&str, &str, &[&str])] = &[
    ("a, b, c", "a, c", &["parameter-removed b !?"]),
    ("a, b, c", "a, b", &["parameter-removed c !?"]),
    ("a, b, c", "b, c", &["parameter-removed a !?"]),
    (
        "a, b, c",
        "c",
        &["parameter-removed a !?", "parameter-removed b !?"],
    ),
    ("a, b=1, c=2", "a, c=2", &["parameter-removed b !?"]),
    ("a, *, b", "a", &["parameter-removed b !?"]),
    ("a", "x, a", &["required-parameter-added x !?"]),
    ("a", "a, x", &["required-parameter-added x !?"]),
    ("a", "a, x=1", &["parameter-added x .?"]),
    ("a, b=1", "a, x=1, b=1", &["parameter-added x !?"]),
    ("a", "a, *, x", &["required-parameter-added x !?"]),
    ("a", "a, *, x=1", &["parameter-added x .?"]),
    ("a", "x", &["parameter-renamed a !?"]),
    ("a, b, c", "a, x, c", &["parameter-renamed b !?"]),
    (
        "a, b",
        "x, y",
        &["parameter-renamed a !?", "parameter-renamed b !?"],
    ),
    ("a, *, b", "a, *, x", &["parameter-renamed b !?"]),
    ("a, *, b=1", "a, *, x=1", &["parameter-renamed b !?"]),
    ("a, b", "b, a", &["parameter-moved a !?"]),
    ("a, b, c", "b, c, a", &["parameter-moved a !?"]),
    ("a, b, c", "c, a, b", &["parameter-moved c !?"]),
    ("a, b, c", "a, c, b", &["parameter-moved b !?"]),
    ("a, b=1", "a, b", &["parameter-became-required b !."]),
    ("a, b", "a, b=1", &["parameter-became-optional b .?"]),
    ("a, *, b=1", "a, *, b", &["parameter-became-required b !."]),
    ("a, *, b", "a, *, b=1", &["parameter-became-optional b .?"]),
    (
        "a, b=1",
        "a, *, b=1",
        &["parameter-became-keyword-only b !."],
    ),
    ("a, b", "a, *, b", &["parameter-became-keyword-only b !."]),
    (
        "a, b=1, c=2",
        "a, *, b=1, c=2",
        &[
            "parameter-became-keyword-only b !.",
            "parameter-became-keyword-only c !.",
        ],
    ),
    (
        "a, b=1",
        "a, *, b",
        &[
            "parameter-became-keyword-only b !.",
            "parameter-became-required b !.",
        ],
    ),
    (
        "a, b",
        "a, b, /",
        &[
            "parameter-became-positional-only a !.",
            "parameter-became-positional-only b !.",
        ],
    ),
    (
        "a, b",
        "a, /, b",
        &["parameter-became-positional-only a !."],
    ),
    ("a, /", "a", &["parameter-kind-widened a .?"]),
    ("a, /", "x", &["parameter-kind-widened a .?"]),
    ("a, *, b", "a, b", &["parameter-kind-widened b .?"]),
    ("a, *, b=1", "a, b=1", &["parameter-kind-widened b .?"]),
    (
        "a, b",
        "a, *args",
        &["variadic-added *args .?", "parameter-gathered b !?"],
    ),
    (
        "a, *, b=1",
        "a, **kw",
        &["variadic-added **kw .?", "parameter-gathered b .."],
    ),
    (
        "a, b=1",
        "a, **kw",
        &["variadic-added **kw .?", "parameter-gathered b !."],
    ),
    (
        "a, b=1",
        "*args, **kw",
        &[
            "variadic-added **kw .?",
            "variadic-added *args .?",
            "parameter-gathered a .?",
            "parameter-gathered b .?",
        ],
    ),
    ("a, *args", "a", &["variadic-removed *args !."]),
    ("a, **kw", "a", &["variadic-removed **kw !."]),
    (
        "a, **kw",
        "a, b=1",
        &["variadic-removed **kw !.", "parameter-added b .?"],
    ),
    ("a, **kw", "a, *, b=1, **kw", &["parameter-added b .."]),
    (
        "a, *args",
        "a, b, *args",
        &["required-parameter-added b !?"],
    ),
    ("a, *args", "a, b=1, *args", &["parameter-added b ??"]),
    ("a", "a, *args", &["variadic-added *args .?"]),
    ("a", "a, **kw", &["variadic-added **kw .?"]),
    (
        "a, b, c=1",
        "a, x, b, c=1",
        &["required-parameter-added x !?"],
    ),
    (
        "a, b",
        "x, b, a",
        &["parameter-moved a !?", "required-parameter-added x !?"],
    ),
    (
        "a, old",
        "a, new, extra",
        &[
            "required-parameter-added extra !?",
            "parameter-renamed old !?",
        ],
    ),
    (
        "context, instance, block=None, destroy=True",
        "context, instance, block=None, destroy=True, share=None",
        &["parameter-added share .?"],
    ),
    (
        "context, instance, block=None, migrate=None",
        "context, instance, block=None",
        &["parameter-removed migrate !."],
    ),
    (
        "context, instance, image, files, admin",
        "context, instance, image, files, admin, allocations",
        &["required-parameter-added allocations !?"],
    ),
    (
        "context, instance, image, files, admin, allocations",
        "context, instance, image, files, admin, allocations, network=None, block=None",
        &["parameter-added block .?", "parameter-added network .?"],
    ),
    (
        "instance, network, block",
        "context, instance, network, block",
        &["required-parameter-added context !?"],
    ),
    ("", "a", &["required-parameter-added a !?"]),
    ("", "a=1", &["parameter-added a .?"]),
    ("a", "", &["parameter-removed a !?"]),
    ("a, *args, **kw", "a, *rest, **options", &[]),
];

fn params(text: &str) -> Vec<Param> {
    let mut found: Vec<Param> = Vec::new();
    let mut keyword_only = false;
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        if part == "/" {
            for param in &mut found {
                param.kind = ParamKind::PositionalOnly;
            }
            continue;
        }
        if part == "*" {
            keyword_only = true;
            continue;
        }
        let (name, default) = part
            .split_once('=')
            .map_or((part, None), |(name, default)| {
                (name, Some(default.to_owned()))
            });
        let kind = if name.starts_with("**") {
            ParamKind::VarKeywords
        } else if name.starts_with('*') {
            keyword_only = true;
            ParamKind::VarArgs
        } else if keyword_only {
            ParamKind::KeywordOnly
        } else {
            ParamKind::Normal
        };
        found.push(Param {
            name: name.trim_start_matches('*').to_owned(),
            kind,
            default,
            ty: None,
            place: None,
        });
    }
    found
}

fn word(verdict: Option<Certainty>) -> char {
    match verdict {
        Some(Certainty::Definite) => '!',
        Some(Certainty::Possible) => '?',
        None => '.',
    }
}

#[test]
fn a_change_is_explained_as_a_person_would() {
    let mut wrong = Vec::new();
    for (old, new, expected) in TABLE {
        let (before, after) = (params(old), params(new));
        let said: Vec<String> = explain(&before, &after)
            .iter()
            .map(|change| {
                format!(
                    "{} {} {}{}",
                    change.rule,
                    change.item,
                    word(change.callers),
                    word(change.implementers)
                )
            })
            .collect();
        if said != *expected {
            wrong.push(format!(
                "({old}) -> ({new}): said {said:?}, not {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
