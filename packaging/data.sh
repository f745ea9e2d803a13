#!/bin/sh
# Writes the manual page and the completions to where maturin takes them from (cogate.data/), made by the program.
# Usage: packaging/data.sh [PROGRAM]; then `maturin build --release`.
set -eu
cd "$(dirname "$0")/.."
program=${1:-"cargo run --quiet --release --"}
share=cogate.data/data/share
rm -rf cogate.data
mkdir -p "$share/man/man1" "$share/bash-completion/completions" "$share/zsh/site-functions" \
  "$share/fish/vendor_completions.d"
$program man > "$share/man/man1/cogate.1"
$program completions bash > "$share/bash-completion/completions/cogate"
$program completions zsh > "$share/zsh/site-functions/_cogate"
$program completions fish > "$share/fish/vendor_completions.d/cogate.fish"
