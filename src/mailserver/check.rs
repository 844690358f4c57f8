//! What an organisation says that can't be rendered safely, or that will not do what it seems to.
//!
//! Not here: what is wrong whatever it is rendered into, such as aliases that lead round in a circle. A [`Desired`] has none of
//! that.

use std::collections::BTreeSet;

use super::{accounts, regexp, relay, routes::Routes, rules, sound, system_aliases};
use crate::{
    diagnostic::{Place, Report, Rule, Span},
    model::{Access, AccessAction, Address, Alias, Desired, Dialect, Regexp, Relay, User},
};

/// Says what can't be rendered, or only in part. What the dialects spell differently has no faults of its own.
///
/// Without an error in the report, [`super::render`] succeeds, given the secrets, and its files pass [`super::lookups::verify`].
#[must_use]
pub fn check(desired: &Desired, _dialect: Dialect) -> Report {
    let routes = Routes::of(desired);
    let mut found = Findings::default();
    for user in desired.users.values().filter(|user| user.has_mailbox()) {
        check_user(&mut found, user, &routes);
    }
    for (address, alias) in &desired.aliases {
        check_alias(&mut found, &format!("`{address}`"), alias, &routes);
    }
    for (domain, alias) in &desired.catch_alls {
        check_alias(&mut found, &format!("the catch-all of `{domain}`"), alias, &routes);
    }
    check_patterns(&mut found, desired, &routes);
    for (domain, relay) in &desired.mail.relay {
        check_relay(&mut found, domain.as_str(), relay);
    }
    for (name, master) in desired
        .mail
        .masters
        .iter()
        .filter(|(_, master)| master.password.is_none())
    {
        found.add(
            &rules::NO_MASTER_PASSWORD,
            &master.place,
            format!("`{name}` has no password"),
            "set one",
        );
    }
    if desired
        .mail
        .system_aliases
        .keys()
        .any(|name| name.as_str() == system_aliases::ROOT)
    {
        let place = Place {
            path: "mail.toml".into(),
            span: Span::default(),
        };
        found.add(
            &rules::ROOT,
            &place,
            "`root` stands in [system_aliases]",
            "set POSTMASTER_ADDRESS instead",
        );
    }
    let access = desired.mail.send.values().chain(desired.mail.receive.values());
    access.for_each(|rule| check_access(&mut found, rule));
    found.0
}

#[derive(Default)]
struct Findings(Report);

impl Findings {
    fn add(&mut self, rule: &'static Rule, place: &Place, message: impl Into<String>, hint: impl Into<String>) {
        self.0.push(rule.at(place.path.clone(), place.span, message).hint(hint));
    }

    fn add_if_unsound(&mut self, place: &Place, what: &str, value: &str, forbidden: &[u8]) {
        if sound("", "", value, forbidden).is_err() {
            let message = format!("{what} holds a character that may not stand there");
            self.add(
                &rules::UNSOUND,
                place,
                message,
                "write it without control characters, bars and outer blanks",
            );
        }
    }
}

fn check_user(found: &mut Findings, user: &User, routes: &Routes<'_>) {
    let place = |key| user.origin.of(key);
    for field in &user.dovecot {
        found.add_if_unsound(
            &place("dovecot"),
            "a Dovecot field",
            field,
            accounts::FORBIDDEN_IN_FIELD,
        );
    }
    if user.state == crate::model::State::Active && !accounts::has_login(user) {
        let hint = format!("dockspace user passwd {}", user.address);
        found.add(
            &rules::NO_PASSWORD,
            &place("state"),
            format!("`{}` has no password", user.address),
            hint,
        );
    }
    if !user.forward.is_empty() && routes.resolve_addresses(&user.forward).is_empty() {
        let message = format!(
            "nobody that `{}` forwards to has a mailbox: the mail stays",
            user.address
        );
        found.add(
            &rules::NOBODY_LEFT,
            &place("forward"),
            message,
            "forward to somebody else, or take `forward` out",
        );
    }
}

fn check_alias(found: &mut Findings, what: &str, alias: &Alias, routes: &Routes<'_>) {
    if routes.resolve(&alias.targets).is_empty() {
        let message = format!("nobody that {what} leads to has a mailbox");
        found.add(
            &rules::NOBODY_LEFT,
            &alias.place,
            message,
            "name somebody else, or take it out",
        );
    }
}

