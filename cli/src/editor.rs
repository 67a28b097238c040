//! The person's own editor, over a file that only they can read and that is wiped after it.

use crate::failure::Done;
use crate::host::Host;
use crate::prompt;
use belay::command::TextTarget;
use belay::error::Error;
use belay::library::Arg;
use std::io::{Seek, SeekFrom, Write};
use std::process::Command;

/// How an editor is chosen, in the words of most shells.
const EDITOR_NEXT: &str = "export EDITOR=nano";

/// The editor that was chosen.
pub fn named() -> Option<String> {
    ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var(name).ok().filter(|is| !is.is_empty()))
}

/// Where such a file lies best: memory first, so that nothing reaches a disk.
fn folder() -> std::path::PathBuf {
    let in_memory = std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from).filter(|path| path.is_dir());
    in_memory.unwrap_or_else(std::env::temp_dir)
}

/// Lets the person write; without an editor, what is typed until the end of input (Ctrl-D) counts. What comes of it is held
/// for `target` until a command keeps it ([`Host::hold`]), also where the editor ends as if nothing was to be kept.
pub fn edit(host: &Host, before: &str, target: Option<&TextTarget>) -> Done<String> {
    // Whoever cannot open the vault finds out before writing.
    host.open()?;
    let Some(editor) = named() else {
        if before.is_empty() {
            host.stops.hold();
            host.page.line(&host.say("term-write-here", &[]));
            let typed = crate::typed::text(host);
            let is_cut = may_be_cut(&typed.bytes);
            let is_stopped = typed.is_stopped;
            let words = typed.words();
            if !words.trim().is_empty() {
                host.hold(target, before, &words);
            }
            return match is_stopped {
                true => Err(prompt::stopped(host)),
                false if is_cut => Err(host.told_with("Usage", "term-typed-cut", &[], EDITOR_NEXT, 2)),
                false => Ok(words),
            };
        }
        return Err(host.told_with("Usage", "term-editor-none", &[], EDITOR_NEXT, 2));
    };
    let mut file =
        tempfile::Builder::new().prefix("belay-").suffix(".txt").tempfile_in(folder()).map_err(Error::from)?;
    file.write_all(before.as_bytes()).and_then(|()| file.flush()).map_err(Error::from)?;
    // Whoever closes the terminal now, or shuts the computer down, left words in that file.
    host.stops.hold();
    // An editor may be named with arguments of its own.
    let mut words = editor.split_whitespace();
    let ran = Command::new(words.next().unwrap_or_default()).args(words).arg(file.path()).status();
    host.stops.answered();
    let after = std::fs::read(file.path()).map(prompt::readable);
    wipe(&mut file);
    let after = after.map(|after| after.strip_suffix('\n').map(str::to_owned).unwrap_or(after));
    if let Ok(after) = &after
        && after != before
        && !after.trim().is_empty()
    {
        host.hold(target, before, after);
    }
    match ran {
        Ok(status) if status.success() && !host.stops.came() => Ok(after.map_err(Error::from)?),
        Ok(_) => Err(prompt::stopped(host)),
        Err(_) => {
            let name = editor.split_whitespace().next().unwrap_or_default();
            Err(host.told_with("Usage", "term-editor-missing", &[("editor", Arg::Text(name))], EDITOR_NEXT, 2))
        }
    }
}

/// Bytes of a typed line that a terminal hands on, its end not among them: it drops what comes after them (`N_TTY_BUF_SIZE` on
/// Linux, `MAX_CANON` elsewhere).
const LINE_BYTES: usize = if cfg!(target_os = "linux") { 4_095 } else { 1_023 };

fn may_be_cut(typed: &[u8]) -> bool {
    typed.split(|byte| *byte == b'\n').any(|line| line.len() >= LINE_BYTES)
}

/// Overwrites what was written; an editor that wrote a new file in its place is overwritten too.
fn wipe(file: &mut tempfile::NamedTempFile) {
    let length = std::fs::metadata(file.path()).map_or(0, |facts| facts.len());
    let zeros = vec![0; usize::try_from(length).unwrap_or_default()];
    let _ = std::fs::write(file.path(), &zeros);
    let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&zeros));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_as_long_as_a_terminal_hands_on_may_be_cut() {
        assert!(!may_be_cut(&[vec![b'a'; LINE_BYTES - 1], vec![b'b'; LINE_BYTES - 1]].join(&b'\n')));
        assert!(may_be_cut(&[b"short".to_vec(), vec![b'a'; LINE_BYTES], b"after".to_vec()].join(&b'\n')));
    }

    #[test]
    fn no_words_are_lost_to_another_way_of_writing_them() {
        assert_eq!(prompt::readable("café".into()), "café");
        assert_eq!(prompt::readable(b"caf\xe9 with Ana".to_vec()), "café with Ana");
        assert_eq!(prompt::readable(b"tea \x80 2".to_vec()), "tea \u{fffd} 2");
    }
}
