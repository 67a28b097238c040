//! What a language hands over is read before any of our code runs. Bytes that no generated code writes are refused there:
//! no panic, nothing half read.
//!
//! One thing is not ours to refuse: UniFFI makes room for as many items as a list says to have before it reads them
//! (uniffi_core 0.32, `Lift for Vec`), and where the system has not that much memory the process ends. So the bytes are
//! read in a process with little memory, and an end for want of memory is counted, not hidden.

use belay::command::{
    Command, Decision, GoalCommand, GoalDraft, NoteCommand, NoteDraft, NoteField, PlanCommand, TalkCommand, Target,
    TextEdit,
};
use belay::companion::{DropIn, ExchangeIn, ExchangeKind, HostFacts, Job, UnlockWith};
use belay::document::lane::IdeaKind;
use belay::document::plan::PartOwner;
use belay::editing::Splice;
use belay::exchange::Scope;
use belay::ids::{DocId, ElementId, Rev, SlotId, SpaceId};
use belay::secret::{Secret32, SecretText};
use belay::text::PersonText;
use belay::view::{Ask, At, Cursor, Findable, NoteFilter, SearchQuery};
use belay_ffi::UniFfiTag;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::process;
use uniffi::{Lift, Lower};

const CHILD: &str = "BELAY_LIFT_CHILD";
const NAME: &str = "mutated_bytes_are_refused_or_read_and_nothing_panics";
/// Kilobytes of address space of the child.
const MEMORY_KIB: u64 = 400_000;

fn cases() -> u64 {
    std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1_000)
}

fn commands() -> Vec<Command> {
    let (doc, element) = (DocId([3; 32]), ElementId([4; 16]));
    let target = Target { doc, part: Some("coping".into()), element: Some(element) };
    let draft =
        NoteDraft { title: "Night".into(), body: "Slept badly.".into(), tags: vec!["sleep".into(), "夜".into()] };
    let splices = vec![Splice::new(1, 2, "x"), Splice::new(9, 0, "👪")];
    let base = Rev::from_token("0000");
    vec![
        Command::Note(NoteCommand::Create { draft }),
        Command::Note(NoteCommand::Edit {
            note: doc,
            field: NoteField::Body,
            base: base.clone(),
            text: TextEdit::Splices(splices),
        }),
        Command::Goal(GoalCommand::Create { space: Some(SpaceId([5; 32])), draft: GoalDraft::default() }),
        Command::Plan(PlanCommand::SetOwner { plan: doc, part: "coping".into(), owner: PartOwner::Both }),
        Command::Talk(TalkCommand::Suggest {
            on: target,
            kind: IdeaKind::Add,
            alternatives: vec!["Walk by the river".into(), "Sit by the river".into()],
            why: PersonText::default(),
            after: None,
        }),
        Command::Talk(TalkCommand::Decide { idea: element, decision: Decision::Add(1), seen: Some(base) }),
    ]
}

fn asks() -> Vec<Ask> {
    let at = At { limit: 20, after: Some(Cursor("0a1b".into())), ..At::default() };
    let query =
        SearchQuery { words: "radio".into(), kinds: vec![Findable::Note, Findable::Plan], ..SearchQuery::default() };
    vec![
        Ask::Notes { filter: NoteFilter::default(), at: at.clone() },
        Ask::Note { id: DocId([7; 32]) },
        Ask::Search { query, at },
        Ask::Status,
    ]
}

/// A value of each kind that is handed over, as bytes.
fn samples() -> Vec<(Reader, Vec<u8>)> {
    let slot = SlotId([6; 16]);
    let key32 = Secret32::new([9; 32]);
    let pin = SecretText::new("482915".into());
    vec![
        sample(commands()),
        sample(asks()),
        sample(UnlockWith::KeystoreAndPin { slot, key32, pin, vault_counter: Some(7) }),
        sample(Job::BundleOut { space: Some(SpaceId([5; 32])), scope: Scope::Everything, file: "a.belay".into() }),
        sample(ExchangeKind::Join { payload: vec![1, 2, 3, 4], words: None, name: "Theo".into() }),
        sample(ExchangeIn::Typed { digits: "482 915".into() }),
        sample(DropIn::QuickNote { text: "before unlocking".into() }),
        sample(HostFacts {
            zone: "Europe/Lisbon".into(),
            languages: vec!["pt".into(), "en".into()],
            ..HostFacts::default()
        }),
    ]
}

