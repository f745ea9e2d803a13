//! One function, followed from its beginning to its ends: the state, what happened on the way, and the primitive
//! moves (load, store, delete, use, leave). Statements and expressions are in the files beside this one.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::domain::{Class, Deed, Path, Root, Step, Trace, Value, What, overlap};
use super::engine::{Engine, Place};
use super::ir::{Bound, Ex, Function, Span, Sym, Takes};
use super::state::{Made, State, join_into};

/// So many expressions of one function are looked at, loops included.
const BUDGET: u32 = 60_000;

/// A value is one of at most so many things, and a state holds at most so many slots: beyond that nobody could follow.
const REFS: usize = 16;
const SLOTS: usize = 300;

/// What the handlers around a place catch of failing reads.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Guard {
    pub(super) keys: bool,
    pub(super) attributes: bool,
}

/// The name under which a handler has its exception, and what of those thrown it caught.
pub(super) type Caught = (Option<Sym>, BTreeMap<Sym, Rc<Trace>>);

/// Why a value is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It is used.
    Use,
    /// It is given another name; whoever uses that uses it.
    Bind,
    /// Only whether it is there, true, or of a type.
    Test,
}

/// A supplied value that was written over: by what, and whether somebody unknown may have had it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) possible: bool,
    pub(super) trace: Rc<Trace>,
}

pub(super) struct Run<'e, 'p, 't> {
    pub(super) engine: &'e Engine<'p, 't>,
    pub(super) place: Place<'e>,
    pub(super) receiver: Option<Sym>,
    /// None where nothing gets to.
    pub(super) state: Option<State>,
    pub(super) may: BTreeMap<(Deed, Path), Rc<Trace>>,
    pub(super) over: BTreeMap<Path, Lost>,
    pub(super) raises: BTreeMap<Sym, Rc<Trace>>,
    pub(super) returned: Option<State>,
    pub(super) result: Value,
    /// Per loop: where `break` and `continue` lead.
    pub(super) loops: Vec<(Option<State>, Option<State>)>,
    /// Per `try`: what holds where something in it may fail.
    pub(super) points: Vec<Option<State>>,
    pub(super) guard: Guard,
    /// What the handlers around caught: for a bare `raise`.
    pub(super) caught: Vec<Caught>,
    pub(super) inner: Vec<&'e Function>,
    /// Functions inside that are being run.
    pub(super) running: Vec<*const Function>,
    budget: u32,
    pub(super) cut: bool,
}

impl<'e, 'p, 't> Run<'e, 'p, 't> {
    pub(super) fn of(engine: &'e Engine<'p, 't>, place: Place<'e>, receiver: Option<Sym>) -> Self {
        let mut state = State::default();
        let function = place.function;
        let has_receiver = place.owner.is_some() && function.bound != Bound::Static;
        for (at, param) in function.params.iter().enumerate() {
            let root = Root::Param(u16::try_from(at).unwrap_or(u16::MAX));
            let mut value = Value::at(Path::of(root));
            if at == 0 && has_receiver {
                value.class = receiver.map(Class::Of);
            }
            if matches!(
                &param.default,
                Some(Ex {
                    kind: super::ir::Kind::None,
                    ..
                })
            ) {
                value.none = true;
            }
            Rc::make_mut(&mut state.env).insert(param.name, value);
            Rc::make_mut(&mut state.born).insert(root);
        }
        Self {
            engine,
            place,
            receiver,
            state: Some(state),
            may: BTreeMap::new(),
            over: BTreeMap::new(),
            raises: BTreeMap::new(),
            returned: None,
            result: Value::default(),
            loops: Vec::new(),
            points: Vec::new(),
            guard: Guard::default(),
            caught: Vec::new(),
            inner: Vec::new(),
            running: Vec::new(),
            budget: BUDGET,
            cut: function.cut,
        }
    }

    /// The index of `self`, if there is one.
    pub(super) fn has_receiver(&self) -> bool {
        self.place.owner.is_some() && self.place.function.bound != Bound::Static
    }

    /// Counts a step; false when there were too many.
    pub(super) fn step(&mut self) -> bool {
        if self.budget == 0 {
            self.cut = true;
            return false;
        }
        self.budget -= 1;
        true
    }

    /// Gives up on what is too much to follow.
    pub(super) fn bounded(&mut self, mut value: Value) -> Value {
        if value.refs.len() > REFS {
            value.refs.truncate(REFS);
            value.other = true;
            self.cut = true;
        }
        if self
            .state
            .as_ref()
            .is_some_and(|state| state.heap.len() > SLOTS)
        {
            self.cut = true;
            self.budget = 0;
        }
        value
    }

