//! Attributes that a class declares in a literal dict called `fields`, as versioned objects do. It only lists them.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use crate::interface::Place;
use crate::python::source::Source;

/// The fields of every class of a file, by the class's path within the module.
pub(super) fn fields(source: &Source<'_>) -> BTreeMap<String, BTreeMap<String, Place>> {
    let mut found = BTreeMap::new();
    collect(source, source.body(), "", &mut found);
    found
}

fn collect(
    source: &Source<'_>,
    body: &[Stmt],
    owner: &str,
    found: &mut BTreeMap<String, BTreeMap<String, Place>>,
) {
    for stmt in body {
        match stmt {
            Stmt::ClassDef(class) => {
                let path = if owner.is_empty() {
                    class.name.to_string()
                } else {
                    format!("{owner}.{}", class.name)
                };
                collect(source, &class.body, &path, found);
            }
            Stmt::Assign(assign) if !owner.is_empty() => {
                let is_fields = assign.targets.iter().any(|target| {
                    target
                        .as_name_expr()
                        .is_some_and(|name| name.id.as_str() == "fields")
                });
                let Expr::Dict(dict) = &*assign.value else {
                    continue;
                };
                if !is_fields {
                    continue;
                }
                let own = found.entry(owner.to_owned()).or_default();
                for item in &dict.items {
                    if let Some(Expr::StringLiteral(key)) = &item.key {
                        own.insert(key.value.to_str().to_owned(), source.place(key.range()));
                    }
                }
            }
            _ => {}
        }
    }
}
