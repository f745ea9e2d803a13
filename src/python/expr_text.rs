//! Expressions as text in one spelling: quotes, spaces, numbers and brackets that carry no meaning are gone, so that
//! equal defaults compare equal. The text is on one line and parses back to the same expression.

use std::fmt::Write as _;

use ruff_python_ast::{
    Comprehension, Expr, FStringPart, InterpolatedStringElement, InterpolatedStringElements,
    Number, Parameters, UnaryOp,
};

use super::string_text::{bytes, escaped, quoted};

/// How tightly the surroundings bind; an expression that binds less gets brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Named,
    Ternary,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Unary,
    Power,
    Await,
    Atom,
}

/// The expression in its one spelling.
pub(crate) fn expr_text(expr: &Expr) -> String {
    let mut printer = Printer { out: String::new() };
    printer.put(expr, Level::Ternary);
    printer.out
}

struct Printer {
    out: String,
}

impl Printer {
    fn put(&mut self, expr: &Expr, around: Level) {
        let level = level_of(expr);
        if level < around {
            self.out.push('(');
            self.bare(expr, level);
            self.out.push(')');
        } else {
            self.bare(expr, level);
        }
    }

    fn list<'a>(&mut self, items: impl IntoIterator<Item = &'a Expr>) {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.put(item, Level::Named);
        }
    }

    fn bare(&mut self, expr: &Expr, level: Level) {
        match expr {
            Expr::BoolOp(e) => {
                let tighter = if level == Level::Or {
                    Level::And
                } else {
                    Level::Not
                };
                for (index, value) in e.values.iter().enumerate() {
                    if index > 0 {
                        let _ = write!(self.out, " {} ", e.op);
                    }
                    self.put(value, tighter);
                }
            }
            Expr::Named(e) => {
                self.put(&e.target, Level::Atom);
                self.out.push_str(" := ");
                self.put(&e.value, Level::Ternary);
            }
            Expr::BinOp(e) => {
                let (left, right) = if level == Level::Power {
                    (Level::Await, Level::Unary)
                } else {
                    (level, next(level))
                };
                self.put(&e.left, left);
                let _ = write!(self.out, " {} ", e.op);
                self.put(&e.right, right);
            }
            Expr::UnaryOp(e) => {
                self.out.push_str(match e.op {
                    UnaryOp::Not => "not ",
                    UnaryOp::Invert => "~",
                    UnaryOp::UAdd => "+",
                    UnaryOp::USub => "-",
                });
                self.put(&e.operand, level);
            }
            Expr::Lambda(e) => {
                self.out.push_str("lambda");
                if let Some(parameters) = &e.parameters {
                    self.out.push(' ');
                    self.parameters(parameters);
                }
                self.out.push_str(": ");
                self.put(&e.body, Level::Ternary);
            }
            Expr::If(e) => {
                self.put(&e.body, Level::Or);
                self.out.push_str(" if ");
                self.put(&e.test, Level::Or);
                self.out.push_str(" else ");
                self.put(&e.orelse, Level::Ternary);
            }
            Expr::Dict(e) => {
                self.out.push('{');
                for (index, item) in e.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    match &item.key {
                        Some(key) => {
                            self.put(key, Level::Ternary);
                            self.out.push_str(": ");
                            self.put(&item.value, Level::Ternary);
                        }
                        None => {
                            self.out.push_str("**");
                            self.put(&item.value, Level::BitOr);
                        }
                    }
                }
                self.out.push('}');
            }
            Expr::Set(e) => {
                self.out.push('{');
                self.list(e.iter());
                self.out.push('}');
            }
            Expr::ListComp(e) => self.comprehension('[', None, &e.elt, &e.generators, ']'),
            Expr::SetComp(e) => self.comprehension('{', None, &e.elt, &e.generators, '}'),
            Expr::DictComp(e) => {
                self.comprehension('{', e.key.as_deref(), &e.value, &e.generators, '}');
            }
            Expr::Generator(e) => self.comprehension('(', None, &e.elt, &e.generators, ')'),
            Expr::Await(e) => {
                self.out.push_str("await ");
                self.put(&e.value, Level::Atom);
            }
            Expr::Yield(e) => {
                self.out.push_str("yield");
                if let Some(value) = &e.value {
                    self.out.push(' ');
                    self.put(value, Level::Tuple);
                }
            }
            Expr::YieldFrom(e) => {
                self.out.push_str("yield from ");
                self.put(&e.value, Level::Ternary);
            }
            Expr::Compare(e) => {
                self.put(&e.left, Level::BitOr);
                for (op, comparator) in e.ops.iter().zip(&e.comparators) {
                    let _ = write!(self.out, " {op} ");
                    self.put(comparator, Level::BitOr);
                }
            }
            Expr::Call(e) => {
                self.put(&e.func, Level::Atom);
                self.out.push('(');
                let mut first = true;
                for argument in &e.arguments.args {
                    self.comma(&mut first);
                    self.put(argument, Level::Named);
                }
                for keyword in &e.arguments.keywords {
                    self.comma(&mut first);
                    match &keyword.arg {
                        Some(name) => {
                            let _ = write!(self.out, "{name}=");
                        }
                        None => self.out.push_str("**"),
                    }
                    self.put(&keyword.value, Level::Ternary);
                }
                self.out.push(')');
            }
            Expr::FString(e) => {
                for (index, part) in e.value.iter().enumerate() {
                    if index > 0 {
                        self.out.push(' ');
                    }
                    match part {
                        FStringPart::Literal(literal) => quoted(&mut self.out, literal.as_str()),
                        FStringPart::FString(string) => self.interpolated('f', &string.elements),
                    }
                }
            }
            Expr::TString(e) => {
                for (index, part) in e.value.iter().enumerate() {
                    if index > 0 {
                        self.out.push(' ');
                    }
                    self.interpolated('t', &part.elements);
                }
            }
            Expr::StringLiteral(e) => quoted(&mut self.out, e.value.to_str()),
            Expr::BytesLiteral(e) => bytes(&mut self.out, e.value.iter()),
            Expr::NumberLiteral(e) => {
                let _ = match &e.value {
                    Number::Int(int) => write!(self.out, "{int}"),
                    Number::Float(float) => write!(self.out, "{float:?}"),
                    Number::Complex { imag, .. } => write!(self.out, "{imag:?}j"),
                };
            }
            Expr::BooleanLiteral(e) => self.out.push_str(if e.value { "True" } else { "False" }),
            Expr::NoneLiteral(_) => self.out.push_str("None"),
            Expr::EllipsisLiteral(_) => self.out.push_str("..."),
            Expr::Attribute(e) => {
                // `1 .real` needs its space or brackets.
                let number = matches!(&*e.value, Expr::NumberLiteral(_));
                if number {
                    self.out.push('(');
                }
                self.put(&e.value, Level::Atom);
                if number {
                    self.out.push(')');
                }
                self.out.push('.');
                self.out.push_str(&e.attr);
            }
            Expr::Subscript(e) => {
                self.put(&e.value, Level::Atom);
                self.out.push('[');
                match &*e.slice {
                    Expr::Tuple(tuple) if !tuple.is_empty() => {
                        self.list(tuple.iter());
                        if tuple.len() == 1 {
                            self.out.push(',');
                        }
                    }
                    slice => self.put(slice, Level::Named),
                }
                self.out.push(']');
            }
            Expr::Starred(e) => {
                self.out.push('*');
                self.put(&e.value, Level::BitOr);
            }
            Expr::Name(e) => self.out.push_str(&e.id),
            Expr::List(e) => {
                self.out.push('[');
                self.list(e.iter());
                self.out.push(']');
            }
            Expr::Tuple(e) => {
                // The brackets are written by `put`, except around nothing.
                if e.is_empty() {
                    self.out.push_str("()");
                } else {
                    self.list(e.iter());
                    if e.len() == 1 {
                        self.out.push(',');
                    }
                }
            }
            Expr::Slice(e) => {
                if let Some(lower) = &e.lower {
                    self.put(lower, Level::Ternary);
                }
                self.out.push(':');
                if let Some(upper) = &e.upper {
                    self.put(upper, Level::Ternary);
                }
                if let Some(step) = &e.step {
                    self.out.push(':');
                    self.put(step, Level::Ternary);
                }
            }
            Expr::IpyEscapeCommand(_) => self.out.push_str("..."),
        }
    }

    fn comma(&mut self, first: &mut bool) {
        if !*first {
            self.out.push_str(", ");
        }
        *first = false;
    }

    fn comprehension(
        &mut self,
        open: char,
        key: Option<&Expr>,
        value: &Expr,
        generators: &[Comprehension],
        close: char,
    ) {
        self.out.push(open);
        if let Some(key) = key {
            self.put(key, Level::Ternary);
            self.out.push_str(": ");
        }
        self.put(value, Level::Named);
        for generator in generators {
            self.out.push_str(if generator.is_async {
                " async for "
            } else {
                " for "
            });
            match &generator.target {
                Expr::Tuple(tuple) if !tuple.is_empty() => {
                    self.list(tuple.iter());
                    if tuple.len() == 1 {
                        self.out.push(',');
                    }
                }
                target => self.put(target, Level::BitOr),
            }
            self.out.push_str(" in ");
            self.put(&generator.iter, Level::Or);
            for test in &generator.ifs {
                self.out.push_str(" if ");
                self.put(test, Level::Or);
            }
        }
        self.out.push(close);
    }

    fn parameters(&mut self, parameters: &Parameters) {
        let mut first = true;
        for (index, param) in parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .enumerate()
        {
            if index > 0 && index == parameters.posonlyargs.len() {
                self.out.push_str(", /");
            }
            self.comma(&mut first);
            self.out.push_str(&param.parameter.name);
            if let Some(default) = &param.default {
                self.out.push('=');
                self.put(default, Level::Ternary);
            }
        }
        if !parameters.posonlyargs.is_empty() && parameters.args.is_empty() {
            self.out.push_str(", /");
        }
        if let Some(variadic) = &parameters.vararg {
            self.comma(&mut first);
            let _ = write!(self.out, "*{}", variadic.name);
        } else if !parameters.kwonlyargs.is_empty() {
            self.comma(&mut first);
            self.out.push('*');
        }
        for param in &parameters.kwonlyargs {
            self.comma(&mut first);
            self.out.push_str(&param.parameter.name);
            if let Some(default) = &param.default {
                self.out.push('=');
                self.put(default, Level::Ternary);
            }
        }
        if let Some(variadic) = &parameters.kwarg {
            self.comma(&mut first);
            let _ = write!(self.out, "**{}", variadic.name);
        }
    }

    fn interpolated(&mut self, prefix: char, elements: &InterpolatedStringElements) {
        self.out.push(prefix);
        self.out.push('\'');
        self.elements(elements);
        self.out.push('\'');
    }

    fn elements(&mut self, elements: &InterpolatedStringElements) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    for c in literal.value.chars() {
                        match c {
                            '{' => self.out.push_str("{{"),
                            '}' => self.out.push_str("}}"),
                            c => escaped(&mut self.out, c, '\''),
                        }
                    }
                }
                InterpolatedStringElement::Interpolation(inner) => {
                    self.out.push('{');
                    let before = self.out.len();
                    self.put(&inner.expression, Level::Or);
                    // `{{` would be a brace.
                    if self.out[before..].starts_with('{') {
                        self.out.insert(before, ' ');
                    }
                    if inner.debug_text.is_some() {
                        self.out.push('=');
                    }
                    if let Some(conversion) = inner.conversion.to_char() {
                        self.out.push('!');
                        self.out.push(conversion);
                    }
                    if let Some(spec) = &inner.format_spec {
                        self.out.push(':');
                        self.elements(&spec.elements);
                    }
                    self.out.push('}');
                }
            }
        }
    }
}

