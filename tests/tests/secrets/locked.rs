//! The memory of a process that has locked: no key, no passphrase, no word of the vault, and no words of the person.

use crate::day::{Day, THIRD};

#[test]
fn a_locked_host_holds_no_secret_and_no_words() {
    let mut day = Day::begin();
    day.whole();
    let found = day.keeper.memory(&day.secrets);
    eprintln!("open secrets:\n{}", found.table());
    let texts = day.keeper.memory(&day.texts);
    eprintln!("open words:\n{}", texts.table());
    day.locks();
    let found = day.keeper.memory(&day.secrets);
    eprintln!("{} bytes of memory, {} secrets", found.bytes, day.secrets.names().count());
    eprintln!("secrets:\n{}", found.table());
    let texts = day.keeper.memory(&day.texts);
    eprintln!("words:\n{}", texts.table());
    let _ = THIRD;
    assert!(found.is_empty() && texts.is_empty());
}
