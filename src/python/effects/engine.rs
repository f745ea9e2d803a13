//! Finds what code speaks of: functions of other files, methods through the order of bases, classes of attributes; and
//! keeps the summary of each function. Nothing is followed inside of functions here.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::domain::Class;
use super::ir::{Ex, Function, Kind, ModuleIr, Names, Span, St, Sym, Target};
use super::run::Run;
use super::summary::Summary;
use crate::python::link::Target as Found;
use crate::python::mro::above_outside;
use crate::python::project::Project;
use crate::python::source::with_source;

/// Calls are followed this deep.
const DEEPEST: usize = 150;
/// Functions that call each other are looked at again until nothing changes, but at most so often.
const ROUNDS: usize = 8;
/// Objects made by callees of callees are told apart this far.
const NESTED: u8 = 3;

/// A function, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'e> {
    pub(super) module: usize,
    pub(super) function: &'e Function,
    /// The class whose body defines it.
    pub(super) owner: Option<Sym>,
}

/// What a path of the tree or outside it stands for.
pub(super) enum Global<'e> {
    Class(Sym),
    Function(Place<'e>),
    Literal(&'e Ex),
    /// The path as far as it could be followed.
    Other(String),
}

/// A method: its file, its path in there, and the class that defines it; none if there is none.
type Method = Option<(usize, String, Sym)>;
/// Classes of the attributes of a class; none where methods do not agree.
type Attributes = BTreeMap<Sym, Option<Class>>;
type Key = (usize, *const Function, Option<Sym>);

/// Who implements what: members by the receivers that hold an implementer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Implementers {
    /// By the receiver's text (`self.driver`): classes with their members.
    pub by_receiver: BTreeMap<String, Vec<(String, BTreeSet<String>)>>,
}

impl Implementers {
    /// Whatever either of the two knows.
    pub fn add(&mut self, other: Implementers) {
        for (receiver, classes) in other.by_receiver {
            let known = self.by_receiver.entry(receiver).or_default();
            for (class, members) in classes {
                match known.iter_mut().find(|(path, _)| *path == class) {
                    Some((_, all)) => all.extend(members),
                    None => known.push((class, members)),
                }
            }
        }
    }

    /// The class of which `receiver.name` is a member.
    pub(super) fn class_of(&self, receiver: &str, name: &str) -> Option<&str> {
        let classes = self.by_receiver.get(receiver)?;
        let found = classes.iter().find(|(_, members)| members.contains(name));
        found.map(|(class, _)| class.as_str())
    }
}

pub(super) struct Engine<'p, 't> {
    pub(super) project: &'p Project<'t>,
    pub(super) implementers: &'p Implementers,
    pub(super) names: RefCell<Names>,
    modules: Vec<OnceCell<Option<ModuleIr>>>,
    summaries: RefCell<HashMap<Key, Rc<Summary>>>,
    /// What is being looked at, outermost first, with whether somebody asked for it meanwhile.
    open: RefCell<Vec<(Key, bool)>>,
    /// The outermost open function that what is being looked at depends on.
    low: Cell<usize>,
    /// Summaries that depend on an open function.
    provisional: RefCell<Vec<(usize, Key)>>,
    made: RefCell<HashMap<(usize, Span, u32), u32>>,
    depths: RefCell<Vec<u8>>,
    /// Results of implementers: class and member.
    results: RefCell<Vec<(Sym, Sym)>>,
    result_ids: RefCell<HashMap<(usize, Span, Sym, Sym), u32>>,
    methods: RefCell<HashMap<(Sym, Sym), Method>>,
    attributes: RefCell<HashMap<Sym, Rc<Attributes>>>,
}

impl<'p, 't> Engine<'p, 't> {
    pub(super) fn new(project: &'p Project<'t>, implementers: &'p Implementers) -> Self {
        let count = project.module_count();
        Self {
            project,
            implementers,
            names: RefCell::default(),
            modules: (0..count).map(|_| OnceCell::new()).collect(),
            summaries: RefCell::default(),
            open: RefCell::default(),
            low: Cell::new(usize::MAX),
            provisional: RefCell::default(),
            made: RefCell::default(),
            depths: RefCell::default(),
            results: RefCell::default(),
            result_ids: RefCell::default(),
            methods: RefCell::default(),
            attributes: RefCell::default(),
        }
    }

    pub(super) fn sym(&self, text: &str) -> Sym {
        self.names.borrow_mut().intern(text)
    }

