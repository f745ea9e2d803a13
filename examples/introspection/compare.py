"""Extraction against introspection: what cogate read from sources, and what CPython's `inspect` says of them.

Reads cogate's side as JSON from standard input (see `dump.rs`), imports the same modules from DIRECTORY (`stdlib`: those
of the interpreter itself), and prints one line per disagreement, sorted:

    path: what the interpreter says, and what cogate read

and then `! module` for each module that cannot be imported here.

What is built in C has no source and is left out, and so is what no program asked for (`_private`). The counts go to
standard error. Packages are really imported here: never run this on code that you would not run.
"""

import contextlib
import dataclasses
import enum
import functools
import importlib
import inspect
import io
import json
import sys
import types
import warnings

# Modules that do something when they are imported, change others, or need a display.
NOT_IMPORTED = {"antigravity", "this", "__main__", "idlelib", "test", "turtledemo", "lib2to3", "ensurepip"}
NOT_IMPORTED |= {"tkinter", "turtle"}

# Names that the interpreter, `abc`, `dataclasses` or `enum` puts into a class, and no one calls by name.
MADE = set(
    """__module__ __doc__ __dict__ __weakref__ __qualname__ __firstlineno__ __static_attributes__ __abstractmethods__
    __annotations__ __annotate__ __annotate_func__ __annotations_cache__ __slots__ __orig_bases__ __parameters__
    __type_params__ __match_args__ __hash__ __repr__ __eq__ __dataclass_fields__ __dataclass_params__ __replace__
    __getstate__ __setstate__ __getnewargs__ __init_subclass__ __subclasshook__ __classcell__ __protocol_attrs__
    __non_callable_proto_members__ __attrs_attrs__ __attrs_own_setattr__ __attrs_init__ __attrs_props__ __final__
    __deprecated__ __name__ __file__ __path__ __loader__ __spec__ __package__ __cached__ __builtins__ __all__
    __getattr__ __dir__ __debug__ __total__ __required_keys__ __optional_keys__ __readonly_keys__ __mutable_keys__
    __closed__ __extra_items__ __new_member__ __format__ __reduce_ex__ __str__ __reduce__ __sizeof__ __del__
    __author__ __version__ __metaclass__ __test__ __getattribute__ __set_name__ __abc_tpflags__
    __warningregistry__ __callable_proto_members_only__""".split()
)

# No classes, though they stand where bases do.
NO_BASES = ("builtins.object", "typing.NamedTuple", "typing.TypedDict")

KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional-only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "normal",
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.KEYWORD_ONLY: "keyword-only",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def is_public(name):
    special = len(name) > 4 and name.startswith("__") and name.endswith("__")
    return name not in MADE if special else not name.startswith("_")


