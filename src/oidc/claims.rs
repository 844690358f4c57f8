//! What an app learns about a person: the claims of OpenID Connect Core §5.1, each behind a scope.
//!
//! A claim that is not set is left out, never empty or null. Nothing of a person who signed in is here, only facts of the
//! repository; `sub` is the id of the person, byte for byte.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::claims_request::Named;
use super::{Scope, Scopes};
use crate::model::{Claim, ClaimValue, Issuer, User};
use crate::seal::{Identity, Owner};

/// The claims there are, each with the scope that asks for it (OpenID Connect Core §5.4).
pub const CLAIMS: &[(&str, Scope)] = &[
    ("name", Scope::Profile),
    ("given_name", Scope::Profile),
    ("family_name", Scope::Profile),
    ("middle_name", Scope::Profile),
    ("nickname", Scope::Profile),
    ("preferred_username", Scope::Profile),
    ("profile", Scope::Profile),
    ("picture", Scope::Profile),
    ("website", Scope::Profile),
    ("gender", Scope::Profile),
    ("birthdate", Scope::Profile),
    ("zoneinfo", Scope::Profile),
    ("locale", Scope::Profile),
    ("updated_at", Scope::Profile),
    ("email", Scope::Email),
    ("email_verified", Scope::Email),
    ("address", Scope::Address),
    ("phone_number", Scope::Phone),
    ("phone_number_verified", Scope::Phone),
    ("groups", Scope::Groups),
];

/// The claim of that name as it stands in [`CLAIMS`], with its scope.
#[must_use]
pub fn known(name: &str) -> Option<(&'static str, Scope)> {
    CLAIMS.iter().copied().find(|(claim, _)| *claim == name)
}

/// Everything an app could learn about one person of one revision. Sealed claims are opened when one is first asked for.
#[derive(Debug)]
pub struct Person {
    clear: Vec<(&'static str, Scope, Value)>,
    sealed: OnceLock<Vec<(&'static str, Scope, Value)>>,
}

/// What is asked for: whole scopes, and single claims by name.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// All claims of these.
    pub scopes: Scopes,
    /// And these.
    pub named: &'a Named,
}

impl Wanted<'_> {
    fn has(&self, name: &str, scope: Scope) -> bool {
        self.scopes.contains(scope) || self.named.contains(name)
    }
}

impl Person {
    /// The facts that stand in clear. `updated_at` is when the revision was made, in seconds since 1970: the person's files are
    /// not newer.
    #[must_use]
    pub fn new(user: &User, issuer: &Issuer, updated_at: Option<i64>) -> Self {
        let mut clear = vec![
            ("name", Scope::Profile, json!(user.name)),
            ("preferred_username", Scope::Profile, json!(user.username.as_str())),
            ("email", Scope::Email, json!(user.address.as_str())),
            ("email_verified", Scope::Email, json!(user.has_mailbox())),
        ];
        let groups: Vec<&str> = user.groups.iter().map(|group| group.as_str()).collect();
        clear.push(("groups", Scope::Groups, json!(groups)));
        if let Some(seconds) = updated_at {
            clear.push(("updated_at", Scope::Profile, json!(seconds)));
        }
        for (claim, value) in &user.profile.claims {
            if let (Some((name, scope)), ClaimValue::Clear(text)) = (known(claim.as_str()), value) {
                let text = match claim {
                    Claim::Picture => picture(text, issuer),
                    _ => text.clone(),
                };
                clear.push((name, scope, json!(text)));
            }
        }
        Self {
            clear,
            sealed: OnceLock::new(),
        }
    }

    /// The wanted claims that are set, put into `into`.
    pub fn write(&self, wanted: Wanted<'_>, user: &User, identity: &Identity, into: &mut Map<String, Value>) {
        let sealed: &[_] = if needs_opening(wanted, user) {
            self.sealed.get_or_init(|| open(user, identity))
        } else {
            &[]
        };
        for (name, _, value) in self
            .clear
            .iter()
            .chain(sealed)
            .filter(|(name, scope, _)| wanted.has(name, *scope))
        {
            into.insert((*name).to_owned(), value.clone());
        }
    }
}

/// A URL for everybody: a file of the repository is served by us.
fn picture(text: &str, issuer: &Issuer) -> String {
    if text.starts_with("https://") {
        text.to_owned()
    } else {
        format!("{}/account/{text}", issuer.as_str().trim_end_matches('/'))
    }
}

/// The name that a claim of the profile file has in a token.
fn name_of(claim: Claim) -> Option<(&'static str, Scope)> {
    let name = claim.as_str();
    known(name.split('.').next().unwrap_or(name))
}

/// The address and the telephone number are put together from several values: they count as sealed even when they are not.
fn is_late(claim: Claim, value: &ClaimValue) -> bool {
    matches!(value, ClaimValue::Sealed(_)) || claim.as_str().starts_with("address.") || claim == Claim::PhoneNumber
}

fn needs_opening(wanted: Wanted<'_>, user: &User) -> bool {
    user.profile
        .claims
        .iter()
        .filter(|(claim, value)| is_late(**claim, value))
        .filter_map(|(claim, _)| name_of(*claim))
        // Whether a telephone number was verified is said only of one that is there.
        .any(|(name, scope)| {
            wanted.has(name, scope) || (name == "phone_number" && wanted.has("phone_number_verified", scope))
        })
}

