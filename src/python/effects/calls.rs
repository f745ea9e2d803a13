//! Calls: who is called, which argument goes to which parameter, and what is left when nobody can tell.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::builtins;
use super::domain::{Class, Deed, Path, Root, Step, Value, What};
use super::engine::{Global, Place};
use super::ir::{Bound, Call, Ex, Function, Kind, Span, Sym, Takes};
use super::run::{How, Run};
use super::state::{Made, join_into};

/// The arguments of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    pub(super) args: Vec<Value>,
    pub(super) keywords: Vec<(Sym, Value)>,
    /// `*value`
    pub(super) stars: Vec<Value>,
    /// `**value`
    pub(super) maps: Vec<Value>,
}

/// What implementers get stands among the calls of the contract.
pub(super) const IMPLEMENTER: &str = "an implementer";

impl Given {
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.args
            .iter()
            .chain(self.keywords.iter().map(|(_, value)| value))
            .chain(&self.stars)
            .chain(&self.maps)
    }
}

impl<'e> Run<'e, '_, '_> {
    pub(super) fn call(&mut self, call: &'e Call, span: Span, how: How) -> Value {
        if let Kind::Attr(object, name) = &call.func.kind {
            if let Some(text) = self.engine.dotted(object)
                && let Some(class) = self
                    .engine
                    .implementers
                    .class_of(&text, &self.engine.text(*name))
            {
                let class = self.engine.sym(class);
                return self.implementer(class, *name, call, span);
            }
            if let Some(method) = self.above(object, *name) {
                let given = self.given(call, How::Bind);
                let mut args = Vec::new();
                if method.function.bound != Bound::Static {
                    args.extend(self.own_receiver());
                }
                return self.apply_given(method, self.receiver, args, given, span);
            }
            if self.is_log(object) {
                self.given(call, How::Test);
                return Value::none();
            }
            let receiver = self.eval(object, How::Bind);
            return self.method(&receiver, *name, object, call, span, how);
        }
        let func = self.eval(&call.func, How::Bind);
        if let Some(What::Global(path)) = func.what.as_deref() {
            let path = *path;
            return self.call_path(path, call, span, how);
        }
        let given = self.given(call, How::Bind);
        let name = self
            .engine
            .dotted(&call.func)
            .unwrap_or_else(|| "a value".to_owned());
        self.call_value(&func, given, &name, span)
    }

