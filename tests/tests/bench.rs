//! The bench binary, driven as the harness of the peers drives it, with so little that it takes seconds. It says whether
//! figures come, never whether they are good: no test here asserts a duration.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Bench {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Bench {
    fn started_as(binary: &Path) -> Self {
        let mut command = Command::new(binary);
        // A trace of the machine's owner would be another workload.
        command.arg("child").env_remove("TRACE").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the bench starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let mut bench = Bench { child, out };
        assert_eq!(bench.heard(), json!({"ev": "ready"}));
        bench
    }

    fn heard(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("a line");
        serde_json::from_str(line.strip_prefix('@').expect("a line for the harness")).expect("JSON")
    }

    fn ask(&mut self, what: Value) -> Value {
        let mut what = what;
        what.as_object_mut().expect("an object").insert("re".to_owned(), json!(7));
        writeln!(self.child.stdin.as_mut().expect("piped"), "{what}").expect("written");
        let heard = self.heard();
        assert_eq!(heard.get("re"), Some(&json!(7)), "{heard}");
        assert_eq!(heard.get("error"), None, "{heard}");
        heard
    }

    fn leave(mut self) {
        self.ask(json!({"cmd": "exit"}));
        assert!(self.child.wait().expect("it ends").success());
    }
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_belay-bench"))
}

#[test]
fn notes_are_made_listed_and_found_again_by_another_process() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("n");
    let mut bench = Bench::started_as(binary());
    // The rare words stand in notes 13, 1,010 and so on: of these, one is made.
    assert!(bench.ask(json!({"cmd": "w1_create", "dir": dir, "n": 15}))["ms"].is_number());
    bench.leave();

    let mut bench = Bench::started_as(binary());
    assert_eq!(bench.ask(json!({"cmd": "w1_titles", "dir": dir}))["n"], json!(15));
    bench.leave();

    let recent = place.path().join("belay-recent");
    std::fs::copy(binary(), &recent).unwrap();
    for name in [binary(), &recent] {
        let mut bench = Bench::started_as(name);
        bench.ask(json!({"cmd": "w2_open", "dir": dir}));
        let found = bench.ask(json!({"cmd": "w2_run", "kind": "rare"}));
        assert_eq!(
            found["hits"].as_array().map(|hits| (hits.len(), hits[0].clone(), hits[1].clone())).unwrap(),
            (20, json!(1), json!(0))
        );
        assert_eq!(bench.ask(json!({"cmd": "w2_run", "kind": "common"}))["ms"].as_array().unwrap().len(), 20);
        bench.leave();
    }
}

#[test]
fn keystrokes_read_back_as_they_were_typed() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("d");
    let mut bench = Bench::started_as(binary());
    let built = bench.ask(json!({"cmd": "w5_build", "dir": dir, "limit": 40}));
    assert_eq!(built["did"], json!(40));
    bench.leave();
    let mut bench = Bench::started_as(binary());
    let loaded = bench.ask(json!({"cmd": "w5_load", "dir": dir}));
    assert_eq!(loaded["hash"], built["want"]);
    bench.leave();
}

#[test]
fn an_unknown_wish_is_told_and_ends_nothing() {
    let mut bench = Bench::started_as(binary());
    writeln!(bench.child.stdin.as_mut().unwrap(), "{}", json!({"re": 1, "cmd": "w9"})).unwrap();
    assert!(bench.heard()["error"].is_string());
    bench.leave();
}

#[test]
fn figures_come_for_all_that_is_measured_alone() {
    let told = Command::new(binary()).args(["figures", "small"]).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8(told.stdout).unwrap();
    assert_eq!(told.lines().filter(|line| line.starts_with("| ")).count(), 19, "{told}");
    assert!(told.contains("letters lost | 0.00") && told.contains("sides that differ | 0.00"), "{told}");
}

#[test]
fn growth_is_drawn() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(
        place.path().join("RESULTS.md"),
        "before\n<!-- growth edits -->\nold\n<!-- /growth edits -->\nafter\n",
    )
    .unwrap();
    let draw = |names: &[&str]| {
        let mut command = Command::new(binary());
        let told =
            command.arg("growth").arg(place.path()).arg("small").args(names).env_remove("TRACE").output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).unwrap().lines().count()
    };
    assert_eq!((draw(&[]), draw(&["edits"])), (6, 2));
    let page = std::fs::read_to_string(place.path().join("RESULTS.md")).unwrap();
    assert!(
        page.starts_with("before\n<!-- growth edits -->") && page.contains("\nafter\n") && !page.contains("old"),
        "{page}"
    );
    for name in ["notes", "edits", "relationships"] {
        assert_eq!(page.matches(&format!("<!-- growth {name} -->")).count(), 1, "{page}");
        assert!(page.contains(&format!("growth-{name}.svg")), "{page}");
        let picture = std::fs::read_to_string(place.path().join(format!("growth-{name}.svg"))).unwrap();
        assert!(picture.starts_with("<svg") && picture.contains("polyline") && !picture.contains("NaN"), "{picture}");
    }
}
