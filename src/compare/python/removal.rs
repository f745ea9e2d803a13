//! A name that is gone: whether it was renamed, and who misses it.

use similar::TextDiff;

use super::judge::{Judge, container, display};
use crate::finding::{Certainty, Finding, Origin, Role};
use crate::interface::Place;
use crate::interface::python::{Kind, Member};
use crate::interface::python_text;

/// A name that was there.
pub(super) struct Gone<'a, 'm> {
    pub(super) subject: String,
    pub(super) name: &'a str,
    pub(super) member: &'a Member,
    /// The class that had it; none for a name of a module.
    pub(super) class: Option<&'a str>,
    /// What survives of what held it.
    pub(super) container: Option<&'a Place>,
    /// It may still come from where the tree cannot see: why.
    pub(super) open: Option<&'a str>,
    /// Its module lists what it offers, and left this out.
    pub(super) unlisted: bool,
    /// Names that are new beside it.
    pub(super) arrivals: Vec<(&'m str, &'m Member)>,
}

/// Reports the loss, as a rename if exactly one of the new names is the same thing; gives that name.
pub(super) fn report<'m>(judge: &mut Judge<'_>, gone: &Gone<'_, 'm>) -> Option<&'m str> {
    judge.members += 1;
    let in_class = gone.class.is_some();
    let role = match &gone.member.kind {
        Kind::Attribute(_) | Kind::Property(_) => Role::Readers,
        _ => Role::Callers,
    };
    // Which names it answered is not known.
    let serves = matches!(gone.name, "__getattr__" | "__getattribute__");
    let certainty = if gone.open.is_some() || gone.unlisted || gone.member.conditional || serves {
        Certainty::Possible
    } else {
        Certainty::Definite
    };
    let name = display(&gone.subject);
    let successor = successor(gone);
    let (rule, message) = match successor {
        Some((new, _)) if in_class => ("member-renamed", format!("`{name}` is called `{new}` now")),
        Some((new, _)) => ("name-renamed", format!("`{name}` is called `{new}` now")),
        None if in_class => ("member-removed", format!("`{name}` is gone")),
        None => ("name-removed", format!("`{name}` is gone")),
    };
    if in_class {
        judge.may_reach_override(&gone.member.defined_in, gone.name);
    }
    let mut finding = Finding::new(rule, &gone.subject, gone.name, message).hurts(role, certainty);
    if let Some(class) = gone.class
        && judge.has_implementers(class, gone.name, &[gone.member])
        && !super::judge::is_constructor(gone.name)
    {
        // Nobody may call the override any more, and `super()` finds nothing.
        finding = finding.hurts(Role::Implementers, Certainty::Possible);
    }
    finding.old = judge.old_side(gone.member, gone.name, None);
    finding.new = match successor {
        Some((new, member)) => judge.new_side(member, new, None),
        None => container(Origin::Provider, gone.container),
    };
    judge.add_finding(&gone.member.defined_in.clone(), gone.name, finding);
    successor.map(|(new, _)| new)
}

/// With more new names than this only equal bodies tell a rename.
const MOST_ARRIVALS: usize = 64;

/// The one arrival that is the lost member under another name: the same body, or the same shape and a similar name.
fn successor<'m>(gone: &Gone<'_, 'm>) -> Option<(&'m str, &'m Member)> {
    let same_body = |member: &Member| {
        matches!((gone.member.body, member.body), (Some(old), Some(new)) if old == new)
            && has_body(member)
    };
    let mut by_body = gone.arrivals.iter().filter(|(_, member)| same_body(member));
    if let (Some(found), None) = (by_body.next(), by_body.next()) {
        return Some(*found);
    }
    // Among so many new names a similar one is no news, and comparing all with all takes its time.
    if gone.arrivals.len() > MOST_ARRIVALS {
        return None;
    }
    let old = python_text::line(gone.member, "_");
    let alike = |(name, member): &&(&str, &Member)| {
        is_function(gone.member)
            && python_text::line(member, "_") == old
            && similarity(gone.name, name) >= 0.6
    };
    let mut by_shape = gone.arrivals.iter().filter(alike);
    match (by_shape.next(), by_shape.next()) {
        (Some(found), None) => Some(*found),
        _ => None,
    }
}

/// A digest of an empty or abstract body says nothing about who it is.
fn has_body(member: &Member) -> bool {
    match &member.kind {
        Kind::Function(function) => function.abstractness == crate::interface::python::Abstract::No,
        _ => false,
    }
}

fn is_function(member: &Member) -> bool {
    matches!(member.kind, Kind::Function(_))
}

fn similarity(old: &str, new: &str) -> f32 {
    TextDiff::from_chars(old, new).ratio()
}
