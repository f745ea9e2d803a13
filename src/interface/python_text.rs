//! Python's model as text: members, headers and types as lines in Python's own syntax. It only prints; reading lines
//! back is the front end's work, and which short name stands for a path is the caller's choice.

use super::python::{
    Abstract, Attribute, Binding, Class, Function, Kind, Member, Param, ParamKind, Property,
    Protocol, Signature, Type,
};

use super::python_names::{fixed_name, implied_metaclass, is_implicit_class_method};

/// Makes a short name for a full path.
pub type Shorten<'a> = &'a mut dyn FnMut(&str) -> String;

/// The last segment of a path: the short name where no table is kept.
pub fn last_segment(path: &str) -> String {
    path.rsplit('.').next().unwrap_or(path).to_owned()
}

fn name(path: &str, shorten: Shorten<'_>) -> String {
    match fixed_name(path) {
        Some(fixed) => fixed.to_owned(),
        None => shorten(path),
    }
}

/// A member as one line with short names by their last segments, for messages.
///
/// A property is shown by its getter; overloads by the implementation; the body that a contract's line tells of is left
/// out.
pub fn line(member: &Member, called: &str) -> String {
    let mut shorten = last_segment;
    let lines = member_lines(member, called, &mut shorten);
    let line = lines
        .into_iter()
        .next()
        .unwrap_or_else(|| called.to_owned());
    for body in [ABSTRACT_BODY, GENERATOR_BODY] {
        if let Some(header) = line.strip_suffix(body) {
            return header.to_owned();
        }
    }
    line
}

/// What stands behind the header of a function whose body only raises.
const ABSTRACT_BODY: &str = ": raise NotImplementedError";
/// What stands behind the header of a generator.
const GENERATOR_BODY: &str = ": yield";

/// A member as the lines of a contract: one, except for overloads and for properties that can be set or deleted.
/// The line that describes it best comes first.
pub fn member_lines(member: &Member, called: &str, shorten: Shorten<'_>) -> Vec<String> {
    match &member.kind {
        Kind::Function(function) => function_lines(function, called, shorten),
        Kind::Property(property) => property_lines(property, called, shorten),
        Kind::Attribute(attribute) => vec![attribute_line(attribute, called, shorten)],
        Kind::Class(path) => vec![class_member(path, &member.defined_in, called)],
        Kind::Module(path) => vec![module_import(path, called)],
        Kind::Import(path) => vec![import(path, called)],
    }
}

/// `class Inner` where it is defined, an import where it comes from elsewhere.
fn class_member(path: &str, defined_in: &str, called: &str) -> String {
    let here = path
        .strip_suffix(called)
        .and_then(|rest| rest.strip_suffix('.'))
        .is_some_and(|rest| rest == defined_in);
    if here {
        format!("class {called}")
    } else {
        import(path, called)
    }
}

/// `from pkg.a import X as Y`; `import pkg` where there is nothing before the last dot.
pub fn import(path: &str, called: &str) -> String {
    match path.rsplit_once('.') {
        Some((from, original)) if original == called => format!("from {from} import {original}"),
        Some((from, original)) => format!("from {from} import {original} as {called}"),
        None if path == called => format!("import {path}"),
        None => format!("import {path} as {called}"),
    }
}

/// `import pkg.sub as called`.
fn module_import(path: &str, called: &str) -> String {
    if path == called {
        format!("import {path}")
    } else {
        format!("import {path} as {called}")
    }
}

