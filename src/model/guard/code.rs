//! The catalogue of guards: each with its stable word, why it exists and what may acknowledge it.

use crate::diagnostic::{Rule, Severity};

/// What may acknowledge what a guard found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledgement {
    /// Nothing: the change has to be another one.
    Never,
    /// An administrator, for this very plan. Not a word in a commit message, which whoever wrote the change may write too.
    Administrator,
    /// An administrator for this very plan, or whoever merges, by the number of what was found.
    Merge,
}

impl Acknowledgement {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Administrator => "administrator",
            Self::Merge => "merge",
        }
    }
}

macro_rules! guards {
    ($($name:ident = $code:literal $by:ident $title:literal: $explanation:literal;)*) => {
        /// A guard. Ordered: the riskiest is the smallest.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`: ", $title, ".")] $name),*
        }

        impl Code {
            /// All guards, the riskiest first.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its word, which never changes its meaning.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                self.rule().code
            }

            /// What it is, for the catalogue of codes.
            #[must_use]
            pub const fn rule(self) -> &'static Rule {
                match self {
                    $(Self::$name => {
                        static RULE: Rule = Rule {
                            code: $code,
                            severity: Severity::Warning,
                            title: $title,
                            explanation: $explanation,
                        };
                        &RULE
                    })*
                }
            }

            /// What may acknowledge what it found.
            #[must_use]
            pub const fn acknowledgement(self) -> Acknowledgement {
                match self { $(Self::$name => Acknowledgement::$by),* }
            }
        }
    };
}

guards! {
    Empty = "empty" Never "nobody would have a mailbox":
        "Everybody who has a mailbox would lose it. No organisation wants that: it is what a wrong directory, a bad merge or an \
         emptied repository looks like, and docker-mailserver does not start without an account. There is no acknowledgement; \
         keep at least one mailbox.";
    Recipients = "recipients" Administrator "who can open sealed values changes":
        "A recipient of [secrets] opens every password, second factor and signing key that is sealed from then on. One who is \
         added reads them all; when one is removed, what was sealed before stays readable to it, and a host that loses its own \
         can serve nobody. Compare each key with its owner by another way than this repository.";
    Admins = "admins" Administrator "who administers changes":
        "Whoever gains the admin group, or is let in again as a member of it, can change everything. And when nobody is left who \
         is in it, active, and has a password, nobody can undo the change by signing in.";
    PrivilegedCredential = "privileged-credential" Merge "a credential that opens much is replaced":
        "The password or second factor of an administrator, a Dovecot master user and a signing key each open far more than one \
         person's things, and sealing a new one needs public keys only: whoever gets such a change merged can sign in as that \
         administrator, read every mailbox or sign tokens for everybody. Ask the one it belongs to whether it was them.";
    Issuer = "issuer" Merge "the issuer changes":
        "Apps know people by the issuer and the id together. With another issuer every app refuses every sign-in until it is set \
         up anew, and may take each person for a new one.";
    Removals = "removals" Merge "many go at once":
        "More of one collection would go than [policy.guards] removals of the base revision lets pass: users who are removed, absent, \
         suspended or locked or lose mail, and groups, aliases, apps, keys and mail settings that are gone. A mistaken merge or \
         script looks like this.";
    Domains = "domains" Merge "the list of mail domains changes":
        "The mail server accepts mail for every domain that an address names. A domain that is gone bounces all its mail; one that \
         is new takes in mail that may belong elsewhere.";
    Id = "id" Merge "somebody's id changes":
        "The id is what apps know a user by. With another one every app sees a stranger, and whoever has the old one is the old \
         user to them. An id never changes in the life of a user; a rename keeps it.";
    Protected = "protected" Merge "a protected user is touched":
        "The base revision says `protected = true` of this user, so that nobody takes something away from them in passing: removal, \
         rename, state, admin group, services, credentials and the flag itself. It is read from the base, so a change cannot lift \
         what it breaks.";
    Redirect = "redirect" Merge "sign-in may return to another place":
        "Where sign-in returns to, codes go. A wildcard, or http beyond this very machine, hands them to others; and an app that \
         people use already rarely moves to another host. Ask whoever runs the app.";
    Vanished = "vanished" Merge "gone without a tombstone":
        "A user's file is gone, and retired.toml does not say so; or a line of retired.toml is gone. Only the tombstone keeps the id, \
         and unnoticed the address, from being given to somebody else. `dockspace user purge` writes it.";
    Policy = "policy" Merge "the organisation's own rules change":
        "[policy] and [trust] are what other changes are held against, from the base revision. Whoever weakens them now is free to \
         break them next.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_in_words_and_sentences() {
        for code in Code::ALL {
            let rule = code.rule();
            assert!(rule.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            assert!(!rule.title.ends_with('.') && rule.title.len() < 70, "{}", rule.code);
            assert!(rule.explanation.ends_with('.'), "{}", rule.code);
        }
        assert!(Code::ALL.is_sorted());
    }

    #[test]
    fn what_no_commit_message_may_acknowledge() {
        let not_by_merge: Vec<&str> = Code::ALL
            .iter()
            .filter(|code| code.acknowledgement() != Acknowledgement::Merge)
            .map(|code| code.as_str())
            .collect();
        assert_eq!(not_by_merge, ["empty", "recipients", "admins"]);
    }
}
