//! Items to lines: headers, and one line per member.

use super::header;
use super::print::{Printer, escape, marks};
use crate::interface::Line;
use crate::interface::rust::types::{Generics, Type};
use crate::interface::rust::{
    Impl, Item, Kind, Marks, Member, MemberKind, TraitItem, TraitItemKind, Variant, Visibility,
};
use crate::rust::plain::{bare, own_args};

impl Printer<'_> {
    pub(super) fn full_impl(&mut self, of: &Impl) -> String {
        let before = self.enter(&of.generics);
        let line = format!(
            "impl{} {}{} for {}{}",
            self.params(&of.generics.params),
            if of.negative { "!" } else { "" },
            self.trait_ref(&of.trait_),
            self.ty(&of.self_ty),
            self.wheres(&of.generics.wheres)
        );
        self.leave(before);
        line
    }

    pub(super) fn implementation(&mut self, of: &Impl, path: &str, own: &Generics) -> String {
        let mut line = marks(&Marks {
            cfg: of.cfg.clone(),
            ..Marks::default()
        });
        if of.derived {
            line.push_str("#[derive] ");
        }
        let plain = of.generics == bare(own)
            && matches!(&of.self_ty, Type::Path(of, args) if of == path && *args == own_args(own));
        if plain {
            let before = self.enter(own);
            line.push_str("impl ");
            if of.negative {
                line.push('!');
            }
            line.push_str(&self.trait_ref(&of.trait_));
            self.leave(before);
        } else {
            line.push_str(&self.full_impl(of));
        }
        line
    }

    pub(super) fn member(&mut self, member: &Member) -> String {
        let mut line = marks(&member.marks);
        let before = match &member.only_for {
            Some((generics, ty)) => {
                let before = self.enter(generics);
                line.push_str(&format!(
                    "impl{} {}{} {{ ",
                    self.params(&generics.params),
                    self.ty(ty),
                    self.wheres(&generics.wheres)
                ));
                before
            }
            None => self.scope.len(),
        };
        line.push_str("pub ");
        match &member.kind {
            MemberKind::Function(function) => {
                line.push_str(&self.function(&member.name, function));
            }
            MemberKind::Const(ty) => {
                line.push_str(&format!("const {}: {};", escape(&member.name), self.ty(ty)));
            }
        }
        if member.only_for.is_some() {
            line.push_str(" }");
        }
        self.leave(before);
        line
    }

    pub(super) fn trait_item(&mut self, name: &str, item: &TraitItem) -> String {
        let mut line = marks(&item.marks);
        match &item.kind {
            TraitItemKind::Function(function) => line.push_str(&self.function(name, function)),
            TraitItemKind::Const { ty, provided } => {
                line.push_str(&format!("const {}: {}", escape(name), self.ty(ty)));
                line.push_str(if *provided { " = ..;" } else { ";" });
            }
            TraitItemKind::Type {
                generics,
                bounds,
                default,
            } => {
                let before = self.enter(generics);
                line.push_str("type ");
                line.push_str(&escape(name));
                line.push_str(&self.params(&generics.params));
                if !bounds.is_empty() {
                    line.push_str(": ");
                    line.push_str(&self.bounds(bounds));
                }
                if let Some(default) = default {
                    line.push_str(" = ");
                    line.push_str(&self.ty(default));
                }
                line.push_str(&self.wheres(&generics.wheres));
                line.push(';');
                self.leave(before);
            }
        }
        line
    }

    pub(super) fn variant(&mut self, variant: &Variant) -> String {
        let mut line = marks(&variant.marks);
        line.push_str(&escape(&variant.name));
        line.push_str(&header::fields(self, variant.shape, &variant.fields));
        if let Some(number) = &variant.discriminant {
            line.push_str(" = ");
            line.push_str(number);
        }
        line
    }

    /// The line `is` of an item.
    pub(super) fn header(&mut self, path: &str, item: &Item) -> String {
        let name = escape(
            crate::interface::rust::last(path)
                .trim_end_matches('!')
                .trim_end_matches("()"),
        );
        let mut line = marks(&item.marks);
        if let Kind::Trait(of) = &item.kind
            && of.sealed
        {
            line.push_str("#[sealed] ");
        }
        match &item.vis {
            Visibility::Public => line.push_str("pub "),
            Visibility::Crate => line.push_str("pub(crate) "),
            Visibility::Restricted(path) => {
                if matches!(path.as_str(), "super" | "self") {
                    line.push_str(&format!("pub({path}) "));
                } else {
                    line.push_str(&format!("pub(in {path}) "));
                }
            }
            Visibility::Private => {}
        }
        let generic =
            |printer: &mut Self, word: &str, generics: &Generics, behind: &str, end: &str| {
                let before = printer.enter(generics);
                let text = format!(
                    "{word} {name}{}{behind}{}{end}",
                    printer.params(&generics.params),
                    printer.wheres(&generics.wheres)
                );
                printer.leave(before);
                text
            };
        match &item.kind {
            Kind::Module => line.push_str(&format!("mod {name}")),
            Kind::Macro => line.push_str(&format!("macro {name}")),
            Kind::Trait(of) => {
                let before = self.enter(&of.generics);
                let supertraits = if of.supertraits.is_empty() {
                    String::new()
                } else {
                    format!(": {}", self.bounds(&of.supertraits))
                };
                let word = match (of.is_unsafe, of.is_auto) {
                    (true, true) => "unsafe auto trait",
                    (true, false) => "unsafe trait",
                    (false, true) => "auto trait",
                    (false, false) => "trait",
                };
                let text = generic(self, word, &of.generics, &supertraits, "");
                self.leave(before);
                line.push_str(&text);
            }
            Kind::Struct(of) | Kind::Union(of) => {
                let word = if matches!(item.kind, Kind::Union(_)) {
                    "union"
                } else {
                    "struct"
                };
                let (behind, end) = header::shape(of.shape, of.private);
                line.push_str(&generic(self, word, &of.generics, behind, end));
            }
            Kind::Enum(of) => line.push_str(&generic(self, "enum", &of.generics, "", "")),
            Kind::Function(function) => {
                let bare = crate::interface::rust::last(path).trim_end_matches("()");
                line.push_str(&self.function(bare, function));
            }
            Kind::Const(ty) => line.push_str(&format!("const {name}: {}", self.ty(ty))),
            Kind::Static { ty, mutable } => {
                let mutable = if *mutable { "mut " } else { "" };
                line.push_str(&format!("static {mutable}{name}: {}", self.ty(ty)));
            }
            Kind::Alias { generics, ty } => {
                let before = self.enter(generics);
                let end = format!(" = {}", self.ty(ty));
                let text = format!(
                    "type {name}{}{end}{}",
                    self.params(&generics.params),
                    self.wheres(&generics.wheres)
                );
                self.leave(before);
                line.push_str(&text);
            }
        }
        line
    }

    /// The lines `provides` of an item.
    pub(super) fn members(&mut self, path: &str, item: &Item) -> Vec<Line> {
        let mut lines: Vec<String> = Vec::new();
        match &item.kind {
            Kind::Trait(of) => {
                let before = self.enter(&of.generics);
                for (name, item) in &of.items {
                    lines.push(self.trait_item(name, item));
                }
                self.leave(before);
                for of in &of.impls {
                    lines.push(self.implementation(of, "", &Generics::default()));
                }
            }
            Kind::Struct(of) | Kind::Union(of) => {
                let before = self.enter(&of.generics);
                for field in &of.fields {
                    let ty = self.ty(&field.ty);
                    let name = escape(&field.name);
                    lines.push(format!("{}pub {name}: {ty}", marks(&field.marks)));
                }
                for member in &of.members {
                    lines.push(self.member(member));
                }
                self.leave(before);
                for of_ in &of.impls {
                    lines.push(self.implementation(of_, path, &of.generics));
                }
            }
            Kind::Enum(of) => {
                let before = self.enter(&of.generics);
                for variant in &of.variants {
                    lines.push(self.variant(variant));
                }
                for member in &of.members {
                    lines.push(self.member(member));
                }
                self.leave(before);
                for of_ in &of.impls {
                    lines.push(self.implementation(of_, path, &of.generics));
                }
            }
            _ => {}
        }
        lines.sort();
        lines.dedup();
        lines.into_iter().map(Line::new).collect()
    }
}
