//! One event as one line: the same columns for all of them, so that whoever reads the log needs to know no event.

use std::borrow::Cow;
use std::net::IpAddr;

use serde::Serialize;

use super::{Event, Person, TARGET};
use crate::model::access::Rule;
use crate::model::{AnyOf, Client, ClientId, GroupName};

/// How much an event asks to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Every day's.
    Info,
    /// Many of them are worth a look.
    Warning,
    /// One is: by the look of it, something was stolen or broke.
    Critical,
}

impl Severity {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// The columns. Absent ones aren't written.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    event: &'static str,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'a str>,
    /// Why, or how.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Cow<'static, str>>,
    /// What the gate of the app demands.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<String>,
}

impl<'a> Line<'a> {
    pub(super) fn of(from: Option<IpAddr>, event: &Event<'a>) -> Self {
        let (name, severity) = event.class();
        let blank = Self {
            event: name,
            severity,
            from,
            user: None,
            user_id: None,
            client: None,
            revision: None,
            why: None,
            required: None,
        };
        event.tell(blank)
    }

    /// As JSON.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Into the log, one field for each column.
    pub(super) fn log(&self) {
        macro_rules! write {
            ($level:ident) => {
                tracing::$level!(
                    target: TARGET,
                    event = self.event,
                    severity = self.severity.as_str(),
                    from = self.from.as_ref().map(tracing::field::display),
                    user = self.user,
                    user_id = self.user_id,
                    client = self.client,
                    revision = self.revision,
                    why = self.why.as_deref(),
                    required = self.required.as_deref(),
                )
            };
        }
        match self.severity {
            Severity::Info => write!(info),
            Severity::Warning | Severity::Critical => write!(warn),
        }
    }

    fn about(self, person: Option<Person<'a>>) -> Self {
        Self {
            user: person.and_then(|person| person.name).map(|name| name.as_str()),
            user_id: person.map(|person| person.id.as_str()),
            ..self
        }
    }

    fn at(self, client: Option<&'a ClientId>) -> Self {
        Self {
            client: client.map(ClientId::as_str),
            ..self
        }
    }

    fn because(self, why: &'static str) -> Self {
        Self {
            why: Some(why.into()),
            ..self
        }
    }

    fn of_revision(self, revision: &'a str) -> Self {
        Self {
            revision: Some(revision),
            ..self
        }
    }

    fn denied(self, client: &'a Client, rule: Rule<'a>) -> Self {
        Self {
            why: Some(rule.to_string().into()),
            required: Some(required(client)),
            ..self.at(Some(&client.id))
        }
    }
}

impl<'a> Event<'a> {
    /// The name of the event, as the log and the metrics know it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.class().0
    }

    const fn class(&self) -> (&'static str, Severity) {
        use Severity::{Critical, Info, Warning};
        match self {
            Self::SignedIn { .. } => ("signed_in", Info),
            Self::SteppedUp { .. } => ("stepped_up", Info),
            Self::SignInRefused { .. } => ("sign_in_refused", Warning),
            Self::Throttled { .. } => ("throttled", Warning),
            Self::SignedOut { .. } => ("signed_out", Info),
            Self::SessionEnded { .. } => ("session_ended", Info),
            Self::Denied { .. } => ("denied", Warning),
            Self::ConsentGiven { .. } => ("consent_given", Info),
            Self::ConsentDenied { .. } => ("consent_denied", Info),
            Self::CodeIssued { .. } => ("code_issued", Info),
            Self::CodeReused { .. } => ("code_reused", Critical),
            Self::TokensIssued { .. } => ("tokens_issued", Info),
            Self::TokensRefreshed { .. } => ("tokens_refreshed", Info),
            Self::RefreshReused { .. } => ("refresh_reused", Critical),
            Self::GrantRefused { .. } => ("grant_refused", Warning),
            Self::TokenRevoked { .. } => ("token_revoked", Info),
            Self::ClientRefused { .. } => ("client_refused", Warning),
            Self::LogoutDelivered { .. } => ("logout_delivered", Info),
            Self::LogoutUndelivered { .. } => ("logout_undelivered", Warning),
            Self::MailTokenAccepted { .. } => ("mail_token_accepted", Info),
            Self::MailTokenRefused { .. } => ("mail_token_refused", Warning),
            Self::RevisionInForce { .. } => ("revision_in_force", Info),
            Self::RevisionRefused { .. } => ("revision_refused", Critical),
        }
    }

    /// Fills in what this event says.
    fn tell(&self, line: Line<'a>) -> Line<'a> {
        match *self {
            Self::SignedIn { user, factors } | Self::SteppedUp { user, factors } => {
                line.about(Some(user)).because(factors.as_str())
            }
            Self::SignInRefused { user, why } => line.about(user).because(why.as_str()),
            Self::Throttled { user, by } => line.about(user).because(by.as_str()),
            Self::SignedOut { user, scope } => line.about(Some(user)).because(scope.as_str()),
            Self::SessionEnded { user, client, why } => line.about(Some(user)).at(client).because(why.as_str()),
            Self::Denied { user, client, rule } => line.about(Some(user)).denied(client, rule),
            Self::ConsentGiven { user, client }
            | Self::ConsentDenied { user, client }
            | Self::CodeIssued { user, client }
            | Self::CodeReused { user, client }
            | Self::TokensRefreshed { user, client }
            | Self::RefreshReused { user, client }
            | Self::LogoutDelivered { user, client }
            | Self::LogoutUndelivered { user, client }
            | Self::MailTokenAccepted { user, client } => line.about(Some(user)).at(Some(client)),
            Self::TokensIssued { user, client, grant } => line.about(user).at(Some(client)).because(grant.as_str()),
            Self::GrantRefused { user, client, why } => line.about(user).at(Some(client)).because(why.as_str()),
            Self::TokenRevoked { user, client } => line.about(user).at(Some(client)),
            Self::ClientRefused { client, why } => line.at(client).because(why.as_str()),
            Self::MailTokenRefused { user, client, why } => line.about(user).at(client).because(why.as_str()),
            Self::RevisionInForce { revision } => line.of_revision(revision.as_str()),
            Self::RevisionRefused { revision, why } => line.of_revision(revision.as_str()).because(why.as_str()),
        }
    }
}

/// The gate in words: `any of dev, ops; all of eu; none of temps`.
fn required(client: &Client) -> String {
    let any = match &client.gate.any {
        AnyOf::Everyone => "everyone".to_owned(),
        AnyOf::Groups(groups) => names("any of ", groups),
    };
    [
        any,
        names("all of ", &client.gate.all),
        names("none of ", &client.gate.none),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join("; ")
}

fn names(before: &str, groups: &[GroupName]) -> String {
    let names: Vec<&str> = groups.iter().map(GroupName::as_str).collect();
    match names[..] {
        [] => String::new(),
        _ => format!("{before}{}", names.join(", ")),
    }
}
