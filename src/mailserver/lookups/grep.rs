//! `grep PATTERN FILE`, for patterns that are an address: the first line found, without reading the file for each.
//!
//! An address as a basic regular expression is itself with each `.` for any character, found anywhere in a line. It holds one
//! `@`, so a hit lines it up with some `@` of a line: what stands before must end with the name, what follows must start with the
//! domain. The index keeps every `@` of the file by the word behind it and, within that, sorted by what stands before, read
//! backwards: the lines that a name can hit are then a range, and a dot in the name splits it into one range per character.
//! Any other character of a pattern is taken for itself, which is so for all that may stand in an address.

use std::collections::HashMap;
use std::ops::Range;

/// A file, indexed.
pub struct Grep<'t> {
    groups: Vec<Group<'t>>,
    /// The groups that a domain can hit.
    candidates: HashMap<Box<str>, Box<[usize]>>,
}

/// Every `@` with the same word behind it.
struct Group<'t> {
    word: &'t [u8],
    spots: Vec<Spot<'t>>,
    is_sorted: bool,
}

/// One `@` of a line.
struct Spot<'t> {
    /// The last bytes before the `@`, the last one highest: decides most comparisons.
    tail: u128,
    before: &'t [u8],
    after: &'t [u8],
    line: usize,
}

impl<'t> Grep<'t> {
    /// Indexes the lines of `text`, comments too. For `grep -i`, pass it in lower case.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let mut groups: Vec<Group<'t>> = Vec::new();
        let mut by_word: HashMap<&[u8], usize> = HashMap::new();
        let mut last: Option<usize> = None;
        for (number, line) in text.lines().enumerate() {
            let line = line.as_bytes();
            for at in memchr::memchr_iter(b'@', line) {
                let (before, after) = (&line[..at], &line[at + 1..]);
                let word = word(after);
                let group = match last {
                    Some(group) if groups[group].word == word => group,
                    _ => *by_word.entry(word).or_insert_with(|| {
                        groups.push(Group {
                            word,
                            spots: Vec::new(),
                            is_sorted: false,
                        });
                        groups.len() - 1
                    }),
                };
                last = Some(group);
                groups[group].spots.push(Spot {
                    tail: tail(before),
                    before,
                    after,
                    line: number,
                });
            }
        }
        Self {
            groups,
            candidates: HashMap::new(),
        }
    }

    /// The number, from 0, of the first line that `address` followed by `rest` finds. `rest` may be empty.
    pub fn first(&mut self, address: &str, rest: &str) -> Option<usize> {
        let (local, domain) = address.split_once('@')?;
        if !self.candidates.contains_key(domain) {
            let hit = |(i, group): (usize, &Group<'_>)| could_start(domain.as_bytes(), group.word).then_some(i);
            let hits = self.groups.iter().enumerate().filter_map(hit).collect();
            self.candidates.insert(domain.into(), hits);
        }
        let candidates = self.candidates.get(domain)?;
        let mut first: Option<usize> = None;
        for &group in candidates {
            let spots = self.groups[group].sorted();
            each(spots, 0..spots.len(), 0, local.as_bytes(), &mut |spot| {
                if first.is_none_or(|first| spot.line < first)
                    && follows(domain.as_bytes(), rest.as_bytes(), spot.after)
                {
                    first = Some(spot.line);
                }
            });
        }
        first
    }
}

impl<'t> Group<'t> {
    fn sorted(&mut self) -> &[Spot<'t>] {
        if !self.is_sorted {
            self.spots.sort_unstable_by(|a, b| {
                a.tail
                    .cmp(&b.tail)
                    .then_with(|| a.before.iter().rev().cmp(b.before.iter().rev()))
            });
            self.is_sorted = true;
        }
        &self.spots
    }
}

impl Spot<'_> {
    /// The byte `depth` places before the `@`.
    fn back(&self, depth: usize) -> Option<u8> {
        self.before.len().checked_sub(depth + 1).map(|i| self.before[i])
    }

    /// How the bytes at `depth` and further back compare with `run`, as far as `run` goes. `run` is in reading order.
    fn compare(&self, depth: usize, run: &[u8]) -> std::cmp::Ordering {
        let rest = &self.before[..self.before.len().saturating_sub(depth)];
        rest.iter().rev().take(run.len()).cmp(run.iter().rev())
    }
}

/// The last 16 bytes, the last one highest.
fn tail(before: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(before.iter().rev()) {
        *to = *from;
    }
    u128::from_be_bytes(bytes)
}

/// What a domain can be made of, at the start of `after`.
fn word(after: &[u8]) -> &[u8] {
    let end = after
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-'));
    &after[..end.unwrap_or(after.len())]
}