    pub(super) fn trace(&self, span: Span) -> Rc<Trace> {
        Rc::new(Trace {
            file: u32::try_from(self.place.module).unwrap_or(u32::MAX),
            span,
            then: None,
        })
    }

    pub(super) fn traced(&self, span: Span, then: &Rc<Trace>) -> Rc<Trace> {
        Rc::new(Trace {
            file: u32::try_from(self.place.module).unwrap_or(u32::MAX),
            span,
            then: Some(Rc::clone(then)),
        })
    }

    pub(super) fn note(&mut self, deed: Deed, path: Path, trace: Rc<Trace>) {
        self.may.entry((deed, path)).or_insert(trace);
    }

    fn must(&mut self, deed: Deed, path: Path) {
        if let Some(state) = &mut self.state
            && !state.must.contains(&(deed, path))
        {
            Rc::make_mut(&mut state.must).insert((deed, path));
        }
    }

    /// What holds here may hold where a handler begins.
    pub(super) fn checkpoint(&mut self) {
        let state = self.state.clone();
        for point in &mut self.points {
            join_into(point, &state);
        }
    }

    // Loading.

    /// What one step leads to, without anybody looking.
    pub(super) fn peek(state: &State, value: &Value, step: Step) -> Value {
        let mut found = Value::default();
        let mut seen = BTreeSet::new();
        Self::peek_into(state, value, step, &mut found, &mut seen);
        match value.class {
            Some(Class::Holds(class)) if !matches!(step, Step::Attr(_)) => {
                found.class = Some(Class::Of(class))
            }
            _ => {}
        }
        found
    }

    fn peek_into(
        state: &State,
        value: &Value,
        step: Step,
        found: &mut Value,
        seen: &mut BTreeSet<Path>,
    ) {
        found.other |= value.other || value.what.is_some();
        for object in &value.refs {
            let Some(slot) = object.then(step) else {
                found.other = true;
                continue;
            };
            if !seen.insert(slot) {
                continue;
            }
            if let Some(cell) = state.cell(&slot) {
                found.join(cell);
            } else if let Root::Made(made) = slot.root {
                match state.made.get(&made) {
                    Some(made) if object.is_root() => {
                        found.other |= made.deep;
                        if !made.copy_of.is_empty() && !made.deep {
                            let origin = Value {
                                refs: made.copy_of.clone(),
                                ..Value::default()
                            };
                            Self::peek_into(state, &origin, step, found, seen);
                        }
                        found.other |= made.open;
                    }
                    _ => found.other = true,
                }
            } else {
                found.join(&Value::at(slot));
            }
            if !matches!(step, Step::Attr(_)) {
                // Some other way of writing the same key.
                for (other, cell) in state.heap.range(*object..) {
                    if !other.starts_with(object) {
                        break;
                    }
                    let same = other.split().is_some_and(|(container, last)| {
                        container == *object && last != step && overlap(last, step)
                    });
                    if same {
                        found.join(cell);
                    }
                }
            }
        }
    }

    /// Takes one step, and notes who looked at what.
    pub(super) fn load(&mut self, value: &Value, step: Step, deed: Deed, span: Span) -> Value {
        let Some(state) = self.state.clone() else {
            return Value::default();
        };
        let exact = value.exact();
        for object in &value.refs {
            self.look(&state, *object, step, deed, span, exact.is_some(), 0);
        }
        Self::peek(&state, value, step)
    }

    #[expect(clippy::too_many_arguments)]
    fn look(
        &mut self,
        state: &State,
        object: Path,
        step: Step,
        deed: Deed,
        span: Span,
        exact: bool,
        depth: u8,
    ) {
        let Some(slot) = object.then(step) else {
            return;
        };
        if let Root::Made(made) = slot.root {
            if state.cell(&slot).is_none()
                && object.is_root()
                && depth < 4
                && let Some(made) = state.made.get(&made)
            {
                let exact = exact && made.copy_of.len() == 1 && !made.open;
                for origin in made.copy_of.clone() {
                    self.look(state, origin, step, deed, span, exact, depth + 1);
                }
            }
            return;
        }
        let trace = self.trace(span);
        self.saw(state, slot, deed, exact, trace);
    }

    /// Notes that a slot was read, unless its supplied value is gone.
    pub(super) fn saw(
        &mut self,
        state: &State,
        slot: Path,
        deed: Deed,
        exact: bool,
        trace: Rc<Trace>,
    ) {
        if !state.may_hold_supplied(&slot) {
            self.check(state, slot, &trace);
            return;
        }
        let is_attr = matches!(slot.split(), Some((_, Step::Attr(_))));
        let guarded = if is_attr {
            self.guard.attributes
        } else {
            self.guard.keys
        };
        let deed = if guarded || state.present.contains(&slot) {
            Deed::Looks
        } else {
            deed
        };
        self.note(deed, slot, trace);
        if exact && slot.is_single() && state.is_untouched(&slot) {
            self.must(deed, slot);
        }
    }

