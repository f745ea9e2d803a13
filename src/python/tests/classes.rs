//! Classes: headers, attributes, inheritance, constructors that no one wrote.

use super::{class, interface, lines_of, shown};
use crate::interface::python::{Kind, Type};

#[test]
fn headers() {
    for (text, header) in [
        ("class C: pass", "class C"),
        ("class C(object): pass", "class C(object)"),
        ("import a\nclass C(a.B): pass", "class C(B)"),
        ("from a import B as D\nclass C(D): pass", "class C(B)"),
        ("import abc\nclass C(abc.ABC): pass", "class C(ABC)"),
        (
            "import abc\nclass C(metaclass=abc.ABCMeta): pass",
            "class C(metaclass=ABCMeta)",
        ),
        (
            "import abc, six\n@six.add_metaclass(abc.ABCMeta)\nclass C(object): pass",
            "class C(object, metaclass=ABCMeta)",
        ),
        (
            "import abc, six\nclass C(six.with_metaclass(abc.ABCMeta, object)): pass",
            "class C(object, metaclass=ABCMeta)",
        ),
        (
            "import abc\nclass C(object):\n    __metaclass__ = abc.ABCMeta",
            "class C(object, metaclass=ABCMeta)",
        ),
        (
            "import abc\nclass B(metaclass=abc.ABCMeta): pass\nclass C(B): pass",
            "class C(B, metaclass=ABCMeta)",
        ),
        (
            "import abc\nclass M(abc.ABCMeta): pass\nclass C(metaclass=M): pass",
            "class C(metaclass=M(ABCMeta))",
        ),
        (
            "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass C(Generic[T]): pass",
            "class C(Generic[T])",
        ),
        ("class C[T](list[T]): pass", "class C[T](list[T])"),
        (
            "import typing\n@typing.final\nclass C: pass",
            "@final class C",
        ),
        (
            "from dataclasses import dataclass\n@dataclass(frozen = True)\nclass C: pass",
            "@dataclass(frozen=True) class C",
        ),
        (
            "import oslo\n@oslo.register(3)\nclass C: pass",
            "@register class C",
        ),
    ] {
        assert_eq!(lines_of(text)[0], header, "{text}");
    }
}

#[test]
fn abstract_members_bind_where_the_metaclass_says_so() {
    assert!(class("import abc\nclass C(abc.ABC): pass").abc);
    assert!(class("import abc\nclass B(abc.ABC): pass\nclass C(B): pass").abc);
    assert!(class("import abc\nclass M(abc.ABCMeta): pass\nclass C(metaclass=M): pass").abc);
    assert!(!class("import abc\nclass C:\n    @abc.abstractmethod\n    def f(self): pass").abc);
}

#[test]
fn attributes() {
    let text = "
class C:
    plain = 1
    typed: int = 1
    declared: 'str'
    a, (b, *c) = f()
    __slots__ = ('slot',)
    def __init__(self, x):
        self.sure = x
        self.both: int
        if x:
            self.either = 1
            self.maybe = 1
        else:
            self.either = 2
        self.one, self.two = x
        with x as self.opened:
            pass
        setattr(self, 'by_name', 1)
        def inner(self):
            self.not_this = 1
    def later(self):
        self.late = 1
    @classmethod
    def make(cls):
        cls.shared = 1
";
    let class = class(text);
    let found: Vec<String> = class
        .members
        .iter()
        .filter(|(_, member)| matches!(member.kind, Kind::Attribute(_)))
        .map(|(name, member)| format!("{name}{}", if member.conditional { "?" } else { "" }))
        .collect();
    assert_eq!(
        found.join(" "),
        "__slots__ a b both by_name c declared either late? maybe? one opened plain shared? slot? sure two typed"
    );
    let lines = lines_of(text).join("\n");
    for line in [
        "plain",
        "typed: int = ...",
        "declared: str",
        "self.both: int",
        "self.sure",
        "shared",
    ] {
        assert!(
            lines.lines().any(|found| found == line),
            "{line} in {lines}"
        );
    }
}

#[test]
fn members_come_through_the_bases() {
    let files = [
        ("p/__init__.py", ""),
        (
            "p/base.py",
            "class A:\n    def a(self): pass\n    def both(self, x): pass\nclass B(A):\n    def b(self): pass\n",
        ),
        (
            "p/mid.py",
            "from p.base import *\nfrom . import base as other\nclass M(other.B):\n    def both(self): pass\n",
        ),
        (
            "p/end.py",
            "from .mid import M as Base\nclass C(Base):\n    pass\n",
        ),
    ];
    assert_eq!(
        shown(&files, "p.end.C"),
        "class C(M)\n  def a(self)\n  def b(self)\n  def both(self)\n"
    );
    let class = &interface(&files, "p.end.C").classes["p.end.C"];
    assert_eq!(class.mro, ["p.mid.M", "p.base.B", "p.base.A"]);
    assert_eq!(class.members["both"].defined_in, "p.mid.M");
    assert_eq!(class.members["a"].defined_in, "p.base.A");
    assert_eq!(class.open, None);
}

#[test]
fn an_inherited_member_can_be_asked_for() {
    let text = "class B:\n    def f(self): pass\n    def g(self): pass\nclass C(B): pass\n";
    assert_eq!(
        shown(&[("m.py", text)], "m.C.f"),
        "class C(B): ...\n  def f(self)\n"
    );
}