/// Whether a pattern that starts like `domain` can find something that starts with `word`, as far as both go.
fn could_start(domain: &[u8], word: &[u8]) -> bool {
    let is_hit = |(pattern, byte): (&u8, &u8)| *pattern == b'.' || pattern == byte;
    domain.iter().zip(word).all(is_hit) && (domain.len() <= word.len() || domain[word.len()] == b'.')
}

/// Whether `after` starts with `domain` and then `rest`, dots wild.
fn follows(domain: &[u8], rest: &[u8], after: &[u8]) -> bool {
    let mut pattern = domain.iter().chain(rest).zip(after);
    after.len() >= domain.len() + rest.len() && pattern.all(|(pattern, byte)| *pattern == b'.' || pattern == byte)
}

/// Calls `found` for every spot of `range` whose bytes from `depth` backwards start with `local` read backwards, dots wild.
fn each<'s, 't>(
    spots: &'s [Spot<'t>],
    range: Range<usize>,
    depth: usize,
    local: &[u8],
    found: &mut impl FnMut(&'s Spot<'t>),
) {
    let run = local.iter().rposition(|byte| *byte == b'.').map_or(0, |dot| dot + 1);
    let (rest, run) = local.split_at(run);
    let range = narrow(spots, range, |spot| spot.compare(depth, run));
    let depth = depth + run.len();
    let Some((_, rest)) = rest.split_last() else {
        spots[range].iter().for_each(found);
        return;
    };
    // The dot: one range for each character that stands there, none for lines that end before it.
    let mut start = range.start;
    while start < range.end {
        let byte = spots[start].back(depth);
        let end = start + spots[start..range.end].partition_point(|spot| spot.back(depth) <= byte);
        if byte.is_some() {
            each(spots, start..end, depth + 1, rest, found);
        }
        start = end;
    }
}

fn narrow(spots: &[Spot<'_>], range: Range<usize>, compare: impl Fn(&Spot<'_>) -> std::cmp::Ordering) -> Range<usize> {
    let start = range.start + spots[range.clone()].partition_point(|spot| compare(spot).is_lt());
    let end = start + spots[start..range.end].partition_point(|spot| compare(spot).is_eq());
    start..end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `grep` as its manual has it, for patterns in which only `.` is special.
    fn naive(text: &str, pattern: &str) -> Option<usize> {
        let pattern = pattern.as_bytes();
        text.lines().position(|line| {
            line.as_bytes().windows(pattern.len()).any(|window| {
                window
                    .iter()
                    .zip(pattern)
                    .all(|(byte, want)| byte == want || *want == b'.')
            })
        })
    }

    #[test]
    fn what_an_address_finds() {
        for (text, address, rest, expect) in [
            ("joann@x.org|h\nann@x.org|h\n", "ann@x.org", "", Some(0)),
            ("axb@x.org:1\n", "a.b@x.org", ":", Some(0)),
            ("ann@xyorg:1\n", "ann@x.org", ":", Some(0)),
            ("#eve@x.org:5M\n", "eve@x.org", ":", Some(0)),
            ("alice@example.test|h\n", "alice@example.tes", "", Some(0)),
            ("alice@example.test:1\n", "alice@example.tes", ":", None),
            ("a@x|org\n", "a@x.org", "", Some(0)),
            ("see bob@x.org and ann@x.org\n", "ann@x.org", "", Some(0)),
            ("nn@x.org|h\n", "ann@x.org", "", None),
            ("\n\nann@x.org", "ann@x.org", "", Some(2)),
            ("", "ann@x.org", "", None),
        ] {
            assert_eq!(Grep::new(text).first(address, rest), expect, "{address:?} in {text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_index_finds_what_grep_finds(
            text in "([ab.]{0,4}@[ab.]{1,4}[:|@ ]?[ab]?\n|[ab@.:|#]{0,9}\n){0,12}",
            patterns in proptest::collection::vec(("[ab.]{1,4}@[ab.]{1,4}", ":?"), 1..6),
        ) {
            let mut grep = Grep::new(&text);
            for (address, rest) in &patterns {
                prop_assert_eq!(grep.first(address, rest), naive(&text, &format!("{address}{rest}")), "{} in {:?}", address, text);
            }
        }

        #[test]
        fn long_names_that_share_their_ends_are_told_apart(
            names in proptest::collection::vec("[ab]{0,3}(aaaaaaaaaaaaaaaa|bbaaaaaaaaaaaaaa|b[.]aaaaaaaaaaaaaaaa)", 1..9),
        ) {
            let text: String = names.iter().map(|name| format!("{name}@x.org\n")).collect();
            let mut grep = Grep::new(&text);
            for name in &names {
                let address = format!("{name}@x.org");
                prop_assert_eq!(grep.first(&address, ""), naive(&text, &address));
            }
        }
    }
}
