//! Functions of a body: how a definition joins what its name was before, and which attributes methods give to
//! instances.

use std::sync::Arc;

use ruff_python_ast::{Stmt, StmtFunctionDef};

use super::function::{Role, function};
use super::gives::gives;
use super::scope::Scope;
use super::{Bound, What};
use crate::interface::python::{Abstract, Attribute, Binding, Property};
use crate::python::body::self_attributes;
use crate::python::env::{Env, dotted, is_identifier};
use crate::python::types::type_of;

impl Scope<'_, '_> {
    pub(super) fn function<'a>(
        &mut self,
        env: &mut Env<'a>,
        def: &'a StmtFunctionDef,
        conditional: bool,
    ) {
        let name = def.name.as_str();
        let definition = function(self.source, env, def, self.in_class);
        let mut bound = definition.bound;
        if self.in_class {
            self.receiver_attributes(env, def, &bound);
        }
        if matches!(def.body.last(), Some(Stmt::Return(_))) {
            bound.gives = gives(self.source, env, def).map(Arc::new);
        }
        match definition.role {
            Role::Whole => {
                if let (What::Function(function), Some(overloads)) =
                    (&mut bound.what, self.overloads.remove(name))
                {
                    Arc::make_mut(function).overloads = overloads;
                }
                self.bind(name, bound, conditional);
            }
            Role::Overload => {
                if let What::Function(function) = &bound.what {
                    self.overloads
                        .entry(name.to_owned())
                        .or_default()
                        .push(function.signature.clone());
                }
                // Until an implementation comes, the first one stands for it.
                if self.overloads.get(name).is_some_and(|all| all.len() == 1) {
                    self.bind(name, bound, conditional);
                }
            }
            Role::Setter | Role::Deleter | Role::Getter => {
                self.accessor(env, def, definition.role, bound, conditional);
            }
        }
    }

    /// `@x.setter def x`: adds to the property of that name, which may be a base's (`@Base.x.setter`).
    fn accessor(
        &mut self,
        env: &Env<'_>,
        def: &StmtFunctionDef,
        role: Role,
        mut bound: Bound,
        conditional: bool,
    ) {
        let name = def.name.as_str();
        let of_own = def.decorator_list.iter().any(|found| {
            dotted(&found.expression)
                .is_some_and(|text| text.split('.').count() == 2 && text.starts_with(name))
        });
        if let Some(Bound {
            what: What::Property(property),
            ..
        }) = self.found.names.get_mut(name)
        {
            match role {
                Role::Setter => property.settable = true,
                Role::Deleter => property.deletable = true,
                _ => {}
            }
            return;
        }
        if of_own && self.found.names.contains_key(name) {
            // `@x.setter` of something else that only looks like a property: it stays what it is.
            return;
        }
        let _ = env;
        if let What::Function(function) = &bound.what {
            bound.what = What::Property(Property {
                ty: function.signature.returns.clone(),
                settable: role == Role::Setter,
                deletable: role == Role::Deleter,
                cached: false,
                abstractness: Abstract::No,
                is_final: false,
            });
        }
        self.bind(name, bound, conditional);
    }

    /// Attributes that a method gives to `self` or `cls`.
    fn receiver_attributes(&mut self, env: &Env<'_>, def: &StmtFunctionDef, bound: &Bound) {
        let on_class = match &bound.what {
            What::Function(function) => match function.binding {
                Binding::Static => return,
                Binding::Class => {
                    if def.name.as_str() == "__new__" {
                        return;
                    }
                    true
                }
                Binding::Instance => false,
            },
            _ => false,
        };
        let first = matches!(
            def.name.as_str(),
            "__init__" | "__post_init__" | "__attrs_post_init__" | "__setstate__"
        );
        for found in self_attributes(def) {
            if !is_identifier(found.name) {
                continue;
            }
            let attribute = Attribute {
                ty: found.annotation.map(|annotation| type_of(env, annotation)),
                on_instance: !on_class,
                declared_only: false,
            };
            let conditional = found.conditional || !first;
            let names = &mut self.found.instance;
            match names.get_mut(found.name) {
                None => {
                    let mut bound =
                        Bound::new(What::Attribute(attribute), self.source.place(found.range));
                    bound.conditional = conditional;
                    names.insert(found.name.to_owned(), bound);
                }
                Some(known) => {
                    if known.conditional && !conditional {
                        known.conditional = false;
                        known.place = Some(self.source.place(found.range));
                    }
                    if let What::Attribute(known) = &mut known.what
                        && known.ty.is_none()
                    {
                        known.ty = attribute.ty;
                    }
                }
            }
        }
    }
}
