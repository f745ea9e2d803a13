//! When two types are one: parameters go by their places, paths by what they lead to now, lifetimes apart. What is left
//! is compared by equality. It judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Certainty;
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{
    Arg, Bound, Generics, Interface, Kind, Param, ParamKind, TraitRef, Type, last,
};

/// What paths of the old interface are called in the new one.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Old path to new path.
    renamed: BTreeMap<String, String>,
    /// Paths that can be named in the new interface.
    known: BTreeSet<String>,
    /// Crates of either.
    crates: BTreeSet<String>,
    /// Types that nobody outside can name count all the same.
    named: bool,
    /// Supertraits of the traits of the new interface.
    supertraits: BTreeMap<String, Vec<Bound>>,
}

impl Paths {
    /// Finds out what each old path is now.
    pub(super) fn new(old: &Interface, new: &Interface, named: bool) -> Self {
        let mut paths = Self {
            named,
            crates: old.crates.union(&new.crates).cloned().collect(),
            known: new.exports.values().cloned().collect(),
            ..Self::default()
        };
        paths.known.extend(new.items.keys().cloned());
        for (key, item) in &new.items {
            if let Kind::Trait(of) = &item.kind {
                paths
                    .supertraits
                    .insert(key.clone(), of.supertraits.clone());
            }
        }
        for (path, key) in &new.exports {
            paths.renamed.insert(path.clone(), key.clone());
        }
        // An alias that only gives another name.
        for (key, item) in &new.items {
            if let Kind::Alias {
                generics,
                ty: Type::Path(target, args),
            } = &item.kind
                && *args == own_args(generics)
            {
                for now in paths.renamed.values_mut().filter(|now| *now == key) {
                    target.clone_into(now);
                }
            }
        }
        // What could not be named, and can be now.
        for (key, defined) in &new.defined {
            paths
                .renamed
                .entry(defined.clone())
                .or_insert_with(|| key.clone());
        }
        // A path that has gone, of an item that can be imported otherwise.
        for (path, key) in &old.exports {
            if let Some(now) = new.exports.get(path) {
                paths
                    .renamed
                    .entry(key.clone())
                    .or_insert_with(|| now.clone());
            }
        }
        // One that has gone, and one that is new, of one name: most likely it has moved.
        let mut arrived: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        for key in new.items.keys() {
            if !old.exports.contains_key(key) && !old.items.contains_key(key) {
                arrived.entry(last(key)).or_default().push(key);
            }
        }
        for key in old.items.keys() {
            if !paths.renamed.contains_key(key)
                && !paths.known.contains(key)
                && let Some([only]) = arrived.get(last(key)).map(Vec::as_slice)
            {
                paths.renamed.insert(key.clone(), (*only).clone());
            }
        }
        paths
    }

    fn supertraits(&self, path: &str) -> &[Bound] {
        self.supertraits.get(path).map_or(&[], Vec::as_slice)
    }

    fn is_local(&self, path: &str) -> bool {
        path.contains("::")
            && self
                .crates
                .contains(path.split("::").next().unwrap_or(path))
    }

    /// What a path of either interface is in the new one. What nobody outside can name goes by its last part: where
    /// it is defined is nobody's business.
    fn now(&self, path: &str) -> String {
        let path = self.renamed.get(path).map_or(path, String::as_str);
        if self.is_local(path) {
            if self.known.contains(path) {
                return path.to_owned();
            }
            return format!("{UNNAMED}{}", last(path));
        }
        // Another crate may offer one thing by many paths, and pass on what yet another one offers.
        if path.contains("::") && !path.starts_with("std::") {
            return format!("::{}", last(path));
        }
        path.to_owned()
    }
}

/// The crates that a crate's types are passed on by, most likely: `futures`, `futures_core` and `futures_util`.
fn family(path: &str) -> &str {
    let krate = path.trim_start_matches("::").split("::").next();
    krate
        .and_then(|krate| krate.split('_').next())
        .unwrap_or(path)
}

