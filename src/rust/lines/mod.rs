//! Rust items as lines of a contract, and lines back to items: one line per member, in Rust's own syntax, read back
//! by the parser that reads the source. What one prints the other reads, and nothing is lost on the way but places.
//!
//! Where Rust has no short syntax the lines have a little of their own: `{ .. }` for a body, and for fields that are
//! not public; `()` and `(..)` behind a struct with numbered fields; `impl Trait` for an impl that holds for every
//! value of the type; `#[sealed]` on a trait that nobody outside can implement.

mod header;
mod items;
mod members;
mod print;
mod read;
mod tables;

use std::fmt;

pub use read::read;
pub use tables::{Part, bound_text, header_line, part_line, tables, type_text, types_text};

use crate::interface::Place;

/// A line of a contract that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Where it stands; none if it was never in a file.
    pub place: Option<Place>,
    /// The line.
    pub text: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.text, self.message)
    }
}

impl std::error::Error for LineError {}
