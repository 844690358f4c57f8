//! `postfix-accounts.cf`: who has a mailbox, `login|hash` or `login|hash|fields`.
//!
//! Two of docker-mailserver's own lookups read this file as text: the rows it adds for aliases come from a `grep` for the
//! target's address, unanchored, with `.` for any character. `order` is what makes each such search find the right row first.

use std::borrow::Cow;

use super::{RenderError, Secrets, order::Lines};
use crate::model::{Dialect, State, User};

/// Its name.
pub const NAME: &str = "postfix-accounts.cf";

/// A hash that no password matches, and a field with which Dovecot says so (docker-mailserver reads an *empty* hash as a fault
/// and shuts down).
const NO_PASSWORD: &str = "{SHA512-CRYPT}!";
const NO_LOGIN: &str = "nologin";

/// What would end a field, and what docker-mailserver's searches for addresses would stop at.
pub(super) const FORBIDDEN_IN_FIELD: &[u8] = b"|@ ";

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The address, which is also the login.
    pub login: &'a str,
    /// The password hash in Dovecot's form.
    pub hash: &'a str,
    /// Dovecot extra fields separated by blanks; may be empty.
    pub fields: &'a str,
}

/// The rows of a file, as docker-mailserver reads them: split at the first two `|`, nothing trimmed.
pub fn parse(text: &str) -> impl Iterator<Item = Row<'_>> {
    super::lines(text).map(|line| {
        let mut parts = line.splitn(3, '|');
        let mut next = || parts.next().unwrap_or_default();
        Row {
            login: next(),
            hash: next(),
            fields: next(),
        }
    })
}

/// One row as a line of the file, with its newline. A row of one's own, such as a canary's, may be appended after the others.
#[must_use]
pub fn line(row: Row<'_>) -> String {
    let mut text = String::with_capacity(row.login.len() + row.hash.len() + row.fields.len() + 3);
    push(&mut text, row);
    text
}

fn push(text: &mut String, row: Row<'_>) {
    text.push_str(row.login);
    text.push('|');
    text.push_str(row.hash);
    if !row.fields.is_empty() {
        text.push('|');
        text.push_str(row.fields);
    }
    text.push('\n');
}

/// Whether a password opens the mailbox: not that of a locked user, nor one that has no password.
pub(super) fn has_login(user: &User) -> bool {
    user.state == State::Active && user.credentials.password.is_some()
}

/// `holders` are all who have a mailbox, by address.
pub(super) fn render(holders: &[&User], dialect: Dialect, secrets: &Secrets) -> Result<String, RenderError> {
    let mut lines = Lines::with_capacity(holders.len(), 160);
    // Both are ordered by address.
    let mut passwords = secrets.passwords.iter().peekable();
    for user in holders {
        while passwords.next_if(|(address, _)| **address < user.address).is_some() {}
        let password = passwords.peek().filter(|(address, _)| **address == user.address);
        let hash = match password {
            _ if !has_login(user) => NO_PASSWORD,
            Some((_, hash)) => hash.as_str(),
            None => return Err(RenderError::Password(user.address.clone())),
        };
        // A hash has no blank, bar, colon or control character by its type.
        if hash.contains('@') {
            return Err(RenderError::Unsound {
                file: NAME,
                key: user.address.to_string(),
            });
        }
        for field in &user.dovecot {
            super::sound(NAME, user.address.as_str(), field, FORBIDDEN_IN_FIELD)?;
        }
        let login = user.address.as_str();
        let fields = &fields(user, dialect);
        lines.add(&user.address, |line| push(line, Row { login, hash, fields }));
    }
    Ok(lines.into_text())
}

/// The third field: the user's own Dovecot fields, and `nologin` for whoever no password opens.
fn fields(user: &User, dialect: Dialect) -> String {
    let own: Vec<_> = user.dovecot.iter().map(|field| spelt(field, dialect)).collect();
    let mut fields = own.join(" ");
    if !has_login(user) && !user.dovecot.iter().any(|field| field == NO_LOGIN) {
        if !fields.is_empty() {
            fields.push(' ');
        }
        fields.push_str(NO_LOGIN);
    }
    fields
}

/// A field as the Dovecot of this dialect knows it. 2.4 passes over `userdb_mail` in silence, and mail goes where it goes for
/// everybody else.
fn spelt(field: &str, dialect: Dialect) -> Cow<'_, str> {
    match (dialect, field.strip_prefix("userdb_mail=")) {
        (Dialect::Dms16, Some(location)) => Cow::Owned(location_in_parts(location)),
        (Dialect::Dms15 | Dialect::Dms16, _) => Cow::Borrowed(field),
    }
}

