//! Who is this person: passwords, second factors and what makes a good password.
//!
//! Everything here is a pure decision on values that are passed in. It knows no page, no HTTP and no repository; where a hash
//! comes from and what happens after a yes is for others. Checking a password takes milliseconds of CPU, so a server does it on a
//! thread of its own.
//!
//! ```
//! use dockspace::auth::password;
//!
//! let alice = password::hash(&"correct horse".into(), 1000).unwrap();
//! assert!(password::verify(&"correct horse".into(), &alice));
//! assert!(!password::verify(&"battery staple".into(), &alice));
//! ```

pub mod password;
pub mod policy;
pub mod recovery;
pub mod totp;
