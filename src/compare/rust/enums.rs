//! Enums: variants that are made and matched, and their fields.

use super::Pair;
use super::canon::changed;
use super::generics::Audience;
use super::items::Subject;
use super::report::{Sides, inside, sure};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Enum, Generics, Marks, Variant};
use crate::rust::lines::{Part, part_line};

impl<'a> Pair<'a> {
    pub(super) fn enum_(
        &mut self,
        subject: Subject<'_>,
        (old, old_marks): (&'a Enum, &Marks),
        (new, new_marks): (&'a Enum, &Marks),
    ) {
        let path = subject.path;
        let old_canon = self.canon().with(&old.generics, '#');
        let new_canon = self.canon().with(&new.generics, '#');
        let comparable = self.params(
            subject,
            (&old.generics, &old_canon),
            (&new.generics, &new_canon),
            Audience::CALLERS,
            "type",
        );
        if new_marks.non_exhaustive && !old_marks.non_exhaustive {
            let finding = Finding::new(
                "non-exhaustive-added",
                path,
                "",
                format!("`{path}` is `#[non_exhaustive]` now: a `match` outside its crate needs a last arm `_`"),
            )
            .hurts(Role::Matchers, Certainty::Definite);
            self.change(
                subject,
                finding,
                "mark it with the next major version",
                (None, None),
            );
        }
        self.casts(subject, (old, old_marks), new);
        for variant in &old.variants {
            match new.variants.iter().find(|other| other.name == variant.name) {
                Some(now) if comparable => {
                    self.variant(subject, (variant, &old.generics), (now, &new.generics));
                }
                Some(_) => {}
                None => self.variant_removed(subject, variant, new),
            }
        }
        for variant in &new.variants {
            if old.variants.iter().any(|other| other.name == variant.name) {
                continue;
            }
            let line = part_line(Part::Variant(variant));
            if old_marks.non_exhaustive || variant.marks.hidden {
                let finding = Finding::new(
                    "item-added",
                    inside(path, &variant.name),
                    variant.name.clone(),
                    format!("`{path}` has a new variant, `{}`", variant.name),
                );
                let sides = Sides::added(self, line, &variant.at);
                self.push(finding, sides);
                continue;
            }
            let mut finding = Finding::new(
                "variant-added",
                inside(path, &variant.name),
                variant.name.clone(),
                format!(
                    "`{path}` has a new variant, `{}`, which an exhaustive `match` lacks",
                    variant.name
                ),
            )
            .hurts(Role::Matchers, Certainty::Definite);
            finding.help =
                "mark the enum `#[non_exhaustive]` with the next major version".to_owned();
            let sides = Sides::marked(
                self,
                (subject.old_line, subject.old_at),
                (&line, &variant.at),
                None,
                None,
            );
            self.push(finding, sides);
        }
        if !comparable {
            self.names_of_members(subject, &old.members, &new.members);
            return;
        }
        self.members(
            subject,
            (&old.members, &old.generics),
            (&new.members, &new.generics, &new.impls),
        );
        self.impls(
            subject,
            (&old.impls, &old.generics),
            (&new.impls, &new.generics),
        );
    }

    /// `as` makes a number of an enum whose variants have no fields.
    fn casts(&mut self, subject: Subject<'_>, (old, marks): (&Enum, &Marks), new: &Enum) {
        let obstacle = |side: &Enum| -> Option<String> {
            let found = side.variants.iter();
            let mut found =
                found.filter(|variant| !variant.fields.is_empty() || variant.marks.non_exhaustive);
            found.next().map(|variant| variant.name.clone())
        };
        if old.variants.is_empty() || obstacle(old).is_some() {
            return;
        }
        let Some(name) = obstacle(new) else {
            return;
        };
        // Numbers that nobody wrote down are seldom asked for.
        let numbered = old
            .variants
            .iter()
            .any(|variant| variant.discriminant.is_some());
        if !numbered && marks.repr.is_empty() && !marks.non_exhaustive {
            // The variant itself is told of.
            return;
        }
        let certainty = if numbered || !marks.repr.is_empty() {
            Certainty::Definite
        } else {
            Certainty::Possible
        };
        let finding = Finding::new(
            "cast-lost",
            subject.path,
            name.clone(),
            format!(
                "`{}` can no longer be made a number with `as`, because of `{name}`",
                subject.path
            ),
        )
        .hurts(Role::Callers, certainty);
        let help = "keep its variants without fields, or offer a method that gives the number";
        self.change(subject, finding, help, (None, None));
    }

    pub(super) fn variant_removed(&mut self, subject: Subject<'_>, variant: &Variant, new: &Enum) {
        let path = subject.path;
        if self.is_made(path, &variant.name) || variant.marks.hidden && !self.options.named {
            return;
        }
        // `pub const Old: Self = Self::New;` serves as well.
        if new.members.iter().any(|member| member.name == variant.name) {
            return;
        }
        let mut finding = Finding::new(
            "variant-removed",
            inside(path, &variant.name),
            variant.name.clone(),
            format!("variant `{}` of `{path}` is gone", variant.name),
        )
        .hurts(Role::Constructors, sure(&variant.marks.cfg))
        .hurts(Role::Matchers, sure(&variant.marks.cfg));
        finding.help = "keep the variant, deprecated, until its users have moved".to_owned();
        let sides = Sides::part_removed(
            self,
            part_line(Part::Variant(variant)),
            &variant.at,
            subject.new_at,
        );
        self.push(finding, sides);
    }

    pub(super) fn variant(
        &mut self,
        subject: Subject<'_>,
        (old, old_generics): (&Variant, &Generics),
        (new, new_generics): (&Variant, &Generics),
    ) {
        let path = inside(subject.path, &old.name);
        let old_line = part_line(Part::Variant(old));
        let new_line = part_line(Part::Variant(new));
        let part = Subject {
            path: &path,
            old_line: &old_line,
            old_at: &old.at,
            new_line: &new_line,
            new_at: &new.at,
        };
        self.marks(part, &old.marks, &new.marks);
        let open = !old.marks.non_exhaustive;
        if new.marks.non_exhaustive && open {
            let finding = Finding::new(
                "non-exhaustive-added",
                path.clone(),
                "",
                format!("variant `{path}` is `#[non_exhaustive]` now: outside its crate it can be neither written nor fully matched"),
            )
            .hurts(Role::Constructors, Certainty::Definite)
            .hurts(Role::Matchers, Certainty::Definite);
            self.change(
                part,
                finding,
                "offer a constructor first, and mark it with the next major version",
                (None, None),
            );
        }
        let number = old.discriminant != new.discriminant
            && old.discriminant.is_some()
            && new.discriminant.is_some();
        if number {
            let text = |variant: &Variant| variant.discriminant.clone().unwrap_or_default();
            let finding = Finding::new(
                "discriminant-changed",
                path.clone(),
                "",
                format!(
                    "`{path}` had the number {} and has {} now, which `as` gives and order follows",
                    text(old),
                    text(new)
                ),
            )
            .hurts(Role::Callers, Certainty::Possible);
            self.change(
                part,
                finding,
                "keep the number: it may be stored or sent",
                (None, None),
            );
        }
        if old.shape != new.shape {
            // `Name {}` still names a variant without fields.
            let finding = Finding::new(
                "shape-changed",
                path.clone(),
                "",
                format!(
                    "`{path}` had {} and has {} now",
                    old.shape.words(),
                    new.shape.words()
                ),
            )
            .hurts(Role::Constructors, Certainty::Definite)
            .hurts(Role::Matchers, Certainty::Definite);
            self.change(
                part,
                finding,
                "keep the shape, and give the new one another name",
                (None, None),
            );
            return;
        }
        let (mut old_canon, mut new_canon) = (
            self.canon().with(old_generics, '#'),
            self.canon().with(new_generics, '#'),
        );
        for field in &old.fields {
            let now = new.fields.iter().find(|other| other.name == field.name);
            if let Some(now) = now {
                self.field_marks(part, field, now);
            }
            match now {
                Some(now) if old_canon.ty(&field.ty) != new_canon.ty(&now.ty) => {
                    let certainty = changed(&old_canon.ty(&field.ty), &new_canon.ty(&now.ty));
                    self.field_type(part, (field, now), certainty, open, true);
                }
                Some(_) => {}
                None => {
                    let mut finding = Finding::new(
                        "field-removed",
                        inside(&path, &field.name),
                        field.name.clone(),
                        format!("field `{}` of `{path}` is gone", field.name),
                    )
                    .hurts(Role::Matchers, Certainty::Definite);
                    if open {
                        finding = finding.hurts(Role::Constructors, Certainty::Definite);
                    }
                    finding.help =
                        "keep the field, or add a variant with the new fields".to_owned();
                    let sides = Sides::marked(
                        self,
                        (part.old_line, part.old_at),
                        (part.new_line, part.new_at),
                        Some(&field.at),
                        None,
                    );
                    self.push(finding, sides);
                }
            }
        }
        for field in &new.fields {
            if !old.fields.iter().any(|other| other.name == field.name) {
                self.field_added(part, field, open, true);
            }
        }
    }
}
