use crate::{code, touches};
use belay::companion::{ExchangeEnd, ExchangeIn, ExchangeKind, ExchangeOut, ExchangeShow};
use belay::error::Code;
use belay::exchange::flow::PairingStage;
use belay::exchange::pairing::InviteTerms;
use belay::ids::ExchangeId;
use belay::space::Role;
use belay_tests::{Device, Plan, World, text, until_quiet};

fn invite(from: &Device) -> ExchangeOut {
    let kind = ExchangeKind::Invite { terms: InviteTerms::relationship(Role::Person), name: text("Theo") };
    from.companion.exchange_open(&kind, &from.at()).expect("inviting")
}

fn join(from: &Device, payload: Vec<u8>) -> ExchangeOut {
    let kind = ExchangeKind::Join { payload, words: None, name: text("Mara") };
    from.companion.exchange_open(&kind, &from.at()).expect("joining")
}

fn bytes(out: &ExchangeOut) -> ExchangeIn {
    ExchangeIn::Bytes { bytes: out.send.clone().expect("something to carry") }
}

fn digits(out: &ExchangeOut) -> String {
    match &out.show {
        Some(ExchangeShow::Digits { digits }) => digits.clone(),
        other => panic!("no digits but {other:?}"),
    }
}

fn step(on: &Device, id: &ExchangeId, what: &ExchangeIn) -> ExchangeOut {
    on.companion.exchange_step(id, what, &on.at()).expect("a step")
}

/// Both up to their digits.
fn introduced(mara: &Device, theo: &Device) -> (ExchangeOut, ExchangeOut) {
    let invited = invite(mara);
    let joined = join(theo, invited.send.clone().expect("an invitation"));
    assert_eq!(joined.id, invited.id);
    let completed = step(mara, &invited.id, &bytes(&joined));
    let taken = step(theo, &joined.id, &bytes(&completed));
    (completed, taken)
}

#[test]
fn two_meet_by_file_through_exchanges_across_locks() {
    let world = World::new("meet");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let (of_mara, of_theo) = introduced(&mara, &theo);
    mara.lock_and_unlock();
    let woken = step(&mara, &of_mara.id, &ExchangeIn::Wake);
    assert_eq!((woken.stage, digits(&woken)), (PairingStage::Digits, digits(&of_mara)));
    step(&mara, &of_mara.id, &ExchangeIn::Closed);
    mara.companion.exchange_close(&of_mara.id, &mara.at()).expect("nothing is held");
    let typed =
        |device: &Device, out: &ExchangeOut, digits: String| step(device, &out.id, &ExchangeIn::Typed { digits });
    let again = mara.companion.exchange_step(&of_mara.id, &ExchangeIn::Typed { digits: "12".into() }, &mara.at());
    assert_eq!(code(again), Code::InvalidText);
    let done = typed(&mara, &of_mara, digits(&of_theo));
    let Some(ExchangeEnd::Done { space }) = done.end else { panic!("done") };
    assert!(touches(&done.changes) > 0);
    assert_eq!(typed(&theo, &of_theo, digits(&of_mara)).end, Some(ExchangeEnd::Done { space }));
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add("looking-after-us", "Walk"));
    until_quiet(&mara, &theo, &space);
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn digits_that_differ_and_giving_up_are_ends() {
    let world = World::new("differ");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let (of_mara, of_theo) = introduced(&mara, &theo);
    let wrong: String = digits(&of_theo).chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    let ended = step(&mara, &of_mara.id, &ExchangeIn::Typed { digits: wrong.clone() });
    assert_eq!((ended.end, ended.stage), (Some(ExchangeEnd::DigitsDiffer), PairingStage::Ended));
    let after = mara.companion.exchange_step(&of_mara.id, &ExchangeIn::Typed { digits: wrong }, &mara.at());
    assert_eq!(code(after), Code::NotFound);
    let ended = step(&theo, &of_theo.id, &ExchangeIn::Cancel);
    assert_eq!(ended.end, Some(ExchangeEnd::Ended));
    assert_eq!(step(&theo, &of_theo.id, &ExchangeIn::Wake).end, Some(ExchangeEnd::Ended));
    assert_eq!(code(theo.companion.exchange_step(&of_theo.id, &ExchangeIn::Cancel, &theo.at())), Code::NotFound);
}

#[test]
fn wrong_exchanges_have_typed_answers() {
    let world = World::new("wrong exchanges");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let (first, second) = (invite(&mara), invite(&mara));
    let nobody = ExchangeId([5; 16]);
    for what in
        [ExchangeIn::Wake, ExchangeIn::Closed, ExchangeIn::Cancel, ExchangeIn::Typed { digits: "123456".into() }]
    {
        assert_eq!(code(mara.companion.exchange_step(&nobody, &what, &mara.at())), Code::NotFound, "{what:?}");
    }
    assert_eq!(code(mara.companion.exchange_close(&nobody, &mara.at())), Code::NotFound);
    let joined = join(&theo, first.send.clone().expect("an invitation"));
    let crossed = mara.companion.exchange_step(&second.id, &bytes(&joined), &mara.at());
    assert_eq!(code(crossed), Code::NotForThisDevice);
    let noise = ExchangeIn::Bytes { bytes: vec![0; 64] };
    assert!(mara.companion.exchange_step(&first.id, &noise, &mara.at()).is_err());
    assert_eq!(code(mara.companion.exchange_open(&ExchangeKind::AddDevice, &mara.at())), Code::UnsupportedType);
    assert!(first.wake_in_ms.is_some_and(|wake| wake > 0));
    step(&mara, &first.id, &bytes(&joined));
    let printed = format!("{first:?} {noise:?} {:?}", first.show);
    assert!(printed.len() < 120, "no file and no digits: {printed}");
    mara.companion.lock().expect("locking");
    assert_eq!(code(mara.companion.exchange_step(&first.id, &ExchangeIn::Wake, &mara.at())), Code::Locked);
    assert_eq!(code(mara.companion.exchange_open(&ExchangeKind::AddDevice, &mara.at())), Code::Locked);
}
