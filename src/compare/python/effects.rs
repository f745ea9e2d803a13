//! Behaviour against earlier behaviour: what a method does to what it is handed, and what the provider does with what
//! implementers return. It compares facts; where they come from, source or contract, makes no difference.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{Judge, display};
use crate::finding::{Certainty, Evidence, Finding, Origin, Role};
use crate::interface::python::{Kind, Member, is_offered};
use crate::interface::table::{Facts, PlacedFact, Proof};
use crate::interface::{Place, Verb};

type Proofs = BTreeMap<String, Vec<Proof>>;

/// One method or function, before and after.
struct Pair<'a> {
    subject: String,
    name: &'a str,
    old: &'a Member,
    new: &'a Member,
    before: &'a [PlacedFact],
    after: &'a [PlacedFact],
    proofs: &'a [Proof],
    old_proofs: &'a [Proof],
    /// The facts speak of what implementers return.
    required: bool,
}

/// Judges all facts of both sides, unless one of them has none to compare with.
pub(super) fn compare(judge: &mut Judge<'_>) {
    if !judge.old.has_effects || !judge.new.has_effects {
        return;
    }
    let (old, new) = (judge.old, judge.new);
    let mut found = Vec::new();
    for (path, before) in &old.classes {
        let Some(target) = judge.successor(path) else {
            continue;
        };
        let Some(after) = new.classes.get(target) else {
            continue;
        };
        let is_named = before.partial || after.partial;
        let members = |name: &str| {
            let named = is_named || is_offered(name);
            named.then_some((before.members.get(name)?, after.members.get(name)?))
        };
        let sides = [
            (
                (&before.effects, &before.proofs),
                (&after.effects, &after.proofs),
                false,
            ),
            (
                (&before.requires, &before.proofs),
                (&after.requires, &after.proofs),
                true,
            ),
        ];
        for (before, after, required) in sides {
            found.extend(findings(judge, path, before, after, required, &members));
        }
    }
    for (path, before) in &old.modules {
        let Some(after) = new.modules.get(path) else {
            continue;
        };
        let is_named = !before.whole || !after.whole;
        let members = |name: &str| {
            let named = is_named || is_offered(name);
            named.then_some((before.members.get(name)?, after.members.get(name)?))
        };
        let (before, after) = (
            (&before.effects, &before.proofs),
            (&after.effects, &after.proofs),
        );
        found.extend(findings(judge, path, before, after, false, &members));
    }
    // One change makes one finding, at the effects if both have it.
    let told: BTreeSet<(&'static str, String)> = found
        .iter()
        .filter(|(_, _, finding)| finding.item.contains("()"))
        .map(|(_, _, finding)| (finding.rule, finding.item.clone()))
        .collect();
    for (owner, name, finding) in found {
        let at_effects = (
            finding.rule,
            format!("{}(){}", display(&finding.subject), finding.item),
        );
        if !told.contains(&at_effects) {
            judge.add_finding(&owner, &name, finding);
        }
    }
}

type Side<'a> = (&'a Facts, &'a Proofs);

fn findings<'a>(
    judge: &Judge<'_>,
    path: &str,
    before: Side<'a>,
    after: Side<'a>,
    required: bool,
    members: &dyn Fn(&str) -> Option<(&'a Member, &'a Member)>,
) -> Vec<(String, String, Finding)> {
    let names: BTreeSet<&String> = before.0.keys().chain(after.0.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let Some((old, new)) = members(name) else {
            continue;
        };
        // A body that is somebody else's says nothing.
        if !required && (old.is_abstract() || new.is_abstract()) {
            continue;
        }
        let Some(subject) = (judge.options.subject)(path) else {
            continue;
        };
        let pair = Pair {
            subject: format!("{subject}.{name}"),
            name,
            old,
            new,
            before: before.0.get(name).map_or(&[], Vec::as_slice),
            after: after.0.get(name).map_or(&[], Vec::as_slice),
            proofs: after.1.get(name).map_or(&[], Vec::as_slice),
            old_proofs: before.1.get(name).map_or(&[], Vec::as_slice),
            required,
        };
        let mut changes = pair.changes();
        for change in &mut changes {
            change.help = help(change.rule).to_owned();
            change.old = judge.old_side(pair.old, pair.name, None);
            let mark = change
                .evidence
                .iter()
                .rev()
                .find(|evidence| evidence.origin == Origin::Provider)
                .map(|evidence| evidence.place.clone());
            let inside = mark.filter(|mark| {
                new.place.as_ref().is_some_and(|place| {
                    place.path == mark.path
                        && place.line <= mark.line
                        && mark.end_line <= place.end_line
                })
            });
            change.new = judge.new_side(pair.new, pair.name, inside.as_ref());
            for evidence in &mut change.evidence {
                if evidence.origin == Origin::Before {
                    evidence.origin = judge.options.old.clone();
                }
            }
        }
        found.extend(
            changes
                .into_iter()
                .map(|finding| (new.defined_in.clone(), (*name).clone(), finding)),
        );
    }
    found
}

