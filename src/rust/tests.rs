//! Crates written out in the test: names, paths, conditions, macros, and texts that want to hurt.

use std::collections::BTreeMap;

use super::Project;
use crate::interface::rust::{Interface, Kind, Type};
use crate::interface::{Names, Table};

fn tree(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut tree = BTreeMap::from([(
        "Cargo.toml".to_owned(),
        "[package]\nname = \"my-lib\"\nedition = \"2024\"\n[features]\ndefault = [\"on\"]\non = []\noff = []\n"
            .to_owned(),
    )]);
    for (path, text) in files {
        tree.insert((*path).to_owned(), (*text).to_owned());
    }
    tree
}

fn whole(files: &[(&str, &str)]) -> Interface {
    Project::new(&tree(files)).whole()
}

fn lib(text: &str) -> Interface {
    whole(&[("src/lib.rs", text)])
}

fn lines(interface: &Interface) -> Vec<Table> {
    super::lines::tables(interface, &mut Names::default())
}

fn header(interface: &Interface, path: &str) -> String {
    super::lines::header_line(path, &interface.items[path])
}

fn constant(interface: &Interface, path: &str) -> Type {
    match &interface.items[path].kind {
        Kind::Const(ty) => ty.clone(),
        other => panic!("{other:?} is no constant"),
    }
}

#[test]
fn a_type_is_one_however_it_is_spelled() {
    let interface = whole(&[
        (
            "src/lib.rs",
            "pub mod a;\nuse a::Foo as Bar;\nuse a::*;\ntype Alias = a::Foo;\n\
             pub const A: Bar = 1;\npub const B: crate::a::Foo = 1;\npub const C: self::a::Foo = 1;\n\
             pub const D: (Alias) = 1;\npub const E: Foo = 1;\npub const F: my_lib::a::Foo = 1;\n",
        ),
        ("src/a/mod.rs", "mod deep;\npub use self::deep::{Foo};\n"),
        ("src/a/deep.rs", "pub struct Foo;\n"),
    ]);
    for name in ["A", "B", "C", "D", "E", "F"] {
        let ty = constant(&interface, &format!("my_lib::{name}"));
        assert_eq!(ty, Type::plain("my_lib::a::Foo"), "{name}");
    }
}

#[test]
fn a_block_in_angle_brackets_ends_no_item() {
    let interface = lib(
        "pub type A<const N: usize> = [Many<{ 1 + 2 }>; N];\npub struct Many<const N: usize>;\n",
    );
    assert!(interface.broken.is_empty(), "{:?}", interface.broken);
    assert_eq!(
        header(&interface, "my_lib::A"),
        "pub type A<const N: usize> = [Many<{ 1 + 2 }>; N]"
    );
}

#[test]
fn core_and_alloc_are_std() {
    let interface = lib(
        "extern crate alloc;\npub const A: core::option::Option<alloc::string::String> = None;\n\
         pub const B: Option<String> = None;\npub const C: std::io::Result<u8> = Ok(1);\n\
         pub const D: Result<u8, std::io::Error> = Ok(1);\n",
    );
    let of = |name: &str| constant(&interface, &format!("my_lib::{name}"));
    assert_eq!(of("A"), of("B"));
    assert_eq!(of("C"), of("D"));
}

#[test]
fn an_item_goes_by_its_shortest_importable_path() {
    let files = tree(&[(
        "src/lib.rs",
        "mod private { pub struct A; pub struct B; }\npub mod x { pub use crate::private::{A, B as C}; }\n\
         pub mod b { pub use crate::x::A; }\npub use x::C;\n",
    )]);
    let project = Project::new(&files);
    let public = |path: &str| project.public_path(path);
    assert_eq!(public("crate::private::A").as_deref(), Some("my_lib::b::A"));
    assert_eq!(public("::my_lib::private::B").as_deref(), Some("my_lib::C"));
    assert_eq!(public("crate::nothing"), None);
}

#[test]
fn conditions_leave_out_tests_and_features_that_are_off() {
    let interface = lib(
        "#[cfg(test)] pub fn a() {}\n#[cfg(feature = \"on\")] pub fn b() {}\n\
         #[cfg(feature = \"off\")] pub fn c() {}\n#[cfg(all(test, unix))] pub fn d() {}\n\
         #[cfg(unix)] pub fn e() {}\n#[cfg(unix)] pub fn f(a: u8) {}\n#[cfg(not(unix))] pub fn f(a: u16) {}\n",
    );
    let names: Vec<&str> = interface
        .items
        .keys()
        .filter_map(|path| path.strip_prefix("my_lib::"))
        .collect();
    assert_eq!(names, ["b", "e", "f"]);
    assert_eq!(
        header(&interface, "my_lib::f"),
        "#[cfg(unix)] pub fn f(a: u8) { .. }"
    );
    let all = tree(&[("src/lib.rs", "#[cfg(feature = \"off\")] pub fn c() {}\n")]);
    let all = Project::new(&all).with_features(["*".to_owned()]).whole();
    assert!(all.items.contains_key("my_lib::c"));
}

