#![no_main]

use belay_tests::fuzz::{Pairing, feed};
use std::cell::RefCell;

thread_local!(static TARGET: RefCell<Pairing> = RefCell::default());

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET.with_borrow_mut(|target| feed(target, data)));
