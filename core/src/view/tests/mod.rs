//! A real store, filled by real commands: Mara's phone, and Theo writing in the space they share.

mod history;
mod home;
mod notes;
mod paging;
mod people;
mod plans;

use super::*;
use crate::command::{
    Command, Desk, GoalCommand, Marks, Me, NoteCommand, NoteDraft, Outcome, PlanCommand, TalkCommand, Target, perform,
};
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::SigningKey;
use crate::document::lane::IdeaKind;
use crate::identity::testing::Seeded;
use crate::identity::{DeviceEntry, DeviceKeys, MemberRoot, make_member_root};
use crate::ids::{DeviceId, DocId, ElementId, MemberId, SpaceId, VaultId};
use crate::projection::Documents;
use crate::secret::Secret32;
use crate::space::{Genesis, MemberEntry, Role, SignedStatement, SpaceKind, SpaceState, Statement, make_own_space};
use crate::store::Store;
use crate::store::spaces::{self, SpaceRecord};
use rusqlite::params;
use std::collections::BTreeMap;

/// Sunday, 22 November 2026, 14:07 in Lisbon.
const NOW_MS: i64 = 1_795_356_420_000;

pub(super) struct World {
    _folder: tempfile::TempDir,
    pub store: Store,
    pub shared: SpaceId,
    pub mara: (Me, MemberId),
    pub theo: (Me, MemberId),
    documents: Documents,
    nonces: BTreeMap<DocId, [u8; 16]>,
    entropy: Seeded,
    pub at: Moment,
    pub phrases: Phrases,
}

struct Phone {
    signing: SigningKey,
    device: DeviceId,
    entry: DeviceEntry,
}

fn phone(name: &str) -> Phone {
    let entropy = &mut Seeded::new(&format!("{name}'s phone"));
    let keys = DeviceKeys::make(entropy);
    let entry = keys.entry(SigningKey::make(entropy).public());
    Phone { device: keys.device_id(), signing: keys.signing, entry }
}

fn member(name: &str, role: Role, phone: &Phone) -> (MemberEntry, MemberRoot) {
    let entropy = &mut Seeded::new(name);
    let root = make_member_root(&OpeningKey::make(entropy).public(), entropy).unwrap();
    (MemberEntry::new(role, &root, &[phone.entry]), root)
}

