//! A vault of which there are two copies.

use crate::*;

#[test]
fn two_copies_of_one_vault_both_write_one_gets_new_keys_and_nothing_is_lost() {
    // With a batch that is still open when it is copied, and without.
    for is_open in [false, true] {
        let mut story = Story::new(&format!("clones {is_open}"));
        let (space, plan) = (story.space, story.plan.clone());
        if is_open {
            story.mara.apply(plan.add(US, "Begun"));
        } else {
            story.mara.companion.lock().expect("locking");
        }
        story.mara.die();
        let mut clone = story.world.bare("Mara's copy");
        copy(story.mara.folder(), clone.folder());
        let (mara, theo) = (&story.mara, &story.theo);
        mara.unlock().expect("the right passphrase");
        clone.unlock().expect("a copy opens");
        assert_eq!(mara.id(), clone.id());
        let old = mara.id();
        mara.apply(plan.add(OWN, "Of the first"));
        note(mara, "First");
        clone.apply(plan.add(OWN, "Of the copy"));
        note(&clone, "Copy");
        mara.rest();

        let renewed = clone.companion.renew_device(&clone.secret(), None, &clone.at()).expect("new keys");
        clone.keys_changed();
        assert_eq!((renewed.device.from, renewed.device.device), (old, clone.id()));
        assert!(renewed.old_is_gone && clone.id() != old);
        entered_all(&renewed.device.spaces, &[own(mara), space]);
        let branch = log_of(&old, &clone, &space);
        // Both go on, apart.
        mara.apply(plan.add(US, "First again"));
        clone.apply(plan.add(US, "Copy again"));
        clone.rest();
        assert_eq!(log_of(&old, &clone, &space), branch, "nothing more under the old keys");
        assert_eq!(log_of(&clone.id(), &clone, &space).len(), 1);

        for _ in 0..2 {
            until_quiet(mara, theo, &space);
            until_quiet(&clone, theo, &space);
        }
        let expected = lines(&["Walk", "Tea", "Of the first", "Of the copy"]);
        for device in [mara, &clone, theo] {
            assert_eq!(BTreeSet::from_iter(story.lines(device)), expected, "{}", device.name);
            let both = plan.words(device, US);
            assert!(both.iter().filter(|words| words.ends_with("again")).count() == 2, "{both:?}");
            assert_eq!(both.iter().filter(|words| *words == "Begun").count(), usize::from(is_open));
        }
        assert_eq!([mara.hash(&space), clone.hash(&space)], [theo.hash(&space); 2]);
        assert_eq!((notes(mara).len(), notes(&clone).len()), (2, 2));

        // The person says that the copy stays: the old keys are out, and nothing of theirs goes.
        assert_eq!(clone.lock_and_unlock().comes_from, Some(old));
        clone.companion.remove_device(&space, &old, &clone.secret(), &clone.at()).expect("her own");
        until_quiet(&clone, theo, &space);
        assert_eq!(BTreeSet::from_iter(story.lines(&clone)), expected);
        assert_eq!(clone.hash(&space), theo.hash(&space));
        mara.take(&theo.bundle(&space)).expect("it is told");
        assert_eq!(state(mara, &space), SpaceState::PutOut);
    }
}

#[test]
fn new_keys_that_are_refused_change_nothing() {
    let story = Story::new("no new keys");
    let mara = &story.mara;
    let before = mara.content();
    let renew = |with: &UnlockWith, new: Option<&str>| {
        let new = new.map(secret);
        let refused = mara.companion.renew_device(with, new.as_ref(), &mara.at()).expect_err("refused");
        belay_tests::unchanged(&before, &mara.content());
        (refused.code(), refused.detail().field)
    };
    assert_eq!(renew(&typed("not it at all"), None), (Code::WrongSecret, Some(Field::Passphrase)));
    assert_eq!(renew(&words_of(mara), None), (Code::Empty, Some(Field::Passphrase)));
    assert_eq!(renew(&words_of(mara), Some("short")), (Code::WeakSecret, Some(Field::Passphrase)));
    assert_eq!(renew(&words_of(&story.theo), Some(PASSPHRASE)), (Code::WrongSecret, Some(Field::RecoveryWords)));
    let key = add_way_in(&mara.companion, &mara.secret(), NewSlot::Keystore, &mara.at()).expect("room");
    let keystore = UnlockWith::Keystore { slot: key.slot, key32: key.key32, vault_counter: None };
    assert_eq!(renew(&keystore, Some(PASSPHRASE)), (Code::NeedsConfirmation, Some(Field::RecoveryWords)));
    // A backup has no device to renew.
    let reader = story.world.bare("A reader");
    copy(&story.backup, reader.folder());
    reader.companion.unlock(&typed(OF_BACKUP), &reader.at()).expect("it can be read");
    let refused = reader.companion.renew_device(&typed(OF_BACKUP), None, &reader.at());
    assert_eq!(refused.expect_err("read only").code(), Code::Unwritable);
    let refused = reader.companion.reset_with_words(mara.words(), &[], &reader.at());
    assert_eq!(refused.expect_err("read only").code(), Code::Unwritable);
    mara.companion.lock().expect("locking");
    let refused = mara.companion.reset_with_words(mara.words(), &[], &mara.at());
    assert_eq!(refused.expect_err("locked").code(), Code::Locked);
}
