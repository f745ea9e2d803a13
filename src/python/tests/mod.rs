//! Each construct of Python with the lines that it becomes, over small trees in memory.

mod classes;
mod cutting;
mod derived;
mod law;
mod modules;
mod signatures;
mod trust;

use super::{MemoryFiles, Project, lines};
use crate::interface::Names;
use crate::interface::python::{Class, Interface, Module};

/// The interface of `path` in a tree of these files.
fn interface(files: &[(&str, &str)], path: &str) -> Interface {
    let files = MemoryFiles::new(files.iter().copied());
    let project = Project::new(&files);
    let (interface, missing) = project.interface(&[path.to_owned()]);
    assert!(missing.is_empty(), "{missing:?}");
    interface
}

/// The class `m.C` of a module with this text.
fn class(text: &str) -> Class {
    interface(&[("m.py", text)], "m.C")
        .classes
        .remove("m.C")
        .unwrap()
}

/// The module `m` with this text.
fn module(text: &str) -> Module {
    interface(&[("m.py", text)], "m")
        .modules
        .remove("m")
        .unwrap()
}

/// Header and lines of every table for `path`, as one text.
fn shown(files: &[(&str, &str)], path: &str) -> String {
    let interface = interface(files, path);
    let mut names = Names::default();
    let tables = lines::tables(&interface, &mut names);
    let mut text = String::new();
    for table in tables {
        text.push_str(&table.is.text);
        text.push('\n');
        for line in &table.provides {
            text.push_str("  ");
            text.push_str(&line.text);
            text.push('\n');
        }
    }
    text
}

/// The lines of the class `m.C`, header first.
fn lines_of(text: &str) -> Vec<String> {
    shown(&[("m.py", text)], "m.C")
        .lines()
        .map(|line| line.trim().to_owned())
        .collect()
}
