//! Two Rust interfaces, old against new: pairs items up and has each pair judged. Whether a side comes from source or
//! from a contract makes no difference. It reads no files and prints nothing.
//!
//! The verdicts are those of the definitions; who of the roles is listening is decided elsewhere.

mod canon;
mod constants;
mod dyn_compatible;
mod enums;
mod features;
mod functions;
mod generics;
mod impls;
mod inputs;
mod items;
mod lifetimes;
mod marks;
mod members;
mod report;
mod traits;
mod types;

use std::collections::BTreeSet;

use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::{Interface, Item, Kind, last, parent, prefixes};

use canon::{Canon, Paths};
use report::Sides;

/// How to compare.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What is compared was named by somebody: it counts even if it is left out of the documentation.
    pub named: bool,
    /// The old side is a contract.
    pub contract: bool,
}

/// Judges what became of everything in `old`, and notes what is new. The findings come in no order.
pub fn compare(old: &Interface, new: &Interface, options: &Options) -> Vec<Finding> {
    let paths = Paths::new(old, new, options.named);
    let mut pair = Pair {
        old,
        new,
        options,
        paths: &paths,
        found: Vec::new(),
    };
    pair.items();
    pair.reexports();
    pair.added();
    pair.features();
    pair.found
}

/// Both interfaces, and what was found so far.
struct Pair<'a> {
    old: &'a Interface,
    new: &'a Interface,
    options: &'a Options,
    paths: &'a Paths,
    found: Vec<Finding>,
}

/// What became of a path.
enum Now<'a> {
    /// It leads to this item.
    Item(&'a str, &'a Item),
    /// It leads out of the tree, or to something that is not shown.
    Elsewhere,
    /// The item is there, but this path no longer leads to it; another one does.
    Moved(&'a str, &'a Item),
    /// It is still defined, but can no longer be named.
    Unreachable(&'a str, &'a Item),
    /// It is gone.
    Gone,
}

/// A path, or the same name among macros or functions.
fn spellings(path: &str) -> [String; 3] {
    [path.to_owned(), format!("{path}!"), format!("{path}()")]
}