fn check_patterns(found: &mut Findings, desired: &Desired, routes: &Routes<'_>) {
    if desired.mail.regexp.is_empty() {
        return;
    }
    let elsewhere = elsewhere(desired, routes);
    let domains: BTreeSet<&str> = routes.domains().collect();
    for regexp in &desired.mail.regexp {
        if !regexp::is_pattern(&regexp.pattern) {
            let hint = "write it as in `/^info[0-9]+@example\\.org$/`";
            found.add(
                &rules::PATTERN,
                &regexp.place,
                "this is not one pattern between slashes",
                hint,
            );
        } else if routes.resolve_addresses(&regexp.to).is_empty() {
            let message = "nobody that this pattern leads to has a mailbox";
            found.add(
                &rules::NOBODY_LEFT,
                &regexp.place,
                message,
                "name somebody else, or take it out",
            );
        } else {
            check_pattern(found, desired, regexp, &elsewhere);
            check_domain(found, regexp, &domains);
        }
    }
}

fn check_pattern(found: &mut Findings, desired: &Desired, regexp: &Regexp, elsewhere: &BTreeSet<&Address>) {
    let pattern = &regexp.pattern;
    // A tag in a target goes along to everything that the target becomes.
    let has_tags = elsewhere.iter().any(|address| address.local().contains('+'));
    let takes = |address: &Address| {
        regexp::may_match(pattern, address.as_str()) || (has_tags && regexp::may_match_tagged(pattern, address))
    };
    let mut users = desired.users.values().filter(|user| user.has_mailbox());
    let tagged = users.find(|user| regexp::may_match_tagged(pattern, &user.address));
    let taken = elsewhere.iter().copied().find(|address| takes(address));
    if let Some(address) = taken.or(tagged.filter(|_| has_tags).map(|user| &user.address)) {
        let message = format!("this may match mail that is sent on to `{address}`");
        let hint =
            "end it in `@` and a domain of yours, as in `@example\\.org$/`, and start it with a name that nobody has";
        found.add(&rules::PATTERN_TAKES_FORWARDS, &regexp.place, message, hint);
    } else if let Some(user) = tagged {
        let message = format!(
            "this may match `{}+tag@{}`",
            user.address.local(),
            user.address.domain()
        );
        let hint = "start it with a name that nobody has";
        found.add(&rules::PATTERN_TAKES_TAGGED, &regexp.place, message, hint);
    }
}

fn check_domain(found: &mut Findings, regexp: &Regexp, domains: &BTreeSet<&str>) {
    let Some(domain) = regexp::domain(&regexp.pattern).filter(|domain| !domains.contains(domain.as_str())) else {
        return;
    };
    let message = format!("no mailbox and no alias makes docker-mailserver take mail for `{domain}`");
    found.add(
        &rules::PATTERN_DOMAIN,
        &regexp.place,
        message,
        format!("add an alias such as `postmaster@{domain}`"),
    );
}

/// Every address without a row of its own that some route leads to.
fn elsewhere<'a>(desired: &'a Desired, routes: &Routes<'a>) -> BTreeSet<&'a Address> {
    let users = desired.users.values().filter(|user| user.has_mailbox());
    let mut all: BTreeSet<_> = users
        .flat_map(|user| routes.resolve_addresses(&user.forward).others)
        .collect();
    let aliases = desired.aliases.values().chain(desired.catch_alls.values());
    all.extend(aliases.flat_map(|alias| routes.resolve(&alias.targets).others));
    all.extend(
        desired
            .mail
            .regexp
            .iter()
            .flat_map(|regexp| routes.resolve_addresses(&regexp.to).others),
    );
    all
}

fn check_relay(found: &mut Findings, domain: &str, relay: &Relay) {
    if relay.host.as_deref().is_some_and(|host| !relay::is_host(host)) {
        let hint = "write `[host]:port`, or `none`";
        found.add(
            &rules::RELAY_HOST,
            &relay.place,
            format!("the host of `{domain}` is not a relay"),
            hint,
        );
    }
    if let Some(user) = &relay.user {
        found.add_if_unsound(&relay.place, "the user of a relay", user, b": ");
    }
    if relay.user.is_some() != relay.password.is_some() {
        let missing = if relay.user.is_some() { "password" } else { "user" };
        found.add(
            &rules::RELAY_LOGIN,
            &relay.place,
            format!("the relay of `{domain}` has no {missing}"),
            "give both or neither",
        );
    }
}

fn check_access(found: &mut Findings, rule: &Access) {
    match &rule.action {
        AccessAction::Reject(text) | AccessAction::Reply(_, text) => {
            found.add_if_unsound(&rule.place, "the text of a rule", text, b"");
        }
        AccessAction::Dunno => {}
    }
}
