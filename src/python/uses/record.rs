//! How a use is written down: the receiver as text, with other names for it written out, what is around, what is read.

use std::sync::Arc;

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::super::call_shapes;
use super::super::catches::{Catch, Outcome};
use super::super::frames::Meaning;
use super::{Read, Steps, Use, Walk};

/// Receivers with more parts than this are nobody's habit.
const LONGEST: usize = 5;
/// How far an access path is followed behind an attribute.
const STEPS: usize = 3;

impl<'a> Walk<'a, '_> {
    /// A function of the file, by its name.
    pub(super) fn name(&mut self, name: &str, whole: &Expr, called: bool) {
        if self.named.contains(name) {
            let used = self.used(String::new(), None, name, whole);
            self.found.push(Use { called, ..used });
        }
    }

    pub(super) fn record(
        &mut self,
        receiver: &Expr,
        attribute: &str,
        whole: &Expr,
        call: Option<&'a ExprCall>,
        steps: Option<&Steps>,
    ) {
        let Some((receiver, parameter)) = self.receiver(receiver) else {
            return;
        };
        let mut used = self.used(receiver, parameter, attribute, whole);
        if let Some(call) = call {
            used.called = true;
            let literals = self.frames.last().map(|frame| &frame.literals);
            used.shapes = call_shapes::shapes(&call.arguments, literals);
            used.arguments = call_shapes::arguments(self.source, &call.arguments);
        }
        used.read = steps.filter(|steps| !steps.written).map(|steps| Read {
            path: steps
                .taken
                .iter()
                .rev()
                .take(STEPS)
                .map(String::as_str)
                .collect(),
            optional: steps.optional,
        });
        self.found.push(used);
    }

    fn used(
        &self,
        receiver: String,
        parameter: Option<Option<String>>,
        attribute: &str,
        whole: &Expr,
    ) -> Use {
        let class = self.classes.join(".");
        let of_object = receiver == "self"
            || receiver == "cls"
            || receiver.starts_with("self.")
            || receiver.starts_with("cls.");
        let functions: Vec<&str> = self.frames.iter().map(|frame| frame.name).collect();
        let within = functions.join(".");
        let scope = if of_object {
            class.clone()
        } else {
            format!("{class}:{within}")
        };
        let mut caught: Vec<Arc<Vec<Catch>>> = self.caught.iter().rev().map(Arc::clone).collect();
        let is_guarded =
            |(object, name): &(String, String)| *object == receiver && name == attribute;
        if self.guards.iter().any(is_guarded) {
            let absent = Catch {
                taken: Some(vec!["AttributeError".to_owned()]),
                outcome: Outcome::Swallowed,
            };
            caught.insert(0, Arc::new(vec![absent]));
        }
        Use {
            scope,
            class,
            function: functions.first().map_or("", |name| name).to_owned(),
            within,
            receiver,
            parameter,
            attribute: attribute.to_owned(),
            called: false,
            shapes: Vec::new(),
            place: self.source.place(whole.range()),
            arguments: Vec::new(),
            read: None,
            caught,
            sure: self
                .frames
                .last()
                .is_some_and(|frame| frame.depth == 0 && !frame.left),
        }
    }

    /// The text of a receiver, other names for one written out, and its annotation if it is a parameter.
    pub(super) fn receiver(&self, expression: &Expr) -> Option<(String, Option<Option<String>>)> {
        let text = dotted(expression)?;
        let head = text.split('.').next().unwrap_or(&text);
        let meaning = self
            .frames
            .iter()
            .rev()
            .find_map(|frame| frame.names.meaning(head));
        Some(match meaning {
            Some(Meaning::Parameter(annotation))
                if head == text && head != "self" && head != "cls" =>
            {
                (
                    text,
                    Some(annotation.and_then(|text| self.annotated(&text))),
                )
            }
            Some(Meaning::Alias(other)) => (format!("{other}{}", &text[head.len()..]), None),
            _ => (text, None),
        })
    }

    /// The class of an annotation, optional or not, if it is as simple as that.
    fn annotated(&self, text: &str) -> Option<String> {
        let bare: String = text
            .chars()
            .filter(|c| !matches!(c, '\'' | '"' | ' '))
            .collect();
        let inner = bare
            .strip_prefix("typing.")
            .unwrap_or(&bare)
            .strip_prefix("Optional[")
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(&bare);
        let mut members = inner.split('|').filter(|member| *member != "None");
        let (Some(one), None) = (members.next(), members.next()) else {
            return None;
        };
        let is_path = one
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        is_path.then(|| self.env.resolve(one))
    }
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
