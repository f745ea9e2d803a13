//! Undoes the fixed wrapping of a contract's line, so that the parser of source can read it: decorators get lines of
//! their own, headers get a body. Every character keeps its offset.

/// The line as a module's text. Only ASCII spaces become line breaks, and text is only added at the end.
pub(super) fn unwrapped(line: &str) -> String {
    let mut text = line.as_bytes().to_vec();
    let mut start = 0;
    while text.get(start) == Some(&b'@') {
        let Some(end) = decorator_end(&line[start..]) else {
            break;
        };
        text[start + end] = b'\n';
        start += end + 1;
    }
    let rest = &line[start..];
    let mut out = String::from_utf8(text).unwrap_or_else(|_| line.to_owned());
    let is_header = ["def ", "async def ", "class "]
        .iter()
        .any(|keyword| rest.starts_with(keyword));
    if is_header && !has_body(rest) {
        out.push_str(": pass");
    }
    out.push('\n');
    out
}

/// The offset of the space after a decorator at the start of `text`.
fn decorator_end(text: &str) -> Option<usize> {
    outside(text).into_iter().find_map(|(at, c)| {
        (c == ' '
            && ["@", "def ", "async def ", "class "]
                .iter()
                .any(|next| text[at + 1..].starts_with(next)))
        .then_some(at)
    })
}

/// Whether a `:` outside brackets ends the header.
fn has_body(text: &str) -> bool {
    outside(text).into_iter().any(|(_, c)| c == ':')
}

/// The characters that stand outside brackets and strings, with their offsets.
fn outside(text: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) => {
                if escaped {
                    escaped = false;
                } else if c == '\\' {
                    escaped = true;
                } else if c == open {
                    quote = None;
                }
            }
            None => match c {
                '\'' | '"' => quote = Some(c),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                c if depth == 0 => found.push((at, c)),
                _ => {}
            },
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::unwrapped;

    #[test]
    fn wrapping_is_undone() {
        for (line, text) in [
            ("x", "x\n"),
            ("def f(a=':') -> int", "def f(a=':') -> int: pass\n"),
            ("def f(): yield", "def f(): yield\n"),
            (
                "@a(b, 'c def ') @d async def f(x: int)",
                "@a(b, 'c def ')\n@d\nasync def f(x: int): pass\n",
            ),
            ("@property def x(self)", "@property\ndef x(self): pass\n"),
            ("class A(B, metaclass=M)", "class A(B, metaclass=M): pass\n"),
            ("class A: ...", "class A: ...\n"),
            ("self.x: int", "self.x: int\n"),
        ] {
            assert_eq!(unwrapped(line), text);
        }
    }
}
