//! Annotations to types: every spelling of a type becomes one [`Type`]. It resolves names within the file only.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Operator};
use ruff_python_parser::{Mode, lexer, parse_expression};

use super::depth::{DepthBound, NEEDS_STACK};
use super::env::{Env, dotted};
use super::expr_text::expr_text;
use crate::interface::python::Type;

/// Strings inside strings are followed this far.
const QUOTES: u8 = 3;

/// The type that an annotation says.
pub(crate) fn type_of(env: &Env<'_>, expr: &Expr) -> Type {
    if is_deep(expr, DEEPEST) {
        return Type::Other("...".to_owned());
    }
    convert(env, expr, QUOTES)
}

/// Types that nest deeper than this are nobody's, and would not fit on the stack of who walks them.
const DEEPEST: u16 = 100;

fn is_deep(expr: &Expr, left: u16) -> bool {
    let Some(left) = left.checked_sub(1) else {
        return true;
    };
    match expr {
        Expr::BinOp(op) => is_deep(&op.left, left) || is_deep(&op.right, left),
        Expr::List(list) => list.iter().any(|item| is_deep(item, left)),
        Expr::Tuple(tuple) => tuple.iter().any(|item| is_deep(item, left)),
        Expr::Subscript(subscript) => is_deep(&subscript.slice, left),
        _ => false,
    }
}

fn convert(env: &Env<'_>, expr: &Expr, quotes: u8) -> Type {
    match expr {
        Expr::NoneLiteral(_) => Type::None,
        Expr::EllipsisLiteral(_) => Type::Ellipsis,
        Expr::Name(_) | Expr::Attribute(_) => match dotted(expr) {
            Some(name) => named(env.resolve(&name)),
            None => Type::Other(expr_text(expr)),
        },
        Expr::StringLiteral(string) if quotes > 0 => {
            quoted_type(env, string.value.to_str(), quotes - 1)
                .unwrap_or_else(|| Type::Other(expr_text(expr)))
        }
        Expr::BinOp(op) if op.op == Operator::BitOr => Type::union(vec![
            convert(env, &op.left, quotes),
            convert(env, &op.right, quotes),
        ]),
        Expr::List(list) => {
            Type::List(list.iter().map(|item| convert(env, item, quotes)).collect())
        }
        Expr::Subscript(subscript) => {
            let Some(base) = dotted(&subscript.value) else {
                return Type::Other(expr_text(expr));
            };
            let arguments: &[Expr] = match &*subscript.slice {
                Expr::Tuple(tuple) => &tuple.elts,
                single => std::slice::from_ref(single),
            };
            subscripted(env, env.resolve(&base), arguments, quotes)
        }
        _ => Type::Other(expr_text(expr)),
    }
}

/// A type in quotes. Only short and flat text is worth parsing.
fn quoted_type(env: &Env<'_>, text: &str, quotes: u8) -> Option<Type> {
    let text = text.trim();
    let mut lexer = lexer::lex(text, Mode::Expression);
    let mut bound = DepthBound::new();
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => break,
            kind => bound.push(kind),
        }
        if bound.max() > NEEDS_STACK {
            return None;
        }
    }
    let parsed = parse_expression(text).ok()?;
    Some(convert(env, parsed.expr(), quotes))
}

/// The type of a full path without arguments.
pub(crate) fn named(path: String) -> Type {
    match path.as_str() {
        "typing.Any" => Type::Any,
        "None" | "types.NoneType" => Type::None,
        "collections.abc.Callable" => Type::Callable(None, Box::new(Type::Any)),
        "typing.BinaryIO" => io_of("builtins.bytes"),
        "typing.TextIO" => io_of("builtins.str"),
        _ => Type::Name(path),
    }
}

fn io_of(content: &str) -> Type {
    Type::Generic("typing.IO".to_owned(), vec![Type::Name(content.to_owned())])
}

fn subscripted(env: &Env<'_>, base: String, arguments: &[Expr], quotes: u8) -> Type {
    let each = || -> Vec<Type> {
        arguments
            .iter()
            .map(|argument| convert(env, argument, quotes))
            .collect()
    };
    match base.as_str() {
        "typing.Optional" => {
            let mut members = each();
            members.push(Type::None);
            Type::union(members)
        }
        "typing.Union" => Type::union(each()),
        "typing.Literal" => literal(env, arguments),
        "typing.Annotated"
        | "typing.ClassVar"
        | "typing.Final"
        | "typing.Required"
        | "typing.NotRequired"
        | "typing.ReadOnly"
        | "dataclasses.InitVar" => arguments
            .first()
            .map_or(Type::Any, |argument| convert(env, argument, quotes)),
        "collections.abc.Callable" => match arguments {
            [Expr::EllipsisLiteral(_), result] => {
                Type::Callable(None, Box::new(convert(env, result, quotes)))
            }
            [Expr::List(params), result] => Type::Callable(
                Some(
                    params
                        .iter()
                        .map(|param| convert(env, param, quotes))
                        .collect(),
                ),
                Box::new(convert(env, result, quotes)),
            ),
            _ => Type::Generic(base, each()),
        },
        _ => Type::Generic(base, each()),
    }
}

