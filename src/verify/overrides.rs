//! One implementer against its bases: does each override take the calls that are made, and those that the base allows?
//! Is it what the base says it is? It looks for no classes and no calls: they are handed in.

use std::collections::{BTreeMap, BTreeSet};

use super::{exact, words};
use crate::compare::python::binding::{Callable, Slot, Violation};
use crate::compare::python::parameters::{Pairing, explain};
use crate::finding::{Certainty, Evidence, Finding, Level, Origin, Role, Side};
use crate::interface::python::{
    Abstract, Class, Function, Interface, Kind, Member, Param, ParamKind, Protocol,
};
use crate::interface::{CallShape, Place, python_text};
use crate::python::CallMade;

/// The calls that are made on implementers.
pub(super) struct Calls {
    by_member: BTreeMap<(String, String), Vec<CallMade>>,
    /// Methods that call the same method of their base.
    extending: BTreeSet<(String, String)>,
}

impl Calls {
    pub(super) fn new(made: Vec<CallMade>, extending: BTreeSet<(String, String)>) -> Self {
        let mut by_member: BTreeMap<(String, String), Vec<CallMade>> = BTreeMap::new();
        for call in made {
            let key = (call.class.clone(), call.member.clone());
            by_member.entry(key).or_default().push(call);
        }
        Self {
            by_member,
            extending,
        }
    }
}

/// An override with the member of the base that it takes the place of.
#[derive(Clone, Copy)]
pub(super) struct Override<'a> {
    pub(super) name: &'a str,
    /// The class that is judged.
    pub(super) class: &'a str,
    /// The base that declares the member.
    pub(super) base: &'a str,
    pub(super) declared: &'a Member,
    pub(super) written: &'a Member,
}

