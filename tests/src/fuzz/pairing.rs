//! The three messages of a pairing, changed inside their seals.

use super::bytes::mutate;
use super::item::mutated;
use super::{Depth, Dice, Target};
use crate::SeededEntropy;
use belay::cbor;
use belay::crypto::hash::sha256;
use belay::crypto::kdf::derive;
use belay::crypto::seal::{self, OpeningKey, Psk};
use belay::crypto::sign::SigningKey;
use belay::exchange::pairing::{
    InviteTerms, OpenInvitation, PairingSelf, PendingReply, armor, exchange_of, invite, kind_of, look_at, message_hash,
    reply, take_completion, take_reply, unarmor,
};
use belay::identity::DeviceKeys;
use belay::secret::{Entropy, Secret32};
use belay::space::Role;
use minicbor::bytes::{ByteArray, ByteVec};

const NOW_MS: i64 = 1_795_334_400_000;
const STEPS: [&str; 3] = ["framed, its checksum right", "opened, within its form", "taken"];

struct Side {
    keys: DeviceKeys,
    admin: SigningKey,
    recovery: OpeningKey,
}

impl Side {
    fn new(entropy: &mut dyn Entropy) -> Self {
        Side { keys: DeviceKeys::make(entropy), admin: SigningKey::make(entropy), recovery: OpeningKey::make(entropy) }
    }
    fn me(&self) -> PairingSelf<'_> {
        PairingSelf { keys: &self.keys, admin_pk: self.admin.public(), recovery_pk: self.recovery.public() }
    }
}

/// Draws as another does, and remembers the blocks that were drawn: a fuzzer may know every key.
struct Overheard<'a> {
    from: &'a mut dyn Entropy,
    blocks: Vec<[u8; 32]>,
}

impl Entropy for Overheard<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.from.fill(bytes);
        self.blocks.extend(<[u8; 32]>::try_from(&*bytes).ok());
    }
}

/// Invitation, reply and completion of one pairing.
pub struct Pairing {
    mara: Side,
    theo: Side,
    open: OpenInvitation,
    pending: PendingReply,
    files: [Vec<u8>; 3],
    /// Inside the seals.
    plains: [Vec<u8>; 2],
    /// Who opens them.
    keys: [[u8; 32]; 2],
    psk: (Secret32, [u8; 32]),
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct Parts {
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    secret: ByteArray<32>,
}

const INFOS: [&[u8]; 2] = [b"belay/pair/reply/1", b"belay/pair/completion/1"];

/// What stands between head and checksum.
fn content(file: &[u8]) -> &[u8] {
    file.get(12..file.len().saturating_sub(4)).unwrap_or_default()
}

/// A message of this number around content, its checksum right.
fn framed(number: u8, content: &[u8]) -> Vec<u8> {
    let file = [b"belay pair".as_slice(), &[1, number], content].concat();
    let sum = sha256(&[&file]);
    [file.as_slice(), sum.get(..4).unwrap_or_default()].concat()
}

impl Default for Pairing {
    fn default() -> Self {
        let entropy = &mut SeededEntropy::new("fuzz/pairing");
        let (mara, theo) = (Side::new(entropy), Side::new(entropy));
        let mut heard = Overheard { from: entropy, blocks: Vec::new() };
        let terms = InviteTerms::relationship(Role::Person);
        let (open, invitation) = invite(terms, &mara.me(), NOW_MS, &mut heard).expect("terms");
        let (pending, answer) = reply(&invitation, None, &theo.me(), NOW_MS, &mut heard).expect("a good invitation");
        let (_, completion) = take_reply(&open, &answer, &mara.me(), NOW_MS, &mut heard).expect("a good reply");
        take_completion(&pending, &completion).expect("a good completion");
        let parts: Parts = cbor::decode(content(&invitation)).expect("an invitation with its secret");
        let (body, secret): (Vec<u8>, [u8; 32]) = (parts.body.into(), parts.secret.into());
        let id = sha256(&[&body]);
        let psk = (derive::<32>(&secret, &id, b"belay/pair/psk/1"), id);
        let opened = |file: &[u8], info: &[u8]| {
            let sealed = content(file).get(16..).unwrap_or_default();
            heard.blocks.iter().find_map(|block| {
                let key = OpeningKey::from_bytes(Secret32::new(*block));
                let plain = seal::open(&key, info, b"", Some(Psk { key: &psk.0, id: &psk.1 }), sealed)?;
                Some((key.public(), plain.expose().to_vec()))
            })
        };
        let [of_reply, of_completion] = [opened(&answer, INFOS[0]), opened(&completion, INFOS[1])]
            .map(|found| found.expect("a key that was drawn"));
        Pairing {
            mara,
            theo,
            open,
            pending,
            files: [invitation, answer, completion],
            plains: [of_reply.1, of_completion.1],
            keys: [of_reply.0, of_completion.0],
            psk,
        }
    }
}

impl Pairing {
    fn sealed(&self, which: usize, plain: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
        let (to, info) = (self.keys.get(which)?, INFOS.get(which)?);
        let psk = Psk { key: &self.psk.0, id: &self.psk.1 };
        let sealed = seal::seal(to, info, b"", Some(psk), plain, dice)?;
        let named = self.psk.1.get(..16)?;
        Some(framed(u8::try_from(which).ok()? + 2, &[named, &sealed].concat()))
    }

