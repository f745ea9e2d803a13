//! Expressions of a tree as [`super::ir`] has them.

use ruff_python_ast::{BoolOp, CmpOp, Comprehension as Loop, Expr, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::ir::{Bound, Cmp, Comprehension, Ex, Function, Kind, St};
use super::lower::{Lower, span};

impl Lower<'_> {
    pub(super) fn other(&mut self, range: TextRange) -> Ex {
        Ex {
            kind: Kind::Other,
            span: span(range),
        }
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Ex {
        let kind = self
            .deeper(|lower| lower.kind(expr))
            .unwrap_or(Kind::Uses(Vec::new()));
        Ex {
            kind,
            span: span(expr.range()),
        }
    }

    fn boxed(&mut self, expr: &Expr) -> Box<Ex> {
        Box::new(self.expr(expr))
    }

    fn all<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) -> Vec<Ex> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    fn kind(&mut self, expr: &Expr) -> Kind {
        match expr {
            Expr::Name(name) => Kind::Name(self.sym(&name.id)),
            Expr::StringLiteral(text) => Kind::Text(self.sym(text.value.to_str())),
            Expr::NoneLiteral(_) => Kind::None,
            Expr::BooleanLiteral(literal) => Kind::Bool(literal.value),
            Expr::NumberLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => Kind::Other,
            Expr::Attribute(attribute) => {
                let value = self.boxed(&attribute.value);
                Kind::Attr(value, self.sym(&attribute.attr))
            }
            Expr::Subscript(item) => match &*item.slice {
                Expr::Slice(slice) => {
                    let parts = [&slice.lower, &slice.upper, &slice.step];
                    let mut uses = vec![self.expr(&item.value)];
                    uses.extend(self.all(parts.into_iter().flatten().map(|part| &**part)));
                    Kind::Slice(uses)
                }
                key => {
                    let value = self.boxed(&item.value);
                    Kind::Item(value, self.boxed(key))
                }
            },
            Expr::Call(call) => Kind::Call(Box::new(self.call(call))),
            Expr::Tuple(tuple) => Kind::Tuple(self.all(&tuple.elts)),
            Expr::List(list) => Kind::List(self.all(&list.elts)),
            Expr::Set(set) => Kind::Set(self.all(&set.elts)),
            Expr::Dict(dict) => {
                let mut items = Vec::with_capacity(dict.items.len());
                for item in &dict.items {
                    let key = item.key.as_ref().map(|key| self.expr(key));
                    items.push((key, self.expr(&item.value)));
                }
                Kind::Dict(items)
            }
            Expr::If(choice) => Kind::IfElse(
                self.boxed(&choice.test),
                self.boxed(&choice.body),
                self.boxed(&choice.orelse),
            ),
            Expr::BoolOp(found) => {
                let values = self.all(&found.values);
                match found.op {
                    BoolOp::And => Kind::And(values),
                    BoolOp::Or => Kind::Or(values),
                }
            }
            Expr::UnaryOp(found) => {
                let value = self.boxed(&found.operand);
                match found.op {
                    UnaryOp::Not => Kind::Not(value),
                    _ => Kind::Uses(vec![*value]),
                }
            }
            Expr::Compare(compare) => {
                let left = self.boxed(&compare.left);
                let mut rest = Vec::with_capacity(compare.ops.len());
                for (op, value) in compare.ops.iter().zip(&*compare.comparators) {
                    let op = match op {
                        CmpOp::Is => Cmp::Is,
                        CmpOp::IsNot => Cmp::IsNot,
                        CmpOp::In => Cmp::In,
                        CmpOp::NotIn => Cmp::NotIn,
                        CmpOp::Eq => Cmp::Equal,
                        CmpOp::NotEq => Cmp::NotEqual,
                        CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => Cmp::Order,
                    };
                    rest.push((op, self.expr(value)));
                }
                Kind::Compare(left, rest)
            }
            Expr::BinOp(found) => {
                let (left, right) = (self.boxed(&found.left), self.boxed(&found.right));
                match found.op {
                    Operator::Mod => Kind::Format(left, right),
                    _ => Kind::Binary(left, right),
                }
            }
            Expr::Lambda(lambda) => {
                let params = lambda
                    .parameters
                    .as_deref()
                    .map_or_else(Vec::new, |found| self.params(found));
                let outer = std::mem::take(&mut self.inner);
                let value = self.expr(&lambda.body);
                let inner = std::mem::replace(&mut self.inner, outer);
                let name = self.sym("<lambda>");
                let at = span(lambda.range);
                self.inner.push(Function {
                    name,
                    class: String::new(),
                    params,
                    body: vec![St::Return(Some(value), at)],
                    inner,
                    bound: Bound::Plain,
                    is_property: false,
                    is_generator: false,
                    is_lambda: true,
                    is_abstract: false,
                    outer_names: Vec::new(),
                    cut: false,
                });
                Kind::Lambda(self.inner.len() - 1)
            }
            Expr::ListComp(found) => self.comprehension([&*found.elt], &found.generators),
            Expr::SetComp(found) => self.comprehension([&*found.elt], &found.generators),
            Expr::Generator(found) => self.comprehension([&*found.elt], &found.generators),
            Expr::DictComp(found) => self.comprehension(
                found.key.as_deref().into_iter().chain([&*found.value]),
                &found.generators,
            ),
            Expr::Starred(starred) => Kind::Star(self.boxed(&starred.value)),
            Expr::Named(named) => {
                let value = self.boxed(&named.value);
                match &*named.target {
                    Expr::Name(name) => Kind::Named(self.sym(&name.id), value),
                    _ => value.kind,
                }
            }
            Expr::Yield(found) => {
                Kind::Yield(found.value.as_deref().map(|value| self.boxed(value)))
            }
            Expr::YieldFrom(found) => Kind::Yield(Some(self.boxed(&found.value))),
            Expr::Await(found) => self.kind(&found.value),
            Expr::FString(text) => {
                let mut uses = Vec::new();
                for element in text.value.elements() {
                    if let Some(found) = element.as_interpolation() {
                        uses.push(self.expr(&found.expression));
                    }
                }
                Kind::Uses(uses)
            }
            Expr::TString(_) | Expr::Slice(_) => Kind::Uses(Vec::new()),
        }
    }

    fn comprehension<'a>(
        &mut self,
        elements: impl IntoIterator<Item = &'a Expr>,
        loops: &[Loop],
    ) -> Kind {
        let loops = loops
            .iter()
            .map(|found| {
                let iterated = self.expr(&found.iter);
                let target = self.target(&found.target);
                let tests = self.all(&found.ifs);
                (target, iterated, tests)
            })
            .collect();
        Kind::Comprehension(Box::new(Comprehension {
            elements: self.all(elements),
            loops,
        }))
    }
}
