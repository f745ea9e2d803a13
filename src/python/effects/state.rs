//! What holds at one point of a function, and how two such points join. Collections are shared until they differ.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::domain::{Deed, Path, Root, Step, Value, overlap};
use super::ir::Sym;

/// Something made in the function: a dict, a list, an object.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Made {
    /// The elements of a list that nobody changed since.
    pub(super) items: Option<Rc<Vec<Value>>>,
    /// It may hold what was not seen to be put there.
    pub(super) open: bool,
    /// It is a copy of these, one level deep.
    pub(super) copy_of: Vec<Path>,
    /// It stands for several objects: made in a loop.
    pub(super) several: bool,
    /// It is a dict.
    pub(super) is_dict: bool,
    /// It is a copy all the way down: what it holds is not what was supplied.
    pub(super) deep: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct State {
    pub(super) env: Rc<BTreeMap<Sym, Value>>,
    /// What slots hold that were written to.
    pub(super) heap: Rc<BTreeMap<Path, Value>>,
    pub(super) made: Rc<BTreeMap<u32, Made>>,
    /// What happened on every path that leads here.
    pub(super) must: Rc<BTreeSet<(Deed, Path)>>,
    /// Supplied values that were used or passed on on some path. Under `[*]`: all that a container holds.
    pub(super) used: Rc<BTreeSet<Path>>,
    /// Slots whose supplied value was written over on some path.
    pub(super) lost: Rc<BTreeSet<Path>>,
    /// Containers that an unknown callee got on some path.
    pub(super) shown: Rc<BTreeSet<Path>>,
    /// Slots known to be empty, and known to be full.
    pub(super) absent: Rc<BTreeSet<Path>>,
    pub(super) present: Rc<BTreeSet<Path>>,
    /// Roots that are there; one that was found to be None or empty is not.
    pub(super) born: Rc<BTreeSet<Root>>,
}

impl State {
    pub(super) fn is_absent(&self, slot: &Path) -> bool {
        self.absent.contains(slot) || !self.born.contains(&slot.root)
    }

    /// Whether the supplied value of a slot may have been used before.
    pub(super) fn is_used(&self, slot: &Path) -> bool {
        let held = slot.then(Step::Any);
        if self.used.contains(slot) || held.is_some_and(|held| self.used.contains(&held)) {
            return true;
        }
        let mut at = *slot;
        while let Some((container, _)) = at.split() {
            if container
                .then(Step::Any)
                .is_some_and(|all| self.used.contains(&all))
            {
                return true;
            }
            at = container;
        }
        false
    }

    /// Whether an unknown callee may have had a container of this slot before.
    pub(super) fn was_shown(&self, slot: &Path) -> bool {
        let mut at = *slot;
        while let Some((container, _)) = at.split() {
            if self.shown.contains(&container) {
                return true;
            }
            at = container;
        }
        false
    }

    /// The supplied value of a slot is written over on every path that leads here, and was used on none.
    pub(super) fn is_overwritten(&self, slot: &Path) -> bool {
        self.lost.contains(slot)
            && self.must.contains(&(Deed::Writes, *slot))
            && !self.is_used(slot)
    }

    /// What a slot holds, as far as it was written to.
    pub(super) fn cell(&self, slot: &Path) -> Option<&Value> {
        self.heap.get(slot)
    }

    /// Whether the supplied value of a slot may still be in it.
    pub(super) fn may_hold_supplied(&self, slot: &Path) -> bool {
        !self.is_absent(slot)
            && self
                .cell(slot)
                .is_none_or(|value| value.refs.binary_search(slot).is_ok())
    }

