//! A host in a process of its own, for the tests that read its memory (tests/tests/secrets): it does what it is asked over
//! a pipe, one thing at a time, and keeps nothing of it. Two programs are made of it: `keeper`, whose allocator wipes what
//! is freed, as in the terminal, and `plain_keeper`, whose does not.

use crate::add_way_in;
use belay::clock::Moment;
use belay::command::{Command, GoalCommand, GoalDraft, NoteCommand, NoteDraft, Purpose};
use belay::companion::{Companion, DropIn, HostConfig, HostFacts, NewSlot, NewVault, UnlockWith, drop_in};
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::sign::SigningKey;
use belay::crypto::words::{RecoveryWords, WordCount};
use belay::error::{Code, Failure};
use belay::exchange::Scope;
use belay::exchange::flow::Step;
use belay::exchange::pairing::{InviteTerms, SecretKind};
use belay::ids::{ExchangeId, SlotId, SpaceId};
use belay::secret::{Entropy, Secret32, SecretText, SystemEntropy};
use belay::space::Role;
use belay::text::PersonText;
use belay::vault::{self, FolderLock, Opened};
use belay::view::{Answer, Ask, At, NoteFilter};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

/// When the day begins: 22 November 2026.
const BEGINS_MS: i64 = 1_795_334_400_000;

type Parts = Vec<Vec<u8>>;
type Done = Result<Parts, Failure>;

/// Does what it is asked over standard input until nobody asks any more.
pub fn keep() -> ExitCode {
    match serve() {
        Some(()) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

fn serve() -> Option<()> {
    // Unbuffered both ways: a buffer would be one more place where a secret stays.
    let mut from = File::from(std::io::stdin().as_fd().try_clone_to_owned().ok()?);
    let mut into = File::from(std::io::stdout().as_fd().try_clone_to_owned().ok()?);
    let mut keeper = Keeper::default();
    while let Some(asked) = read_parts(&mut from) {
        let (name, args) = asked.split_first()?;
        let name = std::str::from_utf8(name).ok()?;
        let answer = match catch_unwind(AssertUnwindSafe(|| keeper.does(name, &Args(args)))) {
            Ok(Ok(mut parts)) => {
                parts.insert(0, b"yes".to_vec());
                parts
            }
            Ok(Err(failure)) => {
                let told = format!("{failure} {failure:?} {}", serde_json::json!(failure.code()));
                vec![b"no".to_vec(), format!("{:?}", failure.code()).into_bytes(), told.into_bytes()]
            }
            Err(panic) => vec![b"panic".to_vec(), said(&*panic).into_bytes()],
        };
        // Gone before the answer: whoever reads it may look at this memory.
        wipe(asked);
        write_parts(&mut into, &answer)?;
        wipe(answer);
    }
    Some(())
}

/// As a host should: what passed through its hands is not left lying, whatever its allocator does.
fn wipe(parts: Parts) {
    for mut part in parts {
        part.fill(0);
        std::hint::black_box(&part);
    }
}

fn read_parts(from: &mut File) -> Option<Parts> {
    let mut number = || {
        let mut bytes = [0; 4];
        from.read_exact(&mut bytes).ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    };
    let lengths: Vec<usize> = (0..number()?).map(|_| number()).collect::<Option<_>>()?;
    let read = |length| {
        let mut part = vec![0; length];
        from.read_exact(&mut part).ok()?;
        Some(part)
    };
    lengths.into_iter().map(read).collect()
}

fn write_parts(into: &mut File, parts: &[Vec<u8>]) -> Option<()> {
    let number = |length: usize| u32::try_from(length).ok().map(u32::to_be_bytes);
    into.write_all(&number(parts.len())?).ok()?;
    for part in parts {
        into.write_all(&number(part.len())?).ok()?;
    }
    parts.iter().try_for_each(|part| into.write_all(part).ok())
}

/// What was sent along.
struct Args<'a>(&'a [Vec<u8>]);

impl Args<'_> {
    fn bytes(&self, at: usize) -> &[u8] {
        self.0.get(at).expect("the parent sends what is asked for")
    }
    fn has(&self, at: usize) -> bool {
        self.0.get(at).is_some_and(|part| !part.is_empty())
    }
    fn text(&self, at: usize) -> &str {
        std::str::from_utf8(self.bytes(at)).expect("the parent sends text")
    }
    fn words(&self, at: usize) -> PersonText {
        PersonText::from(self.text(at))
    }
    fn secret(&self, at: usize) -> SecretText {
        SecretText::new(self.text(at).to_owned())
    }
    fn key(&self, at: usize) -> Secret32 {
        Secret32::from_slice(self.bytes(at)).expect("a key has 32 bytes")
    }
    fn path(&self, at: usize) -> PathBuf {
        PathBuf::from(self.text(at))
    }
    /// A way to unlock: its kind, then its parts.
    fn with(&self, at: usize) -> Result<UnlockWith, Failure> {
        let slot = || SlotId::from_slice(self.bytes(at + 2)).expect("the parent sends an id");
        Ok(match self.text(at) {
            "passphrase" => UnlockWith::Passphrase(self.secret(at + 1)),
            "words" => UnlockWith::RecoveryWords(RecoveryWords::parse(self.text(at + 1))?),
            "key" => UnlockWith::Keystore { slot: slot(), key32: self.key(at + 1), vault_counter: None },
            "pin" => UnlockWith::KeystoreAndPin {
                slot: slot(),
                key32: self.key(at + 1),
                pin: self.secret(at + 3),
                vault_counter: None,
            },
            other => panic!("no way in is called {other}"),
        })
    }
}

