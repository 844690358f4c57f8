//! A folder with the static site.
//!
//! Only files that stand in its record are ever written over or removed: a folder in which something else lies is refused, and
//! what somebody puts there later is left alone. A build that was interrupted leaves a mark, and the next one trusts no page.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use crate::plan::Action;
use crate::site::{Change, Changes, Record, RenderError, Renderer, Site};

/// What Dockspace keeps beside the pages.
const OWN: &str = ".dockspace";

/// A folder with the static site on this host.
#[derive(Clone, Debug)]
pub struct SiteTarget {
    directory: Utf8PathBuf,
}

/// Why a site can't be written.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The folder holds something else.
    #[error("{0} is not empty, and no site was built there")]
    Foreign(Utf8PathBuf),
    /// A file can't be read or written.
    #[error("cannot {what} {path}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A page can't be made.
    #[error(transparent)]
    Render(#[from] RenderError),
}

impl SiteError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Foreign(_) => Some(
                "name a new folder, an empty one, or one that a site was built in: nothing of yours is written over",
            ),
            Self::Io { .. } | Self::Render(_) => None,
        }
    }
}

fn failed(what: &'static str, path: &Utf8Path) -> impl FnOnce(io::Error) -> SiteError {
    let path = path.to_owned();
    move |source| SiteError::Io { what, path, source }
}

impl SiteTarget {
    /// The site in `directory`, which need not be there yet.
    #[must_use]
    pub const fn new(directory: Utf8PathBuf) -> Self {
        Self { directory }
    }

    /// What stands there; `None` in a new or empty folder.
    ///
    /// # Errors
    /// [`SiteError::Foreign`] for a folder with anything else in it.
    pub fn record(&self) -> Result<Option<Record>, SiteError> {
        let path = self.own("record");
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.empty().map(|()| None),
            Err(error) => return Err(failed("read", &path)(error)),
        };
        // A record that can't be read still says that the folder is ours; which files are, is not known any more.
        let record = Record::parse(&bytes).unwrap_or_default();
        Ok(Some(if self.own("writing").exists() {
            record.distrusted()
        } else {
            record
        }))
    }

    /// A file of the site; `None` when there is none of that name. Only what a site consists of can be named: nothing above it,
    /// and nothing that Dockspace keeps beside the pages.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let is_plain =
            |part: &str| part == ".well-known" || !(part.is_empty() || part.starts_with('.') || part.contains('\\'));
        let is_ours = path.starts_with("internal/") || path.starts_with("public/");
        if !is_ours || path.contains('\0') || !path.split('/').all(is_plain) {
            return Ok(None);
        }
        match std::fs::read(self.directory.join(path)) {
            Ok(content) => Ok(Some(content)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn empty(&self) -> Result<(), SiteError> {
        match std::fs::read_dir(&self.directory) {
            Ok(mut entries) => match entries.next() {
                None => Ok(()),
                Some(_) => Err(SiteError::Foreign(self.directory.clone())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed("read", &self.directory)(error)),
        }
    }

    /// Writes and removes what `changes` says, and records it.
    ///
    /// # Errors
    /// [`SiteError`]; the next build then writes every page anew.
    pub fn write(&self, site: &Site<'_>, changes: &Changes) -> Result<(), SiteError> {
        let own = self.directory.join(OWN);
        std::fs::create_dir_all(&own).map_err(failed("make", &own))?;
        let bytes = changes
            .record
            .to_bytes()
            .map_err(|error| failed("write", &self.own("record"))(io::Error::other(error)))?;
        if !changes.files.is_empty() {
            self.begin(&bytes)?;
            self.files(site, &changes.files)?;
        }
        self.put(&format!("{OWN}/record"), &bytes)?;
        let mark = self.own("writing");
        match std::fs::remove_file(&mark) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", &mark)(error)),
            _ => Ok(()),
        }
    }

    /// Says that files are being written, and in a new folder that it is ours.
    fn begin(&self, record: &[u8]) -> Result<(), SiteError> {
        let mark = self.own("writing");
        std::fs::write(&mark, "").map_err(failed("write", &mark))?;
        let path = self.own("record");
        if path.exists() {
            return Ok(());
        }
        std::fs::write(&path, record).map_err(failed("write", &path))
    }

    fn files(&self, site: &Site<'_>, changes: &[Change]) -> Result<(), SiteError> {
        let renderer = Renderer::new()?;
        let mut folder = String::new();
        for change in changes {
            let Some(page) = &change.page else {
                let path = self.directory.join(&change.path);
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(failed("remove", &path)(error));
                    }
                    _ => continue,
                }
            };
            let parent = change.path.rsplit_once('/').map_or("", |(parent, _)| parent);
            if parent != folder {
                let path = self.directory.join(parent);
                std::fs::create_dir_all(&path).map_err(failed("make", &path))?;
                parent.clone_into(&mut folder);
            }
            let text = renderer.render(site, page)?;
            match change.action {
                Action::Create => {
                    let path = self.directory.join(&change.path);
                    std::fs::write(&path, text).map_err(failed("write", &path))?;
                }
                Action::Update | Action::Delete => self.put(&change.path, text.as_bytes())?,
            }
        }
        Ok(())
    }

    /// Exchanges a file in one step, because somebody may be reading it.
    fn put(&self, path: &str, content: &[u8]) -> Result<(), SiteError> {
        let (path, new) = (self.directory.join(path), self.directory.join(format!("{path}.new")));
        std::fs::write(&new, content).map_err(failed("write", &new))?;
        std::fs::rename(&new, &path).map_err(failed("write", &path))
    }

    fn own(&self, name: &str) -> Utf8PathBuf {
        self.directory.join(OWN).join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_site_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for path in [
            "internal/people/a@b.html",
            "public/.well-known/x.xml",
            ".dockspace/record",
            "internal/.hidden",
            "secret",
        ] {
            std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            std::fs::write(root.join(path), path).unwrap();
        }
        let site = SiteTarget::new(root.to_owned());
        for path in ["internal/people/a@b.html", "public/.well-known/x.xml"] {
            assert_eq!(site.read(path).unwrap().unwrap(), path.as_bytes());
        }
        for path in [
            "secret",
            ".dockspace/record",
            "internal/.hidden",
            "internal/../secret",
            "internal/people/../../secret",
            "internal//people/a@b.html",
            "/internal/people/a@b.html",
            "internal/people",
            "internal/people/a@b.html/x",
            "internal\\..\\secret",
            "internal/\0",
            "",
        ] {
            assert_eq!(site.read(path).unwrap(), None, "{path:?}");
        }
    }
}
