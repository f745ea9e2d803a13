//! Findings made by hand, for the tests of all formats. Not part of the program.

use std::sync::Arc;

use super::{InterfaceVerdict, Report, Summary, Texts};
use crate::finding::{Certainty, Evidence, Finding, Origin, Role, Side};
use crate::interface::Place;

pub(super) const DRIVER: &str = "\
\"\"\"A driver.\"\"\"


class ComputeDriver:
    def destroy(self, context, instance, network_info):
        pass

    def finish_migration(self, context, migration, instance,
                         power_on=True, share_info=None):
        pass
";

pub(super) const MANAGER: &str = "\
class ComputeManager:
    def finish(self, context, migration, instance):
        self.driver.finish_migration(context, migration, instance,
                                     share_info=self.share_info)
";

pub(super) const CONTRACT: &str = "\
cogate = 1
version = \"3.1\"

[class.\"nova.virt.driver.ComputeDriver\"]
is = \"class ComputeDriver\"
provides = [
  \"def destroy(self, context, instance, network_info, migrate_data=None)\",
  \"def finish_migration(self, context, migration, instance, power_on=True)\",
]
";

/// The texts that the samples speak of.
pub(super) struct Sources;

impl Texts for Sources {
    fn text(&self, origin: &Origin, path: &str) -> Option<Arc<str>> {
        let text = match (origin, path) {
            (Origin::Provider | Origin::Before, "nova/virt/driver.py") => DRIVER,
            (Origin::Provider, "nova/compute/manager.py") => MANAGER,
            (Origin::Contract, "contracts/driver.toml") => CONTRACT,
            (Origin::Provider, "evil.py") => "def \x1b]0;own\x07ed(\u{202e}a):\r\n    pass\n",
            _ => return None,
        };
        Some(Arc::from(text))
    }
}

fn place(path: &str, line: u32, column: u32, end_column: u32) -> Place {
    Place {
        path: path.into(),
        line,
        column,
        end_line: line,
        end_column,
    }
}

fn side(origin: Origin, place: Place, signature: &str) -> Side {
    Side {
        origin,
        place,
        signature: Some(signature.to_owned()),
        mark: None,
    }
}

/// A definite break of implementers, with a call site, a mark, a contract line and a consumer.
pub(super) fn parameter_passed() -> Finding {
    let mut finding = Finding::new(
        "parameter-passed",
        "nova.virt.driver.ComputeDriver.finish_migration",
        "share_info",
        "`ComputeDriver.finish_migration` is now called with `share_info`, which existing overrides reject",
    )
    .hurts(Role::Implementers, Certainty::Definite);
    finding.old = Some(side(
        Origin::Contract,
        place("contracts/driver.toml", 8, 3, 75),
        "def finish_migration(self, context, migration, instance, power_on=True)",
    ));
    let mut new = side(
        Origin::Provider,
        place("nova/virt/driver.py", 8, 5, 21),
        "def finish_migration(self, context, migration, instance, power_on=True, share_info=None)",
    );
    new.mark = Some(place("nova/virt/driver.py", 9, 41, 56));
    finding.new = Some(new);
    finding.evidence = vec![
        Evidence {
            origin: Origin::Provider,
            place: place("nova/compute/manager.py", 4, 38, 48),
            what: "passed here since this change".to_owned(),
        },
        Evidence {
            origin: Origin::Consumer("nova-bhyve".to_owned()),
            place: place("nova_bhyve/driver.py", 904, 9, 25),
            what: "overrides it without `share_info`".to_owned(),
        },
    ];
    finding.consumers = vec!["ironic".to_owned(), "nova-bhyve".to_owned()];
    finding.help = "leave `share_info` out when the override does not take it, or accept the break with a reason:\ncogate snapshot driver --accept \"...\"".to_owned();
    finding.interface = Some("driver".to_owned());
    finding
}

/// A possible break of callers without a mark: only the signatures tell.
pub(super) fn parameter_removed() -> Finding {
    let mut finding = Finding::new(
        "parameter-removed",
        "nova.virt.driver.ComputeDriver.destroy",
        "migrate_data",
        "`ComputeDriver.destroy` no longer takes `migrate_data`",
    )
    .hurts(Role::Callers, Certainty::Possible);
    finding.old = Some(side(
        Origin::Contract,
        place("contracts/driver.toml", 7, 3, 73),
        "def destroy(self, context, instance, network_info, migrate_data=None)",
    ));
    finding.new = Some(side(
        Origin::Provider,
        place("nova/virt/driver.py", 5, 5, 12),
        "def destroy(self, context, instance, network_info)",
    ));
    finding.interface = Some("driver".to_owned());
    finding
}

/// A member that is gone, in a comparison of two trees.
pub(super) fn member_removed() -> Finding {
    let mut finding = Finding::new(
        "member-removed",
        "nova.virt.driver.ComputeDriver.spawn",
        "",
        "`ComputeDriver.spawn` is gone",
    )
    .hurts(Role::Callers, Certainty::Definite)
    .hurts(Role::Implementers, Certainty::Possible);
    finding.old = Some(side(
        Origin::Before,
        place("nova/virt/driver.py", 5, 9, 16),
        "def spawn(self, context, instance)",
    ));
    finding.new = Some(Side {
        origin: Origin::Provider,
        place: place("nova/virt/driver.py", 4, 7, 20),
        signature: None,
        mark: None,
    });
    finding
}

/// The same removal, accepted.
pub(super) fn accepted() -> Finding {
    let mut finding = parameter_removed().hurts(Role::Callers, Certainty::Definite);
    finding.accepted = Some("no driver reads it".to_owned());
    finding
}

/// Growth.
pub(super) fn note() -> Finding {
    let mut finding = Finding::new(
        "member-added",
        "nova.virt.driver.ComputeDriver.destroy",
        "",
        "`ComputeDriver.destroy` is new",
    );
    finding.new = Some(side(
        Origin::Provider,
        place("nova/virt/driver.py", 5, 9, 16),
        "def destroy(self, context, instance, network_info)",
    ));
    finding.interface = Some("driver".to_owned());
    finding
}

/// Every text in it tries to reach the terminal.
pub(super) fn hostile() -> Finding {
    let evil = "\x1b[2J\x07\u{202e}\u{2066}\u{9b}31m\r\nx`|<b>";
    let mut finding =
        Finding::new("parameter-added", evil, evil, evil).hurts(Role::Callers, Certainty::Definite);
    let mut old = side(Origin::Contract, place(evil, 1, 1, 4), evil);
    old.mark = Some(place(evil, 1, 2, 3));
    finding.old = Some(old);
    finding.new = Some(side(
        Origin::Provider,
        place("evil.py", 1, 5, 9),
        &format!("{evil}{evil}"),
    ));
    finding.evidence = vec![
        Evidence {
            origin: Origin::Provider,
            place: place("evil.py", 1, 5, 9),
            what: evil.to_owned(),
        },
        Evidence {
            origin: Origin::Consumer(evil.to_owned()),
            place: place(evil, 1, 5, 9),
            what: evil.to_owned(),
        },
    ];
    finding.consumers = vec![evil.to_owned()];
    finding.help = evil.to_owned();
    finding.interface = Some(evil.to_owned());
    finding
}

/// An interface that breaks implementers.
pub(super) fn verdict(name: &str, members: &[&str]) -> InterfaceVerdict {
    InterfaceVerdict {
        name: name.to_owned(),
        version: "3.1".to_owned(),
        breaks: vec![Role::Implementers],
        members: members.iter().map(|&member| member.to_owned()).collect(),
        ..InterfaceVerdict::default()
    }
}

/// A report of `diff` over 118 members.
pub(super) fn report(findings: &[Finding]) -> Report<'_> {
    Report {
        command: "diff",
        findings,
        summary: Summary::of(findings, 0, 118),
        interfaces: &[],
        incomplete: false,
        next: None,
        verbose: false,
        quiet: false,
    }
}