#[test]
fn macros_that_only_pass_items_on_are_seen_through() {
    let interface = whole(&[
        (
            "src/lib.rs",
            "#[macro_use] mod macros;\ncfg_on! { pub mod on; }\ncfg_off! { pub mod off; }\n\
             cfg_if::cfg_if! { if #[cfg(windows)] { pub fn w() {} } else if #[cfg(unix)] { pub fn u() {} } }\n\
             make!(Made);\n",
        ),
        (
            "src/macros.rs",
            "macro_rules! cfg_on { ($($item:item)*) => { $(#[cfg(feature = \"on\")] $item)* } }\n\
             macro_rules! cfg_off { ($($item:item)*) => { $(#[cfg(feature = \"off\")] $item)* } }\n\
             macro_rules! make { ($name:ident) => { pub struct $name; } }\n",
        ),
        ("src/on.rs", "pub fn here() {}\n"),
        ("src/off.rs", "pub fn there() {}\n"),
    ]);
    assert!(interface.items.contains_key("my_lib::on::here"));
    assert!(!interface.items.contains_key("my_lib::off::there"));
    assert!(interface.items.contains_key("my_lib::u"));
    assert!(interface.unknown.contains("my_lib: items made by `make!`"));
    assert!(interface.made["my_lib"].contains("Made"));
}