/// What [`Person::new`] left out. A value that cannot be opened is not shown; the person's sign-in need not fail for it.
fn open(user: &User, identity: &Identity) -> Vec<(&'static str, Scope, Value)> {
    let owner = Owner::User(user.id.as_str().to_owned());
    let mut claims = Vec::new();
    let mut address = Map::new();
    for (claim, value) in user
        .profile
        .claims
        .iter()
        .filter(|(claim, value)| is_late(**claim, value))
    {
        let text = match value {
            ClaimValue::Clear(text) => text.clone(),
            ClaimValue::Sealed(sealed) => match identity.open(sealed, &owner, claim.as_str()) {
                Ok(text) => text.expose().clone(),
                Err(_) => continue,
            },
        };
        match (claim.as_str().strip_prefix("address."), name_of(*claim)) {
            (Some(part), _) => {
                address.insert(part.to_owned(), json!(text));
            }
            (None, Some((name, scope))) => claims.push((name, scope, json!(text))),
            (None, None) => {}
        }
    }
    if claims.iter().any(|(name, ..)| *name == "phone_number") {
        // Nobody rang.
        claims.push(("phone_number_verified", Scope::Phone, json!(false)));
    }
    if !address.is_empty() {
        address.insert("formatted".into(), json!(formatted(&address)));
        claims.push(("address", Scope::Address, Value::Object(address)));
    }
    claims
}

/// The address as on an envelope (OpenID Connect Core §5.1.1).
fn formatted(address: &Map<String, Value>) -> String {
    let part = |name: &str| address.get(name).and_then(Value::as_str);
    let town: Vec<&str> = [part("postal_code"), part("locality")].into_iter().flatten().collect();
    let town = Some(town.join(" ")).filter(|town| !town.is_empty());
    let lines = [part("street_address"), town.as_deref(), part("region"), part("country")];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;
    use crate::seal;

    fn alice(identity: &Identity) -> User {
        let mut user = testing::user("alice@example.org");
        user.groups.insert(testing::group_name("ops"));
        let claims = &mut user.profile.claims;
        claims.insert(Claim::GivenName, ClaimValue::Clear("Alice".into()));
        claims.insert(Claim::Locality, ClaimValue::Clear("Vienna".into()));
        claims.insert(Claim::PostalCode, ClaimValue::Clear("1010".into()));
        claims.insert(Claim::Country, ClaimValue::Clear("AT".into()));
        claims.insert(
            Claim::RecoveryEmail,
            ClaimValue::Clear("alice@elsewhere.example".into()),
        );
        let owner = Owner::User(user.id.as_str().to_owned());
        let sealed = |claim: Claim, text: &str| {
            let sealed = seal::seal(identity.recipients(), &owner, claim.as_str(), 1, &text.into());
            ClaimValue::Sealed(sealed.unwrap())
        };
        claims.insert(Claim::PhoneNumber, sealed(Claim::PhoneNumber, "+431234567"));
        claims.insert(Claim::Birthdate, sealed(Claim::Birthdate, "1990-12-31"));
        claims.insert(Claim::StreetAddress, sealed(Claim::StreetAddress, "Graben 1"));
        user
    }

    fn claims(user: &User, identity: &Identity, scopes: &str, named: &[&str]) -> Value {
        let named: Named = named
            .iter()
            .filter_map(|name| known(name))
            .map(|(name, _)| name)
            .collect();
        let wanted = Wanted {
            scopes: Scopes::read(scopes).unwrap(),
            named: &named,
        };
        let mut into = Map::new();
        let issuer = Issuer::parse("https://example.org/id").unwrap();
        Person::new(user, &issuer, Some(1_790_000_000)).write(wanted, user, identity, &mut into);
        Value::Object(into)
    }

    #[test]
    fn each_scope_brings_its_claims_and_no_others() {
        let identity = Identity::generate();
        let user = alice(&identity);
        let check = |scopes: &str, named: &[&str], expect: Value| {
            assert_eq!(claims(&user, &identity, scopes, named), expect, "{scopes} {named:?}");
        };
        check("openid", &[], json!({}));
        check("openid", &["name"], json!({ "name": "ALICE" }));
        check(
            "email openid",
            &[],
            json!({ "email": "alice@example.org", "email_verified": true }),
        );
        check("groups", &[], json!({ "groups": ["ops"] }));
        check(
            "profile",
            &[],
            json!({
                "name": "ALICE", "given_name": "Alice", "preferred_username": "alice.example.org",
                "birthdate": "1990-12-31", "updated_at": 1_790_000_000,
            }),
        );
        check(
            "phone",
            &[],
            json!({ "phone_number": "+431234567", "phone_number_verified": false }),
        );
        let address = json!({
            "street_address": "Graben 1", "locality": "Vienna", "postal_code": "1010", "country": "AT",
            "formatted": "Graben 1\n1010 Vienna\nAT",
        });
        check(
            "",
            &["phone_number_verified"],
            json!({ "phone_number_verified": false }),
        );
        check("address", &[], json!({ "address": address }));
        check("", &["address"], json!({ "address": address }));
    }

    #[test]
    fn b09_a_picture_is_a_url_for_everybody() {
        let identity = Identity::generate();
        let mut user = testing::user("alice@example.org");
        let file = format!("pictures/{}.png", "0a".repeat(32));
        for (text, url) in [
            (file.as_str(), format!("https://example.org/id/account/{file}")),
            ("https://cdn.example/a.svg", "https://cdn.example/a.svg".to_owned()),
        ] {
            user.profile
                .claims
                .insert(Claim::Picture, ClaimValue::Clear(text.to_owned()));
            let told = claims(&user, &identity, "profile", &[]);
            assert_eq!(told["picture"], json!(url));
        }
    }

    #[test]
    fn what_cannot_be_opened_or_is_not_set_is_left_out() {
        let user = alice(&Identity::generate());
        let stranger = Identity::generate();
        assert_eq!(claims(&user, &stranger, "phone", &[]), json!({}));
        let bare = testing::user("bob@example.org");
        assert_eq!(claims(&bare, &stranger, "address phone", &["birthdate"]), json!({}));
    }
}
