//! The static site beside the server: kept equal to what is in force.

use camino::Utf8PathBuf;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::site::Loaded;
use crate::clock::Clock;
use crate::repo::Repo;
use crate::settings::Settings;
use crate::site::Changes;
use crate::snapshot::{SnapshotFeed, Source};
use crate::target::SiteTarget;
use crate::web::SiteReader;

/// Where the site is kept, and what it is made from.
#[derive(Clone, Debug)]
pub(super) struct SiteKeeper {
    /// The mirror.
    pub(super) repository: Utf8PathBuf,
    /// The folder.
    pub(super) directory: Utf8PathBuf,
}

impl SiteReader for SiteTarget {
    fn read(&self, path: &str) -> std::io::Result<Option<Vec<u8>>> {
        Self::read(self, path)
    }
}

impl SiteKeeper {
    /// The folder.
    pub(super) fn target(&self) -> SiteTarget {
        SiteTarget::new(self.directory.clone())
    }

    /// Builds the site now and after each change of what is in force. A site that can't be built is no reason not to serve.
    pub(super) async fn keep(self, mut feed: SnapshotFeed) {
        let mut snapshot = feed.current();
        loop {
            let (keeper, source) = (self.clone(), snapshot.source.clone());
            let built = tokio::task::spawn_blocking(move || keeper.build(&source)).await;
            tell(built.map_err(Failure::from).and_then(|built| built));
            match feed.changed().await {
                Some(next) => snapshot = next,
                None => return,
            }
        }
    }

    fn build(&self, source: &Source) -> Result<usize, Failure> {
        let context = Context {
            repo: Repo::open(&self.repository)?,
            settings: Settings::default(),
            clock: Clock::system(),
        };
        let target = self.target();
        let before = target.record()?;
        let loaded = Loaded::read(&context, source, before.as_ref())?;
        let Ok(loaded) = loaded else {
            return Err(Failure::message(
                crate::cli::Exit::Invalid,
                "what is in force does not load",
            ));
        };
        let site = loaded.site(None);
        let changes = Changes::between(before.as_ref(), &site)?;
        target.write(&site, &changes)?;
        Ok(changes.files.len())
    }
}

fn tell(built: Result<usize, Failure>) {
    match built {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "the site shows what is in force"),
        Err(failure) => tracing::error!(error = failure.text(), "the site could not be built"),
    }
}
