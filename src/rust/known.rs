//! What is known of the standard library without its source: the prelude, the primitives, paths that are one, and
//! aliases. It knows nothing of any tree.

use crate::interface::rust::{Arg, Type};

/// Names that every module has, with their paths.
pub(super) const PRELUDE: &[(&str, &str)] = &[
    ("AsMut", "std::convert::AsMut"),
    ("AsRef", "std::convert::AsRef"),
    ("Box", "std::boxed::Box"),
    ("Clone", "std::clone::Clone"),
    ("Copy", "std::marker::Copy"),
    ("Debug", "std::fmt::Debug"),
    ("Default", "std::default::Default"),
    ("DoubleEndedIterator", "std::iter::DoubleEndedIterator"),
    ("Drop", "std::ops::Drop"),
    ("Eq", "std::cmp::Eq"),
    ("ExactSizeIterator", "std::iter::ExactSizeIterator"),
    ("Extend", "std::iter::Extend"),
    ("Fn", "std::ops::Fn"),
    ("FnMut", "std::ops::FnMut"),
    ("FnOnce", "std::ops::FnOnce"),
    ("From", "std::convert::From"),
    ("FromIterator", "std::iter::FromIterator"),
    ("Hash", "std::hash::Hash"),
    ("Into", "std::convert::Into"),
    ("IntoIterator", "std::iter::IntoIterator"),
    ("Iterator", "std::iter::Iterator"),
    ("Option", "std::option::Option"),
    ("Ord", "std::cmp::Ord"),
    ("PartialEq", "std::cmp::PartialEq"),
    ("PartialOrd", "std::cmp::PartialOrd"),
    ("Result", "std::result::Result"),
    ("Send", "std::marker::Send"),
    ("Sized", "std::marker::Sized"),
    ("String", "std::string::String"),
    ("Sync", "std::marker::Sync"),
    ("ToOwned", "std::borrow::ToOwned"),
    ("ToString", "std::string::ToString"),
    ("TryFrom", "std::convert::TryFrom"),
    ("TryInto", "std::convert::TryInto"),
    ("Unpin", "std::marker::Unpin"),
    ("Vec", "std::vec::Vec"),
];

/// Names in [`PRELUDE`] that are macros there, not traits: they only derive.
const ONLY_DERIVED: [&str; 2] = ["Debug", "Hash"];

/// What a name of the prelude is.
pub(super) fn prelude(name: &str) -> Option<&'static str> {
    if ONLY_DERIVED.contains(&name) {
        return None;
    }
    derive(name)
}

/// What a name of the prelude is as a derive, or in a contract.
pub(super) fn derive(name: &str) -> Option<&'static str> {
    PRELUDE
        .iter()
        .find(|(short, _)| *short == name)
        .map(|(_, full)| *full)
}

/// Whether it is a primitive type.
pub(super) fn is_primitive(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "char"
            | "str"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "f16"
            | "f32"
            | "f64"
            | "f128"
    )
}

/// Paths of the standard library that lead to one thing.
const SAME: &[(&str, &str)] = &[
    (
        "std::collections::btree_map::BTreeMap",
        "std::collections::BTreeMap",
    ),
    (
        "std::collections::btree_set::BTreeSet",
        "std::collections::BTreeSet",
    ),
    (
        "std::collections::binary_heap::BinaryHeap",
        "std::collections::BinaryHeap",
    ),
    (
        "std::collections::hash_map::HashMap",
        "std::collections::HashMap",
    ),
    (
        "std::collections::hash_set::HashSet",
        "std::collections::HashSet",
    ),
    (
        "std::collections::linked_list::LinkedList",
        "std::collections::LinkedList",
    ),
    (
        "std::collections::vec_deque::VecDeque",
        "std::collections::VecDeque",
    ),
    (
        "std::collections::hash_map::RandomState",
        "std::hash::RandomState",
    ),
    (
        "std::collections::hash_map::DefaultHasher",
        "std::hash::DefaultHasher",
    ),
    ("std::collections::Bound", "std::ops::Bound"),
    ("std::prelude::v1::Vec", "std::vec::Vec"),
    ("std::prelude::v1::Box", "std::boxed::Box"),
    ("std::prelude::v1::String", "std::string::String"),
    ("std::prelude::v1::Option", "std::option::Option"),
    ("std::prelude::v1::Result", "std::result::Result"),
    ("std::ffi::c_str::CStr", "std::ffi::CStr"),
    ("std::ffi::c_str::CString", "std::ffi::CString"),
    ("std::ffi::os_str::OsStr", "std::ffi::OsStr"),
    ("std::ffi::os_str::OsString", "std::ffi::OsString"),
    ("std::future::future::Future", "std::future::Future"),
    ("std::iter::iterator::Iterator", "std::iter::Iterator"),
    ("std::panic::PanicInfo", "std::panic::PanicHookInfo"),
    ("std::net::ip::IpAddr", "std::net::IpAddr"),
];

/// A path outside the tree in its one spelling: `core` and `alloc` are `std`, and so on.
pub(super) fn canonical(path: &str) -> String {
    let path = path.strip_prefix("::").unwrap_or(path);
    let mut path = match path.split_once("::") {
        Some(("core" | "alloc", rest)) => format!("std::{rest}"),
        None if path == "core" || path == "alloc" => "std".to_owned(),
        _ => path.to_owned(),
    };
    if let Some(rest) = path.strip_prefix("std::primitive::") {
        return rest.to_owned();
    }
    if let Some(rest) = path.strip_prefix("std::os::raw::") {
        path = format!("std::ffi::{rest}");
    }
    if let Some(rest) = path.strip_prefix("std::prelude::")
        && let Some((_, name)) = rest.split_once("::")
        && let Some(full) = derive(name)
    {
        return full.to_owned();
    }
    SAME.iter()
        .find(|(other, _)| *other == path)
        .map_or(path, |(_, one)| (*one).to_owned())
}

/// What an alias of the standard library stands for.
pub(super) fn alias(path: &str, args: &[Arg]) -> Option<Type> {
    let result = |ok: Type, error: &str| {
        Type::Path(
            "std::result::Result".to_owned(),
            vec![Arg::Type(ok), Arg::Type(Type::plain(error))],
        )
    };
    let first = || match args.first() {
        Some(Arg::Type(ty)) => Some(ty.clone()),
        _ => None,
    };
    match path {
        "std::fmt::Result" => Some(result(Type::unit(), "std::fmt::Error")),
        "std::io::Result" => Some(result(first()?, "std::io::Error")),
        "std::thread::Result" => Some(Type::Path(
            "std::result::Result".to_owned(),
            vec![
                Arg::Type(first()?),
                Arg::Type(Type::Path(
                    "std::boxed::Box".to_owned(),
                    vec![Arg::Type(Type::Dyn(vec![
                        crate::interface::rust::Bound::plain("std::any::Any"),
                        crate::interface::rust::Bound::plain("std::marker::Send"),
                        crate::interface::rust::Bound::Lifetime("'static".to_owned()),
                    ]))],
                )),
            ],
        )),
        _ => None,
    }
}

/// What a derive of a well-known crate implements, if not the trait of the macro's own path.
pub(super) fn derived_traits(path: &str) -> Option<&'static [&'static str]> {
    Some(match path {
        "thiserror::Error" => &["std::error::Error", "std::fmt::Display"],
        "serde_derive::Serialize" => &["serde::Serialize"],
        "serde_derive::Deserialize" => &["serde::Deserialize"],
        _ => return None,
    })
}
