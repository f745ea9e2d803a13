//! What all parts of the Python comparison share: both sides, the findings so far, and how a finding gets its subject,
//! its sides and its level. It decides nothing about members.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{Audience, Comparison, Options};
use crate::finding::{Certainty, Finding, Role, Side};
use crate::interface::Place;
use crate::interface::python::{Abstract, Class, Interface, Kind, Member, Site};
use crate::interface::python_text;
use crate::interface::table::PlacedFact;

/// Two members that answer to one name, before and after.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    /// How reports call it.
    pub(super) subject: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// The class that it belongs to; none in a module.
    pub(super) class: Option<&'a str>,
    pub(super) old: &'a Member,
    pub(super) new: &'a Member,
    /// What the provider required of implementers, and requires now.
    pub(super) required: (&'a [PlacedFact], &'a [PlacedFact]),
    /// Where the provider does so now.
    pub(super) sites: &'a [Site],
}

impl Pair<'_> {
    /// The name as a person would say it: with its class or module.
    pub(super) fn display(&self) -> String {
        display(self.subject)
    }

    /// Implementers bind to it through overriding; constructors only through calls really made.
    pub(super) fn can_be_overridden(&self) -> bool {
        self.class.is_some() && !is_constructor(self.name) && !is_mangled(self.name)
    }
}

/// Names that CPython mangles can not be overridden from outside.
fn is_mangled(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}

/// The methods that run when an object or a subclass is made.
pub(super) fn is_constructor(name: &str) -> bool {
    matches!(
        name,
        "__init__" | "__new__" | "__init_subclass__" | "__post_init__"
    )
}

/// The last two parts of a path.
pub(super) fn display(path: &str) -> String {
    let parts: Vec<&str> = path.rsplitn(3, '.').collect();
    match parts.as_slice() {
        [name, owner, ..] => format!("{owner}.{name}"),
        _ => path.to_owned(),
    }
}

