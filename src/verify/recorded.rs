//! Recorded consumers against a provider: which of them a change breaks, and which of their uses and overrides lead
//! nowhere now. Their source is not needed; what they do was written down when it was seen.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::compare::python::binding::Callable;
use crate::contract::Consumer;
use crate::finding::{Certainty, Evidence, Finding, Origin, Role, Side};
use crate::interface::python::{self, Kind, Param};
use crate::interface::table::{Line, Table, TableKind};
use crate::interface::{CallShape, Place, Verb};
use crate::python::reach::Standing;
use crate::python::{Project, Receivers, Wanted, lines};

/// The consumers of a provider, by what they use and override.
pub struct Recorded<'a> {
    consumers: Vec<One<'a>>,
    /// Indices of consumers, by the path that they use or the member that they override.
    by_path: BTreeMap<String, BTreeSet<usize>>,
}

struct One<'a> {
    consumer: &'a Consumer,
    /// What it overrides, by class.
    overrides: python::Interface,
}

impl<'a> Recorded<'a> {
    /// Reads the lines of consumer contracts.
    ///
    /// # Errors
    /// A sentence, when a line cannot be read.
    pub fn new(consumers: &'a [Consumer]) -> Result<Self, String> {
        let mut recorded = Self {
            consumers: Vec::new(),
            by_path: BTreeMap::new(),
        };
        for (index, consumer) in consumers.iter().enumerate() {
            let mut overrides = python::Interface::default();
            for (path, implements) in &consumer.implements {
                let called = path.rsplit('.').next().unwrap_or(path);
                let table = Table {
                    kind: TableKind::Class,
                    path: path.clone(),
                    is: Line::new(format!("class {called}")),
                    provides: implements.provides.clone(),
                    requires: BTreeMap::new(),
                    effects: BTreeMap::new(),
                };
                let read = lines::read(&[table], &consumer.names)
                    .map_err(|error| format!("{}: {error}", consumer.path))?;
                overrides.classes.extend(read.classes);
            }
            let mut at = |path: &str| {
                let known = recorded.by_path.entry(path.to_owned()).or_default();
                known.insert(index);
            };
            consumer.uses.keys().for_each(|path| at(path));
            for (class, known) in &overrides.classes {
                at(class);
                known
                    .members
                    .keys()
                    .for_each(|name| at(&format!("{class}.{name}")));
            }
            recorded.consumers.push(One {
                consumer,
                overrides,
            });
        }
        Ok(recorded)
    }

    /// Whether nobody is recorded.
    pub fn is_empty(&self) -> bool {
        self.consumers.is_empty()
    }

    /// Consumers that know something at or below a path.
    fn around(&self, subject: &str) -> BTreeSet<usize> {
        let inside = format!("{subject}.");
        let below = self.by_path.range(inside.clone()..);
        let below = below.take_while(|(path, _)| path.starts_with(&inside));
        let at = self.by_path.get(subject).into_iter();
        at.chain(below.map(|(_, known)| known))
            .flatten()
            .copied()
            .collect()
    }

    /// Writes into each finding which consumers it breaks, with the place in each.
    pub fn attach(&self, project: &Project<'_>, receivers: &Receivers, findings: &mut [Finding]) {
        for finding in findings {
            if finding.verdicts.is_empty() || finding.subject.contains("::") {
                continue;
            }
            for index in self.candidates(project, finding) {
                let one = &self.consumers[index];
                let as_caller = finding
                    .verdicts
                    .keys()
                    .any(|role| *role != Role::Implementers)
                    .then(|| one.breaks_as_caller(project, finding))
                    .flatten();
                let as_implementer = finding
                    .verdicts
                    .contains_key(&Role::Implementers)
                    .then(|| one.breaks_as_implementer(project, receivers, finding))
                    .flatten();
                for (path, what) in [as_caller, as_implementer].into_iter().flatten() {
                    one.blame(finding, &path, &what);
                }
            }
            finding.consumers.sort();
            finding.consumers.dedup();
            finding.evidence.sort();
            finding.evidence.dedup();
        }
    }

    /// Whom a finding may concern: those who know its subject, and heirs of its class where that grew.
    fn candidates(&self, project: &Project<'_>, finding: &Finding) -> BTreeSet<usize> {
        let mut found = self.around(&finding.subject);
        let Some((class, name)) = finding.subject.rsplit_once('.') else {
            return found;
        };
        // A consumer may know the member through a class that derives from the one that changed.
        for (index, one) in self.consumers.iter().enumerate() {
            let knows = one.overrides.classes.iter().any(|(path, known)| {
                let is_new = matches!(
                    finding.rule,
                    "abstract-member-added" | "member-became-abstract"
                );
                (is_new || known.members.contains_key(name)) && derives(project, path, class)
            });
            if knows {
                found.insert(index);
            }
        }
        found
    }

