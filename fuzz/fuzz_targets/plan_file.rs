//! Arbitrary bytes are read as a saved plan.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dockspace_fuzz::plan_file(data));
