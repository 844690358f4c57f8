//! The table against itself, the model and TOML.

use std::collections::BTreeSet;

use super::*;
use crate::model::{
    Claim, ClientAuth, ClientKind, Consent, CredentialStore, DriftPolicy, Grant, KeyState, Pkce, Refresh, SigningAlg,
    State, TargetKind,
};

/// Every key of a table and the tables below it, by dotted path.
fn all(prefix: &str, keys: &'static [Key]) -> Vec<(String, &'static Key)> {
    let mut found = Vec::new();
    for key in keys {
        let path = format!("{prefix}{}", key.name);
        found.push((path.clone(), key));
        found.extend(below(&path, &key.shape));
    }
    found
}

fn below(path: &str, shape: &'static Shape) -> Vec<(String, &'static Key)> {
    match shape {
        Shape::Table(keys) | Shape::Tables(keys) => all(&format!("{path}."), keys),
        Shape::Map(_, each) => below(&format!("{path}.*"), each),
        _ => Vec::new(),
    }
}

#[test]
fn every_key_is_described_and_stands_once() {
    for kind in Kind::ALL {
        let mut seen = BTreeSet::new();
        for (path, key) in all("", keys(kind)) {
            assert!(seen.insert(path.clone()), "{kind:?} {path} twice");
            assert!(key.meaning().ends_with('.'), "{kind:?} {path}: {}", key.meaning());
        }
    }
}

#[test]
fn defaults_are_json_and_toml_alike_and_fit_their_schema() {
    for kind in Kind::ALL {
        for (path, key) in all("", keys(kind)) {
            if let Fallback::Value(text) = key.fallback {
                let json: serde_json::Value = serde_json::from_str(text).unwrap();
                let toml: toml::Table = toml::from_str(&format!("value = {text}")).unwrap();
                assert_eq!(serde_json::to_value(&toml["value"]).unwrap(), json, "{kind:?} {path}");
                fits(&key.shape, &json, &path);
            }
        }
    }
}

fn fits(shape: &Shape, value: &serde_json::Value, path: &str) {
    let ok = match shape {
        Shape::Text(_) => value.is_string(),
        Shape::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Shape::Flag => value.is_boolean(),
        Shape::Number(least, most) => value.as_u64().is_some_and(|number| (least..=most).contains(&&number)),
        Shape::List(item) | Shape::Set(item) => {
            let items = value.as_array().unwrap_or_else(|| panic!("{path}: no array"));
            items.iter().for_each(|value| fits(item, value, path));
            true
        }
        _ => false,
    };
    assert!(ok, "{path}: {value}");
}

#[test]
fn words_are_those_of_the_model() {
    fn words<T: Copy>(all: &[T], as_str: fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().map(|word| as_str(*word)).collect()
    }
    let table = [
        (Kind::User, "state", words(&State::ALL, State::as_str)),
        (Kind::Client, "kind", words(ClientKind::ALL, ClientKind::as_str)),
        (Kind::Client, "auth", words(ClientAuth::ALL, ClientAuth::as_str)),
        (Kind::Client, "consent", words(Consent::ALL, Consent::as_str)),
        (Kind::Client, "pkce", words(Pkce::ALL, Pkce::as_str)),
        (Kind::Client, "grants", words(Grant::ALL, Grant::as_str)),
        (Kind::Client, "refresh", words(Refresh::ALL, Refresh::as_str)),
        (Kind::Client, "id_token_alg", words(SigningAlg::ALL, SigningAlg::as_str)),
        (Kind::Key, "alg", words(SigningAlg::ALL, SigningAlg::as_str)),
    ];
    for (kind, name, expect) in table {
        let key = keys(kind).iter().find(|key| key.name == name).unwrap();
        let words = match key.shape {
            Shape::Word(words) => words,
            Shape::Set(Shape::Word(words)) => *words,
            _ => panic!("{name} takes no words"),
        };
        assert_eq!(words, expect, "{name}");
    }
    let table = |kind, path: &str, expect: &[&str]| {
        let (_, key) = all("", keys(kind))
            .into_iter()
            .find(|(other, _)| other == path)
            .unwrap();
        assert!(matches!(key.shape, Shape::Word(words) if words == expect), "{path}");
    };
    table(
        Kind::Organisation,
        "targets.*.kind",
        &words(&TargetKind::ALL, TargetKind::as_str),
    );
    table(
        Kind::Organisation,
        "targets.*.credentials",
        &words(&CredentialStore::ALL, CredentialStore::as_str),
    );
    table(
        Kind::Organisation,
        "policy.drift.default",
        &words(&DriftPolicy::ALL, DriftPolicy::as_str),
    );
    table(Kind::Key, "state", &words(&KeyState::ALL, KeyState::as_str));
    let claims: BTreeSet<String> = all("", keys(Kind::Profile)).into_iter().map(|(path, _)| path).collect();
    let mut expect: BTreeSet<String> = Claim::ALL.iter().map(|claim| claim.as_str().to_owned()).collect();
    expect.insert("address".to_owned());
    assert_eq!(claims, expect);
}

