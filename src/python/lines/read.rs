//! Tables of a contract back to the model, through the parser that reads source. What a line does not say (bodies,
//! conditions, where an inherited member came from) stays empty.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use ruff_python_ast::{Expr, Stmt};

use super::inherit::{inherit, settle_imports};
use super::rename;
use super::unwrap::unwrapped;
use crate::interface::python::{
    Attribute, Class, Interface, Kind, Member, Module, Property, Signature,
};
use crate::interface::{Line, Names, Place, Table, TableKind, Verb};
use crate::python::env::{Env, dotted, joined};
use crate::python::extract::{Role, Scope, What, function};
use crate::python::source::{Source, with_source};
use crate::python::types::type_of;

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Where the line stands, if it is known.
    pub place: Option<Place>,
    /// The line.
    pub text: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be read: {}", self.text, self.message)
    }
}

impl std::error::Error for LineError {}

/// What the Python tables of a contract say; Rust's are left alone.
///
/// # Errors
/// The first line that is no member of its table.
pub fn read(tables: &[Table], names: &Names) -> Result<Interface, LineError> {
    let mut interface = Interface::default();
    for table in tables.iter().filter(|table| !table.is_rust()) {
        match table.kind {
            TableKind::Class => {
                let class = read_class(table, names)?;
                interface.classes.insert(table.path.clone(), class);
            }
            TableKind::Module => {
                let module = read_module(table, names)?;
                interface.modules.insert(table.path.clone(), module);
            }
            TableKind::Function | TableKind::Const | TableKind::Type => {
                read_single(table, names, &mut interface)?;
            }
            TableKind::Trait
            | TableKind::Struct
            | TableKind::Enum
            | TableKind::Union
            | TableKind::Macro => {}
        }
    }
    settle_imports(&mut interface);
    interface.has_effects = has_effects(&interface);
    inherit(&mut interface);
    Ok(interface)
}

/// Whether the contract was written by a program that looked at what functions do: then it has some fact beside calls.
fn has_effects(interface: &Interface) -> bool {
    let classes = interface
        .classes
        .values()
        .flat_map(|class| class.effects.values().chain(class.requires.values()));
    let modules = interface
        .modules
        .values()
        .flat_map(|module| module.effects.values());
    classes.chain(modules).flatten().any(|placed| {
        matches!(
            placed.fact.verb,
            Verb::Accepts
                | Verb::Deletes
                | Verb::Overwrites
                | Verb::Raises
                | Verb::Reads
                | Verb::Returns
                | Verb::Writes
        )
    })
}

/// Puts back what a contract writes under `unknown`: the sentences, and the classes that they keep open.
pub fn restore_unknown(interface: &mut Interface, unknown: &BTreeSet<String>) {
    for class in interface.classes.values_mut() {
        if class.open.is_none() {
            class.open = unknown
                .iter()
                .find(|sentence| {
                    sentence
                        .strip_prefix("base ")
                        .and_then(|rest| rest.split_once(':'))
                        .is_some_and(|(base, _)| class.mro.iter().any(|path| path == base))
                })
                .cloned();
        }
    }
    interface.unknown.extend(unknown.iter().cloned());
}

/// What a line says.
enum Said {
    Member(String, Box<Member>, Role),
    All(BTreeSet<String>),
    Class(Box<Class>),
}

fn read_module(table: &Table, names: &Names) -> Result<Module, LineError> {
    let mut module = Module {
        whole: true,
        place: table.is.place.clone(),
        requires: table.requires.clone(),
        effects: table.effects.clone(),
        ..Module::default()
    };
    let (members, all) = read_lines(table.provides.iter(), &table.path, names, false)?;
    module.members = members;
    module.all = all;
    Ok(module)
}

fn read_single(table: &Table, names: &Names, interface: &mut Interface) -> Result<(), LineError> {
    let owner = table.path.rsplit_once('.').map_or("", |(owner, _)| owner);
    let lines = std::iter::once(&table.is).chain(&table.provides);
    let (members, _) = read_lines(lines, owner, names, false)?;
    let module = interface.modules.entry(owner.to_owned()).or_default();
    module.members.extend(members);
    module.requires.extend(table.requires.clone());
    module.effects.extend(table.effects.clone());
    Ok(())
}

fn read_class(table: &Table, names: &Names) -> Result<Class, LineError> {
    let owner = table.path.rsplit_once('.').map_or("", |(owner, _)| owner);
    let Said::Class(mut class) = read_line(&table.is, owner, names, false, true)? else {
        return Err(error(&table.is, "it is no header of a class".to_owned()));
    };
    let (members, _) = read_lines(table.provides.iter(), &table.path, names, true)?;
    class.members = members;
    class.requires.clone_from(&table.requires);
    for placed in class.requires.values_mut().flatten() {
        rename(placed, &mut |short| names.resolve(short).map(str::to_owned));
    }
    class.effects.clone_from(&table.effects);
    Ok(*class)
}

