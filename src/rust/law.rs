//! The law of lines: what is printed of a crate reads back as that crate, prints the same again, and differs in
//! nothing from its source, for crates put together at random.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::{Project, lines};
use crate::compare;
use crate::interface::Names;
use crate::interface::rust::Interface;

/// What the random items speak of, under several paths and names.
const BASE: &str = "\
pub mod base {
    pub struct Plain;
    pub struct Many<T, U = u8>(pub T, pub U);
    pub struct Held<'a, T: ?Sized>(pub &'a T);
    pub struct Sized<const N: usize = 4>;
    pub trait Walk { type Step; const LONG: usize; fn go(&self) -> Self::Step; }
    pub trait Mix<T> {}
    mod shut { pub struct Deep; pub trait Shut {} }
    pub use self::shut::Deep;
    pub trait Closed: self::shut::Shut {}
    pub type Short<T> = Result<T, Plain>;
}
pub use base::Plain as Renamed;
use base::*;
use std::collections::HashMap as Map;
";

fn ty() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "u8",
        "String",
        "str",
        "Plain",
        "crate::base::Plain",
        "Renamed",
        "Deep",
        "T",
        "()",
        "!",
        "*const u8",
        "Sized<3>",
        "Sized<{ 1 + 2 }>",
        "Short<u8>",
        "std::io::Error",
        "elsewhere::Thing",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 16, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            inner.clone().prop_map(|ty| format!("&'a {ty}")),
            inner.clone().prop_map(|ty| format!("&mut {ty}")),
            inner.clone().prop_map(|ty| format!("[{ty}; 2]")),
            inner.clone().prop_map(|ty| format!("[{ty}]")),
            inner.clone().prop_map(|ty| format!("({ty},)")),
            inner.clone().prop_map(|ty| format!("Option<{ty}>")),
            inner.clone().prop_map(|ty| format!("Held<'a, {ty}>")),
            inner.clone().prop_map(|ty| format!("<{ty} as Walk>::Step")),
            inner
                .clone()
                .prop_map(|ty| format!("Box<dyn Mix<{ty}> + Send + 'a>")),
            inner.clone().prop_map(|ty| format!("impl Mix<{ty}>")),
            two.clone().prop_map(|(a, b)| format!("({a}, {b})")),
            two.clone().prop_map(|(a, b)| format!("Map<{a}, {b}>")),
            two.clone().prop_map(|(a, b)| format!("Many<{a}, {b}>")),
            two.clone()
                .prop_map(|(a, b)| format!("unsafe extern \"C\" fn({a}) -> {b}")),
            two.clone()
                .prop_map(|(a, b)| format!("for<'x> fn(&'x {a}) -> &'x {b}")),
            two.prop_map(|(a, b)| format!("Box<dyn Fn({a}) -> {b}>")),
        ]
    })
}

fn bound() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "Clone",
            "Send",
            "?Sized",
            "'a",
            "Walk",
            "std::fmt::Debug",
            "Closed",
            "for<'x> Mix<&'x u8>",
            "Iterator<Item = u8>",
            "Iterator<Item: Clone>",
        ])
        .prop_map(str::to_owned),
        ty().prop_map(|ty| format!("Mix<{ty}>")),
        (ty(), ty()).prop_map(|(a, b)| format!("FnMut({a}) -> {b}")),
    ]
}

fn bounds() -> impl Strategy<Value = String> {
    prop::collection::vec(bound(), 0..3).prop_map(|bounds| bounds.join(" + "))
}

/// `<'a, T: .., const N: usize>` and the clauses behind it.
fn generics() -> impl Strategy<Value = (String, String)> {
    (
        bounds(),
        any::<[bool; 2]>(),
        prop::collection::vec((ty(), bounds()), 0..2),
    )
        .prop_map(|(bounds, [default, constant], wheres)| {
            let default = if default { " = u8" } else { "" };
            let constant = if constant { ", const N: usize" } else { "" };
            let clauses: Vec<String> = wheres
                .into_iter()
                .map(|(ty, bounds)| format!("{ty}: {bounds}"))
                .collect();
            let wheres = if clauses.is_empty() {
                String::new()
            } else {
                format!(" where {}", clauses.join(", "))
            };
            (format!("<'a, T: {bounds}{default}{constant}>"), wheres)
        })
}

fn marks() -> impl Strategy<Value = String> {
    prop::collection::vec(
        select(vec![
            "#[must_use]",
            "#[deprecated(since = \"1\")]",
            "#[doc(hidden)]",
            "#[non_exhaustive]",
            "/// Says what it is.",
            "#[cfg(any(unix, windows))]",
        ]),
        0..2,
    )
    .prop_map(|marks| {
        let mut marks = marks;
        marks.dedup();
        marks.join("\n") + "\n"
    })
}

