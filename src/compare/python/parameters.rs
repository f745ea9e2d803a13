//! Explains in terms of parameters why calls break: pairs old parameters with new ones, and blames each violation of
//! call inclusion on the change that causes it. The decision itself is `binding`'s; nothing here makes or unmakes it.

use std::collections::BTreeSet;

use super::binding::{Callable, Slot, Violation, violations};
use crate::finding::Certainty;
use crate::interface::CallShape;
use crate::interface::python::{Param, ParamKind};

/// One change of one parameter, with what it does to each role.
#[derive(Debug, Clone)]
pub struct Explained<'a> {
    /// The rule's id.
    pub rule: &'static str,
    /// The parameter: its old name, or the new one if it is new; variadic ones with their stars.
    pub item: String,
    /// The parameter before.
    pub old: Option<&'a Param>,
    /// The parameter after.
    pub new: Option<&'a Param>,
    /// Its new position, if it takes positional arguments.
    pub position: Option<usize>,
    /// What it does to callers.
    pub callers: Option<Certainty>,
    /// What it does to implementers.
    pub implementers: Option<Certainty>,
}

/// Old and new parameters, paired up.
pub struct Pairing<'a> {
    old: Callable<'a>,
    new: Callable<'a>,
    parts: Vec<Part<'a>>,
    /// Positional parameters that changed places among those that stayed.
    moved: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End<'a> {
    param: ByAddress<'a>,
    /// Its position, if it takes positional arguments.
    index: Option<usize>,
}

/// Parameters are told apart by where they are, not by how they read.
#[derive(Debug, Clone, Copy)]
struct ByAddress<'a>(&'a Param);

impl PartialEq for ByAddress<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for ByAddress<'_> {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part<'a> {
    old: Option<End<'a>>,
    new: Option<End<'a>>,
}

/// Which way inclusion was asked: old calls against the new signature, or new calls against old overrides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Callers,
    Implementers,
}

impl<'a> Part<'a> {
    fn origin(&self, way: Way) -> Option<End<'a>> {
        if way == Way::Callers {
            self.old
        } else {
            self.new
        }
    }

    fn target(&self, way: Way) -> Option<End<'a>> {
        if way == Way::Callers {
            self.new
        } else {
            self.old
        }
    }

    fn item(&self) -> String {
        match (self.old, self.new) {
            (Some(end), _) | (None, Some(end)) => {
                let param = end.param.0;
                let stars = match param.kind {
                    ParamKind::VarArgs => "*",
                    ParamKind::VarKeywords => "**",
                    _ => "",
                };
                format!("{stars}{}", param.name)
            }
            (None, None) => String::new(),
        }
    }
}

/// Explains the change from `old` to `new` (both without `self`). Changes that break no call are in the result too,
/// without verdicts; the names of variadic and positional-only parameters are nobody's business.
pub fn explain<'a>(old: &'a [Param], new: &'a [Param]) -> Vec<Explained<'a>> {
    if take_the_same_calls(old, new) {
        return Vec::new();
    }
    Pairing::new(old, new).explain()
}

/// Most functions do not change, and need no pairing to say so.
fn take_the_same_calls(old: &[Param], new: &[Param]) -> bool {
    let look = |param: &'_ Param| (param.kind, param.default.is_some());
    old.len() == new.len()
        && old
            .iter()
            .zip(new)
            .all(|(a, b)| look(a) == look(b) && a.name == b.name)
}

