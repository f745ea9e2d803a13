//! Takes out of a file's text, before it is parsed, the bodies of functions that say nothing about an interface; they
//! are more than half of most programs, and parsing is what an answer costs.
//!
//! Why the answer stays the same: what the front end reads from a body is listed in [`super::body`] (and, for
//! decorators, below), and each of these facts has a sign in the text. A body is cut only if it has none of the signs;
//! then all that is left of it is its digest, which is kept. Where bodies begin and end is told by a small lexer that
//! knows strings, comments, brackets and indentation, and that gives up on the whole file at anything unusual. The
//! parser then has the last word: a cut text that it does not read without an error, with a placeholder as the whole
//! body of a function at each cut, is thrown away and the file is parsed as it is. A law in `tests/cutting.rs` holds
//! extracts of cut texts against those of whole ones.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};
use memchr::{memchr, memchr2};
use ruff_text_size::TextSize;

use super::body;

/// What stands where a body was.
const PLACEHOLDER: &str = "...";

/// Shorter bodies are not worth it.
const SHORTEST: usize = 32;

/// A text without some of its bodies.
pub(crate) struct Cut {
    pub(crate) text: String,
    /// In order.
    pub(crate) bodies: Vec<CutBody>,
}

/// A body that was cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutBody {
    /// Where its placeholder stands in the cut text.
    pub(crate) at: TextSize,
    /// The digest of what stood there.
    pub(crate) digest: u64,
    /// How many lines less there are in the text up to the placeholder's end, by this body and those before it.
    pub(crate) lines: u32,
}

/// The text without bodies that say nothing; none if nothing can be cut.
pub(crate) fn cut(text: &str) -> Option<Cut> {
    // Other ends of lines, and marks before the first one, are not counted here.
    if memchr(b'\r', text.as_bytes()).is_some() || text.starts_with('\u{feff}') {
        return None;
    }
    let bodies = Reader::new(text).bodies().ok()?;
    if bodies.is_empty() {
        return None;
    }
    let mut cut = Cut {
        text: String::with_capacity(text.len()),
        bodies: Vec::with_capacity(bodies.len()),
    };
    let mut from = 0;
    let mut lines = 0;
    for found in bodies {
        cut.text.push_str(text.get(from..found.start)?);
        let gone = memchr::memchr_iter(b'\n', text.as_bytes().get(found.start..found.end)?);
        lines += u32::try_from(gone.count()).ok()?;
        cut.bodies.push(CutBody {
            at: TextSize::try_from(cut.text.len()).ok()?,
            digest: body::digest(text.get(found.code..found.end)?),
            lines,
        });
        cut.text.push_str(PLACEHOLDER);
        from = found.end;
    }
    cut.text.push_str(text.get(from..)?);
    Some(cut)
}

/// A body that may be cut: from its first statement to the end of its last one.
struct Found {
    start: usize,
    /// Where it goes on after its docstring.
    code: usize,
    end: usize,
}

/// The text is not what this lexer knows.
struct Unclear;

