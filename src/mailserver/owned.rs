//! The files that Dockspace owns in a docker-mailserver directory. Everything else there is invisible to it.

use super::{access, accounts, aliases, masters, quotas, regexp, relay, system_aliases};

/// An owned file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owned {
    /// Its name in docker-mailserver's configuration directory.
    pub name: &'static str,
    /// How its lines are built.
    pub format: Format,
    /// Permission bits of a new one. All readers in the container are root, so secrets need nobody else.
    pub mode: u32,
    /// When docker-mailserver takes notice of a change.
    pub reload: Reload,
}

/// How a line is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `key|value`.
    Bars,
    /// `key:value`.
    Colon,
    /// `key value`, the key up to white space.
    Blank,
    /// `/pattern/flags value`, the key being the pattern with its flags.
    Pattern,
}

/// When docker-mailserver takes notice of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    /// At its next poll.
    Watched,
    /// When Postfix reloads for another reason; and only if the file was there when the container was made.
    Unwatched,
}

const SECRET: u32 = 0o640;
const PLAIN: u32 = 0o644;

const fn file(name: &'static str, format: Format, mode: u32, reload: Reload) -> Owned {
    Owned {
        name,
        format,
        mode,
        reload,
    }
}

/// All of them.
pub static OWNED: [Owned; 10] = [
    file(accounts::NAME, Format::Bars, SECRET, Reload::Watched),
    file(aliases::NAME, Format::Blank, PLAIN, Reload::Watched),
    file(regexp::NAME, Format::Pattern, PLAIN, Reload::Watched),
    file(system_aliases::NAME, Format::Colon, PLAIN, Reload::Watched),
    file(quotas::NAME, Format::Colon, PLAIN, Reload::Watched),
    file(masters::NAME, Format::Bars, SECRET, Reload::Watched),
    file(relay::MAP, Format::Blank, PLAIN, Reload::Watched),
    file(relay::PASSWORDS, Format::Blank, SECRET, Reload::Watched),
    file(access::SEND, Format::Blank, PLAIN, Reload::Unwatched),
    file(access::RECEIVE, Format::Blank, PLAIN, Reload::Unwatched),
];

/// The owned file of that name.
#[must_use]
pub fn owned(name: &str) -> Option<&'static Owned> {
    OWNED.iter().find(|owned| owned.name == name)
}

/// The whole content of an owned file that has nothing to say any more: one comment. docker-mailserver makes an account out of an
/// empty file, and finds addresses in comments.
#[must_use]
pub fn emptied(name: &str) -> Option<&'static str> {
    owned(name).map(|_| "# Nothing here. Dockspace keeps this file.\n")
}

/// What a line of the owned file `name` is about: the part that is unique in it. `None` for a comment, a blank line, and a file
/// that isn't owned.
#[must_use]
pub fn entry_key<'l>(name: &str, line: &'l str) -> Option<&'l str> {
    let format = owned(name)?.format;
    let line = super::lines(line).next()?;
    let key = match format {
        Format::Bars => line.split('|').next(),
        Format::Colon => line.split(':').next(),
        Format::Blank => line.split_ascii_whitespace().next(),
        Format::Pattern => regexp::parse(line).next().map(|row| row.pattern),
    };
    Some(key.unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_line() {
        for (name, line, key) in [
            ("postfix-accounts.cf", "ann@x.org|{A}b|c", Some("ann@x.org")),
            ("postfix-accounts.cf", "# ann|x", None),
            ("postfix-virtual.cf", "@x.org ann@x.org,bob@x.org", Some("@x.org")),
            ("postfix-virtual.cf", "", None),
            ("postfix-regexp.cf", "/^a b\\/c$/i ann@x.org", Some("/^a b\\/c$/i")),
            ("postfix-aliases.cf", "devnull: /dev/null", Some("devnull")),
            ("dovecot-quotas.cf", "ann@x.org:", Some("ann@x.org")),
            ("dovecot-masters.cf", "admin|{A}b", Some("admin")),
            ("postfix-relaymap.cf", "@x.org", Some("@x.org")),
            ("postfix-sasl-password.cf", "@x.org user:a b", Some("@x.org")),
            ("postfix-send-access.cf", "a@x.org REJECT go away", Some("a@x.org")),
            ("dovecot.cf", "a b", None),
        ] {
            assert_eq!(entry_key(name, line), key, "{name}: {line:?}");
        }
    }

    #[test]
    fn an_emptied_file_has_no_entry_no_address_and_some_bytes() {
        for owned in &OWNED {
            let text = emptied(owned.name).unwrap();
            assert!(text.starts_with('#') && text.ends_with('\n') && !text.contains(['@', '|', '\r']));
            assert_eq!(text.lines().count(), 1);
            assert_eq!(entry_key(owned.name, text), None);
        }
        assert_eq!(emptied("dovecot.cf"), None);
    }
}
