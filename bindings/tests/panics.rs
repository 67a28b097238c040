//! A panic's text may hold words: it reaches neither the caller nor a log. Seen from outside, since the hook that says
//! where it was is the whole process's.

use belay::error::{Code, Failure};
use belay_ffi::guard::guarded;
use std::process::Command;

const CANARY: &str = "canary-9c41 I wanted to die last night";
const CHILD: &str = "BELAY_PANIC_CHILD";

#[test]
fn a_panic_is_internal_and_its_words_are_nowhere() {
    if std::env::var_os(CHILD).is_some() {
        panic_in_many_ways();
        return;
    }
    let me = std::env::current_exe().expect("a test has a file");
    let name = "a_panic_is_internal_and_its_words_are_nowhere";
    let child = Command::new(me).args(["--exact", name, "--nocapture"]).env(CHILD, "1").output().expect("it starts");
    let said = format!("{}{}", String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success(), "{said}");
    assert_eq!(said.matches("belay: stopped at ").count(), 4, "{said}");
    assert!(!said.contains("canary") && !said.contains("die"), "{said}");
}

/// Panics whose payload is a text, a static text, anything else, and one that panics again when it is dropped.
fn panic_in_many_ways() {
    struct Again;
    impl Drop for Again {
        fn drop(&mut self) {
            assert!(std::thread::panicking(), "{CANARY}");
        }
    }
    let is_internal = |answer: Result<(), Failure>| {
        let failure = answer.expect_err("it panicked");
        assert_eq!(failure.code(), Code::Internal);
        assert!(!format!("{failure} {failure:?}").contains("canary"));
    };
    let text = CANARY.to_owned();
    is_internal(guarded(|| panic!("{text}")));
    let nothing = std::hint::black_box(None);
    is_internal(guarded(|| nothing.expect(CANARY)));
    is_internal(guarded(|| std::panic::panic_any(vec![CANARY.to_owned()])));
    is_internal(guarded(|| {
        let _again = Again;
        let empty: [u8; 0] = [];
        let at = CANARY.len();
        assert_eq!(empty.get(at), Some(&1), "{CANARY}");
        Ok(())
    }));
    assert!(guarded(|| Ok(7)).is_ok_and(|seven| seven == 7), "and goes on");
}
