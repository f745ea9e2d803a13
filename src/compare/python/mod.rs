//! Old against new for Python: decides per role what a change does. It knows nothing of files and of how the two
//! sides came to be.

mod attributes;
pub mod binding;
mod calls;
mod classes;
mod effects;
mod functions;
mod judge;
mod kinds;
mod modules;
pub mod parameters;
mod removal;
mod requirements;
mod tolerance;
mod types;
mod words;

use super::{Comparison, Options};
use crate::finding;
use crate::interface::python::Interface;

/// Judges every change between two Python interfaces.
pub fn compare(old: &Interface, new: &Interface, options: &Options<'_>) -> Comparison {
    let mut judge = judge::Judge::new(old, new, options);
    let gone = modules::compare(&mut judge);
    classes::compare(&mut judge, &gone);
    effects::compare(&mut judge);
    let mut comparison = judge.finish();
    finding::sort(&mut comparison.findings);
    comparison
}
