//! `postfix-regexp.cf`: patterns for recipients, `/pattern/flags targets`. Despite its name a Postfix *pcre* table (pcre_table(5)).
//!
//! Postfix asks it for every address that `postfix-virtual.cf` does not know, a mailbox's own address among them. Whether a
//! pattern takes a certain address is therefore a question that rendering has to answer, and [`may_match`] answers it on the safe
//! side: it looks only at the text that every match must start and end with.

use std::iter::Peekable;
use std::str::Chars;

use super::{RenderError, routes::Routes};
use crate::model::Address;

/// Its name.
pub const NAME: &str = "postfix-regexp.cf";

/// One row; their order is their meaning: the first match wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The pattern with its delimiters and flags.
    pub pattern: &'a str,
    /// Where matching mail goes: addresses separated by commas or blanks.
    pub targets: &'a str,
}

/// The rows of a file. A row without targets has empty ones; a line that is no pattern is one whole.
pub fn parse(text: &str) -> impl Iterator<Item = Row<'_>> {
    super::lines(text).map(|line| {
        let line = line.trim_ascii();
        let end = end_of_pattern(line).unwrap_or(line.len());
        let (pattern, targets) = line.split_at(end);
        Row {
            pattern,
            targets: targets.trim_ascii(),
        }
    })
}

/// The length of the pattern that a line starts with, flags included.
fn end_of_pattern(line: &str) -> Option<usize> {
    let close = closing_slash(line)?;
    let flags = &line[close + 1..];
    let end = flags.find(|c: char| c.is_ascii_whitespace()).unwrap_or(flags.len());
    Some(close + 1 + end)
}

fn closing_slash(pattern: &str) -> Option<usize> {
    let mut bytes = pattern.bytes().enumerate();
    if bytes.next()?.1 != b'/' {
        return None;
    }
    while let Some((i, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'/' => return Some(i),
            _ => {}
        }
    }
    None
}

/// Whether Postfix takes `pattern` for one pattern with its flags: slashes around something, then nothing but flags.
#[must_use]
pub fn is_pattern(pattern: &str) -> bool {
    let is_flag = |c: char| "imxADEGORUXs".contains(c);
    !pattern.contains(|c: char| c.is_ascii_control())
        && closing_slash(pattern).is_some_and(|close| close > 1 && pattern[close + 1..].chars().all(is_flag))
}

/// Whether `pattern` may match `address`, an address in lower case. `false` is certain, `true` is not.
#[must_use]
pub fn may_match(pattern: &str, address: &str) -> bool {
    let (start, end) = edges(pattern).unwrap_or_default();
    address.starts_with(&start) && address.ends_with(&end)
}

/// Whether `pattern` may match the mailbox's address with some tag. `false` is certain.
pub(super) fn may_match_tagged(pattern: &str, mailbox: &Address) -> bool {
    let (start, end) = edges(pattern).unwrap_or_default();
    let (front, back) = (format!("{}+", mailbox.local()), format!("@{}", mailbox.domain()));
    let fits_start = start.starts_with(&front) || front.starts_with(&start);
    // A pattern for one address alone has no room for a tag.
    let is_whole = !start.is_empty() && start == end && !start.contains('+');
    fits_start && !is_whole && (end.ends_with(&back) || back.ends_with(&end))
}

/// The domain that every match of a pattern is in.
pub(super) fn domain(pattern: &str) -> Option<String> {
    let (_, end) = edges(pattern)?;
    end.rsplit_once('@').map(|(_, domain)| domain.to_owned())
}

/// The text that every match of a pattern starts and ends with, in lower case; `None` when that can't be told.
fn edges(pattern: &str) -> Option<(String, String)> {
    let close = closing_slash(pattern)?;
    if !matches!(&pattern[close + 1..], "" | "i") {
        return None;
    }
    let body = &pattern[1..close];
    let units = units(body)?;
    let literal = |unit: &Unit| match unit {
        Unit::Literal(c) => Some(*c),
        Unit::Other | Unit::Start | Unit::End => None,
    };
    let start = match units.split_first() {
        Some((Unit::Start, rest)) => rest.iter().map_while(literal).collect(),
        _ => String::new(),
    };
    let end = match units.split_last() {
        Some((Unit::End, rest)) => {
            let back: Vec<char> = rest.iter().rev().map_while(literal).collect();
            back.into_iter().rev().collect()
        }
        _ => String::new(),
    };
    Some((start, end))
}

/// A piece of a pattern, as far as it matters which text a match must hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// This character, once.
    Literal(char),
    /// Anything else, in any number, perhaps none; each piece of a group too.
    Other,
    /// `^`.
    Start,
    /// `$`.
    End,
}

/// The pieces; `None` for a pattern with something that needs a real reader of patterns.
fn units(body: &str) -> Option<Vec<Unit>> {
    let mut units = Vec::new();
    let mut depth = 0_usize;
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        let unit = match c {
            '\\' => match chars.next()? {
                c if c.is_ascii_punctuation() => Unit::Literal(c),
                c if "dDwWsSbBAzZ".contains(c) => Unit::Other,
                _ => return None,
            },
            '(' if matches!(chars.peek(), Some('?' | '*')) => return None,
            '(' => {
                depth += 1;
                Unit::Other
            }
            ')' => {
                depth = depth.checked_sub(1)?;
                Unit::Other
            }
            '|' if depth == 0 => return None,
            '^' => Unit::Start,
            '$' => Unit::End,
            '[' => {
                skip_class(&mut chars)?;
                Unit::Other
            }
            '*' | '?' | '{' => {
                // What stands before may be missing.
                units.pop();
                Unit::Other
            }
            c if c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '_') => Unit::Literal(c.to_ascii_lowercase()),
            _ => Unit::Other,
        };
        units.push(if depth == 0 { unit } else { Unit::Other });
    }
    Some(units)
}

