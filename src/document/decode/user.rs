//! `users/DOMAIN/NAME.toml`: the reviewed facts of one user.

use jiff::civil::Date;

use super::{people, title, values};
use crate::{
    clock::Clock,
    diagnostic::Span,
    document::{
        mint,
        reader::{At, Soundness, Table},
        rules::{
            self,
            organisation::{ADDRESS, NAME, QUOTA, TITLE},
            user as rule,
        },
    },
    model::{
        Address, Class, Credentials, ForgeAccount, GroupName, Origin, Profile, Quota, Service, Set, State, User,
        UserId, UserName,
    },
    seal::Secret,
};

/// A user as the file has it, before anything is known about other files.
#[derive(Debug)]
pub(in crate::document) struct UserFile {
    pub(in crate::document) address: Address,
    pub(in crate::document) soundness: Soundness,
    pub(in crate::document) id: Option<At<UserId>>,
    pub(in crate::document) username: Option<At<UserName>>,
    pub(in crate::document) name: String,
    pub(in crate::document) groups: Vec<At<GroupName>>,
    pub(in crate::document) aliases: Vec<At<Address>>,
    pub(in crate::document) forward: Vec<At<Address>>,
    pub(in crate::document) keep_copy: bool,
    pub(in crate::document) quota: Option<Quota>,
    /// `None` when the word is none of the classes, so that nothing follows from it.
    pub(in crate::document) class: Option<Kind>,
    pub(in crate::document) owners: Vec<At<Address>>,
    pub(in crate::document) expires: Option<Date>,
    pub(in crate::document) state: State,
    pub(in crate::document) services: Set<Service>,
    pub(in crate::document) protected: bool,
    pub(in crate::document) forge: Option<ForgeAccount>,
    pub(in crate::document) dovecot: Vec<String>,
    /// The password of a test user, in clear.
    pub(in crate::document) password: Option<At<Secret<String>>>,
    pub(in crate::document) origin: Origin,
}

/// The word of a class, without what the class carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::document) enum Kind {
    Person,
    Shared,
    Test,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Person, Self::Shared, Self::Test];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Shared => "shared",
            Self::Test => "test",
        }
    }

    /// What a user of this class may use when the file doesn't say.
    const fn services(self) -> &'static [&'static str] {
        match self {
            Self::Person => &["login", "mail"],
            Self::Shared | Self::Test => &["mail"],
        }
    }
}

pub(in crate::document) fn decode(mut table: Table<'_, '_>, address: Address, clock: &Clock) -> UserFile {
    require(&table, &address, clock);
    let id = table.parse("id", &rules::identity::ID, UserId::parse);
    let username = table.parse("username", &rules::identity::USERNAME, UserName::parse);
    let name = table.parse("name", &TITLE, title);
    let groups = table.list("groups", &rules::group::GROUP_NAME, GroupName::parse);
    let aliases = table.list("aliases", &ADDRESS, Address::alias);
    let forward = table.list("forward", &ADDRESS, Address::external);
    let keep_copy = table.flag("keep_copy");
    let quota = table.parse("quota", &QUOTA, Quota::parse);
    let class = match table.get("class") {
        Some(value) => value.word(&Kind::ALL, Kind::as_str).map(|at| at.value),
        None => Some(Kind::Person),
    };
    let owners = people(&mut table, "owners");
    let expires = table.date("expires");
    let state = table.word("state", &State::ALL, State::as_str);
    let services = services(&mut table, class);
    let protected = table.flag("protected").unwrap_or(false);
    let forge = table.parse("forge", &rule::FORGE, ForgeAccount::parse);
    let dovecot = table.list("dovecot", &rule::DOVECOT_FIELD, super::dovecot::field);
    let password = password(&mut table, class);
    let user = UserFile {
        address,
        soundness: Soundness::Sound,
        id,
        username,
        name: name.map(|at| at.value).unwrap_or_default(),
        groups,
        aliases,
        forward,
        keep_copy: keep_copy.unwrap_or(false),
        quota: quota.map(|at| at.value),
        class,
        owners,
        expires: expires.map(|at| at.value),
        state: state.map_or(State::Active, |at| at.value),
        services,
        protected,
        forge: forge.map(|at| at.value),
        dovecot: values(dovecot).collect(),
        password,
        origin: Origin::default(),
    };
    check(&table, &user);
    UserFile {
        origin: table.origin(),
        ..user
    }
}

/// Keys that every user has, with lines to paste.
fn require(table: &Table<'_, '_>, address: &Address, clock: &Clock) {
    if !table.has("id") {
        let hint = mint::mint_id(clock).map_or_else(
            |_| "give the user an id; `dockspace fmt` makes one".to_owned(),
            |id| format!("id = \"{id}\""),
        );
        table.missing("id", hint);
    }
    if !table.has("username") {
        let name = mint::mint_username(address, |_| false);
        table.missing(
            "username",
            name.map_or_else(String::new, |name| format!("username = \"{name}\"")),
        );
    }
    if !table.has("name") {
        table.missing("name", format!("name = \"{}\"", address.local()));
    }
}

