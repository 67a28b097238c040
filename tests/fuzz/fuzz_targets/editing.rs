#![no_main]

use belay_tests::fuzz::{Editing, feed};
use std::cell::RefCell;

thread_local!(static TARGET: RefCell<Editing> = RefCell::default());

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET.with_borrow_mut(|target| feed(target, data)));
