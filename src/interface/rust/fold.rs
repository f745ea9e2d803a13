//! Rewriting types: one walk that rebuilds a tree, with the decisions left to whoever walks (resolving names,
//! substituting parameters, renaming lifetimes). It decides nothing itself.

use super::types::{Arg, Bound, FnPointer, Generics, Param, ParamKind, TraitRef, Type, Where};
use super::{Function, Impl, Input, Receiver};

/// What happens to the parts of a type on the way. Every method has a default that changes nothing.
pub trait Fold {
    /// A parameter in scope.
    fn param(&mut self, name: &str) -> Type {
        Type::Param(name.to_owned())
    }
    /// A named type, its arguments already folded.
    fn path(&mut self, path: &str, args: Vec<Arg>) -> Type {
        Type::Path(path.to_owned(), args)
    }
    /// An associated type, its parts already folded.
    fn assoc(&mut self, base: Type, trait_: Option<TraitRef>, name: &str, args: Vec<Arg>) -> Type {
        Type::Assoc {
            base: Box::new(base),
            trait_: trait_.map(Box::new),
            name: name.to_owned(),
            args,
        }
    }
    /// The path of a trait, its arguments already folded.
    fn trait_ref(&mut self, path: &str, args: Vec<Arg>) -> TraitRef {
        TraitRef {
            path: path.to_owned(),
            args,
        }
    }
    /// A lifetime; none for the elided lifetime of a reference.
    fn lifetime(&mut self, name: Option<&str>) -> Option<String> {
        name.map(str::to_owned)
    }
    /// A constant (array length, argument, default) as text.
    fn constant(&mut self, text: &str) -> String {
        text.to_owned()
    }
    /// `for<'a>` comes into scope.
    fn enter(&mut self, _higher: &[String]) {}
    /// `for<'a>` goes out of scope.
    fn leave(&mut self, _higher: &[String]) {}

    /// A type.
    fn ty(&mut self, ty: &Type) -> Type {
        match ty {
            Type::Path(path, args) => {
                let args = self.args(args);
                self.path(path, args)
            }
            Type::Param(name) => self.param(name),
            Type::Assoc {
                base,
                trait_,
                name,
                args,
            } => {
                let base = self.ty(base);
                let trait_ = trait_.as_ref().map(|trait_| {
                    let args = self.args(&trait_.args);
                    self.trait_ref(&trait_.path, args)
                });
                let args = self.args(args);
                self.assoc(base, trait_, name, args)
            }
            Type::Ref {
                lifetime,
                mutable,
                ty,
            } => {
                let lifetime = self.lifetime(lifetime.as_deref());
                Type::Ref {
                    lifetime,
                    mutable: *mutable,
                    ty: Box::new(self.ty(ty)),
                }
            }
            Type::Ptr { mutable, ty } => Type::Ptr {
                mutable: *mutable,
                ty: Box::new(self.ty(ty)),
            },
            Type::Slice(ty) => Type::Slice(Box::new(self.ty(ty))),
            Type::Array(ty, len) => {
                let ty = self.ty(ty);
                Type::Array(Box::new(ty), self.constant(len))
            }
            Type::Tuple(parts) => Type::Tuple(parts.iter().map(|ty| self.ty(ty)).collect()),
            Type::Never => Type::Never,
            Type::Infer => Type::Infer,
            Type::Fn(pointer) => {
                self.enter(&pointer.higher);
                let folded = FnPointer {
                    higher: pointer.higher.clone(),
                    is_unsafe: pointer.is_unsafe,
                    abi: pointer.abi.clone(),
                    inputs: pointer.inputs.iter().map(|ty| self.ty(ty)).collect(),
                    variadic: pointer.variadic,
                    output: self.ty(&pointer.output),
                };
                self.leave(&pointer.higher);
                Type::Fn(Box::new(folded))
            }
            Type::Dyn(bounds) => Type::Dyn(self.bounds(bounds)),
            Type::Impl(bounds) => Type::Impl(self.bounds(bounds)),
            Type::Other(text) => Type::Other(text.clone()),
        }
    }

    /// Arguments.
    fn args(&mut self, args: &[Arg]) -> Vec<Arg> {
        args.iter().map(|arg| self.arg(arg)).collect()
    }

    /// An argument.
    fn arg(&mut self, arg: &Arg) -> Arg {
        match arg {
            Arg::Lifetime(name) => {
                Arg::Lifetime(self.lifetime(Some(name)).unwrap_or_else(|| "'_".to_owned()))
            }
            Arg::Type(ty) => Arg::Type(self.ty(ty)),
            Arg::Const(text) => Arg::Const(self.constant(text)),
            Arg::Binding(name, args, ty) => {
                let args = self.args(args);
                Arg::Binding(name.clone(), args, self.ty(ty))
            }
            Arg::ConstBinding(name, text) => Arg::ConstBinding(name.clone(), self.constant(text)),
            Arg::Constraint(name, args, bounds) => {
                let args = self.args(args);
                Arg::Constraint(name.clone(), args, self.bounds(bounds))
            }
        }
    }

