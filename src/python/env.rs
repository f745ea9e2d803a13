//! What a name means inside one file: its imports, its own definitions, builtins; full paths from dotted names. It
//! looks at no other file, so a path may still lead through re-exports.

use std::collections::HashMap;

use ruff_python_ast::{Expr, Stmt, StmtImportFrom};

use crate::interface::Names;
use crate::interface::python_names::{BUILTINS, WELL_KNOWN};

/// Marks a name that only a star import can explain; [`super::link`] looks for it there.
pub(crate) const FROM_STAR: &str = "*.";

/// The Python that version tests are decided for when nobody says which.
pub(crate) const TARGET: (u8, u8) = (3, 12);

/// What a name of a scope stands for.
#[derive(Debug, Clone)]
enum Meaning {
    Path(String),
    TypeVariable,
}

/// The scopes of a file, as far as they are entered.
#[derive(Debug)]
pub(crate) struct Env<'a> {
    module: &'a str,
    is_package: bool,
    target: (u8, u8),
    scopes: Vec<HashMap<&'a str, Meaning>>,
    type_params: Vec<&'a str>,
    has_stars: bool,
    /// The names table, when lines are read instead of source.
    lines: Option<&'a Names>,
}

impl<'a> Env<'a> {
    /// The environment of a module with these statements.
    pub(crate) fn new(
        module: &'a str,
        is_package: bool,
        target: (u8, u8),
        body: &'a [Stmt],
    ) -> Self {
        let mut env = Self {
            module,
            is_package,
            target,
            scopes: Vec::new(),
            type_params: Vec::new(),
            has_stars: false,
            lines: None,
        };
        env.enter(module, body);
        env
    }

    /// The environment of a contract's lines: names mean what its table says, then what every contract knows.
    pub(crate) fn of_lines(names: &'a Names) -> Self {
        Self {
            module: "",
            is_package: false,
            target: TARGET,
            scopes: Vec::new(),
            type_params: Vec::new(),
            has_stars: false,
            lines: Some(names),
        }
    }

    /// The Python that version tests are decided for.
    pub(crate) fn target(&self) -> (u8, u8) {
        self.target
    }

    /// Enters the scope of a class (or of the module) whose path is `owner`.
    pub(crate) fn enter(&mut self, owner: &str, body: &'a [Stmt]) {
        let mut scope = HashMap::new();
        self.collect(owner, body, false, &mut scope);
        self.scopes.push(scope);
    }

    /// Leaves the scope that was entered last.
    pub(crate) fn leave(&mut self) {
        self.scopes.pop();
    }

    /// Makes type parameters known until [`Env::forget_params`] is called with the result.
    pub(crate) fn add_params(&mut self, params: Option<&'a ruff_python_ast::TypeParams>) -> usize {
        let before = self.type_params.len();
        if let Some(params) = params {
            self.type_params
                .extend(params.iter().map(|param| param.name().as_str()));
        }
        before
    }

    pub(crate) fn forget_params(&mut self, before: usize) {
        self.type_params.truncate(before);
    }

    fn collect(
        &mut self,
        owner: &str,
        body: &'a [Stmt],
        conditional: bool,
        scope: &mut HashMap<&'a str, Meaning>,
    ) {
        fn put<'a>(
            scope: &mut HashMap<&'a str, Meaning>,
            name: &'a str,
            meaning: Meaning,
            conditional: bool,
        ) {
            if conditional {
                scope.entry(name).or_insert(meaning);
            } else {
                scope.insert(name, meaning);
            }
        }
        let own = |name: &str| Meaning::Path(format!("{owner}.{name}"));
        for stmt in body {
            match stmt {
                Stmt::Import(import) => {
                    for alias in &import.names {
                        let full = alias.name.as_str();
                        let (name, path) = match &alias.asname {
                            Some(asname) => (asname.as_str(), full),
                            None => {
                                let top = full.split('.').next().unwrap_or(full);
                                (top, top)
                            }
                        };
                        put(scope, name, Meaning::Path(path.to_owned()), conditional);
                    }
                }
                Stmt::ImportFrom(import) => {
                    let from = self.imported_module(import);
                    for alias in &import.names {
                        if alias.name.as_str() == "*" {
                            self.has_stars = true;
                            continue;
                        }
                        let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                        let path = joined(&from, alias.name.as_str());
                        put(scope, name, Meaning::Path(path), conditional);
                    }
                }
                Stmt::FunctionDef(def) => {
                    put(scope, def.name.as_str(), own(&def.name), conditional);
                }
                Stmt::ClassDef(def) => put(scope, def.name.as_str(), own(&def.name), conditional),
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        if let Expr::Name(name) = target {
                            let meaning = if is_type_variable(&assign.value) {
                                Meaning::TypeVariable
                            } else {
                                own(&name.id)
                            };
                            put(scope, name.id.as_str(), meaning, conditional);
                        }
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let Expr::Name(name) = &*assign.target {
                        put(scope, name.id.as_str(), own(&name.id), conditional);
                    }
                }
                Stmt::TypeAlias(alias) => {
                    if let Expr::Name(name) = &*alias.name {
                        put(scope, name.id.as_str(), own(&name.id), conditional);
                    }
                }
                Stmt::If(branch) => {
                    self.collect(owner, &branch.body, true, scope);
                    for clause in &branch.elif_else_clauses {
                        self.collect(owner, &clause.body, true, scope);
                    }
                }
                Stmt::Try(attempt) => {
                    self.collect(owner, &attempt.body, true, scope);
                    self.collect(owner, &attempt.orelse, true, scope);
                    for handler in &attempt.handlers {
                        let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                        self.collect(owner, &handler.body, true, scope);
                    }
                    self.collect(owner, &attempt.finalbody, conditional, scope);
                }
                Stmt::With(with) => self.collect(owner, &with.body, conditional, scope),
                Stmt::For(each) => self.collect(owner, &each.body, true, scope),
                Stmt::While(repeat) => self.collect(owner, &repeat.body, true, scope),
                _ => {}
            }
        }
    }

    /// The absolute name of the module that a `from … import` takes from.
    pub(crate) fn imported_module(&self, import: &StmtImportFrom) -> String {
        let named = import.module.as_ref().map_or("", |module| module.as_str());
        if import.level == 0 {
            return named.to_owned();
        }
        let mut base = self.module;
        let mut up = import.level;
        if self.is_package {
            up -= 1;
        }
        for _ in 0..up {
            base = base.rsplit_once('.').map_or("", |(parent, _)| parent);
        }
        joined(base, named)
    }

    /// The full path of a dotted name, or of a name that nothing explains the name itself.
    pub(crate) fn resolve(&self, dotted: &str) -> String {
        let (head, rest) = match dotted.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (dotted, None),
        };
        let found = if self.type_params.contains(&head) {
            None
        } else {
            self.head(head)
        };
        let path = match (found, rest) {
            (None, _) => dotted.to_owned(),
            (Some(path), None) => path,
            (Some(path), Some(rest)) => format!("{path}.{rest}"),
        };
        canonical(path)
    }

    /// Whether the file says what a name is.
    pub(crate) fn knows(&self, name: &str) -> bool {
        let innermost = self.scopes.last().into_iter().chain(self.scopes.first());
        innermost.into_iter().any(|scope| scope.contains_key(name))
    }

    /// Whether a name is one of Python's own that the file leaves alone.
    pub(crate) fn is_builtin(&self, name: &str) -> bool {
        BUILTINS.binary_search(&name).is_ok() && !self.knows(name)
    }

    fn head(&self, name: &str) -> Option<String> {
        let innermost = self.scopes.last().into_iter().chain(self.scopes.first());
        for scope in innermost {
            match scope.get(name) {
                Some(Meaning::Path(path)) => return Some(path.clone()),
                Some(Meaning::TypeVariable) => return None,
                None => {}
            }
        }
        if let Some(names) = self.lines {
            let full = names.resolve(name).or_else(|| well_known(name));
            if let Some(full) = full {
                return Some(full.to_owned());
            }
        }
        if BUILTINS.binary_search(&name).is_ok() {
            return Some(format!("builtins.{name}"));
        }
        self.has_stars.then(|| format!("{FROM_STAR}{name}"))
    }
}

