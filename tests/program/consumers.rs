//! Recorded consumers: each edit of the fixtures' provider names those whom it breaks, in which role, and nobody else.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::scratch::Scratch;

const DRIVER: &str = "provider/cirrus/virt/driver.py";
const MANAGER: &str = "provider/cirrus/compute/manager.py";
const HOSTS: &str = "provider/cirrus/scheduler/host_manager.py";

/// The fixtures' compute service with its contracts and the recorded consumer `ferrous`.
fn recorded(policy: &str) -> Scratch {
    let scratch = Scratch::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for (from, to) in [
        ("provider/python/cirrus", "provider/cirrus"),
        ("consumer/python/ferrous", "consumer/ferrous"),
    ] {
        let from = fixtures.join(from);
        for entry in walkdir::WalkDir::new(&from) {
            let entry = entry.unwrap();
            if entry
                .path()
                .extension()
                .is_some_and(|ending| ending == "py")
            {
                let inside = entry.path().strip_prefix(&from).unwrap();
                let path = format!("{to}/{}", inside.display());
                scratch.write(&path, fs::read(entry.path()).unwrap());
            }
        }
    }
    let config = "[source]\nroot = \"provider\"\n\
        [interfaces.driver]\nmembers = [\"cirrus.virt.driver.ComputeDriver\"]\nreceivers = [\"self.driver\"]\n\
        [interfaces.host_manager]\nmembers = [\"cirrus.scheduler.host_manager.HostManager\", \"cirrus.scheduler.host_manager.HostState\"]\n\
        receivers = [\"self.host_manager\"]\n\
        [consumers.ferrous]\npath = \"consumer\"\n";
    scratch.write("cogate.toml", format!("{config}{policy}"));
    scratch.run(&["snapshot"]).exits(0);
    scratch.run(&["check"]).exits(0);
    scratch
}

/// What `check` says, as `rule subject item roles consumers` of what is louder than a note.
fn said(scratch: &Scratch, code: i32) -> Vec<String> {
    let ran = scratch.run(&["check", "--format", "json"]).exits(code);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |value: &Value| {
        let all: Vec<String> = value.as_array().unwrap().iter().map(text).collect();
        all.join(",")
    };
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] != "note")
        .map(|finding| {
            format!(
                "{} {} {} {} {}",
                text(&finding["rule"]),
                text(&finding["subject"]).rsplit('.').next().unwrap(),
                text(&finding["item"]),
                list(&finding["breaks"]),
                list(&finding["consumers"]),
            )
        })
        .collect()
}

#[test]
fn a_consumer_is_written_down_with_what_it_uses_and_overrides() {
    let scratch = recorded("");
    let text = scratch.read("contracts/consumers/ferrous.toml");
    for part in [
        "[implements.\"cirrus.virt.driver.ComputeDriver\"]",
        "def destroy(self, context, instance, network_info",
        "_locked_consume_from_request(self, spec_obj)",
        "[uses]",
        "\"cirrus.virt.hardware.InstanceInfo\"",
        "[places]",
        "ferrous/driver.py:",
    ] {
        assert!(text.contains(part), "`{part}` is not in {text}");
    }
    // Written again it is the same.
    scratch
        .run(&["snapshot"])
        .exits(0)
        .says("consumer ferrous is up to date");
}

#[test]
fn an_optional_parameter_breaks_nobody_until_it_is_passed() {
    let scratch = recorded("");
    scratch.edit(
        DRIVER,
        "    def plug_vifs(self, instance, network_info):",
        "    def plug_vifs(self, instance, network_info, wait=False):",
    );
    assert_eq!(
        said(&scratch, 0)
            .iter()
            .filter(|line| line.contains("ferrous"))
            .count(),
        0
    );
    scratch.edit(
        MANAGER,
        "self.driver.plug_vifs(instance, [])",
        "self.driver.plug_vifs(instance, [], wait=True)",
    );
    assert_eq!(
        said(&scratch, 1),
        ["parameter-passed plug_vifs wait implementers ferrous"]
    );
    scratch.edit(
        MANAGER,
        "self.driver.plug_vifs(instance, [], wait=True)",
        "self.driver.plug_vifs(instance, [], True)",
    );
    assert_eq!(
        said(&scratch, 1),
        ["parameter-passed plug_vifs wait implementers ferrous"]
    );
}

#[test]
fn a_renamed_parameter_breaks_whom_it_is_given_to_by_name() {
    let scratch = recorded("");
    scratch.edit(
        DRIVER,
        "    def plug_vifs(self, instance, network_info):",
        "    def plug_vifs(self, instance, networks):",
    );
    let by_position = said(&scratch, 1);
    assert!(
        by_position.iter().all(|line| !line.contains("ferrous")),
        "{by_position:?}"
    );
    scratch.edit(
        MANAGER,
        "self.driver.plug_vifs(instance, [])",
        "self.driver.plug_vifs(instance, networks=[])",
    );
    let by_name = said(&scratch, 1);
    assert!(
        by_name
            .iter()
            .any(|line| line.contains("implementers") && line.ends_with("ferrous")),
        "{by_name:?}"
    );
}

#[test]
fn a_private_hook_that_is_renamed_leaves_dead_code_behind() {
    let scratch = recorded("");
    let text = scratch.read(HOSTS);
    scratch.write(HOSTS, text.replace("_get_instance_info", "_instance_info"));
    let found = said(&scratch, 1);
    assert_eq!(
        found,
        ["member-removed _get_instance_info _get_instance_info implementers ferrous"]
    );
    scratch
        .run(&["check"])
        .exits(1)
        .shows("dead code")
        .shows("ferrous/host_manager.py");
}

#[test]
fn what_nobody_uses_may_go_where_only_consumers_count() {
    let scratch = recorded("[policy]\nfail-on = \"consumers\"\n");
    scratch.edit(
        DRIVER,
        "    def get_diagnostics(self, instance):",
        "    def diagnostics(self, instance):",
    );
    let found = said(&scratch, 0);
    assert!(
        !found.is_empty() && found.iter().all(|line| line.ends_with(' ')),
        "{found:?}"
    );
    let strict = recorded("");
    strict.edit(
        DRIVER,
        "    def get_diagnostics(self, instance):",
        "    def diagnostics(self, instance):",
    );
    assert!(!said(&strict, 1).is_empty());
}
