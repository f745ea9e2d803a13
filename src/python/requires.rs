//! What the provider's own code asks of implementers: the calls that it makes on them, the exceptions that it tolerates
//! there, the class attributes that it reads. Only files whose bytes may hold such a place are parsed. It judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::decode::decode;
use super::evidence::Wanted;
use super::facts;
use super::project::Project;
use super::receivers::{self, Key, Receivers, annotated, infer, last, named};
use super::source::with_source;
use super::tolerance::Handlers;
use super::uses::{Use, uses};
use crate::interface::python::{Class, Interface, Member, Site};
use crate::interface::table::PlacedFact;
use crate::interface::{CallShape, Place, Verb};

/// Exceptions that stand for code which copes with implementers of another age.
const COMPATIBILITY: [&str; 3] = ["AttributeError", "NotImplementedError", "TypeError"];

/// A call that a tree makes on implementers of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallMade {
    /// The class whose implementers get it.
    pub class: String,
    /// The member that is called.
    pub member: String,
    /// With what.
    pub shape: CallShape,
    /// Where.
    pub place: Place,
    /// Where each argument is passed: by keyword, or by position (`#0`).
    pub arguments: Vec<(String, Place)>,
    /// On which expression.
    pub receiver: String,
    /// The class and method that make it on `self`; none if it is made on a receiver.
    pub within: Option<(String, String)>,
}

/// A use that meets an implementer.
struct Asking<'m> {
    module: &'m str,
    handlers: &'m Handlers<'m>,
    used: &'m Use,
}

/// The uses of a file, and which of them meet an implementer.
pub struct Met {
    module: String,
    uses: Vec<Use>,
    /// Index of the use, and the class of the implementer.
    hits: Vec<(usize, String)>,
}

