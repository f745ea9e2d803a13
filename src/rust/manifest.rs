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
    /// It is there to test or show the others.
    pub(super) helper: bool,
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
    let mut names = BTreeSet::new();
    found.retain(|krate| {
        let first = names.insert(krate.name.clone());
        if !first && !krate.binary {
            unknown.insert(format!("{}: a second crate `{}`", krate.root, krate.name));
        }
        first
    });
    found
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
                helper: false,
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
        helper: folder
            .split('/')
            .any(|part| matches!(part, "tests" | "examples" | "benches" | "fuzz")),
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

/// The features that are on: the default ones, and those asked for (`*`: all).
fn features(manifest: &toml::Table, asked: &BTreeSet<String>) -> BTreeSet<String> {
    let mut on = BTreeSet::new();
    let none = toml::Table::new();
    let features = manifest
        .get("features")
        .and_then(toml::Value::as_table)
        .unwrap_or(&none);
    let mut open = vec!["default".to_owned()];
    open.extend(asked.iter().cloned());
    if asked.contains("*") {
        open.extend(features.keys().cloned());
        // An optional dependency is a feature of its name.
        for (name, value) in manifest
            .get("dependencies")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flatten()
        {
            if value.get("optional").and_then(toml::Value::as_bool) == Some(true) {
                open.push(name.clone());
            }
        }
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
