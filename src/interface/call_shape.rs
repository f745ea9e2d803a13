//! A call as its callee sees it: how many positional arguments, which keywords, and whether something unknown is
//! unpacked into it. It does not say whether a signature accepts the call; that is `compare`.

use std::collections::BTreeSet;
use std::fmt;

/// The shape of a call: `(_, _, block_device_info=)`, `(_, *_)`, `(_, **_)`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallShape {
    /// How many positional arguments are written out.
    pub positional: usize,
    /// The keywords that are written out.
    pub keywords: BTreeSet<String>,
    /// `*x` of unknown length follows the positional arguments.
    pub star: bool,
    /// `**x` with unknown keys follows the keywords.
    pub double_star: bool,
}

impl CallShape {
    /// A shape without anything unpacked.
    pub fn new<'a>(positional: usize, keywords: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            positional,
            keywords: keywords.into_iter().map(str::to_owned).collect(),
            star: false,
            double_star: false,
        }
    }

    /// Nothing of unknown content is unpacked into the call.
    pub fn is_known(&self) -> bool {
        !self.star && !self.double_star
    }

    /// Reads the text that [`fmt::Display`] writes.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let inner = text
            .trim()
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .ok_or_else(|| format!("a call shape stands in parentheses, not `{text}`"))?;
        let mut shape = Self::default();
        for part in inner
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            match part {
                "_" => shape.positional += 1,
                "*_" => shape.star = true,
                "**_" => shape.double_star = true,
                keyword => {
                    let name = keyword
                        .strip_suffix('=')
                        .filter(|name| !name.is_empty() && !name.contains(['*', '=', ' ']))
                        .ok_or_else(|| format!("`{part}` is no part of a call shape"))?;
                    shape.keywords.insert(name.to_owned());
                }
            }
        }
        Ok(shape)
    }
}

impl fmt::Display for CallShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = vec!["_".to_owned(); self.positional];
        if self.star {
            parts.push("*_".to_owned());
        }
        parts.extend(self.keywords.iter().map(|name| format!("{name}=")));
        if self.double_star {
            parts.push("**_".to_owned());
        }
        write!(f, "({})", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_survives_its_text() {
        for text in ["()", "(_)", "(_, _, a=, b=)", "(_, *_, a=, **_)", "(**_)"] {
            assert_eq!(CallShape::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "_", "(x)", "(=)", "(a b=)", "(***_)"] {
            assert!(CallShape::parse(text).is_err(), "{text}");
        }
    }
}
