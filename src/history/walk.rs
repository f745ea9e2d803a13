//! The walk through a history: oldest commit first, in portions, so that neither texts nor interfaces of sixteen years
//! are in memory at once. Each content is parsed once, each state is built once, both on all cores.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::contract::{self, Version};
use crate::finding::{self, Finding};
use crate::provider::Provider;
use crate::rules::apply_levels;
use crate::source::git::{Git, ObjectId};
use crate::source::{CatFile, Commit, Content, Error, Tree};

use super::scope::{self, Scope};
use super::state::{Built, Shelf, State, build, compare};
use super::{Change, Entry, Group, History, Kind};

/// Commits that are compared at once.
const PORTION: usize = 192;
/// No text above this is read; DESIGN says so of every file.
const LIMIT: u64 = 16 * 1024 * 1024;

/// What somebody wants to know.
pub struct Asked<'a> {
    /// The repository.
    pub git: &'a Git,
    /// The newest tree.
    pub tree: &'a Tree,
    /// Its commit.
    pub head: ObjectId,
    /// Only what came after this commit.
    pub since: Option<ObjectId>,
    /// Where the tree stands in the repository.
    pub prefix: String,
    /// Whose history.
    pub groups: &'a [Group],
    /// How loud rules are.
    pub config: &'a Config,
    /// Hears how many commits of how many are done.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// A commit and a group that it touched.
struct Job {
    commit: usize,
    group: usize,
    old: Arc<State>,
    new: Arc<State>,
}

/// What came of it.
struct Done {
    commit: usize,
    group: usize,
    first: bool,
    findings: Vec<Finding>,
    unreadable: Vec<String>,
}

/// Reads the history.
///
/// # Errors
/// Git failed. That a text cannot be read is none.
pub fn read(asked: &Asked<'_>) -> Result<History, Error> {
    let provider = Provider::new(asked.tree);
    let mut scopes: Vec<Scope> = asked
        .groups
        .iter()
        .map(|group| scope::of(group, asked.tree, &provider, &asked.prefix))
        .collect();
    let contracts: Vec<String> = asked
        .groups
        .iter()
        .filter_map(|group| group.contract.clone())
        .collect();
    let commits = scope::commits(
        asked.git,
        asked.since.as_ref(),
        &asked.head,
        &mut scopes,
        &contracts,
        &asked.prefix,
    )?;
    let mut process = CatFile::start(asked.git, LIMIT)?;
    let mut shelf = Shelf {
        roots: asked.tree.roots().to_vec(),
        ..Shelf::default()
    };
    if !shelf.roots.iter().any(String::is_empty) {
        shelf.roots.push(String::new());
    }
    let mut states = begin(asked, &scopes)?;
    // What was there before the first commit that is looked at need not have changed since.
    let mut there: Vec<bool> = vec![asked.since.is_some(); asked.groups.len()];
    let mut done: Vec<Done> = Vec::new();
    for (at, portion) in commits.chunks(PORTION).enumerate() {
        (asked.progress)(at * PORTION, commits.len());
        let jobs = jobs(portion, at * PORTION, &scopes, &mut states, &asked.prefix);
        fill(&mut shelf, &mut process, &jobs)?;
        let built = build_all(&jobs, &scopes, &shelf);
        for job in &jobs {
            let sides =
                [&job.old, &job.new].map(|state| built.get(&(job.group, Arc::clone(state))));
            there[job.group] |= sides.into_iter().flatten().any(|built| !built.is_empty());
        }
        let portion: Vec<Done> = jobs
            .par_iter()
            .filter_map(|job| finish(job, &built, asked))
            .collect();
        done.extend(portion);
        forget(&mut shelf, &states);
    }
    (asked.progress)(commits.len(), commits.len());
    let amended = amendments(&commits, asked.groups, &mut process)?;
    let missing = asked
        .groups
        .iter()
        .zip(&there)
        .filter(|(_, there)| !**there);
    Ok(History {
        names: asked
            .groups
            .iter()
            .map(|group| group.name.clone())
            .collect(),
        missing: missing.map(|(group, _)| group.name.clone()).collect(),
        commits: commits.len(),
        entries: entries(&commits, done, amended, asked),
    })
}

