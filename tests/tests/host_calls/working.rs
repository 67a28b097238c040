use crate::{Steady, code, confirmed, note, notes, touches};
use belay::command::{Confirmation, Purpose};
use belay::companion::{HostOptions, Job, JobId, JobOutcome, JobProgress, UnlockWith};
use belay::crypto::kdf::PassphraseCost;
use belay::error::{Code, Failure};
use belay::exchange::Scope;
use belay::ids::SpaceId;
use belay::{Companion, HostConfig};
use belay_tests::{Device, PASSPHRASE, Plan, SeededEntropy, World};
use std::path::{Path, PathBuf};

fn out(space: SpaceId, file: &Path) -> Job {
    Job::BundleOut { space: Some(space), scope: Scope::Everything, file: file.to_owned() }
}

fn to_its_end(device: &Device, id: JobId) -> Result<(JobProgress, u32), Failure> {
    for steps in 1..10_000 {
        let progress = device.companion.job_step(id, 20, &device.at())?;
        if progress.finished {
            return Ok((progress, steps));
        }
        assert!(progress.outcome.is_none());
    }
    panic!("a job that does not end");
}

fn shared(world: &World, entries: usize) -> (Device, Device, SpaceId, Plan) {
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    for number in 0..entries {
        mara.apply(plan.add("looking-after-us", &format!("Entry {number} {}", "words ".repeat(60))));
        if number % 8 == 0 {
            mara.rest();
        }
    }
    (mara, theo, space, plan)
}

fn file_beside(device: &Device, name: &str) -> PathBuf {
    device.folder().with_file_name(name)
}

#[test]
fn a_bundle_goes_out_and_comes_in_by_steps_while_others_write() {
    let world = World::new("jobs");
    let (mara, theo, space, plan) = shared(&world, 40);
    let file = file_beside(&mara, "to-theo");
    std::fs::write(&file, b"an older bundle").expect("a file that is replaced");
    let id = mara.companion.job_open(out(space, &file), &mara.at()).expect("open");
    let first = mara.companion.job_step(id, 0, &mara.at()).expect("a piece");
    assert!(!first.finished && first.total > 0 && first.done == 0);
    assert_eq!(std::fs::read(&file).expect("still there"), b"an older bundle");
    mara.apply(note("written between two steps"));
    let (made, _) = to_its_end(&mara, id).expect("to its end");
    assert_eq!(made.done, made.total);
    assert_eq!(std::fs::metadata(&file).expect("whole").len(), made.total);
    let Some(JobOutcome::BundleOut { envelopes, batches, .. }) = made.outcome else { panic!("a bundle") };
    assert!(envelopes > 0 && batches > 0);
    assert!(!file.with_file_name("to-theo.part").exists());
    let again = mara.companion.job_step(id, 0, &mara.at()).expect("its answer again");
    assert!(again.finished && again.outcome.is_some() && touches(&again.changes) == 0);
    mara.companion.job_close(id).expect("closing");
    assert_eq!(code(mara.companion.job_step(id, 0, &mara.at())), Code::NotFound);
    assert_eq!(code(mara.companion.job_close(id)), Code::NotFound);

    let id = theo.companion.job_open(Job::BundleIn { file }, &theo.at()).expect("a bundle");
    let (mut steps, mut touched) = (0, 0);
    let report = loop {
        let progress = theo.companion.job_step(id, 0, &theo.at()).expect("a piece");
        steps += 1;
        touched += touches(&progress.changes);
        theo.apply(note(&format!("while it came, {steps}")));
        if let Some(JobOutcome::BundleIn { report }) = progress.outcome {
            break report;
        }
    };
    assert!(steps > 1 && touched > 0 && report.new > 0 && report.not_taken == 0);
    assert_eq!(plan.words(&theo, "looking-after-us"), plan.words(&mara, "looking-after-us"));
    assert_eq!(notes(&theo).len(), steps);
}

