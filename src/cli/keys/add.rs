//! `dockspace keys add`.

use camino::Utf8PathBuf;
use clap::builder::PossibleValuesParser;

use crate::{
    cli::{
        Global,
        context::Context,
        draft::Draft,
        edit,
        exit::Exit,
        failure::{Failure, Outcome},
        sealing,
        ui::Ui,
    },
    clock::Clock,
    document::{Editor, Kind},
    model::{KeyId, KeyState, SigningAlg},
    oidc::keys,
    seal::{Owner, Recipients},
    snapshot::Source,
};

/// Make a signing key, which signs from now on; the one that signed before stays published.
///
/// The same command rotates: tokens of the old key stay good until they expire. When the last one has, `keys retire KID --remove`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What it signs with: RS256 for every app, ES256 or EdDSA for those that ask for it.
    #[arg(long, value_name = "ALG", default_value = "RS256", value_parser = PossibleValuesParser::new(SigningAlg::ALL.iter().map(|alg| alg.as_str())))]
    alg: String,

    /// The key's id, which is its file's name too. By default the month, such as 2026-11.
    #[arg(long, value_name = "KID")]
    kid: Option<String>,

    #[command(flatten)]
    edit: edit::Options,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let context = Context::open(global)?;
    let desired = context.load_or_show(ui, &Source::WorkTree)?.desired;
    let alg = SigningAlg::ALL
        .iter()
        .copied()
        .find(|alg| alg.as_str() == args.alg)
        .unwrap_or(SigningAlg::Rs256);
    let kid = match &args.kid {
        Some(kid) => KeyId::parse(kid)?,
        None => key_id(&context.clock, alg, |kid| desired.keys.contains_key(kid))?,
    };
    if desired.keys.contains_key(&kid) {
        let text = format!("there is a key `{kid}` already");
        return Err(Failure::message(Exit::Error, text).hint("name another with --kid"));
    }
    let mut draft = Draft::new(context.repo.work_tree()?);
    draft.put(&path(&kid), new_file(&kid, alg, &sealing::recipients(&desired)?)?);
    for old in desired
        .keys
        .values()
        .filter(|old| old.alg == alg && old.state == KeyState::Active)
    {
        draft.edit(old.origin.path(), |file| {
            file.set(&["state"], KeyState::Published.as_str())
        })?;
    }
    let subject = format!("keys: {kid}: new {} key", alg.as_str());
    Ok(edit::finish(ui, &context, draft, &args.edit, &subject)?.into())
}

/// A new key's file.
pub(in crate::cli) fn new_file(kid: &KeyId, alg: SigningAlg, recipients: &Recipients) -> Result<Editor, Failure> {
    let private = keys::generate(alg)?;
    let mut file = Editor::create(Kind::Key);
    file.set(&["alg"], alg.as_str())?
        .set(&["state"], KeyState::Active.as_str())?
        .set(&["public_jwk"], keys::public_jwk(alg, kid, &private)?)?;
    let owner = Owner::Key(kid.as_str().to_owned());
    sealing::into(&mut file, &["private"], (recipients, &owner), &private)?;
    Ok(file)
}

/// Where the key's file stands.
pub(in crate::cli) fn path(kid: &KeyId) -> Utf8PathBuf {
    Utf8PathBuf::from(format!("keys/{kid}.toml"))
}

/// The month, with the algorithm unless it is RS256, and a number if that is taken.
pub(in crate::cli) fn key_id(
    clock: &Clock,
    alg: SigningAlg,
    is_taken: impl Fn(&KeyId) -> bool,
) -> Result<KeyId, Failure> {
    let month = clock.now().strftime("%Y-%m").to_string();
    let name = match alg {
        SigningAlg::Rs256 => month,
        SigningAlg::Es256 | SigningAlg::EdDsa => format!("{month}-{}", alg.as_str().to_ascii_lowercase()),
    };
    let numbered = (2..1000).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone())
        .chain(numbered)
        .filter_map(|name| KeyId::parse(&name).ok())
        .find(|kid| !is_taken(kid))
        .ok_or_else(|| Failure::message(Exit::Error, "this month has a thousand keys").hint("name the key with --kid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_after_its_month() {
        let clock = Clock::fixed("2026-11-30T23:59:59Z".parse().unwrap());
        let check = |alg, taken: &[&str], expect: &str| {
            let kid = key_id(&clock, alg, |kid| taken.contains(&kid.as_str())).unwrap();
            assert_eq!(kid.as_str(), expect);
        };
        check(SigningAlg::Rs256, &[], "2026-11");
        check(SigningAlg::Rs256, &["2026-11", "2026-11-2"], "2026-11-3");
        check(SigningAlg::EdDsa, &["2026-11"], "2026-11-eddsa");
    }
}