/// The judgement of a set of implementers.
pub(super) struct Judge<'a> {
    interface: &'a Interface,
    heirs: &'a BTreeMap<String, Vec<String>>,
    calls: &'a Calls,
    exact: bool,
    findings: Vec<Finding>,
    said: BTreeSet<(String, String, &'static str, String)>,
    pub(super) members: usize,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        interface: &'a Interface,
        heirs: &'a BTreeMap<String, Vec<String>>,
        calls: &'a Calls,
        exact: bool,
    ) -> Self {
        Self {
            interface,
            heirs,
            calls,
            exact,
            findings: Vec::new(),
            said: BTreeSet::new(),
            members: 0,
        }
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        self.findings
    }

    /// Judges a class: its overrides, what it leaves out and what it adds.
    pub(super) fn class(&mut self, path: &'a str) {
        let (interface, heirs) = (self.interface, self.heirs);
        let (Some(class), Some(bases)) = (interface.classes.get(path), heirs.get(path)) else {
            return;
        };
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for base in bases {
            let Some(declaring) = interface.classes.get(base) else {
                continue;
            };
            for (name, declared) in &declaring.members {
                let Some(written) = class.members.get(name) else {
                    continue;
                };
                if !can_be_overridden(name)
                    || written.defined_in == declared.defined_in
                    || !done.insert(name)
                {
                    continue;
                }
                // What another implementer wrote is that one's business.
                let elsewhere = written.defined_in != path
                    && (bases.contains(&written.defined_in)
                        || heirs
                            .get(&written.defined_in)
                            .is_some_and(|above| above.contains(base)));
                if elsewhere && !self.exact {
                    continue;
                }
                self.members += 1;
                self.pair(&Override {
                    name,
                    class: path,
                    base,
                    declared,
                    written,
                });
            }
        }
        self.left_abstract(path, class);
        // What is under contract itself adds what it likes.
        if !heirs
            .values()
            .any(|above| above.iter().any(|base| base == path))
        {
            self.added(path, class, bases);
        }
    }

    fn pair(&mut self, pair: &Override<'a>) {
        match (&pair.declared.kind, &pair.written.kind) {
            (Kind::Function(declared), Kind::Function(written)) => {
                if declared.signature.untrusted.is_some() || written.signature.untrusted.is_some() {
                    return;
                }
                if self.exact && exact::is_public(pair.name) {
                    if let Some(difference) = exact::difference(declared, written) {
                        let mut finding = self
                            .about(pair, "override-not-exact", "")
                            .hurts(Role::Implementers, Certainty::Possible);
                        finding.message = words::not_exact(pair, &difference);
                        finding.level = Level::Error;
                        self.add(pair, finding);
                    }
                } else {
                    self.narrowed(pair, declared, written);
                    self.defaults(pair, declared, written);
                }
                self.rejected(pair, declared, written);
                self.protocol(pair, declared, written);
            }
            (Kind::Function(_), Kind::Property(_)) => {
                let made = self.made(pair).first().map(|call| call.place.clone());
                let certainty = match made {
                    Some(_) => Certainty::Definite,
                    None => Certainty::Possible,
                };
                let mut finding = self
                    .about(pair, "override-changes-kind", "")
                    .hurts(Role::Implementers, certainty);
                finding.message = words::kind(pair);
                finding.evidence.extend(made.map(|place| Evidence {
                    origin: Origin::Provider,
                    place,
                    what: "calls it".to_owned(),
                }));
                self.add(pair, finding);
            }
            (Kind::Property(_), Kind::Function(_)) => {
                let mut finding = self
                    .about(pair, "override-changes-kind", "")
                    .hurts(Role::Implementers, Certainty::Possible);
                finding.message = words::kind(pair);
                self.add(pair, finding);
            }
            // A variable may hold anything; what could not be followed is not judged.
            _ => {}
        }
    }

    /// The calls that reach the override.
    fn made(&self, pair: &Override<'_>) -> Vec<&'a CallMade> {
        let mut owners: Vec<&str> = vec![pair.class];
        if let Some(bases) = self.heirs.get(pair.class) {
            owners.extend(bases.iter().map(String::as_str));
        }
        let calls = self.calls;
        let all = owners.into_iter().flat_map(|owner| {
            calls
                .by_member
                .get(&(owner.to_owned(), pair.name.to_owned()))
                .into_iter()
                .flatten()
        });
        let mut reaching: Vec<&CallMade> = all.filter(|call| self.reaches(call, pair)).collect();
        reaching.sort_by(|a, b| (&a.place, &a.shape).cmp(&(&b.place, &b.shape)));
        reaching.dedup();
        reaching
    }

    /// A call on `self` reaches an override if the method that makes it is not overridden itself, or is called through
    /// `super()`.
    fn reaches(&self, call: &CallMade, pair: &Override<'_>) -> bool {
        let Some((caller, method)) = &call.within else {
            return true;
        };
        let Some(class) = self.interface.classes.get(pair.class) else {
            return false;
        };
        let mut order = std::iter::once(pair.class).chain(class.mro.iter().map(String::as_str));
        let before = order.by_ref().take_while(|above| above != caller);
        before
            .filter(|above| {
                let defines = |class: &Class| {
                    class
                        .members
                        .get(method)
                        .is_some_and(|member| member.defined_in == *above)
                };
                self.interface.classes.get(*above).is_some_and(defines)
            })
            .all(|above| {
                self.calls
                    .extending
                    .contains(&(above.to_owned(), method.clone()))
            })
    }

    /// Calls that are made and that the override rejects.
    fn rejected(&mut self, pair: &Override<'a>, declared: &Function, written: &Function) {
        let (base, own) = (bound(declared), bound(written));
        let (base, own) = (Callable::new(base), Callable::new(own));
        let doubtful = !written.decorators.is_empty() || pair.written.conditional;
        let mut found: BTreeMap<String, (Certainty, String, BTreeSet<Evidence>)> = BTreeMap::new();
        let certainty = if doubtful {
            Certainty::Possible
        } else {
            Certainty::Definite
        };
        let pairing = Pairing::new(bound(written), bound(declared));
        for call in self.made(pair) {
            let Some((item, rejects)) = rejection(&base, &own, &call.shape) else {
                continue;
            };
            for item in causes(&pairing, &call.shape, item) {
                let has = |callable: &Callable<'_>| {
                    let mut all = callable.positional.iter().chain(&callable.keyword_only);
                    all.any(|param| param.name == item)
                };
                let why = if has(&base) && !has(&own) && !call.shape.keywords.contains(&item) {
                    format!("is called with `{item}` by position, which it does not take")
                } else {
                    rejects.clone()
                };
                let known = found
                    .entry(item.clone())
                    .or_insert_with(|| (certainty, why, BTreeSet::new()));
                known.2.insert(proof(call, &item));
            }
        }
        for (item, (certainty, rejects, evidence)) in found {
            let mut finding = self
                .about(pair, "override-rejects-call", &item)
                .hurts(Role::Implementers, certainty);
            finding.message = words::rejects(pair, &rejects);
            finding.evidence = evidence.into_iter().collect();
            let place = |finding: &Finding| finding.new.as_ref().map(|side| side.place.clone());
            // One cause is one finding.
            self.findings.retain(|known| {
                !(known.rule == "override-narrows-call"
                    && known.item == item
                    && place(known) == place(&finding))
            });
            self.add(pair, finding);
        }
    }

    /// Calls that the base allows and the override rejects.
    fn narrowed(&mut self, pair: &Override<'a>, declared: &Function, written: &Function) {
        let (base, own) = (bound(declared), bound(written));
        let is_variadic =
            |param: &Param| matches!(param.kind, ParamKind::VarArgs | ParamKind::VarKeywords);
        // A base that takes anything leaves it to its implementers what they take.
        if base.iter().any(is_variadic) {
            return;
        }
        let made = self.made(pair);
        let all_known = !made.is_empty() && made.iter().all(|call| call.shape.is_known());
        for change in explain(own, base) {
            if change.implementers.is_none() {
                continue;
            }
            let item = change
                .new
                .map_or_else(|| change.item.clone(), |param| param.name.clone());
            let mut finding = self.about(pair, "override-narrows-call", &item);
            // Another name for what is always given by position hurts nobody.
            let by_name = |call: &&CallMade| call.shape.keywords.contains(&item);
            let renamed = matches!((change.old, change.new), (Some(here), Some(there)) if here.name != there.name);
            if !renamed || !all_known || made.iter().any(by_name) {
                finding = finding.hurts(Role::Implementers, Certainty::Possible);
            }
            finding.message = words::narrows(pair, &change, &item);
            mark(
                &mut finding,
                change.old.and_then(|param| param.place.as_ref()),
            );
            self.add(pair, finding);
        }
    }

    /// Another default for the same parameter, and who leaves it out.
    fn defaults(&mut self, pair: &Override<'a>, declared: &Function, written: &Function) {
        let (base, own) = (bound(declared), bound(written));
        let callable = Callable::new(base);
        for param in base {
            let Some(other) = own.iter().find(|other| other.name == param.name) else {
                continue;
            };
            let (Some(here), Some(there)) = (&param.default, &other.default) else {
                continue;
            };
            if here == there {
                continue;
            }
            let evidence: Vec<Evidence> = self
                .made(pair)
                .into_iter()
                .filter(|call| leaves_out(&callable, &call.shape, &param.name))
                .map(|call| Evidence {
                    origin: Origin::Provider,
                    place: call.place.clone(),
                    what: format!("leaves `{}` out", param.name),
                })
                .collect();
            let mut finding = self.about(pair, "override-changes-default", &param.name);
            if !evidence.is_empty() {
                finding = finding.hurts(Role::Implementers, Certainty::Possible);
            }
            finding.evidence = evidence;
            finding.message = words::default(pair, &param.name, here, there);
            mark(&mut finding, other.place.as_ref());
            self.add(pair, finding);
        }
    }

    /// A coroutine where a value was promised, or the other way round.
    fn protocol(&mut self, pair: &Override<'a>, declared: &Function, written: &Function) {
        let is_async = |protocol| {
            matches!(
                protocol,
                Protocol::Coroutine | Protocol::AsyncContextManager
            )
        };
        let (base, own) = (declared.protocol, written.protocol);
        let managed = |protocol| matches!(protocol, Protocol::ContextManager);
        let differs = is_async(base) != is_async(own)
            || (managed(base) && own == Protocol::Generator)
            || (managed(own) && base == Protocol::Generator);
        let known = declared.decorators.is_empty() && written.decorators.is_empty();
        // A body that only raises says nothing of what others return.
        if !differs || !known || written.abstractness == Abstract::ByCustom {
            return;
        }
        let mut finding = self
            .about(pair, "override-changes-kind", "")
            .hurts(Role::Implementers, Certainty::Possible);
        finding.message = words::protocol(pair, base, own);
        self.add(pair, finding);
    }

    /// Declared abstract members that a class without heirs of its own leaves out.
    fn left_abstract(&mut self, path: &'a str, class: &'a Class) {
        let has_heirs = self
            .interface
            .classes
            .values()
            .any(|other| other.mro.iter().any(|base| base == path));
        let declares = class
            .members
            .values()
            .any(|member| member.abstractness() == Abstract::Declared && member.defined_in == path);
        if !class.abc || has_heirs || declares || class.open.is_some() {
            return;
        }
        for (name, member) in &class.members {
            if member.abstractness() != Abstract::Declared {
                continue;
            }
            let subject = format!("{}.{name}", member.defined_in);
            let message = format!(
                "`{}` leaves out the abstract `{name}`, so no object of it can be made",
                words::last(path)
            );
            let mut finding = Finding::new("abstract-member-missing", subject, name, message)
                .hurts(Role::Implementers, Certainty::Possible);
            finding.old = declaration(member, name);
            finding.new = class.place.clone().map(|place| Side {
                origin: Origin::Provider,
                place,
                signature: None,
                mark: None,
            });
            finding.help = words::help(&finding);
            self.push(path, name, finding);
        }
    }

    /// Public methods that no base has.
    fn added(&mut self, path: &'a str, class: &'a Class, bases: &[String]) {
        let known = |name: &str, among: &[String]| {
            among.iter().any(|base| {
                self.interface
                    .classes
                    .get(base)
                    .is_some_and(|base| base.members.contains_key(name))
            })
        };
        let mut found = Vec::new();
        for (name, member) in &class.members {
            if !exact::is_public(name) || !matches!(member.kind, Kind::Function(_)) {
                continue;
            }
            let own = member.defined_in == path;
            let is_new = if self.exact {
                !known(name, bases)
            } else {
                own && !known(name, &class.mro)
            };
            if !is_new {
                continue;
            }
            let message = format!(
                "`{}.{name}` is public, and no base has it: nobody who knows the base calls it",
                words::last(path)
            );
            let subject = format!("{path}.{name}");
            let mut finding = Finding::new("method-not-in-base", subject, name, message);
            if self.exact {
                finding.level = Level::Error;
            }
            finding.new = declaration(member, name);
            finding.help = "give it a leading underscore, or declare it in the base".to_owned();
            found.push((name, finding));
        }
        for (name, finding) in found {
            self.push(path, name, finding);
        }
    }

    /// A finding about an override, with both definitions.
    fn about(&self, pair: &Override<'_>, rule: &'static str, item: &str) -> Finding {
        let subject = format!("{}.{}", pair.base, pair.name);
        let mut finding = Finding::new(rule, subject, item, "");
        finding.old = declaration(pair.declared, pair.name);
        finding.new = declaration(pair.written, pair.name);
        finding
    }

    fn add(&mut self, pair: &Override<'_>, mut finding: Finding) {
        finding.evidence.sort();
        if finding.help.is_empty() {
            finding.help = words::help(&finding);
        }
        let owner = pair.written.defined_in.clone();
        self.push(&owner, pair.name, finding);
    }

    /// Keeps a finding, unless the same was said of the same definition before.
    fn push(&mut self, owner: &str, name: &str, finding: Finding) {
        let key = (
            owner.to_owned(),
            name.to_owned(),
            finding.rule,
            finding.item.clone(),
        );
        if self.said.insert(key) {
            self.findings.push(finding);
        }
    }
}

