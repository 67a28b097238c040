use super::*;
use std::sync::mpsc;
use tempfile::TempDir;

const VAULT: VaultId = VaultId([3; 16]);

fn key() -> Secret32 {
    Secret32::new([0x5a; 32])
}

struct Place {
    _folder: TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store-1.db");
    Place { _folder: folder, path }
}

fn put(tx: &Connection, name: &str, value: &[u8]) -> Result<()> {
    meta::set(tx, name, value)
}

fn has(conn: &Connection, name: &str) -> Result<bool> {
    Ok(meta::get(conn, name)?.is_some())
}

#[test]
fn what_was_written_is_there_after_closing_and_no_file_stays_open() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    assert_eq!(store.write(|tx| put(tx, "a", b"one")).unwrap().commit, 1);
    let second = store.write(|tx| Ok(tx.commit_number())).unwrap();
    assert_eq!((second.value, second.commit), (2, 2));
    let readers = store.readers();
    assert!(readers.read(|conn| has(conn, "a")).unwrap());
    store.close().unwrap();
    assert_eq!(readers.read(|_| Ok(())).unwrap_err().code(), Code::Closed);
    assert!(!beside(&at.path, "-wal").exists() && !beside(&at.path, "-shm").exists());
    #[cfg(target_os = "linux")]
    for file in std::fs::read_dir("/proc/self/fd").unwrap() {
        let target = std::fs::read_link(file.unwrap().path()).unwrap_or_default();
        assert!(!target.starts_with(at.path.parent().unwrap()), "{target:?}");
    }

    let store = Store::open(&at.path, &key(), VAULT).unwrap();
    assert_eq!(store.read(meta::commit_number).unwrap(), 2);
    assert_eq!(store.integrity().unwrap(), Vec::<u32>::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&at.path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_vault_and_its_store_are_made_and_opened_together() {
    use crate::crypto::kdf::PassphraseCost;
    use crate::crypto::words::WordCount;
    use crate::secret::SystemEntropy;
    use crate::vault::{Draft, FolderLock, NewVault, UnlockWith, erase, unlock};
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("belay");
    let lock = FolderLock::take(&folder).unwrap();
    let new = NewVault { passphrase: None, cost: PassphraseCost::FLOOR, words: WordCount::Twelve };
    let draft = Draft::make(&lock, &new, &mut SystemEntropy::default()).unwrap();
    let mut store = Store::create(&draft.store_file(), &draft.db_key(), draft.vault()).unwrap();
    store.write(|tx| put(tx, "a", b"one")).unwrap();
    // An open store would lose its journal when it gets its name.
    assert!(journal_bytes(&draft.store_file()) > 0);
    store.close().unwrap();
    let made = draft.commit().unwrap();
    let at = crate::clock::Moment { unix_ms: 0, zone: "UTC".into(), boot_ms: 0, boot_id: 0 };
    let (opened, _) = unlock(&lock, &UnlockWith::RecoveryWords(made.words), &at).unwrap();
    let store = Store::open(opened.store_file(), &opened.db_key(), opened.vault()).unwrap();
    assert!(store.read(|conn| has(conn, "a")).unwrap());
    drop(store);
    erase(lock).unwrap();
    assert!(!folder.exists());
}

#[test]
fn a_store_that_was_never_closed_loses_nothing() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    store.write(|tx| put(tx, "a", b"one")).unwrap();
    drop(store);
    assert!(journal_bytes(&at.path) > 0, "dropping is like a crash: the journal stays");
    let store = Store::open(&at.path, &key(), VAULT).unwrap();
    assert!(store.read(|conn| has(conn, "a")).unwrap());
}

