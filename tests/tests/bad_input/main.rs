//! The bad input that issue 4 lists, item by item, on whole companions: what it gets, the same on every phone, with
//! nothing lost and the work bounded.
//!
//! | what comes | what it gets | where |
//! |---|---|---|
//! | every statement type forged | not kept | `statements::every_type_of_statement_forged_is_kept_by_nobody`; the reasons: `membership` `cases::forged_statements_are_refused_and_unknown_parents_wait` |
//! | replayed, reordered | counts once, in any order | `statements::statements_in_any_order_make_the_same_devices`, `statements::a_statement_of_another_space_counts_for_nothing` |
//! | back-dated by a removed admin | stands, until the words end it | `membership` `cases::a_removed_admin_removes_backwards_until_the_words_end_it`; `words::the_words_bring_back_what_a_thief_back_dated` |
//! | citing unknown parents | waits, 256 at most | `trust` `a_flood_of_strangers_statements_keeps_no_removal_out` |
//! | 1,025 by one member | the last refused, the words not | `membership` `limits::the_1025th_statement_is_refused_but_the_words_are_not`; `statements::a_thousand_and_twenty_five_keep_no_words_out` |
//! | a supporter slipping in a member | not kept | `membership` `cases::nobody_is_slipped_in`; `statements::a_supporter_slips_in_nobody` |
//! | a Genesis naming my device that I never paired | dropped, told as for somebody else | `statements::a_space_i_never_paired_is_dropped` |
//! | a key card with a lower rev or fewer suites | not used | `statements::an_older_or_weaker_card_is_not_used`; `notices` for one in my own name |
//! | two batches with one (actor, seq), ground to a lower hash | the one that others stand on stays | `batches::a_ground_twin_takes_nobodys_words` |
//! | nine cut heads | eight count, the ninth is readable | `membership` `cases::nine_heads_are_cut_to_eight_and_a_tenth_device_is_too_many`; `batches::of_nine_branches_eight_are_named` |
//! | two copies of one vault both writing | both stay | `batches::two_copies_of_one_vault_keep_every_word`; `vaults` |
//! | two RootResets | one of them, on every phone | `membership` `cases::of_two_resets_the_later_or_the_lower_stands`; `words::of_two_resets_one_stands_everywhere` |
//! | a RootReset that hides heads | what it hid is readable, a later one heals | `words::a_reset_that_hides_heads_loses_nothing_and_is_healed` |
//! | 9 MiB outside a cut | 8 MiB kept, what the honest one stands on fetched by hash | `adopting` `bounds::nine_mebibytes_outside_a_cut_then_an_honest_batch_built_on_one` |
//! | Forget by a thief, then the removal | the words are back | `forgetting` `a_forget_by_a_thief_and_then_the_removal_bring_the_document_back_whole` |

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod batches;
mod statements;
mod words;

use belay::batch::Batch;
use belay::ids::BatchId;
use belay::view::{Answer, Ask, At};
use belay_tests::{Circle, Device, Plan, World, wires_of};
use std::collections::BTreeMap;

const OWN: &str = "toolbox";
const US: &str = "looking-after-us";

/// Mara's two phones and Theo's one or more: all hold a plan with one line of each of Mara's phones.
fn scene(world: &World, of_supporter: usize) -> (Circle, Plan) {
    let circle = Circle::new(world, 2, of_supporter);
    let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
    circle.devices[0].apply(plan.add(OWN, "Walk"));
    circle.tell_everything();
    circle.devices[1].apply(plan.add(OWN, "Tea"));
    circle.tell_everything();
    (circle, plan)
}

/// What was kept out of the circle, with its reason.
fn kept_out(on: &Device, circle: &Circle) -> BTreeMap<BatchId, String> {
    let Answer::KeptOut(page) = on.ask(Ask::KeptOut { at: At { limit: 200, ..At::default() } }) else {
        panic!("a list")
    };
    page.rows.into_iter().filter(|row| row.space == circle.space).map(|row| (row.id, row.reason)).collect()
}

/// These phones hold, show and list the same.
#[track_caller]
fn agree(circle: &Circle, plan: &Plan, who: &[usize]) {
    let facts = |at: usize| {
        let on = &circle.devices[at];
        let words = [OWN, US].map(|part| plan.words(on, part));
        (on.people(&circle.space).membership.members, words, kept_out(on, circle), on.hash(&circle.space))
    };
    let first = facts(who[0]);
    for at in &who[1..] {
        assert_eq!(facts(*at), first, "{} and {}", circle.devices[who[0]].name, circle.devices[*at].name);
    }
}

fn ids(wires: &[Vec<u8>]) -> Vec<BatchId> {
    wires.iter().map(|wire| Batch::parse(wire).expect("a batch").0.id()).collect()
}

/// What a device holds that another does not.
fn new_on(circle: &Circle, on: usize, than: usize) -> Vec<Vec<u8>> {
    let known = ids(&wires_of(&circle.devices[than], &circle.space));
    let mut wires = wires_of(&circle.devices[on], &circle.space);
    wires.retain(|wire| !known.contains(&ids(std::slice::from_ref(wire))[0]));
    wires
}