#[test]
fn with_a_stopwatch_a_step_does_what_its_budget_allows() {
    let world = World::new("watch");
    let (mara, theo, space, _) = shared(&world, 40);
    let file = file_beside(&mara, "to-theo");
    std::fs::write(&file, mara.bundle_of(&space, Scope::Everything)).expect("a bundle");
    theo.companion.lock().expect("locking");
    let config = HostConfig { folder: theo.folder().to_owned(), languages: Vec::new(), cost: PassphraseCost::FLOOR };
    let options = HostOptions {
        exchange_dir: Some(file.parent().expect("a folder").to_owned()),
        stopwatch: Some(Box::new(Steady(0, 7))),
    };
    let companion = Companion::open_with(config, options, Box::new(SeededEntropy::new("watch")));
    companion.unlock(&UnlockWith::Passphrase(crate::secret(PASSPHRASE)), &theo.at()).expect("the passphrase");
    let elsewhere = Job::BundleIn { file: "/elsewhere/to-theo".into() };
    assert_eq!(code(companion.job_open(elsewhere, &theo.at())), Code::OutOfRange);
    let open = || companion.job_open(Job::BundleIn { file: "to-theo".into() }, &theo.at()).expect("by its name");
    let steps = |budget_ms| {
        let id = open();
        (1..).find(|_| companion.job_step(id, budget_ms, &theo.at()).expect("a step").finished).expect("an end")
    };
    let (one_by_one, at_once) = (steps(1), steps(1_000_000));
    assert!(one_by_one > 1, "{one_by_one}");
    assert_eq!(at_once, 1);
}

#[test]
fn a_job_that_is_left_leaves_nothing_behind() {
    let world = World::new("left");
    let (mara, theo, space, _) = shared(&world, 8);
    let (file, part) = (file_beside(&mara, "to-theo"), file_beside(&mara, "to-theo.part"));
    for way in 0..3 {
        let id = mara.companion.job_open(out(space, &file), &mara.at()).expect("open");
        mara.companion.job_step(id, 0, &mara.at()).expect("made");
        assert!(part.exists());
        match way {
            0 => mara.companion.job_close(id).expect("closing"),
            1 => assert_eq!(mara.lock_and_unlock().dropped.taken, 0),
            _ => drop(mara.companion.rekey(&mara.secret(), None, &mara.at()).expect("a new key")),
        }
        assert!(!part.exists() && !file.exists(), "{way}");
        assert_eq!(code(mara.companion.job_step(id, 0, &mara.at())), Code::NotFound);
    }
    // A pause keeps it.
    let id = mara.companion.job_open(out(space, &file), &mara.at()).expect("open");
    mara.companion.job_step(id, 0, &mara.at()).expect("made");
    mara.rest();
    to_its_end(&mara, id).expect("going on");
    theo.take(&std::fs::read(&file).expect("a bundle")).expect("a whole one");
}

#[test]
fn two_jobs_never_write_one_file_and_a_link_leads_nowhere() {
    let world = World::new("one file");
    let (mara, theo, space, _) = shared(&world, 8);
    let (file, part) = (file_beside(&mara, "to-theo"), file_beside(&mara, "to-theo.part"));
    let precious = file_beside(&mara, "precious");
    std::fs::write(&precious, b"not a bundle").expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&precious, &part).expect("a link");
    let open = |file: &Path| mara.companion.job_open(out(space, file), &mara.at()).expect("open");
    let first = open(&file);
    mara.companion.job_step(first, 0, &mara.at()).expect("made");
    for other in [&file, &part] {
        let second = open(other);
        assert_eq!(code(mara.companion.job_step(second, 0, &mara.at())), Code::InUse);
    }
    to_its_end(&mara, first).expect("as if it were alone");
    theo.take(&std::fs::read(&file).expect("a bundle")).expect("a whole one");
    assert_eq!(std::fs::read(&precious).expect("still there"), b"not a bundle");
    to_its_end(&mara, open(&file)).expect("the next one");
}

