//! Lines to items, by the parser that reads the source.

use std::collections::BTreeSet;

use syn::parse::{ParseStream, Parser};

use super::{LineError, header};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{
    Arg, Enum, Field, Generics, Impl, Interface, Item, Kind, Marks, Member, MemberKind, Shape,
    Struct, Trait, TraitItem, TraitItemKind, TraitRef, Type, Variant, Visibility,
};
use crate::interface::{Line, Names, Table, TableKind};
use crate::rust::cfg::Config;
use crate::rust::impls::{bare, own_args};
use crate::rust::lower::{self, Lower, Origin};
use crate::rust::{known, parse, raw, strip};

/// Reads the Rust tables of a contract; tables of other languages are passed over.
///
/// # Errors
/// The first line that cannot be read, and why.
pub fn read(tables: &[Table], names: &Names) -> Result<Interface, LineError> {
    parse::on_large_stack(|| {
        let mut interface = Interface::default();
        for table in tables.iter().filter(|table| table.is_rust()) {
            Reader::new(names).table(table, &mut interface)?;
        }
        proc_macro2::extra::invalidate_current_thread_spans();
        Ok(interface)
    })
}

struct Reader<'n> {
    names: &'n Names,
    /// Parameters in scope: they are no short names.
    scope: BTreeSet<String>,
    config: Config,
}

/// Puts a line's own words aside, so that the parser takes it; columns stay.
fn plain(text: &str) -> String {
    text.replace("{ .. }", "{    }")
        .replace("= ..;", "= 0 ;")
        .replace("(..)", "(  )")
}

impl<'n> Reader<'n> {
    fn new(names: &'n Names) -> Self {
        Self {
            names,
            scope: BTreeSet::new(),
            config: Config::default(),
        }
    }

    fn fail(line: &Line, message: impl Into<String>) -> LineError {
        LineError {
            place: line.place.clone(),
            text: line.text.clone(),
            message: message.into(),
        }
    }

    fn parse<T>(
        line: &Line,
        text: &str,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
    ) -> Result<T, LineError> {
        let tokens = parse::tokens(text).map_err(|error| Self::fail(line, error.message))?;
        strip::check(&tokens).map_err(|error| Self::fail(line, error.message))?;
        parser
            .parse2(tokens)
            .map_err(|error| Self::fail(line, error.to_string()))
    }

    fn origin(line: &Line) -> Origin {
        Origin {
            start: line.place.clone(),
        }
    }

    fn attributes(&self, attrs: &[syn::Attribute]) -> lower::Attributes {
        let mut read = lower::attributes(attrs, &Origin::default(), &self.config);
        // Conditions of a contract are words: none of them is decided here.
        read.marks.cfg = attrs
            .iter()
            .filter(|attr| attr.path().is_ident("cfg"))
            .filter_map(|attr| attr.meta.require_list().ok())
            .map(|list| list.tokens.to_string())
            .collect();
        read.marks.cfg.sort();
        read
    }

    fn table(&mut self, table: &Table, into: &mut Interface) -> Result<(), LineError> {
        if let Some(krate) = table.path.split("::").next() {
            into.crates.insert(krate.to_owned());
        }
        let (name, item) = self.item(&table.is, table.kind)?;
        let path = header::item_path(&table.path, table.kind);
        if name != crate::interface::rust::last(&path).trim_end_matches('!') {
            return Err(Self::fail(
                &table.is,
                format!("it names `{name}`, and its table `{}`", table.path),
            ));
        }
        let mut item = item;
        for line in &table.provides {
            match &mut item.kind {
                Kind::Trait(of) => self.trait_line(line, of)?,
                Kind::Struct(of) | Kind::Union(of) => {
                    let own = of.generics.clone();
                    match self.type_line(line, &table.path, &own)? {
                        TypeLine::Field(field) => of.fields.push(field),
                        TypeLine::Member(member) => of.members.push(member),
                        TypeLine::Impl(found) => of.impls.push(found),
                        TypeLine::Variant(_) => {
                            return Err(Self::fail(line, "a struct has no variants"));
                        }
                    }
                }
                Kind::Enum(of) => {
                    let own = of.generics.clone();
                    match self.enum_line(line, &table.path, &own)? {
                        TypeLine::Variant(variant) => of.variants.push(variant),
                        TypeLine::Member(member) => of.members.push(member),
                        TypeLine::Impl(found) => of.impls.push(found),
                        TypeLine::Field(_) => {
                            return Err(Self::fail(line, "an enum has no fields"));
                        }
                    }
                }
                Kind::Module => self.module_line(line, &path, into)?,
                _ => return Err(Self::fail(line, "this kind of table has no lines")),
            }
        }
        sort(&mut item.kind);
        Self::add(into, path, item);
        Ok(())
    }

