//! Traits: what an implementer has to write and is promised, and what a caller can use. A trait that nobody outside
//! can implement has callers only.

use super::Pair;
use super::canon::{UNNAMED, asked};
use super::generics::Audience;
use super::items::Subject;
use super::report::{Sides, inside};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Bound, Trait, TraitItem, TraitItemKind};
use crate::rust::lines::{Part, bound_text, part_line};

impl<'a> Pair<'a> {
    pub(super) fn trait_(&mut self, subject: Subject<'_>, old: &'a Trait, new: &'a Trait) {
        let path = subject.path;
        let audience = Audience {
            callers: true,
            implementers: !old.sealed,
        };
        if new.sealed && !old.sealed {
            let finding = Finding::new(
                "trait-sealed",
                path,
                "",
                format!("nobody outside the crate can implement `{path}` any more"),
            )
            .hurts(Role::Implementers, Certainty::Definite);
            self.change(
                subject,
                finding,
                "take the private part out of what implementers must have",
                (None, None),
            );
        }
        // Whoever cannot write an impl any more need not be told what it would lack.
        let audience = Audience {
            implementers: audience.implementers && !new.sealed,
            ..audience
        };
        if audience.implementers && old.is_unsafe != new.is_unsafe {
            let (rule, message) = if new.is_unsafe {
                (
                    "unsafe-added",
                    format!("`{path}` is an unsafe trait now: impls have to say `unsafe impl`"),
                )
            } else {
                (
                    "unsafe-removed",
                    format!("`{path}` is a safe trait now: impls may not say `unsafe impl`"),
                )
            };
            let finding = Finding::new(rule, path, "", message)
                .hurts(Role::Implementers, Certainty::Definite);
            self.change(
                subject,
                finding,
                "keep the trait as safe as it was",
                (None, None),
            );
        }
        let old_canon = self.canon().with(&old.generics, '#');
        let new_canon = self.canon().with(&new.generics, '#');
        let comparable = self.params(
            subject,
            (&old.generics, &old_canon),
            (&new.generics, &new_canon),
            audience,
            "trait",
        );
        self.supertraits(subject, old, new, audience);
        self.dyn_compatibility(subject, old, new);
        for (name, item) in &old.items {
            match new.items.get(name) {
                Some(now) if comparable => {
                    self.trait_item(subject, (name, old, item), (new, now), audience)
                }
                Some(_) => {}
                None => self.trait_item_removed(subject, (name, old, item), new, audience),
            }
        }
        for (name, item) in &new.items {
            if !old.items.contains_key(name) {
                self.trait_item_added(subject, (name, item), (old, new), audience);
            }
        }
        self.impls(
            subject,
            (&old.impls, &old.generics),
            (&new.impls, &new.generics),
        );
    }

    fn supertraits(&mut self, subject: Subject<'_>, old: &Trait, new: &Trait, audience: Audience) {
        let mut old_canon = self.canon().with(&old.generics, '#');
        let mut new_canon = self.canon().with(&new.generics, '#');
        let before = asked(&old.supertraits, false, &mut old_canon, self.old);
        let after = asked(&new.supertraits, false, &mut new_canon, self.new);
        for bound in before.missing(&after) {
            if !audience.implementers {
                continue;
            }
            let text = bound_text(&bound);
            let finding = Finding::new(
                "supertrait-added",
                subject.path,
                text.clone(),
                format!(
                    "every implementer of `{}` has to be `{text}` too",
                    subject.path
                ),
            )
            .hurts(Role::Implementers, Certainty::Definite);
            let help =
                "ask for it where it is needed (`where Self: ..` on a method with a default body)";
            self.change(subject, finding, help, (None, None));
        }
        for bound in after.missing(&before) {
            // What nobody outside could name served to keep them out.
            if matches!(&bound, Bound::Trait { trait_, .. } if old_canon.key(&trait_.path).starts_with(UNNAMED))
            {
                continue;
            }
            let text = bound_text(&bound);
            let finding = Finding::new(
                "supertrait-removed",
                subject.path,
                text.clone(),
                format!("`{}` no longer makes sure of `{text}`", subject.path),
            )
            .hurts(Role::Callers, Certainty::Definite);
            self.change(subject, finding, "keep the supertrait", (None, None));
        }
    }

