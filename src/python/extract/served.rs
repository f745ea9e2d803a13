//! Names that a module's `__getattr__` serves, as far as its text names them: `name == "x"`, `name in ("x", "y")`, and
//! `name in TABLE` where the table is written out in the module.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{CmpOp, Expr, Stmt, StmtFunctionDef};

/// The names, sorted.
pub(crate) fn served(body: &[Stmt]) -> BTreeSet<String> {
    let getattr = body.iter().find_map(|stmt| match stmt {
        Stmt::FunctionDef(def) if def.name.as_str() == "__getattr__" => Some(def),
        _ => None,
    });
    let mut finder = Finder {
        module: body,
        asked: getattr.and_then(asked_name).unwrap_or_default(),
        names: BTreeSet::new(),
    };
    if let Some(def) = getattr {
        def.body.iter().for_each(|stmt| finder.visit_stmt(stmt));
    }
    finder.names
}

fn asked_name(def: &StmtFunctionDef) -> Option<&str> {
    let first = def.parameters.iter_non_variadic_params().next()?;
    Some(first.parameter.name.as_str())
}

struct Finder<'a> {
    module: &'a [Stmt],
    asked: &'a str,
    names: BTreeSet<String>,
}

impl Finder<'_> {
    fn is_asked(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id.as_str() == self.asked)
    }

    fn add(&mut self, values: &Expr) {
        let items: Vec<&Expr> = match values {
            Expr::StringLiteral(_) => vec![values],
            Expr::Tuple(tuple) => tuple.iter().collect(),
            Expr::List(list) => list.iter().collect(),
            Expr::Set(set) => set.iter().collect(),
            Expr::Dict(dict) => dict.iter_keys().flatten().collect(),
            Expr::Name(table) => {
                let written = self.module.iter().find_map(|stmt| match stmt {
                    Stmt::Assign(assign) => assign
                        .targets
                        .iter()
                        .any(|target| is_name(target, &table.id))
                        .then_some(&*assign.value),
                    Stmt::AnnAssign(assign) if is_name(&assign.target, &table.id) => {
                        assign.value.as_deref()
                    }
                    _ => None,
                });
                match written {
                    Some(Expr::Name(_)) | None => return,
                    Some(values) => return self.add(values),
                }
            }
            _ => return,
        };
        for item in items {
            if let Expr::StringLiteral(name) = item {
                self.names.insert(name.value.to_str().to_owned());
            }
        }
    }
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(found) if found.id.as_str() == name)
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Compare(compare) = expr
            && let ([op], [right]) = (&*compare.ops, &*compare.comparators)
        {
            match op {
                CmpOp::Eq if self.is_asked(&compare.left) => self.add(right),
                CmpOp::Eq if self.is_asked(right) => self.add(&compare.left),
                CmpOp::In if self.is_asked(&compare.left) => self.add(right),
                _ => {}
            }
        }
        walk_expr(self, expr);
    }
}
