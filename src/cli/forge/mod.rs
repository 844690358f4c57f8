//! `dockspace forge`: what a pipeline says to the forge it runs at.

mod comment;
mod requests;

use url::Url;

use super::{
    Exit, Global,
    context::environment,
    failure::{Failure, Outcome},
    host,
    owners::ForgeName,
    ui::Ui,
};
use crate::{
    forge::{ForgeError, Project},
    outbound::{Outbound, Reach},
    seal::Secret,
    settings::Settings,
};

/// Speak to the forge where changes are reviewed: for pipelines.
///
/// The token is taken from the variable REVIEW_TOKEN, and may write comments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Comment(comment::Args),
    Requests(requests::Args),
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    match &args.what {
        What::Comment(args) => comment::run(ui, global, args),
        What::Requests(args) => requests::run(ui, global, args),
    }
}

/// Where the project is.
#[derive(Clone, Debug, clap::Args)]
struct ProjectArgs {
    /// The kind of forge.
    #[arg(long, value_name = "FORGE", env = "REVIEW_FORGE")]
    forge: ForgeName,

    /// The address of its API, such as https://api.github.com.
    #[arg(long, value_name = "URL", env = "REVIEW_API")]
    api: Url,

    /// The project there: OWNER/NAME, for GitLab also its number.
    #[arg(long, value_name = "PROJECT", env = "REVIEW_PROJECT")]
    project: String,
}

impl ProjectArgs {
    fn project(&self) -> Result<Project, Failure> {
        let token = environment()
            .find(|(name, _)| name == "REVIEW_TOKEN")
            .map(|(_, value)| value.trim().to_owned())
            .filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| {
            Failure::message(Exit::Error, "there is no token in REVIEW_TOKEN")
                .hint("a token that may write comments, and nothing else, is enough")
        })?;
        Ok(Project {
            forge: self.forge.into(),
            api: self.api.clone(),
            path: self.project.clone(),
            token: Secret::new(token),
        })
    }
}

/// Whoever runs the pipeline says where its forge is, so it may be in a private network.
fn outbound(global: &Global) -> Result<Outbound, Failure> {
    let settings = Settings::load(global.config.as_deref(), environment())?;
    host::outbound(&settings, Reach::Private)
}

fn refused(error: ForgeError) -> Failure {
    let hint = error.hint();
    Failure::new(Exit::Error, error).hint_if(hint)
}
