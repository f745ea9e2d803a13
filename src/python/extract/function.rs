//! A `def` as the model's function or property.

use std::sync::Arc;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, ExprLambda, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::{Bound, What};
use crate::interface::python::{
    Abstract, Binding, Function, Param, ParamKind, Property, Protocol, Signature, Type,
};
use crate::interface::python_names::is_implicit_class_method;
use crate::python::body;
use crate::python::decorators::{Decorator, decorator};
use crate::python::env::Env;
use crate::python::signature::signature_of;
use crate::python::source::Source;

/// A definition, and how it joins what the name was before.
pub(crate) struct Definition {
    pub(crate) bound: Bound,
    pub(crate) role: Role,
}

/// How a definition joins what its name was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It replaces it.
    Whole,
    /// `@overload`: it waits for the implementation.
    Overload,
    /// `@name.setter`
    Setter,
    /// `@name.deleter`
    Deleter,
    /// `@name.getter`
    Getter,
}

/// Reads a `def`.
pub(crate) fn function<'a>(
    source: &Source<'_>,
    env: &mut Env<'a>,
    def: &'a StmtFunctionDef,
    in_class: bool,
) -> Definition {
    let params = env.add_params(def.type_params.as_deref());
    let definition = read(source, env, def, in_class);
    env.forget_params(params);
    definition
}

fn read(source: &Source<'_>, env: &Env<'_>, def: &StmtFunctionDef, in_class: bool) -> Definition {
    let mut function = Function {
        signature: signature_of(
            source,
            env,
            &def.parameters,
            def.returns.as_deref(),
            def.type_params.as_deref(),
        ),
        overloads: Vec::new(),
        binding: Binding::Instance,
        protocol: Protocol::Plain,
        abstractness: Abstract::No,
        is_final: false,
        decorators: Vec::new(),
    };
    if in_class && is_implicit_class_method(def.name.as_str()) {
        function.binding = Binding::Class;
    }
    let text = body::text(source, &def.body);
    let has_yield = text.has_yield && body::yields(&def.body);
    function.protocol = match (def.is_async, has_yield) {
        (false, false) => Protocol::Plain,
        (false, true) => Protocol::Generator,
        (true, false) => Protocol::Coroutine,
        (true, true) => Protocol::AsyncGenerator,
    };
    if body::only_not_implemented(&def.body) {
        function.abstractness = Abstract::ByCustom;
    }
    let variadics: Vec<&str> = [&def.parameters.vararg, &def.parameters.kwarg]
        .into_iter()
        .flatten()
        .map(|param| param.name.as_str())
        .collect();
    function.signature.passes_on = !variadics.is_empty() && body::passes_on(&def.body, &variadics);
    let mut role = Role::Whole;
    let mut property = None;
    for found in def
        .decorator_list
        .iter()
        .map(|found| decorator(env, &found.expression))
    {
        match found {
            Decorator::Static => function.binding = Binding::Static,
            Decorator::Class => function.binding = Binding::Class,
            Decorator::Property => property = Some(false),
            Decorator::CachedProperty => property = Some(true),
            Decorator::Setter => role = Role::Setter,
            Decorator::Deleter => role = Role::Deleter,
            Decorator::Getter => role = Role::Getter,
            Decorator::Abstract => function.abstractness = Abstract::Declared,
            Decorator::AbstractProperty => {
                function.abstractness = Abstract::Declared;
                property = Some(false);
            }
            Decorator::AbstractStatic => {
                function.abstractness = Abstract::Declared;
                function.binding = Binding::Static;
            }
            Decorator::AbstractClass => {
                function.abstractness = Abstract::Declared;
                function.binding = Binding::Class;
            }
            Decorator::ContextManager => function.protocol = Protocol::ContextManager,
            Decorator::AsyncContextManager => function.protocol = Protocol::AsyncContextManager,
            Decorator::Overload => role = Role::Overload,
            Decorator::Final => function.is_final = true,
            Decorator::Nothing => {}
            Decorator::Command(path) => {
                function.decorators.push(path);
                function.signature = any_call();
            }
            Decorator::Unknown(path) => function.decorators.push(path),
        }
    }
    let header = header_range(source, def);
    let damage = match def.body.first() {
        // The parser gave up before the body: the error stands right after what it kept.
        None => source.damage_from(header.start()),
        Some(first) => source.damage_before(def.start(), first.start()),
    };
    function.signature.untrusted = damage.map(|damage| damage.message.clone());
    let what = match property {
        Some(cached) => What::Property(Property {
            ty: function.signature.returns.take(),
            settable: cached,
            deletable: cached,
            cached,
            abstractness: function.abstractness,
            is_final: function.is_final,
        }),
        None => What::Function(Arc::new(function)),
    };
    let mut bound = Bound::new(what, source.place(header));
    bound.body = Some(text.digest);
    Definition { bound, role }
}

/// `(*args, **kwargs)`
fn any_call() -> Signature {
    let param = |name: &str, kind| Param {
        name: name.to_owned(),
        kind,
        default: None,
        ty: None,
        place: None,
    };
    Signature {
        params: vec![
            param("args", ParamKind::VarArgs),
            param("kwargs", ParamKind::VarKeywords),
        ],
        ..Signature::default()
    }
}

/// `def` (or `async def`) to the end of the header.
fn header_range(source: &Source<'_>, def: &StmtFunctionDef) -> ruff_text_size::TextRange {
    let after_decorators = def.decorator_list.last().map_or(def.start(), Ranged::end);
    let start = source.keyword_after(after_decorators, &[TokenKind::Def, TokenKind::Async]);
    let body = def.body.first().map_or(def.end(), Ranged::start);
    source.header(start, body.max(start))
}

/// A `lambda` given to a name.
pub(crate) fn lambda(source: &Source<'_>, env: &Env<'_>, lambda: &ExprLambda) -> What {
    let signature = match &lambda.parameters {
        Some(parameters) => signature_of(source, env, parameters, None, None),
        None => Signature::default(),
    };
    What::Function(Arc::new(plain(signature)))
}

/// A function of which only the signature matters.
pub(crate) fn plain(signature: Signature) -> Function {
    Function {
        signature,
        overloads: Vec::new(),
        binding: Binding::Instance,
        protocol: Protocol::Plain,
        abstractness: Abstract::No,
        is_final: false,
        decorators: Vec::new(),
    }
}

/// `property(get, set, delete)` called by hand.
pub(crate) fn property_call(arguments: &ruff_python_ast::Arguments, ty: Option<Type>) -> Property {
    let given = |name, position| {
        arguments
            .find_argument_value(name, position)
            .is_some_and(|value| !matches!(value, Expr::NoneLiteral(_)))
    };
    Property {
        ty,
        settable: given("fset", 1),
        deletable: given("fdel", 2),
        cached: false,
        abstractness: Abstract::No,
        is_final: false,
    }
}
