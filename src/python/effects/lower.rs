//! Trees to [`super::ir`]: statements, functions and classes of one file. It keeps what moves values and drops the rest.

use ruff_python_ast::{
    ExceptHandler, Expr, Parameters, Pattern, Stmt, StmtClassDef, StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange};

use super::ir::{
    Bound, Call, Ex, Function, Handler, Kind, ModuleIr, Names, Param, Span, St, Sym, Takes, Target,
};
use crate::python::body::{only_not_implemented, yields};
use crate::python::env::last_name;

/// Deeper nesting is not followed: what looks at the result walks it recursively.
const DEEPEST: usize = 120;

/// The functions of a file. `module` and `is_package` say what relative imports mean.
pub(super) fn lower(module: &str, is_package: bool, body: &[Stmt], names: &mut Names) -> ModuleIr {
    let mut lower = Lower {
        module,
        is_package,
        names,
        depth: 0,
        cut: false,
        inner: Vec::new(),
        outer_names: Vec::new(),
    };
    let mut found = ModuleIr::default();
    lower.scope("", body, &mut found);
    found
}

pub(super) struct Lower<'a> {
    module: &'a str,
    is_package: bool,
    names: &'a mut Names,
    pub(super) depth: usize,
    cut: bool,
    pub(super) inner: Vec<Function>,
    outer_names: Vec<Sym>,
}

pub(super) fn span(range: TextRange) -> Span {
    Span {
        start: range.start().to_u32(),
        end: range.end().to_u32(),
    }
}

