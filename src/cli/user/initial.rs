//! The first password of a new user: typed, piped in, made up, or none yet.

use super::{new::NewUser, passwd};
use crate::{
    auth::{password, policy},
    cli::{draft::Draft, failure::Failure, sealing, ui::Ui},
    model::Desired,
    seal::{Owner, Recipients, Secret},
};

/// How a new user gets a password.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(super) struct Choice {
    /// Ask for a password, or take the first line of standard input where nobody can be asked.
    #[arg(long, conflicts_with = "batch")]
    password: bool,

    /// Make up a good password and print it, once; in a batch, for each row that has none.
    #[arg(long)]
    generate: bool,

    /// Set no password yet, and don't mention it.
    #[arg(long)]
    no_password: bool,
}

impl Choice {
    /// The password of `user`, if there shall be one.
    pub(super) fn password(
        &self,
        ui: &mut Ui,
        desired: &Desired,
        user: &NewUser,
    ) -> Result<Option<Secret<String>>, Failure> {
        if !self.password {
            return self.generated(desired);
        }
        let chosen = ui.secret("Password")?;
        passwd::refuse_weak(ui, desired, &personal(desired, user), &chosen)?;
        Ok(Some(chosen))
    }

    /// A new password, if one is to be made up.
    pub(super) fn generated(&self, desired: &Desired) -> Result<Option<Secret<String>>, Failure> {
        let min_length = desired.policy.password.min_length;
        Ok(self.generate.then(|| password::generate(min_length)).transpose()?)
    }

    /// Says how to set a password later, to whoever didn't say that there shall be none.
    pub(super) fn remind(&self, ui: &mut Ui, users: &[NewUser]) {
        let without = users.iter().find(|user| user.password.is_none() && !user.is_shared());
        if let Some(user) = without.filter(|_| !self.no_password) {
            ui.hint(&format!(
                "a password is still to be set: dockspace user passwd {}",
                user.address
            ));
        }
    }

    /// Prints the passwords that were made up, those of the users at `made_up`: one alone as it is, more as CSV.
    pub(super) fn show(&self, ui: &mut Ui, users: &[NewUser], made_up: &[usize]) -> Result<(), Failure> {
        let made = made_up
            .iter()
            .filter(|_| self.generate)
            .filter_map(|index| users.get(*index));
        let made: Vec<(&NewUser, &Secret<String>)> =
            made.filter_map(|user| Some((user, user.password.as_ref()?))).collect();
        match (made.as_slice(), users) {
            ([], _) => {}
            ([(_, password)], [_]) => {
                ui.say("The password, shown this once:");
                ui.data(&format!("{}\n", password.expose()))?;
            }
            (all, _) => {
                ui.say("The passwords, shown this once:");
                let row = |(user, password): &(&NewUser, &Secret<String>)| {
                    format!("{},{}\n", user.address, password.expose())
                };
                ui.data(&format!(
                    "address,password\n{}",
                    all.iter().map(row).collect::<String>()
                ))?;
            }
        }
        Ok(())
    }
}

/// What is wrong with the password of `user`, if anything, in one line.
pub(super) fn weakness(desired: &Desired, user: &NewUser, chosen: &Secret<String>) -> Option<String> {
    let known = personal(desired, user);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let found = policy::weaknesses(&desired.policy.password, chosen, &known);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    (!found.is_empty()).then(|| format!("the password is not good enough: {}", found.join(" ")))
}

/// Writes the passwords of `users`: hashed and sealed, and of test users in clear.
pub(super) fn write(draft: &mut Draft<'_>, desired: &Desired, users: &[NewUser]) -> Result<(), Failure> {
    let mut recipients = None;
    for user in users {
        let Some(chosen) = &user.password else { continue };
        let [file, _, sealed] = user.paths();
        if user.is_test() {
            draft.edit(&file, |file| file.set(&["password"], chosen.expose().as_str()))?;
            continue;
        }
        let recipients: &Recipients = match &mut recipients {
            Some(recipients) => recipients,
            none => none.insert(sealing::recipients(desired)?),
        };
        let hash = password::hash(chosen, desired.policy.password.sha512_rounds)?;
        let owner = Owner::User(user.id.clone());
        sealing::put(
            draft,
            &sealed,
            &["password"],
            (recipients, &owner),
            &hash.as_str().into(),
        )?;
    }
    Ok(())
}

/// What others know about the user.
fn personal(desired: &Desired, user: &NewUser) -> Vec<String> {
    let facts = [
        user.name.clone(),
        user.username.clone(),
        user.address.to_string(),
        user.address.domain().to_owned(),
        desired.organisation.name.clone(),
    ];
    facts.into_iter().chain(user.facts.aliases.iter().cloned()).collect()
}
