//! Which attributes of which receivers a file reads and calls, and with which call shapes. A receiver is an expression
//! made of names only (`self.driver`); what object it holds is not decided here.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Arguments, Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::literals::{Literals, Unpacked, literal_keys};
use super::source::Source;
use crate::interface::{CallShape, Place};

/// Receivers with more parts than this are nobody's habit.
const LONGEST: usize = 5;

/// One attribute taken from a receiver.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    /// The class (for receivers that start with `self` or `cls`) or function in which the expression means one thing.
    pub(crate) scope: String,
    /// The class around it, by its name within the module; empty outside of classes.
    pub(crate) class: String,
    /// The function around it (within its class, the method); empty outside of functions.
    pub(crate) function: String,
    /// The receiver's text: `self.driver`, `self`, `super()`.
    pub(crate) receiver: String,
    pub(crate) attribute: String,
    /// The shapes it may be called with; empty if it is not called here.
    pub(crate) shapes: Vec<CallShape>,
    /// The receiver with its attribute.
    pub(crate) place: Place,
    /// Where each argument is passed: by keyword, or by position (`#0`).
    pub(crate) arguments: Vec<(String, Place)>,
}

/// Every use in a file, in order.
pub(crate) fn uses(source: &Source<'_>) -> Vec<Use> {
    let mut walk = Walk {
        source,
        classes: Vec::new(),
        functions: Vec::new(),
        found: Vec::new(),
    };
    for statement in source.body() {
        walk.visit_stmt(statement);
    }
    walk.found
}

struct Walk<'a, 's> {
    source: &'a Source<'s>,
    classes: Vec<&'a str>,
    functions: Vec<(&'a str, Literals<'a>)>,
    found: Vec<Use>,
}

impl<'a> Visitor<'a> for Walk<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::ClassDef(class) => {
                let outer = std::mem::take(&mut self.functions);
                self.classes.push(&class.name);
                visitor::walk_stmt(self, statement);
                self.classes.pop();
                self.functions = outer;
            }
            Stmt::FunctionDef(function) => {
                self.functions
                    .push((&function.name, Literals::of(&function.body)));
                visitor::walk_stmt(self, statement);
                self.functions.pop();
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                if let Expr::Attribute(attribute) = &*call.func {
                    self.record(&attribute.value, &attribute.attr, &call.func, Some(call));
                    self.visit_expr(&attribute.value);
                    self.visit_arguments(&call.arguments);
                    return;
                }
            }
            Expr::Attribute(attribute) => {
                self.record(&attribute.value, &attribute.attr, expression, None)
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

impl<'a> Walk<'a, '_> {
    fn record(
        &mut self,
        receiver: &Expr,
        attribute: &str,
        whole: &Expr,
        call: Option<&'a ExprCall>,
    ) {
        let Some(receiver) = dotted(receiver) else {
            return;
        };
        let class = self.classes.join(".");
        let of_object = receiver == "self"
            || receiver == "cls"
            || receiver.starts_with("self.")
            || receiver.starts_with("cls.");
        let scope = if of_object {
            class.clone()
        } else {
            let functions: Vec<&str> = self.functions.iter().map(|(name, _)| *name).collect();
            format!("{class}:{}", functions.join("."))
        };
        let (shapes, arguments) = match call {
            Some(call) => (
                self.shapes(&call.arguments),
                self.arguments(&call.arguments),
            ),
            None => (Vec::new(), Vec::new()),
        };
        self.found.push(Use {
            scope,
            class,
            function: self
                .functions
                .first()
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
            receiver,
            attribute: attribute.to_owned(),
            shapes,
            place: self.source.place(whole.range()),
            arguments,
        });
    }

    /// The shapes of a call: more than one where an unpacked literal has keys that are only sometimes there.
    fn shapes(&self, arguments: &'a Arguments) -> Vec<CallShape> {
        let mut shape = CallShape::default();
        let mut sometimes: Vec<String> = Vec::new();
        for argument in &arguments.args {
            match argument {
                Expr::Starred(starred) => match self.items(&starred.value) {
                    Some(count) if !shape.star => shape.positional += count,
                    _ => shape.star = true,
                },
                _ if shape.star => {}
                _ => shape.positional += 1,
            }
        }
        for keyword in &arguments.keywords {
            match &keyword.arg {
                Some(name) => {
                    shape.keywords.insert(name.to_string());
                }
                None => match self.keys(&keyword.value) {
                    Some(unpacked) => {
                        shape.keywords.extend(unpacked.always);
                        sometimes.extend(unpacked.sometimes);
                    }
                    None => shape.double_star = true,
                },
            }
        }
        if sometimes.is_empty() {
            return vec![shape];
        }
        let mut fuller = shape.clone();
        fuller.keywords.extend(sometimes);
        vec![shape, fuller]
    }

    fn items(&self, value: &Expr) -> Option<usize> {
        match value {
            Expr::Tuple(tuple) => plain_items(&tuple.elts),
            Expr::List(list) => plain_items(&list.elts),
            Expr::Name(name) => self.functions.last()?.1.items(&name.id),
            _ => None,
        }
    }

    fn keys(&self, value: &Expr) -> Option<Unpacked> {
        match value {
            Expr::Name(name) => self.functions.last()?.1.keys(&name.id),
            _ => literal_keys(value).map(|always| Unpacked {
                always,
                sometimes: Vec::new(),
            }),
        }
    }

    fn arguments(&self, arguments: &Arguments) -> Vec<(String, Place)> {
        let by_position = arguments
            .args
            .iter()
            .take_while(|argument| !argument.is_starred_expr())
            .enumerate()
            .map(|(at, argument)| (format!("#{at}"), self.source.place(argument.range())));
        let by_name = arguments.keywords.iter().filter_map(|keyword| {
            let name = keyword.arg.as_ref()?;
            Some((name.to_string(), self.source.place(keyword.range())))
        });
        by_position.chain(by_name).collect()
    }
}

fn plain_items(elements: &[Expr]) -> Option<usize> {
    (!elements.iter().any(Expr::is_starred_expr)).then_some(elements.len())
}

/// The text of an expression made of names and dots only; `super()` counts as a name.
fn dotted(expression: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut at = expression;
    loop {
        match at {
            Expr::Attribute(attribute) => {
                parts.push(attribute.attr.as_str());
                at = &attribute.value;
            }
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                break;
            }
            Expr::Call(call)
                if call
                    .func
                    .as_name_expr()
                    .is_some_and(|name| name.id == "super") =>
            {
                parts.push("super()");
                break;
            }
            _ => return None,
        }
        if parts.len() > LONGEST {
            return None;
        }
    }
    parts.reverse();
    Some(parts.join("."))
}