impl Lower<'_> {
    pub(super) fn sym(&mut self, text: &str) -> Sym {
        self.names.intern(text)
    }

    /// Goes one level down, if that is still allowed.
    pub(super) fn deeper<T>(&mut self, go: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEEPEST {
            self.cut = true;
            return None;
        }
        self.depth += 1;
        let result = go(self);
        self.depth -= 1;
        Some(result)
    }

    fn scope(&mut self, owner: &str, body: &[Stmt], found: &mut ModuleIr) {
        for statement in body {
            match statement {
                Stmt::FunctionDef(def) => self.definition(owner, def, found),
                Stmt::ClassDef(class) => self.class(owner, class, found),
                Stmt::If(branch) => {
                    self.scope(owner, &branch.body, found);
                    for clause in &branch.elif_else_clauses {
                        self.scope(owner, &clause.body, found);
                    }
                }
                Stmt::Try(attempt) => {
                    for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                        self.scope(owner, &handler.body, found);
                    }
                    self.scope(owner, &attempt.body, found);
                    self.scope(owner, &attempt.orelse, found);
                }
                Stmt::With(with) => self.scope(owner, &with.body, found),
                Stmt::Assign(assign) => {
                    if let [Expr::Name(name)] = &*assign.targets {
                        self.literal(owner, &name.id, &assign.value, found);
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                        self.literal(owner, &name.id, value, found);
                    }
                }
                _ => {}
            }
        }
    }

    /// A name that holds a text, or a list of texts; given twice, it holds nothing that is known.
    fn literal(&mut self, owner: &str, name: &str, value: &Expr, found: &mut ModuleIr) {
        let path = joined(owner, name);
        let value = match value {
            _ if found.literals.contains_key(&path) => self.other(value.range()),
            Expr::StringLiteral(_) => self.expr(value),
            Expr::Tuple(tuple) if tuple.elts.iter().all(is_text) => self.expr(value),
            Expr::List(list) if list.elts.iter().all(is_text) => self.expr(value),
            _ => return,
        };
        found.literals.insert(path, value);
    }

    fn class(&mut self, owner: &str, class: &StmtClassDef, found: &mut ModuleIr) {
        let path = joined(owner, &class.name);
        self.deeper(|lower| lower.scope(&path, &class.body, found));
    }

    fn definition(&mut self, owner: &str, def: &StmtFunctionDef, found: &mut ModuleIr) {
        let mut role = None;
        for decorator in &def.decorator_list {
            match last_name(&decorator.expression) {
                Some(name @ ("setter" | "deleter" | "getter")) => role = Some(name),
                Some("overload") => return,
                _ => {}
            }
        }
        let function = self.function(owner, def);
        let mut path = joined(owner, &def.name);
        if let Some(role) = role {
            path = format!("{path}@{role}");
        }
        found.functions.insert(path, function);
    }

    fn function(&mut self, owner: &str, def: &StmtFunctionDef) -> Function {
        let mut bound = Bound::Plain;
        let (mut is_property, mut is_abstract) = (false, false);
        for decorator in &def.decorator_list {
            let name = last_name(match &decorator.expression {
                Expr::Call(call) => &call.func,
                other => other,
            });
            match name {
                Some("staticmethod") => bound = Bound::Static,
                Some("classmethod") => bound = Bound::Class,
                Some("property" | "cached_property") => is_property = true,
                Some("abstractmethod") => is_abstract = true,
                Some("abstractproperty") => (is_abstract, is_property) = (true, true),
                _ => {}
            }
        }
        if def.name.as_str() == "__new__" || def.name.as_str() == "__init_subclass__" {
            bound = Bound::Class;
        }
        let (outer, cut) = (
            std::mem::take(&mut self.inner),
            std::mem::take(&mut self.cut),
        );
        let outer_names = std::mem::take(&mut self.outer_names);
        let params = self.params(&def.parameters);
        let body = self.body(&def.body);
        Function {
            name: self.sym(&def.name),
            class: owner.to_owned(),
            params,
            body,
            inner: std::mem::replace(&mut self.inner, outer),
            bound,
            is_property,
            is_generator: yields(&def.body),
            is_lambda: false,
            is_abstract: is_abstract || only_not_implemented(&def.body),
            outer_names: std::mem::replace(&mut self.outer_names, outer_names),
            cut: std::mem::replace(&mut self.cut, cut),
        }
    }

    pub(super) fn params(&mut self, parameters: &Parameters) -> Vec<Param> {
        let mut params = Vec::new();
        let groups = [
            (&parameters.posonlyargs, Takes::Position),
            (&parameters.args, Takes::Either),
        ];
        for (group, takes) in groups {
            for param in group {
                let default = param.default.as_deref().map(|value| self.expr(value));
                let name = self.sym(&param.parameter.name);
                params.push(Param {
                    name,
                    takes,
                    default,
                });
            }
        }
        if let Some(rest) = &parameters.vararg {
            let name = self.sym(&rest.name);
            params.push(Param {
                name,
                takes: Takes::Rest,
                default: None,
            });
        }
        for param in &parameters.kwonlyargs {
            let default = param.default.as_deref().map(|value| self.expr(value));
            let name = self.sym(&param.parameter.name);
            params.push(Param {
                name,
                takes: Takes::Keyword,
                default,
            });
        }
        if let Some(rest) = &parameters.kwarg {
            let name = self.sym(&rest.name);
            params.push(Param {
                name,
                takes: Takes::Keywords,
                default: None,
            });
        }
        params
    }

    pub(super) fn body(&mut self, body: &[Stmt]) -> Vec<St> {
        self.deeper(|lower| {
            let mut out = Vec::with_capacity(body.len());
            for statement in body {
                lower.statement(statement, &mut out);
            }
            out
        })
        .unwrap_or_default()
    }

    fn statement(&mut self, statement: &Stmt, out: &mut Vec<St>) {
        match statement {
            Stmt::Expr(found) => {
                if !found.value.is_literal_expr() {
                    let value = self.expr(&found.value);
                    out.push(St::Expr(value));
                }
            }
            Stmt::Assign(assign) => {
                let value = self.expr(&assign.value);
                let targets = assign
                    .targets
                    .iter()
                    .map(|target| self.target(target))
                    .collect();
                out.push(St::Assign(targets, value));
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.expr(value);
                    let target = self.target(&assign.target);
                    out.push(St::Assign(vec![target], value));
                }
            }
            Stmt::AugAssign(assign) => {
                let value = self.expr(&assign.value);
                let target = self.target(&assign.target);
                out.push(St::Change(target, value));
            }
            Stmt::Delete(delete) => {
                let targets = delete
                    .targets
                    .iter()
                    .map(|target| self.target(target))
                    .collect();
                out.push(St::Delete(targets));
            }
            Stmt::Return(found) => {
                let value = found.value.as_deref().map(|value| self.expr(value));
                out.push(St::Return(value, span(found.range)));
            }
            Stmt::Raise(raise) => {
                let value = raise.exc.as_deref().map(|value| self.expr(value));
                out.push(St::Raise(value, span(raise.range)));
            }
            Stmt::If(branch) => {
                let test = self.expr(&branch.test);
                let mut arms = vec![(Some(test), self.body(&branch.body))];
                for clause in &branch.elif_else_clauses {
                    let test = clause.test.as_ref().map(|test| self.expr(test));
                    arms.push((test, self.body(&clause.body)));
                }
                out.push(St::If(arms));
            }
            Stmt::For(each) => {
                let iterated = self.expr(&each.iter);
                let target = self.target(&each.target);
                let body = self.body(&each.body);
                let orelse = self.body(&each.orelse);
                out.push(St::For(target, iterated, body, orelse));
            }
            Stmt::While(each) => {
                let test = self.expr(&each.test);
                let body = self.body(&each.body);
                let orelse = self.body(&each.orelse);
                out.push(St::While(test, body, orelse));
            }
            Stmt::With(with) => {
                let mut items = Vec::new();
                for item in &with.items {
                    let value = self.expr(&item.context_expr);
                    let target = item
                        .optional_vars
                        .as_deref()
                        .map(|target| self.target(target));
                    items.push((value, target));
                }
                let body = self.body(&with.body);
                out.push(St::With(items, body));
            }
            Stmt::Try(attempt) => {
                let body = self.body(&attempt.body);
                let mut handlers = Vec::new();
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    let caught = handler.type_.as_deref().map(|caught| self.expr(caught));
                    let name = handler.name.as_ref().map(|name| self.sym(name));
                    let body = self.body(&handler.body);
                    handlers.push(Handler { caught, name, body });
                }
                let orelse = self.body(&attempt.orelse);
                let finally = self.body(&attempt.finalbody);
                out.push(St::Try {
                    body,
                    handlers,
                    orelse,
                    finally,
                });
            }
            Stmt::Match(found) => self.matching(found, out),
            Stmt::FunctionDef(def) => {
                let name = self.sym(&def.name);
                if let Some(function) = self.deeper(|lower| lower.function("", def)) {
                    self.inner.push(function);
                    out.push(St::Def(name, self.inner.len() - 1));
                }
            }
            Stmt::ClassDef(class) => {
                // What its bases and decorators use is used; its body is somebody else's.
                let name = self.sym(&class.name);
                let uses: Vec<Ex> = class.bases().iter().map(|base| self.expr(base)).collect();
                let value = Ex {
                    kind: Kind::Uses(uses),
                    span: span(class.range),
                };
                out.push(St::Assign(vec![Target::Name(name)], value));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let full = alias.name.as_str();
                    let (called, path) = match &alias.asname {
                        Some(name) => (name.as_str(), full),
                        None => {
                            let top = full.split('.').next().unwrap_or(full);
                            (top, top)
                        }
                    };
                    let (called, path) = (self.sym(called), self.sym(path));
                    out.push(St::Import(called, path));
                }
            }
            Stmt::ImportFrom(import) => {
                let base = self.import_base(import.module.as_deref(), import.level);
                for alias in &import.names {
                    let called = alias.asname.as_ref().unwrap_or(&alias.name);
                    let path = self.sym(&joined(&base, &alias.name));
                    let called = self.sym(called);
                    out.push(St::Import(called, path));
                }
            }
            Stmt::Global(names) => {
                for name in &names.names {
                    let name = self.sym(name);
                    self.outer_names.push(name);
                }
            }
            Stmt::Nonlocal(names) => {
                for name in &names.names {
                    let name = self.sym(name);
                    self.outer_names.push(name);
                }
            }
            Stmt::Assert(assert) => {
                let test = self.expr(&assert.test);
                out.push(St::Assert(test));
            }
            Stmt::Break(_) => out.push(St::Break),
            Stmt::Continue(_) => out.push(St::Continue),
            Stmt::Pass(_) | Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn matching(&mut self, found: &ruff_python_ast::StmtMatch, out: &mut Vec<St>) {
        let mut arms = Vec::new();
        let mut catches_all = false;
        for case in &found.cases {
            let mut bound = Vec::new();
            names_of(&case.pattern, &mut bound);
            let subject = self.expr(&found.subject);
            let mut uses = vec![subject];
            uses.extend(case.guard.as_deref().map(|guard| self.expr(guard)));
            catches_all |= case.guard.is_none() && case.pattern.is_irrefutable();
            let test = Ex {
                kind: Kind::Uses(uses),
                span: span(case.range),
            };
            let mut body = Vec::new();
            for name in bound {
                let target = Target::Name(self.sym(name));
                let value = self.expr(&found.subject);
                let value = Ex {
                    kind: Kind::Uses(vec![value]),
                    span: span(case.range),
                };
                body.push(St::Assign(vec![target], value));
            }
            body.extend(self.body(&case.body));
            arms.push(((!catches_all).then_some(test), body));
        }
        out.push(St::If(arms));
    }

    fn import_base(&self, module: Option<&str>, level: u32) -> String {
        if level == 0 {
            return module.unwrap_or_default().to_owned();
        }
        let up = level - u32::from(self.is_package);
        let mut base = self.module;
        for _ in 0..up {
            base = base.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
        joined(base, module.unwrap_or_default())
    }

    pub(super) fn target(&mut self, target: &Expr) -> Target {
        self.deeper(|lower| match target {
            Expr::Name(name) => Target::Name(lower.sym(&name.id)),
            Expr::Attribute(attribute) => {
                let value = lower.expr(&attribute.value);
                Target::Attr(value, lower.sym(&attribute.attr), span(attribute.range))
            }
            Expr::Subscript(item) => {
                let value = lower.expr(&item.value);
                let key = lower.expr(&item.slice);
                Target::Item(value, key, span(item.range))
            }
            Expr::Tuple(tuple) => {
                Target::Many(tuple.elts.iter().map(|one| lower.target(one)).collect())
            }
            Expr::List(list) => {
                Target::Many(list.elts.iter().map(|one| lower.target(one)).collect())
            }
            Expr::Starred(starred) => Target::Rest(Box::new(lower.target(&starred.value))),
            _ => Target::Nothing,
        })
        .unwrap_or(Target::Nothing)
    }

    pub(super) fn call(&mut self, call: &ruff_python_ast::ExprCall) -> Call {
        Call {
            func: self.expr(&call.func),
            args: call
                .arguments
                .args
                .iter()
                .map(|value| self.expr(value))
                .collect(),
            keywords: call
                .arguments
                .keywords
                .iter()
                .map(|keyword| {
                    let name = keyword.arg.as_ref().map(|name| self.sym(name));
                    (name, self.expr(&keyword.value))
                })
                .collect(),
        }
    }
}

