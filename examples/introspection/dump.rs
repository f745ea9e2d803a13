//! What cogate reads from Python sources as JSON that `compare.py` understands: members with their kinds and
//! signatures, nothing that only a report needs.

use cogate::interface::python::{
    Binding, Class, Interface, Kind, Member, Module, ParamKind, Protocol, Signature,
};
use serde_json::{Map, Value, json};

/// A whole interface.
pub(crate) fn interface(interface: &Interface) -> Value {
    let modules: Map<String, Value> = interface
        .modules
        .iter()
        .map(|(path, found)| (path.clone(), module(path, found, interface)))
        .collect();
    let classes: Map<String, Value> = interface
        .classes
        .iter()
        .map(|(path, found)| (path.clone(), class(found)))
        .collect();
    json!({ "modules": modules, "classes": classes })
}

fn module(path: &str, module: &Module, interface: &Interface) -> Value {
    let inside = format!("{path}.");
    let exports: Vec<&str> = interface
        .exports
        .range(inside.clone()..)
        .take_while(|(name, _)| name.starts_with(&inside))
        .map(|(name, _)| &name[inside.len()..])
        .collect();
    json!({
        "members": members(module.members.iter()),
        "exports": exports,
        "all": module.all,
        "open": module.open,
    })
}

fn class(class: &Class) -> Value {
    json!({
        "members": members(class.members.iter()),
        "mro": class.mro,
        "open": class.open,
        "abc": class.abc,
    })
}

fn members<'m>(members: impl Iterator<Item = (&'m String, &'m Member)>) -> Map<String, Value> {
    members
        .map(|(name, found)| (name.clone(), member(found)))
        .collect()
}

fn member(member: &Member) -> Value {
    let mut value = match &member.kind {
        Kind::Function(function) => json!({
            "kind": match function.binding {
                Binding::Instance => "function",
                Binding::Class => "class method",
                Binding::Static => "static method",
            },
            "protocol": match function.protocol {
                Protocol::Plain => "plain",
                Protocol::Coroutine => "coroutine",
                Protocol::Generator => "generator",
                Protocol::AsyncGenerator => "async generator",
                Protocol::ContextManager => "context manager",
                Protocol::AsyncContextManager => "async context manager",
            },
            "signature": signature(&function.signature),
            "decorators": function.decorators,
        }),
        Kind::Property(property) => json!({
            "kind": "property",
            "settable": property.settable,
            "deletable": property.deletable,
            "cached": property.cached,
        }),
        Kind::Attribute(attribute) => json!({
            "kind": "attribute",
            "on_instance": attribute.on_instance,
            "declared_only": attribute.declared_only,
        }),
        Kind::Class(path) => json!({ "kind": "class", "path": path }),
        Kind::Module(path) => json!({ "kind": "module", "path": path }),
        Kind::Import(path) => json!({ "kind": "import", "path": path }),
    };
    value["conditional"] = json!(member.conditional);
    value["defined_in"] = json!(member.defined_in);
    value
}

fn signature(signature: &Signature) -> Vec<Value> {
    let kind = |kind| match kind {
        ParamKind::PositionalOnly => "positional-only",
        ParamKind::Normal => "normal",
        ParamKind::VarArgs => "*",
        ParamKind::KeywordOnly => "keyword-only",
        ParamKind::VarKeywords => "**",
    };
    let params = signature.params.iter();
    params
        .map(|param| json!([kind(param.kind), param.name, param.default]))
        .collect()
}
