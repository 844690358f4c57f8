//! Everybody, as far as lists tell: one small row each, kept from one build to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::access::{Kind, Standing};
use crate::model::{Address, Desired, GroupName, Set, State, User};

/// What lists say about one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The mailbox.
    pub address: Address,
    /// The name shown to people.
    pub name: String,
    /// What the person signs in with.
    pub username: String,
    /// The groups.
    pub groups: Set<GroupName>,
    /// Whether, and how far, the user may use anything.
    pub state: State,
    /// What kind of user.
    pub kind: Kind,
    /// Whether the user's services include signing in.
    pub login: bool,
}

impl Row {
    /// The row of `user`.
    #[must_use]
    pub fn of(user: &User) -> Self {
        let Standing { state, kind, login, .. } = Standing::of(user);
        Self {
            address: user.address.clone(),
            name: user.name.clone(),
            username: user.username.as_str().to_owned(),
            groups: user.groups.clone(),
            state,
            kind,
            login,
        }
    }

    /// What decides which apps the user may use.
    #[must_use]
    pub const fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            kind: self.kind,
            login: self.login,
            groups: &self.groups,
        }
    }
}

/// Everybody, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People(BTreeMap<Address, Row>);

impl People {
    /// All users of an organisation.
    #[must_use]
    pub fn of(desired: &Desired) -> Self {
        let rows = desired.users.values().map(|user| Row::of(user));
        rows.collect()
    }

    /// Takes over what `desired` says about its users; the others stay as they are.
    pub fn update(&mut self, desired: &Desired) {
        let rows = desired.users.values().map(|user| Row::of(user));
        self.0.extend(rows.map(|row| (row.address.clone(), row)));
    }

    /// Everybody, by address.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.0.values()
    }

    /// The row of one user.
    #[must_use]
    pub fn get(&self, address: &Address) -> Option<&Row> {
        self.0.get(address)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everybody by name, as in a telephone book.
    #[must_use]
    pub fn by_name(&self) -> Vec<&Row> {
        let mut rows: Vec<(String, &Row)> = self.iter().map(|row| (row.name.to_lowercase(), row)).collect();
        rows.sort_unstable_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.address.cmp(&other.address)));
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

impl FromIterator<Row> for People {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        Self(rows.into_iter().map(|row| (row.address.clone(), row)).collect())
    }
}

/// A [`Row`] as the record keeps it: text, read back by the same grammar as the repository.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept<'a> {
    address: &'a str,
    name: &'a str,
    username: &'a str,
    #[serde(borrow)]
    groups: Vec<&'a str>,
    state: u8,
    kind: u8,
    login: bool,
}

const KINDS: [Kind; 3] = [Kind::Person, Kind::Shared, Kind::Test];

fn place<T: PartialEq>(all: &[T], item: &T) -> u8 {
    let found = all.iter().position(|other| other == item);
    found.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

impl<'a> Kept<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        Self {
            address: row.address.as_str(),
            name: &row.name,
            username: &row.username,
            groups: row.groups.iter().map(GroupName::as_str).collect(),
            state: place(&State::ALL, &row.state),
            kind: place(&KINDS, &row.kind),
            login: row.login,
        }
    }

    /// The row again; `None` for a record that something else wrote.
    pub(super) fn row(&self) -> Option<Row> {
        let groups = self.groups.iter().map(|name| GroupName::parse(name).ok());
        Some(Row {
            address: Address::mailbox(self.address).ok()?,
            name: self.name.to_owned(),
            username: self.username.to_owned(),
            groups: groups.collect::<Option<_>>()?,
            state: *State::ALL.get(usize::from(self.state))?,
            kind: *KINDS.get(usize::from(self.kind))?,
            login: self.login,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Class, testing};

    #[test]
    fn a_row_is_read_back_as_it_was() {
        let mut user = testing::user("alice@example.org");
        user.groups = [testing::group_name("dev"), testing::group_name("ops")].into();
        user.state = State::Locked;
        user.class = Class::Shared { owners: Vec::new() };
        let row = Row::of(&user);
        assert_eq!(Kept::of(&row).row(), Some(row.clone()));
        let mut kept = Kept::of(&row);
        kept.address = "Alice";
        assert_eq!(kept.row(), None);
    }

    #[test]
    fn people_stand_by_name() {
        let mut people = People::default();
        assert!(people.is_empty());
        for (address, name, group) in [
            ("a@example.org", "zoe", "dev"),
            ("b@example.org", "Adam", "dev"),
            ("c@example.org", "adam", "ops"),
        ] {
            let mut user = testing::user(address);
            name.clone_into(&mut user.name);
            user.groups = [testing::group_name(group)].into();
            let row = Row::of(&user);
            people.0.insert(row.address.clone(), row);
        }
        let names: Vec<&str> = people.by_name().iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["Adam", "adam", "zoe"]);
        assert_eq!(people.len(), 3);
    }
}
