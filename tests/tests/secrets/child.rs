//! The other process: a host that does what it is asked (tests/src/bin/keeper.rs), and everything that it leaves where
//! others could look: its memory, its files, its output.

use crate::scan::{Found, Needles, memory_of};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// What it answered.
#[derive(Debug)]
pub enum Answer {
    Yes(Vec<Vec<u8>>),
    /// The code, and the failure as text, as debug text and as JSON.
    No {
        code: String,
        /// Only for messages of a test.
        #[allow(dead_code, reason = "shown when something else was expected")]
        told: String,
    },
    /// What a panic said.
    Panic(Vec<u8>),
}

/// A host in a process of its own, with a folder for everything it may write.
pub struct Keeper {
    process: Child,
    into: Option<ChildStdin>,
    from: ChildStdout,
    place: TempDir,
    /// Every failure's text so far.
    pub said: Vec<u8>,
}

impl Keeper {
    /// Starts it: its temporary files, its home and what it writes to its error stream all lie in one place.
    pub fn start() -> Keeper {
        Self::start_as(env!("CARGO_BIN_EXE_keeper"))
    }

    /// The same without an allocator that wipes.
    pub fn start_plain() -> Keeper {
        Self::start_as(env!("CARGO_BIN_EXE_plain_keeper"))
    }

    fn start_as(program: &str) -> Keeper {
        let place = tempfile::tempdir().expect("a temporary folder");
        for name in ["tmp", "home", "cwd"] {
            std::fs::create_dir(place.path().join(name)).expect("a folder");
        }
        let log = std::fs::File::create(place.path().join("stderr")).expect("a file");
        let mut process = Command::new(program)
            .env_clear()
            .env("TMPDIR", place.path().join("tmp"))
            .env("SQLITE_TMPDIR", place.path().join("tmp"))
            .env("HOME", place.path().join("home"))
            // As talkative as a program of Rust's can be made.
            .env("RUST_BACKTRACE", "full")
            .env("RUST_LOG", "trace")
            .current_dir(place.path().join("cwd"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program that cargo built");
        let (into, from) = (process.stdin.take(), process.stdout.take().expect("a pipe"));
        let mut keeper = Keeper { process, into, from, place, said: Vec::new() };
        let vault = keeper.vault();
        keeper.does("open", &[path(&vault)]);
        keeper
    }

    /// Everything that it may write lies below this.
    pub fn place(&self) -> &Path {
        self.place.path()
    }
    /// Where its vault lies.
    pub fn vault(&self) -> PathBuf {
        self.place.path().join("vault")
    }

    /// Asks for one thing and waits until it is done.
    pub fn ask(&mut self, name: &str, args: &[&[u8]]) -> Answer {
        let into = self.into.as_mut().expect("open until the end");
        let parts = || std::iter::once(name.as_bytes()).chain(args.iter().copied());
        let number = |number: usize| u32::try_from(number).expect("small").to_be_bytes();
        let mut message = number(args.len() + 1).to_vec();
        parts().for_each(|part| message.extend(number(part.len())));
        parts().for_each(|part| message.extend(part));
        into.write_all(&message).expect("it listens");
        let mut answer = self.read().into_iter();
        let mut next = || answer.next().unwrap_or_default();
        match next().as_slice() {
            b"yes" => Answer::Yes(answer.collect()),
            b"no" => {
                let code = String::from_utf8(next()).expect("a name");
                let told = next();
                self.said.extend(&told);
                Answer::No { code, told: String::from_utf8_lossy(&told).into_owned() }
            }
            b"panic" => Answer::Panic(next()),
            other => panic!("{name}: no answer: {other:?}"),
        }
    }

    fn read(&mut self) -> Vec<Vec<u8>> {
        let from = &mut self.from;
        let mut number = || {
            let mut bytes = [0; 4];
            from.read_exact(&mut bytes).expect("an answer: the other process has ended");
            u32::from_be_bytes(bytes) as usize
        };
        let count = number();
        let lengths: Vec<usize> = (0..count).map(|_| number()).collect();
        let read = |length| {
            let mut part = vec![0; length];
            from.read_exact(&mut part).expect("a whole answer");
            part
        };
        lengths.into_iter().map(read).collect()
    }

    /// Asks for one thing that works.
    #[track_caller]
    pub fn does(&mut self, name: &str, args: &[&[u8]]) -> Vec<Vec<u8>> {
        match self.ask(name, args) {
            Answer::Yes(parts) => parts,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// Asks for one thing that is refused, with this code.
    #[track_caller]
    pub fn refuses(&mut self, code: &str, name: &str, args: &[&[u8]]) {
        match self.ask(name, args) {
            Answer::No { code: said, .. } if said == code => {}
            other => panic!("{name}: not {code}, but {other:?}"),
        }
    }

    /// Where these lie in its memory now. It waits for the next question meanwhile, and changes nothing.
    pub fn memory(&self, needles: &Needles) -> Found {
        memory_of(self.process.id(), needles)
    }

    /// What it wrote to its error stream.
    pub fn errors(&self) -> Vec<u8> {
        std::fs::read(self.place.path().join("stderr")).expect("a file")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // It ends when nobody asks any more.
        drop(self.into.take());
        let _ = self.process.wait();
    }
}

/// A path as an argument.
pub fn path(path: &Path) -> &[u8] {
    path.to_str().expect("a temporary folder's name is text").as_bytes()
}
