//! Attributes and properties against their later selves: who may still read, assign and delete them.

use super::functions::compare_abstractness;
use super::judge::{Judge, Pair};
use super::types::{self, Relation};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::python::{Attribute, Property, Type};

pub(super) fn compare(judge: &mut Judge<'_>, pair: &Pair<'_>, old: &Attribute, new: &Attribute) {
    compare_types(judge, pair, Use::Assigned, old.ty.as_ref(), new.ty.as_ref());
    let was_on_class = pair.class.is_some() && !old.on_instance && !old.declared_only;
    if was_on_class && (new.on_instance || new.declared_only) {
        let message = format!(
            "`{}` can only be read from instances now, not from the class",
            pair.display()
        );
        let finding = Finding::new("attribute-left-class", pair.subject, "", message)
            .hurts(Role::Readers, Certainty::Possible);
        judge.add(pair, finding);
    }
}

pub(super) fn compare_properties(
    judge: &mut Judge<'_>,
    pair: &Pair<'_>,
    old: &Property,
    new: &Property,
) {
    let was = if old.settable {
        Use::Assigned
    } else {
        Use::Read
    };
    compare_types(judge, pair, was, old.ty.as_ref(), new.ty.as_ref());
    compare_abstractness(judge, pair, old.abstractness, new.abstractness);
    let can = |property: &Property| {
        (
            property.settable || property.cached,
            property.deletable || property.cached,
        )
    };
    let ((could_set, could_delete), (can_set, can_delete)) = (can(old), can(new));
    let lost = match (could_set && !can_set, could_delete && !can_delete) {
        (true, true) => "assigned or deleted",
        (true, false) => "assigned",
        (false, true) => "deleted",
        (false, false) => return final_added(judge, pair, old.is_final, new.is_final),
    };
    let message = format!("`{}` can no longer be {lost}", pair.display());
    let finding = Finding::new("property-became-read-only", pair.subject, "", message)
        .hurts(Role::Readers, Certainty::Definite);
    judge.add(pair, finding);
    final_added(judge, pair, old.is_final, new.is_final);
}

/// A member of a class that subclasses may no longer override.
pub(super) fn final_added(judge: &mut Judge<'_>, pair: &Pair<'_>, was: bool, is: bool) {
    if is && !was && pair.class.is_some() {
        let message = format!(
            "`{}` is final now: subclasses may not override it",
            pair.display()
        );
        // Type checkers enforce it, the interpreter does not.
        let finding = Finding::new("final-added", pair.subject, "", message);
        judge.add(pair, finding.hurts(Role::Implementers, Certainty::Possible));
    }
}

/// Reading an instance works as before; assigning does not without a setter, nor does reading the class.
pub(super) fn became_property(
    judge: &mut Judge<'_>,
    pair: &Pair<'_>,
    old: &Attribute,
    new: &Property,
) {
    compare_types(judge, pair, Use::Assigned, old.ty.as_ref(), new.ty.as_ref());
    let message = if new.settable || new.cached {
        format!("`{}` was an attribute and is a property", pair.display())
    } else {
        format!(
            "`{}` was an attribute and is a property that cannot be assigned",
            pair.display()
        )
    };
    let mut finding = Finding::new("attribute-became-property", pair.subject, "", message);
    let was_on_class = !old.on_instance && !old.declared_only;
    if was_on_class || !(new.settable || new.cached) {
        finding = finding.hurts(Role::Readers, Certainty::Possible);
    }
    judge.add(pair, finding);
}

/// Readers see no difference; where instances are given it, a property that overrides it must be settable now.
pub(super) fn became_attribute(
    judge: &mut Judge<'_>,
    pair: &Pair<'_>,
    old: &Property,
    new: &Attribute,
) {
    let was = if old.settable {
        Use::Assigned
    } else {
        Use::Read
    };
    compare_types(judge, pair, was, old.ty.as_ref(), new.ty.as_ref());
    let message = format!("`{}` was a property and is an attribute", pair.display());
    let mut finding = Finding::new("property-became-attribute", pair.subject, "", message);
    if new.on_instance && pair.can_be_overridden() {
        finding = finding.hurts(Role::Implementers, Certainty::Possible);
    }
    judge.add(pair, finding);
}

/// What could be done with the name before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Assigned,
}

fn compare_types(
    judge: &mut Judge<'_>,
    pair: &Pair<'_>,
    before: Use,
    was: Option<&Type>,
    is: Option<&Type>,
) {
    let (Some(was), Some(is)) = (was, is) else {
        return;
    };
    let relation = types::relate(judge, was, is);
    if matches!(relation, Relation::Same | Relation::Unclear) {
        return;
    }
    let message = format!(
        "`{}` was `{}` and is `{}`",
        pair.display(),
        types::text(was),
        types::text(is)
    );
    let mut finding = Finding::new("attribute-type-changed", pair.subject, "", message);
    // Who reads meets what is wider, who assigns misses what is narrower.
    if relation != Relation::Narrower || before == Use::Assigned {
        finding = finding.hurts(Role::Readers, Certainty::Possible);
    }
    judge.add(pair, finding);
}
