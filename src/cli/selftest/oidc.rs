//! `dockspace selftest oidc`.

use camino::Utf8PathBuf;
use tokio::sync::mpsc;

use crate::cli::{Exit, Global, context::Context, failure::Failure, failure::Outcome, host, serve, ui::Ui};
use crate::model::{Client, ClientId, ClientKind};
use crate::outbound::Reach;
use crate::relying_party::RelyingParty;
use crate::seal::Secret;
use crate::web::listen::{self, Listener};
use crate::web::return_address;

/// Sign in at the running issuer as an app does, with another implementation of OpenID Connect, and check each answer.
///
/// It prints a URL to open in a browser, waits until somebody has signed in there, and checks discovery, keys, code, tokens and
/// userinfo. The app must be one that may return to `http://127.0.0.1/…`, where this command listens meanwhile.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The app to sign in as, by the name of its file in `clients/`.
    #[arg(long, value_name = "ID")]
    client: String,

    /// A file with the app's secret, if it has one.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<Utf8PathBuf>,

    /// The issuer, when it is another than that of the repository.
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let source = context.source(None)?;
    let desired = context.load_or_show(ui, &source)?.desired;
    let issuer = args
        .issuer
        .clone()
        .or_else(|| desired.issuer.as_ref().map(|issuer| issuer.as_str().to_owned()));
    let issuer = issuer.ok_or_else(|| Failure::message(Exit::Error, "the organisation has no issuer"))?;
    let client = ClientId::parse(&args.client)
        .ok()
        .and_then(|id| desired.clients.get(&id));
    let client = client.ok_or_else(|| Failure::message(Exit::Error, format!("there is no app `{}`", args.client)))?;
    let path = return_path(client)?;
    let secret = match &args.secret_file {
        Some(file) => Some(Secret::new(std::fs::read_to_string(file)?.trim().to_owned())),
        None => None,
    };
    serve::runtime()?.block_on(async {
        let listener = Listener::bind(([127, 0, 0, 1], 0).into())?;
        let redirect_uri = format!("http://{}{path}", listener.address()?);
        let outbound = host::outbound(&context.settings, Reach::Private)?;
        let app = RelyingParty::discover(&issuer, client.id.as_str(), secret, &redirect_uri, outbound).await;
        let app = app.map_err(|error| Failure::new(Exit::Error, error).hint(unreached(&issuer)))?;
        ui.status("Right", "discovery and keys");
        let scopes: Vec<&str> = client
            .scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| *scope != "openid")
            .collect();
        let departure = app.depart(&scopes);
        ui.status("Open", departure.url.as_str());
        let (code, state) = returned(listener, &path).await?;
        if state != departure.state {
            return Err(Failure::message(Exit::Error, "the state that came back is another one"));
        }
        ui.status("Right", "the way back, with a code");
        let arrival = app.arrive(departure, &code).await?;
        ui.status("Right", "tokens, their signature, and userinfo");
        ui.data(&format!("{:#}\n", arrival.id_token))?;
        Ok(())
    })?;
    Ok(Exit::Done)
}

/// What to do when the issuer does not say who it is.
fn unreached(issuer: &str) -> String {
    format!(
        "{issuer}/.well-known/openid-configuration has to answer from this machine; `extra_ca` of the host file names a certificate \
         authority of your own"
    )
}

/// Where the app may return to on this machine (RFC 8252 section 7.3: at any port).
fn return_path(client: &Client) -> Result<String, Failure> {
    let native = client.kind == ClientKind::Public;
    let here = client
        .redirect_uris
        .iter()
        .find_map(|uri| uri.strip_prefix("http://127.0.0.1/").filter(|_| native));
    here.map(|rest| format!("/{rest}")).ok_or_else(|| {
        Failure::message(
            Exit::Error,
            format!("the app `{}` cannot return to this machine", client.id.as_str()),
        )
        .hint("name a public one with the redirect URI http://127.0.0.1/callback")
    })
}

/// Waits for the browser to come back, and gives the code and the state.
async fn returned(listener: Listener, path: &str) -> Result<(String, String), Failure> {
    let (sender, mut receiver) = mpsc::channel(1);
    let router = return_address::router(path, sender);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(listen::serve(listener, router, None, async move {
        let _ = stopped.await;
    }));
    let came = receiver.recv().await;
    drop(stop);
    serving.await??;
    match came {
        Some(return_address::Return {
            code: Some(code),
            state,
            ..
        }) => Ok((code, state)),
        Some(return_address::Return { error, .. }) => {
            let said = error.unwrap_or_else(|| "neither code nor error".to_owned());
            Err(Failure::message(Exit::Error, format!("the issuer answered: {said}")))
        }
        None => Err(Failure::message(Exit::Error, "nobody came back")),
    }
}
