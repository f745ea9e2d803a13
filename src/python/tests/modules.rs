//! Modules: what a name is, where it comes from, what is offered on purpose.

use super::{MemoryFiles, Project, interface, module, shown};
use crate::interface::python::{Interface, Kind};

const TREE: [(&str, &str); 5] = [
    (
        "pkg/__init__.py",
        "from pkg._impl.core import Thing, helper\nfrom pkg import other\nfrom pkg.other import *\nimport os\n",
    ),
    ("pkg/_impl/__init__.py", ""),
    (
        "pkg/_impl/core.py",
        "class Thing:\n    def go(self): pass\ndef helper(a): pass\n",
    ),
    (
        "pkg/other.py",
        "from pkg._impl.core import Thing as Renamed\nfrom json import loads\n__all__ = ['loads', 'made']\n__all__ += ['more']\n__all__.append('last')\ndef made(): pass\nmore = last = 1\nVALUE: int = 3\n",
    ),
    (
        "pkg/gone.py",
        "from outside import *\ndef __getattr__(name): pass\n",
    ),
];

#[test]
fn reexports_are_members_where_they_are_meant() {
    assert_eq!(
        shown(&TREE, "pkg"),
        "import pkg\n  def helper(a)\n  def made()\n  from json import loads\n  \
         from pkg._impl.core import Thing\n  import pkg.other as other\n  last\n  more\n"
    );
    assert_eq!(
        shown(&TREE, "pkg.other"),
        "import pkg.other\n  VALUE: int = ...\n  __all__ = ['last', 'loads', 'made', 'more']\n  \
         def made()\n  from json import loads\n  last\n  more\n"
    );
}

#[test]
fn every_import_can_be_followed() {
    let interface = interface(&TREE, "pkg.other");
    assert_eq!(
        interface.exports["pkg.other.Renamed"],
        "pkg._impl.core.Thing"
    );
    assert_eq!(interface.exports["pkg.other.loads"], "json.loads");
}

#[test]
fn a_reexport_leads_to_its_class() {
    assert_eq!(
        shown(&TREE, "pkg.Thing"),
        "class Thing\n  def go(self)\nfrom pkg._impl.core import Thing\n"
    );
    assert_eq!(
        interface(&TREE, "pkg.Thing").exports["pkg.Thing"],
        "pkg._impl.core.Thing"
    );
}

#[test]
fn what_cannot_be_seen_is_open() {
    let interface = interface(&TREE, "pkg.gone");
    assert!(interface.modules["pkg.gone"].open.is_some());
    assert!(
        interface
            .unknown
            .contains("star import of outside in pkg.gone: outside the tree")
    );
    assert!(module("globals().update(x)").open.is_some());
}

#[test]
fn missing_paths_name_what_is_near() {
    let files = MemoryFiles::new(TREE);
    let project = Project::new(&files);
    let (_, missing) = project.interface(&["pkg.other.nope.x".to_owned(), "zope".to_owned()]);
    assert_eq!(missing[0].nearest.as_deref(), Some("pkg.other"));
    assert_eq!(missing[1].nearest, None);
}

#[test]
fn public_paths() {
    let files = MemoryFiles::new(TREE);
    let project = Project::new(&files);
    for (definition, path) in [
        ("pkg._impl.core.Thing.go", "pkg.Thing.go"),
        ("pkg.other.made", "pkg.made"),
        ("pkg.other.VALUE", "pkg.other.VALUE"),
        ("pkg.gone", "pkg.gone"),
        ("elsewhere.x", "elsewhere.x"),
    ] {
        assert_eq!(project.public_path(definition), path);
    }
}

#[test]
fn names_of_a_module() {
    let text = "
import a.b
from c import d
x = 1
y, z = x
alias = d
def f(): pass
g = f
h = None
try:
    from json import dumps as h
except ImportError:
    pass
del x
globals()['made'] = 1
for loop in z: pass
if z:
    maybe = 1
";
    let module = module(text);
    let found: Vec<String> = module
        .members
        .iter()
        .map(|(name, member)| {
            let kind = match &member.kind {
                Kind::Function(_) => "def",
                Kind::Attribute(_) => "=",
                Kind::Class(_) => "class",
                Kind::Import(path) => path,
                _ => "?",
            };
            format!("{name} {kind}{}", if member.conditional { "?" } else { "" })
        })
        .collect();
    assert_eq!(
        found,
        [
            "alias c.d",
            "f def",
            "g def",
            "loop =?",
            "made =",
            "maybe =?",
            "y =",
            "z ="
        ]
    );
}

#[test]
fn a_submodule_is_found_where_its_package_hides_nothing() {
    let files = [
        ("p/__init__.py", "from p import sub\nfrom .fun import fun\n"),
        ("p/sub.py", "def f(): pass\n"),
        ("p/fun.py", "def fun(): pass\ndef other(): pass\n"),
        ("n/deep/m.py", "from p import fun, sub\nX = fun\n"),
    ];
    let interface = interface(&files, "n.deep.m");
    assert_eq!(interface.exports["n.deep.m.sub"], "p.sub");
    assert_eq!(interface.exports["n.deep.m.fun"], "p.fun.fun");
    assert!(matches!(
        interface.modules["n.deep.m"].members["X"].kind,
        Kind::Function(_)
    ));
    assert_eq!(shown(&files, "p.fun.other"), "def other()\n");
}

#[test]
fn only_changed_modules_are_read() {
    let old = MemoryFiles::new([
        ("p/a.py", "x = 1"),
        ("p/b.py", "def f(): pass"),
        ("p/gone.py", ""),
    ]);
    let new = MemoryFiles::new([
        ("p/a.py", "x = 1"),
        ("p/b.py", "def f(a): pass"),
        ("p/new.py", ""),
    ]);
    let (left, right) = Project::changed(&Project::new(&old), &Project::new(&new));
    let names = |side: &Interface| side.modules.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&left), ["p.b", "p.gone"]);
    assert_eq!(names(&right), ["p.b", "p.new"]);
}
