//! Work that needs nothing but its input, done on several processors: opening envelopes, looking at signatures. The answer is
//! the same on one. No thread outlives the call, its stack is overwritten as the caller's is, and a panic in one goes on in
//! the caller's, where it is caught.

use crate::secret::sweeping_deep;
use std::panic::resume_unwind;
use std::thread::{Builder, ScopedJoinHandle, available_parallelism, scope};

/// Most threads, the caller's among them: what a phone has of quick processors.
const THREADS_MAX: usize = 4;
/// Least that a thread is begun for: some ten times what beginning it costs.
const PIECE_MIN: usize = 16;

/// What `work` makes of all, in their order.
pub(super) fn in_pieces<T: Sync, R: Send>(all: &[T], work: impl Fn(&[T]) -> Vec<R> + Sync) -> Vec<R> {
    let threads = available_parallelism().map_or(1, usize::from).min(THREADS_MAX).min(all.len() / PIECE_MIN);
    in_threads(all, threads, &work)
}

fn in_threads<T: Sync, R: Send>(all: &[T], threads: usize, work: &(impl Fn(&[T]) -> Vec<R> + Sync)) -> Vec<R> {
    let mut pieces = all.chunks(all.len().div_ceil(threads.max(1)).max(1));
    let first = pieces.next().unwrap_or_default();
    scope(|scope| {
        // What no thread can be had for is done here.
        let others: Vec<_> = pieces
            .map(|piece| (piece, Builder::new().spawn_scoped(scope, move || sweeping_deep(|| work(piece))).ok()))
            .collect();
        let mut done = work(first);
        for (piece, other) in others {
            match other.map(ScopedJoinHandle::join) {
                Some(Ok(some)) => done.extend(some),
                Some(Err(panic)) => resume_unwind(panic),
                None => done.extend(work(piece)),
            }
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    #[test]
    fn the_answer_is_the_same_on_any_number_of_threads() {
        let twice = |some: &[u32]| some.iter().map(|one| one * 2).collect::<Vec<_>>();
        for many in [0u32, 1, 2, 3, 31, 32, 33, 1_000] {
            let all: Vec<u32> = (0..many).collect();
            assert_eq!(in_pieces(&all, twice), twice(&all), "{many}");
            for threads in 0..6 {
                assert_eq!(in_threads(&all, threads, &twice), twice(&all), "{many} on {threads}");
            }
        }
    }

    #[test]
    fn a_panic_in_any_thread_comes_to_the_caller() {
        for bad in [0u32, 40, 99] {
            let all: Vec<u32> = (0..100).collect();
            let work = |some: &[u32]| {
                assert!(!some.contains(&bad), "one that cannot be done");
                some.to_vec()
            };
            assert!(catch_unwind(|| in_threads(&all, 3, &work)).is_err(), "{bad}");
        }
    }
}
