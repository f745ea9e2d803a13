//! The law of cutting: a file without the bodies that say nothing says what the whole file says, place by place. What a
//! diff finds follows from that alone.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use crate::python::cut::cut;
use crate::python::decode::decode;
use crate::python::env::TARGET;
use crate::python::extract::{self, Bound, What};
use crate::python::modules::ModuleFile;
use crate::python::source::{Source, with_interface, with_source};

fn file() -> ModuleFile {
    ModuleFile {
        name: "pkg.mod".to_owned(),
        path: "pkg/mod.py".to_owned(),
        is_package: false,
    }
}

/// What a text says, read without the bodies that can be cut, and read whole. The parser's messages about bodies are
/// nobody's business.
fn both(text: &str) -> (String, String) {
    let file = file();
    let print = |source: &Source<'_>| {
        let mut extract = extract::module(source, &file, TARGET);
        extract.damage.clear();
        format!("{extract:#?}")
    };
    (
        with_interface(&file.path, text, print).unwrap_or_else(|error| error),
        with_source(&file.path, text, print).unwrap_or_else(|error| error),
    )
}

/// The functions of a file and of its classes, by path.
fn definitions(source: &Source<'_>) -> Vec<String> {
    let extract = extract::module(source, &file(), TARGET);
    let is_function = |bound: &Bound| matches!(bound.what, What::Function(_));
    let of_classes = extract.classes.iter().flat_map(|(path, class)| {
        let names = class.names.iter().filter(|(_, bound)| is_function(bound));
        names.map(move |(name, _)| format!("{path}.{name}"))
    });
    let names = extract.names.iter();
    let of_module = names.filter(|(_, bound)| is_function(bound));
    of_classes
        .chain(of_module.map(|(name, _)| name.clone()))
        .collect()
}

fn kept(text: &str) -> String {
    cut(text).map_or_else(|| text.to_owned(), |cut| cut.text)
}

#[test]
fn a_body_that_says_nothing_goes() {
    let text = "\
class C:
    def f(self, a):
        '''What it does.'''
        # Why.
        for x in self.items:
            if x == a:  # here
                return [x,
    a]
        return None
    # Between.
    def g(self): return 1
";
    let expected = "\
class C:
    def f(self, a):
        ...
    # Between.
    def g(self): return 1
";
    assert_eq!(kept(text), expected);
    let (short, whole) = both(text);
    assert_eq!(short, whole);
}

#[test]
fn a_body_with_a_fact_in_it_stays() {
    for body in [
        "yield self.first, self.second, 3",
        "raise NotImplementedError('in an heir')",
        "self.value = compute(self.first, 1, 2)",
        "first, self.value = compute(a, 1, 2, 3)",
        "(first, [self.value, second]) = compute()",
        "self.value: int = compute(1, 2, 3, 4, 5)",
        "self.value: compute_the_type_of_it_all[int]",
        "first = self . value = compute(1, 2, 3)",
        "for self.value in range(1, 2, 3, 4, 5): pass",
        "with open('some file') as self.value: pass",
        "with (open('some file') as (self.value)): pass",
        "if first: self.value = compute(1, 2, 3)",
        "setattr(self, 'value', compute(1, 2, 3))",
        "warnings.warn('not any more', Warning)",
        "return self if compute(1, 2, 3) else None",
        "return (((self)))  # and that is all of it",
        "return call(*args) if compute(1, 2) else 0",
    ] {
        let text = format!("class C:\n    def f(self, a, *args):\n        {body}\n");
        assert_eq!(kept(&text), text, "{body}");
    }
}

#[test]
fn a_text_that_is_not_clear_stays_whole() {
    let body = "\n    a = compute(1, 2, 3, 4, 5, 6, 7)\n    return a\n";
    assert_ne!(kept(&format!("def f():{body}")), format!("def f():{body}"));
    for text in [
        format!("x = (1,\ndef f():{body}"),
        format!("x = '''\ndef f():{body}"),
        format!("x = ')\ndef f():{body}"),
        format!("if x:\n  y = 1\n z = 2\ndef f():{body}"),
        format!("if x:\ny = 1\ndef f():{body}"),
        format!("if x:\n\ty = 1\ndef f():{body}"),
        format!("def f():{body}  b = 1\n"),
        format!("def f():{body}").replace('\n', "\r\n"),
        "def f():\n    a = f\"{d[\"x\"]}\" + compute(1, 2, 3)\n    return a\n".to_owned(),
    ] {
        assert_eq!(kept(&text), text);
    }
}