impl<'a> Pair<'a> {
    fn canon(&self) -> Canon<'a> {
        Canon::new(self.paths)
    }

    /// Whether somebody outside could import this path, or has named it.
    fn counts(&self, path: &str) -> bool {
        self.options.named || !self.old.hidden.contains(path)
    }

    fn now(&self, path: &str, kind: &Kind) -> Now<'a> {
        let new = self.new;
        let bare = path.trim_end_matches("()");
        let mut elsewhere = false;
        for spelling in [path.to_owned(), bare.to_owned(), format!("{bare}()")] {
            let Some((export, key)) = new.exports.get_key_value(&spelling) else {
                continue;
            };
            match new.items.get_key_value(key) {
                Some((key, item)) if same_world(kind, &item.kind) => return Now::Item(key, item),
                Some(_) => {}
                None => elsewhere |= !new.is_local(key) || export == key,
            }
        }
        if elsewhere {
            return Now::Elsewhere;
        }
        // Another path by which the item could be imported.
        for (other, key) in &self.old.exports {
            if key == path
                && other != path
                && let Some(now) = new.exports.get(other)
                && let Some((key, item)) = new.items.get_key_value(now)
                && same_world(kind, &item.kind)
            {
                return Now::Moved(key, item);
            }
        }
        let defined = self.old.defined.get(path).map_or(path, String::as_str);
        for path in [path, defined] {
            if let Some((key, item)) = new.items.get_key_value(path)
                && same_world(kind, &item.kind)
            {
                let importable = new.exports.values().any(|target| target == key);
                if importable {
                    return Now::Moved(key, item);
                }
                return if self.old.exports.contains_key(path) && !self.options.contract {
                    Now::Unreachable(key, item)
                } else {
                    Now::Item(key, item)
                };
            }
        }
        Now::Gone
    }

    fn items(&mut self) {
        let old = self.old;
        for (path, item) in &old.items {
            if !self.counts(path) {
                continue;
            }
            match self.now(path, &item.kind) {
                Now::Item(key, now) => self.item(path, item, key, now),
                Now::Moved(key, now) => {
                    self.gone_path(path, item, key, now);
                    self.item(path, item, key, now);
                }
                Now::Unreachable(key, now) => self.unreachable(path, item, key, now),
                Now::Elsewhere => {}
                Now::Gone => self.gone(path, item),
            }
        }
    }

    /// Whether what is missing at `path` is told of already, or cannot be told at all.
    fn is_excused(&self, path: &str) -> bool {
        if self.new.is_untrusted(path) {
            return true;
        }
        let defined = self.old.defined.get(path).map_or(path, String::as_str);
        if self.new.is_untrusted(defined) {
            return true;
        }
        // The module is gone as a whole, and that is said once.
        let module = parent(path);
        if !module.is_empty()
            && self.old.items.contains_key(module)
            && !self.new.exports.contains_key(module)
            && self.old.exports.contains_key(module)
        {
            return true;
        }
        self.may_be_made(path, defined)
    }

    /// Whether a macro may make now what was at `path`: one in its module, or, of a module that has gone too, one in a
    /// module above. Exported macros may be made anywhere.
    fn may_be_made(&self, path: &str, defined: &str) -> bool {
        let new = self.new;
        let name = last(path).trim_end_matches('!').trim_end_matches("()");
        let krate = path.split("::").next().unwrap_or(path);
        if path.ends_with('!') {
            let mut own = new
                .made
                .iter()
                .filter(|(module, _)| prefixes(module).any(|of| of == krate));
            return own.any(|(_, words)| words.contains(name));
        }
        let module = parent(path);
        let key = new.exports.get(module).map_or(module, String::as_str);
        let homes = [
            module,
            key,
            new.defined.get(key).map_or(key, String::as_str),
            parent(defined),
        ];
        let made_in = |home: &str| new.made.get(home);
        if homes
            .iter()
            .filter_map(|home| made_in(home))
            .any(|words| words.contains(name) || words.contains("*"))
        {
            return true;
        }
        // `make! { pub mod inner { pub fn name() {} } }`
        let mut below = module;
        while !below.is_empty() && !new.exports.contains_key(below) {
            let above = parent(below);
            if made_in(above)
                .is_some_and(|words| words.contains(last(below)) && words.contains(name))
            {
                return true;
            }
            below = above;
        }
        false
    }

    fn gone(&mut self, path: &str, item: &Item) {
        if self.is_excused(path) {
            return;
        }
        let word = item.kind.word();
        let name = report::bare(path);
        // An alias may have become a re-export, and an item may go by a new name.
        let renamed = self.renamed(path, item);
        let mut message = format!("{word} `{name}` is gone");
        if let Some(now) = &renamed {
            message.push_str(&format!(
                ", and `{}` is new with the same content",
                report::bare(now)
            ));
        }
        let role = match item.kind {
            Kind::Trait(ref of) if !of.sealed => vec![Role::Callers, Role::Implementers],
            _ => vec![Role::Callers],
        };
        let mut finding = Finding::new("item-removed", name.clone(), last(&name), message);
        for role in role {
            finding = finding.hurts(role, report::sure(&item.marks.cfg));
        }
        finding.help = match renamed {
            Some(now) => format!(
                "keep the old name as an alias (`pub use {} as {};`), deprecated, for a release",
                report::bare(&now),
                last(&name)
            ),
            None => format!("keep the {word}, deprecated, until its users have moved"),
        };
        let sides = Sides::removed(self, path, report::header(path, item), &item.at);
        self.push(finding, sides);
    }

    /// An item of the same content that is new under another name in the same module.
    fn renamed(&self, path: &str, item: &Item) -> Option<String> {
        if matches!(
            item.kind,
            Kind::Macro | Kind::Module | Kind::Const(_) | Kind::Static { .. } | Kind::Alias { .. }
        ) {
            return None;
        }
        let mut candidates = self.new.items.iter().filter(|(key, now)| {
            parent(key) == parent(path)
                && !self.old.items.contains_key(*key)
                && now.kind.word() == item.kind.word()
        });
        let (key, now) = candidates.next()?;
        if candidates.next().is_some() {
            return None;
        }
        let shape = |kind: &Kind| match kind {
            Kind::Trait(of) => of.items.keys().cloned().collect::<Vec<_>>(),
            Kind::Struct(of) | Kind::Union(of) => of
                .fields
                .iter()
                .map(|field| field.name.clone())
                .chain(of.members.iter().map(|member| member.name.clone()))
                .collect(),
            Kind::Enum(of) => of
                .variants
                .iter()
                .map(|variant| variant.name.clone())
                .collect(),
            Kind::Function(of) => vec![format!("{:?}", of.inputs)],
            _ => Vec::new(),
        };
        let content = shape(&item.kind);
        (!content.is_empty() && shape(&now.kind) == content).then(|| key.clone())
    }

    fn unreachable(&mut self, path: &str, item: &Item, key: &str, now: &Item) {
        let module = parent(path);
        if !module.is_empty()
            && self.old.items.contains_key(module)
            && self.old.exports.contains_key(module)
            && !self.new.exports.contains_key(module)
        {
            return;
        }
        let name = report::bare(path);
        let word = item.kind.word();
        let message = format!("{word} `{name}` can no longer be named from outside its crate");
        let mut finding = Finding::new("visibility-reduced", name.clone(), last(&name), message)
            .hurts(Role::Callers, Certainty::Definite);
        if matches!(&item.kind, Kind::Trait(of) if !of.sealed) {
            finding = finding.hurts(Role::Implementers, Certainty::Definite);
        }
        finding.help = format!("make the {word} `pub` again, or re-export it at the old path");
        let sides = Sides::both(
            self,
            (report::header(path, item), &item.at),
            (report::header(key, now), &now.at),
        );
        self.push(finding, sides);
    }

    /// A path by which an item could be imported, while another is left.
    fn gone_path(&mut self, path: &str, item: &Item, key: &str, now: &Item) {
        if self.is_excused(path) {
            return;
        }
        let name = report::bare(path);
        let word = item.kind.word();
        let other = report::bare(key);
        let message =
            format!("{word} `{name}` can no longer be imported by this path, only as `{other}`");
        let mut finding = Finding::new("item-removed", name.clone(), last(&name), message)
            .hurts(Role::Callers, Certainty::Definite);
        if matches!(&item.kind, Kind::Trait(of) if !of.sealed) {
            finding = finding.hurts(Role::Implementers, Certainty::Definite);
        }
        finding.help = format!("re-export it at the old path: `pub use {other};`");
        let sides = Sides::both(
            self,
            (report::header(path, item), &item.at),
            (report::header(key, now), &now.at),
        );
        self.push(finding, sides);
    }

    /// Importable paths other than the one by which an item goes.
    fn reexports(&mut self) {
        let old = self.old;
        for (path, key) in &old.exports {
            if path == key || !self.counts(path) || old.items.contains_key(path) {
                continue;
            }
            let known = spellings(path.trim_end_matches('!').trim_end_matches("()"))
                .iter()
                .any(|path| {
                    self.new.exports.contains_key(path) || self.new.items.contains_key(path)
                });
            if known || self.is_excused(path) {
                continue;
            }
            // Items that went as a whole are told of under their own path.
            let survives = match old.items.get(key) {
                Some(item) => {
                    !matches!(self.now(key, &item.kind), Now::Gone | Now::Unreachable(..))
                }
                None => true,
            };
            // What stands below a module that cannot be imported here any more is told of once.
            let above = parent(path);
            let module_gone = !above.is_empty()
                && old.exports.contains_key(above)
                && !self.new.exports.contains_key(above);
            if !survives || module_gone {
                continue;
            }
            let name = report::bare(path);
            let target = report::bare(key);
            let message =
                format!("`{name}` (which is `{target}`) can no longer be imported by this path");
            let mut finding = Finding::new("item-removed", name.clone(), last(&name), message)
                .hurts(Role::Callers, Certainty::Definite);
            finding.help = format!("re-export it again: `pub use {target};`");
            let sides =
                Sides::removed(self, path, format!("pub use {target};"), &report::nowhere());
            self.push(finding, sides);
        }
    }

    /// Items that were not there before, and paths by which others can be imported now.
    fn added(&mut self) {
        let (old, new) = (self.old, self.new);
        let known: BTreeSet<&String> = old.exports.values().collect();
        for (path, key) in &new.exports {
            let bare = path.trim_end_matches('!').trim_end_matches("()");
            let was_there = spellings(bare)
                .iter()
                .any(|path| old.exports.contains_key(path) || old.items.contains_key(path))
                || (path == key && known.contains(path));
            let module = parent(path);
            let module_is_new = new.items.contains_key(module) && !old.exports.contains_key(module);
            if was_there || module_is_new || new.hidden.contains(path) || old.is_untrusted(path) {
                continue;
            }
            let name = report::bare(path);
            let (message, line, at) = match new.items.get(key) {
                Some(item) if path == key => {
                    let message = format!("{} `{name}` is new", item.kind.word());
                    (message, report::header(path, item), item.at.clone())
                }
                // A new item is told of under its own path, and a contract knows no others.
                Some(_) if self.options.contract || !self.was_importable(key) => continue,
                // The variants of a new enum are new with it.
                None if new.is_local(key) && !self.was_importable(parent(key)) => continue,
                // Of what was not asked for nothing is said.
                None if self.options.contract || self.options.named => continue,
                item => {
                    let target = report::bare(key);
                    let at = item.map_or_else(report::nowhere, |item| item.at.clone());
                    let message = format!("`{target}` can be imported as `{name}`, too");
                    (message, format!("pub use {target};"), at)
                }
            };
            let finding = Finding::new("item-added", name.clone(), last(&name), message);
            let sides = Sides::added(self, line, &at);
            self.push(finding, sides);
        }
    }

    /// Whether what goes by `key` now could be imported before, by whatever path.
    fn was_importable(&self, key: &str) -> bool {
        let leads =
            |(path, now): (&String, &String)| now == key && self.old.exports.contains_key(path);
        self.new.exports.iter().any(leads)
    }
}

/// Whether both live in the same world of names, so that one can stand for the other.
fn same_world(a: &Kind, b: &Kind) -> bool {
    let world = |kind: &Kind| match kind {
        Kind::Module => 0,
        Kind::Macro => 1,
        Kind::Function(_) | Kind::Const(_) | Kind::Static { .. } => 2,
        _ => 3,
    };
    world(a) == world(b)
}
