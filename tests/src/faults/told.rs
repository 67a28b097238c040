//! What a child said before it died, and what must, may and must not be shown after it.

use super::actor::{Seen, body, dropped, titles};
use super::deed::{Deed, Scenario};
use super::scene::Scene;
use std::collections::BTreeSet;

/// How far a deed came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Not,
    /// Begun, or refused: it may have happened, whole.
    Begun,
    Done,
}

/// A child's lines.
#[derive(Clone, Debug)]
pub struct Told {
    scenario: Scenario,
    came: Vec<Came>,
    /// What it could read after a deed that did not work.
    seen: Vec<(usize, Seen)>,
    /// Deeds that did not work, with the code and field that it was told.
    pub failed: Vec<(usize, String)>,
    /// Reads that did not work while the vault was open.
    pub unseen: Vec<(usize, String)>,
    /// Deeds that were not tried, since the vault did not open.
    pub shut: Vec<(usize, String)>,
    /// Whether a header copy was lost as well, after the child had ended.
    pub(super) lost_header: bool,
    /// Whether the disk took or gave nothing at all any more from some call on.
    pub(super) disk_broke: bool,
}

impl Told {
    /// Reads a child's lines.
    pub fn parse(scenario: Scenario, lines: &str) -> Self {
        let came = vec![Came::Not; scenario.deeds().len()];
        let mut told = Told {
            scenario,
            came,
            seen: vec![],
            failed: vec![],
            unseen: vec![],
            shut: vec![],
            lost_header: false,
            disk_broke: false,
        };
        for line in lines.lines() {
            let mut words = line.splitn(3, ' ');
            let (what, number) = (words.next().unwrap_or_default(), words.next().and_then(|word| word.parse().ok()));
            let number: usize = number.unwrap_or_else(|| panic!("a child said {line:?}"));
            let rest = words.next().unwrap_or_default().to_owned();
            let came = told.came.get_mut(number).expect("a deed of the scenario");
            match what {
                "begin" => *came = Came::Begun,
                "done" => *came = Came::Done,
                "failed" => told.failed.push((number, rest)),
                "seen" => told.seen.push((number, serde_json::from_str(&rest).expect("what was seen"))),
                "unseen" => told.unseen.push((number, rest)),
                "shut" => told.shut.push((number, rest)),
                "opened" => (),
                other => panic!("a child said {other:?}"),
            }
        }
        told
    }

    /// The same, with a header copy lost or not.
    #[must_use]
    pub fn with_lost_header(self, lost_header: bool) -> Self {
        Told { lost_header, ..self }
    }

    /// The same, of a disk that broke for good or did not.
    #[must_use]
    pub fn with_disk_broken(self, disk_broke: bool) -> Self {
        Told { disk_broke, ..self }
    }

    /// How far each deed came, in order.
    pub(super) fn deeds(&self) -> impl Iterator<Item = (Deed, Came)> + '_ {
        self.scenario.deeds().iter().copied().zip(self.came.iter().copied())
    }

    /// How far a deed that is done once came.
    pub(super) fn of(&self, deed: Deed) -> Came {
        self.deeds().find(|(other, _)| *other == deed).map_or(Came::Not, |(_, came)| came)
    }

    /// Whether everything was done.
    pub fn is_whole(&self) -> bool {
        self.came.iter().all(|came| *came == Came::Done)
    }

    /// What a child read after a deed that did not work must have been what was confirmed by then.
    pub fn check_readings(&self, scene: &Scene) {
        for (number, seen) in &self.seen {
            self.check_up_to(scene, *number + 1, seen);
            self.check_drops(*number + 1, false, seen);
        }
    }

    /// What is shown afterwards is all that was confirmed, and of the rest the whole or nothing.
    pub fn check(&self, scene: &Scene, seen: &Seen) {
        self.check_up_to(scene, self.came.len(), seen);
        self.check_drops(self.came.len(), true, seen);
    }

    /// What is in the box comes with an unlock that could take it out, and never twice.
    fn check_drops(&self, end: usize, must: bool, seen: &Seen) {
        for (deed, came) in self.deeds().take(end) {
            let Deed::Drop(number) = deed else { continue };
            let shown = seen.notes.get(&dropped(number)).map(Vec::as_slice).unwrap_or_default();
            assert!(shown.len() <= 1 && (came != Came::Not || shown.is_empty()), "{deed:?} {came:?}: {}", shown.len());
            assert!(!must || came != Came::Done || shown.len() == 1, "{deed:?} was confirmed and is gone");
            assert!(shown.iter().all(|words| *words == body(&dropped(number))), "{deed:?} reads otherwise");
        }
    }

    fn check_up_to(&self, scene: &Scene, end: usize, seen: &Seen) {
        let mut allowed = BTreeSet::from(["kept".to_owned(), "after".to_owned()]);
        for (deed, came) in self.deeds().take(end) {
            if let Deed::Drop(number) = deed {
                allowed.insert(dropped(number));
            }
            let Deed::Save(number) = deed else { continue };
            let shown = titles(number).map(|title| seen.notes.get(&title).map_or(0, Vec::len));
            assert!(shown == [1, 1] || (shown == [0, 0] && came != Came::Done), "{deed:?} {came:?}: {shown:?} shown");
            for title in titles(number) {
                let words = seen.notes.get(&title).into_iter().flatten();
                assert!(words.into_iter().all(|words| *words == body(&title)), "{title} reads otherwise");
                allowed.insert(title);
            }
        }
        let strange = seen.notes.keys().find(|title| !allowed.contains(*title));
        assert_eq!(strange, None, "nobody wrote this");
        if self.scenario != Scenario::Create {
            self.check_kept(end, seen);
            self.check_lines(scene, end, seen);
        }
    }

    fn check_kept(&self, end: usize, seen: &Seen) {
        let mut may = vec!["before 61".to_owned()];
        for (deed, came) in self.deeds().take(end) {
            let Deed::Edit(number) = deed else { continue };
            match came {
                Came::Not => (),
                Came::Begun => may.push(body(&format!("edit {number}"))),
                Came::Done => may = vec![body(&format!("edit {number}"))],
            }
        }
        let shown = seen.notes.get("kept").map(Vec::as_slice).unwrap_or_default();
        let begins = shown.iter().map(|words| words.chars().take(20).collect::<String>()).collect::<Vec<_>>();
        assert!(matches!(shown, [words] if may.contains(words)), "the note that was there before reads {begins:?}");
    }

    fn check_lines(&self, scene: &Scene, end: usize, seen: &Seen) {
        let (mut must, mut may) = (BTreeSet::new(), BTreeSet::new());
        let theirs = scene.lines();
        for (deed, came) in self.deeds().take(end).filter(|(_, came)| *came != Came::Not) {
            let lines = match deed {
                Deed::Take(number) => theirs.iter().take(Scene::lines_after(number)).cloned().collect(),
                Deed::Line(number) => vec![format!("Mara {number}")],
                _ => Vec::new(),
            };
            may.extend(lines.iter().cloned());
            if came == Came::Done {
                must.extend(lines);
            }
        }
        let shown: BTreeSet<String> = seen.lines.iter().cloned().collect();
        assert_eq!(shown.len(), seen.lines.len(), "a line is told twice: {:?}", seen.lines);
        assert!(must.is_subset(&shown), "lines that were confirmed are gone: {:?} of {must:?}", seen.lines);
        assert!(shown.is_subset(&may), "lines that nobody wrote: {:?}", seen.lines);
    }
}
