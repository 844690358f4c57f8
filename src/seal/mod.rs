//! Values that only the holders of a key can read, kept in a public place: the repository.
//!
//! A sealed value is the text `age:1:<n>:<base64>`: a change counter in clear and a binary age file in base64. Inside stands for
//! whom, for which field and with which counter it was made, so a value that was copied, edited or rolled back under another
//! counter is refused. Sealing needs public keys alone. Any age program opens one by hand:
//! `cut -d: -f4 | base64 -d | age -d -i identity.txt`.
//!
//! It knows no user and no file: an [`Owner`] is a kind and an id. Whether a counter grew is for the plan to judge.
//!
//! ```
//! use dockspace::seal::{Identity, Owner, seal};
//!
//! let identity = Identity::generate();
//! let alice = Owner::User("0193c6f4".into());
//! let sealed = seal(identity.recipients(), &alice, "password", 1, &"{SHA512-CRYPT}$6$…".into()).unwrap();
//! assert_eq!(format!("{sealed:?}"), "age:1:1:…");
//! assert_eq!(identity.open(&sealed, &alice, "password").unwrap().expose(), "{SHA512-CRYPT}$6$…");
//! ```

mod envelope;
mod identity;
mod owner;
mod recipient;
mod sealed;
mod secret;

pub use envelope::{OpenError, Placed, SealError, seal};
pub use identity::{Identity, IdentityError};
pub use owner::Owner;
pub use recipient::{Recipient, RecipientError, Recipients};
pub use sealed::{ParseError, Sealed};
pub use secret::Secret;

#[cfg(test)]
mod tests;