impl Project<'_> {
    /// Writes into the classes of `interface` what the tree asks of implementers of their wanted members. It looks at
    /// exceptions that `old` tolerates too.
    pub fn fill_requires(
        &self,
        interface: &mut Interface,
        wanted: &Wanted,
        receivers: &Receivers,
        old: &Interface,
    ) {
        let met = self.meetings(interface, wanted, receivers);
        self.fill_met(interface, &met, old);
    }

    /// Where the tree meets implementers of the wanted members: what [`Project::fill_met`] writes down.
    pub fn meetings(
        &self,
        interface: &Interface,
        wanted: &Wanted,
        receivers: &Receivers,
    ) -> Vec<Met> {
        self.files_asking(interface, wanted, receivers)
            .par_iter()
            .map(|&index| self.met_in(index, interface, wanted, receivers))
            .filter(|met| !met.hits.is_empty())
            .collect()
    }

    /// [`Project::fill_requires`], with the reading done.
    pub fn fill_met(&self, interface: &mut Interface, met: &[Met], old: &Interface) {
        let canonical = |path: &str| self.canonical_path(path);
        let handlers: Vec<Handlers<'_>> = met
            .iter()
            .map(|met| Handlers::new(&met.uses, &canonical))
            .collect();
        let mut asking: BTreeMap<(&str, &str), Vec<Asking<'_>>> = BTreeMap::new();
        for (met, handlers) in met.iter().zip(&handlers) {
            for (at, class) in &met.hits {
                if let Some(used) = met.uses.get(*at) {
                    let key = (class.as_str(), used.attribute.as_str());
                    let one = Asking {
                        module: &met.module,
                        handlers,
                        used,
                    };
                    asking.entry(key).or_default().push(one);
                }
            }
        }
        for ((path, member), asking) in asking {
            let Some(class) = interface.classes.get_mut(path) else {
                continue;
            };
            let recorded = tolerated(old, path, member);
            let (found, sites) = self.asked_for(&asking, recorded, class.members.get(member));
            if !found.is_empty() {
                class.requires.insert(member.to_owned(), found);
                class.sites.insert(member.to_owned(), sites);
            }
        }
    }

    /// The facts about one member, and its places; `recorded` are exceptions to look at beside those that are named.
    fn asked_for(
        &self,
        asking: &[Asking<'_>],
        recorded: Vec<String>,
        member: Option<&Member>,
    ) -> (Vec<PlacedFact>, Vec<Site>) {
        let mut named: BTreeMap<String, BTreeSet<Place>> = BTreeMap::new();
        for one in asking {
            for exception in one.handlers.named(one.used) {
                let here = named.entry(exception).or_default();
                here.insert(one.used.place.clone());
            }
        }
        let exceptions: BTreeMap<String, Vec<String>> = named
            .keys()
            .cloned()
            .chain(COMPATIBILITY.map(str::to_owned))
            .chain(recorded)
            .map(|exception| {
                let above = self.exception_and_above(&exception);
                (exception, above)
            })
            .collect();
        let sites: Vec<Site> = asking
            .iter()
            .flat_map(|one| one.sites(&exceptions))
            .collect();
        let uses: Vec<&Use> = asking.iter().map(|one| one.used).collect();
        (facts::of(&sites, &uses, &named, member), sites)
    }

    /// The calls that the tree makes on implementers of the wanted members, each by itself.
    pub fn calls_made(
        &self,
        interface: &Interface,
        wanted: &Wanted,
        receivers: &Receivers,
    ) -> Vec<CallMade> {
        let files = self.files_asking(interface, wanted, receivers);
        let met: Vec<Met> = files
            .par_iter()
            .map(|&index| self.met_in(index, interface, wanted, receivers))
            .collect();
        let mut made = Vec::new();
        for met in &met {
            for (at, class) in &met.hits {
                let Some(used) = met.uses.get(*at) else {
                    continue;
                };
                let within = (used.receiver == "self").then(|| {
                    let class = format!("{}.{}", met.module, used.class);
                    (class, used.function.clone())
                });
                made.extend(used.shapes.iter().map(|shape| CallMade {
                    class: class.clone(),
                    member: used.attribute.clone(),
                    shape: shape.clone(),
                    place: used.place.clone(),
                    arguments: used.arguments.clone(),
                    receiver: used.receiver.clone(),
                    within: within.clone(),
                }));
            }
        }
        made
    }

    /// The receivers of every class that the tree shows, for `init`.
    pub fn receivers(&self, interface: &Interface) -> BTreeMap<String, BTreeSet<String>> {
        let all: Vec<usize> = (0..self.module_count()).collect();
        let candidates = interface
            .classes
            .iter()
            .filter(|(_, class)| class.members.len() >= receivers::ATTRIBUTES);
        let candidates: Vec<(&String, &Class)> = candidates.collect();
        let per_file: Vec<Vec<(String, String)>> = all
            .par_iter()
            .map(|&index| {
                infer(&self.uses_in(index), &candidates)
                    .into_iter()
                    .map(|((_, receiver), class)| (class, receiver))
                    .collect()
            })
            .collect();
        let mut receivers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (class, receiver) in per_file.into_iter().flatten() {
            receivers.entry(class).or_default().insert(receiver);
        }
        receivers
    }

    pub(crate) fn uses_in(&self, index: usize) -> Vec<Use> {
        let Some(bytes) = self.bytes(index) else {
            return Vec::new();
        };
        let Ok(text) = decode(&bytes) else {
            return Vec::new();
        };
        let module = self.module_name(index);
        with_source(self.module_path(index), &text, |source| {
            uses(source, module, self.target())
        })
        .unwrap_or_default()
    }

    fn met_in(
        &self,
        index: usize,
        interface: &Interface,
        wanted: &Wanted,
        receivers: &Receivers,
    ) -> Met {
        let uses = self.uses_in(index);
        let module = self.module_name(index).to_owned();
        let classes: Vec<(&String, &Class)> = interface
            .classes
            .iter()
            .filter(|(path, _)| wanted.contains_key(*path))
            .collect();
        let mut known = annotated(&uses, &classes, &|path| self.canonical_path(path));
        known.extend(match receivers {
            Receivers::Infer => infer(&uses, &classes),
            Receivers::Named(receivers) => named(&uses, &classes, receivers),
        });
        let mut hits = Vec::new();
        for (at, used) in uses.iter().enumerate() {
            let met: Vec<(&String, &Class)> = classes
                .iter()
                .filter(|(path, class)| {
                    wanted
                        .get(*path)
                        .is_some_and(|names| names.contains(&used.attribute))
                        && is_met(used, &module, path, class, &known)
                })
                .copied()
                .collect();
            // What an heir only inherits is asked of whoever implements its base.
            let own = met.iter().filter(|(path, class)| {
                let member = class.members.get(&used.attribute);
                member.is_some_and(|member| member.defined_in == **path)
                    || !met.iter().any(|(base, _)| class.mro.contains(base))
            });
            hits.extend(own.map(|(path, _)| (at, (*path).clone())));
        }
        Met { module, uses, hits }
    }

    /// Files that may hold a place where an implementer is met.
    fn files_asking(
        &self,
        interface: &Interface,
        wanted: &Wanted,
        receivers: &Receivers,
    ) -> Vec<usize> {
        let names: BTreeSet<&str> = wanted.values().flatten().map(String::as_str).collect();
        if names.is_empty() {
            return Vec::new();
        }
        // A class calls its own hooks, and those of its bases, on whoever subclasses it.
        let hierarchy = wanted.keys().filter_map(|path| {
            let class = interface.classes.get(path)?;
            Some(std::iter::once(path).chain(&class.mro))
        });
        let mut files: BTreeSet<usize> = hierarchy
            .flatten()
            .filter_map(|path| self.module_of_class(path))
            .collect();
        let outside = match receivers {
            Receivers::Infer => {
                let patterns: Vec<String> = names.iter().map(|name| format!(".{name}")).collect();
                self.files_with(&patterns)
            }
            Receivers::Named(receivers) => self.files_naming(wanted, &names, receivers),
        };
        files.extend(outside);
        files.into_iter().collect()
    }

    /// Files in whose bytes a member is taken from something named like a receiver, or that annotate something with one
    /// of the classes.
    fn files_naming(
        &self,
        wanted: &Wanted,
        names: &BTreeSet<&str>,
        receivers: &[String],
    ) -> Vec<usize> {
        let starts: BTreeSet<&str> = receivers.iter().map(|receiver| last(receiver)).collect();
        let classes: BTreeSet<&str> = wanted.keys().map(|path| last(path)).collect();
        let taken = starts
            .iter()
            .flat_map(|start| names.iter().map(move |name| format!("{start}.{name}")));
        let patterns: Vec<String> = classes
            .iter()
            .map(|class| (*class).to_owned())
            .chain(taken)
            .collect();
        let Ok(search) = AhoCorasick::new(&patterns) else {
            return Vec::new();
        };
        let all: Vec<usize> = (0..self.module_count()).collect();
        all.into_par_iter()
            .filter(|&index| {
                self.bytes(index).is_some_and(|bytes| {
                    search.find_iter(&*bytes).any(|found| {
                        found.pattern().as_usize() >= classes.len()
                            || annotates(&bytes, found.start())
                    })
                })
            })
            .collect()
    }
}

