//! The whole exchange, and everything that can come in its place.

use super::completion::CompletionBody;
use super::framed::frame;
use super::invitation::{Body, commit};
use super::message::{content, split_sealed};
use super::psk::{COMPLETION_INFO, REPLY_INFO};
use super::reply::{ReplyBody, genesis};
use super::*;
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::{Signed, SigningKey};
use crate::crypto::words::{RecoveryWords, WordCount};
use crate::error::Error;
use crate::identity::SpaceKeys;
use crate::identity::testing::Seeded;
use crate::space::{Role, SignedStatement, SpaceKind, Statement, audience, evaluate};
use data_encoding::HEXLOWER;

const NOW: i64 = 1_700_000_000_000;

/// A person with one device.
struct Who {
    keys: DeviceKeys,
    admin: SigningKey,
    recovery: OpeningKey,
    entropy: Seeded,
}

impl Who {
    fn named(name: &str) -> Self {
        let mut entropy = Seeded::new(name);
        Who {
            keys: DeviceKeys::make(&mut entropy),
            admin: SigningKey::make(&mut entropy),
            recovery: OpeningKey::make(&mut entropy),
            entropy,
        }
    }
    fn split(&mut self) -> (PairingSelf<'_>, &mut Seeded) {
        let (admin_pk, recovery_pk) = (self.admin.public(), self.recovery.public());
        (PairingSelf { keys: &self.keys, admin_pk, recovery_pk }, &mut self.entropy)
    }
    fn invite(&mut self, terms: InviteTerms) -> Result<(OpenInvitation, Vec<u8>)> {
        let (me, entropy) = self.split();
        invite(terms, &me, NOW, entropy)
    }
    fn reply(&mut self, invitation: &[u8], words: Option<&RecoveryWords>) -> Result<(PendingReply, Vec<u8>)> {
        let (me, entropy) = self.split();
        reply(invitation, words, &me, NOW, entropy)
    }
    fn take_reply(&mut self, open: &OpenInvitation, reply: &[u8]) -> Result<(Paired, Vec<u8>)> {
        let (me, entropy) = self.split();
        take_reply(open, reply, &me, NOW, entropy)
    }
}

fn code<T>(result: Result<T>) -> (Code, Option<Field>) {
    match result {
        Err(Error::Refused(detail)) => (detail.code, detail.field),
        Err(other) => panic!("a cause without a code: {other:?}"),
        Ok(_) => panic!("expected a refusal"),
    }
}

fn terms() -> InviteTerms {
    InviteTerms::relationship(Role::Person)
}

/// Mara and Theo up to Theo's reply.
fn half_way() -> (Who, Who, OpenInvitation, Vec<u8>, PendingReply, Vec<u8>) {
    let (mut mara, mut theo) = (Who::named("mara"), Who::named("theo"));
    let (open, invitation) = mara.invite(terms()).expect("good terms");
    let (pending, answer) = theo.reply(&invitation, None).expect("a good invitation");
    (mara, theo, open, invitation, pending, answer)
}

fn assert_same_space(mara: &Paired, theo: &Paired) {
    assert_eq!(mara.genesis, theo.genesis);
    assert_eq!((&mara.my_digits, &mara.their_digits), (&theo.their_digits, &theo.my_digits));
    assert_eq!((mara.my_member, mara.their_member), (theo.their_member, theo.my_member));
    assert_eq!((mara.my_role, mara.their_role), (theo.their_role, theo.my_role));
    assert_eq!((&mara.my_card, &mara.their_card), (&theo.their_card, &theo.my_card));
    let membership = evaluate(mara.space(), std::slice::from_ref(&theo.genesis)).expect("a good space");
    assert_eq!(membership.kind, SpaceKind::Relationship);
    assert_eq!(audience(&membership).len(), 2);
    assert_eq!(membership.role_of(&mara.my_member), Some(mara.my_role));
    for (mine, theirs) in [(mara, theo), (theo, mara)] {
        let shown = theirs.their_card.read().expect("a card").sealing_pk;
        assert_eq!(shown, mine.my_space_keys.current().key.public());
        digits_match(&mine.their_digits, &spaced(&theirs.my_digits)).expect("the same exchange");
    }
}

