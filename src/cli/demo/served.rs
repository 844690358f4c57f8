//! The end of the demonstration that doesn't end: the sign-in server, and an app that people sign in to.

use anstyle::Style;

use super::place::Place;
use crate::cli::serve::{self, Start};
use crate::cli::{Exit, Global, context, failure::Failure, ui::Ui};
use crate::outbound::{Outbound, Reach};
use crate::relying_party::RelyingParty;
use crate::settings::Settings;
use crate::telemetry::Style as Lines;
use crate::templates::Templates;
use crate::web::listen::{self, Listener};
use crate::web::notice_board;

const TITLE: Style = Style::new().bold();

/// Who can sign in: name, password, and what to look at.
const PEOPLE: [(&str, &str, &str); 3] = [
    ("carol", "warm pipes hum all winter", "on the board"),
    ("grace", "tall maps hide small towns", "an engineer"),
    (
        "alice",
        "seven kettles sing at dawn",
        "administrator, with a second factor",
    ),
];
/// Alice's second factor.
const OTPAUTH: &str = "otpauth://totp/Example%20Housing%20Co-operative:alice%40example.org?secret=TDZLLMTV5BXKJO3CL7C3LACHPTBIKZTS&issuer=Example%20Housing%20Co-operative";
/// One of her recovery codes.
const RECOVERY: &str = "vz70-vkkk-2ge0-dnbv";

/// Serves until somebody stops it.
pub(super) fn serve(ui: &mut Ui, place: &Place) -> Result<Exit, Failure> {
    let settings = Settings::load(Some(&place.host_file()), context::environment())?;
    let global = Global {
        repository: ".".into(),
        config: Some(place.host_file()),
        quiet: false,
    };
    let start = Start::check(&settings, &global)?;
    serve::log(
        start.level(),
        if ui.shows_results() { Lines::Text } else { Lines::Json },
    )?;
    serve::runtime()?.block_on(async {
        let stop = serve::stopped()?;
        let server = start.open().await?;
        let issuer = server.issuer().to_owned();
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async move {
            stop.await;
            drop(ended);
        }));
        let listener = Listener::bind(([127, 0, 0, 1], 0).into())?;
        let board = format!("http://{}", listener.address()?);
        let outbound = Outbound::new(Reach::Private, None)?;
        let app = RelyingParty::discover(&issuer, "noticeboard", None, &format!("{board}/callback"), outbound).await?;
        invite(ui, &board, &issuer);
        let router = notice_board::router(app, Templates::new()?);
        listen::serve(listener, router, None, async move {
            let _ = end.await;
        })
        .await?;
        running.await?
    })?;
    Ok(Exit::Done)
}

fn invite(ui: &mut Ui, board: &str, issuer: &str) {
    let people: String = PEOPLE
        .iter()
        .map(|(name, password, what)| format!("\x20 {name:<7} {password:<28} {what}\n"))
        .collect();
    ui.say(&format!(
        "\n{TITLE}Sign in{TITLE:#}\n\
         \x20 {board}/   an app, the notice board: it shows what it learns about you\n\
         \x20 {issuer}/   the sign-in server itself\n\n\
         {TITLE}As{TITLE:#}\n\
         {people}\
         \x20 Alice's second factor: {RECOVERY}, good once, or an authenticator app with\n\
         \x20 {OTPAUTH}\n\n\
         Commit and push in organisation/, and it counts at once. Ctrl-C ends the servers; everything else stays."
    ));
}
