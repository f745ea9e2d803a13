//! How loud findings are in the end: the level that follows from the verdict, no louder than the rule's own, unless
//! the configuration says otherwise. Verdicts are not touched, and nothing is accepted here.

use crate::config::{Config, Setting};
use crate::finding::{Finding, Level};

/// Sets the level of every finding and drops those whose rule is off. Called once, after `compare` has lowered what
/// hurts nobody in the audience.
pub fn apply_levels(findings: &mut Vec<Finding>, config: &Config) {
    findings.retain_mut(|finding| {
        let at_most = super::find(finding.rule).map_or(Level::Error, |rule| rule.at_most);
        let setting = config.level(finding.interface.as_deref(), finding.rule);
        match decide(finding, at_most, setting) {
            Some(level) => {
                finding.level = level;
                true
            }
            None => false,
        }
    });
}

/// The level of one finding; none if it is dropped.
fn decide(finding: &Finding, at_most: Level, setting: Option<Setting>) -> Option<Level> {
    // A break that was made a note before we saw it hurts nobody in the audience: a louder rule does not change that.
    let outside_audience = finding.level == Level::Note && finding.certainty().is_some();
    match setting {
        Some(Setting::Off) => None,
        Some(Setting::Level(_)) if outside_audience => Some(Level::Note),
        Some(Setting::Level(level)) => Some(level),
        None => Some(finding.level.min(at_most)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Certainty, Role};

    fn finding(certainty: Option<Certainty>) -> Finding {
        let finding = Finding::new("effect-overwritten", "m.C.f", "x", "gone");
        match certainty {
            Some(certainty) => finding.hurts(Role::Callers, certainty),
            None => finding,
        }
    }

    #[test]
    fn a_verdict_is_as_loud_as_it_is_sure_but_no_louder_than_its_rule() {
        let level = |certainty, at_most| decide(&finding(certainty), at_most, None);
        assert_eq!(
            level(Some(Certainty::Definite), Level::Error),
            Some(Level::Error)
        );
        assert_eq!(
            level(Some(Certainty::Definite), Level::Warning),
            Some(Level::Warning)
        );
        assert_eq!(
            level(Some(Certainty::Possible), Level::Error),
            Some(Level::Warning)
        );
        assert_eq!(level(None, Level::Error), Some(Level::Note));
    }

    #[test]
    fn the_configuration_has_the_last_word_save_outside_the_audience() {
        let error = Some(Setting::Level(Level::Error));
        let possible = finding(Some(Certainty::Possible));
        assert_eq!(decide(&possible, Level::Warning, error), Some(Level::Error));
        assert_eq!(
            decide(&finding(None), Level::Error, error),
            Some(Level::Error)
        );
        assert_eq!(decide(&possible, Level::Error, Some(Setting::Off)), None);
        let mut nobody = possible;
        nobody.level = Level::Note;
        assert_eq!(decide(&nobody, Level::Error, error), Some(Level::Note));
        assert_eq!(decide(&nobody, Level::Error, Some(Setting::Off)), None);
    }

    #[test]
    fn an_interface_has_its_own_levels() {
        let text = "[interfaces.a]\nmembers = [\"m.A\"]\nrules = { effect-overwritten = \"off\" }\n[rules]\neffect-overwritten = \"note\"\n";
        let config = crate::config::parse(text, "cogate.toml", std::path::Path::new("."))
            .unwrap()
            .unwrap();
        let mut findings = Vec::new();
        for interface in [Some("a"), Some("b"), None] {
            let mut finding = finding(Some(Certainty::Definite));
            finding.interface = interface.map(str::to_owned);
            findings.push(finding);
        }
        apply_levels(&mut findings, &config);
        let levels: Vec<_> = findings
            .iter()
            .map(|finding| (finding.interface.as_deref(), finding.level))
            .collect();
        assert_eq!(levels, [(Some("b"), Level::Note), (None, Level::Note)]);
    }
}
