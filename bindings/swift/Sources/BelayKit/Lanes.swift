import Foundation

/// Who goes first where several wait for the writer: no letter waits behind a job.
enum Rank: Int, CaseIterable {
    case text, command, job
}

/// One writer and two readers for calls that block. Whoever waits for an answer goes on where Swift's tasks run, so that
/// whatever an app does with it, it holds up no lane.
final class Lanes: Sendable {
    private let writer = Lane("app.belay.write", width: 1)
    private let readers = Lane("app.belay.read", width: 2)

    /// A write is finished once it is asked for, whatever becomes of the one who asked.
    func write<T: Sendable>(_ rank: Rank, _ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await writer.put(rank, work)
    }

    /// A read stops with the one who asked: `stop` is called then.
    func read<T: Sendable>(
        stop: @escaping @Sendable () -> Void, _ work: @escaping @Sendable () throws -> T
    ) async throws -> T {
        let isGone = Guarded(false)
        let answer = try await withTaskCancellationHandler {
            do {
                return try await readers.put(.command) {
                    if isGone.with({ $0 }) { throw CancellationError() }
                    return try work()
                }
            } catch {
                try Task.checkCancellation()
                throw error
            }
        } onCancel: {
            isGone.with { $0 = true }
            DispatchQueue.global(qos: .userInitiated).async(execute: stop)
        }
        try Task.checkCancellation()
        return answer
    }

    /// Takes nothing more, and ends what was asked for before.
    func close() async {
        await writer.close()
        await readers.close()
    }
}

/// So many turns at once, in the order of their ranks.
final class Lane: Sendable {
    private let queue: DispatchQueue
    private let width: Int
    private let state = Guarded(Waiting())

    private struct Waiting {
        var turns = Rank.allCases.map { _ in [@Sendable () -> Void]() }
        var running = 0
        var isClosed = false
        var atRest: [CheckedContinuation<Void, Never>] = []
    }

    init(_ name: String, width: Int) {
        self.width = width
        queue = DispatchQueue(label: name, qos: .userInitiated, attributes: width > 1 ? .concurrent : [])
    }

    func put<T: Sendable>(_ rank: Rank, _ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { answer in
            let isTaken = state.with { state in
                if state.isClosed { return false }
                state.turns[rank.rawValue].append { answer.resume(with: Result(catching: work)) }
                return true
            }
            if isTaken { begin() } else { answer.resume(throwing: closed()) }
        }
    }

    private func begin() {
        guard let turn = state.with(next) else { return }
        queue.async { [self] in
            turn()
            state.with { $0.running -= 1 }
            begin()
            rest()
        }
    }

    private func next(_ state: inout Waiting) -> (@Sendable () -> Void)? {
        guard state.running < width, let rank = state.turns.firstIndex(where: { !$0.isEmpty }) else { return nil }
        state.running += 1
        return state.turns[rank].removeFirst()
    }

    private func rest() {
        let waiting = state.with { state in
            guard state.isClosed, state.running == 0, state.turns.allSatisfy(\.isEmpty) else {
                return [CheckedContinuation<Void, Never>]()
            }
            defer { state.atRest = [] }
            return state.atRest
        }
        for one in waiting { one.resume() }
    }

    func close() async {
        await withCheckedContinuation { answer in
            state.with { state in
                state.isClosed = true
                state.atRest.append(answer)
            }
            rest()
        }
    }
}
