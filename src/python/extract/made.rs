//! Names that a call gives: classes made by `namedtuple`, `Enum("X", …)` and `type`, properties, static methods,
//! partials, functions wrapped after the fact. What a function of the tree makes of its argument is followed later, in
//! [`crate::python::derive`].

use std::sync::Arc;

use ruff_python_ast::{Arguments, Expr, ExprCall};
use ruff_text_size::TextRange;

use super::assign::{is_attrs_field, plain_attribute};
use super::class::{literal_names, namedtuple_fields, typed_fields};
use super::function::property_call;
use super::scope::Scope;
use super::{Bound, ClassExtract, Maker, What};
use crate::interface::python::{Attribute, Binding, Function, Type};
use crate::python::decorators::{Decorator, decorator};
use crate::python::env::{Env, dotted, is_identifier, joined, last_name};
use crate::python::types::type_of;

/// A name that a call gave.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    /// What is called, as it is written.
    pub(crate) callee: String,
    /// The first argument, if it is a name, as it is written.
    pub(crate) of: Option<String>,
    /// What the call is known to do.
    pub(crate) how: How,
}

/// What a call does to the function that it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum How {
    /// Nobody knows before the callee is followed.
    Call,
    /// `staticmethod(f)`
    Static,
    /// `classmethod(f)`
    Class,
    /// `functools.partial(f, …)`: how many positional arguments are given, and which keywords.
    Partial {
        positional: usize,
        keywords: Vec<String>,
        /// `partialmethod`: the instance comes first.
        method: bool,
    },
}

impl Scope<'_, '_> {
    /// What a call gives to a name; none if the name keeps what it has.
    pub(super) fn made_by_call(
        &mut self,
        env: &Env<'_>,
        name: &str,
        range: TextRange,
        call: &ExprCall,
        value: &Expr,
    ) -> Option<What> {
        if self.in_class && is_attrs_field(env, call) {
            let field = self.field(env, name, range, None, Some(value));
            self.found.fields.extend(field);
            // attrs takes its fields out of the class.
            return Some(What::Attribute(Attribute {
                ty: None,
                on_instance: true,
                declared_only: false,
            }));
        }
        if let Some(class) = self.made_class(env, name, range, call) {
            return Some(class);
        }
        let wrapped = match &*call.arguments.args {
            [Expr::Name(wrapped), ..] => Some(wrapped.id.as_str()),
            _ => None,
        };
        let found = decorator(env, &call.func);
        match found {
            Decorator::Property | Decorator::AbstractProperty if self.in_class => {
                let ty = wrapped
                    .and_then(|getter| self.found.names.get(getter))
                    .and_then(|getter| match &getter.what {
                        What::Function(function) => function.signature.returns.clone(),
                        _ => None,
                    });
                return Some(What::Property(property_call(&call.arguments, ty)));
            }
            Decorator::Static | Decorator::Class => {
                let (binding, how) = if found == Decorator::Static {
                    (Binding::Static, How::Static)
                } else {
                    (Binding::Class, How::Class)
                };
                // What the name was before is gone once the name is bound again.
                if let Some(Bound {
                    what: What::Function(function),
                    ..
                }) = wrapped.and_then(|wrapped| self.found.names.get(wrapped))
                {
                    let mut function = Function::clone(function);
                    function.binding = binding;
                    return Some(What::Function(Arc::new(function)));
                }
                return Some(made(call, how));
            }
            _ => {}
        }
        // `f = wrap(f)` is a decorator written after the fact.
        if wrapped == Some(name)
            && let Some(Bound {
                what: What::Function(function),
                ..
            }) = self.found.names.get_mut(name)
        {
            if let Decorator::Unknown(path) = found {
                Arc::make_mut(function).decorators.push(path);
            }
            return None;
        }
        let how = match &found {
            Decorator::Unknown(path) => match path.as_str() {
                "functools.partial" => partial(&call.arguments, false),
                "functools.partialmethod" => partial(&call.arguments, true),
                _ => Some(How::Call),
            },
            _ => Some(How::Call),
        };
        Some(how.map_or_else(plain_attribute, |how| made(call, how)))
    }

