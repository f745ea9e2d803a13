//! One file, parsed: text, tree, and which of its text the parser could not make sense of. The tree lives only as
//! long as the closure that looks at it.

use std::sync::Arc;

use memchr::memmem;
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, PySourceType, PythonVersion, Stmt};
use ruff_python_parser::{
    LexicalErrorType, Mode, ParseErrorType, ParseOptions, Parsed, lexer, parse_unchecked,
};
use ruff_source_file::LineIndex;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::cut::{CutBody, cut};
use super::depth::{DepthBound, LIMIT, NEEDS_STACK};
use crate::interface::Place;

/// Below this size even the deepest text is parsed without harm, and its depth is read from the parser's tokens.
const LEX_FIRST: usize = 80 * 1024;

/// For trees that are deeper than honest code; only touched pages cost memory.
const LARGE_STACK: usize = 512 * 1024 * 1024;

/// A parsed file.
pub(crate) struct Source<'a> {
    pub(crate) path: Arc<str>,
    pub(crate) text: &'a str,
    pub(crate) parsed: &'a Parsed<ModModule>,
    lines: &'a LineIndex,
    errors: Vec<Damage>,
    /// Bodies that were taken out before parsing.
    cuts: &'a [CutBody],
}

/// A piece of text that is not Python as the parser knows it.
#[derive(Debug, Clone)]
pub(crate) struct Damage {
    pub(crate) range: TextRange,
    pub(crate) message: String,
    /// What follows in the file may be lost.
    pub(crate) loses_rest: bool,
}

/// Parses `text` and shows it to `look`.
///
/// # Errors
/// A sentence, when the text nests too deeply to be read.
pub(crate) fn with_source<T: Send>(
    path: &str,
    text: &str,
    look: impl FnOnce(&Source<'_>) -> T + Send,
) -> Result<T, String> {
    read(text, |parsed| shown(path, text, parsed, &[], look))
}

/// As [`with_source`], without the bodies of functions that say nothing about an interface.
///
/// # Errors
/// A sentence, when the text nests too deeply to be read.
pub(crate) fn with_interface<T: Send>(
    path: &str,
    text: &str,
    look: impl Fn(&Source<'_>) -> T + Send + Sync,
) -> Result<T, String> {
    if let Some(cut) = cut(text) {
        let read = read(&cut.text, |parsed| {
            let is_right = parsed.errors().is_empty() && stand_alone(&cut.bodies, parsed.suite());
            is_right.then(|| shown(path, &cut.text, parsed, &cut.bodies, &look))
        });
        if let Some(found) = read? {
            return Ok(found);
        }
    }
    with_source(path, text, look)
}

/// Parses a text, with room for the tree that it makes.
fn read<T: Send>(
    text: &str,
    show: impl FnOnce(&Parsed<ModModule>) -> T + Send,
) -> Result<T, String> {
    if text.len() > LEX_FIRST
        && most_nesting(text.as_bytes()) > LEX_FIRST
        && lexed_depth(text) > LIMIT
    {
        return Err(too_deep());
    }
    let options =
        ParseOptions::from(PySourceType::Python).with_target_version(PythonVersion::PY314);
    let Some(parsed) = parse_unchecked(text, options).try_into_module() else {
        return Err("the parser gave no module".to_owned());
    };
    let depth = DepthBound::of(parsed.tokens().iter().map(|token| token.kind()));
    if depth <= NEEDS_STACK {
        return Ok(show(&parsed));
    }
    on_large_stack(move || {
        if depth > LIMIT {
            // Dropped here, where there is room for it.
            drop(parsed);
            return Err(too_deep());
        }
        Ok(show(&parsed))
    })
}

/// Whether each placeholder is the whole body of a function.
fn stand_alone(cuts: &[CutBody], body: &[Stmt]) -> bool {
    struct Finder<'c> {
        left: &'c [CutBody],
    }
    impl<'a> StatementVisitor<'a> for Finder<'_> {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            let Stmt::FunctionDef(def) = stmt else {
                walk_stmt(self, stmt);
                return;
            };
            if let ([Stmt::Expr(only)], Some((cut, rest))) =
                (&def.body[..], self.left.split_first())
                && only.start() == cut.at
                && only.value.is_ellipsis_literal_expr()
            {
                self.left = rest;
            }
        }
    }
    let mut finder = Finder { left: cuts };
    finder.visit_body(body);
    finder.left.is_empty()
}

