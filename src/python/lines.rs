//! Items of the model as the tables of a contract: one line per member. Reading them back is in [`read`]; the text of
//! a line is the model's own ([`python_text`]).

use std::collections::BTreeSet;

use crate::interface::python::{Class, Function, Interface, Kind, Member, Module, Type};
use crate::interface::python_names::{BUILTINS, WELL_KNOWN};
use crate::interface::python_text::{self, base_path, last_segment};
use crate::interface::table::{Facts, PlacedFact};
use crate::interface::{Line, Names, Table, TableKind, Verb};

mod inherit;
mod read;
mod unwrap;

pub use read::{LineError, read, restore_unknown};

/// The tables of an interface, in the order of a contract. `names` gets what their lines need.
pub fn tables(interface: &Interface, names: &mut Names) -> Vec<Table> {
    reserve(interface, names);
    let mut tables = Vec::new();
    for (path, class) in &interface.classes {
        tables.push(class_table(interface, path, class, names));
    }
    for (path, module) in &interface.modules {
        module_tables(path, module, names, &mut tables);
    }
    tables.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    tables
}

fn class_table(interface: &Interface, path: &str, class: &Class, names: &mut Names) -> Table {
    let told = tabled_bases(interface, path);
    let mut provides = Vec::new();
    for (called, member) in &class.members {
        if member.defined_in != path && is_told(interface, &told, called, member) {
            continue;
        }
        let member = own_view(member, path);
        provides.extend(member_lines(&member, called, names));
    }
    Table {
        kind: TableKind::Class,
        path: path.to_owned(),
        is: Line::new(python_text::class_header(
            class,
            &last_segment(path),
            &mut |full| names.shorten(full, "."),
        )),
        provides: sorted(provides),
        requires: shortened(&class.requires, names),
        effects: class.effects.clone(),
    }
}

/// A nested class that a base defines is an import for the heir that lists it.
fn own_view(member: &Member, path: &str) -> Member {
    let mut member = member.clone();
    path.clone_into(&mut member.defined_in);
    member
}

/// The classes with tables that a reader of the tables reaches through the headers.
fn tabled_bases<'i>(interface: &'i Interface, path: &str) -> Vec<&'i str> {
    let mut found: Vec<&str> = Vec::new();
    let mut open = vec![path];
    while let Some(path) = open.pop() {
        let Some((_, class)) = interface.classes.get_key_value(path) else {
            continue;
        };
        for base in class.bases.iter().rev().filter_map(base_path) {
            if let Some((known, _)) = interface.classes.get_key_value(base)
                && !found.contains(&known.as_str())
            {
                found.push(known);
                open.push(known);
            }
        }
    }
    found
}

/// Whether a reader finds the member in a base's table.
fn is_told(interface: &Interface, bases: &[&str], called: &str, member: &Member) -> bool {
    bases.iter().any(|base| {
        interface
            .classes
            .get(*base)
            .and_then(|class| class.members.get(called))
            .is_some_and(|known| {
                known.defined_in == member.defined_in && known.place == member.place
            })
    })
}

fn module_tables(path: &str, module: &Module, names: &mut Names, tables: &mut Vec<Table>) {
    if module.whole {
        let mut provides = Vec::new();
        for (called, member) in &module.members {
            provides.extend(member_lines(member, called, names));
        }
        if let Some(all) = &module.all {
            provides.push(all_line(all));
        }
        tables.push(Table {
            kind: TableKind::Module,
            path: path.to_owned(),
            is: Line::new(format!("import {path}")),
            provides: sorted(provides),
            requires: module.requires.clone(),
            effects: module.effects.clone(),
        });
        return;
    }
    for (called, member) in &module.members {
        let mut lines = member_lines(member, called, names).into_iter();
        let Some(is) = lines.next() else { continue };
        let one = |facts: &crate::interface::table::Facts| {
            facts
                .get(called)
                .map(|found| [(called.clone(), found.clone())].into())
                .unwrap_or_default()
        };
        tables.push(Table {
            kind: match member.kind {
                Kind::Function(_) => TableKind::Function,
                _ => TableKind::Const,
            },
            path: format!("{path}.{called}"),
            is: Line::new(is),
            provides: sorted(lines.collect()),
            requires: one(&module.requires),
            effects: one(&module.effects),
        });
    }
}