fn next(level: Level) -> Level {
    match level {
        Level::BitOr => Level::BitXor,
        Level::BitXor => Level::BitAnd,
        Level::BitAnd => Level::Shift,
        Level::Shift => Level::Sum,
        Level::Sum => Level::Product,
        _ => Level::Unary,
    }
}

fn level_of(expr: &Expr) -> Level {
    use ruff_python_ast::{BoolOp, Operator};
    match expr {
        Expr::Tuple(tuple) if tuple.is_empty() => Level::Atom,
        Expr::Tuple(_) | Expr::Yield(_) | Expr::YieldFrom(_) => Level::Tuple,
        Expr::Named(_) => Level::Tuple,
        Expr::Starred(_) | Expr::Slice(_) => Level::Atom,
        Expr::If(_) | Expr::Lambda(_) => Level::Ternary,
        Expr::BoolOp(e) => match e.op {
            BoolOp::Or => Level::Or,
            BoolOp::And => Level::And,
        },
        Expr::UnaryOp(e) if e.op == UnaryOp::Not => Level::Not,
        Expr::UnaryOp(_) => Level::Unary,
        Expr::Compare(_) => Level::Compare,
        Expr::BinOp(e) => match e.op {
            Operator::BitOr => Level::BitOr,
            Operator::BitXor => Level::BitXor,
            Operator::BitAnd => Level::BitAnd,
            Operator::LShift | Operator::RShift => Level::Shift,
            Operator::Add | Operator::Sub => Level::Sum,
            Operator::Mult
            | Operator::MatMult
            | Operator::Div
            | Operator::Mod
            | Operator::FloorDiv => Level::Product,
            Operator::Pow => Level::Power,
        },
        Expr::Await(_) => Level::Await,
        Expr::FString(e) if e.value.is_implicit_concatenated() => Level::Await,
        _ => Level::Atom,
    }
}

