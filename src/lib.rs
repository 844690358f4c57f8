//! Dockspace: one identity for mail and apps, kept in git.
//!
//! The modules below stand in reading order; each may use only the ones above it. The table in `docs/ARCHITECTURE.md` says
//! exactly which, and a test (`tests/it/architecture.rs`) holds the code to it.

// Row 0: values that know nothing of the product.
pub mod clock;
pub mod diagnostic;
pub mod digest;
pub mod fileset;
pub mod random;
pub mod telemetry;
pub mod templates;

// Row 1: secrets that may stand in a public place, and calls to elsewhere.
pub mod outbound;
pub mod seal;

// Row 2: the organisation; an app as the standard knows one.
pub mod model;
pub mod relying_party;

// Row 3: files and the outside, one module each.
pub mod document;
pub mod forge;
pub mod mailserver;
pub mod record;
pub mod repo;
pub mod store;

// Row 4: one revision, loaded; what it would change; what happened.
pub mod audit;
pub mod plan;
pub mod snapshot;

// Row 5: what decides.
pub mod apply;
pub mod auth;
pub mod site;

// Row 6: what people sign in to, and what is kept equal to the repository.
pub mod oidc;
pub mod target;

// Row 7: one target, from what stands there to what should.
pub mod deploy;

// Row 9: what browsers and apps talk to.
pub mod web;

// Row 10: the host file.
pub mod settings;

// Row 11: the command line.
pub mod cli;
