//! Lines to items, by the parser that reads the source.

use std::collections::BTreeSet;

use syn::parse::{ParseStream, Parser};

use super::members::TypeLine;
use super::{LineError, header};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{
    Arg, Enum, Generics, Interface, Item, Kind, Member, Shape, Struct, Trait, TraitRef, Type,
    Visibility,
};
use crate::interface::{Line, Names, Table, TableKind};
use crate::rust::cfg::Config;
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

pub(super) struct Reader<'n> {
    pub(super) names: &'n Names,
    /// Parameters in scope: they are no short names.
    pub(super) scope: BTreeSet<String>,
    pub(super) config: Config,
}

/// Puts a line's own words aside, so that the parser takes it; columns stay.
pub(super) fn plain(text: &str) -> String {
    text.replace("{ .. }", "{    }")
        .replace("= ..;", "= 0 ;")
        .replace("(..)", "(  )")
}

impl<'n> Reader<'n> {
    pub(super) fn new(names: &'n Names) -> Self {
        Self {
            names,
            scope: BTreeSet::new(),
            config: Config::default(),
        }
    }

    pub(super) fn fail(line: &Line, message: impl Into<String>) -> LineError {
        LineError {
            place: line.place.clone(),
            text: line.text.clone(),
            message: message.into(),
        }
    }

    pub(super) fn parse<T>(
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

    pub(super) fn origin(line: &Line) -> Origin {
        Origin {
            start: line.place.clone(),
        }
    }

    pub(super) fn attributes(&self, attrs: &[syn::Attribute]) -> lower::Attributes {
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

    pub(super) fn table(&mut self, table: &Table, into: &mut Interface) -> Result<(), LineError> {
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
    pub(super) fn add(into: &mut Interface, path: String, item: Item) {
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
    pub(super) fn item(
        &mut self,
        line: &Line,
        kind: TableKind,
    ) -> Result<(String, Item), LineError> {
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

    pub(super) fn declare(&mut self, generics: &Generics) {
        self.scope
            .extend(generics.params.iter().map(|param| param.name.clone()));
    }

    /// A reader of types with the parameters of the item in scope.
    pub(super) fn lower(own: &Generics) -> Lower {
        let mut lower = Lower::default();
        lower.declare_names(own);
        lower
    }
}

pub(super) fn drop_cfg(item: &mut syn::Item) {
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
pub(super) fn sort(kind: &mut Kind) {
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
    pub(super) fn resolve(&self, short: &str) -> String {
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
