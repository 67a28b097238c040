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
    assert!(there.ends_with(&format!(" --seen Mara --vault {path}\n")), "{there}");
    assert!(mara.rows(&["note", "list"]).is_empty(), "the vault is there");
    let lost = mara.command(&["erase", "Mara", "--seen", "Mara"]).env_remove("BELAY_PASSPHRASE").output().unwrap();
    assert_eq!(people::said(lost).code, 0);
    assert!(!mara.vault.exists());
    mara.cannot(4, &["status"]);
}
