/// Every stream of one ``Belay``. Equal asks share one ``Upstream``; all that are due at one moment are read in one call,
/// at most once a frame while a screen is visible. No code of an app runs under the lock, or on this loop.
final class Watching: Sendable {
    /// What editors that are open follow: counts, so that the newest tells all.
    struct Pulse: Equatable {
        var locks: UInt64 = 0
        var commits: UInt64 = 0
    }

    private enum Phase { case locked, open, resting, closed }

    private struct State {
        var upstreams: [Ask: Upstream] = [:]
        var phase = Phase.locked
        /// Rises with every lock: what was read before one is not shown after it.
        var locks: UInt64 = 0
        var paceMs = frameMs
        var lastTick = Int64.min / 2
        var timer: Task<Void, Never>?
        var pulse = Pulse()
        var editors: [Int: AsyncStream<Pulse>.Continuation] = [:]
        var names = 0

        mutating func name() -> Int {
            names += 1
            return names
        }
    }

    private let state = Guarded(State())
    private let clock: any HostClock
    private let read: @Sendable ([Ask]) async throws -> Reading
    private let due: AsyncStream<Void>.Continuation

    init(_ clock: any HostClock, _ read: @escaping @Sendable ([Ask]) async throws -> Reading) {
        self.clock = clock
        self.read = read
        let signals = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        due = signals.continuation
        Task { [weak self, stream = signals.stream] in
            for await _ in stream { await self?.tick() }
        }
    }

    deinit {
        due.finish()
        close()
    }

    // MARK: Watching

    func watch<T: Sendable>(_ ask: Ask, _ pick: @escaping @Sendable (Answer) -> T?) -> AsyncStream<Live<T>> {
        let (stream, told) = AsyncStream.makeStream(of: Live<T>.self, bufferingPolicy: .bufferingNewest(1))
        let watcher = Watcher(tell: { told.yield(live($0, pick)) }, end: { told.finish() })
        guard let name = subscribe(ask, watcher) else {
            watcher.tell(.refused(.closed))
            watcher.end()
            return stream
        }
        told.onTermination = { [weak self] _ in self?.leave(ask, name) }
        due.yield()
        return stream
    }

    private func subscribe(_ ask: Ask, _ watcher: Watcher) -> Int? {
        state.with { state in
            if state.phase == .closed { return nil }
            var upstream = state.upstreams[ask] ?? Upstream()
            if upstream.seen == nil, state.phase == .locked { upstream.show(.locked) }
            if let seen = upstream.seen { watcher.tell(seen) }
            let name = state.name()
            upstream.watchers[name] = watcher
            state.upstreams[ask] = upstream
            return name
        }
    }

    private func leave(_ ask: Ask, _ name: Int) {
        // What is let go of here is let go of after the lock.
        let gone = state.with { state in
            let watcher = state.upstreams[ask]?.watchers.removeValue(forKey: name)
            if state.upstreams[ask]?.watchers.isEmpty == true { state.upstreams[ask] = nil }
            return watcher
        }
        _ = gone
    }

    /// What an editor follows: how things stand, and each time it is otherwise.
    func follow() -> (begun: Pulse, pulses: AsyncStream<Pulse>) {
        let (stream, told) = AsyncStream.makeStream(of: Pulse.self, bufferingPolicy: .bufferingNewest(1))
        let (name, begun) = state.with { state in
            let name = state.name()
            state.editors[name] = told
            return (name, state.pulse)
        }
        told.onTermination = { [weak self] _ in self?.state.with { $0.editors[name] = nil } }
        return (begun, stream)
    }

    // MARK: What happens

    /// Something was committed; by an open editor where `isTyped`, and other editors need not hear of that.
    func changed(_ changes: Changes, isTyped: Bool = false) {
        if changes.to == changes.from { return }
        state.with { state in
            for ask in state.upstreams.keys { state.upstreams[ask]?.meet(changes) }
            if !isTyped { Self.beat(&state) { $0.commits += 1 } }
        }
        due.yield()
    }

    /// The vault is open (again): everything is read anew.
    func opened() { enter(.open) { $0.isDue = true } }

    /// What is shown goes at once; nothing that is still being read comes after it.
    func locked() { enter(.locked) { $0.show(.locked) } }

    /// Nothing is read until the vault is taken up again; what is shown stays.
    func rested() { enter(.resting) { _ in } }

    /// Streams end with `closed`.
    func close() {
        enter(.closed) { $0.show(.refused(.closed)) }
        endAll()
    }

