//! Types, bounds and generics as written. Parameters are told from other names here, since which are in scope is a
//! matter of the text alone; `Self` in an impl is spelled out.

use syn::{GenericArgument, PathArguments};

use super::{name, text};
use crate::interface::rust::types::{
    Arg, Bound, FnPointer, Generics, Param, ParamKind, TraitRef, Type, Where,
};

/// Types deeper than this are not looked into: nobody writes them, except to hurt.
const MAX_DEPTH: usize = 64;

/// A parameter in scope.
#[derive(Debug, Clone)]
pub(in crate::rust) struct Scoped {
    name: String,
    constant: bool,
}

/// Reads types with a scope of parameters.
#[derive(Debug, Clone, Default)]
pub(in crate::rust) struct Lower {
    scope: Vec<Scoped>,
    /// What `Self` stands for; none in a trait, where it is a parameter.
    pub(in crate::rust) self_ty: Option<Type>,
    depth: usize,
}

impl Lower {
    /// Takes the parameters of `generics` into scope.
    pub(in crate::rust) fn declare(&mut self, generics: &syn::Generics) {
        for param in &generics.params {
            match param {
                syn::GenericParam::Type(param) => self.scope.push(Scoped {
                    name: name(&param.ident),
                    constant: false,
                }),
                syn::GenericParam::Const(param) => self.scope.push(Scoped {
                    name: name(&param.ident),
                    constant: true,
                }),
                syn::GenericParam::Lifetime(_) => {}
            }
        }
    }

    /// Takes parameters into scope that were read before.
    pub(in crate::rust) fn declare_names(&mut self, generics: &Generics) {
        for param in &generics.params {
            if !matches!(param.kind, ParamKind::Lifetime(_)) {
                self.scope.push(Scoped {
                    name: param.name.clone(),
                    constant: matches!(param.kind, ParamKind::Const { .. }),
                });
            }
        }
    }

    /// A copy whose scope can grow without changing this one's.
    pub(in crate::rust) fn inner(&self, generics: &syn::Generics) -> Self {
        let mut inner = self.clone();
        inner.declare(generics);
        inner
    }

    fn scoped(&self, name: &str) -> Option<&Scoped> {
        self.scope.iter().rev().find(|scoped| scoped.name == name)
    }

    /// A type.
    pub(in crate::rust) fn ty(&mut self, ty: &syn::Type) -> Type {
        if self.depth >= MAX_DEPTH {
            return Type::Other("a type nested too deeply".to_owned());
        }
        self.depth += 1;
        let lowered = self.ty_inner(ty);
        self.depth -= 1;
        lowered
    }

    fn ty_inner(&mut self, ty: &syn::Type) -> Type {
        match ty {
            syn::Type::Paren(paren) => self.ty(&paren.elem),
            syn::Type::Group(group) => self.ty(&group.elem),
            syn::Type::Path(path) => self.type_path(path.qself.as_ref(), &path.path),
            syn::Type::Reference(reference) => Type::Ref {
                lifetime: reference.lifetime.as_ref().and_then(written),
                mutable: reference.mutability.is_some(),
                ty: Box::new(self.ty(&reference.elem)),
            },
            syn::Type::Ptr(pointer) => Type::Ptr {
                mutable: matches!(pointer.mutability, syn::PointerMutability::Mut(_)),
                ty: Box::new(self.ty(&pointer.elem)),
            },
            syn::Type::Slice(slice) => Type::Slice(Box::new(self.ty(&slice.elem))),
            syn::Type::Array(array) => {
                let elem = self.ty(&array.elem);
                Type::Array(Box::new(elem), constant(&array.len))
            }
            syn::Type::Tuple(tuple) => {
                Type::Tuple(tuple.elems.iter().map(|elem| self.ty(elem)).collect())
            }
            syn::Type::Never(_) => Type::Never,
            syn::Type::Infer(_) => Type::Infer,
            syn::Type::FnPtr(pointer) => Type::Fn(Box::new(FnPointer {
                higher: higher(pointer.lifetimes.as_ref()),
                is_unsafe: pointer.unsafety.is_some(),
                abi: pointer.abi.as_ref().map(abi),
                inputs: pointer.inputs.iter().map(|arg| self.ty(&arg.ty)).collect(),
                variadic: pointer.variadic.is_some(),
                output: self.output(&pointer.output),
            })),
            syn::Type::TraitObject(object) => Type::Dyn(self.bounds(&object.bounds)),
            syn::Type::ImplTrait(opaque) => Type::Impl(self.bounds(&opaque.bounds)),
            other => Type::Other(text(other)),
        }
    }