/// The system's randomness, which can be made to break in the middle of something.
struct Breakable(SystemEntropy, Arc<AtomicBool>);

impl Entropy for Breakable {
    fn fill(&mut self, bytes: &mut [u8]) {
        assert!(!self.1.swap(false, Ordering::SeqCst), "the randomness broke");
        self.0.fill(bytes);
    }
}

/// A call for the other thread.
type Call = (Arc<Companion>, String, Parts, Moment);

/// A thread that lives on after what it did, as those of an app's pool do.
struct Other {
    calls: Sender<Call>,
    answers: Receiver<Result<Done, String>>,
}

impl Other {
    fn start() -> Self {
        let (calls, asked) = channel::<Call>();
        let (answer, answers) = channel();
        std::thread::spawn(move || {
            for (companion, name, args, at) in asked {
                let done = catch_unwind(AssertUnwindSafe(|| called(&companion, &name, &Args(&args), &at)));
                drop((companion, args));
                if answer.send(done.map_err(|panic| said(&*panic))).is_err() {
                    break;
                }
            }
        });
        Other { calls, answers }
    }
}

fn called(companion: &Companion, name: &str, args: &Args<'_>, at: &Moment) -> Done {
    keys(companion, name, args, at).unwrap_or_else(|| work(companion, name, args, at))
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let told = panic.downcast_ref::<String>().cloned();
    told.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

#[derive(Default)]
struct Keeper {
    other: Option<Other>,
    companion: Option<Arc<Companion>>,
    breaks: Arc<AtomicBool>,
    calls: i64,
    /// What a host would hold: only where a test asks for it.
    held: Vec<Vec<u8>>,
    open: Option<(Opened, Option<SigningKey>)>,
    typed: Option<UnlockWith>,
}

impl Keeper {
    fn now(&mut self) -> Moment {
        self.calls += 1;
        Moment { unix_ms: BEGINS_MS + self.calls * 1_000, zone: "UTC".to_owned(), boot_ms: 0, boot_id: 0 }
    }

    fn does(&mut self, name: &str, args: &Args<'_>) -> Done {
        let at = self.now();
        match name {
            "open" => {
                let (languages, cost) = (vec!["en".to_owned()], PassphraseCost::FLOOR);
                let entropy = Box::new(Breakable(SystemEntropy::default(), self.breaks.clone()));
                let config = HostConfig { folder: args.path(0), languages, cost };
                self.companion = Some(Arc::new(Companion::open(config, entropy)));
            }
            "close" => self.companion = None,
            "break" => self.breaks.store(true, Ordering::SeqCst),
            "hold" => self.held.push(args.bytes(0).to_vec()),
            "type" => self.typed = Some(args.with(0)?),
            "look" => self.open = Some(look(&args.path(0), &args.with(1)?, &at)?),
            "let go" => (self.held, self.open, self.typed) = (Vec::new(), None, None),
            _ => {
                let companion = self.companion.as_ref().expect("the parent opens first");
                let Some(name) = name.strip_prefix("elsewhere: ") else { return called(companion, name, args, &at) };
                let other = self.other.get_or_insert_with(Other::start);
                let call = (companion.clone(), name.to_owned(), args.0.to_vec(), at);
                other.calls.send(call).expect("the other thread listens");
                let answer = other.answers.recv().expect("the other thread answers");
                return answer.unwrap_or_else(|panic| panic!("{panic}"));
            }
        }
        Ok(Parts::new())
    }
}

/// What unlocking gives, as a host could get at it while the companion rests.
fn look(folder: &Path, with: &UnlockWith, at: &Moment) -> Result<(Opened, Option<SigningKey>), Failure> {
    let lock = FolderLock::take(folder)?;
    Ok(vault::unlock(&lock, with, at)?)
}

/// What is about keys; nothing for other names.
fn keys(companion: &Companion, name: &str, args: &Args<'_>, at: &Moment) -> Option<Done> {
    let none = |()| Parts::new();
    let mut run = || -> Done {
        match name {
            "create" => {
                let made =
                    companion.create(&NewVault { passphrase: args.secret(0), words: WordCount::TwentyFour }, at)?;
                companion.acknowledge_recovery(at)?;
                Ok(vec![spelled(&made.words)])
            }
            "test words" => companion.test_all_words(&RecoveryWords::parse(args.text(0))?, at).map(none),
            "unlock" => companion.unlock(&args.with(0)?, at).map(|_| Parts::new()),
            "lock" => companion.lock().map(none),
            "pause" => companion.pause(at).map(none),
            "resume" => companion.resume(at).map(none),
            "erase" => companion.erase().map(|_| Parts::new()),
            "set passphrase" => companion.set_passphrase(&args.with(1)?, &args.secret(0), at).map(none),
            "slot" => {
                let key = add_way_in(companion, &args.with(0)?, NewSlot::Keystore, at)?;
                Ok(vec![key.slot.0.to_vec(), key.key32.expose().to_vec()])
            }
            "slot with pin" => {
                let new = NewSlot::KeystoreAndPin { pin: args.secret(0) };
                let key = add_way_in(companion, &args.with(1)?, new, at)?;
                Ok(vec![key.slot.0.to_vec(), key.key32.expose().to_vec()])
            }
            "backup" => {
                let passphrase = args.has(1).then(|| args.secret(1));
                companion.backup_to(&args.path(0), &args.with(2)?, passphrase.as_ref(), at).map(|_| Parts::new())
            }
            "confirm" => companion.confirm(&args.with(0)?, Purpose::Backup, at).map(|_| Parts::new()),
            // Begun and left: key, PIN and admin key wait in the session.
            "begin slot" => {
                let given = companion.confirm(&args.with(1)?, Purpose::Slots, at)?;
                let new = NewSlot::KeystoreAndPin { pin: args.secret(0) };
                companion.slot_new(new, &given, at).map(|_| Parts::new())
            }
            "drop in" => {
                let what = DropIn::QuickNote { text: PersonText::new(args.text(1)) };
                drop_in(&args.path(0), &what, at, &mut SystemEntropy::default())?;
                companion.tick(&HostFacts::default(), at).map(|_| Parts::new())
            }
            "rekey" => {
                let new = args.has(0).then(|| args.secret(0));
                companion.rekey(&args.with(1)?, new.as_ref(), at).map(|_| Parts::new())
            }
            _ => Err(Code::NotFound.detail().into()),
        }
    };
    let known = [
        "create",
        "test words",
        "unlock",
        "lock",
        "pause",
        "resume",
        "erase",
        "set passphrase",
        "slot",
        "slot with pin",
        "backup",
        "confirm",
        "begin slot",
        "drop in",
        "rekey",
    ];
    known.contains(&name).then(&mut run)
}

/// What is about words of people.
fn work(companion: &Companion, name: &str, args: &Args<'_>, at: &Moment) -> Done {
    let apply = |command| companion.apply(&[command], None, at).map(|_| Parts::new());
    match name {
        "note" => {
            let draft = NoteDraft { title: args.words(0), body: args.words(1), tags: Vec::new() };
            apply(Command::Note(NoteCommand::Create { draft }))
        }
        "goal" => {
            let draft = GoalDraft { title: args.words(0), towards: args.words(0), ..GoalDraft::default() };
            apply(Command::Goal(GoalCommand::Create { space: space(args, 1), draft }))
        }
        "read" => {
            let page = At { limit: 50, ..At::default() };
            let asks = [Ask::Notes { filter: NoteFilter::default(), at: page }, Ask::Relationships, Ask::Status];
            let reading = companion.read(&asks, at)?;
            let refused = reading.answers.iter().filter(|answer| matches!(answer, Answer::No(_))).count();
            Ok(vec![vec![u8::try_from(refused).unwrap_or(u8::MAX)]])
        }
        "invite" => {
            let by = if args.text(1) == "words" { SecretKind::Words } else { SecretKind::InFile };
            let terms = InviteTerms { by, ..InviteTerms::relationship(Role::Person) };
            Ok(step(&companion.pair_invite(terms, args.text(0), at)?))
        }
        "join" => Ok(step(&companion.pair_join(args.bytes(0), None, args.text(1), at)?)),
        "take" => Ok(step(&companion.pair_take(args.bytes(0), at)?)),
        "digits" => {
            let id = ExchangeId::from_slice(args.bytes(0)).expect("the parent sends an id");
            Ok(step(&companion.pair_digits(&id, args.text(1), at)?))
        }
        "cancel" => {
            let id = ExchangeId::from_slice(args.bytes(0)).expect("the parent sends an id");
            Ok(step(&companion.pair_cancel(&id, at)?))
        }
        "bundle" => {
            let space = space(args, 0).expect("the parent names a space");
            Ok(vec![companion.bundle_out(&space, Scope::Everything, at)?.bytes])
        }
        "bring" => companion.bundle_in(&mut args.bytes(0), at).map(|_| Parts::new()),
        "leave" => {
            let space = space(args, 0).expect("the parent names a space");
            companion.leave(&space, &args.with(1)?, at).map(|_| Parts::new())
        }
        other => panic!("nothing is called {other}"),
    }
}

fn space(args: &Args<'_>, at: usize) -> Option<SpaceId> {
    args.has(at).then(|| SpaceId::from_slice(args.bytes(at)).expect("the parent sends an id"))
}

fn step(step: &Step) -> Parts {
    let words = step.words.as_ref().map(spelled).unwrap_or_default();
    let digits = step.digits.clone().unwrap_or_default().into_bytes();
    let space = step.space.map(|space| space.0.to_vec()).unwrap_or_default();
    vec![step.id.0.to_vec(), step.send.clone().unwrap_or_default(), digits, space, words]
}

fn spelled(words: &RecoveryWords) -> Vec<u8> {
    words.list().join(" ").into_bytes()
}