class Comparison:
    def __init__(self, read, directory):
        self.directory = directory
        self.modules = read["modules"]
        self.classes = read["classes"]
        self.lines = set()
        self.compared = {"modules": 0, "classes": 0, "functions": 0, "members": 0}
        self.built_in = 0
        self.not_imported = []

    def say(self, path, what):
        self.lines.add(f"{path}: {what}")

    # Modules.

    def imported(self, name):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return importlib.import_module(name)
        except BaseException as error:  # A module may even exit.
            self.not_imported.append(f"{name} ({type(error).__name__})")
            return None

    def module(self, name, module):
        self.compared["modules"] += 1
        read = self.modules[name]
        listed = getattr(module, "__all__", None)
        if listed is not None and read["all"] is not None and sorted(set(listed)) != sorted(read["all"]):
            gone, extra = set(listed) - set(read["all"]), set(read["all"]) - set(listed)
            self.say(name, f"__all__ has {words(gone)}, cogate read {words(extra)}")
        for public, value in sorted(vars(module).items()):
            if is_public(public):
                self.name(name, public, value, read)
        for public, found in sorted(read["members"].items()):
            if is_public(public) and not hasattr(module, public) and not may_be_absent(found):
                self.say(f"{name}.{public}", f"is not there, cogate read a {found['kind']}")

    def name(self, module, public, value, read):
        path = f"{module}.{public}"
        found = read["members"].get(public)
        if found and found["kind"] == "attribute" and public in getattr(sys.modules[module], "__annotations__", {}):
            return  # Somebody calls it a variable, whatever it holds.
        if inspect.isclass(value) and value.__module__ == module and value.__qualname__ == public:
            if is_built_in(value) or id(value) in in_c():
                self.built_in += 1
            elif found is None and public not in read["exports"]:
                self.say(path, "is a class, cogate read nothing")
            elif found and found["kind"] == "class":
                if resolve(found["path"]) is value:
                    self.a_class(found["path"], value)
                else:
                    self.say(path, f"is another class than {found['path']}, which cogate read")
            elif found:
                self.say(path, f"is a class, cogate read a {found['kind']}")
        elif inspect.isroutine(value) and getattr(value, "__module__", None) == module:
            if inspect.isbuiltin(value):
                self.built_in += 1
            elif found is None and public not in read["exports"]:
                self.say(path, "is a function, cogate read nothing")
            elif found and found["kind"] in ("function", "static method", "class method"):
                self.compared["functions"] += 1
                self.function(path, value, found)
            elif found and found["kind"] != "import":
                self.say(path, f"is a function, cogate read a {found['kind']}")
        elif found is None and public not in read["exports"] and not isinstance(value, types.ModuleType):
            if id(value) in in_c():
                self.built_in += 1
            elif not read["open"]:
                self.say(path, f"is {article(value)}, cogate read nothing")
        elif found and found["kind"] in ("function", "static method", "class method") and not callable(value):
            self.say(path, f"is {article(value)}, cogate read a function")

    # Classes.

    def a_class(self, path, value):
        read = self.classes.get(path)
        if read is None:
            self.say(path, "is a class, cogate read only its name")
            return
        self.compared["classes"] += 1
        read_bases = [resolve(of) or of for of in read["mro"] if of not in NO_BASES]
        read_bases = [of for of in read_bases if isinstance(of, str) or not is_built_in(of)]
        # A named tuple that a class statement calls for is a base without a path.
        bases = [of for of in value.__mro__[1:] if not is_built_in(of)]
        bases = [of for of in bases if of in read_bases or resolve(path_of(of)) is of]
        if self.directory != "stdlib":
            # Of what is not in the packages themselves cogate has not read the bases.
            bases, read_bases = ([of for of in side if path_of(of) in self.classes] for side in (bases, read_bases))
        if any(isinstance(of, str) and "." not in of for of in read_bases):
            read_bases = bases  # What a star import from C brought has no path.
        bases, read_bases = ([path_of(of) for of in side] for side in (bases, read_bases))
        if bases != read_bases:
            self.say(path, f"is looked up through {words(bases, False)}, cogate read {words(read_bases, False)}")
        seen = {}
        for owner in value.__mro__:
            for name, raw in vars(owner).items():
                seen.setdefault(name, (owner, raw))
        members = {}
        if isinstance(value, type) and issubclass(value, enum.Enum):
            members = dict(value.__members__)
        for name in sorted(set(seen) | set(members)):
            if not is_public(name) or name == "__new__" and issubclass(value, enum.Enum):
                continue  # An enum keeps its `__new__` under another name.
            if name in ("__setattr__", "__delattr__") and "__dataclass_params__" in vars(value):
                continue  # A frozen dataclass has them made.
            owner, raw = seen.get(name, (value, None))
            if name in members:
                kind = "attribute"
            elif is_built_in(owner) or path_of(owner) not in self.classes:
                continue
            elif inspect.ismemberdescriptor(raw) or type(raw).__name__ == "_tuplegetter":
                continue
            elif inspect.isfunction(raw) and raw.__module__ == "typing" and raw.__name__.startswith("_no_init"):
                continue
            else:
                kind = kind_of(name, raw)
            if kind is None:
                self.built_in += 1
                continue
            self.compared["members"] += 1
            # A disagreement is told where the member is defined, not at each heir.
            self.member(owner, f"{path_of(owner)}.{name}", kind, raw, read["members"].get(name))
        for name, found in sorted(read["members"].items()):
            if not is_public(name) or name in seen or name in members or may_be_absent(found):
                continue
            self.say(f"{path}.{name}", f"is not there, cogate read a {found['kind']}")

    def member(self, owner, path, kind, raw, found):
        if found is None:
            self.say(path, f"is a {kind}, cogate read nothing")
            return
        if found["kind"] == "attribute" and name_of(path) in getattr(owner, "__annotations__", {}):
            return  # Somebody calls it a variable, whatever it holds.
        if kind != found["kind"] and found["kind"] != "import":
            self.say(path, f"is a {kind}, cogate read a {found['kind']}")
            return
        if kind == "property" and type(raw) is property:
            can = (raw.fset is not None, raw.fdel is not None)
            if can != (found["settable"], found["deletable"]):
                self.say(path, f"can be set or deleted: {can}, cogate read {found['settable'], found['deletable']}")
        if found["kind"] in ("function", "static method", "class method"):
            self.function(path, raw if inspect.ismethod(raw) else getattr(raw, "__func__", raw), found)

    # Functions.

    def function(self, path, value, found):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                signature = inspect.signature(value)
                # `__wrapped__` says what was wrapped; a call meets the wrapper, unless that hands everything on.
                wrapper = inspect.signature(value, follow_wrapped=False)
                if {"*", "**"} - {KINDS[param.kind] for param in wrapper.parameters.values()}:
                    signature = wrapper
        except (ValueError, TypeError):
            self.built_in += 1
            return
        says = [(KINDS[param.kind], unmangled(param.name), default(param)) for param in signature.parameters.values()]
        read = [tuple(param) for param in found["signature"]]
        if len(says) != len(read) or not all(map(same_parameter, says, read)):
            self.say(path, f"takes ({shown(says)}), cogate read ({shown(read)})")
        protocol = protocol_of(value)
        if protocol and protocol != found["protocol"]:
            self.say(path, f"gives {protocol}, cogate read {found['protocol']}")


