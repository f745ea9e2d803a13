//! What a name means inside a function, as far as its text shows: a parameter, another name for an expression made of
//! dots, or something else. Values are not followed.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, Stmt, StmtFunctionDef};

use super::env::dotted;
use super::expr_text::expr_text;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A parameter that nothing rebinds, with its annotation as text.
    Parameter(Option<String>),
    /// Another name for this expression, given once.
    Alias(String),
    /// Something else that the function binds.
    Local,
}

/// The names that one function binds.
#[derive(Debug, Default)]
pub(crate) struct Names<'a> {
    params: BTreeMap<&'a str, Option<&'a Expr>>,
    bound: BTreeMap<&'a str, (usize, Option<&'a Expr>)>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(function: &'a StmtFunctionDef) -> Self {
        let mut names = Self::default();
        for parameter in &*function.parameters {
            let annotation = parameter.annotation();
            let is_one = !parameter.is_variadic();
            if is_one {
                names.params.insert(parameter.name().as_str(), annotation);
            }
        }
        function.body.iter().for_each(|stmt| names.visit_stmt(stmt));
        names
    }

    /// What the function says about a name; nothing if it does not bind it.
    pub(crate) fn meaning(&self, name: &str) -> Option<Meaning> {
        match (self.bound.get(name), self.params.get(name)) {
            (None, Some(annotation)) => Some(Meaning::Parameter(annotation.map(expr_text))),
            (Some((1, Some(value))), None) => {
                Some(dotted(value).map_or(Meaning::Local, Meaning::Alias))
            }
            (None, None) => None,
            _ => Some(Meaning::Local),
        }
    }

    fn bind(&mut self, name: &'a str, value: Option<&'a Expr>) {
        let entry = self.bound.entry(name).or_insert((0, value));
        entry.0 += 1;
    }
}

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(inner) => self.bind(&inner.name, None),
            Stmt::ClassDef(inner) => self.bind(&inner.name, None),
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = &*assign.targets {
                    self.bind(&name.id, Some(&assign.value));
                    self.visit_expr(&assign.value);
                    return;
                }
                visitor::walk_stmt(self, stmt);
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    self.bind(name, None);
                }
            }
            Stmt::Nonlocal(nonlocal) => {
                for name in &nonlocal.names {
                    self.bind(name, None);
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name), None);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name), None);
                }
            }
            Stmt::Try(attempt) => {
                for ruff_python_ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    if let Some(name) = &handler.name {
                        self.bind(name, None);
                    }
                }
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx != ExprContext::Load => self.bind(&name.id, None),
            // These have scopes of their own.
            Expr::Lambda(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_) => {}
            _ => visitor::walk_expr(self, expr),
        }
    }
}
