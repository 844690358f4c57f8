//! What is kept equal to the repository.
//!
//! A target renders a snapshot into the files that it should contain, and reads the files that it does contain. Comparing and
//! replacing them is the business of `plan` and `apply`.

mod mail;
mod open;
mod site;

pub use mail::{LiveError, MailTarget, RenderError};
pub use open::{Opener, rules};
pub use site::{SiteError, SiteTarget};
