//! What a function's body shows without following anything: whether it yields, whether it only raises
//! `NotImplementedError`, which attributes it gives to `self`, and a digest. Effects are read elsewhere.

use memchr::{memchr, memmem};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::env::last_name;
use super::source::Source;

/// The body without its docstring.
pub(crate) fn without_docstring(body: &[Stmt]) -> &[Stmt] {
    match body {
        [Stmt::Expr(first), rest @ ..] if first.value.is_string_literal_expr() => rest,
        all => all,
    }
}

/// What the text of a body tells.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Text {
    pub(crate) digest: u64,
    /// `yield` stands somewhere in it, perhaps in a nested function.
    pub(crate) has_yield: bool,
}

/// Looks at a body's text; that of a body which was cut out before parsing is known already.
pub(crate) fn text(source: &Source<'_>, body: &[Stmt]) -> Text {
    if let Some(digest) = body.first().and_then(|first| source.cut_at(first.start())) {
        return Text {
            digest,
            has_yield: false,
        };
    }
    let body = without_docstring(body);
    let (Some(first), Some(last)) = (body.first(), body.last()) else {
        return Text::default();
    };
    let range = TextRange::new(first.start(), last.end().max(first.start()));
    let text = source.slice(range);
    Text {
        digest: digest(text),
        has_yield: memmem::find(text.as_bytes(), b"yield").is_some(),
    }
}

/// A digest of a body's text: layout and comments on lines of their own do not count.
pub(crate) fn digest(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = Digest::new();
    let (mut word, mut starts_line) = (0_u64, true);
    let (mut at, mut length) = (0, 0_u64);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\n' => starts_line = true,
            b' ' | b'\t' | b'\r' => {}
            b'#' if starts_line => at += memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at),
            _ => {
                starts_line = false;
                word = word << 8 | u64::from(byte);
                length += 1;
                if length.is_multiple_of(8) {
                    hash.word(word);
                }
            }
        }
    }
    hash.word(word);
    hash.word(length);
    hash.state
}

/// A hash that is the same in every run and on every machine.
struct Digest {
    state: u64,
}

impl Digest {
    fn new() -> Self {
        Self {
            state: 0xcbf2_9ce4_8422_2325,
        }
    }

    fn word(&mut self, word: u64) {
        self.state = (self.state.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// Whether `yield` stands in the function itself, not in one nested in it.
pub(crate) fn yields(body: &[Stmt]) -> bool {
    struct Finder(bool);
    impl<'a> Visitor<'a> for Finder {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            if !self.0 && !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                walk_stmt(self, stmt);
            }
        }
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
                Expr::Lambda(_) => {}
                _ if !self.0 => walk_expr(self, expr),
                _ => {}
            }
        }
    }
    let mut finder = Finder(false);
    for stmt in body {
        finder.visit_stmt(stmt);
    }
    finder.0
}

/// Whether a body takes one of these variadic parameters apart (`kwargs.pop("k")`) or hands it on (`f(**kwargs)`).
pub(crate) fn passes_on(body: &[Stmt], variadics: &[&str]) -> bool {
    struct Finder<'n> {
        names: &'n [&'n str],
        found: bool,
    }
    impl Finder<'_> {
        fn is_one(&self, expr: &Expr) -> bool {
            expr.as_name_expr()
                .is_some_and(|name| self.names.contains(&name.id.as_str()))
        }
    }
    impl<'a> Visitor<'a> for Finder<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            self.found |= match expr {
                Expr::Starred(starred) => self.is_one(&starred.value),
                Expr::Attribute(attribute) => self.is_one(&attribute.value),
                Expr::Subscript(subscript) => self.is_one(&subscript.value),
                Expr::Call(call) => call
                    .arguments
                    .keywords
                    .iter()
                    .any(|keyword| keyword.arg.is_none() && self.is_one(&keyword.value)),
                _ => false,
            };
            if !self.found {
                walk_expr(self, expr);
            }
        }
    }
    let mut finder = Finder {
        names: variadics,
        found: false,
    };
    body.iter().for_each(|stmt| finder.visit_stmt(stmt));
    finder.found
}

/// Whether the body, a docstring aside, only raises `NotImplementedError`.
pub(crate) fn only_not_implemented(body: &[Stmt]) -> bool {
    let [Stmt::Raise(raise), rest @ ..] = without_docstring(body) else {
        return false;
    };
    // `raise NotImplementedError, 'text'` of Python 2 leaves the text behind as a statement.
    let alone = rest.is_empty() || rest.iter().all(Stmt::is_expr_stmt);
    alone
        && raise.exc.as_deref().is_some_and(|exception| {
            let exception = match exception {
                Expr::Call(call) => &*call.func,
                Expr::Tuple(tuple) => match tuple.elts.first() {
                    Some(first) => first,
                    None => return false,
                },
                other => other,
            };
            last_name(exception) == Some("NotImplementedError")
        })
}

