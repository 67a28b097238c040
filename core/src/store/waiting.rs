//! Batches that wait for what they stand on, a bounded share for each device.

use super::batches::signed;
use crate::error::Result;
use crate::ids::{BatchId, DeviceId, SpaceId};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// What a device's batches take up while they wait, as [`put`] counts it.
const WAITING_TAKEN: &str = "SELECT count(*), coalesce(sum(length(bytes)), 0) FROM waiting WHERE device = ?1";

/// How much waits of each device. Counted once for a taking-in and kept up from there: to count anew for each batch that
/// comes costs as many rows as wait, thousands of times over.
#[derive(Debug, Default)]
pub struct WaitingRoom {
    taken: BTreeMap<DeviceId, (i64, i64)>,
}

/// Keeps the bytes of a batch whose log has a gap before it; false when the device's share is full
/// (8 MiB and 4,096 batches, the newest is not kept and is asked for again). Nothing that waits may be taken out while `room`
/// is in use.
///
/// # Errors
/// Those of the database.
pub fn put(
    db: &Connection,
    room: &mut WaitingRoom,
    space: &SpaceId,
    device: &DeviceId,
    id: &BatchId,
    bytes: &[u8],
) -> Result<bool> {
    const WAITING_BYTES_MAX: i64 = 8 * 1024 * 1024;
    const WAITING_BATCHES_MAX: i64 = 4_096;
    let (count, total) = match room.taken.get(device) {
        Some(taken) => *taken,
        None => db.prepare_cached(WAITING_TAKEN)?.query_row([device], |row| Ok((row.get(0)?, row.get(1)?)))?,
    };
    let length = signed(bytes.len() as u64);
    let fits = count < WAITING_BATCHES_MAX && total + length <= WAITING_BYTES_MAX;
    let is_new = fits
        && db
            .prepare_cached("INSERT OR IGNORE INTO waiting (id, space, device, bytes) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id, space, device, bytes])?
            > 0;
    room.taken.insert(*device, if is_new { (count + 1, total + length) } else { (count, total) });
    Ok(fits)
}

/// Everything that waits in a space, in the order it came.
///
/// # Errors
/// Those of the database.
pub fn all(db: &Connection, space: &SpaceId) -> Result<Vec<Vec<u8>>> {
    let mut query = db.prepare_cached("SELECT bytes FROM waiting WHERE space = ?1 ORDER BY position")?;
    let rows = query.query_map([space], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many batches wait in a space.
///
/// # Errors
/// Those of the database.
pub fn count(db: &Connection, space: &SpaceId) -> Result<u64> {
    let count: i64 =
        db.prepare_cached("SELECT count(*) FROM waiting WHERE space = ?1")?.query_row([space], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Forgets a batch that waited: it found its place.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &Connection, id: &BatchId) -> Result<()> {
    db.prepare_cached("DELETE FROM waiting WHERE id = ?1")?.execute([id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn what_waits_is_counted_once_and_no_more_than_its_share_is_kept() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(include_str!("schema.sql")).unwrap();
        let (space, devices) = (SpaceId([1; 32]), [DeviceId([2; 32]), DeviceId([3; 32])]);
        let id = |device: u8, at: u32| {
            let mut id = [device; 32];
            id[..4].copy_from_slice(&at.to_be_bytes());
            BatchId(id)
        };
        let mut room = WaitingRoom::default();
        let mut put_in = |device: u8, at: u32, bytes: &[u8]| {
            put(&db, &mut room, &space, &devices[usize::from(device)], &id(device, at), bytes).unwrap()
        };
        let kept = (0..5_000).filter(|at| put_in(0, *at, b"few") && put_in(0, *at, b"few") == (*at < 4_095)).count();
        assert_eq!((kept, put_in(1, 0, b"few")), (4_096, true), "each has a share of its own");
        let large = vec![7; 1024 * 1024];
        assert_eq!((1..=9).filter(|at| put_in(1, *at, &large)).count(), 7, "8 MiB of a device");
        assert_eq!(count(&db, &space).unwrap(), 4_096 + 8);
        let steps = db.prepare_cached(WAITING_TAKEN).unwrap().get_status(StatementStatus::VmStep);
        assert!(steps < 100_000, "{steps} steps to count what waits");
        // Another taking-in finds what the one before left.
        let mut room = WaitingRoom::default();
        assert!(!put(&db, &mut room, &space, &devices[0], &id(0, 9_999), b"few").unwrap());
    }
}