    // Storing.

    /// Puts a value into the slots that a step of these objects names.
    pub(super) fn store(&mut self, object: &Value, step: Step, value: Value, span: Span) {
        let exact = object.exact();
        let outside =
            object.other || object.what.is_some() || object.refs.iter().any(Path::is_supplied);
        if outside {
            self.leave(&value, None, span);
        }
        for container in &object.refs {
            let Some(slot) = container.then(step) else {
                continue;
            };
            let trace = self.trace(span);
            self.put(slot, value.clone(), exact.is_some(), trace);
        }
    }

    /// Writes one slot.
    pub(super) fn put(&mut self, slot: Path, value: Value, exact: bool, trace: Rc<Trace>) {
        let value = self.bounded(value);
        let Some(state) = &mut self.state else { return };
        let mut strong = exact && slot.is_single();
        if let Root::Made(made) = slot.root {
            strong &= state.made.get(&made).is_none_or(|made| !made.several);
            let container_is_list = state
                .made
                .get(&made)
                .is_some_and(|made| made.items.is_some());
            if container_is_list && let Some(found) = Rc::make_mut(&mut state.made).get_mut(&made) {
                found.items = None;
                found.open = true;
            }
        }
        if slot.is_supplied()
            && state.may_hold_supplied(&slot)
            && !matches!(slot.split(), Some((_, Step::Any)))
        {
            Rc::make_mut(&mut state.lost).insert(slot);
        }
        let heap = Rc::make_mut(&mut state.heap);
        if strong {
            heap.insert(slot, value);
            Rc::make_mut(&mut state.absent).remove(&slot);
            Rc::make_mut(&mut state.present).insert(slot);
        } else {
            let known = heap.entry(slot).or_insert_with(|| {
                if slot.is_supplied() {
                    Value::at(slot)
                } else {
                    Value::default()
                }
            });
            known.join(&value);
            if state.absent.contains(&slot) {
                Rc::make_mut(&mut state.absent).remove(&slot);
            }
        }
        if slot.is_supplied() {
            self.note(Deed::Writes, slot, trace);
        }
        if strong {
            self.must(Deed::Writes, slot);
        }
    }

    pub(super) fn delete(&mut self, object: &Value, step: Step, span: Span) {
        let exact = object.exact().is_some();
        for container in &object.refs {
            let Some(slot) = container.then(step) else {
                continue;
            };
            let trace = self.trace(span);
            if slot.is_supplied() {
                self.note(Deed::Deletes, slot, trace);
            }
            let strong = exact && slot.is_single();
            let Some(state) = &mut self.state else { return };
            if strong {
                Rc::make_mut(&mut state.heap).insert(slot, Value::default());
                Rc::make_mut(&mut state.absent).insert(slot);
                Rc::make_mut(&mut state.present).remove(&slot);
                self.must(Deed::Deletes, slot);
            } else {
                Rc::make_mut(&mut state.present).remove(&slot);
            }
        }
    }

    // Using and leaving.

    /// Somebody uses the value itself.
    pub(super) fn consume(&mut self, value: &Value) {
        match value.what.as_deref() {
            Some(What::Many(values)) => values.iter().for_each(|value| self.consume(value)),
            Some(What::Method(value, _)) => self.consume(value),
            Some(What::Values(value) | What::Items(value)) => self.consume_all(value),
            _ => {}
        }
        let Some(state) = &mut self.state else { return };
        for path in &value.refs {
            if path.is_supplied() && !path.is_root() && !state.used.contains(path) {
                Rc::make_mut(&mut state.used).insert(*path);
            }
        }
    }

    /// Somebody uses all that a container holds: a copy, a comparison, a loop over its values.
    pub(super) fn consume_all(&mut self, value: &Value) {
        self.consume(value);
        let Some(state) = &mut self.state else { return };
        for path in &value.refs {
            if path.is_supplied()
                && let Some(all) = path.then(Step::Any)
            {
                Rc::make_mut(&mut state.used).insert(all);
            }
        }
    }

    /// The value goes where it is not followed: to a callee (by name), into something stored, back to the caller.
    pub(super) fn leave(&mut self, value: &Value, callee: Option<Sym>, span: Span) {
        let mut seen = BTreeSet::new();
        self.leave_once(value, callee, span, &mut seen);
    }

