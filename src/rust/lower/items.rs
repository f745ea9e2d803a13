//! Items as written: modules, uses, traits, types, impls, macros.

use std::collections::BTreeSet;
use std::sync::Arc;

use proc_macro2::Span;
use syn::spanned::Spanned;

use super::functions::{function, signature_place};
use super::macros::{branches, passes, text, words};
use super::types::{self, Lower};
use super::{Attributes, Origin, at, at_between, attributes, name, visibility};
use crate::interface::rust::types::{Arg, Type};
use crate::interface::rust::{
    At, Enum, Field, Impl, Marks, Member, MemberKind, Shape, Struct, TraitItem, TraitItemKind,
    Variant, Visibility,
};
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
const MAX_MODULES: usize = 64;

struct Reader<'a> {
    path: &'a Origin,
    config: &'a Config,
}

impl Reader<'_> {
    fn attributes(&self, attrs: &[syn::Attribute]) -> Attributes {
        attributes(attrs, self.path, self.config)
    }

    fn item(&self, item: &syn::Item, into: &mut Vec<raw::Item>, depth: usize) {
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

    /// The items of `cfg_if!`, each under its condition; false if it cannot be read.
    fn cfg_if(&self, call: &syn::Macro, into: &mut Vec<raw::Item>, depth: usize) -> bool {
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

    fn foreign(&self, item: &syn::ItemForeignMod, outer: &Attributes, into: &mut Vec<raw::Item>) {
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
                derives: Vec::new(),
                attribute_macros: attrs.others,
                at: place,
            });
        }
    }

    fn trait_(&self, item: &syn::ItemTrait, sealed: bool) -> raw::Trait {
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

    fn implementation(&self, item: &syn::ItemImpl, attrs: &Attributes, into: &mut Vec<raw::Item>) {
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
            derives: Vec::new(),
            attribute_macros: attrs.others.clone(),
            at: place,
        });
    }

    /// The associated types of a trait's impl, as bindings.
    fn associated(&self, lower: &Lower, items: &[syn::ImplItem]) -> Vec<Arg> {
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

    fn members(
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

/// An item of a trait, with its name, and whether it is there on the target that stands for all.
pub(in crate::rust) fn trait_item(
    lower: &Lower,
    item: &syn::TraitItem,
    path: &Origin,
    config: &Config,
) -> Option<(String, TraitItem, bool)> {
    let (ident, attrs, kind, place) = match item {
        syn::TraitItem::Fn(item) => {
            let read = function(lower, &item.sig, item.default.is_some(), path, config);
            (
                name(&item.sig.ident),
                &item.attrs,
                TraitItemKind::Function(Box::new(read)),
                signature_place(None, &item.sig, path),
            )
        }
        syn::TraitItem::Const(item) => (
            name(&item.ident),
            &item.attrs,
            TraitItemKind::Const {
                ty: lower.clone().ty(&item.ty),
                provided: item.default.is_some(),
            },
            at_between(path, item.const_token.span, item.ty.span()),
        ),
        syn::TraitItem::Type(item) => {
            let mut inner = lower.inner(&item.generics);
            let (generics, of_self) = inner.generics(&item.generics);
            let mut generics = generics;
            let mut bounds = inner.bounds(&item.bounds);
            // `where Self::Item: Bound` of the item itself is its bound.
            let own = name(&item.ident);
            generics.wheres.retain(|clause| match &clause.ty {
                Type::Assoc { base, name, .. }
                    if *name == own
                        && clause.higher.is_empty()
                        && matches!(&**base, Type::Param(name) if name == "Self") =>
                {
                    bounds.extend(clause.bounds.iter().cloned());
                    false
                }
                _ => true,
            });
            if !of_self.is_empty() {
                generics.wheres.push(crate::interface::rust::Where {
                    higher: Vec::new(),
                    ty: Type::Param("Self".to_owned()),
                    bounds: of_self,
                });
                generics.sort();
            }
            bounds.sort();
            bounds.dedup();
            (
                own,
                &item.attrs,
                TraitItemKind::Type {
                    generics,
                    bounds,
                    default: item.default.as_ref().map(|(_, ty)| inner.ty(ty)),
                },
                at_between(path, item.type_token.span, item.ident.span()),
            )
        }
        _ => return None,
    };
    let attrs = attributes(attrs, path, config);
    attrs.conditions.present.then_some((
        ident,
        TraitItem {
            kind,
            marks: attrs.marks,
            at: place,
        },
        attrs.conditions.host,
    ))
}

/// Gives the elided lifetimes of an impl's type names, so that `Self` means one thing all over the impl.
fn named_lifetimes(mut ty: Type) -> Type {
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

/// A struct.
pub(in crate::rust) fn struct_(item: &syn::ItemStruct, path: &Origin, config: &Config) -> Struct {
    let mut lower = own(&item.ident, &item.generics);
    let generics = lower.generics(&item.generics).0;
    let (fields, private) = fields(&mut lower, item.fields.iter(), true, path, config);
    Struct {
        generics,
        shape: shape(&item.fields),
        fields,
        private,
        ..Struct::default()
    }
}

/// An enum.
pub(in crate::rust) fn enum_(item: &syn::ItemEnum, path: &Origin, config: &Config) -> Enum {
    let mut lower = own(&item.ident, &item.generics);
    let generics = lower.generics(&item.generics).0;
    let numbered = item
        .variants
        .iter()
        .any(|variant| variant.discriminant.is_some())
        && item
            .variants
            .iter()
            .all(|variant| variant.fields.is_empty());
    let mut variants: Vec<(Variant, bool)> = Vec::new();
    let mut next: Option<i128> = Some(0);
    for inner in &item.variants {
        let attrs = attributes(&inner.attrs, path, config);
        if !attrs.conditions.present {
            continue;
        }
        let (mut read, written) = variant(&mut lower, inner, attrs.marks, path, config);
        let mut value = next;
        if let Some(written) = written {
            value = written.parse().ok();
            read.discriminant = Some(written);
        } else if numbered {
            read.discriminant = value.map(|value| value.to_string());
        }
        next = value.and_then(|value| value.checked_add(1));
        match variants
            .iter()
            .position(|(other, _)| other.name == read.name)
        {
            Some(index) if attrs.conditions.host && !variants[index].1 => {
                variants[index] = (read, true);
            }
            Some(_) => {}
            None => variants.push((read, attrs.conditions.host)),
        }
    }
    let mut variants: Vec<Variant> = variants.into_iter().map(|(variant, _)| variant).collect();
    variants.sort_by(|a, b| a.name.cmp(&b.name));
    Enum {
        generics,
        variants,
        ..Enum::default()
    }
}

/// A variant, and its number as written.
pub(in crate::rust) fn variant(
    lower: &mut Lower,
    item: &syn::Variant,
    marks: Marks,
    path: &Origin,
    config: &Config,
) -> (Variant, Option<String>) {
    let (fields, _) = fields(lower, item.fields.iter(), false, path, config);
    let written = item
        .discriminant
        .as_ref()
        .map(|(_, expr)| types::constant(expr))
        .map(|text| number(&text).map_or(text, |value| value.to_string()));
    let read = Variant {
        name: name(&item.ident),
        shape: shape(&item.fields),
        fields,
        discriminant: None,
        marks,
        at: at(path, item.ident.span()),
    };
    (read, written)
}

/// A number as written: `0x1F`, `-1`, `1_000u8`.
fn number(text: &str) -> Option<i128> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (negative, digits) = match compact.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, compact.as_str()),
    };
    let literal: syn::LitInt = syn::parse_str(digits).ok()?;
    let value: i128 = literal.base10_parse().ok()?;
    Some(if negative { -value } else { value })
}

