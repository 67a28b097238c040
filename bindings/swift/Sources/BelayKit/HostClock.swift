import Foundation

/// Time, as this facade knows it. The engine reads no clock of its own: every call that decides by time is told what the
/// time is. A test gives its own.
public protocol HostClock: Sendable {
    /// Now, in the zone in which the person lives.
    func now() -> Moment

    /// Milliseconds that never go back, to measure a while with.
    func ticks() -> Int64

    /// Comes back after so many milliseconds, or earlier where the task is cancelled.
    func pass(_ ms: Int64) async
}

/// The clock of this machine. It counts from the start of the process, and goes on while the machine sleeps.
public struct SystemClock: HostClock {
    private static let start = ContinuousClock.now
    private static let startId = UInt64.random(in: .min ... .max)

    /// All of them are one.
    public init() { _ = Self.start }

    /// Now, in the zone that is set on this machine.
    public func now() -> Moment {
        Moment(
            unixMs: Int64(Date().timeIntervalSince1970 * 1_000), zone: TimeZone.current.identifier,
            bootMs: UInt64(ticks()), bootId: Self.startId)
    }

    /// Since the start of the process.
    public func ticks() -> Int64 {
        let passed = (ContinuousClock.now - Self.start).components
        return passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000
    }

    /// Sleeps so long.
    public func pass(_ ms: Int64) async { try? await Task.sleep(for: .milliseconds(ms), clock: .continuous) }
}