/// Whether a name that starts here is, or may be, part of an annotation.
fn annotates(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let inside = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'.' | b'\'' | b'"' | b'[' | b'|' | b' ')
    };
    before.iter().rev().find(|byte| !inside(byte)) == Some(&b':')
}

fn is_met(
    used: &Use,
    module: &str,
    path: &str,
    class: &Class,
    known: &BTreeMap<Key, String>,
) -> bool {
    if matches!(used.receiver.as_str(), "self" | "cls") {
        let inside = format!("{module}.{}", used.class);
        return inside == path || class.mro.contains(&inside);
    }
    known
        .get(&receivers::key(used))
        .is_some_and(|known| known == path)
}

/// The exceptions that `old` tolerates of a member.
fn tolerated(old: &Interface, class: &str, member: &str) -> Vec<String> {
    let facts = old
        .classes
        .get(class)
        .and_then(|class| class.requires.get(member));
    facts
        .into_iter()
        .flatten()
        .filter(|placed| placed.fact.verb == Verb::Tolerates)
        .map(|placed| {
            let exception = placed.fact.path.split(' ').next().unwrap_or_default();
            exception.to_owned()
        })
        .collect()
}

impl Asking<'_> {
    /// One site for each shape, or one for a read.
    fn sites(&self, exceptions: &BTreeMap<String, Vec<String>>) -> Vec<Site> {
        let used = self.used;
        let path = [self.module, &used.class, &used.function];
        let path: Vec<&str> = path.into_iter().filter(|part| !part.is_empty()).collect();
        let site = Site {
            shape: None,
            place: used.place.clone(),
            arguments: used.arguments.clone(),
            tolerates: exceptions
                .iter()
                .map(|(exception, above)| (exception.clone(), self.handlers.of(used, above)))
                .collect(),
            tried: self.handlers.names_here(used, "TypeError"),
            function: if used.function.is_empty() {
                String::new()
            } else {
                path.join(".")
            },
            sure: used.sure && used.within == used.function,
        };
        if used.shapes.is_empty() {
            return if used.read.is_some() {
                vec![site]
            } else {
                Vec::new()
            };
        }
        let shapes = used.shapes.iter();
        shapes
            .map(|shape| Site {
                shape: Some(shape.clone()),
                ..site.clone()
            })
            .collect()
    }
}
