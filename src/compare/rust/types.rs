//! Structs, unions and enums: fields that are read, literals that are written, patterns that are matched, and the
//! items of their impls.

use super::Pair;
use super::generics::Audience;
use super::items::Subject;
use super::report::{Sides, sure};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{
    Enum, Field, Generics, Marks, Member, MemberKind, Shape, Struct, Type, Variant,
};
use crate::rust::lines::{Part, part_line, type_text, types_text};

/// Fields on one side, and what may be done with them from outside.
#[derive(Clone, Copy)]
struct Fields<'f> {
    shape: Shape,
    fields: &'f [Field],
    /// All fields are public, and more are not announced: literals and patterns can name them all.
    open: bool,
}

impl<'a> Pair<'a> {
    pub(super) fn struct_(
        &mut self,
        subject: Subject<'_>,
        (old, old_marks): (&'a Struct, &Marks),
        (new, new_marks): (&'a Struct, &Marks),
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
            open: !old.private && !old_marks.non_exhaustive,
        };
        let after = Fields {
            shape: new.shape,
            fields: &new.fields,
            open: !new.private && !new_marks.non_exhaustive,
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
            new.private,
            (&old.generics, &new.generics),
        );
        self.members(
            subject,
            (&old.members, &old.generics),
            (&new.members, &new.generics),
        );
        self.impls(
            subject,
            (&old.impls, &old.generics),
            (&new.impls, &new.generics),
        );
    }

    fn fields(
        &mut self,
        subject: Subject<'_>,
        old: Fields<'_>,
        new: Fields<'_>,
        private_now: bool,
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
                if private_now && other.is_none() {
                    message = format!(
                        "field `{}` of `{path}` is gone or no longer public",
                        field.name
                    );
                }
                let mut finding = Finding::new("field-removed", path, field.name.clone(), message)
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
            if old_canon.ty(&field.ty) != new_canon.ty(&now.ty) {
                self.field_type(subject, field, now, old.open, false);
            }
        }
        let became_private = private_now && old.open;
        for field in &added {
            if renamed.contains(&field.name.as_str()) {
                continue;
            }
            self.field_added(subject, field, old.open && !became_private, false);
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

    fn field_type(
        &mut self,
        subject: Subject<'_>,
        field: &Field,
        now: &Field,
        open: bool,
        variant: bool,
    ) {
        let path = subject.path;
        let mut finding = Finding::new(
            "field-type-changed",
            path,
            field.name.clone(),
            format!(
                "field `{}` of `{path}` was a `{}` and is a `{}` now",
                field.name,
                types_text(&field.ty, &now.ty).0,
                types_text(&field.ty, &now.ty).1
            ),
        );
        if variant {
            finding = finding.hurts(Role::Matchers, Certainty::Definite);
        } else {
            finding = finding.hurts(Role::Readers, Certainty::Definite);
        }
        if open {
            finding = finding.hurts(Role::Constructors, Certainty::Definite);
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

    fn field_added(&mut self, subject: Subject<'_>, field: &Field, open: bool, variant: bool) {
        let path = subject.path;
        let line = part_line(Part::Field(field));
        if !open {
            if field.marks.hidden || variant {
                return;
            }
            let finding = Finding::new(
                "item-added",
                path,
                field.name.clone(),
                format!("`{path}` has a new field, `{}`", field.name),
            );
            let sides = Sides::added(self, line, &field.at);
            self.push(finding, sides);
            return;
        }
        let mut finding = Finding::new(
            "field-added",
            path,
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
                    path,
                    variant.name.clone(),
                    format!("`{path}` has a new variant, `{}`", variant.name),
                );
                let sides = Sides::added(self, line, &variant.at);
                self.push(finding, sides);
                continue;
            }
            let mut finding = Finding::new(
                "variant-added",
                path,
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
            (&new.members, &new.generics),
        );
        self.impls(
            subject,
            (&old.impls, &old.generics),
            (&new.impls, &new.generics),
        );
    }

    /// Members that are gone, where nothing else can be compared.
    fn names_of_members(&mut self, subject: Subject<'_>, old: &[Member], new: &[Member]) {
        for member in old {
            if !new.iter().any(|other| other.name == member.name) && !member.marks.hidden {
                self.member_removed(subject, member, false);
            }
        }
    }

    fn variant_removed(&mut self, subject: Subject<'_>, variant: &Variant, new: &Enum) {
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
            path,
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

    fn variant(
        &mut self,
        subject: Subject<'_>,
        (old, old_generics): (&Variant, &Generics),
        (new, new_generics): (&Variant, &Generics),
    ) {
        let path = format!("{}::{}", subject.path, old.name);
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
                    "`{path}` had the number {} and has {} now",
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
            match new.fields.iter().find(|other| other.name == field.name) {
                Some(now) if old_canon.ty(&field.ty) != new_canon.ty(&now.ty) => {
                    self.field_type(part, field, now, open, true);
                }
                Some(_) => {}
                None => {
                    let mut finding = Finding::new(
                        "field-removed",
                        path.clone(),
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

    /// Items of inherent impls.
    fn members(
        &mut self,
        subject: Subject<'_>,
        old: (&'a [Member], &'a Generics),
        new: (&'a [Member], &'a Generics),
    ) {
        for member in old.0 {
            if member.marks.hidden && !self.options.named {
                continue;
            }
            let same_name: Vec<&Member> = new
                .0
                .iter()
                .filter(|other| other.name == member.name)
                .collect();
            let now = same_name
                .iter()
                .find(|other| self.same_home((member, old.1), (other, new.1)))
                .or_else(|| match same_name.as_slice() {
                    // One that is there for more values serves as well.
                    [only]
                        if only.only_for.is_none()
                            || old
                                .0
                                .iter()
                                .filter(|other| other.name == member.name)
                                .count()
                                == 1 =>
                    {
                        Some(only)
                    }
                    _ => None,
                });
            match now {
                Some(now) => self.member(subject, (member, old.1), (now, new.1)),
                None => self.member_removed(subject, member, !same_name.is_empty()),
            }
        }
        for member in new.0 {
            if member.marks.hidden || old.0.iter().any(|other| other.name == member.name) {
                continue;
            }
            let finding = Finding::new(
                "item-added",
                subject.path,
                member.name.clone(),
                format!("`{}` has a new member, `{}`", subject.path, member.name),
            );
            let sides = Sides::added(self, part_line(Part::Member(member)), &member.at);
            self.push(finding, sides);
        }
    }

    /// Whether two members stand in impls for the same values.
    fn same_home(&self, old: (&Member, &Generics), new: (&Member, &Generics)) -> bool {
        match (&old.0.only_for, &new.0.only_for) {
            (None, None) => true,
            (Some((generics, ty)), Some((generics_now, ty_now))) => {
                self.canon().with(generics, '#').ty(ty)
                    == self.canon().with(generics_now, '#').ty(ty_now)
            }
            _ => false,
        }
    }

    fn member_removed(&mut self, subject: Subject<'_>, member: &Member, partly: bool) {
        let path = subject.path;
        if self.is_made(path, &member.name) {
            return;
        }
        let word = match &member.kind {
            MemberKind::Const(_) => "constant",
            MemberKind::Function(function) if function.receiver.is_some() => "method",
            MemberKind::Function(_) => "function",
        };
        let message = match &member.only_for {
            Some((_, ty)) if partly => {
                format!(
                    "{word} `{}` of `{path}` is gone for `{}`",
                    member.name,
                    type_text(ty)
                )
            }
            _ => format!("{word} `{}` of `{path}` is gone", member.name),
        };
        let mut finding = Finding::new("member-removed", path, member.name.clone(), message)
            .hurts(Role::Callers, sure(&member.marks.cfg));
        finding.help = format!("keep the {word}, deprecated, until its callers have moved");
        let sides = Sides::part_removed(
            self,
            part_line(Part::Member(member)),
            &member.at,
            subject.new_at,
        );
        self.push(finding, sides);
    }

    fn member(
        &mut self,
        subject: Subject<'_>,
        (old, old_generics): (&'a Member, &Generics),
        (new, new_generics): (&'a Member, &Generics),
    ) {
        let path = format!("{}::{}", subject.path, old.name);
        let old_line = part_line(Part::Member(old));
        let new_line = part_line(Part::Member(new));
        let part = Subject {
            path: &path,
            old_line: &old_line,
            old_at: &old.at,
            new_line: &new_line,
            new_at: &new.at,
        };
        self.marks(part, &old.marks, &new.marks);
        let outer = |member: &Member, generics: &Generics| -> Generics {
            member
                .only_for
                .as_ref()
                .map_or_else(|| generics.clone(), |(generics, _)| generics.clone())
        };
        let old_canon = self.canon().with(&outer(old, old_generics), '#');
        let new_canon = self.canon().with(&outer(new, new_generics), '#');
        match (&old.kind, &new.kind) {
            (MemberKind::Function(before), MemberKind::Function(after)) => {
                if old.only_for.is_some() != new.only_for.is_some() {
                    return;
                }
                self.function(
                    part,
                    (before, &old_canon),
                    (after, &new_canon),
                    Audience::CALLERS,
                );
            }
            (MemberKind::Const(before), MemberKind::Const(after)) => {
                let (mut old_canon, mut new_canon) = (old_canon, new_canon);
                if old_canon.ty(before) != new_canon.ty(after) {
                    self.member_constant(part, before, after);
                }
            }
            _ => {
                let finding = Finding::new(
                    "item-kind-changed",
                    path.clone(),
                    "",
                    format!("`{path}` was a constant or a function, and is the other now"),
                )
                .hurts(Role::Callers, Certainty::Definite);
                self.change(
                    part,
                    finding,
                    "give the new item another name",
                    (None, None),
                );
            }
        }
    }

    fn member_constant(&mut self, part: Subject<'_>, before: &Type, after: &Type) {
        let finding = Finding::new(
            "constant-type-changed",
            part.path,
            "",
            format!(
                "constant `{}` was a `{}` and is a `{}` now",
                part.path,
                types_text(before, after).0,
                types_text(before, after).1
            ),
        )
        .hurts(Role::Callers, Certainty::Definite);
        self.change(
            part,
            finding,
            "give the value of the new type another name",
            (None, None),
        );
    }
}