fn too_deep() -> String {
    format!("it nests deeper than {LIMIT} levels")
}

/// At most this many levels can be in a text: every level takes a sign, or a word that is an operator.
fn most_nesting(text: &[u8]) -> usize {
    let is_sign = |byte: &u8| {
        matches!(byte, b'!'..=b'/')
            | matches!(byte, b':'..=b'@')
            | matches!(byte, b'['..=b'~') & !matches!(byte, b'_' | b'a'..=b'z')
    };
    // Counted in bytes, chunk by chunk, which is many times faster than one by one.
    let signs: usize = text
        .chunks(255)
        .map(|chunk| usize::from(chunk.iter().map(|byte| u8::from(is_sign(byte))).sum::<u8>()))
        .sum();
    let words: usize = ["not", "await", "else", "yield"]
        .iter()
        .map(|word| memmem::find_iter(text, word).count())
        .sum();
    signs + words
}

fn lexed_depth(text: &str) -> usize {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut bound = DepthBound::new();
    loop {
        let kind = lexer.next_token();
        if kind == TokenKind::EndOfFile {
            return bound.max();
        }
        bound.push(kind);
    }
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(LARGE_STACK)
            .spawn_scoped(scope, work)
            .map_err(|error| format!("no thread to read it on: {error}"))?
            .join()
            .unwrap_or_else(|_| Err("reading it failed".to_owned()))
    })
}

