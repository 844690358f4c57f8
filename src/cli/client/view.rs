//! An app as `list` and `show` print one.

use serde::Serialize;

use crate::model::{AnyOf, Client, ClientId, GroupName};

/// One app of `dockspace.clients/1`.
#[derive(Debug, Serialize)]
pub(super) struct ClientView<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) kind: &'static str,
    /// `["*"]` is every active person.
    pub(super) groups: Vec<&'a str>,
    pub(super) groups_all: Vec<&'a str>,
    pub(super) groups_none: Vec<&'a str>,
    pub(super) require_totp: bool,
    redirect_uris: &'a [String],
    post_logout_redirect_uris: &'a [String],
    backchannel_logout_uri: Option<&'a str>,
    pub(super) hosts: &'a [String],
    pub(super) launch_url: Option<&'a str>,
    pub(super) consent: &'static str,
    pkce: &'static str,
    auth: Vec<&'static str>,
    grants: Vec<&'static str>,
    refresh: &'static str,
    pub(super) scopes: &'a [String],
    id_token_alg: &'static str,
    id_token_claims: &'a [String],
    introspect: bool,
    audiences: Vec<&'a str>,
    /// How many secrets it has: two while rotating.
    pub(super) secrets: usize,
}

impl<'a> ClientView<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self {
            id: client.id.as_str(),
            name: &client.name,
            kind: client.kind.as_str(),
            groups: match &client.gate.any {
                AnyOf::Everyone => vec!["*"],
                AnyOf::Groups(groups) => names(groups),
            },
            groups_all: names(&client.gate.all),
            groups_none: names(&client.gate.none),
            require_totp: client.require_totp,
            redirect_uris: &client.redirect_uris,
            post_logout_redirect_uris: &client.post_logout_redirect_uris,
            backchannel_logout_uri: client.backchannel_logout_uri.as_ref().map(url::Url::as_str),
            hosts: &client.hosts,
            launch_url: client.launch_url.as_ref().map(url::Url::as_str),
            consent: client.consent.as_str(),
            pkce: client.pkce.as_str(),
            auth: client.auth.iter().map(|auth| auth.as_str()).collect(),
            grants: client.grants.iter().map(|grant| grant.as_str()).collect(),
            refresh: client.refresh.as_str(),
            scopes: &client.scopes,
            id_token_alg: client.id_token_alg.as_str(),
            id_token_claims: &client.id_token_claims,
            introspect: client.introspect,
            audiences: client.audiences.iter().map(ClientId::as_str).collect(),
            secrets: client.secret_sha256.len(),
        }
    }

    /// Who may sign in, in one cell.
    pub(super) fn gate(&self) -> String {
        let mut gate = match self.groups.as_slice() {
            [] => "nobody".to_owned(),
            ["*"] => "everybody".to_owned(),
            groups => groups.join(","),
        };
        for group in &self.groups_all {
            gate += &format!(" +{group}");
        }
        for group in &self.groups_none {
            gate += &format!(" -{group}");
        }
        gate
    }
}

fn names(groups: &[GroupName]) -> Vec<&str> {
    groups.iter().map(GroupName::as_str).collect()
}
