//! Real servers read what the product writes.

mod mail_rig;