/// The side that shows a definition.
pub(super) fn declaration(member: &Member, name: &str) -> Option<Side> {
    Some(Side {
        origin: Origin::Provider,
        place: member.place.clone()?,
        signature: Some(python_text::line(member, name)),
        mark: None,
    })
}

fn mark(finding: &mut Finding, place: Option<&Place>) {
    if let Some(side) = &mut finding.new {
        side.mark = place.cloned();
    }
}

/// Constructors bind nobody but through calls really made, and names that CPython mangles cannot be overridden.
fn can_be_overridden(name: &str) -> bool {
    let special = name.starts_with("__") && name.ends_with("__");
    !matches!(
        name,
        "__init__" | "__new__" | "__init_subclass__" | "__post_init__"
    ) && (special || !name.starts_with("__"))
}

pub(super) fn bound(function: &Function) -> &[Param] {
    function.signature.bound(function.binding, true)
}

/// Why an override does not take a call as the base means it: the parameter, and a few words.
pub(super) fn rejection(
    base: &Callable<'_>,
    own: &Callable<'_>,
    shape: &CallShape,
) -> Option<(String, String)> {
    let slot = |index: usize| match base.slot(index) {
        Some(Slot::Named(name)) => name.to_owned(),
        _ => format!("#{index}"),
    };
    if let Some(violation) = own.rejection(shape) {
        return Some(match violation {
            Violation::Keyword { name, .. } => {
                let words = format!("is called with `{name}=`, which it does not take");
                (name, words)
            }
            Violation::Required { name, .. } => {
                let words = format!("is called without `{name}`, which it requires");
                (name, words)
            }
            Violation::TooMany { positional } => (
                slot(own.positional.len()),
                format!(
                    "is called with {positional} arguments by position, and takes {}",
                    own.positional.len()
                ),
            ),
            Violation::TooFew { index, .. } => (
                slot(index),
                format!("is called without its positional argument {}", index + 1),
            ),
            Violation::OtherKeywords
            | Violation::Elsewhere { .. }
            | Violation::FromVarArgs { .. } => return None,
        });
    }
    (0..shape.positional).find_map(|index| {
        let (Some(Slot::Named(meant)), Some(Slot::Named(met))) =
            (base.slot(index), own.slot(index))
        else {
            return None;
        };
        let has_it = own
            .positional
            .iter()
            .chain(&own.keyword_only)
            .any(|param| param.name == meant);
        (meant != met && has_it).then(|| {
            (
                meant.to_owned(),
                format!("is called with `{meant}` by position, which lands on its `{met}`"),
            )
        })
    })
}

