//! Pairing by file: what is used once, what ends it, and what nothing in between can change.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::command::{PlanCommand, RelationshipCommand};
use belay::error::Code;
use belay::exchange::Scope;
use belay::exchange::flow::PairingStage;
use belay::exchange::pairing::{InviteTerms, SecretKind};
use belay::space::Role;
use belay_tests::{
    Device, Plan, World, bundle_of_wires, pair, pair_up_to_digits, text, unchanged, until_quiet, wires_of,
};

const HOUR_MS: i64 = 3_600_000;
/// One byte in so many is flipped where a message is tried byte by byte: each try runs a key agreement.
const STRIDE: usize = 13;

fn invitation(from: &Device, to: &str) -> Vec<u8> {
    let terms = InviteTerms::relationship(Role::Person);
    from.companion.pair_invite(terms, to, &from.at()).expect("inviting").send.expect("an invitation")
}

fn reply(from: &Device, invitation: &[u8]) -> Vec<u8> {
    from.companion.pair_join(invitation, None, "Mara", &from.at()).expect("joining").send.expect("a reply")
}

#[test]
fn an_invitation_is_used_once() {
    let world = World::new("once");
    let (mara, theo, ife) = (world.person("Mara"), world.person("Theo"), world.person("Ife"));
    let invited = invitation(&mara, "Theo");
    let (of_theo, of_ife) = (reply(&theo, &invited), reply(&ife, &invited));
    let completion = mara.companion.pair_take(&of_theo, &mara.at()).expect("the first reply").send.expect("a file");
    let before = mara.dump();
    let late = mara.companion.pair_take(&of_ife, &mara.at()).expect_err("used");
    assert_eq!(late.code(), Code::InvitationUsed);
    unchanged(&before, &mara.dump());
    let stray = ife.companion.pair_take(&completion, &ife.at()).expect_err("not for Ife");
    assert_eq!(stray.code(), Code::NotForThisDevice, "sealed to another's card");
    let own = mara.companion.pair_join(&invited, None, "me", &mara.at()).expect_err("one's own");
    assert!(matches!(own.code(), Code::Duplicate | Code::InvitationUsed), "{own:?}");
}

#[test]
fn the_same_message_again_is_a_no_op() {
    let world = World::new("again");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let invited = invitation(&mara, "Theo");
    let (first, again) = (reply(&theo, &invited), reply(&theo, &invited));
    assert_eq!(first, again, "the same reply");
    let one = mara.companion.pair_take(&first, &mara.at()).expect("a reply");
    let before = mara.content();
    let two = mara.companion.pair_take(&first, &mara.at()).expect("the same reply");
    assert_eq!((&one.send, &one.digits, one.space), (&two.send, &two.digits, two.space));
    unchanged(&before, &mara.content());
    let completion = one.send.expect("a completion");
    let one = theo.companion.pair_take(&completion, &theo.at()).expect("a completion");
    let before = theo.content();
    let two = theo.companion.pair_take(&completion, &theo.at()).expect("the same completion");
    assert_eq!((one.digits, one.space), (two.digits, two.space));
    unchanged(&before, &theo.content());
}

#[test]
fn an_invitation_past_its_date_is_not_answered() {
    let world = World::new("expired");
    let (mara, theo, ife) = (world.person("Mara"), world.person("Theo"), world.person("Ife"));
    let invited = invitation(&mara, "Theo");
    theo.set_clock(mara.at().unix_ms);
    ife.set_clock(mara.at().unix_ms + 73 * HOUR_MS);
    let late = ife.companion.pair_join(&invited, None, "Mara", &ife.at()).expect_err("73 hours later");
    assert_eq!(late.code(), Code::Expired);
    let in_time = reply(&theo, &invited);
    mara.wait(73 * HOUR_MS);
    let before = mara.dump();
    assert_eq!(mara.companion.pair_take(&in_time, &mara.at()).expect_err("73 hours later").code(), Code::Expired);
    unchanged(&before, &mara.dump());
    for expires_in_ms in [HOUR_MS - 1, 14 * 24 * HOUR_MS + 1] {
        let terms = InviteTerms { expires_in_ms, ..InviteTerms::relationship(Role::Person) };
        let refused = mara.companion.pair_invite(terms, "Theo", &mara.at()).expect_err("out of range");
        assert_eq!(refused.code(), Code::OutOfRange);
    }
}

#[test]
fn a_secret_told_in_words_is_needed() {
    let world = World::new("words");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let terms = InviteTerms { by: SecretKind::Words, ..InviteTerms::relationship(Role::Person) };
    let invited = mara.companion.pair_invite(terms, "Theo", &mara.at()).expect("inviting").send.expect("a file");
    let before = theo.dump();
    assert!(theo.companion.pair_join(&invited, None, "Mara", &theo.at()).is_err());
    unchanged(&before, &theo.dump());
}

#[test]
fn other_digits_end_it_and_malformed_ones_are_asked_again() {
    let world = World::new("digits");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let (inviting, joining) = pair_up_to_digits(&mara, &theo);
    let shown = joining.digits.expect("digits");
    let space = inviting.space.expect("a space");
    let type_in = |typed: &str| mara.companion.pair_digits(&inviting.id, typed, &mara.at());
    let before = mara.content();
    for typed in ["", "12345", "1234567", "12345a", "one two"] {
        assert_eq!(type_in(typed).expect_err("no digits").code(), Code::InvalidText, "{typed}");
    }
    unchanged(&before, &mara.content());
    let wrong = format!("{:06}", (shown.parse::<u32>().expect("digits") + 1) % 1_000_000);
    assert_eq!(type_in(&wrong).expect_err("other digits").code(), Code::DigitsDiffer);
    assert_eq!(type_in(&shown).expect_err("it ended").code(), Code::NotFound);
    let in_space = PlanCommand::Create { space: Some(space), template: "wellness".to_owned(), title: text("") };
    assert_eq!(mara.refused(in_space), Code::NotFound, "the space is gone");
    let all = mara.companion.pairings(&mara.at()).expect("pairings");
    assert_eq!(all.iter().map(|step| step.stage).collect::<Vec<_>>(), [PairingStage::Ended]);
    assert!(mara.look(|db| belay::store::spaces::get_space(db, &space)).is_none());
}