/// Whether two types differ only in the crates that types of other crates come from: one may pass on what is the
/// other's.
pub(super) fn alike(a: &Type, b: &Type) -> bool {
    struct Loose;
    impl Fold for Loose {
        fn path(&mut self, path: &str, args: Vec<Arg>) -> Type {
            let bare = if path.starts_with("::") {
                last(path)
            } else {
                path
            };
            Type::Path(bare.to_owned(), args)
        }
    }
    Loose.ty(a) == Loose.ty(b)
}

/// How sure it is that two types that differ are two types.
pub(super) fn changed(old: &Type, new: &Type) -> Certainty {
    if alike(old, new) {
        Certainty::Possible
    } else {
        Certainty::Definite
    }
}

/// Marks what nobody outside can name.
pub(super) const UNNAMED: &str = "?::";

/// A type's own parameters as arguments.
fn own_args(generics: &Generics) -> Vec<Arg> {
    generics
        .params
        .iter()
        .map(|param| match &param.kind {
            ParamKind::Lifetime(_) => Arg::Lifetime(param.name.clone()),
            ParamKind::Type { .. } => Arg::Type(Type::Param(param.name.clone())),
            ParamKind::Const { .. } => Arg::Const(param.name.clone()),
        })
        .collect()
}

/// Rewrites types into the form in which equal ones are equal.
#[derive(Clone)]
pub(super) struct Canon<'p> {
    paths: &'p Paths,
    names: BTreeMap<String, String>,
}

impl<'p> Canon<'p> {
    /// With no parameters in scope.
    pub(super) fn new(paths: &'p Paths) -> Self {
        Self {
            paths,
            names: BTreeMap::new(),
        }
    }

    /// Parameters of `generics` go by their places, marked by `level`.
    #[must_use]
    pub(super) fn with(&self, generics: &Generics, level: char) -> Self {
        let mut inner = self.clone();
        let mut index = 0;
        for param in &generics.params {
            if !matches!(param.kind, ParamKind::Lifetime(_)) {
                inner
                    .names
                    .insert(param.name.clone(), format!("{level}{index}"));
                index += 1;
            }
        }
        inner
    }

    /// What the path of an item is in the new interface.
    pub(super) fn key(&self, path: &str) -> String {
        self.paths.now(path)
    }
}

impl Fold for Canon<'_> {
    fn param(&mut self, name: &str) -> Type {
        Type::Param(self.names.get(name).map_or(name, String::as_str).to_owned())
    }
    fn path(&mut self, path: &str, args: Vec<Arg>) -> Type {
        let key = self.key(path);
        // Nobody can tell such types apart but by what they can do.
        if key.starts_with(UNNAMED) && !self.paths.named {
            return Type::plain(UNNAMED);
        }
        if let Some(name) = key.strip_prefix("::") {
            return Type::Path(format!("::{}::{name}", family(path)), args);
        }
        Type::Path(key, args)
    }
    fn trait_ref(&mut self, path: &str, args: Vec<Arg>) -> TraitRef {
        TraitRef {
            path: self.key(path),
            args,
        }
    }
    fn assoc(&mut self, base: Type, trait_: Option<TraitRef>, name: &str, args: Vec<Arg>) -> Type {
        // `<U as TryFrom<T>>::Error` is `<T as TryInto<U>>::Error`.
        let base = match trait_
            .as_ref()
            .map(|of| (of.path.as_str(), of.args.as_slice()))
        {
            Some(("std::convert::TryFrom", [Arg::Type(from)])) => from.clone(),
            _ => base,
        };
        // `T::Item` and `<T as Iterator>::Item` are one where only one trait gives it.
        Type::Assoc {
            base: Box::new(base),
            trait_: None,
            name: name.to_owned(),
            args,
        }
    }
    fn lifetime(&mut self, name: Option<&str>) -> Option<String> {
        let _ = name;
        None
    }
    fn constant(&mut self, text: &str) -> String {
        match self.names.get(text) {
            Some(name) => name.clone(),
            None if text.contains("::") => self.key(text),
            None => text.to_owned(),
        }
    }
    fn args(&mut self, args: &[Arg]) -> Vec<Arg> {
        args.iter()
            .filter(|arg| !matches!(arg, Arg::Lifetime(_)))
            .map(|arg| self.arg(arg))
            .collect()
    }
    fn bounds(&mut self, bounds: &[Bound]) -> Vec<Bound> {
        let mut folded: Vec<Bound> = bounds
            .iter()
            .filter_map(|bound| match bound {
                Bound::Lifetime(name) if name != "'static" => None,
                Bound::Lifetime(_) => Some(bound.clone()),
                Bound::Use(_) => None,
                Bound::Trait { trait_, .. } => {
                    let args = self.args(&trait_.args);
                    Some(Bound::Trait {
                        higher: Vec::new(),
                        trait_: self.trait_ref(&trait_.path, args),
                    })
                }
                other => Some(self.bound(other)),
            })
            .collect();
        folded.sort();
        folded.dedup();
        folded
    }
}

