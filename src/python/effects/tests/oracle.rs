//! CPython runs programs with dicts that record what is done to them: what happened must be among what may happen, and
//! what must happen has happened wherever a program returned.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use super::facts;
use super::programs::Programs;
use crate::interface::{Fact, Verb};

#[derive(serde::Deserialize)]
struct Outcome {
    ok: bool,
    events: Vec<(String, String)>,
    held: BTreeMap<String, bool>,
}

struct Program {
    text: String,
    runs: Vec<Vec<bool>>,
}

fn python(programs: &[Program]) -> Vec<Vec<Outcome>> {
    let list: Vec<_> = programs
        .iter()
        .map(|program| serde_json::json!({"text": program.text, "runs": program.runs}))
        .collect();
    let mut child = Command::new("python3")
        .args(["-c", include_str!("record.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let given = serde_json::json!({ "programs": list }).to_string();
    let writer = std::thread::spawn(move || stdin.write_all(given.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether a fact's path covers what happened at another: the same, with `[*]` for any key, or a longer one.
fn covers(fact: &str, event: &str, longer: bool) -> bool {
    let (mut fact, mut event) = (parts(fact).into_iter(), parts(event).into_iter());
    loop {
        match (fact.next(), event.next()) {
            (Some(a), Some(b)) if a == b || a == "*]" || (a == "k]" && b.starts_with('\'')) => {}
            (None, None) => return true,
            (Some(_), None) => return longer,
            _ => return false,
        }
    }
}

fn parts(path: &str) -> Vec<&str> {
    path.split('[').collect()
}

/// What is wrong with the facts of a program, as sentences.
fn wrong(facts: &[Fact], outcomes: &[Outcome]) -> Vec<String> {
    let mut wrong = Vec::new();
    for outcome in outcomes {
        for (verb, path) in &outcome.events {
            let told = facts.iter().any(|fact| match verb.as_str() {
                "reads" => fact.verb == Verb::Reads && covers(&fact.path, path, true),
                "writes" => {
                    matches!(fact.verb, Verb::Writes | Verb::Overwrites)
                        && covers(&fact.path, path, false)
                }
                _ => fact.verb == Verb::Deletes && covers(&fact.path, path, false),
            });
            // Beyond the limit of paths nothing is said.
            if !told && parts(path).len() <= 4 {
                wrong.push(format!("{verb} {path} happened"));
            }
        }
        if !outcome.ok {
            continue;
        }
        for fact in facts
            .iter()
            .filter(|fact| !fact.may && !fact.path.contains("*]") && !fact.path.contains("[k]"))
        {
            let verb = match fact.verb {
                Verb::Reads => "reads",
                Verb::Writes => "writes",
                Verb::Deletes => "deletes",
                Verb::Overwrites => {
                    if outcome.held.get(&fact.path) == Some(&true) {
                        wrong.push(format!("{fact}, but what was supplied is there"));
                    }
                    continue;
                }
                _ => continue,
            };
            let event = (verb.to_owned(), fact.path.clone());
            if !outcome.events.contains(&event) {
                wrong.push(format!("{fact} did not happen"));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

#[test]
fn what_happens_may_happen_and_what_must_happen_does() {
    let count: u64 = std::env::var("COGATE_PROGRAMS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(400);
    let first: u64 = std::env::var("COGATE_FIRST")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let programs: Vec<Program> = (first..first + count)
        .map(|seed| {
            let mut maker = Programs::new(seed);
            let text = maker.program();
            let runs = (0..24).map(|_| maker.bits(12)).collect();
            Program { text, runs }
        })
        .collect();
    let outcomes = python(&programs);
    let mut failures = Vec::new();
    let (mut returned, mut musts) = (0, 0);
    for ((seed, program), outcomes) in (first..).zip(&programs).zip(&outcomes) {
        let began = std::time::Instant::now();
        let facts = facts(&program.text, "m.f");
        if began.elapsed().as_millis() > 300 {
            println!("slow: seed {seed} {:?}", began.elapsed());
        }
        if facts.is_empty() {
            continue;
        }
        musts += facts
            .iter()
            .filter(|fact| !fact.may && fact.verb != Verb::Unknown)
            .count();
        returned += outcomes.iter().filter(|outcome| outcome.ok).count();
        let wrong = wrong(&facts, outcomes);
        if !wrong.is_empty() {
            failures.push((program.text.lines().count(), seed, wrong, facts));
        }
    }
    assert!(
        returned > programs.len(),
        "too few programs return to prove anything"
    );
    assert!(
        musts > programs.len() / 2,
        "too few facts are sure to prove anything"
    );
    failures.sort_by_key(|failure| failure.0);
    let show: usize = std::env::var("COGATE_SHOW")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    if show > 0 {
        for (_, seed, wrong, facts) in failures.iter().take(show) {
            println!(
                "== seed {seed}\n{}{:#?}\n{:?}",
                Programs::new(*seed).program(),
                wrong,
                facts.iter().map(ToString::to_string).collect::<Vec<_>>()
            );
        }
    }
    if let Some((_, seed, wrong, facts)) = failures.first() {
        let text = Programs::new(*seed).program();
        let facts: Vec<String> = facts.iter().map(ToString::to_string).collect();
        panic!(
            "{} of {count} programs; seed {seed}:\n{text}\nfacts: {facts:#?}\nwrong: {wrong:#?}",
            failures.len()
        );
    }
}
