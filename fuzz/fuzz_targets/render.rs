//! A sound repository is changed in arbitrary ways, and rendered when it is accepted.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dockspace_fuzz::render(data));
