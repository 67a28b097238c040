//! What is not given, and why.

use crate::scene::*;
use belay::command::{
    Act, Answer as MayAnswer, Command, ConsentCommand, Deed, GiftDraft, NoteCommand, NoteField, Purpose, TextRange,
    WithTitle,
};
use belay::document::Step;
use belay::error::Code;
use belay::ids::{DocId, Hash32, SpaceId};
use belay::text::PersonText;
use belay::view::{Answer, Ask, ShareFilter};
use belay_tests::{Circle, Device, Forge, World, pair_up_to_digits, text, unchanged, until_quiet, whole as whole_text};

/// Both the preview and the giving are refused with this, and nothing changed.
#[track_caller]
fn refused(on: &Device, gift: &GiftDraft, code: Code) {
    let before = on.content();
    assert_eq!(on.companion.preview(&gift.clone().unseen(), &on.at()).expect_err("refused").code(), code, "preview");
    assert_eq!(on.refused(ConsentCommand::Give { gift: gift.clone(), preview: Hash32([0; 32]) }), code, "give");
    unchanged(&before, &on.content());
}

#[test]
fn nobody_gives_what_was_not_shown() {
    let scene = Scene::new("unseen");
    let (mara, (_ana, other)) = (&scene.mara, scene.other());
    let gift = scene.part();
    let shown = previewed(mara, &gift).hash;
    assert_eq!(previewed(mara, &gift).hash, shown, "the same for the same");
    let attempt = |gift: &GiftDraft, preview: Hash32| {
        let failure = mara.attempt(ConsentCommand::Give { gift: gift.clone(), preview }).expect_err("not shown");
        (failure.code(), failure.detail().current.clone())
    };
    let rev = note_detail(mara, scene.note).rev;
    assert_eq!(attempt(&gift, Hash32([0; 32])), (Code::Stale, Some(rev.clone())));
    // Another reader, other words, a title, another wording: each is another preview.
    let others = [
        GiftDraft { to: other, ..gift.clone() },
        GiftDraft { title: WithTitle::Included, ..gift.clone() },
        GiftDraft { part: None, ..gift.clone() },
        GiftDraft { part: Some(TextRange { end: excerpt().end - 1, ..excerpt() }), ..gift.clone() },
    ];
    for other in &others {
        assert_ne!(previewed(mara, other).hash, shown);
        assert_eq!(attempt(other, shown).0, Code::Stale);
    }
    // The words moved: what stands at that place now was not shown.
    let edited = whole_text(&format!("New. {}", body()));
    mara.apply(NoteCommand::Edit { note: scene.note, field: NoteField::Body, base: rev, text: edited });
    assert_eq!(attempt(&gift, shown).0, Code::Stale);
    assert!(shares(mara, ShareFilter::default()).is_empty());
    // The same words at their new place are another part, and what else changes in the note is no part of it.
    let moved = TextRange { start: excerpt().start + 5, end: excerpt().end + 5 };
    let gift = GiftDraft { part: Some(moved), ..gift };
    let shown = previewed(mara, &gift);
    mara.apply(NoteCommand::AddTag { note: scene.note, tag: text("later") });
    mara.apply(ConsentCommand::Give { gift, preview: shown.hash });
    assert_eq!(copy(mara, only(mara).id).text.as_str(), EXCERPT);
}

