//! Facts about groups, shared aliases, apps and signing keys.

use super::collect::{Thing, collection, place};
use super::{Fact, Subject, sheet::Sheet};
use crate::diagnostic::Place;
use crate::model::{Alias, Client, Consent, Desired, Gate, Group, Pkce, Refresh, SigningAlg, SigningKey};

/// Adds the facts about groups, aliases, catch-alls, clients and keys.
pub(super) fn collections(before: Option<&Desired>, after: &Desired, facts: &mut Vec<Fact>) {
    let groups = before.map(|desired| &desired.groups);
    collection(groups, &after.groups, |name| Subject::Group(name.clone()), facts);
    let aliases = before.map(|desired| &desired.aliases);
    collection(
        aliases,
        &after.aliases,
        |address| Subject::Alias(address.clone()),
        facts,
    );
    let catch_alls = before.map(|desired| &desired.catch_alls);
    collection(
        catch_alls,
        &after.catch_alls,
        |domain| Subject::CatchAll(domain.clone()),
        facts,
    );
    let clients = before.map(|desired| &desired.clients);
    collection(clients, &after.clients, |id| Subject::Client(id.clone()), facts);
    let keys = before.map(|desired| &desired.keys);
    collection(keys, &after.keys, |id| Subject::Key(id.clone()), facts);
}

impl Thing for Group {
    fn describe(&self, to: &mut Sheet) {
        let Self {
            name: _,
            description,
            owners,
            require_totp,
            origin: _,
        } = self;
        to.value("description", description);
        to.items("owners", owners);
        to.or_default("require_totp", require_totp, &false);
    }

    fn place(&self, field: Option<&str>) -> Place {
        place(&self.origin, field)
    }
}

impl Thing for Alias {
    fn describe(&self, to: &mut Sheet) {
        let Self { targets, place: _ } = self;
        to.items("to", targets);
    }

    fn place(&self, _: Option<&str>) -> Place {
        self.place.clone()
    }
}

impl Thing for Client {
    fn describe(&self, to: &mut Sheet) {
        let Self {
            id: _,
            name,
            kind,
            auth,
            secret_sha256,
            redirect_uris,
            post_logout_redirect_uris,
            backchannel_logout_uri,
            gate: Gate { any, all, none },
            require_totp,
            consent,
            pkce,
            grants,
            refresh,
            scopes,
            id_token_alg,
            id_token_claims,
            introspect,
            audiences,
            hosts,
            launch_url,
            origin: _,
        } = self;
        to.value("name", name);
        to.value("kind", kind);
        to.items("auth", auth);
        to.items("secret_sha256", secret_sha256);
        to.items("redirect_uris", redirect_uris);
        to.items("post_logout_redirect_uris", post_logout_redirect_uris);
        to.optional("backchannel_logout_uri", backchannel_logout_uri.as_ref());
        to.any_of("groups", any);
        to.items("groups_all", all);
        to.items("groups_none", none);
        to.or_default("require_totp", require_totp, &false);
        to.or_default("consent", consent, &Consent::Remember);
        to.or_default("pkce", pkce, &Pkce::Required);
        to.items("grants", grants);
        to.or_default("refresh", refresh, &Refresh::OfflineAccess);
        to.items("scopes", scopes);
        to.or_default("id_token_alg", id_token_alg, &SigningAlg::Rs256);
        to.items("id_token_claims", id_token_claims);
        to.or_default("introspect", introspect, &false);
        to.items("audiences", audiences);
        to.items("hosts", hosts);
        to.optional("launch_url", launch_url.as_ref());
    }

    fn place(&self, field: Option<&str>) -> Place {
        place(&self.origin, field)
    }
}

impl Thing for SigningKey {
    fn describe(&self, to: &mut Sheet) {
        let Self {
            id: _,
            alg,
            state,
            public_jwk,
            private,
            origin: _,
        } = self;
        to.value("alg", alg);
        to.value("state", state);
        to.value("public_jwk", public_jwk);
        to.sealed("private", Some(private));
    }

    fn place(&self, field: Option<&str>) -> Place {
        place(&self.origin, field)
    }
}