    /// Nothing else than what was supplied can be in a slot.
    pub(super) fn is_untouched(&self, slot: &Path) -> bool {
        if self
            .cell(slot)
            .is_some_and(|cell| cell.refs.len() != 1 || cell.other)
        {
            return false;
        }
        let Some((container, step)) = slot.split() else {
            return true;
        };
        let same = |other: &Path| {
            other.split().is_some_and(|(around, last)| {
                around == container && last != step && overlap(last, step)
            })
        };
        !self
            .heap
            .range(container..)
            .take_while(|(other, _)| other.starts_with(&container))
            .any(|(other, _)| same(other))
    }

    /// Whatever leads here by either way. Tells whether anything changed.
    pub(super) fn join(&mut self, other: &State) -> bool {
        if self == other {
            return false;
        }
        let before = self.clone();
        let (mine, theirs) = (Rc::clone(&self.born), Rc::clone(&other.born));
        if !Rc::ptr_eq(&self.env, &other.env) {
            let env = Rc::make_mut(&mut self.env);
            for (name, value) in other.env.iter() {
                match env.get_mut(name) {
                    Some(known) => {
                        known.join(value);
                    }
                    None => {
                        env.insert(*name, value.clone());
                    }
                }
            }
        }
        if !Rc::ptr_eq(&self.heap, &other.heap) {
            let heap = Rc::make_mut(&mut self.heap);
            for (slot, value) in other.heap.iter() {
                match heap.get_mut(slot) {
                    Some(known) => {
                        known.join(value);
                    }
                    None => {
                        let mut value = value.clone();
                        if slot.is_supplied() && mine.contains(&slot.root) {
                            value.join(&Value::at(*slot));
                        }
                        heap.insert(*slot, value);
                    }
                }
            }
            for (slot, value) in heap.iter_mut() {
                if !other.heap.contains_key(slot)
                    && slot.is_supplied()
                    && theirs.contains(&slot.root)
                {
                    value.join(&Value::at(*slot));
                }
            }
        }
        if !Rc::ptr_eq(&self.made, &other.made) {
            let made = Rc::make_mut(&mut self.made);
            for (root, theirs) in other.made.iter() {
                match made.get_mut(root) {
                    Some(known) => {
                        known.open |= theirs.open;
                        known.several |= theirs.several;
                        if known.items != theirs.items {
                            known.items = None;
                        }
                        for path in &theirs.copy_of {
                            if !known.copy_of.contains(path) {
                                known.copy_of.push(*path);
                            }
                        }
                    }
                    None => {
                        made.insert(*root, theirs.clone());
                    }
                }
            }
        }
        let kept = |root: &Root, here: bool| here || !theirs.contains(root);
        let also = |root: &Root| !mine.contains(root);
        if !Rc::ptr_eq(&self.must, &other.must) || mine != theirs {
            let must = Rc::make_mut(&mut self.must);
            must.retain(|deed| kept(&deed.1.root, other.must.contains(deed)));
            must.extend(other.must.iter().filter(|deed| also(&deed.1.root)));
        }
        for (own, others) in [
            (&mut self.absent, &other.absent),
            (&mut self.present, &other.present),
        ] {
            if !Rc::ptr_eq(own, others) || mine != theirs {
                let own = Rc::make_mut(own);
                own.retain(|slot| kept(&slot.root, others.contains(slot)));
                own.extend(others.iter().filter(|slot| also(&slot.root)));
            }
        }
        for (own, others) in [
            (&mut self.used, &other.used),
            (&mut self.lost, &other.lost),
            (&mut self.shown, &other.shown),
        ] {
            if !Rc::ptr_eq(own, others) {
                Rc::make_mut(own).extend(others.iter().copied());
            }
        }
        if mine != theirs {
            Rc::make_mut(&mut self.born).extend(theirs.iter().copied());
        }
        *self != before
    }
}

/// Joins into what may not be reachable yet.
pub(super) fn join_into(into: &mut Option<State>, from: &Option<State>) -> bool {
    match (into.as_mut(), from) {
        (_, None) => false,
        (Some(known), Some(more)) => known.join(more),
        (None, Some(more)) => {
            *into = Some(more.clone());
            true
        }
    }
}