fn function_lines(function: &Function, called: &str, shorten: Shorten<'_>) -> Vec<String> {
    let mut prefix = String::new();
    for decorator in &function.decorators {
        prefix.push('@');
        prefix.push_str(&decorator_text(decorator, shorten));
        prefix.push(' ');
    }
    if function.is_final {
        prefix.push_str("@final ");
    }
    match function.binding {
        Binding::Instance => {}
        // `__new__` and its kin are bound to the class without being told.
        Binding::Class if is_implicit_class_method(called) => {}
        Binding::Class => prefix.push_str("@classmethod "),
        Binding::Static => prefix.push_str("@staticmethod "),
    }
    if function.abstractness == Abstract::Declared {
        prefix.push_str("@abstractmethod ");
    }
    let mut is_async = false;
    let mut body = "";
    match function.protocol {
        Protocol::Plain => {}
        Protocol::Coroutine => is_async = true,
        Protocol::Generator => body = GENERATOR_BODY,
        Protocol::AsyncGenerator => {
            is_async = true;
            body = GENERATOR_BODY;
        }
        Protocol::ContextManager => prefix.push_str("@contextmanager "),
        Protocol::AsyncContextManager => {
            prefix.push_str("@asynccontextmanager ");
            is_async = true;
        }
    }
    if function.abstractness == Abstract::ByCustom {
        body = ABSTRACT_BODY;
    }
    let def = if is_async { "async def " } else { "def " };
    let mut lines = vec![format!(
        "{prefix}{def}{called}{}{body}",
        signature(&function.signature, shorten)
    )];
    for overload in &function.overloads {
        lines.push(format!(
            "@overload {prefix}{def}{called}{}",
            signature(overload, shorten)
        ));
    }
    lines
}

fn property_lines(property: &Property, called: &str, shorten: Shorten<'_>) -> Vec<String> {
    let mut prefix = String::from(if property.cached {
        "@cached_property "
    } else {
        "@property "
    });
    if property.is_final {
        prefix.push_str("@final ");
    }
    if property.abstractness == Abstract::Declared {
        prefix.push_str("@abstractmethod ");
    }
    let returns = match &property.ty {
        Some(ty) => format!(" -> {}", type_text(ty, shorten)),
        None => String::new(),
    };
    let body = if property.abstractness == Abstract::ByCustom {
        ": raise NotImplementedError"
    } else {
        ""
    };
    let mut lines = vec![format!("{prefix}def {called}(self){returns}{body}")];
    // A cached property can always be set and deleted: its value lives on the instance.
    if property.settable && !property.cached {
        lines.push(format!("@{called}.setter def {called}(self, value)"));
    }
    if property.deletable && !property.cached {
        lines.push(format!("@{called}.deleter def {called}(self)"));
    }
    lines
}

fn attribute_line(attribute: &Attribute, called: &str, shorten: Shorten<'_>) -> String {
    let owner = if attribute.on_instance { "self." } else { "" };
    match &attribute.ty {
        None => format!("{owner}{called}"),
        Some(ty) if attribute.on_instance || attribute.declared_only => {
            format!("{owner}{called}: {}", type_text(ty, shorten))
        }
        Some(ty) => format!("{called}: {} = ...", type_text(ty, shorten)),
    }
}

/// The header of a class: decorators, name, type parameters, bases, metaclass; `: ...` if only some members are known.
pub fn class_header(class: &Class, called: &str, shorten: Shorten<'_>) -> String {
    let mut text = String::new();
    for decorator in &class.decorators {
        text.push('@');
        text.push_str(&decorator_text(decorator, shorten));
        text.push(' ');
    }
    text.push_str("class ");
    text.push_str(called);
    text.push_str(class.type_params.as_deref().unwrap_or_default());
    let mut arguments: Vec<String> = class
        .bases
        .iter()
        .map(|base| type_text(base, shorten))
        .collect();
    // A direct base such as `ABC` says as much as its metaclass.
    let is_told = class.bases.iter().any(|base| {
        base_path(base)
            .and_then(implied_metaclass)
            .is_some_and(|implied| class.metaclass.as_deref() == Some(implied))
    });
    if let Some(metaclass) = &class.metaclass
        && !is_told
    {
        let mut text = format!("metaclass={}", name(metaclass, shorten));
        if class.abc && metaclass != "abc.ABCMeta" {
            // The lines alone could not tell that it derives from it.
            text.push_str("(ABCMeta)");
        }
        arguments.push(text);
    }
    if !arguments.is_empty() {
        text.push('(');
        text.push_str(&arguments.join(", "));
        text.push(')');
    }
    if class.partial {
        text.push_str(": ...");
    }
    text
}

/// The class that a base names, arguments aside.
pub fn base_path(base: &Type) -> Option<&str> {
    match base {
        Type::Name(path) | Type::Generic(path, _) => Some(path),
        _ => None,
    }
}

