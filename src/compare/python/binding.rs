//! Which calls a signature accepts, decided exactly as CPython's binding does, and whether all calls that one
//! signature accepts are accepted by another with every argument landing on the same parameter.
//!
//! For a fixed number `n` of positional arguments, the keyword sets that a signature accepts are an interval
//! `required ⊆ K ⊆ allowed`; inclusion of signatures is inclusion of intervals for each `n`, so nothing is enumerated.
//! It names no rules: `parameters` explains the violations found here.

use std::collections::BTreeSet;

use crate::interface::CallShape;
use crate::interface::python::{Param, ParamKind};

/// The parameters of a signature, sorted by what they do in a call.
#[derive(Debug, Clone)]
pub struct Callable<'a> {
    /// Positional-only and normal parameters, in order.
    pub positional: Vec<&'a Param>,
    /// Parameters after `*`.
    pub keyword_only: Vec<&'a Param>,
    /// `*args`.
    pub var_args: Option<&'a Param>,
    /// `**kwargs`.
    pub var_keywords: Option<&'a Param>,
}

/// The keyword sets accepted beside a number of positional arguments.
struct Keywords<'a> {
    required: BTreeSet<&'a str>,
    /// Names that parameters take.
    named: BTreeSet<&'a str>,
    /// Names that would give a parameter its second value.
    taken: BTreeSet<&'a str>,
    /// Any other name goes to `**kwargs`.
    open: bool,
}

impl Keywords<'_> {
    fn allows(&self, name: &str) -> bool {
        self.named.contains(name) || (self.open && !self.taken.contains(name))
    }
}

/// The parameter that a positional argument lands on, as far as it matters to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot<'a> {
    /// A parameter that has a name for callers.
    Named(&'a str),
    /// A positional-only parameter: its name is nobody's business.
    Nameless,
    /// `*args`.
    VarArgs,
}

/// Why a call that one signature accepts is not accepted by the other, or lands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violation {
    /// The keyword is rejected (beside this many positional arguments).
    Keyword {
        /// The keyword.
        name: String,
        /// How many positional arguments stand before it.
        positional: usize,
    },
    /// Any keyword that no parameter has is rejected: `**kwargs` went.
    OtherKeywords,
    /// The parameter must be given now.
    Required {
        /// The parameter.
        name: String,
        /// How many positional arguments are given.
        positional: usize,
    },
    /// So many positional arguments are too many.
    TooMany {
        /// How many are given.
        positional: usize,
    },
    /// The positional-only parameter at `index` gets no value from so few positional arguments.
    TooFew {
        /// The parameter's position.
        index: usize,
        /// How many are given.
        positional: usize,
    },
    /// The positional argument lands on another named parameter.
    Elsewhere {
        /// The argument's position.
        index: usize,
    },
    /// The positional argument went to `*args` and lands on a named parameter: whether it hurts depends on the caller.
    FromVarArgs {
        /// The argument's position.
        index: usize,
    },
}

impl Violation {
    /// Whether the definitions alone prove that a call breaks.
    pub fn is_definite(&self) -> bool {
        !matches!(self, Violation::FromVarArgs { .. })
    }
}

impl<'a> Callable<'a> {
    /// Sorts parameters; `self` must have been taken off already.
    pub fn new(params: &'a [Param]) -> Self {
        let mut callable = Callable {
            positional: Vec::new(),
            keyword_only: Vec::new(),
            var_args: None,
            var_keywords: None,
        };
        for param in params {
            match param.kind {
                ParamKind::PositionalOnly | ParamKind::Normal => callable.positional.push(param),
                ParamKind::KeywordOnly => callable.keyword_only.push(param),
                ParamKind::VarArgs => callable.var_args = Some(param),
                ParamKind::VarKeywords => callable.var_keywords = Some(param),
            }
        }
        callable
    }

