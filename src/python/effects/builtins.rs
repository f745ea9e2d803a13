//! What calls do whose callee is Python's own: methods of dicts and lists, functions of `builtins`, `copy` and a few
//! others. A name that is not here is unknown.

use std::rc::Rc;

use super::calls::Given;
use super::domain::{Class, Deed, Path, Root, Step, Value, What};
use super::ir::{Call, Span, Sym};
use super::run::{How, Run};
use super::state::Made;
use crate::interface::python_names::BUILTINS;

/// Functions that every module has.
const FUNCTIONS: [&str; 43] = [
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "breakpoint",
    "callable",
    "chr",
    "compile",
    "delattr",
    "dir",
    "divmod",
    "eval",
    "exec",
    "format",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "locals",
    "max",
    "min",
    "next",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "repr",
    "round",
    "setattr",
    "sorted",
    "sum",
    "vars",
];

/// Whether every module has a name.
pub(super) fn is_known(name: &str) -> bool {
    BUILTINS.binary_search(&name).is_ok() || FUNCTIONS.binary_search(&name).is_ok()
}

/// A method of a value whose class is not known, or is one of Python's own.
pub(super) fn method<'e>(
    run: &mut Run<'e, '_, '_>,
    receiver: &Value,
    name: Sym,
    given: &Given,
    span: Span,
    how: How,
) -> Option<Value> {
    let text = run.engine.text(name);
    let plain = given.stars.is_empty() && given.maps.is_empty();
    let first = given.args.first().cloned().unwrap_or_default();
    let count = given.args.len();
    Some(match (&*text, count) {
        ("get", 1 | 2) if given.keywords.is_empty() && plain => {
            let step = run.key(&first);
            if how != How::Test {
                run.consume(receiver);
            }
            let mut value = run.load(receiver, step, Deed::Looks, span);
            match given.args.get(1) {
                Some(default) => {
                    value.join(default);
                }
                None => {
                    value.join(&Value::none());
                }
            }
            if let Some(Class::Holds(class)) = receiver.class {
                value.class = Some(Class::Of(class));
            }
            value
        }
        ("setdefault", 1 | 2) => {
            run.consume(receiver);
            let step = run.key(&first);
            let mut value = run.load(receiver, step, Deed::Looks, span);
            let default = given.args.get(1).cloned().unwrap_or_else(Value::none);
            value.join(&default);
            let before = run.state.clone();
            run.store(receiver, step, value.clone(), span);
            // What was there stays: nothing is lost, and nothing is sure to be written.
            if let (Some(state), Some(before)) = (&mut run.state, before) {
                state.lost = before.lost;
                state.must = before.must;
            }
            value
        }
        ("pop", 0) => {
            run.consume(receiver);
            let value = run.load(receiver, Step::Any, Deed::Looks, span);
            run.delete(receiver, Step::Any, span);
            value
        }
        ("pop", 1 | 2) if plain => {
            run.consume(receiver);
            let step = run.key(&first);
            let deed = if count == 2 || step == Step::Any {
                Deed::Looks
            } else {
                Deed::Needs
            };
            let mut value = run.load(receiver, step, deed, span);
            if let Some(default) = given.args.get(1) {
                value.join(default);
            }
            run.consume(&value);
            let must = run.state.as_ref().map(|state| Rc::clone(&state.must));
            run.delete(receiver, step, span);
            if count == 2
                && let (Some(state), Some(must)) = (&mut run.state, must)
            {
                state.must = must;
            }
            value
        }
        ("popitem" | "clear", 0) => {
            run.consume(receiver);
            run.delete(receiver, Step::Any, span);
            if let Some(state) = &mut run.state {
                for path in &receiver.refs {
                    if let Some(all) = path.then(Step::Any) {
                        let _ = all;
                        for (slot, cell) in Rc::make_mut(&mut state.heap).range_mut(*path..) {
                            if !slot.starts_with(path) {
                                break;
                            }
                            cell.other = true;
                        }
                    }
                }
            }
            Value::other()
        }
        ("update", _) => {
            run.consume(receiver);
            for value in given.args.iter().chain(&given.maps) {
                run.update(receiver, value, span);
            }
            for (name, value) in &given.keywords {
                run.store(receiver, Step::Key(*name), value.clone(), span);
            }
            for value in &given.stars {
                run.consume_all(value);
            }
            Value::none()
        }
        ("keys" | "iterkeys" | "viewkeys", 0) => Value::of(What::Keys(receiver.clone())),
        ("values" | "itervalues" | "viewvalues", 0) => {
            run.consume(receiver);
            Value::of(What::Values(receiver.clone()))
        }
        ("items" | "iteritems" | "viewitems", 0) => {
            run.consume(receiver);
            Value::of(What::Items(receiver.clone()))
        }
        ("has_key", 1) => {
            let step = run.key(&first);
            run.load(receiver, step, Deed::Looks, span);
            Value::other()
        }
        ("__contains__", 1) => {
            let step = run.key(&first);
            run.load(receiver, step, Deed::Looks, span);
            Value::other()
        }
        ("copy", 0) => run.copied(receiver, span),
        ("append" | "add" | "appendleft", 1) | ("insert", 2) => {
            run.consume(receiver);
            for value in &given.args {
                run.store(receiver, Step::Any, value.clone(), span);
            }
            Value::none()
        }
        ("extend", 1) => {
            run.consume(receiver);
            run.update(receiver, &first, span);
            Value::none()
        }
        ("remove" | "discard", 1) => {
            run.consume(receiver);
            run.consume_all(&first);
            run.delete(receiver, Step::Any, span);
            Value::none()
        }
        ("sort" | "reverse", _) => {
            run.consume_all(receiver);
            run.store(receiver, Step::Any, Value::other(), span);
            Value::none()
        }
        (
            "format" | "join" | "split" | "rsplit" | "strip" | "lstrip" | "rstrip" | "startswith"
            | "endswith" | "lower" | "upper" | "encode" | "decode" | "replace" | "isdigit"
            | "splitlines" | "partition" | "rpartition" | "title",
            _,
        ) if receiver.refs.is_empty() => {
            run.consume(receiver);
            for value in given.all() {
                run.consume_all(value);
            }
            Value::other()
        }
        _ => return None,
    })
}

