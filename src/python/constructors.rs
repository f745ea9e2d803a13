//! Methods that no one wrote: the constructors of dataclasses, attrs classes and named tuples, from their fields; the
//! comparisons that a decorator adds.

use super::extract::{ClassExtract, Field, Maker};
use crate::interface::python::{
    Abstract, Binding, Function, Param, ParamKind, Protocol, Signature, Type,
};

/// The constructor that the first class of `chain` (itself, then its bases) is given, and its name.
pub(crate) fn constructor(chain: &[&ClassExtract]) -> Option<(&'static str, Function)> {
    let class = chain.first()?;
    match &class.maker {
        Maker::None => None,
        Maker::NamedTuple => {
            let params = std::iter::once(receiver("_cls"))
                .chain(class.fields.iter().map(|field| param(field, false, false)))
                .collect();
            Some(("__new__", function(params, Binding::Class)))
        }
        Maker::Dataclass { init: false, .. } => None,
        Maker::Dataclass { attrs, .. } => {
            let mut fields: Vec<(&Field, bool)> = Vec::new();
            for base in chain.iter().rev() {
                if !matches!(base.maker, Maker::Dataclass { .. }) {
                    continue;
                }
                for field in &base.fields {
                    let kw_only = field.kw_only;
                    // A field keeps its place when an heir redefines it; attrs moves it to the heir's.
                    match fields
                        .iter_mut()
                        .find(|(known, _)| known.name == field.name)
                    {
                        Some(known) if !attrs => *known = (field, kw_only),
                        Some(_) => {
                            fields.retain(|(known, _)| known.name != field.name);
                            fields.push((field, kw_only));
                        }
                        None => fields.push((field, kw_only)),
                    }
                }
            }
            fields.retain(|(field, _)| field.init);
            let (keyword, normal): (Vec<_>, Vec<_>) =
                fields.into_iter().partition(|(_, kw_only)| *kw_only);
            let params = std::iter::once(receiver("self"))
                .chain(
                    normal
                        .into_iter()
                        .map(|(field, _)| param(field, false, *attrs)),
                )
                .chain(
                    keyword
                        .into_iter()
                        .map(|(field, _)| param(field, true, *attrs)),
                )
                .collect();
            let mut function = function(params, Binding::Instance);
            function.signature.returns = Some(Type::None);
            Some(("__init__", function))
        }
    }
}

/// The comparisons that decorators add to a class, the first of `chain`: `order=True` of a dataclass, or
/// `functools.total_ordering`.
pub(crate) fn orderings(class: &ClassExtract, chain: &[&ClassExtract]) -> Vec<&'static str> {
    const ALL: [&str; 4] = ["__lt__", "__le__", "__gt__", "__ge__"];
    let by_dataclass = matches!(class.maker, Maker::Dataclass { order: true, .. });
    let has = |name: &str| chain.iter().any(|class| class.names.contains_key(name));
    let by_total = class
        .decorators
        .iter()
        .any(|text| text == "functools.total_ordering")
        && ALL.iter().any(|name| has(name));
    let missing = ALL.into_iter().filter(|name| {
        (by_dataclass && !class.names.contains_key(*name)) || (by_total && !has(name))
    });
    missing.collect()
}

/// Such a comparison.
pub(crate) fn ordering() -> Function {
    function(vec![receiver("self"), receiver("other")], Binding::Instance)
}

fn function(params: Vec<Param>, binding: Binding) -> Function {
    Function {
        signature: Signature {
            params,
            ..Signature::default()
        },
        overloads: Vec::new(),
        binding,
        protocol: Protocol::Plain,
        abstractness: Abstract::No,
        is_final: false,
        decorators: Vec::new(),
    }
}

fn receiver(name: &str) -> Param {
    Param {
        name: name.to_owned(),
        kind: ParamKind::Normal,
        default: None,
        ty: None,
        place: None,
    }
}

fn param(field: &Field, kw_only: bool, attrs: bool) -> Param {
    // attrs takes `_name` as `name`.
    let name = if attrs {
        field.name.trim_start_matches('_')
    } else {
        &field.name
    };
    Param {
        name: name.to_owned(),
        kind: if kw_only {
            ParamKind::KeywordOnly
        } else {
            ParamKind::Normal
        },
        default: field.default.clone(),
        ty: field.ty.clone(),
        place: field.place.clone(),
    }
}