/// What is asked of something, with everything that follows from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// As written, and what follows.
    pub(super) all: BTreeSet<Bound>,
    /// As written, `Sized` where it is understood; each with its own spelling.
    pub(super) written: BTreeMap<Bound, Bound>,
}

impl Asked {
    /// Takes in what follows from elsewhere.
    pub(super) fn grant(&mut self, bound: Bound) {
        self.all.insert(bound);
    }

    /// What `new` asks that does not follow from this.
    pub(super) fn missing(&self, new: &Asked) -> Vec<Bound> {
        // Of traits that nobody outside can name, nobody outside can tell one from another.
        let unnamed = |bound: &Bound| matches!(bound, Bound::Trait { trait_, .. } if trait_.path.starts_with(UNNAMED));
        let any_unnamed = self.all.iter().any(unnamed);
        // Only the crate's own types could be what was asked, and it knows what else they are.
        if self.written.keys().any(unnamed) && !new.written.keys().any(unnamed) {
            return Vec::new();
        }
        new.written
            .iter()
            .filter(|(bound, _)| !self.all.contains(*bound))
            .filter(|(bound, _)| !(any_unnamed && unnamed(bound)))
            .map(|(_, written)| written.clone())
            .collect()
    }
}

/// Works out what bounds ask. `sized`: unless `?Sized` is said, `Sized` is understood.
pub(super) fn asked(
    bounds: &[Bound],
    sized: bool,
    canon: &mut Canon<'_>,
    interface: &Interface,
) -> Asked {
    let mut found = Asked::default();
    let maybe = bounds.iter().any(|bound| matches!(bound, Bound::Maybe(_)));
    let mut open: Vec<(Bound, usize)> = Vec::new();
    for bound in bounds {
        if matches!(bound, Bound::Maybe(_)) {
            continue;
        }
        for canonical in canon.bounds(std::slice::from_ref(bound)) {
            found.written.insert(canonical.clone(), bound.clone());
            open.push((canonical, 0));
        }
    }
    if sized && !maybe {
        let bound = Bound::plain("std::marker::Sized");
        found.written.insert(bound.clone(), bound.clone());
        open.push((bound, 0));
    }
    while let Some((bound, depth)) = open.pop() {
        if !found.all.insert(bound.clone()) || depth > 16 {
            continue;
        }
        if let Bound::Trait { trait_, .. } = &bound {
            for implied in implied(trait_, canon, interface) {
                open.push((implied, depth + 1));
            }
        }
    }
    found
}

