//! Equality of signatures as `assertPublicAPISignatures()` of test helpers means it: names, order, kinds and defaults;
//! annotations do not count.

use crate::interface::python::{Function, Param, ParamKind};

/// Public methods are those without a leading underscore.
pub(super) fn is_public(name: &str) -> bool {
    !name.starts_with('_')
}

/// The first thing that differs, in a few words; none if nothing does.
pub(super) fn difference(base: &Function, own: &Function) -> Option<String> {
    let (left, right) = (&base.signature.params, &own.signature.params);
    for (there, here) in left.iter().zip(right) {
        let differs = (&there.name, group(there.kind), &there.default)
            != (&here.name, group(here.kind), &here.default);
        if differs {
            return Some(format!(
                "`{}` where the base has `{}`",
                text(here),
                text(there)
            ));
        }
    }
    match (left.get(right.len()), right.get(left.len())) {
        (Some(more), _) => Some(format!("no `{}`", text(more))),
        (_, Some(more)) => Some(format!("also `{}`", text(more))),
        (None, None) => None,
    }
}

/// `inspect.getfullargspec` does not tell positional-only parameters from others.
fn group(kind: ParamKind) -> ParamKind {
    match kind {
        ParamKind::PositionalOnly => ParamKind::Normal,
        other => other,
    }
}

fn text(param: &Param) -> String {
    let stars = match param.kind {
        ParamKind::VarArgs => "*",
        ParamKind::VarKeywords => "**",
        _ => "",
    };
    let default = param
        .default
        .as_ref()
        .map_or_else(String::new, |default| format!("={default}"));
    format!("{stars}{}{default}", param.name)
}
