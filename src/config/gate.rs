//! Two configurations of one project against each other: what a branch may only add to, and what it took away from
//! the gate that its base had. It reads nothing; whether a loosened gate is accepted is decided where contracts are.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Level, Role};

use super::{Config, FailOn, Interface, RuleSetting, Setting};

/// One thing that the base checked and the branch would not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loosened {
    /// The interface that it belongs to; none if it concerns all.
    pub interface: Option<String>,
    /// The key, such as `interfaces.driver.members`.
    pub key: String,
    /// What of it.
    pub item: String,
    /// One sentence for a person.
    pub message: String,
    /// The line of the branch's file to look at; 1 if there is none left.
    pub line: u32,
}

/// What is in force for a branch: everything that its base has, and what the branch adds to it.
pub fn merged(base: &Config, head: &Config) -> Config {
    let mut config = base.clone();
    config.root_dir.clone_from(&head.root_dir);
    config.file.clone_from(&head.file);
    // Sources move, and then the base's roots are not there any more; that a root was left is a finding.
    config.source.root.clone_from(&head.source.root);
    config.policy.contracts.clone_from(&head.policy.contracts);
    config
        .source
        .exclude
        .retain(|pattern| head.source.exclude.contains(pattern));
    config.source.default_excludes &= head.source.default_excludes;
    add_all(&mut config.source.features, &head.source.features);
    if head.policy.fail_on == FailOn::Any {
        config.policy.fail_on = FailOn::Any;
    }
    louder(&mut config.rules, &head.rules);
    for (name, new) in &head.interfaces {
        let Some(known) = config.interfaces.get_mut(name) else {
            config.interfaces.insert(name.clone(), new.clone());
            continue;
        };
        add_all(&mut known.members, &new.members);
        add_all(&mut known.receivers, &new.receivers);
        known.audience = match (&known.audience, &new.audience) {
            (Some(old), Some(new)) => Some(old.union(new).copied().collect()),
            _ => None,
        };
        known.line = new.line;
        // A rule that is as loud for all must not become quieter for one.
        let mut rules = new.rules.clone();
        louder(&mut rules, &known.rules);
        rules.retain(|rule, setting| {
            rank(Some(setting.setting)) >= rank(base.level(Some(name), rule))
        });
        for (rule, setting) in &known.rules {
            rules.entry(rule.clone()).or_insert(*setting);
        }
        known.rules = rules;
    }
    for (name, consumer) in &head.consumers {
        config.consumers.insert(name.clone(), consumer.clone());
    }
    for (name, path) in &head.arguments {
        config
            .arguments
            .entry(name.clone())
            .or_insert_with(|| path.clone());
    }
    config
}

