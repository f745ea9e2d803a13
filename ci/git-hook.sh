#!/bin/sh
# A plain git hook: cp ci/git-hook.sh .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit
# It judges what the commit would hold, also for `git commit -a` and `git commit PATH`.
command -v cogate >/dev/null || { echo "cogate is not installed: pip install cogate" >&2; exit 1; }
exec cogate check --staged >&2