#[test]
fn nothing_is_shared_or_held_before_the_digits() {
    let world = World::new("too early");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let (inviting, joining) = pair_up_to_digits(&mara, &theo);
    let space = inviting.space.expect("a space");
    for device in [&mara, &theo] {
        let in_space = PlanCommand::Create { space: Some(space), template: "wellness".to_owned(), title: text("") };
        assert_eq!(device.refused(in_space), Code::NotInForce);
        let name = RelationshipCommand::MyName { space: Some(space), name: text("M") };
        assert_eq!(device.refused(name), Code::NotInForce);
        let out = device.companion.bundle_out(&space, Scope::Everything, &device.at());
        assert_eq!(out.expect_err("too early").code(), Code::NotInForce);
    }
    let digits = |step: &belay::exchange::flow::Step| step.digits.clone().expect("digits");
    mara.companion.pair_digits(&inviting.id, &digits(&joining), &mara.at()).expect("the same");
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let early = theo.take(&mara.bundle(&space)).expect("a good bundle");
    assert!(early.too_early && early.new == 0, "{early:?}");
    assert!(!theo.holds("wellness"), "Theo's digits were not typed in: nothing is held");
    theo.companion.pair_digits(&joining.id, &digits(&inviting), &theo.at()).expect("the same");
    // What came too early was not confirmed, so it comes again by itself.
    until_quiet(&mara, &theo, &space);
    theo.apply(plan.add("looking-after-us", "We write"));
    assert_ne!(mara.hash(&space), theo.hash(&space), "Theo wrote on");
    until_quiet(&mara, &theo, &space);
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn a_space_is_no_use_to_someone_else() {
    let world = World::new("someone else");
    let (mara, theo, ife) = (world.person("Mara"), world.person("Theo"), world.person("Ife"));
    let with_theo = pair(&mara, &theo);
    let with_ife = pair(&mara, &ife);
    let plan = Plan::made_by(&mara, Some(with_theo), "wellness");
    mara.apply(plan.add("toolbox", "Tea with the radio on"));
    // Even the very batches, sealed well for Ife in her own space, say nothing there.
    let bundle = bundle_of_wires(&ife, &with_ife, wires_of(&mara, &with_theo));
    let report = ife.take(&bundle).expect("an envelope for Ife");
    assert_eq!((report.new, report.waiting), (0, 0), "{report:?}");
    assert!(!ife.holds("Tea with the radio on"));
    assert_eq!(ife.refused(plan.add("toolbox", "Coffee")), Code::NotFound);
}

/// Each flipped byte of a message is told by a code and changes nothing; the good message works afterwards.
fn flip_every(device: &Device, message: &[u8], take: impl Fn(&[u8]) -> Option<Code>) {
    let before = device.dump();
    for at in (0..message.len()).step_by(STRIDE).chain([message.len() - 1]) {
        let mut flipped = message.to_vec();
        flipped[at] ^= 1 << (at % 8);
        let code = take(&flipped).unwrap_or_else(|| panic!("byte {at} of {} made no difference", message.len()));
        assert!(!matches!(code, Code::Internal), "byte {at}: {code:?}");
    }
    for cut in (0..message.len()).step_by(STRIDE) {
        let code = take(&message[..cut]).unwrap_or_else(|| panic!("cut at {cut} of {}", message.len()));
        assert!(!matches!(code, Code::Internal), "cut at {cut}: {code:?}");
    }
    unchanged(&before, &device.dump());
    assert_eq!(take(message), None, "the good message");
}

#[test]
fn a_flipped_byte_in_the_reply_or_completion_is_told() {
    let world = World::new("flips");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let replied = reply(&theo, &invitation(&mara, "Theo"));
    let take = |message: &[u8]| mara.companion.pair_take(message, &mara.at()).err().map(|failure| failure.code());
    flip_every(&mara, &replied, take);
    let completion = mara.companion.pair_take(&replied, &mara.at()).expect("again").send.expect("a file");
    let take = |message: &[u8]| theo.companion.pair_take(message, &theo.at()).err().map(|failure| failure.code());
    flip_every(&theo, &completion, take);
}

#[test]
fn a_flipped_byte_in_the_invitation_never_makes_a_space() {
    let world = World::new("flipped invitation");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let invited = invitation(&mara, "Theo");
    let before = mara.dump();
    for at in (0..invited.len()).step_by(STRIDE) {
        let mut flipped = invited.clone();
        flipped[at] ^= 1 << (at % 8);
        // Without a signature some flips read as another good invitation; then the inviter refuses what answers it.
        let Ok(step) = theo.companion.pair_join(&flipped, None, "Mara", &theo.at()) else { continue };
        let replied = step.send.expect("a reply");
        let refused = mara.companion.pair_take(&replied, &mara.at());
        assert!(refused.is_err(), "byte {at} changed and the reply was taken");
    }
    unchanged(&before, &mara.dump());
}
