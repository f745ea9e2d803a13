//! The law of lines: what is printed reads back as itself, for any interface that the model can hold.

use proptest::prelude::*;

use crate::interface::Names;
use crate::interface::python::{
    Abstract, Attribute, Binding, Class, Function, Interface, Kind, Member, Module, Param,
    ParamKind, Property, Protocol, Signature, Type,
};
use crate::python::lines;

fn word() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_]{0,4}x"
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        (word(), word()).prop_map(|(a, b)| format!("{a}.{b}")),
        (word(), word(), word()).prop_map(|(a, b, c)| format!("{a}.{b}.{c}")),
        Just("builtins.int".to_owned()),
        Just("typing.Self".to_owned()),
    ]
}

fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::None),
        Just(Type::Any),
        path().prop_map(Type::Name),
        Just(Type::Name("T".to_owned())),
        Just(Type::Literal(vec!["'a'".to_owned(), "1".to_owned()])),
        Just(Type::Other("f(1)".to_owned())),
    ]
    .prop_map(|ty| match ty {
        Type::Literal(mut values) => {
            values.sort();
            Type::Literal(values)
        }
        other => other,
    });
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (path(), prop::collection::vec(inner.clone(), 1..3)).prop_map(|(base, arguments)| {
                // `Self[…]` is no type.
                let base = base.replace("typing.Self", "builtins.list");
                Type::Generic(base, arguments)
            }),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Type::union),
            (
                prop::option::of(prop::collection::vec(inner.clone(), 0..3)),
                inner
            )
                .prop_map(|(params, result)| Type::Callable(params, Box::new(result))),
        ]
    })
}

fn default() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(vec![
        "None",
        "1",
        "'a: b'",
        "(1, 2)",
        "lambda x: x",
        "CONF.x",
        "{'k': [1]}",
        "-1.5",
        "\"it's\"",
    ]))
    .prop_map(|default| default.map(str::to_owned))
}

fn signature() -> impl Strategy<Value = Signature> {
    let param = (prop::option::of(ty()), default());
    (
        prop::collection::vec((0u8..5, param), 0..6),
        prop::option::of(ty()),
    )
        .prop_map(|(mut drawn, returns)| {
            drawn.sort_by_key(|(kind, _)| *kind);
            let mut params: Vec<Param> = Vec::new();
            let mut optional = false;
            for (index, (kind, (ty, default))) in drawn.into_iter().enumerate() {
                let kind = match kind {
                    0 => ParamKind::PositionalOnly,
                    1 => ParamKind::Normal,
                    2 => ParamKind::VarArgs,
                    3 => ParamKind::KeywordOnly,
                    _ => ParamKind::VarKeywords,
                };
                let variadic = matches!(kind, ParamKind::VarArgs | ParamKind::VarKeywords);
                if variadic && params.iter().any(|param| param.kind == kind) {
                    continue;
                }
                let positional = kind <= ParamKind::Normal;
                let default = match default {
                    _ if variadic => None,
                    // A parameter after an optional one is optional.
                    None if positional && optional => Some("None".to_owned()),
                    other => other,
                };
                optional |= positional && default.is_some();
                params.push(Param {
                    name: format!("p{index}"),
                    kind,
                    default,
                    ty,
                    place: None,
                });
            }
            Signature {
                params,
                returns,
                type_params: None,
                untrusted: None,
                passes_on: false,
            }
        })
}

fn function() -> impl Strategy<Value = Kind> {
    (
        signature(),
        prop::collection::vec(signature(), 0..2),
        prop::sample::select(vec![Binding::Instance, Binding::Class, Binding::Static]),
        prop::sample::select(vec![
            Protocol::Plain,
            Protocol::Coroutine,
            Protocol::Generator,
            Protocol::AsyncGenerator,
            Protocol::ContextManager,
            Protocol::AsyncContextManager,
        ]),
        prop::sample::select(vec![Abstract::No, Abstract::ByCustom, Abstract::Declared]),
        any::<bool>(),
        prop::collection::vec(
            path().prop_map(|path| path.replace("builtins.", "b.").replace("typing.", "t.")),
            0..2,
        ),
    )
        .prop_map(
            |(signature, overloads, binding, protocol, abstractness, is_final, decorators)| {
                let generates = matches!(protocol, Protocol::Generator | Protocol::AsyncGenerator);
                Kind::Function(std::sync::Arc::new(Function {
                    signature,
                    overloads,
                    binding,
                    protocol,
                    // A body that yields does more than raise.
                    abstractness: if generates && abstractness == Abstract::ByCustom {
                        Abstract::No
                    } else {
                        abstractness
                    },
                    is_final,
                    decorators,
                }))
            },
        )
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        function(),
        (prop::option::of(ty()), any::<[bool; 4]>()).prop_map(
            |(ty, [set, delete, cached, last])| {
                Kind::Property(Property {
                    ty,
                    settable: set || cached,
                    deletable: delete || cached,
                    cached,
                    abstractness: if last {
                        Abstract::Declared
                    } else {
                        Abstract::No
                    },
                    is_final: last,
                })
            }
        ),
        (prop::option::of(ty()), any::<bool>(), any::<bool>()).prop_map(
            |(ty, on_instance, declared)| {
                let declared_only = declared && !on_instance && ty.is_some();
                Kind::Attribute(Attribute {
                    ty,
                    on_instance,
                    declared_only,
                })
            }
        ),
    ]
}

