//! The rules that only Rust findings use. Entries only; the decisions are in `compare/rust`.

use super::Rule;

pub(super) static RULES: &[Rule] = &[];
