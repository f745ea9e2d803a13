//! What a function gives when it is used as a decorator: the same function, a wrapper that hands its arguments on, or a
//! function with parameters of its own. Only what the body plainly shows; everything else is not understood.

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef};

use super::What;
use super::function::{function, property_call};
use crate::interface::python::{Function, Property, Protocol};
use crate::python::env::{Env, last_name};
use crate::python::source::Source;

/// Decorators inside decorators are followed this far.
const DEEPEST: u8 = 4;

/// What becomes of a function that is decorated.
#[derive(Debug, Clone)]
pub(crate) enum Gives {
    /// It stays as it is.
    Same,
    /// It is wrapped by this, which takes `*args` and `**kwargs` and hands them on.
    Wrapper(Box<Function>),
    /// This is called in its place.
    Own(Box<Function>),
    /// It becomes a property.
    Property(Property),
}

/// What a decorator gives.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// What becomes of the function.
    pub(crate) gives: Gives,
    /// One call does it; otherwise a call gives the decorator, and that is called in turn.
    pub(crate) at_once: bool,
}

/// Reads a `def` that may be used as a decorator.
pub(crate) fn gives<'a>(
    source: &Source<'_>,
    env: &mut Env<'a>,
    def: &'a StmtFunctionDef,
) -> Option<Given> {
    of_function(source, env, def, DEEPEST)
}

fn of_function<'a>(
    source: &Source<'_>,
    env: &mut Env<'a>,
    def: &'a StmtFunctionDef,
    left: u8,
) -> Option<Given> {
    let left = left.checked_sub(1)?;
    let mut parts = Parts::default();
    parts.read(&def.body);
    let mut all: Option<Given> = None;
    for value in parts.returns {
        let Some(one) = of_value(source, env, def, &parts.nested, value?, left)? else {
            continue;
        };
        all = Some(match all {
            None => one,
            Some(known) => both(known, one)?,
        });
    }
    all
}

/// What one `return` says: none if it is not understood, nothing if it says nothing of its own.
fn of_value<'a>(
    source: &Source<'_>,
    env: &mut Env<'a>,
    def: &'a StmtFunctionDef,
    nested: &[&'a StmtFunctionDef],
    value: &'a Expr,
    left: u8,
) -> Option<Option<Given>> {
    let find = |name: &str| {
        let mut found = nested.iter().filter(|inner| inner.name.as_str() == name);
        found.next().copied()
    };
    match uncast(value) {
        Expr::Name(name) => match find(&name.id) {
            Some(inner) => of_nested(source, env, inner, left).map(Some),
            None => {
                let mut params = def.parameters.iter_non_variadic_params();
                let first = params.next()?;
                (first.parameter.name.as_str() == name.id.as_str())
                    .then(|| Some(at_once(Gives::Same)))
            }
        },
        Expr::Call(call) => match (last_name(&call.func)?, &*call.arguments.args) {
            ("update_wrapper", [inner, ..]) => {
                let inner = uncast(inner).as_name_expr()?;
                of_nested(source, env, find(&inner.id)?, left).map(Some)
            }
            ("property", _) => {
                let property = property_call(&call.arguments, None);
                Some(Some(at_once(Gives::Property(property))))
            }
            // `return partial(decorator, option=…)`: used with arguments, it is itself once more.
            ("partial", [Expr::Name(itself), ..]) if itself.id == def.name.id => Some(None),
            // `return decorate(f)`, with a decorator that stands in the body.
            (inner, [Expr::Name(_)]) => of_function(source, env, find(inner)?, left).map(Some),
            _ => match &*call.func {
                // `return wraps(f)(inner)`
                Expr::Call(wraps) if last_name(&wraps.func) == Some("wraps") => {
                    match &*call.arguments.args {
                        [Expr::Name(inner)] => {
                            of_nested(source, env, find(&inner.id)?, left).map(Some)
                        }
                        _ => None,
                    }
                }
                _ => None,
            },
        },
        _ => None,
    }
}

/// `cast(T, value)` is the value.
fn uncast(value: &Expr) -> &Expr {
    match value {
        Expr::Call(call) if last_name(&call.func) == Some("cast") => match &*call.arguments.args {
            [_, inner] => inner,
            _ => value,
        },
        _ => value,
    }
}

/// A function that is given back: a decorator in turn, or what takes the decorated one's place.
fn of_nested<'a>(
    source: &Source<'_>,
    env: &mut Env<'a>,
    def: &'a StmtFunctionDef,
    left: u8,
) -> Option<Given> {
    if let Some(inner) = of_function(source, env, def, left) {
        return Some(Given {
            at_once: false,
            ..inner
        });
    }
    let What::Function(read) = function(source, env, def, false).bound.what else {
        return None;
    };
    if !read.decorators.is_empty() {
        return None;
    }
    let parameters = &def.parameters;
    if parameters.vararg.is_some() && parameters.kwarg.is_some() {
        return Some(at_once(Gives::Wrapper(Box::new(Function::clone(&read)))));
    }
    Some(at_once(Gives::Own(Box::new(Function::clone(&read)))))
}

fn at_once(gives: Gives) -> Given {
    Given {
        gives,
        at_once: true,
    }
}

/// Two ways out of one decorator.
fn both(one: Given, other: Given) -> Option<Given> {
    let gives = match (one.gives, other.gives) {
        (Gives::Same, Gives::Same) => Gives::Same,
        (Gives::Same, Gives::Wrapper(wrapper)) | (Gives::Wrapper(wrapper), Gives::Same) => {
            Gives::Wrapper(wrapper)
        }
        // An `async` twin for coroutines: each function keeps its protocol.
        (Gives::Wrapper(mut one), Gives::Wrapper(other)) => {
            if one.protocol != other.protocol {
                one.protocol = Protocol::Plain;
            }
            Gives::Wrapper(one)
        }
        _ => return None,
    };
    Some(Given {
        gives,
        at_once: one.at_once && other.at_once,
    })
}

/// The functions in a body, and what it returns; bodies of functions inside left out.
#[derive(Default)]
struct Parts<'a> {
    nested: Vec<&'a StmtFunctionDef>,
    returns: Vec<Option<&'a Expr>>,
}

impl<'a> Parts<'a> {
    fn read(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::FunctionDef(def) => self.nested.push(def),
                Stmt::Return(value) => self.returns.push(value.value.as_deref()),
                Stmt::If(branch) => {
                    self.read(&branch.body);
                    for clause in &branch.elif_else_clauses {
                        self.read(&clause.body);
                    }
                }
                Stmt::Try(attempt) => {
                    self.read(&attempt.body);
                    for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                        self.read(&handler.body);
                    }
                    self.read(&attempt.orelse);
                    self.read(&attempt.finalbody);
                }
                Stmt::With(with) => self.read(&with.body),
                Stmt::For(each) => self.read(&each.body),
                Stmt::While(repeat) => self.read(&repeat.body),
                _ => {}
            }
        }
    }
}
