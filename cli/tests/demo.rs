//! The story holds, and stops holding where it is broken on purpose.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::World;

#[test]
fn every_check_of_the_story_holds() {
    let world = World::new();
    let said = world.nobody("nobody").says(&["demo", "--no-wait", "--keep", "kept"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    let counted = said.out.lines().find(|line| line.contains("checks held")).expect("a count");
    let numbers: Vec<u32> = counted.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert!(numbers.len() == 2 && numbers[0] == numbers[1] && numbers[0] >= 23, "{counted}");
    for number in 1..=9 {
        assert!(said.out.contains(&format!("\n{number} of 9  ")), "{}", said.out);
    }
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    assert!(world.path().join("kept/one/header.a").exists());
    // A folder that is there is not touched.
    assert_eq!(world.nobody("nobody").says(&["demo", "--no-wait", "--keep", "kept"]).code, 11);
}

#[test]
fn what_is_broken_on_purpose_is_seen() {
    for (what, part) in [("note", "7 of 9"), ("signature", "8 of 9"), ("hash", "9 of 9")] {
        let world = World::new();
        let keep = format!("broken-{what}");
        let said = world.nobody("nobody").says(&["demo", "--no-wait", "--break", what, "--keep", &keep]);
        assert_eq!(said.code, 10, "{what}: {}", said.out);
        assert!(!said.out.contains("checks held"), "{what}");
        let told = said.out.split("This check did not hold").collect::<Vec<_>>();
        let [before, after] = told.as_slice() else { panic!("{what}: {}", said.out) };
        assert!(before.contains(part), "{what}: {before}");
        assert!(after.contains("expected: ") && after.contains("found: ") && after.contains(&keep), "{what}: {after}");
        assert!(world.path().join(&keep).join("two/header.a").exists(), "{what}: the vaults are left");
    }
}