#[test]
fn broken_text_is_told_of_and_nothing_below_it_counts_as_removed() {
    let old = tree(&[
        ("src/lib.rs", "pub mod a;\n"),
        ("src/a.rs", "pub fn f() {}\n"),
    ]);
    let new = tree(&[
        ("src/lib.rs", "pub mod a;\n"),
        ("src/a.rs", "pub fn f( {}\n"),
    ]);
    let (old, new) = Project::changed(&Project::new(&old), &Project::new(&new));
    assert_eq!(new.broken.len(), 1);
    assert_eq!(new.broken[0].module, "my_lib::a");
    assert_eq!(
        (new.broken[0].place.path.as_ref(), new.broken[0].place.line),
        ("src/a.rs", 1)
    );
    let found = crate::compare::rust::compare(&old, &new, &Default::default());
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn bodies_say_nothing_not_even_when_they_are_wrong() {
    let interface = lib(
        "pub fn f() -> u8 { let x = ; 1 + }\npub const A: u8 = ) 1;\n"
            .replace(") 1", "1 +")
            .as_str(),
    );
    assert!(interface.broken.is_empty(), "{:?}", interface.broken);
    assert_eq!(header(&interface, "my_lib::f"), "pub fn f() -> u8 { .. }");
}

#[test]
fn what_was_asked_for_is_found_by_any_of_its_paths() {
    let files = tree(&[(
        "src/lib.rs",
        "pub mod m { pub trait T { fn a(&self); fn b(&self); } pub fn f() {} }\npub use m::T;\n",
    )]);
    let project = Project::new(&files);
    let asked = |path: &str| project.interface(&[path.to_owned()]);
    for path in ["::my_lib::m::T", "crate::m::T", "::m::T", "::my_lib::T"] {
        let (interface, missing) = asked(path);
        assert!(missing.is_empty());
        assert!(interface.items.contains_key("my_lib::T"), "{path}");
    }
    let (interface, _) = asked("::my_lib::T::b");
    let Kind::Trait(of) = &interface.items["my_lib::T"].kind else {
        panic!("no trait");
    };
    assert_eq!(of.items.len(), 1);
    let (interface, _) = asked("::my_lib::m");
    assert!(interface.items.contains_key("my_lib::m::f"));
    assert_eq!(asked("::my_lib::gone").1, ["::my_lib::gone"]);
}

#[test]
fn a_binary_has_an_inner_interface() {
    let mut files = tree(&[("src/main.rs", "mod driver;\nfn main() {}\n")]);
    files.insert(
        "src/driver.rs".to_owned(),
        "pub(crate) trait Driver { fn go(&self); }\n".to_owned(),
    );
    let project = Project::new(&files);
    assert!(project.has_sources());
    let (interface, missing) = project.interface(&["crate::driver::Driver".to_owned()]);
    assert!(missing.is_empty());
    assert_eq!(
        header(&interface, "my_lib::driver::Driver"),
        "pub(crate) trait Driver"
    );
}

#[test]
fn a_path_attribute_stays_inside_the_tree() {
    let interface = whole(&[
        (
            "src/lib.rs",
            "#[path = \"../../etc/passwd\"] pub mod a;\n#[path = \"other/b.rs\"] pub mod b;\n",
        ),
        ("src/other/b.rs", "pub fn f() {}\n"),
    ]);
    assert!(interface.items.contains_key("my_lib::b::f"));
    assert!(interface.untrusted.contains("my_lib::a"));
}

#[test]
fn a_trait_that_nobody_can_implement_is_sealed() {
    let interface = lib(
        "mod p { pub trait S {} pub struct Token; }\npub trait A: p::S {}\npub trait B: A {}\n\
         pub trait C { fn f(&self, t: p::Token); }\npub trait D { fn f(&self); }\n\
         pub trait E: Iterator { fn f(&self) {} }\nimpl<T: Iterator + ?Sized> E for T {}\n\
         pub trait F {}\nimpl<T: Clone> F for T {}\n",
    );
    let sealed = |name: &str| match &interface.items[&format!("my_lib::{name}")].kind {
        Kind::Trait(of) => of.sealed,
        other => panic!("{other:?}"),
    };
    assert!(sealed("A") && sealed("B") && sealed("C") && sealed("E"));
    assert!(!sealed("D") && !sealed("F"));
}

/// Each of these once drove, or could drive, a parser or a walk too deep or around in circles.
#[test]
fn hostile_texts_end() {
    let deep = 200_000;
    let texts = [
        format!("pub fn f() {{ {} }}", "(".repeat(deep) + &")".repeat(deep)),
        format!("pub const A: u8 = {}1;", "-".repeat(deep)),
        format!("pub type A = {}u8;", "&".repeat(deep)),
        format!("pub type A = {}u8{};", "Box<".repeat(deep), ">".repeat(deep)),
        format!("pub type A = [u8; {}1];", "-".repeat(deep)),
        format!("pub type A = [u8; 1{}];", "+1".repeat(deep)),
        format!("{}{}", "mod a {".repeat(deep), "}".repeat(deep)),
        format!("use {}b;", "a::".repeat(deep)),
        format!("use {}b{};", "a::{".repeat(deep), "}".repeat(deep)),
        format!("pub enum E {{ A = {}1 }}", "!".repeat(deep)),
        format!("#[cfg({}unix{})] pub fn f() {{}}", "not(".repeat(deep), ")".repeat(deep)),
        format!("pub fn f(x: {}) {{}}", "fn() -> ".repeat(deep)),
        "pub use self::a::*; pub mod a { pub use super::*; pub use super::b::*; } pub mod b { pub use super::a::*; pub use super::*; }".to_owned(),
        "use a as b; use b as a; pub const X: a = 1;".to_owned(),
        "pub type A = B; pub type B = A; pub const X: A = 1;".to_owned(),
        (0..60).fold("pub type T0 = u8;".to_owned(), |text, n| {
            text + &format!("pub type T{} = (T{n}, T{n});", n + 1)
        }),
        "pub trait A: B {} pub trait B: A {}".to_owned(),
        "#[path = \"lib.rs\"] pub mod again;".to_owned(),
    ];
    for text in texts {
        let interface = lib(&text);
        let _ = lines(&interface);
    }
}

#[test]
fn a_line_that_is_wrong_says_so() {
    let table = |kind, is: &str, provides: &[&str]| Table {
        kind,
        path: "my_lib::A".to_owned(),
        is: crate::interface::Line::new(is),
        provides: provides
            .iter()
            .map(|text| crate::interface::Line::new(*text))
            .collect(),
        requires: BTreeMap::new(),
        effects: BTreeMap::new(),
    };
    let read = |table: Table| super::lines::read(&[table], &Names::default());
    use crate::interface::TableKind::{Struct, Trait};
    assert!(read(table(Trait, "pub trait A", &["fn f(&self);"])).is_ok());
    assert!(read(table(Trait, "pub trait B", &[])).is_err());
    assert!(read(table(Trait, "pub struct A {}", &[])).is_err());
    let error = read(table(Trait, "pub trait A", &["fn f(&self"])).unwrap_err();
    assert_eq!(error.text, "fn f(&self");
    assert!(read(table(Struct, "pub struct A {}", &["Variant(u8)"])).is_err());
    let nested = format!("fn f(x: {}u8);", "&".repeat(100_000));
    assert!(read(table(Trait, "pub trait A", &[&nested])).is_err());
}
