//! Guards about the organisation's settings, its apps and its keys.

use url::{Host, Url};

use super::{Code, Findings};
use crate::model::change::{Change, Fact, Subject, Value};
use crate::model::{Client, Desired};

/// Adds what facts about settings, domains, keys and master users raise.
pub(super) fn find(facts: &[Fact], findings: &mut Findings) {
    for (index, fact) in facts.iter().enumerate() {
        match &fact.subject {
            Subject::Settings => setting(fact, index, findings),
            Subject::Domain(_) => match fact.change {
                Change::Added(_) => findings.add(Code::Domains, &fact.subject, "is new", index),
                Change::Removed(_) => findings.add(Code::Domains, &fact.subject, "is gone", index),
                _ => {}
            },
            Subject::Key(_) => key(fact, &["public_jwk", "private"], index, findings),
            Subject::Master(_) => key(fact, &["password"], index, findings),
            _ => {}
        }
    }
}

fn setting(fact: &Fact, index: usize, findings: &mut Findings) {
    let subject = &fact.subject;
    match &fact.change {
        Change::Gained { field, item } if field == "secrets.recipients" => {
            findings.add_item(Code::Recipients, subject, "gain the recipient", item, index);
        }
        Change::Lost { field, item } if field == "secrets.recipients" => {
            findings.add_item(Code::Recipients, subject, "lose the recipient", item, index);
        }
        // The first issuer is known to no app yet.
        Change::Changed {
            field,
            before: Some(_),
            after,
        } if field == "oidc.issuer" => match after {
            Some(Value::Text(issuer)) => {
                findings.add_item(Code::Issuer, subject, "name another issuer", issuer, index);
            }
            _ => findings.add(Code::Issuer, subject, "name no issuer any more", index),
        },
        change => {
            let is_rule = |field: &&str| field.starts_with("policy.") || field.starts_with("trust.");
            if let Some(field) = change.field().filter(is_rule) {
                findings.add_item(Code::Policy, subject, "change", field, index);
            }
        }
    }
}

/// What opens everybody's things: a new one, or another value of one of `secrets`.
fn key(fact: &Fact, secrets: &[&str], index: usize, findings: &mut Findings) {
    let code = Code::PrivilegedCredential;
    match &fact.change {
        Change::Added(_) => findings.add(code, &fact.subject, "is new", index),
        change => {
            if let Some(field) = change.field().filter(|field| secrets.contains(field)) {
                findings.add_item(code, &fact.subject, "gets another", field, index);
            }
        }
    }
}

/// Adds redirect URIs that hand codes to others, and those that leave the hosts an app had.
pub(super) fn redirects(before: Option<&Desired>, facts: &[Fact], findings: &mut Findings) {
    for (index, fact) in facts.iter().enumerate() {
        let Subject::Client(id) = &fact.subject else {
            continue;
        };
        match &fact.change {
            Change::Added(fields) => {
                let uris = fields.iter().filter(|(field, _)| is_uri(field));
                for (_, uri) in uris {
                    if let Value::Text(uri) = uri
                        && is_open(uri)
                    {
                        findings.add_item(Code::Redirect, &fact.subject, OPEN, uri, index);
                    }
                }
            }
            Change::Gained { field, item } if is_uri(field) => {
                let known = before.and_then(|before| before.clients.get(id));
                if is_open(item) {
                    findings.add_item(Code::Redirect, &fact.subject, OPEN, item, index);
                } else if known.is_some_and(|client| field == "redirect_uris" && leaves(client, item)) {
                    findings.add_item(Code::Redirect, &fact.subject, "may return to another host", item, index);
                }
            }
            _ => {}
        }
    }
}

const OPEN: &str = "may return to where anybody listens";

fn is_uri(field: &str) -> bool {
    field == "redirect_uris" || field == "post_logout_redirect_uris"
}

/// Whether what is sent to `uri` may reach others than the app: a wildcard, or http beyond this very machine.
fn is_open(uri: &str) -> bool {
    let is_loopback = |url: &Url| match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // A name that may lead elsewhere (RFC 8252 §8.3).
        Some(Host::Domain(_)) | None => false,
    };
    uri.contains('*') || Url::parse(uri).map_or(true, |url| url.scheme() == "http" && !is_loopback(&url))
}

/// Whether `uri` is on a host that none of the app's redirect URIs is on.
fn leaves(client: &Client, uri: &str) -> bool {
    let host = |uri: &str| {
        Url::parse(uri)
            .ok()
            .map(|url| (url.scheme().to_owned(), url.host_str().map(str::to_owned)))
    };
    let mut known = client.redirect_uris.iter().map(|uri| host(uri));
    let new = host(uri);
    !known.any(|known| known == new)
}