/// A function of `builtins`, by its own name.
pub(super) fn function<'e>(
    run: &mut Run<'e, '_, '_>,
    name: &str,
    call: &'e Call,
    span: Span,
    how: How,
) -> Option<Value> {
    if !is_known(name)
        && !matches!(
            name,
            "basestring" | "unicode" | "long" | "xrange" | "unichr" | "cmp" | "reduce"
        )
    {
        return None;
    }
    let text_at = |run: &mut Run<'e, '_, '_>, at: usize| {
        let value = run.eval(call.args.get(at)?, How::Bind);
        Some(value)
    };
    Some(match (name, call.args.len()) {
        ("isinstance" | "issubclass", 2) => {
            let value = text_at(run, 0)?;
            let types = match &call.args[1].kind {
                super::ir::Kind::Tuple(items) => items.iter().collect(),
                _ => vec![&call.args[1]],
            };
            for one in types {
                let path = run.path_of(one);
                run.eval(one, How::Test);
                if let Some(path) = path {
                    let last = run.engine.sym(&path);
                    for path in &value.refs {
                        if path.is_supplied() {
                            let trace = run.trace(span);
                            run.note(Deed::Tests(last), *path, trace);
                        }
                    }
                }
            }
            Value::other()
        }
        ("hasattr", 2) => {
            let value = run.eval(&call.args[0], How::Test);
            let attribute = run.eval(&call.args[1], How::Use);
            match attribute.text() {
                Some(attribute) => run.load(&value, Step::Attr(attribute), Deed::Looks, span),
                None => Value::other(),
            };
            Value::other()
        }
        ("getattr", 2 | 3) => {
            let value = text_at(run, 0)?;
            let attribute = run.eval(&call.args[1], How::Use);
            let default = call.args.get(2).map(|default| run.eval(default, How::Bind));
            match attribute.text() {
                Some(attribute) => {
                    let found = match &default {
                        None => run.attribute(&value, attribute, span, how),
                        Some(_) => {
                            run.consume(&value);
                            run.load(&value, Step::Attr(attribute), Deed::Looks, span)
                        }
                    };
                    let mut found = found;
                    if let Some(default) = default {
                        found.join(&default);
                    }
                    found
                }
                None => {
                    let called = run.engine.sym("getattr");
                    run.leave(&value, Some(called), span);
                    Value::other()
                }
            }
        }
        ("setattr", 3) => {
            let object = run.eval(&call.args[0], How::Use);
            let attribute = run.eval(&call.args[1], How::Use);
            let value = run.eval(&call.args[2], How::Bind);
            match attribute.text() {
                Some(attribute) => {
                    if !run.set_property(&object, attribute, &value, span) {
                        run.store(&object, Step::Attr(attribute), value, span);
                    }
                }
                None => {
                    run.leave(&value, None, span);
                    run.store(&object, Step::Any, value, span);
                }
            }
            Value::none()
        }
        ("delattr", 2) => {
            let object = run.eval(&call.args[0], How::Use);
            let attribute = run.eval(&call.args[1], How::Use);
            if let Some(attribute) = attribute.text() {
                run.delete(&object, Step::Attr(attribute), span);
            }
            Value::none()
        }
        ("dict", _) => {
            let given = run.given(call, How::Bind);
            if given.args.len() == 1
                && given.keywords.is_empty()
                && given.maps.is_empty()
                && given.stars.is_empty()
            {
                return Some(run.copied(&given.args[0], span));
            }
            let made = run.make(
                span,
                Made {
                    is_dict: true,
                    ..Made::default()
                },
            );
            for value in given.args.iter().chain(&given.maps) {
                run.update(&made, value, span);
            }
            for (name, value) in given.keywords {
                run.store(&made, Step::Key(name), value, span);
            }
            made
        }
        ("list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed", 1) => {
            let value = text_at(run, 0)?;
            for (_, other) in &call.keywords {
                run.eval(other, How::Bind);
            }
            if let Some(elements) = run.elements(&value) {
                return Some(Value::of(What::Many(elements)));
            }
            // The same things once more.
            if let Some(What::Keys(_) | What::Values(_) | What::Items(_)) = value.what.as_deref() {
                return Some(value);
            }
            run.copied(&value, span)
        }
        ("iter" | "enumerate" | "next", 1 | 2) => {
            let value = text_at(run, 0)?;
            for argument in call.args.iter().skip(1) {
                run.eval(argument, How::Bind);
            }
            if name == "iter" {
                return Some(value);
            }
            run.consume_all(&value);
            Value::other()
        }
        ("len" | "bool" | "type" | "id" | "callable" | "print" | "vars" | "dir", _) => {
            for argument in &call.args {
                run.eval(argument, How::Test);
            }
            for (_, argument) in &call.keywords {
                run.eval(argument, How::Test);
            }
            Value::other()
        }
        ("super" | "globals" | "locals", 0) => Value::other(),
        (
            "property" | "staticmethod" | "classmethod" | "eval" | "exec" | "map" | "filter"
            | "reduce" | "__import__",
            _,
        ) => return None,
        _ => {
            let given = run.given(call, How::Use);
            for value in given.all() {
                run.consume_all(value);
            }
            Value::other()
        }
    })
}