/// Fields that count, and whether there are others. With `public`, only public fields count.
pub(in crate::rust) fn fields<'f>(
    lower: &mut Lower,
    fields: impl Iterator<Item = &'f syn::Field>,
    public: bool,
    path: &Origin,
    config: &Config,
) -> (Vec<Field>, bool) {
    let mut read = Vec::new();
    let mut private = false;
    let mut named = false;
    let mut index = 0_usize;
    for field in fields {
        let attrs = attributes(&field.attrs, path, config);
        if !attrs.conditions.present {
            continue;
        }
        let number = index.to_string();
        index += 1;
        if public && visibility(&field.vis) != Visibility::Public {
            private = true;
            continue;
        }
        named |= field.ident.is_some();
        let ty_at = at(path, field.ty.span());
        read.push(Field {
            name: field.ident.as_ref().map_or(number, name),
            ty: lower.ty(&field.ty),
            marks: attrs.marks,
            at: field
                .ident
                .as_ref()
                .map_or_else(|| ty_at.clone(), |ident| at(path, ident.span())),
            ty_at,
        });
    }
    if named && public {
        read.sort_by(|a, b| a.name.cmp(&b.name));
    }
    (read, private)
}

fn shape(fields: &syn::Fields) -> Shape {
    match fields {
        syn::Fields::Named(_) => Shape::Named,
        syn::Fields::Unnamed(_) => Shape::Tuple,
        syn::Fields::Unit => Shape::Unit,
    }
}

