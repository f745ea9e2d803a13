//! Which attributes of which receivers a file reads and calls, with which call shapes, and what the code around does
//! with exceptions. A receiver is an expression made of names only (`self.driver`); what object it holds is not decided
//! here.

use std::collections::BTreeSet;
use std::sync::Arc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{CmpOp, Expr, ExprCall, ExprContext, Stmt, StmtFunctionDef, StmtIf};

use super::catches::{self, Catch, Outcome};
use super::env::Env;
use super::frames::Names;
use super::literals::Literals;
use super::source::Source;
use crate::interface::{CallShape, Place};

mod record;

/// One attribute taken from a receiver.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    /// The class (for receivers that start with `self` or `cls`) or function in which the expression means one thing.
    pub(crate) scope: String,
    /// The class around it, by its name within the module; empty outside of classes.
    pub(crate) class: String,
    /// The function around it (within its class, the method); empty outside of functions.
    pub(crate) function: String,
    /// That function, and those nested in it around the use, joined by dots.
    pub(crate) within: String,
    /// The receiver's text: `self.driver`, `self`, `super()`; empty for a function of the file called by its name.
    pub(crate) receiver: String,
    /// The receiver is a parameter: with the class that it is annotated with.
    pub(crate) parameter: Option<Option<String>>,
    pub(crate) attribute: String,
    /// It is called here.
    pub(crate) called: bool,
    /// The shapes it may be called with; empty if it is not called here.
    pub(crate) shapes: Vec<CallShape>,
    /// The receiver with its attribute.
    pub(crate) place: Place,
    /// Where each argument is passed: by keyword, or by position (`#0`).
    pub(crate) arguments: Vec<(String, Place)>,
    /// What is read of the attribute, if it is read: nothing behind it, or an access path.
    pub(crate) read: Option<Read>,
    /// What is around it in its function, innermost first.
    pub(crate) caught: Vec<Arc<Vec<Catch>>>,
    /// Whoever calls its function gets here: no condition, loop or early exit stands in between.
    pub(crate) sure: bool,
}

/// What is read of an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Read {
    /// Up to three of `['key']` and `.name`; empty for the attribute itself.
    pub(crate) path: String,
    /// It may be missing.
    pub(crate) optional: bool,
}

/// Every use in the file of a module, in order.
pub(crate) fn uses(source: &Source<'_>, module: &str, target: (u8, u8)) -> Vec<Use> {
    let functions = source.body().iter().filter_map(Stmt::as_function_def_stmt);
    let mut walk = Walk {
        source,
        env: Env::new(
            module,
            source.path.ends_with("__init__.py"),
            target,
            source.body(),
        ),
        named: functions.map(|function| function.name.as_str()).collect(),
        classes: Vec::new(),
        frames: Vec::new(),
        caught: Vec::new(),
        guards: Vec::new(),
        steps: None,
        found: Vec::new(),
    };
    for statement in source.body() {
        walk.visit_stmt(statement);
    }
    walk.found
}

struct Walk<'a, 's> {
    source: &'a Source<'s>,
    env: Env<'a>,
    /// Functions of the file that are called by their bare names.
    named: BTreeSet<&'a str>,
    classes: Vec<&'a str>,
    frames: Vec<Frame<'a>>,
    /// Outermost first.
    caught: Vec<Arc<Vec<Catch>>>,
    /// `hasattr(receiver, 'attribute')` holds here.
    guards: Vec<(String, String)>,
    /// What the expressions around take from the one that is visited next.
    steps: Option<Steps>,
    found: Vec<Use>,
}

struct Frame<'a> {
    name: &'a str,
    literals: Literals<'a>,
    names: Names<'a>,
    /// How many conditions and loops are around.
    depth: usize,
    /// Something above may have left the function.
    left: bool,
}

#[derive(Default)]
struct Steps {
    /// Outermost first.
    taken: Vec<String>,
    optional: bool,
    /// It is written, not read.
    written: bool,
}

