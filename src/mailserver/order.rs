//! The order of lines in a file that docker-mailserver searches for addresses: one in which each search finds its own line first.
//!
//! A search for `t` finds the line of `a` only if `t`, its dots standing for anything, is the end of the name and the start of the
//! domain of `a`. Then `t` is shorter than `a`, or of the same length with more dots. So with shorter addresses first, and of the
//! same length those with more dots, nobody's line stands above that of somebody whose search it would answer.

use std::cmp::Reverse;

use crate::model::Address;

/// Where an address stands: the smaller, the further up.
type Position = (u16, Reverse<u16>);

fn position(address: &Address) -> Position {
    let text = address.as_str();
    // An address has at most 254 characters.
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let dots = text.bytes().filter(|byte| *byte == b'.').count();
    (count(text.len()), Reverse(count(dots)))
}

/// Lines that are put in order when all are there. Written one after the other and then copied: looking people up in the order of
/// their addresses is several times cheaper than in this one.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
    starts: Vec<(Position, usize, usize)>,
}

impl Lines {
    /// Room for `lines` of about `width` bytes.
    pub(super) fn with_capacity(lines: usize, width: usize) -> Self {
        Self {
            text: String::with_capacity(lines * width),
            starts: Vec::with_capacity(lines),
        }
    }

    /// Adds the line that `write` writes, newline included.
    pub(super) fn add(&mut self, address: &Address, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        self.starts.push((position(address), start, self.text.len()));
    }

    /// The lines in order; those of one position as they were added.
    pub(super) fn into_text(mut self) -> String {
        self.starts.sort_by_key(|(position, ..)| *position);
        let mut text = String::with_capacity(self.text.len());
        for (_, start, end) in self.starts {
            text.push_str(&self.text[start..end]);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_search_could_hit_another_stands_first() {
        for (first, second) in [
            ("ann@x.org", "joann@x.org"),
            ("a.b@x.org", "axb@x.org"),
            ("noq@x.org", "panoq@x.org"),
            ("al@x.or", "al@x.org"),
            ("a.b@x.y.org", "a.b@x-y.org"),
        ] {
            let mut lines = Lines::default();
            for text in [second, first] {
                lines.add(&Address::mailbox(text).unwrap(), |line| *line += &format!("{text}\n"));
            }
            assert_eq!(lines.into_text(), format!("{first}\n{second}\n"));
        }
    }
}
