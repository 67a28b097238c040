//! Random worlds: whatever happens, an answer that is another now was watched for what happened.

use super::cases;
use super::screens::{Screens, Tally, asks, ideas};
use belay::clock::Moment;
use belay::command::{
    Command, ConsentCommand, Decision, DraftCommand, ForgetCommand, GiftDraft, GoalCommand, GoalDraft, KeptOutCommand,
    NoteCommand, NoteDraft, NoteField, RelationshipCommand, TextTarget, WithTitle,
};
use belay::companion::UnlockWith;
use belay::document::Step;
use belay::document::goal::GoalStage;
use belay::exchange::Scope;
use belay::exchange::pairing::InviteTerms;
use belay::ids::{DocId, ElementId, SpaceId};
use belay::secret::SecretText;
use belay::space::Role;
use belay::view::{Answer, Ask, At, ShareFilter};
use belay_tests::{Act, Chance, Circle, Device, Forge, PASSPHRASE, Plan, World, next_act, text, until_quiet, whole};
use proptest::prelude::*;

fn typed() -> UnlockWith {
    UnlockWith::Passphrase(SecretText::new(PASSPHRASE.to_owned()))
}

/// A story in the making: every document and idea that was ever seen stays asked for.
struct Story {
    circle: Circle,
    chance: Chance,
    docs: Vec<DocId>,
    ideas: Vec<ElementId>,
    tally: Tally,
    /// Screens show one moment, so that nothing changes by time.
    at: Moment,
}

impl Story {
    fn device(&self, at: usize) -> &Device {
        &self.circle.devices[at]
    }

    fn note_act(&mut self, who: usize, mark: &str) -> Option<Command> {
        let Answer::Notes(page) = self.device(who).ask(Ask::Notes { filter: Default::default(), at: At::default() })
        else {
            panic!("notes")
        };
        let note = self.chance.pick(&self.docs).copied();
        let row = self.chance.pick(&page.rows).map(|row| row.id).or(note);
        let tag = || text("sleep");
        let edit = |this: &Self, note| match this.device(who).ask(Ask::Note { id: note }) {
            Answer::Note(shown) => {
                let words = whole(&format!("{} {mark}", shown.body.as_str()));
                Some(NoteCommand::Edit { note, field: NoteField::Body, base: shown.rev, text: words })
            }
            _ => None,
        };
        if let Some(command) = self.keep_or_give(who, row, mark) {
            return Some(command);
        }
        let command = match (self.chance.below(8), row) {
            (1, Some(note)) => NoteCommand::AddTag { note, tag: tag() },
            (2, Some(note)) => NoteCommand::TakeTag { note, tag: tag() },
            (3, Some(note)) => NoteCommand::Pin { note },
            (4, Some(note)) => NoteCommand::Trash { note },
            (5, _) => NoteCommand::Restore { note: note? },
            (6 | 7, Some(note)) => edit(self, note)?,
            _ => {
                let draft = NoteDraft { title: text(mark), body: text("Three hours."), tags: vec![tag()] };
                NoteCommand::Create { draft }
            }
        };
        Some(command.command())
    }

    /// Words kept for later, a copy given or taken back; mostly nothing.
    fn keep_or_give(&mut self, who: usize, note: Option<DocId>, mark: &str) -> Option<Command> {
        let note = note?;
        match self.chance.below(8) {
            0 => {
                Some(DraftCommand::Keep { target: TextTarget::Note { note }, text: text(mark), before: None }.command())
            }
            1 => Some(DraftCommand::Discard { target: TextTarget::Note { note } }.command()),
            2 => {
                let (to, language) = (self.circle.space, "en".to_owned());
                let gift = GiftDraft { note, part: None, title: WithTitle::Included, to, language };
                let device = self.device(who);
                let preview = device.companion.preview(&gift.clone().unseen(), &device.at()).ok()?.hash;
                Some(ConsentCommand::Give { gift, preview }.command())
            }
            3 => {
                let Answer::Shares(page) =
                    self.device(who).ask(Ask::Shares { filter: ShareFilter::default(), at: At::default() })
                else {
                    panic!("copies")
                };
                let copy = self.chance.pick(&page.rows)?.id;
                Some(ConsentCommand::TakeBack { copy }.command())
            }
            _ => None,
        }
    }

    /// Something a person does; what it was, for a message.
    fn act(&mut self, who: usize, mark: &str) -> String {
        let space = self.circle.space;
        let command = match self.chance.below(20) {
            0..=10 => {
                let Story { circle, chance, .. } = self;
                next_act(&circle.devices[who], &space, mark, chance)
            }
            11..=15 => self.note_act(who, mark),
            16 => {
                let space = self.chance.percent(60).then_some(space);
                Some(RelationshipCommand::MyName { space, name: text(mark) }.command())
            }
            17 => Some(RelationshipCommand::Nickname { space, name: text(mark) }.command()),
            18 => self.chance.pick(&self.docs).copied().map(|doc| match mark.len() % 2 {
                0 => ForgetCommand::Everything { doc }.command(),
                _ => ForgetCommand::Past { doc }.command(),
            }),
            _ => {
                let Answer::KeptOut(page) = self.device(who).ask(Ask::KeptOut { at: At::default() }) else { panic!() };
                self.chance.pick(&page.rows).map(|row| KeptOutCommand::Adopt { batch: row.id }.command())
            }
        };
        let Some(command) = command else { return "nothing".to_owned() };
        let did = format!("{command:?}");
        let device = self.device(who);
        if let Ok(applied) = device.companion.apply(&[command], None, &device.at()) {
            let since = device.companion.changes_since(applied.commit - 1).expect("open");
            assert_eq!(applied.changes, since, "what a command gives is what can be asked for");
            self.docs.extend(applied.outcomes.iter().filter_map(|outcome| outcome.made));
            self.ideas.extend(applied.outcomes.iter().filter_map(|outcome| outcome.element));
        }
        did
    }