    fn leave_once(
        &mut self,
        value: &Value,
        callee: Option<Sym>,
        span: Span,
        seen: &mut BTreeSet<Path>,
    ) {
        self.consume(value);
        match value.what.as_deref() {
            Some(What::Many(values)) => {
                for value in values.clone() {
                    self.leave_once(&value, callee, span, seen);
                }
            }
            Some(
                What::Method(value, _)
                | What::Keys(value)
                | What::Values(value)
                | What::Items(value),
            ) => {
                let value = value.clone();
                self.leave_once(&value, callee, span, seen);
            }
            Some(What::Partial(func, args, keywords)) => {
                let (func, args, keywords) = (func.clone(), args.clone(), keywords.clone());
                self.leave_once(&func, callee, span, seen);
                for value in args.iter().chain(keywords.iter().map(|(_, value)| value)) {
                    self.leave_once(value, callee, span, seen);
                }
            }
            Some(What::Inner(number)) => self.perhaps_called(*number),
            _ => {}
        }
        for path in &value.refs {
            if !seen.insert(*path) {
                continue;
            }
            let Some(state) = self.state.clone() else {
                return;
            };
            if path.is_supplied() {
                let trace = self.trace(span);
                self.left(&state, *path, &trace);
                self.note(Deed::Leaves, *path, Rc::clone(&trace));
                if let Some(callee) = callee {
                    self.note(Deed::Unknown(callee), *path, trace);
                    if let Some(state) = &mut self.state {
                        Rc::make_mut(&mut state.shown).insert(*path);
                    }
                }
            } else if let Root::Made(made) = path.root {
                if callee.is_some()
                    && let Some(state) = &mut self.state
                    && let Some(found) = Rc::make_mut(&mut state.made).get_mut(&made)
                {
                    found.open = true;
                    found.items = None;
                }
                let held: Vec<Value> = state
                    .heap
                    .range(*path..)
                    .take_while(|(slot, _)| slot.starts_with(path))
                    .map(|(_, value)| value.clone())
                    .collect();
                for value in held {
                    self.leave_once(&value, callee, span, seen);
                }
                let items = state.made.get(&made).and_then(|made| made.items.clone());
                for value in items.iter().flat_map(|items| items.iter()) {
                    self.leave_once(value, callee, span, seen);
                }
            }
        }
    }

    /// A supplied container leaves: what of it was written over is lost.
    pub(super) fn left(&mut self, state: &State, container: Path, trace: &Rc<Trace>) {
        let slots: Vec<Path> = state
            .lost
            .range(container..)
            .take_while(|slot| slot.starts_with(&container))
            .copied()
            .collect();
        for slot in slots {
            if slot != container {
                self.check(state, slot, trace);
            }
        }
    }

    /// Notes that what was supplied in a slot is lost here, if it is.
    pub(super) fn check(&mut self, state: &State, slot: Path, trace: &Rc<Trace>) {
        if !slot.is_supplied() || !slot.is_single() || !state.is_overwritten(&slot) {
            return;
        }
        let trace = self.may.get(&(Deed::Writes, slot)).unwrap_or(trace);
        let lost = Lost {
            possible: state.was_shown(&slot),
            trace: Rc::clone(trace),
        };
        self.lose(slot, lost);
    }

    pub(super) fn lose(&mut self, slot: Path, lost: Lost) {
        match self.over.get_mut(&slot) {
            Some(known) if known.possible && !lost.possible => *known = lost,
            Some(_) => {}
            None => {
                self.over.insert(slot, lost);
            }
        }
    }

    // Making.

    /// A new object.
    pub(super) fn make(&mut self, span: Span, made: Made) -> Value {
        let id = self.engine.made_at(self.place.function, span, None);
        self.born(id, made);
        Value::at(Path::of(Root::Made(id)))
    }

    /// An object with this number is there; if there was one already, the number stands for several.
    pub(super) fn born(&mut self, id: u32, mut made: Made) {
        let Some(state) = &mut self.state else { return };
        let root = Root::Made(id);
        if state.made.contains_key(&id) {
            let old = state.made.get(&id).cloned().unwrap_or_default();
            made.several = true;
            made.open |= old.open;
            made.items = None;
        }
        Rc::make_mut(&mut state.made).insert(id, made);
        Rc::make_mut(&mut state.born).insert(root);
    }

    /// The step that a key stands for.
    pub(super) fn key(&self, value: &Value) -> Step {
        if let Some(text) = value.text() {
            return Step::Key(text);
        }
        match value.exact() {
            Some(path) if path.is_root() => {
                match path.root {
                    Root::Param(at)
                        if self.place.function.params.get(usize::from(at)).is_some_and(
                            |param| !matches!(param.takes, Takes::Rest | Takes::Keywords),
                        ) =>
                    {
                        Step::Arg(at)
                    }
                    _ => Step::Any,
                }
            }
            _ => Step::Any,
        }
    }
}