/// A logical line, comments aside.
#[derive(Debug, Clone, Copy)]
struct Line {
    indent: usize,
    start: usize,
    /// After its last sign.
    end: usize,
    /// It may give the receiver an attribute.
    gives: bool,
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Indentations of the blocks that are open.
    indents: Vec<usize>,
    /// The line before opens a block.
    opens: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            indents: vec![0],
            opens: false,
        }
    }

    fn bodies(mut self) -> Result<Vec<Found>, Unclear> {
        let mut found = Vec::new();
        let mut next = self.line(b"")?;
        while let Some(line) = next {
            self.indent(&line)?;
            next = if self.opens && defines(self.of(&line)) {
                let (body, after) = self.body(&line)?;
                found.extend(body);
                after
            } else {
                self.line(b"")?
            };
        }
        Ok(found)
    }

    fn of(&self, line: &Line) -> &'t [u8] {
        &self.bytes[line.start..line.end]
    }

    /// Follows indentation as Python does.
    fn indent(&mut self, line: &Line) -> Result<(), Unclear> {
        let here = self.indents.last().copied().unwrap_or(0);
        if self.opens {
            if line.indent <= here {
                return Err(Unclear);
            }
            self.indents.push(line.indent);
        } else {
            while self.indents.last().is_some_and(|open| *open > line.indent) {
                self.indents.pop();
            }
            if self.indents.last() != Some(&line.indent) {
                return Err(Unclear);
            }
        }
        self.opens = self.of(line).ends_with(b":");
        Ok(())
    }

    /// The body below a header, if it may be cut; and the line after it.
    fn body(&mut self, header: &Line) -> Result<(Option<Found>, Option<Line>), Unclear> {
        let parameters = Parameters::of(self.of(header));
        // What a module serves by `__getattr__` stands in its body.
        let mut may = parameters.is_some() && !self.of(header).starts_with(b"def __getattr__");
        let parameters = parameters.unwrap_or_default();
        // Functions of modules have no receiver.
        let watched = if header.indent > 0 {
            parameters.first
        } else {
            b""
        };
        let mut start = None;
        let mut code = None;
        let mut depth = 0;
        let mut end = header.end;
        // A decorator gives back what is defined in it.
        let (mut has_definition, mut returns) = (false, false);
        let mut next = self.line(watched)?;
        while let Some(line) = next.filter(|line| line.indent > header.indent) {
            self.indent(&line)?;
            let text = self.of(&line);
            let is_first = start.is_none();
            if is_first {
                start = Some(line.start);
                depth = self.indents.len();
            }
            if is_first && is_string(text) {
                may &= is_docstring(text);
            } else {
                if code.is_none() {
                    code = Some(line.start);
                    // It may be all that the body does.
                    may &= !text.starts_with(b"raise");
                }
                may &= !line.gives && !binds(text, watched);
                has_definition |= defines(text);
                if self.indents.len() == depth {
                    returns = text.starts_with(b"return");
                }
            }
            end = line.end;
            next = self.line(watched)?;
        }
        if self.opens {
            return Err(Unclear);
        }
        may &= !(has_definition && returns);
        let (Some(start), Some(code), true) = (start, code, may) else {
            return Ok((None, next));
        };
        let text = self.text.get(start..end).ok_or(Unclear)?;
        let code_text = self.text.get(code..end).ok_or(Unclear)?;
        let is_plain = end - start >= SHORTEST
            && !text.ends_with([';', '\\', '\n'])
            && says_nothing(text, code_text, &parameters);
        Ok((is_plain.then_some(Found { start, code, end }), next))
    }

    /// The next logical line; `receiver` is whose attributes are watched, or empty.
    fn line(&mut self, receiver: &[u8]) -> Result<Option<Line>, Unclear> {
        let bytes = self.bytes;
        let indent = loop {
            let from = self.at;
            while bytes.get(self.at) == Some(&b' ') {
                self.at += 1;
            }
            match bytes.get(self.at) {
                None => return Ok(None),
                Some(b'\n') => self.at += 1,
                Some(b'#') => self.skip_line(),
                Some(b'\t' | b'\\') => return Err(Unclear),
                Some(_) => break self.at - from,
            }
        };
        let start = self.at;
        let mut depth = 0_usize;
        let mut gives = false;
        let mut end = loop {
            let Some(&byte) = bytes.get(self.at) else {
                break self.at;
            };
            match SIGNS[usize::from(byte)] {
                Sign::Plain => {
                    let rest = bytes[self.at..].iter();
                    self.at += rest
                        .take_while(|byte| SIGNS[usize::from(**byte)] == Sign::Plain)
                        .count();
                }
                Sign::Quote => self.string()?,
                Sign::Open => {
                    depth += 1;
                    self.at += 1;
                }
                Sign::Close => {
                    depth = depth.checked_sub(1).ok_or(Unclear)?;
                    self.at += 1;
                }
                Sign::Newline if depth == 0 => {
                    self.at += 1;
                    break self.at - 1;
                }
                Sign::Newline => self.at += 1,
                Sign::Comment => {
                    let here = self.at;
                    self.skip_line();
                    if depth == 0 {
                        break here;
                    }
                }
                Sign::Backslash => {
                    if bytes.get(self.at + 1) != Some(&b'\n') {
                        return Err(Unclear);
                    }
                    self.at += 2;
                }
                Sign::Target => {
                    let is_comparison = byte == b'='
                        && (bytes.get(self.at + 1) == Some(&b'=')
                            || matches!(bytes[self.at - 1], b'=' | b'!' | b'<' | b'>'));
                    if depth == 0 && !receiver.is_empty() && !gives && !is_comparison {
                        gives = !self.is_last(self.at + 1)
                            && names_attribute(&bytes[start..self.at], receiver);
                    }
                    self.at += 1;
                }
                Sign::Strange => return Err(Unclear),
            }
        };
        if depth > 0 {
            return Err(Unclear);
        }
        while end > start && matches!(bytes[end - 1], b' ' | b'\t') {
            end -= 1;
        }
        Ok(Some(Line {
            indent,
            start,
            end,
            gives,
        }))
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }

    /// Whether nothing but a comment follows on the line.
    fn is_last(&self, from: usize) -> bool {
        let rest = self.bytes[from..].iter();
        let mut rest = rest.skip_while(|byte| **byte == b' ');
        matches!(rest.next(), None | Some(b'\n' | b'#'))
    }

    /// Goes past a string whose first quote is here.
    fn string(&mut self) -> Result<(), Unclear> {
        let bytes = self.bytes;
        let quote = bytes[self.at];
        let prefix = &bytes[self.at.saturating_sub(2)..self.at];
        let is_format = prefix
            .iter()
            .any(|byte| matches!(byte, b'f' | b'F' | b't' | b'T'));
        let is_triple = bytes[self.at..].starts_with(&[quote; 3]);
        let start = self.at + if is_triple { 3 } else { 1 };
        let mut at = start;
        let end = loop {
            if is_triple {
                let rest = bytes.get(at..).ok_or(Unclear)?;
                at += memchr2(quote, b'\\', rest).ok_or(Unclear)?;
            }
            match *bytes.get(at).ok_or(Unclear)? {
                b'\\' => at += 2,
                b'\n' if !is_triple => return Err(Unclear),
                byte if byte != quote => at += 1,
                _ if !is_triple => break at + 1,
                _ if bytes[at..].starts_with(&[quote; 3]) => break at + 3,
                _ => at += 1,
            }
        };
        // Quotes inside of braces belong to another string: then the braces do not match here.
        if is_format && !braces_match(&bytes[start..end]) {
            return Err(Unclear);
        }
        self.at = end;
        Ok(())
    }
}

