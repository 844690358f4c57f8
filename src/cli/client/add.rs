//! `dockspace client add`.

use camino::Utf8PathBuf;
use clap::builder::PossibleValuesParser;

use super::{facts::Facts, secret};
use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit::{self, Ending},
        exit::Exit,
        failure::{Failure, Outcome},
        lookup,
        ui::Ui,
    },
    document::Editor,
    model::{ClientAuth, ClientId, ClientKind, Grant},
    snapshot::Source,
};

/// Add an app.
///
/// Its name is the client id unless `--name` says otherwise. Prints the secret of a confidential app, this once: the repository
/// keeps its SHA-256 alone.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("change").multiple(true)))]
pub(super) struct Args {
    /// Its client id, the name of its file.
    id: String,

    /// An app that can keep a secret; one in a browser or on a phone, which cannot; or a web server that asks for each request.
    #[arg(long, value_name = "KIND", default_value = "confidential",
        value_parser = PossibleValuesParser::new(ClientKind::ALL.iter().map(|word| word.as_str())))]
    kind: String,

    #[command(flatten)]
    facts: Facts,

    /// Where sign-in may return to, byte for byte; may be repeated.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,

    /// Where logout may return to; may be repeated.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,

    /// Who may sign in: members of any of these groups, `*` for every active person; may be repeated.
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,

    /// And of all of these; may be repeated.
    #[arg(long = "group-all", value_name = "GROUP")]
    groups_all: Vec<String>,

    /// And of none of these; may be repeated.
    #[arg(long = "group-none", value_name = "GROUP")]
    groups_none: Vec<String>,

    /// A scope it may ask for, instead of openid, profile and email; may be repeated.
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,

    /// An OAuth grant it may use, instead of authorization_code; may be repeated.
    #[arg(long = "grant", value_name = "GRANT",
        value_parser = PossibleValuesParser::new(Grant::ALL.iter().map(|word| word.as_str())))]
    grants: Vec<String>,

    /// How it may authenticate at the token endpoint, instead of what its kind says; may be repeated.
    #[arg(long = "auth", value_name = "METHOD",
        value_parser = PossibleValuesParser::new(ClientAuth::ALL.iter().map(|word| word.as_str())))]
    auth: Vec<String>,

    /// A further claim in the ID token; may be repeated.
    #[arg(long = "id-token-claim", value_name = "CLAIM")]
    id_token_claims: Vec<String>,

    /// For forward-auth: an https host it answers for; may be repeated.
    #[arg(long = "host", value_name = "HOST")]
    hosts: Vec<String>,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let snapshot = context.load_or_show(ui, &Source::WorkTree)?;
    let id = ClientId::parse(&args.id).map_err(|error| lookup::no_name(&args.id, error))?;
    if snapshot.desired.clients.contains_key(&id) {
        let text = format!("there is a client `{id}` already");
        return Err(Failure::message(Exit::Error, text).hint(format!("dockspace client set {id} changes it")));
    }
    let secret = (args.kind == ClientKind::Confidential.as_str())
        .then(secret::generate)
        .transpose()?;
    let path: Utf8PathBuf = format!("clients/{id}.toml").into();
    let mut draft = Draft::new(context.repo.work_tree()?);
    let mut file = draft.editor(&path)?;
    file.set(&["name"], id.as_str())?.set(&["kind"], args.kind.as_str())?;
    args.facts.write(&mut file)?;
    if let Some(secret) = &secret {
        file.add(&["secret_sha256"], &secret::digest(secret))?;
    }
    args.lists(&mut file)?;
    draft.put(&path, file);
    let ending = edit::finish(ui, &context, draft, &args.edit, &format!("client add {id}"))?;
    if let (Some(secret), Ending::Written) = (&secret, ending) {
        secret::show(ui, secret)?;
    }
    Ok(ending.into())
}

impl Args {
    fn lists(&self, file: &mut Editor) -> Result<(), Failure> {
        for (key, items) in [
            ("redirect_uris", &self.redirect_uris),
            ("post_logout_redirect_uris", &self.post_logout_redirect_uris),
            ("groups", &self.groups),
            ("groups_all", &self.groups_all),
            ("groups_none", &self.groups_none),
            ("scopes", &self.scopes),
            ("grants", &self.grants),
            ("auth", &self.auth),
            ("id_token_claims", &self.id_token_claims),
            ("hosts", &self.hosts),
        ] {
            for item in items {
                file.add(&[key], item)?;
            }
        }
        Ok(())
    }
}