type Members = BTreeMap<String, Member>;

/// Reads lines, and joins those that speak of one name: accessors of a property, overloads of a function.
fn read_lines<'l>(
    lines: impl Iterator<Item = &'l Line>,
    owner: &str,
    names: &Names,
    in_class: bool,
) -> Result<(Members, Option<BTreeSet<String>>), LineError> {
    let mut members = Members::new();
    let mut all = None;
    let mut parts = Vec::new();
    for line in lines {
        match read_line(line, owner, names, in_class, false)? {
            Said::Member(name, member, Role::Whole) => {
                if members.insert(name, *member).is_some() {
                    return Err(error(line, "another line has the same name".to_owned()));
                }
            }
            Said::Member(name, member, role) => parts.push((name, member, role)),
            Said::All(found) => all = Some(found),
            Said::Class(_) => return Err(error(line, "a header is no member".to_owned())),
        }
    }
    for (name, member, role) in parts {
        match (members.get_mut(&name).map(|known| &mut known.kind), role) {
            (Some(Kind::Property(property)), Role::Setter) => property.settable = true,
            (Some(Kind::Property(property)), Role::Deleter) => property.deletable = true,
            (Some(Kind::Function(function)), Role::Overload) => {
                if let Some(signature) = signature_of(&member) {
                    Arc::make_mut(function).overloads.push(signature);
                }
            }
            (None, Role::Setter | Role::Deleter) => {
                let mut member = *member;
                member.kind = Kind::Property(Property {
                    ty: None,
                    settable: role == Role::Setter,
                    deletable: role == Role::Deleter,
                    cached: false,
                    abstractness: crate::interface::python::Abstract::No,
                    is_final: false,
                });
                members.insert(name, member);
            }
            (None, _) => {
                members.insert(name, *member);
            }
            _ => {}
        }
    }
    Ok((members, all))
}

fn signature_of(member: &Member) -> Option<Signature> {
    match &member.kind {
        Kind::Function(function) => Some(function.signature.clone()),
        _ => None,
    }
}

fn read_line(
    line: &Line,
    owner: &str,
    names: &Names,
    in_class: bool,
    as_header: bool,
) -> Result<Said, LineError> {
    if line.text.contains(['\n', '\r']) {
        return Err(error(line, "it is more than one line".to_owned()));
    }
    let text = unwrapped(&line.text);
    let said = with_source("", &text, |source| {
        if let Some(damage) = source.errors().first() {
            return Err(damage.message.clone());
        }
        let [stmt] = source.body() else {
            return Err("it is not one definition".to_owned());
        };
        let mut env = Env::of_lines(names);
        if as_header {
            header(source, &mut env, stmt, owner)
        } else {
            member(source, &mut env, stmt, owner, in_class)
        }
    });
    let mut said = said
        .and_then(|said| said)
        .map_err(|message| error(line, message))?;
    relocate(&mut said, &text, line.place.as_ref());
    Ok(said)
}

fn error(line: &Line, message: String) -> LineError {
    LineError {
        place: line.place.clone(),
        text: line.text.clone(),
        message,
    }
}

fn header<'a>(
    source: &Source<'_>,
    env: &mut Env<'a>,
    stmt: &'a Stmt,
    owner: &str,
) -> Result<Said, String> {
    let Stmt::ClassDef(def) = stmt else {
        return Err("it is no header of a class".to_owned());
    };
    let mut abc_told = None;
    for keyword in def.keywords() {
        if let (Some("metaclass"), Expr::Call(call)) = (keyword.arg.as_deref(), &keyword.value) {
            abc_told = dotted(&call.func).map(|name| env.resolve(&name));
        }
    }
    let partial = matches!(&def.body[..], [Stmt::Expr(body)]
        if body.value.is_ellipsis_literal_expr());
    let mut scope = Scope::module(source, owner);
    scope.body(env, std::slice::from_ref(stmt), false);
    let path = joined(owner, &def.name);
    let Some(found) = scope.finish().classes.remove(&path) else {
        return Err("it is no header of a class".to_owned());
    };
    let abc = abc_told.is_some();
    Ok(Said::Class(Box::new(Class {
        bases: found.bases,
        metaclass: found.metaclass.or(abc_told),
        decorators: found.decorators,
        type_params: found.type_params,
        is_final: found.is_final,
        place: found.place,
        abc,
        partial,
        ..Class::default()
    })))
}