/// What a byte may mean to the lexer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plain,
    Newline,
    Quote,
    Comment,
    Backslash,
    Open,
    Close,
    /// What stands before it may be a target.
    Target,
    Strange,
}

const SIGNS: [Sign; 256] = {
    let mut signs = [Sign::Plain; 256];
    signs[b'\n' as usize] = Sign::Newline;
    signs[b'"' as usize] = Sign::Quote;
    signs[b'\'' as usize] = Sign::Quote;
    signs[b'#' as usize] = Sign::Comment;
    signs[b'\\' as usize] = Sign::Backslash;
    signs[b'(' as usize] = Sign::Open;
    signs[b'[' as usize] = Sign::Open;
    signs[b'{' as usize] = Sign::Open;
    signs[b')' as usize] = Sign::Close;
    signs[b']' as usize] = Sign::Close;
    signs[b'}' as usize] = Sign::Close;
    signs[b'=' as usize] = Sign::Target;
    signs[b':' as usize] = Sign::Target;
    signs[b'\x0c' as usize] = Sign::Strange;
    signs[b'`' as usize] = Sign::Strange;
    signs[0] = Sign::Strange;
    signs
};

fn braces_match(text: &[u8]) -> bool {
    let mut depth = 0_usize;
    for byte in text {
        match byte {
            b'{' => depth += 1,
            b'}' => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            _ => {}
        }
    }
    depth == 0
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// What a header says that matters for the body.
#[derive(Debug, Default)]
struct Parameters<'t> {
    /// The name of the first one, empty if there is none.
    first: &'t [u8],
    /// Names that stand behind a star.
    starred: Vec<&'t [u8]>,
}

impl<'t> Parameters<'t> {
    /// None if the header has anything unusual in it.
    fn of(header: &'t [u8]) -> Option<Self> {
        let open = header.iter().position(|byte| matches!(byte, b'(' | b'['))?;
        let list = header[open..].strip_prefix(b"(")?.trim_ascii_start();
        let is_plain = matches!(list.first()?, b')' | b'_' | b'a'..=b'z' | b'A'..=b'Z');
        if !is_plain || !header.is_ascii() {
            return None;
        }
        let stars = memchr::memchr_iter(b'*', list);
        let starred = stars.map(|star| word(list[star + 1..].trim_ascii_start()));
        Some(Self {
            first: word(list),
            starred: starred.filter(|name| !name.is_empty()).collect(),
        })
    }
}

