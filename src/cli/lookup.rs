//! Finds what the command line names, and says what was meant when there is no such thing.
//!
//! ```text
//! error: there is no user `alcie@example.org`
//! hint: did you mean `alice@example.org`?
//! ```

use super::{exit::Exit, failure::Failure};
use crate::{
    document::closest,
    model::{Address, AddressError, Client, Desired, Domain, Group, GroupName, NameError, State, User},
};

/// The user whose mailbox is `address`, whatever the state.
pub(super) fn user<'a>(desired: &'a Desired, address: &str) -> Result<&'a User, Failure> {
    match desired.user(address) {
        Some(user) => Ok(user),
        None => Err(no_user(desired, address)),
    }
}

/// There is no such mailbox; says what there is instead.
fn no_user(desired: &Desired, address: &str) -> Failure {
    let is_meant =
        |user: &&User| user.username.as_str() == address || user.aliases.iter().any(|alias| alias.as_str() == address);
    if let Some(user) = desired.users.values().map(Box::as_ref).find(is_meant) {
        return missing("user", address).hint(format!("did you mean `{}`?", user.address));
    }
    if let Err(error) = Address::mailbox(address) {
        return no_address(address, error);
    }
    if desired.aliases.contains_key(address) {
        return missing("user", address).hint(format!("it is a shared alias: dockspace alias show {address}"));
    }
    missing("user", address).hint_if(did_you_mean(address, desired.users.keys().map(Address::as_str), "user"))
}

/// The user whose mailbox is `address`, unless absent.
pub(super) fn present_user<'a>(desired: &'a Desired, address: &str) -> Result<&'a User, Failure> {
    let user = user(desired, address)?;
    if user.state == State::Absent {
        let text = format!("`{address}` was removed");
        return Err(
            Failure::message(Exit::Error, text).hint(format!("to take it back: dockspace user resume {address}"))
        );
    }
    Ok(user)
}

/// The group called `name`.
pub(super) fn group<'a>(desired: &'a Desired, name: &str) -> Result<&'a Group, Failure> {
    desired.groups.get(name).ok_or_else(|| {
        let names = desired.groups.keys().map(GroupName::as_str);
        missing("group", name).hint_if(did_you_mean(name, names, "group"))
    })
}

/// The app with the client id `id`.
pub(super) fn client<'a>(desired: &'a Desired, id: &str) -> Result<&'a Client, Failure> {
    desired.clients.get(id).ok_or_else(|| {
        let ids = desired.clients.keys().map(crate::model::ClientId::as_str);
        missing("client", id).hint_if(did_you_mean(id, ids, "client"))
    })
}

/// The mail domain called `name`.
pub(super) fn domain<'a>(desired: &'a Desired, name: &str) -> Result<&'a Domain, Failure> {
    let found = desired.domains.get_key_value(name).map(|(domain, _)| domain);
    found.ok_or_else(|| {
        let meant = closest(name, desired.domains.keys().map(Domain::as_str));
        missing("domain", name).hint_if(meant.map(|meant| format!("did you mean `{meant}`?")))
    })
}

/// The address is `user`'s already.
pub(super) fn user_exists(user: &User) -> Failure {
    let address = &user.address;
    let failure = Failure::message(Exit::Error, format!("there is a user `{address}` already"));
    match user.state {
        State::Absent => failure.hint(format!(
            "it was removed: dockspace user resume {address} takes it back, dockspace user purge {address} makes room"
        )),
        State::Active | State::Locked | State::Suspended => {
            failure.hint(format!("dockspace user set {address} changes it"))
        }
    }
}

/// A mailbox address as typed.
pub(super) fn mailbox(text: &str) -> Result<Address, Failure> {
    Address::mailbox(text).map_err(|error| no_address(text, error))
}

/// Says why `text` is no address.
pub(super) fn no_address(text: &str, error: AddressError) -> Failure {
    let lower = (error == AddressError::UpperCase).then(|| format!("did you mean `{}`?", text.to_ascii_lowercase()));
    let context = format!("{} is no address", quoted(text));
    Failure::new(Exit::Error, anyhow::Error::new(error).context(context)).hint_if(lower)
}

/// Says why `text` is no name.
pub(super) fn no_name(text: &str, error: NameError) -> Failure {
    let context = format!("{} is no name", quoted(text));
    Failure::new(Exit::Error, anyhow::Error::new(error).context(context))
}

/// There is no `thing` of that name.
pub(super) fn missing(thing: &str, name: &str) -> Failure {
    Failure::message(Exit::Error, format!("there is no {thing} {}", quoted(name)))
}

/// The name that was meant, or else the command that lists them all.
pub(super) fn did_you_mean<'a>(name: &str, names: impl IntoIterator<Item = &'a str>, noun: &str) -> Option<String> {
    Some(match closest(name, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("`dockspace {noun} list` shows them all"),
    })
}

/// What was typed, in one line that cannot write to the terminal.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 80;
    let is_harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut shown = String::from("`");
    for c in text.chars().take(SHOWN) {
        if is_harmless(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_unicode());
        }
    }
    shown += if text.chars().nth(SHOWN).is_some() { "…`" } else { "`" };
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    fn desired() -> Desired {
        let mut desired = testing::organisation();
        let mut alice = testing::user("alice@example.org");
        alice.username = crate::model::UserName::parse("liddell").unwrap();
        alice.aliases = vec![testing::mailbox("al@example.org")];
        testing::add(&mut desired, alice);
        let mut gone = testing::user("gone@example.org");
        gone.state = State::Absent;
        testing::add(&mut desired, gone);
        let sales = testing::mailbox("sales@example.org");
        desired.aliases.insert(sales, testing::alias(&["alice@example.org"]));
        desired
    }

    #[test]
    fn what_is_missing_is_said_with_what_was_meant() {
        let desired = desired();
        assert_eq!(user(&desired, "alice@example.org").unwrap().address.local(), "alice");
        let check = |address: &str, error: &str, hint: &str| {
            let failure = user(&desired, address).unwrap_err();
            assert_eq!(failure.exit, Exit::Error);
            assert!(
                format!("{:#}", failure.error.unwrap()).contains(error),
                "{address}: {error}"
            );
            assert!(failure.hints.join(" ").contains(hint), "{address}: {:?}", failure.hints);
        };
        check(
            "alcie@example.org",
            "there is no user `alcie@example.org`",
            "did you mean `alice@example.org`?",
        );
        check("Alice@example.org", "lower case", "did you mean `alice@example.org`?");
        check("liddell", "there is no user", "did you mean `alice@example.org`?");
        check(
            "al@example.org",
            "there is no user",
            "did you mean `alice@example.org`?",
        );
        check(
            "sales@example.org",
            "there is no user",
            "dockspace alias show sales@example.org",
        );
        check("somebody@example.org", "there is no user", "dockspace user list");
        check("../../etc/passwd", "one `@`", "");
        assert!(present_user(&desired, "gone@example.org").unwrap_err().hints[0].contains("resume"));
    }

    #[test]
    fn what_was_typed_cannot_write_to_the_terminal() {
        for (text, shown) in [
            ("a b", "`a b`"),
            ("\u{1b}[31m", "`\\u{1b}[31m`"),
            ("a\nb", "`a\\u{a}b`"),
            ("a\u{202e}b", "`a\\u{202e}b`"),
        ] {
            assert_eq!(quoted(text), shown);
        }
        assert_eq!(quoted(&"x".repeat(300)).chars().count(), 83);
    }
}