fn member<'a>(
    source: &Source<'_>,
    env: &mut Env<'a>,
    stmt: &'a Stmt,
    owner: &str,
    in_class: bool,
) -> Result<Said, String> {
    let (name, kind, role) = match stmt {
        Stmt::FunctionDef(def) => {
            if !is_line_body(&def.body) {
                return Err("it has a body of its own".to_owned());
            }
            let definition = function(source, env, def, in_class);
            let kind = match definition.bound.what {
                What::Function(function) => Kind::Function(function),
                What::Property(property) => Kind::Property(property),
                _ => return Err("it is neither function nor property".to_owned()),
            };
            let member = Member {
                kind,
                defined_in: owner.to_owned(),
                place: definition.bound.place,
                conditional: false,
                body: None,
            };
            let name = def.name.to_string();
            return Ok(Said::Member(name, Box::new(member), definition.role));
        }
        Stmt::ClassDef(def) => {
            let path = joined(owner, &def.name);
            (def.name.to_string(), Kind::Class(path), Role::Whole)
        }
        Stmt::Expr(expr) => {
            let (name, on_instance) = variable(&expr.value)?;
            (name, attribute(None, on_instance, false), Role::Whole)
        }
        Stmt::AnnAssign(assign) => {
            let (name, on_instance) = variable(&assign.target)?;
            let ty = Some(type_of(env, &assign.annotation));
            let declared_only = assign.value.is_none() && !on_instance;
            (name, attribute(ty, on_instance, declared_only), Role::Whole)
        }
        Stmt::Assign(assign) => return all(assign),
        Stmt::Import(import) => {
            let [alias] = &import.names[..] else {
                return Err("it imports more than one name".to_owned());
            };
            let name = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
            (name, Kind::Module(alias.name.to_string()), Role::Whole)
        }
        Stmt::ImportFrom(import) => {
            let [alias] = &import.names[..] else {
                return Err("it imports more than one name".to_owned());
            };
            let name = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
            let from = import.module.as_ref().map_or("", |module| module.as_str());
            let path = joined(from, &alias.name);
            (name, Kind::Import(path), Role::Whole)
        }
        _ => return Err("it is no member of a class or module".to_owned()),
    };
    let range = ruff_text_size::Ranged::range(stmt);
    let member = Member {
        kind,
        defined_in: owner.to_owned(),
        place: Some(source.place(range)),
        conditional: false,
        body: None,
    };
    Ok(Said::Member(name, Box::new(member), role))
}

/// What may follow the `:` of a line: nothing, `...`, `yield`, `raise NotImplementedError`.
fn is_line_body(body: &[Stmt]) -> bool {
    match body {
        [Stmt::Pass(_) | Stmt::Raise(_)] => true,
        [Stmt::Expr(expr)] => matches!(&*expr.value, Expr::EllipsisLiteral(_) | Expr::Yield(_)),
        _ => false,
    }
}

/// `name` or `self.name`
fn variable(expr: &Expr) -> Result<(String, bool), String> {
    match expr {
        Expr::Name(name) => Ok((name.id.to_string(), false)),
        Expr::Attribute(attribute) if matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "self") => {
            Ok((attribute.attr.to_string(), true))
        }
        _ => Err("it is no name".to_owned()),
    }
}

fn attribute(
    ty: Option<crate::interface::python::Type>,
    on_instance: bool,
    declared_only: bool,
) -> Kind {
    Kind::Attribute(Attribute {
        ty,
        on_instance,
        declared_only,
    })
}

/// `__all__ = […]`
fn all(assign: &ruff_python_ast::StmtAssign) -> Result<Said, String> {
    let is_all = matches!(&assign.targets[..], [Expr::Name(name)] if name.id.as_str() == "__all__");
    let Expr::List(list) = &*assign.value else {
        return Err("only `__all__` is assigned, and only a list".to_owned());
    };
    if !is_all {
        return Err("only `__all__` is assigned".to_owned());
    }
    list.iter()
        .map(|item| match item {
            Expr::StringLiteral(name) => Ok(name.value.to_str().to_owned()),
            _ => Err("`__all__` is a list of names".to_owned()),
        })
        .collect::<Result<_, _>>()
        .map(Said::All)
}

/// Turns places in the unwrapped text into places in the contract's file, where the line's text begins at `line`.
fn relocate(said: &mut Said, text: &str, line: Option<&Place>) {
    let starts: Vec<u32> = std::iter::once(0)
        .chain(
            text.chars()
                .zip(1u32..)
                .filter_map(|(c, at)| (c == '\n').then_some(at)),
        )
        .collect();
    let offset = |row: u32, column: u32| {
        let start = starts.get(row.saturating_sub(1) as usize).copied();
        start.unwrap_or(0) + column.saturating_sub(1)
    };
    let moved = |place: &Place| {
        line.map(|line| Place {
            path: line.path.clone(),
            line: line.line,
            column: line.column + offset(place.line, place.column),
            end_line: line.line,
            end_column: line.column + offset(place.end_line, place.end_column),
        })
    };
    let each = |place: &mut Option<Place>| *place = place.as_ref().and_then(moved);
    match said {
        Said::All(_) => {}
        Said::Class(class) => each(&mut class.place),
        Said::Member(_, member, _) => {
            each(&mut member.place);
            if let Kind::Function(function) = &mut member.kind {
                for param in &mut Arc::make_mut(function).signature.params {
                    each(&mut param.place);
                }
            }
        }
    }
}