#[cfg(test)]
mod tests {
    use super::expr_text;
    use ruff_python_parser::parse_expression;

    fn normal(text: &str) -> String {
        expr_text(parse_expression(text).unwrap().expr())
    }

    #[test]
    fn one_spelling() {
        for (text, expected) in [
            (r#""a""#, "'a'"),
            (r#""it's""#, r#""it's""#),
            (r#"'a' "b""#, "'ab'"),
            ("u'x'", "'x'"),
            ("b\"a\\x00\"", "b'a\\x00'"),
            ("0x10", "16"),
            ("1_000", "1000"),
            ("1e3", "1000.0"),
            ("2J", "2.0j"),
            ("(1)", "1"),
            ("(1,)", "(1,)"),
            ("()", "()"),
            ("[ 1,2 , ]", "[1, 2]"),
            ("{'a':1,**b}", "{'a': 1, **b}"),
            ("(a+b)*c", "(a + b) * c"),
            ("a-(b-c)", "a - (b - c)"),
            ("-x**-y", "-x ** -y"),
            ("(-x)**y", "(-x) ** y"),
            ("not(a)", "not a"),
            ("(a or b)and c", "(a or b) and c"),
            ("lambda x,*,y=1:x", "lambda x, *, y=1: x"),
            ("lambda a,/,b:0", "lambda a, /, b: 0"),
            ("f( x, *a, k=1, **d )", "f(x, *a, k=1, **d)"),
            ("x[1:2,::3]", "x[1:2, ::3]"),
            ("x[(1,)]", "x[1,]"),
            ("a if b else(c)", "a if b else c"),
            ("[x for x,y in z if x]", "[x for x, y in z if x]"),
            ("f'{a!r:>{w}}b'", "f'{a!r:>{w}}b'"),
            ("f'{ {1} }'", "f'{ {1}}'"),
            ("(yield)", "(yield)"),
            ("a<b<c", "a < b < c"),
            ("(x:=1)", "(x := 1)"),
            ("1 .real", "(1).real"),
            ("'\\u202e'", "'\\u202e'"),
        ] {
            assert_eq!(normal(text), expected, "{text}");
            assert_eq!(normal(expected), expected, "{expected} is not stable");
        }
    }
}
