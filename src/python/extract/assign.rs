//! Assignments and calls at the level of a module or class: attributes, aliases, lambdas, fields, `__all__`,
//! `__slots__`, `__metaclass__`. What a call gives to a name is read in [`super::made`].

use ruff_python_ast::{Expr, ExprCall, Operator, StmtAnnAssign};
use ruff_text_size::{Ranged, TextRange};

use super::class::literal_names;
use super::function::lambda;
use super::scope::Scope;
use super::{Bound, Field, What};
use crate::interface::python::{Attribute, Type};
use crate::python::env::{Env, dotted, is_identifier, last_name};
use crate::python::expr_text::expr_text;
use crate::python::types::type_of;

impl Scope<'_, '_> {
    pub(super) fn assign(
        &mut self,
        env: &Env<'_>,
        targets: &[Expr],
        value: &Expr,
        conditional: bool,
    ) {
        for target in targets {
            match target {
                Expr::Name(name) => {
                    self.assign_name(env, &name.id, name.range(), value, conditional);
                }
                // `globals()['name'] = …`
                Expr::Subscript(subscript) => {
                    if !self.in_class
                        && is_globals(&subscript.value)
                        && let Expr::StringLiteral(name) = &*subscript.slice
                    {
                        let name = name.value.to_str();
                        self.attribute(name, target.range(), None, false, conditional);
                    }
                }
                // `Class.name = …`, after the class.
                Expr::Attribute(attribute) => {
                    if let Expr::Name(class) = &*attribute.value {
                        let what = self.value(env, value);
                        self.give(
                            &class.id,
                            &attribute.attr,
                            target.range(),
                            what,
                            conditional,
                        );
                    }
                }
                other => self.targets(other, conditional),
            }
        }
    }

    fn assign_name(
        &mut self,
        env: &Env<'_>,
        name: &str,
        range: TextRange,
        value: &Expr,
        conditional: bool,
    ) {
        match name {
            "__all__" if !self.in_class => {
                self.found.all = super::All::default();
                self.found.all.names = Some(Vec::new());
                self.all_grows(env, value);
            }
            "__metaclass__" => {
                self.found.metaclass = dotted(value).map(|name| env.resolve(&name));
            }
            "__slots__" if self.in_class => self.slots(value),
            _ => {}
        }
        let what = match value {
            Expr::Call(call) => match self.made_by_call(env, name, range, call, value) {
                Some(what) => what,
                // The name stays what it was, wrapped.
                None => return,
            },
            _ => self.value(env, value),
        };
        self.bind(name, Bound::new(what, self.place(range)), conditional);
    }

    /// What a value is, whatever its name.
    fn value(&self, env: &Env<'_>, value: &Expr) -> What {
        match value {
            Expr::Lambda(value) => lambda(self.source, env, value),
            Expr::NoneLiteral(_) => What::Placeholder,
            Expr::Name(_) | Expr::Attribute(_) => self.alias(env, value),
            _ if !self.in_class && is_type(env, value) => What::TypeAlias(type_of(env, value)),
            _ => plain_attribute(),
        }
    }

    /// Gives a class of this module an attribute after its body: `Class.name = …`, `setattr(Class, "name", …)`.
    fn give(&mut self, class: &str, name: &str, range: TextRange, what: What, conditional: bool) {
        let place = self.place(range);
        let Some(Bound {
            what: What::Class(path),
            ..
        }) = self.found.names.get(class)
        else {
            return;
        };
        if let Some(class) = self.found.classes.get_mut(path)
            && is_identifier(name)
        {
            let mut bound = Bound::new(what, place);
            bound.conditional = conditional;
            match class.names.get_mut(name) {
                // `name = None` in the body, and the value when it exists.
                Some(known) if !conditional || matches!(known.what, What::Placeholder) => {
                    *known = bound;
                }
                Some(_) => {}
                None => {
                    class.names.insert(name.to_owned(), bound);
                }
            }
        }
    }

    fn alias(&self, env: &Env<'_>, value: &Expr) -> What {
        let Some(name) = dotted(value) else {
            return plain_attribute();
        };
        let head = name.split('.').next().unwrap_or(&name);
        if env.knows(head) || env.is_builtin(&name) {
            What::Alias(name)
        } else {
            plain_attribute()
        }
    }

