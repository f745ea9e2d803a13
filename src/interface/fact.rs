//! A fact: one thing that code asks of, or does to, what crosses the boundary; `verb path` with an optional `?`.
//! It says nothing about where the fact was seen: places are kept beside it.

use std::fmt;

/// What is done. Verbs are those of the contract format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// A parameter is taken in these types only.
    Accepts,
    /// The provider calls an implementer with this shape.
    Call,
    /// A key or attribute is deleted.
    Deletes,
    /// Deprecated since a version of the contract.
    Deprecated,
    /// The supplied value is lost.
    Overwrites,
    /// An exception escapes.
    Raises,
    /// A key or attribute is read.
    Reads,
    /// What is returned.
    Returns,
    /// An exception of an implementer is caught around its call.
    Tolerates,
    /// Something that could not be followed.
    Unknown,
    /// A key or attribute is written.
    Writes,
}

impl Verb {
    /// All verbs, sorted by their words.
    pub const ALL: [Verb; 11] = [
        Verb::Accepts,
        Verb::Call,
        Verb::Deletes,
        Verb::Deprecated,
        Verb::Overwrites,
        Verb::Raises,
        Verb::Reads,
        Verb::Returns,
        Verb::Tolerates,
        Verb::Unknown,
        Verb::Writes,
    ];

    /// The word that stands for the verb in a contract.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Accepts => "accepts",
            Verb::Call => "call",
            Verb::Deletes => "deletes",
            Verb::Deprecated => "deprecated",
            Verb::Overwrites => "overwrites",
            Verb::Raises => "raises",
            Verb::Reads => "reads",
            Verb::Returns => "returns",
            Verb::Tolerates => "tolerates",
            Verb::Unknown => "unknown",
            Verb::Writes => "writes",
        }
    }
}

/// One fact about a member, such as `reads ['stats']?`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    /// What is done.
    pub verb: Verb,
    /// To what: an access path, a call shape, an exception, a type.
    pub path: String,
    /// It *may* happen (or is read optionally), instead of *must*.
    pub may: bool,
}

impl Fact {
    /// Reads `verb path` or `verb path?`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let verb = Verb::ALL
            .into_iter()
            .find(|verb| verb.word() == word)
            .ok_or_else(|| format!("`{word}` is no verb of a fact"))?;
        let rest = rest.trim();
        let (path, may) = rest
            .strip_suffix('?')
            .map_or((rest, false), |path| (path, true));
        if path.is_empty() {
            return Err(format!("`{text}` does not say what it {word}"));
        }
        Ok(Self {
            verb,
            path: path.to_owned(),
            may,
        })
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}{}",
            self.verb.word(),
            self.path,
            if self.may { "?" } else { "" }
        )
    }
}
