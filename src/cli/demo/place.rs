//! The folder of a demonstration: the example organisation as it would lie on a host.

use std::{fs, net::TcpListener};

use camino::{Utf8Path, Utf8PathBuf};

use super::example;
use crate::{
    cli::{Exit, failure::Failure, private},
    clock::Clock,
    document::{Editor, Kind},
    repo::{Author, Edits, Message, Repo},
};

/// Where everything is.
pub(super) struct Place {
    root: Utf8PathBuf,
}

impl Place {
    /// Lays everything out in `folder`, which must be new or empty, or in a new temporary folder.
    pub(super) fn make(folder: Option<&Utf8Path>) -> Result<Self, Failure> {
        let place = Self { root: root(folder)? };
        fs::create_dir(place.live())?;
        let port = free_port()?;
        private::create(&place.root.join("identity.txt"), &example::IDENTITY.into())?;
        fs::write(place.host_file(), place.host_text(port))?;
        place.make_repository(port)?;
        Ok(place)
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The repository that people edit.
    pub(super) fn organisation(&self) -> Utf8PathBuf {
        self.root.join("organisation")
    }

    /// The host file.
    pub(super) fn host_file(&self) -> Utf8PathBuf {
        self.root.join("host.toml")
    }

    fn live(&self) -> Utf8PathBuf {
        self.root.join("live")
    }

    /// Pushes what is committed to the bare repository.
    pub(super) fn push(&self) -> Result<(), Failure> {
        Ok(Repo::open(&self.organisation())?.push("origin", "main")?)
    }

    fn host_text(&self, port: u16) -> String {
        // A string of JSON is one of TOML too.
        let path = |name: &str| serde_json::Value::from(self.root.join(name).as_str()).to_string();
        format!(
            "# What belongs to this machine and never to the repository.\n\
             state_dir = {}\n\
             identity = {}\n\
             remote = {}\n\
             listen = \"127.0.0.1:{port}\"\n\n\
             [site]\n\
             directory = {}\n\n\
             [targets.mail]\n\
             directory = {}\n",
            path("state"),
            path("identity.txt"),
            path("organisation.git"),
            path("site"),
            path("live"),
        )
    }

    /// A bare repository and a clone of it, with the example as its first commit.
    fn make_repository(&self, port: u16) -> Result<(), Failure> {
        let bare = self.root.join("organisation.git");
        Repo::init_bare(&bare)?;
        let repo = Repo::clone_from(bare.as_str(), &self.organisation())?;
        repo.set_identity(&Author {
            name: "Demonstration".to_owned(),
            email: "demo@example.org".to_owned(),
        })?;
        let message = Message {
            subject: "The Example Housing Co-operative".to_owned(),
            ..Message::default()
        };
        repo.commit(&edits(port)?, &message, &Clock::system())?;
        self.push()
    }
}

fn root(folder: Option<&Utf8Path>) -> Result<Utf8PathBuf, Failure> {
    let Some(folder) = folder else {
        let folder = tempfile::Builder::new().prefix("dockspace-demo-").tempdir()?.keep();
        return Utf8PathBuf::from_path_buf(folder)
            .map_err(|path| Failure::message(Exit::Error, format!("{} is no UTF-8 path", path.display())));
    };
    fs::create_dir_all(folder).map_err(|error| anyhow::Error::new(error).context(format!("cannot make {folder}")))?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(Failure::message(Exit::Error, format!("{folder} is not empty"))
            .hint("name a new folder: nothing of yours is written over"));
    }
    Ok(folder.canonicalize_utf8()?)
}

/// The example, with an issuer that is free on this machine.
fn edits(port: u16) -> Result<Edits, Failure> {
    let mut edits = Edits::new();
    for (path, text) in example::FILES {
        let mut text = (*text).to_owned();
        if *path == "dockspace.toml" {
            let mut file = Editor::open(Kind::Organisation, &text)?;
            file.set(&["oidc", "issuer"], format!("http://127.0.0.1:{port}"))?;
            text = file.into_text();
        }
        edits.insert(Utf8PathBuf::from(*path), Some(text.into_bytes()));
    }
    Ok(edits)
}

/// A port that nothing listens on now.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
