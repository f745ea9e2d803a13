//! Functions and methods as written.

use proc_macro2::Span;
use syn::spanned::Spanned;

use super::types::{self, Lower};
use super::{Origin, at, at_between, attributes, name, text};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Arg, At, Function, Input, Receiver, Type};
use crate::rust::cfg::Config;

/// A signature; `provided` says whether there is a body.
pub(in crate::rust) fn function(
    lower: &Lower,
    sig: &syn::Signature,
    provided: bool,
    file: &Origin,
    config: &Config,
) -> Function {
    let mut inner = lower.inner(&sig.generics);
    let (generics, of_self) = inner.generics(&sig.generics);
    let mut generics = generics;
    if !of_self.is_empty() {
        generics.wheres.push(crate::interface::rust::Where {
            higher: Vec::new(),
            ty: Type::Param("Self".to_owned()),
            bounds: of_self,
        });
        generics.sort();
    }
    let mut read = Function {
        is_const: sig.constness.is_some(),
        is_async: sig.asyncness.is_some(),
        is_unsafe: matches!(sig.safety, syn::Safety::Unsafe(_)),
        abi: sig.abi.as_ref().map(types::abi),
        variadic: sig.variadic.is_some(),
        provided,
        generics,
        receiver: None,
        receiver_at: At(None),
        inputs: Vec::with_capacity(sig.inputs.len()),
        output: inner.output(&sig.output),
        output_at: match &sig.output {
            syn::ReturnType::Default => at(file, sig.paren_token.span.close()),
            syn::ReturnType::Type(_, ty) => at(file, ty.span()),
        },
    };
    for input in &sig.inputs {
        match input {
            syn::FnArg::Receiver(receiver) => {
                read.receiver = Some(self::receiver(&mut inner, receiver));
                read.receiver_at = at(file, receiver.span());
            }
            syn::FnArg::Typed(typed) => {
                if !attributes(&typed.attrs, file, config).conditions.host {
                    continue;
                }
                read.inputs.push(Input {
                    name: match &*typed.pat {
                        syn::Pat::Ident(ident) => name(&ident.ident),
                        _ => "_".to_owned(),
                    },
                    ty: inner.ty(&typed.ty),
                    at: at(file, typed.span()),
                });
            }
        }
    }
    read
}

fn receiver(lower: &mut Lower, receiver: &syn::Receiver) -> Receiver {
    match &receiver.kind {
        syn::ReceiverKind::Value => Receiver::Value,
        syn::ReceiverKind::Reference(_, lifetime, mutability) => Receiver::Reference {
            lifetime: lifetime.as_ref().and_then(types::written),
            mutable: mutability.is_some(),
        },
        syn::ReceiverKind::Typed(_, ty) => {
            // `self: &Self` is `&self`; `Self` is kept as it is, for it is the impl's own type.
            let own = lower.self_ty.take();
            let mut lowered = lower.ty(ty);
            if let Some(own) = &own {
                lowered = SpellSelf(own).ty(&lowered);
            }
            lower.self_ty = own;
            let is_self = |ty: &Type| matches!(ty, Type::Param(name) if name == "Self");
            match lowered {
                ty if is_self(&ty) => Receiver::Value,
                Type::Ref {
                    lifetime,
                    mutable,
                    ty,
                } if is_self(&ty) => Receiver::Reference { lifetime, mutable },
                ty => Receiver::Typed(ty),
            }
        }
        other => {
            let _ = other;
            Receiver::Typed(Type::Other(text(receiver)))
        }
    }
}

/// The impl's own type, written out, is `Self`.
struct SpellSelf<'t>(&'t Type);

impl Fold for SpellSelf<'_> {
    fn path(&mut self, path: &str, args: Vec<Arg>) -> Type {
        let ty = Type::Path(path.to_owned(), args);
        if ty == *self.0 {
            Type::Param("Self".to_owned())
        } else {
            ty
        }
    }
}

/// Where a function's header stands: from its first word to the end of what it returns.
pub(in crate::rust) fn signature_place(
    vis: Option<&syn::Visibility>,
    sig: &syn::Signature,
    file: &Origin,
) -> At {
    let start = match vis {
        Some(syn::Visibility::Public(token)) => token.span,
        Some(syn::Visibility::Restricted(restricted)) => restricted.pub_token.span,
        _ => first(sig),
    };
    let end = match (&sig.generics.where_clause, &sig.output) {
        (None, syn::ReturnType::Type(_, ty)) => ty.span(),
        (Some(clause), _) if !clause.predicates.is_empty() => clause.span(),
        (_, syn::ReturnType::Type(_, ty)) => ty.span(),
        (_, syn::ReturnType::Default) => sig.paren_token.span.close(),
    };
    at_between(file, start, end)
}

fn first(sig: &syn::Signature) -> Span {
    if let Some(token) = &sig.constness {
        return token.span;
    }
    if let Some(token) = &sig.asyncness {
        return token.span;
    }
    if let syn::Safety::Unsafe(token) = &sig.safety {
        return token.span;
    }
    if let Some(abi) = &sig.abi {
        return abi.extern_token.span;
    }
    sig.fn_token.span
}