impl<'a> Pairing<'a> {
    /// Pairs parameters by name, then nameless ones by position, then what is left by position: those were renamed.
    pub fn new(old: &'a [Param], new: &'a [Param]) -> Self {
        let (old, new) = (Callable::new(old), Callable::new(new));
        let ends = |callable: &Callable<'a>| -> Vec<End<'a>> {
            let positional = callable.positional.iter().enumerate();
            positional
                .map(|(index, param)| End {
                    param: ByAddress(param),
                    index: Some(index),
                })
                .chain(callable.keyword_only.iter().map(|param| End {
                    param: ByAddress(param),
                    index: None,
                }))
                .collect()
        };
        let mut left = ends(&old);
        let mut right = ends(&new);
        let mut parts = Vec::new();
        let mut pair_off = |left: &mut Vec<End<'a>>,
                            right: &mut Vec<End<'a>>,
                            fits: &dyn Fn(&End<'a>, &End<'a>) -> bool| {
            left.retain(|end| {
                let Some(at) = right.iter().position(|other| fits(end, other)) else {
                    return true;
                };
                let other = right.remove(at);
                parts.push(Part {
                    old: Some(*end),
                    new: Some(other),
                });
                false
            });
        };
        let is_nameless = |end: &End<'_>| end.param.0.kind == ParamKind::PositionalOnly;
        pair_off(&mut left, &mut right, &|a, b| {
            a.param.0.name == b.param.0.name
                && (!(is_nameless(a) || is_nameless(b))
                    || a.index == b.index
                    || b.index.is_none()
                    || a.index.is_none())
        });
        pair_off(&mut left, &mut right, &|a, b| {
            a.index.is_some() && a.index == b.index && (is_nameless(a) || is_nameless(b))
        });
        pair_off(&mut left, &mut right, &|a, b| {
            a.index.is_some() && a.index == b.index
        });
        let only_keywords =
            |ends: &[End<'_>]| ends.iter().filter(|end| end.index.is_none()).count() == 1;
        if only_keywords(&left) && only_keywords(&right) {
            pair_off(&mut left, &mut right, &|a, b| {
                a.index.is_none() && b.index.is_none() && a.param.0.default == b.param.0.default
            });
        }
        parts.extend(left.into_iter().map(|end| Part {
            old: Some(end),
            new: None,
        }));
        parts.extend(right.into_iter().map(|end| Part {
            old: None,
            new: Some(end),
        }));
        for (before, after) in [
            (old.var_args, new.var_args),
            (old.var_keywords, new.var_keywords),
        ] {
            let end = |param: Option<&'a Param>| {
                param.map(|param| End {
                    param: ByAddress(param),
                    index: None,
                })
            };
            if before.is_some() || after.is_some() {
                parts.push(Part {
                    old: end(before),
                    new: end(after),
                });
            }
        }
        let moved = moved(&parts);
        Self {
            old,
            new,
            parts,
            moved,
        }
    }

