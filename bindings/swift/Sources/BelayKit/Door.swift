/// The one way from the groups to the engine. It tells the streams what a call changed.
final class Door: Sendable {
    let engine: Engine
    let watching: Watching

    init(_ core: BelayCore, _ clock: any HostClock) {
        let engine = Engine(core, clock)
        self.engine = engine
        watching = Watching(clock) { try await engine.read($0) }
    }

    var clock: any HostClock { engine.clock }

    /// Something that writes.
    func write<T: Sendable>(
        _ rank: Rank = .command, _ call: @escaping @Sendable (BelayCore, Moment) throws -> T
    ) async throws -> T {
        try await engine.write(rank, call)
    }

    /// Commands, all or none.
    func apply(_ commands: [Command], _ confirmation: Confirmation? = nil) async throws -> Applied {
        let applied = try await write { try $0.apply(commands: commands, confirmation: confirmation, at: $1) }
        watching.changed(applied.changes)
        return applied
    }

    /// One ask. What is not there is thrown.
    func ask<T>(_ ask: Ask, _ pick: (Answer) -> T?) async throws -> T {
        let answer = try promised(try await engine.read([ask]).answers.first)
        if case .no(let code) = answer { throw no(code) }
        return try promised(pick(answer))
    }

    func watch<T: Sendable>(_ ask: Ask, _ pick: @escaping @Sendable (Answer) -> T?) -> AsyncStream<Live<T>> {
        watching.watch(ask, pick)
    }

    /// A job, step by step: whoever types or saves goes in between. Stops with the one who asked.
    func run(_ job: Job, _ progress: (Int64, Int64) -> Void) async throws -> JobOutcome {
        let id = try await write(.job) { try $0.jobOpen(job: job, at: $1) }
        do {
            let outcome = try await steps(id, progress)
            try? await write { core, _ in try core.jobClose(id: id) }
            return outcome
        } catch {
            // Whatever became of it, nothing of it stays.
            try? await write { core, _ in try core.jobClose(id: id) }
            throw error
        }
    }

    private func steps(_ id: JobId, _ progress: (Int64, Int64) -> Void) async throws -> JobOutcome {
        while true {
            try Task.checkCancellation()
            let step = try await write(.job) { try $0.jobStep(id: id, budgetMs: stepMs, at: $1) }
            watching.changed(step.changes)
            progress(Int64(clamping: step.done), Int64(clamping: step.total))
            if step.finished { return try promised(step.outcome) }
        }
    }

    /// Something that waits for nobody.
    func atOnce<T: Sendable>(_ call: @escaping @Sendable (BelayCore, Moment) throws -> T) async throws -> T {
        try await engine.atOnce(call)
    }

    /// Not queued: from any thread, a stream's consumer too.
    func lock() throws {
        try engine.refuseClosed()
        watching.locked()
        try engine.lock()
    }

    /// Ends what was asked for, locks, gives the engine back. Once.
    func close() async {
        guard engine.beginToClose() else { return }
        await engine.close()
        watching.close()
    }
}

/// So long a step holds the writer.
private let stepMs: UInt32 = 20
