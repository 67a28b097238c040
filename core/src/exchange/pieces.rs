//! Work that needs nothing but its input, done on several processors: opening envelopes, looking at signatures. The answer is
//! the same on one. No thread outlives the call, its stack is overwritten as the caller's is, and a panic in one goes on in
//! the caller's, where it is caught.

use crate::secret::sweeping_deep;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// Most threads, the caller's among them: what a phone has of quick processors.
const THREADS_MAX: usize = 4;
/// Least that a thread is begun for: some ten times what beginning it costs.
const PIECE_MIN: usize = 16;

/// Pieces a thread, so that one that is held up leaves the rest to the others.
const PIECES_EACH: usize = 4;

/// What `work` makes of all, in their order.
pub(super) fn in_pieces<T: Sync, R: Send>(all: &[T], work: impl Fn(&[T]) -> Vec<R> + Sync) -> Vec<R> {
    in_threads(all, threads(all.len() / PIECE_MIN), &work)
}

/// What `work` makes of each, in their order; `size` says how many things all of them are about.
pub(super) fn in_turns<J: Send, R: Send>(jobs: Vec<J>, size: usize, work: impl Fn(J) -> R + Sync) -> Vec<R> {
    let threads = threads(jobs.len().min(size / PIECE_MIN));
    turns(jobs, threads, &work)
}

fn threads(most: usize) -> usize {
    available_parallelism().map_or(1, usize::from).min(THREADS_MAX).min(most)
}

fn in_threads<T: Sync, R: Send>(all: &[T], threads: usize, work: &(impl Fn(&[T]) -> Vec<R> + Sync)) -> Vec<R> {
    if threads < 2 {
        return work(all);
    }
    let piece = all.len().div_ceil(threads * PIECES_EACH).max(PIECE_MIN);
    turns(all.chunks(piece).collect(), threads, work).into_iter().flatten().collect()
}

fn turns<J: Send, R: Send>(jobs: Vec<J>, threads: usize, work: &(impl Fn(J) -> R + Sync)) -> Vec<R> {
    if threads < 2 {
        return jobs.into_iter().map(work).collect();
    }
    let places: Vec<_> = jobs.into_iter().map(|job| (Mutex::new(Some(job)), Mutex::new(None))).collect();
    let next = AtomicUsize::new(0);
    let turn = || {
        while let Some((job, done)) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
            let job = job.lock().unwrap_or_else(PoisonError::into_inner).take();
            let made = job.map(work);
            *done.lock().unwrap_or_else(PoisonError::into_inner) = made;
        }
    };
    scope(|scope| {
        // What no thread can be had for is done here.
        let others: Vec<_> =
            (1..threads).filter_map(|_| Builder::new().spawn_scoped(scope, || sweeping_deep(turn)).ok()).collect();
        turn();
        for other in others {
            other.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
    places.into_iter().filter_map(|(_, done)| done.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
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
                assert_eq!(turns(all.clone(), threads, &|one| one * 2), twice(&all), "{many}, each, on {threads}");
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