    pub(super) fn annotated(&mut self, env: &Env<'_>, assign: &StmtAnnAssign, conditional: bool) {
        let Expr::Name(name) = &*assign.target else {
            return;
        };
        let value = assign.value.as_deref();
        if let Some(value) = value {
            match name.id.as_str() {
                "__all__" if !self.in_class => {
                    self.assign_name(env, &name.id, name.range(), value, conditional);
                    return;
                }
                "__slots__" => self.slots(value),
                _ => {}
            }
        }
        let annotation = annotation_path(env, &assign.annotation);
        if self.in_class {
            match annotation.as_deref() {
                Some("dataclasses.KW_ONLY") => {
                    self.found.fields_kw_only = true;
                    return;
                }
                Some("typing.ClassVar") => {}
                _ => {
                    let field = self.field(
                        env,
                        &name.id,
                        name.range(),
                        Some(type_of(env, &assign.annotation)),
                        value,
                    );
                    self.found.fields.extend(field);
                }
            }
        }
        if annotation.as_deref() == Some("typing.TypeAlias")
            && let Some(value) = value
            && matches!(value, Expr::Name(_) | Expr::Attribute(_))
        {
            let what = self.alias(env, value);
            self.bind(
                &name.id,
                Bound::new(what, self.place(name.range())),
                conditional,
            );
            return;
        }
        if annotation.as_deref() == Some("typing.TypeAlias")
            && let Some(value) = value
        {
            let what = What::TypeAlias(type_of(env, value));
            let bound = Bound::new(what, self.place(name.range()));
            self.bind(&name.id, bound, conditional);
            return;
        }
        let ty = Some(type_of(env, &assign.annotation));
        // The class keeps no value of a field but its default.
        let declared_only = match value {
            Some(Expr::Call(call)) if self.in_class && is_field_call(env, call) => {
                call.arguments.find_keyword("default").is_none()
            }
            value => value.is_none(),
        };
        self.attribute(&name.id, name.range(), ty, declared_only, conditional);
    }

    /// A field as dataclasses and attrs read it.
    pub(super) fn field(
        &self,
        env: &Env<'_>,
        name: &str,
        range: TextRange,
        ty: Option<Type>,
        value: Option<&Expr>,
    ) -> Option<Field> {
        let mut field = Field {
            name: name.to_owned(),
            ty,
            default: None,
            kw_only: self.found.fields_kw_only,
            init: true,
            place: Some(self.place(range)),
        };
        match value {
            Some(Expr::Call(call)) if is_field_call(env, call) => {
                for keyword in &call.arguments.keywords {
                    let is = |wanted: bool| matches!(&keyword.value, Expr::BooleanLiteral(literal) if literal.value == wanted);
                    match keyword.arg.as_deref() {
                        Some("default") => field.default = Some(default_text(&keyword.value)),
                        Some("default_factory" | "factory") => {
                            field.default = Some("...".to_owned());
                        }
                        Some("init") => field.init = !is(false),
                        Some("kw_only") => field.kw_only = is(true),
                        Some("alias") => {
                            if let Expr::StringLiteral(alias) = &keyword.value {
                                field.name = alias.value.to_str().to_owned();
                            }
                        }
                        _ => {}
                    }
                }
                if let Some(default) = call.arguments.args.first() {
                    field.default = Some(default_text(default));
                }
            }
            Some(value) => field.default = Some(expr_text(value)),
            None => {}
        }
        Some(field)
    }

    fn slots(&mut self, value: &Expr) {
        let names = match value {
            Expr::StringLiteral(name) => Some(vec![name.value.to_str().to_owned()]),
            Expr::List(list) => literal_names(&list.elts),
            Expr::Tuple(tuple) => literal_names(&tuple.elts),
            Expr::Set(set) => literal_names(&set.elts),
            _ => None,
        };
        for name in names
            .into_iter()
            .flatten()
            .filter(|name| is_identifier(name))
        {
            let attribute = Attribute {
                ty: None,
                on_instance: true,
                declared_only: false,
            };
            let mut bound = Bound::new(What::Attribute(attribute), self.place(value.range()));
            // A slot is empty until something is assigned.
            bound.conditional = true;
            self.found.instance.entry(name).or_insert(bound);
        }
    }

