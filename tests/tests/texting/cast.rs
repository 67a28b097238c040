//! Who types, and in what.

use belay::command::{NoteCommand, NoteDraft, TextTarget};
use belay::ids::{DocId, SpaceId};
use belay::view::{Answer, Ask, At, DraftRow, NoteDetail, PlanDetail};
use belay_tests::{Device, Plan, World, text, until_quiet};

/// A part of the plan "wellness" that both write, and one that is the person's.
pub const BOTH: &str = "looking-after-us";
pub const OWN: &str = "toolbox";

/// A note, and the field of its body.
pub fn note(on: &Device, body: &str) -> (DocId, TextTarget) {
    let draft = NoteDraft { body: text(body), title: text("Nights"), tags: Vec::new() };
    let note = on.apply(NoteCommand::Create { draft }).made.expect("a note");
    (note, TextTarget::Note { note })
}

pub fn shown(on: &Device, note: DocId) -> NoteDetail {
    match on.ask(Ask::Note { id: note }) {
        Answer::Note(note) => *note,
        other => panic!("{other:?}"),
    }
}

pub fn body(on: &Device, note: DocId) -> String {
    shown(on, note).body.into_string()
}

/// What waits to be gone on with.
pub fn drafts(on: &Device) -> Vec<DraftRow> {
    match on.ask(Ask::Drafts { at: At::default() }) {
        Answer::Drafts(page) => {
            assert_eq!(page.total, page.rows.len() as u64);
            page.rows
        }
        other => panic!("{other:?}"),
    }
}

/// Two people with a plan that has one line in a part that both write.
pub struct Two {
    pub mara: Device,
    pub theo: Device,
    pub space: SpaceId,
    pub plan: Plan,
    pub line: TextTarget,
    // Last, so that it outlives the devices in it.
    _world: World,
}

impl Two {
    pub fn with_line(seed: &str, words: &str) -> Two {
        let world = World::new(seed);
        let (mut mara, mut theo, space) = world.mara_and_theo();
        mara.use_keystore();
        theo.use_keystore();
        let plan = Plan::made_by(&mara, Some(space), "wellness");
        let entry = mara.apply(plan.add(BOTH, words)).element.expect("a line");
        until_quiet(&mara, &theo, &space);
        let line = TextTarget::PlanEntry { plan: plan.id, entry };
        Two { mara, theo, space, plan, line, _world: world }
    }

    /// Theo's words come to Mara.
    #[track_caller]
    pub fn to_mara(&self) {
        self.mara.take(&self.theo.bundle(&self.space)).expect("a good bundle");
    }

    #[track_caller]
    pub fn to_theo(&self) {
        self.theo.take(&self.mara.bundle(&self.space)).expect("a good bundle");
    }

    pub fn line_on(&self, device: &Device) -> String {
        line_of(device, &self.line)
    }
}

pub fn plan_on(device: &Device, plan: DocId) -> PlanDetail {
    match device.ask(Ask::Plan { id: plan }) {
        Answer::Plan(plan) => *plan,
        other => panic!("{}: {other:?}", device.name),
    }
}

/// How a line reads on a device.
#[track_caller]
pub fn line_of(device: &Device, line: &TextTarget) -> String {
    let TextTarget::PlanEntry { plan, entry } = line else { panic!("a line") };
    let entries = plan_on(device, *plan).parts.into_iter().flat_map(|part| part.entries);
    let found = entries.into_iter().find(|line| line.id == *entry);
    found.expect("the line is there").text.into_string()
}