#[test]
fn a_write_that_fails_or_panics_changes_nothing() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    let refused = store.write(|tx| {
        put(tx, "a", b"one")?;
        Code::Stale.err::<()>()
    });
    assert_eq!(refused.unwrap_err().code(), Code::Stale);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.write(|tx| -> Result<()> {
            put(tx, "a", b"one")?;
            panic!("on purpose")
        })
    }));
    assert!(panicked.is_err());
    assert!(
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| store.read(|_| -> Result<()> { panic!("too") })))
            .is_err()
    );
    assert!(!store.read(|conn| has(conn, "a")).unwrap());
    assert_eq!(store.write(|tx| put(tx, "b", b"two")).unwrap().commit, 1);
}

#[test]
fn a_reader_sees_one_moment_while_another_thread_writes() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    let readers = store.readers();
    let (begun, wait_begun) = mpsc::channel();
    let (go, wait_go) = mpsc::channel();
    let reading = std::thread::spawn(move || {
        readers.read(|conn| {
            begun.send(()).unwrap();
            wait_go.recv().unwrap();
            let then = meta::commit_number(conn)?;
            Ok((then, has(conn, "a")?))
        })
    });
    wait_begun.recv().unwrap();
    store.write(|tx| put(tx, "a", b"one")).unwrap();
    assert!(store.read(|conn| has(conn, "a")).unwrap(), "a later read on the second connection sees it");
    assert_eq!(store.checkpoint().unwrap_err().code(), Code::InUse);
    go.send(()).unwrap();
    assert_eq!(reading.join().unwrap().unwrap(), (0, false));
    store.checkpoint().unwrap();
    assert_eq!(journal_bytes(&at.path), 0);
}

#[test]
fn one_connection_does_until_a_read_and_a_write_meet_and_a_reader_of_it_cannot_write() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    let files = || {
        std::fs::read_dir("/proc/self/fd").map_or(0, |open| {
            let targets = open.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
            targets.filter(|target| *target == at.path).count()
        })
    };
    for _ in 0..3 {
        assert!(store.read(|conn| put(conn, "a", b"one")).is_err());
        store.write(|tx| put(tx, "a", b"two")).unwrap();
        assert!(store.look_back(|conn| has(conn, "a")).unwrap());
    }
    assert!(!cfg!(target_os = "linux") || files() == 1);
    let readers = store.readers();
    // A read within a write is beside it, and sees what was before.
    let seen = store.write(|tx| {
        put(tx, "b", b"three")?;
        readers.read(|conn| has(conn, "b"))
    });
    assert!(!seen.unwrap().value && store.read(|conn| has(conn, "b")).unwrap());
    assert!(!cfg!(target_os = "linux") || files() == 2);
    store.close().unwrap();
    assert!(!cfg!(target_os = "linux") || files() == 0);
}

const LONG: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

#[test]
fn reads_and_the_write_can_be_stopped() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    let stop = store.interrupter();
    for what in [Running::Reads, Running::Everything] {
        let answer = store.read(|conn| {
            stop.interrupt(what);
            // Each statement begun after it in the same read is stopped too.
            Ok(conn.query_row(LONG, [], |row| row.get::<_, i64>(0))?)
        });
        assert_eq!(answer.unwrap_err().code(), Code::Interrupted);
    }
    let answer = store.write(|tx| {
        stop.interrupt(Running::Reads);
        put(tx, "a", b"one")
    });
    assert_eq!(answer.unwrap().commit, 1, "a write goes on when only reads are stopped");
    let answer = store.write(|tx| {
        put(tx, "b", b"two")?;
        stop.interrupt(Running::Everything);
        put(tx, "c", b"three")
    });
    assert_eq!(answer.unwrap_err().code(), Code::Interrupted);
    assert!(!store.read(|conn| has(conn, "b")).unwrap(), "later work is not touched, and nothing of it was kept");

    let readers = store.readers();
    let (begun, wait_begun) = mpsc::channel();
    let running = std::thread::spawn(move || {
        readers.read(|conn| {
            begun.send(()).unwrap();
            Ok(conn.query_row(LONG, [], |row| row.get::<_, i64>(0))?)
        })
    });
    wait_begun.recv().unwrap();
    store.close().unwrap();
    assert_eq!(running.join().unwrap().unwrap_err().code(), Code::Interrupted);
}

