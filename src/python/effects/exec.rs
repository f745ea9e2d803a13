//! Statements: how a state goes through them, branches, loops and handlers. Expressions are in [`super::eval`].

use std::collections::BTreeMap;
use std::rc::Rc;

use super::domain::{Class, Deed, Path, Root, Step, Trace, Value, What};
use super::ir::{Cmp, Ex, Handler, Kind, Span, St, Sym, Target};
use super::run::{How, Run};
use super::state::{State, join_into};

/// A loop is gone through until nothing changes, but at most so often.
const ROUNDS: usize = 8;
/// A loop over a literal list of at most so many elements is gone through element by element.
const UNROLLED: usize = 64;

impl<'e> Run<'e, '_, '_> {
    pub(super) fn block(&mut self, body: &'e [St]) {
        for statement in body {
            if self.state.is_none() || !self.step() {
                return;
            }
            self.checkpoint();
            self.statement(statement);
            self.checkpoint();
        }
    }

    fn statement(&mut self, statement: &'e St) {
        match statement {
            St::Expr(ex) => {
                self.eval(ex, How::Use);
            }
            St::Assign(targets, ex) => {
                let value = self.eval(ex, How::Bind);
                for target in targets {
                    self.assign(target, value.clone(), ex.span);
                }
            }
            St::Change(target, ex) => self.change(target, ex),
            St::Delete(targets) => targets.iter().for_each(|target| self.remove(target)),
            St::Return(ex, span) => {
                let value = ex
                    .as_ref()
                    .map_or_else(Value::none, |ex| self.eval(ex, How::Bind));
                self.give_back(value, *span);
            }
            St::Raise(ex, span) => self.raise(ex.as_ref(), *span),
            St::If(arms) => self.branch(arms),
            St::For(target, iterated, body, orelse) => self.each(target, iterated, body, orelse),
            St::While(test, body, orelse) => self.repeat(test, body, orelse),
            St::With(items, body) => self.with(items, body),
            St::Try {
                body,
                handlers,
                orelse,
                finally,
            } => self.attempt(body, handlers, orelse, finally),
            St::Def(name, number) => {
                let value = self.function_inside(*number);
                self.bind(*name, value);
            }
            St::Import(name, path) => self.bind(*name, Value::of(What::Global(*path))),
            St::Assert(ex) => {
                let (yes, _) = self.test(ex);
                self.state = yes;
            }
            St::Break | St::Continue => {
                let state = self.state.take();
                if let Some((breaks, continues)) = self.loops.last_mut() {
                    let into = if matches!(statement, St::Break) {
                        breaks
                    } else {
                        continues
                    };
                    join_into(into, &state);
                }
            }
        }
    }

    pub(super) fn give_back(&mut self, value: Value, span: Span) {
        if self.state.is_none() {
            return;
        }
        self.leave(&value, None, span);
        self.result.join(&value);
        let state = self.state.take();
        join_into(&mut self.returned, &state);
    }

    pub(super) fn bind(&mut self, name: Sym, value: Value) {
        let value = self.bounded(value);
        if let Some(state) = &mut self.state {
            Rc::make_mut(&mut state.env).insert(name, value);
        }
    }

    pub(super) fn assign(&mut self, target: &'e Target, value: Value, span: Span) {
        match target {
            Target::Name(name) => {
                if self.place.function.outer_names.contains(name) && self.running.is_empty() {
                    self.leave(&value, None, span);
                }
                self.bind(*name, value);
            }
            Target::Attr(object, name, at) => {
                let object = self.eval(object, How::Use);
                if !self.set_property(&object, *name, &value, *at) {
                    self.store(&object, Step::Attr(*name), value, *at);
                }
            }
            Target::Item(object, key, at) => {
                let object = self.eval(object, How::Use);
                let key = self.eval(key, How::Use);
                let step = self.key(&key);
                self.store(&object, step, value, *at);
            }
            Target::Many(targets) => {
                let parts = self.elements(&value);
                if let Some(parts) = parts
                    && parts.len() == targets.len()
                    && !targets
                        .iter()
                        .any(|target| matches!(target, Target::Rest(_)))
                {
                    for (target, part) in targets.iter().zip(parts) {
                        self.assign(target, part, span);
                    }
                    return;
                }
                for target in targets {
                    let part = self.load(&value, Step::Any, Deed::Looks, span);
                    self.assign(target, part, span);
                }
            }
            Target::Rest(target) => self.assign(target, Value::other(), span),
            Target::Nothing => self.leave(&value, None, span),
        }
    }