    /// What consumers use or override and the provider does not have any more; `said` holds the subjects of findings
    /// that tell of it already.
    pub fn lost(&self, project: &Project<'_>, said: &BTreeSet<String>) -> Vec<Finding> {
        let told = |path: &str| {
            let mut at = Some(path);
            while let Some(prefix) = at {
                if said.contains(prefix) {
                    return true;
                }
                at = prefix.rsplit_once('.').map(|(parent, _)| parent);
            }
            false
        };
        let mut found: BTreeMap<String, Finding> = BTreeMap::new();
        let paths: Vec<String> = self
            .by_path
            .keys()
            .filter(|path| !told(path))
            .cloned()
            .collect();
        let standing: BTreeMap<&String, Standing> =
            paths.iter().zip(project.standing(&paths)).collect();
        let (there, _) = project.interface(&paths);
        for (path, known) in &self.by_path {
            let certainty = match standing.get(path) {
                Some(Standing::Gone) => Certainty::Definite,
                Some(Standing::Unseen) => Certainty::Possible,
                Some(Standing::There) | None => continue,
            };
            for index in known {
                let one = &self.consumers[*index];
                let overridden = path.rsplit_once('.').is_some_and(|(class, name)| {
                    let own = one.overrides.classes.get(class);
                    own.is_some_and(|own| own.members.contains_key(name))
                });
                let role = if overridden {
                    Role::Implementers
                } else {
                    Role::Callers
                };
                let finding = found
                    .entry(path.clone())
                    .or_insert_with(|| lost(project, path, overridden));
                *finding = finding.clone().hurts(role, certainty);
                let what = if overridden {
                    "overrides it: dead code now"
                } else {
                    "uses it"
                };
                one.blame(finding, path, what);
            }
        }
        found.extend(self.rejected(&there, &told));
        let mut findings: Vec<Finding> = found.into_values().collect();
        for finding in &mut findings {
            finding.evidence.sort();
            finding.evidence.dedup();
            finding.consumers.sort();
            finding.consumers.dedup();
            finding.help = words::help(finding);
        }
        findings
    }

    /// Recorded calls of functions outside the contracts that these do not take any more.
    fn rejected(
        &self,
        there: &python::Interface,
        told: &dyn Fn(&str) -> bool,
    ) -> BTreeMap<String, Finding> {
        let mut found = BTreeMap::new();
        for (path, known) in self.by_path.iter().filter(|(path, _)| !told(path)) {
            let Some((member, params)) = function_at(there, path) else {
                continue;
            };
            for index in known {
                let one = &self.consumers[*index];
                let Some(item) = one.rejected_call(path, params) else {
                    continue;
                };
                let finding = found.entry(path.clone()).or_insert_with(|| {
                    let message = format!(
                        "`{}` does not take `{item}` as it is called",
                        words::short(path)
                    );
                    let mut finding = Finding::new("use-rejected", path, &item, message)
                        .hurts(Role::Callers, Certainty::Definite);
                    finding.new = super::overrides::declaration(member, words::last(path));
                    finding
                });
                one.blame(finding, path, "calls it");
            }
        }
        found
    }
}

