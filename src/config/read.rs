//! Reads the text of a configuration and checks everything that needs no disk. What is wrong is told with its line,
//! and with the nearest thing that would be right.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use crate::finding::Role;
use crate::toml_text::{Error, Text, nearest, suggestion, ticked};

use super::paths::{check_inside, check_item};
use super::{Config, ConsumerSource, FailOn, Interface, Policy, RuleSetting, Setting, Source};

type Placed = Spanned<String>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    #[serde(default)]
    source: RawSource,
    #[serde(default)]
    interfaces: BTreeMap<Placed, RawInterface>,
    #[serde(default)]
    consumers: BTreeMap<Placed, RawConsumer>,
    #[serde(default)]
    arguments: BTreeMap<Placed, Placed>,
    #[serde(default)]
    rules: BTreeMap<Placed, Placed>,
    #[serde(default)]
    policy: RawPolicy,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSource {
    root: Option<Spanned<toml::Value>>,
    #[serde(default)]
    exclude: Vec<Placed>,
    default_excludes: Option<bool>,
    python: Option<Placed>,
    #[serde(default)]
    features: Vec<Placed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInterface {
    members: Option<Vec<Placed>>,
    #[serde(default)]
    receivers: Vec<Placed>,
    audience: Option<Vec<Placed>>,
    #[serde(default)]
    rules: BTreeMap<Placed, Placed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConsumer {
    path: Placed,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawPolicy {
    fail_on: Option<Placed>,
    contracts: Option<Placed>,
}

/// The files of other tools keep our section below theirs.
#[derive(Deserialize)]
struct Pyproject {
    tool: Option<Section>,
}

#[derive(Deserialize)]
struct Manifest {
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    metadata: Option<Section>,
}

#[derive(Deserialize)]
struct Section {
    cogate: Option<RawConfig>,
}

/// Reads a configuration from its text. `file` is its name in `root_dir`; `pyproject.toml` and `Cargo.toml` are
/// looked into for their section, and there is none if they have none.
///
/// # Errors
/// If something in it is wrong; the disk is not asked.
pub fn parse(text: &str, file: &str, root_dir: &Path) -> Result<Option<Config>, Error> {
    let source = Text::new(file, text);
    let name = file.rsplit('/').next().unwrap_or(file);
    let shared = matches!(name, "pyproject.toml" | "Cargo.toml");
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        // Another tool's file that does not speak of us is that tool's business.
        Err(_) if shared && !text.contains("cogate") => return Ok(None),
        Err(error) => return Err(source.toml_error(&error)),
    };
    let root = Deserializer::from(root);
    let section = match name {
        "pyproject.toml" => {
            Pyproject::deserialize(root).map(|file| file.tool.and_then(|tool| tool.cogate))
        }
        "Cargo.toml" => Manifest::deserialize(root).map(|file| file.package?.metadata?.cogate),
        _ => RawConfig::deserialize(root).map(Some),
    };
    match section.map_err(|error| source.toml_error(&error))? {
        Some(raw) => check(&source, raw, file, root_dir).map(Some),
        None => Ok(None),
    }
}

fn check(source: &Text<'_>, raw: RawConfig, file: &str, root_dir: &Path) -> Result<Config, Error> {
    let mut config = Config {
        root_dir: root_dir.to_owned(),
        file: file.to_owned(),
        source: check_source(source, raw.source)?,
        rules: rules(source, raw.rules)?,
        policy: policy(source, raw.policy)?,
        ..Config::default()
    };
    let mut folded: BTreeMap<String, String> = BTreeMap::new();
    for (name, raw) in raw.interfaces {
        file_safe(source, &name, "an interface")?;
        if let Some(other) = folded.insert(name.get_ref().to_lowercase(), name.get_ref().clone()) {
            return Err(source.error(
                name.span(),
                format!(
                    "interfaces `{other}` and `{}` would share one file where case does not count",
                    name.get_ref()
                ),
                "rename one of them",
            ));
        }
        let read = interface(source, &name, raw)?;
        config.interfaces.insert(name.into_inner(), read);
    }
    for (name, raw) in raw.consumers {
        file_safe(source, &name, "a consumer")?;
        filled(source, &raw.path, "the path of a consumer")?;
        let read = ConsumerSource {
            line: source.position(raw.path.span().start).0,
            path: raw.path.into_inner(),
        };
        config.consumers.insert(name.into_inner(), read);
    }
    for (name, path) in raw.arguments {
        filled(source, &name, "the name of an argument")?;
        check_item(source, &path)?;
        config
            .arguments
            .insert(name.into_inner(), path.into_inner());
    }
    Ok(config)
}

fn check_source(source: &Text<'_>, raw: RawSource) -> Result<Source, Error> {
    let root = match raw.root {
        None => Vec::new(),
        Some(root) => roots(source, &root)?,
    };
    let exclude = raw
        .exclude
        .iter()
        .map(|path| check_inside(source, path))
        .collect::<Result<_, _>>()?;
    let python = match raw.python {
        None => None,
        Some(text) => Some(python(text.get_ref()).ok_or_else(|| {
            source.error(
                text.span(),
                format!("`{}` is no version of Python", text.get_ref()),
                "write it as \"3.12\"",
            )
        })?),
    };
    for feature in &raw.features {
        filled(source, feature, "a feature")?;
    }
    Ok(Source {
        root,
        exclude,
        default_excludes: raw.default_excludes.unwrap_or(true),
        python,
        features: texts(raw.features),
    })
}

/// One path or a list of them.
fn roots(source: &Text<'_>, raw: &Spanned<toml::Value>) -> Result<Vec<String>, Error> {
    let values = match raw.get_ref() {
        toml::Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let paths = values.iter().map(|value| match value {
        toml::Value::String(path) => check_inside(source, &Spanned::new(raw.span(), path.clone())),
        _ => Err(source.error(
            raw.span(),
            "`root` is a path or a list of paths",
            "write `root = \"src\"`",
        )),
    });
    paths.collect()
}

fn python(text: &str) -> Option<(u8, u8)> {
    let (major, minor) = text.split_once('.')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let version = (major.parse().ok()?, minor.parse().ok()?);
    (digits(major) && digits(minor) && matches!(version.0, 2 | 3)).then_some(version)
}

fn interface(source: &Text<'_>, name: &Placed, raw: RawInterface) -> Result<Interface, Error> {
    let members = raw.members.unwrap_or_default();
    if members.is_empty() {
        return Err(source.error(
            name.span(),
            format!("interface `{}` has no members", name.get_ref()),
            "write `members = [\"package.module.Class\"]`, or `[\"crate_name::module::Trait\"]`",
        ));
    }
    let mut seen = BTreeSet::new();
    for member in &members {
        check_item(source, member)?;
        if !seen.insert(member.get_ref()) {
            return Err(source.error(
                member.span(),
                format!("`{}` stands twice", member.get_ref()),
                "remove one of them",
            ));
        }
    }
    for receiver in &raw.receivers {
        filled(source, receiver, "a receiver")?;
    }
    let audience = match raw.audience {
        None => None,
        Some(roles) => Some(
            roles
                .iter()
                .map(|role| check_role(source, role))
                .collect::<Result<_, _>>()?,
        ),
    };
    Ok(Interface {
        members: texts(members),
        receivers: texts(raw.receivers),
        audience,
        rules: rules(source, raw.rules)?,
        line: source.position(name.span().start).0,
    })
}

fn check_role(source: &Text<'_>, word: &Placed) -> Result<Role, Error> {
    let found = Role::ALL
        .into_iter()
        .find(|role| role.word() == word.get_ref());
    found.ok_or_else(|| unknown_word(source, word, "role", &Role::ALL.map(Role::word)))
}

fn rules(
    source: &Text<'_>,
    raw: BTreeMap<Placed, Placed>,
) -> Result<BTreeMap<String, RuleSetting>, Error> {
    let mut rules = BTreeMap::new();
    for (rule, word) in raw {
        let setting = Setting::parse(word.get_ref())
            .ok_or_else(|| unknown_word(source, &word, "level", &Setting::WORDS))?;
        let line = source.position(rule.span().start).0;
        rules.insert(rule.into_inner(), RuleSetting { setting, line });
    }
    Ok(rules)
}

fn policy(source: &Text<'_>, raw: RawPolicy) -> Result<Policy, Error> {
    let mut policy = Policy::default();
    if let Some(word) = raw.fail_on {
        policy.fail_on = match word.get_ref().as_str() {
            "any" => FailOn::Any,
            "consumers" => FailOn::Consumers,
            _ => {
                return Err(unknown_word(
                    source,
                    &word,
                    "`fail-on`",
                    &["any", "consumers"],
                ));
            }
        };
    }
    if let Some(path) = raw.contracts {
        policy.contracts = check_inside(source, &path)?;
    }
    Ok(policy)
}

/// Names of interfaces and consumers are names of files, on every system and on a command line.
fn file_safe(source: &Text<'_>, name: &Placed, what: &str) -> Result<(), Error> {
    let text = name.get_ref();
    let safe = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if safe && !text.is_empty() && !text.starts_with('-') && text.len() <= 100 {
        return Ok(());
    }
    Err(source.error(
        name.span(),
        format!("`{text}` cannot name {what}, since a file is named after it"),
        "use letters, digits, `_` and `-`, not `-` first",
    ))
}

pub(super) fn filled(source: &Text<'_>, raw: &Placed, what: &str) -> Result<(), Error> {
    if raw.get_ref().trim().is_empty() {
        return Err(source.error(
            raw.span(),
            format!("{what} is empty"),
            "fill it in, or remove it",
        ));
    }
    Ok(())
}

fn unknown_word(source: &Text<'_>, word: &Placed, what: &str, known: &[&str]) -> Error {
    let next = match nearest(word.get_ref(), known) {
        Some(_) => suggestion(word.get_ref(), known),
        None => format!("write one of {}", ticked(known)),
    };
    source.error(
        word.span(),
        format!("`{}` is no {what}", word.get_ref()),
        next,
    )
}

fn texts(placed: Vec<Placed>) -> Vec<String> {
    placed.into_iter().map(Spanned::into_inner).collect()
}
