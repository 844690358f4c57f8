//! What makes a new password good enough, and everything that is wrong with one.
//!
//! It looks at length, kinds of characters, patterns, a list of the passwords tried first by everybody who guesses, and the
//! person's own data. It says nothing about passwords that exist already. Any Unicode character may be used except control
//! characters; a password is never changed or cut off.
//!
//! ```
//! use dockspace::auth::policy::{Weakness, weaknesses};
//! use dockspace::model::Policy;
//!
//! let rules = Policy::default().password;
//! assert_eq!(weaknesses(&rules, &"Password123!".into(), &["alice"]), [Weakness::Common]);
//! assert!(weaknesses(&rules, &"quartz lamp under nine bridges".into(), &["alice"]).is_empty());
//! ```

mod guess;
mod pattern;

use zeroize::Zeroizing;

use super::password::MAX_BYTES;
use crate::model::PasswordRules;
use crate::seal::Secret;

/// From this many characters on, one kind of them is enough: length is worth more than variety.
const LONG: usize = 16;
/// How many of the four kinds (small, capital, digit, anything else) a shorter password has.
const KINDS: usize = 3;

/// Something wrong with a password, as a sentence for the person who chose it. None shows any of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer characters than `password.min_length`.
    #[error("Use at least {min_length} characters.")]
    TooShort {
        /// What the organisation asks for.
        min_length: u16,
    },
    /// More bytes than [`MAX_BYTES`].
    #[error("Use at most {MAX_BYTES} bytes; letters outside English take two to four.")]
    TooLong,
    /// A tab, a line break or the like, which mail programs can't send.
    #[error("Leave out tabs, line breaks and other control characters.")]
    Control,
    /// Short and of few kinds of characters.
    #[error(
        "Mix at least {KINDS} of small letters, capital letters, digits and other characters, or use {LONG} characters or more."
    )]
    Uniform,
    /// A run along the alphabet, the digits or the keyboard.
    #[error("Don't follow the alphabet, the digits or the keyboard.")]
    Pattern,
    /// One short piece again and again.
    #[error("Don't repeat the same piece again and again.")]
    Repeated,
    /// On the list of common passwords, bare or disguised.
    #[error("This is one of the most common passwords, or one with digits and signs around it.")]
    Common,
    /// Made of the person's own data.
    #[error("Don't build the password from your name, your address or the name of your organisation.")]
    Personal,
}