fn function(is_member: bool) -> impl Strategy<Value = String> {
    let receiver = if is_member {
        vec![
            "",
            "self, ",
            "&self, ",
            "&'a mut self, ",
            "mut self: Box<Self>, ",
        ]
    } else {
        vec![""]
    };
    (
        select(vec![
            "",
            "const ",
            "async ",
            "unsafe ",
            "unsafe extern \"C\" ",
        ]),
        generics(),
        select(receiver),
        prop::collection::vec((select(vec!["one", "_", "(x, y)", "r#type"]), ty()), 0..3),
        prop::option::of(ty()),
    )
        .prop_map(
            move |(words, (mut generics, wheres), receiver, inputs, output)| {
                if is_member {
                    // The names of what it stands in are taken.
                    generics = generics
                        .replacen("'a, T", "'m, M", 1)
                        .replace("const N", "const K");
                }
                let inputs: Vec<String> = inputs
                    .into_iter()
                    .map(|(name, ty)| format!("{name}: {ty}"))
                    .collect();
                let output = output.map_or(String::new(), |ty| format!(" -> {ty}"));
                format!(
                    "{words}fn NAME{generics}({receiver}{}){output}{wheres}",
                    inputs.join(", ")
                )
            },
        )
}

/// The member's own name in place of `NAME`.
fn named(index: usize, text: &str) -> String {
    text.replace("NAME", &format!("n{index}"))
}

fn fields(named: bool) -> impl Strategy<Value = String> {
    let vis = select(vec!["pub ", "", "pub(crate) "]);
    prop::collection::vec((marks(), vis, ty()), 0..3).prop_map(move |fields| {
        let fields: Vec<String> = fields
            .into_iter()
            .enumerate()
            .map(|(index, (marks, vis, ty))| {
                let name = if named {
                    format!("f{index}: ")
                } else {
                    String::new()
                };
                format!("{marks}{vis}{name}{ty}")
            })
            .collect();
        fields.join(", ")
    })
}

fn structure() -> impl Strategy<Value = String> {
    let repr = select(vec!["", "#[repr(C)]", "#[derive(Clone, Debug, PartialEq)]"]);
    let header = (marks(), repr, generics()).boxed();
    prop_oneof![
        (header.clone(), fields(true)).prop_map(|((marks, repr, (generics, wheres)), fields)| {
            format!("{marks}{repr} pub struct NAME{generics}{wheres} {{ {fields} }}")
        }),
        (header.clone(), fields(false)).prop_map(|((marks, repr, (generics, wheres)), fields)| {
            format!("{marks}{repr} pub struct NAME{generics}({fields}){wheres};")
        }),
        header.prop_map(|(marks, repr, (generics, wheres))| {
            format!("{marks}{repr} pub struct NAME{generics}{wheres};")
        }),
    ]
}

fn enumeration() -> impl Strategy<Value = String> {
    let variant = prop_oneof![
        Just(String::new()),
        Just(" = 7".to_owned()),
        (marks(), ty()).prop_map(|(marks, ty)| format!("({marks}{ty}, u8)")),
        ty().prop_map(|ty| format!(" {{ a: {ty}, r#in: u8 }}")),
    ];
    (
        marks(),
        generics(),
        prop::collection::vec((marks(), variant), 0..4),
    )
        .prop_map(|(marks, (generics, wheres), variants)| {
            let variants: Vec<String> = variants
                .into_iter()
                .enumerate()
                .map(|(index, (marks, rest))| format!("{marks}V{index}{rest}"))
                .collect();
            let variants = variants.join(", ");
            format!("{marks}pub enum NAME{generics}{wheres} {{ {variants} }}")
        })
}

fn trait_() -> impl Strategy<Value = String> {
    let item = prop_oneof![
        (marks(), function(true), any::<bool>()).prop_map(|(marks, function, body)| {
            let end = if body { " { loop {} }" } else { ";" };
            format!("{marks}{function}{end}")
        }),
        (ty(), any::<bool>()).prop_map(|(ty, value)| {
            let value = if value { " = panic!()" } else { "" };
            format!("const NAME: {ty}{value};")
        }),
        (bounds(), prop::option::of(ty())).prop_map(|(bounds, default)| {
            let default = default.map_or(String::new(), |ty| format!(" = {ty}"));
            format!("type NAME: {bounds}{default};")
        }),
        bounds().prop_map(|bounds| format!("type NAME<'g>: {bounds} where Self: 'g;")),
    ];
    let words = select(vec!["", "unsafe "]);
    (
        (marks(), words),
        generics(),
        bounds(),
        prop::collection::vec(item, 0..4),
    )
        .prop_map(|((marks, words), (generics, wheres), bounds, items)| {
            let items: Vec<String> = items
                .iter()
                .enumerate()
                .map(|(index, item)| named(index, item))
                .collect();
            let items = items.join("\n");
            format!("{marks}pub {words}trait NAME{generics}: {bounds}{wheres} {{ {items} }}")
        })
}

