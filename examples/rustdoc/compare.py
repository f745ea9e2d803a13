#!/usr/bin/env python3
"""Does cogate see what rustdoc sees? For each crate of `crates.txt` the public functions, traits with their items, and
methods and constants of types, with their signatures, as rustdoc's JSON lists them, against a contract of the whole
crate. Differences must be exactly those of `exceptions.txt`, each with its reason.

It needs the network (cargo fetches the crates), and the stable toolchain with RUSTC_BOOTSTRAP=1, so it is no part of
`cargo test`:

    cargo build && python3 examples/rustdoc/compare.py [CRATE..]
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
COGATE = Path(os.environ.get("COGATE", HERE.parent.parent / "target/debug/cogate")).resolve()


def run(*args, **options):
    done = subprocess.run([str(arg) for arg in args], capture_output=True, text=True, **options)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(map(str, args))}\n{done.stderr}")
    return done.stdout


def fetch(name, version):
    """The unpacked source of a crate, from cargo's own registry."""
    run("cargo", "info", "--quiet", f"{name}@{version}")
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    return next((home / "registry/src").glob(f"*/{name}-{version}"))


# --- what rustdoc says -------------------------------------------------------------------------------------------


def rustdoc(source, name):
    env = {**os.environ, "RUSTC_BOOTSTRAP": "1", "CARGO_TARGET_DIR": str(source / "target")}
    args = ["cargo", "rustdoc", "--lib", "--quiet", "--", "-Z", "unstable-options", "--output-format", "json", "--cap-lints", "allow"]
    run(*args, cwd=source, env=env)
    return json.loads((source / f"target/doc/{name.replace('-', '_')}.json").read_text())


class Docs:
    """The public items of rustdoc's JSON."""

    def __init__(self, doc):
        self.index, self.paths = doc["index"], {}
        # What `Self` is, written out, as cogate has it.
        self.owner = "Self"
        root = self.index[str(doc["root"])]
        self.walk(root, root["name"], set())

    def get(self, ident):
        return self.index.get(str(ident))

    def walk(self, module, path, trail):
        key = (module["id"], path)
        if key in trail or path.count("::") > 8:
            return
        trail = trail | {key}
        for ident in module["inner"]["module"]["items"]:
            item = self.get(ident)
            if item is None:
                continue
            (kind, inner), = item["inner"].items()
            if kind == "use":
                target = self.get(inner["id"]) if inner["id"] is not None else None
                if target is None:
                    continue
                if inner["is_glob"]:
                    if "module" in target["inner"]:
                        self.walk(target, path, trail)
                else:
                    self.meet(target, f"{path}::{inner['name']}", trail)
            elif item["visibility"] == "public" or kind == "macro":
                self.meet(item, f"{path}::{item['name']}", trail)

    def meet(self, item, path, trail):
        known = self.paths.setdefault(item["id"], set())
        known.add(path)
        if "module" in item["inner"]:
            self.walk(item, path, trail)

    def listed(self):
        """`kind path` to signature, of everything that is compared."""
        found = {}
        for ident, paths in self.paths.items():
            item = self.get(ident)
            path = min(paths, key=lambda path: (path.count("::"), path))
            (kind, inner), = item["inner"].items()
            if kind == "function":
                found[f"fn {path}"] = self.signature(inner)
            elif kind == "trait":
                found[f"trait {path}"] = ""
                for member in inner["items"]:
                    self.member(found, path, self.get(member))
            elif kind in ("struct", "enum", "union"):
                found[f"{kind} {path}"] = ""
                for block in inner["impls"]:
                    block = self.get(block)
                    block = block and block["inner"]["impl"]
                    if block and block["trait"] is None and not block["is_synthetic"]:
                        for member in block["items"]:
                            self.owner = item["name"]
                            self.member(found, path, self.get(member), True)
                            self.owner = "Self"
        return found

    def member(self, found, path, item, public=False):
        if item is None or public and item["visibility"] != "public":
            return
        (kind, inner), = item["inner"].items()
        if kind == "function":
            found[f"fn {path}::{item['name']}"] = self.signature(inner)
        elif kind == "assoc_const":
            found[f"const {path}::{item['name']}"] = ""
        elif kind == "assoc_type":
            found[f"type {path}::{item['name']}"] = ""

    def signature(self, function):
        head, sig = function["header"], function["sig"]
        words = [word for word, on in (("const", head["is_const"]), ("async", head["is_async"]), ("unsafe", head["is_unsafe"])) if on]
        params = []
        for name, ty in sig["inputs"]:
            if name == "self":
                params.append(self.receiver(ty))
            else:
                params.append(self.ty(ty))
        output = "" if sig["output"] is None else f" -> {self.ty(sig['output'])}"
        return f"{' '.join([*words, 'fn'])}({', '.join(params)}){output}"

    def receiver(self, ty):
        if ty.get("generic") == "Self":
            return "self"
        borrowed = ty.get("borrowed_ref")
        if borrowed and borrowed["type"].get("generic") == "Self":
            return "&mut self" if borrowed["is_mutable"] else "&self"
        return "self:_"

    def ty(self, ty):
        """The outline of a type: what it is made of, by the last parts of names, without lifetimes and arguments."""
        (kind, inner), = ty.items()
        if kind == "resolved_path":
            target = self.get(inner["id"])
            if target and "type_alias" in target["inner"]:
                return self.ty(target["inner"]["type_alias"]["type"])
            name = inner["path"].split("::")[-1]
            return "Result" if inner["path"] in ("io::Result", "fmt::Result") else name
        if kind in ("generic", "primitive"):
            return self.owner if inner == "Self" else inner
        if kind == "borrowed_ref":
            return ("&mut " if inner["is_mutable"] else "&") + self.ty(inner["type"])
        if kind == "raw_pointer":
            return ("*mut " if inner["is_mutable"] else "*const ") + self.ty(inner["type"])
        if kind == "tuple":
            return "(" + ", ".join(self.ty(part) for part in inner) + ")"
        if kind == "slice":
            return f"[{self.ty(inner)}]"
        if kind == "array":
            return f"[{self.ty(inner['type'])};_]"
        if kind == "impl_trait":
            return "impl"
        if kind == "dyn_trait":
            return "dyn"
        if kind == "qualified_path":
            return f"::{inner['name']}"
        if kind == "function_pointer":
            return "fn"
        return kind


