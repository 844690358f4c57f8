//! Every page there is: its name, its place, and which view it shows.

use std::borrow::Cow;

use serde::Serialize;

use super::pages::setup::From;
use super::pages::{
    access, app, apps, findings, formats, group, groups, history, mail, overview, people, person, plan, setup,
};
use super::{Held, Row, Site, search};
use crate::model::{Address, ClientId, Domain, GroupName};
use crate::templates::SiteTemplates;

/// The most rows of a page: what a person scrolls through, and a browser lays out at once.
pub(super) const ROWS: usize = 500;

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// Counts and health.
    Overview,
    /// Everybody, or the letters when there are too many; else those under a letter.
    People(Option<Letter>),
    /// One person.
    Person(Address),
    /// All groups.
    Groups,
    /// One group: the page of its members with this number, counted from 0.
    Group(GroupName, usize),
    /// All apps.
    Apps,
    /// One app.
    App(ClientId),
    /// Who may sign in to what: the page with this number, counted from 0.
    Access(usize),
    /// Mail routes: the domains, and what belongs to none.
    Mail,
    /// The mail routes of a domain.
    Domain(Domain),
    /// How to set up a mail program.
    Setup,
    /// What changed when.
    History,
    /// The warnings.
    Findings,
    /// What files may hold.
    Formats,
    /// The preview of a change.
    Plan,
    /// What anybody may see: how to set up a mail program.
    Public,
    /// The files by which mail programs set themselves up.
    Autoconfig(Autoconfig),
    /// The style sheet of the public page.
    PublicStyle,
    /// The style sheet.
    Style,
    /// The script of every page.
    Script,
    /// What the search looks through.
    Index,
}

/// Some of those whose names begin with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Letter {
    /// The letter, `a` to `z`; `0` stands for everything else.
    pub letter: char,
    /// Which page of that letter, counted from 0.
    pub number: usize,
}

/// A file by which mail programs set themselves up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Autoconfig {
    /// `autoconfig.DOMAIN/mail/config-v1.1.xml`, which Thunderbird and others ask for.
    Thunderbird,
    /// The same, as asked for at the domain itself.
    WellKnown,
    /// `autodiscover.DOMAIN/autodiscover/autodiscover.xml`, which Outlook asks for.
    Outlook,
    /// A profile for Apple's programs, named after the domain.
    Apple(String),
}

impl Autoconfig {
    fn path(&self) -> String {
        match self {
            Self::Thunderbird => "public/mail/config-v1.1.xml".to_owned(),
            Self::WellKnown => "public/.well-known/autoconfig/mail/config-v1.1.xml".to_owned(),
            Self::Outlook => "public/autodiscover/autodiscover.xml".to_owned(),
            Self::Apple(domain) => format!("public/{domain}.mobileconfig"),
        }
    }

    const fn view<'a>(&self, view: setup::View<'a>) -> View<'a> {
        match self {
            Self::Thunderbird | Self::WellKnown => View::Thunderbird(view),
            Self::Outlook => View::Outlook(view),
            Self::Apple(_) => View::Apple(view),
        }
    }
}

/// `~2` for the second page, and nothing for the first: no name on a page holds a `~`.
fn part(number: usize) -> String {
    match number {
        0 => String::new(),
        number => format!("~{}", number + 1),
    }
}