/// Skips to behind the `]` of a class; a `]` in first place, or behind a first `^`, is a member of it. `None` for a class with
/// something in it that has an end of its own (`[:alpha:]`, `\Q`), and for one that does not end.
fn skip_class(chars: &mut Peekable<Chars<'_>>) -> Option<()> {
    chars.next_if_eq(&'^');
    let mut is_first = true;
    loop {
        match chars.next()? {
            '\\' if chars.next()?.is_ascii_alphabetic() => return None,
            '[' => return None,
            ']' if !is_first => return Some(()),
            _ => is_first = false,
        }
    }
}

pub(super) fn render(routes: &Routes<'_>) -> Result<String, RenderError> {
    let mut text = String::new();
    for (regexp, targets) in routes.patterns() {
        super::sound(NAME, &regexp.pattern, &regexp.pattern, b"")?;
        text.push_str(&regexp.pattern);
        let mut separator = ' ';
        for target in targets {
            text.push(separator);
            text.push_str(target.as_str());
            separator = ',';
        }
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_one_pattern() {
        for (text, expect) in [
            ("/^info[0-9]+@example\\.org$/", true),
            ("/a\\/b/i", true),
            ("/a b/", true),
            ("//", false),
            ("/a", false),
            ("/a\\/", false),
            ("/a/ ann@x.org", false),
            ("/a/b/", false),
            ("!/a/", false),
            ("if /a/", false),
            ("/a\n/", false),
            ("", false),
        ] {
            assert_eq!(is_pattern(text), expect, "{text:?}");
        }
    }

    #[test]
    fn what_a_match_starts_and_ends_with() {
        let is = |start: &str, end: &str| Some((start.to_owned(), end.to_owned()));
        for (pattern, expect) in [
            ("/^info[0-9]+@example\\.org$/", is("info", "@example.org")),
            ("/^Info/i", is("info", "")),
            ("/info@x\\.org/", is("", "")),
            ("/^infos?@x\\.org$/", is("info", "@x.org")),
            ("/^in{2}@x\\.org$/", is("i", "@x.org")),
            ("/^a{2}$/", is("", "")),
            ("/^a+b@x.org$/", is("a", "org")),
            ("/^[]a]b$/", is("", "b")),
            ("/^[^]a]b$/", is("", "b")),
            ("/^(a|b)@x\\.org$/", is("", "@x.org")),
            ("/^zz[^^]|[]a-z]@x\\.org$/", None),
            ("/^[^^]a]b$/", is("", "b")),
            ("/^[[:alpha:](]x|y[[:alpha:])]@x\\.org$/", None),
            ("/^[\\Q]\\E]|b@x\\.org$/", None),
            ("/^[a@x\\.org$/", None),
            ("/^a|b@x\\.org$/", None),
            ("/^(?x)a #$/", None),
            ("/^a\\x41$/", None),
            ("/^(ab)?c$/", is("", "c")),
            ("/^a/m", None),
            ("/^\\Qa.b\\E$/", None),
            ("/^(a(b)c)?\\d@x$/", is("", "@x")),
            ("/^a\\.b@x\\.org$/", is("a.b@x.org", "a.b@x.org")),
        ] {
            assert_eq!(edges(pattern), expect, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_that_can_not_be_judged_may_match_anything() {
        assert!(may_match("/^info|sales@/", "ann@x.org"));
        assert!(may_match("/./", "ann@x.org"));
        assert!(may_match("/^in/", "info@x.org"));
        assert!(!may_match("/^info@/", "ann@x.org"));
        assert!(!may_match("/@y\\.org$/", "ann@x.org"));
    }

    proptest! {
        #[test]
        fn parse_undoes_render(rows in proptest::collection::vec(("/([a-z^$.*@]|\\\\[/.d]| ){1,9}/i?", "[a-z@.,]{1,9}"), 0..6)) {
            let text: String = rows.iter().map(|(pattern, to)| format!("{pattern} {to}\n")).collect();
            let read: Vec<_> = parse(&text).map(|row| (row.pattern.to_owned(), row.targets.to_owned())).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn a_pattern_made_from_an_address_may_match_it(
            address in "[a-c.]{1,6}@[a-c.]{1,6}", wild in proptest::collection::vec(0usize..4, 13), anchored in 0u8..4,
        ) {
            let mut body = String::new();
            for (c, wild) in address.chars().zip(wild) {
                match wild {
                    0 => body.push('.'),
                    1 => body += &format!("[{c}x]?"),
                    2 => body += &format!("({c}y*)"),
                    _ if c == '.' => body += "\\.",
                    _ => body.push(c),
                }
            }
            let start = if anchored & 1 == 0 { "" } else { "^" };
            let end = if anchored & 2 == 0 { "" } else { "$" };
            let pattern = format!("/{start}{body}{end}/");
            prop_assert!(may_match(&pattern, &address), "{}", pattern);
        }
    }
}
