//! Prints the lines of modules and classes of a directory, or measures reading all of it: a look at what the Python
//! front end sees. `interface DIR PATH..` or `interface DIR --time` or `interface OLD NEW --changed`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    missing_docs
)]

use std::time::Instant;

use cogate::interface::Names;
use cogate::interface::python::{Interface, Kind, Member};
use cogate::python::{Files, Project, lines};
use cogate::source::{Options, Tree};

fn open(spec: &str) -> Tree {
    let options = Options {
        default_excludes: std::env::var("TESTS").is_err(),
        ..Options::default()
    };
    Tree::open(spec, None, &options).unwrap()
}

fn memory() -> String {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default()
        .to_owned()
}

fn bare(tree: &Tree, paths: &[String]) {
    use rayon::prelude::*;
    let start = Instant::now();
    let errors: usize = paths
        .par_iter()
        .map(|path| {
            let bytes = tree.read(path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let options = ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Module);
            ruff_python_parser::parse_unchecked(&text, options)
                .errors()
                .len()
        })
        .sum();
    println!("bare parse {:?}, {errors} errors", start.elapsed());
}

fn dump(owner: &str, name: &str, member: &Member) {
    let (kind, detail) = match &member.kind {
        Kind::Function(function) => (
            format!("function {:?} {:?}", function.binding, function.protocol),
            function
                .signature
                .params
                .iter()
                .map(|param| {
                    format!(
                        "{}:{:?}:{}",
                        param.name,
                        param.kind,
                        param.default.is_some()
                    )
                })
                .collect::<Vec<_>>()
                .join(",")
                + if function.decorators.is_empty() {
                    ""
                } else {
                    " @"
                },
        ),
        Kind::Property(_) => ("property".to_owned(), String::new()),
        Kind::Attribute(attribute) if attribute.on_instance => ("self".to_owned(), String::new()),
        Kind::Attribute(_) => ("attribute".to_owned(), String::new()),
        Kind::Class(path) => ("class".to_owned(), path.clone()),
        Kind::Module(path) => ("module".to_owned(), path.clone()),
        Kind::Import(path) => ("import".to_owned(), path.clone()),
    };
    println!(
        "{owner}\t{name}\t{kind}\t{detail}\t{}\t{}",
        member.defined_in, member.conditional
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let dir = open(&arguments[0]);
    let project = Project::new(&dir);
    match arguments[1..]
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()[..]
    {
        ["--time"] => {
            let paths: Vec<String> = dir
                .paths()
                .into_iter()
                .filter(|path| path.ends_with(".py"))
                .map(str::to_owned)
                .collect();
            let bytes: usize = paths.iter().map(|path| dir.read(path).unwrap().len()).sum();
            for _ in 0..3 {
                bare(&dir, &paths);
                let project = Project::new(&dir);
                let start = Instant::now();
                let interface = project.everything();
                println!(
                    "everything {:?}: {} files, {bytes} bytes, {} classes, {} modules, {} unknown, {} untrusted {}",
                    start.elapsed(),
                    paths.len(),
                    interface.classes.len(),
                    interface.modules.len(),
                    interface.unknown.len(),
                    interface.untrusted.len(),
                    memory()
                );
            }
        }
        [new, "--changed"] => {
            let new = open(new);
            let other = Project::new(&new);
            let mut start = Instant::now();
            let (a, b) = Project::changed(&project, &other);
            if std::env::var("BARE").is_ok() {
                let paths = |side: &Interface| -> Vec<String> {
                    let places = side
                        .modules
                        .values()
                        .filter_map(|module| module.place.as_ref());
                    places.map(|place| place.path.clone()).collect()
                };
                start = Instant::now();
                for _ in 0..10 {
                    rayon::join(|| bare(&dir, &paths(&a)), || bare(&new, &paths(&b)));
                }
            }
            println!(
                "changed {:?}: {} + {} modules {}",
                start.elapsed(),
                a.modules.len(),
                b.modules.len(),
                memory()
            );
        }
        ["--dump"] => {
            let interface = project.everything();
            for (path, class) in &interface.classes {
                println!(
                    "{path}\t\tclass\t{}\t{}",
                    class.mro.join(","),
                    class.open.clone().unwrap_or_default()
                );
                for (name, member) in &class.members {
                    dump(path, name, member);
                }
            }
            for (path, module) in &interface.modules {
                println!(
                    "{path}\t\tmodule\t{}",
                    module.open.clone().unwrap_or_default()
                );
                for (name, member) in &module.members {
                    dump(path, name, member);
                }
            }
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
