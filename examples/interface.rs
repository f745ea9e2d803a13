//! Prints the lines of modules and classes of a directory, or measures reading all of it: a look at what the Python
//! front end sees. `interface DIR PATH..` or `interface DIR --time` or `interface OLD NEW --changed`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    missing_docs
)]

use std::sync::Arc;
use std::time::Instant;

use cogate::interface::Names;
use cogate::python::{Files, Project, lines};

struct Dir {
    root: std::path::PathBuf,
    paths: Vec<String>,
    roots: Vec<String>,
}

impl Dir {
    fn new(root: &str) -> Self {
        let mut paths: Vec<String> = walkdir::WalkDir::new(root)
            .into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| {
                let path = entry.path().strip_prefix(root).ok()?;
                Some(path.to_str()?.to_owned())
            })
            .filter(|path| path.ends_with(".py"))
            .filter(|path| std::env::var("NOTESTS").is_err() || !path.contains("/tests/"))
            .collect();
        paths.sort();
        Self {
            root: root.into(),
            paths,
            roots: vec![String::new(), "src".to_owned()],
        }
    }
}

impl Files for Dir {
    fn paths(&self) -> &[String] {
        &self.paths
    }
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        std::fs::read(self.root.join(path))
            .map(Arc::from)
            .map_err(|error| error.to_string())
    }
    fn roots(&self) -> &[String] {
        &self.roots
    }
}

fn memory() -> String {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default()
        .to_owned()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let dir = Dir::new(&arguments[0]);
    let project = Project::new(&dir);
    match arguments[1..]
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()[..]
    {
        ["--time"] => {
            let bytes: usize = dir
                .paths
                .iter()
                .map(|path| dir.read(path).unwrap().len())
                .sum();
            for _ in 0..3 {
                let start = Instant::now();
                use rayon::prelude::*;
                let errors: usize = dir
                    .paths
                    .par_iter()
                    .map(|path| {
                        let bytes = dir.read(path).unwrap();
                        let text = String::from_utf8_lossy(&bytes);
                        let options = ruff_python_parser::ParseOptions::from(
                            ruff_python_parser::Mode::Module,
                        );
                        ruff_python_parser::parse_unchecked(&text, options)
                            .errors()
                            .len()
                    })
                    .sum();
                println!("bare parse {:?}, {errors} errors", start.elapsed());
                let project = Project::new(&dir);
                let start = Instant::now();
                let interface = project.everything();
                println!(
                    "everything {:?}: {} files, {bytes} bytes, {} classes, {} modules, {} unknown, {} untrusted {}",
                    start.elapsed(),
                    dir.paths.len(),
                    interface.classes.len(),
                    interface.modules.len(),
                    interface.unknown.len(),
                    interface.untrusted.len(),
                    memory()
                );
            }
        }
        [new, "--changed"] => {
            let new = Dir::new(new);
            let start = Instant::now();
            let other = Project::new(&new);
            let (a, b) = Project::changed(&project, &other);
            println!(
                "changed {:?}: {} + {} modules {}",
                start.elapsed(),
                a.modules.len(),
                b.modules.len(),
                memory()
            );
        }
        ["--roundtrip"] => {
            let interface = project.everything();
            let mut names = Names::default();
            let tables = lines::tables(&interface, &mut names);
            let count: usize = tables.iter().map(|table| table.provides.len()).sum();
            println!("{} tables, {count} lines", tables.len());
            match lines::read(&tables, &names) {
                Err(error) => println!("{error}"),
                Ok(again) => {
                    let mut more = names.clone();
                    let second = lines::tables(&again, &mut more);
                    let mut bad = 0;
                    for (a, b) in tables.iter().zip(&second) {
                        if a != b {
                            bad += 1;
                            if bad < 20 {
                                println!("{} {}\n   {}", a.path, a.is.text, b.is.text);
                                for line in &a.provides {
                                    if !b.provides.contains(line) {
                                        println!("  - {}", line.text);
                                    }
                                }
                                for line in &b.provides {
                                    if !a.provides.contains(line) {
                                        println!("  + {}", line.text);
                                    }
                                }
                            }
                        }
                    }
                    println!(
                        "{bad} of {} tables differ, names same: {}",
                        tables.len(),
                        names == more
                    );
                }
            }
        }
        _ => {
            let (interface, missing) = project.interface(&arguments[1..]);
            let mut names = Names::default();
            for table in lines::tables(&interface, &mut names) {
                println!(
                    "[{}.\"{}\"]\nis = {:?}",
                    table.kind, table.path, table.is.text
                );
                for line in &table.provides {
                    println!("  {}", line.text);
                }
            }
            for (short, full) in names.pairs() {
                println!("{short} = {full}");
            }
            println!("exports {:#?}", interface.exports);
            println!("unknown {:#?}", interface.unknown);
            println!("untrusted {:#?}", interface.untrusted);
            println!("missing {missing:#?}");
            for path in &arguments[1..] {
                println!("public {}", project.public_path(path));
            }
        }
    }
}