    fn explain(&self) -> Vec<Explained<'a>> {
        let mut found: Vec<Explained<'a>> = Vec::new();
        for (way, from, into) in [
            (Way::Callers, &self.old, &self.new),
            (Way::Implementers, &self.new, &self.old),
        ] {
            for violation in violations(from, into) {
                let certainty = match way {
                    Way::Callers if violation.is_definite() => Certainty::Definite,
                    // What the provider really passes is not known here.
                    _ => Certainty::Possible,
                };
                for (rule, part) in self.blame(&violation, way) {
                    let at = entry(&mut found, rule, part);
                    let verdict = match way {
                        Way::Callers => &mut found[at].callers,
                        Way::Implementers => &mut found[at].implementers,
                    };
                    *verdict = (*verdict).max(Some(certainty));
                }
            }
        }
        for part in &self.parts {
            if found.iter().any(|known| known.item == part.item()) {
                continue;
            }
            if let Some(rule) = self.harmless(part) {
                entry(&mut found, rule, *part);
            }
        }
        found.sort_by(|a, b| (&a.item, a.rule).cmp(&(&b.item, b.rule)));
        found
    }

    /// Which changes make an override written for the old signature reject this call, by rule and item; empty if it
    /// accepts it with every argument on the parameter that the new signature means.
    pub fn rejected_by_overrides(&self, shape: &CallShape) -> Vec<Explained<'a>> {
        let mut found = Vec::new();
        let mut causes: BTreeSet<Violation> = self.old.rejection(shape).into_iter().collect();
        if causes.is_empty() {
            for index in 0..shape.positional {
                if let (Some(Slot::Named(new)), Some(Slot::Named(old))) =
                    (self.new.slot(index), self.old.slot(index))
                    && old != new
                {
                    causes.insert(Violation::Elsewhere { index });
                }
            }
        }
        for violation in causes {
            for (rule, part) in self.blame(&violation, Way::Implementers) {
                let at = entry(&mut found, rule, part);
                found[at].implementers = Some(Certainty::Definite);
            }
        }
        found
    }

    /// Which changes make the new signature reject a call that the old one took, by rule and item.
    pub fn rejected_by_new(&self, shape: &CallShape) -> Vec<Explained<'a>> {
        let mut found = Vec::new();
        if let Some(violation) = self.new.rejection(shape) {
            for (rule, part) in self.blame(&violation, Way::Callers) {
                entry(&mut found, rule, part);
            }
        }
        found
    }

    /// The changes that cause a violation.
    fn blame(&self, violation: &Violation, way: Way) -> Vec<(&'static str, Part<'a>)> {
        let from = if way == Way::Callers {
            &self.old
        } else {
            &self.new
        };
        let culprits = match violation {
            Violation::OtherKeywords => self.variadic(ParamKind::VarKeywords),
            Violation::Keyword { name, .. } => self
                .named(name, way, true)
                .or_else(|| self.named(name, way, false))
                .map_or_else(
                    || self.variadic(ParamKind::VarKeywords),
                    |part| self.settle(part, violation, way),
                ),
            Violation::Required { name, .. } => self
                .named(name, way, false)
                .map_or_else(Vec::new, |part| self.settle(part, violation, way)),
            Violation::TooMany { positional } => {
                let gone: Vec<Part<'a>> = self
                    .parts
                    .iter()
                    .filter(|part| has_index(part.origin(way)) && !has_index(part.target(way)))
                    .copied()
                    .collect();
                if from.var_args.is_some()
                    && (*positional > from.positional.len() || gone.is_empty())
                {
                    self.variadic(ParamKind::VarArgs)
                } else {
                    gone
                }
            }
            Violation::TooFew { index, .. } => self
                .at(*index, way, false)
                .map_or_else(Vec::new, |part| vec![part]),
            Violation::FromVarArgs { index } => self
                .at(*index, way, false)
                .map_or_else(Vec::new, |part| self.settle(part, violation, way)),
            Violation::Elsewhere { index } => {
                let (gone, come) = (self.at(*index, way, true), self.at(*index, way, false));
                match (gone, come) {
                    (Some(gone), _) if !has_index(gone.target(way)) => vec![gone],
                    (_, Some(come)) if !has_index(come.origin(way)) => vec![come],
                    (Some(gone), _) => self.settle(gone, violation, way),
                    _ => Vec::new(),
                }
            }
        };
        let culprits = if culprits.is_empty() {
            self.any_change()
        } else {
            culprits
        };
        culprits
            .into_iter()
            .map(|part| (self.rule(&part, violation), part))
            .collect()
    }

    /// A part that did not change by itself was shifted by others: by what came or went before it, or by what moved.
    fn settle(&self, part: Part<'a>, violation: &Violation, way: Way) -> Vec<Part<'a>> {
        let (Some(from), Some(into)) = (part.origin(way), part.target(way)) else {
            return vec![part];
        };
        let explains_itself = match violation {
            Violation::Required { .. } => from.param.0.is_required() != into.param.0.is_required(),
            _ => false,
        };
        if explains_itself
            || is_renamed(&part)
            || from.param.0.kind != into.param.0.kind
            || self.moved.contains(&part.item())
        {
            return vec![part];
        }
        let (Some(from_at), Some(into_at)) = (from.index, into.index) else {
            return vec![part];
        };
        let before = |limit: usize,
                      here: fn(&Part<'a>, Way) -> Option<End<'a>>,
                      there: fn(&Part<'a>, Way) -> Option<End<'a>>| {
            self.parts
                .iter()
                .filter(|other| {
                    here(other, way)
                        .and_then(|end| end.index)
                        .is_some_and(|index| index < limit)
                        && !has_index(there(other, way))
                })
                .copied()
                .collect::<Vec<_>>()
        };
        let here: fn(&Part<'a>, Way) -> Option<End<'a>> = |part, way| part.origin(way);
        let there: fn(&Part<'a>, Way) -> Option<End<'a>> = |part, way| part.target(way);
        let shifters = if into_at < from_at {
            before(from_at, here, there)
        } else {
            before(into_at, there, here)
        };
        if !shifters.is_empty() {
            return shifters;
        }
        let moved = &self.moved;
        let movers: Vec<Part<'a>> = self
            .parts
            .iter()
            .filter(|part| moved.contains(&part.item()))
            .copied()
            .collect();
        if movers.is_empty() {
            vec![part]
        } else {
            movers
        }
    }

    /// The rule that names a part's change, as far as the violation is about it.
    fn rule(&self, part: &Part<'a>, violation: &Violation) -> &'static str {
        let (old, new) = match (part.old, part.new) {
            (Some(old), Some(new)) => (old.param.0, new.param.0),
            (Some(old), None) => return self.rule_of_lost(old.param.0),
            (None, Some(new)) => return rule_of_added(new.param.0),
            (None, None) => return "parameter-moved",
        };
        let about_requirement = matches!(
            violation,
            Violation::Required { .. } | Violation::TooFew { .. }
        );
        if about_requirement && old.is_required() != new.is_required() {
            return rule_of_requirement(new);
        }
        if is_renamed(part) {
            return "parameter-renamed";
        }
        if let Some(rule) = rule_of_kind(old.kind, new.kind) {
            return rule;
        }
        if old.is_required() != new.is_required() && !self.moved.contains(&part.item()) {
            return rule_of_requirement(new);
        }
        "parameter-moved"
    }

    fn rule_of_lost(&self, old: &Param) -> &'static str {
        let by_position = matches!(old.kind, ParamKind::PositionalOnly | ParamKind::Normal);
        let by_name = matches!(old.kind, ParamKind::Normal | ParamKind::KeywordOnly);
        match old.kind {
            ParamKind::VarArgs | ParamKind::VarKeywords => "variadic-removed",
            _ if (by_position && self.new.var_args.is_some() && self.old.var_args.is_none())
                || (by_name
                    && self.new.var_keywords.is_some()
                    && self.old.var_keywords.is_none()) =>
            {
                "parameter-gathered"
            }
            _ => "parameter-removed",
        }
    }

    /// The rule for a change that breaks no call, if it is worth a note.
    fn harmless(&self, part: &Part<'a>) -> Option<&'static str> {
        match (part.old, part.new) {
            (Some(old), Some(new)) => {
                let (old, new) = (old.param.0, new.param.0);
                rule_of_kind(old.kind, new.kind).or_else(|| {
                    (old.is_required() != new.is_required()).then(|| rule_of_requirement(new))
                })
            }
            (Some(old), None) => Some(self.rule_of_lost(old.param.0)),
            (None, Some(new)) => Some(rule_of_added(new.param.0)),
            (None, None) => None,
        }
    }

    fn variadic(&self, kind: ParamKind) -> Vec<Part<'a>> {
        let is_kind = |end: Option<End<'a>>| end.is_some_and(|end| end.param.0.kind == kind);
        self.parts
            .iter()
            .filter(|part| is_kind(part.old) || is_kind(part.new))
            .copied()
            .collect()
    }

    /// The part whose end on one side (`from` or `into`) takes this keyword.
    fn named(&self, name: &str, way: Way, on_from: bool) -> Option<Part<'a>> {
        self.find(way, on_from, |end| {
            matches!(end.param.0.kind, ParamKind::Normal | ParamKind::KeywordOnly)
                && end.param.0.name == name
        })
    }

    /// The part whose end on one side has this position.
    fn at(&self, index: usize, way: Way, on_from: bool) -> Option<Part<'a>> {
        self.find(way, on_from, |end| end.index == Some(index))
    }

    fn find(&self, way: Way, on_from: bool, fits: impl Fn(&End<'a>) -> bool) -> Option<Part<'a>> {
        self.parts
            .iter()
            .find(|part| {
                if on_from {
                    part.origin(way)
                } else {
                    part.target(way)
                }
                .is_some_and(|end| fits(&end))
            })
            .copied()
    }

    /// The last resort: the first part that is not the same on both sides.
    fn any_change(&self) -> Vec<Part<'a>> {
        let changed = |part: &&Part<'a>| match (part.old, part.new) {
            (Some(old), Some(new)) => {
                old.index != new.index || old.param.0.kind != new.param.0.kind
            }
            _ => true,
        };
        self.parts.iter().filter(changed).take(1).copied().collect()
    }
}

fn entry<'a>(found: &mut Vec<Explained<'a>>, rule: &'static str, part: Part<'a>) -> usize {
    let item = part.item();
    if let Some(at) = found
        .iter()
        .position(|known| known.rule == rule && known.item == item)
    {
        return at;
    }
    found.push(Explained {
        rule,
        item,
        old: part.old.map(|end| end.param.0),
        new: part.new.map(|end| end.param.0),
        position: part.new.and_then(|end| end.index),
        callers: None,
        implementers: None,
    });
    found.len() - 1
}

fn has_index(end: Option<End<'_>>) -> bool {
    end.is_some_and(|end| end.index.is_some())
}

fn is_renamed(part: &Part<'_>) -> bool {
    let has_name = |param: &Param| matches!(param.kind, ParamKind::Normal | ParamKind::KeywordOnly);
    match (part.old, part.new) {
        (Some(old), Some(new)) => {
            let (old, new) = (old.param.0, new.param.0);
            has_name(old) && has_name(new) && old.name != new.name
        }
        _ => false,
    }
}

fn rule_of_added(new: &Param) -> &'static str {
    match new.kind {
        ParamKind::VarArgs | ParamKind::VarKeywords => "variadic-added",
        _ if new.is_required() => "required-parameter-added",
        _ => "parameter-added",
    }
}