/// An attribute that a method gives to its first parameter.
pub(crate) struct SelfAttribute<'a> {
    pub(crate) name: &'a str,
    pub(crate) annotation: Option<&'a Expr>,
    pub(crate) range: TextRange,
    /// Only on some paths through the method.
    pub(crate) conditional: bool,
}

/// Attributes given to the first parameter, in order, nested functions left out.
pub(crate) fn self_attributes(def: &StmtFunctionDef) -> Vec<SelfAttribute<'_>> {
    let parameters = &def.parameters;
    let first = parameters.posonlyargs.iter().chain(&parameters.args).next();
    let Some(first) = first else {
        return Vec::new();
    };
    let mut finder = SelfFinder {
        receiver: first.parameter.name.as_str(),
        found: Vec::new(),
    };
    finder.body(&def.body, false);
    finder.found
}

struct SelfFinder<'a> {
    receiver: &'a str,
    found: Vec<SelfAttribute<'a>>,
}

impl<'a> SelfFinder<'a> {
    fn body(&mut self, body: &'a [Stmt], conditional: bool) {
        for stmt in body {
            self.stmt(stmt, conditional);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt, conditional: bool) {
        match stmt {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.target(target, None, conditional);
                }
            }
            Stmt::AnnAssign(assign) => {
                self.target(&assign.target, Some(&assign.annotation), conditional);
            }
            Stmt::For(each) => {
                self.target(&each.target, None, true);
                self.body(&each.body, true);
                self.body(&each.orelse, true);
            }
            Stmt::While(repeat) => {
                self.body(&repeat.body, true);
                self.body(&repeat.orelse, true);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.target(target, None, conditional);
                    }
                }
                self.body(&with.body, conditional);
            }
            Stmt::If(branch) => {
                let clauses = branch.elif_else_clauses.iter();
                let exhaustive = clauses.clone().any(|clause| clause.test.is_none());
                let bodies = std::iter::once(&branch.body)
                    .chain(clauses.map(|clause| &clause.body))
                    .map(|body| &body[..]);
                self.branches(bodies, exhaustive, conditional);
            }
            Stmt::Try(attempt) => {
                self.body(&attempt.body, conditional);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.body(&handler.body, true);
                }
                self.body(&attempt.orelse, conditional);
                self.body(&attempt.finalbody, conditional);
            }
            Stmt::Match(matching) => {
                for case in &matching.cases {
                    self.body(&case.body, true);
                }
            }
            Stmt::Expr(expr) => self.setattr(&expr.value, conditional),
            _ => {}
        }
    }

    /// What all branches assign is sure where the whole statement is.
    fn branches(
        &mut self,
        bodies: impl Iterator<Item = &'a [Stmt]>,
        exhaustive: bool,
        conditional: bool,
    ) {
        let start = self.found.len();
        let mut sure: Option<Vec<&'a str>> = None;
        for body in bodies {
            let from = self.found.len();
            self.body(body, false);
            let leaves = matches!(body.last(), Some(Stmt::Raise(_) | Stmt::Return(_)));
            if leaves {
                continue;
            }
            let names: Vec<&str> = self.found[from..]
                .iter()
                .filter(|found| !found.conditional)
                .map(|found| found.name)
                .collect();
            sure = Some(match sure {
                None => names,
                Some(known) => known
                    .into_iter()
                    .filter(|name| names.contains(name))
                    .collect(),
            });
        }
        let sure = sure
            .filter(|_| exhaustive && !conditional)
            .unwrap_or_default();
        for found in &mut self.found[start..] {
            found.conditional |= !sure.contains(&found.name);
        }
    }

    fn target(&mut self, target: &'a Expr, annotation: Option<&'a Expr>, conditional: bool) {
        match target {
            Expr::Attribute(attribute) => {
                if let Expr::Name(name) = &*attribute.value
                    && name.id.as_str() == self.receiver
                {
                    self.found.push(SelfAttribute {
                        name: attribute.attr.as_str(),
                        annotation,
                        range: attribute.range(),
                        conditional,
                    });
                }
            }
            Expr::Tuple(tuple) => {
                for target in tuple {
                    self.target(target, None, conditional);
                }
            }
            Expr::List(list) => {
                for target in list {
                    self.target(target, None, conditional);
                }
            }
            Expr::Starred(starred) => self.target(&starred.value, None, conditional),
            _ => {}
        }
    }

    /// `setattr(self, 'name', …)`
    fn setattr(&mut self, expr: &'a Expr, conditional: bool) {
        let Expr::Call(call) = expr else { return };
        let Expr::Name(callee) = &*call.func else {
            return;
        };
        if callee.id.as_str() != "setattr" {
            return;
        }
        if let [Expr::Name(object), Expr::StringLiteral(name), ..] = &*call.arguments.args
            && object.id.as_str() == self.receiver
        {
            self.found.push(SelfAttribute {
                name: name.value.to_str(),
                annotation: None,
                range: name.range(),
                conditional,
            });
        }
    }
}