@functools.lru_cache(maxsize=None)
def in_c():
    """What lives in modules that were built in C, by identity; it is offered again in modules that were not."""
    modules = [module for module in list(sys.modules.values()) if not str(getattr(module, "__file__", "")).endswith(".py")]
    found = [value for module in modules for value in vars(module).values()]
    found = [value for value in found if callable(value) or inspect.isclass(value)]
    return {id(value) for value in found if not isinstance(value, types.FunctionType)}


def path_of(cls):
    return cls if isinstance(cls, str) else f"{cls.__module__}.{cls.__qualname__}"


def resolve(path):
    """The object at a dotted path, if something that was imported holds it."""
    parts = path.split(".")
    for end in range(len(parts) - 1, 0, -1):
        found = sys.modules.get(".".join(parts[:end]))
        if found is not None:
            for part in parts[end:]:
                found = getattr(found, part, None)
            return found if inspect.isclass(found) else None
    return None


def is_built_in(cls):
    """Made by C: its methods are slots of the interpreter's own."""
    if cls.__flags__ & (1 << 9) == 0:
        return True
    descriptors = (types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType)
    return any(isinstance(raw, descriptors) and getattr(raw, "__objclass__", None) is cls for raw in vars(cls).values())


def kind_of(name, raw):
    if name == "__new__" or name == "__class_getitem__":
        raw = getattr(raw, "__func__", raw)
        return "class method" if isinstance(raw, types.FunctionType) else None
    if isinstance(raw, staticmethod):
        return "static method"
    if isinstance(raw, classmethod):
        return "class method" if hasattr(raw.__func__, "__code__") or hasattr(raw.__func__, "__wrapped__") else "attribute"
    if isinstance(raw, (property, functools.cached_property, types.DynamicClassAttribute)):
        return "property"
    if inspect.isclass(raw):
        return "class"
    if inspect.ismodule(raw):
        return "module"
    if inspect.ismethod(raw):
        return "static method"
    if inspect.isfunction(raw) or isinstance(raw, functools._lru_cache_wrapper):
        return "function"
    if inspect.isbuiltin(raw) or inspect.ismethoddescriptor(raw) and type(raw).__module__ == "builtins":
        return None
    return "attribute"


def may_be_absent(found):
    return found["conditional"] or found.get("on_instance") or found.get("declared_only") or found["kind"] == "import"


def protocol_of(value):
    if hasattr(value, "__wrapped__"):
        code = getattr(value, "__code__", None)
        if code and code.co_filename == contextlib.__file__:
            return "async context manager" if inspect.isasyncgenfunction(value.__wrapped__) else "context manager"
        return None
    if inspect.isasyncgenfunction(value):
        return "async generator"
    if inspect.iscoroutinefunction(value):
        return "coroutine"
    if inspect.isgeneratorfunction(value):
        return "generator"
    return "plain"


def unmangled(name):
    """The name as it is written: in a class, `__x` is `_Class__x` for the interpreter."""
    return name[name.index("__") :] if name.startswith("_") and "__" in name[1:] and not name.endswith("__") else name


def name_of(path):
    return path.rpartition(".")[2]


def default(param):
    if param.default is param.empty:
        return None
    value = param.default
    return repr(value) if value is None or type(value) in (bool, str) else "..."


def same_parameter(says, read):
    if says[:2] != read[:2] or (says[2] is None) != (read[2] is None):
        return False
    literal = says[2] not in (None, "...") and (read[2] in ("None", "True", "False") or read[2][:1] in "'\"")
    return not literal or says[2] == read[2]


def shown(params):
    def one(kind, name, value):
        stars = {"*": "*", "**": "**"}.get(kind, "")
        mark = {"positional-only": " /", "keyword-only": " only by name"}.get(kind, "")
        return stars + name + ("" if value is None else f"={value}") + mark

    return ", ".join(one(*param) for param in params)


def words(names, sort=True):
    return ", ".join(sorted(names) if sort else names) or "nothing"


def article(value):
    return f"a {type(value).__name__}"


def main():
    warnings.simplefilter("ignore")
    directory, *wanted = sys.argv[1:]
    if directory != "stdlib":
        sys.path.insert(0, directory)
    comparison = Comparison(json.load(sys.stdin), directory)
    found = {}
    for name in sorted(comparison.modules):
        parts = name.split(".")
        if wanted and parts[0] not in wanted or parts[0] in NOT_IMPORTED:
            continue
        if not any(part.startswith("_") for part in parts):
            found[name] = comparison.imported(name)
    for name, module in found.items():
        if module is not None:
            comparison.module(name, module)
    for line in sorted(comparison.lines):
        print(line)
    for name in comparison.not_imported:
        print(f"! {name.split()[0]}")
    counts = ", ".join(f"{count} {what}" for what, count in comparison.compared.items())
    print(f"compared {counts}; {comparison.built_in} names are built in C", file=sys.stderr)
    if comparison.not_imported:
        print(f"not importable here: {', '.join(comparison.not_imported)}", file=sys.stderr)


main()
