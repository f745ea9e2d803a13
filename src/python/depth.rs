//! How deep the tree of a text can get, told from its tokens before the tree is walked or dropped. A bound, not the
//! depth itself: hostile text must not overflow the stack, and honest text must pass.

use ruff_python_ast::token::TokenKind;

/// Deeper text is refused. CPython itself stops at 200 brackets and 100 indentations; only chains of operators get
/// longer in honest code.
pub(crate) const LIMIT: usize = 10_000;

/// Above this the tree is walked and dropped on a thread with a large stack.
pub(crate) const NEEDS_STACK: usize = 128;

/// Feeds on token kinds, in order.
#[derive(Debug)]
pub(crate) struct DepthBound {
    /// Per open bracket: what can nest in the current element, and what can nest across its commas.
    open: Vec<(usize, usize)>,
    sum: usize,
    max: usize,
}

impl DepthBound {
    pub(crate) fn new() -> Self {
        Self {
            open: vec![(0, 0)],
            sum: 0,
            max: 0,
        }
    }

    /// The bound for all of `kinds`.
    pub(crate) fn of(kinds: impl IntoIterator<Item = TokenKind>) -> usize {
        let mut bound = Self::new();
        for kind in kinds {
            bound.push(kind);
        }
        bound.max
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    #[inline]
    pub(crate) fn push(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                self.count(false);
                self.open.push((0, 0));
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                if self.open.len() > 1
                    && let Some((element, across)) = self.open.pop()
                {
                    self.sum = self.sum.saturating_sub(element + across);
                }
            }
            TokenKind::Comma => self.reset(false),
            TokenKind::Newline | TokenKind::Semi => self.reset(true),
            TokenKind::Indent => {
                self.sum += 1;
                self.max = self.max.max(self.sum);
            }
            TokenKind::Dedent => self.sum = self.sum.saturating_sub(1),
            // What follows a comma may still belong to these.
            TokenKind::Lambda | TokenKind::Yield => self.count(true),
            _ => self.count(false),
        }
    }

    #[inline]
    fn count(&mut self, across: bool) {
        if let Some(top) = self.open.last_mut() {
            if across {
                top.1 += 1;
            } else {
                top.0 += 1;
            }
        }
        self.sum += 1;
        self.max = self.max.max(self.sum);
    }

    #[inline]
    fn reset(&mut self, across: bool) {
        if let Some(top) = self.open.last_mut() {
            self.sum = self.sum.saturating_sub(top.0);
            top.0 = 0;
            if across {
                self.sum = self.sum.saturating_sub(top.1);
                top.1 = 0;
            }
        }
    }
}
