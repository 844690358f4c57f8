//! `postfix-accounts.cf`: who has a mailbox, `login|hash` or `login|hash|fields`.
//!
//! Two of docker-mailserver's own lookups read this file as text: the rows it adds for aliases come from a `grep` for the
//! target's address, unanchored, with `.` for any character. [`order`] is what makes each such search find the right row first.

use std::cmp::Reverse;

use super::{RenderError, Secrets};
use crate::model::{Address, Desired, State, User};

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

/// Where an address stands among others, so that a search for any of them finds its own line first.
///
/// A search for `t` finds the line of `a` only if `t`, its dots standing for anything, is the end of the name and the start of the
/// domain of `a`. Then `t` is shorter than `a`, or of the same length with more dots. So this is an order in which nobody's line
/// stands above that of somebody whose search it would answer; and because the relation has no cycles, there always is one.
#[must_use]
pub fn order(address: &Address) -> (usize, Reverse<usize>) {
    let text = address.as_str();
    (text.len(), Reverse(text.bytes().filter(|byte| *byte == b'.').count()))
}

/// Everybody who has a mailbox, in [`order`].
pub(super) fn holders(desired: &Desired) -> Vec<&User> {
    let mut users: Vec<_> = desired
        .users
        .values()
        .filter(|user| user.has_mailbox())
        .map(|user| (order(&user.address), user))
        .collect();
    users.sort_by_key(|(order, _)| *order);
    users.into_iter().map(|(_, user)| user).collect()
}

/// Whether a password opens the mailbox: not that of a locked user, nor one that has no password.
pub(super) fn has_login(user: &User) -> bool {
    user.state == State::Active && user.credentials.password.is_some()
}

pub(super) fn render(holders: &[&User], secrets: &Secrets) -> Result<String, RenderError> {
    let mut text = String::with_capacity(holders.len() * 160);
    for user in holders {
        let hash = if has_login(user) {
            let hash = secrets.passwords.get(&user.address);
            hash.ok_or_else(|| RenderError::Password(user.address.clone()))?
                .as_str()
        } else {
            NO_PASSWORD
        };
        let fields = fields(user);
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
        push(
            &mut text,
            Row {
                login: user.address.as_str(),
                hash,
                fields: &fields,
            },
        );
    }
    Ok(text)
}

/// The third field: the user's own Dovecot fields, and `nologin` for whoever no password opens.
fn fields(user: &User) -> String {
    let mut fields = user.dovecot.join(" ");
    if !has_login(user) && !user.dovecot.iter().any(|field| field == NO_LOGIN) {
        if !fields.is_empty() {
            fields.push(' ');
        }
        fields.push_str(NO_LOGIN);
    }
    fields
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mailserver::sample::{Sample, hash};

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
        let text = render(&holders(&sample.desired), &secrets).unwrap();
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
    fn a_password_that_was_not_opened_is_an_error() {
        let mut sample = Sample::new();
        sample.user("ann@x.org");
        let error = render(&holders(&sample.desired), &Secrets::default()).unwrap_err();
        assert_eq!(error, RenderError::Password(Address::mailbox("ann@x.org").unwrap()));
    }

    #[test]
    fn whose_search_could_hit_another_stands_first() {
        for (first, second) in [
            ("ann@x.org", "joann@x.org"),
            ("a.b@x.org", "axb@x.org"),
            ("noq@x.org", "panoq@x.org"),
            ("al@x.or", "al@x.org"),
            ("a.b@x.y.org", "a.b@x-y.org"),
        ] {
            let order = |text| order(&Address::mailbox(text).unwrap());
            assert!(order(first) < order(second), "{first} before {second}");
        }
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
