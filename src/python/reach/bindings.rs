//! What the local names of a function stand for, as far as one statement says it: an import, one assignment, a parameter.
//! A name that is bound in several ways stands for nothing known.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef};

/// How a local name gets its value.
#[derive(Debug, Clone)]
pub(super) enum Binding<'a> {
    /// The path that is imported.
    Import(String),
    /// The value of an expression.
    Value(&'a Expr),
    /// A parameter, with its annotation.
    Param(Option<&'a Expr>),
    Unknown,
}

/// The local names of a function.
#[derive(Debug, Default)]
pub(super) struct Bindings<'a> {
    by_name: BTreeMap<&'a str, Binding<'a>>,
    /// Names that belong to the module, or to the function around.
    elsewhere: Vec<&'a str>,
}

impl<'a> Bindings<'a> {
    /// Of a function; `imported` makes the absolute path of what a `from … import` takes from.
    pub(super) fn of(
        function: &'a StmtFunctionDef,
        imported: &dyn Fn(&'a ruff_python_ast::StmtImportFrom) -> String,
    ) -> Self {
        let mut finder = Finder {
            found: Self::default(),
            imported,
        };
        for param in function.parameters.iter_non_variadic_params() {
            let parameter = &param.parameter;
            finder.bind(
                parameter.name.as_str(),
                Binding::Param(parameter.annotation.as_deref()),
            );
        }
        for param in [&function.parameters.vararg, &function.parameters.kwarg]
            .into_iter()
            .flatten()
        {
            finder.bind(param.name.as_str(), Binding::Unknown);
        }
        finder.visit_body(&function.body);
        finder.found
    }

    /// What a name stands for here; none if it is no local name.
    pub(super) fn get(&self, name: &str) -> Option<&Binding<'a>> {
        if self.elsewhere.contains(&name) {
            return None;
        }
        self.by_name.get(name)
    }
}

struct Finder<'a, 'f> {
    found: Bindings<'a>,
    imported: &'f dyn Fn(&'a ruff_python_ast::StmtImportFrom) -> String,
}

impl<'a> Finder<'a, '_> {
    fn bind(&mut self, name: &'a str, binding: Binding<'a>) {
        use std::collections::btree_map::Entry;
        match self.found.by_name.entry(name) {
            Entry::Vacant(free) => {
                free.insert(binding);
            }
            Entry::Occupied(mut taken) => {
                let same = matches!(
                    (taken.get(), &binding),
                    (Binding::Import(one), Binding::Import(other)) if one == other
                );
                if !same {
                    taken.insert(Binding::Unknown);
                }
            }
        }
    }

    fn target(&mut self, target: &'a Expr, value: Option<&'a Expr>) {
        match target {
            Expr::Name(name) => {
                let binding = value.map_or(Binding::Unknown, Binding::Value);
                self.bind(name.id.as_str(), binding);
            }
            Expr::Tuple(tuple) => tuple.iter().for_each(|item| self.target(item, None)),
            Expr::List(list) => list.iter().for_each(|item| self.target(item, None)),
            Expr::Starred(starred) => self.target(&starred.value, None),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.bind(def.name.as_str(), Binding::Unknown);
                return;
            }
            Stmt::ClassDef(def) => {
                self.bind(def.name.as_str(), Binding::Unknown);
                return;
            }
            Stmt::Assign(assign) => {
                let value = (assign.targets.len() == 1).then_some(&*assign.value);
                for target in &assign.targets {
                    self.target(target, value);
                }
            }
            Stmt::AnnAssign(assign) => self.target(&assign.target, None),
            Stmt::AugAssign(assign) => self.target(&assign.target, None),
            Stmt::For(each) => self.target(&each.target, None),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.target(target, None);
                    }
                }
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.target(target, None);
                }
            }
            Stmt::Try(attempt) => {
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    if let Some(name) = &handler.name {
                        self.bind(name.as_str(), Binding::Unknown);
                    }
                }
            }
            Stmt::Global(global) => {
                let names = global.names.iter().map(|name| name.as_str());
                self.found.elsewhere.extend(names);
            }
            Stmt::Nonlocal(nonlocal) => {
                let names = nonlocal.names.iter().map(|name| name.as_str());
                self.found.elsewhere.extend(names);
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let full = alias.name.as_str();
                    let (name, path) = match &alias.asname {
                        Some(asname) => (asname.as_str(), full),
                        None => {
                            let top = full.split('.').next().unwrap_or(full);
                            (top, top)
                        }
                    };
                    self.bind(name, Binding::Import(path.to_owned()));
                }
            }
            Stmt::ImportFrom(import) => {
                let from = (self.imported)(import);
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    let path = format!("{from}.{}", alias.name);
                    self.bind(name, Binding::Import(path));
                }
            }
            Stmt::Match(_) => {}
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Named(named) => self.target(&named.target, None),
            // Its names are its own, and never what a function calls the same.
            Expr::Lambda(lambda) => {
                for param in lambda
                    .parameters
                    .iter()
                    .flat_map(|parameters| parameters.iter())
                {
                    self.bind(param.name().as_str(), Binding::Unknown);
                }
            }
            Expr::ListComp(comp) => self.comprehension(&comp.generators),
            Expr::SetComp(comp) => self.comprehension(&comp.generators),
            Expr::DictComp(comp) => self.comprehension(&comp.generators),
            Expr::Generator(comp) => self.comprehension(&comp.generators),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_pattern(&mut self, pattern: &'a ruff_python_ast::Pattern) {
        if let ruff_python_ast::Pattern::MatchAs(found) = pattern
            && let Some(name) = &found.name
        {
            self.bind(name.as_str(), Binding::Unknown);
        }
        visitor::walk_pattern(self, pattern);
    }
}

impl<'a> Finder<'a, '_> {
    fn comprehension(&mut self, generators: &'a [ruff_python_ast::Comprehension]) {
        for generator in generators {
            self.target(&generator.target, None);
        }
    }
}
