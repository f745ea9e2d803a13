//! Walks the statements of a module or class body and keeps what each name ends up as. Function bodies are not
//! entered here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef, StmtIf, StmtTry};
use ruff_text_size::{Ranged, TextRange};

use super::condition::{Outcome, outcome};
use super::{All, Bound, ClassExtract, Field, Import, Star, What};
use crate::interface::python::{Attribute, Signature};
use crate::python::env::{Env, is_identifier, joined};
use crate::python::source::Source;
use crate::python::types::type_of;

/// A body being read.
pub(crate) struct Scope<'s, 't> {
    pub(super) source: &'s Source<'t>,
    /// Full path of the module or class.
    pub(super) owner: String,
    pub(super) module: String,
    pub(super) in_class: bool,
    pub(super) found: Found,
    pub(super) overloads: BTreeMap<String, Vec<Signature>>,
    /// Names bound in the branches that are open.
    touched: Vec<BTreeSet<String>>,
    for_types: bool,
}

/// What a body held.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) names: BTreeMap<String, Bound>,
    pub(crate) stars: Vec<Star>,
    pub(crate) all: All,
    pub(crate) classes: BTreeMap<String, ClassExtract>,
    pub(crate) open: Option<String>,
    pub(super) instance: BTreeMap<String, Bound>,
    pub(super) fields: Vec<Field>,
    pub(super) fields_kw_only: bool,
    pub(super) metaclass: Option<String>,
}

impl<'s, 't> Scope<'s, 't> {
    /// The body of a module.
    pub(crate) fn module(source: &'s Source<'t>, name: &str) -> Self {
        Self::new(source, name, name, false)
    }

    pub(super) fn new(source: &'s Source<'t>, owner: &str, module: &str, in_class: bool) -> Self {
        Self {
            source,
            owner: owner.to_owned(),
            module: module.to_owned(),
            in_class,
            found: Found::default(),
            overloads: BTreeMap::new(),
            touched: Vec::new(),
            for_types: false,
        }
    }

    /// What was found. Overloads without an implementation (a stub's) stand for themselves.
    pub(crate) fn finish(mut self) -> Found {
        for (name, signatures) in std::mem::take(&mut self.overloads) {
            if let Some(Bound {
                what: What::Function(function),
                ..
            }) = self.found.names.get_mut(&name)
                && function.overloads.is_empty()
            {
                Arc::make_mut(function).overloads = signatures;
            }
        }
        self.found
    }