    fn trait_item_removed(
        &mut self,
        subject: Subject<'_>,
        (name, old, item): (&str, &Trait, &TraitItem),
        new: &Trait,
        audience: Audience,
    ) {
        if item.marks.hidden && !self.options.named || self.is_made(subject.path, name) {
            return;
        }
        let renamed = new
            .items
            .iter()
            .filter(|(other, _)| !old.items.contains_key(*other))
            .find(|(_, now)| self.same_but_name(old, item, new, now))
            .map(|(other, _)| other.clone());
        let word = item.word();
        let mut message = format!("{word} `{name}` of trait `{}` is gone", subject.path);
        if let Some(now) = &renamed {
            message.push_str(&format!(", and `{now}` is new with the same content"));
        }
        let mut finding = Finding::new(
            "trait-item-removed",
            inside(subject.path, name),
            name,
            message,
        )
        .hurts(Role::Callers, Certainty::Definite);
        if audience.implementers {
            finding = finding.hurts(Role::Implementers, Certainty::Definite);
        }
        finding.help = match renamed {
            Some(now) => format!("keep `{name}` with a default body that calls `{now}`"),
            None => format!("keep the {word} with a default, deprecated, for a release"),
        };
        let line = part_line(Part::TraitItem(name, item));
        let sides = Sides::part_removed(self, line, &item.at, subject.new_at);
        self.push(finding, sides);
    }

    fn same_but_name(&self, old: &Trait, item: &TraitItem, new: &Trait, now: &TraitItem) -> bool {
        match (&item.kind, &now.kind) {
            (TraitItemKind::Function(before), TraitItemKind::Function(after)) => {
                let mut old_canon = self
                    .canon()
                    .with(&old.generics, '#')
                    .with(&before.generics, '$');
                let mut new_canon = self
                    .canon()
                    .with(&new.generics, '#')
                    .with(&after.generics, '$');
                let before = old_canon.function(before);
                let after = new_canon.function(after);
                before.inputs.len() == after.inputs.len()
                    && before.receiver == after.receiver
                    && before.output == after.output
                    && before
                        .inputs
                        .iter()
                        .zip(&after.inputs)
                        .all(|(a, b)| a.ty == b.ty)
            }
            (TraitItemKind::Type { bounds, .. }, TraitItemKind::Type { bounds: now, .. }) => {
                bounds == now
            }
            (TraitItemKind::Const { ty, .. }, TraitItemKind::Const { ty: now, .. }) => ty == now,
            _ => false,
        }
    }

    /// Whether a macro among the items may make this one.
    pub(super) fn is_made(&self, path: &str, name: &str) -> bool {
        self.new.is_untrusted(path)
            || self
                .new
                .made
                .get(self.canon().key(path).as_str())
                .is_some_and(|words| words.contains(name))
    }

    fn trait_item_added(
        &mut self,
        subject: Subject<'_>,
        (name, item): (&str, &TraitItem),
        (old, new): (&Trait, &Trait),
        audience: Audience,
    ) {
        let word = item.word();
        let at = &item.at;
        let line = part_line(Part::TraitItem(name, item));
        // That implementers have to write an item under its new name is told of where the old one has gone.
        let renamed = old.items.iter().any(|(other, before)| {
            !new.items.contains_key(other) && self.same_but_name(old, before, new, item)
        });
        if item.is_provided() || renamed || !audience.implementers {
            if item.marks.hidden {
                return;
            }
            let finding = Finding::new(
                "item-added",
                inside(subject.path, name),
                name,
                format!("trait `{}` has a new {word}, `{name}`", subject.path),
            );
            let sides = Sides::added(self, line, at);
            self.push(finding, sides);
            return;
        }
        let mut finding = Finding::new(
            "trait-item-added",
            inside(subject.path, name),
            name,
            format!(
                "every implementer of `{}` has to write {word} `{name}` now",
                subject.path
            ),
        )
        .hurts(Role::Implementers, Certainty::Definite);
        finding.help = format!("give `{name}` a default");
        let sides = Sides::marked(
            self,
            (subject.old_line, subject.old_at),
            (&line, at),
            None,
            None,
        );
        self.push(finding, sides);
    }