/// The states before the first commit: nothing, or what `--since` names.
fn begin(asked: &Asked<'_>, scopes: &[Scope]) -> Result<Vec<Arc<State>>, Error> {
    let Some(since) = &asked.since else {
        return Ok(scopes.iter().map(|_| Arc::default()).collect());
    };
    let tree = asked.git.tree(since, "")?;
    let listed = asked.git.list_tree(&tree)?;
    Ok(scopes
        .iter()
        .map(|scope| {
            let files = listed
                .iter()
                .filter(|file| file.is_file() && scope.holds(&file.path))
                .filter_map(|file| Some((below(&file.path, &asked.prefix)?, file.id.clone())));
            Arc::new(files.collect())
        })
        .collect())
}

fn below(path: &str, prefix: &str) -> Option<String> {
    if prefix.is_empty() {
        return Some(path.to_owned());
    }
    Some(path.strip_prefix(prefix)?.strip_prefix('/')?.to_owned())
}

/// What there is to compare. A file that a commit did not touch is taken as the commit before it in the list left it.
fn jobs(
    commits: &[Commit],
    offset: usize,
    scopes: &[Scope],
    states: &mut [Arc<State>],
    prefix: &str,
) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (at, commit) in commits.iter().enumerate() {
        for (group, scope) in scopes.iter().enumerate() {
            let mut old = (*states[group]).clone();
            let mut new = old.clone();
            let mut touched = false;
            for change in &commit.changes {
                let Some(path) = below(&change.path, prefix).filter(|_| scope.holds(&change.path))
                else {
                    continue;
                };
                touched = true;
                for (state, id) in [(&mut old, &change.old), (&mut new, &change.new)] {
                    match id {
                        Some(id) => state.insert(path.clone(), id.clone()),
                        None => state.remove(&path),
                    };
                }
            }
            if !touched {
                continue;
            }
            let old = if old == *states[group] {
                Arc::clone(&states[group])
            } else {
                Arc::new(old)
            };
            states[group] = Arc::new(new);
            jobs.push(Job {
                commit: offset + at,
                group,
                old,
                new: Arc::clone(&states[group]),
            });
        }
    }
    jobs
}

/// Reads the contents that these jobs need, in one batch.
fn fill(shelf: &mut Shelf, process: &mut CatFile, jobs: &[Job]) -> Result<(), Error> {
    let wanted: BTreeSet<&ObjectId> = jobs
        .iter()
        .flat_map(|job| job.old.values().chain(job.new.values()))
        .filter(|id| !shelf.texts.contains_key(*id))
        .collect();
    let wanted: Vec<&ObjectId> = wanted.into_iter().collect();
    for (id, content) in wanted.iter().zip(process.read(&wanted)?) {
        if let Content::Bytes(bytes) = content {
            shelf.texts.insert((*id).clone(), bytes);
        }
    }
    Ok(())
}

type All = HashMap<(usize, Arc<State>), Built>;

fn build_all(jobs: &[Job], scopes: &[Scope], shelf: &Shelf) -> All {
    let mut wanted: BTreeMap<(usize, &Arc<State>), ()> = BTreeMap::new();
    for job in jobs {
        wanted.insert((job.group, &job.old), ());
        wanted.insert((job.group, &job.new), ());
    }
    let wanted: Vec<(usize, &Arc<State>)> = wanted.into_keys().collect();
    wanted
        .into_par_iter()
        .map(|(group, state)| {
            let built = build(state, &scopes[group].members, shelf);
            ((group, Arc::clone(state)), built)
        })
        .collect()
}

fn finish(job: &Job, built: &All, asked: &Asked<'_>) -> Option<Done> {
    let side = |state: &Arc<State>| built.get(&(job.group, Arc::clone(state)));
    let (old, new) = (side(&job.old)?, side(&job.new)?);
    let first = old.is_empty() && !new.is_empty() && old.unreadable.is_empty();
    let mut findings = if first {
        Vec::new()
    } else {
        compare(old, new, &asked.groups[job.group])
    };
    for finding in &mut findings {
        finding.interface = Some(asked.groups[job.group].name.clone());
    }
    apply_levels(&mut findings, asked.config);
    finding::sort(&mut findings);
    let unreadable: Vec<String> = new
        .unreadable
        .iter()
        .filter(|_| old.unreadable.is_empty())
        .cloned()
        .collect();
    (first || !findings.is_empty() || !unreadable.is_empty()).then_some(Done {
        commit: job.commit,
        group: job.group,
        first,
        findings,
        unreadable,
    })
}

