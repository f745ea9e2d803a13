//! Which crates a tree has: from its `Cargo.toml` files, or from a lone `lib.rs` or `main.rs`. It opens no source.

use std::collections::{BTreeMap, BTreeSet};

use super::cfg::Config;

/// A crate of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Crate {
    /// Its name in paths.
    pub(super) name: String,
    /// The file that it starts with.
    pub(super) root: String,
    /// Nobody can depend on it.
    pub(super) binary: bool,
    /// Paths of `use` start at the root of the crate (edition 2015).
    pub(super) rooted_uses: bool,
    /// Dependencies: the name in paths, and the crate behind it.
    pub(super) dependencies: BTreeMap<String, String>,
    /// Features that are on.
    pub(super) config: Config,
    /// Features that it offers, each with those that it turns on.
    pub(super) features: BTreeMap<String, BTreeSet<String>>,
    /// It is there to test or show the others.
    pub(super) helper: bool,
    /// The files of other crates that have its name, too: they are not looked at.
    pub(super) doubles: Vec<String>,
}

/// Finds the crates of a tree. `read` gives the text of a manifest. What is wrong with one is said in `unknown`.
pub(super) fn crates(
    paths: &[String],
    features: &BTreeSet<String>,
    read: impl Fn(&str) -> Result<String, String>,
    unknown: &mut BTreeSet<String>,
) -> Vec<Crate> {
    let files: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let mut found: Vec<Crate> = Vec::new();
    let mut any = false;
    for path in paths {
        let folder = match path.strip_suffix("Cargo.toml") {
            Some("") => "",
            Some(folder) if folder.ends_with('/') => folder,
            _ => continue,
        };
        let manifest = match read(path).and_then(|text| {
            text.parse::<toml::Table>()
                .map_err(|error| error.message().to_owned())
        }) {
            Ok(manifest) => manifest,
            Err(error) => {
                unknown.insert(format!("{path}: {error}"));
                continue;
            }
        };
        any = true;
        package(folder, &manifest, features, &files, &mut found);
    }
    if !any {
        lone(&files, &mut found);
    }
    // Libraries first, in the order of their folders: of two crates with one name the first is it.
    found.sort_by(|a, b| (a.binary, a.helper, &a.root).cmp(&(b.binary, b.helper, &b.root)));
    let mut first: Vec<Crate> = Vec::with_capacity(found.len());
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for krate in found {
        match places.get(&krate.name) {
            None => {
                places.insert(krate.name.clone(), first.len());
                first.push(krate);
            }
            Some(index) if !krate.binary => first[*index].doubles.push(krate.root),
            Some(_) => {}
        }
    }
    first
}

/// A tree without a manifest.
fn lone(files: &BTreeSet<&str>, found: &mut Vec<Crate>) {
    for root in ["src/lib.rs", "lib.rs", "src/main.rs", "main.rs"] {
        if files.contains(root) {
            found.push(Crate {
                name: "crate".to_owned(),
                root: root.to_owned(),
                binary: root.ends_with("main.rs"),
                rooted_uses: false,
                dependencies: BTreeMap::new(),
                config: Config::default(),
                features: BTreeMap::new(),
                helper: false,
                doubles: Vec::new(),
            });
            return;
        }
    }
}

fn package(
    folder: &str,
    manifest: &toml::Table,
    asked: &BTreeSet<String>,
    files: &BTreeSet<&str>,
    found: &mut Vec<Crate>,
) {
    let Some(package) = manifest.get("package").and_then(toml::Value::as_table) else {
        return;
    };
    let Some(name) = package.get("name").and_then(toml::Value::as_str) else {
        return;
    };
    let edition = package
        .get("edition")
        .map_or(Some("2015"), |edition| edition.as_str());
    let base = Crate {
        name: name.replace('-', "_"),
        root: String::new(),
        binary: false,
        rooted_uses: edition == Some("2015"),
        dependencies: dependencies(manifest),
        config: Config {
            features: features(manifest, asked),
        },
        features: offered(manifest),
        helper: folder
            .split('/')
            .any(|part| matches!(part, "tests" | "examples" | "benches" | "fuzz")),
        doubles: Vec::new(),
    };
    let library = manifest.get("lib").and_then(toml::Value::as_table);
    let root = library
        .and_then(|lib| lib.get("path"))
        .and_then(toml::Value::as_str)
        .unwrap_or("src/lib.rs");
    let text = |table: &toml::Table, key: &str| -> Option<String> {
        table
            .get(key)
            .and_then(toml::Value::as_str)
            .map(str::to_owned)
    };
    let mut with_library = None;
    if let Some(root) = join(folder, root)
        && files.contains(root.as_str())
    {
        let name = library
            .and_then(|lib| text(lib, "name"))
            .map_or_else(|| base.name.clone(), |name| name.replace('-', "_"));
        with_library = Some(name.clone());
        found.push(Crate {
            name,
            root,
            ..base.clone()
        });
    }
    let mut binaries: Vec<(String, String)> = vec![(name.to_owned(), "src/main.rs".to_owned())];
    for entry in manifest
        .get("bin")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table)
    {
        if let (Some(name), Some(path)) = (text(entry, "name"), text(entry, "path")) {
            binaries.push((name, path));
        }
    }
    for (name, path) in binaries {
        let Some(root) = join(folder, &path) else {
            continue;
        };
        let name = name.replace('-', "_");
        if files.contains(root.as_str()) && !found.iter().any(|krate| krate.root == root) {
            let mut dependencies = base.dependencies.clone();
            if let Some(library) = &with_library {
                dependencies.insert(library.clone(), library.clone());
            }
            found.push(Crate {
                name,
                root,
                binary: true,
                dependencies,
                ..base.clone()
            });
        }
    }
}

