//! Who may sign in to what, and why: the one place that decides.
//!
//! Pure: a person and an app of one revision in, a verdict out. Sign-in, tokens, forward-auth, the access matrix and plans all
//! ask here. It knows no session and no password; whether a second factor *was* given is for sign-in to check against
//! [`Verdict::second_factor`].
//!
//! ```text
//! access(desired, alice, grafana):  allowed, "member of engineering", second factor required by the app
//! access(desired, bob, grafana):    denied,  "no group of engineering"
//! ```

use std::fmt;

use super::{AnyOf, Class, Client, Desired, GroupName, State, User};
use crate::diagnostic::Place;

/// The service that signing in needs.
const LOGIN: &str = "login";

/// Whether a user may sign in to a client, with the rule that decided.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// Whether.
    pub allowed: bool,
    /// Why, or why not.
    pub rule: Rule<'a>,
    /// What signing in takes besides the password.
    pub second_factor: SecondFactor<'a>,
    user: &'a User,
    client: &'a Client,
}

/// The rule that decided. Its text completes "because:".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule<'a> {
    /// The client is open to every active person, or to those of them in all of these groups.
    Everyone(&'a [GroupName]),
    /// A member of this group, and of all of these.
    Member(&'a GroupName, &'a [GroupName]),
    /// The user isn't active.
    State(State),
    /// The user's services lack `login`.
    NoLogin,
    /// A shared mailbox is nobody who could sign in.
    Shared,
    /// Every person may, but a test user is none.
    TestUser,
    /// The client lists no group.
    Nobody,
    /// A member of none of these, of which one is needed.
    NoneOf(&'a [GroupName]),
    /// Not a member of this group, which is needed too.
    Lacks(&'a GroupName),
    /// A member of this group, which is kept out.
    Excluded(&'a GroupName),
}

/// Whether a second factor is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor<'a> {
    /// The password is enough.
    NotRequired,
    /// The client asks for it.
    ByClient,
    /// A group of the user asks for it.
    ByGroup(&'a GroupName),
}

/// Decides whether `user` may sign in to `client`.
#[must_use]
pub fn access<'a>(desired: &'a Desired, user: &'a User, client: &'a Client) -> Verdict<'a> {
    let decision = match barred(user) {
        Some(rule) => Err(rule),
        None => gate(user, client),
    };
    let (Ok(rule) | Err(rule)) = decision;
    Verdict {
        allowed: decision.is_ok(),
        rule,
        second_factor: second_factor(desired, user, client),
        user,
        client,
    }
}

/// Why `user` can sign in to nothing at all, not even to the account pages; `None`: nothing stands against it.
#[must_use]
pub fn barred(user: &User) -> Option<Rule<'static>> {
    match (user.state, &user.class) {
        (State::Active, Class::Shared { .. }) => Some(Rule::Shared),
        (State::Active, Class::Person | Class::Test { .. }) => (!user.has_service(LOGIN)).then_some(Rule::NoLogin),
        (state, _) => Some(Rule::State(state)),
    }
}

fn gate<'a>(user: &User, client: &'a Client) -> Result<Rule<'a>, Rule<'a>> {
    let gate = &client.gate;
    let is_member = |group: &&GroupName| user.groups.contains(*group);
    let allowed = match &gate.any {
        AnyOf::Everyone if matches!(user.class, Class::Test { .. }) => return Err(Rule::TestUser),
        AnyOf::Everyone => Rule::Everyone(&gate.all),
        AnyOf::Groups(groups) if groups.is_empty() => return Err(Rule::Nobody),
        AnyOf::Groups(groups) => {
            let group = groups.iter().find(is_member).ok_or(Rule::NoneOf(groups))?;
            Rule::Member(group, &gate.all)
        }
    };
    if let Some(group) = gate.all.iter().find(|group| !is_member(group)) {
        return Err(Rule::Lacks(group));
    }
    match gate.none.iter().find(is_member) {
        Some(group) => Err(Rule::Excluded(group)),
        None => Ok(allowed),
    }
}