fn members(
    owner: &'static str,
) -> impl Strategy<Value = std::collections::BTreeMap<String, Member>> {
    prop::collection::btree_map(word(), kind(), 0..5).prop_map(move |members| {
        members
            .into_iter()
            .map(|(name, kind)| {
                let member = Member {
                    kind,
                    defined_in: owner.to_owned(),
                    place: None,
                    conditional: false,
                    body: None,
                };
                (name, member)
            })
            .collect()
    })
}

fn interface() -> impl Strategy<Value = Interface> {
    (
        members("pkg.mod.C"),
        members("pkg.mod"),
        prop::collection::vec(
            path().prop_filter("a class", |path| !path.starts_with("typing.")),
            0..2,
        ),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(own, names, mut bases, abc, partial)| {
            bases.dedup();
            let class = Class {
                mro: bases.clone(),
                bases: bases.into_iter().map(Type::Name).collect(),
                metaclass: abc.then(|| "abc.ABCMeta".to_owned()),
                abc,
                partial,
                members: own,
                ..Class::default()
            };
            let module = Module {
                members: names
                    .into_iter()
                    .filter(|(_, member)| match &member.kind {
                        // `self.x` and bound methods belong to classes.
                        Kind::Attribute(attribute) => !attribute.on_instance,
                        Kind::Function(function) => function.binding == Binding::Instance,
                        _ => false,
                    })
                    .collect(),
                whole: true,
                ..Module::default()
            };
            Interface {
                classes: [("pkg.mod.C".to_owned(), class)].into(),
                modules: [("pkg.mod".to_owned(), module)].into(),
                ..Interface::default()
            }
        })
}

/// Places aside: those of the model before printing are none.
fn without_places(mut interface: Interface) -> Interface {
    for members in interface
        .classes
        .values_mut()
        .map(|class| &mut class.members)
        .chain(
            interface
                .modules
                .values_mut()
                .map(|module| &mut module.members),
        )
    {
        for member in members.values_mut() {
            member.place = None;
            if let Kind::Function(function) = &mut member.kind {
                for signature in {
                    let function = std::sync::Arc::make_mut(function);
                    std::iter::once(&mut function.signature).chain(&mut function.overloads)
                } {
                    for param in &mut signature.params {
                        param.place = None;
                    }
                }
            }
            member.body = None;
        }
    }
    for class in interface.classes.values_mut() {
        class.place = None;
    }
    interface
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn printing_and_reading_is_nothing(interface in interface()) {
        let mut names = Names::default();
        let tables = lines::tables(&interface, &mut names);
        let again = lines::read(&tables, &names);
        prop_assert!(again.is_ok(), "{again:?}");
        let again = without_places(again.unwrap_or_default());
        prop_assert_eq!(&again, &interface);
        let mut more = names.clone();
        prop_assert_eq!(lines::tables(&again, &mut more), tables);
        prop_assert_eq!(more, names);
    }
}

#[test]
fn a_broken_line_is_named() {
    use crate::interface::{Line, Place};
    let mut interface = Interface::default();
    interface.classes.insert("m.C".to_owned(), Class::default());
    let mut names = Names::default();
    let mut tables = lines::tables(&interface, &mut names);
    for text in [
        "def f(self",
        "def f(self): pass; x",
        "x = 1",
        "",
        "return 1",
        "a\nb",
    ] {
        tables[0].provides = vec![Line {
            text: text.to_owned(),
            place: Some(Place::point("contracts/c.toml", 3, 4)),
        }];
        let error = lines::read(&tables, &names).unwrap_err();
        assert_eq!(error.place.map(|place| place.line), Some(3), "{text}");
    }
}

#[test]
fn places_in_a_contract_point_into_the_line() {
    use crate::interface::{Line, Place};
    let mut interface = Interface::default();
    interface.classes.insert("m.C".to_owned(), Class::default());
    let mut names = Names::default();
    let mut tables = lines::tables(&interface, &mut names);
    tables[0].provides = vec![Line {
        text: "@abstractmethod def f(self, a)".to_owned(),
        place: Some(Place::point("c.toml", 7, 4)),
    }];
    let read = lines::read(&tables, &names).unwrap();
    let Kind::Function(function) = &read.classes["m.C"].members["f"].kind else {
        panic!("a function")
    };
    let place = function.signature.params[1].place.clone().unwrap();
    assert_eq!(
        (place.line, place.column, place.end_column),
        (7, 4 + 28, 4 + 29)
    );
}
