//! Whole trees: the interface of all modules, or of those that differ between two trees. What a module offers is
//! `members`' business.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::project::Project;
use crate::interface::python::Interface;

impl Project<'_> {
    /// The interfaces of the modules that differ between two trees, whole.
    pub fn changed(old: &Project<'_>, new: &Project<'_>) -> (Interface, Interface) {
        let (left, right) = changed_modules(old, new);
        rayon::join(|| old.whole(&left), || new.whole(&right))
    }

    /// The interface of all modules.
    pub fn everything(&self) -> Interface {
        let all: Vec<usize> = (0..self.linker.modules.len()).collect();
        self.whole(&all)
    }

    fn whole(&self, modules: &[usize]) -> Interface {
        // Parsing first and by itself keeps all threads busy; linking then finds most of what it needs.
        modules.par_iter().for_each(|&index| {
            let _ = self.linker.extract_at(index);
        });
        let parts: Vec<Interface> = modules
            .par_iter()
            .map(|&index| {
                let mut interface = Interface::default();
                let name = self.linker.modules.files()[index].name.clone();
                self.add_module(&name, &mut interface);
                interface
            })
            .collect();
        joined(parts)
    }
}

/// Indices of the modules that are not the same on both sides.
fn changed_modules(old: &Project<'_>, new: &Project<'_>) -> (Vec<usize>, Vec<usize>) {
    let side = |project: &Project<'_>| -> BTreeMap<String, (usize, String)> {
        let files = project.linker.modules.files().iter().enumerate();
        files
            .map(|(index, file)| (file.name.clone(), (index, file.path.clone())))
            .collect()
    };
    let (left, right) = (side(old), side(new));
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let names: Vec<&String> = names.into_iter().collect();
    let differing: Vec<&String> = names
        .into_par_iter()
        .filter(|name| match (left.get(*name), right.get(*name)) {
            (Some((_, a)), Some((_, b))) => !old.linker.files.same_content(a, new.linker.files, b),
            _ => true,
        })
        .collect();
    let pick = |side: &BTreeMap<String, (usize, String)>| {
        differing
            .iter()
            .filter_map(|name| side.get(*name).map(|(index, _)| *index))
            .collect()
    };
    (pick(&left), pick(&right))
}

/// One interface of many; maps are built at once, which costs a fraction of growing them.
fn joined(mut parts: Vec<Interface>) -> Interface {
    let mut all =
        |part: fn(&mut Interface) -> BTreeSet<String>| parts.iter_mut().flat_map(part).collect();
    let (unknown, untrusted) = (
        all(|part| std::mem::take(&mut part.unknown)),
        all(|part| std::mem::take(&mut part.untrusted)),
    );
    Interface {
        classes: gathered(&mut parts, |part| &mut part.classes),
        modules: gathered(&mut parts, |part| &mut part.modules),
        exports: gathered(&mut parts, |part| &mut part.exports),
        aliases: gathered(&mut parts, |part| &mut part.aliases),
        unknown,
        untrusted,
        has_effects: false,
    }
}

fn gathered<T>(
    parts: &mut [Interface],
    map: fn(&mut Interface) -> &mut BTreeMap<String, T>,
) -> BTreeMap<String, T> {
    parts
        .iter_mut()
        .flat_map(|part| std::mem::take(map(part)))
        .collect()
}