#[test]
fn two_people_pair_by_file_and_can_stop_at_every_step() {
    let (mut mara, _, open, _, pending, answer) = half_way();
    // Each side's state goes through its store.
    let open = OpenInvitation::from_stored(open.to_stored().expose()).expect("own bytes");
    let pending = PendingReply::from_stored(pending.to_stored().expose()).expect("own bytes");
    assert_eq!(pending.file(), answer);
    assert_eq!((open.exchange(), exchange_of(&answer).expect("named")), (pending.exchange(), open.exchange()));
    let (mara_side, completion) = mara.take_reply(&open, &answer).expect("a good reply");
    let theo_side = take_completion(&pending, &completion).expect("a good completion");
    let mara_side = Paired::from_stored(mara_side.to_stored().expose()).expect("own bytes");
    assert_same_space(&mara_side, &theo_side);
    assert_eq!((mara_side.my_role, theo_side.my_role), (Role::Person, Role::Supporter));
    // The words of each open that person's root, and no other.
    let Ok(Statement::Genesis(made)) = mara_side.genesis.verify() else { panic!("a Genesis") };
    let opened = made.members.iter().filter(|member| {
        crate::identity::open_member_root(&member.sealed_root, &member.root_pk, &mara.recovery).is_some()
    });
    assert_eq!(opened.map(MemberEntry::member_id).collect::<Vec<_>>(), [mara_side.my_member]);
    // The same completion again is the same pairing.
    assert_eq!(take_completion(&pending, &completion).expect("again").genesis, mara_side.genesis);
}

#[test]
fn a_supporter_can_invite_too_and_texts_do_as_well_as_files() {
    let (mut theo, mut mara) = (Who::named("theo"), Who::named("mara"));
    let (open, invitation) = theo.invite(InviteTerms::relationship(Role::Supporter)).expect("good terms");
    let around =
        |file: &[u8]| format!("Hi,\r\n\r\n  {}\r\nsee you", armor(file).expect("a message").replace('\n', "\r\n "));
    let shown = look_at(around(&invitation).as_bytes()).expect("readable");
    assert_eq!((shown.my_role, shown.their_role), (Role::Person, Role::Supporter));
    assert_eq!((shown.by, shown.expires_ms), (SecretKind::InFile, NOW + EXPIRES_DEFAULT_MS));
    assert_eq!(shown.expires_ms, open.expires_ms().expect("readable"));
    let (pending, answer) = mara.reply(around(&invitation).as_bytes(), None).expect("text");
    let (theirs, completion) = theo.take_reply(&open, around(&answer).as_bytes()).expect("text");
    let ours = take_completion(&pending, around(&completion).as_bytes()).expect("text");
    assert_same_space(&ours, &theirs);
    for file in [&invitation, &answer, &completion] {
        assert_eq!(unarmor(&around(file)).expect("a block"), *file);
        let text = armor(file).expect("a message");
        assert!(text.lines().all(|line| line.len() <= 64));
        assert_eq!(message_hash(text.as_bytes()).expect("named"), message_hash(file).expect("named"));
    }
    assert_eq!(kind_of(&completion).expect("known"), MessageKind::Completion);
}

#[test]
fn words_carry_the_secret_apart_from_the_file() {
    let (mut mara, mut theo) = (Who::named("mara"), Who::named("theo"));
    let (open, invitation) = mara.invite(InviteTerms { by: SecretKind::Words, ..terms() }).expect("good terms");
    let words = open.words().expect("24 words");
    assert_eq!(words.list().len(), 24);
    assert_eq!(look_at(&invitation).expect("readable").by, SecretKind::Words);
    assert_eq!(code(theo.reply(&invitation, None)), (Code::Empty, Some(Field::RecoveryWords)));
    let short = RecoveryWords::make(WordCount::Twelve, &mut theo.entropy);
    assert_eq!(code(theo.reply(&invitation, Some(&short))), (Code::WrongSecret, Some(Field::RecoveryWords)));
    // Other words make a reply that the inviter's device cannot open.
    let other = RecoveryWords::make(WordCount::TwentyFour, &mut theo.entropy);
    let (_, wrong) = theo.reply(&invitation, Some(&other)).expect("nobody can tell yet");
    assert_eq!(code(mara.take_reply(&open, &wrong)), (Code::NotForThisDevice, Some(Field::Reply)));
    let (pending, answer) = theo.reply(&invitation, Some(&words)).expect("good");
    let (mara_side, completion) = mara.take_reply(&open, &answer).expect("good");
    assert_same_space(&mara_side, &take_completion(&pending, &completion).expect("good"));
    // A file with a secret of its own cannot stand in for the words.
    let (_, with_secret) = mara.invite(terms()).expect("good terms");
    assert_eq!(code(theo.reply(&with_secret, Some(&words))), (Code::WrongSecret, Some(Field::RecoveryWords)));
}

