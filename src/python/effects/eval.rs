//! Expressions: which value each may have, and what looking at it does. Calls are in [`super::calls`].

use std::rc::Rc;

use super::domain::{Class, Deed, Path, Root, Step, Value, What};
use super::engine::Global;
use super::ir::{Comprehension, Ex, Kind, Span, Sym};
use super::run::{How, Run};
use super::state::{Made, join_into};

impl<'e> Run<'e, '_, '_> {
    pub(super) fn eval(&mut self, ex: &'e Ex, how: How) -> Value {
        if self.state.is_none() || !self.step() {
            return Value::default();
        }
        let value = self.value(ex, how);
        if how == How::Use {
            self.consume(&value);
        }
        value
    }

    fn value(&mut self, ex: &'e Ex, how: How) -> Value {
        match &ex.kind {
            Kind::Name(name) => self.look_up(*name),
            Kind::Text(text) => Value::of(What::Text(*text)),
            Kind::None => Value::none(),
            Kind::Bool(_) | Kind::Other => Value::other(),
            Kind::Attr(object, name) => {
                let object = self.eval(object, How::Bind);
                self.attribute(&object, *name, ex.span, how)
            }
            Kind::Item(object, key) => {
                let object = self.eval(object, How::Bind);
                self.consume(&object);
                let key = self.eval(key, How::Use);
                self.item(&object, &key, ex.span)
            }
            Kind::Slice(parts) => {
                for part in parts {
                    let value = self.eval(part, How::Use);
                    self.consume_all(&value);
                }
                Value::other()
            }
            Kind::Call(call) => self.call(call, ex.span, how),
            Kind::Tuple(items) => {
                let values: Vec<Value> = items
                    .iter()
                    .map(|item| self.eval(item, How::Bind))
                    .collect();
                if items.iter().any(|item| matches!(item.kind, Kind::Star(_))) {
                    return Value::other();
                }
                Value::of(What::Many(values))
            }
            Kind::List(items) | Kind::Set(items) => {
                let values: Vec<Value> = items
                    .iter()
                    .map(|item| self.eval(item, How::Bind))
                    .collect();
                let open = items.iter().any(|item| matches!(item.kind, Kind::Star(_)));
                self.make(
                    ex.span,
                    Made {
                        items: (!open).then(|| Rc::new(values)),
                        open,
                        ..Made::default()
                    },
                )
            }
            Kind::Dict(items) => self.dict(items, ex.span),
            Kind::IfElse(test, yes, no) => {
                let (on_yes, on_no) = self.test(test);
                self.state = on_yes;
                let mut value = self.eval(yes, how);
                let end = std::mem::replace(&mut self.state, on_no);
                value.join(&self.eval(no, how));
                join_into(&mut self.state, &end);
                value
            }
            Kind::And(_) | Kind::Or(_) | Kind::Not(_) if how == How::Test => {
                let (yes, no) = self.test(ex);
                self.state = yes;
                join_into(&mut self.state, &no);
                Value::other()
            }
            Kind::And(values) | Kind::Or(values) => {
                let is_or = matches!(ex.kind, Kind::Or(_));
                let mut found = Value::default();
                let mut end = None;
                for (at, value) in values.iter().enumerate() {
                    if at + 1 == values.len() {
                        found.join(&self.eval(value, how));
                        break;
                    }
                    // The test looks at it; it is the result on one of the two ways.
                    let before = self.quietly(value);
                    let (yes, no) = self.test(value);
                    let (stops, goes_on) = if is_or { (yes, no) } else { (no, yes) };
                    let mut stopped = before;
                    if is_or {
                        stopped.none = false;
                    } else if stopped.refs.iter().all(|path| path.is_root()) && !stopped.other {
                        // An empty container is as good as nothing.
                        stopped = Value::none();
                    }
                    if how == How::Use {
                        let kept = std::mem::replace(&mut self.state, stops);
                        self.consume(&stopped);
                        join_into(&mut end, &self.state.clone());
                        self.state = kept;
                    } else {
                        join_into(&mut end, &stops);
                    }
                    found.join(&stopped);
                    self.state = goes_on;
                }
                join_into(&mut self.state, &end);
                found
            }
            Kind::Not(_) | Kind::Compare(..) => {
                if let Kind::Compare(_, rest) = &ex.kind
                    && rest.len() != 1
                {
                    if let Kind::Compare(left, rest) = &ex.kind {
                        self.eval(left, How::Use);
                        for (_, value) in rest {
                            let value = self.eval(value, How::Use);
                            self.consume_all(&value);
                        }
                    }
                    return Value::other();
                }
                let (yes, no) = self.test(ex);
                self.state = yes;
                join_into(&mut self.state, &no);
                Value::other()
            }
            Kind::Format(text, value) => {
                let text = self.eval(text, How::Use);
                let given = self.eval(value, How::Bind);
                match text.text() {
                    Some(text) => self.format(text, &given, ex.span),
                    None => self.consume_all(&given),
                }
                Value::other()
            }
            Kind::Binary(left, right) => {
                for side in [left, right] {
                    let value = self.eval(side, How::Use);
                    self.consume_all(&value);
                }
                Value::other()
            }
            Kind::Lambda(number) => self.function_inside(*number),
            Kind::Comprehension(found) => self.comprehension(found, ex.span),
            Kind::Star(inner) => {
                let value = self.eval(inner, How::Use);
                self.consume_all(&value);
                Value::other()
            }
            Kind::Named(name, inner) => {
                let value = self.eval(inner, How::Bind);
                self.bind(*name, value.clone());
                value
            }
            Kind::Yield(inner) => {
                if let Some(inner) = inner {
                    let value = self.eval(inner, How::Bind);
                    self.leave(&value, None, ex.span);
                }
                Value::other()
            }
            Kind::Uses(parts) => {
                for part in parts {
                    let value = self.eval(part, How::Use);
                    self.consume_all(&value);
                }
                Value::other()
            }
        }
    }

