//! Prints how long a search takes and how large its index is, on notes like those of the benchmark's W2. No test.
//!
//! `cargo run --release -p belay-tests --example search_figures -- WORDS_FILE NOTES [one-by-one]`, the file with 256 words and more

#![allow(clippy::print_stdout, clippy::indexing_slicing, reason = "a tool that prints figures")]

use belay::command::{Command, NoteCommand, NoteDraft};
use belay::view::{Answer, Ask, At, SearchOrder, SearchQuery};
use belay_tests::{Device, World, text};
use std::time::Instant;

const OTHERS: [&str; 16] = [
    "café",
    "naïve",
    "Zoë",
    "Łukasz",
    "über",
    "señor",
    "мир",
    "дом",
    "日本",
    "友達",
    "שלום",
    "سلام",
    "Ελλάδα",
    "ça",
    "Åsa",
    "día",
];

/// The generator of the workload (mulberry32, public domain), so that the same notes are searched as elsewhere.
struct Rng(u32);

impl Rng {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x6D2B_79F5);
        let a = self.0;
        let mut t = (a ^ (a >> 15)).wrapping_mul(a | 1);
        t ^= t.wrapping_add((t ^ (t >> 7)).wrapping_mul(t | 61));
        (t ^ (t >> 14)) as usize % end
    }
    fn word<'w>(&mut self, words: &[&'w str]) -> &'w str {
        if self.below(13) == 0 { OTHERS[self.below(16)] } else { words[self.below(256) * self.below(256) / 256] }
    }
}

fn tag(mut number: usize) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]));
        number /= 36;
        if number == 0 {
            break;
        }
    }
    format!("zq{}x", digits.iter().rev().collect::<String>())
}

fn note(number: usize, words: &[&str]) -> NoteDraft {
    let seed = u32::try_from(number).expect("few notes").wrapping_add(1).wrapping_mul(2_654_435_761);
    let rng = &mut Rng(seed);
    let title = (0..5).map(|_| rng.word(words)).collect::<Vec<_>>().join(" ");
    let (mut body, mut count) = (String::new(), 0);
    while body.chars().count() < 400 {
        body.push_str(if count > 0 { " " } else { "" });
        body.push_str(&if count == 5 { tag(number) } else { rng.word(words).to_owned() });
        count += 1;
        body.push_str(if count % 20 == 0 { " 🌱" } else { "" });
    }
    NoteDraft { title: title.into(), body: body.into(), tags: Vec::new() }
}

fn queries(kind: &str, words: &[&str]) -> Vec<String> {
    let start = |word: &str| word.chars().take(3).collect::<String>();
    (0..20)
        .map(|at| match kind {
            "common" => format!("{} {} ", words[8 + at * 3], words[100 + at * 5]),
            "rare" => format!("{} ", tag(at * 997 + 13)),
            _ => format!("{} {}", words[8 + at * 3], start(words[60 + at * 5])),
        })
        .collect()
}

/// Milliseconds this thread has run, by the kernel's own count where it keeps one: other work on the machine is not in it.
fn ran_ms() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|run| run.parse::<f64>().ok()).unwrap_or_default() / 1e6
}

