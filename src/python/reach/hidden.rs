//! Whether a name that no statement binds may be there all the same: made by `setattr`, `globals()`, a registry, a dict
//! of fields. It reads bytes only, and rather believes too much than too little.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::python::project::Project;

/// Whether the text of a module may bind `name` in the module otherwise than by a statement at its top.
pub(super) fn in_module(bytes: &[u8], name: &str) -> bool {
    mentions(bytes, name) || holds(bytes, "globals()") || holds(bytes, "sys.modules[")
}

/// Whether the text around a class may give its objects `name` otherwise than by a statement.
pub(super) fn in_class(bytes: &[u8], name: &str) -> bool {
    mentions(bytes, name) || holds(bytes, "self.__dict__") || sets_any_name(bytes)
}

fn holds(bytes: &[u8], text: &str) -> bool {
    memmem::find(bytes, text.as_bytes()).is_some()
}

/// `name = `, `.name = `, `'name'`, `global name`, `as name`.
fn mentions(bytes: &[u8], name: &str) -> bool {
    memmem::find_iter(bytes, name).any(|at| {
        let before = &bytes[..at];
        let after = &bytes[at + name.len()..];
        let is_word = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        if is_word(before.last()) || is_word(after.first()) {
            return false;
        }
        let quoted = matches!(before.last(), Some(b'\'' | b'"'))
            && matches!(after.first(), Some(b'\'' | b'"'));
        // Keyword arguments have no space around their sign.
        let assigned = after.starts_with(b" = ") || after.starts_with(b": ");
        let declared = ["global ", " as "]
            .iter()
            .any(|word| before.ends_with(word.as_bytes()));
        quoted || assigned || declared
    })
}

/// `setattr(self, name, …)` with a name that is no literal.
fn sets_any_name(bytes: &[u8]) -> bool {
    ["setattr(self,", "setattr(cls,"].iter().any(|start| {
        memmem::find_iter(bytes, start).any(|at| {
            let name = bytes[at + start.len()..].trim_ascii_start().first();
            !matches!(name, Some(b'\'' | b'"'))
        })
    })
}

impl Project<'_> {
    /// The names `x` for which some module says `setattr(x, name, …)` with a name that is no literal: where `x` is a
    /// module, it gets names that nobody can read off.
    pub(super) fn set_by_name(&self) -> BTreeSet<String> {
        let start = "setattr(";
        let mut found = BTreeSet::new();
        for index in self.files_with(&[start.to_owned()]) {
            let Some(bytes) = self.bytes(index) else {
                continue;
            };
            for at in memmem::find_iter(&bytes, start) {
                let rest = &bytes[at + start.len()..];
                let Some(comma) = rest.iter().take(80).position(|byte| *byte == b',') else {
                    continue;
                };
                let literal = matches!(
                    rest[comma + 1..].trim_ascii_start().first(),
                    Some(b'\'' | b'"')
                );
                if let (false, Ok(name)) = (literal, std::str::from_utf8(&rest[..comma])) {
                    let last = name.rsplit('.').next().unwrap_or(name);
                    found.insert(last.trim().to_owned());
                }
            }
        }
        found
    }
}