/// The path that lines write by its last segment.
fn well_known(name: &str) -> Option<&'static str> {
    WELL_KNOWN
        .into_iter()
        .find(|path| path.rsplit('.').next() == Some(name))
}

/// A dotted name as text, if the expression is one.
pub(crate) fn dotted(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => {
            let mut text = dotted(&attribute.value)?;
            text.push('.');
            text.push_str(&attribute.attr);
            Some(text)
        }
        _ => None,
    }
}

/// The last name of a dotted expression.
pub(crate) fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

pub(crate) fn joined(base: &str, name: &str) -> String {
    match (base, name) {
        ("", name) => name.to_owned(),
        (base, "") => base.to_owned(),
        (base, name) => format!("{base}.{name}"),
    }
}

fn is_type_variable(value: &Expr) -> bool {
    matches!(value, Expr::Call(call)
        if matches!(last_name(&call.func), Some("TypeVar" | "ParamSpec" | "TypeVarTuple")))
}

/// One path for what has several: `typing.List` is `list`, `typing_extensions` is `typing`.
pub(crate) fn canonical(path: String) -> String {
    let path = match path.strip_prefix("typing_extensions.") {
        Some(rest) => format!("typing.{rest}"),
        None => path,
    };
    let Some(name) = path.strip_prefix("typing.") else {
        return match path.as_str() {
            // Other names of one exception.
            "builtins.IOError" | "builtins.EnvironmentError" => "builtins.OSError".to_owned(),
            _ => path,
        };
    };
    let other = match name {
        "List" => "builtins.list",
        "Dict" => "builtins.dict",
        "Set" => "builtins.set",
        "FrozenSet" => "builtins.frozenset",
        "Tuple" => "builtins.tuple",
        "Type" => "builtins.type",
        "Text" => "builtins.str",
        "DefaultDict" => "collections.defaultdict",
        "OrderedDict" => "collections.OrderedDict",
        "Counter" => "collections.Counter",
        "ChainMap" => "collections.ChainMap",
        "Deque" => "collections.deque",
        "Pattern" => "re.Pattern",
        "Match" => "re.Match",
        "ContextManager" => "contextlib.AbstractContextManager",
        "AsyncContextManager" => "contextlib.AbstractAsyncContextManager",
        "AbstractSet" => "collections.abc.Set",
        "Awaitable" | "Coroutine" | "AsyncIterable" | "AsyncIterator" | "AsyncGenerator"
        | "Iterable" | "Iterator" | "Generator" | "Reversible" | "Container" | "Collection"
        | "Callable" | "MutableSet" | "Mapping" | "MutableMapping" | "Sequence"
        | "MutableSequence" | "ByteString" | "MappingView" | "KeysView" | "ItemsView"
        | "ValuesView" | "Hashable" | "Sized" => return format!("collections.abc.{name}"),
        _ => return path,
    };
    other.to_owned()
}

/// Whether a name can be written after a dot.
pub(crate) fn is_identifier(name: &str) -> bool {
    let starts = name
        .chars()
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic());
    starts
        && name
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80)
        && name.chars().all(|c| c.is_ascii() || c.is_alphanumeric())
        && KEYWORDS.binary_search(&name).is_err()
}

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];
