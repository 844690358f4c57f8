//! One file of a sound repository is replaced by arbitrary bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dockspace_fuzz::document(data));
