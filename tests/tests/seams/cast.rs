//! Mara with two phones, one of them stolen, and Theo; and apps that sign whatever they like.

use belay::batch::{Batch, BatchKind, Birth, Body, Claimed, Forget, HeaderDraft, READER, sign_batch};
use belay::command::KeptOutCommand;
use belay::ids::{BatchId, DocId};
use belay::space::SignedStatement;
use belay::store::documents;
use belay_tests::{Circle, Device, Forge, Plan, World, statements_of};

pub const OWN: &str = "toolbox";
pub const US: &str = "looking-after-us";

pub struct Theft {
    pub circle: Circle,
    pub plan: Plan,
}

impl Theft {
    pub fn new(world: &World) -> Self {
        let circle = Circle::new(world, 2, 1);
        let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
        circle.devices[0].apply(plan.add(OWN, "Walk"));
        circle.devices[0].apply(plan.add(US, "Call before eight"));
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
    pub fn remove(&self) -> Vec<SignedStatement> {
        let (mara, space) = (self.mara(), &self.circle.space);
        mara.companion.remove_device(space, &self.stolen().id(), &mara.secret(), &mara.at()).expect("her own phone");
        statements_of(mara, space)
    }
    pub fn tell(&self, to: usize, statements: &[SignedStatement], wires: Vec<Vec<u8>>) {
        let bundle = self.circle.carry(to, &self.circle.space, statements.to_vec(), wires);
        self.circle.devices[to].take(&bundle).expect("a good bundle");
    }
    /// The joint part of the plan.
    pub fn joint(&self) -> DocId {
        let about = self.mara().look(|db| documents::about(db, &self.plan.id));
        about.into_iter().find(|record| record.writer.is_none()).expect("a joint part").id
    }
}

/// The next batch of a log, with any payload; what it is is the caller's to say.
pub fn signed(forge: &Forge, birth: &Birth, payload: Vec<u8>, spoil: impl FnOnce(&mut HeaderDraft)) -> Batch {
    let mut draft = HeaderDraft {
        space: forge.space,
        seq: forge.seq,
        prev: forge.prev.clone(),
        doc: birth.doc(),
        kind: BatchKind::Changes,
        actor_nonce: forge.nonce,
        min_reader: READER,
        adopts: Vec::new(),
        again_of: None,
        claimed: Claimed { unix_ms: 0, zone: String::new() },
    };
    spoil(&mut draft);
    sign_batch(draft, payload, &forge.signing).expect("a small batch")
}

/// A Forget that names nothing as copied.
pub fn forgets(forge: &Forge, birth: &Birth) -> Batch {
    let forget = Forget { birth: birth.clone(), heads: Vec::new(), into: None };
    signed(forge, birth, forget.encode(&[7; 16]), |draft| draft.kind = BatchKind::Forget)
}

/// A batch that only takes another over.
pub fn takes_over(forge: &Forge, birth: &Birth, taken: BatchId) -> Batch {
    let body = Body { birth: Some(birth.clone()), changes: Vec::new() };
    signed(forge, birth, body.encode(&[7; 16]).expect("small"), |draft| draft.adopts = vec![taken])
}

/// Follows a batch in the same log.
pub fn after(forge: &mut Forge, batch: &Batch) {
    forge.seq += 1;
    forge.prev = vec![batch.id()];
}

pub fn adopt(batch: BatchId) -> KeptOutCommand {
    KeptOutCommand::Adopt { batch }
}