fn rule_of_requirement(new: &Param) -> &'static str {
    if new.is_required() {
        "parameter-became-required"
    } else {
        "parameter-became-optional"
    }
}

fn rule_of_kind(old: ParamKind, new: ParamKind) -> Option<&'static str> {
    use ParamKind::{KeywordOnly, Normal, PositionalOnly};
    match (old, new) {
        (Normal | PositionalOnly, KeywordOnly) => Some("parameter-became-keyword-only"),
        (Normal | KeywordOnly, PositionalOnly) => Some("parameter-became-positional-only"),
        (KeywordOnly | PositionalOnly, Normal) => Some("parameter-kind-widened"),
        _ => None,
    }
}

/// Positional parameters that changed places among those that stayed: all outside a longest common order.
fn moved(parts: &[Part<'_>]) -> BTreeSet<String> {
    let mut stayed: Vec<(usize, usize, String)> = parts
        .iter()
        .filter_map(|part| Some((part.old?.index?, part.new?.index?, part.item())))
        .collect();
    stayed.sort();
    let mut best: Vec<Vec<usize>> = Vec::new();
    for (at, (_, place, _)) in stayed.iter().enumerate() {
        let mut chain = best
            .iter()
            .filter(|chain| chain.last().is_some_and(|&last| stayed[last].1 < *place))
            .max_by_key(|chain| chain.len())
            .cloned()
            .unwrap_or_default();
        chain.push(at);
        best.push(chain);
    }
    let kept = best.into_iter().max_by_key(Vec::len).unwrap_or_default();
    let moved = stayed
        .iter()
        .enumerate()
        .filter(|(at, _)| !kept.contains(at));
    moved.map(|(_, (_, _, item))| item.clone()).collect()
}
