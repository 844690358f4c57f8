//! What somebody who guesses would try first: common passwords and the person's own data, plainly or in the usual disguise.

use zeroize::Zeroizing;

/// One a line, in small letters, sorted: collected from what leaked lists have in common, without digits at the end where a word
/// remains, because those are taken off before looking here.
const COMMON: &str = include_str!("common_passwords.txt");

/// Personal words shorter than this are in too many other words.
const WORD: usize = 3;
/// With fewer letters than this beside personal words, a password is made of them.
const OWN_LETTERS: usize = 6;

/// How a digit or sign is read: as itself, or as the letter it looks like.
#[derive(Clone, Copy)]
enum Reading {
    Plain,
    /// `1` and `!` as `i`.
    OneIsI,
    /// `1` and `!` as `l`.
    OneIsL,
}

impl Reading {
    const ALL: [Self; 3] = [Self::Plain, Self::OneIsI, Self::OneIsL];

    /// One character for one, in small letters.
    fn of(self, c: char) -> char {
        let lower = c.to_lowercase().next().unwrap_or(c);
        match (self, lower) {
            (Self::Plain, _) => lower,
            (Self::OneIsI, '1' | '!' | '|') => 'i',
            (Self::OneIsL, '1' | '!' | '|') => 'l',
            (_, '0') => 'o',
            (_, '3') => 'e',
            (_, '4' | '@') => 'a',
            (_, '5' | '$') => 's',
            (_, '7' | '+') => 't',
            (_, '8') => 'b',
            (_, '9') => 'g',
            _ => lower,
        }
    }
}

/// Whether the password is on the list, in any spelling, with or without digits and signs around it or between its letters.
pub(super) fn is_common(characters: &[char]) -> bool {
    let guesses: Vec<_> = cores(characters)
        .iter()
        .flat_map(|core| {
            Reading::ALL.map(|reading| Zeroizing::new(core.iter().map(|c| reading.of(*c)).collect::<String>()))
        })
        .collect();
    COMMON
        .lines()
        .any(|word| guesses.iter().any(|guess| guess.as_str() == word))
}

/// The password as it is, without what isn't a letter at its end, its start or both, and without signs.
fn cores(characters: &[char]) -> [Zeroizing<Vec<char>>; 6] {
    let letter = |c: &char| c.is_alphabetic();
    let start = characters.iter().position(letter).unwrap_or(0);
    let end = characters.iter().rposition(letter).map_or(0, |last| last + 1);
    let only = |keep: fn(char) -> bool| characters.iter().copied().filter(|c| keep(*c)).collect();
    [
        characters.to_vec(),
        characters[..end].to_vec(),
        characters[start..].to_vec(),
        characters[start..end.max(start)].to_vec(),
        only(char::is_alphanumeric),
        only(char::is_alphabetic),
    ]
    .map(Zeroizing::new)
}

/// Whether little is left when the words of `personal` are taken out, forwards and backwards.
pub(super) fn is_personal(characters: &[char], personal: &[&str]) -> bool {
    let words: Vec<Vec<char>> = personal
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .map(|word| word.chars().map(|c| Reading::Plain.of(c)).collect())
        .filter(|word: &Vec<char>| word.len() >= WORD)
        .collect();
    Reading::ALL.iter().any(|reading| {
        let read = Zeroizing::new(characters.iter().map(|c| reading.of(*c)).collect::<Vec<_>>());
        let taken = places_of(&words, &read);
        let own = characters
            .iter()
            .zip(&taken)
            .filter(|(c, taken)| c.is_alphabetic() && !**taken);
        taken.contains(&true) && own.count() < OWN_LETTERS
    })
}

/// For each character, whether it is part of one of the words, read in either direction.
fn places_of(words: &[Vec<char>], text: &[char]) -> Vec<bool> {
    let mut taken = vec![false; text.len()];
    for word in words {
        for (at, window) in text.windows(word.len()).enumerate() {
            if window == word.as_slice() || window.iter().rev().eq(word) {
                taken[at..at + word.len()].fill(true);
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn the_list_is_sorted_in_small_letters_and_without_repetitions() {
        let words: Vec<_> = COMMON.lines().collect();
        assert!(words.len() > 2000);
        assert!(words.is_sorted_by(|a, b| a < b));
        for word in words {
            assert!(
                word.len() >= 3 && *word == word.to_lowercase() && !word.contains(char::is_whitespace),
                "{word}"
            );
        }
    }

    #[test]
    fn words_of_the_list_are_found_in_disguise() {
        let words = COMMON.lines().filter(|word| word.chars().all(char::is_alphabetic));
        for word in words.step_by(11) {
            assert!(is_common(&chars(&word.to_uppercase())), "{word}");
            assert!(is_common(&chars(&format!("{word}#"))), "{word}");
            let leet = word
                .replace('o', "0")
                .replace('e', "3")
                .replace('s', "$")
                .replace('i', "!");
            assert!(is_common(&chars(&leet)), "{word}: {leet}");
        }
    }

    #[test]
    fn personal_words_are_found_whole() {
        let check = |password: &str, personal: &[&str], expect| {
            assert_eq!(
                is_personal(&chars(password), personal),
                expect,
                "{password} {personal:?}"
            );
        };
        check("alice99", &["Alice"], true);
        check("ECILA!!", &["Alice"], true);
        check("4l1c3!!", &["Alice"], true);
        check("ali99ce", &["Alice"], false);
        check("alice", &["al", "ic", "@", ""], false);
        check("müller-2026", &["Jörg Müller"], true);
        check("alice-quartz", &["alice"], false);
        check("", &["alice"], false);
    }
}
