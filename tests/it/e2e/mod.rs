//! Real programs read what the product writes, and do what its model says they do.

mod canaries;
mod commands;
mod delivery;
mod dialects;
mod logins;
mod mail_rig;
mod oracle;
mod organisation;
mod quotas;
mod served;
mod tables;