#[test]
fn the_schema_is_that_of_the_table() {
    let schema = json_schema(Kind::Group);
    assert_eq!(
        schema,
        serde_json::json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "groups/NAME.toml",
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "description": { "type": "string", "default": "", "description": "What the group is for." },
                "owners": {
                    "type": "array",
                    "items": { "type": "string", "pattern": "^[a-z0-9]([a-z0-9._-]*[a-z0-9])?@[a-z0-9.-]+$" },
                    "uniqueItems": true,
                    "default": [],
                    "description": "Who decides about its members.",
                },
                "require_totp": {
                    "type": "boolean",
                    "default": false,
                    "description": "Whether its members must have a second factor.",
                },
            },
        })
    );
    assert_eq!(
        json_schema(Kind::Sealed)["properties"]["app_passwords"]["additionalProperties"]["required"][0],
        "password"
    );
    assert_eq!(
        json_schema(Kind::Organisation)["required"],
        serde_json::json!(["format", "organisation"])
    );
}

#[test]
fn the_reference_has_a_row_for_every_key() {
    let page = reference_markdown(|kind| (kind == Kind::Group).then(|| "description = \"x\"\n".to_owned()));
    let rows = page.lines().filter(|line| line.starts_with("| `")).count();
    let expect: usize = Kind::ALL.into_iter().map(|kind| all("", keys(kind)).len()).sum();
    assert_eq!(rows, expect);
    for line in page.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(line.replace("\\|", "").matches('|').count(), 5, "{line}");
    }
    assert!(page.contains("## `groups/NAME.toml`\n\n```toml\ndescription = \"x\"\n```\n"));
    assert!(page.contains("| `domains.DOMAIN.quota` | quota | "));
    assert!(page.contains("| `regexp[].pattern` | "));
}

#[test]
fn the_layout_knows_the_order() {
    let layout = Layout::of(Kind::Organisation);
    let less = |a: &[&str], b: &[&str]| layout.compare(a, b) == std::cmp::Ordering::Less;
    assert!(less(&["format"], &["organisation"]));
    assert!(less(&["policy"], &["policy", "drift"]));
    assert!(less(&["policy", "guards"], &["quota_shares"]));
    assert!(less(&["domains", "a"], &["domains", "b"]));
    assert!(less(&["quota_shares", "x"], &["unknown"]));
    assert!(layout.is_set(&["secrets", "recipients"]) && layout.is_set(&["domains", "a", "managers"]));
    assert!(!Layout::of(Kind::User).is_set(&["forward"]) && !Layout::of(Kind::User).is_set(&["name"]));
    assert!(layout.is_chosen(&["domains", "a"]) && !layout.is_chosen(&["policy", "drift"]));
}
