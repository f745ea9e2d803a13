#!/bin/sh
# Which changes between two releases of Nova break its out-of-tree drivers,
# host managers and filters?
#
#   check-nova.sh [OLD [NEW]]        default: 33.0.0 34.0.0
#
# COGATE   the program to run, may have arguments (default: this repository's)
# PIP      how to call pip (default: python3 -m pip)
# KEEP     a folder to work in that stays (its source/ and contracts/ are
#          replaced); a temporary one if not set
#
# Exit: that of `cogate check`, so 1 if something broke without being accepted.

set -eu

old=${1:-33.0.0}
new=${2:-34.0.0}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
repository=$(CDPATH='' cd -- "$here/../.." && pwd)

# We are about to leave this folder: a program named by a relative path must
# be found from the next one as well.
if [ -f "${COGATE:-}" ]; then
    COGATE=$(CDPATH='' cd -- "$(dirname -- "$COGATE")" && pwd)/$(basename -- "$COGATE")
fi

cogate() {
    if [ -n "${COGATE:-}" ]; then
        # Words on purpose: COGATE may hold arguments.
        # shellcheck disable=SC2086
        $COGATE "$@"
    else
        cargo run --release --quiet --manifest-path "$repository/Cargo.toml" -- "$@"
    fi
}

# fetch VERSION: put that release of Nova into ./VERSION, without installing.
fetch() {
    [ -d "$1" ] && return
    echo "fetching nova $1" >&2
    # shellcheck disable=SC2086
    ${PIP:-python3 -m pip} download --quiet --disable-pip-version-check \
        --no-deps --only-binary=:all: --ignore-requires-python \
        --dest "wheels/$1" "nova==$1" >&2
    python3 -m zipfile -e "wheels/$1"/nova-*.whl "$1.part"
    mv "$1.part" "$1"
}

# place VERSION: let the configured root hold the package of that release.
place() {
    rm -rf source
    mkdir source
    cp -R "$1/nova" source/
}

if [ -n "${KEEP:-}" ]; then
    mkdir -p "$KEEP"
    cd "$KEEP"
    rm -rf contracts findings.json
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    cd "$work"
fi

fetch "$old"
fetch "$new"

cat > cogate.toml <<'TOML'
[source]
root = ["source"]
exclude = ["source/nova/tests"]

# Drivers: nova-bhyve, nova-lxd, compute-hyperv and others subclass this.
[interfaces.driver]
members = [
  "nova.virt.driver.ComputeDriver",
  "nova.virt.driver.block_device_info_get_ephemerals",
  "nova.virt.driver.block_device_info_get_mapping",
  "nova.virt.driver.block_device_info_get_root_device",
  "nova.virt.driver.block_device_info_get_swap",
  "nova.virt.driver.load_compute_driver",
]
receivers = ["self.driver"]
audience = ["callers", "implementers"]

[interfaces.host_manager]
members = [
  "nova.scheduler.host_manager.HostManager",
  "nova.scheduler.host_manager.HostState",
]
receivers = ["self.host_manager", "host_state"]
audience = ["callers", "implementers"]

# Nobody extends it; drivers hand it a dict and depend on what becomes of it.
[interfaces.resource_tracker]
members = ["nova.compute.resource_tracker.ResourceTracker"]
receivers = ["self.rt"]
audience = ["callers"]

[interfaces.scheduler_filters]
members = [
  "nova.filters.BaseFilter",
  "nova.filters.BaseFilterHandler",
  "nova.scheduler.filters.BaseHostFilter",
  "nova.scheduler.filters.HostFilterHandler",
  "nova.scheduler.weights.BaseHostWeigher",
  "nova.weights.BaseWeigher",
]
receivers = ["filter_", "weigher"]
audience = ["callers", "implementers"]
TOML

place "$old"
echo "nova $old: writing contracts" >&2
cogate snapshot

place "$new"
echo "nova $new: checking against them" >&2
status=0
cogate check || status=$?

# The same once more, for a table.
again=0
cogate check --format json --exit-zero --output findings.json || again=$?
if [ "$again" -ne 0 ] && [ ! -s findings.json ]; then
    exit "$status"
fi
python3 - "$old" "$new" <<'PYTHON'
import json
import sys

old, new = sys.argv[1:]
with open("findings.json", encoding="utf-8") as file:
    findings = json.load(file)["findings"]
broken = [each for each in findings if each["breaks"]]

print("\nnova %s -> %s: %d changes, %d of them break somebody"
      % (old, new, len(findings), len(broken)))
for role in sorted({role for each in broken for role in each["breaks"]}):
    print("\n%s:" % role)
    for each in broken:
        certainty = each["verdicts"].get(role)
        if certainty:
            print("  %-8s  %-22s  %s  %s" % (
                certainty, each["rule"], each["subject"],
                each["item"] or ""))
PYTHON
exit "$status"
