//! Features of a crate, as its manifest offers them: names that a consumer's manifest asks for.

use super::Pair;
use super::report::{Sides, nowhere};
use crate::finding::{Certainty, Finding, Role};

impl Pair<'_> {
    /// Features that are gone, turn on less, or are new. Whoever asks for parts of a crate hears of those only.
    pub(super) fn features(&mut self) {
        if self.options.named {
            return;
        }
        let (old, new) = (self.old, self.new);
        for (krate, features) in &old.features {
            // A crate that is gone takes its features with it, and that is said.
            let Some(now) = new.features.get(krate).filter(|_| !new.is_untrusted(krate)) else {
                continue;
            };
            for (name, on) in features.iter().filter(|(name, _)| is_promised(name)) {
                let Some(on_now) = now.get(name) else {
                    // Without a list of defaults nothing is on.
                    if name != "default" {
                        self.feature_removed(krate, name);
                    } else if !on.is_empty() {
                        let gone: Vec<&str> = on.iter().map(String::as_str).collect();
                        self.feature_shrunk(krate, name, &gone);
                    }
                    continue;
                };
                // What is gone itself is told of by its own name.
                let left = on
                    .difference(on_now)
                    .filter(|other| now.contains_key(*other));
                let gone: Vec<&str> = left.map(String::as_str).collect();
                if !gone.is_empty() {
                    self.feature_shrunk(krate, name, &gone);
                }
            }
            for name in now
                .keys()
                .filter(|name| is_promised(name) && *name != "default")
            {
                if !features.contains_key(name) {
                    let message = format!("crate `{krate}` has a new feature, `{name}`");
                    let finding = Finding::new("item-added", krate.clone(), name.clone(), message);
                    let sides = Sides::added(self, format!("feature {name}"), &nowhere());
                    self.push(finding, sides);
                }
            }
        }
    }

    fn feature_removed(&mut self, krate: &str, name: &str) {
        let message = format!("crate `{krate}` has no feature `{name}` any more");
        let mut finding = Finding::new("feature-removed", krate, name, message)
            .hurts(Role::Callers, Certainty::Definite);
        finding.help = "keep the feature, empty if need be".to_owned();
        let sides = Sides::removed(
            self,
            &format!("{krate}::{name}"),
            format!("feature {name}"),
            &nowhere(),
        );
        self.push(finding, sides);
    }

    fn feature_shrunk(&mut self, krate: &str, name: &str, gone: &[&str]) {
        let message = format!(
            "feature `{name}` of crate `{krate}` no longer turns on `{}`",
            gone.join("`, `")
        );
        let mut finding = Finding::new("feature-shrunk", krate, name, message)
            .hurts(Role::Callers, Certainty::Possible);
        finding.help = "let it turn on what it did".to_owned();
        let sides = Sides::removed(
            self,
            &format!("{krate}::{name}"),
            format!("feature {name}"),
            &nowhere(),
        );
        self.push(finding, sides);
    }
}

/// By custom a feature whose name starts with `_` is for the crate itself.
fn is_promised(name: &str) -> bool {
    !name.starts_with('_')
}
