//! Every rule of the repository's format, with its stable code.
//!
//! One file per letter of the codes. A code that is retired is never given out again. `dockspace explain CODE` and the generated
//! reference read [`all`]; the rules about rendering (`DS-R…`) stand with the code that renders.
//!
//! ```
//! let rule = dockspace::document::rules::all().find(|rule| rule.code == "DS-F003").unwrap();
//! assert_eq!(rule.title, "unknown key");
//! ```

macro_rules! rules {
    ($($name:ident = $severity:ident $code:literal $title:literal: $explanation:literal;)*) => {
        $(
            #[doc = concat!($code, ": ", $title, ".")]
            pub static $name: Rule = Rule {
                code: $code,
                severity: crate::diagnostic::Severity::$severity,
                title: $title,
                explanation: $explanation,
            };
        )*

        /// All rules of this file, in the order of their codes.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

pub mod address;
pub mod client;
pub mod file;
pub mod group;
pub mod identity;
pub mod key;
pub mod mail;
pub mod organisation;
pub mod policy;
pub mod sealed;
pub mod user;

use crate::diagnostic::Rule;

/// The rules of each letter.
fn letters() -> Vec<&'static [&'static Rule]> {
    vec![
        address::ALL,
        client::ALL,
        organisation::ALL,
        file::ALL,
        group::ALL,
        identity::ALL,
        key::ALL,
        mail::ALL,
        policy::ALL,
        sealed::ALL,
        user::ALL,
    ]
}

/// All rules that reading a repository may find broken, by letter and number.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    letters().into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_well_formed_and_in_order() {
        for group in letters() {
            let codes: Vec<&str> = group.iter().map(|rule| rule.code).collect();
            assert!(codes.is_sorted(), "{codes:?}");
        }
        let mut seen = BTreeSet::new();
        for rule in all() {
            let (letter, number) = rule.code.strip_prefix("DS-").unwrap().split_at(1);
            assert!(letter.chars().all(|c| c.is_ascii_uppercase()), "{}", rule.code);
            assert!(
                number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()),
                "{}",
                rule.code
            );
            assert!(seen.insert(rule.code), "{} is given out twice", rule.code);
        }
    }

    #[test]
    fn every_rule_is_explained_in_sentences() {
        for rule in all() {
            assert!(
                !rule.title.ends_with('.') && rule.title.len() < 70,
                "{}: {}",
                rule.code,
                rule.title
            );
            assert!(rule.explanation.ends_with('.'), "{}", rule.code);
            assert!(rule.explanation.len() > rule.title.len(), "{}", rule.code);
        }
    }
}
