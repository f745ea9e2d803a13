//! Walks a file of the consumer and notes where its names, attributes and calls lead into the provider. What a name
//! stands for is decided in `values`.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    ExceptHandler, Expr, ExprAttribute, ExprCall, ExprContext, Stmt, StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange};

use super::bindings::{Binding, Bindings};
use super::guards::{Guard, asked_for, is_version_test};
use super::values::{Step, Value, World};
use super::{Called, End, Reach};
use crate::interface::Place;
use crate::interface::python::Kind;
use crate::python::call_shapes;
use crate::python::env::{Env, joined};
use crate::python::extract::What;
use crate::python::joined::Joined;
use crate::python::literals::Literals;
use crate::python::source::Source;
use crate::python::types::type_of;

/// Values of values are followed this far.
const DEEPEST: u8 = 12;

/// Every use in a file, in order.
pub(super) fn uses(world: &World<'_, '_>, source: &Source<'_>, index: usize) -> Vec<Reach> {
    let file = &world.project.linker().modules.files()[index];
    let body = source.body();
    let mut walk = Walk {
        world,
        source,
        module: &file.name,
        env: Env::new(
            &file.name,
            file.is_package,
            world.project.linker().target,
            body,
        ),
        classes: Vec::new(),
        functions: Vec::new(),
        guard: Guard::default(),
        asked: asked_for(body),
        instance: BTreeMap::new(),
        found: Vec::new(),
    };
    walk.visit_body(body);
    walk.found
}

/// A function that is being walked through.
struct Function<'a> {
    def: &'a StmtFunctionDef,
    bindings: Bindings<'a>,
    literals: Literals<'a>,
    /// The class whose method it is.
    class: Option<String>,
}

struct Walk<'w, 'a, 's> {
    world: &'w World<'w, 'w>,
    source: &'a Source<'s>,
    module: &'a str,
    env: Env<'a>,
    /// Paths of the classes around.
    classes: Vec<String>,
    functions: Vec<Function<'a>>,
    guard: Guard,
    /// Names that the file asks for by `hasattr` somewhere.
    asked: BTreeSet<String>,
    /// What methods give to attributes of `self`, by class.
    instance: BTreeMap<String, Instance<'a>>,
    found: Vec<Reach>,
}

/// Assigned values by attribute, each with the method that assigns it.
type Instance<'a> = BTreeMap<&'a str, Vec<(&'a StmtFunctionDef, &'a Expr)>>;

impl<'a> Walk<'_, 'a, '_> {
    /// What an expression stands for.
    fn value(&self, expr: &'a Expr, left: u8) -> Value {
        let Some(left) = left.checked_sub(1) else {
            return Value::Unknown;
        };
        match expr {
            Expr::Name(name) => self.name(name.id.as_str(), left),
            Expr::Attribute(attribute) => self.attribute(attribute, left).value,
            Expr::Call(call) => self.result(call, left),
            Expr::Await(_) => Value::Unknown,
            _ => Value::Unknown,
        }
    }

    fn attribute(&self, attribute: &'a ExprAttribute, left: u8) -> Step {
        let from = self.value(&attribute.value, left);
        let step = self.world.attribute(&from, attribute.attr.as_str());
        if let (Value::Unknown, Value::Object(class, _)) = (&step.value, &from)
            && step.used.is_none()
            && let Some(value) = self.given(class, attribute, left)
        {
            return Step { value, used: None };
        }
        step
    }

    /// What a class of this file gives to an attribute of its objects, if one assignment says it.
    fn given(&self, class: &str, attribute: &'a ExprAttribute, left: u8) -> Option<Value> {
        let function = self.functions.first()?;
        if function.class.as_deref() != Some(class) {
            return None;
        }
        let first = function.def.parameters.iter_non_variadic_params().next()?;
        let receiver = attribute.value.as_name_expr()?;
        if receiver.id != first.parameter.name.id {
            return None;
        }
        let values = self.instance.get(class)?.get(attribute.attr.as_str())?;
        let [(def, value)] = values.as_slice() else {
            return None;
        };
        // In its own method the value's names mean what they mean there.
        self.value_in(class, def, value, left)
    }

