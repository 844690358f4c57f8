//! `dockspace user set`.

use jiff::civil::Date;

use super::protection::Answer;
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        items::{self, Items},
        lookup,
        ui::Ui,
    },
    document::Editor,
    model::{Class, Desired, User},
    snapshot::Source,
};

/// Change facts of a user.
///
/// Everything else in the file stays as it is, comments too. Lists are changed item by item: what is removed must be there,
/// what is added may be.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("change").required(true).multiple(true)))]
pub(super) struct Args {
    /// The mailbox, such as alice@example.org.
    address: String,

    /// The name shown to people.
    #[arg(long, value_name = "NAME", group = "change")]
    name: Option<String>,

    /// What the user signs in with.
    #[arg(long, value_name = "USERNAME", group = "change")]
    username: Option<String>,

    /// The mailbox's quota, such as 10G, or `unlimited`, or `default` for that of the domain or quota class.
    #[arg(long, value_name = "QUOTA", group = "change")]
    quota: Option<String>,

    /// A human being; a mailbox that several people own; or a test user in a test domain.
    #[arg(long, value_name = "CLASS", value_parser = ["person", "shared", "test"], group = "change")]
    class: Option<String>,

    /// The last day of a test user, such as 2027-01-31.
    #[arg(long, value_name = "DATE", group = "change")]
    expires: Option<Date>,

    /// A group to become a member of; may be repeated.
    #[arg(long, value_name = "GROUP", group = "change")]
    add_group: Vec<String>,

    /// A group to leave; may be repeated.
    #[arg(long, value_name = "GROUP", group = "change")]
    remove_group: Vec<String>,

    /// A further address that delivers here; may be repeated.
    #[arg(long, value_name = "ADDRESS", group = "change")]
    add_alias: Vec<String>,

    /// An address that no longer delivers here; may be repeated.
    #[arg(long, value_name = "ADDRESS", group = "change")]
    remove_alias: Vec<String>,

    /// Where mail goes instead of the mailbox; may be repeated.
    #[arg(long, value_name = "ADDRESS", group = "change")]
    add_forward: Vec<String>,

    /// Where mail goes no longer; may be repeated.
    #[arg(long, value_name = "ADDRESS", group = "change")]
    remove_forward: Vec<String>,

    /// Keep a copy of forwarded mail in the mailbox, or, with `=false`, none.
    #[arg(long, value_name = "BOOL", group = "change", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    keep_copy: Option<bool>,

    /// Who answers for a shared mailbox; may be repeated.
    #[arg(long, value_name = "ADDRESS", group = "change")]
    add_owner: Vec<String>,

    /// Who no longer answers for it; may be repeated.
    #[arg(long, value_name = "ADDRESS", group = "change")]
    remove_owner: Vec<String>,

    /// What the user may use; may be repeated.
    #[arg(long, value_name = "SERVICE", group = "change")]
    add_service: Vec<String>,

    /// What the user may no longer use; may be repeated.
    #[arg(long, value_name = "SERVICE", group = "change")]
    remove_service: Vec<String>,

    /// Let others take something from this user only with an acknowledgement, or, with `=false`, without.
    #[arg(long, value_name = "BOOL", group = "change", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    protected: Option<bool>,

    /// The account at the forge that keeps the repository; `default` leaves it to the address.
    #[arg(long, value_name = "ACCOUNT", group = "change")]
    forge: Option<String>,

    #[command(flatten)]
    answer: Answer,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let user = lookup::present_user(&snapshot.desired, &args.address)?;
    if args.demotes(&snapshot.desired) {
        args.answer.allows(ui, "demote", user)?;
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    let mut file = draft.editor(user.origin.path())?;
    args.lists(&mut file, user)?;
    args.values(&mut file, user)?;
    draft.put(user.origin.path(), file);
    edit::finish(ui, &context, draft, &args.edit, &format!("user set {}", user.address)).map(Exit::from)
}

impl Args {
    /// Whether something is taken that a protected user keeps: administration, a service, the protection itself.
    fn demotes(&self, desired: &Desired) -> bool {
        let admins = desired.organisation.admin_group.as_str();
        self.protected == Some(false)
            || self.class.is_some()
            || !self.remove_service.is_empty()
            || self.remove_group.iter().any(|group| group == admins)
    }

    fn values(&self, file: &mut Editor, user: &User) -> Result<(), Failure> {
        items::set(
            file,
            &[
                ("name", &self.name),
                ("username", &self.username),
                ("class", &self.class),
            ],
        )?;
        items::set(file, &[("expires", &self.expires)])?;
        items::set(file, &[("keep_copy", &self.keep_copy), ("protected", &self.protected)])?;
        for (key, value) in [("quota", &self.quota), ("forge", &self.forge)] {
            match value.as_deref() {
                Some("default") => file.remove(&[key])?,
                Some(value) => file.set(&[key], value)?,
                None => file,
            };
        }
        self.leave_class(file, user)
    }

    /// What only the former class may have goes with it.
    fn leave_class(&self, file: &mut Editor, user: &User) -> Result<(), Failure> {
        match (&user.class, self.class.as_deref()) {
            (Class::Shared { .. }, Some("person" | "test")) => file.remove(&["owners"])?,
            (Class::Test { .. }, Some("person" | "shared")) => file.remove(&["expires"])?,
            _ => file,
        };
        Ok(())
    }

    fn lists(&self, file: &mut Editor, user: &User) -> Result<(), Failure> {
        let owners: Vec<String> = match &user.class {
            Class::Shared { owners } => owners.iter().map(ToString::to_string).collect(),
            Class::Person | Class::Test { .. } => Vec::new(),
        };
        items::change(
            file,
            &["groups"],
            &user.groups,
            Items(&self.add_group, &self.remove_group),
        )?;
        items::change(
            file,
            &["aliases"],
            &user.aliases,
            Items(&self.add_alias, &self.remove_alias),
        )?;
        items::change(
            file,
            &["forward"],
            &user.forward,
            Items(&self.add_forward, &self.remove_forward),
        )?;
        items::change(file, &["owners"], &owners, Items(&self.add_owner, &self.remove_owner))?;
        items::change(
            file,
            &["services"],
            &user.services,
            Items(&self.add_service, &self.remove_service),
        )
    }
}
