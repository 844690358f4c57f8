//! `postfix-relaymap.cf` and `postfix-sasl-password.cf`: how mail from each of our domains leaves.
//!
//! A relay map row is `@domain [host]:port`; `@domain` alone takes the domain out of a default relay. A password row is
//! `@domain user:password`, in clear: Postfix has to say it to the relay. Both become `texthash` tables: the first blanks end the key,
//! trailing ones are dropped, so a value can't start or end with one.

use super::{RenderError, Secrets};
use crate::model::{Domain, Mail, Relay};

/// Name of the relay map.
pub const MAP: &str = "postfix-relaymap.cf";
/// Name of the password file.
pub const PASSWORDS: &str = "postfix-sasl-password.cf";

/// One row of either file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// `@domain`, or a sender's address.
    pub key: &'a str,
    /// `[host]:port` or `user:password`; empty for a domain that opts out.
    pub value: &'a str,
}

impl<'a> Row<'a> {
    /// The value of a password row as user and password: the password may hold colons.
    #[must_use]
    pub fn credentials(self) -> Option<(&'a str, &'a str)> {
        self.value.split_once(':')
    }
}

/// The rows of either file.
pub fn parse(text: &str) -> impl Iterator<Item = Row<'_>> {
    super::lines(text).map(|line| {
        let line = line.trim_ascii();
        let end = line.find(|c: char| c.is_ascii_whitespace()).unwrap_or(line.len());
        let (key, value) = line.split_at(end);
        Row {
            key,
            value: value.trim_ascii_start(),
        }
    })
}

pub(super) fn render_map(mail: &Mail) -> Result<String, RenderError> {
    let mut text = String::new();
    for (domain, relay) in &mail.relay {
        match &relay.host {
            Some(host) => {
                super::sound(MAP, domain.as_str(), host, b" ")?;
                text += &format!("@{domain} {host}\n");
            }
            None => text += &format!("@{domain}\n"),
        }
    }
    Ok(text)
}

pub(super) fn render_passwords(mail: &Mail, secrets: &Secrets) -> Result<String, RenderError> {
    let mut text = String::new();
    for (domain, user) in mail
        .relay
        .iter()
        .filter_map(|(domain, relay)| Some((domain, login(relay)?)))
    {
        let password = secrets
            .relays
            .get(domain)
            .ok_or_else(|| RenderError::Relay(domain.clone()))?;
        super::sound(PASSWORDS, domain.as_str(), user, b": ")?;
        super::sound(PASSWORDS, domain.as_str(), password.expose(), b"")?;
        push(&mut text, domain, user, password.expose());
    }
    Ok(text)
}

fn push(text: &mut String, domain: &Domain, user: &str, password: &str) {
    for part in ["@", domain.as_str(), " ", user, ":", password, "\n"] {
        text.push_str(part);
    }
}

/// The name to log in with at a relay that wants one and has a password.
pub(super) fn login(relay: &Relay) -> Option<&str> {
    relay.host.as_ref()?;
    relay.password.as_ref()?;
    relay.user.as_deref()
}

/// Whether `text` is a relay as Postfix takes it: `[host]:port`, `host:port`, or either without the port.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':').unwrap_or("-"))),
        None => text
            .split_once(':')
            .map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let is_name = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
    is_name && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mailserver::sample::Sample;

    #[test]
    fn a_domain_opts_out_or_has_a_relay_with_or_without_a_login() {
        let mut sample = Sample::new();
        sample.relay("a.org", Some("[smtp.relay.example]:587"), Some("me"));
        sample.relay("b.org", None, Some("unused"));
        sample.relay("c.org", Some("smtp.relay.example"), None);
        let mail = &sample.desired.mail;
        let map = render_map(mail).unwrap();
        assert_eq!(
            map,
            "@a.org [smtp.relay.example]:587\n@b.org\n@c.org smtp.relay.example\n"
        );
        let passwords = render_passwords(mail, &sample.secrets()).unwrap();
        assert_eq!(passwords, "@a.org me:se cret:1\n");
        assert_eq!(
            parse(&passwords).next().unwrap().credentials(),
            Some(("me", "se cret:1"))
        );
        assert!(matches!(
            render_passwords(mail, &Secrets::default()),
            Err(RenderError::Relay(_))
        ));
    }

    #[test]
    fn a_password_that_would_end_its_line_is_refused_and_not_shown() {
        for password in [" lead", "trail ", "new\nline", "c\rr"] {
            let mut sample = Sample::new();
            sample.relay("a.org", Some("[r]:25"), Some("me"));
            let mut secrets = sample.secrets();
            secrets.relays.insert(Domain::parse("a.org").unwrap(), password.into());
            let error = render_passwords(&sample.desired.mail, &secrets).unwrap_err();
            assert!(!error.to_string().contains(password.trim()), "{error}");
        }
    }

    #[test]
    fn relays_as_postfix_takes_them() {
        for (text, expect) in [
            ("[smtp.relay.example]:587", true),
            ("[smtp.relay.example]", true),
            ("relay.example:25", true),
            ("[2001:db8::1]:25", true),
            ("relay.example", true),
            ("", false),
            ("[]:25", false),
            ("[a]x", false),
            ("[a]:0", false),
            ("[a]:99999", false),
            ("a b", false),
            ("a # b", false),
        ] {
            assert_eq!(is_host(text), expect, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parse_undoes_render(user in "[!-9;-~]{1,8}", password in "[!-~]([ -~]{0,8}[!-~])?", host in "\\[[a-z.]{1,9}\\]:[1-9][0-9]{0,3}") {
            let mut sample = Sample::new();
            sample.relay("a.org", Some(&host), Some(&user));
            let mut secrets = sample.secrets();
            secrets.relays.insert(Domain::parse("a.org").unwrap(), password.as_str().into());
            let map = render_map(&sample.desired.mail).unwrap();
            prop_assert_eq!(parse(&map).collect::<Vec<_>>(), vec![Row { key: "@a.org", value: &host }]);
            let text = render_passwords(&sample.desired.mail, &secrets).unwrap();
            let rows: Vec<_> = parse(&text).map(|row| (row.key, row.credentials())).collect();
            prop_assert_eq!(rows, vec![("@a.org", Some((user.as_str(), password.as_str())))]);
        }
    }
}
