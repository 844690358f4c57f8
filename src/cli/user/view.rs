//! A user as `list` and `show` print one.

use serde::Serialize;

use crate::model::{Class, Desired, QuotaSource, User};

/// One user of `dockspace.users/1`.
#[derive(Debug, Serialize)]
pub(super) struct UserView<'a> {
    address: &'a str,
    id: &'a str,
    username: &'a str,
    name: &'a str,
    state: &'static str,
    class: &'static str,
    groups: Vec<&'a str>,
    protected: bool,
    aliases: Vec<&'a str>,
    forward: Vec<&'a str>,
    keep_copy: bool,
    services: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owners: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    /// What holds, whoever set it.
    quota: Option<String>,
    quota_source: Option<&'static str>,
    /// Whether there is a password; never what it is.
    password: bool,
    totp: bool,
}

impl<'a> UserView<'a> {
    pub(super) fn new(desired: &'a Desired, user: &'a User) -> Self {
        let (owners, expires) = match &user.class {
            Class::Person => (None, None),
            Class::Shared { owners } => (Some(owners.iter().map(|owner| owner.as_str()).collect()), None),
            Class::Test { expires } => (None, Some(expires.to_string())),
        };
        Self {
            address: user.address.as_str(),
            id: user.id.as_str(),
            username: user.username.as_str(),
            name: &user.name,
            state: user.state.as_str(),
            class: user.class.as_str(),
            groups: user.groups.iter().map(|group| group.as_str()).collect(),
            protected: user.protected,
            aliases: user.aliases.iter().map(|alias| alias.as_str()).collect(),
            forward: user.forward.iter().map(|to| to.as_str()).collect(),
            keep_copy: user.keep_copy,
            services: user.services.iter().map(|service| service.as_str()).collect(),
            owners,
            expires,
            quota: desired.quota(user).map(|quota| quota.to_string()),
            quota_source: quota_source(desired, user),
            password: user.credentials.password.is_some(),
            totp: user.credentials.totp.is_some(),
        }
    }
}

/// Who set the quota that [`Desired::quota`] finds: the user, the domain or the quota class.
pub(super) fn quota_source(desired: &Desired, user: &User) -> Option<&'static str> {
    let (_, source) = desired.quota_and_source(user)?;
    Some(match source {
        QuotaSource::User => "user",
        QuotaSource::Domain => "domain",
        QuotaSource::Class(_) => "class",
    })
}
