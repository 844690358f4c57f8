//! Dovecot extra fields: the third field of `postfix-accounts.cf` (docker-mailserver #4117).
//!
//! Dovecot takes much from there that must not come from a merged change: programs to run, other uids, other homes. So only three
//! fields are let through, each in a narrow form.

use std::net::IpAddr;

/// One field, as it will stand in the file.
///
/// # Errors
/// What is allowed.
pub(super) fn field(text: &str) -> Result<String, &'static str> {
    let fits = match text.split_once('=') {
        None => text == "nologin",
        Some(("userdb_mail", location)) => is_location(location),
        Some(("allow_nets", networks)) => networks.split(',').all(is_network),
        Some(_) => false,
    };
    if fits {
        return Ok(text.to_owned());
    }
    Err(match text.split_once('=').map_or(text, |(name, _)| name) {
        "userdb_mail" => {
            "a mail location is `mbox:~/mail:INBOX=~/inbox` or alike: a format, and paths that start with `~/`"
        }
        "allow_nets" => {
            "write addresses and networks with commas between them, such as `allow_nets=192.0.2.0/24,2001:db8::1`"
        }
        "nologin" => "`nologin` has no value",
        _ => "only `userdb_mail`, `nologin` and `allow_nets` may stand here",
    })
}

/// `FORMAT:PATH[:KEY=VALUE…]` below the user's own home, without Dovecot's variables.
fn is_location(text: &str) -> bool {
    let mut parts = text.split(':');
    let format = parts
        .next()
        .is_some_and(|format| matches!(format, "mbox" | "maildir" | "sdbox" | "mdbox"));
    format
        && parts.next().is_some_and(is_path)
        && parts.all(|option| match option.split_once('=') {
            Some(("INBOX" | "INDEX" | "CONTROL" | "ALT", path)) => is_path(path),
            Some(("LAYOUT", layout)) => matches!(layout, "fs" | "maildir++" | "index"),
            _ => false,
        })
}

fn is_path(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
    text.strip_prefix("~/")
        .is_some_and(|path| path.bytes().all(plain) && path.split('/').all(|part| part != ".." && part != "."))
}

fn is_network(text: &str) -> bool {
    let (address, bits) = text
        .split_once('/')
        .map_or((text, None), |(address, bits)| (address, Some(bits)));
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| {
        bits.bytes().all(|byte| byte.is_ascii_digit()) && bits.parse::<u8>().is_ok_and(|bits| bits <= most)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_fields_in_narrow_forms() {
        for good in [
            "userdb_mail=mbox:~/mail:INBOX=~/inbox",
            "userdb_mail=maildir:~/Maildir:LAYOUT=fs:INDEX=~/index",
            "nologin",
            "allow_nets=192.0.2.0/24,2001:db8::/32,127.0.0.1",
        ] {
            assert_eq!(field(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "nologin=y",
            "userdb_mail=",
            "userdb_mail=maildir:/var/mail/example.org/bob",
            "userdb_mail=maildir:~/../bob",
            "userdb_mail=maildir:~/%{user|lower}",
            "userdb_mail=mbox:~/a b",
            "userdb_mail=mbox:~/mail|x",
            "userdb_mail=mbox:~/mail:INBOX=/etc/passwd",
            "userdb_mail=imapc:~/x",
            "userdb_uid=0",
            "userdb_home=/",
            "proxy",
            "allow_nets=",
            "allow_nets=192.0.2.0/33",
            "allow_nets=192.0.2.0/24, 10.0.0.1",
            "allow_nets=local",
            "nologin userdb_uid=0",
        ] {
            assert!(field(bad).is_err(), "{bad:?}");
        }
    }
}