/// Everything that the branch's configuration checks less than its base's, sorted.
pub fn loosened(base: &Config, head: &Config) -> Vec<Loosened> {
    let mut found = Vec::new();
    let mut say = |interface: Option<&str>, key: &str, item: &str, line: u32, message: String| {
        found.push(Loosened {
            interface: interface.map(str::to_owned),
            key: key.to_owned(),
            item: item.to_owned(),
            message,
            line: line.max(1),
        });
    };
    for (name, old) in &base.interfaces {
        let key = format!("interfaces.{name}");
        let Some(new) = head.interfaces.get(name) else {
            let message = format!("the interface `{name}` is no longer configured");
            say(Some(name), &key, "", 1, message);
            continue;
        };
        for (list, what, old, new) in [
            ("members", "a member", &old.members, &new.members),
            ("receivers", "a receiver", &old.receivers, &new.receivers),
        ] {
            for gone in old.iter().filter(|item| !new.contains(item)) {
                let message = format!("`{gone}` is no longer {what} of the interface `{name}`");
                let line = head.interfaces[name].line;
                say(Some(name), &format!("{key}.{list}"), gone, line, message);
            }
        }
        let (before, after) = (audience(old), audience(new));
        for role in before.difference(&after) {
            let message = format!("{role} are no longer an audience of the interface `{name}`");
            let key = format!("{key}.audience");
            say(Some(name), &key, role.word(), new.line, message);
        }
    }
    for (interface, rule, line) in quieter(base, head) {
        let of = interface
            .as_ref()
            .map_or_else(String::new, |name| format!(" for the interface `{name}`"));
        let key = interface.as_ref().map_or_else(
            || "rules".to_owned(),
            |name| format!("interfaces.{name}.rules"),
        );
        let message = format!("the rule `{rule}` was turned down{of}");
        say(interface.as_deref(), &key, &rule, line, message);
    }
    for name in base.consumers.keys() {
        if !head.consumers.contains_key(name) {
            let message = format!("the consumer `{name}` is no longer configured");
            say(None, "consumers", name, 1, message);
        }
    }
    for name in base.arguments.keys() {
        if head.arguments.get(name) != base.arguments.get(name) {
            let message = format!("the argument `{name}` stands for something else");
            say(None, "arguments", name, 1, message);
        }
    }
    for pattern in &head.source.exclude {
        if !base.source.exclude.contains(pattern) {
            let message = format!("`{pattern}` is now left out of the source");
            say(None, "source.exclude", pattern, 1, message);
        }
    }
    if head.source.default_excludes && !base.source.default_excludes {
        let message = "tests and vendored folders are now left out of the source".to_owned();
        say(None, "source.default-excludes", "", 1, message);
    }
    for root in &base.source.root {
        if !head.source.root.contains(root) {
            let message = format!("sources are no longer looked for in `{root}`");
            say(None, "source.root", root, 1, message);
        }
    }
    for feature in &base.source.features {
        if !head.source.features.contains(feature) {
            let message = format!("the feature `{feature}` is no longer on");
            say(None, "source.features", feature, 1, message);
        }
    }
    if base.policy.fail_on == FailOn::Any && head.policy.fail_on == FailOn::Consumers {
        let message = "only breaks of recorded consumers would fail a run".to_owned();
        say(None, "policy.fail-on", "consumers", 1, message);
    }
    found.sort();
    found
}

fn audience(interface: &Interface) -> BTreeSet<Role> {
    interface
        .audience
        .clone()
        .unwrap_or_else(|| BTreeSet::from([Role::Callers, Role::Implementers]))
}

/// How loud a setting is; what is not set is as loud as the rule can be by itself.
fn rank(setting: Option<Setting>) -> u8 {
    match setting {
        Some(Setting::Off) => 0,
        Some(Setting::Level(Level::Note)) => 1,
        Some(Setting::Level(Level::Warning)) => 2,
        Some(Setting::Level(Level::Error)) => 4,
        None => 3,
    }
}

/// Rules that are turned down, with the line: for all interfaces, or for one that has a setting of its own.
fn quieter(base: &Config, head: &Config) -> Vec<(Option<String>, String, u32)> {
    let mut found = Vec::new();
    let mut names: Vec<Option<&str>> = vec![None];
    names.extend(base.interfaces.keys().map(|name| Some(name.as_str())));
    for name in names {
        let own = |config: &'_ Config| -> BTreeMap<String, RuleSetting> {
            match name {
                None => config.rules.clone(),
                Some(name) => config
                    .interfaces
                    .get(name)
                    .map(|interface| interface.rules.clone())
                    .unwrap_or_default(),
            }
        };
        let (old, new) = (own(base), own(head));
        let rules: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for rule in rules {
            if old.get(rule).map(|rule| rule.setting) == new.get(rule).map(|rule| rule.setting) {
                continue;
            }
            let level = |config: &Config| rank(config.level(name, rule));
            if level(head) < level(base) {
                let line = new.get(rule).map_or(1, |setting| setting.line);
                found.push((name.map(str::to_owned), rule.clone(), line));
            }
        }
    }
    found
}