#[test]
fn a_third_reader_waits_for_a_place() {
    let at = place();
    let store = Store::create(&at.path, &key(), VAULT).unwrap();
    let (begun, wait_begun) = mpsc::channel();
    std::thread::scope(|scope| {
        let mut gates = Vec::new();
        for _ in 0..2 {
            let (go, gate) = mpsc::channel::<()>();
            let (begun, readers) = (begun.clone(), store.readers());
            gates.push(go);
            scope.spawn(move || {
                readers.read(|_| {
                    begun.send("two").unwrap();
                    gate.recv().unwrap();
                    Ok(())
                })
            });
        }
        assert_eq!([wait_begun.recv().unwrap(), wait_begun.recv().unwrap()], ["two", "two"]);
        let (begun, readers) = (begun.clone(), store.readers());
        scope.spawn(move || {
            readers.read(|_| {
                begun.send("third").unwrap();
                Ok(())
            })
        });
        assert!(wait_begun.try_recv().is_err());
        gates.pop().unwrap().send(()).unwrap();
        assert_eq!(wait_begun.recv().unwrap(), "third");
        gates.pop().unwrap().send(()).unwrap();
    });
}

#[test]
fn wrong_key_wrong_vault_newer_and_missing_are_named_and_the_file_is_as_it_was() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    store.write(|tx| Ok(tx.pragma_update(None, "user_version", migrate::newest() + 4)?)).unwrap();
    store.close().unwrap();
    let bytes = std::fs::read(&at.path).unwrap();

    let Err(Error::Refused(newer)) = Store::open(&at.path, &key(), VAULT) else { panic!("opened a newer store") };
    assert_eq!((newer.code, newer.field), (Code::NewerSchema, Some(Field::Store)));
    assert_eq!((newer.max, newer.actual), (Some(1), Some(5)));
    let other = Store::open(&at.path, &Secret32::new([1; 32]), VAULT).unwrap_err();
    assert_eq!(other.code(), Code::Corrupt);
    assert_eq!(std::fs::read(&at.path).unwrap(), bytes);
    assert_eq!(std::fs::read_dir(at.path.parent().unwrap()).unwrap().count(), 1, "no journal was left");

    let at = place();
    Store::create(&at.path, &key(), VAULT).unwrap().close().unwrap();
    assert_eq!(Store::open(&at.path, &key(), VaultId([4; 16])).unwrap_err().code(), Code::Corrupt);
    assert_eq!(Store::create(&at.path, &key(), VAULT).unwrap_err().code(), Code::Duplicate);
    assert_eq!(Store::open(&at.path.with_extension("gone"), &key(), VAULT).unwrap_err().code(), Code::NotFound);
    std::fs::write(&at.path, []).unwrap();
    assert_eq!(Store::open(&at.path, &key(), VAULT).unwrap_err().code(), Code::Corrupt);
}

#[test]
fn a_store_of_another_build_is_named_and_as_it_was() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    // The text of the step was another when this was made: nothing in it fits, though its number does.
    store.write(|tx| Ok(tx.execute_batch("PRAGMA application_id = 7; DROP TABLE note")?)).unwrap();
    store.close().unwrap();
    let bytes = std::fs::read(&at.path).unwrap();
    let opening: [fn(&Path) -> Result<Store>; 3] = [
        |path| Store::open(path, &key(), VAULT),
        |path| Store::open_to_read(path, &key(), VAULT),
        |path| Store::open_to_copy(path, &key(), VAULT),
    ];
    for open in opening {
        let Err(Error::Refused(other)) = open(&at.path) else { panic!("opened another build's store") };
        assert_eq!((other.code, other.field), (Code::NewerSchema, Some(Field::Store)));
        assert_eq!((other.max, other.actual), (None, None), "older or newer: nobody knows");
    }
    assert_eq!(std::fs::read(&at.path).unwrap(), bytes);
    assert_eq!(std::fs::read_dir(at.path.parent().unwrap()).unwrap().count(), 1, "no journal was left");
}

