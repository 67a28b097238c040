//! What a run costs: memory as the kernel counts it, and panics that the core caught.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static FUZZING: Cell<bool> = const { Cell::new(false) };
    static PANICS: RefCell<BTreeMap<String, u64>> = const { RefCell::new(BTreeMap::new()) };
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From here on panics of this thread are counted by their place and not printed: the gate catches those of the
/// merge engine by the thousand.
pub fn count_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = take_hook();
        set_hook(Box::new(move |panic| if FUZZING.get() { note(panic) } else { print(panic) }));
    });
    FUZZING.set(true);
    PANICS.take();
}

fn note(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| {
        let file: Vec<&str> = place.file().rsplit('/').take(3).collect();
        format!("{}:{}", file.into_iter().rev().collect::<Vec<_>>().join("/"), place.line())
    });
    let place = place.unwrap_or_default();
    LAST.with_borrow_mut(|last| *last = format!("{place}: {}", panic.payload_as_str().unwrap_or("?")));
    PANICS.with_borrow_mut(|panics| *panics.entry(place).or_default() += 1);
}

/// Does what may panic as part of making a case: nothing of it is counted.
pub fn apart<T>(make: impl FnOnce() -> T) -> Option<T> {
    let counted = PANICS.take();
    let made = catch_unwind(AssertUnwindSafe(make)).ok();
    PANICS.replace(counted);
    made
}

/// Prints panics again; what was counted.
pub fn counted_panics() -> BTreeMap<String, u64> {
    FUZZING.set(false);
    PANICS.take()
}

/// Where and with what this thread last panicked.
pub fn last_panic() -> String {
    LAST.with_borrow(Clone::clone)
}

/// The most memory this process ever held, in KiB (`VmHWM`); 0 where the system does not say.
pub fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Begins to count the most memory anew, where the kernel allows it.
pub fn forget_peak() {
    let _may_be_refused = std::fs::write("/proc/self/clear_refs", "5");
}
