use crate::batch::{Ask, Body, Entry, Header, LogView, Payloads, Stand};
use crate::ids::{BatchId, ChangeId, DeviceId, SpaceId};
use crate::store::{batches, named};
use rusqlite::Connection;

/// The logs of one space as the store holds them, for the batch room's questions.
///
/// A question the database cannot answer counts as "not held": what depends on the answer waits and is asked again.
#[derive(Clone, Copy, Debug)]
pub struct HeldLog<'a> {
    /// The store.
    pub db: &'a Connection,
    /// Which space.
    pub space: SpaceId,
}

impl LogView for HeldLog<'_> {
    fn entry(&self, id: &BatchId) -> Option<Entry> {
        let header = batches::header(self.db, id).ok().flatten()?;
        Header::parse(&header).ok().map(|header| Entry::from(&header))
    }
    fn stand(&self, id: &BatchId) -> Option<Stand> {
        batches::stand(self.db, id).ok().flatten().map(|(space, device, seq)| Stand { space, device, seq })
    }
    fn devices(&self) -> Vec<DeviceId> {
        batches::devices(self.db, &self.space).unwrap_or_default()
    }
    fn heads(&self, device: &DeviceId) -> Vec<BatchId> {
        let heads = batches::heads(self.db, &self.space, device).unwrap_or_default();
        heads.into_iter().map(|(_, id)| id).collect()
    }
    fn has_heads(&self, device: &DeviceId) -> bool {
        batches::has_heads(self.db, &self.space, device, None).unwrap_or_default()
    }
    fn is_head(&self, device: &DeviceId, id: &BatchId) -> bool {
        batches::has_heads(self.db, &self.space, device, Some(id)).unwrap_or_default()
    }
    fn since(&self, device: &DeviceId, seq: u64) -> Vec<BatchId> {
        batches::since(self.db, &self.space, device, seq).unwrap_or_default()
    }
    fn holding(&self, ask: &Ask) -> Option<BatchId> {
        // What is asked for in one space is answered from that space alone.
        let here = |id: &BatchId| self.entry(id).is_some_and(|entry| entry.space == self.space);
        let by_hash = Some(BatchId(ask.0)).filter(here);
        by_hash.or_else(|| named::holder(self.db, &self.space, &ChangeId(ask.0)).ok().flatten())
    }
}

/// The payloads of held batches.
#[derive(Clone, Copy, Debug)]
pub struct HeldPayloads<'a>(pub &'a Connection);

impl Payloads for HeldPayloads<'_> {
    fn body(&self, id: &BatchId) -> Option<Body> {
        let payload = batches::get(self.0, id).ok().flatten()?.payload?;
        Body::decode(&payload).ok()
    }
}
