//! One item on both sides: what kind it is, its attributes, and then whatever its kind says.

use super::Pair;
use super::canon::changed;
use super::generics::Audience;
use super::report::{self, Sides};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{At, Item, Kind, Type, Visibility, last};

/// A subject with both of its lines, for whoever reports about it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'s> {
    pub(super) path: &'s str,
    pub(super) old_line: &'s str,
    pub(super) old_at: &'s At,
    pub(super) new_line: &'s str,
    pub(super) new_at: &'s At,
}

impl<'a> Pair<'a> {
    /// A change of the subject as a whole.
    pub(super) fn change(
        &mut self,
        subject: Subject<'_>,
        finding: Finding,
        help: &str,
        marks: (Option<&At>, Option<&At>),
    ) {
        let mut finding = finding;
        finding.help = help.to_owned();
        let sides = Sides::marked(
            self,
            (subject.old_line, subject.old_at),
            (subject.new_line, subject.new_at),
            marks.0,
            marks.1,
        );
        self.push(finding, sides);
    }

    pub(super) fn item(&mut self, path: &'a str, old: &'a Item, key: &'a str, new: &'a Item) {
        let name = report::bare(path);
        let old_line = report::header(path, old);
        let new_line = report::header(key, new);
        let subject = Subject {
            path: &name,
            old_line: &old_line,
            old_at: &old.at,
            new_line: &new_line,
            new_at: &new.at,
        };
        if rank(&new.vis) < rank(&old.vis) && (self.options.named || self.options.contract) {
            let mut finding = Finding::new(
                "visibility-reduced",
                name.clone(),
                last(&name),
                format!("{} `{name}` is visible to fewer", old.kind.word()),
            )
            .hurts(Role::Callers, Certainty::Definite);
            if matches!(&old.kind, Kind::Trait(of) if !of.sealed) {
                finding = finding.hurts(Role::Implementers, Certainty::Definite);
            }
            self.change(
                subject,
                finding,
                "make it as visible as it was",
                (None, None),
            );
        }
        self.marks(
            subject,
            &self.shown(old, path, self.old),
            &self.shown(new, key, self.new),
        );
        match (&old.kind, &new.kind) {
            (Kind::Module, Kind::Module) | (Kind::Macro, Kind::Macro) => {}
            (Kind::Trait(before), Kind::Trait(after)) => self.trait_(subject, before, after),
            (Kind::Struct(before), Kind::Struct(after)) => {
                self.struct_(subject, (before, &old.marks), (after, &new.marks), false);
            }
            (Kind::Union(before), Kind::Union(after)) => {
                self.struct_(subject, (before, &old.marks), (after, &new.marks), true);
            }
            (Kind::Enum(before), Kind::Enum(after)) => {
                self.enum_(subject, (before, &old.marks), (after, &new.marks));
            }
            (Kind::Function(before), Kind::Function(after)) => {
                let audience = Audience {
                    callers: true,
                    implementers: false,
                };
                let sides = ((&old.marks, &**before), (&new.marks, &**after));
                self.target_features(subject, sides.0, sides.1);
                let (old, new) = (self.canon(), self.canon());
                self.function(subject, (before, &old), (after, &new), audience);
            }
            (Kind::Const(before), Kind::Const(after)) => {
                let canons = (self.canon(), self.canon());
                self.constant(
                    subject,
                    (before, canons.0),
                    (after, canons.1),
                    "constant",
                    Audience::CALLERS,
                );
            }
            (
                Kind::Static {
                    ty: before,
                    mutable: old_mut,
                },
                Kind::Static {
                    ty: after,
                    mutable: new_mut,
                },
            ) => {
                let canons = (self.canon(), self.canon());
                self.constant(
                    subject,
                    (before, canons.0),
                    (after, canons.1),
                    "static",
                    Audience::CALLERS,
                );
                if old_mut != new_mut {
                    let message = format!(
                        "static `{name}` is {}mutable now",
                        if *new_mut { "" } else { "no longer " }
                    );
                    let finding = Finding::new("item-kind-changed", name.clone(), "", message)
                        .hurts(Role::Callers, Certainty::Definite);
                    self.change(subject, finding, "keep the static as it was", (None, None));
                }
            }
            (
                Kind::Alias { generics, ty },
                Kind::Alias {
                    generics: generics_now,
                    ty: ty_now,
                },
            ) => {
                let mut old = self.canon().with(generics, '#');
                let mut new = self.canon().with(generics_now, '#');
                self.params(
                    subject,
                    (generics, &old),
                    (generics_now, &new),
                    Audience::CALLERS,
                    "type",
                );
                let (before, after) = (old.ty(ty), new.ty(ty_now));
                if generics.params.len() == generics_now.params.len() && before != after {
                    let message = format!(
                        "type alias `{name}` stood for `{}` and stands for `{}` now",
                        crate::rust::lines::types_text(ty, ty_now).0,
                        crate::rust::lines::types_text(ty, ty_now).1
                    );
                    let finding = Finding::new("alias-changed", name.clone(), "", message)
                        .hurts(Role::Callers, changed(&before, &after));
                    self.change(
                        subject,
                        finding,
                        "give the other type a name of its own",
                        (None, None),
                    );
                }
            }
            // An alias for a type that became that type's re-export.
            (
                Kind::Alias {
                    ty: Type::Path(target, _),
                    ..
                },
                _,
            ) if self.canon().key(target) == key => {}
            (before, after) => {
                let mut finding = Finding::new(
                    "item-kind-changed",
                    name.clone(),
                    "",
                    format!(
                        "`{name}` was a {} and is a {} now",
                        before.word(),
                        after.word()
                    ),
                );
                let soft = matches!(
                    (before, after),
                    (Kind::Alias { .. }, Kind::Struct(_) | Kind::Enum(_))
                        | (Kind::Struct(_) | Kind::Enum(_), Kind::Alias { .. })
                        | (Kind::Static { .. }, Kind::Const(_))
                );
                let certainty = if soft {
                    Certainty::Possible
                } else {
                    Certainty::Definite
                };
                finding = finding.hurts(Role::Callers, certainty);
                self.change(
                    subject,
                    finding,
                    "keep the old item, and give the new one another name",
                    (None, None),
                );
            }
        }
    }
}

fn rank(vis: &Visibility) -> u8 {
    match vis {
        Visibility::Private => 0,
        Visibility::Restricted(_) => 1,
        Visibility::Crate => 2,
        Visibility::Public => 3,
    }
}
