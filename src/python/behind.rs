//! Which files stand behind an interface: those of its definitions and of their bases, and those that paths lead
//! through. It is asked by `log`, which looks at commits that touched them only.

use std::collections::BTreeSet;

use super::Project;
use crate::interface::python::Interface;

impl Project<'_> {
    /// The files of what an interface holds, and of what was asked for to get it.
    pub fn files_behind(&self, asked: &[String], interface: &Interface) -> BTreeSet<String> {
        let classes = interface.classes.iter();
        let paths = classes.flat_map(|(path, class)| class.mro.iter().chain([path]));
        let members =
            |members: &std::collections::BTreeMap<String, crate::interface::python::Member>| {
                let of = members.values().map(|member| member.defined_in.clone());
                of.collect::<Vec<String>>()
            };
        let owners = interface
            .classes
            .values()
            .flat_map(|class| members(&class.members))
            .chain(
                interface
                    .modules
                    .values()
                    .flat_map(|module| members(&module.members)),
            );
        paths
            .chain(interface.modules.keys())
            .chain(interface.exports.values())
            .chain(asked)
            .cloned()
            .chain(owners)
            .filter_map(|path| self.file_of(&path))
            .collect()
    }
}