    /// The method that `super().name` finds, if that is what is called.
    fn above(&mut self, object: &'e Ex, name: Sym) -> Option<Place<'e>> {
        let Kind::Call(call) = &object.kind else {
            return None;
        };
        if !matches!(call.func.kind, Kind::Name(found) if &*self.engine.text(found) == "super") {
            return None;
        }
        let owner = self.place.owner?;
        self.engine
            .method_after(self.receiver.unwrap_or(owner), owner, name)
    }

    /// Whether an expression is what people call their logger.
    fn is_log(&self, object: &Ex) -> bool {
        let text = self.engine.dotted(object).unwrap_or_default();
        let last = text.rsplit('.').next().unwrap_or_default();
        matches!(
            last,
            "LOG"
                | "log"
                | "logger"
                | "_LOG"
                | "_log"
                | "LOGGER"
                | "_logger"
                | "logging"
                | "warnings"
        )
    }

    pub(super) fn given(&mut self, call: &'e Call, how: How) -> Given {
        let mut given = Given::default();
        for argument in &call.args {
            match &argument.kind {
                Kind::Star(inner) => {
                    let value = self.eval(inner, how);
                    given.stars.push(value);
                }
                _ => {
                    let value = self.eval(argument, how);
                    given.args.push(value);
                }
            }
        }
        for (name, argument) in &call.keywords {
            let value = self.eval(argument, how);
            match name {
                Some(name) => given.keywords.push((*name, value)),
                None => given.maps.push(value),
            }
        }
        given
    }

    /// A call on an implementer: whatever it gets is out of sight, and what it returns is supplied.
    fn implementer(&mut self, class: Sym, name: Sym, call: &'e Call, span: Span) -> Value {
        if let Kind::Attr(object, _) = &call.func.kind {
            self.eval(object, How::Bind);
        }
        let given = self.given(call, How::Bind);
        let callee = self.engine.sym(IMPLEMENTER);
        for value in given.all() {
            self.leave(value, Some(callee), span);
        }
        let id = self
            .engine
            .result_at(self.place.function, span, Ok((class, name)));
        if let Some(state) = &mut self.state {
            Rc::make_mut(&mut state.born).insert(Root::Result(id));
        }
        Value::at(Path::of(Root::Result(id)))
    }

    fn method(
        &mut self,
        receiver: &Value,
        name: Sym,
        object: &'e Ex,
        call: &'e Call,
        span: Span,
        how: How,
    ) -> Value {
        if let Some(What::Global(path)) = receiver.what.as_deref()
            && receiver.refs.is_empty()
        {
            let path = format!("{}.{}", self.engine.text(*path), self.engine.text(name));
            let path = self.engine.sym(&path);
            return self.call_path(path, call, span, how);
        }
        if let Some(Class::Of(class)) = receiver.class
            && let Some(method) = self.engine.method(class, name)
        {
            let given = self.given(call, How::Bind);
            return self.apply_method(method, class, receiver, given, span);
        }
        let given = self.given(call, How::Bind);
        if let Some(value) = builtins::method(self, receiver, name, &given, span, how) {
            return value;
        }
        // Something held in an attribute may be called like a method.
        let held = receiver.refs.iter().find_map(|path| {
            let slot = path.then(Step::Attr(name))?;
            self.state.as_ref()?.cell(&slot).cloned()
        });
        if let Some(held) = held {
            let called = self.engine.text(name).to_string();
            return self.call_value(&held, given, &called, span);
        }
        self.unknown_method(receiver, name, object, &given, span)
    }

    fn unknown_method(
        &mut self,
        receiver: &Value,
        name: Sym,
        object: &Ex,
        given: &Given,
        span: Span,
    ) -> Value {
        let called = self.engine.sym(&format!("{}()", self.engine.text(name)));
        self.consume(receiver);
        self.load(receiver, Step::Attr(called), Deed::Needs, span);
        let text = self.engine.dotted(object);
        let text = text
            .as_deref()
            .map_or("?", |text| text.rsplit('.').next().unwrap_or(text));
        let callee = self
            .engine
            .sym(&format!("{text}.{}", self.engine.text(name)));
        for value in given.all() {
            self.leave(value, Some(callee), span);
        }
        if let Some(state) = &mut self.state {
            for path in receiver.refs.iter().filter(|path| path.is_supplied()) {
                Rc::make_mut(&mut state.shown).insert(*path);
            }
        }
        Value::other()
    }

    pub(super) fn apply_method(
        &mut self,
        method: Place<'e>,
        class: Sym,
        receiver: &Value,
        given: Given,
        span: Span,
    ) -> Value {
        if method.function.is_property {
            // What the property gives is called.
            let value = self.apply(method, Some(class), vec![receiver.clone()], span);
            let name = self.engine.text(method.function.name).to_string();
            return self.call_value(&value, given, &name, span);
        }
        let first = match method.function.bound {
            Bound::Static => Vec::new(),
            Bound::Class | Bound::Plain => vec![receiver.clone()],
        };
        self.apply_given(method, Some(class), first, given, span)
    }

    /// A call of what a path stands for.
    fn call_path(&mut self, path: Sym, call: &'e Call, span: Span, how: How) -> Value {
        let text = self.engine.text(path);
        if let Some(name) = text.strip_prefix("builtins.")
            && let Some(value) = builtins::function(self, name, call, span, how)
        {
            return value;
        }
        let given = self.given(call, How::Bind);
        self.call_global(path, given, span)
    }

    fn call_global(&mut self, path: Sym, given: Given, span: Span) -> Value {
        let text = self.engine.text(path);
        match self.engine.global(&text) {
            Global::Class(class) => self.construct(class, given, span),
            Global::Function(place) => {
                if place.owner.is_some() && place.function.bound == Bound::Class {
                    let mut first = Value::of(What::Global(
                        self.engine
                            .sym(text.rsplit_once('.').map_or("", |(owner, _)| owner)),
                    ));
                    first.class = None;
                    return self.apply_given(place, place.owner, vec![first], given, span);
                }
                self.apply_given(place, place.owner, Vec::new(), given, span)
            }
            Global::Other(path) => {
                if let Some(value) = builtins::library(self, &path, &given, span) {
                    return value;
                }
                self.unknown(&short(&path), &given, span)
            }
            Global::Literal(_) => self.unknown(&short(&text), &given, span),
        }
    }

    /// Somebody unknown gets all of this.
    pub(super) fn unknown(&mut self, name: &str, given: &Given, span: Span) -> Value {
        let callee = self.engine.sym(name);
        for value in given.all() {
            self.leave(value, Some(callee), span);
        }
        for value in given.stars.iter().chain(&given.maps) {
            self.consume_all(value);
        }
        Value::other()
    }

    fn construct(&mut self, class: Sym, given: Given, span: Span) -> Value {
        let text = self.engine.text(class);
        let line = self.engine.line_of(&text);
        if line.iter().any(|base| base == "builtins.BaseException") {
            for value in given.all() {
                self.consume(value);
            }
            return Value::other();
        }
        let mut made = self.make(
            span,
            Made {
                open: true,
                ..Made::default()
            },
        );
        made.class = Some(Class::Of(class));
        let init = self.engine.sym("__init__");
        match self.engine.method(class, init) {
            Some(method) => {
                self.apply_given(method, Some(class), vec![made.clone()], given, span);
            }
            None => {
                let known = line
                    .iter()
                    .all(|base| base.starts_with("builtins.") || self.engine.project.has(base));
                if known && line.iter().any(|base| base == "builtins.dict") {
                    for value in given.args.iter().chain(&given.maps) {
                        self.update(&made, value, span);
                    }
                    for (name, value) in given.keywords {
                        self.store(&made, Step::Key(name), value, span);
                    }
                } else {
                    self.unknown(&short(&text), &given, span);
                }
            }
        }
        made
    }

    /// A call of a value: a bound method, a function inside, a partial.
    pub(super) fn call_value(
        &mut self,
        func: &Value,
        given: Given,
        name: &str,
        span: Span,
    ) -> Value {
        match func.what.as_deref() {
            Some(What::Inner(number)) => self.run_inside(*number, given, span),
            Some(What::Global(path)) => {
                let path = *path;
                self.call_global(path, given, span)
            }
            Some(What::Method(receiver, called)) => {
                let (receiver, called) = (receiver.clone(), *called);
                if let Some(Class::Of(class)) = receiver.class
                    && let Some(method) = self.engine.method(class, called)
                {
                    return self.apply_method(method, class, &receiver, given, span);
                }
                match builtins::method(self, &receiver, called, &given, span, How::Use) {
                    Some(value) => value,
                    None => self.unknown(name, &given, span),
                }
            }
            Some(What::Partial(inner, args, keywords)) => {
                let mut more = given;
                let mut all = args.clone();
                all.append(&mut more.args);
                more.args = all;
                for (name, value) in keywords {
                    if !more.keywords.iter().any(|(known, _)| known == name) {
                        more.keywords.push((*name, value.clone()));
                    }
                }
                let inner = inner.clone();
                self.call_value(&inner, more, name, span)
            }
            _ => {
                self.consume(func);
                self.unknown(name, &given, span)
            }
        }
    }

    // Functions inside.

    pub(super) fn function_inside(&mut self, number: usize) -> Value {
        let around = match self.running.last() {
            Some(running) => self
                .inner
                .iter()
                .find(|known| std::ptr::eq(**known, *running))
                .copied(),
            None => Some(self.place.function),
        };
        let Some(function) = around.and_then(|function| function.inner.get(number)) else {
            return Value::other();
        };
        let at = match self
            .inner
            .iter()
            .position(|known| std::ptr::eq(*known, function))
        {
            Some(at) => at,
            None => {
                self.inner.push(function);
                self.inner.len() - 1
            }
        };
        Value::of(What::Inner(at))
    }

    /// Somebody unknown has a function of ours, and may call it.
    pub(super) fn perhaps_called(&mut self, number: usize) {
        let before = self.state.clone();
        self.run_inside(number, Given::default(), Span::default());
        join_into(&mut self.state, &before);
    }

    fn run_inside(&mut self, number: usize, given: Given, span: Span) -> Value {
        let Some(function) = self.inner.get(number).copied() else {
            return Value::other();
        };
        let address: *const Function = function;
        if self.running.contains(&address) || self.running.len() > 3 || self.state.is_none() {
            return self.unknown(&self.engine.text(function.name), &given, span);
        }
        let bound = self.bind_arguments(function, Vec::new(), given, span);
        let env = self.state.as_ref().map(|state| Rc::clone(&state.env));
        for (param, value) in function.params.iter().zip(bound) {
            self.bind(param.name, value);
        }
        let outer = (
            self.returned.take(),
            std::mem::take(&mut self.result),
            std::mem::take(&mut self.loops),
        );
        self.running.push(address);
        self.block(&function.body);
        self.running.pop();
        if self.state.is_some() {
            self.result.join(&Value::none());
        }
        let returned = std::mem::replace(&mut self.returned, outer.0);
        let result = std::mem::replace(&mut self.result, outer.1);
        self.loops = outer.2;
        join_into(&mut self.state, &returned);
        if let (Some(state), Some(env)) = (&mut self.state, env) {
            let mut env = env;
            for name in &function.outer_names {
                if let Some(value) = state.env.get(name) {
                    Rc::make_mut(&mut env).insert(*name, value.clone());
                }
            }
            state.env = env;
        }
        if function.is_generator {
            Value::other()
        } else {
            result
        }
    }

    // Arguments.

    /// The values of all parameters; what is not given has its default.
    pub(super) fn bind_arguments(
        &mut self,
        function: &'e Function,
        first: Vec<Value>,
        given: Given,
        span: Span,
    ) -> Vec<Value> {
        let mut args = first;
        args.extend(given.args);
        let mut keywords: BTreeMap<Sym, Value> = given.keywords.into_iter().collect();
        let mut args = args.into_iter();
        let mut bound = Vec::with_capacity(function.params.len());
        for param in &function.params {
            let value = match param.takes {
                Takes::Rest => {
                    let rest: Vec<Value> = args.by_ref().collect();
                    if given.stars.is_empty() {
                        Value::of(What::Many(rest))
                    } else {
                        for value in &given.stars {
                            self.consume_all(value);
                        }
                        let mut any = Value::of(What::Many(rest));
                        any.other = true;
                        any
                    }
                }
                Takes::Keywords => {
                    let made = self.make(
                        Span {
                            start: span.start,
                            end: span.end.wrapping_add(1),
                        },
                        Made {
                            is_dict: true,
                            ..Made::default()
                        },
                    );
                    for (name, value) in std::mem::take(&mut keywords) {
                        self.store(&made, Step::Key(name), value, span);
                    }
                    for map in &given.maps {
                        self.update(&made, map, span);
                    }
                    made
                }
                _ => {
                    let by_position = match param.takes {
                        Takes::Keyword => None,
                        _ => args.next(),
                    };
                    let by_name = match param.takes {
                        Takes::Position => None,
                        _ => keywords.remove(&param.name),
                    };
                    match by_position.or(by_name) {
                        Some(value) => value,
                        None => self.default_of(
                            param.name,
                            param.default.as_ref(),
                            &given.stars,
                            &given.maps,
                            span,
                        ),
                    }
                }
            };
            bound.push(value);
        }
        bound
    }

    fn default_of(
        &mut self,
        name: Sym,
        default: Option<&Ex>,
        stars: &[Value],
        maps: &[Value],
        span: Span,
    ) -> Value {
        let mut value = match default.map(|default| &default.kind) {
            Some(Kind::None) => Value::none(),
            Some(Kind::Text(text)) => Value::of(What::Text(*text)),
            _ => Value::other(),
        };
        for map in maps {
            value.join(&self.load(map, Step::Key(name), Deed::Looks, span));
        }
        for star in stars {
            value.join(&self.load(star, Step::Any, Deed::Looks, span));
        }
        value
    }

    fn apply_given(
        &mut self,
        place: Place<'e>,
        receiver: Option<Sym>,
        first: Vec<Value>,
        given: Given,
        span: Span,
    ) -> Value {
        let is_method = place.owner.is_some() && place.function.bound != Bound::Static;
        let receiver = receiver.filter(|_| is_method);
        let args = self.bind_arguments(place.function, first, given, span);
        self.apply(place, receiver, args, span)
    }

    /// `object.name = value` where the class has a setter.
    pub(super) fn set_property(
        &mut self,
        object: &Value,
        name: Sym,
        value: &Value,
        span: Span,
    ) -> bool {
        let Some(Class::Of(class)) = object.class else {
            return false;
        };
        let setter = self
            .engine
            .sym(&format!("{}@setter", self.engine.text(name)));
        let Some(method) = self.engine.method(class, setter) else {
            return false;
        };
        self.apply(
            method,
            Some(class),
            vec![object.clone(), value.clone()],
            span,
        );
        true
    }
}

/// The last two parts of a path: how people speak of a function.
pub(super) fn short(path: &str) -> String {
    let mut parts: Vec<&str> = path.rsplitn(3, '.').collect();
    parts.truncate(2);
    parts.reverse();
    parts.join(".").trim_start_matches("builtins.").to_owned()
}
