//! Lines that are members of an item, read back.

use super::LineError;
use super::read::{Reader, plain};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{
    Field, Generics, Impl, Interface, Marks, Member, MemberKind, Trait, TraitItem, TraitItemKind,
    Type, Variant,
};
use crate::interface::{Line, TableKind};
use crate::rust::lower::{self, Lower};
use crate::rust::plain::{bare, own_args};
use crate::rust::raw;

impl Reader<'_> {
    pub(super) fn trait_line(&mut self, line: &Line, of: &mut Trait) -> Result<(), LineError> {
        let text = plain(&line.text);
        if is_impl(&text) {
            let found = self.implementation(line, &text, "", &Generics::default())?;
            of.impls.push(found);
            return Ok(());
        }
        let mut item: syn::TraitItem = Self::parse(line, &text, |input| input.parse())?;
        let attrs = match &mut item {
            syn::TraitItem::Fn(item) => std::mem::take(&mut item.attrs),
            syn::TraitItem::Const(item) => std::mem::take(&mut item.attrs),
            syn::TraitItem::Type(item) => std::mem::take(&mut item.attrs),
            _ => return Err(Self::fail(line, "this is no item of a trait")),
        };
        let lower = Self::lower(&of.generics);
        let (name, mut read, _) =
            lower::trait_item(&lower, &item, &Self::origin(line), &self.config)
                .ok_or_else(|| Self::fail(line, "this is no item of a trait"))?;
        read.marks = self.attributes(&attrs).marks;
        let before = self.scope.clone();
        read.kind = match read.kind {
            TraitItemKind::Function(function) => {
                self.declare(&function.generics);
                TraitItemKind::Function(Box::new(self.function(&function)))
            }
            TraitItemKind::Const { ty, provided } => TraitItemKind::Const {
                ty: self.ty(&ty),
                provided,
            },
            TraitItemKind::Type {
                generics,
                bounds,
                default,
            } => {
                self.declare(&generics);
                TraitItemKind::Type {
                    generics: self.generics(&generics),
                    bounds: self.bounds(&bounds),
                    default: default.map(|ty| self.ty(&ty)),
                }
            }
        };
        self.scope = before;
        if of
            .items
            .insert(
                name.clone(),
                TraitItem {
                    kind: read.kind,
                    marks: read.marks,
                    at: read.at,
                },
            )
            .is_some()
        {
            return Err(Self::fail(line, format!("`{name}` stands here twice")));
        }
        Ok(())
    }

    pub(super) fn implementation(
        &mut self,
        line: &Line,
        text: &str,
        path: &str,
        own: &Generics,
    ) -> Result<Impl, LineError> {
        let derived = text.contains("#[derive] ");
        let negative = text.contains("impl !");
        let mut text = if negative && !text.contains(" for ") {
            text.replacen("impl !", "impl  ", 1)
        } else {
            text.to_owned()
        };
        text.push_str(" {}");
        let mut item: syn::ItemImpl = Self::parse(line, &text, |input| input.parse())?;
        let attrs = std::mem::take(&mut item.attrs);
        let cfg = self.attributes(&attrs).marks.cfg;
        let at = lower::at(
            &Self::origin(line),
            syn::spanned::Spanned::span(&item.self_ty),
        );
        let before = self.scope.clone();
        let read = match &item.trait_ {
            Some((trait_, _)) => {
                let mut lower = Lower::default().inner(&item.generics);
                let self_ty = lower.ty(&item.self_ty);
                let trait_ = lower.trait_ref(trait_);
                let generics = lower.generics(&item.generics).0;
                self.scope.clear();
                self.declare(&generics);
                let args = self.args(&trait_.args);
                Impl {
                    trait_: self.trait_ref(&trait_.path, args),
                    self_ty: self.ty(&self_ty),
                    generics: self.generics(&generics),
                    negative,
                    derived,
                    cfg,
                    at,
                }
            }
            None => {
                let mut lower = Self::lower(own);
                let syn::Type::Path(trait_) = &*item.self_ty else {
                    return Err(Self::fail(line, "this is no impl of a trait"));
                };
                let trait_ = lower.trait_ref(&trait_.path);
                let args = self.args(&trait_.args);
                Impl {
                    trait_: self.trait_ref(&trait_.path, args),
                    self_ty: Type::Path(path.to_owned(), own_args(own)),
                    generics: bare(own),
                    negative,
                    derived,
                    cfg,
                    at,
                }
            }
        };
        self.scope = before;
        Ok(read)
    }

    pub(super) fn type_line(
        &mut self,
        line: &Line,
        path: &str,
        own: &Generics,
    ) -> Result<TypeLine, LineError> {
        let text = plain(&line.text);
        if is_impl(&text) {
            return self.impl_line(line, &text, path, own);
        }
        self.member_or_field(line, &text, own)
    }

    /// An impl of a trait, or a member that only some values of the type have.
    pub(super) fn impl_line(
        &mut self,
        line: &Line,
        text: &str,
        path: &str,
        own: &Generics,
    ) -> Result<TypeLine, LineError> {
        if !text.trim_end().ends_with('}') {
            return self
                .implementation(line, text, path, own)
                .map(TypeLine::Impl);
        }
        // The constant of such an impl has no value.
        let text = match text.strip_suffix("; }") {
            Some(start) if !start.ends_with('}') => format!("{start} = 0; }}"),
            _ => text.to_owned(),
        };
        let item: syn::ItemImpl = Self::parse(line, &text, |input| input.parse())?;
        let origin = Self::origin(line);
        let mut lower = Lower::default().inner(&item.generics);
        let self_ty = lower.ty(&item.self_ty);
        let generics = lower.generics(&item.generics).0;
        let before = self.scope.clone();
        self.scope.clear();
        self.declare(&generics);
        let [inner] = item.items.as_slice() else {
            return Err(Self::fail(line, "one member is expected here"));
        };
        let mut member = match inner {
            syn::ImplItem::Fn(function) => {
                let read = lower::function(&lower, &function.sig, true, &origin, &self.config);
                self.declare(&read.generics);
                Member {
                    name: lower::name(&function.sig.ident),
                    only_for: None,
                    kind: MemberKind::Function(Box::new(self.function(&read))),
                    marks: Marks::default(),
                    at: lower::signature_place(Some(&function.vis), &function.sig, &origin),
                }
            }
            syn::ImplItem::Const(constant) => Member {
                name: lower::name(&constant.ident),
                only_for: None,
                kind: MemberKind::Const(self.ty(&lower.ty(&constant.ty))),
                marks: Marks::default(),
                at: lower::at(&origin, constant.ident.span()),
            },
            _ => return Err(Self::fail(line, "this is no member of a type")),
        };
        member.marks = self.attributes(&item.attrs).marks;
        member.only_for = Some((self.generics(&generics), self.ty(&self_ty)));
        self.scope = before;
        Ok(TypeLine::Member(member))
    }

    pub(super) fn member_or_field(
        &mut self,
        line: &Line,
        text: &str,
        own: &Generics,
    ) -> Result<TypeLine, LineError> {
        enum Found {
            Function(Box<syn::ImplItemFn>),
            Const(syn::Ident, syn::Type),
            Field(String, proc_macro2::Span, syn::Type),
        }
        let (attrs, found) = Self::parse(line, text, |input| {
            let attrs = input.call(syn::Attribute::parse_outer)?;
            let fork = input.fork();
            fork.parse::<syn::Visibility>()?;
            let is_const_item = fork.peek(syn::Token![const])
                && fork.peek2(syn::Ident)
                && !fork.peek2(syn::Token![async]);
            let is_function = fork.peek(syn::Token![fn])
                || fork.peek(syn::Token![const])
                || fork.peek(syn::Token![async])
                || fork.peek(syn::Token![unsafe])
                || fork.peek(syn::Token![extern]);
            let found = if is_const_item {
                input.parse::<syn::Visibility>()?;
                input.parse::<syn::Token![const]>()?;
                let ident = input.parse()?;
                input.parse::<syn::Token![:]>()?;
                let ty = input.parse()?;
                input.parse::<syn::Token![;]>()?;
                Found::Const(ident, ty)
            } else if is_function {
                Found::Function(input.parse()?)
            } else {
                input.parse::<syn::Visibility>()?;
                let (name, span) = if input.peek(syn::LitInt) {
                    let number: syn::LitInt = input.parse()?;
                    (number.to_string(), number.span())
                } else {
                    let ident: syn::Ident = input.parse()?;
                    (lower::name(&ident), ident.span())
                };
                input.parse::<syn::Token![:]>()?;
                Found::Field(name, span, input.parse()?)
            };
            Ok((attrs, found))
        })?;
        let marks = self.attributes(&attrs).marks;
        let origin = Self::origin(line);
        let mut lower = Self::lower(own);
        Ok(match found {
            Found::Field(name, span, ty) => TypeLine::Field(Field {
                name,
                ty: self.ty(&lower.ty(&ty)),
                marks,
                at: lower::at(&origin, span),
                ty_at: lower::at(&origin, syn::spanned::Spanned::span(&ty)),
            }),
            Found::Const(ident, ty) => TypeLine::Member(Member {
                name: lower::name(&ident),
                only_for: None,
                kind: MemberKind::Const(self.ty(&lower.ty(&ty))),
                marks,
                at: lower::at(&origin, ident.span()),
            }),
            Found::Function(item) => {
                let read = lower::function(&lower, &item.sig, true, &origin, &self.config);
                let before = self.scope.clone();
                self.declare(&read.generics);
                let function = self.function(&read);
                self.scope = before;
                TypeLine::Member(Member {
                    name: lower::name(&item.sig.ident),
                    only_for: None,
                    kind: MemberKind::Function(Box::new(function)),
                    marks,
                    at: lower::signature_place(Some(&item.vis), &item.sig, &origin),
                })
            }
        })
    }

    pub(super) fn enum_line(
        &mut self,
        line: &Line,
        path: &str,
        own: &Generics,
    ) -> Result<TypeLine, LineError> {
        let text = plain(&line.text);
        if is_impl(&text) {
            return self.impl_line(line, &text, path, own);
        }
        if behind_attributes(&text).starts_with("pub ") {
            return self.member_or_field(line, &text, own);
        }
        let mut item: syn::Variant = Self::parse(line, &text, |input| input.parse())?;
        let marks = self.attributes(&item.attrs).marks;
        item.attrs.clear();
        let mut field_marks = Vec::new();
        for field in &mut item.fields {
            field_marks.push(self.attributes(&field.attrs).marks);
            field.attrs.clear();
        }
        let mut lower = Self::lower(own);
        let (mut variant, number) =
            lower::variant(&mut lower, &item, marks, &Self::origin(line), &self.config);
        variant.discriminant = number;
        for (field, marks) in variant.fields.iter_mut().zip(field_marks) {
            field.ty = self.ty(&field.ty);
            field.marks = marks;
        }
        Ok(TypeLine::Variant(variant))
    }

    pub(super) fn module_line(
        &mut self,
        line: &Line,
        module: &str,
        into: &mut Interface,
    ) -> Result<(), LineError> {
        let bare = behind_attributes(&line.text).trim_start_matches("pub ");
        let words: Vec<&str> = bare.split_whitespace().take(3).collect();
        let kind = match words.as_slice() {
            ["use", ..] => {
                let item: syn::ItemUse = Self::parse(line, &line.text, |input| input.parse())?;
                let read = lower::file(&[syn::Item::Use(item)], &Self::origin(line), &self.config);
                for item in read {
                    if let raw::Kind::Use(uses) = item.kind {
                        for used in uses {
                            if let Some(name) = used.name {
                                into.exports.insert(format!("{module}::{name}"), used.path);
                            }
                        }
                    }
                }
                return Ok(());
            }
            ["macro", ..] => TableKind::Macro,
            ["const", "fn" | "unsafe" | "async" | "extern", ..] => TableKind::Function,
            ["const" | "static", ..] => TableKind::Const,
            _ => TableKind::Function,
        };
        let before = self.scope.clone();
        let (name, item) = self.item(line, kind)?;
        self.scope = before;
        let mut path = format!("{module}::{name}");
        if kind == TableKind::Macro {
            path.push('!');
        }
        Self::add(into, path, item);
        Ok(())
    }
}

pub(super) enum TypeLine {
    Field(Field),
    Member(Member),
    Impl(Impl),
    Variant(Variant),
}

pub(super) fn is_impl(text: &str) -> bool {
    let text = behind_attributes(text);
    text.starts_with("impl ") || text.starts_with("impl<")
}

/// A line without the attributes in front.
pub(super) fn behind_attributes(text: &str) -> &str {
    let mut rest = text;
    while rest.starts_with("#[") {
        let mut depth = 0_usize;
        let Some(end) = rest.char_indices().find_map(|(index, c)| {
            match c {
                '[' => depth += 1,
                ']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(index + 1);
                    }
                }
                _ => {}
            }
            None
        }) else {
            return rest;
        };
        rest = rest[end..].trim_start();
    }
    rest
}
