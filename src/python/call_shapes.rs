//! The shape of a call as it is written, with `*t` and `**d` of local literals taken apart. What is called is none of
//! its business.

use ruff_python_ast::{Arguments, Expr};
use ruff_text_size::Ranged;

use super::literals::{Literals, Unpacked, literal_keys};
use super::source::Source;
use crate::interface::{CallShape, Place};

/// The shapes of a call: more than one where an unpacked literal has keys that are only sometimes there.
pub(crate) fn shapes(arguments: &Arguments, literals: Option<&Literals<'_>>) -> Vec<CallShape> {
    let mut shape = CallShape::default();
    let mut sometimes: Vec<String> = Vec::new();
    for argument in &arguments.args {
        match argument {
            Expr::Starred(starred) => match items(&starred.value, literals) {
                Some(count) if !shape.star => shape.positional += count,
                _ => shape.star = true,
            },
            _ if shape.star => {}
            _ => shape.positional += 1,
        }
    }
    for keyword in &arguments.keywords {
        match &keyword.arg {
            Some(name) => {
                shape.keywords.insert(name.to_string());
            }
            None => match keys(&keyword.value, literals) {
                Some(unpacked) => {
                    shape.keywords.extend(unpacked.always);
                    sometimes.extend(unpacked.sometimes);
                }
                None => shape.double_star = true,
            },
        }
    }
    if sometimes.is_empty() {
        return vec![shape];
    }
    let mut fuller = shape.clone();
    fuller.keywords.extend(sometimes);
    vec![shape, fuller]
}

fn items(value: &Expr, literals: Option<&Literals<'_>>) -> Option<usize> {
    let plain =
        |elements: &[Expr]| (!elements.iter().any(Expr::is_starred_expr)).then_some(elements.len());
    match value {
        Expr::Tuple(tuple) => plain(&tuple.elts),
        Expr::List(list) => plain(&list.elts),
        Expr::Name(name) => literals?.items(&name.id),
        _ => None,
    }
}

fn keys(value: &Expr, literals: Option<&Literals<'_>>) -> Option<Unpacked> {
    match value {
        Expr::Name(name) => literals?.keys(&name.id),
        _ => literal_keys(value).map(|always| Unpacked {
            always,
            sometimes: Vec::new(),
        }),
    }
}

/// Where each argument is passed: by keyword, or by position (`#0`).
pub(crate) fn arguments(source: &Source<'_>, arguments: &Arguments) -> Vec<(String, Place)> {
    let by_position = arguments
        .args
        .iter()
        .take_while(|argument| !argument.is_starred_expr())
        .enumerate()
        .map(|(at, argument)| (format!("#{at}"), source.place(argument.range())));
    let by_name = arguments.keywords.iter().filter_map(|keyword| {
        let name = keyword.arg.as_ref()?;
        Some((name.to_string(), source.place(keyword.range())))
    });
    by_position.chain(by_name).collect()
}
