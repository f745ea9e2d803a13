//! Old against new for Python: decides per role what a change does. It knows nothing of files and of how the two
//! sides came to be.

pub mod binding;
pub mod parameters;