    private func enter(_ next: Phase, _ each: (inout Upstream) -> Void) {
        state.with { state in
            if state.phase == .closed { return }
            state.phase = next
            if next != .open { state.locks += 1 }
            if next == .locked || next == .closed { Self.beat(&state) { $0.locks += 1 } }
            for ask in state.upstreams.keys {
                if var upstream = state.upstreams[ask] {
                    each(&upstream)
                    state.upstreams[ask] = upstream
                }
            }
        }
        due.yield()
    }

    private static func beat(_ state: inout State, _ change: (inout Pulse) -> Void) {
        change(&state.pulse)
        for editor in state.editors.values { editor.yield(state.pulse) }
    }

    private func endAll() {
        let (watchers, editors, timer) = state.with { state in
            let ends = state.upstreams.values.flatMap(\.watchers.values)
            return (ends, Array(state.editors.values), state.timer)
        }
        timer?.cancel()
        for watcher in watchers { watcher.end() }
        for editor in editors { editor.finish() }
    }

    /// How often at most: once a frame, or four times a second while nobody looks.
    func visible(_ isVisible: Bool) { state.with { $0.paceMs = isVisible ? frameMs : hiddenMs } }
}

// MARK: Reading

extension Watching {
    private func tick() async {
        let wait = state.with { $0.lastTick + $0.paceMs } - clock.ticks()
        if wait > 0 { await clock.pass(wait) }
        let now = clock.now().unixMs
        let ticks = clock.ticks()
        let (asks, lock) = state.with { state in
            let due = state.upstreams.filter { state.phase == .open && $0.value.isDue(at: now) }
            let asks = Array(due.keys.prefix(asksMax))
            for ask in asks { state.upstreams[ask]?.isDue = false }
            if !asks.isEmpty { state.lastTick = ticks }
            return (asks, state.locks)
        }
        if !asks.isEmpty { await answer(asks, lock) }
        // More than one call takes come with the next tick.
        if asks.count == asksMax { due.yield() }
        wakeAtNext(now)
    }

    private func answer(_ asks: [Ask], _ lock: UInt64) async {
        do {
            let reading = try await read(asks)
            let now = clock.now().unixMs
            state.with { state in
                // A lock came in between: what was read is not shown.
                if lock != state.locks { return }
                for (at, ask) in asks.enumerated() where reading.answers.indices.contains(at) {
                    let watch = reading.watch.indices.contains(at) ? reading.watch[at] : nil
                    state.upstreams[ask]?.take(reading.answers[at], watch, reading.commit, at: now)
                }
            }
        } catch let why as BelayError {
            await refuse(asks, lock, why)
        } catch {
            await refuse(asks, lock, .notNow(refused(.interrupted)))
        }
    }

    private func refuse(_ asks: [Ask], _ lock: UInt64, _ why: BelayError) async {
        switch why.code {
        case .locked, .closed:
            // Locked or stopped meanwhile: whoever did that makes the streams due again.
            return
        case .interrupted:
            state.with { state in for ask in asks { state.upstreams[ask]?.isDue = true } }
            due.yield()
        default:
            // One bad ask spoils no other.
            if asks.count > 1 {
                for ask in asks { await answer([ask], lock) }
                return
            }
            let watchers = state.with { state in
                if lock != state.locks { return [Watcher]() }
                var ended: [Watcher] = []
                for ask in asks {
                    state.upstreams[ask]?.show(.refused(why.code))
                    ended += state.upstreams.removeValue(forKey: ask)?.watchers.values.map { $0 } ?? []
                }
                return ended
            }
            for watcher in watchers { watcher.end() }
        }
    }

    private func wakeAtNext(_ now: Int64) {
        let before = state.with { state in
            defer {
                state.timer = state.upstreams.values.compactMap(\.untilMs).min().map { next in
                    Task { [due, clock] in
                        await clock.pass(max(next - now, 1))
                        if !Task.isCancelled { due.yield() }
                    }
                }
            }
            return state.timer
        }
        // Not under the lock: what ends a wait is the clock's, which may be an app's.
        before?.cancel()
    }
}

private func live<T>(_ seen: Seen, _ pick: (Answer) -> T?) -> Live<T> {
    switch seen {
    case .shown(.no(let code)): .gone(code)
    case .shown(let answer): pick(answer).map(Live.ready) ?? .gone(.internal)
    case .locked: .locked
    case .refused(let code): .gone(code)
    }
}

/// A frame of a screen at 60 Hz.
private let frameMs: Int64 = 16
private let hiddenMs: Int64 = 250

/// As many asks as the engine answers in one call.
private let asksMax = 64
