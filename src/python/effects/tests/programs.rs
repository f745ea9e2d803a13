//! Small programs by the number: branches, loops, aliases, copies, helpers, handlers. The same seed gives the same text.

pub(super) struct Programs {
    state: u64,
    lines: Vec<String>,
    indent: usize,
    /// Statements that may still be written.
    left: usize,
    in_loop: bool,
    /// The function being written: helpers call only those after them, or themselves.
    at: usize,
    keys: Vec<&'static str>,
}

const KEYS: [&str; 3] = ["'a'", "'b'", "'c'"];

impl Programs {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            lines: Vec::new(),
            indent: 0,
            left: 0,
            in_loop: false,
            at: 0,
            keys: Vec::new(),
        }
    }

    fn pick(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from((self.state >> 33) % u64::try_from(below).unwrap()).unwrap()
    }

    pub(super) fn bits(&mut self, count: usize) -> Vec<bool> {
        (0..count).map(|_| self.pick(2) == 0).collect()
    }

    /// `f(p, q)`, and helpers that it may call.
    pub(super) fn program(&mut self) -> String {
        for (at, name) in ["f(p, q)", "g(p, q)", "h(p, q, k='a')"].iter().enumerate() {
            self.at = at;
            self.lines.push(format!("def {name}:"));
            self.left = 3 + self.pick(6);
            self.keys = if at == 2 { vec!["k"] } else { Vec::new() };
            self.indent = 1;
            self.line("x = y = dict()");
            self.block();
            self.indent = 0;
        }
        let text = self.lines.join("\n");
        self.lines.clear();
        text + "\n"
    }

    fn line(&mut self, text: &str) {
        self.lines
            .push(format!("{}{text}", "    ".repeat(self.indent)));
    }

    fn block(&mut self) {
        let count = 1 + self.pick(3);
        let mut written = false;
        for _ in 0..count {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            self.statement();
            written = true;
        }
        if !written {
            self.line("pass");
        }
        if self.indent == 1 {
            while self.left > 0 {
                self.left -= 1;
                self.statement();
            }
        }
    }

    fn inner(&mut self) {
        self.indent += 1;
        self.block();
        self.indent -= 1;
    }

    fn key(&mut self) -> String {
        let own = self.keys.len();
        let at = self.pick(3 + own);
        KEYS.get(at)
            .copied()
            .unwrap_or_else(|| self.keys[at - 3])
            .to_owned()
    }

    fn name(&mut self) -> String {
        ["p", "q", "x", "y"][self.pick(4)].to_owned()
    }

    /// Something that may be a dict.
    fn dict(&mut self) -> String {
        match self.pick(6) {
            0 => {
                let (name, key) = (self.name(), self.key());
                format!("{name}[{key}]")
            }
            _ => self.name(),
        }
    }

    fn value(&mut self) -> String {
        match self.pick(13) {
            0 | 1 => {
                let (of, key) = (self.dict(), self.key());
                format!("{of}[{key}]")
            }
            2 | 3 => {
                let (of, key) = (self.dict(), self.key());
                format!("{of}.get({key})")
            }
            4 => {
                let of = self.name();
                format!("dict({of})")
            }
            5 => {
                let (key, value) = (self.key(), self.name());
                if key == "k" {
                    "dict()".to_owned()
                } else {
                    format!("dict({}={value})", key.trim_matches('\''))
                }
            }
            6 => "dict()".to_owned(),
            7 => {
                let (a, b) = (self.name(), self.name());
                format!("({a} or {b})")
            }
            8 => {
                let (a, b) = (self.name(), self.name());
                format!("({a} if cond() else {b})")
            }
            9 => self.call(),
            _ => self.name(),
        }
    }

    fn call(&mut self) -> String {
        let (a, b) = (self.dict(), self.dict());
        match (self.at, self.pick(3)) {
            (0, 0) => format!("g({a}, {b})"),
            (0 | 1, 1) => {
                let key = self.key();
                format!("h({a}, {b}, {key})")
            }
            (0 | 1, _) => format!("h(q={a}, p={b})"),
            // Recursion, not for long.
            _ => format!("(h({a}, {b}) if cond() else {a})"),
        }
    }

    fn test(&mut self) -> String {
        let (of, key) = (self.dict(), self.key());
        match self.pick(8) {
            0 => format!("{key} in {of}"),
            1 => format!("{key} not in {of}"),
            2 => format!("{of}.get({key})"),
            3 => format!("not {of}"),
            4 => format!("{of} is None"),
            5 => format!("cond() and {key} in {of}"),
            _ => "cond()".to_owned(),
        }
    }

    fn statement(&mut self) {
        let deep = self.indent > 3;
        match self.pick(if deep { 11 } else { 18 }) {
            0 | 1 => {
                let (name, value) = (["x", "y", "x", "y", "p"][self.pick(5)], self.value());
                self.line(&format!("{name} = {value}"));
            }
            2..=4 => {
                let (of, key, value) = (self.dict(), self.key(), self.value());
                self.line(&format!("{of}[{key}] = {value}"));
            }
            5 => {
                let (of, key) = (self.dict(), self.key());
                let text = match self.pick(3) {
                    0 => format!("del {of}[{key}]"),
                    1 => format!("{of}.pop({key}, None)"),
                    _ => format!("{of}.pop({key})"),
                };
                self.line(&text);
            }
            6 => {
                let (of, key, value) = (self.dict(), self.key(), self.value());
                self.line(&format!("{of}.setdefault({key}, {value})"));
            }
            7 => {
                let (of, other) = (self.name(), self.name());
                let key = self.key();
                let text = if self.pick(2) == 0 || key == "k" {
                    format!("{of}.update({other})")
                } else {
                    format!("{of}.update({}={other})", key.trim_matches('\''))
                };
                self.line(&text);
            }
            8 => {
                let value = self.value();
                self.line(&format!("sink({value})"));
            }
            9 => {
                let text = self.call();
                self.line(&text);
            }
            10 => {
                let value = self.value();
                let text = if self.in_loop && self.pick(2) == 0 {
                    ["break", "continue"][self.pick(2)].to_owned()
                } else if self.indent > 1 {
                    format!("return {value}")
                } else {
                    format!("x = {value}")
                };
                self.line(&text);
            }
            11 | 12 => {
                let test = self.test();
                self.line(&format!("if {test}:"));
                self.inner();
                if self.pick(2) == 0 {
                    self.line("else:");
                    self.inner();
                }
            }
            13 => {
                let outer = std::mem::replace(&mut self.in_loop, true);
                self.line("for k in ('a', 'b'):");
                self.keys.push("k");
                self.inner();
                self.keys.pop();
                self.in_loop = outer;
            }
            14 => {
                let outer = std::mem::replace(&mut self.in_loop, true);
                let of = self.name();
                let text = match self.pick(3) {
                    0 => format!("for y in list({of}.values()):"),
                    1 => format!("for _, x in list({of}.items()):"),
                    _ => "while cond():".to_owned(),
                };
                self.line(&text);
                self.inner();
                self.in_loop = outer;
            }
            15 | 16 => {
                self.line("try:");
                self.inner();
                let caught = ["KeyError", "Exception", "(KeyError, TypeError)"][self.pick(3)];
                self.line(&format!("except {caught}:"));
                self.inner();
            }
            _ => {
                self.line("try:");
                self.inner();
                self.line("finally:");
                // A jump out of here would hide the exception.
                let (outer, indent) = (std::mem::replace(&mut self.in_loop, false), self.indent);
                let (of, key, value) = (self.name(), self.key(), self.name());
                self.indent += 1;
                self.line(&format!("{of}[{key}] = {value}"));
                self.indent = indent;
                self.in_loop = outer;
            }
        }
    }
}
