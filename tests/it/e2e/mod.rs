//! Real programs read what the product writes, and do what its model says they do.

mod commands;
mod delivery;
mod logins;
mod mail_rig;
mod organisation;
mod quotas;
mod served;
mod tables;