#[test]
fn bases_that_cannot_be_seen_are_said() {
    let text = "import oslo_service\nclass C(oslo_service.Service): pass";
    let interface = interface(&[("m.py", text)], "m.C");
    let sentence = "base oslo_service.Service: outside the tree";
    assert_eq!(interface.classes["m.C"].open.as_deref(), Some(sentence));
    assert!(interface.unknown.contains(sentence));
    assert!(class("class C(f()): pass").open.is_some());
    assert!(
        class("class C:\n    def __getattr__(self, name): pass")
            .open
            .is_some()
    );
    assert_eq!(class("class C(Exception): pass").open, None);
    assert_eq!(
        class("class C(ValueError): pass")
            .mro
            .last()
            .map(String::as_str),
        Some("builtins.BaseException")
    );
}

#[test]
fn circles_end() {
    let files = [
        ("a.py", "from b import B\nclass A(B): pass\n"),
        ("b.py", "from a import A\nclass B(A): pass\n"),
        ("c.py", "from c import x\ny = z\nz = y\n"),
    ];
    assert!(interface(&files, "a.A").classes["a.A"].open.is_some());
    assert!(interface(&files, "c").modules.contains_key("c"));
}

#[test]
fn constructors() {
    for (text, line) in [
        (
            "from dataclasses import dataclass, field, KW_ONLY, InitVar\nfrom typing import ClassVar\n@dataclass\nclass B:\n    x: int\n    y: str = 'a'\n@dataclass\nclass C(B):\n    x: float\n    z: list = field(default_factory=list)\n    no: int = field(init=False)\n    c: ClassVar[int] = 1\n    _: KW_ONLY\n    k: InitVar[int] = 3",
            "def __init__(self, x: float, y: str = 'a', z: list = ..., *, k: int = 3) -> None",
        ),
        (
            "from dataclasses import dataclass\n@dataclass(kw_only=True)\nclass C:\n    x: int",
            "def __init__(self, *, x: int) -> None",
        ),
        (
            "import attr\n@attr.s\nclass C:\n    _a = attr.ib()\n    b = attr.ib(default=1)",
            "def __init__(self, a, b=1) -> None",
        ),
        (
            "from attrs import define, field\n@define\nclass C:\n    a: int\n    b: int = field(factory=int, kw_only=True)",
            "def __init__(self, a: int, *, b: int = ...) -> None",
        ),
        (
            "from typing import NamedTuple\nclass C(NamedTuple):\n    a: int\n    b: str = 'x'",
            "def __new__(_cls, a: int, b: str = 'x')",
        ),
        (
            "from collections import namedtuple\nC = namedtuple('C', 'a b', defaults=[1])",
            "def __new__(_cls, a, b=1)",
        ),
        (
            "import collections\nclass C(collections.namedtuple('C', ['a', 'b'])):\n    pass",
            "def __new__(_cls, a, b)",
        ),
    ] {
        let lines = lines_of(text);
        assert!(
            lines.iter().any(|found| found == line),
            "{line} in {lines:#?}"
        );
    }
    let no_init = "from dataclasses import dataclass\n@dataclass(init=False)\nclass C:\n    x: int";
    assert!(!class(no_init).members.contains_key("__init__"));
    let written = "from dataclasses import dataclass\n@dataclass\nclass C:\n    x: int\n    def __init__(self): pass";
    assert!(lines_of(written).contains(&"def __init__(self)".to_owned()));
}

#[test]
fn aliases_of_methods_and_nested_classes() {
    let text = "class C:\n    def f(self, a): pass\n    g = f\n    class Inner:\n        def h(self): pass\n    Other = Inner\n";
    let lines = lines_of(text);
    assert_eq!(
        lines,
        [
            "class C",
            "class Inner",
            "def f(self, a)",
            "def g(self, a)",
            "from m.C import Inner as Other",
            "class Inner",
            "def h(self)"
        ]
    );
}

#[test]
fn the_first_definite_branch_wins() {
    let text = "
import sys
from typing import TYPE_CHECKING
class C:
    if sys.version_info >= (3, 0):
        def f(self, new): pass
    else:
        def f(self, old): pass
    if unclear():
        def g(self, first): pass
        def only(self): pass
    else:
        def g(self, second): pass
    if TYPE_CHECKING:
        def hidden(self): pass
    try:
        h = 1
    except ImportError:
        h = None
";
    let class = class(text);
    let lines = lines_of(text);
    assert!(lines.contains(&"def f(self, new)".to_owned()));
    assert!(lines.contains(&"def g(self, first)".to_owned()));
    assert!(!class.members.contains_key("hidden"));
    let conditional: Vec<&str> = class
        .members
        .iter()
        .filter(|(_, member)| member.conditional)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(conditional, ["only"]);
}

#[test]
fn types_are_followed_through_the_tree() {
    let files = [
        ("p/__init__.py", "from p.deep import Thing"),
        ("p/deep.py", "class Thing: pass"),
        (
            "p/use.py",
            "import typing\nfrom p import Thing\nimport p\nclass C:\n    a: Thing\n    b: 'typing.List[p.Thing]'\n    c: typing.Optional[Thing]\n",
        ),
    ];
    let class = &interface(&files, "p.use.C").classes["p.use.C"];
    let ty = |name: &str| match &class.members[name].kind {
        Kind::Attribute(attribute) => attribute.ty.clone().unwrap(),
        _ => Type::None,
    };
    let thing = Type::Name("p.deep.Thing".to_owned());
    assert_eq!(ty("a"), thing);
    assert_eq!(
        ty("b"),
        Type::Generic("builtins.list".to_owned(), vec![thing.clone()])
    );
    assert_eq!(ty("c"), Type::Union(vec![Type::None, thing]));
}
