//! Items of inherent impls: methods, functions and constants of a type.

use super::Pair;
use super::generics::Audience;
use super::items::Subject;
use super::report::{Sides, inside, sure};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Generics, Impl, Kind, Member, MemberKind};
use crate::rust::lines::{Part, part_line, type_text};

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
                self.member_removed(subject, member, false, None);
            }
        }
    }

    /// Items of inherent impls.
    pub(super) fn members(
        &mut self,
        subject: Subject<'_>,
        old: (&'a [Member], &'a Generics),
        new: (&'a [Member], &'a Generics, &'a [Impl]),
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
                None => match self.trait_with(&member.name, new.2) {
                    // What every module has in scope is called as before.
                    Some(path) if known_everywhere(path, &member.name) => {}
                    moved => self.member_removed(subject, member, !same_name.is_empty(), moved),
                },
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

    /// The trait among impls that has an item of this name.
    fn trait_with(&self, name: &str, impls: &'a [Impl]) -> Option<&'a str> {
        let has = |of: &&Impl| {
            !of.negative
                && match self.new.find(&of.trait_.path).map(|(_, item)| &item.kind) {
                    Some(Kind::Trait(found)) => found.items.contains_key(name),
                    _ => known_everywhere(&of.trait_.path, name),
                }
        };
        impls.iter().find(has).map(|of| of.trait_.path.as_str())
    }

    /// A member that is gone; `moved` is the trait that has an item of its name.
    pub(super) fn member_removed(
        &mut self,
        subject: Subject<'_>,
        member: &Member,
        partly: bool,
        moved: Option<&str>,
    ) {
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
        let message = match moved {
            Some(path) => {
                format!("{message}: it is one of `{path}` now, which callers have to import")
            }
            None => message,
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
                self.target_features(part, (&old.marks, before), (&new.marks, after));
                self.function(
                    part,
                    (before, &old_canon),
                    (after, &new_canon),
                    Audience::CALLERS,
                );
            }
            (MemberKind::Const(before), MemberKind::Const(after)) => {
                let (before, after) = ((before, old_canon), (after, new_canon));
                self.constant(part, before, after, "constant", Audience::CALLERS);
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
}

/// Whether a trait is in scope in every module, and has an item of this name.
fn known_everywhere(path: &str, name: &str) -> bool {
    let names: &[&str] = match path {
        "std::clone::Clone" => &["clone", "clone_from"],
        "std::convert::AsMut" => &["as_mut"],
        "std::convert::AsRef" => &["as_ref"],
        "std::convert::From" => &["from"],
        "std::convert::Into" => &["into"],
        "std::convert::TryFrom" => &["try_from"],
        "std::convert::TryInto" => &["try_into"],
        "std::default::Default" => &["default"],
        "std::cmp::PartialEq" => &["eq", "ne"],
        "std::cmp::PartialOrd" => &["partial_cmp", "lt", "le", "gt", "ge"],
        "std::cmp::Ord" => &["cmp", "max", "min", "clamp"],
        "std::fmt::Display" | "std::string::ToString" => &["to_string"],
        "std::iter::ExactSizeIterator" => &["len"],
        "std::iter::Extend" => &["extend"],
        "std::iter::FromIterator" => &["from_iter"],
        "std::iter::IntoIterator" => &["into_iter"],
        "std::iter::Iterator" => &["next", "size_hint"],
        "std::iter::DoubleEndedIterator" => &["next_back"],
        _ => &[],
    };
    names.contains(&name)
}