# What the short names of the contract at hand stand for.
NAMES = {}

# --- what cogate says --------------------------------------------------------------------------------------------


def cogate(source, krate):
    """`kind path` to signature, from a contract of everything that can be imported."""
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        empty = scratch / "empty"
        (empty / "src").mkdir(parents=True)
        (empty / "src/lib.rs").write_text("")
        (empty / "Cargo.toml").write_text(f'[package]\nname = "{krate}"\n')
        out = run(COGATE, "diff", empty, source, "--format", "json")
        new = [found for found in json.loads(out)["findings"] if found["rule"] == "item-added" and found["new"] is not None]
        new = [found for found in new if not (found["new"]["signature"] or "").startswith("pub use")]
        members = sorted({found["subject"] for found in new if "::" in found["subject"]})
        project = scratch / "project"
        shutil.copytree(source, project, ignore=shutil.ignore_patterns("target", "tests", "benches", "examples"))
        (project / "cogate.toml").write_text("[interfaces.all]\nmembers = " + json.dumps(members) + "\n")
        run(COGATE, "snapshot", cwd=project)
        contract = tomllib.loads((project / "contracts/all.toml").read_text())
    NAMES.clear()
    NAMES.update(contract.get("names", {}))
    found = {}
    for kind in ("function", "trait", "struct", "enum", "union", "module"):
        for path, table in contract.get(kind, {}).items():
            path = path.removesuffix("::crate")
            if kind == "function":
                found[f"fn {path}"] = outline(table["is"])
                continue
            if kind != "module":
                found[f"{kind} {path}"] = ""
            for line in table.get("provides", []):
                if "#[doc(hidden)]" in line:
                    continue
                line = re.sub(r"^(#\[[^\]]*\] )+", "", line)
                if match := re.search(r"(?:^|\{ )(?:pub )?(?:(?:const|async|unsafe|extern \"[^\"]*\") )*fn (?:r#)?(\w+)", line):
                    found[f"fn {path}::{match[1]}"] = outline(line)
                elif match := re.search(r"(?:^|\{ )(?:pub )?const (?:r#)?(\w+):", line):
                    if kind != "module":
                        found[f"const {path}::{match[1]}"] = ""
                elif kind == "trait" and (match := re.match(r"type (?:r#)?(\w+)", line)):
                    found[f"type {path}::{match[1]}"] = ""
    return found


def outline(line):
    """The outline of a signature, as `Docs.signature` gives it."""
    match = re.search(r"((?:(?:const|async|unsafe|extern \"[^\"]*\") )*)fn (?:r#)?\w+", line)
    words = [word for word in match[1].split() if word in ("const", "async", "unsafe")]
    rest = line[match.end():]
    if rest.startswith("<"):
        rest = rest[closing(rest, 0) + 1:]
    end = closing(rest, 0)
    params = [shape(param.split(": ", 1)[1]) if not is_self(param) else receiver(param) for param in split(rest[1:end])]
    tail = rest[end + 1:].strip()
    output = ""
    if tail.startswith("->"):
        tail = re.split(r" where |;$|;? ?\{ \.\. \}", tail[2:].strip())[0]
        output = f" -> {shape(tail)}"
    return f"{' '.join([*words, 'fn'])}({', '.join(params)}){output}"