    /// What a device does with a file or text.
    fn take(&self, file: &[u8], dice: &mut Dice) -> Depth {
        let kind = match kind_of(file) {
            Ok(kind) => kind,
            Err(error) => return Depth::stopped(0, error.code()),
        };
        let _found = (exchange_of(file), message_hash(file), armor(file).map(|text| unarmor(&text)));
        let told = match kind.field() {
            belay::error::Field::Invitation => {
                if let Err(error) = look_at(file) {
                    return Depth::stopped(1, error.code());
                }
                reply(file, None, &self.theo.me(), NOW_MS, dice).map(|(pending, file)| {
                    assert_eq!(pending.file(), file);
                })
            }
            belay::error::Field::Reply => {
                take_reply(&self.open, file, &self.mara.me(), NOW_MS, dice).map(|(paired, _)| {
                    assert!(paired.genesis.verify().is_ok(), "what was taken stands");
                })
            }
            _ => take_completion(&self.pending, file).map(|paired| {
                assert!(paired.genesis.verify().is_ok(), "what was taken stands");
            }),
        };
        match told {
            Ok(()) => Depth::whole(&STEPS),
            Err(error) if error.code() == belay::error::Code::Corrupt => Depth::stopped(1, error.code()),
            Err(error) => Depth::stopped(2, error.code()),
        }
    }
}

impl Target for Pairing {
    fn steps(&self) -> &'static [&'static str] {
        &STEPS
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let which = dice.below(3);
        let mut file = match (dice.below(12), which) {
            (0, _) => {
                let mut file = self.files.get(which)?.clone();
                mutate(dice, &mut file);
                file
            }
            (1, _) => {
                let mut inside = content(self.files.get(which)?).to_vec();
                mutate(dice, &mut inside);
                framed(u8::try_from(dice.below(5)).ok()?, &inside)
            }
            (_, 0) => framed(1, &mutated(dice, content(self.files.first()?))),
            (_, sealed) => {
                let plain = self.plains.get(sealed - 1)?;
                let plain = mutated(dice, plain);
                self.sealed(sealed - 1, &plain, dice)?
            }
        };
        if dice.percent(15)
            && let Ok(text) = armor(&file)
        {
            file = text.into_bytes();
            if dice.percent(50) {
                mutate(dice, &mut file);
            }
        }
        Some(self.take(&file, dice))
    }

    /// Bytes as a file or text; as content of each message; inside their seals.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        let dice = &mut Dice::of_bytes(bytes);
        let mut files = vec![bytes.to_vec()];
        files.extend((1..=3).map(|number| framed(number, bytes)));
        files.extend((0..2).filter_map(|which| self.sealed(which, bytes, dice)));
        files.iter().map(|file| self.take(file, dice)).max().unwrap_or(Depth::stopped(0, "nothing"))
    }
}
