//! Old and damaged text: what is read all the same, and what is not believed.

use super::{MemoryFiles, Project, class, interface, lines_of, module};
use crate::interface::python::Kind;

#[test]
fn python_2_is_read() {
    let text = r#"# -*- coding: utf-8 -*-
import exceptions
class Old: pass
class C(object):
    def a(self):
        print "x", self
        print >>f, x
        exec "code" in {}
    def b(self):
        try:
            pass
        except ValueError, e:
            raise E, "m"
        return `x` <> 0777
    def c(self, x=ur"text", y=0L):
        raise NotImplementedError, "text"
    def d(self, (a, b), c):
        pass
    def e(self, async=False):
        pass
    def last(self):
        print
"#;
    let class = class(text);
    let names: Vec<&str> = class.members.keys().map(String::as_str).collect();
    for name in ["a", "b", "c", "d", "e", "last"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let untrusted: Vec<&str> = class
        .members
        .iter()
        .filter(|(_, member)| {
            matches!(&member.kind, Kind::Function(function) if function.signature.untrusted.is_some())
        })
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(
        untrusted.contains(&"d") && untrusted.contains(&"e"),
        "{untrusted:?}"
    );
    assert!(
        !untrusted.contains(&"a") && !untrusted.contains(&"b"),
        "{untrusted:?}"
    );
    assert!(!untrusted.contains(&"last"), "{untrusted:?}");
}

#[test]
fn after_an_indentation_error_nothing_has_gone() {
    let text = "class A:\n    def a(self): pass\nclass C:\n    def f(self):\n        x = 1\n\ty = 2\n    def g(self):\n        pass\nclass D:\n    pass\n";
    let interface = interface(&[("m.py", text)], "m");
    assert!(interface.untrusted.contains("m"));
    assert!(
        interface.untrusted.contains("m.C"),
        "{:?}",
        interface.untrusted
    );
    assert!(!interface.untrusted.contains("m.A"));
    let files = MemoryFiles::new([("m.py", text)]);
    let project = Project::new(&files);
    let damage = project.damage("m.C.nowhere").unwrap();
    assert_eq!((&*damage.place.path, damage.place.line), ("m.py", 6));
    assert!(project.damage("m.A.a").is_none());
}

#[test]
fn text_that_swallows_the_rest_is_not_believed() {
    for text in [
        "class C:\n    def f(self):\n        x = '''never ends\n    def g(self): pass\n",
        "class C:\n    def f(self):\n  return 1\n    def g(self): pass\n",
    ] {
        let interface = interface(&[("m.py", text)], "m");
        assert!(interface.untrusted.contains("m.C"), "{text}");
    }
}

#[test]
fn a_damaged_header_is_said() {
    let files = MemoryFiles::new([(
        "m.py",
        "class C:\n    def f(self, (a, b)):\n        pass\n    def g(self): pass\n",
    )]);
    let project = Project::new(&files);
    assert_eq!(project.damage("m.C.f").unwrap().place.line, 2);
    assert!(project.damage("m.C.g").is_none());
}

#[test]
fn odd_bytes() {
    let text =
        b"\xef\xbb\xbf# \x0c\r\nclass C:\r\n    def f(self, a='\xc3\xa9'):\r\n\x0c        pass\r\n";
    let files = MemoryFiles::new([("m.py", &text[..])]);
    let (interface, missing) = Project::new(&files).interface(&["m.C".to_owned()]);
    assert!(missing.is_empty());
    assert!(interface.classes["m.C"].members.contains_key("f"));
    assert_eq!(
        interface.classes["m.C"]
            .place
            .as_ref()
            .map(|place| place.line),
        Some(2)
    );
    let latin = MemoryFiles::new([("m.py", b"# coding: latin-1\nclass C:\n    x = '\xe9'\n")]);
    assert!(
        Project::new(&latin)
            .interface(&["m.C".to_owned()])
            .1
            .is_empty()
    );
    let wide = MemoryFiles::new([("m.py", b"\xff\xfex\x00")]);
    let (interface, missing) = Project::new(&wide).interface(&["m.C".to_owned()]);
    assert!(missing[0].unreadable.is_some());
    assert!(interface.classes.is_empty());
}

#[test]
fn deep_text_is_refused_and_honest_text_is_not() {
    let deep = 100_000;
    let indented: String = (0..3_000)
        .map(|level| format!("{}def f():\n", " ".repeat(level)))
        .collect();
    for text in [
        format!("x = {}1{}", "(".repeat(deep), ")".repeat(deep)),
        format!("x = {}", "(".repeat(deep)),
        format!("x = {}1", "-".repeat(deep)),
        format!("x = {}1", "not ".repeat(deep)),
        format!("x = a{}", ".a".repeat(deep)),
        format!("x = 1{}", "+1".repeat(deep)),
        format!("x = {}1", "lambda: ".repeat(deep)),
        format!("x = {}0", "1 if y else ".repeat(deep)),
        format!("x = {}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("x = {}1", "f'{".repeat(deep)),
        indented,
    ] {
        let files = MemoryFiles::new([("m.py", text.as_str())]);
        let project = Project::new(&files);
        let (_, missing) = project.interface(&["m".to_owned()]);
        // Refused with a sentence or read; never a crash.
        for missing in missing {
            assert!(missing.unreadable.is_some());
        }
    }
    let long: String = format!("x = {}''\n", "'a' + ".repeat(2_000));
    assert!(module(&long).members.contains_key("x"));
    let table: String = format!("x = {{{}}}\n", "'a': (1, -2),\n".repeat(50_000));
    assert!(module(&table).members.contains_key("x"));
}

#[test]
fn deep_annotations_do_not_overflow() {
    let text = format!(
        "class C:\n    x: '{}int{}'\n",
        "list[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert_eq!(lines_of(&text).len(), 2);
}