    /// What a function returns.
    pub(in crate::rust) fn output(&mut self, output: &syn::ReturnType) -> Type {
        match output {
            syn::ReturnType::Default => Type::unit(),
            syn::ReturnType::Type(_, ty) => self.ty(ty),
        }
    }

    /// A path in the place of a type.
    fn type_path(&mut self, qself: Option<&syn::QSelf>, path: &syn::Path) -> Type {
        let count = path.segments.len();
        if let Some(qself) = qself {
            let base = self.ty(&qself.ty);
            let trait_ = (qself.position > 0).then(|| self.trait_prefix(path, qself.position));
            return self.assoc_rest(base, trait_, path, qself.position);
        }
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            let first_name = name(&first.ident);
            if first_name == "Self" {
                let base = self
                    .self_ty
                    .clone()
                    .unwrap_or_else(|| Type::Param("Self".to_owned()));
                return self.assoc_rest(base, None, path, 1);
            }
            if self.scoped(&first_name).is_some() {
                return self.assoc_rest(Type::Param(first_name), None, path, 1);
            }
        }
        // Arguments before the last segment: what follows them is an associated type.
        let with_args = path
            .segments
            .iter()
            .position(|segment| !segment.arguments.is_none())
            .map_or(count, |index| index + 1);
        let base = Type::Path(
            prefix(path, with_args),
            path.segments
                .iter()
                .nth(with_args.saturating_sub(1))
                .map(|segment| self.arguments(&segment.arguments))
                .unwrap_or_default(),
        );
        self.assoc_rest(base, None, path, with_args)
    }

    /// The segments from `start` on, as associated types of `base`.
    fn assoc_rest(
        &mut self,
        mut base: Type,
        mut trait_: Option<TraitRef>,
        path: &syn::Path,
        start: usize,
    ) -> Type {
        for segment in path.segments.iter().skip(start).take(MAX_DEPTH) {
            base = Type::Assoc {
                base: Box::new(base),
                trait_: trait_.take().map(Box::new),
                name: name(&segment.ident),
                args: self.arguments(&segment.arguments),
            };
        }
        base
    }

    fn trait_prefix(&mut self, path: &syn::Path, count: usize) -> TraitRef {
        let args = path
            .segments
            .iter()
            .nth(count.saturating_sub(1))
            .map(|segment| self.arguments(&segment.arguments))
            .unwrap_or_default();
        TraitRef {
            path: prefix(path, count),
            args,
        }
    }

    /// A path in the place of a trait.
    pub(in crate::rust) fn trait_ref(&mut self, path: &syn::Path) -> TraitRef {
        self.trait_prefix(path, path.segments.len())
    }

    fn arguments(&mut self, arguments: &PathArguments) -> Vec<Arg> {
        match arguments {
            PathArguments::None => Vec::new(),
            PathArguments::AngleBracketed(angle) => self.angle(angle),
            PathArguments::Parenthesized(paren) => {
                let inputs = paren.inputs.iter().map(|arg| self.ty(&arg.ty)).collect();
                vec![
                    Arg::Type(Type::Tuple(inputs)),
                    Arg::Binding("Output".to_owned(), Vec::new(), self.output(&paren.output)),
                ]
            }
        }
    }

    fn angle(&mut self, angle: &syn::AngleBracketedGenericArguments) -> Vec<Arg> {
        let mut args: Vec<Arg> = angle.args.iter().map(|arg| self.argument(arg)).collect();
        // Bindings have no order of their own, and stand behind the others.
        let free = args
            .iter()
            .position(|arg| {
                matches!(
                    arg,
                    Arg::Binding(..) | Arg::ConstBinding(..) | Arg::Constraint(..)
                )
            })
            .unwrap_or(args.len());
        args[free..].sort();
        args
    }

    fn optional_angle(&mut self, angle: Option<&syn::AngleBracketedGenericArguments>) -> Vec<Arg> {
        angle.map(|angle| self.angle(angle)).unwrap_or_default()
    }

    fn argument(&mut self, argument: &GenericArgument) -> Arg {
        match argument {
            GenericArgument::Lifetime(lifetime) => Arg::Lifetime(lifetime.to_string()),
            GenericArgument::Type(ty) => {
                // A parameter that is a constant looks like a type to the parser.
                if let syn::Type::Path(path) = ty
                    && path.qself.is_none()
                    && let Some(ident) = path.path.get_ident()
                    && self
                        .scoped(&name(ident))
                        .is_some_and(|scoped| scoped.constant)
                {
                    return Arg::Const(name(ident));
                }
                Arg::Type(self.ty(ty))
            }
            GenericArgument::Const(expr) => Arg::Const(constant(expr)),
            GenericArgument::AssocType(assoc) => {
                let args = self.optional_angle(assoc.generics.as_ref());
                Arg::Binding(name(&assoc.ident), args, self.ty(&assoc.ty))
            }
            GenericArgument::AssocConst(assoc) => {
                Arg::ConstBinding(name(&assoc.ident), constant(&assoc.value))
            }
            GenericArgument::Constraint(constraint) => {
                let args = self.optional_angle(constraint.generics.as_ref());
                Arg::Constraint(
                    name(&constraint.ident),
                    args,
                    self.bounds(&constraint.bounds),
                )
            }
            other => Arg::Type(Type::Other(text(other))),
        }
    }

    /// Bounds, sorted.
    pub(in crate::rust) fn bounds<'b>(
        &mut self,
        bounds: impl IntoIterator<Item = &'b syn::TypeParamBound>,
    ) -> Vec<Bound> {
        let mut lowered: Vec<Bound> = bounds.into_iter().map(|bound| self.bound(bound)).collect();
        lowered.sort();
        lowered.dedup();
        lowered
    }

    fn bound(&mut self, bound: &syn::TypeParamBound) -> Bound {
        if self.depth >= MAX_DEPTH {
            return Bound::Other("a bound nested too deeply".to_owned());
        }
        self.depth += 1;
        let lowered = match bound {
            syn::TypeParamBound::Trait(bound) if bound.maybe.is_some() => {
                Bound::Maybe(segments(&bound.path))
            }
            syn::TypeParamBound::Trait(bound) => Bound::Trait {
                higher: higher(bound.lifetimes.as_ref()),
                trait_: self.trait_ref(&bound.path),
            },
            syn::TypeParamBound::Lifetime(lifetime) => Bound::Lifetime(lifetime.to_string()),
            syn::TypeParamBound::PreciseCapture(capture) => Bound::Use(
                capture
                    .params
                    .iter()
                    .map(|param| match param {
                        syn::CapturedParam::Lifetime(lifetime) => lifetime.to_string(),
                        syn::CapturedParam::Ident(ident) => name(ident),
                        other => text(other),
                    })
                    .collect(),
            ),
            other => Bound::Other(text(other)),
        };
        self.depth -= 1;
        lowered
    }

    /// Parameters with their `where` clauses; a clause about a parameter of this very list becomes its bound. What is
    /// asked of `Self` in a trait is returned beside them.
    pub(in crate::rust) fn generics(&mut self, generics: &syn::Generics) -> (Generics, Vec<Bound>) {
        let mut lowered = Generics::default();
        let mut of_self = Vec::new();
        for param in &generics.params {
            lowered.params.push(match param {
                syn::GenericParam::Lifetime(param) => Param {
                    name: param.lifetime.to_string(),
                    kind: ParamKind::Lifetime(
                        param.bounds.iter().map(ToString::to_string).collect(),
                    ),
                },
                syn::GenericParam::Type(param) => Param {
                    name: name(&param.ident),
                    kind: ParamKind::Type {
                        bounds: self.bounds(&param.bounds),
                        default: param.default.as_ref().map(|(_, ty)| self.ty(ty)),
                    },
                },
                syn::GenericParam::Const(param) => Param {
                    name: name(&param.ident),
                    kind: ParamKind::Const {
                        ty: self.ty(&param.ty),
                        default: param.default.as_ref().map(|(_, expr)| constant(expr)),
                    },
                },
            });
        }
        for predicate in generics
            .where_clause
            .iter()
            .flat_map(|clause| &clause.predicates)
        {
            match predicate {
                syn::WherePredicate::Lifetime(predicate) => {
                    let lifetime = predicate.lifetime.to_string();
                    let bounds: Vec<String> =
                        predicate.bounds.iter().map(ToString::to_string).collect();
                    match find(&mut lowered, &lifetime) {
                        Some(ParamKind::Lifetime(own)) => own.extend(bounds),
                        _ => lowered.wheres.push(Where {
                            higher: Vec::new(),
                            ty: Type::Other(lifetime),
                            bounds: bounds.into_iter().map(Bound::Lifetime).collect(),
                        }),
                    }
                }
                syn::WherePredicate::Type(predicate) => {
                    let ty = self.ty(&predicate.bounded_ty);
                    let bounds = self.bounds(&predicate.bounds);
                    let over = higher(predicate.lifetimes.as_ref());
                    if let Type::Param(param) = &ty
                        && over.is_empty()
                    {
                        if param == "Self" {
                            of_self.extend(bounds);
                            continue;
                        }
                        if let Some(ParamKind::Type { bounds: own, .. }) = find(&mut lowered, param)
                        {
                            own.extend(bounds);
                            continue;
                        }
                    }
                    lowered.wheres.push(Where {
                        higher: over,
                        ty,
                        bounds,
                    });
                }
                other => lowered.wheres.push(Where {
                    higher: Vec::new(),
                    ty: Type::Other(text(other)),
                    bounds: Vec::new(),
                }),
            }
        }
        lowered.sort();
        (lowered, of_self)
    }
}