fn shown<T>(
    path: &str,
    text: &str,
    parsed: &Parsed<ModModule>,
    cuts: &[CutBody],
    look: impl FnOnce(&Source<'_>) -> T,
) -> T {
    let lines = LineIndex::from_source_text(text);
    let mut errors: Vec<Damage> = Vec::with_capacity(parsed.errors().len());
    for error in parsed.errors() {
        // A header that broke off leaves its body indented under nothing; what follows the body is read as ever.
        let after_header = error.error == ParseErrorType::UnexpectedIndentation
            && errors
                .last()
                .is_some_and(|last| last.range.end() == error.location.start());
        errors.push(Damage {
            range: error.location,
            message: error.error.to_string(),
            loses_rest: loses_rest(&error.error) && !after_header,
        });
    }
    look(&Source {
        path: Arc::from(path),
        text,
        parsed,
        lines: &lines,
        errors,
        cuts,
    })
}

/// Errors after which the parser may take the rest of a class for something else, or skip it.
fn loses_rest(error: &ParseErrorType) -> bool {
    match error {
        ParseErrorType::UnexpectedIndentation => true,
        ParseErrorType::OtherError(message) => message.contains("indented block"),
        ParseErrorType::Lexical(error) => matches!(
            error,
            LexicalErrorType::IndentationError
                | LexicalErrorType::Eof
                | LexicalErrorType::UnclosedStringError
                | LexicalErrorType::FStringError(_)
                | LexicalErrorType::TStringError(_)
        ),
        _ => false,
    }
}

impl Source<'_> {
    pub(crate) fn body(&self) -> &[Stmt] {
        self.parsed.suite()
    }

    pub(crate) fn slice(&self, range: TextRange) -> &str {
        self.text.get(range.to_std_range()).unwrap_or_default()
    }

    /// The digest of the body that was cut out at an offset.
    pub(crate) fn cut_at(&self, offset: TextSize) -> Option<u64> {
        let at = self.cuts.binary_search_by_key(&offset, |cut| cut.at).ok()?;
        self.cuts.get(at).map(|cut| cut.digest)
    }

    /// Line and column of an offset, counted from 1, columns in characters.
    pub(crate) fn point(&self, offset: TextSize) -> (u32, u32) {
        let at = self.lines.line_column(offset, self.text);
        let before = self.cuts.partition_point(|cut| cut.at < offset);
        let gone = self.cuts[..before].last().map_or(0, |cut| cut.lines);
        (
            u32::try_from(at.line.get()).map_or(u32::MAX, |line| line.saturating_add(gone)),
            u32::try_from(at.column.get()).unwrap_or(u32::MAX),
        )
    }

    pub(crate) fn place(&self, range: TextRange) -> Place {
        let (line, column) = self.point(range.start());
        let (end_line, end_column) = self.point(range.end());
        Place {
            path: Arc::clone(&self.path),
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// Where the first of some keywords starts at or after an offset.
    pub(crate) fn keyword_after(&self, offset: TextSize, kinds: &[TokenKind]) -> TextSize {
        let tokens = &self.parsed.tokens()[..];
        let at = tokens.partition_point(|token| token.start() < offset);
        tokens[at..]
            .iter()
            .find(|token| kinds.contains(&token.kind()))
            .map_or(offset, |token| token.start())
    }

    /// From `start` to just before the `:` that ends a header, whose body begins at `body`.
    pub(crate) fn header(&self, start: TextSize, body: TextSize) -> TextRange {
        let tokens = &self.parsed.tokens()[..];
        let end = tokens.partition_point(|token| token.start() < body);
        let colon = tokens[..end]
            .iter()
            .rev()
            .take_while(|token| token.start() >= start)
            .find(|token| token.kind() == TokenKind::Colon);
        let end = colon.map_or(body, |token| token.start());
        TextRange::new(start, end.max(start))
    }

    pub(crate) fn errors(&self) -> &[Damage] {
        &self.errors
    }

    /// The first error that touches `range`.
    pub(crate) fn damage_in(&self, range: TextRange) -> Option<&Damage> {
        self.errors
            .iter()
            .find(|damage| damage.range.intersect(range).is_some())
    }

    /// The first error between the first decorator of a definition and its `body`: a bracket that a header leaves open
    /// is only noticed behind it.
    pub(crate) fn damage_before(&self, start: TextSize, body: TextSize) -> Option<&Damage> {
        if !self.stands_behind_colon(body) {
            // The parser gave up on the header, and took what was left of it for the body.
            return self.damage_from(start);
        }
        self.errors.iter().find(|damage| {
            let range = damage.range;
            range.start() < body && (range.end() > start || range.start() == start)
        })
    }

    fn stands_behind_colon(&self, body: TextSize) -> bool {
        let tokens = &self.parsed.tokens()[..];
        let before = tokens.partition_point(|token| token.start() < body);
        tokens[..before]
            .iter()
            .rev()
            .map(|token| token.kind())
            .find(|kind| {
                !matches!(
                    kind,
                    TokenKind::Newline
                        | TokenKind::NonLogicalNewline
                        | TokenKind::Indent
                        | TokenKind::Dedent
                        | TokenKind::Comment
                )
            })
            .is_none_or(|kind| kind == TokenKind::Colon)
    }

    /// Whether the parser met anything that it could not read.
    pub(crate) fn is_damaged(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The first error that starts at or after an offset.
    pub(crate) fn damage_from(&self, offset: TextSize) -> Option<&Damage> {
        self.errors
            .iter()
            .filter(|damage| damage.range.start() >= offset)
            .min_by_key(|damage| damage.range.start())
    }

    /// The first error after which the rest of the file cannot be trusted.
    pub(crate) fn lost_from(&self) -> Option<&Damage> {
        self.errors
            .iter()
            .filter(|damage| damage.loses_rest)
            .min_by_key(|damage| damage.range.start())
    }
}
