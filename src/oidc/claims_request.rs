//! The `claims` parameter (OpenID Connect Core §5.5): single claims by name, for the ID token or for userinfo.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::claims::{self, CLAIMS};
use super::{Acr, Error, Params, Scopes};
use crate::model::Client;

/// Names of claims, all of them known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named(BTreeSet<Box<str>>);

impl Named {
    /// Whether `name` is among them.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and others.
    #[must_use]
    pub fn with<'a>(&self, others: impl Iterator<Item = &'a str>) -> Self {
        Self(self.0.iter().cloned().chain(others.map(Into::into)).collect())
    }

    /// Those of them that `scopes` cover.
    #[must_use]
    pub fn within(&self, scopes: Scopes) -> Self {
        let covered = |name: &str| claims::known(name).is_some_and(|(_, scope)| scopes.contains(scope));
        Self(self.0.iter().filter(|name| covered(name)).cloned().collect())
    }

    /// The scopes that would have asked for them: what a person is asked about.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        CLAIMS
            .iter()
            .filter(|(name, _)| self.contains(name))
            .map(|(_, scope)| *scope)
            .collect()
    }
}

impl<'a> FromIterator<&'a str> for Named {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }
}

/// The authentication contexts that an app asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcrRequest {
    /// Those of them that we know.
    pub values: Vec<Acr>,
    /// How much it matters.
    pub need: Need,
}

/// How much a requested value matters (OpenID Connect Core §5.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Need {
    /// Nice to have.
    Voluntary,
    /// Without it the app wants an error (§5.5.1.1).
    Essential,
}

/// What an authorization request asks for by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// For the ID token.
    pub id_token: Named,
    /// For userinfo.
    pub userinfo: Named,
    /// How the person should have signed in.
    pub acr: Option<AcrRequest>,
    /// Who must be signed in (§5.5.1).
    pub sub: Option<String>,
}

impl ClaimsRequest {
    /// Reads `claims` and `acr_values`. Claims that no scope of the client covers are left out, like unknown ones.
    ///
    /// # Errors
    /// When `claims` is not what it should be, or asks for an `acr` that we cannot give and the app cannot do without.
    pub fn read(params: &Params, client: &Client) -> Result<Self, Error> {
        let mut request = params
            .get("claims")
            .map_or_else(|| Ok(Self::default()), |text| parse(text, client))?;
        if request.acr.is_none() {
            request.acr = params.get("acr_values").map(|text| AcrRequest {
                values: text.split(' ').filter_map(Acr::of).collect(),
                need: Need::Voluntary,
            });
        }
        if let Some(acr) = &request.acr
            && acr.values.is_empty()
        {
            if acr.need == Need::Essential {
                return Err(Error::AcrUnmet);
            }
            request.acr = None;
        }
        Ok(request)
    }

    /// The scopes of all that is asked for by name.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        self.id_token.scopes().union(self.userinfo.scopes())
    }
}

fn parse(text: &str, client: &Client) -> Result<ClaimsRequest, Error> {
    let whole: Map<String, Value> = serde_json::from_str(text).map_err(|_| Error::Claims)?;
    let part = |name: &str| match whole.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(_) => Err(Error::Claims),
    };
    let (id_token, userinfo) = (part("id_token")?, part("userinfo")?);
    for value in [id_token, userinfo].into_iter().flatten().flat_map(Map::values) {
        if !matches!(value, Value::Null | Value::Object(_)) {
            return Err(Error::Claims);
        }
    }
    let sub = |members: Option<&Map<String, Value>>| Some(members?.get("sub")?.get("value")?.as_str()?.to_owned());
    Ok(ClaimsRequest {
        id_token: names(id_token, client),
        userinfo: names(userinfo, client),
        acr: id_token.and_then(|members| acr(members.get("acr")?)),
        sub: sub(id_token).or_else(|| sub(userinfo)),
    })
}

