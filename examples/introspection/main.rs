//! Prints what cogate reads from the Python packages in a directory, as JSON for `compare.py`:
//!
//! ```console
//! $ cargo run --example introspection -- DIRECTORY 3.11 | python3 examples/introspection/compare.py DIRECTORY PACKAGE..
//! ```
#![allow(clippy::print_stdout, reason = "an example talks to a pipe")]

mod dump;

use cogate::python::Project;
use cogate::source::{Options, Tree};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: introspection DIRECTORY MAJOR.MINOR";
    let directory = arguments.next().ok_or(usage)?;
    let version = arguments.next().ok_or(usage)?;
    let (major, minor) = version.split_once('.').ok_or(usage)?;
    let version = (major.parse()?, minor.parse()?);
    let tree = Tree::directory(directory.as_ref(), &Options::default())?;
    let project = Project::new(&tree).for_python(version);
    println!("{}", dump::interface(&project.everything()));
    Ok(())
}
