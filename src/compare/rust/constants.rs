//! Constants and statics, free ones and those of types and traits: all that others see of them is their type.

use super::Pair;
use super::canon::{Canon, changed};
use super::generics::Audience;
use super::items::Subject;
use crate::finding::{Finding, Role};
use crate::interface::rust::Type;
use crate::interface::rust::fold::Fold;
use crate::rust::lines::types_text;

impl<'a> Pair<'a> {
    /// A constant on both sides, called `word`.
    pub(super) fn constant(
        &mut self,
        subject: Subject<'_>,
        (old, mut old_canon): (&Type, Canon<'a>),
        (new, mut new_canon): (&Type, Canon<'a>),
        word: &str,
        audience: Audience,
    ) {
        let (before, after) = (old_canon.ty(old), new_canon.ty(new));
        if before == after {
            return;
        }
        let (was, is) = types_text(old, new);
        let message = format!(
            "{word} `{}` was a `{was}` and is a `{is}` now",
            subject.path
        );
        let certainty = changed(&before, &after);
        let mut finding = Finding::new("constant-type-changed", subject.path, "", message)
            .hurts(Role::Callers, certainty);
        if audience.implementers {
            finding = finding.hurts(Role::Implementers, certainty);
        }
        let help = "give the value of the new type another name";
        self.change(subject, finding, help, (None, None));
    }
}
