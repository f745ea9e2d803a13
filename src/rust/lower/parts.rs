//! The parts of items as written: fields, variants, items of traits.

use syn::spanned::Spanned;

use super::functions::{function, signature_place};
use super::types::{self, Lower};
use super::{Origin, at, at_between, attributes, name, visibility};
use crate::interface::rust::types::{Arg, Type};
use crate::interface::rust::{
    Enum, Field, Marks, Shape, Struct, TraitItem, TraitItemKind, Variant, Visibility,
};
use crate::rust::cfg::Config;

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
    // Where the number says something: it is written, laid out, or what `<` goes by.
    let above = attributes(&item.attrs, path, config);
    let ordered = above
        .derives
        .iter()
        .any(|(derive, _)| derive.ends_with("Ord"));
    let numbered = (ordered
        || !above.marks.repr.is_empty()
        || item
            .variants
            .iter()
            .any(|variant| variant.discriminant.is_some()))
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
pub(super) fn number(text: &str) -> Option<i128> {
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
    let mut read: Vec<Field> = Vec::new();
    let mut hosts: Vec<bool> = Vec::new();
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
        let field = Field {
            name: field.ident.as_ref().map_or(number, name),
            ty: lower.ty(&field.ty),
            marks: attrs.marks,
            at: field
                .ident
                .as_ref()
                .map_or_else(|| ty_at.clone(), |ident| at(path, ident.span())),
            ty_at,
        };
        // Of alternatives, the one for the target that stands for all.
        match read.iter().position(|other| other.name == field.name) {
            Some(known) if attrs.conditions.host && !hosts[known] => {
                read[known] = field;
                hosts[known] = true;
            }
            Some(_) => {}
            None => {
                read.push(field);
                hosts.push(attrs.conditions.host);
            }
        }
    }
    if named && public {
        read.sort_by(|a, b| a.name.cmp(&b.name));
    }
    (read, private)
}

pub(super) fn shape(fields: &syn::Fields) -> Shape {
    match fields {
        syn::Fields::Named(_) => Shape::Named,
        syn::Fields::Unnamed(_) => Shape::Tuple,
        syn::Fields::Unit => Shape::Unit,
    }
}

/// Reads with a type's parameters in scope, and `Self` for the type.
pub(super) fn own(ident: &syn::Ident, generics: &syn::Generics) -> Lower {
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