/// The features that a manifest offers, optional dependencies included, each with those that it turns on.
fn offered(manifest: &toml::Table) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // An optional dependency that somebody names as `dep:x` is no feature by itself.
    let mut named = BTreeSet::new();
    let features = manifest.get("features").and_then(toml::Value::as_table);
    for (name, value) in features.into_iter().flatten() {
        let entries = value.as_array().into_iter().flatten();
        let mut direct = BTreeSet::new();
        for entry in entries.filter_map(toml::Value::as_str) {
            match entry.strip_prefix("dep:") {
                Some(dependency) => {
                    named.insert(dependency.to_owned());
                }
                None if !entry.contains('/') => {
                    direct.insert(entry.to_owned());
                }
                None => {}
            }
        }
        found.insert(name.clone(), direct);
    }
    for name in optional(manifest).filter(|name| !named.contains(*name)) {
        found.entry(name.clone()).or_default();
    }
    let names: Vec<String> = found.keys().cloned().collect();
    for name in names {
        let mut all = BTreeSet::new();
        let mut open = vec![name.clone()];
        while let Some(next) = open.pop() {
            for on in found.get(&next).into_iter().flatten() {
                if all.insert(on.clone()) {
                    open.push(on.clone());
                }
            }
        }
        found.insert(name, all);
    }
    found
}

/// Dependencies that are there only if asked for.
fn optional(manifest: &toml::Table) -> impl Iterator<Item = &String> {
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
    let is_optional =
        |value: &toml::Value| value.get("optional").and_then(toml::Value::as_bool) == Some(true);
    dependencies
        .into_iter()
        .flatten()
        .filter(move |(_, value)| is_optional(value))
        .map(|(name, _)| name)
}

/// The features that are on: the default ones (unless `-default` is asked for), and those asked for (`*`: all).
fn features(manifest: &toml::Table, asked: &BTreeSet<String>) -> BTreeSet<String> {
    let mut on = BTreeSet::new();
    let none = toml::Table::new();
    let features = manifest
        .get("features")
        .and_then(toml::Value::as_table)
        .unwrap_or(&none);
    let mut open = Vec::new();
    if !asked.contains("-default") {
        open.push("default".to_owned());
    }
    open.extend(asked.iter().filter(|name| !name.starts_with('-')).cloned());
    if asked.contains("*") {
        open.extend(features.keys().cloned());
        // An optional dependency is a feature of its name.
        open.extend(optional(manifest).cloned());
    }
    while let Some(feature) = open.pop() {
        if feature.contains('/') || feature.starts_with("dep:") {
            // `dependency/feature` turns the dependency on, and with it the feature of its name.
            if let Some((dependency, _)) = feature.split_once('/')
                && !dependency.ends_with('?')
            {
                on.insert(dependency.to_owned());
            }
            continue;
        }
        if on.insert(feature.clone()) {
            open.extend(
                features
                    .get(&feature)
                    .and_then(toml::Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(toml::Value::as_str)
                    .map(str::to_owned),
            );
        }
    }
    on
}

fn dependencies(manifest: &toml::Table) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut take = |table: Option<&toml::Value>| {
        for (name, value) in table.and_then(toml::Value::as_table).into_iter().flatten() {
            let krate = value
                .get("package")
                .and_then(toml::Value::as_str)
                .unwrap_or(name);
            found.insert(name.replace('-', "_"), krate.replace('-', "_"));
        }
    };
    take(manifest.get("dependencies"));
    for (_, target) in manifest
        .get("target")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flatten()
    {
        take(target.get("dependencies"));
    }
    found
}

/// A path below a folder, without `.` and `..`; none if it leaves the tree.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') || path.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
