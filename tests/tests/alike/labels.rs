//! Who wrote a line, and when: the same on each phone, whatever came first.

use belay::ids::MemberId;
use belay::view::EntryDetail;
use belay_tests::{Circle, Device, Plan, World, plans};

const US: &str = "looking-after-us";
const MINUTE: i64 = 60_000;

fn shown(on: &Device) -> EntryDetail {
    let plan = plans(on).into_iter().next().expect("a plan");
    let part = plan.parts.into_iter().find(|part| part.key == US).expect("the part");
    part.entries.into_iter().next().expect("a line")
}

/// Words, who wrote them and when: what the label is made of, but for "you" and "today".
fn label(on: &Device) -> (String, Vec<MemberId>, i64, String) {
    let line = shown(on);
    let mut by: Vec<MemberId> = line.by.iter().map(|person| person.member).collect();
    by.sort();
    let when = format!("{} {}", line.when.local_date, line.when.local_time);
    (line.text.as_str().to_owned(), by, line.when.unix_ms, when)
}

/// Mara has two phones, Theo one. Mara and Theo write apart in one line; her tablet hears of his words before her own, and
/// her phone after them; whoever has the later clock, and also where one of them was a day ahead.
#[test]
fn a_line_two_wrote_in_apart_is_by_the_same_on_all_phones() {
    for (waits, mara_first) in
        [([0, 3], true), ([3, 0], true), ([0, 3], false), ([24 * 60, 0], false), ([0, 24 * 60], true)]
    {
        let world = World::new("labels");
        let circle = Circle::new(&world, 2, 1);
        let [phone, tablet, theo] = &circle.devices[..] else { panic!("three") };
        let (plan, space) = (Plan::made_by(phone, Some(circle.space), "wellness"), circle.space);
        phone.apply(plan.add(US, "We say when we need a pause."));
        circle.tell_everything();
        circle.tell_everything();
        phone.wait(waits[0] * MINUTE);
        theo.wait(waits[1] * MINUTE);
        let write = |on: &Device, words: &str| {
            let line = plan.shown(on, US).into_iter().next().expect("the line");
            on.apply(plan.rewrite(&line, words));
        };
        write(phone, "We say early when we need a pause.");
        // Words that come and go leave nobody's name.
        write(theo, "We say when we need a pause. Hm.");
        write(theo, "We say when we need a pause. Both of us.");
        for device in [phone, theo] {
            device.rest();
        }
        let (first, second) = if mara_first { (0, 2) } else { (2, 0) };
        for from in [first, second] {
            tablet.take(&circle.everything(from, 1, &space)).expect("an honest bundle");
        }
        circle.tell_everything();
        circle.tell_everything();
        let all = [phone, tablet, theo].map(label);
        let both = {
            let mut both = vec![phone.member(&space), theo.member(&space)];
            both.sort();
            both
        };
        assert_eq!(all[0].1, both, "{all:#?}");
        assert!(all.windows(2).all(|two| two[0] == two[1]), "{waits:?} {mara_first}: {all:#?}");
        // Whoever writes on was the last, whatever the clocks said.
        tablet.rest();
        write(tablet, "We say early when one of us needs a pause.");
        tablet.rest();
        let last = label(tablet).2;
        circle.tell_everything();
        circle.tell_everything();
        let all = [phone, tablet, theo].map(label);
        assert!(all.iter().all(|one| one.2 == last) && all.windows(2).all(|two| two[0] == two[1]), "{all:#?}");
    }
}

/// Words that one wrote and took back in one sitting were never anybody else's to read: no phone names their writer.
#[test]
fn words_that_came_and_went_in_a_sitting_name_nobody() {
    let world = World::new("came and went");
    let circle = Circle::new(&world, 1, 1);
    let [mara, theo] = &circle.devices[..] else { panic!("two") };
    let plan = Plan::made_by(mara, Some(circle.space), "wellness");
    mara.apply(plan.add(US, "We say when we need a pause."));
    circle.tell_everything();
    theo.wait(MINUTE);
    for words in ["We say when we need a pause. Hm.", "We say when we need a pause."] {
        let line = plan.shown(theo, US).into_iter().next().expect("the line");
        theo.apply(plan.rewrite(&line, words));
    }
    circle.tell_everything();
    circle.tell_everything();
    assert_eq!(label(mara), label(theo));
}