#[test]
fn terms_have_bounds_and_invitations_an_end() {
    let (mut mara, mut theo) = (Who::named("mara"), Who::named("theo"));
    for expires_in_ms in [EXPIRES_MIN_MS - 1, EXPIRES_MAX_MS + 1, 0, -1, i64::MIN, i64::MAX] {
        let refused = mara.invite(InviteTerms { expires_in_ms, ..terms() });
        assert_eq!(code(refused), (Code::OutOfRange, Some(Field::Expires)));
    }
    for purpose in [Purpose::OwnDevice, Purpose::ComingBack, Purpose::NewSpace(SpaceKind::Team)] {
        assert_eq!(code(mara.invite(InviteTerms { purpose, ..terms() })).0, Code::UnsupportedType);
    }
    assert_eq!(code(mara.invite(InviteTerms { my_role: Role::Lead, ..terms() })).0, Code::UnsupportedType);
    for expires_in_ms in [EXPIRES_MIN_MS, EXPIRES_MAX_MS] {
        let (open, invitation) = mara.invite(InviteTerms { expires_in_ms, ..terms() }).expect("at the bound");
        let (last, end) = (NOW + expires_in_ms - 1, NOW + expires_in_ms);
        let (me, entropy) = theo.split();
        assert_eq!(code(reply(&invitation, None, &me, end, entropy)), (Code::Expired, Some(Field::Invitation)));
        let (_, answer) = reply(&invitation, None, &me, last, entropy).expect("just in time");
        let (me, entropy) = mara.split();
        assert_eq!(code(take_reply(&open, &answer, &me, end, entropy)).0, Code::Expired);
        assert!(take_reply(&open, &answer, &me, last, entropy).is_ok());
    }
}

#[test]
fn an_invitation_is_used_once_and_the_same_reply_is_answered_again() {
    let (mut mara, mut theo, open, invitation, _, answer) = half_way();
    let (_, completion) = mara.take_reply(&open, &answer).expect("good");
    let used = UsedInvitation::new(&answer, completion.clone()).expect("a message");
    let used = UsedInvitation::from_stored(&used.to_stored()).expect("own bytes");
    assert_eq!(used.answer(&answer).expect("the same"), completion);
    assert_eq!(used.answer(armor(&answer).expect("text").as_bytes()).expect("the same"), completion);
    let (_, another) = theo.reply(&invitation, None).expect("a second reply");
    assert_eq!(code(used.answer(&another)), (Code::InvitationUsed, Some(Field::Invitation)));
    assert_eq!(code(used.answer(b"noise")).0, Code::Corrupt);
}

#[test]
fn messages_find_their_own_exchange_only() {
    let (mut mara, mut theo, open, invitation, pending, answer) = half_way();
    let (other_open, other_invitation) = mara.invite(terms()).expect("good terms");
    assert_eq!(code(mara.take_reply(&other_open, &answer)), (Code::NotForThisDevice, Some(Field::Reply)));
    // Another device holds a copy of the open invitation (a restored vault): it cannot take the reply.
    let mut clone = Who::named("mara's clone");
    assert_eq!(code(clone.take_reply(&open, &answer)), (Code::NotForThisDevice, Some(Field::Reply)));
    let (other_pending, _) = theo.reply(&other_invitation, None).expect("good");
    let (_, completion) = mara.take_reply(&open, &answer).expect("good");
    assert_eq!(code(take_completion(&other_pending, &completion)), (Code::NotForThisDevice, Some(Field::Completion)));
    // A second reply to one invitation: the completion of the first does not open for it.
    let (second, _) = theo.reply(&invitation, None).expect("good");
    assert_eq!(code(take_completion(&second, &completion)), (Code::NotForThisDevice, Some(Field::Completion)));
    // Messages in each other's place.
    assert_eq!(code(theo.reply(&answer, None)), (Code::UnsupportedType, Some(Field::Invitation)));
    assert_eq!(code(mara.take_reply(&open, &invitation)), (Code::UnsupportedType, Some(Field::Reply)));
    assert_eq!(code(take_completion(&pending, &answer)), (Code::UnsupportedType, Some(Field::Completion)));
    // A device cannot pair with itself.
    assert_eq!(code(mara.reply(&invitation, None)), (Code::Duplicate, Some(Field::Invitation)));
}

