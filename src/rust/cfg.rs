//! Conditional compilation: which items are there. Tests are not; features are as configured; what depends on the
//! target is kept and written down, with one target (64-bit Linux) to choose between alternatives.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::{Meta, Token};

use super::lower;

/// What is known about the build.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Config {
    /// Features that are on.
    pub(super) features: BTreeSet<String>,
}

/// What a condition says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// It is decided: on or off.
    pub(super) decided: Option<bool>,
    /// What it says on the one target that stands for all.
    pub(super) host: bool,
}

impl Verdict {
    const fn decided(value: bool) -> Self {
        Self {
            decided: Some(value),
            host: value,
        }
    }
    const fn open(host: bool) -> Self {
        Self {
            decided: None,
            host,
        }
    }
}

/// Conditions on one thing, taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conditions {
    /// It may be there.
    pub(super) present: bool,
    /// It is there on the one target that stands for all.
    pub(super) host: bool,
    /// Those that are not decided, as normalised text.
    pub(super) open: Vec<String>,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            present: true,
            host: true,
            open: Vec::new(),
        }
    }
}

impl Conditions {
    /// Adds a condition.
    pub(super) fn add(&mut self, meta: &Meta, config: &Config) {
        let verdict = config.decide(meta, 0);
        match verdict.decided {
            Some(true) => {}
            Some(false) => {
                self.present = false;
                self.host = false;
            }
            None => {
                self.host &= verdict.host;
                self.open.push(lower::text(meta));
                self.open.sort();
                self.open.dedup();
            }
        }
    }
}

/// Conditions nested deeper than this are not looked into.
const MAX_DEPTH: usize = 32;

impl Config {
    /// Decides a condition as far as it can be.
    pub(super) fn decide(&self, meta: &Meta, depth: usize) -> Verdict {
        if depth > MAX_DEPTH {
            return Verdict::open(false);
        }
        match meta {
            Meta::Path(path) => match path.get_ident().map(ToString::to_string).as_deref() {
                Some("true") => Verdict::decided(true),
                Some(
                    "false" | "test" | "doctest" | "doc" | "docsrs" | "miri" | "loom" | "kani"
                    | "fuzzing" | "clippy" | "rust_analyzer" | "rustfmt",
                ) => Verdict::decided(false),
                Some("unix" | "panic" | "overflow_checks" | "debug_assertions") => {
                    Verdict::open(true)
                }
                // What build scripts ask of a compiler (`has_std`, `has_i128`), a compiler of today has.
                Some(name) if name.starts_with("has_") => Verdict::open(true),
                _ => Verdict::open(false),
            },
            Meta::NameValue(pair) => {
                let value = match &pair.value {
                    syn::Expr::Lit(syn::ExprLit {
                        lit: syn::Lit::Str(text),
                        ..
                    }) => text.value(),
                    _ => return Verdict::open(false),
                };
                let key = pair.path.get_ident().map(ToString::to_string);
                match (key.as_deref(), value.as_str()) {
                    (Some("feature"), feature) => Verdict::decided(self.features.contains(feature)),
                    (Some("target_os"), "linux")
                    | (Some("target_family"), "unix")
                    | (Some("target_arch"), "x86_64")
                    | (Some("target_pointer_width"), "64")
                    | (Some("target_endian"), "little")
                    | (Some("target_env"), "gnu")
                    | (Some("panic"), "unwind")
                    | (Some("target_has_atomic"), "8" | "16" | "32" | "64" | "ptr") => {
                        Verdict::open(true)
                    }
                    _ => Verdict::open(false),
                }
            }
            Meta::List(list) => {
                let Ok(parts) =
                    list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                else {
                    return Verdict::open(false);
                };
                let mut verdicts = parts.iter().map(|part| self.decide(part, depth + 1));
                match list.path.get_ident().map(ToString::to_string).as_deref() {
                    Some("not") => match verdicts.next() {
                        Some(verdict) => Verdict {
                            decided: verdict.decided.map(|value| !value),
                            host: !verdict.host,
                        },
                        None => Verdict::open(false),
                    },
                    Some("all") => verdicts.fold(Verdict::decided(true), |all, one| Verdict {
                        decided: match (all.decided, one.decided) {
                            (Some(false), _) | (_, Some(false)) => Some(false),
                            (Some(true), Some(true)) => Some(true),
                            _ => None,
                        },
                        host: all.host && one.host,
                    }),
                    Some("any") => verdicts.fold(Verdict::decided(false), |any, one| Verdict {
                        decided: match (any.decided, one.decided) {
                            (Some(true), _) | (_, Some(true)) => Some(true),
                            (Some(false), Some(false)) => Some(false),
                            _ => None,
                        },
                        host: any.host || one.host,
                    }),
                    _ => Verdict::open(false),
                }
            }
        }
    }
}
