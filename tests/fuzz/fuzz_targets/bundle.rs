#![no_main]

use belay_tests::fuzz::{Bundles, feed};
use std::cell::RefCell;

thread_local!(static TARGET: RefCell<Bundles> = RefCell::default());

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET.with_borrow_mut(|target| feed(target, data)));
