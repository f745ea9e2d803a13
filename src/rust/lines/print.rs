//! Items to lines. Names are shortened by the contract's names table; a name that would be misread stays in full.

use std::collections::BTreeSet;

use super::header;
use crate::interface::rust::types::{
    Arg, Bound, Generics, Param, ParamKind, TraitRef, Type, Where,
};
use crate::interface::rust::{
    Function, Impl, Interface, Item, Kind, Marks, Member, MemberKind, Receiver, TraitItem,
    TraitItemKind, Variant, Visibility, parent,
};
use crate::interface::table::Facts;
use crate::interface::{Line, Names, Table};
use crate::rust::impls::{bare, own_args};
use crate::rust::known;

/// What a printed thing needs to know: how to shorten names, and which short names are taken by parameters.
pub(super) struct Printer<'n> {
    names: Option<&'n mut Names>,
    /// Parameters in scope.
    scope: Vec<String>,
    /// Paths in full.
    full: bool,
}

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
fn reserve(interface: &Interface, names: &mut Names) {
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

impl Printer<'_> {
    /// A path in its short form.
    pub(super) fn path(&mut self, path: &str) -> String {
        if !path.contains("::") {
            return escape(path);
        }
        if let Some((short, _)) = known::PRELUDE.iter().find(|(_, full)| *full == path)
            && !self.scope.iter().any(|name| name == short)
        {
            return (*short).to_owned();
        }
        match &mut self.names {
            Some(names) => {
                let short = names.shorten(path, "::");
                if self.scope.contains(&short) {
                    path.to_owned()
                } else {
                    escape(&short)
                }
            }
            None if self.full => path.to_owned(),
            None => escape(crate::interface::rust::last(path)),
        }
    }

    /// Takes parameters into scope.
    fn enter(&mut self, generics: &Generics) -> usize {
        let before = self.scope.len();
        self.scope
            .extend(generics.params.iter().map(|param| param.name.clone()));
        before
    }

    fn leave(&mut self, before: usize) {
        self.scope.truncate(before);
    }

    /// A type.
    pub(super) fn ty(&mut self, ty: &Type) -> String {
        match ty {
            Type::Path(path, args) => {
                let path = self.path(path);
                format!("{path}{}", self.args(args))
            }
            Type::Param(name) => escape(name),
            Type::Assoc {
                base,
                trait_,
                name,
                args,
            } => {
                let args = self.args(args);
                let name = escape(name);
                match (trait_, &**base) {
                    (None, Type::Param(base)) => format!("{}::{name}{args}", escape(base)),
                    (None, base) => format!("<{}>::{name}{args}", self.ty(base)),
                    (Some(trait_), base) => {
                        let base = self.ty(base);
                        let trait_ = self.trait_ref(trait_);
                        format!("<{base} as {trait_}>::{name}{args}")
                    }
                }
            }
            Type::Ref {
                lifetime,
                mutable,
                ty,
            } => {
                let lifetime = lifetime
                    .as_ref()
                    .map(|name| format!("{name} "))
                    .unwrap_or_default();
                let mutable = if *mutable { "mut " } else { "" };
                format!("&{lifetime}{mutable}{}", self.single(ty))
            }
            Type::Ptr { mutable, ty } => {
                let word = if *mutable { "mut" } else { "const" };
                format!("*{word} {}", self.single(ty))
            }
            Type::Slice(ty) => format!("[{}]", self.ty(ty)),
            Type::Array(ty, len) => format!("[{}; {}]", self.ty(ty), self.constant(len)),
            Type::Tuple(parts) if parts.len() == 1 => format!("({},)", self.ty(&parts[0])),
            Type::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|ty| self.ty(ty)).collect();
                format!("({})", parts.join(", "))
            }
            Type::Never => "!".to_owned(),
            Type::Infer => "_".to_owned(),
            Type::Fn(pointer) => {
                let inputs: Vec<String> = pointer.inputs.iter().map(|ty| self.ty(ty)).collect();
                let mut inputs = inputs.join(", ");
                if pointer.variadic {
                    inputs.push_str(if inputs.is_empty() { "..." } else { ", ..." });
                }
                format!(
                    "{}{}{}fn({inputs}){}",
                    higher(&pointer.higher),
                    if pointer.is_unsafe { "unsafe " } else { "" },
                    abi(pointer.abi.as_deref()),
                    self.output(&pointer.output)
                )
            }
            Type::Dyn(bounds) => format!("dyn {}", self.bounds(bounds)),
            Type::Impl(bounds) => format!("impl {}", self.bounds(bounds)),
            Type::Other(text) => text.clone(),
        }
    }

    /// A type where `+` would be misread.
    fn single(&mut self, ty: &Type) -> String {
        let text = self.ty(ty);
        match ty {
            Type::Dyn(bounds) | Type::Impl(bounds) if bounds.len() > 1 => format!("({text})"),
            _ => text,
        }
    }

    fn output(&mut self, output: &Type) -> String {
        if output.is_unit() {
            String::new()
        } else {
            format!(" -> {}", self.ty(output))
        }
    }

    fn constant(&mut self, text: &str) -> String {
        if text.contains("::") && !text.contains(' ') && !text.starts_with("Self") {
            self.path(text)
        } else {
            text.to_owned()
        }
    }

    fn args(&mut self, args: &[Arg]) -> String {
        if args.is_empty() {
            return String::new();
        }
        let args: Vec<String> = args.iter().map(|arg| self.arg(arg)).collect();
        format!("<{}>", args.join(", "))
    }

    fn arg(&mut self, arg: &Arg) -> String {
        match arg {
            Arg::Lifetime(name) => name.clone(),
            Arg::Type(ty) => self.ty(ty),
            Arg::Const(text) => {
                let is_literal = text == "true"
                    || text == "false"
                    || (!text.contains(' ')
                        && text.starts_with(|c: char| c.is_ascii_digit() || c == '\'' || c == '"'));
                if is_literal || self.scope.contains(text) {
                    text.clone()
                } else {
                    format!("{{ {} }}", self.constant(text))
                }
            }
            Arg::Binding(name, args, ty) => {
                format!("{}{} = {}", escape(name), self.args(args), self.ty(ty))
            }
            Arg::ConstBinding(name, text) => {
                format!("{} = {{ {} }}", escape(name), self.constant(text))
            }
            Arg::Constraint(name, args, bounds) => {
                format!(
                    "{}{}: {}",
                    escape(name),
                    self.args(args),
                    self.bounds(bounds)
                )
            }
        }
    }

    /// A trait with its arguments.
    fn trait_ref(&mut self, trait_: &TraitRef) -> String {
        let path = self.path(&trait_.path);
        if trait_.path.starts_with("std::ops::Fn")
            && let [
                Arg::Type(Type::Tuple(inputs)),
                Arg::Binding(name, args, output),
            ] = trait_.args.as_slice()
            && name == "Output"
            && args.is_empty()
        {
            let inputs: Vec<String> = inputs.iter().map(|ty| self.ty(ty)).collect();
            let output = match output {
                Type::Dyn(_) | Type::Impl(_) => format!(" -> {}", self.single(output)),
                _ => self.output(output),
            };
            return format!("{path}({}){output}", inputs.join(", "));
        }
        format!("{path}{}", self.args(&trait_.args))
    }

    fn bounds(&mut self, bounds: &[Bound]) -> String {
        let bounds: Vec<String> = bounds.iter().map(|bound| self.bound(bound)).collect();
        bounds.join(" + ")
    }

    /// A bound.
    pub(super) fn bound(&mut self, bound: &Bound) -> String {
        match bound {
            Bound::Trait {
                higher: over,
                trait_,
            } => {
                format!("{}{}", higher(over), self.trait_ref(trait_))
            }
            Bound::Maybe(path) => format!("?{}", self.path(path)),
            Bound::Lifetime(name) => name.clone(),
            Bound::Use(names) => format!("use<{}>", names.join(", ")),
            Bound::Other(text) => text.clone(),
        }
    }

    /// `<T: Bound>`.
    fn params(&mut self, params: &[Param]) -> String {
        if params.is_empty() {
            return String::new();
        }
        let params: Vec<String> = params
            .iter()
            .map(|param| match &param.kind {
                ParamKind::Lifetime(bounds) if bounds.is_empty() => param.name.clone(),
                ParamKind::Lifetime(bounds) => format!("{}: {}", param.name, bounds.join(" + ")),
                ParamKind::Type { bounds, default } => {
                    let mut text = escape(&param.name);
                    if !bounds.is_empty() {
                        text.push_str(": ");
                        text.push_str(&self.bounds(bounds));
                    }
                    if let Some(default) = default {
                        text.push_str(" = ");
                        text.push_str(&self.ty(default));
                    }
                    text
                }
                ParamKind::Const { ty, default } => {
                    let mut text = format!("const {}: {}", param.name, self.ty(ty));
                    if let Some(default) = default {
                        text.push_str(" = ");
                        text.push_str(&self.arg(&Arg::Const(default.clone())));
                    }
                    text
                }
            })
            .collect();
        format!("<{}>", params.join(", "))
    }

    /// ` where ..`, or nothing.
    fn wheres(&mut self, wheres: &[Where]) -> String {
        if wheres.is_empty() {
            return String::new();
        }
        let clauses: Vec<String> = wheres
            .iter()
            .map(|clause| {
                let ty = self.ty(&clause.ty);
                let bounds = self.bounds(&clause.bounds);
                format!("{}{ty}: {bounds}", higher(&clause.higher))
                    .trim_end()
                    .to_owned()
            })
            .collect();
        format!(" where {}", clauses.join(", "))
    }

    /// A function without its visibility.
    pub(super) fn function(&mut self, name: &str, function: &Function) -> String {
        let before = self.enter(&function.generics);
        let mut inputs: Vec<String> = Vec::new();
        match &function.receiver {
            None => {}
            Some(Receiver::Value) => inputs.push("self".to_owned()),
            Some(Receiver::Reference { lifetime, mutable }) => inputs.push(format!(
                "&{}{}self",
                lifetime
                    .as_ref()
                    .map(|name| format!("{name} "))
                    .unwrap_or_default(),
                if *mutable { "mut " } else { "" }
            )),
            Some(Receiver::Typed(ty)) => inputs.push(format!("self: {}", self.ty(ty))),
        }
        for input in &function.inputs {
            inputs.push(format!("{}: {}", escape(&input.name), self.ty(&input.ty)));
        }
        if function.variadic {
            inputs.push("...".to_owned());
        }
        let line = format!(
            "{}{}{}{}fn {}{}({}){}{}{}",
            if function.is_const { "const " } else { "" },
            if function.is_async { "async " } else { "" },
            if function.is_unsafe { "unsafe " } else { "" },
            abi(function.abi.as_deref()),
            escape(name),
            self.params(&function.generics.params),
            inputs.join(", "),
            self.output(&function.output),
            self.wheres(&function.generics.wheres),
            if function.provided { " { .. }" } else { ";" }
        );
        self.leave(before);
        line
    }

    fn full_impl(&mut self, of: &Impl) -> String {
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

    fn implementation(&mut self, of: &Impl, path: &str, own: &Generics) -> String {
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

    fn member(&mut self, member: &Member) -> String {
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

    fn trait_item(&mut self, name: &str, item: &TraitItem) -> String {
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

    fn variant(&mut self, variant: &Variant) -> String {
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
    fn header(&mut self, path: &str, item: &Item) -> String {
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
    fn members(&mut self, path: &str, item: &Item) -> Vec<Line> {
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

/// `for<'a> `.
fn higher(lifetimes: &[String]) -> String {
    if lifetimes.is_empty() {
        String::new()
    } else {
        format!("for<{}> ", lifetimes.join(", "))
    }
}

/// `extern "C" `.
fn abi(abi: Option<&str>) -> String {
    abi.map(|abi| format!("extern {abi:?} "))
        .unwrap_or_default()
}

/// Attributes in front of a line.
pub(super) fn marks(marks: &Marks) -> String {
    let mut text = String::new();
    for condition in &marks.cfg {
        text.push_str(&format!("#[cfg({condition})] "));
    }
    if marks.deprecated {
        text.push_str("#[deprecated] ");
    }
    if marks.hidden {
        text.push_str("#[doc(hidden)] ");
    }
    if marks.must_use {
        text.push_str("#[must_use] ");
    }
    if marks.non_exhaustive {
        text.push_str("#[non_exhaustive] ");
    }
    if !marks.repr.is_empty() {
        text.push_str(&format!("#[repr({})] ", marks.repr.join(", ")));
    }
    text
}

/// A name that the parser takes for one: keywords with `r#`.
pub(super) fn escape(name: &str) -> String {
    if matches!(name, "self" | "Self" | "super" | "crate" | "_") || name.starts_with('\'') {
        return name.to_owned();
    }
    if KEYWORDS.binary_search(&name).is_ok() {
        return format!("r#{name}");
    }
    name.to_owned()
}

/// Words that are no names, sorted.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
