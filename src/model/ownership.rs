//! Who answers for which files of the repository, so that a forge asks the right people to review a change.
//!
//! Few rules, however many people there are: a file with a line for everybody would change whenever somebody comes or goes. Who
//! is told by name is told for a reason: an administrator or protected person, whom no manager of a domain may change, or
//! a shared mailbox, which has owners of its own. Of several rules for a path the last counts.
//!
//! ```text
//! everything                        the administrators
//! users/example.net/                mallory, who manages example.net, and the administrators
//! groups/engineering.toml           carol, who owns the group, and the administrators
//! users/example.org/office.toml     alice and bob, who own the shared mailbox
//! *.sealed.toml                     the administrators
//! ```

use std::borrow::Borrow;

use super::{Address, Class, Desired, State, User};

/// Paths of the repository and who answers for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership<'a> {
    /// The paths.
    pub paths: Paths,
    /// Who answers for them: active people, by address. One of them is enough.
    pub owners: Vec<&'a User>,
}

/// Some paths of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paths {
    /// All there are.
    Everything,
    /// Everything below a folder, which ends in `/`.
    Folder(String),
    /// One file.
    File(String),
    /// Every file whose name ends so.
    Ending(&'static str),
}

/// The rules, from the general to the special.
#[must_use]
pub fn ownership(desired: &Desired) -> Vec<Ownership<'_>> {
    let book = Book {
        desired,
        administrators: desired
            .users
            .values()
            .map(Box::as_ref)
            .filter(|user| can_review(user) && user.groups.contains(&desired.organisation.admin_group))
            .collect(),
    };
    let mut rules = vec![rule(Paths::Everything, book.administrators.clone())];
    rules.extend(book.domains());
    rules.extend(book.groups());
    rules.extend(book.shared_mailboxes());
    rules.extend(book.privileged());
    rules.push(rule(Paths::Ending(".sealed.toml"), book.administrators.clone()));
    rules
}

/// Whether somebody is there to look at a change.
fn can_review(user: &User) -> bool {
    user.state == State::Active && user.class == Class::Person
}

struct Book<'a> {
    desired: &'a Desired,
    administrators: Vec<&'a User>,
}

impl<'a> Book<'a> {
    /// The people of `named` who can review. The administrators join where that is fewer than two: nobody approves a change
    /// of their own, and somebody else has to be able to.
    fn people<A: Borrow<str>>(&self, named: &[A]) -> Vec<&'a User> {
        let mut people: Vec<&User> = named
            .iter()
            .filter_map(|address| self.desired.user(address.borrow()))
            .filter(|user| can_review(user))
            .collect();
        if people.len() < 2 {
            people.extend(&self.administrators);
        }
        people.sort_by(|a, b| a.address.cmp(&b.address));
        people.dedup_by(|a, b| a.address == b.address);
        people
    }

    /// Who answers for the mailboxes of the domain of `address`.
    fn managers(&self, address: &Address) -> Vec<&'a User> {
        let domain = self.desired.domains.get(address.domain());
        domain.map_or_else(|| self.administrators.clone(), |domain| self.people(&domain.managers))
    }

    fn domains(&self) -> impl Iterator<Item = Ownership<'a>> {
        let domains = self.desired.domains.iter();
        let rules = domains.flat_map(|(domain, settings)| {
            let owners = self.people(&settings.managers);
            [
                rule(Paths::Folder(format!("users/{domain}/")), owners.clone()),
                rule(Paths::File(format!("aliases/{domain}.toml")), owners),
            ]
        });
        rules.filter(|rule| rule.owners != self.administrators)
    }

    fn groups(&self) -> impl Iterator<Item = Ownership<'a>> {
        let admin_group = &self.desired.organisation.admin_group;
        let groups = self.desired.groups.values();
        groups
            .filter(move |group| group.name != *admin_group)
            .map(|group| rule(file(&group.origin), self.people(&group.owners)))
            .filter(|rule| rule.owners != self.administrators)
    }

    fn shared_mailboxes(&self) -> impl Iterator<Item = Ownership<'a>> {
        self.desired.users.values().filter_map(|user| match &user.class {
            Class::Shared { owners } => {
                let owners = self.people(owners);
                (owners != self.managers(&user.address)).then(|| rule(file(&user.origin), owners))
            }
            Class::Person | Class::Test { .. } => None,
        })
    }

    /// Those whom a manager of their domain could otherwise make less or more than they are.
    fn privileged(&self) -> impl Iterator<Item = Ownership<'a>> {
        let admin_group = &self.desired.organisation.admin_group;
        let users = self.desired.users.values();
        users
            .filter(move |user| user.protected || user.groups.contains(admin_group))
            .filter(|user| self.managers(&user.address) != self.administrators)
            .flat_map(|user| {
                let origins = [&user.origin, &user.profile.origin];
                origins
                    .into_iter()
                    .filter(|origin| origin.path() != "")
                    .map(|origin| rule(file(origin), self.administrators.clone()))
            })
    }
}

