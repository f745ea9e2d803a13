//! Attributes that tell users something: what is deprecated, hidden, laid out in memory, and under which conditions a
//! function may be called.

use super::Pair;
use super::items::Subject;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::{Function, Interface, Item, Marks, last, parent};

impl Pair<'_> {
    /// The attributes of an item; what stands in a module that is left out of the documentation is left out, too.
    pub(super) fn shown(&self, item: &Item, path: &str, side: &Interface) -> Marks {
        let mut marks = item.marks.clone();
        // A module that has come to be left out is told of once.
        let above = parent(path);
        let known = self.old.hidden.contains(above) || !self.new.hidden.contains(above);
        marks.hidden |= known && side.hidden.contains(path);
        marks
    }

    /// Compares the attributes of an item, or of a part of one.
    pub(super) fn marks(&mut self, subject: Subject<'_>, old: &Marks, new: &Marks) {
        let path = subject.path;
        if new.deprecated && !old.deprecated {
            let message = format!("`{path}` is deprecated now");
            let help = "say in the attribute what to use instead";
            self.mark(subject, "deprecated-added", "", message, help);
        }
        if new.must_use && !old.must_use {
            let message = format!("leaving the value of `{path}` unused is warned about now");
            let help = "nothing, unless users deny warnings";
            self.mark(subject, "must-use-added", "", message, help);
        }
        if new.hidden && !old.hidden {
            let message =
                format!("`{path}` is left out of the documentation now: no promise is made of it");
            let help = "deprecate it first, and say what to use instead";
            self.mark(subject, "doc-hidden-added", last(path), message, help);
        }
        for helper in &old.helpers {
            if new.helpers.contains(helper) {
                continue;
            }
            let message =
                format!("the derive macro `{path}` no longer knows the attribute `#[{helper}]`");
            let help = "keep the attribute, without effect if need be";
            let finding = Finding::new("helper-attribute-removed", path, helper.clone(), message)
                .hurts(Role::Callers, Certainty::Definite);
            self.change(subject, finding, help, (None, None));
        }
        self.repr(subject, old, new);
    }

    /// What may hurt, but most likely does not.
    fn mark(
        &mut self,
        subject: Subject<'_>,
        rule: &'static str,
        item: &str,
        message: String,
        help: &str,
    ) {
        let finding = Finding::new(rule, subject.path, item, message)
            .hurts(Role::Callers, Certainty::Possible);
        self.change(subject, finding, help, (None, None));
    }

    fn repr(&mut self, subject: Subject<'_>, old: &Marks, new: &Marks) {
        let path = subject.path;
        let lost = old.repr.iter().any(|repr| !new.repr.contains(repr));
        let gained = new.repr.iter().any(|repr| {
            let moves = ["align", "packed"]
                .iter()
                .any(|word| repr.starts_with(word));
            !old.repr.contains(repr) && (moves || !old.repr.is_empty())
        });
        if !lost && !gained {
            return;
        }
        let words = |marks: &Marks| match marks.repr.as_slice() {
            [] => "in no order that can be relied on".to_owned(),
            some => format!("as `{}`", some.join(", ")),
        };
        let message = format!(
            "`{path}` was laid out {}, and is {} now",
            words(old),
            words(new)
        );
        self.mark(subject, "repr-changed", "", message, "keep the `repr`");
    }

    /// What a processor must have for a function to be called.
    pub(super) fn target_features(
        &mut self,
        subject: Subject<'_>,
        old: (&Marks, &Function),
        new: (&Marks, &Function),
    ) {
        let more: Vec<&str> = new.0.target_features.iter().map(String::as_str).collect();
        let more: Vec<&str> = more
            .into_iter()
            .filter(|name| !old.0.target_features.iter().any(|known| known == name))
            .collect();
        if more.is_empty() {
            return;
        }
        // A call of a safe function becomes unsafe; an unsafe call compiles all the same.
        let certainty = if old.1.is_unsafe || !old.0.target_features.is_empty() {
            Certainty::Possible
        } else {
            Certainty::Definite
        };
        let finding = Finding::new(
            "target-feature-added",
            subject.path,
            more.join(","),
            format!(
                "`{}` may be called only where the processor has `{}` now",
                subject.path,
                more.join("`, `")
            ),
        )
        .hurts(Role::Callers, certainty);
        let help =
            "keep the function, and choose the faster one inside it (`is_x86_feature_detected!`)";
        self.change(subject, finding, help, (None, None));
    }
}
