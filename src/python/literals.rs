//! What `*t` and `**d` unpack when `t` and `d` are local literals: a tuple or list that nobody changes, a dict that is
//! only extended by literal keys. Anything else about such a name makes it unknown.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Arguments, Expr, ExprCall, Stmt};

/// The keys of an unpacked dict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub(crate) always: Vec<String>,
    /// Keys that are only set under a condition.
    pub(crate) sometimes: Vec<String>,
}

#[derive(Debug, Clone)]
enum Literal {
    Dict(Unpacked),
    Items(usize),
    Unknown,
}

/// The local literals of a function.
#[derive(Debug, Default)]
pub(crate) struct Literals<'a> {
    by_name: BTreeMap<&'a str, Literal>,
}

impl<'a> Literals<'a> {
    pub(crate) fn of(body: &'a [Stmt]) -> Self {
        let mut walk = Walk {
            literals: Self::default(),
            depth: 0,
        };
        body.iter().for_each(|statement| walk.visit_stmt(statement));
        walk.literals
    }

    pub(crate) fn keys(&self, name: &str) -> Option<Unpacked> {
        match self.by_name.get(name)? {
            Literal::Dict(unpacked) => Some(unpacked.clone()),
            _ => None,
        }
    }

    pub(crate) fn items(&self, name: &str) -> Option<usize> {
        match self.by_name.get(name)? {
            Literal::Items(count) => Some(*count),
            _ => None,
        }
    }
}

/// The keys of `{'a': ..}` and `dict(a=..)`, if all are literal.
pub(crate) fn literal_keys(value: &Expr) -> Option<Vec<String>> {
    match value {
        Expr::Dict(dict) => dict
            .items
            .iter()
            .map(|item| {
                Some(
                    item.key
                        .as_ref()?
                        .as_string_literal_expr()?
                        .value
                        .to_str()
                        .to_owned(),
                )
            })
            .collect(),
        Expr::Call(call) if is_dict(call) => keyword_names(&call.arguments),
        _ => None,
    }
}

fn is_dict(call: &ExprCall) -> bool {
    call.func
        .as_name_expr()
        .is_some_and(|name| name.id == "dict")
}

fn keyword_names(arguments: &Arguments) -> Option<Vec<String>> {
    if !arguments.args.is_empty() {
        return None;
    }
    arguments
        .keywords
        .iter()
        .map(|keyword| keyword.arg.as_ref().map(ToString::to_string))
        .collect()
}

struct Walk<'a> {
    literals: Literals<'a>,
    /// How many conditions and loops are around.
    depth: usize,
}

impl<'a> Walk<'a> {
    fn assign(&mut self, name: &'a str, value: &Expr) {
        let literal = match value {
            Expr::Tuple(tuple) if !tuple.elts.iter().any(Expr::is_starred_expr) => {
                Literal::Items(tuple.elts.len())
            }
            Expr::List(list) if !list.elts.iter().any(Expr::is_starred_expr) => {
                Literal::Items(list.elts.len())
            }
            _ => literal_keys(value).map_or(Literal::Unknown, |always| {
                Literal::Dict(Unpacked {
                    always,
                    sometimes: Vec::new(),
                })
            }),
        };
        // A second assignment, or one under a condition, leaves two values that the name may have.
        let literal = if self.depth > 0 || self.literals.by_name.contains_key(name) {
            Literal::Unknown
        } else {
            literal
        };
        self.literals.by_name.insert(name, literal);
    }

    fn forget(&mut self, name: &'a str) {
        self.literals.by_name.insert(name, Literal::Unknown);
    }

    fn add_keys(&mut self, name: &'a str, keys: Option<Vec<String>>) {
        let sometimes = self.depth > 0;
        match (self.literals.by_name.get_mut(name), keys) {
            (Some(Literal::Dict(unpacked)), Some(keys)) => {
                let list = if sometimes {
                    &mut unpacked.sometimes
                } else {
                    &mut unpacked.always
                };
                list.extend(keys);
            }
            _ => self.forget(name),
        }
    }

    /// Uses of a name that do not change what it holds; gives the names they are about.
    fn is_harmless_call(&mut self, call: &'a ExprCall) -> bool {
        let Expr::Attribute(attribute) = &*call.func else {
            return false;
        };
        let Expr::Name(name) = &*attribute.value else {
            return false;
        };
        match attribute.attr.as_str() {
            "get" | "keys" | "values" | "items" | "copy" | "index" | "count" => {}
            "update" => {
                let keys = match &*call.arguments.args {
                    [] => keyword_names(&call.arguments),
                    [value] if call.arguments.keywords.is_empty() => literal_keys(value),
                    _ => None,
                };
                self.add_keys(&name.id, keys);
            }
            "setdefault" => {
                let key = call
                    .arguments
                    .args
                    .first()
                    .and_then(Expr::as_string_literal_expr);
                self.add_keys(&name.id, key.map(|key| vec![key.value.to_str().to_owned()]));
            }
            _ => return false,
        }
        call.arguments
            .args
            .iter()
            .for_each(|argument| self.visit_expr(argument));
        call.arguments
            .keywords
            .iter()
            .for_each(|keyword| self.visit_expr(&keyword.value));
        true
    }

    fn deeper(&mut self, statement: &'a Stmt) {
        self.depth += 1;
        visitor::walk_stmt(self, statement);
        self.depth -= 1;
    }
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    match target {
                        Expr::Name(name) if assign.targets.len() == 1 => {
                            self.assign(&name.id, &assign.value)
                        }
                        Expr::Subscript(subscript) => {
                            match (&*subscript.value, subscript.slice.as_string_literal_expr()) {
                                (Expr::Name(name), key) => {
                                    self.add_keys(
                                        &name.id,
                                        key.map(|key| vec![key.value.to_str().to_owned()]),
                                    );
                                }
                                _ => self.visit_expr(target),
                            }
                        }
                        _ => self.visit_expr(target),
                    }
                }
                self.visit_expr(&assign.value);
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                    self.assign(&name.id, value);
                    self.visit_expr(value);
                }
            }
            Stmt::If(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::Try(_)
            | Stmt::With(_)
            | Stmt::Match(_) => {
                self.deeper(statement);
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => self.deeper(statement),
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            // Any use that was not understood above may change it.
            Expr::Name(name) => self.forget_if_known(&name.id),
            Expr::Subscript(subscript)
                if subscript.ctx.is_load() && subscript.value.is_name_expr() =>
            {
                self.visit_expr(&subscript.slice);
            }
            Expr::Compare(compare) => {
                for side in std::iter::once(&*compare.left).chain(&compare.comparators) {
                    if !side.is_name_expr() {
                        self.visit_expr(side);
                    }
                }
            }
            Expr::Call(call) => {
                if self.is_harmless_call(call) {
                    return;
                }
                self.visit_expr(&call.func);
                for argument in &call.arguments.args {
                    match argument {
                        Expr::Starred(starred) if starred.value.is_name_expr() => {}
                        _ => self.visit_expr(argument),
                    }
                }
                for keyword in &call.arguments.keywords {
                    if keyword.arg.is_some() || !keyword.value.is_name_expr() {
                        self.visit_expr(&keyword.value);
                    }
                }
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}

impl Walk<'_> {
    fn forget_if_known(&mut self, name: &str) {
        if let Some(literal) = self.literals.by_name.get_mut(name) {
            *literal = Literal::Unknown;
        }
    }
}