    fn value_in(
        &self,
        class: &str,
        def: &'a StmtFunctionDef,
        value: &'a Expr,
        left: u8,
    ) -> Option<Value> {
        // A constructor called by a name of the module needs no local names.
        let Expr::Call(call) = value else {
            return None;
        };
        let head = head(&call.func)?;
        let bindings = Bindings::of(def, &|import| self.env.imported_module(import));
        if bindings.get(head).is_some() || class.is_empty() {
            return None;
        }
        let callee = self.global(&call.func, left)?;
        match self.world.called(&callee) {
            Value::Unknown => None,
            known => Some(known),
        }
    }

    /// A dotted name of the module's own scope.
    fn global(&self, expr: &'a Expr, left: u8) -> Option<Value> {
        let left = left.checked_sub(1)?;
        match expr {
            Expr::Name(name) => Some(self.module_name(name.id.as_str())),
            Expr::Attribute(attribute) => {
                let from = self.global(&attribute.value, left)?;
                Some(self.world.attribute(&from, attribute.attr.as_str()).value)
            }
            _ => None,
        }
    }

    fn name(&self, name: &str, left: u8) -> Value {
        for (depth, function) in self.functions.iter().enumerate().rev() {
            let Some(binding) = function.bindings.get(name) else {
                continue;
            };
            return match binding {
                Binding::Import(path) => self.world.at(path, path),
                // An expression of a function around means what it means there.
                Binding::Value(value) if depth + 1 == self.functions.len() => {
                    self.value(value, left)
                }
                Binding::Param(annotation) => self.parameter(function, name, *annotation),
                Binding::Value(_) | Binding::Unknown => Value::Unknown,
            };
        }
        if self.functions.is_empty()
            && let Some(class) = self.classes.last()
            && let Some(known) = self.world.class(class)
            && known
                .members
                .get(name)
                .is_some_and(|member| member.defined_in == *class)
        {
            return Value::Unknown;
        }
        self.module_name(name)
    }

    /// A name of the module.
    fn module_name(&self, name: &str) -> Value {
        let linker = self.world.project.linker();
        if let Some(extract) = linker.extract(self.module)
            && let Some(bound) = extract.names.get(name)
            && let What::Import(import) = &bound.what
        {
            return self.world.at(&import.target, &import.target);
        }
        let path = format!("{}.{name}", self.module);
        self.world.at(&path, &path)
    }

    /// What a parameter holds: the object itself, what its annotation says, what that of the base says, or what the
    /// configuration says of its name.
    fn parameter(
        &self,
        function: &Function<'a>,
        name: &str,
        annotation: Option<&'a Expr>,
    ) -> Value {
        let mut params = function.def.parameters.iter_non_variadic_params();
        let index = params.position(|param| param.parameter.name.as_str() == name);
        if let Some(class) = &function.class
            && index == Some(0)
        {
            let decorated = |what: &str| {
                function.def.decorator_list.iter().any(|decorator| {
                    decorator
                        .expression
                        .as_name_expr()
                        .is_some_and(|name| name.id.as_str() == what)
                })
            };
            if decorated("classmethod") {
                return Value::Class(class.clone(), class.clone());
            }
            if !decorated("staticmethod") {
                return Value::Object(class.clone(), class.clone());
            }
        }
        if let Some(annotation) = annotation {
            return self.world.object_of(Some(&type_of(&self.env, annotation)));
        }
        if let Some(path) = self.world.arguments.get(name) {
            return self.world.configured(path);
        }
        self.declared(function, name, index)
            .unwrap_or(Value::Unknown)
    }

    /// What the base that a method overrides says of the parameter at the same position.
    fn declared(&self, function: &Function<'a>, name: &str, index: Option<usize>) -> Option<Value> {
        let class = self.world.class(function.class.as_deref()?)?;
        let overridden = class.mro.iter().find_map(|base| {
            let base = self.world.class(base)?;
            base.members.get(function.def.name.as_str()).cloned()
        })?;
        let Kind::Function(overridden) = &overridden.kind else {
            return None;
        };
        let params = &overridden.signature.params;
        let param = params
            .iter()
            .find(|param| param.name == name)
            .or_else(|| params.get(index?))?;
        Some(self.world.object_of(param.ty.as_ref()))
    }

    fn result(&self, call: &'a ExprCall, left: u8) -> Value {
        if is_named(&call.func, "super") {
            if let Some(first) = call.arguments.args.first() {
                return match self.value(first, left) {
                    Value::Class(path, _) => Value::Super(path),
                    _ => Value::Unknown,
                };
            }
            let class = self
                .functions
                .iter()
                .rev()
                .find_map(|function| function.class.clone());
            return class.map_or(Value::Unknown, Value::Super);
        }
        let callee = self.value(&call.func, left);
        self.world.called(&callee)
    }