    /// Something that is done with the vault itself.
    fn deed(&mut self, who: usize) -> String {
        let (space, chance) = (self.circle.space, self.chance.below(8));
        let device = &mut self.circle.devices[who];
        let at = device.at();
        match chance {
            0 => {
                let _ = device.companion.pair_invite(InviteTerms::relationship(Role::Person), "Ana", &at);
            }
            1 => {
                for step in device.companion.pairings(&at).expect("open") {
                    let _ = device.companion.pair_cancel(&step.id, &at);
                }
            }
            2 => device.rest(),
            3 => device.die_and_return(),
            4 => {
                let words = device.words().clone();
                let _ = device.companion.test_all_words(&words, &at);
            }
            5 => {
                let rows = device.companion.devices(&space).expect("open");
                let other = rows.iter().find(|row| row.mine && !row.this && row.active);
                let removed = other.map(|row| device.companion.remove_device(&space, &row.id, &typed(), &at));
                return format!("remove_device {removed:?}");
            }
            6 => {
                if let Some(doc) = self.docs.last() {
                    device.freeze(doc);
                }
            }
            _ => {
                let _ = device.companion.drop_forgotten(&at);
                let forgotten = match device.ask(Ask::Forgotten) {
                    Answer::Forgotten(rows) => rows.into_iter().map(|row| row.doc).collect::<Vec<_>>(),
                    _ => Vec::new(),
                };
                let _ = device.companion.purge(&forgotten, &typed(), &at);
            }
        }
        format!("deed {chance}")
    }

    /// One device tells another what it holds.
    fn tell(&mut self, from: usize, to: usize) {
        let (teller, listener) = (self.device(from), self.device(to));
        let bundle = match self.circle.of_one_member(from, to) {
            true => self.circle.everything(from, to, &self.circle.space),
            false => match teller.companion.bundle_out(&self.circle.space, Scope::Everything, &teller.at()) {
                Ok(made) => made.bytes,
                Err(_) => return,
            },
        };
        let _ = listener.take(&bundle);
    }

    /// One step on one device, and what its screens say of it.
    fn step(&mut self, number: usize) {
        let count = self.circle.devices.len();
        let (who, at) = (self.chance.below(count), self.at.clone());
        self.ideas.extend(ideas(self.device(who)));
        let (docs, known, mut chance) = (self.docs.clone(), self.ideas.clone(), self.chance.clone());
        self.chance.roll();
        let before = Screens::open(self.device(who), asks(&docs, &known, &mut chance), &at);
        let did = match self.chance.below(10) {
            0..=5 => self.act(who, &format!("[{who}.{number}]")),
            6 => self.deed(who),
            _ => {
                let other = (who + 1 + self.chance.below(count - 1)) % count;
                if self.chance.percent(70) {
                    self.tell(other, who);
                    format!("hear from {other}")
                } else {
                    self.tell(who, other);
                    format!("tell {other}")
                }
            }
        };
        let after = before.again(self.device(who), &at);
        let changes = self.circle.devices[who].companion.changes_since(before.commit).expect("open");
        self.tally.compare(&self.circle.devices[who], &before, &after, &changes, &did);
    }
}

fn told(seed: u64, steps: usize) -> Tally {
    let world = World::new(format!("watching {seed}"));
    let circle = Circle::new(&world, 2, 1);
    let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
    circle.tell_everything();
    let at = circle.devices[0].at();
    let chance = Chance::new(seed);
    let mut story = Story { circle, chance, docs: vec![plan.id], ideas: Vec::new(), tally: Tally::default(), at };
    for number in 0..steps {
        story.step(number);
    }
    story.tally
}

proptest! {
    #![proptest_config(cases(2))]
    #[test]
    fn an_answer_that_changes_was_watched_for_what_changed_it(seed in any::<u64>()) {
        let tally = told(seed, 30);
        let changed: u64 = tally.changed.values().sum();
        // Always met would be easy.
        prop_assert!(changed > 10 && tally.left_alone > 5 * tally.met_in_vain, "{tally:?}");
    }
}

