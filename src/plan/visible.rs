//! Text of others made safe to look at: what would move the cursor, reverse the line or stay unseen is written out.

use std::borrow::Cow;

use crate::diagnostic::is_unseen;

/// The longest text shown, in characters; the whole is in the repository.
const LONGEST: usize = 200;

/// `text` on one line, with everything visible: `\n`, `\u{202e}`. Cut with `…` where it is too long to read.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    // What nearly every text is, seen at a glance.
    if text.len() <= LONGEST && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    for (index, c) in text.chars().enumerate() {
        if index == LONGEST {
            shown.push('…');
            break;
        }
        if is_unseen(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unseen_is_written_out() {
        for (text, shown) in [
            ("Alice Liddell", "Alice Liddell"),
            ("Zoë 李 🦊", "Zoë 李 🦊"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("\u{85}\u{2028}", "\\u{85}\\u{2028}"),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(visible(text), shown, "{text:?}");
        }
    }

    #[test]
    fn the_endless_is_cut() {
        let long = "ä".repeat(1000);
        let shown = visible(&long);
        assert_eq!(shown.chars().count(), LONGEST + 1);
        assert!(shown.ends_with('…'));
    }
}
