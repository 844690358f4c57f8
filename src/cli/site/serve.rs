//! `dockspace site serve`.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use camino::Utf8PathBuf;

use super::load::{self, Loaded};
use crate::{
    cli::{
        Exit, Global,
        context::Context,
        failure::{Failure, Outcome},
        serve,
        ui::Ui,
    },
    site::Changes,
    target::SiteTarget,
    web::{
        SiteReader,
        listen::{self, Listener},
        pages,
    },
};

/// Look at the site in a browser while working on the repository: on this machine only, and without a sign-in.
///
/// Each page is made of the work tree as it is when the page is asked for. Ctrl-C ends it; nothing is left behind.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port on 127.0.0.1; one that is free when left out.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
}

pub(super) fn run(ui: &mut Ui, global: &Global, args: &Args) -> Outcome {
    let folder = tempfile::tempdir()?;
    let directory = Utf8PathBuf::try_from(folder.path().join("site"))?;
    let look = Look {
        global: global.clone(),
        target: SiteTarget::new(directory),
        building: Mutex::default(),
    };
    look.build().or_else(|failure| match failure.error {
        // The repository can be put right while it is looked at.
        None => Ok(()),
        Some(_) => Err(failure),
    })?;
    serve::runtime()?.block_on(async {
        let stop = serve::stopped()?;
        let listener = Listener::bind(([127, 0, 0, 1], args.port).into())?;
        ui.status("Showing", &format!("http://{}/", listener.address()?));
        listen::serve(listener, pages::site::look(Arc::new(look)), None, stop).await?;
        Ok::<_, Failure>(())
    })?;
    Ok(Exit::Done)
}

/// The site of a work tree, built again for each page.
struct Look {
    global: Global,
    target: SiteTarget,
    /// Held while it is built: pages are asked for several at a time.
    building: Mutex<()>,
}

impl Look {
    fn build(&self) -> Result<(), Failure> {
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let context = Context::open(&self.global)?;
        let source = load::committed(&context, context.source(None)?)?;
        let before = self.target.record()?;
        let Ok(loaded) = Loaded::read(&context, &source, before.as_ref())? else {
            return Err(Failure::shown(Exit::Invalid));
        };
        let site = loaded.site(None);
        let changes = Changes::between(before.as_ref(), &site)?;
        Ok(self.target.write(&site, &changes)?)
    }
}

impl SiteReader for Look {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        if path.ends_with(".html") {
            // A repository that cannot be used right now shows what it said before.
            match self.build() {
                Err(failure) if failure.error.is_some() => return Err(io::Error::other(failure.text())),
                Ok(()) | Err(_) => {}
            }
        }
        self.target.read(path)
    }
}