/// Names that a pattern binds.
fn names_of<'a>(pattern: &'a Pattern, names: &mut Vec<&'a str>) {
    match pattern {
        Pattern::MatchAs(found) => {
            names.extend(found.name.as_ref().map(|name| name.as_str()));
            if let Some(inner) = &found.pattern {
                names_of(inner, names);
            }
        }
        Pattern::MatchStar(found) => names.extend(found.name.as_ref().map(|name| name.as_str())),
        Pattern::MatchMapping(found) => {
            names.extend(found.rest.as_ref().map(|name| name.as_str()));
            found
                .patterns
                .iter()
                .for_each(|inner| names_of(inner, names));
        }
        Pattern::MatchSequence(found) => found
            .patterns
            .iter()
            .for_each(|inner| names_of(inner, names)),
        Pattern::MatchOr(found) => found
            .patterns
            .iter()
            .for_each(|inner| names_of(inner, names)),
        Pattern::MatchClass(found) => {
            found
                .arguments
                .patterns
                .iter()
                .for_each(|inner| names_of(inner, names));
            found
                .arguments
                .keywords
                .iter()
                .for_each(|inner| names_of(&inner.pattern, names));
        }
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
    }
}

fn is_text(value: &Expr) -> bool {
    match value {
        Expr::StringLiteral(_) => true,
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_text),
        _ => false,
    }
}

fn joined(owner: &str, name: &str) -> String {
    match (owner, name) {
        ("", name) => name.to_owned(),
        (owner, "") => owner.to_owned(),
        (owner, name) => format!("{owner}.{name}"),
    }
}
