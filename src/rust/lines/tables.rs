//! Items as tables, and parts of items as single lines for a person.

use std::collections::BTreeSet;

use super::header;
use super::print::{Printer, escape, marks};
use crate::interface::rust::types::{Bound, Type};
use crate::interface::rust::{Impl, Interface, Item, Kind, Member, TraitItem, Variant, parent};
use crate::interface::table::Facts;
use crate::interface::{Line, Names, Table};
use crate::rust::known;

/// All items as tables, sorted by kind and path. Functions, constants and re-exports of a module that is an item
/// itself stand in its table; otherwise each has its own.
pub fn tables(interface: &Interface, names: &mut Names) -> Vec<Table> {
    reserve(interface, names);
    let mut printer = Printer {
        names: Some(names),
        scope: Vec::new(),
        full: false,
    };
    let mut tables: Vec<Table> = Vec::new();
    let is_module = |path: &str| {
        interface
            .items
            .get(path)
            .is_some_and(|item| item.kind == Kind::Module)
    };
    for (path, item) in &interface.items {
        let inside = is_module(parent(path));
        let small = matches!(
            item.kind,
            Kind::Function(_) | Kind::Const(_) | Kind::Static { .. } | Kind::Macro
        );
        if inside && small {
            continue;
        }
        let mut table = Table {
            kind: header::kind(&item.kind),
            path: header::table_path(path),
            is: Line::new(printer.header(path, item)),
            provides: printer.members(path, item),
            requires: Facts::new(),
            effects: Facts::new(),
        };
        if item.kind == Kind::Module {
            for (other, item) in &interface.items {
                let small = matches!(
                    item.kind,
                    Kind::Function(_) | Kind::Const(_) | Kind::Static { .. } | Kind::Macro
                );
                if small && parent(other) == path {
                    table.provides.push(Line::new(printer.header(other, item)));
                }
            }
            for (export, target) in &interface.exports {
                let same = export.trim_end_matches("()") == target.trim_end_matches("()");
                if parent(export) == path && !same {
                    let line = header::reexport(export, target);
                    table.provides.push(Line::new(line));
                }
            }
        }
        table.provides.sort_by(|a, b| a.text.cmp(&b.text));
        table.provides.dedup();
        tables.push(table);
    }
    tables.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    tables
}

/// Keeps words that lines use as they are from becoming short names.
pub(super) fn reserve(interface: &Interface, names: &mut Names) {
    for (short, _) in known::PRELUDE {
        names.reserve(*short);
    }
    names.reserve("Self");
    let mut walk = header::Words::default();
    for item in interface.items.values() {
        walk.item(item);
    }
    let words: BTreeSet<String> = walk.words;
    for word in words {
        names.reserve(word);
    }
}

/// The header of an item as one line for a person.
pub fn header_line(path: &str, item: &Item) -> String {
    let mut printer = Printer {
        names: None,
        scope: Vec::new(),
        full: false,
    };
    printer.header(path, item)
}

/// A field, variant, member or item of a trait as one line for a person.
pub fn part_line(part: Part<'_>) -> String {
    let mut printer = Printer {
        names: None,
        scope: Vec::new(),
        full: false,
    };
    match part {
        Part::Field(field) => {
            let ty = printer.ty(&field.ty);
            format!("{}pub {}: {ty}", marks(&field.marks), escape(&field.name))
        }
        Part::Variant(variant) => printer.variant(variant),
        Part::Member(member) => printer.member(member),
        Part::TraitItem(name, item) => printer.trait_item(name, item),
        Part::Impl(of) => printer.full_impl(of),
    }
}

/// A part of an item that has a line of its own.
#[derive(Debug, Clone, Copy)]
pub enum Part<'p> {
    /// A field.
    Field(&'p crate::interface::rust::Field),
    /// A variant.
    Variant(&'p Variant),
    /// An item of an inherent impl.
    Member(&'p Member),
    /// An item of a trait, with its name.
    TraitItem(&'p str, &'p TraitItem),
    /// An impl of a trait.
    Impl(&'p Impl),
}

/// A type as text, with full names shortened to their last part: for a person, not to be read back.
pub fn type_text(ty: &Type) -> String {
    let mut printer = Printer {
        names: None,
        scope: Vec::new(),
        full: false,
    };
    printer.ty(ty)
}

/// Two types as text for a person: with paths where they would read the same without.
pub fn types_text(old: &Type, new: &Type) -> (String, String) {
    let (short_old, short_new) = (type_text(old), type_text(new));
    if short_old != short_new {
        return (short_old, short_new);
    }
    let mut printer = Printer {
        names: None,
        scope: Vec::new(),
        full: true,
    };
    (printer.ty(old), printer.ty(new))
}

/// A bound as text for a person.
pub fn bound_text(bound: &Bound) -> String {
    let mut printer = Printer {
        names: None,
        scope: Vec::new(),
        full: false,
    };
    printer.bound(bound)
}
