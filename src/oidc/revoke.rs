//! What a commit takes away is gone at once: people who may no longer use an app are signed out of it.
//!
//! Two revisions are compared. Who was removed, locked or suspended, or whose password or second factor changed, is signed out
//! everywhere; who lost an app, or whose app is gone, is signed out there. Every gate is checked again at each request anyway;
//! this is for what apps hold themselves.

use std::sync::Arc;

use super::{Desk, Error, Provider};
use crate::audit::{EndReason, Event, Person};
use crate::auth::people::Directory;
use crate::model::access::{access, barred};
use crate::model::{Client, ClientId, ClientKind, Desired, Password, State, User};
use crate::seal::{Identity, Owner, Sealed};
use crate::snapshot::{Snapshot, SnapshotFeed};

/// What one person lost.
#[derive(Debug, PartialEq, Eq)]
struct Loss<'a> {
    user: &'a User,
    what: Lost,
}

#[derive(Debug, PartialEq, Eq)]
enum Lost {
    /// The account, or what opens it.
    Everything(EndReason),
    /// These apps.
    Apps(Vec<(ClientId, EndReason)>),
}

/// Who lost what from `before` to `after`.
fn losses<'a>(before: &'a Desired, people: &Directory, identity: &Identity) -> Vec<Loss<'a>> {
    let after = people.desired();
    let same_gates = before.clients == after.clients && before.groups == after.groups;
    let loss = |user: &'a User| {
        let now = people.by_id(user.id.as_str());
        if same_gates && now == Some(user) {
            return None;
        }
        let what = match whole(user, now, identity) {
            Some(reason) => Lost::Everything(reason),
            None => Lost::Apps(apps(before, after, user, now?)),
        };
        (what != Lost::Apps(Vec::new())).then_some(Loss { user, what })
    };
    before.users.values().filter_map(|user| loss(user)).collect()
}

/// Why a person is signed out of everything.
fn whole(user: &User, now: Option<&User>, identity: &Identity) -> Option<EndReason> {
    let Some(now) = now else {
        return Some(EndReason::Removed);
    };
    if barred(user).is_none() && barred(now).is_some() {
        return Some(match now.state {
            State::Locked => EndReason::Locked,
            State::Suspended => EndReason::Suspended,
            State::Absent => EndReason::Removed,
            State::Active => EndReason::LostAccess,
        });
    }
    credentials_changed(user, now, identity).then_some(EndReason::CredentialsChanged)
}

fn apps(before: &Desired, after: &Desired, user: &User, now: &User) -> Vec<(ClientId, EndReason)> {
    let had = |client: &&Client| client.kind != ClientKind::ForwardAuth && access(before, user, client).allowed;
    let lost = |client: &Client| match after.clients.get(&client.id) {
        None => Some(EndReason::ClientRemoved),
        Some(client) if !access(after, now, client).allowed => Some(EndReason::LostAccess),
        Some(_) => None,
    };
    let clients = before.clients.values().filter(had);
    clients
        .filter_map(|client| Some((client.id.clone(), lost(client)?)))
        .collect()
}

/// Whether the password or the second factor is another one. A value that was only sealed anew is not.
fn credentials_changed(user: &User, now: &User, identity: &Identity) -> bool {
    let (old, new) = (&user.credentials, &now.credentials);
    let owner = Owner::User(user.id.as_str().to_owned());
    let differs = |field: &str, old: &Sealed, new: &Sealed| {
        let open = |sealed: &Sealed| identity.open(sealed, &owner, field).ok();
        old != new && open(old).is_none_or(|old| open(new).is_none_or(|new| old != new))
    };
    let password = match (&old.password, &new.password) {
        (Some(Password::Sealed(old)), Some(Password::Sealed(new))) => differs("password", old, new),
        (old, new) => old.is_some() && old != new,
    };
    let totp = match (&old.totp, &new.totp) {
        (Some(old), Some(new)) => differs("totp", old, new),
        // A second factor that was added takes nothing away.
        (old, new) => old.is_some() && new.is_none(),
    };
    password || totp
}

impl Provider {
    /// Signs people out of what they lose, revision after revision, until there are no more.
    pub async fn keep_up(&self, mut feed: SnapshotFeed) {
        let mut before = feed.current();
        // Before the first who signs in has to wait for it.
        let _ready = self.realm(&before);
        while let Some(after) = feed.changed().await {
            if let Err(error) = self.follow(&before, &after).await {
                tracing::error!(%error, "some who lost access may be signed in at apps until their tokens expire");
            }
            before = after;
        }
    }

