//! What somebody types at a terminal, read so that a stop in mid-word loses nothing: Ctrl-C, a terminal that is closed, a
//! computer that shuts down.

use crate::failure::EXIT_STOPPED;
use crate::host::Host;
use crate::prompt;
use std::io::{BufRead, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

/// How long the line that was not sent with Enter is waited for: it lies in this computer already.
const REST_WAIT: Duration = Duration::from_millis(500);

/// Something that reaches whoever waits for typed words.
enum Event {
    Bytes(Vec<u8>),
    /// Ctrl-D, or the end of the line that was asked for.
    End,
    /// A signal, or a terminal that is not there any more.
    Stop,
}

/// What a signal means now.
#[derive(Default)]
enum Mode {
    /// Nothing of a person's is at stake: it ends the program as anywhere.
    #[default]
    Idle,
    /// Somebody types.
    Reading(Sender<Event>),
    /// Words are on their way into the vault, or in an editor: it waits for them.
    Holding,
    /// A secret is typed and not shown: before the program ends, the terminal shows again what is typed.
    Hidden { shown: Line, said: String },
}

/// The signals that end a program, and what they meet here.
#[derive(Clone, Default)]
pub struct Stops {
    mode: Arc<Mutex<Mode>>,
    came: Arc<OnceLock<()>>,
    /// One that nobody has answered yet.
    waits: Arc<AtomicBool>,
    listens: Arc<OnceLock<()>>,
}

impl Stops {
    fn mode(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on words are at stake: a signal ends nothing before they are kept.
    pub fn hold(&self) {
        self.listen();
        *self.mode() = Mode::Holding;
    }

    /// An editor has answered Ctrl-C itself.
    pub fn answered(&self) {
        self.waits.store(false, Ordering::SeqCst);
    }

    /// They are kept.
    pub fn let_go(&self) {
        *self.mode() = Mode::Idle;
    }

    /// Whether a stop came while words were at stake.
    pub fn came(&self) -> bool {
        self.came.get().is_some()
    }

    /// Asks for a secret, which is not shown from before the question on; a stop says `said`, but for Ctrl-C, which the asking itself answers: it hands it on as a signal too,
    /// which then means nothing more.
    pub fn while_hidden<T>(&self, said: &str, ask: impl FnOnce() -> std::io::Result<T>) -> std::io::Result<T> {
        self.listen();
        let hidden = Mode::Hidden { shown: Line::as_it_is(), said: said.to_owned() };
        let before = std::mem::replace(&mut *self.mode(), hidden);
        let line = Line::as_it_is();
        line.hush();
        let typed = ask();
        line.put_back();
        let is_answered = typed.as_ref().is_err_and(|error| error.kind() == ErrorKind::Interrupted);
        *self.mode() = if is_answered { Mode::Holding } else { before };
        typed
    }

    fn note(&self) {
        let _ = self.came.set(());
    }

    #[cfg(unix)]
    fn listen(&self) {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
        if self.listens.set(()).is_err() {
            return;
        }
        // Where they cannot be listened to they do what they did before.
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]) else { return };
        let stops = self.clone();
        thread::spawn(move || {
            for signal in signals.forever() {
                match &*stops.mode() {
                    // It ends already: what was kept is still to be told. Who cannot wait has a signal that says so.
                    Mode::Idle if stops.came() && signal != SIGQUIT => {}
                    Mode::Idle => {
                        let _ = signal_hook::low_level::emulate_default_handler(signal);
                    }
                    Mode::Reading(to) => {
                        stops.note();
                        let _ = to.send(Event::Stop);
                    }
                    Mode::Hidden { shown, said } => {
                        shown.put_back();
                        let _ = writeln!(std::io::stderr().lock(), "\n{said}");
                        std::process::exit(i32::from(EXIT_STOPPED));
                    }
                    Mode::Holding => {
                        stops.waits.store(true, Ordering::SeqCst);
                        // An editor gets Ctrl-C too, and says itself what it means.
                        if signal != SIGINT {
                            stops.note();
                        }
                    }
                }
            }
        });
    }

    #[cfg(not(unix))]
    fn listen(&self) {
        let _ = self.listens.set(());
    }
}

