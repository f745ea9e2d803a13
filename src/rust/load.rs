//! The modules of a crate: which file each `mod` is, read in parallel, level by level. Names are not resolved here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::cfg::Config;
use super::manifest::{self, Crate};
use super::{parse, raw};
use crate::interface::Place;
use crate::interface::rust::{Broken, Visibility};

/// Where text comes from: the files of one tree.
pub trait Files: Sync {
    /// The paths of all files, relative to the tree, sorted.
    fn paths(&self) -> Vec<String>;
    /// The contents of some of them, in the order asked; a sentence for what cannot be read.
    fn read_many(&self, paths: &[&str]) -> Vec<Result<Arc<[u8]>, String>>;
}

impl Files for crate::source::Tree {
    fn paths(&self) -> Vec<String> {
        self.entries()
            .iter()
            .map(|entry| entry.path.clone())
            .collect()
    }
    fn read_many(&self, paths: &[&str]) -> Vec<Result<Arc<[u8]>, String>> {
        Self::read_many(self, paths)
            .into_iter()
            .map(|read| read.map_err(|error| error.to_string()))
            .collect()
    }
}

/// A tree that is written out in a test or an example.
impl Files for BTreeMap<String, String> {
    fn paths(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }
    fn read_many(&self, paths: &[&str]) -> Vec<Result<Arc<[u8]>, String>> {
        paths
            .iter()
            .map(|path| {
                self.get(*path)
                    .map(|text| Arc::from(text.as_bytes()))
                    .ok_or_else(|| "no such file".to_owned())
            })
            .collect()
    }
}

/// A module of a crate.
#[derive(Debug)]
pub(super) struct Module {
    /// Its path, with the crate's name first.
    pub(super) path: String,
    /// The module that it stands in.
    pub(super) parent: Option<usize>,
    /// Which crate, as an index.
    pub(super) krate: usize,
    /// Its items.
    pub(super) items: Arc<Vec<raw::Item>>,
    /// Modules in it: the index of the item, and of the module.
    pub(super) children: BTreeMap<usize, usize>,
    /// Where it starts.
    pub(super) file: String,
    /// Where its own modules' files are.
    folder: String,
    /// It stands in the file of another module.
    inline: bool,
    /// How deep it is.
    depth: usize,
}

/// All crates of a tree, read.
#[derive(Debug, Default)]
pub(super) struct World {
    /// The crates; their root module has the same index in `roots`.
    pub(super) crates: Vec<Crate>,
    /// The root module of each crate.
    pub(super) roots: Vec<usize>,
    /// All modules.
    pub(super) modules: Vec<Module>,
    /// What could not be read.
    pub(super) unknown: BTreeSet<String>,
    /// Modules whose text could not be read.
    pub(super) untrusted: BTreeSet<String>,
    /// Files that could not be read.
    pub(super) broken: Vec<Broken>,
}

/// Files that were read, so that one that several trees share is read once.
#[derive(Debug, Default)]
pub struct Cache {
    files: Mutex<BTreeMap<(String, Config), Vec<Cached>>>,
}

#[derive(Debug)]
struct Cached {
    text: Arc<[u8]>,
    file: Arc<raw::File>,
}

impl Cache {
    fn read(&self, text: &Arc<[u8]>, path: &str, config: &Config) -> Arc<raw::File> {
        let key = (path.to_owned(), config.clone());
        if let Ok(files) = self.files.lock()
            && let Some(known) = files.get(&key)
            && let Some(cached) = known.iter().find(|cached| cached.text == *text)
        {
            return Arc::clone(&cached.file);
        }
        let file = Arc::new(parse::file(&String::from_utf8_lossy(text), path, config));
        if let Ok(mut files) = self.files.lock() {
            files.entry(key).or_default().push(Cached {
                text: Arc::clone(text),
                file: Arc::clone(&file),
            });
        }
        file
    }
}

/// More modules than this are not followed.
const MAX_MODULES: usize = 50_000;
/// Modules nested deeper than this are not followed: files that name each other by `#[path]` never end.
const MAX_DEPTH: usize = 100;

/// A file that a module is in.
struct Wanted {
    module: usize,
    path: String,
}

