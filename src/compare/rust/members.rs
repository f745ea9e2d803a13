//! Items of inherent impls: methods, functions and constants of a type.

use super::Pair;
use super::generics::Audience;
use super::items::Subject;
use super::report::{Sides, inside, sure};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Generics, Member, MemberKind, Type};
use crate::rust::lines::{Part, part_line, type_text, types_text};

impl<'a> Pair<'a> {
    /// Members that are gone, where nothing else can be compared.
    pub(super) fn names_of_members(
        &mut self,
        subject: Subject<'_>,
        old: &[Member],
        new: &[Member],
    ) {
        for member in old {
            if !new.iter().any(|other| other.name == member.name) && !member.marks.hidden {
                self.member_removed(subject, member, false);
            }
        }
    }

    /// Items of inherent impls.
    pub(super) fn members(
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
                inside(subject.path, &member.name),
                member.name.clone(),
                format!("`{}` has a new member, `{}`", subject.path, member.name),
            );
            let sides = Sides::added(self, part_line(Part::Member(member)), &member.at);
            self.push(finding, sides);
        }
    }

    /// Whether two members stand in impls for the same values.
    pub(super) fn same_home(&self, old: (&Member, &Generics), new: (&Member, &Generics)) -> bool {
        match (&old.0.only_for, &new.0.only_for) {
            (None, None) => true,
            (Some((generics, ty)), Some((generics_now, ty_now))) => {
                self.canon().with(generics, '#').ty(ty)
                    == self.canon().with(generics_now, '#').ty(ty_now)
            }
            _ => false,
        }
    }

    pub(super) fn member_removed(&mut self, subject: Subject<'_>, member: &Member, partly: bool) {
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
        let mut finding = Finding::new(
            "member-removed",
            inside(path, &member.name),
            member.name.clone(),
            message,
        )
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

    pub(super) fn member(
        &mut self,
        subject: Subject<'_>,
        (old, old_generics): (&'a Member, &Generics),
        (new, new_generics): (&'a Member, &Generics),
    ) {
        let path = inside(subject.path, &old.name);
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

    pub(super) fn member_constant(&mut self, part: Subject<'_>, before: &Type, after: &Type) {
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
