//! The order in which a class and its bases are searched: C3 as CPython does it, over what the tree shows.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use super::extract::ClassExtract;
use super::link::{Linker, Target};
use super::types::map_paths;
use crate::interface::python::Type;
use crate::interface::python_names::implied_metaclass;
use crate::interface::python_text::base_path;

/// Bases of bases are followed this far.
const DEEPEST: usize = 64;

const CIRCLE: &str = "a circle of bases";

/// What the bases of a class say.
#[derive(Debug, Default, Clone)]
pub(crate) struct Lineage {
    /// Direct bases, resolved.
    pub(crate) bases: Vec<Type>,
    /// Classes after the class itself.
    pub(crate) mro: Vec<String>,
    /// Why members may come from where the tree cannot see.
    pub(crate) open: Vec<String>,
    /// Its own metaclass, or the one that it inherits.
    pub(crate) metaclass: Option<String>,
    pub(crate) abc: bool,
}

/// Lineages by class.
#[derive(Default)]
pub(crate) struct Lineages {
    known: RwLock<BTreeMap<String, Arc<Lineage>>>,
}

impl Lineages {
    pub(crate) fn of(&self, linker: &Linker<'_>, class: &ClassExtract) -> Arc<Lineage> {
        self.within(linker, class, &mut Vec::new())
    }

    fn within(
        &self,
        linker: &Linker<'_>,
        class: &ClassExtract,
        path: &mut Vec<String>,
    ) -> Arc<Lineage> {
        if let Ok(known) = self.known.read()
            && let Some(lineage) = known.get(&class.path)
        {
            return Arc::clone(lineage);
        }
        path.push(class.path.clone());
        let lineage = Arc::new(self.compute(linker, class, path));
        path.pop();
        // In a circle of bases the result depends on where one came in.
        let is_circle = lineage.open.iter().any(|why| why.ends_with(CIRCLE));
        if !is_circle && let Ok(mut known) = self.known.write() {
            known.insert(class.path.clone(), Arc::clone(&lineage));
        }
        lineage
    }

    fn compute(
        &self,
        linker: &Linker<'_>,
        class: &ClassExtract,
        path: &mut Vec<String>,
    ) -> Lineage {
        let mut lineage = Lineage {
            bases: class.bases.clone(),
            metaclass: class.metaclass.clone(),
            ..Lineage::default()
        };
        let Some(module) = linker.extract(&class.module) else {
            return lineage;
        };
        let mut lists: Vec<Vec<String>> = Vec::new();
        let mut direct: Vec<String> = Vec::new();
        for base in &mut lineage.bases {
            map_paths(base, &mut |path| linker.canonical(module, path));
            let Some(base) = base_path(base).map(str::to_owned) else {
                lineage
                    .open
                    .push(format!("a base of {}: not a name", class.path));
                continue;
            };
            direct.push(base.clone());
            let mut list = vec![base.clone()];
            match base_class(linker, &base) {
                Target::Class(found) if !path.contains(&found.path) && path.len() < DEEPEST => {
                    let above = self.within(linker, found, path);
                    list.extend(above.mro.iter().cloned());
                    lineage.open.extend(above.open.iter().cloned());
                    lineage.abc |= above.abc;
                    if lineage.metaclass.is_none() {
                        lineage.metaclass.clone_from(&above.metaclass);
                    }
                }
                Target::Class(_) => lineage.open.push(format!("base {base}: {CIRCLE}")),
                Target::Name(_) => lineage.open.push(format!("base {base}: made at run time")),
                _ => {
                    list.extend(above_outside(&base));
                    if let Some(implied) = implied_metaclass(&base) {
                        lineage.metaclass.get_or_insert_with(|| implied.to_owned());
                        lineage.abc = true;
                    }
                    if !is_well_known(&base) {
                        lineage.open.push(format!("base {base}: outside the tree"));
                    }
                }
            }
            lists.push(list);
        }
        lists.push(direct);
        lineage.mro = c3(lists.clone()).unwrap_or_else(|| in_order(lists));
        if let Some(metaclass) = lineage.metaclass.take() {
            let metaclass = linker.canonical(module, &metaclass).unwrap_or(metaclass);
            lineage.abc |= self.is_abc_meta(linker, &metaclass, path);
            lineage.metaclass = Some(metaclass);
        }
        lineage.open.sort();
        lineage.open.dedup();
        lineage
    }

    fn is_abc_meta(&self, linker: &Linker<'_>, metaclass: &str, path: &mut Vec<String>) -> bool {
        if metaclass == "abc.ABCMeta" {
            return true;
        }
        match linker.follow(metaclass) {
            Target::Class(class) if !path.contains(&class.path) && path.len() < DEEPEST => self
                .within(linker, class, path)
                .mro
                .iter()
                .any(|base| base == "abc.ABCMeta"),
            _ => false,
        }
    }
}

fn base_class<'p>(linker: &'p Linker<'_>, base: &str) -> Target<'p> {
    match linker.follow(base) {
        Target::Missing if !linker.modules.holds_top(base) => Target::Outside(base.to_owned()),
        Target::Outside(path) => match linker.class(&path) {
            Some(class) => Target::Class(class),
            None => Target::Outside(path),
        },
        found => found,
    }
}