/// An act that changes what one ask answers, and is told to whoever watches that.
#[track_caller]
fn changes(on: &Device, ask: &Ask, act: impl FnOnce()) {
    let at = on.at();
    let before = Screens::open(on, vec![ask.clone()], &at);
    act();
    let after = before.again(on, &at);
    let told = on.companion.changes_since(before.commit).expect("open");
    assert_ne!(before.answers, after.answers, "{ask:?}");
    assert!(before.watch[0].is_met_by(&told), "{ask:?} {:?} {told:#?}", before.watch[0]);
}

#[test]
fn every_ask_is_seen_to_change_and_to_be_told_of_it() {
    let world = World::new("every ask");
    let (mara, theo, space) = world.mara_and_theo();
    let at = At::default;
    let draft = |words: &str| NoteDraft { body: text(words), ..NoteDraft::default() };
    let create = |words: &str| mara.apply(NoteCommand::Create { draft: draft(words) }).made.expect("a note");
    let note = create("Night");
    changes(&mara, &Ask::Notes { filter: Default::default(), at: at() }, || _ = create("Day"));
    changes(&mara, &Ask::Search { query: "radio".into(), at: at() }, || _ = create("The radio"));
    changes(&mara, &Ask::Note { id: note }, || _ = mara.apply(NoteCommand::Pin { note }));
    changes(&mara, &Ask::History { of: note, at: at() }, || _ = mara.apply(NoteCommand::Unpin { note }));
    changes(&mara, &Ask::Home, || _ = create("Evening"));
    changes(&mara, &Ask::States, || _ = create("Morning"));
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    changes(&mara, &Ask::Plans { at: at() }, || _ = Plan::made_by(&mara, None, "safety"));
    changes(&mara, &Ask::Plan { id: plan.id }, || _ = mara.apply(plan.add("toolbox", "Tea")));
    let goal = || GoalDraft { title: text("River"), towards: text("Calm"), ..GoalDraft::default() };
    let begin = || mara.apply(GoalCommand::Create { space: None, draft: goal() }).made.expect("a goal");
    let river = begin();
    changes(&mara, &Ask::Goals { at: at() }, || _ = begin());
    let stage = GoalStage::Active;
    changes(&mara, &Ask::Goal { id: river }, || _ = mara.apply(GoalCommand::SetStage { goal: river, stage }));
    until_quiet(&mara, &theo, &space);
    let mut walk = None;
    changes(&mara, &Ask::Waiting { at: at() }, || {
        walk = theo.apply(plan.suggest("toolbox", "Walk")).element;
        mara.take(&theo.bundle(&space)).expect("a bundle");
    });
    let idea = walk.expect("an idea");
    changes(&mara, &Ask::Idea { id: idea }, || _ = mara.apply(Plan::decide(idea, Decision::Add(0))));
    let kept = TextTarget::NoteTitle { note };
    let keep = |words: &str| mara.apply(DraftCommand::Keep { target: kept.clone(), text: text(words), before: None });
    changes(&mara, &Ask::Drafts { at: at() }, || _ = keep("Ni"));
    changes(&mara, &Ask::Draft { target: kept.clone() }, || _ = keep("Nig"));
    let (part, title, language) = (None, WithTitle::LeftOut, "en".to_owned());
    let gift = GiftDraft { note, part, title, to: space, language };
    let mut copy = None;
    changes(&mara, &Ask::Shares { filter: ShareFilter::default(), at: at() }, || {
        let preview = mara.companion.preview(&gift.clone().unseen(), &mara.at()).expect("a note of hers").hash;
        copy = mara.apply(ConsentCommand::Give { gift: gift.clone(), preview }).made;
    });
    let copy = copy.expect("a copy");
    until_quiet(&mara, &theo, &space);
    changes(&theo, &Ask::Copy { id: copy }, || {
        mara.apply(ConsentCommand::TakeBack { copy });
        theo.take(&mara.bundle(&space)).expect("a bundle");
    });
    changes(&mara, &Ask::Relationships, || theo_hears(&mara, &theo, &space));
    let called = |name: &str| mara.apply(RelationshipCommand::Nickname { space, name: text(name) });
    changes(&mara, &Ask::Audience { of: plan.id }, || _ = called("Theodor"));
    changes(&mara, &Ask::Repairs, || mara.freeze(&note));
    let words = mara.words().clone();
    changes(&mara, &Ask::Status, || mara.companion.test_all_words(&words, &mara.at()).expect("the words"));
    changes(&mara, &Ask::Forgotten, || _ = mara.apply(ForgetCommand::Everything { doc: river }));
    changes(&mara, &Ask::KeptOut { at: at() }, || {
        // His phone writes in what is hers alone.
        let (forge, birth) = (Forge::with_keys_of(&theo, &space), Forge::birth_of(&theo, &plan.id));
        let title = Step::Set(vec!["template".to_owned()], "crisis".into());
        let batch = forge.batch(&birth, Forge::doc_of(&theo, &birth), &[title], |_| {});
        mara.take(&forge.bundle_for(&mara, &[batch])).expect("a bundle");
    });
}

/// Mara's changes go to Theo, and what he holds then comes back.
fn theo_hears(mara: &Device, theo: &Device, space: &SpaceId) {
    theo.take(&mara.bundle(space)).expect("a bundle");
    mara.take(&theo.bundle(space)).expect("a bundle");
}