#[test]
fn an_interrupted_job_goes_on_when_asked_again() {
    let world = World::new("interrupted");
    let (mara, theo, space, plan) = shared(&world, 24);
    let file = file_beside(&mara, "to-theo");
    std::fs::write(&file, mara.bundle_of(&space, Scope::Everything)).expect("a bundle");
    let id = theo.companion.job_open(Job::BundleIn { file }, &theo.at()).expect("a bundle");
    theo.companion.job_step(id, 0, &theo.at()).expect("a piece");
    theo.companion.interrupt(id.0);
    assert_eq!(code(theo.companion.job_step(id, 0, &theo.at())), Code::Interrupted);
    to_its_end(&theo, id).expect("where it stood");
    assert_eq!(plan.words(&theo, "looking-after-us"), plan.words(&mara, "looking-after-us"));
}

#[test]
fn wrong_jobs_have_typed_answers() {
    let world = World::new("wrong jobs");
    let (mara, _, space, _) = shared(&world, 1);
    let (at, companion) = (mara.at(), &mara.companion);
    let missing = Job::BundleIn { file: file_beside(&mara, "nothing") };
    assert_eq!(code(companion.job_open(missing, &at)), Code::NotFound);
    for (bytes, told) in [
        (&b""[..], Code::Corrupt),
        (b"PK\x03\x04", Code::Corrupt),
        (b"belay bun", Code::Truncated),
        (b"belay bundle\x02", Code::NewerSchema),
    ] {
        let file = file_beside(&mara, "wrong");
        std::fs::write(&file, bytes).expect("a file");
        assert_eq!(code(companion.job_open(Job::BundleIn { file }, &at)), told);
    }
    assert_eq!(code(companion.job_step(JobId(7), 20, &at)), Code::NotFound);
    companion.interrupt(7);

    // What cannot be written ends the job; nothing else is touched.
    let nowhere = file_beside(&mara, "no-such-folder").join("to-theo");
    let id = companion.job_open(out(space, &nowhere), &at).expect("tried by its first step");
    assert_eq!(code(companion.job_step(id, 20, &at)), Code::NotFound);
    assert_eq!(code(companion.job_step(id, 20, &at)), Code::NotFound);
    let id = companion.job_open(out(SpaceId([1; 32]), &file_beside(&mara, "x")), &at).expect("the same");
    assert_eq!(code(companion.job_step(id, 20, &at)), Code::NotFound);

    let jobs: Vec<_> =
        (0..8).map(|_| companion.job_open(out(space, &file_beside(&mara, "x")), &at).expect("eight")).collect();
    assert_eq!(code(companion.job_open(out(space, &file_beside(&mara, "y")), &at)), Code::TooMany);
    to_its_end(&mara, jobs[0]).expect("to its end");
    companion.job_open(out(space, &file_beside(&mara, "y")), &at).expect("a finished one makes room");
    companion.lock().expect("locking");
    assert_eq!(code(companion.job_step(jobs[1], 20, &at)), Code::Locked);
    assert_eq!(code(companion.job_close(jobs[1])), Code::Locked);
    assert_eq!(code(companion.job_open(out(space, &nowhere), &at)), Code::Locked);
}

#[test]
fn a_backup_is_a_job_with_a_proof() {
    let world = World::new("backup job");
    let mara = world.person("Mara");
    mara.apply(note("Bad night"));
    let job = |confirmation: Confirmation| Job::Backup {
        folder: file_beside(&mara, "backup"),
        confirmation,
        passphrase: None,
    };
    let none = Confirmation { purpose: Purpose::Backup, token: String::new() };
    assert_eq!(code(mara.companion.job_open(job(none), &mara.at())), Code::NeedsConfirmation);
    let given = confirmed(&mara, Purpose::Backup);
    let id = mara.companion.job_open(job(given), &mara.at()).expect("a proof");
    let (made, steps) = to_its_end(&mara, id).expect("a backup");
    assert_eq!((made.outcome, steps), (Some(JobOutcome::Backup { header_is_whole: true }), 1));
    let words = UnlockWith::RecoveryWords(mara.words().clone());
    belay::companion::check_backup(&file_beside(&mara, "backup"), &words, &mara.at()).expect("the words open it");
}
