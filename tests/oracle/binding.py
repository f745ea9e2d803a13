"""Asks CPython which calls every small signature accepts, and where each argument lands.

Prints one line per signature: its text, the accepted shapes as a bit mask, and the landings. `inspect.Signature.bind`
is not used: it is wrong for positional-only parameters beside `**kwargs`. Every function is compiled and called.

A shape is (number of positional arguments 0..4, subset of the keywords a b c z); bit `16 * positional + subset`.
Landings are listed per number of positional arguments: for each argument the parameter that got its value, `/` for a
positional-only one, `*` for `*args`; `-` where no call with so many positional arguments is accepted.
"""

import itertools

NAMES = "abc"
KEYWORDS = "abcz"
MOST = 3


def signatures():
    """Every order and kind of up to three parameters, variadic ones included."""
    for n_args, n_kw in itertools.product((0, 1), (0, 1)):
        for count in range(MOST - n_args - n_kw + 1):
            for names in itertools.permutations(NAMES, count):
                for only, normal in itertools.product(range(count + 1), repeat=2):
                    if only + normal > count:
                        continue
                    for defaults in itertools.product((False, True), repeat=count):
                        positional = defaults[: only + normal]
                        if any(a and not b for a, b in zip(positional, positional[1:])):
                            continue
                        yield names, only, normal, defaults, n_args, n_kw


def text_of(names, only, normal, defaults, n_args, n_kw):
    """The parameter list as source, and as the compact form that the test reads."""
    parts, compact = [], []
    for at, name in enumerate(names):
        kind = "P" if at < only else "N" if at < only + normal else "K"
        if kind == "K" and (at == only + normal) and not n_args:
            parts.append("*")
        if kind == "K" and (at == only + normal) and n_args:
            parts.append("*args")
        parts.append(name + ("=None" if defaults[at] else ""))
        compact.append(f"{name}:{kind}{'=' if defaults[at] else ''}")
        if kind == "P" and at == only - 1:
            parts.append("/")
    if n_args:
        if "*args" not in parts:
            parts.append("*args")
        compact.insert(only + normal, "args:A")
    if n_kw:
        parts.append("**kw")
        compact.append("kw:W")
    return ", ".join(parts), ",".join(compact) or "-"


def probe(function, only):
    mask, landings = 0, []
    for positional in range(5):
        args = [f"#{at}" for at in range(positional)]
        seen = None
        for subset in range(1 << len(KEYWORDS)):
            keywords = {k: f"={k}" for bit, k in enumerate(KEYWORDS) if subset >> bit & 1}
            try:
                got = function(*args, **keywords)
            except TypeError:
                continue
            mask |= 1 << (16 * positional + subset)
            extra, named = got.pop("kw", {}), got.pop("args", ())
            places = []
            for arg in args:
                if arg in named:
                    places.append("*")
                else:
                    name = next(name for name, value in got.items() if value == arg)
                    places.append("/" if name in only else name)
            for name, value in keywords.items():
                # A keyword lands at its name or in **kw: never anywhere else.
                assert got.get(name) == value or extra.get(name) == value
            assert seen in (None, places), "where positional arguments land depends on their number alone"
            seen = places
        landings.append("-" if seen is None else "".join(seen) or ".")
    return mask, landings


def main():
    for names, only, normal, defaults, n_args, n_kw in signatures():
        text, compact = text_of(names, only, normal, defaults, n_args, n_kw)
        namespace = {}
        exec(f"def f({text}): return locals()", namespace)
        mask, landings = probe(namespace["f"], set(names[:only]))
        print(f"{compact} {mask:020x} {' '.join(landings)}")


main()
