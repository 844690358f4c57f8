//! Single values of `mail.toml`, each with its allow-list.

use crate::model::{AccessAction, AccessKey, Address, Domain, LocalName, SystemTarget};

/// The name of a system alias.
pub(super) fn system_alias(text: &str) -> Result<LocalName, String> {
    if text == "root" {
        return Err("docker-mailserver sets it from POSTMASTER_ADDRESS".to_owned());
    }
    LocalName::parse(text).map_err(|error| error.to_string())
}

/// `/dev/null` or an address.
pub(super) fn system_target(text: &str) -> Result<SystemTarget, String> {
    if text == "/dev/null" {
        return Ok(SystemTarget::DevNull);
    }
    Address::external(text)
        .map(SystemTarget::Address)
        .map_err(|error| format!("{error}; it is `/dev/null` or an address"))
}

/// `[host]:port`, `host:port`, or `none`.
pub(super) fn relay_host(text: &str) -> Result<Option<String>, &'static str> {
    const FORM: &str = "write `[host]:port`, `host:port` or `none`";
    if text == "none" {
        return Ok(None);
    }
    let (host, port) = text.rsplit_once(':').ok_or(FORM)?;
    let name = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']').ok_or(FORM)?,
        None => host,
    };
    let is_port =
        !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if is_port && is_host(name) {
        Ok(Some(text.to_owned()))
    } else {
        Err(FORM)
    }
}

/// A host name (RFC 1123 §2.1), perhaps of one label inside a container network, or an IPv4 address.
fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// The name to log in with: no colon and no blanks, which end it in Postfix's file.
pub(super) fn relay_user(text: &str) -> Result<String, &'static str> {
    let is_name = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    if is_name {
        Ok(text.to_owned())
    } else {
        Err("it has neither blanks nor colons, and is ASCII")
    }
}

/// An address or a domain.
pub(super) fn access_key(text: &str) -> Result<AccessKey, String> {
    let error = |error: crate::model::AddressError| error.to_string();
    if text.contains('@') {
        Address::external(text).map(AccessKey::Address).map_err(error)
    } else {
        Domain::parse(text).map(AccessKey::Domain).map_err(error)
    }
}

/// An action of access(5) that neither runs nor reroutes anything.
pub(super) fn action(text: &str) -> Result<AccessAction, &'static str> {
    const FORM: &str = "write `REJECT`, `REJECT text`, `DUNNO`, or a code of 4xx or 5xx with its text";
    // RFC 5321 §4.5.3.1.5: a reply line has 512 bytes at most.
    if text.len() > 400 || !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) || text.trim() != text {
        return Err("it is at most 400 characters of printable ASCII, without blanks at the ends");
    }
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "REJECT" => Ok(AccessAction::Reject(rest.to_owned())),
        "DUNNO" if rest.is_empty() => Ok(AccessAction::Dunno),
        code if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()) && !rest.is_empty() => {
            match code.parse() {
                Ok(code @ 400..=599) => Ok(AccessAction::Reply(code, rest.to_owned())),
                _ => Err(FORM),
            }
        }
        _ => Err(FORM),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relay_hosts() {
        for good in [
            "[smtp.relay.example]:587",
            "relay.example:25",
            "[192.0.2.1]:465",
            "relay:25",
        ] {
            assert_eq!(relay_host(good).unwrap().as_deref(), Some(good));
        }
        assert_eq!(relay_host("none"), Ok(None));
        for bad in [
            "",
            "relay.example",
            "[relay.example]",
            "[relay.example:25",
            "relay.example]:25",
            "relay.example:0",
            "relay.example:065",
            "relay.example:70000",
            "relay.example: 25",
            "Relay.example:25",
            "a b:25",
            ":25",
            "[]:25",
            "relay..example:25",
            "a:25 b:26",
        ] {
            assert!(relay_host(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn relay_users() {
        assert!(relay_user("example").is_ok() && relay_user("apikey/x@example.org").is_ok());
        for bad in ["", "a b", "a:b", "a\tb", "\u{e4}"] {
            assert!(relay_user(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn actions() {
        let table = [
            ("REJECT", Some(AccessAction::Reject(String::new()))),
            ("REJECT no such user", Some(AccessAction::Reject("no such user".into()))),
            ("DUNNO", Some(AccessAction::Dunno)),
            ("550 5.1.1 no", Some(AccessAction::Reply(550, "5.1.1 no".into()))),
            ("450 later", Some(AccessAction::Reply(450, "later".into()))),
            ("550", None),
            ("250 ok", None),
            ("600 x", None),
            ("5500 x", None),
            ("+50 x", None),
            ("reject", None),
            ("OK", None),
            ("DISCARD", None),
            ("DUNNO x", None),
            ("REDIRECT a@example.org", None),
            ("FILTER x:y", None),
            ("PREPEND X: y", None),
            ("check_policy_service unix:x", None),
            ("REJECT a\tb", None),
            ("REJECT \u{e4}", None),
            (" REJECT", None),
            ("REJECT ", None),
            ("", None),
        ];
        for (text, expect) in table {
            assert_eq!(action(text).ok(), expect, "{text:?}");
        }
        assert!(action(&format!("REJECT {}", "x".repeat(400))).is_err());
    }

    #[test]
    fn system_aliases() {
        assert!(system_alias("devnull").is_ok());
        for bad in ["root", "a@b", "A", ""] {
            assert!(system_alias(bad).is_err(), "{bad:?}");
        }
        assert_eq!(system_target("/dev/null"), Ok(SystemTarget::DevNull));
        assert!(system_target("alice@example.org").is_ok());
        for bad in ["|/bin/sh", "/var/mail/x", ":include:/x", "alice", "\"|sh\"", ""] {
            assert!(system_target(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn access_keys() {
        assert!(matches!(access_key("a@example.org"), Ok(AccessKey::Address(_))));
        assert!(matches!(access_key("example.org"), Ok(AccessKey::Domain(_))));
        for bad in [
            "",
            "a@",
            "@example.org",
            "<>",
            "Example.org",
            "192.0.2.1",
            "a b@example.org",
        ] {
            assert!(access_key(bad).is_err(), "{bad:?}");
        }
    }
}
