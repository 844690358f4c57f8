//! `dockspace doctor dovecot`.

use std::collections::BTreeSet;

use crate::cli::{Exit, Global, context::Context, failure::Failure, failure::Outcome, ui::Ui};
use crate::model::{Desired, Dialect, Issuer};

/// What an access token must be good for to open a mailbox.
const SCOPE: &str = "mail";

/// Print what makes Dovecot take mail tokens (XOAUTH2 and OAUTHBEARER), for docker-mailserver and for a Dovecot of its own.
///
/// Dovecot asks the server at `/oidc/mail-token` for each login. An app gets such tokens if its file lists the scope `mail`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The revision to read, instead of the work tree.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,

    /// For this major version of docker-mailserver only, instead of those of the organisation's targets.
    #[arg(long, value_name = "VERSION", value_parser = dialect)]
    dialect: Option<Dialect>,
}

fn dialect(text: &str) -> Result<Dialect, String> {
    let dialect = text.parse().ok().and_then(Dialect::of);
    dialect.ok_or_else(|| "15 (Dovecot 2.3) or 16 (Dovecot 2.4)".to_owned())
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let source = context.source(args.rev.as_deref())?;
    let desired = context.load_or_show(ui, &source)?.desired;
    let Some(issuer) = &desired.issuer else {
        return Err(
            Failure::message(Exit::Error, "the organisation has no issuer, so there are no tokens")
                .hint("add to dockspace.toml: [oidc] issuer = \"https://id.example.org\""),
        );
    };
    let dialects: BTreeSet<u8> = match args.dialect {
        Some(dialect) => BTreeSet::from([dialect.number()]),
        None => desired.targets.values().map(|target| target.dialect.number()).collect(),
    };
    let texts: Vec<String> = dialects
        .into_iter()
        .filter_map(Dialect::of)
        .map(|dialect| text(dialect, issuer))
        .collect();
    ui.data(&texts.join("\n"))?;
    if !anybody_may_ask(&desired) {
        ui.warn(&format!("no app gets such tokens: none lists the scope `{SCOPE}`"));
        ui.hint(&format!("dockspace client set WEBMAIL --add-scope {SCOPE}"));
    }
    Ok(Exit::Done)
}

fn anybody_may_ask(desired: &Desired) -> bool {
    desired
        .clients
        .values()
        .any(|client| client.scopes.iter().any(|scope| scope == SCOPE))
}

fn text(dialect: Dialect, issuer: &Issuer) -> String {
    let at = issuer.as_str();
    let container = format!(
        "# docker-mailserver {}: in mailserver.env, then make the container anew\n\
         ENABLE_OAUTH2=1\n\
         OAUTH2_INTROSPECTION_URL={at}/oidc/mail-token\n",
        dialect.number()
    );
    match dialect {
        Dialect::Dms15 => format!("{container}\n{}", own_2_3(at)),
        Dialect::Dms16 => format!(
            "{container}\
             # and in dovecot.cf, so that a mail program hears that its token is no good, and who issues better ones\n\
             {}\n{}",
            judging_2_4(at),
            own_2_4(at)
        ),
    }
}

fn own_2_3(at: &str) -> String {
    format!(
        "# A Dovecot 2.3 of your own: in dovecot.conf\n\
         auth_mechanisms = $auth_mechanisms xoauth2 oauthbearer\n\
         passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = /etc/dovecot/dovecot-oauth2.conf.ext\n}}\n\
         # and in /etc/dovecot/dovecot-oauth2.conf.ext\n\
         introspection_url = {at}/oidc/mail-token\n\
         introspection_mode = auth\n\
         username_attribute = email\n\
         active_attribute = active\n\
         active_value = true\n\
         timeout_msecs = 5000\n\
         openid_configuration_url = {at}/.well-known/openid-configuration\n"
    )
}

fn own_2_4(at: &str) -> String {
    format!(
        "# A Dovecot 2.4 of your own: in dovecot.conf\n\
         auth_mechanisms {{\n  xoauth2 = yes\n  oauthbearer = yes\n}}\n\
         passdb oauth2 {{\n  mechanisms_filter = xoauth2 oauthbearer\n}}\n\
         oauth2 {{\n  http_client_request_absolute_timeout = 5s\n}}\n\
         oauth2_introspection_url = {at}/oidc/mail-token\n\
         oauth2_introspection_mode = auth\n\
         oauth2_username_attribute = email\n\
         {}",
        judging_2_4(at)
    )
}

/// What docker-mailserver 16 leaves out.
fn judging_2_4(at: &str) -> String {
    format!(
        "oauth2_active_attribute = active\n\
         oauth2_active_value = true\n\
         oauth2_openid_configuration_url = {at}/.well-known/openid-configuration\n"
    )
}