/// Any group of the user will do, not only the one that lets in: who is in a sensitive group is worth attacking anywhere.
fn second_factor<'a>(desired: &Desired, user: &'a User, client: &Client) -> SecondFactor<'a> {
    let asks = |name: &&GroupName| desired.groups.get(*name).is_some_and(|group| group.require_totp);
    if client.require_totp {
        return SecondFactor::ByClient;
    }
    user.groups
        .iter()
        .find(asks)
        .map_or(SecondFactor::NotRequired, SecondFactor::ByGroup)
}

impl<'a> Verdict<'a> {
    /// The same, but denied for `rule`: what stands against it today is for whoever knows the date.
    #[must_use]
    pub const fn denied(self, rule: Rule<'a>) -> Self {
        Self {
            allowed: false,
            rule,
            ..self
        }
    }

    /// Where the key stands that decided.
    #[must_use]
    pub fn place(&self) -> Place {
        match self.rule {
            Rule::State(_) => self.user.origin.of("state"),
            Rule::NoLogin => self.user.origin.of("services"),
            Rule::Shared | Rule::TestUser => self.user.origin.of("class"),
            Rule::Everyone(_) | Rule::Member(..) | Rule::Nobody | Rule::NoneOf(_) => self.client.origin.of("groups"),
            Rule::Lacks(_) => self.client.origin.of("groups_all"),
            Rule::Excluded(_) => self.client.origin.of("groups_none"),
        }
    }
}

impl fmt::Display for Rule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone(all) => {
                f.write_str("every active person")?;
                list(f, " who is in ", all)
            }
            Self::Member(group, all) => {
                write!(f, "member of {group}")?;
                list(f, " and of ", all)
            }
            Self::State(state) => write!(f, "the account is {}", state.as_str()),
            Self::NoLogin => write!(f, "no service `{LOGIN}`"),
            Self::Shared => f.write_str("a shared mailbox"),
            Self::TestUser => f.write_str("a test user is no person: list one of its groups"),
            Self::Nobody => f.write_str("open to nobody"),
            Self::NoneOf(groups) => list(f, "no group of ", groups),
            Self::Lacks(group) => write!(f, "not a member of {group}"),
            Self::Excluded(group) => write!(f, "member of {group}, which is kept out"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, before: &str, groups: &[GroupName]) -> fmt::Result {
    for (index, group) in groups.iter().enumerate() {
        write!(f, "{}{group}", if index == 0 { before } else { ", " })?;
    }
    Ok(())
}