impl One<'_> {
    /// Adds the consumer to a finding, with where it stands in it.
    fn blame(&self, finding: &mut Finding, path: &str, what: &str) {
        finding.consumers.push(self.consumer.name.clone());
        let places: Vec<Place> = self.consumer.places.get(path).cloned().unwrap_or_default();
        finding
            .evidence
            .extend(places.into_iter().map(|place| Evidence {
                origin: Origin::Consumer(self.consumer.name.clone()),
                place,
                what: what.to_owned(),
            }));
    }

    fn shapes(&self, path: &str) -> Vec<CallShape> {
        let facts = self.consumer.uses.get(path).into_iter().flatten();
        let calls = facts.filter(|placed| placed.fact.verb == Verb::Call && !placed.fact.may);
        calls
            .filter_map(|placed| CallShape::parse(&placed.fact.path).ok())
            .collect()
    }

    fn rejected_call(&self, path: &str, params: &[Param]) -> Option<String> {
        let callable = Callable::new(params);
        self.shapes(path)
            .iter()
            .find_map(|shape| super::overrides::rejection(&callable, &callable, shape))
            .map(|(item, _)| item)
    }

    fn breaks_as_caller(
        &self,
        project: &Project<'_>,
        finding: &Finding,
    ) -> Option<(String, String)> {
        let subject = &finding.subject;
        let inside = format!("{subject}.");
        let is_certain = |facts: &Vec<crate::interface::table::PlacedFact>| {
            facts.iter().any(|placed| !placed.fact.may)
        };
        let mut used = self.consumer.uses.iter().filter(|(path, facts)| {
            (*path == subject || path.starts_with(&inside)) && is_certain(facts)
        });
        if !is_about_calls(finding) {
            return used
                .next()
                .map(|(path, _)| (path.clone(), "uses it".to_owned()));
        }
        let (interface, _) = project.interface(std::slice::from_ref(subject));
        let (_, params) = function_at(&interface, subject)?;
        self.rejected_call(subject, params)
            .map(|_| (subject.clone(), "calls it".to_owned()))
    }

    fn breaks_as_implementer(
        &self,
        project: &Project<'_>,
        receivers: &Receivers,
        finding: &Finding,
    ) -> Option<(String, String)> {
        let (class, name) = finding.subject.rsplit_once('.')?;
        let mut heirs = self
            .overrides
            .classes
            .iter()
            .filter(|(path, _)| derives(project, path, class));
        if matches!(
            finding.rule,
            "abstract-member-added" | "member-became-abstract"
        ) {
            let (path, _) = heirs.find(|(_, known)| !known.members.contains_key(name))?;
            return Some((path.clone(), "does not have it".to_owned()));
        }
        let (path, known) = heirs.find(|(_, known)| known.members.contains_key(name))?;
        let place = format!("{path}.{name}");
        if !is_about_calls(finding) {
            return Some((place, "overrides it".to_owned()));
        }
        let Kind::Function(own) = &known.members.get(name)?.kind else {
            return Some((place, "overrides it".to_owned()));
        };
        let own = Callable::new(own.signature.bound(own.binding, true));
        let (interface, _) = project.interface(&[class.to_owned()]);
        let wanted: Wanted =
            BTreeMap::from([(class.to_owned(), BTreeSet::from([name.to_owned()]))]);
        let (_, params) = function_at(&interface, &finding.subject)?;
        let base = Callable::new(params);
        let made = project.calls_made(&interface, &wanted, receivers);
        made.iter()
            .any(|call| super::overrides::rejection(&base, &own, &call.shape).is_some())
            .then(|| (place, "overrides it, and does not take the call".to_owned()))
    }
}

/// Whether a finding says that other calls are taken or made.
fn is_about_calls(finding: &Finding) -> bool {
    ["parameter-", "required-parameter-", "variadic-"]
        .iter()
        .any(|start| finding.rule.starts_with(start))
}

fn derives(project: &Project<'_>, path: &str, class: &str) -> bool {
    path == class
        || project
            .lineage(path)
            .is_some_and(|(mro, _)| mro.iter().any(|base| base == class))
}

/// The function at a path of an interface, and its parameters as a caller of an object or module meets them.
fn function_at<'i>(
    interface: &'i python::Interface,
    path: &str,
) -> Option<(&'i python::Member, &'i [Param])> {
    let (owner, name) = path.rsplit_once('.')?;
    let in_class = interface.classes.get(owner).map(|class| &class.members);
    let members =
        in_class.or_else(|| interface.modules.get(owner).map(|module| &module.members))?;
    let member = members.get(name)?;
    let Kind::Function(function) = &member.kind else {
        return None;
    };
    let plain = function.decorators.is_empty() && function.signature.untrusted.is_none();
    plain.then(|| {
        let params = function
            .signature
            .bound(function.binding, in_class.is_some());
        (member, params)
    })
}

fn lost(project: &Project<'_>, path: &str, overridden: bool) -> Finding {
    let (owner, name) = path.rsplit_once('.').unwrap_or(("", path));
    let (rule, message) = if overridden {
        (
            "member-removed",
            format!(
                "`{}` is gone: what overrides it is dead code now",
                words::short(path)
            ),
        )
    } else {
        ("use-unresolved", words::unresolved(path, owner))
    };
    let mut finding = Finding::new(rule, path, if overridden { name } else { "" }, message);
    let (interface, _) = project.interface(&[owner.to_owned()]);
    let class = interface
        .classes
        .get(owner)
        .and_then(|class| class.place.clone());
    let module = interface
        .modules
        .get(owner)
        .and_then(|module| module.place.clone());
    finding.new = class.or(module).map(|place| Side {
        origin: Origin::Provider,
        place,
        signature: None,
        mark: None,
    });
    finding
}