impl Page {
    /// The file, relative to the folder of the site.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Overview => "internal/index.html".to_owned(),
            Self::People(None) => "internal/people.html".to_owned(),
            Self::People(Some(Letter { letter, number })) => format!("internal/people/{letter}{}.html", part(*number)),
            Self::Person(address) => format!("internal/people/{address}.html"),
            Self::Groups => "internal/groups.html".to_owned(),
            Self::Group(name, number) => format!("internal/groups/{name}{}.html", part(*number)),
            Self::Apps => "internal/apps.html".to_owned(),
            Self::App(id) => format!("internal/apps/{id}.html"),
            Self::Access(number) => format!("internal/access{}.html", part(*number)),
            Self::Mail => "internal/mail.html".to_owned(),
            Self::Domain(name) => format!("internal/mail/{name}.html"),
            Self::Setup => "internal/setup.html".to_owned(),
            Self::History => "internal/history.html".to_owned(),
            Self::Findings => "internal/findings.html".to_owned(),
            Self::Formats => "internal/formats.html".to_owned(),
            Self::Plan => "internal/plan.html".to_owned(),
            Self::Public => "public/index.html".to_owned(),
            Self::Autoconfig(file) => file.path(),
            Self::PublicStyle => "public/assets/style.css".to_owned(),
            Self::Style => "internal/assets/style.css".to_owned(),
            Self::Script => "internal/assets/site.js".to_owned(),
            Self::Index => "internal/assets/index.js".to_owned(),
        }
    }

    /// The part of the site it belongs to: a link of the navigation.
    pub(super) const fn section(&self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::People(_) | Self::Person(_) => "people",
            Self::Groups | Self::Group(..) => "groups",
            Self::Apps | Self::App(_) => "apps",
            Self::Access(_) => "access",
            Self::Mail | Self::Domain(_) => "mail",
            Self::Setup => "setup",
            Self::History => "history",
            Self::Findings => "findings",
            Self::Formats => "formats",
            Self::Plan => "plan",
            Self::Public | Self::Autoconfig(_) | Self::PublicStyle | Self::Style | Self::Script | Self::Index => "",
        }
    }

    /// What leads from it to the folder of the overview.
    pub(super) const fn root(&self) -> &'static str {
        match self {
            Self::People(Some(_)) | Self::Person(_) | Self::Group(..) | Self::App(_) | Self::Domain(_) => "../",
            Self::Overview
            | Self::People(None)
            | Self::Groups
            | Self::Apps
            | Self::Access(_)
            | Self::Mail
            | Self::Setup
            | Self::History
            | Self::Findings
            | Self::Formats
            | Self::Plan
            | Self::Public
            | Self::Autoconfig(_)
            | Self::PublicStyle
            | Self::Style
            | Self::Script
            | Self::Index => "",
        }
    }
}

impl<'a> Site<'a> {
    /// Every page but those that `stays` is said of.
    #[must_use]
    pub fn pages(&self) -> Vec<Page> {
        let mut pages = vec![Page::Style, Page::Script, Page::Index];
        pages.extend([Page::Overview, Page::People(None), Page::Groups, Page::Apps]);
        pages.extend(
            people::letters(self)
                .into_keys()
                .map(|letter| Page::People(Some(letter))),
        );
        for name in self.desired.groups.keys() {
            let numbers = 0..self.members(name.as_str()).len().div_ceil(ROWS).max(1);
            pages.extend(numbers.map(|number| Page::Group(name.clone(), number)));
        }
        pages.extend(self.desired.clients.keys().cloned().map(Page::App));
        pages.extend([
            Page::Setup,
            Page::History,
            Page::Findings,
            Page::Formats,
            Page::Public,
            Page::PublicStyle,
        ]);
        pages.extend(setup::files(self).into_iter().map(Page::Autoconfig));
        pages.extend(self.preview.map(|_| Page::Plan));
        if self.held == Held::Everybody {
            pages.push(Page::Mail);
            pages.extend(self.desired.domains.keys().cloned().map(Page::Domain));
        }
        pages.extend((0..access::count(self)).map(Page::Access));
        pages.extend(self.desired.users.keys().cloned().map(Page::Person));
        pages
    }

    /// Whether a file that stands stays as it is, because nothing that they show differs from what stands: those of people
    /// whom this revision does not hold, and with them the mail routes.
    pub(super) fn stays(&self, path: &str) -> bool {
        if self.held == Held::Everybody {
            return false;
        }
        let person = |file: &str| Address::mailbox(file.strip_suffix(".html")?).ok();
        match path.strip_prefix("internal/people/") {
            Some(file) => person(file).is_some_and(|address| {
                self.people.get(&address).is_some() && !self.desired.users.contains_key(&address)
            }),
            None => path == "internal/mail.html" || path.starts_with("internal/mail/"),
        }
    }