/// The comparison in progress.
pub(super) struct Judge<'a> {
    pub(super) old: &'a Interface,
    pub(super) new: &'a Interface,
    pub(super) options: &'a Options<'a>,
    findings: Vec<Finding>,
    /// One cause is one finding: what was said of a definition is not said again at its heirs.
    said: BTreeSet<(String, String, &'static str, String)>,
    subjects: BTreeSet<(String, &'static str, String)>,
    pub(super) members: usize,
    /// Members whose change may reach an override.
    overridable: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(old: &'a Interface, new: &'a Interface, options: &'a Options<'a>) -> Self {
        Self {
            old,
            new,
            options,
            findings: Vec::new(),
            said: BTreeSet::new(),
            subjects: BTreeSet::new(),
            members: 0,
            overridable: BTreeMap::new(),
        }
    }

    pub(super) fn finish(self) -> Comparison {
        Comparison {
            findings: self.findings,
            members: self.members,
            overridable: self.overridable,
        }
    }

    /// Whether implementers of a member are out there: somebody named them, or the tree shows that it is overridden.
    pub(super) fn has_implementers(&self, class: &str, name: &str, members: &[&Member]) -> bool {
        match &self.options.audience {
            Audience::Named(_) => true,
            Audience::WholeTree => {
                members.iter().any(|member| member.is_abstract())
                    || (self.options.overridden)(class, name)
            }
        }
    }

    /// Whether subclasses of a class are out there: those of any of its members are.
    pub(super) fn has_subclasses(&self, path: &str, class: &Class) -> bool {
        matches!(self.options.audience, Audience::Named(_))
            || class
                .members
                .iter()
                .any(|(name, member)| self.has_implementers(path, name, &[member]))
    }

    /// The side that stands for a definition before the change.
    pub(super) fn old_side(
        &self,
        member: &Member,
        name: &str,
        mark: Option<&Place>,
    ) -> Option<Side> {
        side(self.options.old.clone(), member, name, mark)
    }

    /// The side that stands for a definition after the change.
    pub(super) fn new_side(
        &self,
        member: &Member,
        name: &str,
        mark: Option<&Place>,
    ) -> Option<Side> {
        side(crate::finding::Origin::Provider, member, name, mark)
    }

    /// Adds a finding about a pair, with both definitions as its sides unless it has others already.
    pub(super) fn add(&mut self, pair: &Pair<'_>, mut finding: Finding) {
        if finding.old.is_none() {
            finding.old = self.old_side(pair.old, pair.name, None);
        }
        if finding.new.is_none() {
            finding.new = self.new_side(pair.new, pair.name, None);
        }
        if pair.can_be_overridden() {
            self.may_reach_override(&pair.new.defined_in, pair.name);
        }
        if is_unsure(pair) {
            finding
                .verdicts
                .values_mut()
                .for_each(|certainty| *certainty = Certainty::Possible);
        }
        let drop_implementers = pair.class.is_some_and(|class| {
            !self.has_implementers(class, pair.name, &[pair.old, pair.new])
                && finding.verdicts.get(&Role::Implementers) == Some(&Certainty::Possible)
        });
        if drop_implementers {
            finding.verdicts.remove(&Role::Implementers);
        }
        self.add_finding(&pair.new.defined_in.clone(), pair.name, finding);
    }

    /// Notes that a change of this member may reach an override.
    pub(super) fn may_reach_override(&mut self, class: &str, name: &str) {
        self.overridable
            .entry(class.to_owned())
            .or_default()
            .insert(name.to_owned());
    }

    /// Adds a finding about the name `name` of the definition `defined_in`, unless the same was said of it before.
    pub(super) fn add_finding(&mut self, defined_in: &str, name: &str, mut finding: Finding) {
        let key = (
            defined_in.to_owned(),
            name.to_owned(),
            finding.rule,
            finding.item.clone(),
        );
        // A re-export and its definition go by one subject.
        let subject = (finding.subject.clone(), finding.rule, finding.item.clone());
        if !self.said.insert(key) || !self.subjects.insert(subject) {
            return;
        }
        self.options.audience.weigh(&mut finding);
        if finding.help.is_empty() {
            finding.help = super::words::help(&finding);
        }
        self.findings.push(finding);
    }

    /// Where a definition of the old side is found on the new one: under its own path, or where an import at that
    /// path leads.
    pub(super) fn successor(&self, path: &str) -> Option<&'a str> {
        if let Some((known, _)) = self.new.classes.get_key_value(path) {
            return Some(known);
        }
        let target = self.new.exports.get(path)?;
        self.new
            .classes
            .get_key_value(target)
            .map(|(known, _)| known.as_str())
    }

    /// Whether something can be imported from this path on the new side.
    pub(super) fn is_importable(&self, path: &str) -> bool {
        self.new.classes.contains_key(path)
            || self.new.modules.contains_key(path)
            || self.new.exports.contains_key(path)
            || path.rsplit_once('.').is_some_and(|(owner, name)| {
                let module = self.new.modules.get(owner);
                module.is_some_and(|module| module.members.contains_key(name))
            })
    }

    /// Whether the new text at or above this path could not be trusted, so that nothing counts as removed.
    pub(super) fn is_untrusted(&self, path: &str) -> bool {
        let mut at = Some(path);
        while let Some(prefix) = at {
            if self.new.untrusted.contains(prefix) {
                return true;
            }
            at = prefix.rsplit_once('.').map(|(parent, _)| parent);
        }
        false
    }
}

fn side(
    origin: crate::finding::Origin,
    member: &Member,
    name: &str,
    mark: Option<&Place>,
) -> Option<Side> {
    let place = member.place.clone()?;
    Some(Side {
        origin,
        place,
        signature: Some(python_text::line(member, name)),
        mark: mark.cloned(),
    })
}

/// Whether the text alone does not prove what a name is: it stands under a condition, or decorators that are not
/// understood came, went, or stand on what changed its kind.
fn is_unsure(pair: &Pair<'_>) -> bool {
    fn unknown(member: &Member) -> &[String] {
        match &member.kind {
            Kind::Function(function) => &function.decorators,
            _ => &[],
        }
    }
    let (before, after) = (unknown(pair.old), unknown(pair.new));
    let same_kind = matches!(
        (&pair.old.kind, &pair.new.kind),
        (Kind::Function(_), Kind::Function(_))
    );
    let by_decorator = if same_kind {
        before != after
    } else {
        !before.is_empty() || !after.is_empty()
    };
    by_decorator || pair.old.conditional || pair.new.conditional
}

/// Calling the class makes an object: no abstract member stands in the way.
pub(super) fn can_be_made(class: &Class) -> bool {
    let is_declared = |member: &Member| member.abstractness() == Abstract::Declared;
    !(class.abc && class.members.values().any(is_declared))
}

/// A side for a container that stands in for what was removed from it.
pub(super) fn container(origin: crate::finding::Origin, place: Option<&Place>) -> Option<Side> {
    let place = place?.clone();
    Some(Side {
        origin,
        place,
        signature: None,
        mark: None,
    })
}

/// Facts of a member, or none.
pub(super) fn facts<'a>(
    all: &'a BTreeMap<String, Vec<PlacedFact>>,
    name: &str,
) -> &'a [PlacedFact] {
    all.get(name).map_or(&[], Vec::as_slice)
}
