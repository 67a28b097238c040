import Foundation

/// The engine behind its lanes: every call takes its turn and leaves typed.
final class Engine: Sendable {
    let clock: any HostClock
    private let lanes = Lanes()
    private let state: Guarded<Held>

    private struct Held {
        var core: BelayCore?
        var isClosing = false
        var operations: UInt64 = 0
    }

    init(_ core: BelayCore, _ clock: any HostClock) {
        self.clock = clock
        state = Guarded(Held(core: core))
    }

    /// Something that writes.
    func write<T: Sendable>(
        _ rank: Rank, _ call: @escaping @Sendable (BelayCore, Moment) throws -> T
    ) async throws -> T {
        let core = try core()
        return try await lanes.write(rank) { [clock] in try typed { try call(core, clock.now()) } }
    }

    /// Asks, answered from one snapshot. Ends with the one who asked.
    func read(_ asks: [Ask]) async throws -> Reading {
        let core = try core()
        let op = state.with { state in
            state.operations += 1
            return state.operations
        }
        let stop: @Sendable () -> Void = { try? core.interrupt(op: op) }
        return try await lanes.read(stop: stop) { [clock] in
            try typed { try core.read(asks: asks, op: op, at: clock.now()) }
        }
    }

    /// Something that waits for nobody.
    func atOnce<T: Sendable>(_ call: @escaping @Sendable (BelayCore, Moment) throws -> T) async throws -> T {
        let core = try core()
        return try await offPool { [clock] in try typed { try call(core, clock.now()) } }
    }

    /// Not queued, from any thread.
    func lock() throws {
        let core = try core()
        try typed { try core.lock() }
    }

    /// From now on nothing is taken. Whether this was the first to say so.
    func beginToClose() -> Bool {
        state.with { state in
            defer { state.isClosing = true }
            return !state.isClosing
        }
    }

    /// Ends what was asked for, locks, gives the engine back.
    func close() async {
        await lanes.close()
        let core = state.with { state in
            defer { state.core = nil }
            return state.core
        }
        try? await offPool { try core?.lock() }
    }

    func refuseClosed() throws { _ = try core() }

    private func core() throws -> BelayCore {
        try state.with { state in
            guard let core = state.core, !state.isClosing else { throw closed() }
            return core
        }
    }
}