#[test]
fn fixtures_say_the_same_without_bodies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut count = 0;
    for entry in walkdir::WalkDir::new(root).into_iter().flatten() {
        if entry
            .path()
            .extension()
            .is_none_or(|extension| extension != "py")
        {
            continue;
        }
        let bytes = fs::read(entry.path()).unwrap();
        let (short, whole) = both(&decode(&bytes).unwrap());
        assert_eq!(short, whole, "{}", entry.path().display());
        count += 1;
    }
    assert!(count > 100, "{count} files");
}

/// A statement of a body; `%` is the first parameter, `>` the indentation that what stands inside it has.
const STATEMENTS: &[&str] = &[
    "pass",
    "return",
    "return None",
    "return %",
    "return (%)",
    "return %.value",
    "return %(value)",
    "return value, other",
    "return inner",
    "return wraps(%)(inner)",
    "return property(%, other)",
    "return typing.cast(int, %)",
    "yield value",
    "value = yield",
    "raise NotImplementedError",
    "raise NotImplementedError('text')",
    "raise ValueError('a longer text than that')",
    "%.value = 1",
    "%.value += 1",
    "%.value: int = 1",
    "%.value: int",
    "%.other.value = 1",
    "%.other[0] = %.value",
    "%.call(value=%.value)",
    "value = %.value == %.other",
    "value = other = %.value",
    "value, %.value = other",
    "[%.value, (other, %.third)] = other",
    "*%.rest, value = other",
    "value[%.value] = other",
    "value = {'a': %.value, **other}",
    "value = [\n1,\n    # comment: '\n2]",
    "value = call(\n  %.value,\n  key='it''s')",
    "value = 'a\\'b' + \"#\" + '''c\nd'e''' + r'\\'",
    "value = f'{%.value}' + f\"{value!r:>{other}}\" + f'{{}}'",
    "value = f\"{other[\"key\"]}\"",
    "value = b'bytes' + other \\\n    + 1",
    "value = lambda x=1: %.value",
    "if %.value: %.other = 1",
    "if value: %.third = 1; value = 2",
    "setattr(%, 'given', value)",
    "setattr(other, 'given', value)",
    "global value",
    "warnings.warn('old', DeprecationWarning)",
    "del %.value",
    "# a comment: 'with quotes (",
    "",
    "'a string that says something'",
    "if %.value:\n>pass\nelif %.value != other:\n>%.branch = 1\nelse:\n>%.branch = 2",
    "for %.each in other:\n>value = 1",
    "for value in %.each:\n>value = 1",
    "for %.a, %.b in other:\n>pass",
    "while %.value < 3:\n>%.loop = 1",
    "with call() as %.held:\n>pass",
    "with call(%.value) as value:\n>%.inside = 1",
    "with (call() as value,\n   call() as %.second):\n>pass",
    "async with call() as %.held:\n>pass",
    "try:\n>%.tried = 1\nexcept (ValueError,\n   TypeError) as error:\n>raise\nfinally:\n>%.last = 1",
    "def inner(x):\n>return x",
    "def inner(*args, **kwargs):\n>%.nested = 1\n>return %(*args, **kwargs)",
    "@wraps(%)\ndef inner(*args, **kwargs):\n>yield value",
    "class Inner:\n>def method(self):\n>>self.deep = 1",
    "match %.value:\n>case %.Kind:\n>>%.matched = 1",
    "other(*args)",
    "value = kwargs.pop('key')",
    "call(**kwargs)",
    "print(args, kwargs)",
    "value = 1;",
    "value = 1 ; %.after = 2",
];

