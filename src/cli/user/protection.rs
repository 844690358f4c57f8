//! Protected users: nobody takes something from them by mistake.

use crate::{
    cli::{exit::Exit, failure::Failure, ui::Ui},
    model::User,
};

/// The answer to "really?", given beforehand.
#[derive(Debug, clap::Args)]
pub(super) struct Answer {
    /// Do it to a protected user too, without a question.
    #[arg(long)]
    yes: bool,
}

impl Answer {
    /// Fails with exit code 5 when `user` is protected and nobody says yes. `what` would be done, such as `remove`.
    pub(super) fn allows(&self, ui: &mut Ui, what: &str, user: &User) -> Result<(), Failure> {
        if !user.protected {
            return Ok(());
        }
        let address = &user.address;
        if self.yes || ui.confirm(&format!("{address} is protected: {what} it all the same?")) {
            ui.warn(&format!(
                "{address} is protected: applying this needs an acknowledgement of the guard `protected`"
            ));
            return Ok(());
        }
        let refusal = format!("{address} is protected, so it takes a yes to {what} it");
        Err(Failure::message(Exit::Guard, refusal).hint("pass --yes; nothing was written"))
    }
}