fn moment(unix_ms: i64) -> Moment {
    Moment { unix_ms, zone: "Europe/Lisbon".into(), boot_ms: 0, boot_id: 0 }
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s.db"), &Secret32::new([7; 32]), VaultId([3; 16])).unwrap();
        let (mara, theo) = (phone("mara"), phone("theo"));
        let entropy = &mut Seeded::new("own");
        let own = make_own_space(mara.entry, &OpeningKey::make(entropy).public(), entropy).unwrap();
        let (hers, his) = (member("mara", Role::Person, &mara), member("theo", Role::Supporter, &theo));
        let genesis = Genesis::new(SpaceKind::Relationship, vec![hers.0.clone(), his.0.clone()], [5; 32]);
        let shared = SignedStatement::sign(&Statement::Genesis(genesis), &[&hers.1.key, &his.1.key]);
        let me = |phone: Phone| Me { device: phone.device, signing: phone.signing, own: own.space_id() };
        let mut world = World {
            _folder: folder,
            store,
            shared: shared.space_id(),
            mara: (me(mara), hers.0.member_id()),
            theo: (me(theo), his.0.member_id()),
            documents: Documents::default(),
            nonces: BTreeMap::new(),
            entropy: Seeded::new("desk"),
            at: moment(NOW_MS),
            phrases: Phrases::new(&["en"]),
        };
        let own_me = crate::space::evaluate(own.space_id(), std::slice::from_ref(&own)).unwrap();
        let own_me = *own_me.members.keys().next().unwrap();
        world.put_space(&own, SpaceKind::Own, own_me);
        let mara = world.mara.1;
        world.put_space(&shared, SpaceKind::Relationship, mara);
        world
    }

    fn put_space(&mut self, genesis: &SignedStatement, kind: SpaceKind, me: MemberId) {
        let id = genesis.space_id();
        let record = SpaceRecord { id, kind: kind.code(), stage: u32::from(SpaceState::Checked.code()), me };
        let put = |tx: &crate::store::WriteTx<'_>| {
            spaces::put_space(tx, &record)?;
            spaces::put_statement(tx, &id, &genesis.id(), &genesis.to_wire())
        };
        self.store.write(put).unwrap();
    }

    fn at_desk<T>(&mut self, me: &Me, work: impl FnOnce(&mut Desk<'_>) -> Result<T>) -> Result<T> {
        let World { store, documents, nonces, entropy, at, .. } = self;
        let done =
            store.write(|tx| work(&mut Desk { db: tx, me, documents, nonces, entropy, at, marks: Marks::default() }));
        if done.is_err() {
            documents.clear();
        }
        done.map(|done| done.value)
    }

    /// Mara does it.
    pub fn try_mara(&mut self, command: &Command) -> Result<Outcome> {
        let me = self.mara.0.clone();
        self.at_desk(&me, |desk| perform(desk, command))
    }
    pub fn mara(&mut self, command: &Command) -> Outcome {
        self.try_mara(command).unwrap()
    }

    /// Theo does it in the shared space; both sides' batches are closed, as after an exchange.
    pub fn theo(&mut self, command: &Command) -> Outcome {
        self.close();
        let (me, member) = self.theo.clone();
        self.look_as(member);
        let done = self.at_desk(&me, |desk| {
            let done = perform(desk, command)?;
            desk.close_all(None)?;
            Ok(done)
        });
        self.look_as(self.mara.1);
        done.unwrap()
    }

    /// Whose phone this is in the shared space.
    pub fn look_as(&mut self, member: MemberId) {
        let shared = self.shared;
        self.sql("UPDATE space SET me = ?1 WHERE id = ?2", params![member, shared]);
    }

    /// As on Theo's phone, where Mara's names for people are not.
    pub fn on_theos_phone(&mut self) {
        self.look_as(self.theo.1);
        self.sql("DELETE FROM known_space", []);
    }

    pub fn close(&mut self) {
        let me = self.mara.0.clone();
        self.at_desk(&me, |desk| desk.close_all(None)).unwrap();
    }

    /// Writes steps that no command has yet.
    pub fn steps(&mut self, doc: &DocId, steps: &[crate::document::Step]) {
        let me = self.mara.0.clone();
        self.at_desk(&me, |desk| desk.write(doc, steps)).unwrap();
    }

    pub fn sql(&mut self, sql: &str, params: impl rusqlite::Params) {
        self.store.write(|tx| Ok(tx.execute(sql, params)?)).unwrap();
    }

    pub fn ask(&self, ask: &Ask) -> Result<Answer> {
        self.watched(ask).map(|(answer, _)| answer)
    }

    pub fn watched(&self, ask: &Ask) -> Result<(Answer, Watch)> {
        self.store.read(|db| answer(&Eye { db, phrases: &self.phrases, at: &self.at }, ask))
    }

    pub fn note(&mut self, minutes_ago: i64, title: &str, body: &str, tags: &[&str]) -> DocId {
        let at = std::mem::replace(&mut self.at, moment(NOW_MS - minutes_ago * 60_000));
        let tags = tags.iter().map(|tag| (*tag).into()).collect();
        let draft = NoteDraft { title: title.into(), body: body.into(), tags };
        let made = self.mara(&Command::Note(NoteCommand::Create { draft })).made.unwrap();
        self.at = at;
        made
    }

    /// A plan of Mara's in the shared space.
    pub fn plan(&mut self, template: &str) -> DocId {
        let create = PlanCommand::Create { space: Some(self.shared), template: template.into(), title: "".into() };
        self.mara(&Command::Plan(create)).made.unwrap()
    }

    pub fn shown_plan(&self, plan: &DocId) -> PlanDetail {
        let Answer::Plan(plan) = self.ask(&Ask::Plan { id: *plan }).unwrap() else { panic!("a plan") };
        *plan
    }

    pub fn shown_idea(&self, id: &ElementId) -> IdeaDetail {
        let Answer::Idea(idea) = self.ask(&Ask::Idea { id: *id }).unwrap() else { panic!("an idea") };
        *idea
    }

    pub fn waiting(&self) -> Vec<IdeaDetail> {
        let Answer::Waiting(page) = self.ask(&Ask::Waiting { at: At::default() }).unwrap() else { panic!("ideas") };
        page.rows
    }

    pub fn story(&self, of: &DocId) -> Vec<HistoryRow> {
        let at = At { limit: 200, ..At::default() };
        let Answer::History(page) = self.ask(&Ask::History { of: *of, at }).unwrap() else { panic!("a story") };
        page.rows
    }
}

pub(super) fn add_entry(plan: &DocId, part: &str, text: &str) -> Command {
    Command::Plan(PlanCommand::AddEntry { plan: *plan, part: part.into(), text: text.into(), after: None })
}

pub(super) fn suggest(
    plan: &DocId,
    part: Option<&str>,
    element: Option<ElementId>,
    kind: IdeaKind,
    text: &str,
) -> Command {
    let alternatives = if text.is_empty() { vec![] } else { vec![text.into()] };
    let on = Target { doc: *plan, part: part.map(str::to_owned), element };
    Command::Talk(TalkCommand::Suggest { on, kind, alternatives, why: "".into(), after: None })
}

pub(super) fn decide(idea: ElementId, decision: crate::command::Decision) -> Command {
    Command::Talk(TalkCommand::Decide { idea, decision, seen: None })
}

pub(super) fn goal(world: &mut World, space: Option<SpaceId>) -> DocId {
    let draft = crate::command::GoalDraft {
        title: "Two evenings a week outside".into(),
        towards: "People who know me".into(),
        ..Default::default()
    };
    world.mara(&Command::Goal(GoalCommand::Create { space, draft })).made.unwrap()
}

pub(super) fn plain(text: &str) -> String {
    crate::library::strip_isolates(text)
}
