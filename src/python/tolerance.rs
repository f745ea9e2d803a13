//! What becomes of an exception raised at some use: the handlers around it, and around the calls of its function in the
//! same file. What stands in other files is not seen.

use std::collections::BTreeSet;

use super::catches::Outcome;
use super::uses::Use;
use crate::interface::python::Tolerance;

/// Callers of callers are followed this far.
const DEEPEST: u8 = 4;

/// The uses of one file, asked about exceptions. Paths are those of the definitions.
pub(crate) struct Handlers<'u> {
    uses: &'u [Use],
    /// Where an exception named in the file is defined.
    canonical: &'u dyn Fn(&str) -> String,
}

impl<'u> Handlers<'u> {
    pub(crate) fn new(uses: &'u [Use], canonical: &'u dyn Fn(&str) -> String) -> Self {
        Self { uses, canonical }
    }

    /// The exceptions that some handler around a use, in the same function, names and does not raise again.
    pub(crate) fn named(&self, used: &Use) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let catches = used.caught.iter().flat_map(|around| around.iter());
        for catch in catches {
            if !matches!(catch.outcome, Outcome::Swallowed | Outcome::Perhaps) {
                continue;
            }
            match &catch.taken {
                None => {
                    names.insert("BaseException".to_owned());
                }
                Some(taken) => {
                    let known = taken.iter().filter(|name| name.as_str() != "?");
                    names.extend(known.map(|name| (self.canonical)(name)));
                }
            }
        }
        names
    }

    /// Whether a handler in the same function names an exception, and swallows it.
    pub(crate) fn names_here(&self, used: &Use, exception: &str) -> bool {
        let mut catches = used.caught.iter().flat_map(|around| around.iter());
        catches.any(|catch| {
            catch.outcome == Outcome::Swallowed
                && catch
                    .taken
                    .iter()
                    .flatten()
                    .any(|name| (self.canonical)(name) == exception)
        })
    }

    /// What becomes of an exception, given with the classes above it.
    pub(crate) fn of(&self, used: &Use, exception: &[String]) -> Tolerance {
        self.within(used, exception, DEEPEST)
    }

    fn within(&self, used: &Use, exception: &[String], left: u8) -> Tolerance {
        let mut best = Tolerance::Never;
        for around in &used.caught {
            for catch in around.iter() {
                let takes = match &catch.taken {
                    None => true,
                    Some(taken) => {
                        if taken.iter().any(|name| name == "?") {
                            best = best.max(Tolerance::Unknown);
                        }
                        taken
                            .iter()
                            .any(|name| exception.contains(&(self.canonical)(name)))
                    }
                };
                if !takes {
                    continue;
                }
                match catch.outcome {
                    Outcome::Swallowed => return Tolerance::Always,
                    Outcome::Replaced => return best,
                    Outcome::Perhaps => best = best.max(Tolerance::Sometimes),
                    Outcome::Raised => {}
                }
                break;
            }
        }
        let callers = self.callers(used);
        if callers.is_empty() {
            return best;
        }
        let mut seen = callers.into_iter().map(|caller| match left {
            _ if !caller.called => Tolerance::Unknown,
            0 => Tolerance::Unknown,
            left => self.within(caller, exception, left - 1),
        });
        let first = seen.next().unwrap_or(best);
        let (least, most) = seen.fold((first, first), |(least, most), found| {
            (least.min(found), most.max(found))
        });
        let around = match (least, most) {
            // Others may call what has a public name.
            (Tolerance::Always, _) if is_private(used) => Tolerance::Always,
            (_, Tolerance::Always) => Tolerance::Sometimes,
            (_, most) => most,
        };
        best.max(around)
    }

    /// The uses, in this file, of the function around a use.
    fn callers(&self, used: &Use) -> Vec<&'u Use> {
        let (outer, name) = used
            .within
            .rsplit_once('.')
            .unwrap_or(("", used.within.as_str()));
        if name.is_empty() {
            return Vec::new();
        }
        let is_method = outer.is_empty() && !used.class.is_empty();
        let calls = |other: &&Use| {
            other.attribute == name
                && other.within != used.within
                && other.class == used.class
                && if is_method {
                    matches!(other.receiver.as_str(), "self" | "cls")
                } else {
                    other.receiver.is_empty() && starts(&other.within, outer)
                }
        };
        let of_function = |other: &&Use| {
            other.attribute == name
                && other.within != used.within
                && other.receiver.is_empty()
                && starts(&other.within, outer)
        };
        let found = self.uses.iter();
        if used.class.is_empty() {
            found.filter(of_function).collect()
        } else {
            found.filter(calls).collect()
        }
    }
}

/// Nobody outside the file calls the function: it is private by custom, or nested in another one.
fn is_private(used: &Use) -> bool {
    let name = used.within.rsplit('.').next().unwrap_or_default();
    used.within.contains('.') || (name.starts_with('_') && !name.ends_with("__"))
}

fn starts(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || outer.is_empty() || rest.starts_with('.'))
}
