//! The organisation, applied by the built program, served by real Dovecot and Postfix.

use std::sync::Arc;

use dockspace::fileset::FileSet;
use dockspace::mailserver::lookups::Texts;
use dockspace::model::{Desired, Dialect};

use super::organisation::Organisation;
use super::{delivery, logins, quotas, tables};
use crate::support::mail_rig::{Rig, dms};
use crate::support::text;

/// A mail server that serves the organisation.
pub(super) struct Served {
    pub(super) rig: Rig,
    pub(super) dialect: Dialect,
    pub(super) desired: Arc<Desired>,
    /// What the program wrote.
    pub(super) files: FileSet,
    /// The same for the model of the lookups.
    pub(super) texts: Texts,
}

impl Served {
    /// Starts a mail server on nothing, applies, and lets it take the changes.
    fn start(dialect: Dialect) -> Self {
        let organisation = Organisation::new(dialect);
        let rig = match dialect {
            Dialect::Dms15 => Rig::start(dms::Dialect::V15, &[]),
            Dialect::Dms16 => Rig::start(dms::Dialect::V16, &[]),
        };
        let live = text(rig.config.path()).to_owned();
        let _ = organisation
            .on_the_host(&["apply", "--yes", "--live", &live])
            .run()
            .expect_code(0);
        rig.take_changes();
        let desired = organisation.desired();
        let files = organisation.rendered(&desired, dialect);
        for (path, file) in files.iter() {
            let written = std::fs::read(rig.config.path().join(path)).unwrap();
            assert_eq!(written, file.content, "{path}");
        }
        Self {
            texts: Texts::of(&files),
            rig,
            dialect,
            desired,
            files,
        }
    }
}

#[test]
fn m11_dovecot_and_postfix_of_version_15_do_what_the_organisation_says() {
    agree(&Served::start(Dialect::Dms15));
}

#[test]
fn m11_dovecot_and_postfix_of_version_16_do_what_the_organisation_says() {
    agree(&Served::start(Dialect::Dms16));
}

fn agree(served: &Served) {
    logins::agree(served);
    quotas::agree(served);
    delivery::agrees(served);
    tables::agree(served);
}