    /// Bounds, sorted.
    fn bounds(&mut self, bounds: &[Bound]) -> Vec<Bound> {
        let mut folded: Vec<Bound> = bounds.iter().map(|bound| self.bound(bound)).collect();
        folded.sort();
        folded.dedup();
        folded
    }

    /// A bound.
    fn bound(&mut self, bound: &Bound) -> Bound {
        match bound {
            Bound::Trait { higher, trait_ } => {
                self.enter(higher);
                let args = self.args(&trait_.args);
                let trait_ = self.trait_ref(&trait_.path, args);
                self.leave(higher);
                Bound::Trait {
                    higher: higher.clone(),
                    trait_,
                }
            }
            Bound::Maybe(path) => Bound::Maybe(self.trait_ref(path, Vec::new()).path),
            Bound::Lifetime(name) => {
                Bound::Lifetime(self.lifetime(Some(name)).unwrap_or_else(|| "'_".to_owned()))
            }
            Bound::Use(names) => Bound::Use(names.clone()),
            Bound::Other(text) => Bound::Other(text.clone()),
        }
    }

    /// Parameters with their clauses, sorted.
    fn generics(&mut self, generics: &Generics) -> Generics {
        let params = generics
            .params
            .iter()
            .map(|param| Param {
                name: param.name.clone(),
                kind: match &param.kind {
                    ParamKind::Lifetime(bounds) => ParamKind::Lifetime(
                        bounds
                            .iter()
                            .map(|name| {
                                self.lifetime(Some(name)).unwrap_or_else(|| "'_".to_owned())
                            })
                            .collect(),
                    ),
                    ParamKind::Type { bounds, default } => ParamKind::Type {
                        bounds: self.bounds(bounds),
                        default: default.as_ref().map(|ty| self.ty(ty)),
                    },
                    ParamKind::Const { ty, default } => ParamKind::Const {
                        ty: self.ty(ty),
                        default: default.as_ref().map(|text| self.constant(text)),
                    },
                },
            })
            .collect();
        let wheres = generics
            .wheres
            .iter()
            .map(|clause| {
                self.enter(&clause.higher);
                let folded = Where {
                    higher: clause.higher.clone(),
                    ty: self.ty(&clause.ty),
                    bounds: self.bounds(&clause.bounds),
                };
                self.leave(&clause.higher);
                folded
            })
            .collect();
        let mut generics = Generics { params, wheres };
        generics.sort();
        generics
    }

    /// A function.
    fn function(&mut self, function: &Function) -> Function {
        Function {
            generics: self.generics(&function.generics),
            receiver: function.receiver.as_ref().map(|receiver| match receiver {
                Receiver::Value => Receiver::Value,
                Receiver::Reference { lifetime, mutable } => Receiver::Reference {
                    lifetime: self.lifetime(lifetime.as_deref()),
                    mutable: *mutable,
                },
                Receiver::Typed(ty) => Receiver::Typed(self.ty(ty)),
            }),
            inputs: function
                .inputs
                .iter()
                .map(|input| Input {
                    name: input.name.clone(),
                    ty: self.ty(&input.ty),
                    at: input.at.clone(),
                })
                .collect(),
            output: self.ty(&function.output),
            abi: function.abi.clone(),
            receiver_at: function.receiver_at.clone(),
            output_at: function.output_at.clone(),
            ..*function
        }
    }

    /// An impl.
    fn implementation(&mut self, of: &Impl) -> Impl {
        let args = self.args(&of.trait_.args);
        Impl {
            trait_: self.trait_ref(&of.trait_.path, args),
            self_ty: self.ty(&of.self_ty),
            generics: self.generics(&of.generics),
            negative: of.negative,
            derived: of.derived,
            cfg: of.cfg.clone(),
            at: of.at.clone(),
        }
    }
}

/// Puts types in the place of parameters, and lifetimes in the place of lifetimes.
#[derive(Debug, Default)]
pub struct Substitute {
    /// By the parameter's name.
    pub types: std::collections::BTreeMap<String, Type>,
    /// By the lifetime's name.
    pub lifetimes: std::collections::BTreeMap<String, String>,
    /// Constants by the parameter's name.
    pub constants: std::collections::BTreeMap<String, String>,
}

impl Substitute {
    /// Nothing is put anywhere.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty() && self.lifetimes.is_empty() && self.constants.is_empty()
    }
}

impl Fold for Substitute {
    fn param(&mut self, name: &str) -> Type {
        self.types
            .get(name)
            .cloned()
            .unwrap_or_else(|| Type::Param(name.to_owned()))
    }
    fn lifetime(&mut self, name: Option<&str>) -> Option<String> {
        let name = name?;
        match self.lifetimes.get(name) {
            Some(elided) if elided == "'_" => None,
            Some(other) => Some(other.clone()),
            None => Some(name.to_owned()),
        }
    }
    fn constant(&mut self, text: &str) -> String {
        self.constants
            .get(text)
            .cloned()
            .unwrap_or_else(|| text.to_owned())
    }
}
