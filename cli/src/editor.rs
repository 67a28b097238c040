//! The person's own editor, over a file that only they can read and that is wiped after it.

use crate::failure::{Done, Trouble};
use crate::host::Host;
use crate::prompt;
use belay::error::{Code, Error, Field};
use std::io::{Seek, SeekFrom, Write};
use std::process::Command;

/// Where such a file lies best: memory first, so that nothing reaches a disk.
fn folder() -> std::path::PathBuf {
    let in_memory = std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from).filter(|path| path.is_dir());
    in_memory.unwrap_or_else(std::env::temp_dir)
}

/// Lets the person write; without an editor, what is typed until the end of input (Ctrl-D) counts.
pub fn edit(host: &Host, before: &str) -> Done<String> {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var(name).ok().filter(|is| !is.is_empty()));
    let Some(editor) = named else {
        if before.is_empty() {
            host.page.line(&host.say("term-write-here", &[]));
            return prompt::all_input(Field::Body);
        }
        return Err(host.told_with("Usage", "term-editor-none", &[], "EDITOR", 2));
    };
    let mut file =
        tempfile::Builder::new().prefix("belay-").suffix(".txt").tempfile_in(folder()).map_err(Error::from)?;
    file.write_all(before.as_bytes()).and_then(|()| file.flush()).map_err(Error::from)?;
    // An editor may be named with arguments of its own.
    let mut words = editor.split_whitespace();
    let ran = Command::new(words.next().unwrap_or_default()).args(words).arg(file.path()).status();
    let after = std::fs::read_to_string(file.path());
    wipe(&mut file);
    match ran {
        Ok(status) if status.success() => {}
        Ok(_) => return Err(prompt::stopped(host)),
        Err(_) => return Err(host.told_with("Usage", "term-editor-none", &[], "EDITOR", 2)),
    }
    let after = after.map_err(|_| Trouble::from(Code::InvalidText.of(Field::Body)))?;
    Ok(after.strip_suffix('\n').map(str::to_owned).unwrap_or(after))
}

/// Overwrites what was written; an editor that wrote a new file in its place is overwritten too.
fn wipe(file: &mut tempfile::NamedTempFile) {
    let length = std::fs::metadata(file.path()).map_or(0, |facts| facts.len());
    let zeros = vec![0; usize::try_from(length).unwrap_or_default()];
    let _ = std::fs::write(file.path(), &zeros);
    let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&zeros));
}
