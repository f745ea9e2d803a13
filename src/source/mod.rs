//! Where text comes from: a directory, an archive, a git revision or the git index. It knows which files can matter,
//! and nothing of what is in them; input is taken for hostile.

mod cat_file;
mod error;
pub mod git;
mod paths;

pub use cat_file::{CatFile, Content};
pub use error::{Error, ErrorKind};
