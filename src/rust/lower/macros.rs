//! Macro calls and definitions: what they make cannot be known, but for macros that pass items on as they are, and for
//! `cfg_if!`, whose work is known exactly.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};

use super::name;
use crate::interface::Place;
use crate::rust::raw;

/// The words of a macro call: a name that it makes is most likely among them.
pub(super) fn words(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Ident(ident) => {
                    found.insert(name(&ident));
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    found
}

/// The attributes under which a `macro_rules!` passes items on, if that is all it does:
/// `($($item:item)*) => { $(#[cfg(..)] $item)* }`.
pub(super) fn passes(tokens: TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (matcher, body) = match tokens.as_slice() {
        [
            TokenTree::Group(matcher),
            eq,
            arrow,
            TokenTree::Group(body),
            rest @ ..,
        ] if is(eq, '=') && is(arrow, '>') && rest.iter().all(|token| is(token, ';')) => {
            (matcher.stream(), body.stream())
        }
        _ => return None,
    };
    let matcher = repeated(matcher)?;
    let item = match matcher.as_slice() {
        [
            dollar,
            TokenTree::Ident(item),
            colon,
            TokenTree::Ident(kind),
        ] if is(dollar, '$') && is(colon, ':') && kind == "item" => item.to_string(),
        _ => return None,
    };
    let body = repeated(body)?;
    let (attrs, last) = body.split_at(body.len().checked_sub(2)?);
    match last {
        [dollar, TokenTree::Ident(name)] if is(dollar, '$') && *name == item => {}
        _ => return None,
    }
    let only_attributes = attrs.chunks(2).all(|pair| {
        matches!(pair, [hash, TokenTree::Group(group)]
            if is(hash, '#') && group.delimiter() == Delimiter::Bracket)
    });
    only_attributes.then(|| attrs.iter().cloned().collect::<TokenStream>().to_string())
}

/// What stands in `$( .. )*`.
fn repeated(tokens: TokenStream) -> Option<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    match tokens.as_slice() {
        [dollar, TokenTree::Group(group), star]
            if is(dollar, '$') && (is(star, '*') || is(star, '+')) =>
        {
            Some(group.stream().into_iter().collect())
        }
        _ => None,
    }
}

fn is(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

/// The text of a macro call that may be items, to be read when the macro is known.
pub(super) fn text(call: &syn::Macro, path: Option<&Place>) -> Option<raw::Text> {
    let starts_like_items = match call.tokens.clone().into_iter().next()? {
        TokenTree::Punct(punct) => punct.as_char() == '#',
        TokenTree::Ident(ident) => matches!(
            ident.to_string().as_str(),
            "pub"
                | "mod"
                | "use"
                | "fn"
                | "struct"
                | "enum"
                | "impl"
                | "trait"
                | "type"
                | "const"
                | "static"
                | "unsafe"
                | "async"
                | "extern"
                | "union"
        ),
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    };
    if !starts_like_items {
        return None;
    }
    let span = call.delimiter.span();
    let whole = span.join().source_text()?;
    let inner = whole.get(1..whole.len().checked_sub(1)?)?.to_owned();
    let start = span.open().end();
    Some(raw::Text {
        text: inner,
        start: Place::point(
            path?.path.clone(),
            u32::try_from(start.line).ok()?,
            u32::try_from(start.column).ok()?.checked_add(1)?,
        ),
    })
}

/// The branches of `cfg_if!`: a condition (none for the last `else`) and the tokens under it.
pub(super) fn branches(tokens: TokenStream) -> Option<Vec<(Option<syn::Meta>, TokenStream)>> {
    let parser = |input: ParseStream<'_>| {
        let mut found = Vec::new();
        loop {
            input.parse::<syn::Token![if]>()?;
            let attrs = input.call(syn::Attribute::parse_outer)?;
            let condition = match attrs.as_slice() {
                [attr] => attr.parse_args::<syn::Meta>()?,
                _ => return Err(input.error("one condition is expected")),
            };
            let body: proc_macro2::Group = input.parse()?;
            found.push((Some(condition), body.stream()));
            if input.is_empty() {
                return Ok(found);
            }
            input.parse::<syn::Token![else]>()?;
            if !input.peek(syn::Token![if]) {
                let body: proc_macro2::Group = input.parse()?;
                found.push((None, body.stream()));
                return Ok(found);
            }
        }
    };
    parser.parse2(tokens).ok()
}
