//! The model: what an interface is made of, as pure data. It depends on nothing else of the crate, and no parser's
//! type appears in it. Front ends fill it, contracts write it down as lines, compare judges it.

pub mod fact;
pub mod place;
pub mod python;
pub mod rust;
pub mod table;

pub use fact::{Fact, Verb};
pub use place::Place;
pub use table::{Line, Names, Table, TableKind};
