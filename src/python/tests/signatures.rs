//! Functions and methods: parameters, decorators, what a call gives.

use super::lines_of;
use crate::interface::python::Kind;

/// The lines of a class with this body, its header left out.
fn member(body: &str) -> String {
    let imports = "import abc, functools, contextlib, typing, asyncio, enum\n\
        from abc import abstractmethod\n\
        from typing import *\n\
        from typing import Any, Optional, overload, final\n\
        import oslo\n";
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let lines = lines_of(&format!("{imports}class C:\n{body}"));
    lines[1..].join("\n")
}

#[test]
fn a_definition_and_its_line() {
    for (body, line) in [
        (
            "def f(self, a, b=1, *c, d, e='x', **g): pass",
            "def f(self, a, b=1, *c, d, e='x', **g)",
        ),
        (
            "def f(self, a, /, b, *, c): pass",
            "def f(self, a, /, b, *, c)",
        ),
        ("def f(self, a, /): pass", "def f(self, a, /)"),
        (
            "def f(self, a: int = 0x10) -> None: pass",
            "def f(self, a: int = 16) -> None",
        ),
        (
            "def f(self, a: Optional['C']): pass",
            "def f(self, a: C | None)",
        ),
        (
            "def f(self, a: Optional[unheard.X]): pass",
            "def f(self, a: X | None)",
        ),
        ("async def f(self): pass", "async def f(self)"),
        (
            "async def f(self):\n    yield 1",
            "async def f(self): yield",
        ),
        ("def f(self):\n    yield", "def f(self): yield"),
        ("def f(self):\n    x = [(yield)]", "def f(self): yield"),
        (
            "def f(self):\n    def g():\n        yield\n    return g",
            "def f(self)",
        ),
        ("def f(self):\n    return lambda: (yield)", "def f(self)"),
        ("@staticmethod\ndef f(a): pass", "@staticmethod def f(a)"),
        ("@classmethod\ndef f(cls): pass", "@classmethod def f(cls)"),
        ("def __new__(cls, a): pass", "def __new__(cls, a)"),
        (
            "@abstractmethod\ndef f(self): pass",
            "@abstractmethod def f(self)",
        ),
        (
            "@abc.abstractmethod\ndef f(self): pass",
            "@abstractmethod def f(self)",
        ),
        (
            "@classmethod\n@abc.abstractmethod\ndef f(cls): pass",
            "@classmethod @abstractmethod def f(cls)",
        ),
        (
            "@abc.abstractproperty\ndef f(self): pass",
            "@property @abstractmethod def f(self)",
        ),
        (
            "def f(self):\n    'Says so.'\n    raise NotImplementedError()",
            "def f(self): raise NotImplementedError",
        ),
        (
            "def f(self):\n    raise NotImplementedError('x')",
            "def f(self): raise NotImplementedError",
        ),
        (
            "def f(self):\n    log()\n    raise NotImplementedError",
            "def f(self)",
        ),
        ("def f(self):\n    raise ValueError", "def f(self)"),
        (
            "@property\ndef f(self) -> int: pass",
            "@property def f(self) -> int",
        ),
        (
            "@property\ndef f(self): pass\n@f.setter\ndef f(self, v): pass",
            "@f.setter def f(self, value)\n@property def f(self)",
        ),
        (
            "@property\ndef f(self): pass\n@f.deleter\ndef f(self): pass",
            "@f.deleter def f(self)\n@property def f(self)",
        ),
        (
            "@functools.cached_property\ndef f(self): pass",
            "@cached_property def f(self)",
        ),
        (
            "@contextlib.contextmanager\ndef f(self):\n    yield",
            "@contextmanager def f(self)",
        ),
        (
            "@contextlib.asynccontextmanager\nasync def f(self):\n    yield",
            "@asynccontextmanager async def f(self)",
        ),
        (
            "@functools.lru_cache(maxsize=None)\ndef f(self): pass",
            "def f(self)",
        ),
        ("@functools.wraps(g)\ndef f(self): pass", "def f(self)"),
        ("@final\ndef f(self): pass", "@final def f(self)"),
        ("@oslo.retry(3)\ndef f(self): pass", "@retry def f(self)"),
        (
            "@overload\ndef f(self, a: int): ...\n@overload\ndef f(self, a: str): ...\ndef f(self, a): pass",
            "@overload def f(self, a: int)\n@overload def f(self, a: str)\ndef f(self, a)",
        ),
        ("f = lambda self, a=1: a", "def f(self, a=1)"),
        (
            "def g(a): pass\nf = staticmethod(g)\ndel g",
            "@staticmethod def f(a)",
        ),
        (
            "def f(cls): pass\nf = classmethod(f)",
            "@classmethod def f(cls)",
        ),
        ("def f(self): pass\nf = oslo.wrap(f)", "@wrap def f(self)"),
        (
            "def g(self) -> int: pass\ndef s(self, v): pass\nf = property(g, s)\ndel g\ndel s",
            "@f.setter def f(self, value)\n@property def f(self) -> int",
        ),
        (
            "def f[T: int](self, a: T) -> T: pass",
            "def f[T: int](self, a: T) -> T",
        ),
        (
            "def f(self, a=[ 1,2 ], b = {'x' : 1}, c=\"it's\"): pass",
            "def f(self, a=[1, 2], b={'x': 1}, c=\"it's\")",
        ),
    ] {
        assert_eq!(member(body), line, "{body}");
    }
}

#[test]
fn bodies_that_only_look_different_have_one_digest() {
    let digest = |text: &str| {
        let class = super::class(&format!("class C:\n{text}"));
        class.members["f"].body
    };
    let plain = digest("    def f(self):\n        return 1\n");
    let spaced = digest("    def f(self):\n      '''Doc.'''\n      # why\n      return  1\n");
    let other = digest("    def f(self):\n        return 2\n");
    assert_eq!(plain, spaced);
    assert_ne!(plain, other);
}

#[test]
fn places_of_definitions_and_parameters() {
    let class = super::class(
        "class C:\n    @staticmethod\n    async def f(a,\n          b=1) -> int:\n        pass\n",
    );
    let member = &class.members["f"];
    let place = member.place.clone().unwrap();
    assert_eq!((place.line, place.column), (3, 5));
    assert_eq!((place.end_line, place.end_column), (4, 22));
    let Kind::Function(function) = &member.kind else {
        panic!("a function")
    };
    let param = function.signature.params[1].place.clone().unwrap();
    assert_eq!((param.line, param.column, param.end_column), (4, 11, 14));
}