    pub(super) fn text(&self, sym: Sym) -> Arc<str> {
        self.names.borrow().text(sym)
    }

    /// The functions of a file.
    pub(super) fn module(&self, index: usize) -> Option<&ModuleIr> {
        self.modules
            .get(index)?
            .get_or_init(|| {
                let bytes = self.project.bytes(index)?;
                let text = crate::python::decode::decode(&bytes).ok()?;
                let mut names = self.names.borrow_mut();
                let names = &mut *names;
                let file = &self.project.linker().modules.files()[index];
                with_source(&file.path, &text, |source| {
                    super::lower::lower(&file.name, file.is_package, source.body(), names)
                })
                .ok()
            })
            .as_ref()
    }

    /// The class or function at a path; `self.linker.follow` in words of this folder.
    pub(super) fn global(&self, path: &str) -> Global<'_> {
        match self.project.linker().follow(path) {
            Found::Class(class) => Global::Class(self.sym(&class.path)),
            Found::Name(found) => {
                let Some(index) = self.project.linker().modules.find(&found.module.name) else {
                    return Global::Other(path.to_owned());
                };
                let full = format!("{}.{}", found.owner, found.name);
                let inside = full
                    .strip_prefix(found.module.name.as_str())
                    .map_or("", |rest| rest.trim_start_matches('.'));
                let Some(module) = self.module(index) else {
                    return Global::Other(full);
                };
                if let Some(function) = module.functions.get(inside) {
                    let owner = (found.owner != found.module.name).then(|| self.sym(found.owner));
                    return Global::Function(Place {
                        module: index,
                        function,
                        owner,
                    });
                }
                match module.literals.get(inside) {
                    Some(literal) => Global::Literal(literal),
                    None => Global::Other(full),
                }
            }
            Found::Module(path) | Found::Outside(path) => {
                Global::Other(crate::python::env::canonical(path))
            }
            Found::Missing => Global::Other(path.to_owned()),
        }
    }

    /// The path that a name of a module stands for.
    pub(super) fn path_of_name(&self, module: usize, name: &str) -> String {
        let Ok(extract) = self.project.linker().extract_at(module) else {
            return name.to_owned();
        };
        let known = extract.names.contains_key(name);
        if known || (!extract.stars.is_empty() && !super::builtins::is_known(name)) {
            format!("{}.{name}", extract.name)
        } else {
            format!("builtins.{name}")
        }
    }

    /// A class and those behind it.
    pub(super) fn line_of(&self, class: &str) -> Vec<String> {
        let mut line = vec![class.to_owned()];
        match self.project.lineage(class) {
            Some((mro, _)) => line.extend(mro),
            None => line.extend(above_outside(class)),
        }
        line
    }

    /// The method that an instance of `class` has under a name.
    pub(super) fn method(&self, class: Sym, name: Sym) -> Option<Place<'_>> {
        if let Some(known) = self.methods.borrow().get(&(class, name)) {
            let (index, inside, owner) = known.as_ref()?;
            let function = self.module(*index)?.functions.get(inside)?;
            return Some(Place {
                module: *index,
                function,
                owner: Some(*owner),
            });
        }
        let line = self.line_of(&self.text(class));
        let found = self.method_in(&line, name);
        let kept = found.map(|place| {
            let called = self.text(name);
            let inside = format!("{}.{called}", place.function.class);
            (place.module, inside, place.owner.unwrap_or(class))
        });
        self.methods.borrow_mut().insert((class, name), kept);
        found
    }

    /// What `super()` in a class finds.
    pub(super) fn method_after(&self, class: Sym, owner: Sym, name: Sym) -> Option<Place<'_>> {
        let line = self.line_of(&self.text(class));
        let owner = self.text(owner);
        let at = line.iter().position(|path| **path == *owner)?;
        self.method_in(&line[at + 1..], name)
    }

    fn method_in(&self, line: &[String], name: Sym) -> Option<Place<'_>> {
        let called = self.text(name);
        for path in line {
            let Some(class) = self.project.linker().class(path) else {
                continue;
            };
            let base = called.split('@').next().unwrap_or(&called);
            if !class.names.contains_key(base) {
                continue;
            }
            let index = self.project.linker().modules.find(&class.module)?;
            let inside = path
                .strip_prefix(class.module.as_str())?
                .trim_start_matches('.');
            let module = self.module(index)?;
            let function = module.functions.get(&format!("{inside}.{called}"))?;
            return Some(Place {
                module: index,
                function,
                owner: Some(self.sym(path)),
            });
        }
        None
    }

    /// The literal that a name of a class holds.
    pub(super) fn class_literal(&self, class: Sym, name: Sym) -> Option<&Ex> {
        let (class, name) = (self.text(class), self.text(name));
        for path in self.line_of(&class) {
            let Some(found) = self.project.linker().class(&path) else {
                continue;
            };
            if found.names.contains_key(&*name) {
                let index = self.project.linker().modules.find(&found.module)?;
                let inside = path
                    .strip_prefix(found.module.as_str())?
                    .trim_start_matches('.');
                return self
                    .module(index)?
                    .literals
                    .get(&format!("{inside}.{name}"));
            }
        }
        None
    }

    /// The class of an attribute that methods give to their instances, if they agree.
    pub(super) fn attribute_class(&self, class: Sym, name: Sym) -> Option<Class> {
        let known = self.attributes.borrow().get(&class).map(Rc::clone);
        let table = match known {
            Some(table) => table,
            None => {
                // Whoever asks meanwhile gets nothing.
                self.attributes.borrow_mut().insert(class, Rc::default());
                let table = Rc::new(self.attribute_table(class));
                self.attributes
                    .borrow_mut()
                    .insert(class, Rc::clone(&table));
                table
            }
        };
        table.get(&name).copied().flatten()
    }

    fn attribute_table(&self, class: Sym) -> BTreeMap<Sym, Option<Class>> {
        let mut table = BTreeMap::new();
        for path in self.line_of(&self.text(class)) {
            let Some(found) = self.project.linker().class(&path) else {
                continue;
            };
            let Some(index) = self.project.linker().modules.find(&found.module) else {
                continue;
            };
            let inside = path.strip_prefix(found.module.as_str()).unwrap_or_default();
            let inside = inside.trim_start_matches('.');
            let functions = self
                .module(index)
                .into_iter()
                .flat_map(|module| module.functions.values());
            for function in functions.filter(|function| function.class == inside) {
                if let Some(receiver) = function.params.first() {
                    self.attributes_in(index, receiver.name, &function.body, &mut table);
                }
            }
        }
        table
    }

    fn attributes_in(
        &self,
        module: usize,
        receiver: Sym,
        body: &[St],
        table: &mut BTreeMap<Sym, Option<Class>>,
    ) {
        for statement in body {
            match statement {
                St::Assign(targets, value) => {
                    for target in targets {
                        if let Target::Attr(object, name, _) = target
                            && matches!(object.kind, Kind::Name(found) if found == receiver)
                            && !matches!(value.kind, Kind::None)
                        {
                            let class = self.class_of_call(module, value);
                            table
                                .entry(*name)
                                .and_modify(|known| {
                                    if *known != class {
                                        *known = None;
                                    }
                                })
                                .or_insert(class);
                        }
                    }
                }
                St::If(arms) => {
                    for (_, body) in arms {
                        self.attributes_in(module, receiver, body, table);
                    }
                }
                St::For(_, _, body, _) | St::While(_, body, _) | St::With(_, body) => {
                    self.attributes_in(module, receiver, body, table);
                }
                St::Try { body, handlers, .. } => {
                    self.attributes_in(module, receiver, body, table);
                    for handler in handlers {
                        self.attributes_in(module, receiver, &handler.body, table);
                    }
                }
                _ => {}
            }
        }
    }

    /// The class that `Class(…)` or `defaultdict(Class)` makes.
    fn class_of_call(&self, module: usize, value: &Ex) -> Option<Class> {
        let call = match &value.kind {
            Kind::Call(call) => call,
            // `given or Class()`: what was given is expected to be one.
            Kind::Or(values) => return self.class_of_call(module, values.last()?),
            _ => return None,
        };
        let class_at = |ex: &Ex| {
            let text = self.dotted(ex)?;
            let (head, rest) = text.split_once('.').unwrap_or((&text, ""));
            let mut path = self.path_of_name(module, head);
            if !rest.is_empty() {
                path = format!("{path}.{rest}");
            }
            Some((self.global(&path), path))
        };
        match class_at(&call.func)? {
            (Global::Class(class), _) => Some(Class::Of(class)),
            (Global::Other(path), _) if path == "collections.defaultdict" => {
                match class_at(call.args.first()?)? {
                    (Global::Class(class), _) => Some(Class::Holds(class)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The text of an expression made of names and dots.
    pub(super) fn dotted(&self, ex: &Ex) -> Option<String> {
        match &ex.kind {
            Kind::Name(name) => Some(self.text(*name).to_string()),
            Kind::Attr(value, name) => {
                let mut text = self.dotted(value)?;
                text.push('.');
                text.push_str(&self.text(*name));
                Some(text)
            }
            _ => None,
        }
    }

    /// What a function does; none if it cannot be followed from here.
    pub(super) fn summary(&self, place: Place<'_>, receiver: Option<Sym>) -> Option<Rc<Summary>> {
        let key: Key = (place.module, place.function, receiver);
        let open_at = {
            let mut open = self.open.borrow_mut();
            let at = open.iter().position(|(known, _)| *known == key);
            if let Some(at) = at {
                open[at].1 = true;
            }
            at
        };
        if let Some(at) = open_at {
            self.low.set(self.low.get().min(at));
            let known = self.summaries.borrow().get(&key).map(Rc::clone);
            return Some(known.unwrap_or_default());
        }
        if let Some(known) = self.summaries.borrow().get(&key) {
            let provisional = self.provisional.borrow();
            if let Some((low, _)) = provisional.iter().find(|(_, found)| *found == key) {
                self.low.set(self.low.get().min(*low));
            }
            return Some(Rc::clone(known));
        }
        let depth = self.open.borrow().len();
        if depth >= DEEPEST {
            return None;
        }
        let outer = self.low.replace(usize::MAX);
        self.open.borrow_mut().push((key, false));
        let mut summary = Rc::new(Summary::default());
        for _ in 0..ROUNDS {
            let fresh = Rc::new(Run::of(self, place, receiver).summarise());
            let asked = self
                .open
                .borrow()
                .get(depth)
                .is_some_and(|(_, asked)| *asked);
            let same = fresh == summary;
            summary = fresh;
            if !asked || same {
                break;
            }
            self.summaries.borrow_mut().insert(key, Rc::clone(&summary));
            self.forget_from(depth);
        }
        self.open.borrow_mut().pop();
        self.summaries.borrow_mut().insert(key, Rc::clone(&summary));
        let low = self.low.get();
        self.provisional
            .borrow_mut()
            .retain(|(known, _)| *known < depth);
        if low < depth {
            self.provisional.borrow_mut().push((low, key));
            self.low.set(outer.min(low));
        } else {
            self.low.set(outer);
        }
        Some(summary)
    }

    /// Forgets what was only right for an earlier round of the function open at this depth.
    fn forget_from(&self, depth: usize) {
        let mut summaries = self.summaries.borrow_mut();
        self.provisional.borrow_mut().retain(|(low, key)| {
            let kept = *low > depth;
            if !kept {
                summaries.remove(key);
            }
            kept
        });
    }

    /// The number of an object: made at a place, perhaps by a callee called there.
    pub(super) fn made_at(&self, function: &Function, span: Span, inner: Option<u32>) -> u32 {
        let mut depths = self.depths.borrow_mut();
        let depth = inner.map_or(0, |inner| {
            depths.get(inner as usize).map_or(0, |depth| depth + 1)
        });
        let inner = if depth > NESTED {
            u32::MAX
        } else {
            inner.map_or(u32::MAX - 1, |inner| inner)
        };
        let mut made = self.made.borrow_mut();
        let next = u32::try_from(depths.len()).unwrap_or(u32::MAX);
        let address: *const Function = function;
        *made
            .entry((address as usize, span, inner))
            .or_insert_with(|| {
                depths.push(depth.min(NESTED + 1));
                next
            })
    }

    /// The number of a result of an implementer.
    pub(super) fn result_at(
        &self,
        function: &Function,
        span: Span,
        of: Result<(Sym, Sym), u32>,
    ) -> u32 {
        let mut results = self.results.borrow_mut();
        let member = match of {
            Ok(member) => member,
            // A callee's result is the caller's.
            Err(inner) => match results.get(inner as usize) {
                Some(member) => *member,
                None => return inner,
            },
        };
        let next = u32::try_from(results.len()).unwrap_or(u32::MAX);
        let address: *const Function = function;
        let key = (address as usize, span, member.0, member.1);
        *self.result_ids.borrow_mut().entry(key).or_insert_with(|| {
            results.push(member);
            next
        })
    }

    /// Class and member of a result.
    pub(super) fn result(&self, id: u32) -> Option<(Sym, Sym)> {
        self.results.borrow().get(id as usize).copied()
    }
}
