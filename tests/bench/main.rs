//! Measures Belay: beside its peers, by the line-JSON protocol of their harness (`belay-bench child`), and alone
//! (`belay-bench figures`, `belay-bench growth`). Everything goes through the real companion: encrypted, synced to the
//! disk, indexed and signed, under the allocator that the product has.

mod carrying;
mod figures;
mod growth;
mod growth_page;
mod machine;
mod protocol;
mod sizes;
mod svg;
mod typing;
mod vault;
mod waking;
mod workload;

use belay::view::SearchOrder;
use std::process::ExitCode;

/// Wipes all memory that is freed, as in the product.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

const USAGE: &str = "\
belay-bench child      answer the harness of the peers on standard input; under a name that ends in
                       -recent, searches answer newest first
belay-bench sizes DIR  print what lies in a vault that a measurement made, table by table
belay-bench figures [small] [unlock | merge | envelopes | typing]
                       print the table of everything that is measured alone, or of one thing
belay-bench growth DIR [small] [notes | edits | relationships]
                       measure what grows with the work, all curves or one, and draw it into a folder beside RESULTS.md
belay-bench wake DIR   open a vault that a measurement made, and print what that took
";

fn main() -> ExitCode {
    let mut given = std::env::args();
    let is_recent = given.next().is_some_and(|name| name.ends_with("-recent"));
    let order = if is_recent { SearchOrder::Newest } else { SearchOrder::Best };
    let what = given.next().unwrap_or_default();
    let done = match what.as_str() {
        "child" => protocol::serve(order),
        "figures" => {
            let (is_small, name) = choice(given);
            let size = if is_small { figures::Size::SMALL } else { figures::Size::whole() };
            figures::print(size, name.as_deref())
        }
        "growth" => match given.next() {
            Some(into) => {
                let (is_small, name) = choice(given);
                growth::write(into.as_ref(), &growth::Reach::of(is_small), name.as_deref())
            }
            None => Err(USAGE.to_owned()),
        },
        "wake" => given.next().map_or(Err(USAGE.to_owned()), |folder| waking::serve(folder.as_ref())),
        "sizes" => given.next().map_or(Err(USAGE.to_owned()), |folder| sizes::print(folder.as_ref())),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            complain(&trouble);
            ExitCode::FAILURE
        }
    }
}

/// Whether only a little is done, and the one thing that is named.
fn choice(given: impl Iterator<Item = String>) -> (bool, Option<String>) {
    let (small, named): (Vec<_>, Vec<_>) = given.partition(|word| word == "small");
    (!small.is_empty(), named.into_iter().next())
}

#[allow(clippy::print_stderr, reason = "whoever measures reads it")]
fn complain(trouble: &str) {
    eprintln!("{trouble}");
}