    /// A function or constant may have the name of a module or type; then it gives way.
    fn add(into: &mut Interface, path: String, item: Item) {
        let is_value = |item: &Item| {
            matches!(
                item.kind,
                Kind::Function(_) | Kind::Const(_) | Kind::Static { .. }
            )
        };
        let mut path = path;
        if into.items.contains_key(&path) {
            if is_value(&item) {
                path.push_str("()");
            } else if let Some(other) = into.items.remove(&path) {
                let moved = format!("{path}()");
                if other.vis == Visibility::Public {
                    into.exports.insert(moved.clone(), moved.clone());
                }
                into.items.insert(moved, other);
            }
        }
        if item.vis == Visibility::Public {
            into.exports.insert(path.clone(), path.clone());
        }
        into.items.insert(path, item);
    }

    /// A line that is an item by itself: a header, or a small item in a module.
    fn item(&mut self, line: &Line, kind: TableKind) -> Result<(String, Item), LineError> {
        let mut text = plain(&line.text);
        let trimmed = text.trim_end();
        let end = match kind {
            TableKind::Trait | TableKind::Enum => " {}",
            TableKind::Module => ";",
            TableKind::Const => " = 0;",
            TableKind::Type => ";",
            TableKind::Struct | TableKind::Union if trimmed.ends_with('}') => "",
            TableKind::Struct | TableKind::Union => ";",
            TableKind::Macro => ";",
            TableKind::Function if trimmed.ends_with(';') => "",
            TableKind::Function | TableKind::Class => "",
        };
        if kind == TableKind::Macro {
            text = text.replacen("macro ", "mod   ", 1);
        }
        text.push_str(end);
        let item: syn::Item = Self::parse(line, &text, |input| input.parse())?;
        let attrs = match &item {
            syn::Item::Trait(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Union(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Static(item) => &item.attrs,
            syn::Item::Type(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            _ => return Err(Self::fail(line, format!("this is no {kind}"))),
        };
        let marks = self.attributes(attrs).marks;
        let mut bare_item = item;
        // Conditions were taken above; left in place they would be decided.
        drop_cfg(&mut bare_item);
        let read = lower::file(
            std::slice::from_ref(&bare_item),
            &Self::origin(line),
            &self.config,
        )
        .into_iter()
        .next()
        .ok_or_else(|| Self::fail(line, "this is no item"))?;
        let private = line.text.contains("{ .. }") || line.text.contains("(..)");
        let kind = match (read.kind, kind) {
            (raw::Kind::Trait(of), TableKind::Trait) => {
                self.declare(&of.generics);
                Kind::Trait(Box::new(Trait {
                    is_unsafe: of.is_unsafe,
                    is_auto: of.is_auto,
                    sealed: of.sealed,
                    generics: self.generics(&of.generics),
                    supertraits: self.bounds(&of.supertraits),
                    ..Trait::default()
                }))
            }
            (raw::Kind::Struct(of), TableKind::Struct) => {
                self.declare(&of.generics);
                Kind::Struct(Box::new(Struct {
                    generics: self.generics(&of.generics),
                    shape: of.shape,
                    private,
                    ..Struct::default()
                }))
            }
            (raw::Kind::Union(of), TableKind::Union) => {
                self.declare(&of.generics);
                Kind::Union(Box::new(Struct {
                    generics: self.generics(&of.generics),
                    shape: of.shape,
                    private,
                    ..Struct::default()
                }))
            }
            (raw::Kind::Enum(of), TableKind::Enum) => {
                self.declare(&of.generics);
                Kind::Enum(Box::new(Enum {
                    generics: self.generics(&of.generics),
                    ..Enum::default()
                }))
            }
            (raw::Kind::Function(of), TableKind::Function) => {
                self.declare(&of.generics);
                Kind::Function(Box::new(self.function(&of)))
            }
            (raw::Kind::Const(ty), TableKind::Const) => Kind::Const(self.ty(&ty)),
            (raw::Kind::Static { ty, mutable }, TableKind::Const) => Kind::Static {
                ty: self.ty(&ty),
                mutable,
            },
            (raw::Kind::Alias { generics, ty }, TableKind::Type) => {
                self.declare(&generics);
                Kind::Alias {
                    generics: self.generics(&generics),
                    ty: self.ty(&ty),
                }
            }
            (raw::Kind::Module { .. }, TableKind::Macro) => Kind::Macro,
            (raw::Kind::Module { .. }, TableKind::Module) => Kind::Module,
            _ => return Err(Self::fail(line, format!("this is no {kind}"))),
        };
        Ok((
            read.name,
            Item {
                kind,
                vis: read.vis,
                marks,
                at: read.at,
            },
        ))
    }

    fn declare(&mut self, generics: &Generics) {
        self.scope
            .extend(generics.params.iter().map(|param| param.name.clone()));
    }

    /// A reader of types with the parameters of the item in scope.
    fn lower(own: &Generics) -> Lower {
        let mut lower = Lower::default();
        lower.declare_names(own);
        lower
    }

    fn trait_line(&mut self, line: &Line, of: &mut Trait) -> Result<(), LineError> {
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

    fn implementation(
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

    fn type_line(
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
    fn impl_line(
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

    fn member_or_field(
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

    fn enum_line(
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

    fn module_line(
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

enum TypeLine {
    Field(Field),
    Member(Member),
    Impl(Impl),
    Variant(Variant),
}

fn is_impl(text: &str) -> bool {
    let text = behind_attributes(text);
    text.starts_with("impl ") || text.starts_with("impl<")
}

/// A line without the attributes in front.
fn behind_attributes(text: &str) -> &str {
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

fn drop_cfg(item: &mut syn::Item) {
    let attrs = match item {
        syn::Item::Trait(item) => &mut item.attrs,
        syn::Item::Struct(item) => &mut item.attrs,
        syn::Item::Union(item) => &mut item.attrs,
        syn::Item::Enum(item) => &mut item.attrs,
        syn::Item::Fn(item) => &mut item.attrs,
        syn::Item::Const(item) => &mut item.attrs,
        syn::Item::Static(item) => &mut item.attrs,
        syn::Item::Type(item) => &mut item.attrs,
        syn::Item::Mod(item) => &mut item.attrs,
        _ => return,
    };
    attrs.retain(|attr| !attr.path().is_ident("cfg"));
}

/// The one order of everything whose order says nothing.
fn sort(kind: &mut Kind) {
    let by_name = |members: &mut Vec<Member>| {
        members.sort_by(|a, b| (&a.name, &a.only_for).cmp(&(&b.name, &b.only_for)));
    };
    match kind {
        Kind::Trait(of) => of.impls.sort(),
        Kind::Struct(of) | Kind::Union(of) => {
            if of.shape == Shape::Tuple {
                of.fields
                    .sort_by_key(|field| field.name.parse::<usize>().unwrap_or(usize::MAX));
            } else {
                of.fields.sort_by(|a, b| a.name.cmp(&b.name));
            }
            by_name(&mut of.members);
            of.impls.sort();
        }
        Kind::Enum(of) => {
            of.variants.sort_by(|a, b| a.name.cmp(&b.name));
            by_name(&mut of.members);
            of.impls.sort();
        }
        _ => {}
    }
}

impl Reader<'_> {
    fn resolve(&self, short: &str) -> String {
        if short.contains("::") || self.scope.contains(short) {
            return short.to_owned();
        }
        match self.names.resolve(short) {
            Some(full) => full.to_owned(),
            None => known::derive(short).unwrap_or(short).to_owned(),
        }
    }
}

impl Fold for Reader<'_> {
    fn path(&mut self, path: &str, args: Vec<Arg>) -> Type {
        Type::Path(self.resolve(path), args)
    }
    fn trait_ref(&mut self, path: &str, args: Vec<Arg>) -> TraitRef {
        TraitRef {
            path: self.resolve(path),
            args,
        }
    }
    fn constant(&mut self, text: &str) -> String {
        if self.scope.contains(text) {
            return text.to_owned();
        }
        self.names
            .resolve(text)
            .map_or_else(|| text.to_owned(), str::to_owned)
    }
}