/// The way a terminal was set, and is set again after reading.
#[cfg(unix)]
struct Line(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Line {
    fn as_it_is() -> Self {
        // A secret is typed there also where other words come through a pipe.
        let terminal = std::fs::File::open("/dev/tty").ok();
        let set = terminal.as_ref().and_then(|terminal| rustix::termios::tcgetattr(terminal).ok());
        Line(set.or_else(|| rustix::termios::tcgetattr(std::io::stdin()).ok()))
    }

    /// Ctrl-C throws away no line that was begun.
    fn kept() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).ok();
        if let Some(mut with) = before.clone() {
            with.local_modes.insert(LocalModes::NOFLSH);
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &with);
        }
        Line(before)
    }

    /// What is typed is not shown from here on, whoever asks for it later.
    fn hush(&self) {
        use rustix::termios::{LocalModes, OptionalActions, tcsetattr};
        let Some(mut with) = self.0.clone() else { return };
        with.local_modes.remove(LocalModes::ECHO);
        if let Ok(terminal) = std::fs::File::open("/dev/tty") {
            let _ = tcsetattr(terminal, OptionalActions::Now, &with);
        }
    }

    fn put_back(&self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let Some(before) = &self.0 else { return };
        if let Ok(terminal) = std::fs::File::open("/dev/tty") {
            let _ = tcsetattr(terminal, OptionalActions::Now, before);
        }
    }

    /// Hands over a line that was begun and not sent with Enter.
    fn rest(&self) {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcsetattr};
        if let Some(mut with) = self.0.clone() {
            with.local_modes.remove(LocalModes::ICANON);
            with.special_codes[SpecialCodeIndex::VMIN] = 0;
            with.special_codes[SpecialCodeIndex::VTIME] = 0;
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &with);
        }
    }
}

