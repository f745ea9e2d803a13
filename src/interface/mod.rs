//! The model: what an interface is made of, as pure data. It depends on nothing else of the crate, and no parser's
//! type appears in it. Front ends fill it, contracts write it down as lines, compare judges it.

pub mod call_shape;
pub mod fact;
pub mod place;
pub mod python;
pub mod python_names;
pub mod python_text;
pub mod rust;
pub mod table;

pub use call_shape::CallShape;
pub use fact::{Fact, Verb};
pub use place::Place;
pub use table::{Line, Names, Table, TableKind};
