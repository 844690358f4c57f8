//! What commands need of this host: the target's directory, the identity, the host's key, and the way out to others.

use std::os::unix::fs::PermissionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Exit, context::Context, failure::Failure};
use crate::{
    apply::host_key,
    model::{Desired, TargetName},
    outbound::{Outbound, Reach},
    record::HostKey,
    seal::{Identity, Secret},
    settings::Settings,
    target::MailTarget,
};

/// Where the live files are, and what opens sealed values.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct HostArgs {
    /// The directory to compare with and write to, instead of the one in the host file.
    #[arg(long, value_name = "DIR")]
    live: Option<Utf8PathBuf>,

    /// The target, when the organisation has several.
    #[arg(long, value_name = "NAME")]
    target: Option<String>,

    /// The age identity that opens sealed values, instead of the one in the host file.
    #[arg(long, value_name = "FILE")]
    identity: Option<Utf8PathBuf>,
}

impl HostArgs {
    /// The target this run is about; `None` when this host has no directory for one.
    pub(super) fn target(&self, context: &Context, desired: &Desired) -> Result<Option<MailTarget>, Failure> {
        let Some((name, target)) = self.chosen(desired)? else {
            return Ok(None);
        };
        let configured = context
            .settings
            .targets
            .get(name.as_str())
            .and_then(|target| target.directory.clone());
        let Some(directory) = self.live.clone().or(configured) else {
            return Ok(None);
        };
        Ok(Some(MailTarget {
            name: name.clone(),
            directory,
            dialect: target.dialect,
        }))
    }

    fn chosen<'d>(&self, desired: &'d Desired) -> Result<Option<(&'d TargetName, &'d crate::model::Target)>, Failure> {
        let names = || {
            desired
                .targets
                .keys()
                .map(TargetName::as_str)
                .collect::<Vec<_>>()
                .join(", ")
        };
        match &self.target {
            Some(name) => match desired.targets.get_key_value(name.as_str()) {
                Some(found) => Ok(Some(found)),
                None => Err(Failure::message(Exit::Error, format!("there is no target `{name}`"))
                    .hint(format!("the organisation has: {}", names()))),
            },
            None if desired.targets.len() > 1 => {
                Err(Failure::message(Exit::Error, "the organisation has several targets")
                    .hint(format!("choose one with --target: {}", names())))
            }
            None => Ok(desired.targets.first_key_value()),
        }
    }

    /// The live directory that `--live` names or the host file gives the only target, without knowing the organisation.
    pub(super) fn directory(&self, context: &Context) -> Option<(TargetName, Utf8PathBuf)> {
        let mut targets = context.settings.targets.iter();
        let name = match (&self.target, targets.next(), targets.next()) {
            (Some(name), ..) => name.clone(),
            (None, Some((name, _)), None) => name.clone(),
            _ => return None,
        };
        let directory = self
            .live
            .clone()
            .or_else(|| context.settings.targets.get(&name)?.directory.clone())?;
        Some((TargetName::parse(&name).ok()?, directory))
    }

    /// The identity; `None` when this host has none.
    pub(super) fn identity(&self, context: &Context) -> Result<Option<Identity>, Failure> {
        self.identity
            .as_ref()
            .or(context.settings.identity.as_ref())
            .map(|path| read_identity(path))
            .transpose()
    }
}

/// Reads an age identity file.
pub(super) fn read_identity(path: &Utf8Path) -> Result<Identity, Failure> {
    if path.as_str().starts_with("AGE-SECRET-KEY-") {
        return Err(
            Failure::message(Exit::Error, "`identity` names a file, and this is the key itself")
                .hint("put the key into a file that only its owner can read, and name that file"),
        );
    }
    let failed =
        |error: anyhow::Error| Failure::new(Exit::Error, error.context(format!("cannot use the identity {path}")));
    let text = std::fs::read_to_string(path).map_err(|error| {
        failed(error.into()).hint("`identity` of the host file, or DOCKSPACE_IDENTITY, names the key that opens what is sealed, as the account that runs this reads it")
    })?;
    let text = Secret::new(text);
    Identity::parse(text.expose()).map_err(|error| {
        let hint = error.hint();
        failed(error.into()).hint(hint)
    })
}

/// Whether somebody besides its owner can read or change the file of a key. Where secrets are mounted that can be meant so.
pub(super) fn is_exposed(path: &Utf8Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

/// The client of this host: it trusts the further authorities of the host file.
pub(super) fn outbound(settings: &Settings, reach: Reach) -> Result<Outbound, Failure> {
    let read = |path: &Utf8PathBuf| {
        std::fs::read(path).map_err(|error| anyhow::Error::new(error).context(format!("cannot read `extra_ca` {path}")))
    };
    let authorities = settings.extra_ca.as_ref().map(read).transpose()?;
    Outbound::new(reach, authorities.as_deref())
        .map_err(|error| Failure::new(Exit::Error, error).hint("`extra_ca` is a file of certificates, PEM"))
}

/// The folder of a target's state.
fn state(context: &Context, target: &TargetName) -> Utf8PathBuf {
    context.settings.state_dir().join("targets").join(target.as_str())
}

/// The host's key for `target`, made when there is none.
pub(super) fn key(context: &Context, target: &TargetName) -> Result<HostKey, Failure> {
    Ok(host_key(&state(context, target))?)
}

/// The host's key for `target`; `None` when there is none, which a plan does not change.
pub(super) fn existing_key(context: &Context, target: &TargetName) -> Result<Option<HostKey>, Failure> {
    let folder = state(context, target);
    if folder.join("host.key").exists() {
        Ok(Some(host_key(&folder)?))
    } else {
        Ok(None)
    }
}
