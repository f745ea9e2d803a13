//! From syn's trees to ours: what a file (or a line of a contract) says, with names still as written. Nothing is
//! resolved here, and no decision is made; a thing that is not understood becomes text.

mod functions;
mod items;
mod marks;
mod types;

pub(super) use functions::{function, method_input_place};
pub(super) use items::{enum_, fields, file, struct_, trait_item, variant};
pub(super) use marks::{Attributes, attributes};
pub(super) use types::Lower;

use proc_macro2::Span;
use quote::ToTokens;

use crate::interface::Place;
use crate::interface::rust::{At, Visibility};

/// The range of a span in the file that is read.
pub(super) fn at(path: &str, span: Span) -> At {
    At(Some(place(path, span)))
}

/// The range from the start of one span to the end of another.
pub(super) fn at_between(path: &str, from: Span, to: Span) -> At {
    let (start, end) = (place(path, from), place(path, to));
    At(Some(Place {
        end_line: end.end_line,
        end_column: end.end_column,
        ..start
    }))
}

/// The range of a span.
pub(super) fn place(path: &str, span: Span) -> Place {
    let (start, end) = (span.start(), span.end());
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Place {
        path: path.to_owned(),
        line: number(start.line),
        column: number(start.column).saturating_add(1),
        end_line: number(end.line),
        end_column: number(end.column).saturating_add(1),
    }
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