    /// Signs out whoever lost something from `before` to `after`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn follow(&self, before: &Snapshot, after: &Arc<Snapshot>) -> Result<(), Error> {
        let desk = self.desk(after, None);
        for loss in losses(&before.desired, &desk.realm.directory, &self.parts.identity) {
            desk.take_away(&loss).await?;
        }
        Ok(())
    }
}

impl Desk<'_> {
    async fn take_away(&self, loss: &Loss<'_>) -> Result<(), Error> {
        let id = loss.user.id.as_str();
        let user = Person::from(loss.user);
        match &loss.what {
            Lost::Everything(why) => {
                self.sign_out_everywhere(&loss.user.id).await?;
                let (client, why) = (None, *why);
                self.record(Some(Event::SessionEnded { user, client, why }));
            }
            Lost::Apps(apps) => {
                let is_lost = |client: &str| apps.iter().any(|(lost, _)| lost.as_str() == client);
                self.end_at_apps(id, is_lost).await?;
                for (client, why) in apps {
                    let (client, why) = (Some(client), *why);
                    self.record(Some(Event::SessionEnded { user, client, why }));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AnyOf, testing};
    use crate::seal;

    /// Bob may use `wiki` and, as a member of `board`, `board`.
    fn organisation(identity: &Identity) -> Desired {
        let mut desired = testing::organisation();
        let mut bob = testing::user("bob@example.org");
        bob.groups.insert(testing::group_name("board"));
        let owner = Owner::User(bob.id.as_str().to_owned());
        let sealed = seal::seal(identity.recipients(), &owner, "password", 1, &"hash".into());
        bob.credentials.password = Some(Password::Sealed(sealed.unwrap()));
        testing::add(&mut desired, bob);
        for (id, any) in [
            ("wiki", AnyOf::Everyone),
            ("board", AnyOf::Groups(vec![testing::group_name("board")])),
        ] {
            let mut client = testing::client(id);
            client.gate.any = any;
            desired.clients.insert(client.id.clone(), client);
        }
        desired
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Desired, &Identity), expect: &[&str]) {
        let identity = Identity::generate();
        let before = organisation(&identity);
        let mut after = before.clone();
        change(&mut after, &identity);
        let told = losses(&before, &Directory::new(Arc::new(after)), &identity)
            .into_iter()
            .flat_map(|loss| match loss.what {
                Lost::Everything(why) => vec![format!("everything: {}", why.as_str())],
                Lost::Apps(apps) => apps
                    .iter()
                    .map(|(app, why)| format!("{app}: {}", why.as_str()))
                    .collect(),
            });
        assert_eq!(told.collect::<Vec<_>>(), expect);
    }

    fn bob(desired: &mut Desired) -> &mut User {
        desired.users.get_mut("bob@example.org").unwrap()
    }

    #[test]
    fn row_39_what_a_commit_takes_away() {
        check(|_, _| (), &[]);
        check(|desired, _| desired.users.clear(), &["everything: removed"]);
        check(|desired, _| bob(desired).state = State::Locked, &["everything: locked"]);
        check(
            |desired, _| bob(desired).state = State::Suspended,
            &["everything: suspended"],
        );
        check(
            |desired, _| bob(desired).services = testing::services(&["mail"]),
            &["everything: lost access"],
        );
        check(|desired, _| bob(desired).groups.clear(), &["board: lost access"]);
        check(
            |desired, _| drop(desired.clients.remove("wiki")),
            &["wiki: client removed"],
        );
        let nobody = |desired: &mut Desired, _: &Identity| {
            desired.clients.get_mut("wiki").unwrap().gate.any = AnyOf::default();
        };
        check(nobody, &["wiki: lost access"]);
        check(|desired, _| bob(desired).name = "Robert".into(), &[]);
        check(
            |desired, _| bob(desired).credentials.totp = Some(testing::sealed(1)),
            &[],
        );
    }

    #[test]
    fn row_39_another_password_signs_out_and_one_sealed_anew_does_not() {
        let set = |value: &'static str| {
            move |desired: &mut Desired, identity: &Identity| {
                let bob = bob(desired);
                let owner = Owner::User(bob.id.as_str().to_owned());
                let sealed = seal::seal(identity.recipients(), &owner, "password", 2, &value.into());
                bob.credentials.password = Some(Password::Sealed(sealed.unwrap()));
            }
        };
        check(set("hash"), &[]);
        check(set("another"), &["everything: credentials changed"]);
        check(
            |desired, _| bob(desired).credentials.password = None,
            &["everything: credentials changed"],
        );
    }
}
