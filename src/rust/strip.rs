//! What need not be parsed is taken out of a file's tokens before the parser sees it: bodies of functions and values
//! of constants say nothing about an interface, and they are most of the text. What is left is measured, so that no
//! text, however strange, drives the parser too deep. It knows tokens only, no syntax trees.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use super::raw::Error;

/// Modules, impls and traits nested deeper than this are refused.
const MAX_BLOCKS: usize = 64;
/// Brackets nested deeper than this are refused.
const MAX_GROUPS: usize = 160;
/// The longest way that a parser may have to go down, in tokens.
const MAX_DESCENT: usize = 30_000;

/// The tokens of a file without the bodies of its functions and the values of its constants.
pub(super) fn strip(tokens: TokenStream) -> Result<TokenStream, Error> {
    let stripped = items(tokens, 0)?;
    measure(&stripped, 0)?;
    Ok(stripped)
}

/// Refuses tokens that would drive a parser too deep.
pub(super) fn check(tokens: &TokenStream) -> Result<(), Error> {
    measure(tokens, 0).map(|_| ())
}

/// What the tokens that come next belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Attributes, visibility and other words before the one that says which item it is.
    Start,
    /// A function's header; the next block is its body.
    Function,
    /// The header of a module, impl or trait; the next block holds items.
    Block,
    /// A constant before its `=`.
    Value,
    /// Anything else, up to its end.
    Other,
}

fn items(tokens: TokenStream, depth: usize) -> Result<TokenStream, Error> {
    let mut left: Vec<TokenTree> = Vec::new();
    let mut mode = Mode::Start;
    let mut angle = 0_usize;
    let mut arrow = false;
    let mut tokens = tokens.into_iter().peekable();
    let mut unnamed = false;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) => {
                let c = punct.as_char();
                if c == '<' {
                    angle += 1;
                } else if c == '>' && !arrow {
                    angle = angle.saturating_sub(1);
                } else if c == ';' {
                    mode = Mode::Start;
                    angle = 0;
                } else if c == '=' && mode == Mode::Value && angle == 0 {
                    left.push(token);
                    let keep = unnamed
                        && matches!(
                            tokens.peek(),
                            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace
                        );
                    if keep {
                        if let Some(TokenTree::Group(group)) = tokens.next() {
                            left.push(block(&group, depth)?);
                        }
                    } else {
                        let mut zero = Literal::u8_unsuffixed(0);
                        zero.set_span(span(tokens.peek()));
                        left.push(TokenTree::Literal(zero));
                    }
                    for token in tokens.by_ref() {
                        if is(&token, ';') {
                            left.push(token);
                            break;
                        }
                    }
                    mode = Mode::Start;
                    angle = 0;
                    arrow = false;
                    continue;
                }
                arrow = matches!(c, '-' | '=') && punct.spacing() == Spacing::Joint;
                left.push(token);
                continue;
            }
            TokenTree::Ident(ident) if mode == Mode::Start => {
                mode = start(ident, tokens.peek());
                if mode == Mode::Value {
                    unnamed = matches!(tokens.peek(), Some(TokenTree::Ident(name)) if name == "_");
                }
                angle = 0;
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => match mode {
                Mode::Function if angle == 0 => {
                    let mut empty = Group::new(Delimiter::Brace, TokenStream::new());
                    empty.set_span(group.span());
                    left.push(TokenTree::Group(empty));
                    mode = Mode::Start;
                    arrow = false;
                    continue;
                }
                Mode::Block | Mode::Start if angle == 0 => {
                    left.push(block(group, depth)?);
                    mode = Mode::Start;
                    arrow = false;
                    continue;
                }
                // In angle brackets it is the value of a parameter.
                Mode::Other if angle == 0 => mode = Mode::Start,
                _ => {}
            },
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
        arrow = false;
        left.push(token);
    }
    Ok(left.into_iter().collect())
}

fn block(group: &Group, depth: usize) -> Result<TokenTree, Error> {
    if depth >= MAX_BLOCKS {
        return Err(refuse(group.span(), "blocks are nested too deeply"));
    }
    let mut stripped = Group::new(Delimiter::Brace, items(group.stream(), depth + 1)?);
    stripped.set_span(group.span());
    Ok(TokenTree::Group(stripped))
}

fn start(ident: &Ident, next: Option<&TokenTree>) -> Mode {
    let next_word = match next {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    };
    match ident.to_string().as_str() {
        "fn" if next_word.is_some() => Mode::Function,
        "const" | "static" => match next_word.as_deref() {
            Some("fn" | "unsafe" | "async" | "extern" | "gen") | None => Mode::Start,
            Some(_) => Mode::Value,
        },
        "mod" | "impl" | "trait" => Mode::Block,
        "pub" | "crate" | "in" | "unsafe" | "async" | "default" | "auto" | "safe" | "self"
        | "super" => Mode::Start,
        "extern" if next_word.as_deref() != Some("crate") => Mode::Start,
        _ => Mode::Other,
    }
}

fn is(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

fn span(token: Option<&TokenTree>) -> Span {
    token.map_or_else(Span::call_site, TokenTree::span)
}

fn refuse(span: Span, message: &str) -> Error {
    let start = span.start();
    Error {
        line: u32::try_from(start.line).unwrap_or(u32::MAX),
        column: u32::try_from(start.column)
            .unwrap_or(u32::MAX)
            .saturating_add(1),
        message: message.to_owned(),
    }
}

/// The longest way down below these tokens: each token may be one more step until a separator outside of angle
/// brackets starts over.
fn measure(tokens: &TokenStream, depth: usize) -> Result<usize, Error> {
    let mut longest = 0_usize;
    let mut steps = 0_usize;
    let mut angle = 0_usize;
    let mut before: Option<Punct> = None;
    let mut shifts = false;
    for token in tokens.clone() {
        steps += 1;
        let mut reached = steps;
        match &token {
            TokenTree::Group(group) => {
                if depth >= MAX_GROUPS {
                    return Err(refuse(group.span(), "brackets are nested too deeply"));
                }
                // What stands in a macro call or an attribute stays tokens.
                let opaque = before
                    .as_ref()
                    .is_some_and(|punct| matches!(punct.as_char(), '!' | '#'));
                let below = measure(&group.stream(), depth + 1)?;
                if !opaque {
                    reached += below;
                }
                if group.delimiter() == Delimiter::Brace && angle == 0 {
                    steps = 0;
                }
                before = None;
                shifts = true;
            }
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    ';' => {
                        steps = 0;
                        angle = 0;
                    }
                    ',' if angle == 0 => steps = 0,
                    // `1 << 3` opens nothing.
                    '<' if !shifts => angle += 1,
                    '>' if !before
                        .as_ref()
                        .is_some_and(|before| matches!(before.as_char(), '-' | '=')) =>
                    {
                        angle = angle.saturating_sub(1);
                    }
                    _ => {}
                }
                shifts &= punct.as_char() == '<' && punct.spacing() == Spacing::Joint;
                before = Some(punct.clone());
            }
            TokenTree::Literal(_) => {
                before = None;
                shifts = true;
            }
            TokenTree::Ident(_) => {
                before = None;
                shifts = false;
            }
        }
        longest = longest.max(reached);
        if longest > MAX_DESCENT {
            return Err(refuse(token.span(), "this is nested too deeply to be read"));
        }
    }
    Ok(longest)
}
