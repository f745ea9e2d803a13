//! Carries the comments of the file that is there over to the one that replaces it. A comment stays beside what it
//! speaks of as long as that exists, also when its line changes; when it is gone, the comment moves to what follows.

use std::collections::{BTreeMap, VecDeque};

use toml_edit::DocumentMut;

use crate::toml_text::{Error, Text};

use super::sheet::{Content, Element, Entry, List, Notes, Section, Sheet};
use super::{comments, member};

/// Two lines that are less alike than this do not speak of the same thing.
const ALIKE: f32 = 0.6;

/// Lines longer than this are not compared.
const LONG: usize = 4000;

/// The text of a sheet with the comments of `existing`; a file that is not there yet begins with `header`.
pub(super) fn onto(
    existing: Option<&str>,
    mut sheet: Sheet,
    header: &str,
    path: &str,
) -> Result<String, Error> {
    match existing {
        None => {
            if let Some(first) = sheet
                .sections
                .first_mut()
                .and_then(|root| root.entries.first_mut())
            {
                first.notes.before.push(header.to_owned());
            }
        }
        Some(text) => {
            // `toml` and `toml_edit` fail alike; the first makes the better sentence.
            if let Err(error) = toml::de::DeTable::parse(text) {
                return Err(Text::new(path, text).toml_error(&error));
            }
            let document: DocumentMut = text.parse().map_err(|_| {
                Error::new(path, "the contract there is no TOML", "correct it by hand")
            })?;
            carry(comments::find(&document), &mut sheet);
        }
    }
    Ok(sheet.render())
}

fn carry(old: Sheet, new: &mut Sheet) {
    let mut homeless: Vec<String> = Vec::new();
    let mut used = vec![false; new.sections.len()];
    for section in old.sections {
        let home = home(&section, &new.sections, &used);
        match home {
            Some(at) => {
                used[at] = true;
                let target = &mut new.sections[at];
                settle(&mut target.notes, section.notes, &mut homeless);
                entries(section.entries, &mut target.entries, &mut homeless);
            }
            None => {
                homeless.extend(lines_of(section.notes));
                for entry in section.entries {
                    homeless.extend(lines_of_entry(entry));
                }
            }
        }
    }
    new.tail.append(&mut homeless);
    new.tail.extend(old.tail);
    tidy(&mut new.tail);
}

/// The section of the new sheet that continues an old one. Amendments are told apart by what they say.
fn home(old: &Section, new: &[Section], used: &[bool]) -> Option<usize> {
    let says = |section: &Section| -> Vec<String> {
        let contents = section.entries.iter().map(|entry| &entry.content);
        contents
            .flat_map(|content| match content {
                Content::Text(text) => vec![text.clone()],
                Content::List(list) => list.elements.iter().map(|e| e.text.clone()).collect(),
                Content::Number(_) => Vec::new(),
            })
            .collect()
    };
    let mut free = new
        .iter()
        .enumerate()
        .filter(|(at, section)| !used[*at] && section.path == old.path);
    if old.repeated {
        let old = says(old);
        free.find(|(_, section)| says(section) == old)
    } else {
        free.next()
    }
    .map(|(at, _)| at)
}

/// Puts comments where they belong, after those that wait for a place.
fn settle(target: &mut Notes, notes: Notes, homeless: &mut Vec<String>) {
    target.before.append(homeless);
    target.before.extend(notes.before);
    tidy(&mut target.before);
    match (notes.after, &target.after) {
        (Some(after), None) => target.after = Some(after),
        (Some(after), Some(_)) => target.before.push(after.trim().to_owned()),
        (None, _) => {}
    }
}

fn entries(old: Vec<Entry>, new: &mut [Entry], homeless: &mut Vec<String>) {
    for entry in old {
        let Some(target) = new.iter_mut().find(|target| target.key == entry.key) else {
            homeless.extend(lines_of_entry(entry));
            continue;
        };
        settle(&mut target.notes, entry.notes, homeless);
        if let (Content::List(old), Content::List(new)) = (entry.content, &mut target.content) {
            list(old, new, entry.key == "provides");
        }
    }
}

/// Comments inside a list stay inside of it. `members`: its lines have the names of members.
fn list(old: List, new: &mut List, members: bool) {
    let homes = homes(&old.elements, &new.elements, members);
    let mut homeless = Vec::new();
    for (element, home) in old.elements.into_iter().zip(homes) {
        match home {
            Some(at) => settle(&mut new.elements[at].notes, element.notes, &mut homeless),
            None => homeless.extend(lines_of(element.notes)),
        }
    }
    new.open = old.open;
    new.end = homeless;
    new.end.extend(old.end);
    tidy(&mut new.end);
    while new.end.last().is_some_and(String::is_empty) {
        new.end.pop();
    }
}

/// For each old element the new one that continues it: the same text, else the same member, else the most alike.
fn homes(old: &[Element], new: &[Element], members: bool) -> Vec<Option<usize>> {
    let mut used = vec![false; new.len()];
    let mut homes = vec![None; old.len()];
    let mut places: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (at, element) in new.iter().enumerate() {
        places.entry(&element.text).or_default().push_back(at);
    }
    for (home, element) in homes.iter_mut().zip(old) {
        if let Some(at) = places
            .get_mut(element.text.as_str())
            .and_then(VecDeque::pop_front)
        {
            used[at] = true;
            *home = Some(at);
        }
    }
    for by_name in [true, false] {
        for (home, element) in homes.iter_mut().zip(old) {
            // Only a comment needs a home, and looking for one is not free.
            if home.is_some() || element.notes == Notes::default() || (by_name && !members) {
                continue;
            }
            let name = member::name_of(&element.text);
            let candidates = (0..new.len()).filter(|&at| !used[at]).filter(|&at| {
                !by_name || (!name.is_empty() && member::name_of(&new[at].text) == name)
            });
            let best = candidates
                .map(|at| (at, likeness(&element.text, &new[at].text)))
                .filter(|(_, likeness)| by_name || *likeness >= ALIKE)
                // The first of equals.
                .reduce(|best, next| if next.1 > best.1 { next } else { best });
            if let Some((at, _)) = best {
                used[at] = true;
                *home = Some(at);
            }
        }
    }
    homes
}

fn likeness(old: &str, new: &str) -> f32 {
    // The time that this takes grows with the product of the lengths; no honest line is as long.
    if old.len().max(new.len()) > LONG {
        return 0.0;
    }
    similar::TextDiff::from_chars(old, new).ratio()
}

/// The comments of something that is gone, as lines.
fn lines_of(notes: Notes) -> Vec<String> {
    let mut lines = notes.before;
    lines.extend(notes.after.map(|after| after.trim().to_owned()));
    lines
}

fn lines_of_entry(entry: Entry) -> Vec<String> {
    let mut lines = lines_of(entry.notes);
    if let Content::List(list) = entry.content {
        lines.extend(list.open.map(|open| open.trim().to_owned()));
        for element in list.elements {
            lines.extend(lines_of(element.notes));
        }
        lines.extend(list.end);
    }
    lines
}

/// Single blank lines, and none at the start.
fn tidy(lines: &mut Vec<String>) {
    let mut last_blank = true;
    lines.retain(|line| {
        let keep = !(line.is_empty() && last_blank);
        last_blank = line.is_empty();
        keep
    });
}