/// Takes over what is louder.
fn louder(rules: &mut BTreeMap<String, RuleSetting>, others: &BTreeMap<String, RuleSetting>) {
    for (rule, other) in others {
        let before = rules.get(rule).map(|rule| rule.setting);
        if rank(Some(other.setting)) > rank(before) {
            rules.insert(rule.clone(), *other);
        }
    }
}

fn add_all(list: &mut Vec<String>, more: &[String]) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const BASE: &str = r#"
[source]
exclude = ["legacy"]
[interfaces.driver]
members = ["m.A", "m.B"]
receivers = ["self.driver"]
rules = { parameter-removed = "error" }
[interfaces.other]
members = ["m.C"]
[consumers.ironic]
path = "../ironic"
[rules]
base-lost = "warning"
"#;

    fn read(text: &str) -> Config {
        crate::config::parse(text, "cogate.toml", Path::new("."))
            .unwrap()
            .unwrap()
    }

    fn told(from: &str, to: &str) -> Vec<String> {
        let changed = BASE.replacen(from, to, 1);
        assert_ne!(changed, BASE, "{from}");
        let (base, head) = (read(BASE), read(&changed));
        loosened(&base, &head)
            .into_iter()
            .map(|found| {
                format!("{} {}", found.key, found.item)
                    .trim_end()
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn what_a_branch_takes_away_is_said() {
        for (from, to, expected) in [
            (", \"m.B\"", "", "interfaces.driver.members m.B"),
            (
                "receivers = [\"self.driver\"]\n",
                "",
                "interfaces.driver.receivers self.driver",
            ),
            (
                "[interfaces.other]\nmembers = [\"m.C\"]\n",
                "",
                "interfaces.other",
            ),
            (
                "[\"m.C\"]",
                "[\"m.C\"]\naudience = [\"callers\"]",
                "interfaces.other.audience implementers",
            ),
            (
                "removed = \"error\"",
                "removed = \"off\"",
                "interfaces.driver.rules parameter-removed",
            ),
            (
                "base-lost = \"warning\"",
                "base-lost = \"note\"",
                "rules base-lost",
            ),
            (
                "base-lost = \"warning\"",
                "base-lost = \"warning\"\nmember-removed = \"off\"",
                "rules member-removed",
            ),
            (
                "[consumers.ironic]\npath = \"../ironic\"\n",
                "",
                "consumers ironic",
            ),
            ("[\"legacy\"]", "[\"legacy\", \"m\"]", "source.exclude m"),
            (
                "[rules]",
                "[policy]\nfail-on = \"consumers\"\n[rules]",
                "policy.fail-on consumers",
            ),
        ] {
            assert_eq!(told(from, to), [expected], "{to}");
        }
    }

    #[test]
    fn what_a_branch_adds_is_in_force_and_not_loosened() {
        for (from, to) in [
            ("\"m.B\"]", "\"m.B\", \"m.D\"]"),
            ("[rules]", "[interfaces.new]\nmembers = [\"m.N\"]\n[rules]"),
            ("base-lost = \"warning\"", "base-lost = \"error\""),
            ("exclude = [\"legacy\"]", ""),
        ] {
            assert!(told(from, to).is_empty(), "{to}");
            let head = read(&BASE.replacen(from, to, 1));
            let merged = merged(&read(BASE), &head);
            assert!(loosened(&head, &merged).is_empty(), "{to}");
        }
    }

    #[test]
    fn what_is_taken_away_stays_in_force() {
        let base = read(BASE);
        for head in [
            "",
            "[interfaces.driver]\nmembers = ['m.Z']\naudience = ['callers']\nrules = { parameter-removed = 'off', base-lost = 'off' }\n[rules]\nbase-lost = 'off'\nmember-removed = 'off'\n[policy]\nfail-on = 'consumers'\n[source]\nexclude = ['m']\n",
        ] {
            let head = read(head);
            assert!(!loosened(&base, &head).is_empty());
            let left: Vec<_> = loosened(&base, &merged(&base, &head));
            assert!(left.is_empty(), "{left:?}");
        }
    }
}
