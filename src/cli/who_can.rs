//! `dockspace who-can`.

use super::{
    Format, Global,
    answer::{self, Places},
    context::Context,
    exit::Exit,
    failure::Outcome,
    lookup,
    ui::Ui,
};

/// Say who may sign in to an app, and who may not, each with the rule that decides and where it is written.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The app, by its client id.
    client: String,

    /// Leave out those who may not.
    #[arg(long)]
    allowed: bool,

    /// Ask this commit instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let source = context.source(args.rev.as_deref())?;
    let desired = context.load_to_compare_or_show(ui, &source)?.desired;
    let client = lookup::client(&desired, &args.client)?;
    let mut answer = answer::who_can(&desired, client);
    if args.allowed {
        answer.lines.retain(|line| line.allowed == Some(true));
    }
    let places = Places::new(&context, &source);
    ui.data(&match args.format {
        Format::Text => answer.text(&places),
        Format::Json => answer.json(&places),
    })?;
    Ok(Exit::Done)
}
