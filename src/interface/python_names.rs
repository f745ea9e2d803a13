//! Names of Python itself and of its standard library that the model knows: those that lines write as they are, and
//! what a few of them imply. It is no list of everything there is.

/// Full paths that lines always write by their last segment, without an entry in the names table.
///
/// Everything in `builtins` that stands in [`BUILTINS`] is written so too.
pub const WELL_KNOWN: [&str; 20] = [
    "abc.ABC",
    "abc.ABCMeta",
    "abc.abstractmethod",
    "collections.abc.Callable",
    "contextlib.asynccontextmanager",
    "contextlib.contextmanager",
    "dataclasses.dataclass",
    "enum.Enum",
    "functools.cached_property",
    "functools.partial",
    "typing.Any",
    "typing.Generic",
    "typing.Literal",
    "typing.NamedTuple",
    "typing.Protocol",
    "typing.Self",
    "typing.TypedDict",
    "typing.final",
    "typing.overload",
    "typing.override",
];

/// Names of `builtins` that annotations, bases and decorators use as they are.
pub const BUILTINS: [&str; 97] = [
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotADirectoryError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StandardError",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
    "basestring",
    "bool",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "int",
    "list",
    "long",
    "map",
    "memoryview",
    "object",
    "property",
    "range",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "unicode",
];

/// The word that lines write for a path without asking the names table.
pub fn fixed_name(path: &str) -> Option<&str> {
    if !path.contains('.') {
        return Some(path);
    }
    if let Some(name) = path.strip_prefix("builtins.") {
        return BUILTINS.binary_search(&name).is_ok().then_some(name);
    }
    WELL_KNOWN
        .binary_search(&path)
        .is_ok()
        .then(|| path.rsplit('.').next().unwrap_or(path))
}

/// Methods that the interpreter binds to the class by their names.
pub fn is_implicit_class_method(called: &str) -> bool {
    matches!(
        called,
        "__new__" | "__init_subclass__" | "__class_getitem__"
    )
}

/// The metaclass that a class of the standard library gives to those who extend it.
pub fn implied_metaclass(base: &str) -> Option<&'static str> {
    let (module, name) = base.rsplit_once('.')?;
    let is_abc = match module {
        "abc" => name == "ABC",
        "collections.abc" | "numbers" | "importlib.abc" => true,
        "typing" => matches!(
            name,
            "Protocol"
                | "SupportsInt"
                | "SupportsFloat"
                | "SupportsIndex"
                | "SupportsBytes"
                | "SupportsAbs"
                | "SupportsRound"
                | "SupportsComplex"
        ),
        "io" => matches!(
            name,
            "IOBase" | "RawIOBase" | "BufferedIOBase" | "TextIOBase"
        ),
        "contextlib" => matches!(
            name,
            "AbstractContextManager" | "AbstractAsyncContextManager"
        ),
        _ => false,
    };
    is_abc.then_some("abc.ABCMeta")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_binary_search() {
        assert!(WELL_KNOWN.is_sorted());
        assert!(BUILTINS.is_sorted());
    }
}
