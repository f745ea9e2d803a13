//! From syn's trees to ours: what a file (or a line of a contract) says, with names still as written. Nothing is
//! resolved here, and no decision is made; a thing that is not understood becomes text.

mod functions;
mod impls;
mod items;
mod macros;
mod marks;
mod parts;
mod types;
mod uses;

pub(super) use functions::{function, signature_place};
pub(super) use items::file;
pub(super) use marks::{Attributes, attributes};
pub(super) use parts::{trait_item, variant};
pub(super) use types::Lower;

use proc_macro2::Span;
use quote::ToTokens;

use crate::interface::Place;
use crate::interface::rust::{At, Visibility};

/// The text that is read: a file, or a line of a contract.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    /// Where the text starts; none if it never was in a file.
    pub(super) start: Option<Place>,
}

impl Origin {
    /// A whole file.
    pub(super) fn file(path: &str) -> Self {
        Self {
            start: Some(Place::point(path, 1, 1)),
        }
    }
}

/// The range of a span in the text that is read.
pub(super) fn at(origin: &Origin, span: Span) -> At {
    at_between(origin, span, span)
}

/// The range from the start of one span to the end of another.
pub(super) fn at_between(origin: &Origin, from: Span, to: Span) -> At {
    let Some(base) = &origin.start else {
        return At(None);
    };
    let point = |at: proc_macro2::LineColumn| {
        let line = u32::try_from(at.line).unwrap_or(u32::MAX);
        let column = u32::try_from(at.column).unwrap_or(u32::MAX);
        // Only the first line of the text may start further right.
        let shift = if line <= 1 { base.column } else { 1 };
        (
            line.saturating_sub(1).saturating_add(base.line),
            column.saturating_add(shift),
        )
    };
    let ((line, column), (end_line, end_column)) = (point(from.start()), point(to.end()));
    At(Some(Place {
        path: base.path.clone(),
        line,
        column,
        end_line,
        end_column,
    }))
}

/// Tokens as normalised text: spaces between tokens say nothing.
pub(super) fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

/// A name without `r#`.
pub(super) fn name(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    match text.strip_prefix("r#") {
        Some(bare) => bare.to_owned(),
        None => text,
    }
}

/// A visibility, with the path of `pub(in path)` as written.
pub(super) fn visibility(vis: &syn::Visibility) -> Visibility {
    match vis {
        syn::Visibility::Public(_) => Visibility::Public,
        syn::Visibility::Inherited => Visibility::Private,
        syn::Visibility::Restricted(restricted) => {
            let path = types::segments(&restricted.path);
            match path.as_str() {
                "crate" => Visibility::Crate,
                "self" => Visibility::Private,
                _ => Visibility::Restricted(path),
            }
        }
    }
}
