//! What a consumer is ready for: names whose absence it catches or tests for. It follows nothing.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry};

use crate::python::env::last_name;

/// What is caught around a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Guard {
    /// An import that fails.
    pub(super) imports: bool,
    /// A name that is not there.
    pub(super) names: bool,
    /// A call that is rejected.
    pub(super) calls: bool,
}

impl Guard {
    pub(super) const ALL: Self = Self {
        imports: true,
        names: true,
        calls: true,
    };

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            imports: self.imports || other.imports,
            names: self.names || other.names,
            calls: self.calls || other.calls,
        }
    }

    /// What the handlers of a `try` catch.
    pub(super) fn of(attempt: &StmtTry) -> Self {
        let mut guard = Self::default();
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            let names: Vec<&str> = match handler.type_.as_deref() {
                None => vec!["BaseException"],
                Some(Expr::Tuple(tuple)) => tuple.iter().filter_map(last_name).collect(),
                Some(one) => last_name(one).into_iter().collect(),
            };
            for name in names {
                match name {
                    "ImportError" | "ModuleNotFoundError" => guard.imports = true,
                    "AttributeError" => guard.names = true,
                    "TypeError" => guard.calls = true,
                    // Whatever goes wrong is often only logged; that somebody means a missing module is plain.
                    "Exception" | "BaseException" => guard.imports = true,
                    _ => {}
                }
            }
        }
        guard
    }
}

/// Whether a test asks for a version, a platform or a type checker.
pub(super) fn is_version_test(test: &Expr) -> bool {
    struct Finder(bool);
    impl<'a> Visitor<'a> for Finder {
        fn visit_expr(&mut self, expr: &'a Expr) {
            let name = last_name(expr).unwrap_or_default().to_ascii_lowercase();
            self.0 |= name.contains("version") || name == "type_checking";
            visitor::walk_expr(self, expr);
        }
    }
    let mut finder = Finder(false);
    finder.visit_expr(test);
    finder.0
}

/// Names that a function asks for by `hasattr` or by `getattr` with a default.
pub(super) fn asked_for(body: &[Stmt]) -> BTreeSet<String> {
    struct Finder(BTreeSet<String>);
    impl<'a> Visitor<'a> for Finder {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Call(call) = expr
                && let Some(asks @ ("hasattr" | "getattr")) =
                    call.func.as_name_expr().map(|name| name.id.as_str())
                && let [_, Expr::StringLiteral(name), rest @ ..] = &*call.arguments.args
                && (asks == "hasattr" || !rest.is_empty())
            {
                self.0.insert(name.value.to_str().to_owned());
            }
            visitor::walk_expr(self, expr);
        }
    }
    let mut finder = Finder(BTreeSet::new());
    body.iter().for_each(|stmt| finder.visit_stmt(stmt));
    finder.0
}