/// The word at the beginning of a text.
fn word(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|byte| is_word(**byte)).count();
    &text[..length]
}

/// Whether a line begins with a string.
fn is_string(line: &[u8]) -> bool {
    let prefix = line.iter().take_while(|byte| byte.is_ascii_alphabetic());
    matches!(line.get(prefix.count()), Some(b'"' | b'\''))
}

/// Whether a line is one string that is no format string and no bytes.
fn is_docstring(line: &[u8]) -> bool {
    let Some(rest) = (match line.first() {
        Some(b'r' | b'R' | b'u' | b'U') => line.get(1..),
        _ => Some(line),
    }) else {
        return false;
    };
    let quotes = match rest {
        [a, b, c, ..] if a == b && b == c => 3,
        _ => 1,
    };
    let Some(&quote @ (b'"' | b'\'')) = rest.first() else {
        return false;
    };
    let mut at = quotes;
    while let Some(&byte) = rest.get(at) {
        if byte == b'\\' {
            at += 2;
        } else if byte == quote && (quotes == 1 || rest[at..].starts_with(&[quote; 3])) {
            return at + quotes == rest.len();
        } else {
            at += 1;
        }
    }
    false
}

/// Whether a line defines a function.
fn defines(line: &[u8]) -> bool {
    line.starts_with(b"def ") || line.starts_with(b"async def")
}

/// Whether a loop or a `with` may give the receiver an attribute.
fn binds(line: &[u8], receiver: &[u8]) -> bool {
    if receiver.is_empty() || memchr(b':', line).is_none() {
        return false;
    }
    let has_receiver = |part: &[u8]| memmem::find(part, receiver).is_some();
    let in_loop = if line.starts_with(b"for ") {
        memmem::find(line, b" in ").is_none_or(|end| has_receiver(&line[..end]))
    } else {
        line.starts_with(b"for") || line.starts_with(b"async ")
    };
    in_loop || memmem::find(line, b" as").is_some_and(|start| has_receiver(&line[start..]))
}

/// Whether an attribute of the receiver stands in `before` that no call, subscript or further attribute is made of.
fn names_attribute(before: &[u8], receiver: &[u8]) -> bool {
    memmem::find_iter(before, receiver).any(|at| {
        let starts = at == 0 || !is_word(before[at - 1]);
        let rest = before[at + receiver.len()..].trim_ascii_start();
        let Some(rest) = rest.strip_prefix(b".").filter(|_| starts) else {
            return false;
        };
        let rest = rest.trim_ascii_start();
        let after = rest[word(rest).len()..].trim_ascii_start().first();
        !matches!(after, Some(b'.' | b'(' | b'['))
    })
}

/// Signs of what [`super::body`] reads (generators, `setattr(self, …)`), of what a decorator makes of its argument, and
/// of deprecation by a warning.
static SIGNS_OF_FACTS: LazyLock<[Finder<'static>; 6]> = LazyLock::new(|| {
    ["yield", "setattr", "warnings", "warn(", "property", "cast("].map(Finder::new)
});

/// A directive that deprecates, and the warning's class.
static DEPRECATED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("eprecat"));

static RETURN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("return"));

/// Whether no fact is in a body, by the words in it.
fn says_nothing(body: &str, code: &str, parameters: &Parameters<'_>) -> bool {
    let (body, code) = (body.as_bytes(), code.as_bytes());
    let hands_on = |name: &&[u8]| memmem::find(code, name).is_some();
    let gives_back = |at: usize| gives_back(&code[at + RETURN.needle().len()..], parameters.first);
    DEPRECATED.find(body).is_none()
        && SIGNS_OF_FACTS.iter().all(|sign| sign.find(code).is_none())
        && !parameters.starred.iter().any(hands_on)
        && (parameters.first.is_empty() || !RETURN.find_iter(code).any(gives_back))
}

/// Whether what stands behind a `return` is the first parameter: the function that was decorated.
fn gives_back(value: &[u8], first: &[u8]) -> bool {
    let opening = value.iter().take_while(|byte| matches!(byte, b' ' | b'('));
    let value = &value[opening.count()..];
    word(value) == first && !matches!(value.get(first.len()), Some(b'.' | b'(' | b'['))
}
