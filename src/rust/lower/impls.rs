//! Impls as written: of traits with their associated types, and inherent ones with their public items.

use std::collections::BTreeSet;

use syn::spanned::Spanned;

use super::functions::{function, signature_place};
use super::items::{Reader, header};
use super::macros::words;
use super::types::Lower;
use super::{Attributes, at_between, name, visibility};
use crate::interface::rust::types::{Arg, Type};
use crate::interface::rust::{Impl, Marks, Member, MemberKind, Visibility};
use crate::rust::raw;

impl Reader<'_> {
    pub(super) fn implementation(
        &self,
        item: &syn::ItemImpl,
        attrs: &Attributes,
        into: &mut Vec<raw::Item>,
    ) {
        let mut lower = Lower::default().inner(&item.generics);
        let self_ty = named_lifetimes(lower.ty(&item.self_ty));
        lower.self_ty = Some(self_ty.clone());
        let generics = lower.generics(&item.generics).0;
        let place = at_between(self.path, item.impl_token.span, item.self_ty.span());
        let kind = match &item.trait_ {
            Some((path, _)) => {
                let mut trait_ = lower.trait_ref(path);
                trait_.args.extend(self.associated(&lower, &item.items));
                raw::Kind::Impl(Box::new(Impl {
                    trait_,
                    self_ty,
                    generics,
                    negative: item.modifiers.polarity.is_some(),
                    derived: false,
                    cfg: attrs.marks.cfg.clone(),
                    at: place.clone(),
                }))
            }
            None => {
                let (members, made) = self.members(&lower, &item.items, attrs);
                raw::Kind::Inherent {
                    generics,
                    self_ty,
                    members,
                    made,
                }
            }
        };
        into.push(raw::Item {
            name: String::new(),
            kind,
            vis: Visibility::Private,
            marks: attrs.marks.clone(),
            host: attrs.conditions.host,
            holds: Vec::new(),
            derives: Vec::new(),
            attribute_macros: attrs.others.clone(),
            at: place,
        });
    }

    /// The associated types of a trait's impl, as bindings.
    pub(super) fn associated(&self, lower: &Lower, items: &[syn::ImplItem]) -> Vec<Arg> {
        let mut bindings: Vec<Arg> = items
            .iter()
            .filter_map(|item| match item {
                syn::ImplItem::Type(ty) => {
                    if !self.attributes(&ty.attrs).conditions.host {
                        return None;
                    }
                    let mut inner = lower.inner(&ty.generics);
                    let args = ty
                        .generics
                        .params
                        .iter()
                        .map(|param| match param {
                            syn::GenericParam::Lifetime(param) => {
                                Arg::Lifetime(param.lifetime.to_string())
                            }
                            syn::GenericParam::Type(param) => {
                                Arg::Type(Type::Param(name(&param.ident)))
                            }
                            syn::GenericParam::Const(param) => Arg::Const(name(&param.ident)),
                        })
                        .collect();
                    Some(Arg::Binding(name(&ty.ident), args, inner.ty(&ty.ty)))
                }
                _ => None,
            })
            .collect();
        bindings.sort();
        bindings
    }

    pub(super) fn members(
        &self,
        lower: &Lower,
        items: &[syn::ImplItem],
        outer: &Attributes,
    ) -> (Vec<Member>, BTreeSet<String>) {
        let mut members: Vec<(Member, bool)> = Vec::new();
        let mut made = BTreeSet::new();
        for item in items {
            let (attrs, member) = match item {
                syn::ImplItem::Fn(item) => {
                    if visibility(&item.vis) != Visibility::Public {
                        continue;
                    }
                    let read = function(lower, &item.sig, true, self.path, self.config);
                    let member = Member {
                        name: name(&item.sig.ident),
                        only_for: None,
                        kind: MemberKind::Function(Box::new(read)),
                        marks: Marks::default(),
                        at: signature_place(Some(&item.vis), &item.sig, self.path),
                    };
                    (self.attributes(&item.attrs), member)
                }
                syn::ImplItem::Const(item) => {
                    if visibility(&item.vis) != Visibility::Public {
                        continue;
                    }
                    let member = Member {
                        name: name(&item.ident),
                        only_for: None,
                        kind: MemberKind::Const(lower.clone().ty(&item.ty)),
                        marks: Marks::default(),
                        at: header(&item.vis, item.const_token.span, item.ty.span(), self.path),
                    };
                    (self.attributes(&item.attrs), member)
                }
                syn::ImplItem::Macro(call) => {
                    made.extend(words(call.mac.tokens.clone()));
                    continue;
                }
                syn::ImplItem::Verbatim(tokens) => {
                    made.extend(words(tokens.clone()));
                    continue;
                }
                _ => continue,
            };
            if !attrs.conditions.present {
                continue;
            }
            let mut member = member;
            member.marks = attrs.marks;
            member.marks.cfg.extend(outer.marks.cfg.iter().cloned());
            member.marks.cfg.sort();
            member.marks.cfg.dedup();
            // Of alternatives, the one for the target that stands for all.
            match members
                .iter()
                .position(|(other, _)| other.name == member.name)
            {
                Some(index) if attrs.conditions.host && !members[index].1 => {
                    members[index] = (member, true);
                }
                Some(_) => {}
                None => members.push((member, attrs.conditions.host)),
            }
        }
        (
            members.into_iter().map(|(member, _)| member).collect(),
            made,
        )
    }
}

/// Gives the elided lifetimes of an impl's type names, so that `Self` means one thing all over the impl.
pub(super) fn named_lifetimes(mut ty: Type) -> Type {
    if let Type::Path(_, args) = &mut ty {
        for (index, arg) in args.iter_mut().enumerate() {
            if let Arg::Lifetime(name) = arg
                && name == "'_"
            {
                *name = format!("'_{index}");
            }
        }
    }
    ty
}
