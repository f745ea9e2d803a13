//! A `class` statement: bases, metaclass, decorators, body. Inherited members are joined in [`crate::python::link`].

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Number, Operator, StmtClassDef};
use ruff_text_size::Ranged;

use super::scope::Scope;
use super::{Bound, ClassExtract, Field, Maker, What};
use crate::interface::python::Type;
use crate::python::decorators::{added_metaclass, class_decorator, is_attrs, is_constructor_maker};
use crate::python::env::{Env, dotted, joined, last_name};
use crate::python::expr_text::expr_text;
use crate::python::signature::type_params_text;
use crate::python::types::type_of;

impl Scope<'_, '_> {
    pub(super) fn class<'a>(
        &mut self,
        env: &mut Env<'a>,
        def: &'a StmtClassDef,
        conditional: bool,
    ) {
        let name = def.name.as_str();
        let path = joined(&self.owner, name);
        let source = self.source;
        let after_decorators = def.decorator_list.last().map_or(def.start(), Ranged::end);
        let class_start = source.keyword_after(after_decorators, &[TokenKind::Class]);
        let body_start = def.body.first().map_or(def.end(), Ranged::start);
        let header = source.header(class_start, body_start.max(class_start));

        let params = env.add_params(def.type_params.as_deref());
        let mut class = ClassExtract {
            path: path.clone(),
            module: self.module.clone(),
            type_params: def.type_params.as_deref().map(type_params_text),
            place: Some(self.place(header)),
            untrusted: source.damage_before(def.start(), body_start).is_some(),
            ..ClassExtract::default()
        };
        for base in def.bases() {
            self.base(env, base, &mut class);
        }
        for keyword in def.keywords() {
            if keyword.arg.as_deref() == Some("metaclass") {
                class.metaclass = path_of(env, &keyword.value);
            }
        }
        self.class_decorators(env, def, &mut class);

        env.enter(&path, &def.body);
        let mut inner = Scope::new(source, &path, &self.module, true);
        inner.found.fields_kw_only = matches!(class.maker, Maker::Dataclass { kw_only: true, .. });
        inner.body(env, &def.body, false);
        env.leave();
        env.forget_params(params);

        let found = inner.finish();
        class.names = found.names;
        class.instance = found.instance;
        class.fields.extend(found.fields);
        if let Some(metaclass) = found.metaclass {
            class.metaclass.get_or_insert(metaclass);
        }
        let bound = Bound::new(What::Class(path.clone()), self.place(header));
        if self.bind(name, bound, conditional) {
            self.found.classes.extend(found.classes);
            self.found.classes.insert(path, class);
        }
    }

    fn base(&mut self, env: &Env<'_>, base: &Expr, class: &mut ClassExtract) {
        if let Expr::Call(call) = base {
            match last_name(&call.func) {
                // `with_metaclass(Meta, Base, …)`
                Some("with_metaclass") => {
                    let mut arguments = call.arguments.args.iter();
                    class.metaclass = arguments.next().and_then(|meta| path_of(env, meta));
                    for base in arguments {
                        class.bases.push(type_of(env, base));
                    }
                    return;
                }
                Some("namedtuple") => {
                    if let Some(fields) = namedtuple_fields(&call.arguments) {
                        class.fields = fields;
                        class.maker = Maker::NamedTuple;
                        class.bases.push(Type::Name("typing.NamedTuple".to_owned()));
                        return;
                    }
                }
                _ => {}
            }
        }
        // `class C(A if A else object)`: what it is where all is there.
        if let Expr::If(choice) = base {
            self.base(env, &choice.body, class);
            return;
        }
        if matches!(base, Expr::Starred(_)) {
            class.bases.push(Type::Other(expr_text(base)));
            return;
        }
        let ty = type_of(env, base);
        if ty == Type::Name("typing.NamedTuple".to_owned()) {
            class.maker = Maker::NamedTuple;
        }
        class.bases.push(ty);
    }

    fn class_decorators(&self, env: &Env<'_>, def: &StmtClassDef, class: &mut ClassExtract) {
        for found in &def.decorator_list {
            if let Some(metaclass) = added_metaclass(env, &found.expression) {
                class.metaclass = Some(metaclass);
                continue;
            }
            // The standard library makes its enums so, to be quicker to import.
            if let Expr::Call(call) = &found.expression
                && last_name(&call.func) == Some("_simple_enum")
                && let [base, ..] = &*call.arguments.args
            {
                class.bases.push(type_of(env, base));
                continue;
            }
            let decorator = class_decorator(env, &found.expression);
            if decorator.path == "typing.final" {
                class.is_final = true;
            }
            if is_constructor_maker(&decorator.path) {
                let flag = |name: &str| -> Option<bool> {
                    let Expr::Call(call) = &found.expression else {
                        return None;
                    };
                    match &call.arguments.find_keyword(name)?.value {
                        Expr::BooleanLiteral(literal) => Some(literal.value),
                        _ => None,
                    }
                };
                class.maker = Maker::Dataclass {
                    init: flag("init").unwrap_or(true),
                    kw_only: flag("kw_only").unwrap_or(false),
                    attrs: is_attrs(&decorator.path),
                    order: flag("order").unwrap_or(false),
                };
            }
            class.decorators.push(decorator.text);
        }
    }
}

