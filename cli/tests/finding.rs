//! `belay search`, as people and other programs use it.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::World;
use serde_json::Value;

#[test]
fn words_are_found_with_the_newest_first_or_the_best() {
    let world = World::new();
    let mara = world.person("Mara");
    assert_eq!(mara.does(&["search", "radio"]), "Nothing has these words. Try fewer letters.\n");
    mara.does(&["note", "add", "Tea with the radio on"]);
    mara.does(&["note", "add", "--title", "Radio", "--tag", "sleep", "Slept badly. The radio helped, the radio!"]);
    mara.does(&["note", "add", "Café, very late"]);
    let found = mara.does(&["search", "RADIO"]);
    let best = found.find("[Radio]  Slept badly. The [radio] helped, the");
    let other = found.find("Tea with the [radio] on");
    assert!(best.is_some() && best < other, "{found}");
    assert_eq!(found.lines().last(), Some("2 notes, newest first."));
    assert!(mara.does(&["search", "rad", "--best"]).ends_with("2 found, best first.\n"));
    assert!(mara.does(&["search", "cafe", "late"]).contains("[Café], very [late]"));
    assert!(mara.does(&["search", "radio", "--tag", "SLEEP", "--kind", "note"]).ends_with("1 note.\n"));
    assert!(mara.does(&["search", "radio", "--to", "2001-01-01"]).starts_with("Nothing"));
    mara.cannot(3, &["search", "radio", "--from", "yesterday"]);
    mara.cannot(3, &["search", &"x".repeat(301)]);
    mara.cannot(3, &["search", "radio", "--limit", "0"]);
    mara.cannot(2, &["search"]);
    mara.cannot(2, &["search", "radio", "--newest", "--best"]);

    mara.does(&["plan", "new", "wellness"]);
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Call", "the", "radio", "people"]);
    let found = mara.does(&["search", "radio", "people"]);
    assert!(found.contains("Wellness plan: Call the [radio] [people]"), "{found}");
    assert!(found.ends_with("1 found.\n"), "{found}");
}

#[test]
fn other_programs_get_spans() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Slept 🌱 badly. The radio helped."]);
    mara.does(&["note", "add", "A radio"]);
    let [row] = mara.rows(&["search", "radio", "slept"]).try_into().unwrap();
    assert_eq!((&row["kind"], &row["dir"]), (&"note".into(), &"ltr".into()));
    assert!(row["id"].as_str().unwrap().starts_with(row["short"].as_str().unwrap()));
    let spans = row["spans"].as_array().unwrap();
    let pieces: String = spans.iter().map(|span| span["t"].as_str().unwrap()).collect();
    assert_eq!(pieces, "Slept 🌱 badly. The radio helped.");
    assert_eq!(spans[2], serde_json::json!({ "at": 20, "t": "radio", "hit": true }));
    assert_eq!(spans[1].get("hit"), None);
    assert_eq!(row["audience"]["label"], "Only you can see this.");
    assert!(row["actions"].as_array().unwrap().contains(&"trash".into()));
    let told: Value = serde_json::from_str(&mara.does(&["search", "radio", "--limit", "1", "--json"])).unwrap();
    assert_eq!((told["kind"].as_str(), told["total"].as_u64()), (Some("search"), Some(2)));
    let next = told["next"].as_str().unwrap();
    let rest: Value =
        serde_json::from_str(&mara.does(&["search", "radio", "--limit", "1", "--after", next, "--json"])).unwrap();
    assert_eq!((rest["rows"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    assert_eq!(mara.rows(&["search", "nothing"]).len(), 0);
}