    /// What an expression is, with all that looking at it does undone.
    fn quietly(&mut self, ex: &'e Ex) -> Value {
        if !matches!(
            ex.kind,
            Kind::Name(_) | Kind::Attr(..) | Kind::Item(..) | Kind::Call(_)
        ) {
            return Value::other();
        }
        let state = self.state.clone();
        let (may, over) = (self.may.clone(), self.over.clone());
        let value = self.eval(ex, How::Bind);
        self.may = may;
        self.over = over;
        self.state = state;
        value
    }

    pub(super) fn look_up(&mut self, name: Sym) -> Value {
        if let Some(value) = self.state.as_ref().and_then(|state| state.env.get(&name)) {
            return value.clone();
        }
        let text = self.engine.text(name);
        let path = self.engine.path_of_name(self.place.module, &text);
        self.at_path(&path)
    }

    /// What a path of the tree, or outside it, is.
    fn at_path(&mut self, path: &str) -> Value {
        if !path.starts_with("builtins.")
            && let Global::Literal(literal) = self.engine.global(path)
        {
            return self.literal(literal);
        }
        Value::of(What::Global(self.engine.sym(path)))
    }

    /// A text, or a list of texts, that a module or class holds.
    fn literal(&mut self, ex: &Ex) -> Value {
        match &ex.kind {
            Kind::Text(text) => Value::of(What::Text(*text)),
            Kind::Tuple(items) | Kind::List(items) => {
                let values = items.iter().map(|item| self.literal(item)).collect();
                Value::of(What::Many(values))
            }
            _ => Value::other(),
        }
    }

    /// The path that an expression of names and dots stands for, unless a local name is in the way.
    pub(super) fn path_of(&mut self, ex: &'e Ex) -> Option<String> {
        match &ex.kind {
            Kind::Name(name) => match self.look_up(*name).what.as_deref() {
                Some(What::Global(path)) => Some(self.engine.text(*path).to_string()),
                _ => None,
            },
            Kind::Attr(object, name) => {
                let owner = self.path_of(object)?;
                Some(format!("{owner}.{}", self.engine.text(*name)))
            }
            _ => None,
        }
    }

    /// Where the definition of a class is.
    pub(super) fn class_path(&self, path: &str) -> Sym {
        match self.engine.global(path) {
            Global::Class(class) => class,
            Global::Other(path) => self.engine.sym(&path),
            Global::Function(_) | Global::Literal(_) => self.engine.sym(path),
        }
    }

    pub(super) fn attribute(&mut self, object: &Value, name: Sym, span: Span, how: How) -> Value {
        if let Some(What::Global(path)) = object.what.as_deref()
            && object.refs.is_empty()
        {
            let path = format!("{}.{}", self.engine.text(*path), self.engine.text(name));
            return self.at_path(&path);
        }
        if let Some(Class::Of(class)) = object.class {
            if let Some(method) = self.engine.method(class, name) {
                if method.function.is_property {
                    return self.apply(method, Some(class), vec![object.clone()], span);
                }
                return Value::of(What::Method(object.clone(), name));
            }
            if object.refs.iter().all(|path| self.untouched(path, name))
                && let Some(literal) = self.engine.class_literal(class, name)
            {
                return self.literal(literal);
            }
        }
        if how != How::Test {
            self.consume(object);
        }
        let mut value = self.load(object, Step::Attr(name), Deed::Needs, span);
        if let Some(Class::Of(class)) = object.class
            && value.class.is_none()
        {
            value.class = self.engine.attribute_class(class, name);
        }
        value
    }

