use super::*;
use crate::ids::VaultId;
use crate::secret::Secret32;
use crate::store::{Store, forgetting, logs};

const ID: BatchId = BatchId([1; 32]);

fn record() -> BatchRecord {
    let (space, device, doc) = (SpaceId([2; 32]), DeviceId([3; 32]), DocId([4; 32]));
    let header = [&[2, 0x58, 0x20], &space.0[..], &[3, 0x58, 0x20], &device.0, &[4, 1, 6, 0x58, 0x20], &doc.0, &[7, 1]];
    let facts = [&[1, 0x58, 0x20], &ID.0[..], &[2, 0x58, 0x20], &device.0, &[3, 0x50, 9]];
    BatchRecord {
        id: ID,
        space,
        device,
        seq: 1,
        doc,
        header: header.concat(),
        signature: vec![5; 64],
        payload: Some(b"words".to_vec()),
        stage: Stage::Received,
        reason: 0,
        facts: facts.concat(),
    }
}

fn with_one(look: impl Fn(&Connection) -> Result<()>) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::create(&folder.path().join("s.db"), &Secret32::new([7; 32]), VaultId([3; 16])).unwrap();
    store
        .write(|tx| {
            put(tx, &record(), &[])?;
            look(tx)
        })
        .unwrap();
}

fn payloads(db: &Connection) -> i64 {
    db.query_row("SELECT count(*) FROM payload", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_row_gives_back_what_was_put_and_keeps_nothing_twice() {
    with_one(|db| {
        let (was, is) = (record(), get(db, &ID)?.unwrap());
        assert_eq!((&is.header, &is.facts, &is.payload), (&was.header, &was.facts, &was.payload));
        assert_eq!(header(db, &ID)?, Some(was.header.clone()));
        assert_eq!(of_document(db, &was.doc, Stage::Received, Stage::Received)?.len(), 1);
        let kept: (i64, i64) =
            db.query_row("SELECT length(header), length(facts) FROM batch", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        assert_eq!(kept, (5, 4));
        set_stage(db, &ID, Stage::Passed, 0, Some(&was.facts))?;
        set_accepted(db, &ID, None)?;
        assert_eq!(facts_of_accepted(db, &was.doc)?.first(), Some(&was.facts));
        assert_eq!(forgetting::written(db, &was.doc)?.first().map(|row| &row.facts), Some(&was.facts));
        assert_eq!(accepted_after(db, &was.doc, 0)?, [(b"words".to_vec(), None)]);
        Ok(())
    });
}

#[test]
fn words_that_are_dropped_lie_nowhere_and_come_back_once() {
    with_one(|db| {
        assert_eq!(forgetting::drop_words(db, &record().doc, &[])?, 1);
        assert_eq!((payloads(db), get(db, &ID)?.unwrap().payload), (0, None));
        forgetting::refill(db, &ID, b"again")?;
        forgetting::refill(db, &ID, b"and again")?;
        assert_eq!(get(db, &ID)?.unwrap().payload.as_deref(), Some(&b"again"[..]));
        Ok(())
    });
    with_one(|db| {
        set_stage(db, &ID, Stage::Refused, 1, None)?;
        assert_eq!((payloads(db), get(db, &ID)?.unwrap().payload), (0, None));
        Ok(())
    });
    with_one(|db| {
        logs::drop_batch(db, &ID)?;
        assert_eq!(payloads(db), 0);
        Ok(())
    });
}

#[test]
fn rows_that_do_not_belong_together_are_damage() {
    // Whoever opens what it holds, or its header, finds nothing of the kind, and nobody else is held up.
    for damage in ["DELETE FROM payload", "UPDATE payload SET bytes = x'01'"] {
        with_one(|db| {
            set_accepted(db, &ID, None)?;
            db.execute(damage, [])?;
            assert_eq!(get(db, &ID)?.unwrap().payload, Some(Vec::new()), "{damage}");
            assert_eq!(accepted_after(db, &record().doc, 0)?, [(Vec::new(), None)], "{damage}");
            Ok(())
        });
    }
    for damage in ["UPDATE batch SET header = x'02'", "UPDATE batch SET header = x'0303030301'"] {
        with_one(|db| {
            db.execute(damage, [])?;
            assert_eq!((get(db, &ID)?.unwrap().header, header(db, &ID)?), (vec![0xff], Some(vec![0xff])), "{damage}");
            Ok(())
        });
    }
    with_one(|db| {
        db.execute("UPDATE batch SET payload = NULL", [])?;
        assert_eq!(get(db, &ID)?.unwrap().payload, None, "dropped, as its row says");
        Ok(())
    });
    // Of facts alone, whoever needs them is told.
    with_one(|db| {
        db.execute("UPDATE batch SET facts = x'02'", [])?;
        let kept = get(db, &ID)?.unwrap();
        assert!(crate::cbor::decode_own::<BTreeMap<u32, u32>>(&kept.facts).is_err());
        Ok(())
    });
}
