//! What a check of the example provider says of implementers: one edit each, and who is hurt by it.

use std::fs;
use std::path::Path;

use super::scratch::Scratch;

const DRIVER: &str = "fixtures/provider/python/cirrus/virt/driver.py";
const MANAGER: &str = "fixtures/provider/python/cirrus/compute/manager.py";
const PAUSE: &str = "def pause(self, instance):";
const CALL: &str = "self.driver.pause(instance)";

/// The provider with its contracts.
fn provider() -> Scratch {
    let scratch = Scratch::new();
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["fixtures/provider", "contracts"] {
        for entry in walkdir::WalkDir::new(top.join(folder)) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(top).unwrap();
                scratch.write(path.to_str().unwrap(), fs::read(entry.path()).unwrap());
            }
        }
    }
    scratch.write("cogate.toml", fs::read(top.join("cogate.toml")).unwrap());
    scratch
}

/// Everything that a check says after some edits: `level rule item implementers`.
fn says(edits: &[(&str, &str, &str)]) -> Vec<String> {
    let scratch = provider();
    for (path, old, new) in edits {
        scratch.edit(path, old, new);
    }
    let ran = scratch.run(&["check", "driver", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            format!(
                "{} {} {} {}",
                text(&finding["level"]),
                text(&finding["rule"]),
                text(&finding["item"]),
                text(&finding["verdicts"]["implementers"])
            )
        })
        .collect()
}

#[test]
fn an_optional_parameter_hurts_from_the_moment_that_it_is_passed() {
    let declared = (DRIVER, PAUSE, "def pause(self, instance, hard=False):");
    assert_eq!(says(&[declared]), ["note parameter-added hard -"]);
    for call in [
        "self.driver.pause(instance, hard=True)",
        "self.driver.pause(instance, True)",
    ] {
        assert_eq!(
            says(&[declared, (MANAGER, CALL, call)]),
            ["error parameter-passed hard definite"]
        );
    }
}

#[test]
fn a_name_matters_to_overrides_where_it_is_used() {
    let renamed = (DRIVER, PAUSE, "def pause(self, server):");
    assert_eq!(says(&[renamed]), ["error parameter-renamed instance -"]);
    assert_eq!(
        says(&[
            renamed,
            (MANAGER, CALL, "self.driver.pause(server=instance)")
        ]),
        ["error parameter-renamed instance definite"]
    );
}

#[test]
fn who_lived_by_a_handler_breaks_without_it() {
    let around = "        try:
            return self.driver.get_diagnostics(instance)
        except NotImplementedError:
            return {\"driver\": self.driver.hypervisor_label}";
    let bare = "        return self.driver.get_diagnostics(instance)";
    let broken = ["error tolerance-removed NotImplementedError definite"];
    assert_eq!(says(&[(MANAGER, around, bare)]), broken);
    // Another call of the same method never had one.
    let around = "        try:
            self.driver.resume(context, instance, [], bdi)
        except NotImplementedError:
            LOG.warning(\"The driver cannot bring %s back\", instance.name)";
    let bare = "        self.driver.resume(context, instance, [], bdi)";
    assert_eq!(says(&[(MANAGER, around, bare)]), broken);
}

#[test]
fn a_handler_may_move_to_the_caller_of_a_helper() {
    let edits = [
        (
            MANAGER,
            "            return self.driver.get_diagnostics(instance)",
            "            return self._diagnostics(instance)",
        ),
        (
            MANAGER,
            "    def get_diagnostics(self,",
            "    def _diagnostics(self, instance):
        return self.driver.get_diagnostics(instance)

    def get_diagnostics(self,",
        ),
    ];
    assert_eq!(says(&edits), [""; 0]);
}

#[test]
fn a_hook_that_nobody_has_hurts_when_it_is_called() {
    let hook = (
        DRIVER,
        "    def unpause(self, instance):",
        "    def prepare_pause(self, instance):
        raise NotImplementedError()

    def unpause(self, instance):",
    );
    assert_eq!(says(&[hook]), ["note member-added prepare_pause -"]);
    let called = "self.driver.prepare_pause(instance)
        self.driver.pause(instance)";
    assert_eq!(
        says(&[hook, (MANAGER, CALL, called)]),
        ["error hook-called prepare_pause definite"]
    );
}

#[test]
fn the_provider_is_held_to_its_own_declaration() {
    assert_eq!(
        says(&[(MANAGER, CALL, "self.driver.pause(instance, hard=True)")]),
        ["error call-rejected (_, hard=) definite"]
    );
    let call = "self.driver.confirm_migration(context, migration, instance, networks)";
    let other = "self.driver.confirm_migration(
            context, migration, instance, network_info=networks)";
    assert_eq!(
        says(&[(MANAGER, call, other)]),
        ["note call-added (_, _, _, network_info=) -"]
    );
}

#[test]
fn a_body_that_went_hurts_where_it_is_called() {
    let body = "    def cleanup_host(self, host):
        \"\"\"Undo `init_host`.\"\"\"
";
    let gone = format!("{body}        raise NotImplementedError()\n");
    assert_eq!(
        says(&[(DRIVER, body, &gone)]),
        ["error body-became-not-implemented  definite"]
    );
}
