//! Structs, unions and enums: fields that are read, literals that are written, patterns that are matched, and the
//! items of their impls.

use super::Pair;
use super::canon::changed;
use super::generics::Audience;
use super::items::Subject;
use super::report::{Sides, inside};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Field, Generics, Marks, Shape, Struct};
use crate::rust::lines::{Part, part_line, types_text};

/// Fields on one side, and what may be done with them from outside.
#[derive(Clone, Copy)]
pub(super) struct Fields<'f> {
    pub(super) shape: Shape,
    pub(super) fields: &'f [Field],
    /// All fields are public, and more are not announced: literals and patterns can name them all.
    pub(super) open: bool,
}

/// Whether there are fields now that are not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Private {
    /// There are none.
    None,
    /// There are some.
    Some,
    /// Whether there are makes no difference: of a union, one field is named at a time.
    NoMatter,
}

impl<'a> Pair<'a> {
    pub(super) fn struct_(
        &mut self,
        subject: Subject<'_>,
        (old, old_marks): (&'a Struct, &Marks),
        (new, new_marks): (&'a Struct, &Marks),
        union: bool,
    ) {
        let old_canon = self.canon().with(&old.generics, '#');
        let new_canon = self.canon().with(&new.generics, '#');
        let comparable = self.params(
            subject,
            (&old.generics, &old_canon),
            (&new.generics, &new_canon),
            Audience::CALLERS,
            "type",
        );
        if !comparable {
            self.names_of_members(subject, &old.members, &new.members);
            return;
        }
        let before = Fields {
            shape: old.shape,
            fields: &old.fields,
            // A literal or pattern of a union names one field.
            open: union || !old.private && !old_marks.non_exhaustive,
        };
        let after = Fields {
            shape: new.shape,
            fields: &new.fields,
            open: union || !new.private && !new_marks.non_exhaustive,
        };
        if new_marks.non_exhaustive && before.open {
            let finding = Finding::new(
                "non-exhaustive-added",
                subject.path,
                "",
                format!("`{}` is `#[non_exhaustive]` now: outside its crate no literal and no full pattern of it compiles", subject.path),
            )
            .hurts(Role::Constructors, Certainty::Definite)
            .hurts(Role::Matchers, Certainty::Definite);
            self.change(
                subject,
                finding,
                "offer a constructor first, and mark it with the next major version",
                (None, None),
            );
        }
        self.fields(
            subject,
            before,
            after,
            if union {
                Private::NoMatter
            } else if new.private {
                Private::Some
            } else {
                Private::None
            },
            (&old.generics, &new.generics),
        );
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

    pub(super) fn fields(
        &mut self,
        subject: Subject<'_>,
        old: Fields<'_>,
        new: Fields<'_>,
        private: Private,
        generics: (&Generics, &Generics),
    ) {
        let path = subject.path;
        if old.shape != new.shape && (old.open || !old.fields.is_empty()) {
            let mut finding = Finding::new(
                "shape-changed",
                path,
                "",
                format!(
                    "`{path}` had {} and has {} now",
                    old.shape.words(),
                    new.shape.words()
                ),
            );
            if old.open {
                finding = finding
                    .hurts(Role::Constructors, Certainty::Definite)
                    .hurts(Role::Matchers, Certainty::Definite);
            }
            if !old.fields.is_empty() {
                finding = finding.hurts(Role::Readers, Certainty::Definite);
            }
            self.change(
                subject,
                finding,
                "keep the shape, and give the new one another name",
                (None, None),
            );
            return;
        }
        let (mut old_canon, mut new_canon) = (
            self.canon().with(generics.0, '#'),
            self.canon().with(generics.1, '#'),
        );
        let added: Vec<&Field> = new
            .fields
            .iter()
            .filter(|field| !old.fields.iter().any(|other| other.name == field.name))
            .collect();
        let mut renamed: Vec<&str> = Vec::new();
        for field in old.fields {
            let Some(now) = new.fields.iter().find(|other| other.name == field.name) else {
                if self.is_made(path, &field.name) || field.marks.hidden && !self.options.named {
                    continue;
                }
                let ty = old_canon.ty(&field.ty);
                let other = match added.as_slice() {
                    [only] if new_canon.ty(&only.ty) == ty && old.shape == Shape::Named => {
                        Some(*only)
                    }
                    _ => None,
                };
                let mut message = format!("field `{}` of `{path}` is gone", field.name);
                if let Some(other) = other {
                    renamed.push(&other.name);
                    message.push_str(&format!(", and `{}` is new with the same type", other.name));
                }
                if private != Private::None && other.is_none() {
                    message = format!(
                        "field `{}` of `{path}` is gone or no longer public",
                        field.name
                    );
                }
                let mut finding = Finding::new(
                    "field-removed",
                    inside(path, &field.name),
                    field.name.clone(),
                    message,
                )
                .hurts(Role::Readers, Certainty::Definite);
                if old.open {
                    finding = finding
                        .hurts(Role::Constructors, Certainty::Definite)
                        .hurts(Role::Matchers, Certainty::Definite);
                }
                finding.help =
                    "keep the field, deprecated, until its readers have moved".to_owned();
                let sides = Sides::part_removed(
                    self,
                    part_line(Part::Field(field)),
                    &field.at,
                    subject.new_at,
                );
                self.push(finding, sides);
                continue;
            };
            self.field_marks(subject, field, now);
            if old_canon.ty(&field.ty) != new_canon.ty(&now.ty) {
                let certainty = changed(&old_canon.ty(&field.ty), &new_canon.ty(&now.ty));
                self.field_type(subject, (field, now), certainty, old.open, false);
            }
        }
        let became_private = private == Private::Some && old.open;
        for field in &added {
            if renamed.contains(&field.name.as_str()) {
                continue;
            }
            let missed = old.open && !became_private && private != Private::NoMatter;
            self.field_added(subject, field, missed, false);
        }
        if became_private && added.len() == new.fields.len().saturating_sub(old.fields.len()) {
            let all_left = old
                .fields
                .iter()
                .all(|field| new.fields.iter().any(|other| other.name == field.name));
            if all_left {
                let finding = Finding::new(
                    "field-added",
                    path,
                    "",
                    format!("`{path}` has a field now that is not public: outside its crate no literal and no full pattern of it compiles"),
                )
                .hurts(Role::Constructors, Certainty::Definite)
                .hurts(Role::Matchers, Certainty::Definite);
                self.change(subject, finding, "offer a constructor first", (None, None));
            }
        }
    }

    /// Attributes of a field that is on both sides.
    pub(super) fn field_marks(&mut self, subject: Subject<'_>, field: &Field, now: &Field) {
        let path = inside(subject.path, &field.name);
        let (old_line, new_line) = (part_line(Part::Field(field)), part_line(Part::Field(now)));
        let part = Subject {
            path: &path,
            old_line: &old_line,
            old_at: &field.at,
            new_line: &new_line,
            new_at: &now.at,
        };
        self.marks(part, &field.marks, &now.marks);
    }

    pub(super) fn field_type(
        &mut self,
        subject: Subject<'_>,
        (field, now): (&Field, &Field),
        certainty: Certainty,
        open: bool,
        variant: bool,
    ) {
        let path = subject.path;
        let mut finding = Finding::new(
            "field-type-changed",
            inside(path, &field.name),
            "",
            format!(
                "field `{}` of `{path}` was a `{}` and is a `{}` now",
                field.name,
                types_text(&field.ty, &now.ty).0,
                types_text(&field.ty, &now.ty).1
            ),
        );
        let role = if variant {
            Role::Matchers
        } else {
            Role::Readers
        };
        finding = finding.hurts(role, certainty);
        if open {
            finding = finding.hurts(Role::Constructors, certainty);
        }
        finding.help = "give the value of the new type a field of its own".to_owned();
        let (old_line, new_line) = (part_line(Part::Field(field)), part_line(Part::Field(now)));
        let sides = Sides::marked(
            self,
            (&old_line, &field.at),
            (&new_line, &now.at),
            Some(&field.ty_at),
            Some(&now.ty_at),
        );
        self.push(finding, sides);
    }

    pub(super) fn field_added(
        &mut self,
        subject: Subject<'_>,
        field: &Field,
        open: bool,
        variant: bool,
    ) {
        let path = subject.path;
        let line = part_line(Part::Field(field));
        if !open {
            if field.marks.hidden || variant {
                return;
            }
            let finding = Finding::new(
                "item-added",
                inside(path, &field.name),
                field.name.clone(),
                format!("`{path}` has a new field, `{}`", field.name),
            );
            let sides = Sides::added(self, line, &field.at);
            self.push(finding, sides);
            return;
        }
        let mut finding = Finding::new(
            "field-added",
            inside(path, &field.name),
            field.name.clone(),
            format!(
                "`{path}` has a new field, `{}`, which existing literals and full patterns lack",
                field.name
            ),
        )
        .hurts(Role::Constructors, Certainty::Definite)
        .hurts(Role::Matchers, Certainty::Definite);
        finding.help = "mark the type `#[non_exhaustive]` with the next major version, and offer a constructor".to_owned();
        let sides = Sides::marked(
            self,
            (subject.old_line, subject.old_at),
            (&line, &field.at),
            None,
            None,
        );
        self.push(finding, sides);
    }
}