/// `mbox:~/mail:INBOX=~/inbox` in the settings that 2.4 has instead (Dovecot, "Upgrading from 2.3 to 2.4", `mail_location`).
fn location_in_parts(location: &str) -> String {
    let mut parts = location.split(':');
    let named = [("mail_driver", parts.next()), ("mail_path", parts.next())];
    let options = parts.filter_map(|option| {
        let (key, value) = option.split_once('=')?;
        let name = match key {
            "INBOX" => "mail_inbox_path",
            "INDEX" => "mail_index_path",
            "CONTROL" => "mail_control_path",
            "ALT" => "mail_alt_path",
            "LAYOUT" => "mailbox_list_layout",
            _ => return None,
        };
        Some((name, Some(value)))
    });
    let settings = named.into_iter().chain(options);
    let fields = settings.filter_map(|(name, value)| value.map(|value| format!("userdb_{name}={value}")));
    fields.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        mailserver::sample::{Sample, hash},
        model::Address,
    };

    #[test]
    fn rows_as_docker_mailserver_reads_them() {
        for (text, login, hash, fields) in [
            ("ann@x.org|{A}b\n", "ann@x.org", "{A}b", ""),
            (
                "ann@x.org|{A}b|userdb_mail=mbox:~/mail",
                "ann@x.org",
                "{A}b",
                "userdb_mail=mbox:~/mail",
            ),
            ("# comment\n\n \t\n  # too\nann@x.org|h|a|b\n", "ann@x.org", "h", "a|b"),
            (" ann@x.org|h \n", " ann@x.org", "h ", ""),
            ("ann@x.org\n", "ann@x.org", "", ""),
        ] {
            assert_eq!(
                parse(text).collect::<Vec<_>>(),
                [Row { login, hash, fields }],
                "{text:?}"
            );
        }
    }

    #[test]
    fn each_state_has_its_row() {
        let mut sample = Sample::new();
        sample.user("active@x.org");
        sample.user("locked@x.org").state = State::Locked;
        sample.user("suspended@x.org").state = State::Suspended;
        sample.user("absent@x.org").state = State::Absent;
        sample.user("login@x.org").services.clear();
        sample.user("new@x.org").credentials.password = None;
        sample.user("mbox@x.org").dovecot = vec!["userdb_mail=mbox:~/mail:INBOX=~/inbox".into()];
        let both = sample.user("both@x.org");
        both.state = State::Locked;
        both.dovecot = vec!["userdb_mail=mbox:~/mail".into(), NO_LOGIN.into()];
        let secrets = sample.secrets();
        let text = render(&sample.holders(), Dialect::Dms15, &secrets).unwrap();
        let hash = |address: &str| hash(address).as_str().to_owned();
        let expect = [
            format!("new@x.org|{NO_PASSWORD}|{NO_LOGIN}\n"),
            format!("both@x.org|{NO_PASSWORD}|userdb_mail=mbox:~/mail {NO_LOGIN}\n"),
            format!(
                "mbox@x.org|{}|userdb_mail=mbox:~/mail:INBOX=~/inbox\n",
                hash("mbox@x.org")
            ),
            format!("active@x.org|{}\n", hash("active@x.org")),
            format!("locked@x.org|{NO_PASSWORD}|{NO_LOGIN}\n"),
        ];
        assert_eq!(text, expect.concat());
    }

    #[test]
    fn a_mail_location_is_spelt_as_its_dovecot_knows_it() {
        for (field, in_16) in [
            ("nologin", "nologin"),
            ("allow_nets=192.0.2.0/24", "allow_nets=192.0.2.0/24"),
            (
                "userdb_mail=sdbox:~/mail",
                "userdb_mail_driver=sdbox userdb_mail_path=~/mail",
            ),
            (
                "userdb_mail=mbox:~/mail:INBOX=~/inbox:INDEX=~/index",
                "userdb_mail_driver=mbox userdb_mail_path=~/mail userdb_mail_inbox_path=~/inbox userdb_mail_index_path=~/index",
            ),
            (
                "userdb_mail=maildir:~/m:LAYOUT=fs:CONTROL=~/c:ALT=~/a",
                "userdb_mail_driver=maildir userdb_mail_path=~/m userdb_mailbox_list_layout=fs userdb_mail_control_path=~/c userdb_mail_alt_path=~/a",
            ),
        ] {
            assert_eq!(spelt(field, Dialect::Dms15), field);
            assert_eq!(spelt(field, Dialect::Dms16), in_16);
        }
    }

    #[test]
    fn a_password_that_was_not_opened_is_an_error() {
        let mut sample = Sample::new();
        sample.user("ann@x.org");
        let error = render(&sample.holders(), Dialect::Dms16, &Secrets::default()).unwrap_err();
        assert_eq!(error, RenderError::Password(Address::mailbox("ann@x.org").unwrap()));
    }

    proptest! {
        #[test]
        fn parse_undoes_render(rows in proptest::collection::vec(("[a-z0-9.@_-]{1,9}", "[!-{}~]{0,9}", "([!-~]{1,5}( [!-~]{1,5})?)?"), 0..9)) {
            let rows: Vec<_> = rows.iter().map(|(login, hash, fields)| Row { login, hash, fields }).collect();
            let text: String = rows.iter().map(|row| line(*row)).collect();
            prop_assert_eq!(parse(&text).collect::<Vec<_>>(), rows);
        }
    }
}