    fn untouched(&self, object: &Path, name: Sym) -> bool {
        let slot = object.then(Step::Attr(name));
        slot.is_none_or(|slot| {
            self.state
                .as_ref()
                .is_none_or(|state| state.cell(&slot).is_none())
        })
    }

    pub(super) fn item(&mut self, object: &Value, key: &Value, span: Span) -> Value {
        let step = self.key(key);
        if let Some(Class::Of(class)) = object.class
            && let Some(method) = self.engine.method(class, self.engine.sym("__getitem__"))
        {
            return self.apply(method, Some(class), vec![object.clone(), key.clone()], span);
        }
        if let Some(What::Many(values)) = object.what.as_deref() {
            let mut any = Value::default();
            values.iter().for_each(|value| {
                any.join(value);
            });
            any.other = true;
            return any;
        }
        let deed = if step == Step::Any {
            Deed::Looks
        } else {
            Deed::Needs
        };
        let mut value = self.load(object, step, deed, span);
        if let Some(Class::Holds(class)) = object.class {
            value.class = Some(Class::Of(class));
        }
        value
    }

    fn dict(&mut self, items: &'e [(Option<Ex>, Ex)], span: Span) -> Value {
        let mut pairs = Vec::new();
        for (key, value) in items {
            let key = key.as_ref().map(|key| self.eval(key, How::Use));
            let value = self.eval(value, How::Bind);
            pairs.push((key, value));
        }
        let made = self.make(
            span,
            Made {
                is_dict: true,
                ..Made::default()
            },
        );
        for (key, value) in pairs {
            match key {
                Some(key) => {
                    let step = self.key(&key);
                    self.store(&made, step, value, span);
                }
                None => self.update(&made, &value, span),
            }
        }
        made
    }

    /// `'%(a)s %(b)s' % given`
    fn format(&mut self, text: Sym, given: &Value, span: Span) {
        let text = self.engine.text(text);
        let mut named = false;
        let mut rest = &*text;
        while let Some(at) = rest.find("%(") {
            let after = &rest[at + 2..];
            let Some(end) = after.find(')') else { break };
            named = true;
            let key = self.engine.sym(&after[..end]);
            let value = self.load(given, Step::Key(key), Deed::Needs, span);
            self.consume(&value);
            rest = &after[end..];
        }
        if !named {
            self.consume_all(given);
        }
    }

    fn comprehension(&mut self, found: &'e Comprehension, span: Span) -> Value {
        let env = self.state.as_ref().map(|state| Rc::clone(&state.env));
        let mut made = Vec::new();
        self.loops_of(found, 0, &mut made);
        if let (Some(state), Some(env)) = (&mut self.state, env) {
            state.env = env;
        }
        let value = self.make(
            span,
            Made {
                open: true,
                ..Made::default()
            },
        );
        // What the elements are is kept as what any key holds.
        for element in made {
            self.store(&value, Step::Any, element, span);
        }
        value
    }

    fn loops_of(&mut self, found: &'e Comprehension, at: usize, made: &mut Vec<Value>) {
        let Some((target, iterated, tests)) = found.loops.get(at) else {
            for element in &found.elements {
                let value = self.eval(element, How::Bind);
                if !value.refs.is_empty() || value.what.is_some() {
                    made.push(value);
                }
            }
            return;
        };
        let value = self.eval(iterated, How::Bind);
        self.iterate(&value, iterated.span, &mut |run, element| {
            run.assign(target, element, iterated.span);
            let mut skipped = None;
            for test in tests {
                let (yes, no) = run.test(test);
                run.state = yes;
                join_into(&mut skipped, &no);
            }
            if run.state.is_some() {
                run.loops_of(found, at + 1, made);
            }
            join_into(&mut run.state, &skipped);
        });
    }

    /// The receiver of the function, if a name holds it.
    pub(super) fn own_receiver(&self) -> Option<Value> {
        if !self.has_receiver() {
            return None;
        }
        let mut value = Value::at(Path::of(Root::Param(0)));
        value.class = self.receiver.map(Class::Of);
        Some(value)
    }
}
