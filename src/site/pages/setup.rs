//! How a mail program is set up, and the files by which it sets itself up.
//!
//! Thunderbird asks for `config-v1.1.xml`, Outlook for `autodiscover.xml`; Apple's programs take a profile. What they hold is
//! public: the name of a host that anybody can look up.

use serde::Serialize;

use super::super::Site;
use super::super::page::Autoconfig;
use crate::digest::sha256;
use crate::model::Domain;

#[derive(Serialize)]
pub(in crate::site) struct View<'a> {
    organisation: &'a str,
    /// The host that mail programs connect to; `None` when the repository doesn't say.
    host: Option<&'a str>,
    domains: Vec<&'a str>,
    /// The domain whose name the files go by.
    main: &'a str,
    /// Names for Apple's profile: the same for the same host, so that a new profile replaces the old one.
    profile: String,
    account: String,
    /// What leads to the folder of the public files.
    files: &'static str,
}

/// Where the page stands, as seen from the public files.
#[derive(Clone, Copy)]
pub(in crate::site) enum From {
    Inside,
    Public,
}

/// The host that mail programs connect to.
pub(in crate::site) fn host<'a>(site: &Site<'a>) -> Option<&'a str> {
    let mut hosts = site
        .desired
        .targets
        .values()
        .filter_map(|target| target.hostname.as_ref());
    hosts.next().map(Domain::as_str)
}

/// The files by which mail programs set themselves up; none without a host.
pub(in crate::site) fn files(site: &Site<'_>) -> Vec<Autoconfig> {
    match host(site) {
        None => Vec::new(),
        Some(_) => vec![
            Autoconfig::Thunderbird,
            Autoconfig::WellKnown,
            Autoconfig::Outlook,
            Autoconfig::Apple(view(site, From::Public).main.to_owned()),
        ],
    }
}

pub(in crate::site) fn view<'a>(site: &Site<'a>, from: From) -> View<'a> {
    let host = host(site);
    let people = site.desired.domains.iter().filter(|(_, settings)| !settings.test);
    let domains: Vec<&str> = people.map(|(name, _)| name.as_str()).collect();
    View {
        organisation: &site.desired.organisation.name,
        host,
        main: domains.first().copied().or(host).unwrap_or_default(),
        domains,
        profile: identifier("profile", host),
        account: identifier("account", host),
        files: match from {
            From::Inside => "../public/",
            From::Public => "",
        },
    }
}

/// A UUID that follows from what it names (version 8, RFC 9562 §5.8).
fn identifier(what: &str, host: Option<&str>) -> String {
    let mut bytes = [0; 16];
    let digest = sha256(format!("dockspace {what} {}", host.unwrap_or_default()).as_bytes());
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    let id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    id.hyphenated().to_string().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_follows_from_what_it_names() {
        let one = identifier("profile", Some("mail.example.org"));
        assert_eq!(one, identifier("profile", Some("mail.example.org")));
        assert_ne!(one, identifier("account", Some("mail.example.org")));
        assert_eq!((one.len(), &one[14..15]), (36, "8"));
    }
}