/// The classes above a built-in one or one of the standard library, as far as somebody may rely on them (by catching
/// an exception, by an `isinstance` test).
pub(crate) fn above_outside(base: &str) -> Vec<String> {
    let mut above = Vec::new();
    let mut here = base.to_owned();
    loop {
        let parents: &[&str] = match here.as_str() {
            "enum.IntEnum" => &["builtins.int", "enum.ReprEnum", "enum.Enum"],
            "enum.StrEnum" => &["builtins.str", "enum.ReprEnum", "enum.Enum"],
            "enum.IntFlag" => &["builtins.int", "enum.ReprEnum", "enum.Flag", "enum.Enum"],
            "enum.Flag" => &["enum.Enum"],
            "collections.OrderedDict" | "collections.defaultdict" | "collections.Counter" => {
                &["builtins.dict"]
            }
            "builtins.bool" => &["builtins.int"],
            "typing.NamedTuple" => &["builtins.tuple"],
            other => match other.strip_prefix("builtins.").and_then(above_exception) {
                Some(parent) => {
                    here = format!("builtins.{parent}");
                    above.push(here.clone());
                    continue;
                }
                None => return above,
            },
        };
        above.extend(parents.iter().map(|parent| (*parent).to_owned()));
        return above;
    }
}

fn above_exception(name: &str) -> Option<&'static str> {
    Some(match name {
        "Exception" | "KeyboardInterrupt" | "SystemExit" | "GeneratorExit"
        | "BaseExceptionGroup" => "BaseException",
        "FloatingPointError" | "OverflowError" | "ZeroDivisionError" => "ArithmeticError",
        "IndexError" | "KeyError" => "LookupError",
        "ModuleNotFoundError" => "ImportError",
        "UnboundLocalError" => "NameError",
        "NotImplementedError" | "RecursionError" => "RuntimeError",
        "IndentationError" => "SyntaxError",
        "TabError" => "IndentationError",
        "UnicodeError" => "ValueError",
        "UnicodeDecodeError" | "UnicodeEncodeError" | "UnicodeTranslateError" => "UnicodeError",
        "BlockingIOError" | "ChildProcessError" | "ConnectionError" | "FileExistsError"
        | "FileNotFoundError" | "InterruptedError" | "IsADirectoryError" | "NotADirectoryError"
        | "PermissionError" | "ProcessLookupError" | "TimeoutError" => "OSError",
        "BrokenPipeError"
        | "ConnectionAbortedError"
        | "ConnectionRefusedError"
        | "ConnectionResetError" => "ConnectionError",
        "BytesWarning"
        | "DeprecationWarning"
        | "EncodingWarning"
        | "FutureWarning"
        | "ImportWarning"
        | "PendingDeprecationWarning"
        | "ResourceWarning"
        | "RuntimeWarning"
        | "SyntaxWarning"
        | "UnicodeWarning"
        | "UserWarning" => "Warning",
        "ArithmeticError" | "AssertionError" | "AttributeError" | "BufferError" | "EOFError"
        | "ImportError" | "LookupError" | "MemoryError" | "NameError" | "OSError"
        | "ReferenceError" | "RuntimeError" | "StopAsyncIteration" | "StopIteration"
        | "SyntaxError" | "SystemError" | "TypeError" | "ValueError" | "Warning"
        | "StandardError" | "ExceptionGroup" => "Exception",
        _ => return None,
    })
}

/// The merge of C3; none if there is no consistent order.
pub(crate) fn c3(mut lists: Vec<Vec<String>>) -> Option<Vec<String>> {
    let mut merged = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Some(merged);
        }
        let head = lists
            .iter()
            .map(|list| &list[0])
            .find(|head| !lists.iter().any(|list| list[1..].contains(head)))?
            .clone();
        for list in &mut lists {
            if list[0] == head {
                list.remove(0);
            }
        }
        merged.push(head);
    }
}

/// First come, first searched.
pub(crate) fn in_order(lists: Vec<Vec<String>>) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for path in lists.into_iter().flatten() {
        if !order.contains(&path) {
            order.push(path);
        }
    }
    order
}

/// Bases outside every tree that bring no members which an interface would count as its own.
fn is_well_known(base: &str) -> bool {
    let Some((module, name)) = base.rsplit_once('.') else {
        return false;
    };
    match module {
        "builtins" | "abc" | "enum" | "collections.abc" | "numbers" => true,
        "typing" => matches!(name, "Generic" | "Protocol" | "NamedTuple" | "TypedDict"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        text.chars().map(String::from).collect()
    }

    #[test]
    fn merges_as_python_does() {
        // class D(B, C), B(A), C(A)
        let lists = vec![list("BA"), list("CA"), list("BC")];
        assert_eq!(c3(lists), Some(list("BCA")));
        // class X(A, B), B(A): no order.
        assert_eq!(c3(vec![list("A"), list("BA"), list("AB")]), None);
        assert_eq!(in_order(vec![list("A"), list("BA")]), list("AB"));
    }
}