/// What a trait's implementers are besides.
fn implied(trait_: &TraitRef, canon: &mut Canon<'_>, interface: &Interface) -> Vec<Bound> {
    let same_args = |path: &str| Bound::Trait {
        higher: Vec::new(),
        trait_: TraitRef {
            path: path.to_owned(),
            args: trait_.args.clone(),
        },
    };
    let plain: &[&str] = match trait_.path.as_str() {
        "std::marker::Copy" => &["std::clone::Clone"],
        "std::clone::Clone" | "std::default::Default" => &["std::marker::Sized"],
        "std::cmp::Eq" => &["std::cmp::PartialEq"],
        "std::cmp::Ord" => &["std::cmp::Eq", "std::cmp::PartialOrd"],
        "std::cmp::PartialOrd" => &["std::cmp::PartialEq"],
        "std::error::Error" => &["std::fmt::Debug", "std::fmt::Display"],
        "std::fmt::Display" => &["std::string::ToString"],
        "std::ops::DerefMut" => &["std::ops::Deref"],
        "std::io::BufRead" => &["std::io::Read"],
        // Of serde, by its last part as all that is not the standard library's.
        "::DeserializeOwned" => &["::Deserialize"],
        _ => &[],
    };
    // These take the same arguments.
    let alike = match trait_.path.as_str() {
        "std::future::Future" => Some("std::future::IntoFuture"),
        "std::iter::DoubleEndedIterator"
        | "std::iter::ExactSizeIterator"
        | "std::iter::FusedIterator" => Some("std::iter::Iterator"),
        "std::iter::Iterator" => Some("std::iter::IntoIterator"),
        "std::ops::Fn" => Some("std::ops::FnMut"),
        "std::ops::FnMut" => Some("std::ops::FnOnce"),
        _ => None,
    };
    let mut found: Vec<Bound> = plain.iter().map(|path| Bound::plain(*path)).collect();
    found.extend(alike.map(same_args));
    // Without its associated types it is asked as well.
    let bare: Vec<Arg> = trait_
        .args
        .iter()
        .filter(|arg| matches!(arg, Arg::Type(_) | Arg::Const(_)))
        .cloned()
        .collect();
    if bare.len() != trait_.args.len() {
        found.push(Bound::Trait {
            higher: Vec::new(),
            trait_: TraitRef {
                path: trait_.path.clone(),
                args: bare,
            },
        });
    }
    match interface.find(&trait_.path).map(|(_, item)| &item.kind) {
        Some(Kind::Trait(of)) => found.extend(canon.bounds(&of.supertraits)),
        Some(_) => {}
        // A contract of one trait does not show the others.
        None => found.extend(canon.paths.supertraits(&trait_.path).iter().cloned()),
    }
    found
}

/// `F::IntoFuture` of a future is the future itself, as `I::IntoIter` of an iterator is.
pub(super) struct Already {
    /// What is known of parameters, by their canonical names.
    pub(super) known: BTreeMap<String, Asked>,
}

impl Fold for Already {
    fn assoc(&mut self, base: Type, trait_: Option<TraitRef>, name: &str, args: Vec<Arg>) -> Type {
        let wanted = match name {
            "IntoFuture" => "std::future::Future",
            "IntoIter" => "std::iter::Iterator",
            _ => "",
        };
        if let Type::Param(param) = &base
            && let Some(asked) = self.known.get(param)
            && asked
                .all
                .iter()
                .any(|bound| matches!(bound, Bound::Trait { trait_, .. } if trait_.path == wanted))
        {
            return base;
        }
        Type::Assoc {
            base: Box::new(base),
            trait_: trait_.map(Box::new),
            name: name.to_owned(),
            args,
        }
    }
}

/// Type and constant parameters, in order.
pub(super) fn arguments(generics: &Generics) -> Vec<&Param> {
    generics
        .params
        .iter()
        .filter(|param| !matches!(param.kind, ParamKind::Lifetime(_)))
        .collect()
}

/// Lifetime parameters, in order.
pub(super) fn lifetimes(generics: &Generics) -> Vec<&Param> {
    generics
        .params
        .iter()
        .filter(|param| matches!(param.kind, ParamKind::Lifetime(_)))
        .collect()
}