fn search(device: &Device, kind: &str, order: SearchOrder, words: &[&str]) {
    let rounds: usize = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(2);
    for round in 1..=rounds {
        let (mut times, mut runs) = (Vec::new(), Vec::new());
        let mut hits = 0;
        for typed in queries(kind, words) {
            let ask = Ask::Search {
                query: SearchQuery { order, ..SearchQuery::from(typed.as_str()) },
                at: At { limit: 20, ..At::default() },
            };
            let at = device.at();
            let (begun, ran) = (Instant::now(), ran_ms());
            let reading = device.companion.read(&[ask], &at).expect("an answer");
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            runs.push(ran_ms() - ran);
            if let Some(Answer::Search(page)) = reading.answers.first() {
                hits += page.rows.len();
            }
        }
        times.sort_by(f64::total_cmp);
        // The kernel counts a thread's time in ticks: only the mean says something.
        let (wall, most, run) =
            (times[times.len() / 2], times[times.len() - 1], runs.iter().sum::<f64>() / runs.len() as f64);
        println!(
            "{kind:7} {order:?}, round {round}: median {wall:.3} ms, most {most:.3} ms, mean run {run:.3} ms, {hits} rows"
        );
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let file = args.next().expect("a file of words");
    let count: usize = args.next().expect("how many notes").parse().expect("a number");
    let step = if args.next().is_some() { 1 } else { 500 };
    let list = std::fs::read_to_string(file).expect("the words");
    let words: Vec<&str> = list.split_whitespace().collect();
    let world = World::new("figures");
    let device = world.person("Mara");
    let create = |number| Command::Note(NoteCommand::Create { draft: note(number, &words) });
    let (begun, ran) = (Instant::now(), ran_ms());
    for first in (0..count).step_by(step) {
        let commands: Vec<Command> = (first..count.min(first + step)).map(create).collect();
        device.companion.apply(&commands, None, &device.at()).expect("notes");
    }
    let (wall, run) = (begun.elapsed().as_secs_f64() * 1e3 / count as f64, (ran_ms() - ran) / count as f64);
    println!("{count} notes, {step} a commit: {wall:.3} ms a note (run {run:.3})");
    device.rest();
    let begun = Instant::now();
    let ask = || Ask::Search { query: SearchQuery::from("nothing"), at: At::default() };
    device.companion.read(&[ask()], &device.at()).expect("an answer");
    println!("first search after resuming: {:.3} ms", begun.elapsed().as_secs_f64() * 1e3);
    for (kind, order) in [
        ("common", SearchOrder::Best),
        ("common", SearchOrder::Newest),
        ("rare", SearchOrder::Best),
        ("rare", SearchOrder::Newest),
        ("typing", SearchOrder::Best),
        ("typing", SearchOrder::Newest),
    ] {
        search(&device, kind, order, &words);
    }
    let edited = match device
        .companion
        .read(&[Ask::Search { query: SearchQuery::from("zqdx"), at: At::default() }], &device.at())
    {
        Ok(reading) => reading.answers,
        Err(failure) => panic!("{failure:?}"),
    };
    if let Some(Answer::Search(page)) = edited.first()
        && let Some(row) = page.rows.first()
        && let Answer::Note(shown) = device.ask(Ask::Note { id: row.id })
    {
        let change = NoteCommand::Edit {
            note: row.id,
            field: belay::command::NoteField::Body,
            base: shown.rev,
            text: belay::command::TextEdit::Whole(text(&format!("{} more", shown.body.as_str()))),
        };
        let (begun, ran) = (Instant::now(), ran_ms());
        device.apply(change);
        println!("one note edited: {:.3} ms (run {:.3})", begun.elapsed().as_secs_f64() * 1e3, ran_ms() - ran);
    }
    device.companion.pause(&device.at()).expect("pausing");
    let sizes: u64 = std::fs::read_dir(device.folder())
        .expect("the folder")
        .filter_map(|file| file.ok()?.metadata().ok().map(|facts| facts.len()))
        .sum();
    device.companion.resume(&device.at()).expect("resuming");
    let parts = device.look(|db| {
        let sum = |sql: &str| Ok::<i64, belay::error::Error>(db.query_row(sql, [], |row| row.get(0))?);
        Ok([
            sum("SELECT coalesce(sum(length(block)), 0) FROM search_data")?,
            sum("SELECT coalesce(sum(length(sz) + 8), 0) FROM search_docsize")?,
            sum("SELECT count(*) * 96 FROM findable")?,
        ])
    });
    println!("folder {sizes} bytes; index: terms {}, lengths {}, numbers about {}", parts[0], parts[1], parts[2]);
}
