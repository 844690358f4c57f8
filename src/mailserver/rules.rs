//! What can't be rendered so that docker-mailserver does what is meant, and what can but should be looked at. Codes `DS-R…`.

use crate::diagnostic::{Rule, Severity};

macro_rules! rules {
    ($($name:ident = $severity:ident $code:literal $title:literal: $explanation:literal;)*) => {
        $(
            #[doc = concat!($code, ": ", $title, ".")]
            pub static $name: Rule = Rule {
                code: $code,
                severity: Severity::$severity,
                title: $title,
                explanation: $explanation,
            };
        )*

        /// All of them, in the order of their codes.
        #[must_use]
        pub fn all() -> &'static [&'static Rule] {
            static ALL: &[&Rule] = &[$(&$name),*];
            ALL
        }
    };
}

rules! {
    PATTERN = Error "DS-R001" "not one pattern":
        "A pattern for recipients is a Postfix pcre pattern between slashes, with flags behind it if need be: \
         `/^info[0-9]+@example\\.org$/`. `if`, `!` and other delimiters are not taken.";
    PATTERN_TAKES_FORWARDS = Error "DS-R002" "pattern that takes forwarded mail":
        "Postfix looks for patterns with every address that mail is sent on to: those elsewhere, and tagged ones such as \
         `ann+news@example.org` with all that they become. This one may match such an address, and would take its mail. End it in a \
         domain of yours, as in `@example\\.org$/`, and start it with a name that no mailbox has.";
    PATTERN_TAKES_TAGGED = Warning "DS-R003" "pattern that takes tagged mail of a mailbox":
        "Mail to a mailbox's own address is kept from patterns by a row of its own, but not mail to the address with a tag, such as \
         `ann+news@example.org`: Postfix looks for patterns with the whole tagged address first. Make the pattern narrower.";
    PATTERN_DOMAIN = Warning "DS-R004" "pattern for a domain without addresses":
        "docker-mailserver takes mail for the domains of mailboxes and aliases alone. Mail for a domain that only a pattern names \
         is refused. Give the domain a mailbox or an alias, such as postmaster.";
    ROOT = Error "DS-R005" "root is docker-mailserver's own":
        "docker-mailserver sends mail to root to its POSTMASTER_ADDRESS, in front of all system aliases: another entry is ignored. \
         Set POSTMASTER_ADDRESS where docker-mailserver is started.";
    UNSOUND = Error "DS-R006" "a value that its file can't hold":
        "The files have no way to quote: a value may not hold the characters that end a field, an entry or a line there, nor start \
         or end with a blank. In Dovecot fields `@` is refused too, because docker-mailserver searches the file for addresses.";
    RELAY_HOST = Error "DS-R007" "not a relay":
        "A relay is `[host]:port`, or `host:port` to have its MX records asked first; `none` takes a domain out of a default relay.";
    RELAY_LOGIN = Warning "DS-R008" "half a relay login":
        "A relay is logged in to only with both a user and a password. Set the one that is missing, or take the other out.";
    NO_PASSWORD = Warning "DS-R009" "mailbox that nobody can open":
        "The user may use mail but has no password yet. Mail is delivered, and no login succeeds until a password is set: \
         `dockspace user passwd ADDRESS`.";
    NO_MASTER_PASSWORD = Warning "DS-R010" "master user without a password":
        "A master user without a password is not rendered. Set one, or take the entry out.";
    NOBODY_LEFT = Warning "DS-R011" "mail that reaches nobody":
        "Everybody this leads to is suspended, gone or without a mailbox, so there is no row for it and its mail is refused; \
         of a forward, it stays in the mailbox. Name somebody else, or take it out.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_explained_in_sentences() {
        for (i, rule) in all().iter().enumerate() {
            assert_eq!(rule.code, format!("DS-R{:03}", i + 1));
            assert!(!rule.title.ends_with('.') && rule.title.len() < 70);
            assert!(rule.explanation.ends_with('.') && rule.explanation.len() > rule.title.len());
        }
    }
}
