//! An app carries the sentences that it can say, and none that only the terminal says. Read in this program itself: it
//! is linked with the library as an app is.

use belay::companion::PhraseId;
use belay::error::Code;
use belay_ffi::outside::phrases;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Signs of a line that no other text has by chance.
const ENOUGH: usize = 24;

/// The lines of a catalogue that say something.
fn lines(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/library/phrases/en").join(file);
    let text = fs::read_to_string(&path).expect("a catalogue");
    let lines = text.lines().filter(|line| !line.starts_with('#') && line.len() >= ENOUGH);
    lines.map(str::to_owned).collect()
}

/// The failure of asking for the sentence that begins in this line; `None` inside if there is none.
fn asked(line: &str) -> Option<Option<Code>> {
    let (id, _) = line.split_once(" = ").filter(|(id, text)| !id.starts_with(' ') && !text.contains('{'))?;
    Some(phrases(&[PhraseId(id.to_owned())], &["en".to_owned()]).err().map(|failure| failure.code()))
}

#[test]
fn an_app_is_told_no_sentence_of_the_terminal_and_carries_none() {
    // What people reach through the object is linked too.
    std::hint::black_box(belay_ffi::BelayCore::open as *const ());
    let me = fs::read(std::env::current_exe().expect("a test has a file")).expect("it can be read");
    let carried: BTreeSet<&[u8]> = me.split(|byte| *byte == b'\n').filter(|line| line.len() >= ENOUGH).collect();
    let is_carried = |line: &&String| carried.contains(line.as_bytes());

    let screens = lines("screens.ftl");
    assert!(screens.len() > 15, "{} lines", screens.len());
    assert_eq!(screens.iter().filter(|line| !is_carried(line)).collect::<Vec<_>>(), [""; 0]);
    let terminal: Vec<String> = ["terminal.ftl", "demo.ftl"].into_iter().flat_map(lines).collect();
    assert!(terminal.len() > 400, "{} lines", terminal.len());
    assert_eq!(terminal.iter().filter(is_carried).collect::<Vec<_>>(), [""; 0]);

    // From the first call a panic's words are nowhere: what was found is told by a number.
    let refusals = |lines: &[String], code: Option<Code>| {
        let answers: Vec<_> = lines.iter().filter_map(|line| asked(line)).collect();
        (answers.len(), answers.iter().filter(|answer| **answer == code).count())
    };
    let (asked_for, answered) = refusals(&screens, None);
    let (of_terminal, unknown) = refusals(&terminal, Some(Code::NotFound));
    assert_eq!((asked_for, of_terminal), (answered, unknown));
    assert!(asked_for > 10 && of_terminal > 150, "{asked_for}, {of_terminal}");
}