    /// Adds to `__all__` what an expression says.
    pub(super) fn all_grows(&mut self, env: &Env<'_>, value: &Expr) {
        match value {
            Expr::List(list) => self.all_names(env, &list.elts),
            Expr::Tuple(tuple) => self.all_names(env, &tuple.elts),
            Expr::BinOp(op) => {
                self.all_grows(env, &op.left);
                self.all_grows(env, &op.right);
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == "__all__" => {
                match dotted(&attribute.value) {
                    Some(module) => self.found.all.from.push(env.resolve(&module)),
                    None => self.found.all.open = true,
                }
            }
            Expr::Call(call)
                if matches!(last_name(&call.func), Some("list" | "tuple" | "sorted"))
                    && call.arguments.args.len() == 1 =>
            {
                self.all_grows(env, &call.arguments.args[0]);
            }
            _ => self.found.all.open = true,
        }
    }

    fn all_names(&mut self, env: &Env<'_>, items: &[Expr]) {
        for item in items {
            match item {
                Expr::StringLiteral(name) => {
                    let names = self.found.all.names.get_or_insert_default();
                    names.push(name.value.to_str().to_owned());
                }
                Expr::Starred(starred) => self.all_grows(env, &starred.value),
                // `SomeClass.__name__`
                Expr::Attribute(attribute) if attribute.attr.as_str() == "__name__" => {
                    match last_name(&attribute.value) {
                        Some(name) => {
                            let names = self.found.all.names.get_or_insert_default();
                            names.push(name.to_owned());
                        }
                        None => self.found.all.open = true,
                    }
                }
                _ => self.found.all.open = true,
            }
        }
    }

    /// Calls that change the scope: `__all__.extend(…)`, `globals().update(…)`; and bare names of contract lines.
    pub(super) fn expression(&mut self, env: &Env<'_>, expr: &Expr, conditional: bool) {
        let Expr::Call(call) = expr else { return };
        if self.in_class {
            return;
        }
        if let (Expr::Name(setattr), [Expr::Name(class), Expr::StringLiteral(name), value]) =
            (&*call.func, &*call.arguments.args)
            && setattr.id.as_str() == "setattr"
        {
            let what = self.value(env, value);
            self.give(
                &class.id,
                name.value.to_str(),
                expr.range(),
                what,
                conditional,
            );
        }
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let name = method.attr.as_str();
        if is_globals(&method.value) && name == "update" {
            self.found.open = Some("globals().update()".to_owned());
        }
        if !matches!(&*method.value, Expr::Name(all) if all.id.as_str() == "__all__") {
            return;
        }
        match (name, &*call.arguments.args) {
            ("extend", [value]) => self.all_grows(env, value),
            ("append", [value]) => self.all_names(env, std::slice::from_ref(value)),
            ("remove", [Expr::StringLiteral(gone)]) if !conditional => {
                if let Some(names) = &mut self.found.all.names {
                    names.retain(|name| name != gone.value.to_str());
                }
            }
            _ => self.found.all.open = true,
        }
    }
}

/// `Union[A, B]`, `int | None`, `dict[str, A]`: what can only be a type.
fn is_type(env: &Env<'_>, value: &Expr) -> bool {
    match value {
        Expr::BinOp(op) if op.op == Operator::BitOr => {
            [&op.left, &op.right].into_iter().all(|side| match &**side {
                Expr::NoneLiteral(_) => true,
                Expr::Name(name) => env.is_builtin(&name.id),
                side => is_type(env, side),
            })
        }
        Expr::Subscript(subscript) => dotted(&subscript.value).is_some_and(|base| {
            let path = env.resolve(&base);
            path.starts_with("typing.")
                || path.starts_with("collections.abc.")
                || (path.starts_with("builtins.")
                    && base
                        .starts_with(|first: char| first.is_uppercase() || env.is_builtin(&base)))
        }),
        _ => false,
    }
}

pub(super) fn plain_attribute() -> What {
    What::Attribute(Attribute {
        ty: None,
        on_instance: false,
        declared_only: false,
    })
}

fn is_globals(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if last_name(&call.func) == Some("globals"))
}

fn annotation_path(env: &Env<'_>, annotation: &Expr) -> Option<String> {
    let base = match annotation {
        Expr::Subscript(subscript) => &*subscript.value,
        other => other,
    };
    dotted(base).map(|name| env.resolve(&name))
}

fn is_field_call(env: &Env<'_>, call: &ExprCall) -> bool {
    let Some(name) = dotted(&call.func) else {
        return false;
    };
    env.resolve(&name) == "dataclasses.field" || is_attrs_field(env, call)
}

pub(super) fn is_attrs_field(env: &Env<'_>, call: &ExprCall) -> bool {
    dotted(&call.func).is_some_and(|name| {
        matches!(
            env.resolve(&name).as_str(),
            "attr.ib" | "attr.attrib" | "attr.field" | "attrs.field"
        )
    })
}

/// `Factory(…)` is a default, but not a value.
fn default_text(value: &Expr) -> String {
    match value {
        Expr::Call(call) if last_name(&call.func) == Some("Factory") => "...".to_owned(),
        other => expr_text(other),
    }
}
