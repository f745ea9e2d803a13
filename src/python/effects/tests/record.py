"""Runs programs with dicts that write down what is done to them.

Reads {"programs": [{"text": .., "runs": [[bool, ..], ..]}]} from stdin; writes for each program a list of runs:
{"ok": whether it returned, "events": [[verb, path], ..], "held": {path: whether what was supplied is still there}}.
An event is about what was supplied: a key that the program wrote itself is not read from anybody.
"""

import json
import sys

EVENTS = []


class Rec(dict):
    def __init__(self, path, items):
        dict.__init__(self, items)
        self.path = path
        self.own = set()

    def _at(self, key):
        return "%s[%r]" % (self.path, key)

    def _read(self, key):
        if self.path and key not in self.own:
            EVENTS.append(["reads", self._at(key)])

    def _write(self, key):
        self.own.add(key)
        if self.path:
            EVENTS.append(["writes", self._at(key)])

    def _delete(self, key):
        self.own.add(key)
        if self.path:
            EVENTS.append(["deletes", self._at(key)])

    def __getitem__(self, key):
        self._read(key)
        return dict.__getitem__(self, key)

    def __contains__(self, key):
        self._read(key)
        return dict.__contains__(self, key)

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value)
        self._write(key)

    def __delitem__(self, key):
        dict.__delitem__(self, key)
        self._delete(key)

    def get(self, key, default=None):
        self._read(key)
        return dict.get(self, key, default)

    def setdefault(self, key, default=None):
        self._read(key)
        if not dict.__contains__(self, key):
            dict.__setitem__(self, key, default)
            self._write(key)
        return dict.__getitem__(self, key)

    def pop(self, key, *default):
        self._read(key)
        there = dict.__contains__(self, key)
        value = dict.pop(self, key, *default)
        if there:
            self._delete(key)
        return value

    def update(self, *args, **kwargs):
        for arg in args:
            for key in arg.keys():
                self[key] = arg[key]
        for key, value in kwargs.items():
            self[key] = value

    def values(self):
        return [self[key] for key in dict.keys(self)]

    def items(self):
        return [(key, self[key]) for key in dict.keys(self)]

    def copy(self):
        return Rec(None, {key: self[key] for key in dict.keys(self)})


def supplied(path, depth):
    if depth == 0:
        return "leaf " + path
    return Rec(path, {key: supplied("%s[%r]" % (path, key), depth - 1) for key in "abc"})


def copied(value=(), **more):
    new = Rec(None, {})
    new.update(value, **more) if value else new.update(**more)
    return new


def slots(value, found):
    if isinstance(value, Rec) and value.path:
        for key in "abc":
            inner = dict.get(value, key)
            found[value._at(key)] = inner
            slots(inner, found)
    return found


def run(code, answers):
    del EVENTS[:]
    answers = iter(answers)

    def cond():
        return next(answers, False)

    names = {"cond": cond, "sink": lambda *args, **kwargs: None, "dict": copied}
    exec(code, names)
    p, q = supplied("p", 3), supplied("q", 3)
    before = slots(q, slots(p, {}))
    containers = dict.fromkeys(before)
    for path in before:
        containers[path] = path.rpartition("[")[0]
    objects = {"p": p, "q": q}
    objects.update({path: value for path, value in before.items() if isinstance(value, Rec)})
    try:
        names["f"](p, q)
        ok = True
    except (KeyError, TypeError, AttributeError, RuntimeError, RecursionError):
        ok = False
    held = {}
    for path, value in before.items():
        container = objects[containers[path]]
        key = path[-2]
        held[path] = dict.get(container, key) is value
    return {"ok": ok, "events": sorted(set(map(tuple, EVENTS))), "held": held}


def main():
    given = json.load(sys.stdin)
    out = []
    for program in given["programs"]:
        code = compile(program["text"], "<program>", "exec")
        out.append([run(code, answers) for answers in program["runs"]])
    json.dump(out, sys.stdout)


main()
