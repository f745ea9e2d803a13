//! Items as written: modules, uses, traits, types, impls, macros.

use std::collections::BTreeSet;
use std::sync::Arc;

use proc_macro2::Span;
use syn::spanned::Spanned;

use super::functions::{function, signature_place};
use super::macros::{branches, passes, text, words};
use super::parts::{enum_, fields, own, struct_, trait_item};
use super::types::{self, Lower};
use super::uses::flatten;
use super::{Attributes, Origin, at, at_between, attributes, name, visibility};
use crate::interface::rust::{At, Shape, Struct, Type, Visibility};
use crate::rust::cfg::{Conditions, Config};
use crate::rust::{raw, strip};

/// All items of a file or inline module.
pub(in crate::rust) fn file(items: &[syn::Item], path: &Origin, config: &Config) -> Vec<raw::Item> {
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        Reader { path, config }.item(item, &mut read, 0);
    }
    read
}

/// Modules nested deeper than this in one file are not looked into.
pub(super) const MAX_MODULES: usize = 64;

pub(super) struct Reader<'a> {
    pub(super) path: &'a Origin,
    pub(super) config: &'a Config,
}

impl Reader<'_> {
    pub(super) fn attributes(&self, attrs: &[syn::Attribute]) -> Attributes {
        attributes(attrs, self.path, self.config)
    }

    pub(super) fn item(&self, item: &syn::Item, into: &mut Vec<raw::Item>, depth: usize) {
        let attrs = self.attributes(attrs_of(item));
        if !attrs.conditions.present {
            return;
        }
        if let syn::Item::Macro(call) = item
            && call.ident.is_none()
            && depth < MAX_MODULES
            && call
                .mac
                .path
                .segments
                .last()
                .is_some_and(|segment| segment.ident == "cfg_if")
            && self.cfg_if(&call.mac, into, depth)
        {
            return;
        }
        let mut push = |name: String, vis: Visibility, kind: raw::Kind, place: At| {
            into.push(raw::Item {
                name,
                kind,
                vis,
                marks: attrs.marks.clone(),
                host: attrs.conditions.host,
                holds: self.holds(item),
                derives: attrs.derives.clone(),
                attribute_macros: attrs.others.clone(),
                at: place,
            });
        };
        match item {
            syn::Item::Mod(item) => {
                let place = at_between(self.path, item.mod_token.span, item.ident.span());
                let items = match &item.content {
                    Some((_, items)) if depth < MAX_MODULES => {
                        let mut inner = Vec::new();
                        for item in items {
                            self.item(item, &mut inner, depth + 1);
                        }
                        Some(Arc::new(inner))
                    }
                    Some(_) => Some(Arc::default()),
                    None => None,
                };
                push(
                    name(&item.ident),
                    visibility(&item.vis),
                    raw::Kind::Module {
                        items,
                        path: attrs.path.clone(),
                    },
                    place,
                );
            }
            syn::Item::Use(item) => {
                let mut uses = Vec::new();
                let start = if item.leading_colon.is_some() {
                    "::"
                } else {
                    ""
                };
                flatten(&item.tree, start.to_owned(), &mut uses, 0);
                let place = at_between(self.path, item.use_token.span, item.semi_token.span);
                push(
                    String::new(),
                    visibility(&item.vis),
                    raw::Kind::Use(uses),
                    place,
                );
            }
            syn::Item::ExternCrate(item) => {
                let krate = name(&item.ident);
                let bound = item
                    .rename
                    .as_ref()
                    .map_or_else(|| krate.clone(), |(_, ident)| name(ident));
                let place = at_between(self.path, item.extern_token.span, item.ident.span());
                push(
                    bound,
                    visibility(&item.vis),
                    raw::Kind::ExternCrate { krate },
                    place,
                );
            }
            syn::Item::Trait(item) => {
                let place = header(
                    &item.vis,
                    item.trait_token.span,
                    item.ident.span(),
                    self.path,
                );
                let read = self.trait_(item, attrs.sealed);
                push(
                    name(&item.ident),
                    visibility(&item.vis),
                    raw::Kind::Trait(Box::new(read)),
                    place,
                );
            }
            syn::Item::TraitAlias(item) => {
                let place = header(
                    &item.vis,
                    item.trait_token.span,
                    item.ident.span(),
                    self.path,
                );
                let bounds = Lower::default().inner(&item.generics).bounds(&item.bounds);
                push(
                    name(&item.ident),
                    visibility(&item.vis),
                    raw::Kind::TraitAlias(bounds),
                    place,
                );
            }
            syn::Item::Struct(item) => {
                let place = header(
                    &item.vis,
                    item.struct_token.span,
                    item.ident.span(),
                    self.path,
                );
                let read = struct_(item, self.path, self.config);
                push(
                    name(&item.ident),
                    visibility(&item.vis),
                    raw::Kind::Struct(Box::new(read)),
                    place,
                );
            }
            syn::Item::Union(item) => {
                let place = header(
                    &item.vis,
                    item.union_token.span,
                    item.ident.span(),
                    self.path,
                );
                let mut lower = own(&item.ident, &item.generics);
                let generics = lower.generics(&item.generics).0;
                let (fields, private) = fields(
                    &mut lower,
                    item.fields.named.iter(),
                    true,
                    self.path,
                    self.config,
                );
                let read = Struct {
                    generics,
                    shape: Shape::Named,
                    fields,
                    private,
                    ..Struct::default()
                };
                push(
                    name(&item.ident),
                    visibility(&item.vis),
                    raw::Kind::Union(Box::new(read)),
                    place,
                );
            }
            syn::Item::Enum(item) => {
                let place = header(
                    &item.vis,
                    item.enum_token.span,
                    item.ident.span(),
                    self.path,
                );
                let read = enum_(item, self.path, self.config);
                push(
                    name(&item.ident),
                    visibility(&item.vis),
                    raw::Kind::Enum(Box::new(read)),
                    place,
                );
            }
            syn::Item::Fn(item) => {
                let place = signature_place(Some(&item.vis), &item.sig, self.path);
                if let Some(renamed) = &attrs.proc_macro {
                    let bound = renamed.clone().unwrap_or_else(|| name(&item.sig.ident));
                    let kind = raw::Kind::Macro {
                        exported: true,
                        words: BTreeSet::new(),
                        passes: None,
                    };
                    push(bound, visibility(&item.vis), kind, place);
                    return;
                }
                let read = function(&Lower::default(), &item.sig, true, self.path, self.config);
                push(
                    name(&item.sig.ident),
                    visibility(&item.vis),
                    raw::Kind::Function(Box::new(read)),
                    place,
                );
            }
            syn::Item::ForeignMod(item) => self.foreign(item, &attrs, into),
            syn::Item::Const(item) => {
                // `const _: () = { .. }` hides impls.
                if item.ident == "_" {
                    if let syn::Expr::Block(block) = &*item.expr
                        && depth < MAX_MODULES
                    {
                        for stmt in &block.block.stmts {
                            if let syn::Stmt::Item(inner @ syn::Item::Impl(_)) = stmt {
                                self.item(inner, into, depth + 1);
                            }
                        }
                    }
                    return;
                }
                let place = header(&item.vis, item.const_token.span, item.ty.span(), self.path);
                let ty = Lower::default().ty(&item.ty);
                push(
                    name(&item.ident),
                    visibility(&item.vis),
                    raw::Kind::Const(ty),
                    place,
                );
            }
            syn::Item::Static(item) => {
                let place = header(&item.vis, item.static_token.span, item.ty.span(), self.path);
                let kind = raw::Kind::Static {
                    ty: Lower::default().ty(&item.ty),
                    mutable: matches!(item.mutability, syn::StaticMutability::Mut(_)),
                };
                push(name(&item.ident), visibility(&item.vis), kind, place);
            }
            syn::Item::Type(item) => {
                let place = header(
                    &item.vis,
                    item.type_token.span,
                    item.ident.span(),
                    self.path,
                );
                let mut lower = Lower::default().inner(&item.generics);
                let generics = lower.generics(&item.generics).0;
                let ty = lower.ty(&item.ty);
                push(
                    name(&item.ident),
                    visibility(&item.vis),
                    raw::Kind::Alias { generics, ty },
                    place,
                );
            }
            syn::Item::Impl(item) => self.implementation(item, &attrs, into),
            syn::Item::Macro(item) => match &item.ident {
                Some(ident) => {
                    let place = at(self.path, ident.span());
                    let kind = raw::Kind::Macro {
                        exported: attrs.exported,
                        words: words(item.mac.tokens.clone()),
                        passes: passes(item.mac.tokens.clone()),
                    };
                    let vis = if attrs.exported {
                        Visibility::Public
                    } else {
                        Visibility::Private
                    };
                    push(name(ident), vis, kind, place);
                }
                None => {
                    let path = types::segments(&item.mac.path);
                    let place = at(self.path, item.mac.path.span());
                    let kind = raw::Kind::Call {
                        path,
                        words: words(item.mac.tokens.clone()),
                        text: text(&item.mac, self.path.start.as_ref()),
                    };
                    push(String::new(), Visibility::Private, kind, place);
                }
            },
            other => {
                let tokens = quote::ToTokens::to_token_stream(other);
                let kind = raw::Kind::Call {
                    path: String::new(),
                    words: words(tokens),
                    text: None,
                };
                push(
                    String::new(),
                    Visibility::Private,
                    kind,
                    at(self.path, other.span()),
                );
            }
        }
    }

    /// The types of all fields of a type.
    fn holds(&self, item: &syn::Item) -> Vec<Type> {
        let (ident, generics, fields): (_, _, Vec<&syn::Field>) = match item {
            syn::Item::Struct(item) => (&item.ident, &item.generics, item.fields.iter().collect()),
            syn::Item::Union(item) => {
                let fields = item.fields.named.iter();
                (&item.ident, &item.generics, fields.collect())
            }
            syn::Item::Enum(item) => {
                let fields = item.variants.iter().flat_map(|variant| &variant.fields);
                (&item.ident, &item.generics, fields.collect())
            }
            _ => return Vec::new(),
        };
        let mut lower = own(ident, generics);
        let there = fields
            .into_iter()
            .filter(|field| self.attributes(&field.attrs).conditions.host);
        there.map(|field| lower.ty(&field.ty)).collect()
    }

    /// The items of `cfg_if!`, each under its condition; false if it cannot be read.
    pub(super) fn cfg_if(
        &self,
        call: &syn::Macro,
        into: &mut Vec<raw::Item>,
        depth: usize,
    ) -> bool {
        let Some(branches) = branches(call.tokens.clone()) else {
            return false;
        };
        let mut read = Vec::new();
        // Whether a branch before this one was surely taken, or taken on the target that stands for all.
        let (mut over, mut taken) = (false, false);
        for (condition, tokens) in branches {
            let mut conditions = Conditions::default();
            if let Some(condition) = &condition {
                conditions.add(condition, self.config);
            }
            if over || !conditions.present {
                continue;
            }
            let Ok(file) = strip::strip(tokens).map(syn::parse2::<syn::File>) else {
                return false;
            };
            let Ok(file) = file else {
                return false;
            };
            let mut items = Vec::new();
            for item in &file.items {
                self.item(item, &mut items, depth + 1);
            }
            for mut item in items {
                item.host &= conditions.host && !taken;
                item.marks.cfg.extend(conditions.open.iter().cloned());
                item.marks.cfg.sort();
                item.marks.cfg.dedup();
                read.push(item);
            }
            taken |= conditions.host;
            over |= conditions.open.is_empty();
        }
        into.extend(read);
        true
    }

    pub(super) fn foreign(
        &self,
        item: &syn::ItemForeignMod,
        outer: &Attributes,
        into: &mut Vec<raw::Item>,
    ) {
        let abi = types::abi(&item.abi);
        for foreign in &item.items {
            let (attrs, vis, place, ident, kind) = match foreign {
                syn::ForeignItem::Fn(foreign) => {
                    let lower = Lower::default();
                    let mut read = function(&lower, &foreign.sig, true, self.path, self.config);
                    read.is_unsafe = !matches!(foreign.sig.safety, syn::Safety::Safe(_));
                    read.abi = Some(abi.clone());
                    (
                        self.attributes(&foreign.attrs),
                        &foreign.vis,
                        signature_place(Some(&foreign.vis), &foreign.sig, self.path),
                        &foreign.sig.ident,
                        raw::Kind::Function(Box::new(read)),
                    )
                }
                syn::ForeignItem::Static(foreign) => (
                    self.attributes(&foreign.attrs),
                    &foreign.vis,
                    at(self.path, foreign.ident.span()),
                    &foreign.ident,
                    raw::Kind::Static {
                        ty: Lower::default().ty(&foreign.ty),
                        mutable: matches!(foreign.mutability, syn::StaticMutability::Mut(_)),
                    },
                ),
                _ => continue,
            };
            if !attrs.conditions.present {
                continue;
            }
            let mut marks = attrs.marks;
            marks.cfg.extend(outer.marks.cfg.iter().cloned());
            marks.cfg.sort();
            marks.cfg.dedup();
            into.push(raw::Item {
                name: name(ident),
                kind,
                vis: visibility(vis),
                marks,
                host: attrs.conditions.host && outer.conditions.host,
                holds: Vec::new(),
                derives: Vec::new(),
                attribute_macros: attrs.others,
                at: place,
            });
        }
    }

    pub(super) fn trait_(&self, item: &syn::ItemTrait, sealed: bool) -> raw::Trait {
        let mut lower = Lower::default().inner(&item.generics);
        let (generics, of_self) = lower.generics(&item.generics);
        let mut supertraits = lower.bounds(&item.supertraits);
        supertraits.extend(of_self);
        supertraits.sort();
        supertraits.dedup();
        let mut read = raw::Trait {
            is_unsafe: item.unsafety.is_some(),
            is_auto: item.modifiers.auto_token.is_some(),
            sealed,
            generics,
            supertraits,
            ..raw::Trait::default()
        };
        for inner in &item.items {
            match inner {
                syn::TraitItem::Macro(call) => {
                    read.made.extend(words(call.mac.tokens.clone()));
                }
                syn::TraitItem::Verbatim(tokens) => read.made.extend(words(tokens.clone())),
                _ => {
                    if let Some(found) = trait_item(&lower, inner, self.path, self.config) {
                        read.items.push(found);
                    }
                }
            }
        }
        read
    }
}

/// The header of an item, from its visibility to `end`.
pub(super) fn header(vis: &syn::Visibility, start: Span, end: Span, path: &Origin) -> At {
    let start = match vis {
        syn::Visibility::Public(token) => token.span,
        syn::Visibility::Restricted(restricted) => restricted.pub_token.span,
        syn::Visibility::Inherited => start,
    };
    at_between(path, start, end)
}

pub(super) fn attrs_of(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::ExternCrate(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::ForeignMod(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::TraitAlias(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Union(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
