//! Arbitrary text is read as a sealed value, and opened.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dockspace_fuzz::sealed(data));