    /// What `page` shows; `None` when there is no such page.
    pub(super) fn view(&self, page: &Page) -> Option<View<'_>> {
        Some(match page {
            Page::Overview => View::Overview(overview::view(self)),
            Page::People(None) => View::People(people::index(self)),
            Page::People(Some(letter)) => View::People(people::under(self, *letter)?),
            Page::Person(address) => View::Person(person::view(self, self.desired.user(address.as_str())?)),
            Page::Groups => View::Groups(groups::view(self)),
            Page::Group(name, number) => View::Group(group::view(self, self.desired.groups.get(name)?, *number)),
            Page::Apps => View::Apps(apps::view(self)),
            Page::App(id) => View::App(app::view(self, self.desired.clients.get(id)?)),
            Page::Access(number) => View::Access(access::view(self, *number)),
            Page::Mail => View::Mail(mail::view(self)),
            Page::Domain(name) => View::Domain(mail::of_domain(self, self.desired.domains.get_key_value(name)?.0)),
            Page::Setup => View::Setup(setup::view(self, From::Inside)),
            Page::History => View::History(history::view(self)),
            Page::Findings => View::Findings(findings::view(self)),
            Page::Formats => View::Formats(formats::view()),
            Page::Plan => View::Plan(plan::view(self, self.preview?)),
            Page::Public => View::Public(setup::view(self, From::Public)),
            Page::Autoconfig(file) => file.view(setup::view(self, From::Public)),
            Page::PublicStyle => View::Plain(SiteTemplates::style().into()),
            Page::Style => View::Plain(SiteTemplates::style().into()),
            Page::Script => View::Plain(SiteTemplates::script().into()),
            Page::Index => View::Plain(search::script(self).into()),
        })
    }
}

/// What a template is filled in with: everything that is on the page, and nothing else.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum View<'a> {
    Overview(overview::View<'a>),
    People(people::View<'a>),
    Person(person::View<'a>),
    Groups(groups::View<'a>),
    Group(group::View<'a>),
    Apps(apps::View<'a>),
    App(app::View<'a>),
    Access(access::View<'a>),
    Mail(mail::View<'a>),
    Domain(mail::DomainView<'a>),
    Setup(setup::View<'a>),
    History(history::View<'a>),
    Findings(findings::View<'a>),
    Formats(formats::View),
    Plan(plan::View<'a>),
    Public(setup::View<'a>),
    Thunderbird(setup::View<'a>),
    Outlook(setup::View<'a>),
    Apple(setup::View<'a>),
    /// No page: the whole text.
    Plain(Cow<'a, str>),
}

impl View<'_> {
    /// The template that shows it; `None` for what is shown as it is.
    pub(super) const fn template(&self) -> Option<&'static str> {
        Some(match self {
            Self::Overview(_) => "overview.html",
            Self::People(_) => "people.html",
            Self::Person(_) => "person.html",
            Self::Groups(_) => "groups.html",
            Self::Group(_) => "group.html",
            Self::Apps(_) => "apps.html",
            Self::App(_) => "app.html",
            Self::Access(_) => "access.html",
            Self::Mail(_) => "mail.html",
            Self::Domain(_) => "domain.html",
            Self::Setup(_) => "setup.html",
            Self::History(_) => "history.html",
            Self::Findings(_) => "findings.html",
            Self::Formats(_) => "formats.html",
            Self::Plan(_) => "plan.html",
            Self::Public(_) => "public.html",
            Self::Thunderbird(_) => "thunderbird.xml",
            Self::Outlook(_) => "outlook.xml",
            Self::Apple(_) => "apple.xml",
            Self::Plain(_) => return None,
        })
    }
}

/// A person in a list.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    pub(super) address: &'a str,
    /// `active` and `person` go without saying.
    pub(super) state: Option<&'static str>,
    pub(super) kind: Option<&'static str>,
    pub(super) groups: Vec<&'a str>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        Self {
            name: &row.name,
            address: row.address.as_str(),
            state: super::pages::state(row.state),
            kind: super::pages::kind(row.kind),
            groups: row.groups.iter().map(GroupName::as_str).collect(),
        }
    }
}

/// The first few of some people.
#[derive(Serialize)]
pub(super) struct Names<'a> {
    pub(super) count: usize,
    pub(super) shown: Vec<Name<'a>>,
    pub(super) more: usize,
}

/// A link to a person.
#[derive(Serialize)]
pub(super) struct Name<'a> {
    pub(super) name: &'a str,
    /// The mailbox; empty for an address that is nobody's.
    pub(super) address: &'a str,
}

impl<'a> Names<'a> {
    pub(super) fn first(most: usize, rows: &[&'a Row]) -> Self {
        // One or two more are told sooner than counted.
        let most = if rows.len() <= most + 2 { rows.len() } else { most };
        let name = |row: &&'a Row| Name {
            name: &row.name,
            address: row.address.as_str(),
        };
        Self {
            count: rows.len(),
            shown: rows.iter().take(most).map(name).collect(),
            more: rows.len() - most,
        }
    }
}