    /// A class that a call makes.
    fn made_class(
        &mut self,
        env: &Env<'_>,
        name: &str,
        range: TextRange,
        call: &ExprCall,
    ) -> Option<What> {
        let callee = dotted(&call.func)?;
        let resolved = env.resolve(&callee);
        let arguments = &call.arguments;
        let of = |path: &str| vec![Type::Name(path.to_owned())];
        let mut class = ClassExtract {
            path: joined(&self.owner, name),
            module: self.module.clone(),
            place: Some(self.place(range)),
            ..ClassExtract::default()
        };
        match resolved.as_str() {
            "typing.NamedTuple" => {
                class.fields = typed_fields(env, arguments)?;
                class.bases = of("typing.NamedTuple");
                class.maker = Maker::NamedTuple;
            }
            "typing.TypedDict" => class.bases = of("typing.TypedDict"),
            "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag" => {
                class.bases = of(&resolved);
                for member in enum_members(arguments)? {
                    let bound = Bound::new(plain_attribute(), self.place(range));
                    class.names.insert(member, bound);
                }
            }
            // `type("X", (Base,), {})`
            "builtins.type" => {
                let [
                    Expr::StringLiteral(_),
                    Expr::Tuple(bases),
                    Expr::Dict(names),
                ] = &*arguments.args
                else {
                    return None;
                };
                class.bases = bases.iter().map(|base| type_of(env, base)).collect();
                for key in names.iter_keys() {
                    let Some(Expr::StringLiteral(key)) = key else {
                        return None;
                    };
                    let bound = Bound::new(plain_attribute(), self.place(range));
                    class.names.insert(key.value.to_str().to_owned(), bound);
                }
            }
            _ if resolved == "collections.namedtuple"
                || last_name(&call.func) == Some("namedtuple") =>
            {
                class.fields = namedtuple_fields(arguments)?;
                class.bases = of("typing.NamedTuple");
                class.maker = Maker::NamedTuple;
            }
            _ => return None,
        }
        let path = class.path.clone();
        self.found.classes.insert(path.clone(), class);
        Some(What::Class(path))
    }
}

fn made(call: &ExprCall, how: How) -> What {
    match dotted(&call.func) {
        Some(callee) => What::Made(Box::new(Made {
            callee,
            of: call.arguments.args.first().and_then(dotted),
            how,
        })),
        None => plain_attribute(),
    }
}

/// What a partial leaves; none if it unpacks.
fn partial(arguments: &Arguments, method: bool) -> Option<How> {
    if arguments.args.iter().any(Expr::is_starred_expr) {
        return None;
    }
    let keywords = arguments.keywords.iter();
    Some(How::Partial {
        positional: arguments.args.len().saturating_sub(1),
        keywords: keywords
            .map(|keyword| keyword.arg.as_ref().map(|name| name.to_string()))
            .collect::<Option<_>>()?,
        method,
    })
}

/// The members of `Enum("X", "A B")`, in each of its forms.
fn enum_members(arguments: &Arguments) -> Option<Vec<String>> {
    let names: Vec<String> = match arguments.find_argument_value("names", 1)? {
        Expr::StringLiteral(text) => text
            .value
            .to_str()
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        Expr::List(list) => member_names(&list.elts)?,
        Expr::Tuple(tuple) => member_names(&tuple.elts)?,
        Expr::Dict(dict) => {
            let keys: Option<Vec<Expr>> = dict.iter_keys().map(|key| key.cloned()).collect();
            literal_names(&keys?)?
        }
        _ => return None,
    };
    names
        .iter()
        .all(|name| is_identifier(name))
        .then_some(names)
}

/// Names, or pairs of a name and a value.
fn member_names(items: &[Expr]) -> Option<Vec<String>> {
    let name = |item: &Expr| match item {
        Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
        Expr::Tuple(pair) => match pair.elts.first() {
            Some(Expr::StringLiteral(text)) => Some(text.value.to_str().to_owned()),
            _ => None,
        },
        _ => None,
    };
    items.iter().map(name).collect()
}