/// A function of the standard library, or of one that everybody uses.
pub(super) fn library(
    run: &mut Run<'_, '_, '_>,
    path: &str,
    given: &Given,
    span: Span,
) -> Option<Value> {
    Some(match path {
        "copy.copy" => run.copied(given.args.first()?, span),
        "copy.deepcopy" => {
            let value = given.args.first()?.clone();
            run.consume_all(&value);
            let mut copied = run.copied(&value, span);
            copied.class = value.class;
            run.deepen(&copied);
            copied
        }
        "functools.partial" => {
            let func = given.args.first()?.clone();
            Value::of(What::Partial(
                func,
                given.args[1..].to_vec(),
                given.keywords.clone(),
            ))
        }
        "collections.OrderedDict" if given.args.len() == 1 => run.copied(&given.args[0], span),
        "json.dumps" | "oslo_serialization.jsonutils.dumps" | "str.format" => {
            for value in given.all() {
                run.consume_all(value);
                run.leave(value, None, span);
            }
            Value::other()
        }
        _ if path.starts_with("time.")
            || path.starts_with("datetime.")
            || path.starts_with("math.")
            || path.starts_with("os.path.") =>
        {
            for value in given.all() {
                run.consume_all(value);
            }
            Value::other()
        }
        _ => return None,
    })
}