#[test]
fn a_part_that_is_none_is_not_given_and_one_that_cuts_a_letter_is_widened() {
    let scene = Scene::new("ranges");
    let mara = &scene.mara;
    let units = u32::try_from(body().encode_utf16().count()).expect("a short text");
    for (start, end) in [(0, 0), (9, 9), (9, 3), (0, units + 1), (units, units + 1), (u32::MAX - 1, u32::MAX)] {
        refused(mara, &GiftDraft { part: Some(TextRange { start, end }), ..scene.part() }, Code::RangeInvalid);
    }
    let TextRange { start, .. } = excerpt();
    // The line end before the excerpt alone holds no words.
    refused(mara, &GiftDraft { part: Some(TextRange { start: start - 1, end: start }), ..scene.part() }, Code::Empty);
    let family = start + u32::try_from("The radio helped, ".len()).expect("short");
    for (start, end) in [(family, family + 1), (family + 1, family + 2), (family + 3, family + 4)] {
        let shown = previewed(mara, &GiftDraft { part: Some(TextRange { start, end }), ..scene.part() });
        assert_eq!(shown.leaves[0].as_str(), "👩‍👩‍👧", "{start}..{end}");
    }
    let titled = GiftDraft { title: WithTitle::Included, ..whole(scene.note, scene.space) };
    let leaves: Vec<_> = previewed(mara, &titled).leaves.into_iter().map(PersonText::into_string).collect();
    assert_eq!(leaves, [TITLE, BEFORE, EXCERPT, AFTER], "the title and each line, word for word");
}

#[test]
fn what_is_not_mine_not_there_or_in_the_trash_is_not_given() {
    let scene = Scene::new("not there");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let gift = scene.part();
    let own = mara.companion.own_space().expect("open");
    refused(mara, &GiftDraft { note: DocId([3; 32]), ..gift.clone() }, Code::NotFound);
    refused(mara, &GiftDraft { to: SpaceId([3; 32]), ..gift.clone() }, Code::NotFound);
    refused(mara, &GiftDraft { to: own, ..gift.clone() }, Code::NotAMember);
    refused(theo, &gift, Code::NotFound);
    let copy_given = scene.given();
    refused(mara, &gift, Code::Duplicate);
    refused(mara, &GiftDraft { note: copy_given, ..gift.clone() }, Code::NotFound);
    give(mara, &GiftDraft { title: WithTitle::Included, ..gift.clone() });
    mara.apply(NoteCommand::Trash { note: scene.note });
    refused(mara, &gift, Code::InTrash);
    for copy in [DocId([3; 32]), scene.note] {
        assert_eq!(mara.refused(ConsentCommand::TakeBack { copy }), Code::NotFound);
    }
    assert_eq!(theo.refused(ConsentCommand::TakeBack { copy: copy_given }), Code::NotOwner);
    take_back(mara, copy_given);
    assert_eq!(mara.refused(ConsentCommand::TakeBack { copy: copy_given }), Code::NotFound);
    // One of a list that is refused takes the others along.
    mara.apply(NoteCommand::Restore { note: scene.note });
    assert_ne!(give(mara, &gift), copy_given, "given anew");
    let before = mara.content();
    let gift = whole(scene.note, scene.space);
    let preview = previewed(mara, &gift).hash;
    let part = GiftDraft { part: Some(TextRange { start: 0, end: 3 }), ..gift.clone() };
    let give = |gift, preview| Command::Consent(ConsentCommand::Give { gift, preview });
    let both = [give(gift.clone(), preview), give(part, Hash32([1; 32]))];
    let failure = mara.companion.apply(&both, None, &mara.at()).expect_err("one is not shown");
    assert_eq!((failure.code(), failure.detail().command), (Code::Stale, Some(1)));
    let twice = [give(gift.clone(), preview), give(gift.clone(), preview)];
    let failure = mara.companion.apply(&twice, None, &mara.at()).expect_err("a second tap");
    assert_eq!((failure.code(), failure.detail().command), (Code::Duplicate, Some(1)));
    unchanged(&before, &mara.content());
}