#[test]
fn a_full_disk_refuses_the_write_keeps_what_was_and_the_next_small_write_passes() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    store.write(|tx| put(tx, "a", b"one")).unwrap();
    store.look_back(|conn| Ok(conn.pragma_update(None, "max_page_count", 8)?)).unwrap();
    let refused = store.write(|tx| {
        put(tx, "a", b"two")?;
        put(tx, "big", &[7; 100_000])
    });
    assert_eq!(refused.unwrap_err().code(), Code::StorageFull);
    assert_eq!(store.read(|conn| meta::get(conn, "a")).unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(store.write(|tx| put(tx, "a", b"three")).unwrap().commit, 2);
}

/// Everything readable is read; what fails says `Corrupt`.
fn read_all(store: &Store) -> Result<()> {
    store.read(|conn| {
        let mut statement = conn.prepare("SELECT key, value FROM meta")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            row.get::<_, Vec<u8>>(1)?;
        }
        // Walks every table and index, so that the pages of the empty ones are read as well.
        let said: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if said == "ok" { Ok(()) } else { Code::Corrupt.err() }
    })
}

#[test]
fn a_flipped_byte_in_any_page_is_detected_and_the_file_stays_as_it_is() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    store.write(|tx| (0..20).try_for_each(|n| put(tx, &format!("row {n}"), &[n; 3_000]))).unwrap();
    let free: u32 = store.read(|conn| Ok(conn.query_row("PRAGMA freelist_count", [], |row| row.get(0))?)).unwrap();
    store.close().unwrap();
    let whole = std::fs::read(&at.path).unwrap();
    let mut unread = 0;
    let pages = whole.len() / 4096;
    assert!(pages > 15);
    for page in 0..pages {
        // The place in the page moves: salt, cells, initialisation vector, MAC and last byte are all met.
        for offset in [(page * 397) % 4_000, 4_096 - 80 + page % 80] {
            let mut bytes = whole.clone();
            bytes[page * 4_096 + offset] ^= 1 << (page % 8);
            std::fs::write(&at.path, &bytes).unwrap();
            let named = u32::try_from(page).unwrap() + 1;
            match Store::open(&at.path, &key(), VAULT) {
                Err(error) => assert_eq!(error.code(), Code::Corrupt, "page {page} offset {offset}"),
                Ok(store) => {
                    assert_eq!(store.integrity().unwrap(), [named], "offset {offset}");
                    match read_all(&store) {
                        Err(error) => assert_eq!(error.code(), Code::Corrupt, "page {page} offset {offset}"),
                        Ok(()) => unread += 1,
                    }
                    store.close().unwrap();
                }
            }
            // The salt (the first 16 bytes) is part of every page's MAC key.
            let found = Store::examine(&at.path, &key()).unwrap();
            assert!(found == [named] || (page == 0 && offset < 16 && found.len() == pages), "page {page}: {found:?}");
            assert!(std::fs::read(&at.path).unwrap() == bytes, "page {page} offset {offset} was changed");
        }
    }
    assert_eq!(unread, 2 * free, "only a free page is read by nobody");
    std::fs::write(&at.path, &whole[..whole.len() - 4_096]).unwrap();
    let cut = Store::open(&at.path, &key(), VAULT).and_then(|store| read_all(&store));
    assert_eq!(cut.unwrap_err().code(), Code::Corrupt);
}

