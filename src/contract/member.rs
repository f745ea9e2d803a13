//! Which member a line speaks of, told from its first words alone. Good enough to keep a comment beside its member
//! and to see a line that stands twice; what the line means is the front end's business.

/// Words that may stand before a name. They count as such only when another word follows, since Python has
/// attributes called `type` and `default`.
const BEFORE_A_NAME: [&str; 17] = [
    "async", "class", "const", "crate", "def", "default", "enum", "extern", "fn", "macro", "mod",
    "mut", "pub", "static", "struct", "type", "unsafe",
];

/// The name of the member that a line of `provides` speaks of: the first identifier that is no keyword, past
/// decorators, attributes, visibility and `self.`.
pub fn name_of(line: &str) -> &str {
    split(line).name
}

/// The key under which a line may stand only once in its table.
pub(super) fn unique_key(line: &str, rust: bool) -> &str {
    let parts = split(line);
    // Python tells members apart by name, but for overloads and the parts of a property. Rust has names in several
    // namespaces, under `cfg`, and in impls of one type for other arguments: only the very same line is surely wrong.
    let repeats = rust
        || ["overload", ".setter", ".deleter", ".getter", ".register"]
            .iter()
            .any(|mark| parts.marks.contains(mark));
    if repeats || parts.name.is_empty() {
        line
    } else {
        parts.name
    }
}

struct Parts<'a> {
    /// Decorators and attributes.
    marks: &'a str,
    name: &'a str,
}

fn split(line: &str) -> Parts<'_> {
    let mut rest = line.trim_start();
    while rest.starts_with('@') || rest.starts_with("#[") {
        rest = after_mark(rest).trim_start();
    }
    let marks = &line[..line.len() - rest.len()];
    loop {
        let word = word(rest);
        let after = &rest[word.len()..];
        let next = after.trim_start();
        if word == "self" && after.starts_with('.') {
            rest = &after[1..];
        } else if !BEFORE_A_NAME.contains(&word) {
            let name = imported(word, next).unwrap_or(word);
            return Parts { marks, name };
        } else if (word == "pub" && next.starts_with('('))
            || (word == "extern" && next.starts_with('"'))
        {
            rest = after_brackets(next).trim_start();
        } else if next.len() < after.len() && !self::word(next).is_empty() {
            rest = next;
        } else {
            return Parts { marks, name: word };
        }
    }
}

/// The name that an import binds, if `first` begins one; empty for a star.
fn imported<'a>(first: &str, rest: &'a str) -> Option<&'a str> {
    let what = match first {
        "from" => rest.split_once(" import ")?.1,
        "import" | "use" if !word(rest).is_empty() => rest,
        _ => return None,
    };
    let what = what.trim_end_matches([';', ' ']);
    Some(match what.rsplit_once(" as ") {
        Some((_, name)) => name,
        // `import a.b` binds `a`, `use a::b` binds `b`.
        None if first == "import" => word(what),
        None => what.rsplit("::").next().unwrap_or(what).trim_matches('*'),
    })
}

/// The identifier at the start of a text, possibly empty.
fn word(text: &str) -> &str {
    let body = text.strip_prefix("r#").unwrap_or(text);
    let end = body
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(body.len());
    if end == 0 {
        return "";
    }
    &text[..text.len() - body.len() + end]
}

/// What follows one decorator (`@a.b(...)`) or attribute (`#[...]`).
fn after_mark(text: &str) -> &str {
    let rest = &text[1..];
    if text.starts_with('#') {
        return after_brackets(rest);
    }
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
        .unwrap_or(rest.len());
    let mut rest = &rest[end..];
    while rest.starts_with(['(', '[']) {
        rest = after_brackets(rest);
    }
    rest
}

/// What follows the bracket or string that the text starts with; brackets inside of strings do not count.
fn after_brackets(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None => match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                '"' | '\'' => quote = Some(c),
                _ => {}
            },
        }
        if depth == 0 && quote.is_none() {
            return &text[at + c.len_utf8()..];
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_stands_behind_decorators_keywords_and_visibility() {
        for (line, name) in [
            ("def spawn(self, context)", "spawn"),
            ("@abstractmethod def spawn(self)", "spawn"),
            ("@a.b('def x(', y=[1]) @property async def get(self)", "get"),
            ("capabilities", "capabilities"),
            ("capabilities: dict[str, bool]", "capabilities"),
            ("self.host: str", "host"),
            ("type", "type"),
            ("type: str", "type"),
            ("default = None", "default"),
            ("class Inner(Base)", "Inner"),
            ("fn list(&self) -> Vec<u8>;", "list"),
            ("pub(crate) const unsafe extern \"C\" fn raw()", "raw"),
            ("#[cfg(unix)] pub fn r#type()", "r#type"),
            ("const LIMIT: usize", "LIMIT"),
            ("type Error: Display;", "Error"),
            ("from a.b import c", "c"),
            ("from a.b import c as d", "d"),
            ("from a.b import *", ""),
            ("import a.b", "a"),
            ("import a.b as c", "c"),
            ("pub use a::b;", "b"),
            ("pub use a::b as c;", "c"),
            ("use: int", "use"),
            ("Größe", "Größe"),
            ("", ""),
            ("@broken(", ""),
            ("@", ""),
            ("#[", ""),
        ] {
            assert_eq!(name_of(line), name, "{line}");
        }
    }

    #[test]
    fn only_lines_that_cannot_both_hold_share_a_key() {
        assert_eq!(
            unique_key("def f(self)", false),
            unique_key("f: int", false)
        );
        let getter = unique_key("@property def f(self)", false);
        assert_ne!(getter, unique_key("@f.setter def f(self, value)", false));
        assert_ne!(
            unique_key("@overload def f(a: int)", false),
            unique_key("@overload def f(a: str)", false)
        );
        assert_ne!(unique_key("fn f()", true), unique_key("fn f(&self)", true));
    }
}