#[test]
fn nothing_is_given_before_the_digits_and_after_the_end() {
    let world = World::new("digits");
    let (mara, theo, ana) = (world.person("Mara"), world.person("Theo"), world.person("Ana"));
    let alone = note(&mara);
    let may = note_detail(&mara, alone).may;
    assert!(may.acts.iter().any(|act| act.deed == Deed::Give) && !may.allows(Deed::Give), "to nobody yet");
    let (inviting, _) = pair_up_to_digits(&mara, &theo);
    refused(&mara, &whole(alone, inviting.space.expect("a space")), Code::NotInForce);
    let space = belay_tests::pair(&mara, &ana);
    assert!(note_detail(&mara, alone).may.allows(Deed::Give));
    refused(&mara, &whole(alone, inviting.space.expect("a space")), Code::NotInForce);
    let id = give(&mara, &whole(alone, space));
    until_quiet(&mara, &ana, &space);
    mara.companion.leave(&space, &mara.secret(), &mara.at()).expect("her own to leave");
    refused(&mara, &whole(alone, space), Code::RelationshipEnded);
    assert_eq!(mara.refused(ConsentCommand::TakeBack { copy: id }), Code::RelationshipEnded);
    // What was given stays readable, as everything that was shared.
    assert_eq!(copy(&ana, id).text.as_str(), body());
    let other = belay_tests::pair(&mara, &world.person("Ife"));
    refused(&mara, &whole(alone, space), Code::RelationshipEnded);
    give(&mara, &whole(alone, other));
}

#[test]
fn a_note_with_its_own_lock_waits_for_a_confirmation() {
    let world = World::new("locked");
    let circle = Circle::new(&world, 2, 1);
    let (here, there) = (&circle.devices[0], &circle.devices[1]);
    let id = note(here);
    circle.tell_everything();
    // No command sets the lock yet: the other phone's app is a newer one.
    let own = here.companion.own_space().expect("open");
    let birth = Forge::birth_of(there, &id);
    let forge = Forge::with_keys_of(there, &own);
    let lock = [Step::Set(vec!["extra_lock".to_owned()], true.into())];
    let batch = forge.batch(&birth, Forge::doc_of(there, &birth), &lock, |_| {});
    here.take(&circle.carry(0, &own, Vec::new(), vec![batch.encode()])).expect("a good bundle");
    let gift = whole(id, circle.space);
    let shown = previewed(here, &gift);
    assert_eq!(shown.confirmation, Some(Purpose::ExtraLock));
    let give = ConsentCommand::Give { gift: gift.clone(), preview: shown.hash };
    assert_eq!(here.refused(give.clone()), Code::NeedsConfirmation);
    assert!(matches!(here.ask(Ask::Note { id }), Answer::Note(_)));
    assert!(shares(here, ShareFilter::default()).is_empty());

    // The row, the preview and the doing say the same, and a confirmation is for this, once.
    let may = note_detail(here, id).may;
    let answer = MayAnswer::WithConfirmation { purpose: Purpose::ExtraLock };
    assert!(may.allows(Deed::Give) && may.acts.contains(&Act { deed: Deed::Give, answer }));
    let give = Command::Consent(give);
    let seen = here.companion.preview(&give, &here.at()).expect("it would be done");
    assert_eq!((seen.confirmation, seen.hash), (Some(Purpose::ExtraLock), shown.hash));
    let confirm = |purpose| here.companion.confirm(&here.secret(), purpose, &here.at()).expect("the right secret");
    let other = confirm(Purpose::Words);
    let refused = here.companion.apply(std::slice::from_ref(&give), Some(&other), &here.at());
    assert_eq!(refused.expect_err("for something else").code(), Code::NeedsConfirmation);
    let confirmed = confirm(Purpose::ExtraLock);
    here.companion.apply(std::slice::from_ref(&give), Some(&confirmed), &here.at()).expect("confirmed");
    assert_eq!(shares(here, ShareFilter::default()).len(), 1);
    let copy = shares(here, ShareFilter::default())[0].id;
    here.apply(ConsentCommand::TakeBack { copy });
    let give = ConsentCommand::Give { preview: previewed(here, &gift).hash, gift };
    let again = here.companion.apply(&[Command::Consent(give)], Some(&confirmed), &here.at());
    assert_eq!(again.expect_err("used").code(), Code::NeedsConfirmation);
}