fn find<'g>(generics: &'g mut Generics, name: &str) -> Option<&'g mut ParamKind> {
    generics
        .params
        .iter_mut()
        .find(|param| param.name == name)
        .map(|param| &mut param.kind)
}

/// `for<'a, 'b>`.
fn higher(bound: Option<&syn::BoundLifetimes>) -> Vec<String> {
    bound
        .into_iter()
        .flat_map(|bound| &bound.lifetimes)
        .map(|param| match param {
            syn::GenericParam::Lifetime(param) => param.lifetime.to_string(),
            other => text(other),
        })
        .collect()
}

/// A lifetime, unless it is `'_`, which says no more than none.
pub(super) fn written(lifetime: &syn::Lifetime) -> Option<String> {
    (lifetime.ident != "_").then(|| lifetime.to_string())
}

/// The name of an ABI; `extern` alone is C.
pub(super) fn abi(abi: &syn::Abi) -> String {
    abi.name
        .as_ref()
        .map_or_else(|| "C".to_owned(), syn::LitStr::value)
}

/// A constant as normalised text, without the braces that an argument needs.
pub(super) fn constant(expr: &syn::Expr) -> String {
    match expr {
        syn::Expr::Block(block) if block.attrs.is_empty() && block.label.is_none() => {
            match block.block.stmts.as_slice() {
                [syn::Stmt::Expr(inner, None)] => text(inner),
                _ => text(expr),
            }
        }
        syn::Expr::Path(path) if path.qself.is_none() => segments(&path.path),
        _ => text(expr),
    }
}

/// The segments of a path joined by `::`, without arguments.
pub(super) fn segments(path: &syn::Path) -> String {
    prefix(path, path.segments.len())
}

fn prefix(path: &syn::Path, count: usize) -> String {
    let mut joined = String::new();
    if path.leading_colon.is_some() {
        joined.push_str("::");
    }
    for (index, segment) in path.segments.iter().take(count).enumerate() {
        if index > 0 {
            joined.push_str("::");
        }
        joined.push_str(&name(&segment.ident));
    }
    joined
}
