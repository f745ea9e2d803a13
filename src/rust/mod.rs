//! The Rust front end: crates of a tree from their manifests, their modules and uses, and their items with types
//! resolved. It is the only folder that names syn, quote and proc-macro2, and it knows nothing of contracts' files or
//! of verdicts.

mod cfg;
mod lower;
mod parse;
mod raw;
mod strip;