/// Whether a path ends with a key, not with an attribute.
fn is_key(path: &str) -> bool {
    path.ends_with("']")
}

/// Whether reading `longer` reads `path`.
fn is_within(longer: &str, path: &str) -> bool {
    longer
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// `x.k` for `x['k']`, and the other way round.
fn other_access(path: &str) -> Option<String> {
    if let Some(inner) = path.strip_suffix("']") {
        let (container, key) = inner.rsplit_once("['")?;
        return Some(format!("{container}.{key}"));
    }
    let (container, name) = path.rsplit_once('.')?;
    (!name.ends_with(')') && !container.is_empty()).then(|| format!("{container}['{name}']"))
}

impl Pair<'_> {
    fn changes(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        self.overwritten(&mut found);
        self.reads(&mut found);
        if !self.required {
            self.writes(&mut found);
            if self.is_same_kind() {
                self.returns(&mut found);
            }
            self.raises(&mut found);
        }
        self.accepts(&mut found);
        found
    }

    /// Another kind of member, or of result, is another rule's business.
    fn is_same_kind(&self) -> bool {
        match (&self.old.kind, &self.new.kind) {
            (Kind::Function(old), Kind::Function(new)) => old.protocol == new.protocol,
            _ => false,
        }
    }

    fn of(facts: &[PlacedFact], verb: Verb) -> impl Iterator<Item = &PlacedFact> {
        facts.iter().filter(move |placed| placed.fact.verb == verb)
    }

    fn has(facts: &[PlacedFact], verb: Verb, path: &str) -> Option<bool> {
        Self::of(facts, verb)
            .find(|placed| placed.fact.path == path)
            .map(|placed| placed.fact.may)
    }

    /// Whether a path, or what it leads to, is read.
    fn is_read(facts: &[PlacedFact], path: &str) -> bool {
        Self::of(facts, Verb::Reads).any(|placed| is_within(&placed.fact.path, path))
    }

    fn is_lost(facts: &[PlacedFact], path: &str) -> bool {
        Self::of(facts, Verb::Overwrites).any(|placed| is_within(path, &placed.fact.path))
    }

    /// Who is hurt: whoever handed the value over.
    fn giver(&self, path: &str) -> Role {
        if self.required
            || path
                .split(['[', ':'])
                .next()
                .is_some_and(|root| root.contains("()"))
                && is_result(path)
        {
            Role::Implementers
        } else {
            Role::Callers
        }
    }

    fn finding(
        &self,
        rule: &'static str,
        role: Role,
        certainty: Certainty,
        path: &str,
        message: String,
    ) -> Finding {
        Finding::new(rule, &self.subject, path, message).hurts(role, certainty)
    }

    /// The chain that leads to a fact now, and where it was before.
    fn prove(
        &self,
        finding: &mut Finding,
        new: Option<(Verb, &str, &str)>,
        old: Option<(Verb, &str, &str)>,
    ) {
        if let Some((verb, path, what)) = new {
            let chain = self
                .proofs
                .iter()
                .find(|proof| proof.fact.verb == verb && proof.fact.path == path)
                .map_or(&[][..], |proof| proof.chain.as_slice());
            for (at, place) in chain.iter().enumerate() {
                let last = at + 1 == chain.len();
                finding.evidence.push(evidence(
                    Origin::Provider,
                    place,
                    if last { what } else { "calls on from here" },
                ));
            }
        }
        if let Some((verb, path, what)) = old {
            let chain = self
                .old_proofs
                .iter()
                .find(|proof| proof.fact.verb == verb && proof.fact.path == path);
            let place = match chain {
                Some(proof) => proof.chain.last(),
                None => self
                    .before
                    .iter()
                    .find(|placed| placed.fact.verb == verb && placed.fact.path == path)
                    .and_then(|placed| placed.places.first()),
            };
            if let Some(place) = place {
                finding.evidence.push(evidence(Origin::Before, place, what));
            }
        }
    }

    fn overwritten(&self, found: &mut Vec<Finding>) {
        for placed in Self::of(self.after, Verb::Overwrites) {
            let path = placed.fact.path.as_str();
            let was_read =
                Self::of(self.before, Verb::Reads).any(|old| is_within(&old.fact.path, path));
            let is_news = match Self::has(self.before, Verb::Overwrites, path) {
                None => true,
                // What was kept on some ways is lost on all.
                Some(_) => was_read && !Self::is_read(self.after, path),
            };
            // An object's attribute is set for everybody to see; a key that somebody supplied is his word.
            if !is_news || !is_key(path) || (!was_read && self.giver(path) == Role::Callers) {
                continue;
            }
            let certainty = if placed.fact.may {
                Certainty::Possible
            } else {
                Certainty::Definite
            };
            let message = format!(
                "`{}` now overwrites {} before anybody reads what was supplied",
                display(&self.subject),
                self.words(path)
            );
            let mut finding = self.finding(
                "value-overwritten",
                self.giver(path),
                certainty,
                path,
                message,
            );
            self.prove(
                &mut finding,
                Some((Verb::Overwrites, path, "overwritten here")),
                Some((Verb::Reads, path, "read here before")),
            );
            found.push(finding);
        }
    }

    fn words(&self, path: &str) -> String {
        if self.required {
            format!("`{path}` of what implementers return")
        } else {
            format!("`{path}`")
        }
    }

    fn reads(&self, found: &mut Vec<Finding>) {
        let name = display(&self.subject);
        for placed in Self::of(self.before, Verb::Reads) {
            let path = placed.fact.path.as_str();
            if !is_key(path) || Self::is_read(self.after, path) || Self::is_lost(self.after, path) {
                continue;
            }
            if other_access(path).is_some_and(|other| Self::is_read(self.after, &other)) {
                continue;
            }
            // Some key of the same container is still read: it may be this one.
            let container = path
                .rsplit_once('[')
                .map_or(path, |(container, _)| container);
            let some = format!("{container}[*]");
            if Self::of(self.after, Verb::Reads).any(|new| is_within(&new.fact.path, &some))
                || self.is_shown(container)
            {
                continue;
            }
            let message = format!("`{name}` no longer reads {}", self.words(path));
            let mut finding = self.finding(
                "value-no-longer-read",
                self.giver(path),
                Certainty::Possible,
                path,
                message,
            );
            self.prove(
                &mut finding,
                None,
                Some((Verb::Reads, path, "read here before")),
            );
            found.push(finding);
        }
        for placed in Self::of(self.after, Verb::Reads) {
            let path = placed.fact.path.as_str();
            let needed = self.proofs.iter().any(|proof| {
                proof.fact.verb == Verb::Reads && proof.fact.path == path && proof.needed
            });
            let role = self.giver(path);
            let before =
                Self::of(self.before, Verb::Reads).find(|old| is_within(&old.fact.path, path));
            let other = other_access(path);
            let changed = other.as_deref().filter(|other| {
                before.is_none()
                    && Self::is_read(self.before, other)
                    && !Self::is_read(self.after, other)
            });
            if let Some(other) = changed {
                let message = format!(
                    "`{name}` reads {} now, and no longer `{other}`",
                    self.words(path)
                );
                let certainty = if placed.fact.may {
                    Certainty::Possible
                } else {
                    Certainty::Definite
                };
                let mut finding = self.finding("access-changed", role, certainty, path, message);
                self.prove(
                    &mut finding,
                    Some((Verb::Reads, path, "read here")),
                    Some((Verb::Reads, other, "read here before")),
                );
                found.push(finding);
                continue;
            }
            // Attributes of arguments are mostly those of the provider's own objects.
            if !is_key(path) && role == Role::Callers {
                continue;
            }
            let (rule, certainty, message) = match before.map(|old| old.fact.may) {
                None if !placed.fact.may => (
                    "key-required",
                    Certainty::Definite,
                    format!("`{name}` now requires {}", self.words(path)),
                ),
                None if needed && !self.was_shown(path) => (
                    "key-required",
                    Certainty::Possible,
                    format!("`{name}` now requires {} on some way", self.words(path)),
                ),
                Some(true) if !placed.fact.may && needed => (
                    "key-became-required",
                    Certainty::Definite,
                    format!(
                        "`{name}` now requires {}, which was optional",
                        self.words(path)
                    ),
                ),
                _ => continue,
            };
            let mut finding = self.finding(rule, role, certainty, path, message);
            let old =
                before.map(|old| (Verb::Reads, old.fact.path.as_str(), "optional here before"));
            self.prove(&mut finding, Some((Verb::Reads, path, "read here")), old);
            found.push(finding);
        }
    }

    /// Whether somebody unknown gets a container now, and may read of it what he likes.
    fn is_shown(&self, container: &str) -> bool {
        Self::of(self.after, Verb::Unknown).any(|placed| {
            let path = placed.fact.path.split(" via ").next().unwrap_or_default();
            is_within(container, path)
        }) && Self::of(self.before, Verb::Unknown).count()
            < Self::of(self.after, Verb::Unknown).count()
    }

    /// Whether somebody unknown had a container before, and may have read this of it.
    fn was_shown(&self, path: &str) -> bool {
        let gone = |placed: &&PlacedFact| !self.after.iter().any(|new| new.fact == placed.fact);
        Self::of(self.before, Verb::Unknown)
            .filter(gone)
            .any(|placed| {
                let container = placed.fact.path.split(" via ").next().unwrap_or_default();
                is_within(path, container)
            })
    }

    fn writes(&self, found: &mut Vec<Finding>) {
        let written = |facts: &[PlacedFact], path: &str| {
            facts.iter().any(|placed| {
                matches!(placed.fact.verb, Verb::Writes | Verb::Overwrites)
                    && is_within(&placed.fact.path, path)
            })
        };
        for placed in
            Self::of(self.before, Verb::Writes).chain(Self::of(self.before, Verb::Overwrites))
        {
            let path = placed.fact.path.as_str();
            let sure = placed.fact.verb == Verb::Overwrites || !placed.fact.may;
            let container = path
                .rsplit_once(['[', '.'])
                .map_or(path, |(container, _)| container);
            if !sure
                || path.ends_with("[*]")
                || written(self.after, path)
                || written(self.after, &format!("{container}[*]"))
            {
                continue;
            }
            if self.giver(path) != Role::Callers
                || self.is_shown(container)
                || other_access(path).is_some_and(|other| written(self.after, &other))
                || Self::has(self.after, Verb::Deletes, path).is_some()
            {
                continue;
            }
            let message = format!("`{}` no longer writes `{path}`", display(&self.subject));
            let mut finding = self.finding(
                "key-no-longer-written",
                Role::Callers,
                Certainty::Possible,
                path,
                message,
            );
            self.prove(
                &mut finding,
                None,
                Some((placed.fact.verb, path, "written here before")),
            );
            found.push(finding);
        }
    }

    fn returns(&self, found: &mut Vec<Finding>) {
        let paths = |facts: &[PlacedFact]| -> BTreeMap<String, bool> {
            Self::of(facts, Verb::Returns)
                .map(|placed| (placed.fact.path.clone(), placed.fact.may))
                .collect()
        };
        let (before, after) = (paths(self.before), paths(self.after));
        let name = display(&self.subject);
        if before.is_empty() {
            return;
        }
        if after.is_empty() {
            // A function that never returns a value gives None; one that never returns says so by raising.
            if before.keys().any(|path| path != "None") {
                let message = format!("`{name}` no longer returns a value");
                let finding = self.finding(
                    "result-became-none",
                    Role::Callers,
                    Certainty::Definite,
                    "",
                    message,
                );
                found.push(self.with_old_return(finding));
            }
            return;
        }
        if after.contains_key("None") && !before.contains_key("None") {
            let message = format!("`{name}` may return None now");
            let finding = self.finding(
                "result-became-none",
                Role::Callers,
                Certainty::Possible,
                "None",
                message,
            );
            found.push(self.with_old_return(finding));
        }
        let unknown = after.contains_key("_");
        for (path, may) in &before {
            if after.contains_key(path) || unknown {
                continue;
            }
            let keys = after.keys().any(|path| path.starts_with("['"));
            if path.starts_with("['") && keys {
                let certainty = if *may {
                    Certainty::Possible
                } else {
                    Certainty::Definite
                };
                let message = format!("what `{name}` returns no longer has `{path}`");
                let finding = self.finding(
                    "result-key-removed",
                    Role::Callers,
                    certainty,
                    path,
                    message,
                );
                found.push(self.with_old_return(finding));
            } else if path.starts_with("(_")
                && let Some(new) = after.keys().find(|path| path.starts_with("(_"))
            {
                let message = format!("`{name}` returns `{new}` now, not `{path}`");
                let finding = self.finding(
                    "result-shape-changed",
                    Role::Callers,
                    Certainty::Definite,
                    path,
                    message,
                );
                found.push(self.with_old_return(finding));
            }
        }
    }

    fn with_old_return(&self, mut finding: Finding) -> Finding {
        let old = Self::of(self.before, Verb::Returns).find_map(|placed| placed.places.first());
        if let Some(place) = old {
            finding
                .evidence
                .push(evidence(Origin::Before, place, "returned before"));
        }
        finding
    }

    fn raises(&self, found: &mut Vec<Finding>) {
        for placed in Self::of(self.after, Verb::Raises) {
            let path = placed.fact.path.as_str();
            if Self::has(self.before, Verb::Raises, path).is_some() || path == "NotImplementedError"
            {
                continue;
            }
            let message = format!("`{}` may raise `{path}` now", display(&self.subject));
            let mut finding = self.finding(
                "exception-added",
                Role::Callers,
                Certainty::Possible,
                path,
                message,
            );
            self.prove(
                &mut finding,
                Some((Verb::Raises, path, "raised here")),
                None,
            );
            found.push(finding);
        }
    }

    fn accepts(&self, found: &mut Vec<Finding>) {
        for placed in Self::of(self.before, Verb::Accepts) {
            let path = placed.fact.path.as_str();
            if Self::has(self.after, Verb::Accepts, path).is_some() {
                continue;
            }
            let (what, ty) = path.rsplit_once(": ").unwrap_or(("", path));
            // Where nothing else is told apart any more, anything may be accepted.
            let others = Self::of(self.after, Verb::Accepts).any(|placed| {
                let (other, _) = placed
                    .fact
                    .path
                    .rsplit_once(": ")
                    .unwrap_or(("", &placed.fact.path));
                other == what
            });
            if !others {
                continue;
            }
            let message = format!(
                "`{}` no longer takes a `{ty}` as {}",
                display(&self.subject),
                self.words(what)
            );
            let mut finding = self.finding(
                "type-no-longer-accepted",
                self.giver(what),
                Certainty::Possible,
                path,
                message,
            );
            self.prove(
                &mut finding,
                None,
                Some((Verb::Accepts, path, "accepted here before")),
            );
            found.push(finding);
        }
    }
}

fn help(rule: &str) -> &'static str {
    match rule {
        "value-overwritten" => {
            "take what was supplied before it is overwritten, or write under another key"
        }
        "value-no-longer-read" => "go on reading it until it was announced that it has no effect",
        "key-required" | "key-became-required" => {
            "read it with a default until everybody supplies it"
        }
        "key-no-longer-written" => "go on writing it until it was announced that it goes",
        "access-changed" => "take both forms for a while",
        "result-became-none" => "return an empty value of the same kind, or raise",
        "result-key-removed" | "result-shape-changed" => {
            "keep the old result, and offer the new one under another name"
        }
        "exception-added" => "derive it from an exception that callers expect already",
        _ => "go on converting the old type",
    }
}

/// Whether a path begins with what a call on an implementer returned.
fn is_result(path: &str) -> bool {
    path.split_once("()").is_some_and(|(callee, _)| {
        callee
            .split_once('.')
            .is_some_and(|(class, _)| class.starts_with(char::is_uppercase))
    })
}

fn evidence(origin: Origin, place: &Place, what: &str) -> Evidence {
    Evidence {
        origin,
        place: place.clone(),
        what: what.to_owned(),
    }
}
