//! What a new user must have and nobody wants to invent: an id and a username.
//!
//! Both are written into the file once, and are never derived again from anything.
//!
//! ```
//! use dockspace::{clock::Clock, document::{Kind, complete_user, format}, model::Address};
//!
//! let address = Address::mailbox("alice@example.org").unwrap();
//! let text = complete_user("name = \"Alice\"\n", &address, |username| username == "alice", &Clock::system()).unwrap();
//! let lines: Vec<&str> = text.lines().collect();
//! assert!(lines[0].starts_with("id = \"0"));
//! assert_eq!(lines[1], "username = \"alice2\"");
//! ```

use super::{EditError, Editor, Kind};
use crate::{
    clock::Clock,
    model::{Address, UserName},
    random,
};

/// Why a file could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The file cannot be edited.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// There is no randomness for an id.
    #[error(transparent)]
    Random(#[from] random::Unavailable),
}

/// The text of a user file with an id and a username, if it lacks them.
///
/// `is_taken` says whether somebody else has a username already.
///
/// # Errors
/// [`MintError`] when the file is no TOML, or the operating system gives no random bytes.
pub fn complete_user(
    text: &str,
    address: &Address,
    is_taken: impl Fn(&str) -> bool,
    clock: &Clock,
) -> Result<String, MintError> {
    let mut editor = Editor::open(Kind::User, text)?;
    if !editor.has(&["id"]) {
        editor.set(&["id"], mint_id(clock)?)?;
    }
    if !editor.has(&["username"])
        && let Some(username) = mint_username(address, is_taken)
    {
        editor.set(&["username"], username.as_str())?;
    }
    Ok(editor.into_text())
}

/// A new id: a UUID of version 7 (RFC 9562 §5.7), which sorts by time.
///
/// # Errors
/// [`random::Unavailable`] when the operating system gives no random bytes.
pub fn mint_id(clock: &Clock) -> Result<String, random::Unavailable> {
    let millis = u64::try_from(clock.now().as_millisecond()).unwrap_or(0);
    let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random::bytes()?).into_uuid();
    Ok(uuid.to_string())
}

/// A username for whoever has this mailbox: its name, with a number behind it if it is taken.
#[must_use]
pub fn mint_username(address: &Address, is_taken: impl Fn(&str) -> bool) -> Option<UserName> {
    // 60 bytes leave room for a number; a mailbox's name is ASCII.
    let name = address.local();
    let short = &name[..name.len().min(60)];
    let numbered = (2..10_000).map(|number| format!("{short}{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .filter(|name| !is_taken(name))
        .find_map(|name| UserName::parse(&name).ok())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn ids_sort_by_time_and_differ() {
        let at = |second| Clock::fixed(Timestamp::from_second(second).unwrap());
        let (one, two) = (
            mint_id(&at(1_790_000_000)).unwrap(),
            mint_id(&at(1_790_000_001)).unwrap(),
        );
        assert!(one < two);
        assert_ne!(one, mint_id(&at(1_790_000_000)).unwrap());
        assert!(one.starts_with("01a0c450-6c00-7"), "time and version: {one}");
        crate::model::UserId::parse(&one).unwrap();
    }

    #[test]
    fn a_username_is_free_and_follows_its_grammar() {
        let table = [
            ("alice@example.org", "", "alice"),
            ("alice@example.org", "alice", "alice2"),
            ("alice@example.org", "alice alice2 alice3", "alice4"),
            ("a@example.org", "", "a2"),
        ];
        for (address, taken, expect) in table {
            let address = Address::mailbox(address).unwrap();
            let username = mint_username(&address, |name| taken.split(' ').any(|other| other == name));
            assert_eq!(username.unwrap().as_str(), expect);
        }
        let long = Address::mailbox(&format!("{}@example.org", "a".repeat(64))).unwrap();
        let username = mint_username(&long, |name| name.len() == 64).unwrap();
        assert_eq!(username.as_str(), format!("{}2", "a".repeat(60)));
    }

    #[test]
    fn what_is_there_stays() {
        let address = Address::mailbox("alice@example.org").unwrap();
        let text = "# me\nusername = 'al'\nid='x' # mine\n";
        let complete = complete_user(text, &address, |_| true, &Clock::system()).unwrap();
        assert_eq!(complete, text);
    }
}