fn literal(env: &Env<'_>, arguments: &[Expr]) -> Type {
    let mut values = Vec::with_capacity(arguments.len());
    let mut none = false;
    for argument in arguments {
        match argument {
            Expr::NoneLiteral(_) => none = true,
            Expr::Subscript(inner)
                if dotted(&inner.value)
                    .is_some_and(|base| env.resolve(&base) == "typing.Literal") =>
            {
                let inner: &[Expr] = match &*inner.slice {
                    Expr::Tuple(tuple) => &tuple.elts,
                    single => std::slice::from_ref(single),
                };
                match literal(env, inner) {
                    Type::Literal(more) => values.extend(more),
                    Type::None => none = true,
                    Type::Union(members) => {
                        for member in members {
                            match member {
                                Type::Literal(more) => values.extend(more),
                                _ => none = true,
                            }
                        }
                    }
                    _ => {}
                }
            }
            other => values.push(expr_text(other)),
        }
    }
    values.sort();
    values.dedup();
    match (values.is_empty(), none) {
        (true, _) => Type::None,
        (false, false) => Type::Literal(values),
        (false, true) => Type::union(vec![Type::Literal(values), Type::None]),
    }
}

/// Applies `change` to every path in a type.
pub(crate) fn map_paths(ty: &mut Type, change: &mut dyn FnMut(&str) -> Option<String>) {
    match ty {
        Type::None | Type::Any | Type::Literal(_) | Type::Ellipsis | Type::Other(_) => {}
        Type::Name(path) => {
            if let Some(new) = change(path) {
                *ty = named(new);
            }
        }
        Type::Generic(path, arguments) => {
            if let Some(new) = change(path) {
                *path = new;
            }
            for argument in arguments {
                map_paths(argument, change);
            }
        }
        Type::Union(members) => {
            for member in members.iter_mut() {
                map_paths(member, change);
            }
            *ty = Type::union(std::mem::take(members));
        }
        Type::List(members) => {
            for member in members {
                map_paths(member, change);
            }
        }
        Type::Callable(params, result) => {
            for param in params.iter_mut().flatten() {
                map_paths(param, change);
            }
            map_paths(result, change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interface::Names;
    use crate::interface::python_text::{last_segment, type_text};

    fn shown(text: &str) -> String {
        let names = [
            ("Optional", "typing.Optional"),
            ("Union", "typing.Union"),
            ("List", "builtins.list"),
            ("Literal", "typing.Literal"),
            ("Callable", "collections.abc.Callable"),
            ("Annotated", "typing.Annotated"),
            ("Any", "typing.Any"),
            ("Foo", "pkg.Foo"),
        ];
        let names = names.map(|(short, full)| (short.to_owned(), full.to_owned()));
        let names = Names::from_pairs(names);
        let env = Env::of_lines(&names);
        let parsed = parse_expression(text).unwrap();
        type_text(&type_of(&env, parsed.expr()), &mut last_segment)
    }

    #[test]
    fn spellings_of_one_type() {
        for (text, expected) in [
            ("Optional[int]", "int | None"),
            ("None | int", "int | None"),
            ("Union[str, int, str]", "int | str"),
            ("Union[int]", "int"),
            ("'Foo | None'", "Foo | None"),
            ("List['Foo']", "list[Foo]"),
            ("Literal['b', \"a\", None]", "Literal['a', 'b'] | None"),
            ("Literal[1] | Literal[2]", "Literal[1, 2]"),
            ("Callable[[int], str]", "Callable[[int], str]"),
            ("Callable[..., Any]", "Callable[..., Any]"),
            ("Callable[P, int]", "Callable[P, int]"),
            ("Annotated[Foo, 1]", "Foo"),
            ("tuple[int, ...]", "tuple[int, ...]"),
            ("tuple[()]", "tuple[()]"),
            ("T", "T"),
            ("f(x)", "f(x)"),
            ("'not a type'", "'not a type'"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
