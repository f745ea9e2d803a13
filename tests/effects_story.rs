//! The break that changed nothing a signature test could see, in four steps, told of the fixtures' resource tracker:
//! what a driver supplies under `stats` is kept (a), lost (b), taken by the tracker (c), and overwritten after it was
//! taken (d). The text that does it is the same in (b) and (d). CPython says what a driver sees.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cogate::finding::{Certainty, Finding, Role};
use cogate::provider::{self, Provider};
use cogate::source::{self, Tree};
use tempfile::TempDir;

const TRACKER: &str = "cirrus/compute/resource_tracker.py";

/// Three helpers below the public method, and the same for new and for known hosts.
const HELPER: &str = r#"
    def _write_stats(self, resources, nodename):
        resources["stats"] = {}
        resources["stats"].update(self.stats[nodename])

    def _copy_resources(self, node, resources, initial=False):
        nodename = resources["hypervisor_hostname"]
        self._write_stats(resources, nodename)
"#;

const BEFORE_HELPER: &str = r#"
    def _copy_resources(self, node, resources, initial=False):
        nodename = resources["hypervisor_hostname"]
"#;

/// After the plug-ins had the dict, the driver's value goes into the tracker's own stats.
const TAKEN: &str = r#"        self._call_inspectors(context, resources)
        self.stats[nodename].digest_stats(resources.get("stats"))
"#;

const BEFORE_TAKEN: &str = "        self._call_inspectors(context, resources)\n";

/// A driver with something to say, on a host without instances.
const DRIVER: &str = r#"
from cirrus.compute import resource_tracker
from cirrus.virt import driver


class Mine(driver.ComputeDriver):
    def __init__(self):
        pass

    def node_is_available(self, nodename):
        return True

    def get_available_resource(self, nodename):
        return {"vcpus": 1, "memory_mb": 1, "local_gb": 1, "vcpus_used": 0,
                "memory_mb_used": 0, "local_gb_used": 0, "cpu_info": "",
                "hypervisor_type": "mine", "hypervisor_version": 1,
                "hypervisor_hostname": nodename, "stats": {"boot": "uefi"}}


tracker = resource_tracker.ResourceTracker("here", Mine())
for _ in "new", "known":
    tracker.update_available_resource(None, "node")
    assert tracker.compute_nodes["node"]["stats"].get("boot") == "uefi"
"#;

struct Steps {
    scratch: TempDir,
}

impl Steps {
    fn new() -> Self {
        let steps = Self {
            scratch: TempDir::new().unwrap(),
        };
        let text = fs::read_to_string(provider().join(TRACKER)).unwrap();
        let lost = replaced(&text, BEFORE_HELPER, HELPER);
        let taken = replaced(&text, BEFORE_TAKEN, TAKEN);
        let both = replaced(&lost, BEFORE_TAKEN, TAKEN);
        for (step, text) in [("a", text), ("b", lost), ("c", taken), ("d", both)] {
            let tree = steps.at(step);
            copy(&provider().join("cirrus"), &tree.join("cirrus"));
            fs::write(tree.join(TRACKER), text).unwrap();
        }
        steps
    }

    fn at(&self, step: &str) -> PathBuf {
        self.scratch.path().join(step)
    }

    fn diff(&self, old: &str, new: &str, path: &str) -> Vec<Finding> {
        let open = |step: &str| {
            let tree = self.at(step);
            Tree::open(tree.to_str().unwrap(), None, &source::Options::default()).unwrap()
        };
        let (old, new) = (open(old), open(new));
        let (old, new) = (Provider::new(&old), Provider::new(&new));
        provider::diff(&old, &new, &[path.to_owned()]).findings
    }

    fn driver_is_heard(&self, step: &str) -> bool {
        let status = Command::new("python3")
            .args(["-B", "-c", DRIVER])
            .current_dir(self.at(step))
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&status.stderr).into_owned();
        assert!(
            status.status.success() || printed.contains("AssertionError"),
            "{printed}"
        );
        status.status.success()
    }
}

fn provider() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/provider/python")
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_lost_value_is_told_and_one_that_lives_on_is_not() {
    let steps = Steps::new();
    let heard = ["a", "b", "c", "d"].map(|step| steps.driver_is_heard(step));
    assert_eq!(heard, [true, false, true, true]);

    let path = "cirrus.compute.resource_tracker.ResourceTracker";
    let found = steps.diff("a", "b", path);
    assert_eq!(found.len(), 1, "{found:#?}");
    let finding = &found[0];
    assert_eq!(finding.rule, "value-overwritten");
    assert_eq!(finding.subject, format!("{path}.update_available_resource"));
    assert_eq!(
        finding.item,
        "ComputeDriver.get_available_resource()['stats']"
    );
    // The plug-ins had the dict before, and may have read it.
    let verdicts: Vec<_> = finding.verdicts.iter().collect();
    assert_eq!(verdicts, [(&Role::Implementers, &Certainty::Possible)]);
    // Down to the assignment, call by call.
    let text = fs::read_to_string(steps.at("b").join(TRACKER)).unwrap();
    let line = |at: u32| text.lines().nth(at as usize - 1).unwrap().trim().to_owned();
    let chain: Vec<String> = finding
        .evidence
        .iter()
        .filter(|evidence| evidence.origin == cogate::finding::Origin::Provider)
        .map(|evidence| line(evidence.place.line))
        .collect();
    assert_eq!(
        chain.first().unwrap(),
        "self._update_available_resource(context, resources, startup=startup)"
    );
    assert_eq!(chain.last().unwrap(), "resources[\"stats\"] = {}");
    assert_eq!(chain.len(), 5, "{chain:#?}");

    for (old, new) in [
        ("a", "a"),
        ("a", "c"),
        ("c", "d"),
        ("a", "d"),
        ("b", "d"),
        ("b", "c"),
        ("b", "a"),
    ] {
        let found = steps.diff(old, new, path);
        assert!(found.is_empty(), "{old} {new}: {found:#?}");
    }
    assert_eq!(steps.diff("d", "b", path).len(), 1);
}
