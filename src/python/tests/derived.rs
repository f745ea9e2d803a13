//! Names that are made of others: by decorators of the tree, partials, instances, calls that make classes.

use super::{interface, lines, lines_of};
use crate::interface::{Names, TableKind};

/// The lines of the module `m` of these files, its own functions and attributes only.
fn names(files: &[(&str, &str)], wanted: &str) -> Vec<String> {
    let interface = interface(files, "m");
    let tables = lines::tables(&interface, &mut Names::default());
    let module = tables.iter().find(|table| table.kind == TableKind::Module);
    let has = |line: &&str| line.split(['(', ' ', ':', '.']).any(|word| word == wanted);
    let lines = module.into_iter().flat_map(|table| &table.provides);
    lines
        .map(|line| line.text.as_str())
        .filter(has)
        .map(str::to_owned)
        .collect()
}

#[test]
fn decorators_of_the_tree_do_what_their_bodies_show() {
    let utils = "import functools\n\
        def keeps(f):\n    @functools.wraps(f)\n    def inner(*args, **kwargs):\n        return f(*args, **kwargs)\n    return inner\n\
        def registers(f):\n    ALL.append(f)\n    return f\n\
        def takes(option=None):\n    def outer(f):\n        def inner(*a, **k):\n            return f(*a, **k)\n        return inner\n    return outer\n\
        def replaces(f):\n    def inner(request, *, strict=False):\n        return f(request)\n    return inner\n\
        def starts(f):\n    @functools.wraps(f)\n    async def inner(*args, **kwargs):\n        return f(*args, **kwargs)\n    return inner\n\
        def reads(f):\n    return property(f)\n\
        def unclear(f):\n    return Magic(f)\n";
    for (decorator, line) in [
        ("@u.keeps", "def f(a, b=1)"),
        ("@u.registers", "def f(a, b=1)"),
        ("@u.takes(option=3)", "def f(a, b=1)"),
        ("@u.replaces", "def f(request, *, strict=False)"),
        ("@u.starts", "async def f(a, b=1)"),
        ("@u.unclear", "@unclear def f(a, b=1)"),
        ("@u.keeps\n@u.unclear", "@unclear def f(a, b=1)"),
    ] {
        let module = format!("import u\n{decorator}\ndef f(a, b=1): pass\n");
        assert_eq!(
            names(&[("m.py", &module), ("u.py", utils)], "f"),
            [line],
            "{decorator}"
        );
    }
}

#[test]
fn names_that_calls_give() {
    for (text, name, line) in [
        (
            "import functools\ndef g(a, b, c=1): pass\nf = functools.partial(g, 1, c=2)",
            "f",
            "def f(b, *, c=...)",
        ),
        (
            "class R:\n    def seed(self, a=None): pass\n_inst = R()\nseed = _inst.seed",
            "seed",
            "def seed(a=None)",
        ),
        (
            "class B:\n    def run(self, a): pass\nclass R(B): pass\nx = R()\nrun = x.run",
            "run",
            "def run(a)",
        ),
        (
            "class R:\n    @classmethod\n    def make(cls, a): pass\nmake = R.make",
            "make",
            "def make(a)",
        ),
        (
            "class R:\n    def plain(self, a): pass\nplain = R.plain",
            "plain",
            "def plain(self, a)",
        ),
    ] {
        assert_eq!(names(&[("m.py", text)], name), [line], "{text}");
    }
}

#[test]
fn classes_that_calls_make() {
    for (text, expected) in [
        (
            "import enum\nC = enum.Enum('C', 'RED BLUE')",
            vec!["class C(Enum)", "BLUE", "RED"],
        ),
        (
            "from typing import NamedTuple\nC = NamedTuple('C', [('a', int), ('b', str)])",
            vec![
                "class C(NamedTuple)",
                "def __new__(_cls, a: int, b: str)",
                "self.a",
                "self.b",
            ],
        ),
        (
            "from collections import namedtuple as nt\nC = nt('C', 'a b', defaults=[None] * 2)",
            vec![
                "class C(NamedTuple)",
                "def __new__(_cls, a=None, b=None)",
                "self.a",
                "self.b",
            ],
        ),
        (
            "class B: pass\nC = type('C', (B,), {'x': 1})",
            vec!["class C(B)", "x"],
        ),
        (
            "class C:\n    y = None\nC.x = 1\nsetattr(C, 'y', print)",
            vec!["class C", "x", "y"],
        ),
        (
            "import functools\n@functools.total_ordering\nclass C:\n    def __lt__(self, o): pass",
            vec![
                "@total_ordering class C",
                "def __ge__(self, other)",
                "def __gt__(self, other)",
                "def __le__(self, other)",
                "def __lt__(self, o)",
            ],
        ),
        (
            "import m2\nclass C:\n    f = staticmethod(m2.g)\n",
            vec!["class C", "f"],
        ),
        (
            "def g(a): pass\nclass C:\n    f = staticmethod(g)\n    h = g\n",
            vec!["class C", "@staticmethod def f(a)", "def h(a)"],
        ),
    ] {
        assert_eq!(lines_of(text), expected, "{text}");
    }
}

#[test]
fn the_definition_for_the_common_platform_says_what_a_name_is() {
    let text = "import os, sys\n\
        if os.name == 'nt':\n    def f(a): pass\nelse:\n    def f(a, b): pass\n\
        if sys.platform.startswith('win'):\n    def g(a): pass\nelif os.name == 'java' or sys.platform == 'cygwin':\n    def g(b): pass\nelse:\n    def g(c): pass\n";
    assert_eq!(names(&[("m.py", text)], "f"), ["def f(a, b)"]);
    assert_eq!(names(&[("m.py", text)], "g"), ["def g(c)"]);
}