/// The file with one byte changed, once as damage and once by someone who also mends the checksum.
fn flipped(file: &[u8], at: usize) -> [Vec<u8>; 2] {
    let mut damaged = file.to_vec();
    damaged[at] ^= 1 << (at % 8);
    let mut mended = damaged.clone();
    let end = mended.len() - 4;
    let sum = sha256(&[&mended[..end]]);
    mended[end..].copy_from_slice(&sum[..4]);
    [damaged, mended]
}

const DAMAGE: [Code; 3] = [Code::Corrupt, Code::NewerSchema, Code::UnsupportedType];

#[test]
fn every_flipped_byte_of_an_invitation_is_noticed() {
    let (mut mara, mut theo, open, invitation, ..) = half_way();
    for at in 0..invitation.len() {
        let [damaged, mended] = flipped(&invitation, at);
        let told = code(theo.reply(&damaged, None)).0;
        assert!(DAMAGE.contains(&told), "{at}: {told:?}");
        if at >= invitation.len() - 4 {
            continue; // mending the checksum gives the invitation back
        }
        // Whoever mends the checksum only gets a reply that nobody takes.
        match theo.reply(&mended, None) {
            Err(error) => {
                let told = error.code();
                let early = [Code::Expired, Code::Duplicate, Code::TooMany];
                assert!(DAMAGE.contains(&told) || early.contains(&told) || told == Code::Empty, "{at}: {told:?}");
            }
            Ok((_, answer)) => {
                assert_eq!(code(mara.take_reply(&open, &answer)), (Code::NotForThisDevice, Some(Field::Reply)), "{at}");
            }
        }
    }
}

