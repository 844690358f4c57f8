//! The pictures of people, read from the repository when somebody asks for one: kept in memory, those of a large organisation
//! would be most of it.
//!
//! A picture is asked for by the name of its file, which is the digest of its content: whoever knows it was told by an app, or
//! has the picture. There is no list.

use camino::Utf8PathBuf;

use super::{Snapshot, Source};
use crate::digest::{self, Digest};
use crate::repo::{Error, Mirror};

/// Where pictures are read.
#[derive(Clone, Debug, Default)]
pub struct Pictures(Option<Mirror>);

/// One picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What it is: `image/png`, `image/jpeg` or `image/webp`. Loading a revision checks that the content is one.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Pictures {
    /// The pictures in `mirror`.
    #[must_use]
    pub const fn of(mirror: Mirror) -> Self {
        Self(Some(mirror))
    }

    /// The file `name` of the folder `pictures`, as it stands in `snapshot`. Its digest is that in its name. Blocks.
    ///
    /// # Errors
    /// The mirror is gone or damaged.
    pub fn read(&self, snapshot: &Snapshot, name: &str) -> Result<Option<Picture>, Error> {
        let (Some(mirror), Source::Revision(revision), Some((digest, media_type))) =
            (&self.0, &snapshot.source, read_name(name))
        else {
            return Ok(None);
        };
        let path = Utf8PathBuf::from(format!("pictures/{name}"));
        let bytes = mirror.repo()?.read_at(revision, &path)?;
        let right = bytes.filter(|bytes| digest::sha256(bytes) == digest);
        Ok(right.map(|bytes| Picture { media_type, bytes }))
    }
}

fn read_name(name: &str) -> Option<(Digest, &'static str)> {
    let (digest, extension) = name.split_once('.')?;
    let media_type = match extension {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        _ => return None,
    };
    Some((Digest::from_hex(digest)?, media_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_26_only_names_of_raster_images_are_looked_for() {
        let digest = "0a".repeat(32);
        let check = |name: &str, expect: Option<&str>| {
            assert_eq!(read_name(name).map(|(_, media_type)| media_type), expect, "{name}");
        };
        check(&format!("{digest}.png"), Some("image/png"));
        check(&format!("{digest}.jpeg"), Some("image/jpeg"));
        check(&format!("{digest}.webp"), Some("image/webp"));
        for bad in [
            &digest,
            "",
            "../dockspace.toml",
            "alice.png",
            &format!("{digest}.svg"),
            &format!("{digest}.png.html"),
            &format!("{digest}/x.png"),
            &format!("{}.png", &digest[1..]),
        ] {
            check(bad, None);
        }
    }
}
