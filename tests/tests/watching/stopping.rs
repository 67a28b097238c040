//! Reads that nobody waits for any more.

use belay::command::{Command, NoteCommand, NoteDraft};
use belay::error::Code;
use belay::ids::VaultId;
use belay::secret::Secret32;
use belay::store::{Stop, Store, meta};
use belay::view::{Ask, At, SearchQuery, SearchTotal};
use belay_tests::{Device, World, text};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A search that takes long: thousands of words, each asked for and counted many times over.
fn slow() -> Vec<Ask> {
    let query = SearchQuery { total: SearchTotal::Counted, ..SearchQuery::from("a") };
    vec![Ask::Search { query, at: At { limit: 200, ..At::default() } }; 64]
}

fn full(world: &World) -> Device {
    let mara = world.person("Mara");
    let draft = |n: u32| NoteDraft { body: text(&format!("a{n} ab{n} abc{n}")), ..NoteDraft::default() };
    let many: Vec<Command> = (0..400).map(|n| Command::Note(NoteCommand::Create { draft: draft(n) })).collect();
    mara.companion.apply(&many, None, &mara.at()).expect("many notes");
    mara
}

#[test]
fn the_newest_letters_typed_win_and_what_is_not_typed_goes_on() {
    let world = World::new("stopping");
    let mara = full(&world);
    let (companion, at) = (&mara.companion, mara.at());
    let field = 3 << 32;
    let (slower, at) = (slow(), &at);
    thread::scope(|scope| {
        let first = scope.spawn(|| companion.read_as(field | 1, &slower, at));
        let other = scope.spawn(|| companion.read_as(9, &[Ask::Home], at));
        // Until the first is under way, a newer one is asked for again and again.
        let mut turn = 2;
        while !first.is_finished() {
            companion.read_as(field | turn, &[Ask::Home], at).expect("the newest");
            turn += 1;
        }
        assert_eq!(first.join().expect("no panic").expect_err("an older one").code(), Code::Interrupted);
        other.join().expect("no panic").expect("what has another name is left alone");
    });
    assert_eq!(companion.read_as(field | 1, &[Ask::Home], at).expect_err("late").code(), Code::Interrupted);
}

#[test]
fn an_interruption_stops_what_bears_the_name_and_what_is_to_come_under_it() {
    let world = World::new("by name");
    let mara = full(&world);
    let (companion, at, slower) = (&mara.companion, &mara.at(), slow());
    thread::scope(|scope| {
        let named = scope.spawn(|| companion.read_as(5, &slower, at));
        while !named.is_finished() {
            companion.interrupt(5);
            thread::yield_now();
        }
        assert_eq!(named.join().expect("no panic").expect_err("stopped").code(), Code::Interrupted);
    });
    companion.interrupt(6);
    assert_eq!(companion.read_as(6, &[Ask::Home], at).expect_err("not to begin").code(), Code::Interrupted);
    companion.read_as(6, &[Ask::Home], at).expect("that was one");
    companion.read(&slower[..1], at).expect("what has no name is not stopped by name");
}

/// What a search field does all day, met at every moment of a read, its end too: while nobody writes, whoever reads is
/// lent the connection that writes.
#[test]
fn whoever_stops_reads_can_still_save() {
    let tries = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60_000);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store-1.db");
    let mut store = Store::create(&path, &Secret32::new([7; 32]), VaultId([1; 16])).expect("a store");
    let readers = store.readers();
    let stops: Vec<Stop> = (0..tries).map(|_| Stop::default()).collect();
    let now = AtomicUsize::new(0);
    let raise = || {
        let mut seen = 0;
        while seen < tries {
            let turn = now.load(Ordering::SeqCst);
            if turn == seen {
                thread::yield_now();
                continue;
            }
            seen = turn;
            // As long as a read takes, and a little longer.
            (0..(turn.wrapping_mul(2_654_435_761) >> 8) % 1_500).for_each(|_| std::hint::spin_loop());
            readers.stop(&stops[turn - 1]);
        }
    };
    thread::scope(|scope| {
        scope.spawn(raise);
        for turn in 1..=tries {
            now.store(turn, Ordering::SeqCst);
            match readers.read_until(&stops[turn - 1], meta::commit_number) {
                Err(error) if error.code() != Code::Interrupted => {
                    now.store(tries, Ordering::SeqCst);
                    panic!("read {turn} answers {error:?}");
                }
                _ => (),
            }
        }
    });
    store.write(|_| Ok(())).expect("a save is not stopped by a read");
    store.close().expect("a store that closes");
}