/// Each impl has a struct of its own, since two of them may not overlap.
fn implementation() -> impl Strategy<Value = String> {
    let of = select(vec![
        "<'a, T>",
        "<'a, Option<T>>",
        "<'static, T>",
        "<'a, u8>",
    ]);
    let own = (generics(), of, prop::collection::vec(function(true), 0..3)).prop_map(
        |((generics, wheres), of, functions)| {
            let functions: Vec<String> = functions
                .iter()
                .enumerate()
                .map(|(index, text)| format!("pub {} {{ loop {{}} }}", named(index, text)))
                .collect();
            let functions = functions.join("\n");
            format!("impl{generics} NAME{of}{wheres} {{ {functions} }}")
        },
    );
    let others = (generics(), ty(), ty()).prop_map(|((generics, wheres), of, ty)| {
        format!("impl{generics} Mix<(NAME<'a, u8>, {of})> for {ty}{wheres} {{}}")
    });
    let associated = (generics(), ty()).prop_map(|((generics, wheres), ty)| {
        format!(
            "impl{generics} Walk for NAME<'a, T>{wheres} {{ type Step = {ty}; const LONG: usize = 1; \
             fn go(&self) -> {ty} {{ loop {{}} }} }}"
        )
    });
    prop_oneof![own, others, associated]
        .prop_map(|text| format!("pub struct NAME<'a, T: ?Sized>(&'a T);\n{text}"))
}

fn item() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => structure(),
        2 => enumeration(),
        3 => trait_(),
        3 => implementation(),
        2 => (marks(), function(false)).prop_map(|(marks, text)| format!("{marks}pub {text} {{ loop {{}} }}")),
        1 => (marks(), ty()).prop_map(|(marks, ty)| format!("{marks}pub const NAME: {ty} = panic!();")),
        1 => (ty(), any::<bool>()).prop_map(|(ty, mutable)| {
            let mutable = if mutable { "mut " } else { "" };
            format!("pub static {mutable}NAME: {ty} = panic!();")
        }),
        1 => (generics(), ty()).prop_map(|((generics, wheres), ty)| {
            format!("pub type NAME{generics} = {ty}{wheres};")
        }),
        1 => Just("pub union NAME { pub a: u8, b: u16 }".to_owned()),
        1 => Just("#[macro_export] macro_rules! NAME { () => {} }".to_owned()),
        1 => Just("pub use base::Held as NAME;".to_owned()),
    ]
}

fn source() -> impl Strategy<Value = String> {
    (
        prop::collection::vec(item(), 0..4),
        prop::collection::vec(item(), 0..3),
    )
        .prop_map(|(top, inner)| {
            let at = |start: usize, items: &[String]| -> String {
                let items = items.iter().enumerate();
                let items = items.map(|(index, text)| {
                    // The members of an item have been named; what is left is its own name.
                    text.replace("NAME", &format!("Item{}", start + index))
                });
                items.collect::<Vec<_>>().join("\n")
            };
            format!(
                "{BASE}\n{}\npub mod inner {{ use crate::base::*; use std::collections::HashMap as Map; use crate::Renamed;\n{}\n}}\n",
                at(0, &top),
                at(10, &inner)
            )
        })
}

fn read(source: &str) -> Interface {
    let files = BTreeMap::from([
        (
            "Cargo.toml".to_owned(),
            "[package]\nname = \"krate\"\nedition = \"2024\"\n".to_owned(),
        ),
        ("src/lib.rs".to_owned(), source.to_owned()),
    ]);
    Project::new(&files).whole()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]
    #[test]
    fn printing_and_reading_is_nothing(source in source()) {
        let interface = read(&source);
        prop_assert!(interface.broken.is_empty(), "{:?}", interface.broken);
        let mut names = Names::default();
        let tables = lines::tables(&interface, &mut names);
        let again = lines::read(&tables, &names);
        prop_assert!(again.is_ok(), "{again:?}");
        let again = again.unwrap_or_default();
        prop_assert_eq!(&again.items, &interface.items);
        let mut more = names.clone();
        prop_assert_eq!(lines::tables(&again, &mut more), tables);
        prop_assert_eq!(more, names);
        let contract = compare::rust::Options { named: true, contract: true };
        let differing = compare::rust::compare(&again, &interface, &contract);
        prop_assert!(differing.is_empty(), "{differing:?}");
    }
}
