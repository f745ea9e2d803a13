//! `use` trees, flattened to one path for each name.

use super::name;
use crate::rust::raw;

/// `use` trees nested deeper than this are not looked into.
pub(super) const MAX_USE: usize = 64;

pub(super) fn flatten(tree: &syn::UseTree, prefix: String, into: &mut Vec<raw::Use>, depth: usize) {
    if depth > MAX_USE {
        return;
    }
    let join = |last: &syn::Ident| {
        let last = name(last);
        match prefix.as_str() {
            "" | "::" => format!("{prefix}{last}"),
            _ => format!("{prefix}::{last}"),
        }
    };
    // `a::{self}` is `a`.
    let target = |ident: &syn::Ident| {
        if ident == "self" && !prefix.is_empty() && prefix != "::" {
            prefix.clone()
        } else {
            join(ident)
        }
    };
    match tree {
        syn::UseTree::Path(path) => flatten(&path.tree, join(&path.ident), into, depth + 1),
        syn::UseTree::Name(ident) => {
            let path = target(&ident.ident);
            let bound = path.rsplit("::").next().unwrap_or(&path).to_owned();
            into.push(raw::Use {
                path,
                name: Some(bound),
            });
        }
        syn::UseTree::Rename(rename) => into.push(raw::Use {
            path: target(&rename.ident),
            name: Some(name(&rename.rename)),
        }),
        syn::UseTree::Glob(_) => into.push(raw::Use {
            path: prefix,
            name: None,
        }),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, prefix.clone(), into, depth + 1);
            }
        }
    }
}