impl fmt::Display for SecondFactor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRequired => f.write_str("not required"),
            Self::ByClient => f.write_str("required by the app"),
            Self::ByGroup(group) => write!(f, "required by the group {group}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;
    use crate::model::{Origin, testing};

    /// A user who is a member of `groups`.
    fn member(groups: &[&str]) -> User {
        let mut user = testing::user("alice@example.org");
        user.groups = groups.iter().map(|name| testing::group_name(name)).collect();
        user
    }

    /// A client with this gate.
    fn gated(any: &[&str], all: &[&str], none: &[&str]) -> Client {
        let names = |names: &[&str]| -> Vec<_> { names.iter().map(|name| testing::group_name(name)).collect() };
        let mut client = testing::client("grafana");
        client.gate.any = if any == ["*"] {
            AnyOf::Everyone
        } else {
            AnyOf::Groups(names(any))
        };
        client.gate.all = names(all);
        client.gate.none = names(none);
        client
    }

    #[track_caller]
    fn check(user: &User, client: &Client, allowed: bool, because: &str) {
        let desired = testing::organisation();
        let verdict = access(&desired, user, client);
        assert_eq!((verdict.allowed, verdict.rule.to_string().as_str()), (allowed, because));
    }

    #[test]
    fn the_gate() {
        let table: [(&[&str], _, _, &str); 11] = [
            (&[], gated(&["*"], &[], &[]), true, "every active person"),
            (&[], gated(&[], &[], &[]), false, "open to nobody"),
            (&["ops"], gated(&["dev", "ops"], &[], &[]), true, "member of ops"),
            (&["hr"], gated(&["dev", "ops"], &[], &[]), false, "no group of dev, ops"),
            (
                &["dev", "eu"],
                gated(&["dev"], &["eu"], &[]),
                true,
                "member of dev and of eu",
            ),
            (&["dev"], gated(&["dev"], &["eu"], &[]), false, "not a member of eu"),
            (
                &["eu"],
                gated(&["*"], &["eu"], &[]),
                true,
                "every active person who is in eu",
            ),
            (&[], gated(&["*"], &["eu", "x"], &[]), false, "not a member of eu"),
            (
                &["dev", "temps"],
                gated(&["dev"], &[], &["temps"]),
                false,
                "member of temps, which is kept out",
            ),
            (
                &["temps"],
                gated(&["*"], &[], &["temps"]),
                false,
                "member of temps, which is kept out",
            ),
            (&["dev"], gated(&["dev"], &[], &["temps"]), true, "member of dev"),
        ];
        for (groups, client, allowed, because) in table {
            check(&member(groups), &client, allowed, because);
        }
    }

    #[test]
    fn what_bars_from_everything() {
        let open = gated(&["*"], &[], &[]);
        for state in [State::Locked, State::Suspended, State::Absent] {
            let user = User { state, ..member(&[]) };
            check(&user, &open, false, &format!("the account is {}", state.as_str()));
        }
        let services = testing::services(&["mail"]);
        check(
            &User {
                services,
                ..member(&[])
            },
            &open,
            false,
            "no service `login`",
        );
        let class = Class::Shared { owners: Vec::new() };
        check(&User { class, ..member(&[]) }, &open, false, "a shared mailbox");
    }

    #[test]
    fn a_test_user_needs_a_group() {
        let class = Class::Test {
            expires: testing::date(),
        };
        let user = User {
            class,
            ..member(&["testers"])
        };
        check(
            &user,
            &gated(&["*"], &[], &[]),
            false,
            "a test user is no person: list one of its groups",
        );
        check(&user, &gated(&["testers"], &[], &[]), true, "member of testers");
    }

    #[test]
    fn the_client_or_any_group_asks_for_a_second_factor() {
        let mut desired = testing::organisation();
        let mut group = testing::group("admins");
        group.require_totp = true;
        desired.groups.insert(group.name.clone(), group);
        let mut client = gated(&["*"], &[], &[]);
        let (admin, other) = (member(&["admins", "dev"]), member(&["dev"]));
        let asked = |user: &User, client: &Client| access(&desired, user, client).second_factor.to_string();
        assert_eq!(asked(&admin, &client), "required by the group admins");
        assert_eq!(asked(&other, &client), "not required");
        client.require_totp = true;
        assert_eq!(asked(&other, &client), "required by the app");
    }

    #[test]
    fn the_place_is_that_of_the_key_that_decided() {
        let desired = testing::organisation();
        let span = |start| Span::new(start, start + 1);
        let mut client = gated(&["dev"], &["eu"], &["temps"]);
        let keys = vec![
            ("groups", span(10)),
            ("groups_all", span(20)),
            ("groups_none", span(30)),
        ];
        client.origin = Origin::new("clients/grafana.toml".into(), keys);
        let mut user = member(&[]);
        let keys = vec![("state", span(40)), ("services", span(50))];
        user.origin = Origin::new("users/example.org/alice.toml".into(), keys);
        let suspended = User {
            state: State::Suspended,
            ..user.clone()
        };
        let mailbox = User {
            services: testing::services(&["mail"]),
            ..user
        };
        for (user, path, start) in [
            (member(&[]), "clients/grafana.toml", 10),
            (member(&["dev"]), "clients/grafana.toml", 20),
            (member(&["dev", "eu", "temps"]), "clients/grafana.toml", 30),
            (suspended, "users/example.org/alice.toml", 40),
            (mailbox, "users/example.org/alice.toml", 50),
        ] {
            let place = access(&desired, &user, &client).place();
            assert_eq!((place.path.as_str(), place.span), (path, span(start)));
        }
    }
}