/// Shortens the path that a decorator's text begins with, and leaves its arguments alone.
fn decorator_text(decorator: &str, shorten: Shorten<'_>) -> String {
    let end = decorator
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
        .unwrap_or(decorator.len());
    let (path, rest) = decorator.split_at(end);
    if path.is_empty() {
        return decorator.to_owned();
    }
    format!("{}{rest}", name(path, shorten))
}

/// A signature from its type parameters to its return annotation.
pub fn signature(signature: &Signature, shorten: Shorten<'_>) -> String {
    let mut parts: Vec<String> = Vec::with_capacity(signature.params.len() + 2);
    let mut keyword_only = false;
    for (index, param) in signature.params.iter().enumerate() {
        match param.kind {
            ParamKind::VarArgs => keyword_only = true,
            ParamKind::KeywordOnly if !keyword_only => {
                parts.push("*".to_owned());
                keyword_only = true;
            }
            _ => {}
        }
        parts.push(param_text(param, shorten));
        let next = signature.params.get(index + 1).map(|next| next.kind);
        if param.kind == ParamKind::PositionalOnly && next != Some(ParamKind::PositionalOnly) {
            parts.push("/".to_owned());
        }
    }
    let returns = match &signature.returns {
        Some(ty) => format!(" -> {}", type_text(ty, shorten)),
        None => String::new(),
    };
    format!(
        "{}({}){returns}",
        signature.type_params.as_deref().unwrap_or_default(),
        parts.join(", ")
    )
}

/// A parameter: stars, name, annotation, default.
pub fn param_text(param: &Param, shorten: Shorten<'_>) -> String {
    let stars = match param.kind {
        ParamKind::VarArgs => "*",
        ParamKind::VarKeywords => "**",
        _ => "",
    };
    let mut text = format!("{stars}{}", param.name);
    if let Some(ty) = &param.ty {
        text.push_str(": ");
        text.push_str(&type_text(ty, shorten));
    }
    if let Some(default) = &param.default {
        text.push_str(if param.ty.is_some() { " = " } else { "=" });
        text.push_str(default);
    }
    text
}

/// A type as an annotation of today's Python.
pub fn type_text(ty: &Type, shorten: Shorten<'_>) -> String {
    match ty {
        Type::None => "None".to_owned(),
        Type::Any => "Any".to_owned(),
        Type::Name(path) => name(path, shorten),
        Type::Generic(base, arguments) => {
            let arguments = if arguments.is_empty() {
                "()".to_owned()
            } else {
                joined(arguments, ", ", shorten)
            };
            format!("{}[{arguments}]", name(base, shorten))
        }
        Type::Union(members) => {
            // `None` first in the model, last for the reader.
            let (none, others): (Vec<_>, Vec<_>) =
                members.iter().partition(|ty| **ty == Type::None);
            let mut ordered = others;
            ordered.extend(none);
            ordered
                .into_iter()
                .map(|ty| type_text(ty, shorten))
                .collect::<Vec<_>>()
                .join(" | ")
        }
        Type::Literal(values) => format!("Literal[{}]", values.join(", ")),
        Type::Callable(params, result) => {
            let params = match params {
                None => "...".to_owned(),
                Some(params) => format!("[{}]", joined(params, ", ", shorten)),
            };
            format!("Callable[{params}, {}]", type_text(result, shorten))
        }
        Type::List(members) => format!("[{}]", joined(members, ", ", shorten)),
        Type::Ellipsis => "...".to_owned(),
        Type::Other(text) => text.clone(),
    }
}

fn joined(types: &[Type], separator: &str, shorten: Shorten<'_>) -> String {
    types
        .iter()
        .map(|ty| type_text(ty, shorten))
        .collect::<Vec<_>>()
        .join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_name_what_they_rename() {
        assert_eq!(import("a.b.C", "C"), "from a.b import C");
        assert_eq!(import("a.b.C", "D"), "from a.b import C as D");
        assert_eq!(import("a", "a"), "import a");
        assert_eq!(import("a", "b"), "import a as b");
    }
}
