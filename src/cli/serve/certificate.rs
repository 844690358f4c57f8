//! The certificate: read at the start, and again when its files change.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use camino::Utf8Path;
use notify::{RecursiveMode, Watcher};
use tokio::sync::Notify;

use crate::digest;
use crate::seal::Secret;
use crate::settings::TlsFiles;
use crate::web::listen::Tls;

/// A renewal writes two files, one after the other.
const SETTLES_WITHIN: Duration = Duration::from_millis(200);

/// A certificate and where it comes from.
pub(super) struct Certificate {
    files: TlsFiles,
    changed: Arc<Notify>,
    _watcher: notify::RecommendedWatcher,
    /// What new connections get.
    pub(super) tls: Tls,
}

impl Certificate {
    /// Reads the files and watches the folders they are in: renewals replace a file or a link, and seldom write into one.
    pub(super) fn open(files: &TlsFiles) -> anyhow::Result<Self> {
        let changed = Arc::new(Notify::new());
        let wakes = Arc::clone(&changed);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.map_or(true, |event| !event.kind.is_access()) {
                wakes.notify_one();
            }
        })?;
        for file in [&files.certificate, &files.key] {
            let folder = file.parent().filter(|folder| !folder.as_str().is_empty());
            let folder = folder.unwrap_or(Utf8Path::new("."));
            let watched = watcher.watch(folder.as_std_path(), RecursiveMode::NonRecursive);
            watched.with_context(|| format!("cannot watch `{folder}`"))?;
        }
        let (certificate, key) = read(files)?;
        Ok(Self {
            files: files.clone(),
            changed,
            _watcher: watcher,
            tls: Tls::new(&certificate, &key)?,
        })
    }

    /// Takes each new certificate for new connections, for ever. One that can't be used leaves the one before.
    pub(super) async fn renew(self) {
        let mut before = read(&self.files).ok().map(|pair| fingerprint(&pair));
        loop {
            self.changed.notified().await;
            tokio::time::sleep(SETTLES_WITHIN).await;
            let renewed = read(&self.files).and_then(|pair| {
                let now = fingerprint(&pair);
                if before != Some(now) {
                    self.tls.exchange(&pair.0, &pair.1)?;
                    tracing::info!(certificate = %self.files.certificate, "the certificate was renewed");
                    before = Some(now);
                }
                Ok(())
            });
            if let Err(error) = renewed {
                tracing::warn!(error = format!("{error:#}"), "the certificate was not renewed");
            }
        }
    }
}

fn read(files: &TlsFiles) -> anyhow::Result<(Vec<u8>, Secret<Vec<u8>>)> {
    let bytes = |path: &Utf8Path| std::fs::read(path).with_context(|| format!("cannot read `{path}`"));
    Ok((bytes(&files.certificate)?, Secret::new(bytes(&files.key)?)))
}

fn fingerprint((certificate, key): &(Vec<u8>, Secret<Vec<u8>>)) -> [digest::Digest; 2] {
    [digest::sha256(certificate), digest::sha256(key.expose())]
}