    fn place(&self, range: TextRange) -> Place {
        let mut place = self.source.place(range);
        if let Some(own) = Joined::consumers(&place.path) {
            place.path = own.into();
        }
        place
    }

    fn note(
        &mut self,
        path: String,
        end: End,
        call: Option<Called>,
        guarded: bool,
        range: TextRange,
    ) {
        let place = self.place(range);
        self.found.push(Reach {
            path,
            call,
            guarded,
            place,
            end,
        });
    }

    /// An attribute that is named, read or called.
    fn taken(&mut self, attribute: &'a ExprAttribute, call: Option<&'a ExprCall>) {
        let Step { value: _, used } = self.attribute(attribute, DEEPEST);
        let Some((path, end)) = used else {
            return;
        };
        let is_lost = matches!(end, End::Lost { .. });
        // Assigning makes the name, and deleting it is seldom meant for others.
        if is_lost && attribute.ctx != ExprContext::Load {
            return;
        }
        if let End::Found(definition) = &end
            && definition.callable.is_none()
            && self.is_module(&definition.path)
        {
            return;
        }
        let guarded = (is_lost && self.guard.names)
            || self.asked.contains(attribute.attr.as_str())
            || (call.is_some() && self.guard.calls);
        let call = call.map(|call| self.call_of(call));
        self.note(path, end, call, guarded, attribute.range());
    }

    fn is_module(&self, path: &str) -> bool {
        self.world.project.linker().modules.is_module(path)
    }

    fn call_of(&self, call: &'a ExprCall) -> Called {
        let literals = self.functions.last().map(|function| &function.literals);
        let mut arguments = call_shapes::arguments(self.source, &call.arguments);
        for (_, place) in &mut arguments {
            if let Some(own) = Joined::consumers(&place.path) {
                place.path = own.into();
            }
        }
        Called {
            shapes: call_shapes::shapes(&call.arguments, literals),
            arguments,
        }
    }

    /// A call of a name that was imported.
    fn called(&mut self, call: &'a ExprCall, name: &str) {
        let (path, end) = match self.name(name, DEEPEST) {
            Value::Function(_, definition, written) if self.is_providers(&definition.path) => {
                (written, *definition)
            }
            Value::Class(path, written) if self.world.is_providers_class(&path) => {
                (written, self.world.definition_of_class(&path))
            }
            _ => return,
        };
        let called = self.call_of(call);
        let guarded = self.guard.calls;
        self.note(
            path,
            End::Found(end),
            Some(called),
            guarded,
            call.func.range(),
        );
    }

    fn is_providers(&self, path: &str) -> bool {
        let linker = self.world.project.linker();
        linker
            .modules
            .split(path)
            .is_some_and(|(module, _)| self.world.is_providers(module))
    }

    /// `import a.b`, or the `a.b` of `from a.b import c`; whether it is one of the provider's modules.
    fn module(&mut self, path: &str, range: TextRange) -> bool {
        let linker = self.world.project.linker();
        if linker.modules.is_module(path) {
            return linker.modules.find(path).is_none() || self.world.is_providers(path);
        }
        // A module that another one stands for.
        if self.world.project.has(path) {
            return true;
        }
        let Some((module, rest)) = linker.modules.split(path) else {
            return false;
        };
        let next = rest.split('.').next().unwrap_or(rest);
        if !self.world.is_providers(module) {
            return false;
        }
        if let Some(end) = self.world.lost_in_module(module, next) {
            let guarded = self.guard.imports;
            self.note(format!("{module}.{next}"), end, None, guarded, range);
        }
        false
    }

    fn import(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let path = alias.name.as_str();
                    if self.module(path, alias.range()) {
                        let end = self.world.end_of(path);
                        if let Some(end) = end {
                            let guarded = self.guard.imports;
                            self.note(
                                path.to_owned(),
                                End::Found(end),
                                None,
                                guarded,
                                alias.range(),
                            );
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let from = self.env.imported_module(import);
                let range = import.module.as_ref().map_or(import.range(), Ranged::range);
                if !self.module(&from, range) {
                    return;
                }
                for alias in &import.names {
                    let name = alias.name.as_str();
                    if name == "*" {
                        continue;
                    }
                    let step = self.world.attribute(&Value::Module(from.clone()), name);
                    if let Some((path, end)) = step.used {
                        let guarded = self.guard.imports;
                        self.note(path, end, None, guarded, alias.range());
                    }
                }
            }
            _ => {}
        }
    }