fn services(table: &mut Table<'_, '_>, class: Option<Kind>) -> Set<Service> {
    match table.get("services") {
        Some(value) => values(value.list(&NAME, Service::parse)).collect(),
        None => {
            let services = class.unwrap_or(Kind::Person).services();
            services.iter().filter_map(|name| Service::parse(name).ok()).collect()
        }
    }
}

/// The password of a test user. Of anybody else it is a secret in clear.
fn password(table: &mut Table<'_, '_>, class: Option<Kind>) -> Option<At<Secret<String>>> {
    let value = table.get("password")?;
    if class? != Kind::Test {
        value.refuse_with(
            &rules::sealed::IN_CLEAR,
            "a password stands in the sealed file, and only test users have one in clear",
            "set a new one with `dockspace user passwd`, and remove this line",
        );
        return None;
    }
    let text = value.text()?;
    if text.value.starts_with('{') || text.value.starts_with("$6$") || text.value.starts_with("age:") {
        let hint = "write the password itself here, or seal the hash with `dockspace user passwd`";
        value.refuse_with(&rule::TEST_PASSWORD, "this is not a password in clear", hint);
        return None;
    }
    Some(At {
        value: Secret::from(text.value),
        span: text.span,
    })
}

/// What one file alone can contradict itself in.
fn check(table: &Table<'_, '_>, user: &UserFile) {
    let sink = table.sink();
    let tell = |rule, key: &str, message: &str| sink.push(sink.at(rule, table.span_of(key), message));
    let is = |class: Kind| user.class == Some(class);
    let is_not = |class: Kind| user.class.is_some_and(|word| word != class);
    if table.has("owners") && is_not(Kind::Shared) {
        tell(&rule::OWNERS, "owners", "only a shared mailbox has owners");
    }
    if is(Kind::Shared) && !table.has("owners") {
        tell(&rule::NO_OWNER, "class", "nobody owns this shared mailbox");
    }
    if is(Kind::Shared) && table.has("owners") && table.length_of("owners") == 0 {
        tell(&rule::OWNERS_GONE, "owners", "nobody owns this shared mailbox any more");
    }
    if table.has("expires") && is_not(Kind::Test) {
        tell(&rule::EXPIRES, "expires", "only test users end by themselves");
    }
    if is(Kind::Test) && !table.has("expires") {
        tell(&rule::NO_EXPIRY, "class", "a test user has a last day");
    }
    if user.keep_copy && !table.has("forward") {
        tell(&rule::KEEP_COPY, "keep_copy", "there is no `forward` to keep a copy of");
    }
    if user.services.is_empty() && !user.is_absent() {
        tell(&rule::NO_SERVICE, "services", "the user may use nothing");
    }
    if !user.has_mail() {
        for key in ["aliases", "forward", "quota", "dovecot"]
            .into_iter()
            .filter(|key| table.has(key))
        {
            tell(&rule::NO_MAIL, key, "a user without the service `mail` has no mailbox");
        }
    }
    for target in user
        .forward
        .iter()
        .filter(|target| target.value.without_tag() == user.address)
    {
        let hint = "to keep mail in the mailbox as well, write keep_copy = true";
        let problem = sink.at(
            &rule::FORWARD_TO_SELF,
            target.span,
            "mail is forwarded to where it came from",
        );
        sink.push(problem.hint(hint));
    }
}

impl UserFile {
    pub(in crate::document) fn is_absent(&self) -> bool {
        self.state == State::Absent
    }

    /// Whether the user may use mail, whatever the state.
    pub(in crate::document) fn has_mail(&self) -> bool {
        self.services.contains("mail")
    }

    /// Whether there is a mailbox to deliver to: [`User::has_mailbox`].
    pub(in crate::document) fn has_mailbox(&self) -> bool {
        self.has_mail() && matches!(self.state, State::Active | State::Locked)
    }

    /// Where the value of `key` stands.
    pub(in crate::document) fn span(&self, key: &str) -> Span {
        self.origin.of(key).span
    }

    /// The user, when all that must be there is.
    pub(in crate::document) fn into_user(self, profile: Profile, mut credentials: Credentials) -> Option<User> {
        if let Some(password) = self.password {
            credentials.password = Some(crate::model::Password::Test(password.value));
        }
        let class = match self.class? {
            Kind::Person => Class::Person,
            Kind::Shared => Class::Shared {
                owners: values(self.owners).collect(),
            },
            Kind::Test => Class::Test { expires: self.expires? },
        };
        Some(User {
            address: self.address,
            id: self.id?.value,
            username: self.username?.value,
            name: self.name,
            groups: values(self.groups).collect(),
            aliases: values(self.aliases).collect(),
            forward: values(self.forward).collect(),
            keep_copy: self.keep_copy,
            quota: self.quota,
            class,
            state: self.state,
            services: self.services,
            protected: self.protected,
            forge: self.forge,
            dovecot: self.dovecot,
            profile,
            credentials,
            origin: self.origin,
        })
    }
}
