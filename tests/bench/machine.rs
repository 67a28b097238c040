//! What the machine says of this process and of itself.

use ring::pbkdf2;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Instant;

/// Milliseconds since then.
pub fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Milliseconds that this thread has been on a processor, whatever else the machine did meanwhile; 0 where the system does
/// not tell.
pub fn busy_ms() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

/// Most memory this process ever had, in MB; 0 where the system does not tell.
pub fn most_memory() -> f64 {
    memory("VmHWM")
}

fn memory(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|number| number.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// Bytes of all files in a folder.
pub fn bytes_in(folder: &Path) -> u64 {
    let Ok(files) = std::fs::read_dir(folder) else { return 0 };
    let size = |file: std::fs::DirEntry| match file.metadata() {
        Ok(facts) if facts.is_dir() => bytes_in(&file.path()),
        Ok(facts) => facts.len(),
        Err(_) => 0,
    };
    files.filter_map(Result::ok).map(size).sum()
}

/// Lets the system forget what it keeps of these files in memory, so that they are read from the disk.
pub fn cool(folder: &Path) {
    const FORGET: &str = "
import os, sys
for place, _, files in os.walk(sys.argv[1]):
    for name in files:
        file = os.open(os.path.join(place, name), os.O_RDONLY)
        os.fsync(file); os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED); os.close(file)
";
    // Where there is no Python the figures are those of a warm start.
    let _ = std::process::Command::new("python3").args(["-c", FORGET]).arg(folder).status();
}

/// A fixed task's time in ms, the same that the harness of the peers tells as `cal`: machines that are shared drift.
pub fn calibration() -> f64 {
    let rounds = NonZeroU32::new(20_000).unwrap_or(NonZeroU32::MIN);
    let mut out = [0; 64];
    let begun = Instant::now();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, rounds, b"salt", b"p", &mut out);
    ms(begun)
}

/// The one in the middle; 0 of none.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

/// The processor, as the system calls it.
pub fn processor() -> String {
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = told.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    format!("{} x {}", std::thread::available_parallelism().map_or(1, usize::from), name.unwrap_or("a processor"))
}