#[test]
fn zeros_in_place_of_a_damaged_page_are_neither_shown_nor_written_and_the_rest_goes_on() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    let long = |conn: &Connection| -> Result<Vec<u8>> {
        Ok(conn.query_row("SELECT words FROM long WHERE id = 1", [], |row| row.get(0))?)
    };
    let filled = store.write(|tx| {
        tx.execute_batch("CREATE TABLE long (id INTEGER PRIMARY KEY, words BLOB) STRICT")?;
        tx.execute("INSERT INTO long (id, words) VALUES (1, ?1)", [[9; 7_000]])?;
        put(tx, "short", b"fine")
    });
    assert_eq!(filled.unwrap().commit, 1);
    store.close().unwrap();
    let mut bytes = std::fs::read(&at.path).unwrap();
    // The last page continues the long value: to SQLite its zeros are as good as any content.
    let last = bytes.len() - 1_000;
    bytes[last] ^= 1;
    std::fs::write(&at.path, &bytes).unwrap();

    let mut store = Store::open(&at.path, &key(), VAULT).unwrap();
    for _ in 0..3 {
        assert_eq!(store.read(|conn| long(conn)).unwrap_err().code(), Code::Corrupt);
        assert_eq!(store.read(|conn| meta::get(conn, "short")).unwrap().as_deref(), Some(&b"fine"[..]));
        for outcome in [Ok(()), Code::Internal.err()] {
            let written = store.write(|tx| {
                let _ = long(tx);
                outcome
            });
            assert_eq!(written.unwrap_err().code(), Code::Corrupt);
        }
        let copied = store.write(|tx| put(tx, "copy", &long(tx)?));
        assert_eq!(copied.unwrap_err().code(), Code::Corrupt);
    }
    assert_eq!(store.write(|tx| put(tx, "short", b"still")).unwrap().commit, 2);
    let stop = store.interrupter();
    let stopped = store.write(|tx| {
        stop.interrupt(Running::Everything);
        put(tx, "short", b"not this")
    });
    assert_eq!(stopped.unwrap_err().code(), Code::Interrupted, "the new writer can be stopped too");
    assert!(!store.read(|conn| has(conn, "copy")).unwrap());
}

#[test]
fn nothing_readable_lies_in_the_files() {
    let at = place();
    let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
    store.write(|tx| put(tx, "canary-name", b"canary-words")).unwrap();
    let mut bytes = std::fs::read(beside(&at.path, "-wal")).unwrap();
    store.close().unwrap();
    bytes.extend(std::fs::read(&at.path).unwrap());
    assert!(bytes.len() > 4_096);
    for needle in [&b"canary"[..], b"SQLite format", b"meta"] {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
}

#[cfg(unix)]
#[test]
fn where_nothing_can_be_written_reading_goes_on_and_writing_says_why() {
    use std::os::unix::fs::PermissionsExt;
    if !crate::vault::unprivileged::is_unprivileged(
        "store::tests::where_nothing_can_be_written_reading_goes_on_and_writing_says_why",
    ) {
        return;
    }
    let allow = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    for (journal, file_mode) in [(false, 0o400), (false, 0o600), (true, 0o400), (true, 0o600)] {
        let at = place();
        let mut store = Store::create(&at.path, &key(), VAULT).unwrap();
        store.write(|tx| put(tx, "a", b"one")).unwrap();
        if journal {
            drop(store);
        } else {
            store.close().unwrap();
        }
        let folder = at.path.parent().unwrap();
        allow(&at.path, file_mode);
        if journal {
            allow(&beside(&at.path, "-shm"), file_mode);
            allow(&beside(&at.path, "-wal"), file_mode);
        }
        allow(folder, 0o500);
        let bytes = std::fs::read(&at.path).unwrap();
        let mut store = Store::open(&at.path, &key(), VAULT).unwrap();
        assert!(store.read(|conn| has(conn, "a")).unwrap(), "{journal} {file_mode:o}");
        let written = store.write(|tx| put(tx, "b", b"two"));
        // With its journal beside it a writable file can be written; nothing else may claim so.
        if !(journal && file_mode == 0o600) {
            assert_eq!(written.unwrap_err().code(), Code::Unwritable, "{journal} {file_mode:o}");
            assert_eq!(store.frozen(), Some(Code::Unwritable));
            store.close().unwrap();
            assert!(std::fs::read(&at.path).unwrap() == bytes);
        }
        assert_eq!(Store::create(&folder.join("new.db"), &key(), VAULT).unwrap_err().code(), Code::Unwritable);
        allow(folder, 0o700);
    }
}