impl<'a> Visitor<'a> for Walk<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::ClassDef(class) => {
                let frames = std::mem::take(&mut self.frames);
                let caught = std::mem::take(&mut self.caught);
                self.classes.push(&class.name);
                visitor::walk_stmt(self, statement);
                self.classes.pop();
                (self.frames, self.caught) = (frames, caught);
            }
            Stmt::FunctionDef(function) => self.function(function, statement),
            Stmt::Try(attempt) => {
                self.catching(catches::of_try(attempt), |walk| {
                    walk.visit_body(&attempt.body);
                });
                self.deeper(|walk| {
                    for handler in &attempt.handlers {
                        walk.visit_except_handler(handler);
                    }
                });
                self.visit_body(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_with_item(item);
                }
                self.catching(catches::of_with(&with.items), |walk| {
                    walk.visit_body(&with.body);
                });
            }
            Stmt::If(branch) => self.branch(branch),
            Stmt::For(each) => {
                self.visit_expr(&each.iter);
                self.visit_expr(&each.target);
                self.deeper(|walk| {
                    walk.visit_body(&each.body);
                    walk.visit_body(&each.orelse);
                });
            }
            Stmt::While(_) | Stmt::Match(_) => {
                self.deeper(|walk| visitor::walk_stmt(walk, statement));
            }
            Stmt::Return(_) | Stmt::Raise(_) | Stmt::Continue(_) | Stmt::Break(_) => {
                visitor::walk_stmt(self, statement);
                if let Some(frame) = self.frames.last_mut() {
                    frame.left = true;
                }
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let steps = self.steps.take();
        match expression {
            Expr::Call(call) => self.call(call),
            Expr::Attribute(attribute) => {
                let mut steps = steps.unwrap_or_default();
                steps.written |= attribute.ctx != ExprContext::Load;
                self.record(
                    &attribute.value,
                    &attribute.attr,
                    expression,
                    None,
                    Some(&steps),
                );
                steps.taken.push(format!(".{}", attribute.attr));
                self.steps = Some(steps);
                self.visit_expr(&attribute.value);
            }
            Expr::Subscript(subscript) => {
                self.visit_expr(&subscript.slice);
                self.steps = key(&subscript.slice).map(|key| {
                    let mut steps = steps.unwrap_or_default();
                    steps.written |= subscript.ctx != ExprContext::Load;
                    steps.taken.push(key);
                    steps
                });
                self.visit_expr(&subscript.value);
            }
            Expr::Compare(compare) => {
                self.visit_expr(&compare.left);
                for (op, side) in compare.ops.iter().zip(&compare.comparators) {
                    if matches!(op, CmpOp::In | CmpOp::NotIn)
                        && let Some(key) = key(&compare.left)
                    {
                        self.steps = Some(Steps {
                            taken: vec![key],
                            optional: true,
                            written: false,
                        });
                    }
                    self.visit_expr(side);
                }
            }
            Expr::Name(name) if name.ctx == ExprContext::Load => {
                self.name(&name.id, expression, false)
            }
            Expr::BoolOp(operation) => {
                let mut guards = Vec::new();
                for (at, value) in operation.values.iter().enumerate() {
                    self.guarded(guards.clone(), |walk| {
                        if at == 0 {
                            walk.visit_expr(value);
                        } else {
                            walk.deeper(|walk| walk.visit_expr(value));
                        }
                    });
                    if operation.op == ruff_python_ast::BoolOp::And {
                        guards.extend(self.tested(value));
                    }
                }
            }
            Expr::If(either) => {
                self.visit_expr(&either.test);
                let guards = self.tested(&either.test);
                self.guarded(guards, |walk| {
                    walk.deeper(|walk| walk.visit_expr(&either.body));
                });
                self.deeper(|walk| walk.visit_expr(&either.orelse));
            }
            Expr::Lambda(_) => {
                // Somebody else calls it, and nobody knows what is around then.
                let unknown = Catch {
                    taken: Some(vec!["?".to_owned()]),
                    outcome: Outcome::Perhaps,
                };
                let caught = std::mem::replace(&mut self.caught, vec![Arc::new(vec![unknown])]);
                self.deeper(|walk| visitor::walk_expr(walk, expression));
                self.caught = caught;
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.deeper(|walk| visitor::walk_expr(walk, expression));
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}

impl<'a> Walk<'a, '_> {
    fn function(&mut self, function: &'a StmtFunctionDef, statement: &'a Stmt) {
        if !self.frames.is_empty() {
            self.named.insert(&function.name);
        }
        let caught = std::mem::take(&mut self.caught);
        let guards = std::mem::take(&mut self.guards);
        self.frames.push(Frame {
            name: &function.name,
            literals: Literals::of(&function.body),
            names: Names::of(function),
            depth: 0,
            left: false,
        });
        visitor::walk_stmt(self, statement);
        self.frames.pop();
        (self.caught, self.guards) = (caught, guards);
    }

    fn branch(&mut self, branch: &'a StmtIf) {
        self.visit_expr(&branch.test);
        let guards = self.tested(&branch.test);
        self.guarded(guards, |walk| {
            walk.deeper(|walk| walk.visit_body(&branch.body));
        });
        self.deeper(|walk| {
            for clause in &branch.elif_else_clauses {
                let mut guards = Vec::new();
                if let Some(test) = &clause.test {
                    walk.visit_expr(test);
                    guards = walk.tested(test);
                }
                walk.guarded(guards, |walk| walk.visit_body(&clause.body));
            }
        });
        // `if not hasattr(..): return` guards all that follows.
        if let Expr::UnaryOp(not) = &*branch.test
            && not.op == ruff_python_ast::UnaryOp::Not
            && matches!(
                branch.body.last(),
                Some(Stmt::Return(_) | Stmt::Raise(_) | Stmt::Continue(_))
            )
        {
            let guards = self.tested(&not.operand);
            self.guards.extend(guards);
        }
    }

    fn deeper(&mut self, look: impl FnOnce(&mut Self)) {
        let level = self.frames.len();
        let step = |walk: &mut Self, by: isize| {
            if let Some(frame) = level.checked_sub(1).and_then(|at| walk.frames.get_mut(at)) {
                frame.depth = frame.depth.saturating_add_signed(by);
            }
        };
        step(self, 1);
        look(self);
        step(self, -1);
    }

    fn catching(&mut self, mut catches: Vec<Catch>, look: impl FnOnce(&mut Self)) {
        if catches.is_empty() {
            return look(self);
        }
        for name in catches
            .iter_mut()
            .flat_map(|catch| catch.taken.iter_mut().flatten())
        {
            *name = self.exception(name);
        }
        self.caught.push(Arc::new(catches));
        look(self);
        self.caught.pop();
    }

    /// The full path of an exception, a built-in one by its name; `?` for what the file does not explain.
    fn exception(&self, name: &str) -> String {
        let path = self.env.resolve(name);
        let head = name.split('.').next().unwrap_or(name);
        match path.strip_prefix("builtins.") {
            Some(name) => name.to_owned(),
            None if self.env.knows(head) => path,
            None => "?".to_owned(),
        }
    }

    fn guarded(&mut self, guards: Vec<(String, String)>, look: impl FnOnce(&mut Self)) {
        let before = self.guards.len();
        self.guards.extend(guards);
        look(self);
        self.guards.truncate(before);
    }

    /// The `hasattr` tests that hold where this test does.
    fn tested(&self, test: &Expr) -> Vec<(String, String)> {
        match test {
            Expr::BoolOp(operation) if operation.op == ruff_python_ast::BoolOp::And => operation
                .values
                .iter()
                .flat_map(|value| self.tested(value))
                .collect(),
            Expr::Call(call) if is_named(&call.func, "hasattr") => match &*call.arguments.args {
                [object, Expr::StringLiteral(name)] => self
                    .receiver(object)
                    .map(|(receiver, _)| (receiver, name.value.to_str().to_owned()))
                    .into_iter()
                    .collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn call(&mut self, call: &'a ExprCall) {
        match &*call.func {
            Expr::Attribute(attribute) => {
                self.record(
                    &attribute.value,
                    &attribute.attr,
                    &call.func,
                    Some(call),
                    None,
                );
                if attribute.attr.as_str() == "get"
                    && let Some(key) = call.arguments.args.first().and_then(key)
                {
                    self.steps = Some(Steps {
                        taken: vec![key],
                        optional: true,
                        written: false,
                    });
                }
                self.visit_expr(&attribute.value);
            }
            Expr::Name(name) => {
                self.name(&name.id, &call.func, true);
                if name.id == "getattr"
                    && let [object, Expr::StringLiteral(attribute), rest @ ..] =
                        &*call.arguments.args
                {
                    let steps = Steps {
                        optional: !rest.is_empty(),
                        ..Steps::default()
                    };
                    let attribute = attribute.value.to_str();
                    let whole = call.func.as_ref();
                    self.record(object, attribute, whole, None, Some(&steps));
                }
            }
            other => self.visit_expr(other),
        }
        self.visit_arguments(&call.arguments);
    }
}

/// `['key']`, for a literal key.
fn key(expression: &Expr) -> Option<String> {
    let literal = expression.as_string_literal_expr()?;
    let text = literal.value.to_str();
    let plain = text
        .chars()
        .all(|c| !c.is_control() && c != '\'' && c != '\\');
    plain.then(|| format!("['{text}']"))
}

fn is_named(expression: &Expr, name: &str) -> bool {
    expression
        .as_name_expr()
        .is_some_and(|known| known.id == name)
}
