#!/usr/bin/env bash
# Extraction against introspection for widely used packages: wheels from the index, unpacked into DIRECTORY, imported by
# python3 and read by cogate. Needs the network. Fails where a disagreement is not in packages.txt, or one there is gone.
# Pygments is only there because others import it: a metaclass makes a static method of one name in each of its lexers.
set -euo pipefail
cd "$(dirname "$0")/../.."

directory=${1:?usage: packages.sh DIRECTORY}
packages=(requests==2.32.3 urllib3==2.2.3 idna==3.10 certifi==2024.8.30 flask==3.0.3 click==8.1.7 jinja2==3.1.4
  werkzeug==3.0.4 itsdangerous==2.2.0 blinker==1.8.2 attrs==24.2.0 rich==13.9.2 markdown-it-py==3.0.0 mdurl==0.1.2
  pygments==2.18.0 httpx==0.27.2 httpcore==1.0.6 h11==0.14.0 anyio==4.6.0 sniffio==1.3.1 packaging==24.1 pluggy==1.5.0
  tomli==2.0.1 stevedore==5.3.0)
python3 -m pip install --quiet --disable-pip-version-check --target "$directory" --upgrade "${packages[@]}" \
  markupsafe==2.1.5 charset-normalizer==3.3.2
version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
cargo run --quiet --example introspection -- "$directory" "$version" |
  python3 -I -B examples/introspection/compare.py "$directory" requests urllib3 idna flask click jinja2 werkzeug \
    itsdangerous blinker attr attrs rich markdown_it mdurl httpx httpcore h11 anyio sniffio packaging pluggy tomli \
    stevedore >"$directory/disagreements.txt"
grep -v '^! ' "$directory/disagreements.txt" | diff <(grep -v '^#' examples/introspection/packages.txt | grep .) - &&
  echo "no disagreement that packages.txt does not name"
