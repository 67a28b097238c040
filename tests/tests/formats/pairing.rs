//! Mara, a person, invites Theo, a supporter; what they exchange, opened with the recipes' own keys.

use crate::Examples;
use crate::recipe::{NOW, Person, block};
use belay::cbor;
use belay::crypto::kdf::derive;
use belay::crypto::seal::{OpeningKey, Psk, open};
use belay::crypto::sign::SigningKey;
use belay::exchange::pairing::{
    InviteTerms, OpenInvitation, Paired, PendingReply, SecretKind, armor, invite, reply, take_completion, take_reply,
    unarmor,
};
use belay::identity::Inbox;
use belay::ids::SpaceId;
use belay::secret::{Secret32, SecretBytes};
use belay::space::{Genesis, MemberEntry, Role, Statement};
use minicbor::bytes::{ByteArray, ByteVec};

/// Magic, version and kind before the content; a checksum after it.
const FRAME: (usize, usize) = (12, 4);
const EXCHANGE_ID_BYTES: usize = 16;

pub struct Pairing {
    pub mara: Person,
    /// What Mara's device holds at the end.
    pub paired: Paired,
    theirs: Paired,
    pub open: OpenInvitation,
    pub pending: PendingReply,
    invitation: Vec<u8>,
    pub reply: Vec<u8>,
    pub completion: Vec<u8>,
}

impl Pairing {
    pub fn run() -> Self {
        let (mut mara, mut theo) = (Person::named("mara"), Person::named("theo"));
        let (me, entropy) = mara.split();
        let (open, invitation) = invite(InviteTerms::relationship(Role::Person), &me, NOW, entropy).expect("terms");
        let (me, entropy) = theo.split();
        let (pending, reply) = reply(&invitation, None, &me, NOW, entropy).expect("a good invitation");
        let (me, entropy) = mara.split();
        let (paired, completion) = take_reply(&open, &reply, &me, NOW, entropy).expect("a good reply");
        let theirs = take_completion(&pending, &completion).expect("a good completion");
        Pairing { mara, paired, theirs, open, pending, invitation, reply, completion }
    }

    pub fn space(&self) -> SpaceId {
        self.paired.space()
    }

    fn genesis(&self) -> Genesis {
        match self.paired.genesis.verify() {
            Ok(Statement::Genesis(genesis)) => genesis,
            other => panic!("{other:?}"),
        }
    }

    pub fn member(&self, role: Role) -> MemberEntry {
        self.genesis().members.into_iter().find(|member| member.role == role).expect("both roles are there")
    }

    pub fn examples(&self) -> Examples {
        let (body, secret) = invitation_parts(&self.invitation);
        // The key of the sealed messages, by the page alone.
        let psk_id = belay::crypto::hash::sha256(&[&body]);
        assert_eq!(secret, block("mara", 8));
        let key = derive::<32>(&secret, &psk_id, b"belay/pair/psk/1");
        let psk = Psk { key: &key, id: &psk_id };
        let opened = |file: &[u8], with: [u8; 32], info: &[u8]| {
            let content = content(file);
            assert_eq!(content[..EXCHANGE_ID_BYTES], psk_id[..EXCHANGE_ID_BYTES]);
            let key = OpeningKey::from_bytes(Secret32::new(with));
            open(&key, info, b"", Some(psk), &content[EXCHANGE_ID_BYTES..]).expect("sealed as the page says")
        };
        let reply: SecretBytes = opened(&self.reply, block("mara", 7), b"belay/pair/reply/1");
        let completion: SecretBytes = opened(&self.completion, block("theo", 8), b"belay/pair/completion/1");
        let genesis = &self.paired.genesis;
        assert_eq!(self.theirs.genesis, *genesis);
        assert_eq!(
            (&self.theirs.my_digits, &self.theirs.their_digits),
            (&self.paired.their_digits, &self.paired.my_digits)
        );
        let armored = armor(&self.invitation).expect("a message");
        assert_eq!(unarmor(&armored).expect("its own text"), self.invitation);
        let (told, words) = told_in_words();
        let digits = format!("{} {}\n", self.paired.my_digits, self.paired.their_digits);
        [
            ("device", cbor::encode(&self.mara.keys.entry(self.mara.admin.public())).as_slice().into()),
            ("device-id", self.mara.keys.device_id().0.as_slice().into()),
            ("device-id-text", format!("{}\n", self.mara.keys.device_id()).as_str().into()),
            ("member-mara", cbor::encode(&self.member(Role::Person)).as_slice().into()),
            ("member-theo", cbor::encode(&self.member(Role::Supporter)).as_slice().into()),
            ("member-id", self.paired.my_member.0.as_slice().into()),
            ("genesis-body", genesis.body().into()),
            ("genesis", genesis.to_wire().as_slice().into()),
            ("space-id", self.space().0.as_slice().into()),
            ("card-mara", self.paired.my_card.to_wire().as_slice().into()),
            ("card-theo", self.paired.their_card.to_wire().as_slice().into()),
            ("inbox", cbor::encode(&inbox()).as_slice().into()),
            ("invitation-body", body.as_slice().into()),
            ("invitation", self.invitation.as_slice().into()),
            ("invitation-told", told.as_slice().into()),
            ("invitation-words", words.as_str().into()),
            ("armor", armored.as_str().into()),
            ("psk", key.expose().as_slice().into()),
            ("reply", self.reply.as_slice().into()),
            ("reply-plain", reply.expose().into()),
            ("completion", self.completion.as_slice().into()),
            ("completion-plain", completion.expose().into()),
            ("digits", digits.as_str().into()),
        ]
        .into()
    }
}

/// The same invitation with its secret in 24 words, eight a line.
fn told_in_words() -> (Vec<u8>, String) {
    let mut mara = Person::named("mara");
    let (me, entropy) = mara.split();
    let terms = InviteTerms { by: SecretKind::Words, ..InviteTerms::relationship(Role::Person) };
    let (open, file) = invite(terms, &me, NOW, entropy).expect("terms");
    let words = open.words().expect("told in words");
    (file, words.list().chunks(8).map(|line| line.join(" ") + "\n").collect())
}

fn inbox() -> Inbox {
    let inbox_pk = SigningKey::from_seed(Secret32::new(block("inbox", 1))).public();
    Inbox { server: "inbox.example".into(), inbox_pk, ticket_seed: Secret32::new(block("inbox", 2)) }
}

fn content(file: &[u8]) -> &[u8] {
    &file[FRAME.0..file.len() - FRAME.1]
}

#[derive(minicbor::Decode)]
#[cbor(map)]
struct Parts {
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    secret: ByteArray<32>,
}

fn invitation_parts(file: &[u8]) -> (Vec<u8>, [u8; 32]) {
    let parts: Parts = cbor::decode(content(file)).expect("an invitation with its secret");
    (parts.body.into(), parts.secret.into())
}