impl Run<'_, '_, '_> {
    /// A new container with what another one holds.
    pub(super) fn copied(&mut self, value: &Value, span: Span) -> Value {
        let Some(state) = self.state.clone() else {
            return Value::default();
        };
        let trace = self.trace(span);
        for path in value.refs.iter().filter(|path| path.is_supplied()) {
            self.left(&state, *path, &trace);
            self.note(Deed::Leaves, *path, Rc::clone(&trace));
        }
        self.load(value, Step::Any, Deed::Looks, span);
        // Cells that were written meanwhile go along; the rest is looked up when somebody asks.
        let mut cells = Vec::new();
        for path in &value.refs {
            for (slot, cell) in state.heap.range(*path..) {
                if !slot.starts_with(path) {
                    break;
                }
                if let Some((container, step)) = slot.split()
                    && container == *path
                {
                    cells.push((step, cell.clone()));
                }
            }
        }
        self.consume_all(value);
        let made = self.make(
            span,
            Made {
                is_dict: true,
                open: value.other
                    || value.what.is_some()
                    || value
                        .refs
                        .iter()
                        .any(|path| !path.is_root() && !path.is_supplied()),
                copy_of: value.refs.clone(),
                ..Made::default()
            },
        );
        if value.refs.len() == 1 {
            let must = self.state.as_ref().map(|state| Rc::clone(&state.must));
            for (step, cell) in cells {
                self.store(&made, step, cell, span);
            }
            if let (Some(state), Some(old), Some(Root::Made(id))) = (
                &mut self.state,
                must,
                made.exact().map(|path: Path| path.root),
            ) {
                // Only keys that were sure to be written before are sure to be there.
                let new = Path::of(Root::Made(id));
                let source = value.refs[0];
                Rc::make_mut(&mut state.must).retain(|(deed, path)| {
                    path.root != new.root
                        || path.split().is_some_and(|(_, step)| {
                            source
                                .then(step)
                                .is_some_and(|slot| old.contains(&(*deed, slot)))
                        })
                });
            }
        }
        made
    }

    /// What is in a deep copy is no longer what was supplied.
    fn deepen(&mut self, copied: &Value) {
        let Some(path) = copied.exact() else { return };
        let Some(state) = &mut self.state else { return };
        let Root::Made(id) = path.root else { return };
        for (slot, cell) in Rc::make_mut(&mut state.heap).range_mut(path..) {
            if !slot.starts_with(&path) {
                break;
            }
            if cell.refs.iter().any(Path::is_supplied) {
                *cell = Value::other();
            }
        }
        if let Some(made) = Rc::make_mut(&mut state.made).get_mut(&id) {
            made.open = true;
            made.deep = true;
        }
    }

    /// Puts all that `value` holds into `object`.
    pub(super) fn update(&mut self, object: &Value, value: &Value, span: Span) {
        let Some(state) = self.state.clone() else {
            return;
        };
        let literal = value.exact().and_then(|path| match path.root {
            Root::Made(id) if path.is_root() => {
                state.made.get(&id).map(|made| (path, made.clone()))
            }
            _ => None,
        });
        if let Some((path, made)) = literal
            && made.copy_of.is_empty()
            && made.is_dict
        {
            let held: Vec<(Path, Value)> = state
                .heap
                .range(path..)
                .take_while(|(slot, _)| slot.starts_with(&path))
                .map(|(slot, value)| (*slot, value.clone()))
                .collect();
            for (slot, held) in held {
                let Some((container, step)) = slot.split() else {
                    continue;
                };
                if container != path {
                    continue;
                }
                if state.must.contains(&(Deed::Writes, slot)) {
                    self.store(object, step, held, span);
                } else {
                    // It may have this key.
                    let before = self.state.clone();
                    self.store(object, step, held, span);
                    super::state::join_into(&mut self.state, &before);
                }
            }
            if !made.open {
                return;
            }
        }
        let trace = self.trace(span);
        for path in value.refs.iter().filter(|path| path.is_supplied()) {
            self.left(&state, *path, &trace);
            self.note(Deed::Leaves, *path, Rc::clone(&trace));
        }
        self.consume_all(value);
        let held = self.load(value, Step::Any, Deed::Looks, span);
        let mut held = held;
        held.other = true;
        let before = self.state.clone();
        self.store(object, Step::Any, held, span);
        super::state::join_into(&mut self.state, &before);
    }
}
