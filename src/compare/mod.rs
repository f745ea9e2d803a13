//! Old against new: pairs members up and decides per role. It knows nothing of files.

pub mod rust;
