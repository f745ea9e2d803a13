//! Parameters and return annotations of a `def` or `lambda` as the model's signature.

use ruff_python_ast::{Expr, Parameter, Parameters, TypeParam, TypeParams};
use ruff_text_size::Ranged;

use super::env::Env;
use super::expr_text::expr_text;
use super::source::Source;
use super::types::type_of;
use crate::interface::python::{Param, ParamKind, Signature};

/// The signature with these parameters.
pub(crate) fn signature_of(
    source: &Source<'_>,
    env: &Env<'_>,
    parameters: &Parameters,
    returns: Option<&Expr>,
    type_params: Option<&TypeParams>,
) -> Signature {
    let mut params = Vec::with_capacity(parameters.len());
    let mut add = |parameter: &Parameter, kind, default: Option<&Expr>, range| {
        params.push(Param {
            name: parameter.name.to_string(),
            kind,
            default: default.map(expr_text),
            ty: parameter
                .annotation
                .as_deref()
                .map(|annotation| type_of(env, annotation)),
            place: Some(source.place(range)),
        });
    };
    for (list, kind) in [
        (&parameters.posonlyargs, ParamKind::PositionalOnly),
        (&parameters.args, ParamKind::Normal),
    ] {
        for param in list {
            add(&param.parameter, kind, param.default(), param.range());
        }
    }
    if let Some(param) = &parameters.vararg {
        add(param, ParamKind::VarArgs, None, param.range());
    }
    for param in &parameters.kwonlyargs {
        add(
            &param.parameter,
            ParamKind::KeywordOnly,
            param.default(),
            param.range(),
        );
    }
    if let Some(param) = &parameters.kwarg {
        add(param, ParamKind::VarKeywords, None, param.range());
    }
    Signature {
        params,
        returns: returns.map(|returns| type_of(env, returns)),
        type_params: type_params.map(type_params_text),
        untrusted: None,
        passes_on: false,
    }
}

/// Type parameters in one spelling, brackets included.
pub(crate) fn type_params_text(params: &TypeParams) -> String {
    let parts: Vec<String> = params
        .iter()
        .map(|param| {
            let mut text = match param {
                TypeParam::TypeVar(_) => param.name().to_string(),
                TypeParam::TypeVarTuple(_) => format!("*{}", param.name()),
                TypeParam::ParamSpec(_) => format!("**{}", param.name()),
            };
            if let TypeParam::TypeVar(variable) = param
                && let Some(bound) = &variable.bound
            {
                text.push_str(": ");
                text.push_str(&expr_text(bound));
            }
            if let Some(default) = param.default() {
                text.push_str(" = ");
                text.push_str(&expr_text(default));
            }
            text
        })
        .collect();
    format!("[{}]", parts.join(", "))
}
