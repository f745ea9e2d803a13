//! Functions that are made of other functions: what decorators of the tree leave of them, methods that are taken off an
//! instance or a class, partials. Everything is followed through the tree and nothing is guessed: what cannot be
//! followed stays what it is.

use std::sync::Arc;

use super::extract::{Bound, Gives, How, Made, ModuleExtract, What};
use super::link::{Found, Target};
use super::members::Builder;
use crate::interface::python::{
    Binding, Function, Kind, Param, ParamKind, Property, Protocol, Signature,
};

impl<'p> Builder<'p, '_> {
    /// A function after the decorators that the tree shows; those that stay unknown stay in its list.
    pub(super) fn decorated(&self, mut function: Function) -> Kind {
        let decorators = std::mem::take(&mut function.decorators);
        let mut unknown = Vec::new();
        let mut property: Option<Property> = None;
        // The one next to `def` comes first.
        for decorator in decorators.into_iter().rev() {
            match self.gives(&decorator) {
                Some(Gives::Same) => {}
                Some(Gives::Wrapper(wrapper)) => {
                    if wrapper.protocol != Protocol::Plain {
                        function.protocol = wrapper.protocol;
                    }
                }
                Some(Gives::Own(own)) => {
                    let mut own = Function::clone(own);
                    if let Some(Target::Name(found)) = self.target(&decorator) {
                        self.link_signature(found.module, &mut own.signature);
                    }
                    own.binding = function.binding;
                    own.abstractness = function.abstractness;
                    own.is_final = function.is_final;
                    function = own;
                }
                Some(Gives::Property(found)) => property = Some(found.clone()),
                None => unknown.push(decorator),
            }
        }
        unknown.reverse();
        function.decorators = unknown;
        match property {
            Some(property) => Kind::Property(Property {
                ty: function.signature.returns.take(),
                abstractness: function.abstractness,
                is_final: function.is_final,
                ..property
            }),
            None => Kind::Function(Arc::new(function)),
        }
    }

    fn target(&self, path: &str) -> Option<Target<'p>> {
        let path = path.split('(').next().unwrap_or(path);
        (self.linker.modules.holds_top(path)).then(|| self.linker.follow(path))
    }

    fn gives(&self, path: &str) -> Option<&'p Gives> {
        match self.target(path)? {
            Target::Name(found) => found.bound.gives.as_deref().map(|given| &given.gives),
            _ => None,
        }
    }

    /// What a call gave to a name; none if nothing more is known than that it is some object.
    pub(super) fn made(
        &self,
        module: &'p ModuleExtract,
        owner: &'p str,
        name: &str,
        made: &'p Made,
        left: u8,
    ) -> Option<Kind> {
        let follow = |written: &'p str| self.linker.alias(module, owner, name, written, left);
        let of = || self.function_at(follow(made.of.as_deref()?), left);
        match &made.how {
            How::Call => {
                let Target::Name(found) = follow(&made.callee) else {
                    return None;
                };
                let given = found.bound.gives.as_deref()?;
                // What a call gives that only makes a decorator is not followed.
                if !given.at_once {
                    return None;
                }
                match &given.gives {
                    Gives::Same => of().map(Kind::Function),
                    Gives::Wrapper(wrapper) => {
                        let wrapped = of().unwrap_or_else(|| Arc::new(Function::clone(wrapper)));
                        Some(Kind::Function(wrapped))
                    }
                    Gives::Own(own) => {
                        let mut own = Function::clone(own);
                        self.link_signature(found.module, &mut own.signature);
                        Some(Kind::Function(Arc::new(own)))
                    }
                    Gives::Property(property) => Some(Kind::Property(property.clone())),
                }
            }
            How::Static => of().map(|function| bound_as(&function, Binding::Static)),
            How::Class => of().map(|function| bound_as(&function, Binding::Class)),
            How::Partial {
                positional,
                keywords,
                method,
            } => {
                let function = of()?;
                let in_class = owner != module.name;
                let signature = partial(
                    &function.signature,
                    *positional,
                    keywords,
                    *method && in_class,
                )?;
                let mut function = Function::clone(&function);
                function.signature = signature;
                function.binding = if in_class && !method {
                    Binding::Static
                } else {
                    Binding::Instance
                };
                Some(Kind::Function(Arc::new(function)))
            }
        }
    }

    fn function_at(&self, target: Target<'p>, left: u8) -> Option<Arc<Function>> {
        let Target::Name(found) = target else {
            return None;
        };
        let left = left.checked_sub(1)?;
        match self.kind(found.module, found.owner, found.name, found.bound, left)? {
            Kind::Function(function) => Some(function),
            _ => None,
        }
    }

    /// A function that an alias takes off an instance (`seed = _inst.seed`) or a class, where it is bound already.
    pub(super) fn taken_off(
        &self,
        module: &'p ModuleExtract,
        owner: &'p str,
        bound: &'p Bound,
        found: &Found<'p>,
        function: Arc<Function>,
        left: u8,
    ) -> Arc<Function> {
        let What::Alias(written) = &bound.what else {
            return function;
        };
        let Some((before, _)) = written.rsplit_once('.') else {
            return function;
        };
        if found.owner == found.module.name {
            return function;
        }
        let is_bound = match self.linker.alias(module, owner, "", before, left) {
            Target::Class(_) => function.binding == Binding::Class,
            Target::Name(_) => function.binding != Binding::Static,
            _ => false,
        };
        let mut taken = Function::clone(&function);
        if is_bound {
            taken.signature.params = function.signature.bound(function.binding, true).to_vec();
        }
        taken.binding = match (is_bound || function.binding == Binding::Static, owner) {
            (true, owner) if owner != module.name => Binding::Static,
            _ => Binding::Instance,
        };
        Arc::new(taken)
    }
}

fn bound_as(function: &Function, binding: Binding) -> Kind {
    let mut function = function.clone();
    function.binding = binding;
    Kind::Function(Arc::new(function))
}

/// What a partial of a signature takes, as `inspect` says it; none if it gives more than there is.
fn partial(
    signature: &Signature,
    positional: usize,
    keywords: &[String],
    method: bool,
) -> Option<Signature> {
    let takes_position =
        |param: &Param| matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Normal);
    let mut left = signature.clone();
    let mut params = left.params.drain(..).peekable();
    let mut kept: Vec<Param> = Vec::new();
    if method {
        kept.extend(params.next_if(takes_position));
    }
    let mut given = positional;
    let mut by_name = false;
    for mut param in params {
        if given > 0 && takes_position(&param) {
            given -= 1;
            continue;
        }
        if keywords.contains(&param.name) && param.kind != ParamKind::PositionalOnly {
            by_name |= param.kind == ParamKind::Normal;
            param.default = Some("...".to_owned());
        }
        match param.kind {
            // What follows a parameter that is given by name can only be given by name.
            ParamKind::Normal if by_name => param.kind = ParamKind::KeywordOnly,
            ParamKind::VarArgs if by_name => continue,
            _ => {}
        }
        kept.push(param);
    }
    let has_variadic = signature
        .params
        .iter()
        .any(|param| param.kind == ParamKind::VarArgs);
    (given == 0 || has_variadic).then_some(Signature {
        params: kept,
        ..signature.clone()
    })
}
