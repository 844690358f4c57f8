//! How much of a password could be told from its beginning.

/// Fewer characters than this that don't follow from the one before are too few.
const SURPRISES: usize = 6;

/// What lies side by side on keyboards: rows, and the columns of QWERTY.
const KEYBOARD: [&str; 18] = [
    "1234567890",
    "qwertyuiop[]",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "yxcvbnm,.-",
    "wxcvbn",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
];

/// How many of the four kinds occur: small letters, capital letters, digits, anything else.
pub(super) fn kinds(characters: &[char]) -> usize {
    let kind = |c: &char| match c {
        c if c.is_lowercase() => 0,
        c if c.is_uppercase() => 1,
        c if c.is_numeric() => 2,
        _ => 3,
    };
    let mut seen = [false; 4];
    for c in characters {
        seen[kind(c)] = true;
    }
    seen.into_iter().filter(|seen| *seen).count()
}

/// Whether nearly every character follows from the one before it: `aaaa`, `1234`, `hgfe`, `qwertz`.
pub(super) fn is_predictable(characters: &[char]) -> bool {
    let followers = characters.windows(2).filter(|pair| follows(pair[0], pair[1])).count();
    characters.len() - followers < SURPRISES
}

fn follows(a: char, b: char) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let in_order = a.is_alphanumeric() && b.is_alphanumeric() && u32::from(a).abs_diff(u32::from(b)) == 1;
    let neighbours = |keys: &&str| {
        let place = |c| keys.chars().position(|key| key == c);
        matches!((place(a), place(b)), (Some(a), Some(b)) if a.abs_diff(b) == 1)
    };
    a == b || in_order || KEYBOARD.iter().any(neighbours)
}

/// The shortest piece that, repeated, makes the whole; `None` when only the whole does.
pub(super) fn repeated_piece(characters: &[char]) -> Option<&[char]> {
    let length = characters.len();
    (1..=length / 2)
        .filter(|size| length.is_multiple_of(*size))
        .map(|size| &characters[..size])
        .find(|piece| characters.chunks(piece.len()).all(|chunk| chunk == *piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn kinds_are_counted_in_any_script() {
        let check = |text: &str, expect| assert_eq!(kinds(&chars(text)), expect, "{text}");
        check("", 0);
        check("abc", 1);
        check("äЖ9", 3);
        check("aB7 ", 4);
        check("密码", 1);
    }

    #[test]
    fn runs_are_predictable() {
        let check = |text: &str, expect| assert_eq!(is_predictable(&chars(text)), expect, "{text}");
        check("aaaaaaaaaaaa", true);
        check("abcdefABCDEF", true);
        check("987654321000", true);
        check("qwertzuiopasdfghjkl", true);
        check("1qaz2wsx3edc4rfv", true);
        check("correct horse", false);
        check("x7#Kp9!vQ2mZ", false);
    }

    #[test]
    fn the_shortest_piece_is_found() {
        let check = |text: &str, expect: Option<&str>| {
            let characters = chars(text);
            let piece = repeated_piece(&characters).map(|piece| piece.iter().collect::<String>());
            assert_eq!(piece.as_deref(), expect, "{text}");
        };
        check("", None);
        check("a", None);
        check("aaaa", Some("a"));
        check("abab", Some("ab"));
        check("ababa", None);
    }
}