fn rule(paths: Paths, owners: Vec<&User>) -> Ownership<'_> {
    Ownership { paths, owners }
}

fn file(origin: &super::Origin) -> Paths {
    Paths::File(origin.path().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{add, group, mailbox, organisation, user};

    fn member(address: &str, group: &str) -> User {
        let mut user = user(address);
        user.groups.insert(crate::model::GroupName::parse(group).unwrap());
        user
    }

    fn told(desired: &Desired) -> Vec<String> {
        let tell = |rule: Ownership<'_>| {
            let names: Vec<&str> = rule.owners.iter().map(|user| user.address.local()).collect();
            let paths = match rule.paths {
                Paths::Everything => "*".to_owned(),
                Paths::Folder(path) | Paths::File(path) => path,
                Paths::Ending(ending) => format!("*{ending}"),
            };
            format!("{paths} {}", names.join(" "))
        };
        ownership(desired).into_iter().map(tell).collect()
    }

    #[test]
    fn administrators_answer_for_what_nobody_else_does() {
        let mut desired = organisation();
        add(&mut desired, member("alice@example.org", "admins"));
        add(&mut desired, user("bob@example.org"));
        assert_eq!(told(&desired), ["* alice", "*.sealed.toml alice"]);
    }

    #[test]
    fn managers_and_owners_answer_for_what_is_theirs() {
        let mut desired = organisation();
        for name in ["alice", "zoe"] {
            add(&mut desired, member(&format!("{name}@example.org"), "admins"));
        }
        for name in ["bob", "carol", "dave"] {
            add(&mut desired, user(&format!("{name}@example.org")));
        }
        let settings = desired.domains.values_mut().next().unwrap();
        settings.managers = vec![mailbox("bob@example.org")];
        let mut heating = group("heating");
        heating.owners = vec![mailbox("carol@example.org"), mailbox("dave@example.org")];
        desired.groups.insert(heating.name.clone(), heating);
        let mut admins = group("admins");
        admins.owners = vec![mailbox("bob@example.org"), mailbox("carol@example.org")];
        desired.groups.insert(admins.name.clone(), admins);
        let mut office = user("office@example.org");
        office.class = Class::Shared {
            owners: vec![mailbox("carol@example.org")],
        };
        add(&mut desired, office);
        desired.users.get_mut("dave@example.org").unwrap().protected = true;
        assert_eq!(
            told(&desired),
            [
                "* alice zoe",
                "users/example.org/ alice bob zoe",
                "aliases/example.org.toml alice bob zoe",
                "groups/heating.toml carol dave",
                "users/example.org/office.toml alice carol zoe",
                "users/example.org/alice.toml alice zoe",
                "users/example.org/dave.toml alice zoe",
                "users/example.org/zoe.toml alice zoe",
                "*.sealed.toml alice zoe",
            ]
        );
    }

    #[test]
    fn who_is_not_there_is_not_asked() {
        let mut desired = organisation();
        add(&mut desired, member("alice@example.org", "admins"));
        for (name, state) in [
            ("bob", State::Suspended),
            ("carol", State::Locked),
            ("dave", State::Absent),
        ] {
            let mut gone = member(&format!("{name}@example.org"), "admins");
            gone.state = state;
            add(&mut desired, gone);
        }
        // Whoever is named and gone leaves the administrators.
        let managers = ["bob", "carol", "erin"].map(|name| mailbox(&format!("{name}@example.org")));
        desired.domains.values_mut().next().unwrap().managers = managers.into();
        assert_eq!(told(&desired), ["* alice", "*.sealed.toml alice"]);
    }
}
