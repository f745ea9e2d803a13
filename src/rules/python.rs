//! The rules that Python findings use, those shared with Rust included. Entries only; the decisions are in
//! `compare/python`.

use super::Rule;

pub(super) static RULES: &[Rule] = &[];
