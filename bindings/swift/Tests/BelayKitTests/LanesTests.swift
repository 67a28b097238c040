import Foundation
import Testing

@testable import BelayKit

struct LanesTests {
    private let lanes = Lanes()

    /// Waits until something is on its way, without a clock.
    private func until(_ isSo: () -> Bool) async { while !isSo() { await Task.yield() } }

    /// The writer is held from now on, until the gate opens.
    private func held(_ rank: Rank) async -> (gate: DispatchSemaphore, end: Task<Void, any Error>) {
        let (gate, begun) = (DispatchSemaphore(value: 0), Guarded(false))
        let end = Task {
            try await lanes.write(rank) {
                begun.with { $0 = true }
                gate.wait()
            }
        }
        await until { begun.with { $0 } }
        return (gate, end)
    }

    @Test func whatIsTypedGoesBeforeCommandsAndCommandsBeforeJobs() async throws {
        try await within { [self] in
            let (gate, end) = await held(.job)
            let (done, asked) = (Guarded([String]()), Guarded(0))
            var others: [Task<Void, any Error>] = []
            for (name, rank) in [("job", Rank.job), ("save", .command), ("key", .text), ("save 2", .command)] {
                let before = asked.with { $0 }
                others.append(
                    Task {
                        asked.with { $0 += 1 }
                        try await lanes.write(rank) { done.with { $0.append(name) } }
                    })
                await until { asked.with { $0 } > before }
                // It has begun to ask; what follows in that task takes no turn of another.
                try await Task.sleep(for: .milliseconds(5))
            }
            gate.signal()
            for other in others + [end] { try await other.value }
            #expect(done.with { $0 } == ["key", "save", "save 2", "job"])
        }
    }

    @Test func aSaveIsFinishedThoughTheOneWhoAskedIsGone() async throws {
        try await within { [self] in
            let (gate, end) = await held(.text)
            let isSaved = Guarded(false)
            let screen = Task { try await lanes.write(.command) { isSaved.with { $0 = true } } }
            try await Task.sleep(for: .milliseconds(5))
            screen.cancel()
            gate.signal()
            try await end.value
            try await screen.value
            await lanes.close()
            #expect(isSaved.with { $0 })
        }
    }

    @Test func aReadIsStoppedWithTheOneWhoAsked() async throws {
        try await within { [self] in
            let (stopped, begun) = (DispatchSemaphore(value: 0), Guarded(false))
            let screen = Task {
                try await lanes.read(stop: { stopped.signal() }) {
                    begun.with { $0 = true }
                    stopped.wait()
                }
            }
            await until { begun.with { $0 } }
            screen.cancel()
            await #expect(throws: CancellationError.self) { try await screen.value }
            await lanes.close()
        }
    }

    @Test func aReadThatWasGivenUpBeforeItsTurnIsNotMade() async throws {
        try await within { [self] in
            let isRead = Guarded(false)
            let screen = Task {
                while !Task.isCancelled { await Task.yield() }
                try await lanes.read(stop: {}) { isRead.with { $0 = true } }
            }
            screen.cancel()
            await #expect(throws: CancellationError.self) { try await screen.value }
            #expect(!isRead.with { $0 })
        }
    }

    @Test func twoReadAtOnceAndNotThree() async throws {
        try await within { [self] in
            let (gate, running) = (DispatchSemaphore(value: 0), Guarded((now: 0, most: 0)))
            let reads = (0..<5).map { _ in
                Task {
                    try await lanes.read(stop: {}) {
                        running.with { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        gate.wait()
                        running.with { $0.now -= 1 }
                    }
                }
            }
            await until { running.with { $0.now } == 2 }
            for _ in reads { gate.signal() }
            for read in reads { try await read.value }
            #expect(running.with { $0.most } == 2)
        }
    }

    @Test func closingEndsWhatWasAskedForAndTakesNothingMore() async throws {
        try await within { [self] in
            let (gate, end) = await held(.text)
            let asked = (1...50).map { number in Task { try await lanes.write(.command) { number } } }
            try await Task.sleep(for: .milliseconds(50))
            let closing = Task { await lanes.close() }
            gate.signal()
            await closing.value
            try await end.value
            var sum = 0
            for one in asked { sum += try await one.value }
            #expect(sum == 1_275)
            #expect(try await refusal { try await lanes.write(.text) {} }.code == .closed)
        }
    }

    @Test func nothingThatBlocksRunsOnTheThreadsThatTasksShare() async throws {
        // As many as there are cores, and then some: were they on the shared threads, nothing would go on.
        try await within { [self] in
            let (gate, end) = await held(.text)
            let reads = DispatchSemaphore(value: 0)
            let others = (0..<64).map { _ in Task { try await lanes.read(stop: {}) { reads.wait() } } }
            await Task.yield()
            gate.signal()
            try await end.value
            for _ in others { reads.signal() }
            for other in others { try await other.value }
        }
    }
}