    fn guarded(&mut self, guard: Guard, look: impl FnOnce(&mut Self)) {
        let before = self.guard;
        self.guard = before.and(guard);
        look(self);
        self.guard = before;
    }
}

impl<'a> Visitor<'a> for Walk<'_, 'a, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.import(stmt),
            Stmt::ClassDef(class) => {
                for decorator in &class.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                let owner = self.classes.last().map_or(self.module, String::as_str);
                let path = joined(owner, class.name.as_str());
                let functions = std::mem::take(&mut self.functions);
                let known = instance_values(class);
                self.instance.insert(path.clone(), known);
                self.classes.push(path);
                self.visit_body(&class.body);
                self.classes.pop();
                self.functions = functions;
            }
            Stmt::FunctionDef(def) => {
                for decorator in &def.decorator_list {
                    self.visit_decorator(decorator);
                }
                for param in def.parameters.iter_non_variadic_params() {
                    if let Some(default) = param.default() {
                        self.visit_expr(default);
                    }
                    if let Some(annotation) = &param.parameter.annotation {
                        self.visit_annotation(annotation);
                    }
                }
                if let Some(returns) = &def.returns {
                    self.visit_annotation(returns);
                }
                let class = self.classes.last().filter(|_| self.functions.is_empty());
                let function = Function {
                    def,
                    bindings: Bindings::of(def, &|import| self.env.imported_module(import)),
                    literals: Literals::of(&def.body),
                    class: class.cloned(),
                };
                self.functions.push(function);
                self.visit_body(&def.body);
                self.functions.pop();
            }
            Stmt::Try(attempt) => {
                let guard = Guard::of(attempt);
                self.guarded(guard, |walk| walk.visit_body(&attempt.body));
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    if let Some(caught) = &handler.type_ {
                        self.visit_expr(caught);
                    }
                    // The other way, where the first is missing.
                    self.guarded(guard, |walk| walk.visit_body(&handler.body));
                }
                self.visit_body(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
            }
            Stmt::If(branch) if is_version_test(&branch.test) => {
                self.guarded(Guard::ALL, |walk| visitor::walk_stmt(walk, stmt));
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                match &*call.func {
                    Expr::Attribute(attribute) => {
                        self.taken(attribute, Some(call));
                        self.visit_expr(&attribute.value);
                    }
                    Expr::Name(name) => self.called(call, name.id.as_str()),
                    other => self.visit_expr(other),
                }
                self.visit_arguments(&call.arguments);
                return;
            }
            Expr::Attribute(attribute) => self.taken(attribute, None),
            Expr::Lambda(_) => {}
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

/// What the methods of a class assign to attributes of their first parameter.
fn instance_values(class: &ruff_python_ast::StmtClassDef) -> Instance<'_> {
    struct Finder<'a> {
        def: &'a StmtFunctionDef,
        receiver: &'a str,
        found: Instance<'a>,
    }
    impl<'a> Visitor<'a> for Finder<'a> {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            if let Stmt::Assign(assign) = stmt {
                for target in &assign.targets {
                    if let Expr::Attribute(attribute) = target
                        && is_named(&attribute.value, self.receiver)
                        && !assign.value.is_none_literal_expr()
                    {
                        let name = attribute.attr.as_str();
                        let values = self.found.entry(name).or_default();
                        values.push((self.def, &*assign.value));
                    }
                }
            }
            visitor::walk_stmt(self, stmt);
        }
    }
    let mut found = Instance::default();
    for stmt in &class.body {
        let Stmt::FunctionDef(def) = stmt else {
            continue;
        };
        let Some(first) = def.parameters.iter_non_variadic_params().next() else {
            continue;
        };
        let mut finder = Finder {
            def,
            receiver: first.parameter.name.as_str(),
            found,
        };
        finder.visit_body(&def.body);
        found = finder.found;
    }
    found
}

fn is_named(expr: &Expr, name: &str) -> bool {
    expr.as_name_expr()
        .is_some_and(|found| found.id.as_str() == name)
}

/// The first name of a dotted expression.
fn head(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => head(&attribute.value),
        _ => None,
    }
}