fn all_line(all: &BTreeSet<String>) -> String {
    let names: Vec<String> = all
        .iter()
        .map(|name| {
            let mut text = String::new();
            super::string_text::quoted(&mut text, name);
            text
        })
        .collect();
    format!("__all__ = [{}]", names.join(", "))
}

fn member_lines(member: &Member, called: &str, names: &mut Names) -> Vec<String> {
    python_text::member_lines(member, called, &mut |full| names.shorten(full, "."))
}

/// Facts with the short names of the exceptions that they speak of.
fn shortened(facts: &Facts, names: &mut Names) -> Facts {
    let mut facts = facts.clone();
    for placed in facts.values_mut().flatten() {
        rename(placed, &mut |path| {
            path.contains('.').then(|| names.shorten(path, "."))
        });
    }
    facts.values_mut().for_each(|facts| facts.sort());
    facts
}

/// Changes the name of the exception in a fact about one; a call shape may follow it.
fn rename(placed: &mut PlacedFact, other: &mut dyn FnMut(&str) -> Option<String>) {
    if placed.fact.verb != Verb::Tolerates {
        return;
    }
    let path = &placed.fact.path;
    let (exception, rest) = path.split_at(path.find(' ').unwrap_or(path.len()));
    if let Some(other) = other(exception) {
        placed.fact.path = format!("{other}{rest}");
    }
}

fn sorted(mut lines: Vec<String>) -> Vec<Line> {
    lines.sort();
    lines.dedup();
    lines.into_iter().map(Line::new).collect()
}

/// Words that lines write as they are must not become short names of something else.
fn reserve(interface: &Interface, names: &mut Names) {
    for path in WELL_KNOWN {
        names.reserve(last_segment(path));
    }
    for word in BUILTINS {
        names.reserve(word);
    }
    for word in ["None", "True", "False", "self", "cls"] {
        names.reserve(word);
    }
    let mut words = BTreeSet::new();
    for class in interface.classes.values() {
        class
            .bases
            .iter()
            .for_each(|base| bare_words(base, &mut words));
        for text in class.decorators.iter().chain(&class.metaclass) {
            bare_word(text, &mut words);
        }
        class
            .members
            .values()
            .for_each(|member| member_words(member, &mut words));
    }
    for module in interface.modules.values() {
        module
            .members
            .values()
            .for_each(|member| member_words(member, &mut words));
    }
    for word in words {
        names.reserve(word);
    }
}

fn member_words(member: &Member, words: &mut BTreeSet<String>) {
    match &member.kind {
        Kind::Function(function) => function_words(function, words),
        Kind::Property(property) => property.ty.iter().for_each(|ty| bare_words(ty, words)),
        Kind::Attribute(attribute) => attribute.ty.iter().for_each(|ty| bare_words(ty, words)),
        Kind::Class(_) | Kind::Module(_) | Kind::Import(_) => {}
    }
}

fn function_words(function: &Function, words: &mut BTreeSet<String>) {
    for decorator in &function.decorators {
        bare_word(decorator, words);
    }
    for signature in std::iter::once(&function.signature).chain(&function.overloads) {
        for param in &signature.params {
            param.ty.iter().for_each(|ty| bare_words(ty, words));
        }
        signature
            .returns
            .iter()
            .for_each(|ty| bare_words(ty, words));
    }
}

fn bare_word(path: &str, words: &mut BTreeSet<String>) {
    let end = path.find('(').unwrap_or(path.len());
    if !path[..end].contains('.') {
        words.insert(path[..end].to_owned());
    }
}

fn bare_words(ty: &Type, words: &mut BTreeSet<String>) {
    match ty {
        Type::Name(path) => bare_word(path, words),
        Type::Generic(path, arguments) => {
            bare_word(path, words);
            arguments.iter().for_each(|ty| bare_words(ty, words));
        }
        Type::Union(members) | Type::List(members) => {
            members.iter().for_each(|ty| bare_words(ty, words));
        }
        Type::Callable(params, result) => {
            params.iter().flatten().for_each(|ty| bare_words(ty, words));
            bare_words(result, words);
        }
        Type::None | Type::Any | Type::Literal(_) | Type::Ellipsis | Type::Other(_) => {}
    }
}