    /// Where the positional argument `index` lands; none if it is one too many.
    pub fn slot(&self, index: usize) -> Option<Slot<'a>> {
        match self.positional.get(index) {
            Some(param) if param.kind == ParamKind::Normal => Some(Slot::Named(&param.name)),
            Some(_) => Some(Slot::Nameless),
            None => self.var_args.map(|_| Slot::VarArgs),
        }
    }

    /// The first required positional-only parameter that `positional` arguments do not reach.
    fn unreached(&self, positional: usize) -> Option<usize> {
        (positional..self.positional.len()).find(|&index| {
            let param = self.positional[index];
            param.kind == ParamKind::PositionalOnly && param.default.is_none()
        })
    }

    fn takes(&self, positional: usize) -> bool {
        positional <= self.positional.len() || self.var_args.is_some()
    }

    fn keywords(&self, positional: usize) -> Keywords<'a> {
        let mut keywords = Keywords {
            required: BTreeSet::new(),
            named: BTreeSet::new(),
            taken: BTreeSet::new(),
            open: self.var_keywords.is_some(),
        };
        for (index, param) in self.positional.iter().enumerate() {
            if param.kind == ParamKind::PositionalOnly {
                continue;
            }
            if index < positional {
                keywords.taken.insert(&param.name);
                continue;
            }
            keywords.named.insert(&param.name);
            if param.default.is_none() {
                keywords.required.insert(&param.name);
            }
        }
        for param in &self.keyword_only {
            keywords.named.insert(&param.name);
            if param.default.is_none() {
                keywords.required.insert(&param.name);
            }
        }
        keywords
    }

    /// Whether a call of this shape is accepted. What is unpacked (`*x`, `**x`) may bring whatever is missing, and is
    /// taken to bring nothing that is rejected.
    pub fn accepts(&self, shape: &CallShape) -> bool {
        self.rejection(shape).is_none()
    }

    /// Why a call of this shape is rejected: the first violation, if any.
    pub fn rejection(&self, shape: &CallShape) -> Option<Violation> {
        let positional = shape.positional;
        if !self.takes(positional) {
            return Some(Violation::TooMany { positional });
        }
        // An unpacked `*x` may fill any later slot, so the most generous count decides what is missing.
        let reach = if shape.star {
            self.positional.len().max(positional)
        } else {
            positional
        };
        if let Some(index) = self.unreached(reach) {
            return Some(Violation::TooFew { index, positional });
        }
        let keywords = self.keywords(positional);
        if let Some(name) = shape.keywords.iter().find(|name| !keywords.allows(name)) {
            return Some(Violation::Keyword {
                name: name.clone(),
                positional,
            });
        }
        if shape.double_star {
            return None;
        }
        let missing = self.keywords(reach).required;
        missing
            .into_iter()
            .find(|name| !shape.keywords.contains(*name))
            .map(|name| Violation::Required {
                name: name.to_owned(),
                positional,
            })
    }
}

/// Every violation of "each call that `from` accepts is accepted by `into`, with its arguments on the same
/// parameters"; empty iff it holds.
pub fn violations(from: &Callable<'_>, into: &Callable<'_>) -> BTreeSet<Violation> {
    let mut found = BTreeSet::new();
    let longest = from.positional.len().max(into.positional.len());
    // One more than the longest stands for all longer calls: both sides then only have `*args` left.
    for positional in 0..=longest + 1 {
        if !from.takes(positional) || from.unreached(positional).is_some() {
            continue;
        }
        if !into.takes(positional) {
            found.insert(Violation::TooMany { positional });
            continue;
        }
        if let Some(index) = into.unreached(positional) {
            found.insert(Violation::TooFew { index, positional });
            continue;
        }
        keyword_violations(from, into, positional, &mut found);
        for index in 0..positional {
            match (from.slot(index), into.slot(index)) {
                (Some(Slot::Named(old)), Some(Slot::Named(new))) if old != new => {
                    found.insert(Violation::Elsewhere { index });
                }
                (Some(Slot::VarArgs), Some(Slot::Named(_))) => {
                    found.insert(Violation::FromVarArgs { index });
                }
                _ => {}
            }
        }
    }
    found
}

fn keyword_violations(
    from: &Callable<'_>,
    into: &Callable<'_>,
    positional: usize,
    found: &mut BTreeSet<Violation>,
) {
    let old = from.keywords(positional);
    let new = into.keywords(positional);
    for name in new.required.difference(&old.required) {
        found.insert(Violation::Required {
            name: (*name).to_owned(),
            positional,
        });
    }
    let mut candidates: BTreeSet<&str> = old.named.clone();
    if old.open {
        candidates.extend(&new.taken);
        if !new.open {
            found.insert(Violation::OtherKeywords);
        }
    }
    for name in candidates {
        if old.allows(name) && !new.allows(name) {
            found.insert(Violation::Keyword {
                name: name.to_owned(),
                positional,
            });
        }
    }
}
