//! What is asked of the person: on a terminal typed, elsewhere read line by line from standard input.

use crate::failure::{Done, EXIT_STOPPED, Told, Trouble};
use crate::host::Host;
use crate::output::wrapped;
use crate::typed::Stopped;
use belay::command::TextTarget;
use belay::companion::Companion;
use belay::error::{Code, Field};
use belay::library::{Arg, strip_isolates};
use belay::secret::SecretText;
use belay::view::{Answer, Ask, At, NoteFilter};
use std::io::{BufRead, IsTerminal, Read};

/// Most bytes that are read of a text: a body of four-byte signs, and some more so that too long is said as such.
const TEXT_MAX_BYTES: u64 = 1024 * 1024;
/// The word to type when the recovery notice was understood. It is the same in every language.
pub const UNDERSTOOD: &str = "understood";

/// Whether somebody sits at the keyboard.
pub fn is_typed() -> bool {
    std::io::stdin().is_terminal()
}

/// A line from standard input that is no terminal, without its end; nothing where it is over.
pub fn line() -> Done<Option<String>> {
    let mut text = String::new();
    let mut input = std::io::stdin().lock().take(TEXT_MAX_BYTES);
    let got = input.read_line(&mut text).map_err(belay::error::Error::from)?;
    Ok((got > 0).then(|| text.trim_end_matches(['\n', '\r']).to_owned()))
}