/// Reads bytes as one type; whether they were one, to the last byte. What was read can be written again.
type Reader = fn(&[u8]) -> bool;

fn sample<T: Lower<UniFfiTag> + Lift<UniFfiTag>>(value: T) -> (Reader, Vec<u8>) {
    let mut bytes = Vec::new();
    <T as Lower<UniFfiTag>>::write(value, &mut bytes);
    (read::<T>, bytes)
}

fn read<T: Lower<UniFfiTag> + Lift<UniFfiTag>>(mut bytes: &[u8]) -> bool {
    let Ok(value) = <T as Lift<UniFfiTag>>::try_read(&mut bytes) else { return false };
    <T as Lower<UniFfiTag>>::write(value, &mut Vec::new());
    bytes.is_empty()
}

/// Small, fast and the same everywhere (Steele, Lea and Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).expect("below a usize")
    }
    fn byte(&mut self) -> u8 {
        let [byte, ..] = self.next().to_le_bytes();
        byte
    }
}

fn mutate(bytes: &[u8], dice: &mut SplitMix) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, dice.byte()),
            2 if !bytes.is_empty() => drop(bytes.remove(at)),
            3 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (dice.below(8))),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = dice.byte()),
        }
    }
    bytes
}

/// Reads cases one after another; says in the file which one it is at, and how many were refused.
fn read_cases(file: &Path) {
    let told = fs::read_to_string(file).unwrap_or_default();
    let (first, mut refused) = told.split_once(' ').map_or((0, 0), |(at, refused)| {
        (at.parse::<u64>().expect("a number") + 1, refused.parse::<u64>().expect("a number"))
    });
    let samples = samples();
    assert!(samples.iter().all(|(read, bytes)| read(bytes)), "what is whole is read");
    for case in first..cases() {
        fs::write(file, format!("{case} {refused}")).expect("the parent's folder");
        let mut dice = SplitMix(case);
        let (read, bytes) = samples.get(dice.below(samples.len())).expect("below their number");
        let bytes = mutate(bytes, &mut dice);
        let was_read = catch_unwind(|| read(&bytes));
        let was_read = was_read.unwrap_or_else(|_| panic!("case {case}: reading panicked"));
        refused += u64::from(!was_read);
    }
    fs::write(file, format!("{} {refused}", cases())).expect("the parent's folder");
}

#[test]
fn mutated_bytes_are_refused_or_read_and_nothing_panics() {
    if let Some(file) = std::env::var_os(CHILD) {
        read_cases(Path::new(&file));
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("at");
    let me = std::env::current_exe().expect("a test has a file");
    let mut without_memory = 0;
    loop {
        let script = format!("ulimit -v {MEMORY_KIB}; exec \"$0\" --exact {NAME} --nocapture");
        let child = process::Command::new("sh").args(["-c", &script]).arg(&me).env(CHILD, &file).output();
        let child = child.expect("there is a shell");
        if child.status.success() {
            break;
        }
        let said = String::from_utf8_lossy(&child.stderr);
        assert!(said.contains("memory allocation of"), "{said}");
        without_memory += 1;
    }
    let told = fs::read_to_string(&file).expect("the child told");
    let (at, refused) = told.split_once(' ').expect("two numbers");
    println!("{at} cases, {refused} refused, {without_memory} ended for want of memory");
    assert_eq!(at.parse(), Ok(cases()));
    assert!(refused.parse::<u64>().is_ok_and(|refused| refused > cases() / 4), "few of them were anything: {told}");
}