/// What is to blame when an override does not take a call: the parameters that differ from those of the base.
fn causes(pairing: &Pairing<'_>, shape: &CallShape, item: String) -> BTreeSet<String> {
    if shape.keywords.contains(&item) {
        return BTreeSet::from([item]);
    }
    let blamed: BTreeSet<String> = pairing
        .rejected_by_overrides(shape)
        .into_iter()
        .filter(|change| change.rule != "parameter-renamed")
        .filter(|change| change.position.is_none_or(|at| at < shape.positional))
        .map(|change| {
            let base = change.new.map(|param| param.name.clone());
            base.unwrap_or(change.item)
        })
        .collect();
    if blamed.is_empty() {
        BTreeSet::from([item])
    } else {
        blamed
    }
}

fn leaves_out(callable: &Callable<'_>, shape: &CallShape, name: &str) -> bool {
    let index = callable
        .positional
        .iter()
        .position(|param| param.name == name);
    shape.is_known()
        && !shape.keywords.contains(name)
        && index.is_none_or(|index| index >= shape.positional)
}

/// The argument that is passed, or the call.
fn proof(call: &CallMade, item: &str) -> Evidence {
    let passed = call.arguments.iter().find(|(name, _)| name == item);
    let (place, what) = match passed {
        Some((_, place)) => (place.clone(), format!("passes {item}=")),
        None => (call.place.clone(), format!("calls it with {}", call.shape)),
    };
    Evidence {
        origin: Origin::Provider,
        place,
        what,
    }
}