const HEADERS: &[&str] = &[
    "def NAME(self):",
    "def NAME(self, a, b=1):",
    "def NAME(this, /, a: 'int' = 0) -> None:",
    "def NAME(self, *args, **kwargs):",
    "def NAME(*args):",
    "def NAME(*, key):",
    "def NAME():",
    "async def NAME(self):  # a comment: (",
    "def NAME(\n    self,  # *args\n    a='\\n',\n):",
    "def NAME[T: (int, str)](self, a: T):",
    "@staticmethod\ndef NAME(self):",
    "@classmethod\ndef NAME(self):",
    "@property\ndef NAME(self):",
    "@NAME.setter\ndef NAME(self, value):",
    "@abc.abstractmethod\ndef NAME(self):",
    "@contextlib.contextmanager\ndef NAME(self):",
    "def __init__(self, a):",
];

const DOCSTRINGS: &[&str] = &[
    "",
    "'''Text.\n\nand 'more' of it\n'''",
    "\"One line.\"",
    "r'''A \\ raw one.'''",
    "'''Text.\n\n.. deprecated:: 1.0\n'''",
    "f'''No {docstring}.'''",
    "'one' 'two'",
    "'text'.strip()",
];

fn function() -> impl Strategy<Value = String> {
    (
        prop::sample::select(HEADERS),
        prop::sample::select(vec!["f", "g", "h", "_p"]),
        prop::sample::select(DOCSTRINGS),
        prop::collection::vec(prop::sample::select(STATEMENTS), 0..5),
        any::<bool>(),
    )
        .prop_map(|(header, name, docstring, statements, is_plain)| {
            let first = if header.contains("this") {
                "this"
            } else {
                "self"
            };
            let mut text = header.replace("NAME", name) + "\n";
            let filler = ["value = compute(1, 2, 3, 4, 5, 6)"];
            let fillers = if is_plain { &filler[..] } else { &[] };
            let body = [docstring].into_iter().chain(statements);
            for line in body
                .chain(fillers.iter().copied())
                .chain(["pass"])
                .flat_map(|statement| statement.split('\n'))
            {
                let line = line.replace('%', first).replace('>', "    ");
                text += &format!("    {line}\n");
            }
            text
        })
}

/// Functions of a module, of a class, and under a condition, in any order.
fn program() -> impl Strategy<Value = String> {
    let part = (function(), 0_usize..4).prop_map(|(function, depth)| {
        let opening = match depth {
            0 => "",
            1 => "class C(Base):\n",
            2 => "class C:\n    if other:\n",
            _ => "class C:\n    '''Text: '(' '''\n    value = 1\n    class D:\n",
        };
        let levels = [0, 1, 2, 2][depth];
        let indented: String = function
            .lines()
            .map(|line| format!("{}{line}\n", "    ".repeat(levels)))
            .collect();
        format!("{opening}{indented}\n")
    });
    prop::collection::vec(part, 1..5).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]
    #[test]
    fn programs_say_the_same_without_bodies(text in program()) {
        let (short, whole) = both(&text);
        prop_assert_eq!(short, whole);
    }

    /// A sign lost or doubled hides no name, and no lost text. Where only bodies that are cut do not parse, nothing is
    /// guessed of what the parser would have made of the rest: the definitions are those of the text as it was.
    #[test]
    fn broken_programs_hide_nothing(text in program(), at in any::<prop::sample::Index>(), doubled in any::<bool>()) {
        let mut broken = text.clone();
        let at = at.index(text.len());
        if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
            if doubled {
                broken.insert_str(at, &text[at..=at]);
            } else {
                broken.remove(at);
            }
        }
        let read = |source: &Source<'_>| (source.is_damaged(), definitions(source));
        let (is_damaged, defined) = with_interface("m.py", &broken, read).unwrap_or_default();
        let (whole_is_damaged, _) = with_source("m.py", &broken, read).unwrap_or_default();
        if whole_is_damaged && !is_damaged {
            let before = with_source("m.py", &text, definitions).unwrap_or_default();
            prop_assert_eq!(defined, before);
        } else {
            let (short, whole) = both(&broken);
            prop_assert_eq!(short, whole);
        }
    }
}
