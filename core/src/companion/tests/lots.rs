//! A bundle that is interrupted again and again.

use super::*;
use crate::exchange::write_bundle;
use std::io::{Cursor, Read};

/// Asks for the session's end once so many bytes were read, as whoever locks meanwhile does.
struct Leaving<'a> {
    companion: &'a Companion,
    file: Cursor<Vec<u8>>,
    after: u64,
}

impl Read for Leaving<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        if self.file.position() > self.after {
            self.companion.leaving.fetch_add(1, Ordering::SeqCst);
        }
        Ok(read)
    }
}

#[test]
fn after_an_interruption_half_as_much_is_taken_together() {
    let folder = tempfile::tempdir().unwrap();
    let mara = someone(&folder.path().join("vault"), 1);
    let commits = || {
        let inner = hold(&mara.inner);
        let Inner::Open(session) = &*inner else { panic!("locked") };
        session.store.read(crate::store::meta::commit_number).unwrap()
    };
    let mut file = Vec::new();
    write_bundle(&mut file, &vec![vec![7; 1_024]; 200]).unwrap();
    let take = |after: usize| {
        let mut from = Leaving { companion: &mara, file: Cursor::new(file.clone()), after: after as u64 * 1_028 };
        mara.bundle_in(&mut from, &at(9)).unwrap_err().code()
    };
    let begun = commits();
    let mut together = Vec::new();
    for _ in 0..8 {
        together.push(mara.lot.load(Ordering::SeqCst));
        assert_eq!(take(100), Code::Interrupted);
    }
    assert_eq!(together, [1_024, 512, 256, 128, 64, 32, 16, 16]);
    // A lot of 64, three of 32, twice six of 16 come in before the hundredth envelope; nothing before them.
    assert_eq!(commits() - begun, 1 + 3 + 6 + 6);
    // Read to its end: nothing in it is for anybody here, and whoever is not interrupted takes no less than before.
    assert_eq!(take(1_000), Code::NotForThisDevice);
    assert_eq!(mara.lot.load(Ordering::SeqCst), 16);
}
