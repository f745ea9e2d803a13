//! What a `try` around some code does with exceptions: swallow them, let them go on, or make others of them. Names of
//! exceptions are left as they are written; whose call stands inside is not decided here.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry, WithItem};

use super::env::{dotted, last_name};

/// What happens to an exception that a handler takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The program goes on.
    Swallowed,
    /// It goes on on some paths.
    Perhaps,
    /// The same exception is raised again.
    Raised,
    /// Another one is raised in its place.
    Replaced,
}

/// One handler: what it takes, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Catch {
    /// The exceptions as written; none for one that takes everything.
    pub(crate) taken: Option<Vec<String>>,
    pub(crate) outcome: Outcome,
}

/// The handlers of a `try`, in order.
pub(crate) fn of_try(attempt: &StmtTry) -> Vec<Catch> {
    let handlers = attempt.handlers.iter();
    handlers
        .map(|ExceptHandler::ExceptHandler(handler)| Catch {
            taken: handler.type_.as_deref().map(names),
            outcome: outcome(
                &handler.body,
                handler.name.as_ref().map(|name| name.as_str()),
            ),
        })
        .collect()
}

/// `with contextlib.suppress(A, B):`
pub(crate) fn of_with(items: &[WithItem]) -> Vec<Catch> {
    let suppressed = items.iter().filter_map(|item| {
        let call = item.context_expr.as_call_expr()?;
        (last_name(&call.func) == Some("suppress")).then(|| Catch {
            taken: Some(call.arguments.args.iter().flat_map(names).collect()),
            outcome: Outcome::Swallowed,
        })
    });
    suppressed.collect()
}

/// The names in `except A` and `except (A, B)`; what is no name is left out as `?`.
fn names(expression: &Expr) -> Vec<String> {
    match expression {
        Expr::Tuple(tuple) => tuple.elts.iter().flat_map(names).collect(),
        other => vec![dotted(other).unwrap_or_else(|| "?".to_owned())],
    }
}

fn outcome(body: &[Stmt], name: Option<&str>) -> Outcome {
    let mut finder = Finder::default();
    body.iter().for_each(|stmt| finder.visit_stmt(stmt));
    if finder.saves {
        let surely = body.iter().any(saves) && !finder.told && !finder.leaves;
        return if surely {
            Outcome::Raised
        } else {
            Outcome::Perhaps
        };
    }
    match body.last().and_then(|last| end(last, name)) {
        Some(_) if finder.leaves => Outcome::Perhaps,
        Some(how) => how,
        None if finder.raises => Outcome::Perhaps,
        None => Outcome::Swallowed,
    }
}

/// `with excutils.save_and_reraise_exception():`, which raises again at its end.
fn saves(stmt: &Stmt) -> bool {
    stmt.as_with_stmt().is_some_and(|with| {
        with.items.iter().any(|item| {
            item.context_expr
                .as_call_expr()
                .is_some_and(|call| last_name(&call.func) == Some("save_and_reraise_exception"))
        })
    })
}

/// How a statement raises on every path, if it does.
fn end(stmt: &Stmt, name: Option<&str>) -> Option<Outcome> {
    match stmt {
        Stmt::Raise(raise) => Some(match raise.exc.as_deref() {
            None => Outcome::Raised,
            Some(Expr::Name(raised)) if Some(raised.id.as_str()) == name => Outcome::Raised,
            Some(_) => Outcome::Replaced,
        }),
        Stmt::If(branch) => {
            let clauses = &branch.elif_else_clauses;
            clauses.iter().find(|clause| clause.test.is_none())?;
            let bodies =
                std::iter::once(&branch.body).chain(clauses.iter().map(|clause| &clause.body));
            let ends: Option<Vec<Outcome>> = bodies
                .map(|body| body.last().and_then(|last| end(last, name)))
                .collect();
            let ends = ends?;
            let first = *ends.first()?;
            Some(if ends.iter().all(|end| *end == first) {
                first
            } else {
                Outcome::Raised
            })
        }
        Stmt::With(with) => with.body.last().and_then(|last| end(last, name)),
        Stmt::Expr(expr) => {
            let call = expr.value.as_call_expr()?;
            (last_name(&call.func) == Some("reraise")).then_some(Outcome::Raised)
        }
        _ => None,
    }
}

/// What stands anywhere in a handler's body.
#[derive(Default)]
struct Finder {
    raises: bool,
    /// It may be left before its end, and not by an exception.
    leaves: bool,
    saves: bool,
    /// Something is said about raising again (`ctxt.reraise = False`).
    told: bool,
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Raise(_) => self.raises = true,
            Stmt::Return(_) | Stmt::Continue(_) | Stmt::Break(_) => self.leaves = true,
            Stmt::With(_) => self.saves |= saves(stmt),
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.told |= match expr {
            Expr::Attribute(attribute) => attribute.attr.as_str() == "reraise",
            Expr::Call(call) => call
                .arguments
                .keywords
                .iter()
                .any(|keyword| keyword.arg.as_ref().is_some_and(|name| name == "reraise")),
            _ => false,
        };
        visitor::walk_expr(self, expr);
    }
}
