//! Tests whose outcome is known before anything runs: `TYPE_CHECKING`, version tests, constants.

use ruff_python_ast::{BoolOp, CmpOp, Expr, Number, UnaryOp};

use crate::python::env::{Env, dotted};

/// What is known of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    True,
    False,
    /// False when the program runs, true for type checkers.
    ForTypes,
    /// True on some other platform than most programs run on (Linux), so that the other branch says what a name is.
    Elsewhere,
    Unknown,
}

impl Outcome {
    fn not(self) -> Self {
        match self {
            Outcome::True => Outcome::False,
            Outcome::False => Outcome::True,
            // `if not TYPE_CHECKING`: what the program does.
            Outcome::ForTypes => Outcome::True,
            Outcome::Elsewhere | Outcome::Unknown => Outcome::Unknown,
        }
    }

    fn from(value: bool) -> Self {
        if value { Outcome::True } else { Outcome::False }
    }
}

/// Decides a test.
pub(crate) fn outcome(env: &Env<'_>, test: &Expr) -> Outcome {
    match test {
        Expr::BooleanLiteral(literal) => Outcome::from(literal.value),
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => Outcome::from(int.as_u64() != Some(0)),
            _ => Outcome::Unknown,
        },
        Expr::UnaryOp(op) if op.op == UnaryOp::Not => outcome(env, &op.operand).not(),
        Expr::Name(_) | Expr::Attribute(_) => {
            let Some(name) = dotted(test) else {
                return Outcome::Unknown;
            };
            match env.resolve(&name).as_str() {
                "typing.TYPE_CHECKING" | "TYPE_CHECKING" => Outcome::ForTypes,
                "six.PY2" => Outcome::False,
                "six.PY3" => Outcome::True,
                _ => Outcome::Unknown,
            }
        }
        Expr::Compare(compare) => {
            let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
                return Outcome::Unknown;
            };
            version(env, &compare.left, *op, right)
                .or_else(|| platform(env, &compare.left, *op, right))
                .unwrap_or(Outcome::Unknown)
        }
        Expr::BoolOp(either) if either.op == BoolOp::Or => {
            let mut each = either.values.iter().map(|test| outcome(env, test));
            if each.all(|outcome| outcome == Outcome::Elsewhere) {
                Outcome::Elsewhere
            } else {
                Outcome::Unknown
            }
        }
        Expr::Call(call) => {
            let starts = dotted(&call.func)
                .is_some_and(|name| env.resolve(&name) == "sys.platform.startswith");
            match (&*call.arguments.args, starts) {
                ([Expr::StringLiteral(name)], true)
                    if !"linux".starts_with(name.value.to_str()) =>
                {
                    Outcome::Elsewhere
                }
                _ => Outcome::Unknown,
            }
        }
        _ => Outcome::Unknown,
    }
}

/// `os.name == "nt"`, `sys.platform != "linux"`
fn platform(env: &Env<'_>, left: &Expr, op: CmpOp, right: &Expr) -> Option<Outcome> {
    let here = match env.resolve(&dotted(left)?).as_str() {
        "os.name" => "posix",
        "sys.platform" => "linux",
        _ => return None,
    };
    let Expr::StringLiteral(named) = right else {
        return None;
    };
    let is_here = named.value.to_str() == here;
    let elsewhere = match op {
        CmpOp::Eq => !is_here,
        CmpOp::NotEq => is_here,
        _ => return None,
    };
    elsewhere.then_some(Outcome::Elsewhere)
}

/// `sys.version_info >= (3, 8)`, `sys.version_info[0] == 2`, `sys.version_info.major < 3`
fn version(env: &Env<'_>, left: &Expr, op: CmpOp, right: &Expr) -> Option<Outcome> {
    let is_info =
        |expr: &Expr| dotted(expr).is_some_and(|name| env.resolve(&name) == "sys.version_info");
    let major_only = match left {
        Expr::Subscript(subscript) if is_info(&subscript.value) => match &*subscript.slice {
            Expr::NumberLiteral(_) if number(&subscript.slice) == Some(0) => true,
            Expr::Slice(_) => false,
            _ => return None,
        },
        Expr::Attribute(attribute) if is_info(&attribute.value) => {
            if attribute.attr.as_str() != "major" {
                return None;
            }
            true
        }
        other if is_info(other) => false,
        _ => return None,
    };
    let wanted: Vec<u64> = match right {
        Expr::Tuple(tuple) => tuple.iter().map(number).collect::<Option<_>>()?,
        single => vec![number(single)?],
    };
    let (major, minor) = env.target();
    let mut have = vec![u64::from(major), u64::from(minor)];
    have.truncate(if major_only { 1 } else { wanted.len().max(1) });
    let order = have.as_slice().cmp(wanted.as_slice());
    Some(Outcome::from(match op {
        CmpOp::Lt => order.is_lt(),
        CmpOp::LtE => order.is_le(),
        CmpOp::Gt => order.is_gt(),
        CmpOp::GtE => order.is_ge(),
        CmpOp::Eq => order.is_eq(),
        CmpOp::NotEq => order.is_ne(),
        _ => return None,
    }))
}

fn number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int.as_u64(),
            _ => None,
        },
        _ => None,
    }
}