    fn trait_item(
        &mut self,
        subject: Subject<'_>,
        (name, old, item): (&str, &'a Trait, &'a TraitItem),
        (new, now): (&'a Trait, &'a TraitItem),
        audience: Audience,
    ) {
        let path = inside(subject.path, name);
        let old_line = part_line(Part::TraitItem(name, item));
        let new_line = part_line(Part::TraitItem(name, now));
        let part = Subject {
            path: &path,
            old_line: &old_line,
            old_at: &item.at,
            new_line: &new_line,
            new_at: &now.at,
        };
        self.marks(part, &item.marks, &now.marks);
        if item.is_provided() && !now.is_provided() && audience.implementers {
            let finding = Finding::new(
                "trait-default-removed",
                path.clone(),
                "",
                format!(
                    "{} `{path}` has no default any more: every implementer has to write it",
                    item.word()
                ),
            )
            .hurts(Role::Implementers, Certainty::Definite);
            self.change(part, finding, "keep the default", (None, None));
        }
        let old_canon = self.canon().with(&old.generics, '#');
        let new_canon = self.canon().with(&new.generics, '#');
        match (&item.kind, &now.kind) {
            (TraitItemKind::Function(before), TraitItemKind::Function(after)) => {
                self.target_features(part, (&item.marks, before), (&now.marks, after));
                self.function(part, (before, &old_canon), (after, &new_canon), audience);
            }
            (TraitItemKind::Const { ty, .. }, TraitItemKind::Const { ty: ty_now, .. }) => {
                let (before, after) = ((ty, old_canon), (ty_now, new_canon));
                self.constant(part, before, after, "associated constant", audience);
            }
            (
                TraitItemKind::Type {
                    generics, bounds, ..
                },
                TraitItemKind::Type {
                    generics: generics_now,
                    bounds: bounds_now,
                    ..
                },
            ) => {
                let mut old_canon = old_canon.with(generics, '$');
                let mut new_canon = new_canon.with(generics_now, '$');
                self.params(
                    part,
                    (generics, &old_canon),
                    (generics_now, &new_canon),
                    audience,
                    "associated type",
                );
                let before = asked(bounds, true, &mut old_canon, self.old);
                let after = asked(bounds_now, true, &mut new_canon, self.new);
                let texts = |bounds: &[Bound]| {
                    bounds
                        .iter()
                        .map(bound_text)
                        .collect::<Vec<_>>()
                        .join(" + ")
                };
                let more = before.missing(&after);
                if !more.is_empty() && audience.implementers {
                    let finding = Finding::new(
                        "bound-added",
                        path.clone(),
                        "",
                        format!(
                            "what implementers choose for `{path}` has to be `{}` now",
                            texts(&more)
                        ),
                    )
                    .hurts(Role::Implementers, Certainty::Definite);
                    let help = "ask for it where it is needed";
                    self.change(part, finding, help, (None, None));
                }
                let less = after.missing(&before);
                if !less.is_empty() {
                    let finding = Finding::new(
                        "bound-removed",
                        path.clone(),
                        "",
                        format!("`{path}` is no longer sure to be `{}`", texts(&less)),
                    )
                    .hurts(Role::Callers, Certainty::Definite);
                    self.change(part, finding, "keep the bound", (None, None));
                }
            }
            _ => {
                let mut finding = Finding::new(
                    "item-kind-changed",
                    path.clone(),
                    "",
                    format!("`{path}` was a {} and is a {} now", item.word(), now.word()),
                )
                .hurts(Role::Callers, Certainty::Definite);
                if audience.implementers {
                    finding = finding.hurts(Role::Implementers, Certainty::Definite);
                }
                self.change(
                    part,
                    finding,
                    "give the new item another name",
                    (None, None),
                );
            }
        }
    }
}
