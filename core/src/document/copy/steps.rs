//! What giving a copy writes.

use super::Copied;
use super::seal::{Seal, nonce_of};
use crate::cbor;
use crate::document::step::keys;
use crate::document::{Scalar, Step};

/// Scalars of one piece: as one change it fits a batch with room to spare.
const PIECE_SCALARS: usize = 20_000;

/// A copy that is to be given.
#[derive(Debug)]
pub struct Giving {
    /// The nonce of its birth.
    pub nonce: [u8; 32],
    /// Steps in groups that each are to be written by themselves, so that no change outgrows a batch.
    pub writes: Vec<Vec<Step>>,
}

/// Everything that gives a copy. `salt` is random, and known to nobody who does not hold the words.
pub fn give(copied: &Copied, salt: [u8; 32]) -> Giving {
    let pieces = pieces(&copied.text);
    let seal = cbor::encode(&Seal::of(copied, &pieces, salt));
    let nonce = nonce_of(&seal);
    let mut writes: Vec<Vec<Step>> = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        writes.push(vec![Step::Set(keys!["pieces", index], piece.into())]);
    }
    // The seal goes last: until it is there nothing is shown.
    let mut last = writes.pop().unwrap_or_default();
    if !copied.title.is_empty() {
        last.push(Step::Set(keys!["title"], copied.title.as_str().into()));
    }
    last.push(Step::Set(keys!["seal"], Scalar::Bytes(seal)));
    writes.push(last);
    Giving { nonce, writes }
}

fn pieces(text: &str) -> Vec<String> {
    let (mut pieces, mut rest) = (Vec::new(), text.chars());
    loop {
        let piece: String = rest.by_ref().take(PIECE_SCALARS).collect();
        if piece.is_empty() {
            return pieces;
        }
        pieces.push(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{COPY_SCALARS_MAX, CopyState, Extent, acts};
    use super::*;
    use crate::batch::{Birth, derive_actor};
    use crate::document::{ActKind, Doc, Kind};
    use crate::ids::{DeviceId, SpaceId};

    fn copied(title: &str, text: &str) -> Copied {
        let (title, text) = (title.to_owned(), text.to_owned());
        Copied { title, text, extent: Extent::Part, at_ms: 1_795_334_400_000, zone: "Europe/Lisbon".to_owned() }
    }

    fn given(copied: &Copied) -> Doc {
        let Giving { nonce, writes } = give(copied, [5; 32]);
        let (space, kind) = (SpaceId([1; 32]), Kind::Copy.number());
        let mut doc = Doc::born(Birth { space, kind, writer: None, about: None, key: None, nonce }).unwrap();
        writes.iter().for_each(|steps| write(&mut doc, 1, steps));
        doc
    }

    fn write(doc: &mut Doc, who: u8, steps: &[Step]) {
        let actor = derive_actor(&DeviceId([who; 32]), &doc.id(), &[who; 16]);
        doc.perform(actor, steps).unwrap();
    }

    fn read(doc: &Doc) -> Option<Copied> {
        CopyState::read(doc.now()).copied
    }

    #[test]
    fn what_was_given_is_read_and_nothing_that_is_written_later() {
        let copy = copied("Morning", "Slept badly. 👩‍👩‍👧 نقول");
        let mut doc = given(&copy);
        assert!(read(&doc).as_ref() == Some(&copy));
        let other = give(&copied("Evening", "All is well."), [6; 32]);
        let seal = |seal: &[u8]| Step::Set(keys!["seal"], Scalar::Bytes(seal.to_vec()));
        let attempts: [Vec<Step>; 7] = [
            vec![Step::Set(keys!["title"], "Evening".into())],
            vec![Step::Set(keys!["pieces", 0], "All is well.".into())],
            vec![Step::Remove(keys!["pieces", 0])],
            vec![Step::Remove(keys!["seal"]), Step::Remove(keys!["title"])],
            vec![seal(b""), seal(&[0xa0])],
            vec![Step::Map(keys!["pieces"])],
            other.writes.concat(),
        ];
        for (at, steps) in attempts.iter().enumerate() {
            write(&mut doc, 2, steps);
            assert!(read(&doc).as_ref() == Some(&copy), "attempt {at}");
        }
        let again = Doc::load(doc.birth().clone(), &doc.snapshot().unwrap()).unwrap();
        assert!(read(&again).as_ref() == Some(&copy), "after a snapshot");
        let state = CopyState::read(doc.now());
        assert_eq!(acts(Some(&state), &state), Vec::new());
    }

    #[test]
    fn nothing_is_shown_until_all_of_it_is_there_and_then_once() {
        let copy = copied("", &"نقول 我們說 👩‍👩‍👧 pause. ".chars().cycle().take(COPY_SCALARS_MAX).collect::<String>());
        let Giving { nonce, writes } = give(&copy, [5; 32]);
        assert_eq!(writes.len(), 5);
        let (space, kind) = (SpaceId([1; 32]), Kind::Copy.number());
        let mut doc = Doc::born(Birth { space, kind, writer: None, about: None, key: None, nonce }).unwrap();
        for (at, steps) in writes.iter().enumerate() {
            assert!(read(&doc).is_none(), "{at}");
            let before = CopyState::read(doc.now());
            write(&mut doc, 1, steps);
            let told: Vec<ActKind> =
                acts(Some(&before), &CopyState::read(doc.now())).into_iter().map(|act| act.kind).collect();
            assert_eq!(told, if at == 4 { vec![ActKind::CopyGiven] } else { Vec::new() });
        }
        assert!(read(&doc) == Some(copy));
    }

    #[test]
    fn a_seal_that_names_more_than_can_be_given_shows_nothing() {
        let piece = "a".repeat(1_000);
        let sound = copied("", &piece);
        for (times, shown) in [(1, true), (100, true), (101, false), (4_000, false)] {
            let many = vec![piece.clone(); times];
            let seal = cbor::encode(&Seal::of(&sound, &many, [5; 32]));
            let (space, kind) = (SpaceId([1; 32]), Kind::Copy.number());
            let nonce = nonce_of(&seal);
            let mut doc = Doc::born(Birth { space, kind, writer: None, about: None, key: None, nonce }).unwrap();
            let steps =
                [Step::Set(keys!["pieces", 0], piece.as_str().into()), Step::Set(keys!["seal"], Scalar::Bytes(seal))];
            write(&mut doc, 1, &steps);
            assert_eq!(read(&doc).is_some(), shown, "{times}");
        }
    }
}
