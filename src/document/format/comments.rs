//! Comments between keys, and the blank lines around them.

/// Lines of comment without a blank line in between.
#[derive(Debug)]
pub(super) struct Block<'a> {
    lines: Vec<&'a str>,
    /// Whether what it is about follows without a blank line.
    is_close: bool,
}

/// What stands above a key: blocks of comment, the last of them perhaps close to it.
#[derive(Debug, Default)]
pub(super) struct Comments<'a>(Vec<Block<'a>>);

impl<'a> Comments<'a> {
    /// The comments in `gap`, whole lines that are blank or comments.
    pub(super) fn read(gap: &'a str) -> Self {
        let mut blocks: Vec<Block<'a>> = Vec::new();
        for line in gap.lines().map(str::trim) {
            match blocks.last_mut() {
                Some(block) if line.is_empty() => block.is_close = false,
                _ if line.is_empty() => {}
                Some(block) if block.is_close => block.lines.push(line),
                _ => blocks.push(Block {
                    lines: vec![line],
                    is_close: true,
                }),
            }
        }
        Self(blocks)
    }

    /// Takes the first block away.
    pub(super) fn take_first(&mut self) -> Option<Block<'a>> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The lines of the canonical form, being written.
#[derive(Debug, Default)]
pub(super) struct Lines {
    out: String,
    /// Whether the comment at the very top was the last thing written, close to what comes next.
    is_below_top: bool,
}

impl Lines {
    pub(super) fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
        self.is_below_top = false;
    }

    /// The comment at the very top; `is_apart` when a blank line must follow whatever the block says.
    pub(super) fn top(&mut self, block: &Block<'_>, is_apart: bool) {
        self.block(block);
        if is_apart || !block.is_close {
            self.blank();
        } else {
            self.is_below_top = true;
        }
    }

    /// The blank line before a table.
    pub(super) fn table(&mut self) {
        if !self.is_below_top {
            self.blank();
        }
    }

    /// A blank line, but never two, and none at the start.
    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn block(&mut self, block: &Block<'_>) {
        block.lines.iter().for_each(|line| self.line(line));
    }

    /// The comments above something: loose ones between blank lines.
    pub(super) fn comments(&mut self, comments: &Comments<'_>) {
        for block in &comments.0 {
            if !block.is_close {
                self.blank();
            }
            self.block(block);
            if !block.is_close {
                self.blank();
            }
        }
    }

    /// The whole text, with the comments behind the last key.
    pub(super) fn end(mut self, comments: &Comments<'_>) -> String {
        for block in &comments.0 {
            self.blank();
            self.block(block);
        }
        let length = self.out.trim_end_matches('\n').len();
        self.out.truncate(length);
        if length > 0 {
            self.out.push('\n');
        }
        self.out
    }
}
