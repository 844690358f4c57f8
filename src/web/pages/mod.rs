//! The pages, one file each: a view, and the handlers that show it and take its form.
//!
//! A form is posted to the URL of its page. What is wrong with it is said on that page again, with a status of 400 and more; what
//! is right moves on by 303, so going back or loading again never sends a form twice.

pub mod asset;
pub mod consent;
pub mod home;
pub mod no_access;
pub mod onward;
pub mod picture;
pub mod problem;
pub mod second_factor;
pub mod sign_in;
pub mod sign_out;
pub mod site;
