//! Everything that is worth a line.

use super::why::{
    ClientRefusal, EndReason, Factors, GrantRefusal, MailRefusal, RevisionRefusal, SignInRefusal, SignOutScope,
    ThrottledBy, TokenGrant,
};
use crate::model::access::Rule;
use crate::model::{Client, ClientId, User, UserId, UserName};

/// Whom a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person<'a> {
    /// The lasting identifier.
    pub id: &'a UserId,
    /// The name the person signs in with, where it is at hand: somebody who was removed has none any more.
    pub name: Option<&'a UserName>,
}

impl<'a> From<&'a User> for Person<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: &user.id,
            name: Some(&user.username),
        }
    }
}

impl<'a> From<&'a UserId> for Person<'a> {
    fn from(id: &'a UserId) -> Self {
        Self { id, name: None }
    }
}

/// A commit: git's id of 40 or 64 hexadecimal digits, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit<'a>(&'a str);

impl<'a> Commit<'a> {
    /// Takes `text` if it is an id.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let fits = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then_some(Self(text))
    }

    /// The id.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

/// Something that happened. Who is `None` where nobody that exists was named.
#[derive(Clone, Copy, Debug)]
#[expect(
    missing_docs,
    reason = "the fields say themselves what they are, and the variant what happened"
)]
pub enum Event<'a> {
    /// A session began.
    SignedIn { user: Person<'a>, factors: Factors },
    /// A second factor was given within a session.
    SteppedUp { user: Person<'a>, factors: Factors },
    /// A sign-in or a step of it was refused.
    SignInRefused {
        user: Option<Person<'a>>,
        why: SignInRefusal,
    },
    /// An attempt wasn't looked at, as there were too many.
    Throttled { user: Option<Person<'a>>, by: ThrottledBy },
    /// A person signed out.
    SignedOut { user: Person<'a>, scope: SignOutScope },
    /// A session, or what an app holds of it, ended because of a commit.
    SessionEnded {
        user: Person<'a>,
        client: Option<&'a ClientId>,
        why: EndReason,
    },
    /// The gate of an app kept a person out.
    Denied {
        user: Person<'a>,
        client: &'a Client,
        rule: Rule<'a>,
    },
    /// A person agreed that an app gets what it asks for.
    ConsentGiven { user: Person<'a>, client: &'a ClientId },
    /// A person didn't.
    ConsentDenied { user: Person<'a>, client: &'a ClientId },
    /// An app got a code.
    CodeIssued { user: Person<'a>, client: &'a ClientId },
    /// A code came a second time: all that was issued for it ended (RFC 6749 §4.1.2).
    CodeReused { user: Person<'a>, client: &'a ClientId },
    /// An app got tokens; nobody's are those of `client_credentials`.
    TokensIssued {
        user: Option<Person<'a>>,
        client: &'a ClientId,
        grant: TokenGrant,
    },
    /// An app got fresh tokens for a refresh token.
    TokensRefreshed { user: Person<'a>, client: &'a ClientId },
    /// A refresh token came that had been replaced: its whole family ended (RFC 9700 §4.14.2).
    RefreshReused { user: Person<'a>, client: &'a ClientId },
    /// A code or refresh token was refused.
    GrantRefused {
        user: Option<Person<'a>>,
        client: &'a ClientId,
        why: GrantRefusal,
    },
    /// An app gave a token back (RFC 7009).
    TokenRevoked {
        user: Option<Person<'a>>,
        client: &'a ClientId,
    },
    /// A client didn't prove to be the client.
    ClientRefused {
        client: Option<&'a ClientId>,
        why: ClientRefusal,
    },
    /// An app was told that a session ended (Back-Channel Logout).
    LogoutDelivered { user: Person<'a>, client: &'a ClientId },
    /// An app couldn't be told.
    LogoutUndelivered { user: Person<'a>, client: &'a ClientId },
    /// A mail server was told whose token it asked about.
    MailTokenAccepted { user: Person<'a>, client: &'a ClientId },
    /// A mail server was told that a token opens no mailbox.
    MailTokenRefused {
        user: Option<Person<'a>>,
        client: Option<&'a ClientId>,
        why: MailRefusal,
    },
    /// Everybody is served by this revision now.
    RevisionInForce { revision: Commit<'a> },
    /// A revision isn't put in force; the one before stays.
    RevisionRefused { revision: Commit<'a>, why: RevisionRefusal },
}
