//! Vaults of which the disk lost something, and clocks that are wrong: what is damaged is told and left as it is, what can
//! be made again is, and nothing is decided by a clock but waits.
//!
//! Beside `faults`, and not in it: that one starts processes, and each of them holds for a moment what this one has open.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod clock;
mod headers;
mod pages;

use belay::clock::Moment;
use belay_tests::faults::Scene;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// One vault for all tests here; each works on a copy.
struct Stage {
    scene: Scene,
    place: tempfile::TempDir,
}

/// A test holds it to its end; with the last the folder goes.
fn stage() -> Arc<Stage> {
    static STAGE: Mutex<Weak<Stage>> = Mutex::new(Weak::new());
    let mut held = STAGE.lock().unwrap_or_else(PoisonError::into_inner);
    held.upgrade().unwrap_or_else(|| {
        let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
        let scene = place.path().join("scene");
        std::fs::create_dir(&scene).expect("a new folder");
        let stage = Arc::new(Stage { scene: Scene::make(&scene), place });
        *held = Arc::downgrade(&stage);
        stage
    })
}

impl Stage {
    /// A copy of the vault.
    fn copy(&self, name: &str) -> PathBuf {
        let folder = self.place.path().join(name);
        belay_tests::faults::copy_folder(&self.scene.vault(), &folder);
        folder
    }
}

fn at(seconds: i64) -> Moment {
    Moment { unix_ms: 1_800_000_000_000 + seconds * 1_000, zone: "Europe/Lisbon".into(), boot_ms: 0, boot_id: 0 }
}

/// Every file of a folder with what it holds.
fn files(folder: &std::path::Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("listed"));
    files
        .map(|file| (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).expect("read")))
        .collect()
}
