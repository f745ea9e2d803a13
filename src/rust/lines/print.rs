//! Items to lines. Names are shortened by the contract's names table; a name that would be misread stays in full.

use crate::interface::Names;
use crate::interface::rust::types::{
    Arg, Bound, Generics, Param, ParamKind, TraitRef, Type, Where,
};
use crate::interface::rust::{Function, Marks, Receiver};
use crate::rust::known;

/// What a printed thing needs to know: how to shorten names, and which short names are taken by parameters.
pub(super) struct Printer<'n> {
    pub(super) names: Option<&'n mut Names>,
    /// Parameters in scope.
    pub(super) scope: Vec<String>,
    /// Paths in full.
    pub(super) full: bool,
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
    pub(super) fn enter(&mut self, generics: &Generics) -> usize {
        let before = self.scope.len();
        self.scope
            .extend(generics.params.iter().map(|param| param.name.clone()));
        before
    }

    pub(super) fn leave(&mut self, before: usize) {
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
    pub(super) fn single(&mut self, ty: &Type) -> String {
        let text = self.ty(ty);
        match ty {
            Type::Dyn(bounds) | Type::Impl(bounds) if bounds.len() > 1 => format!("({text})"),
            _ => text,
        }
    }

    pub(super) fn output(&mut self, output: &Type) -> String {
        if output.is_unit() {
            String::new()
        } else {
            format!(" -> {}", self.ty(output))
        }
    }

    pub(super) fn constant(&mut self, text: &str) -> String {
        if text.contains("::") && !text.contains(' ') && !text.starts_with("Self") {
            self.path(text)
        } else {
            text.to_owned()
        }
    }

    pub(super) fn args(&mut self, args: &[Arg]) -> String {
        if args.is_empty() {
            return String::new();
        }
        let args: Vec<String> = args.iter().map(|arg| self.arg(arg)).collect();
        format!("<{}>", args.join(", "))
    }

    pub(super) fn arg(&mut self, arg: &Arg) -> String {
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
    pub(super) fn trait_ref(&mut self, trait_: &TraitRef) -> String {
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

    pub(super) fn bounds(&mut self, bounds: &[Bound]) -> String {
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
    pub(super) fn params(&mut self, params: &[Param]) -> String {
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
    pub(super) fn wheres(&mut self, wheres: &[Where]) -> String {
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
}

/// `for<'a> `.
pub(super) fn higher(lifetimes: &[String]) -> String {
    if lifetimes.is_empty() {
        String::new()
    } else {
        format!("for<{}> ", lifetimes.join(", "))
    }
}

/// `extern "C" `.
pub(super) fn abi(abi: Option<&str>) -> String {
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
    if !marks.target_features.is_empty() {
        let names = marks.target_features.join(",");
        text.push_str(&format!("#[target_feature(enable = \"{names}\")] "));
    }
    if !marks.helpers.is_empty() {
        text.push_str(&format!("#[helpers({})] ", marks.helpers.join(", ")));
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
pub(super) const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