/// Reads with a type's parameters in scope, and `Self` for the type.
fn own(ident: &syn::Ident, generics: &syn::Generics) -> Lower {
    let mut lower = Lower::default().inner(generics);
    let args = generics
        .params
        .iter()
        .map(|param| match param {
            syn::GenericParam::Lifetime(param) => Arg::Lifetime(param.lifetime.to_string()),
            syn::GenericParam::Type(param) => Arg::Type(Type::Param(name(&param.ident))),
            syn::GenericParam::Const(param) => Arg::Const(name(&param.ident)),
        })
        .collect();
    lower.self_ty = Some(Type::Path(name(ident), args));
    lower
}

/// The header of an item, from its visibility to `end`.
fn header(vis: &syn::Visibility, start: Span, end: Span, path: &Origin) -> At {
    let start = match vis {
        syn::Visibility::Public(token) => token.span,
        syn::Visibility::Restricted(restricted) => restricted.pub_token.span,
        syn::Visibility::Inherited => start,
    };
    at_between(path, start, end)
}

fn attrs_of(item: &syn::Item) -> &[syn::Attribute] {
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

/// `use` trees nested deeper than this are not looked into.
const MAX_USE: usize = 64;

fn flatten(tree: &syn::UseTree, prefix: String, into: &mut Vec<raw::Use>, depth: usize) {
    if depth > MAX_USE {
        return;
    }
    let join = |last: &syn::Ident| {
        let last = name(last);
        match prefix.as_str() {
            "" | "::" => format!("{prefix}{last}"),
            _ => format!("{prefix}::{last}"),
        }
    };
    // `a::{self}` is `a`.
    let target = |ident: &syn::Ident| {
        if ident == "self" && !prefix.is_empty() && prefix != "::" {
            prefix.clone()
        } else {
            join(ident)
        }
    };
    match tree {
        syn::UseTree::Path(path) => flatten(&path.tree, join(&path.ident), into, depth + 1),
        syn::UseTree::Name(ident) => {
            let path = target(&ident.ident);
            let bound = path.rsplit("::").next().unwrap_or(&path).to_owned();
            into.push(raw::Use {
                path,
                name: Some(bound),
            });
        }
        syn::UseTree::Rename(rename) => into.push(raw::Use {
            path: target(&rename.ident),
            name: Some(name(&rename.rename)),
        }),
        syn::UseTree::Glob(_) => into.push(raw::Use {
            path: prefix,
            name: None,
        }),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, prefix.clone(), into, depth + 1);
            }
        }
    }
}