/// All that is wrong with `password`; nothing when it is good. `personal` is what others know about the person: names, username,
/// address, domain, organisation, each as it stands.
#[must_use]
pub fn weaknesses(rules: &PasswordRules, password: &Secret<String>, personal: &[&str]) -> Vec<Weakness> {
    if password.expose().len() > MAX_BYTES {
        return vec![Weakness::TooLong];
    }
    let characters: Zeroizing<Vec<char>> = Zeroizing::new(password.expose().chars().collect());
    let min_length = rules.min_length;
    let repeated = pattern::repeated_piece(&characters);
    let piece = repeated.unwrap_or(&characters);
    [
        (
            characters.len() < usize::from(min_length),
            Weakness::TooShort { min_length },
        ),
        (characters.iter().any(|c| c.is_control()), Weakness::Control),
        (
            characters.len() < LONG && pattern::kinds(&characters) < KINDS,
            Weakness::Uniform,
        ),
        (pattern::is_predictable(&characters), Weakness::Pattern),
        (
            repeated.is_some_and(|piece| piece.len() < usize::from(min_length)),
            Weakness::Repeated,
        ),
        (guess::is_common(piece), Weakness::Common),
        (guess::is_personal(&characters, personal), Weakness::Personal),
    ]
    .into_iter()
    .filter_map(|(applies, weakness)| applies.then_some(weakness))
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Policy;

    const ALICE: [&str; 5] = [
        "alice",
        "alice@example.org",
        "Alice Liddell",
        "example.org",
        "Wonderland Ltd.",
    ];

    fn found(password: &str) -> Vec<Weakness> {
        weaknesses(&Policy::default().password, &password.into(), &ALICE)
    }

    #[test]
    fn good_passwords_pass() {
        for password in [
            "quartz lamp under nine bridges",
            "correct-Horse-7-battery",
            "x7#Kp9!vQ2mZ",
            "Tr4mpolin&Zahnrad",
            "пингвин читает газету",
            "我昨天在火车站看见三只猫喝茶唱歌",
            "ünïcödé Straße 7",
            " leading and trailing spaces ",
            "alice in a very different story",
            "x7#Kalice9!vQ2mZpw",
        ] {
            assert_eq!(found(password), [], "{password}");
        }
    }

    #[test]
    fn each_weakness_is_found() {
        use Weakness::{Common, Control, Pattern, Personal, Repeated, TooLong, TooShort, Uniform};
        const SHORT: Weakness = TooShort { min_length: 12 };
        let check = |password: &str, expect: &[Weakness]| assert_eq!(found(password), expect, "{password:?}");
        check("", &[SHORT, Uniform, Pattern]);
        check("x7#Kp9!vQ2m", &[SHORT]);
        check(&"é".repeat(513), &[TooLong]);
        check("x7#Kp9!vQ2mZ\t", &[Control]);
        check("x7#Kp9!vQ2mZ\u{85}", &[Control]);
        check("quartzlampsky", &[Uniform]);
        check("quartzlamp47", &[Uniform]);
        check("aaaaaaaaaaaaaaaa", &[Pattern, Repeated]);
        check("abcdefgh-12345678", &[Pattern, Common]);
        check("Qwertyuiop[]987654", &[Pattern, Common]);
        check("1qaz2wsx3edc4rfv", &[Pattern]);
        check("zK7!zK7!zK7!", &[Repeated]);
        check("Fo7!xKFo7!xKFo7!xK", &[Repeated]);
        for password in [
            "Password123!",
            "P@ssw0rd2026!",
            "!!Dragon!!2026",
            "T3st-Password",
            "W1llkommen2026#",
            "Adm1n1str@tor",
            "pass-word-2026-!",
            "Password12Password12",
        ] {
            assert!(found(password).contains(&Common), "{password}: {:?}", found(password));
        }
        for password in [
            "Alice2026!!!!",
            "aliceliddell!7",
            "1985-Liddell-04",
            "L1dd3ll#2026#",
            "ecila-llEDdil-7",
            "Wonderland-99",
            "example.ORG-77",
        ] {
            assert!(found(password).contains(&Personal), "{password}: {:?}", found(password));
        }
    }

    #[test]
    fn all_reasons_come_at_once_and_are_sentences() {
        let reasons = found("alice\n");
        assert_eq!(
            reasons,
            [
                Weakness::TooShort { min_length: 12 },
                Weakness::Control,
                Weakness::Uniform,
                Weakness::Personal
            ]
        );
        for reason in reasons {
            let text = reason.to_string();
            assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{text}");
        }
    }

    #[test]
    fn the_organisation_sets_the_length() {
        let mut rules = Policy::default().password;
        rules.min_length = 20;
        let reasons = weaknesses(&rules, &"x7#Kp9!vQ2mZ".into(), &[]);
        assert_eq!(reasons, [Weakness::TooShort { min_length: 20 }]);
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(password in any::<String>(), personal in any::<String>()) {
            let rules = Policy::default().password;
            let reasons = weaknesses(&rules, &password.as_str().into(), &[&personal]);
            let short = Weakness::TooShort { min_length: 12 };
            prop_assert_eq!(reasons.contains(&short), password.chars().count() < 12 && password.len() <= MAX_BYTES);
        }

        #[test]
        fn a_common_word_stays_common_with_digits_and_signs_around(word in "(dragon|sunshine|welcome|geheim)", front in "[0-9!#-]{0,6}", back in "[0-9!#-]{0,9}") {
            for password in [format!("{front}{word}{back}"), format!("{front}{}{back}", word.to_uppercase())] {
                prop_assert!(found(&password).contains(&Weakness::Common), "{password}");
            }
        }
    }
}