    /// The elements of a tuple, or of a list that nobody changed.
    pub(super) fn elements(&self, value: &Value) -> Option<Vec<Value>> {
        if let Some(What::Many(values)) = value.what.as_deref()
            && value.refs.is_empty()
        {
            return Some(values.clone());
        }
        match value.exact()? {
            path if path.is_root() => match path.root {
                Root::Made(made) => {
                    let items = self.state.as_ref()?.made.get(&made)?.items.as_ref()?;
                    Some(items.to_vec())
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn change(&mut self, target: &'e Target, ex: &'e Ex) {
        match target {
            Target::Name(name) => {
                let old = self.look_up(*name);
                let value = self.eval(ex, How::Use);
                self.consume(&old);
                // Adding a list changes the old one; anything else makes something new.
                if matches!(ex.kind, Kind::List(_) | Kind::Comprehension(_)) {
                    self.store(&old, Step::Any, value, ex.span);
                } else {
                    self.bind(*name, Value::other());
                }
            }
            Target::Attr(object, name, at) => {
                let object = self.eval(object, How::Use);
                let old = self.load(&object, Step::Attr(*name), Deed::Needs, *at);
                self.consume(&old);
                self.eval(ex, How::Use);
                self.store(&object, Step::Attr(*name), Value::other(), *at);
            }
            Target::Item(object, key, at) => {
                let object = self.eval(object, How::Use);
                let key = self.eval(key, How::Use);
                let step = self.key(&key);
                let old = self.load(&object, step, Deed::Needs, *at);
                self.consume(&old);
                self.eval(ex, How::Use);
                self.store(&object, step, Value::other(), *at);
            }
            Target::Many(_) | Target::Rest(_) | Target::Nothing => {
                self.eval(ex, How::Use);
            }
        }
    }

    fn remove(&mut self, target: &'e Target) {
        match target {
            Target::Name(name) => {
                if let Some(state) = &mut self.state {
                    Rc::make_mut(&mut state.env).remove(name);
                }
            }
            Target::Attr(object, name, at) => {
                let object = self.eval(object, How::Use);
                self.delete(&object, Step::Attr(*name), *at);
            }
            Target::Item(object, key, at) => {
                let object = self.eval(object, How::Use);
                let key = self.eval(key, How::Use);
                let step = self.key(&key);
                self.delete(&object, step, *at);
            }
            Target::Many(targets) => targets.iter().for_each(|target| self.remove(target)),
            Target::Rest(_) | Target::Nothing => {}
        }
    }

    // Exceptions.

    fn raise(&mut self, ex: Option<&'e Ex>, span: Span) {
        let again = match ex.map(|ex| &ex.kind) {
            None => true,
            Some(Kind::Name(name)) => self.caught.iter().any(|(caught, _)| *caught == Some(*name)),
            Some(_) => false,
        };
        if again {
            self.raise_again();
            return;
        }
        if let Some(ex) = ex {
            let class = match &ex.kind {
                Kind::Call(call) => &call.func,
                _ => ex,
            };
            let path = self.path_of(class);
            self.eval(ex, How::Use);
            if let Some(path) = path {
                let path = self.class_path(&path);
                let trace = self.trace(span);
                self.throw(path, trace);
            }
        }
        self.checkpoint();
        self.state = None;
    }

    pub(super) fn throw(&mut self, path: Sym, trace: Rc<Trace>) {
        self.raises.entry(path).or_insert(trace);
    }

    pub(super) fn raise_again(&mut self) {
        let caught = self
            .caught
            .last()
            .map(|(_, caught)| caught.clone())
            .unwrap_or_default();
        for (path, trace) in caught {
            self.throw(path, trace);
        }
        self.checkpoint();
        self.state = None;
    }

    /// The classes that a handler names; none if it catches everything or something unknown.
    fn catches(&mut self, handler: &'e Handler) -> Option<Vec<String>> {
        let caught = handler.caught.as_ref()?;
        let list: Vec<&Ex> = match &caught.kind {
            Kind::Tuple(items) => items.iter().collect(),
            _ => vec![caught],
        };
        let mut paths = Vec::new();
        for ex in list {
            let path = self.path_of(ex)?;
            let path = self.class_path(&path);
            paths.push(self.engine.text(path).to_string());
        }
        Some(paths)
    }

    fn attempt(
        &mut self,
        body: &'e [St],
        handlers: &'e [Handler],
        orelse: &'e [St],
        finally: &'e [St],
    ) {
        let caught: Vec<Option<Vec<String>>> = handlers
            .iter()
            .map(|handler| self.catches(handler))
            .collect();
        let outer_guard = self.guard;
        for names in &caught {
            let has = |wanted: &[&str]| {
                names.as_ref().is_none_or(|names| {
                    names.iter().any(|name| {
                        name.strip_prefix("builtins.")
                            .is_some_and(|name| wanted.contains(&name))
                    })
                })
            };
            self.guard.keys |= has(&["KeyError", "LookupError", "Exception", "BaseException"]);
            self.guard.attributes |= has(&["AttributeError", "Exception", "BaseException"]);
        }
        let outer_raises = std::mem::take(&mut self.raises);
        let outer_returned = if finally.is_empty() {
            None
        } else {
            self.returned.take()
        };
        self.points.push(self.state.clone());
        self.block(body);
        let point = self.points.pop().flatten();
        self.guard = outer_guard;
        let mut left = std::mem::replace(&mut self.raises, outer_raises);
        self.block(orelse);
        let mut end = self.state.take();
        for (handler, names) in handlers.iter().zip(&caught) {
            let mut mine: BTreeMap<Sym, Rc<Trace>> = BTreeMap::new();
            left.retain(|path, trace| {
                let is_caught = names.as_ref().is_none_or(|names| {
                    let text = self.engine.text(*path);
                    self.engine
                        .line_of(&text)
                        .iter()
                        .any(|above| names.contains(above))
                });
                if is_caught {
                    mine.insert(*path, Rc::clone(trace));
                }
                !is_caught
            });
            self.state.clone_from(&point);
            if let Some(name) = handler.name {
                self.bind(name, Value::other());
            }
            self.caught.push((handler.name, mine));
            self.block(&handler.body);
            self.caught.pop();
            let state = self.state.take();
            join_into(&mut end, &state);
        }
        for (path, trace) in left {
            self.throw(path, trace);
        }
        self.state = end;
        if finally.is_empty() {
            return;
        }
        // Whatever way the body is left, what is last is done.
        let returned = self.returned.take();
        // What is left by an exception goes through it, too, and nobody comes back from there.
        let (end, over) = (self.state.take(), self.over.clone());
        self.state = point;
        self.block(finally);
        self.over = over;
        self.state = end;
        self.block(finally);
        let end = self.state.take();
        self.returned = outer_returned;
        if returned.is_some() {
            self.state = returned;
            self.block(finally);
            let state = self.state.take();
            join_into(&mut self.returned, &state);
        }
        self.state = end;
    }

    fn with(&mut self, items: &'e [(Ex, Option<Target>)], body: &'e [St]) {
        let (mut again, mut swallows) = (false, false);
        for (ex, target) in items {
            let called = match &ex.kind {
                Kind::Call(call) => self.path_of(&call.func),
                _ => None,
            };
            let last = called.as_deref().and_then(|path| path.rsplit('.').next());
            again |= last == Some("save_and_reraise_exception");
            swallows |= last == Some("suppress");
            let value = self.eval(ex, How::Use);
            if let Some(target) = target {
                let value = if value.class.is_some() || value.refs.iter().any(Path::is_supplied) {
                    value
                } else {
                    Value::other()
                };
                self.assign(target, value, ex.span);
            }
        }
        let outer = self.guard;
        if swallows {
            self.points.push(self.state.clone());
            self.guard.keys = true;
            self.guard.attributes = true;
        }
        self.block(body);
        if swallows {
            self.guard = outer;
            let point = self.points.pop().flatten();
            join_into(&mut self.state, &point);
        }
        if again && self.state.is_some() {
            self.raise_again();
        }
    }

    // Branches and loops.

    fn branch(&mut self, arms: &'e [(Option<Ex>, Vec<St>)]) {
        let mut end: Option<State> = None;
        for (test, body) in arms {
            let (yes, no) = match test {
                Some(test) => self.test(test),
                None => (self.state.take(), None),
            };
            self.state = yes;
            self.block(body);
            let state = self.state.take();
            join_into(&mut end, &state);
            self.state = no;
        }
        join_into(&mut self.state, &end);
    }

    fn repeat(&mut self, test: &'e Ex, body: &'e [St], orelse: &'e [St]) {
        let mut exit = None;
        self.loops.push((None, None));
        for _ in 0..ROUNDS {
            let entry = self.state.clone();
            let (yes, no) = self.test(test);
            join_into(&mut exit, &no);
            self.state = yes;
            self.block(body);
            self.take_continues();
            let mut again = entry.clone();
            let back = self.state.take();
            if !join_into(&mut again, &back) {
                break;
            }
            self.state = again;
        }
        self.state = exit;
        self.end_loop(orelse);
    }

    fn take_continues(&mut self) {
        if let Some((_, continues)) = self.loops.last_mut() {
            let continued = continues.take();
            join_into(&mut self.state, &continued);
        }
    }

    fn end_loop(&mut self, orelse: &'e [St]) {
        self.block(orelse);
        if let Some((breaks, _)) = self.loops.pop() {
            join_into(&mut self.state, &breaks);
        }
    }

    fn each(&mut self, target: &'e Target, iterated: &'e Ex, body: &'e [St], orelse: &'e [St]) {
        let value = self.eval(iterated, How::Bind);
        self.loops.push((None, None));
        self.iterate(&value, iterated.span, &mut |run, element| {
            run.assign(target, element, iterated.span);
            run.block(body);
            run.take_continues();
        });
        self.end_loop(orelse);
    }

    /// Runs `body` for each element that a value may have.
    pub(super) fn iterate(
        &mut self,
        value: &Value,
        span: Span,
        body: &mut dyn FnMut(&mut Self, Value),
    ) {
        let elements = self.elements(value);
        if let Some(elements) = elements.filter(|elements| elements.len() <= UNROLLED) {
            for element in elements {
                if self.state.is_some() {
                    body(self, element);
                }
            }
            return;
        }
        let mut exit = self.state.clone();
        for _ in 0..ROUNDS {
            let element = self.element(value, span);
            body(self, element);
            let back = self.state.take();
            if !join_into(&mut exit, &back) {
                break;
            }
            self.state.clone_from(&exit);
        }
        self.state = exit;
    }

    /// Some element of what is iterated over.
    fn element(&mut self, value: &Value, span: Span) -> Value {
        match value.what.as_deref().cloned() {
            Some(What::Keys(_)) => Value::other(),
            Some(What::Values(of)) => self.load(&of, Step::Any, Deed::Looks, span),
            Some(What::Items(of)) => {
                let held = self.load(&of, Step::Any, Deed::Looks, span);
                Value::of(What::Many(vec![Value::other(), held]))
            }
            Some(What::Many(values)) => {
                let mut any = Value::default();
                values.iter().for_each(|value| {
                    any.join(value);
                });
                any
            }
            _ if self.is_dict(value) => Value::other(),
            _ => {
                let mut element = self.load(value, Step::Any, Deed::Looks, span);
                let items = value.exact().and_then(|path| match path.root {
                    Root::Made(made) => self.state.as_ref()?.made.get(&made)?.items.clone(),
                    _ => None,
                });
                for item in items.iter().flat_map(|items| items.iter()) {
                    element.join(item);
                }
                // A dict gives its keys, a list its elements: nobody can tell here.
                element.other = true;
                element
            }
        }
    }

    /// Whether going through a value gives its keys.
    fn is_dict(&self, value: &Value) -> bool {
        if let Some(Class::Of(class)) = value.class {
            let line = self.engine.line_of(&self.engine.text(class));
            return line.iter().any(|base| base == "builtins.dict");
        }
        match value.exact().map(|path| (path.root, path.is_root())) {
            Some((Root::Made(id), true)) => {
                let made = self.state.as_ref().and_then(|state| state.made.get(&id));
                made.is_some_and(|made| made.is_dict && made.copy_of.is_empty())
            }
            _ => false,
        }
    }

    // Tests.

    /// What holds where a test is true, and where it is not.
    pub(super) fn test(&mut self, ex: &'e Ex) -> (Option<State>, Option<State>) {
        if self.state.is_none() || !self.step() {
            return (self.state.clone(), self.state.take());
        }
        match &ex.kind {
            Kind::Bool(true) => (self.state.take(), None),
            Kind::Bool(false) | Kind::None => (None, self.state.take()),
            Kind::Not(inner) => {
                let (yes, no) = self.test(inner);
                (no, yes)
            }
            Kind::And(values) => {
                let mut none = None;
                for value in values {
                    let (yes, no) = self.test(value);
                    join_into(&mut none, &no);
                    self.state = yes;
                }
                (self.state.take(), none)
            }
            Kind::Or(values) => {
                let mut any = None;
                for value in values {
                    let (yes, no) = self.test(value);
                    join_into(&mut any, &yes);
                    self.state = no;
                }
                (any, self.state.take())
            }
            Kind::Compare(left, rest) if rest.len() == 1 => {
                self.compare(left, rest[0].0, &rest[0].1)
            }
            Kind::Call(call)
                if matches!(call.func.kind, Kind::Name(name) if &*self.engine.text(name) == "hasattr")
                    && call.args.len() == 2 =>
            {
                let object = self.eval(&call.args[0], How::Test);
                let name = self.eval(&call.args[1], How::Use);
                let Some(name) = name.text() else {
                    return (self.state.clone(), self.state.take());
                };
                self.load(&object, Step::Attr(name), Deed::Looks, ex.span);
                self.split_presence(&object, Step::Attr(name))
            }
            _ => {
                let value = self.eval(ex, How::Test);
                self.split_truth(&value)
            }
        }
    }

    fn compare(&mut self, left: &'e Ex, op: Cmp, right: &'e Ex) -> (Option<State>, Option<State>) {
        match op {
            Cmp::In | Cmp::NotIn => {
                let key = self.eval(left, How::Use);
                let container = self.eval(right, How::Test);
                let container = match container.what.as_deref() {
                    Some(What::Keys(of)) => of.clone(),
                    _ => container,
                };
                let step = self.key(&key);
                if step == Step::Any {
                    // Which element it is decides nothing about the others.
                    self.consume(&container);
                    return (self.state.clone(), self.state.take());
                }
                self.load(&container, step, Deed::Looks, right.span);
                let (yes, no) = self.split_presence(&container, step);
                if op == Cmp::In { (yes, no) } else { (no, yes) }
            }
            Cmp::Is | Cmp::IsNot | Cmp::Equal | Cmp::NotEqual
                if matches!(right.kind, Kind::None) || matches!(left.kind, Kind::None) =>
            {
                let tested = if matches!(right.kind, Kind::None) {
                    left
                } else {
                    right
                };
                let value = self.eval(tested, How::Test);
                let (there, gone) = self.split_truth(&value);
                if matches!(op, Cmp::Is | Cmp::Equal) {
                    (gone, there)
                } else {
                    (there, gone)
                }
            }
            Cmp::Is | Cmp::IsNot => {
                self.eval(left, How::Test);
                self.eval(right, How::Test);
                (self.state.clone(), self.state.take())
            }
            Cmp::Equal | Cmp::NotEqual | Cmp::Order => {
                for side in [left, right] {
                    let value = self.eval(side, How::Bind);
                    self.consume_all(&value);
                }
                (self.state.clone(), self.state.take())
            }
        }
    }

    fn split_presence(&mut self, container: &Value, step: Step) -> (Option<State>, Option<State>) {
        let (mut yes, mut no) = (self.state.clone(), self.state.take());
        if let Some(slot) = container.exact().and_then(|path| path.then(step))
            && slot.is_single()
        {
            if let Some(state) = &mut yes {
                Rc::make_mut(&mut state.present).insert(slot);
            }
            if let Some(state) = &mut no
                && state.cell(&slot).is_none()
            {
                Rc::make_mut(&mut state.absent).insert(slot);
            }
        }
        (yes, no)
    }

    /// Where a value is there and true, and where it is None or empty.
    fn split_truth(&mut self, value: &Value) -> (Option<State>, Option<State>) {
        let (mut yes, mut no) = (self.state.clone(), self.state.take());
        if value.none && value.refs.is_empty() && !value.other && value.what.is_none() {
            return (None, no);
        }
        let Some(path) = value.exact() else {
            return (yes, no);
        };
        if path.is_root() {
            if path.is_supplied()
                && let Some(state) = &mut no
            {
                Rc::make_mut(&mut state.born).remove(&path.root);
            }
        } else if path.is_single() {
            if let Some(state) = &mut yes {
                Rc::make_mut(&mut state.present).insert(path);
            }
            if let Some(state) = &mut no
                && state.cell(&path).is_none()
            {
                Rc::make_mut(&mut state.absent).insert(path);
            }
        }
        (yes, no)
    }
}
