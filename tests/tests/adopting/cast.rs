//! Mara with two phones, one of them stolen, and Theo; what they see of what was kept out.

use belay::batch::{Batch, Header};
use belay::command::{Act, Answer as May, Deed, KeptOutCommand};
use belay::error::Code;
use belay::ids::BatchId;
use belay::space::SignedStatement;
use belay::view::{Answer, Ask, At, KeptOutRow};
use belay_tests::{Circle, Device, Plan, World, statements_of, wires_of};
use std::collections::{BTreeMap, BTreeSet};

pub const OWN: &str = "toolbox";
pub const US: &str = "looking-after-us";

/// Mara's phone, the phone that will be stolen, and Theo's: all hold a plan with one line from each of Mara's phones.
pub struct Theft {
    pub circle: Circle,
    pub plan: Plan,
}

impl Theft {
    pub fn new(world: &World, of_supporter: usize) -> Self {
        let circle = Circle::new(world, 2, of_supporter);
        let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
        circle.devices[0].apply(plan.add(OWN, "Walk"));
        circle.tell_everything();
        circle.devices[1].apply(plan.add(OWN, "Tea"));
        circle.tell_everything();
        Theft { circle, plan }
    }
    pub fn mara(&self) -> &Device {
        &self.circle.devices[0]
    }
    pub fn stolen(&self) -> &Device {
        &self.circle.devices[1]
    }
    pub fn theo(&self) -> &Device {
        &self.circle.devices[2]
    }
    /// Mara takes the stolen phone out, with a cut of what she holds of it.
    pub fn remove(&self) -> Vec<SignedStatement> {
        let mara = self.mara();
        let removed = mara.companion.remove_device(&self.circle.space, &self.stolen().id(), &mara.secret(), &mara.at());
        removed.expect("her own phone");
        statements_of(mara, &self.circle.space)
    }
    pub fn tell(&self, to: usize, statements: &[SignedStatement], wires: Vec<Vec<u8>>) {
        let bundle = self.circle.carry(to, &self.circle.space, statements.to_vec(), wires);
        self.circle.devices[to].take(&bundle).expect("a good bundle");
    }
    /// What the stolen phone wrote and `than` does not hold.
    pub fn late(&self, than: usize) -> Vec<Vec<u8>> {
        let space = &self.circle.space;
        let known: BTreeSet<BatchId> = ids(&wires_of(&self.circle.devices[than], space)).into_iter().collect();
        let mut late = wires_of(self.stolen(), space);
        late.retain(|wire| !known.contains(&id(wire)));
        late
    }
    /// Everything one device holds, to another.
    pub fn tell_all(&self, from: usize, to: usize) {
        let from = &self.circle.devices[from];
        self.tell(to, &statements_of(from, &self.circle.space), wires_of(from, &self.circle.space));
    }
    pub fn agree(&self, who: &[usize]) {
        let hashes: Vec<_> = who.iter().map(|at| self.circle.devices[*at].hash(&self.circle.space)).collect();
        assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "{hashes:?}");
        let words: Vec<_> = who.iter().map(|at| self.words(*at)).collect();
        assert!(words.windows(2).all(|pair| pair[0] == pair[1]), "{words:?}");
    }
    pub fn words(&self, at: usize) -> (Vec<String>, Vec<String>) {
        let device = &self.circle.devices[at];
        (self.plan.words(device, OWN), self.plan.words(device, US))
    }
    pub fn rows(&self, at: usize) -> BTreeMap<BatchId, KeptOutRow> {
        kept_out(&self.circle.devices[at]).into_iter().filter(|(_, row)| row.space == self.circle.space).collect()
    }
}

/// Everything a device lists as kept out.
pub fn kept_out(device: &Device) -> BTreeMap<BatchId, KeptOutRow> {
    let Answer::KeptOut(page) = device.ask(Ask::KeptOut { at: At { limit: 200, ..At::default() } }) else {
        panic!("a list")
    };
    page.rows.into_iter().map(|row| (row.id, row)).collect()
}

pub fn adopt(batch: BatchId) -> KeptOutCommand {
    KeptOutCommand::Adopt { batch }
}

/// Whether a row offers to be taken over; else why not.
pub fn offered(row: &KeptOutRow) -> Result<(), Option<Code>> {
    match row.may.acts.as_slice() {
        [Act { deed: Deed::Adopt, answer: May::Yes }] => Ok(()),
        [Act { deed: Deed::Adopt, answer: May::No { why, .. } }] => Err(Some(*why)),
        _ => Err(None),
    }
}

/// The words of a row as one.
pub fn said(row: &KeptOutRow) -> String {
    row.words.iter().map(|piece| piece.as_str().to_owned()).collect::<Vec<_>>().join("|")
}

pub fn ids(wires: &[Vec<u8>]) -> Vec<BatchId> {
    wires.iter().map(|wire| id(wire)).collect()
}

pub fn id(wire: &[u8]) -> BatchId {
    Batch::parse(wire).expect("a batch").0.id()
}

pub fn header(wire: &[u8]) -> Header {
    Batch::parse(wire).expect("a batch").1
}
