//! A terminal that a test types at.

use super::{Person, Said, said};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A terminal with a program at its other end.
pub struct Terminal {
    pub keys: Option<File>,
    pub shows: File,
    pub child: Child,
    pub seen: String,
}

impl Terminal {
    pub fn at(mut command: Command) -> Self {
        let keys: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap();
        let line =
            || File::options().read(true).write(true).open(Path::new(std::ffi::OsStr::from_bytes(name.as_bytes())));
        let keys = File::from(keys);
        let shows = keys.try_clone().unwrap();
        command.stdin(line().unwrap()).stdout(line().unwrap()).stderr(Stdio::piped());
        Terminal { keys: Some(keys), shows, child: command.spawn().unwrap(), seen: String::new() }
    }

    pub fn types(&mut self, keys: &str) {
        self.keys.as_ref().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until somebody reads what is typed: one thread for that, one for the signals, and the first.
    pub fn is_read(&mut self) {
        self.sees("Write here.");
        let tasks = format!("/proc/{}/task", self.child.id());
        while std::fs::read_dir(&tasks).unwrap().count() < 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Reads until these words stand on the screen.
    pub fn sees(&mut self, words: &str) {
        let mut some = [0; 4096];
        while !self.seen.contains(words) {
            let got = std::io::Read::read(&mut self.shows, &mut some).unwrap_or_default();
            assert!(got > 0, "never {words:?}: {}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&some[..got]));
        }
    }

    pub fn gets(&self, signal: &str) {
        let done = Command::new("sh").args(["-c", &format!("kill -{signal} {}", self.child.id())]).status();
        assert!(done.unwrap().success());
    }

    /// Waits for its end; a program that goes on is ended.
    pub fn end(mut self) -> Said {
        let until = Instant::now() + Duration::from_secs(30);
        while self.child.try_wait().unwrap().is_none() {
            if Instant::now() > until {
                self.child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut all = said(self.child.wait_with_output().unwrap());
        all.out = self.seen;
        all
    }
}

impl Person {
    pub fn at_a_terminal(&self, args: &[&str]) -> Terminal {
        Terminal::at(self.command(args))
    }
}