/// Forgets what the next commits have no use for.
fn forget(shelf: &mut Shelf, states: &[Arc<State>]) {
    let still: BTreeSet<(String, ObjectId)> = states
        .iter()
        .flat_map(|state| state.iter())
        .map(|(path, id)| (path.clone(), id.clone()))
        .collect();
    let ids: BTreeSet<&ObjectId> = still.iter().map(|(_, id)| id).collect();
    shelf.texts.retain(|id, _| ids.contains(id));
    shelf.rust = Arc::default();
    let still = still
        .iter()
        .map(|(path, id)| (path.clone(), id.clone().into()))
        .collect();
    shelf.memo.keep_only(&still);
}

/// The amendments that each commit added to contracts, by commit and group.
fn amendments(
    commits: &[Commit],
    groups: &[Group],
    process: &mut CatFile,
) -> Result<BTreeMap<(usize, usize), Vec<contract::Amendment>>, Error> {
    let mut found = BTreeMap::new();
    for (at, commit) in commits.iter().enumerate() {
        for (group, of) in groups.iter().enumerate() {
            let Some(path) = &of.contract else {
                continue;
            };
            for change in commit.changes.iter().filter(|change| change.path == *path) {
                let mut side = |id: &Option<ObjectId>| -> Result<Vec<contract::Amendment>, Error> {
                    let Some(id) = id else {
                        return Ok(Vec::new());
                    };
                    let content = process.read(&[id])?.pop();
                    let Some(Content::Bytes(bytes)) = content else {
                        return Ok(Vec::new());
                    };
                    // A contract that cannot be read says nothing.
                    let contract = contract::parse(&String::from_utf8_lossy(&bytes), path);
                    Ok(contract.map_or_else(|_| Vec::new(), |contract| contract.amendments))
                };
                let (old, mut new) = (side(&change.old)?, side(&change.new)?);
                new.retain(|amendment| !old.contains(amendment));
                if !new.is_empty() {
                    found.insert((at, group), new);
                }
            }
        }
    }
    Ok(found)
}

fn entries(
    commits: &[Commit],
    done: Vec<Done>,
    mut amended: BTreeMap<(usize, usize), Vec<contract::Amendment>>,
    asked: &Asked<'_>,
) -> Vec<Entry> {
    let mut by_place: BTreeMap<(usize, usize), Done> = done
        .into_iter()
        .map(|done| ((done.commit, done.group), done))
        .collect();
    let start = asked.since.as_ref().map(|_| Version::FIRST);
    let mut versions: Vec<Option<Version>> = vec![start; asked.groups.len()];
    let places: BTreeSet<(usize, usize)> = by_place.keys().chain(amended.keys()).copied().collect();
    let mut entries: Vec<(usize, Entry)> = Vec::new();
    for place in places {
        let (at, group) = place;
        let done = by_place.remove(&place);
        let (first, findings, unreadable) = done.map_or_else(Default::default, |done| {
            (done.first, done.findings, done.unreadable)
        });
        let kind = if first {
            Kind::First
        } else {
            Kind::of(&findings)
        };
        let before = versions[group];
        let version = kind.next(before);
        if kind != Kind::Other {
            versions[group] = Some(version);
        }
        let change = Change {
            group,
            kind,
            before,
            version,
            findings,
            amendments: amended.remove(&place).unwrap_or_default(),
            unreadable,
        };
        match entries.last_mut() {
            Some((last, entry)) if *last == at => entry.changes.push(change),
            _ => {
                let commit = &commits[at];
                let entry = Entry {
                    id: commit.id.clone(),
                    time: commit.time,
                    subject: commit.subject.clone(),
                    changes: vec![change],
                };
                entries.push((at, entry));
            }
        }
    }
    entries.into_iter().map(|(_, entry)| entry).collect()
}
