//! The Python front end: source text to the model, and the model's lines back. The only folder that names the
//! parser's crates; it knows nothing of contracts, verdicts or reports.

mod behind;
mod body;
mod call_shapes;
mod catches;
mod constructors;
mod cut;
mod damage;
mod decode;
mod decorators;
mod depth;
mod derive;
mod effects;
mod env;
mod evidence;
mod expr_text;
mod extract;
mod facts;
mod files;
mod frames;
mod implementers;
mod joined;
pub mod lines;
mod link;
mod literals;
mod members;
mod memo;
mod modules;
mod mro;
mod project;
mod public_path;
pub mod reach;
mod receivers;
mod requires;
mod signature;
mod source;
mod string_text;
#[cfg(test)]
mod tests;
mod tolerance;
mod types;
mod uses;
mod whole;

pub use damage::Damage;
pub use effects::Implementers;
pub use evidence::Wanted;
pub use files::{Files, MemoryFiles};
pub use joined::Joined;
pub use memo::Memo;
pub use project::{Missing, Project};
pub use receivers::Receivers;
pub use requires::{CallMade, Met};

/// Parses a text and does nothing else: what any answer costs at least. Gives the number of statements.
pub fn bare_parse(text: &str) -> usize {
    source::with_source("", text, |source| source.body().len()).unwrap_or_default()
}