fn names(members: Option<&Map<String, Value>>, client: &Client) -> Named {
    let allowed = Scopes::of_client(client);
    let names = members.into_iter().flat_map(Map::keys);
    names
        .filter_map(|name| claims::known(name))
        .filter(|(_, scope)| allowed.contains(*scope))
        .map(|(name, _)| name)
        .collect()
}

fn acr(request: &Value) -> Option<AcrRequest> {
    let one = request.get("value").and_then(Value::as_str);
    let many = request.get("values").and_then(Value::as_array);
    let values: Vec<&str> = one
        .into_iter()
        .chain(many.into_iter().flatten().filter_map(Value::as_str))
        .collect();
    if values.is_empty() {
        return None;
    }
    Some(AcrRequest {
        values: values.into_iter().filter_map(Acr::of).collect(),
        need: match request.get("essential") {
            Some(Value::Bool(true)) => Need::Essential,
            _ => Need::Voluntary,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    fn read(claims: &str, acr_values: &str) -> Result<ClaimsRequest, Error> {
        let mut client = testing::client("app");
        client.scopes = ["openid", "profile", "email"].map(str::to_owned).to_vec();
        let form = super::super::params::query([("claims", claims), ("acr_values", acr_values)]);
        ClaimsRequest::read(&Params::parse(form.as_bytes()), &client)
    }

    #[test]
    fn b35_claims_are_asked_for_by_name() {
        let request = read(
            r#"{"userinfo":{"name":{"essential":true},"x":null},"id_token":{"email":null}}"#,
            "",
        )
        .unwrap();
        assert!(request.userinfo.contains("name") && !request.userinfo.contains("x"));
        assert!(request.id_token.contains("email") && !request.id_token.contains("name"));
        assert_eq!(request.scopes().to_string(), "profile email");
    }

    #[test]
    fn a_claim_outside_the_scopes_of_the_client_is_left_out() {
        assert!(
            read(r#"{"userinfo":{"groups":{"essential":true}}}"#, "")
                .unwrap()
                .userinfo
                .is_empty()
        );
    }

    #[test]
    fn what_is_no_claims_request_is_refused() {
        for text in [
            "x",
            "[]",
            "1",
            r#"{"userinfo":1}"#,
            r#"{"id_token":{"name":true}}"#,
            r#"{"id_token":[]}"#,
            "{",
        ] {
            assert_eq!(read(text, ""), Err(Error::Claims), "{text}");
        }
        for text in ["{}", r#"{"userinfo":null}"#, r#"{"unknown":1}"#] {
            assert_eq!(read(text, ""), Ok(ClaimsRequest::default()), "{text}");
        }
    }

    #[test]
    fn row_46_an_acr_is_voluntary_or_essential() {
        let (pwd, mfa) = (Acr::Password.as_str(), Acr::SecondFactor.as_str());
        let essential = |value: &str| format!(r#"{{"id_token":{{"acr":{{"essential":true,"value":"{value}"}}}}}}"#);
        let check = |claims: &str, values: &str, expect: Result<Option<(Vec<Acr>, Need)>, Error>| {
            let got = read(claims, values).map(|request| request.acr.map(|acr| (acr.values, acr.need)));
            assert_eq!(got, expect, "{claims} {values}");
        };
        check("", "", Ok(None));
        check("", "1 2", Ok(None));
        check(
            "",
            &format!("{pwd} {mfa}"),
            Ok(Some((vec![Acr::Password, Acr::SecondFactor], Need::Voluntary))),
        );
        check(
            &essential(mfa),
            pwd,
            Ok(Some((vec![Acr::SecondFactor], Need::Essential))),
        );
        check(&essential("gold"), "", Err(Error::AcrUnmet));
    }

    #[test]
    fn a_person_can_be_asked_for() {
        let request = read(r#"{"id_token":{"sub":{"value":"alice"}}}"#, "").unwrap();
        assert_eq!(request.sub.as_deref(), Some("alice"));
    }
}
