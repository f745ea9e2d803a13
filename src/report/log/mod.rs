//! Histories as text: one file per format. Nothing is decided here; what a commit meant was decided when it was
//! compared.

mod html;
mod json;
mod markdown;
mod text;

use super::{Format, Look};
use crate::history::{Change, Entry, History};

/// A history to be told.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The history.
    pub history: &'a History,
    /// Tell accepted breaks only.
    pub amendments_only: bool,
    /// Tell what could not be read, too.
    pub verbose: bool,
    /// Tell breaks only.
    pub quiet: bool,
}

impl<'a> Told<'a> {
    /// Entries with what is to be told of them, newest first.
    fn entries(&self) -> Vec<(&'a Entry, Vec<&'a Change>)> {
        let entries = self.history.entries.iter().rev();
        entries
            .map(|entry| {
                let changes = entry.changes.iter();
                (entry, changes.filter(|change| self.tells(change)).collect())
            })
            .filter(|(_, changes): &(_, Vec<_>)| !changes.is_empty())
            .collect()
    }

    fn tells(&self, change: &Change) -> bool {
        use crate::history::Kind;
        if self.amendments_only {
            return !change.amendments.is_empty();
        }
        match change.kind {
            Kind::Break => true,
            Kind::First | Kind::Growth => !self.quiet,
            Kind::Other => !change.amendments.is_empty() || self.verbose,
        }
    }
}

/// The history as text, with a line end at its end unless it is empty.
pub fn render_log(told: &Told<'_>, format: Format, look: Look) -> String {
    match format {
        Format::Json => json::render(told),
        Format::Markdown => markdown::render(told),
        Format::Html => html::render(told),
        Format::Concise => text::concise(told),
        _ => text::full(told, look),
    }
}

/// `2012-08-24` of seconds since 1970, in UTC: the same everywhere.
fn date(time: i64) -> String {
    let days = time.div_euclid(86_400);
    // Howard Hinnant's days-to-civil, over eras of 400 years.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The first digits of a commit's name.
fn short(entry: &Entry) -> &str {
    &entry.id.as_str()[..12]
}

/// `3.0 -> 4.0`, or what else there is to say of versions.
fn versions(change: &Change) -> String {
    match change.before {
        None => format!("{}", change.version),
        Some(before) if before == change.version => before.to_string(),
        Some(before) => format!("{before} → {}", change.version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_calendars_do() {
        for (time, expected) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_704_067_199, "2023-12-31"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(date(time), expected);
        }
    }
}
