//! What an app can be told once, when it is added and later alike.

use clap::builder::PossibleValuesParser;

use crate::{
    cli::{failure::Failure, items},
    document::Editor,
    model::{Consent, Pkce, Refresh, SigningAlg},
};

/// Everything of an app that is one value.
#[derive(Debug, clap::Args)]
pub(super) struct Facts {
    /// The name shown when people are asked for consent.
    #[arg(long, group = "change", value_name = "NAME")]
    pub(super) name: Option<String>,

    /// Require a second factor, or, with `=false`, none.
    #[arg(long, group = "change", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    require_totp: Option<bool>,

    /// Whether people are asked before the app learns about them: each time, once, or never.
    #[arg(long, group = "change", value_name = "WHEN", value_parser = PossibleValuesParser::new(Consent::ALL.iter().map(|word| word.as_str())))]
    consent: Option<String>,

    /// Whether a code must be bound by PKCE; `optional` is for apps that don't know it.
    #[arg(long, group = "change", value_name = "WORD", value_parser = PossibleValuesParser::new(Pkce::ALL.iter().map(|word| word.as_str())))]
    pkce: Option<String>,

    /// When a refresh token is issued: with the scope of that name, or always.
    #[arg(long, group = "change", value_name = "WORD", value_parser = PossibleValuesParser::new(Refresh::ALL.iter().map(|word| word.as_str())))]
    refresh: Option<String>,

    /// How its ID tokens are signed.
    #[arg(long, group = "change", value_name = "ALG", value_parser = PossibleValuesParser::new(SigningAlg::ALL.iter().map(|word| word.as_str())))]
    id_token_alg: Option<String>,

    /// Let the app introspect tokens, or, with `=false`, not.
    #[arg(long, group = "change", value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    introspect: Option<bool>,

    /// Where logout tokens are posted.
    #[arg(long, group = "change", value_name = "URL")]
    backchannel_logout_uri: Option<String>,

    /// Where people start the app.
    #[arg(long, group = "change", value_name = "URL")]
    launch_url: Option<String>,
}

impl Facts {
    /// Writes what was given.
    pub(super) fn write(&self, file: &mut Editor) -> Result<(), Failure> {
        items::set(
            file,
            &[("name", &self.name), ("consent", &self.consent), ("pkce", &self.pkce)],
        )?;
        items::set(
            file,
            &[("refresh", &self.refresh), ("id_token_alg", &self.id_token_alg)],
        )?;
        items::set(
            file,
            &[("require_totp", &self.require_totp), ("introspect", &self.introspect)],
        )?;
        items::set(
            file,
            &[
                ("backchannel_logout_uri", &self.backchannel_logout_uri),
                ("launch_url", &self.launch_url),
            ],
        )
    }
}
