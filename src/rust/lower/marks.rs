//! Attributes: those that matter to somebody outside, and those that say whether, where and by whom an item is made.

use syn::punctuated::Punctuated;
use syn::{Meta, Token};

use super::{Origin, at, text, types};
use crate::interface::rust::{At, Marks};
use crate::rust::cfg::{Conditions, Config};

/// The attributes of one thing.
#[derive(Debug, Clone, Default)]
pub(in crate::rust) struct Attributes {
    /// Those that stand in the model.
    pub(in crate::rust) marks: Marks,
    /// Whether it is there.
    pub(in crate::rust) conditions: Conditions,
    /// `#[path = "..."]`.
    pub(in crate::rust) path: Option<String>,
    /// `#[macro_export]`.
    pub(in crate::rust) exported: bool,
    /// `#[proc_macro]` and its kin: the name that the macro goes by, if it is given.
    pub(in crate::rust) proc_macro: Option<Option<String>>,
    /// `#[derive(...)]`: paths as written, and where.
    pub(in crate::rust) derives: Vec<(String, At)>,
    /// `#[sealed]`, as a contract says it.
    pub(in crate::rust) sealed: bool,
    /// Other attributes: macros that may change what stands below them.
    pub(in crate::rust) others: Vec<String>,
}

/// Attributes that neither matter outside nor change the item.
const HARMLESS: [&str; 27] = [
    "allow",
    "automatically_derived",
    "cold",
    "default",
    "diagnostic",
    "doc",
    "deny",
    "expect",
    "export_name",
    "forbid",
    "global_allocator",
    "inline",
    "link",
    "link_name",
    "link_section",
    "macro_use",
    "no_mangle",
    "no_std",
    "panic_handler",
    "recursion_limit",
    "rustfmt",
    "serde",
    "track_caller",
    "unsafe",
    "used",
    "warn",
    "clippy",
];

/// The words of a list.
fn names(list: &syn::MetaList) -> Vec<String> {
    let parsed = list.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
    let names = parsed.iter().flatten();
    names.map(types::segments).collect()
}

/// Reads the attributes of one thing.
pub(in crate::rust) fn attributes(
    attrs: &[syn::Attribute],
    file: &Origin,
    config: &Config,
) -> Attributes {
    let mut read = Attributes::default();
    for attr in attrs {
        read.take(&attr.meta, file, config, 0);
    }
    for list in [
        &mut read.marks.repr,
        &mut read.marks.target_features,
        &mut read.marks.helpers,
    ] {
        list.sort();
        list.dedup();
    }
    read.marks.cfg = read.conditions.open.clone();
    read
}

impl Attributes {
    fn take(&mut self, meta: &Meta, file: &Origin, config: &Config, depth: usize) {
        let word = meta
            .path()
            .segments
            .first()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default();
        match (word.as_str(), meta) {
            ("cfg", Meta::List(list)) => {
                if let Ok(condition) = list.parse_args::<Meta>() {
                    self.conditions.add(&condition, config);
                }
            }
            ("cfg_attr", Meta::List(list)) if depth < 8 => {
                let Ok(parts) =
                    list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                else {
                    return;
                };
                let mut parts = parts.iter();
                let holds = parts
                    .next()
                    .is_some_and(|condition| config.decide(condition, 0).host);
                if holds {
                    for part in parts {
                        self.take(part, file, config, depth + 1);
                    }
                }
            }
            ("non_exhaustive", _) => self.marks.non_exhaustive = true,
            ("must_use", _) => self.marks.must_use = true,
            ("deprecated", _) => self.marks.deprecated = true,
            ("sealed", Meta::Path(_)) => self.sealed = true,
            ("macro_export", _) => self.exported = true,
            ("proc_macro" | "proc_macro_attribute", _) => self.proc_macro = Some(None),
            ("proc_macro_derive", Meta::List(list)) => {
                let name = list
                    .tokens
                    .clone()
                    .into_iter()
                    .next()
                    .map(|token| token.to_string());
                self.proc_macro = Some(name);
                let helpers = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
                for meta in helpers.iter().flatten() {
                    if let Meta::List(helpers) = meta {
                        self.marks.helpers.extend(names(helpers));
                    }
                }
            }
            ("doc", Meta::List(list)) => {
                if list
                    .tokens
                    .clone()
                    .into_iter()
                    .any(|token| token.to_string() == "hidden")
                {
                    self.marks.hidden = true;
                }
            }
            ("repr", Meta::List(list)) => {
                if let Ok(parts) =
                    list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                {
                    self.marks.repr.extend(parts.iter().map(text));
                }
            }
            ("target_feature", Meta::List(list)) => {
                if let Ok(pair) = list.parse_args::<syn::MetaNameValue>()
                    && let syn::Expr::Lit(syn::ExprLit {
                        lit: syn::Lit::Str(names),
                        ..
                    }) = &pair.value
                {
                    let names = names.value();
                    let names = names.split(',').map(|name| name.trim().to_owned());
                    self.marks.target_features.extend(names);
                }
            }
            ("helpers", Meta::List(list)) => self.marks.helpers.extend(names(list)),
            ("path", Meta::NameValue(pair)) => {
                if let syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(path),
                    ..
                }) = &pair.value
                {
                    self.path = Some(path.value());
                }
            }
            ("derive", Meta::List(list)) => {
                if let Ok(paths) =
                    list.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated)
                {
                    for path in &paths {
                        let span = syn::spanned::Spanned::span(path);
                        self.derives.push((types::segments(path), at(file, span)));
                    }
                }
            }
            _ if HARMLESS.contains(&word.as_str()) => {}
            _ => self.others.push(types::segments(meta.path())),
        }
    }
}
