//! From text to a file as it says itself, on threads whose stack is large enough for whatever the measure lets
//! through. Parse trees and their source maps end here.

use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use proc_macro2::TokenStream;
use syn::parse::Parser;

use super::cfg::Config;
use super::raw::{Error, File, Item, Text};
use super::{lower, strip};

/// Room for the longest descent that [`strip`] lets through, several times over; it is only reserved, not used.
const STACK: usize = 256 << 20;

/// Runs `work` on a thread with a large stack, on which `rayon` goes on in parallel.
pub(super) fn on_large_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        rayon::ThreadPoolBuilder::new()
            .stack_size(STACK)
            .thread_name(|index| format!("rust-{index}"))
            .build()
            .ok()
    });
    match pool {
        Some(pool) => pool.install(work),
        // No threads to be had: the work is done here, and only a hostile text would notice.
        None => work(),
    }
}

/// Reads one file. Call it [`on_large_stack`].
pub(super) fn file(text: &str, path: &str, config: &Config) -> File {
    let origin = lower::Origin::file(path);
    let read = match syntax(text) {
        Ok(file) => {
            let attrs = lower::attributes(&file.attrs, &origin, config);
            File {
                items: Arc::new(lower::file(&file.items, &origin, config)),
                absent: !attrs.conditions.present,
                error: None,
            }
        }
        Err(error) => File {
            error: Some(error),
            ..File::default()
        },
    };
    // All places were taken; the map from spans to lines belongs to this thread and would only grow.
    proc_macro2::extra::invalidate_current_thread_spans();
    read
}

/// Reads items that a macro passes on, under the attributes that it puts in front; none if they are no items.
/// Call it [`on_large_stack`].
pub(super) fn passed_on(text: &Text, attributes: &str, config: &Config) -> Option<Vec<Item>> {
    let origin = lower::Origin {
        start: Some(text.start.clone()),
    };
    let read = || {
        let attrs = syn::Attribute::parse_outer
            .parse2(TokenStream::from_str(attributes).ok()?)
            .ok()?;
        let above = lower::attributes(&attrs, &origin, config);
        let file = syntax(&text.text).ok()?;
        if !above.conditions.present {
            return Some(Vec::new());
        }
        let mut items = lower::file(&file.items, &origin, config);
        for item in &mut items {
            item.host &= above.conditions.host;
            item.marks.cfg.extend(above.marks.cfg.iter().cloned());
            item.marks.cfg.sort();
            item.marks.cfg.dedup();
            item.marks.hidden |= above.marks.hidden;
        }
        Some(items)
    };
    let read = read();
    proc_macro2::extra::invalidate_current_thread_spans();
    read
}

fn syntax(text: &str) -> Result<syn::File, Error> {
    let tokens = tokens(text)?;
    syn::parse2(strip::strip(tokens)?).map_err(|error| syntax_error(&error))
}

/// The tokens of a text; a byte order mark and a `#!` line are none.
pub(super) fn tokens(text: &str) -> Result<TokenStream, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shebang = if text.starts_with("#!") && !text[2..].trim_start().starts_with('[') {
        text.find('\n').unwrap_or(text.len())
    } else {
        0
    };
    TokenStream::from_str(&text[shebang..]).map_err(|error| {
        let start = error.span().start();
        Error {
            line: u32::try_from(start.line).unwrap_or(u32::MAX),
            column: u32::try_from(start.column)
                .unwrap_or(u32::MAX)
                .saturating_add(1),
            message: "brackets or quotes do not match".to_owned(),
        }
    })
}

/// What the parser says, with its place.
pub(super) fn syntax_error(error: &syn::Error) -> Error {
    let start = error.span().start();
    Error {
        line: u32::try_from(start.line).unwrap_or(u32::MAX),
        column: u32::try_from(start.column)
            .unwrap_or(u32::MAX)
            .saturating_add(1),
        message: error.to_string(),
    }
}

/// How many items a text has, parsed whole, as a measure of what parsing costs; nothing is kept.
pub fn bare_parse(text: &str) -> usize {
    let count = syn::parse_file(text).map_or(0, |file| file.items.len());
    proc_macro2::extra::invalidate_current_thread_spans();
    count
}
