//! What lines say together: imports that lead to classes with tables, and members that classes inherit from those.

use std::collections::{BTreeMap, BTreeSet};

use crate::interface::python::{Interface, Kind};
use crate::interface::python_names::implied_metaclass;
use crate::interface::python_text::base_path;
use crate::python::env::joined;
use crate::python::mro::{above_outside, c3, in_order};

/// Imports of classes that have tables are those classes; and all imports are exports.
pub(super) fn settle_imports(interface: &mut Interface) {
    let classes: BTreeSet<String> = interface.classes.keys().cloned().collect();
    let owners = interface
        .classes
        .values_mut()
        .map(|class| &mut class.members)
        .chain(
            interface
                .modules
                .values_mut()
                .map(|module| &mut module.members),
        );
    for members in owners {
        for member in members.values_mut() {
            if let Kind::Import(path) = &member.kind
                && classes.contains(path)
            {
                member.kind = Kind::Class(path.clone());
            }
        }
    }
    for (module, model) in &interface.modules {
        for (name, member) in &model.members {
            if let Kind::Import(path) | Kind::Class(path) | Kind::Module(path) = &member.kind {
                let exported = joined(module, name);
                if exported != *path {
                    interface.exports.insert(exported, path.clone());
                }
            }
        }
    }
}

/// Gives classes what they inherit from those that have tables.
pub(super) fn inherit(interface: &mut Interface) {
    let paths: Vec<String> = interface.classes.keys().cloned().collect();
    let mut orders = BTreeMap::new();
    for path in &paths {
        order(interface, path, &mut orders, &mut Vec::new());
    }
    let own = interface.classes.clone();
    for (path, class) in &mut interface.classes {
        class.mro = orders.remove(path).unwrap_or_default();
        for base in &class.mro {
            if let Some(implied) = implied_metaclass(base) {
                class.metaclass.get_or_insert_with(|| implied.to_owned());
            }
            let Some(base) = own.get(base) else { continue };
            class.abc |= base.abc;
            if class.metaclass.is_none() {
                class.metaclass.clone_from(&base.metaclass);
            }
            for (name, member) in &base.members {
                if !class.partial && !class.members.contains_key(name) {
                    class.members.insert(name.clone(), member.clone());
                }
            }
        }
        class.abc |= class.metaclass.as_deref() == Some("abc.ABCMeta");
    }
}

/// The classes after `path` in the order of lookup, as far as tables tell.
fn order(
    interface: &Interface,
    path: &str,
    known: &mut BTreeMap<String, Vec<String>>,
    open: &mut Vec<String>,
) -> Vec<String> {
    if let Some(found) = known.get(path) {
        return found.clone();
    }
    let Some(class) = interface.classes.get(path) else {
        return Vec::new();
    };
    if open.iter().any(|other| other == path) {
        return Vec::new();
    }
    open.push(path.to_owned());
    let direct: Vec<String> = class
        .bases
        .iter()
        .filter_map(base_path)
        .map(str::to_owned)
        .collect();
    let mut lists: Vec<Vec<String>> = direct
        .iter()
        .map(|base| {
            let mut list = vec![base.clone()];
            if interface.classes.contains_key(base) {
                list.extend(order(interface, base, known, open));
            } else {
                list.extend(above_outside(base));
            }
            list
        })
        .collect();
    lists.push(direct);
    open.pop();
    let found = c3(lists.clone()).unwrap_or_else(|| in_order(lists));
    known.insert(path.to_owned(), found.clone());
    found
}