/// Asks for a line. On a terminal what is typed follows the question.
pub fn ask(host: &Host, id: &str, args: &[(&str, Arg<'_>)]) -> Done<Option<String>> {
    ask_or_stop(host, id, args)?.map_err(|Stopped| stopped(host))
}

/// The same, where a stop means something else than that nothing was changed.
pub fn ask_or_stop(host: &Host, id: &str, args: &[(&str, Arg<'_>)]) -> Done<Result<Option<String>, Stopped>> {
    let question = wrapped(&host.say(id, args), host.page.width());
    if is_typed() {
        return Ok(crate::typed::line(host, &format!("{question} ")));
    }
    host.page.line(&question);
    Ok(Ok(line()?))
}

/// Asks for a secret without showing it; there must be a terminal.
pub fn secret(host: &Host, id: &str) -> Done<SecretText> {
    let question = strip_isolates(&host.say(id, &[]));
    let asked = || rpassword::prompt_password(format!("{question} "));
    match host.stops.while_hidden(&strip_isolates(&host.say("term-stopped", &[])), asked) {
        Ok(typed) => Ok(SecretText::new(typed)),
        Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(stopped(host)),
        // Ctrl-D: somebody is there, and does not want to. What is said of it begins on a line of its own.
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            host.beside("");
            Err(stopped(host))
        }
        Err(_) if id == "term-words-recovery-ask" => Err(host.told("Locked", "term-words-nowhere", 5)),
        Err(_) => Err(host.told_with("Locked", "term-passphrase-nowhere", &[], "BELAY_PASSPHRASE", 5)),
    }
}

/// Stopped by the person.
pub fn stopped(host: &Host) -> Trouble {
    host.beside(&host.say("term-stopped", &[]));
    Trouble::Silent(EXIT_STOPPED)
}

/// The recovery notice, and the word that says that it was understood. Without a terminal nobody reads it.
pub fn acknowledge(host: &Host, companion: &Companion) -> Done {
    // Whoever stopped it is not asked once more.
    if !is_typed() || host.stops.came() {
        return Err(unread(host, companion));
    }
    for id in ["term-words-second", "term-words-third"] {
        host.page.line(&host.say(id, &[]));
    }
    understood(host, companion)
}

/// What is to be read first was not: it waits for a terminal.
fn unread(host: &Host, companion: &Companion) -> Trouble {
    later(host, companion, "term-notice-nowhere", 7)
}

/// The words wait to be marked as written down. They are shown once, so where they are on no paper a new vault is the way,
/// and nothing is lost by it while this one is empty.
fn later(host: &Host, companion: &Companion, id: &str, exit: u8) -> Trouble {
    match begin_anew(host, companion) {
        Some(commands) => {
            let (label, next) = (host.say(id, &[]), host.say("term-notice-anew", &[]));
            let label = format!("{label} {}", host.say(&format!("{id}.next"), &[]));
            Told { code: "NeedsAcknowledgement".into(), label, next, command: commands, exit, ..Told::default() }.into()
        }
        None => host.told("NeedsAcknowledgement", id, exit),
    }
}

/// The commands that make another vault in place of this one, while nothing is in it.
pub fn begin_anew(host: &Host, companion: &Companion) -> Option<String> {
    unmarked(host, companion).filter(|(_, drafts)| *drafts == 0).map(|(commands, _)| commands)
}

/// The same where nothing but drafts is in it, with how many.
pub fn unmarked(host: &Host, companion: &Companion) -> Option<(String, u64)> {
    // Words just typed become a draft, in this very vault.
    if host.holds() {
        return None;
    }
    let trash = NoteFilter { tag: None, trash: true };
    let one = || At { limit: 1, total: true, ..At::default() };
    let asks = [Ask::Status, Ask::Drafts { at: one() }, Ask::Notes { filter: trash, at: one() }];
    let answers = companion.read(&asks, &host.now()).ok()?.answers;
    let [Answer::Status(status), Answer::Drafts(drafts), Answer::Notes(trash)] = answers.as_slice() else {
        return None;
    };
    let held = status.notes + status.goals + status.plans + status.kept_out;
    let is_empty = held == 0 && status.relationships.is_empty() && trash.rows.is_empty();
    let count = drafts.total.unwrap_or_default();
    let commands = || crate::commands::erase::and_anew(host).ok().map(|commands| (commands, count));
    (is_empty && !status.acknowledged).then(commands).flatten()
}

/// Asks for the word until it comes; then it is kept that it came.
pub fn understood(host: &Host, companion: &Companion) -> Done {
    loop {
        match ask_or_stop(host, "term-words-understood", &[])? {
            Err(Stopped) => return Err(later(host, companion, "term-notice-later", EXIT_STOPPED)),
            Ok(Some(typed)) if typed.trim().eq_ignore_ascii_case(UNDERSTOOD) => break,
            Ok(Some(_)) if is_typed() => {}
            _ => return Err(later(host, companion, "term-notice-later", 7)),
        }
    }
    Ok(companion.acknowledge_recovery(&host.now())?)
}

/// Words for something: those given, else standard input where it is no terminal, else the person's editor.
pub fn words(host: &Host, given: &[String], before: &str) -> Done<String> {
    words_for(host, given, before, None)
}

/// The same, with where they are kept if the command does not keep them.
pub fn words_for(host: &Host, given: &[String], before: &str, target: Option<&TextTarget>) -> Done<String> {
    if !given.is_empty() {
        return Ok(given.join(" "));
    }
    if is_typed() {
        return crate::editor::edit(host, before, target);
    }
    let text = all_input(host, Field::Text)?;
    // An empty pipe is no wish to empty what is there.
    if text.trim().is_empty() && !before.is_empty() {
        return Err(Code::Empty.of(Field::Text).into());
    }
    Ok(text)
}

/// Everything on standard input, without the line end that closes it.
pub fn all_input(host: &Host, field: Field) -> Done<String> {
    text_of(host, all_bytes(field)?)
}

/// Everything on standard input.
pub fn all_bytes(field: Field) -> Done<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(TEXT_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(belay::error::Error::from)?;
    if bytes.len() as u64 > TEXT_MAX_BYTES {
        let max = usize::try_from(TEXT_MAX_BYTES).unwrap_or(usize::MAX);
        return Err(Code::TooBig.of(field).max(max).actual(bytes.len()).into());
    }
    Ok(bytes)
}

/// Bytes of a file as text, without the line end that closes it. Which signs others were meant to be, the file does not say.
fn text_of(host: &Host, bytes: Vec<u8>) -> Done<String> {
    let other = "iconv -f WINDOWS-1252 -t UTF-8 FILE | belay note add";
    let text =
        String::from_utf8(bytes).map_err(|_| host.told_with("InvalidText", "term-text-other-signs", &[], other, 3))?;
    Ok(without_end(text))
}

/// Words as text. Where they are no UTF-8, an editor or a terminal wrote them in the older way of one byte a sign (Latin-1):
/// they are nowhere else, so that refusing them would lose them all.
pub fn readable(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|other| {
        let sign =
            |byte: &u8| if matches!(byte, 0x80..=0x9f) { char::REPLACEMENT_CHARACTER } else { char::from(*byte) };
        other.as_bytes().iter().map(sign).collect()
    })
}

/// A text without the line end that closes it.
pub fn without_end(text: String) -> String {
    let text = text.strip_suffix('\n').map(str::to_owned).unwrap_or(text);
    text.strip_suffix('\r').map(str::to_owned).unwrap_or(text)
}