#[cfg(unix)]
impl Drop for Line {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(before) = &self.0 {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

#[cfg(not(unix))]
struct Line;

#[cfg(not(unix))]
impl Line {
    fn as_it_is() -> Self {
        Line
    }
    fn kept() -> Self {
        Line
    }
    fn hush(&self) {}
    fn put_back(&self) {}
    fn rest(&self) {}
}

/// What was typed.
pub struct Typed {
    /// All of it.
    pub bytes: Vec<u8>,
    /// Whether it was stopped before its end.
    pub is_stopped: bool,
}

impl Typed {
    /// As text, without the line end that closes it.
    pub fn words(self) -> String {
        prompt::without_end(without_keys(&prompt::readable(self.bytes)))
    }
}

/// A text without what keys leave in it that are no signs: arrows, and whatever else a terminal hands on as control signs
/// (ECMA-48). Nobody could take it out again by hand.
fn without_keys(text: &str) -> String {
    let mut signs = text.chars().peekable();
    let mut words = String::with_capacity(text.len());
    while let Some(sign) = signs.next() {
        if sign == '\u{1b}' {
            match signs.next_if(|sign| matches!(sign, '[' | 'O')) {
                Some('[') => {
                    while signs.next_if(|sign| matches!(sign, ' '..='?')).is_some() {}
                    signs.next_if(|sign| matches!(sign, '@'..='~'));
                }
                Some(_) => {
                    signs.next_if(char::is_ascii_alphabetic);
                }
                None => {}
            }
        } else if matches!(sign, '\n' | '\t' | '\r') || !sign.is_control() {
            words.push(sign);
        }
    }
    words
}

/// Everything until Ctrl-D. Until [`Stops::let_go`] no signal ends the program.
pub fn text(host: &Host) -> Typed {
    let typed = read(host, None);
    host.stops.hold();
    typed
}

/// The person stopped it, or the terminal is gone.
#[derive(Clone, Copy, Debug)]
pub struct Stopped;

/// One line behind a question, without its end; nothing where the input is over.
pub fn line(host: &Host, question: &str) -> Result<Option<String>, Stopped> {
    let typed = read(host, Some(question));
    if typed.is_stopped {
        return Err(Stopped);
    }
    let text = without_keys(&prompt::readable(typed.bytes));
    Ok((!text.is_empty()).then(|| text.trim_end_matches(['\n', '\r']).to_owned()))
}

/// Reads a line behind a question, without one all there is.
fn read(host: &Host, question: Option<&str>) -> Typed {
    let (to, from) = channel();
    host.stops.listen();
    let line = Line::kept();
    let before = std::mem::replace(&mut *host.stops.mode(), Mode::Reading(to.clone()));
    // Whoever sees the question can stop it.
    question.iter().for_each(|question| host.page.raw(question));
    let only_a_line = question.is_some();
    // One that came before somebody read.
    if host.stops.waits.swap(false, Ordering::SeqCst) {
        let _ = to.send(Event::Stop);
    }
    // A read that waits for a key cannot be called back: it has a thread of its own, which ends with the program.
    thread::spawn(move || hand_over(&to, only_a_line));
    let typed = gather(&from, &line);
    if typed.is_stopped {
        host.stops.note();
    }
    // What is said next begins on a line of its own.
    if typed.is_stopped || !typed.bytes.ends_with(b"\n") {
        let _ = writeln!(std::io::stderr().lock());
    }
    *host.stops.mode() = before;
    typed
}

fn gather(from: &Receiver<Event>, line: &Line) -> Typed {
    let mut bytes = Vec::new();
    loop {
        match from.recv() {
            Ok(Event::Bytes(more)) => bytes.extend(more),
            Ok(Event::End) => return Typed { bytes, is_stopped: false },
            Ok(Event::Stop) | Err(_) => break,
        }
    }
    line.rest();
    loop {
        match from.recv_timeout(REST_WAIT) {
            Ok(Event::Bytes(more)) => bytes.extend(more),
            // A second one, as a computer that shuts down sends, takes the line with it no more than the first.
            Ok(Event::Stop) => {}
            Ok(Event::End) | Err(_) => break,
        }
    }
    Typed { bytes, is_stopped: true }
}

fn hand_over(to: &Sender<Event>, only_a_line: bool) {
    let stdin = std::io::stdin();
    loop {
        let mut lock = stdin.lock();
        let (bytes, ends) = match lock.fill_buf() {
            // The end of a terminal that was closed is no Ctrl-D.
            Ok([]) if stdin.is_terminal() => (Vec::new(), Some(Event::End)),
            Ok([]) => (Vec::new(), Some(Event::Stop)),
            Ok(some) => {
                let end = some.iter().position(|byte| *byte == b'\n').filter(|_| only_a_line);
                let upto = end.map_or(some.len(), |at| at + 1);
                (some.get(..upto).unwrap_or(some).to_vec(), end.map(|_| Event::End))
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => (Vec::new(), Some(Event::Stop)),
        };
        lock.consume(bytes.len());
        drop(lock);
        let is_sent = bytes.is_empty() || to.send(Event::Bytes(bytes)).is_ok();
        if let Some(ends) = ends {
            let _ = to.send(ends);
            return;
        }
        if !is_sent {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_keys;

    #[test]
    fn keys_that_are_no_signs_leave_no_trace() {
        assert_eq!(without_keys("tea \u{1b}[D\u{1b}[1;5Cnow\u{1b}OP\u{7}\n"), "tea now\n");
        let family = "Amma \u{1f469}\u{200d}\u{1f467}, \u{645}\u{627}\u{200e}\t[D]";
        assert_eq!(without_keys(family), family);
    }
}
