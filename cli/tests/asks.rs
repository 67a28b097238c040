//! What ends something shows first what goes, and does nothing unseen.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::World;

#[test]
fn a_vault_goes_when_its_name_was_given_twice_and_needs_no_secret() {
    let world = World::new();
    let mara = world.person("Mara");
    assert!(mara.cannot(7, &["erase", "belay"]).starts_with("This takes everything away from this computer"));
    let path = mara.vault.to_str().unwrap();
    for args in [&["erase", "Mara"][..], &["erase", "Mara", "--seen", "belay"]] {
        let said = mara.says(args);
        assert!(said.code == 7 && said.err.starts_with("Nothing is gone yet."), "{}{}", said.out, said.err);
        assert!(said.err.ends_with("\n  belay erase Mara --seen Mara\n"), "{}", said.err);
        assert!(said.out.replace('\n', "").contains(path), "{}", said.out);
        assert!(said.out.contains("Nothing brings it back but a copy"), "{}", said.out);
    }
    // A yes in a pipe is nobody's yes.
    assert_eq!(mara.with_input(&["erase", "Mara"], "Mara\n").code, 7);
    // Where the place was named, the command that helps names it too: another vault may be called the same.
    let there = mara.cannot(7, &["erase", "Mara", "--vault", "Mara"]);
    assert!(there.ends_with(&format!(" --vault {path} --seen Mara\n")), "{there}");
    assert!(mara.rows(&["note", "list"]).is_empty(), "the vault is there");
    let lost = mara.command(&["erase", "Mara", "--seen", "Mara"]).env_remove("BELAY_PASSPHRASE").output().unwrap();
    assert_eq!(people::said(lost).code, 0);
    assert!(!mara.vault.exists());
    mara.cannot(4, &["status"]);
}

#[test]
fn someones_only_phone_goes_by_that_persons_name_and_who_leaves_then_is_told_so() {
    let world = World::new();
    let (mara, _theo) = world.two();
    let phones = mara.rows(&["phones", "list"]);
    let theirs = phones.iter().find(|row| row["name"] == "Theo").unwrap()["id"].as_str().unwrap().to_owned();
    for args in [&["phones", "remove", &theirs][..], &["phones", "remove", &theirs, "--seen", &theirs]] {
        let said = mara.says(args);
        assert!(said.code == 7 && said.err.starts_with("Nothing was removed yet."), "{}{}", said.out, said.err);
        assert!(said.err.ends_with(" --seen Theo\n"), "{}", said.err);
        assert!(
            said.out.contains("is Theo's only phone here.") && said.out.contains("Theo begins again"),
            "{}",
            said.out
        );
    }
    let told = mara.says(&["phones", "remove", &theirs, "--json"]);
    assert!(told.code == 7 && told.out.is_empty() && told.err.contains("NeedsConfirmation"), "{}", told.err);
    assert!(mara.rows(&["phones", "list"]).iter().any(|row| row["name"] == "Theo" && row["active"] == true));
    assert!(mara.does(&["phones", "remove", &theirs, "--seen", " Theo "]).starts_with("Removed."));

    let told = mara.does(&["leave", "Theo", "--seen", "Theo"]);
    assert!(told.contains("No phone of Theo counts here any more") && !told.contains("bundle out"), "{told}");
    let status = mara.does(&["status"]);
    assert!(status.contains("You have left.") && status.contains("Theo may not have heard"), "{status}");
    assert!(!status.contains("Theo has left"), "{status}");
}

#[test]
fn who_was_removed_begins_again_with_the_words_and_is_heard() {
    let world = World::new();
    let (mara, theo) = world.two();
    let phones = mara.rows(&["phones", "list"]);
    let theirs = phones.iter().find(|row| row["name"] == "Theo").unwrap()["id"].as_str().unwrap().to_owned();
    mara.does(&["phones", "remove", &theirs, "--seen", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1"]);
    theo.does(&["bundle", "in", "1"]);
    let status = theo.does(&["status"]);
    assert!(status.contains("This phone was removed") && status.contains("belay phones reset\n"), "{status}");
    let words = format!("{}\n", theo.words.join(" "));
    assert_eq!(theo.with_input(&["phones", "reset"], &words).code, 0);
    assert!(!theo.does(&["status"]).contains("This phone was removed"));
    theo.does(&["bundle", "out", "Mara", "--out", "2"]);
    mara.does(&["bundle", "in", "2"]);
    let phones = mara.rows(&["phones", "list"]);
    assert!(phones.iter().any(|row| row["name"] == "Theo" && row["active"] == true), "{phones:?}");
}
