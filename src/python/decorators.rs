//! What a decorator does to what it stands on: the built-in ones by name, everything else recorded.

use ruff_python_ast::Expr;

use super::env::{Env, canonical, dotted, last_name};
use super::expr_text::expr_text;

/// What a decorator of a function means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decorator {
    Static,
    Class,
    Property,
    CachedProperty,
    /// `@NAME.setter`
    Setter,
    Deleter,
    Getter,
    Abstract,
    AbstractProperty,
    AbstractStatic,
    AbstractClass,
    ContextManager,
    AsyncContextManager,
    Overload,
    Final,
    /// It changes nothing that an interface shows.
    Nothing,
    /// It makes a command object of the function, which is called with whatever the command line holds.
    Command(String),
    /// It keeps the signature as far as anybody knows.
    Unknown(String),
}

/// What `expr`, standing after `@`, means.
pub(crate) fn decorator(env: &Env<'_>, expr: &Expr) -> Decorator {
    let callee = match expr {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let Some(name) = dotted(callee) else {
        return Decorator::Unknown(expr_text(expr));
    };
    if let Some((_, part)) = name.rsplit_once('.') {
        match part {
            "setter" => return Decorator::Setter,
            "deleter" => return Decorator::Deleter,
            "getter" => return Decorator::Getter,
            _ => {}
        }
    }
    let path = env.resolve(&name);
    if matches!(
        path.as_str(),
        "click.command" | "click.group" | "click.decorators.command" | "click.decorators.group"
    ) {
        return Decorator::Command(path);
    }
    known(&path).unwrap_or(Decorator::Unknown(path))
}

fn known(path: &str) -> Option<Decorator> {
    Some(match path {
        "builtins.staticmethod" => Decorator::Static,
        "builtins.classmethod" => Decorator::Class,
        "builtins.property" | "enum.property" | "types.DynamicClassAttribute" => {
            Decorator::Property
        }
        "abc.abstractmethod" => Decorator::Abstract,
        "abc.abstractproperty" => Decorator::AbstractProperty,
        "abc.abstractstaticmethod" => Decorator::AbstractStatic,
        "abc.abstractclassmethod" => Decorator::AbstractClass,
        "contextlib.contextmanager" => Decorator::ContextManager,
        "contextlib.asynccontextmanager" => Decorator::AsyncContextManager,
        "typing.overload" => Decorator::Overload,
        "typing.final" => Decorator::Final,
        "typing.override"
        | "typing.no_type_check"
        | "functools.wraps"
        | "functools.lru_cache"
        | "functools.cache"
        | "functools.singledispatch"
        | "six.wraps" => Decorator::Nothing,
        // Copied into many trees under many modules, always with one meaning.
        _ => match path.rsplit('.').next().unwrap_or(path) {
            "cached_property" | "reify" | "memoized_property" | "lazy_property" => {
                Decorator::CachedProperty
            }
            "abstractmethod" => Decorator::Abstract,
            "abstractproperty" => Decorator::AbstractProperty,
            "classproperty" | "hybrid_property" => Decorator::Property,
            _ => return None,
        },
    })
}

/// A class decorator: its path, and its arguments where they decide how the class is made.
pub(crate) struct ClassDecorator {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// What `expr`, standing after `@` before a class, says.
pub(crate) fn class_decorator(env: &Env<'_>, expr: &Expr) -> ClassDecorator {
    let (callee, arguments) = match expr {
        Expr::Call(call) => (&*call.func, Some(&call.arguments)),
        other => (other, None),
    };
    let Some(name) = dotted(callee) else {
        let text = expr_text(expr);
        return ClassDecorator {
            path: text.clone(),
            text,
        };
    };
    let path = canonical(env.resolve(&name));
    let mut text = path.clone();
    if let Some(arguments) = arguments
        && is_constructor_maker(&path)
    {
        let mut parts: Vec<String> = arguments.args.iter().map(expr_text).collect();
        let mut keywords: Vec<String> = arguments
            .keywords
            .iter()
            .map(|keyword| match &keyword.arg {
                Some(arg) => format!("{arg}={}", expr_text(&keyword.value)),
                None => format!("**{}", expr_text(&keyword.value)),
            })
            .collect();
        keywords.sort();
        parts.extend(keywords);
        if !parts.is_empty() {
            text = format!("{path}({})", parts.join(", "));
        }
    }
    ClassDecorator { path, text }
}

/// Decorators that write a constructor from the fields of the class.
pub(crate) fn is_constructor_maker(path: &str) -> bool {
    is_dataclass(path) || is_attrs(path)
}

pub(crate) fn is_dataclass(path: &str) -> bool {
    matches!(
        path,
        "dataclasses.dataclass" | "pydantic.dataclasses.dataclass"
    )
}

pub(crate) fn is_attrs(path: &str) -> bool {
    matches!(
        path,
        "attr.s"
            | "attr.attrs"
            | "attr.attributes"
            | "attr.dataclass"
            | "attr.define"
            | "attr.mutable"
            | "attr.frozen"
            | "attrs.define"
            | "attrs.mutable"
            | "attrs.frozen"
    )
}

/// `six.add_metaclass(M)`: `M`.
pub(crate) fn added_metaclass(env: &Env<'_>, expr: &Expr) -> Option<String> {
    let Expr::Call(call) = expr else { return None };
    if last_name(&call.func)? != "add_metaclass" {
        return None;
    }
    Some(env.resolve(&dotted(call.arguments.args.first()?)?))
}