#[test]
fn every_flipped_byte_of_reply_and_completion_is_refused() {
    let (mut mara, _, open, _, pending, answer) = half_way();
    let (_, completion) = mara.take_reply(&open, &answer).expect("good");
    let may_be = |told: Code| DAMAGE.contains(&told) || told == Code::NotForThisDevice;
    for at in 0..answer.len() {
        for bad in flipped(&answer, at).iter().filter(|bad| **bad != answer) {
            let told = code(mara.take_reply(&open, bad)).0;
            assert!(may_be(told), "{at}: {told:?}");
        }
    }
    for at in 0..completion.len() {
        for bad in flipped(&completion, at).iter().filter(|bad| **bad != completion) {
            let told = code(take_completion(&pending, bad)).0;
            assert!(may_be(told), "{at}: {told:?}");
        }
    }
    for cut in 0..answer.len() {
        assert!(mara.take_reply(&open, &answer[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn every_flipped_letter_of_a_text_block_is_refused() {
    let (_, mut theo, _, invitation, ..) = half_way();
    let text = armor(&invitation).expect("a message");
    let first_line = text.find('\n').expect("a title");
    for at in first_line + 1..text.len() - 1 {
        let mut bad = text.clone().into_bytes();
        bad[at] = if bad[at] == b'Z' { b'Y' } else { b'Z' };
        let told = theo.reply(&bad, None);
        assert_eq!(code(told), (Code::Corrupt, Some(Field::Invitation)), "{at}");
    }
}

/// A reply as a hostile replier with the right secret would make it.
fn forged_reply(open: &OpenInvitation, pending: &PendingReply, change: impl FnOnce(&mut ReplyBody)) -> Vec<u8> {
    let mut body = ReplyBody {
        member: pending.member.clone(),
        card: pending.card.clone(),
        nonce: pending.nonce,
        genesis: pending.genesis.clone(),
    };
    change(&mut body);
    let to = Body::read(&open.body).expect("own").ephemeral_pk;
    let sealed = open.pair_key().seal(&to, REPLY_INFO, &cbor::encode(&body), &mut Seeded::new("forger"));
    frame(MessageKind::Reply, &[&open.exchange().0, &sealed.expect("sealed")])
}

#[test]
fn a_hostile_reply_with_the_right_secret_is_still_refused() {
    let (mut mara, mut theo, open, invitation, pending, _) = half_way();
    let body = Body::read(&open.body).expect("own");
    let (other, _) = theo.reply(&invitation, None).expect("another");
    type Change<'a> = Box<dyn FnOnce(&mut ReplyBody) + 'a>;
    let resigned = |reply: &ReplyBody, key: &SigningKey| {
        let made = genesis(&body, &reply.member, &reply.nonce);
        SignedStatement::sign(&Statement::Genesis(made), &[key])
    };
    let forger = SigningKey::make(&mut Seeded::new("forger's root"));
    let foreign_card = SpaceKeys::make(&mut Seeded::new("x"))
        .card(theo.keys.device_id(), SpaceId([7; 32]), 1, vec![])
        .sign(&theo.keys.signing);
    let mara_card = SpaceKeys::make(&mut Seeded::new("x"))
        .card(mara.keys.device_id(), pending.genesis.space_id(), 1, vec![])
        .sign(&mara.keys.signing);
    let forged_card = SpaceKeys::make(&mut Seeded::new("x"))
        .card(theo.keys.device_id(), pending.genesis.space_id(), 1, vec![])
        .sign(&forger);
    let mara_entry = body.member.clone();
    let cases: Vec<(&str, Code, Change<'_>)> = vec![
        ("another Genesis", Code::Corrupt, Box::new(|reply| reply.genesis = other.genesis.clone())),
        ("another nonce", Code::Corrupt, Box::new(|reply| reply.nonce = [0; 32])),
        ("another member", Code::Corrupt, Box::new(|reply| reply.member = other.member.clone())),
        ("another role", Code::Corrupt, Box::new(|reply| reply.member.role = Role::Person)),
        ("the inviter as replier", Code::Corrupt, Box::new(move |reply| reply.member = mara_entry)),
        (
            "no signature",
            Code::SignatureInvalid,
            Box::new(|reply| {
                reply.genesis = SignedStatement::from_parts(reply.genesis.body().to_vec(), vec![]);
            }),
        ),
        ("another's signature", Code::SignatureInvalid, Box::new(|reply| reply.genesis = resigned(reply, &forger))),
        ("no device", Code::TooMany, Box::new(|reply| reply.member.devices.clear())),
        ("a card of another space", Code::SignatureInvalid, Box::new(move |reply| reply.card = foreign_card)),
        ("the inviter's card", Code::SignatureInvalid, Box::new(move |reply| reply.card = mara_card)),
        ("a forged card", Code::SignatureInvalid, Box::new(move |reply| reply.card = forged_card)),
    ];
    for (what, expected, change) in cases {
        let bad = forged_reply(&open, &pending, change);
        assert_eq!(code(mara.take_reply(&open, &bad)), (expected, Some(Field::Reply)), "{what}");
    }
    let good = forged_reply(&open, &pending, |_| {});
    assert!(mara.take_reply(&open, &good).is_ok(), "what the cases start from is good");
}

#[test]
fn a_hostile_completion_with_the_right_secret_is_still_refused() {
    let (mut mara, _, open, _, pending, answer) = half_way();
    let (paired, completion) = mara.take_reply(&open, &answer).expect("good");
    let opened = content(&completion, MessageKind::Completion).expect("good");
    let (_, sealed) = split_sealed(&opened, MessageKind::Completion).expect("good");
    let plain = open.pair_key().open(&pending.space_keys.current().key, COMPLETION_INFO, sealed).expect("good");
    let good: CompletionBody = cbor::decode(plain.expose()).expect("good");
    assert_eq!(commit(&good.nonce), Body::read(&open.body).expect("own").commitment);
    let forged = |body: &CompletionBody| {
        let to = pending.space_keys.current().key.public();
        let sealed = open.pair_key().seal(&to, COMPLETION_INFO, &cbor::encode(body), &mut Seeded::new("forger"));
        frame(MessageKind::Completion, &[&open.exchange().0, &sealed.expect("sealed")])
    };
    assert!(take_completion(&pending, &forged(&good)).is_ok(), "what the cases start from is good");
    let root = SigningKey::make(&mut Seeded::new("forger's root"));
    let cases = [
        ("wrong nA", CompletionBody { nonce: [1; 32], ..good.clone() }),
        (
            "another's signature",
            CompletionBody { signature: root.sign(Signed::Statement, paired.genesis.body()), ..good.clone() },
        ),
        (
            "a signature for another use",
            CompletionBody { signature: open.root.sign(Signed::Card, paired.genesis.body()), ..good.clone() },
        ),
        ("the replier's card", CompletionBody { card: pending.card.clone(), ..good.clone() }),
    ];
    for (what, bad) in cases {
        let told = code(take_completion(&pending, &forged(&bad)));
        assert_eq!(told, (Code::SignatureInvalid, Some(Field::Completion)), "{what}");
    }
}

#[test]
fn someone_in_the_middle_shows_other_digits() {
    // Eve holds the invitation with its secret, answers it as herself, and invites Theo as if she were Mara.
    let (mut mara, mut theo, mut eve) = (Who::named("mara"), Who::named("theo"), Who::named("eve"));
    let (open, invitation) = mara.invite(terms()).expect("good terms");
    let (_, eves_answer) = eve.reply(&invitation, None).expect("good");
    let (mara_side, _) = mara.take_reply(&open, &eves_answer).expect("nobody can tell yet");
    let (eves_open, eves_invitation) = eve.invite(terms()).expect("good terms");
    let (pending, answer) = theo.reply(&eves_invitation, None).expect("good");
    let (_, completion) = eve.take_reply(&eves_open, &answer).expect("good");
    let theo_side = take_completion(&pending, &completion).expect("nobody can tell yet");
    let typed = digits_match(&mara_side.their_digits, &theo_side.my_digits);
    assert_eq!(code(typed), (Code::DigitsDiffer, Some(Field::Digits)));
    assert_eq!(code(digits_match(&theo_side.their_digits, &mara_side.my_digits)).0, Code::DigitsDiffer);
}

#[test]
fn digits_forgive_blanks_and_ask_again_for_anything_else() {
    for typed in ["402917", " 402 917 ", "402\u{a0}917", "402-917", "\u{2066}402 917\u{2069}", "٤٠٢ ٩١٧", "۴۰۲۹۱۷"]
    {
        assert!(digits_match("402917", typed).is_ok(), "{typed}");
    }
    for typed in ["", "40291", "4029170", "40291x", "four", &"1".repeat(100_000)] {
        assert_eq!(code(digits_match("402917", typed)), (Code::InvalidText, Some(Field::Digits)), "{typed:.9}");
    }
    assert_eq!(code(digits_match("402917", "402918")).0, Code::DigitsDiffer);
    assert_eq!(spaced("402917"), "402 917");
}

#[test]
fn noise_is_refused_and_nothing_private_prints() {
    let (mut mara, mut theo, open, _, pending, answer) = half_way();
    for noise in [&b""[..], b"belay pair", b"belay pair\x01", b"Belay invitation\n", b"\xff\xfe", b"belay bundle\x01"] {
        assert_eq!(code(theo.reply(noise, None)).0, Code::Corrupt, "{noise:?}");
        assert!(kind_of(noise).is_err());
    }
    let large = [b"belay pair\x01\x01".as_slice(), &vec![0; MESSAGE_MAX_BYTES]].concat();
    assert_eq!(code(theo.reply(&large, None)).0, Code::TooBig);
    assert_eq!(code(theo.reply(&vec![b'x'; 1 << 20], None)).0, Code::TooBig);
    let (paired, _) = mara.take_reply(&open, &answer).expect("good");
    let printed = format!("{open:?} {pending:?} {paired:?} {:?}", mara.split().0);
    assert!(printed.contains("‹secret›") && !printed.contains(&paired.my_digits) && printed.len() < 400, "{printed}");
}

/// Recipe: `Seeded("mara")` and `Seeded("theo")` (SHA-256 of seed ‖ counter, u64 BE from 1) draw in the order of the
/// code above: device keys, admin key, recovery key, then what `invite` and `reply` draw, at NOW.
#[test]
fn the_bytes_of_pairing_are_pinned() {
    let (mut mara, _, open, invitation, _, answer) = half_way();
    let (paired, completion) = mara.take_reply(&open, &answer).expect("good");
    let hash = |bytes: &[u8]| HEXLOWER.encode(&sha256(&[bytes]));
    let pinned = [
        HEXLOWER.encode(&invitation[..28]),
        hash(&invitation),
        hash(&answer),
        hash(&completion),
        HEXLOWER.encode(&paired.space().0),
        paired.my_digits.clone(),
        paired.their_digits.clone(),
    ];
    let expected = [
        "62656c617920706169720101a201590164a8010102a2010102020302",
        "4c42a17297075e7c0a395afd434d7a732468d29a3dec070518b5032448179ef8",
        "0a60a2ab0bc5ac741951de59f7e1822dc7d94fc70f34db7c6aea2477b44f6140",
        "de2f0a8328742b4b84ce8e425bb0698a9fa61335a80f9bba23802e618f29711d",
        "8dccb254f86fe657ce98537d2e6f55faad2fdba670aaa02ad02ac66d582f61cd",
        "773581",
        "771429",
    ];
    assert_eq!(pinned.as_slice(), expected);
}