fn path_of(env: &Env<'_>, expr: &Expr) -> Option<String> {
    dotted(expr).map(|name| env.resolve(&name))
}

/// The fields of `namedtuple('X', 'a b', defaults=…)`, if they are literal.
pub(super) fn namedtuple_fields(arguments: &ruff_python_ast::Arguments) -> Option<Vec<Field>> {
    let names: Vec<String> = match arguments.find_argument_value("field_names", 1)? {
        Expr::StringLiteral(text) => text
            .value
            .to_str()
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        Expr::List(list) => literal_names(&list.elts)?,
        Expr::Tuple(tuple) => literal_names(&tuple.elts)?,
        _ => return None,
    };
    let defaults = match arguments.find_keyword("defaults") {
        Some(found) => default_texts(&found.value, names.len())?,
        None => Vec::new(),
    };
    let without = names.len().saturating_sub(defaults.len());
    Some(
        names
            .into_iter()
            .enumerate()
            .map(|(index, name)| Field {
                name,
                ty: None,
                default: index
                    .checked_sub(without)
                    .and_then(|at| defaults.get(at).cloned()),
                kw_only: false,
                init: true,
                place: None,
            })
            .collect(),
    )
}

/// The defaults of a `namedtuple` with so many fields: a literal sequence, or one that is repeated.
fn default_texts(value: &Expr, fields: usize) -> Option<Vec<String>> {
    Some(match value {
        Expr::List(list) => list.iter().map(expr_text).collect(),
        Expr::Tuple(tuple) => tuple.iter().map(expr_text).collect(),
        Expr::NoneLiteral(_) => Vec::new(),
        Expr::BinOp(op) if op.op == Operator::Mult => {
            let (items, times) = match (&*op.left, &*op.right) {
                (Expr::NumberLiteral(times), items) | (items, Expr::NumberLiteral(times)) => {
                    (items, times)
                }
                _ => return None,
            };
            let Number::Int(times) = &times.value else {
                return None;
            };
            let once = default_texts(items, fields)?;
            let times = times.as_usize()?;
            if once.len().checked_mul(times)? > fields {
                return None;
            }
            once.iter()
                .cycle()
                .take(once.len() * times)
                .cloned()
                .collect()
        }
        _ => return None,
    })
}

/// The fields of `NamedTuple('X', [('a', int), …])`, if they are literal.
pub(super) fn typed_fields(
    env: &Env<'_>,
    arguments: &ruff_python_ast::Arguments,
) -> Option<Vec<Field>> {
    let fields = match arguments.find_argument_value("fields", 1)? {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    let field = |item: &Expr| match item {
        Expr::Tuple(pair) => match &*pair.elts {
            [Expr::StringLiteral(name), annotation] => Some(Field {
                name: name.value.to_str().to_owned(),
                ty: Some(type_of(env, annotation)),
                default: None,
                kw_only: false,
                init: true,
                place: None,
            }),
            _ => None,
        },
        _ => None,
    };
    fields.iter().map(field).collect()
}

/// The texts of a list of string literals.
pub(super) fn literal_names(items: &[Expr]) -> Option<Vec<String>> {
    items
        .iter()
        .map(|item| match item {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            _ => None,
        })
        .collect()
}