def is_self(param):
    return re.match(r"(&('\w+ )?)?(mut )?self\b", param) is not None


def receiver(param):
    if ":" in param:
        return "self:_"
    if param.startswith("&"):
        return "&mut self" if "mut " in param else "&self"
    return "self"


def closing(text, start):
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "<([":
            depth += 1
        elif text[at] in ")]" or text[at] == ">" and text[at - 1] not in "-=":
            depth -= 1
            if depth == 0:
                return at
    raise ValueError(text)


def split(text):
    parts, depth, start = [], 0, 0
    for at, c in enumerate(text):
        if c in "<([":
            depth += 1
        elif c in ")]" or c == ">" and text[at - 1] not in "-=":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def shape(ty):
    """As `Docs.ty`."""
    ty = re.sub(r"^for<[^>]*> ", "", ty.strip())
    if match := re.match(r"&('\w+ )?(mut )?", ty):
        return ("&mut " if match[2] else "&") + shape(ty[match.end():])
    if match := re.match(r"\*(mut|const) ", ty):
        return match[0] + shape(ty[match.end():])
    if ty.startswith("(") and closing(ty, 0) == len(ty) - 1:
        parts = split(ty[1:-1])
        if len(parts) == 1 and not ty.endswith(",)"):
            return shape(parts[0])
        return "(" + ", ".join(map(shape, parts)) + ")"
    if ty.startswith("["):
        inner = ty[1:-1]
        return f"[{shape(inner.rsplit(';', 1)[0])};_]" if ";" in inner else f"[{shape(inner)}]"
    if ty.startswith("impl "):
        return "impl"
    if ty.startswith("dyn "):
        return "dyn"
    if re.match(r"(unsafe )?(extern \"[^\"]*\" )?fn\(", ty):
        return "fn"
    if ty == "!":
        return "never"
    if ty.startswith("<"):
        return "::" + re.sub(r"<.*", "", ty[closing(ty, 0) + 1:]).split("::")[-1]
    bare = re.sub(r"<.*", "", ty)
    if re.match(r"(Self|[A-Z]\w?)::\w+$", bare) or "Self::" in bare:
        return "::" + bare.split("::")[-1]
    return NAMES.get(bare, bare).split("::")[-1].removeprefix("r#")


# --- both --------------------------------------------------------------------------------------------------------


def compare(name, version, allowed):
    source = fetch(name, version)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / name
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns("target", "Cargo.lock"))
        manifest = copy / "Cargo.toml"
        manifest.write_text(manifest.read_text() + "\n[workspace]\n" if "[workspace]" not in manifest.read_text() else manifest.read_text())
        krate = tomllib.loads(manifest.read_text()).get("lib", {}).get("name", name)
        theirs = Docs(rustdoc(copy, krate)).listed()
        ours = cogate(copy, name)
    wrong = [f"{name} only-rustdoc {key}" for key in theirs.keys() - ours.keys()]
    wrong += [f"{name} only-cogate {key}" for key in ours.keys() - theirs.keys()]
    same = sorted(theirs.keys() & ours.keys())
    wrong += [f"{name} differs {key}: rustdoc `{theirs[key]}`, cogate `{ours[key]}`" for key in same if theirs[key] != ours[key]]
    excused = [row for row in wrong if any(re.fullmatch(pattern, row) for pattern in allowed)]
    left = sorted(set(wrong) - set(excused))
    print(f"{name} {version}: {len(theirs)} by rustdoc, {len(ours)} by cogate, {len(same)} in both, {len(excused)} excused, {len(left)} not")
    return left, excused


def main():
    sys.stdout.reconfigure(line_buffering=True)
    rows = [row for row in (HERE / "exceptions.txt").read_text().splitlines() if row and not row.startswith("#")]
    crates = [row.split() for row in (HERE / "crates.txt").read_text().splitlines() if row and not row.startswith("#")]
    wanted = set(sys.argv[1:])
    left, used = [], set()
    for name, version in crates:
        if wanted and name not in wanted:
            continue
        more, excused = compare(name, version, [row for row in rows if row.startswith(f"{name} ")])
        left += more
        used |= {row for row in rows if any(re.fullmatch(row, found) for found in excused)}
    for row in left:
        print(row)
    if not wanted:
        for row in sorted(set(rows) - used):
            left.append(row)
            print(f"excused, and found no more: {row}")
    sys.exit(bool(left))


main()
