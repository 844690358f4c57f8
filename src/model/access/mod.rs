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

mod phrase;
#[cfg(test)]
mod tests;

use super::{AnyOf, Class, Client, Desired, GroupName, Set, State, User};
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

/// What of a user decides: those who agree in it may use the same apps, for the same reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing<'a> {
    /// Whether, and how far, the user may use anything.
    pub state: State,
    /// What kind of user.
    pub kind: Kind,
    /// Whether the services include signing in.
    pub login: bool,
    /// The groups.
    pub groups: &'a Set<GroupName>,
}

/// A class without what goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A human being.
    Person,
    /// A mailbox that several people own.
    Shared,
    /// For tests.
    Test,
}

/// What was decided for everybody of a standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Whether they may sign in.
    pub allowed: bool,
    /// Why, or why not.
    pub rule: Rule<'a>,
    /// What signing in takes besides the password.
    pub second_factor: SecondFactor<'a>,
}

impl<'a> Standing<'a> {
    /// The standing of `user`.
    #[must_use]
    pub fn of(user: &'a User) -> Self {
        Self {
            state: user.state,
            kind: Kind::of(&user.class),
            login: user.has_service(LOGIN),
            groups: &user.groups,
        }
    }

    /// Why nobody of this standing can sign in to anything at all; `None`: nothing stands against it.
    #[must_use]
    pub const fn barred(&self) -> Option<Rule<'static>> {
        match (self.state, self.kind) {
            (State::Active, Kind::Shared) => Some(Rule::Shared),
            (State::Active, Kind::Person | Kind::Test) if self.login => None,
            (State::Active, Kind::Person | Kind::Test) => Some(Rule::NoLogin),
            (state, _) => Some(Rule::State(state)),
        }
    }

    /// Decides whether people of this standing may sign in to `client`.
    #[must_use]
    pub fn decide(self, desired: &'a Desired, client: &'a Client) -> Decision<'a> {
        let decision = match self.barred() {
            Some(rule) => Err(rule),
            None => gate(self, client),
        };
        let (Ok(rule) | Err(rule)) = decision;
        Decision {
            allowed: decision.is_ok(),
            rule,
            second_factor: second_factor(desired, self, client),
        }
    }
}

impl Kind {
    const fn of(class: &Class) -> Self {
        match class {
            Class::Person => Self::Person,
            Class::Shared { .. } => Self::Shared,
            Class::Test { .. } => Self::Test,
        }
    }
}

/// Decides whether `user` may sign in to `client`.
#[must_use]
pub fn access<'a>(desired: &'a Desired, user: &'a User, client: &'a Client) -> Verdict<'a> {
    let Decision {
        allowed,
        rule,
        second_factor,
    } = Standing::of(user).decide(desired, client);
    Verdict {
        allowed,
        rule,
        second_factor,
        user,
        client,
    }
}

/// Why `user` can sign in to nothing at all, not even to the account pages; `None`: nothing stands against it.
#[must_use]
pub fn barred(user: &User) -> Option<Rule<'static>> {
    Standing::of(user).barred()
}

/// Whether `user` may read the internal site: an active person in one of its groups.
#[must_use]
pub fn may_read_site(desired: &Desired, user: &User) -> bool {
    let standing = Standing::of(user);
    let is_in = match &desired.policy.site_groups {
        AnyOf::Everyone => standing.kind == Kind::Person,
        AnyOf::Groups(groups) => groups.iter().any(|group| user.groups.contains(group)),
    };
    is_in && standing.barred().is_none()
}

fn gate<'a>(standing: Standing<'a>, client: &'a Client) -> Result<Rule<'a>, Rule<'a>> {
    let gate = &client.gate;
    let is_member = |group: &&GroupName| standing.groups.contains(*group);
    let allowed = match &gate.any {
        AnyOf::Everyone if standing.kind == Kind::Test => return Err(Rule::TestUser),
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
fn second_factor<'a>(desired: &Desired, standing: Standing<'a>, client: &Client) -> SecondFactor<'a> {
    let asks = |name: &&GroupName| desired.groups.get(*name).is_some_and(|group| group.require_totp);
    if client.require_totp {
        return SecondFactor::ByClient;
    }
    standing
        .groups
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