/// Reads all crates that `wanted` lets through.
pub(super) fn load(
    files: &dyn Files,
    features: &BTreeSet<String>,
    cache: &Cache,
    wanted: &dyn Fn(&[Crate]) -> Vec<usize>,
) -> World {
    let paths = files.paths();
    let mut world = World::default();
    let read_one = |path: &str| -> Result<String, String> {
        files
            .read_many(&[path])
            .pop()
            .unwrap_or_else(|| Err("cannot be read".to_owned()))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let all = manifest::crates(&paths, features, read_one, &mut world.unknown);
    let chosen = wanted(&all);
    let known: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let mut frontier = Vec::new();
    for index in chosen {
        let Some(krate) = all.get(index) else {
            continue;
        };
        for root in &krate.doubles {
            let sentence = format!("{root}: a second crate `{}`", krate.name);
            world.unknown.insert(sentence);
        }
        let module = world.modules.len();
        world.modules.push(Module {
            path: krate.name.clone(),
            parent: None,
            krate: world.crates.len(),
            items: Arc::default(),
            children: BTreeMap::new(),
            file: krate.root.clone(),
            folder: folder_of(&krate.root).to_owned(),
            inline: false,
            depth: 0,
        });
        world.roots.push(module);
        world.crates.push(krate.clone());
        frontier.push(Wanted {
            module,
            path: krate.root.clone(),
        });
    }
    loop {
        while !frontier.is_empty() {
            frontier = level(files, cache, &known, &mut world, &frontier);
        }
        // With all macros known, more items may come to light, and with them more files.
        for module in pass_on(&mut world) {
            children(&known, &mut world, module, &mut frontier);
        }
        if frontier.is_empty() {
            break;
        }
    }
    world.broken.sort();
    world.broken.dedup();
    world
}

/// Reads the files of one level, and says which files are next.
fn level(
    files: &dyn Files,
    cache: &Cache,
    known: &BTreeSet<&str>,
    world: &mut World,
    frontier: &[Wanted],
) -> Vec<Wanted> {
    let names: Vec<&str> = frontier.iter().map(|wanted| wanted.path.as_str()).collect();
    let texts = files.read_many(&names);
    let configs: Vec<&Config> = frontier
        .iter()
        .map(|wanted| &world.crates[world.modules[wanted.module].krate].config)
        .collect();
    let parsed: Vec<Result<Arc<raw::File>, String>> = parse::on_large_stack(|| {
        names
            .par_iter()
            .zip(configs)
            .zip(texts)
            .map(|((path, config), text)| text.map(|text| cache.read(&text, path, config)))
            .collect()
    });
    let mut next = Vec::new();
    for (wanted, file) in frontier.iter().zip(parsed) {
        let module = wanted.module;
        let path = world.modules[module].path.clone();
        let error = match file {
            Ok(file) => {
                if file.absent {
                    continue;
                }
                world.modules[module].items = Arc::clone(&file.items);
                file.error.clone()
            }
            Err(message) => Some(raw::Error {
                line: 1,
                column: 1,
                message,
            }),
        };
        if let Some(error) = error {
            world.untrusted.insert(path.clone());
            world.unknown.insert(format!(
                "{path}: {}:{}: {}",
                wanted.path, error.line, error.message
            ));
            world.broken.push(Broken {
                module: path,
                place: Place::point(wanted.path.clone(), error.line, error.column),
                message: error.message,
            });
        }
        children(known, world, module, &mut next);
    }
    next
}

/// Reads calls of macros that pass items on. Returns the modules that have grown.
fn pass_on(world: &mut World) -> Vec<usize> {
    let mut macros: BTreeMap<String, Option<String>> = BTreeMap::new();
    for module in &world.modules {
        for item in module.items.iter() {
            if let raw::Kind::Macro { passes, .. } = &item.kind {
                // Two of one name that differ: which is meant is not known.
                match macros.get(&item.name) {
                    Some(known) if known != passes => {
                        macros.insert(item.name.clone(), None);
                    }
                    _ => {
                        macros.insert(item.name.clone(), passes.clone());
                    }
                }
            }
        }
    }
    let mut grown = Vec::new();
    for index in 0..world.modules.len() {
        let module = &world.modules[index];
        let config = &world.crates[module.krate].config;
        let calls: Vec<(usize, &raw::Text, &String)> = module
            .items
            .iter()
            .enumerate()
            .filter_map(|(at, item)| match &item.kind {
                raw::Kind::Call {
                    path,
                    text: Some(text),
                    ..
                } => {
                    let name = path.rsplit("::").next().unwrap_or(path);
                    let attributes = macros.get(name)?.as_ref()?;
                    Some((at, text, attributes))
                }
                _ => None,
            })
            .collect();
        if calls.is_empty() {
            continue;
        }
        let mut items = Vec::clone(&module.items);
        for (at, text, attributes) in calls {
            match parse::on_large_stack(|| parse::passed_on(text, attributes, config)) {
                Some(read) => {
                    items[at].kind = raw::Kind::Use(Vec::new());
                    items.extend(read);
                }
                None => {
                    if let raw::Kind::Call { text, .. } = &mut items[at].kind {
                        *text = None;
                    }
                }
            }
        }
        world.modules[index].items = Arc::new(items);
        grown.push(index);
    }
    grown
}

/// Makes the modules that stand in a module, and says which files they are in.
fn children(known: &BTreeSet<&str>, world: &mut World, module: usize, next: &mut Vec<Wanted>) {
    let mut open = vec![module];
    while let Some(parent) = open.pop() {
        let (depth, inline, folder, path_above) = {
            let module = &world.modules[parent];
            (
                module.depth,
                module.inline,
                module.folder.clone(),
                module.path.clone(),
            )
        };
        let items = Arc::clone(&world.modules[parent].items);
        for (index, item) in items.iter().enumerate() {
            let raw::Kind::Module { items: own, path } = &item.kind else {
                continue;
            };
            // An alternative for another target does not replace the one that is there.
            let shadowed = items_named(&items, &item.name, index, item.host);
            if shadowed || world.modules[parent].children.contains_key(&index) {
                continue;
            }
            let full = format!("{path_above}::{}", item.name);
            if depth >= MAX_DEPTH || world.modules.len() >= MAX_MODULES {
                world.untrusted.insert(full.clone());
                world
                    .unknown
                    .insert(format!("{full}: modules are nested too deeply"));
                continue;
            }
            let module = world.modules.len();
            let mut child = Module {
                path: full.clone(),
                parent: Some(parent),
                krate: world.modules[parent].krate,
                items: own.clone().unwrap_or_default(),
                children: BTreeMap::new(),
                file: world.modules[parent].file.clone(),
                folder: String::new(),
                inline: own.is_some(),
                depth: depth + 1,
            };
            if own.is_some() {
                let below = manifest::join(&folder, path.as_deref().unwrap_or(&item.name));
                child.folder = below.unwrap_or_default();
                world.modules.push(child);
                world.modules[parent].children.insert(index, module);
                open.push(module);
                continue;
            }
            let base = if inline {
                folder.as_str()
            } else {
                folder_of(&world.modules[parent].file)
            };
            match file_of(known, &folder, base, &item.name, path.as_deref()) {
                Some((file, below)) => {
                    child.file.clone_from(&file);
                    child.folder = below;
                    next.push(Wanted { module, path: file });
                }
                None => {
                    world.untrusted.insert(full.clone());
                    let why = match path {
                        Some(path) => format!("#[path = {path:?}] leads to no file of the tree"),
                        None => "has no file in the tree".to_owned(),
                    };
                    world.unknown.insert(format!("{full}: {why}"));
                    // Under a condition it may be another build's business.
                    let place = item.at.0.clone();
                    if let Some(place) = place.filter(|_| item.host && item.marks.cfg.is_empty()) {
                        world.broken.push(Broken {
                            module: full,
                            place,
                            message: format!("module `{}` {why}", item.name),
                        });
                    }
                }
            }
            world.modules.push(child);
            world.modules[parent].children.insert(index, module);
        }
    }
}

/// Whether another item of this name is there on the target that stands for all, or came first.
fn items_named(items: &[raw::Item], name: &str, index: usize, host: bool) -> bool {
    items.iter().enumerate().any(|(other, item)| {
        other != index
            && item.name == name
            && matches!(item.kind, raw::Kind::Module { .. })
            && ((item.host && !host) || (item.host == host && other < index))
    })
}

fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |end| &path[..end])
}

/// The file of a module, and the folder of its own modules' files.
fn file_of(
    known: &BTreeSet<&str>,
    folder: &str,
    base: &str,
    name: &str,
    path: Option<&str>,
) -> Option<(String, String)> {
    if let Some(path) = path {
        let file = manifest::join(base, path)?;
        let folder = folder_of(&file).to_owned();
        return known.contains(file.as_str()).then_some((file, folder));
    }
    let inner = manifest::join(folder, name)?;
    for file in [format!("{inner}.rs"), format!("{inner}/mod.rs")] {
        if known.contains(file.as_str()) {
            return Some((file, inner));
        }
    }
    None
}

/// Whether an item can be named by anybody who can name its module.
pub(super) fn is_public(vis: &Visibility, binary: bool) -> bool {
    *vis == Visibility::Public || (binary && !matches!(vis, Visibility::Private))
}
