//! What printing and reading of lines share: which table an item has, how its fields are written, and which words
//! lines use as they are.

use std::collections::BTreeSet;

use super::print::{Printer, escape, marks};
use crate::interface::TableKind;
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{
    Arg, Field, Generics, Item, Kind, MemberKind, Shape, TraitItemKind, TraitRef, Type, last,
};

/// The table that an item has.
pub(super) fn kind(kind: &Kind) -> TableKind {
    match kind {
        Kind::Module => TableKind::Module,
        Kind::Trait(_) => TableKind::Trait,
        Kind::Struct(_) => TableKind::Struct,
        Kind::Enum(_) => TableKind::Enum,
        Kind::Union(_) => TableKind::Union,
        Kind::Function(_) => TableKind::Function,
        Kind::Const(_) | Kind::Static { .. } => TableKind::Const,
        Kind::Alias { .. } => TableKind::Type,
        Kind::Macro => TableKind::Macro,
    }
}

/// The path of an item's table; that of a crate's root ends in `::crate`, so that a Rust path always has a `::`.
pub(super) fn table_path(path: &str) -> String {
    if path.contains("::") {
        path.trim_end_matches('!').trim_end_matches("()").to_owned()
    } else {
        format!("{path}::crate")
    }
}

/// The path of an item from that of its table.
pub(super) fn item_path(table: &str, kind: TableKind) -> String {
    match (table.strip_suffix("::crate"), kind) {
        (Some(krate), TableKind::Module) => krate.to_owned(),
        (_, TableKind::Macro) => format!("{table}!"),
        _ => table.to_owned(),
    }
}

/// A name that a module passes on. Lines do not say in which world of names: `use` takes all of them.
pub(super) fn reexport(export: &str, target: &str) -> String {
    let bare =
        |path: &str| -> String { path.trim_end_matches('!').trim_end_matches("()").to_owned() };
    let (export, target) = (bare(export), bare(target));
    let name = last(&export);
    if last(&target) == name {
        format!("pub use {target};")
    } else {
        format!("pub use {target} as {};", escape(name))
    }
}

/// What stands behind the name of a struct, before and after its `where` clauses.
pub(super) fn shape(shape: Shape, private: bool) -> (&'static str, &'static str) {
    match (shape, private) {
        (Shape::Named, false) => ("", " {}"),
        (Shape::Named, true) => ("", " { .. }"),
        (Shape::Tuple, false) => ("()", ""),
        (Shape::Tuple, true) => ("(..)", ""),
        (Shape::Unit, _) => ("", ""),
    }
}

/// The fields of a variant.
pub(super) fn fields(printer: &mut Printer<'_>, shape: Shape, fields: &[Field]) -> String {
    let texts: Vec<String> = fields
        .iter()
        .map(|field| {
            let ty = printer.ty(&field.ty);
            match shape {
                Shape::Named => format!("{}{}: {ty}", marks(&field.marks), escape(&field.name)),
                _ => format!("{}{ty}", marks(&field.marks)),
            }
        })
        .collect();
    match shape {
        Shape::Unit => String::new(),
        Shape::Tuple => format!("({})", texts.join(", ")),
        Shape::Named if texts.is_empty() => " {}".to_owned(),
        Shape::Named => format!(" {{ {} }}", texts.join(", ")),
    }
}

/// Collects the words that lines use as they are: parameters, and names that were not resolved.
#[derive(Default)]
pub(super) struct Words {
    /// The words.
    pub(super) words: BTreeSet<String>,
}

impl Words {
    /// Everything in an item.
    pub(super) fn item(&mut self, item: &Item) {
        match &item.kind {
            Kind::Trait(of) => {
                self.names(&of.generics);
                self.bounds(&of.supertraits);
                for item in of.items.values() {
                    match &item.kind {
                        TraitItemKind::Function(function) => {
                            self.names(&function.generics);
                            self.function(function);
                        }
                        TraitItemKind::Const { ty, .. } => {
                            self.ty(ty);
                        }
                        TraitItemKind::Type {
                            generics,
                            bounds,
                            default,
                        } => {
                            self.names(generics);
                            self.bounds(bounds);
                            if let Some(ty) = default {
                                self.ty(ty);
                            }
                        }
                    }
                }
                self.impls(&of.impls);
            }
            Kind::Struct(of) | Kind::Union(of) => {
                self.names(&of.generics);
                self.fields(&of.fields);
                self.members(&of.members);
                self.impls(&of.impls);
            }
            Kind::Enum(of) => {
                self.names(&of.generics);
                for variant in &of.variants {
                    self.fields(&variant.fields);
                }
                self.members(&of.members);
                self.impls(&of.impls);
            }
            Kind::Function(function) => {
                self.names(&function.generics);
                self.function(function);
            }
            Kind::Const(ty) | Kind::Static { ty, .. } => {
                self.ty(ty);
            }
            Kind::Alias { generics, ty } => {
                self.names(generics);
                self.ty(ty);
            }
            Kind::Module | Kind::Macro => {}
        }
    }

    fn names(&mut self, generics: &Generics) {
        for param in &generics.params {
            self.words.insert(param.name.clone());
        }
        self.generics(generics);
    }

    fn fields(&mut self, fields: &[Field]) {
        for field in fields {
            self.ty(&field.ty);
        }
    }

    fn members(&mut self, members: &[crate::interface::rust::Member]) {
        for member in members {
            if let Some((generics, ty)) = &member.only_for {
                self.names(generics);
                self.ty(ty);
            }
            match &member.kind {
                MemberKind::Function(function) => {
                    self.names(&function.generics);
                    self.function(function);
                }
                MemberKind::Const(ty) => {
                    self.ty(ty);
                }
            }
        }
    }

    fn impls(&mut self, impls: &[crate::interface::rust::Impl]) {
        for of in impls {
            self.names(&of.generics);
            self.implementation(of);
        }
    }
}

impl Fold for Words {
    fn path(&mut self, path: &str, args: Vec<Arg>) -> Type {
        if !path.contains("::") {
            self.words.insert(path.to_owned());
        }
        Type::Path(path.to_owned(), args)
    }
    fn trait_ref(&mut self, path: &str, args: Vec<Arg>) -> TraitRef {
        if !path.contains("::") {
            self.words.insert(path.to_owned());
        }
        TraitRef {
            path: path.to_owned(),
            args,
        }
    }
    fn constant(&mut self, text: &str) -> String {
        if !text.contains("::") {
            self.words.insert(text.to_owned());
        }
        text.to_owned()
    }
}
