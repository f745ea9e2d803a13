//! The rules of `check --base`: not about what code offers, but about what a branch does to its contracts and to its
//! configuration. Entries only; the decisions are in `provider/since.rs` and `config/gate.rs`.

use super::{Rule, rule};

pub(super) static RULES: &[Rule] = &[
    rule!(Contract, Note, "amendment-unused"),
    rule!(Contract, Error, "contract-edited"),
    rule!(Contract, Error, "contract-removed"),
    rule!(Contract, Error, "gate-loosened"),
];