    /// Reads statements in order.
    pub(crate) fn body<'a>(&mut self, env: &mut Env<'a>, body: &'a [Stmt], conditional: bool) {
        // The body of a function whose header broke off is left behind as statements of this body.
        let mut orphans_of: Option<u32> = None;
        for stmt in body {
            if self.source.is_damaged() {
                let (_, column) = self.source.point(stmt.start());
                if orphans_of.is_some_and(|header| column > header) {
                    continue;
                }
                orphans_of = match stmt {
                    Stmt::FunctionDef(def) if self.has_broken_header(def) => Some(column),
                    _ => None,
                };
            }
            self.stmt(env, stmt, conditional);
        }
    }

    fn has_broken_header(&self, def: &StmtFunctionDef) -> bool {
        let body = def.body.first().map_or(def.end(), Ranged::start);
        def.body.is_empty()
            || self
                .source
                .damage_in(TextRange::new(def.name.start(), body.max(def.name.start())))
                .is_some()
    }

    fn stmt<'a>(&mut self, env: &mut Env<'a>, stmt: &'a Stmt, conditional: bool) {
        match stmt {
            Stmt::FunctionDef(def) => self.function(env, def, conditional),
            Stmt::ClassDef(def) => self.class(env, def, conditional),
            Stmt::Assign(assign) => self.assign(env, &assign.targets, &assign.value, conditional),
            Stmt::AnnAssign(assign) => self.annotated(env, assign, conditional),
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = &*assign.target
                    && name.id.as_str() == "__all__"
                {
                    self.all_grows(env, &assign.value);
                }
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    let params = env.add_params(alias.type_params.as_deref());
                    let what = What::TypeAlias(type_of(env, &alias.value));
                    env.forget_params(params);
                    let bound = Bound::new(what, self.place(name.range()));
                    self.bind(&name.id, bound, conditional);
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let full = alias.name.as_str();
                    let (name, target) = match &alias.asname {
                        Some(asname) => (asname.as_str(), full),
                        None => {
                            let top = full.split('.').next().unwrap_or(full);
                            (top, top)
                        }
                    };
                    let explicit = alias.asname.as_deref() == Some(full);
                    let import = Import {
                        target: target.to_owned(),
                        is_from: false,
                        explicit,
                    };
                    let bound = Bound::new(What::Import(import), self.place(alias.range()));
                    self.bind(name, bound, conditional);
                }
            }
            Stmt::ImportFrom(import) => {
                let from = env.imported_module(import);
                for alias in &import.names {
                    if alias.name.as_str() == "*" {
                        if !self.for_types {
                            self.found.stars.push(Star {
                                module: from.clone(),
                                conditional,
                            });
                        }
                        continue;
                    }
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    let explicit = alias
                        .asname
                        .as_ref()
                        .is_some_and(|to| to.id == alias.name.id);
                    let import = Import {
                        target: joined(&from, alias.name.as_str()),
                        is_from: true,
                        explicit,
                    };
                    let bound = Bound::new(What::Import(import), self.place(alias.range()));
                    self.bind(name, bound, conditional);
                }
            }
            Stmt::If(branch) => self.branch(env, branch, conditional),
            Stmt::Try(attempt) => self.attempt(env, attempt, conditional),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.targets(target, conditional);
                    }
                }
                self.body(env, &with.body, conditional);
            }
            Stmt::For(each) => {
                self.targets(&each.target, true);
                self.body(env, &each.body, true);
                self.body(env, &each.orelse, true);
            }
            Stmt::While(repeat) => {
                self.body(env, &repeat.body, true);
                self.body(env, &repeat.orelse, true);
            }
            Stmt::Match(matching) => {
                for case in &matching.cases {
                    self.body(env, &case.body, true);
                }
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.delete(target, conditional);
                }
            }
            Stmt::Expr(expr) => self.expression(env, &expr.value, conditional),
            _ => {}
        }
    }

    fn delete(&mut self, target: &Expr, conditional: bool) {
        match target {
            Expr::Name(name) if conditional => {
                if let Some(bound) = self.found.names.get_mut(name.id.as_str()) {
                    bound.conditional = true;
                }
            }
            Expr::Name(name) => {
                let name = name.id.as_str();
                let Some(gone) = self.found.names.remove(name) else {
                    return;
                };
                // What was given its value goes on having it.
                for bound in self.found.names.values_mut() {
                    if matches!(&bound.what, What::Alias(of) if of == name) {
                        bound.what = gone.what.clone();
                    }
                }
            }
            Expr::Tuple(tuple) => {
                for target in tuple {
                    self.delete(target, conditional);
                }
            }
            Expr::List(list) => {
                for target in list {
                    self.delete(target, conditional);
                }
            }
            _ => {}
        }
    }

    fn branch<'a>(&mut self, env: &mut Env<'a>, branch: &'a StmtIf, conditional: bool) {
        let mut open: Vec<&'a [Stmt]> = Vec::new();
        let mut elsewhere: Vec<&'a [Stmt]> = Vec::new();
        let mut exhaustive = false;
        let tests = std::iter::once((Some(&*branch.test), &branch.body[..])).chain(
            branch
                .elif_else_clauses
                .iter()
                .map(|clause| (clause.test.as_ref(), &clause.body[..])),
        );
        for (test, body) in tests {
            match test.map_or(Outcome::True, |test| outcome(env, test)) {
                Outcome::False => {}
                Outcome::ForTypes => {
                    let before = std::mem::replace(&mut self.for_types, true);
                    self.body(env, body, conditional);
                    self.for_types = before;
                }
                Outcome::Elsewhere => elsewhere.push(body),
                Outcome::Unknown => open.push(body),
                Outcome::True => {
                    open.push(body);
                    exhaustive = true;
                    break;
                }
            }
        }
        // The first branch says what a name is: those of other platforms come last.
        open.append(&mut elsewhere);
        if let ([only], true) = (&open[..], exhaustive) {
            self.body(env, only, conditional);
        } else {
            let open: Vec<[&[Stmt]; 2]> = open.into_iter().map(|body| [body, &[]]).collect();
            self.branches(env, &open, exhaustive, conditional);
        }
    }

    fn attempt<'a>(&mut self, env: &mut Env<'a>, attempt: &'a StmtTry, conditional: bool) {
        let handlers = attempt.handlers.iter().map(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            &handler.body[..]
        });
        if attempt.handlers.is_empty() {
            self.body(env, &attempt.body, conditional);
            self.body(env, &attempt.orelse, conditional);
        } else {
            let mut bodies = vec![[&attempt.body[..], &attempt.orelse[..]]];
            bodies.extend(handlers.map(|body| [body, &[]]));
            self.branches(env, &bodies, true, conditional);
        }
        self.body(env, &attempt.finalbody, conditional);
    }

    /// A branch has two parts when an `else` goes on where it ended. Names that every branch binds are as sure as the whole statement; the first branch says what they are.
    fn branches<'a>(
        &mut self,
        env: &mut Env<'a>,
        bodies: &[[&'a [Stmt]; 2]],
        exhaustive: bool,
        conditional: bool,
    ) {
        let mut sure: Option<BTreeSet<String>> = None;
        for body in bodies {
            self.touched.push(BTreeSet::new());
            for part in body {
                self.body(env, part, true);
            }
            let names = self.touched.pop().unwrap_or_default();
            if let Some(outer) = self.touched.last_mut() {
                outer.extend(names.iter().cloned());
            }
            if matches!(body[0].last(), Some(Stmt::Raise(_))) {
                continue;
            }
            sure = Some(match sure {
                None => names,
                Some(known) => known.intersection(&names).cloned().collect(),
            });
        }
        if exhaustive && !conditional {
            for name in sure.unwrap_or_default() {
                if let Some(bound) = self.found.names.get_mut(&name) {
                    bound.conditional = false;
                }
            }
        }
    }

    /// Binds a name, and says whether it stands: the first definition of an undecided branch wins, later sure ones
    /// replace what was there.
    pub(super) fn bind(&mut self, name: &str, mut bound: Bound, conditional: bool) -> bool {
        if !is_identifier(name) {
            // What the parser made up after an error, or what no program can spell.
            return false;
        }
        if self.for_types {
            bound.for_types = true;
        }
        for names in &mut self.touched {
            names.insert(name.to_owned());
        }
        bound.conditional |= conditional;
        match self.found.names.get_mut(name) {
            None => {
                self.found.names.insert(name.to_owned(), bound);
                true
            }
            Some(known) if self.for_types && !known.for_types => false,
            Some(known) => {
                let placeholder = matches!(known.what, What::Placeholder);
                if !conditional || placeholder || (known.for_types && !bound.for_types) {
                    // The name exists either way.
                    bound.conditional &= !placeholder || known.conditional;
                    *known = bound;
                    true
                } else {
                    false
                }
            }
        }
    }

    pub(super) fn place(&self, range: TextRange) -> crate::interface::Place {
        self.source.place(range)
    }

    pub(super) fn attribute(
        &mut self,
        name: &str,
        range: TextRange,
        ty: Option<crate::interface::python::Type>,
        declared_only: bool,
        conditional: bool,
    ) {
        let attribute = Attribute {
            ty,
            on_instance: false,
            declared_only,
        };
        let bound = Bound::new(What::Attribute(attribute), self.place(range));
        self.bind(name, bound, conditional);
    }

    /// Names that a loop, a `with` or an unpacking binds.
    pub(super) fn targets(&mut self, target: &Expr, conditional: bool) {
        match target {
            Expr::Name(name) => self.attribute(&name.id, name.range(), None, false, conditional),
            Expr::Tuple(tuple) => {
                for target in tuple {
                    self.targets(target, conditional);
                }
            }
            Expr::List(list) => {
                for target in list {
                    self.targets(target, conditional);
                }
            }
            Expr::Starred(starred) => self.targets(&starred.value, conditional),
            _ => {}
        }
    }
}
