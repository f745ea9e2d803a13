//! Laws of the Rust side over real code: the crates that this one is built from, as they lie in cargo's registry.
//! Where there is no registry, there is nothing to check.

use std::path::{Path, PathBuf};

use cogate::compare::rust::compare;
use cogate::interface::Names;
use cogate::interface::rust::{Item, Kind};
use cogate::rust::{Project, lines};
use cogate::source::{Options, Tree};

/// Folders of unpacked crates.
fn crates() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let Some(home) = home else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for registry in std::fs::read_dir(home.join("registry/src"))
        .into_iter()
        .flatten()
        .flatten()
    {
        for folder in std::fs::read_dir(registry.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            found.push(folder.path());
        }
    }
    found.sort();
    found
}

/// The first part in which two items differ.
fn difference(folder: &Path, path: &str, item: &Item, back: Option<&Item>) -> String {
    let parts = |item: &Item| match &item.kind {
        Kind::Struct(of) | Kind::Union(of) => (of.members.clone(), of.impls.clone()),
        Kind::Enum(of) => (of.members.clone(), of.impls.clone()),
        Kind::Trait(of) => (Vec::new(), of.impls.clone()),
        _ => (Vec::new(), Vec::new()),
    };
    let mut text = format!("{}: {path}", folder.display());
    if let Some(back) = back {
        let ((members, impls), (members_back, impls_back)) = (parts(item), parts(back));
        if let Some((a, b)) = members.iter().zip(&members_back).find(|(a, b)| a != b) {
            text.push_str(&format!("\n  {a:?}\n  {b:?}"));
        }
        if let Some((a, b)) = impls.iter().zip(&impls_back).find(|(a, b)| a != b) {
            text.push_str(&format!("\n  {a:?}\n  {b:?}"));
        }
        if (members.len(), impls.len()) != (members_back.len(), impls_back.len()) {
            text.push_str("\n  not as many members or impls");
        }
    }
    text
}

#[test]
fn what_is_printed_is_read_back() {
    let mut count = 0;
    let mut lines_read = 0;
    let mut wrong = Vec::new();
    for folder in crates() {
        let Ok(tree) = Tree::directory(&folder, &Options::default()) else {
            continue;
        };
        let start = std::time::Instant::now();
        let interface = Project::new(&tree).whole();
        if std::env::var_os("TIMES").is_some() {
            println!("{:?} {}", start.elapsed(), folder.display());
        }
        let mut names = Names::default();
        let tables = lines::tables(&interface, &mut names);
        lines_read += tables
            .iter()
            .map(|table| table.provides.len() + 1)
            .sum::<usize>();
        if std::env::var_os("SHOW").is_some_and(|show| folder.ends_with(&show)) {
            for table in &tables {
                println!("[{}.{:?}]\n  {}", table.kind, table.path, table.is.text);
                for line in &table.provides {
                    println!("    {}", line.text);
                }
            }
            for unknown in &interface.unknown {
                println!("unknown: {unknown}");
            }
        }
        match lines::read(&tables, &names) {
            Ok(read) => {
                for (path, item) in &interface.items {
                    let back = read.items.get(path);
                    if back != Some(item) {
                        wrong.push(difference(&folder, path, item, back));
                    }
                }
                if read.items.len() != interface.items.len() {
                    wrong.push(format!("{}: not as many items", folder.display()));
                }
            }
            Err(error) => wrong.push(format!("{}: {error}", folder.display())),
        }
        count += 1;
    }
    println!("{lines_read} lines of {count} crates");
    for wrong in wrong.iter().take(12) {
        println!("{wrong}");
    }
    assert!(wrong.is_empty(), "{} are not read back", wrong.len());
}

/// Prints what changed between two folders: `OLD=.. NEW=.. cargo test --test real_rust -- --ignored --nocapture`.
#[test]
#[ignore = "a tool for reading findings on real code"]
fn what_changed() {
    let open = |name: &str| {
        let path = std::env::var_os(name)
            .map(PathBuf::from)
            .unwrap_or_default();
        Tree::directory(&path, &Options::default()).unwrap()
    };
    let (old, new) = (open("OLD"), open("NEW"));
    let features: Vec<String> = std::env::var("FEATURES")
        .map(|list| list.split(',').map(str::to_owned).collect())
        .unwrap_or_default();
    let (old, new) = Project::changed(
        &Project::new(&old).with_features(features.clone()),
        &Project::new(&new).with_features(features),
    );
    if let Some(path) = std::env::var_os("DEBUG").and_then(|path| path.into_string().ok()) {
        println!("{:#?}\n{:#?}", old.find(&path), new.find(&path));
    }
    let mut findings = compare(&old, &new, &cogate::compare::rust::Options::default());
    cogate::finding::sort(&mut findings);
    for finding in &findings {
        let place = finding
            .new
            .as_ref()
            .or(finding.old.as_ref())
            .map(|side| format!("{}:{}", side.place.path, side.place.line))
            .unwrap_or_default();
        println!(
            "{} {place} [{}] {}",
            finding.level.word(),
            finding.rule,
            finding.message
        );
    }
}
