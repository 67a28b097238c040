import Foundation
import Testing

@testable import BelayKit

/// An engine that answers with one word, and tells what it is asked.
private final class Oracle: Sendable {
    struct State {
        var word = Code.empty
        var commit: UInt64 = 1
        var untilMs: Int64?
        var bad: Ask?
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var asked: [[Ask]] = []
    }

    let state = Guarded(State())

    func read(_ asks: [Ask]) async throws -> Reading {
        let (reading, bad) = state.with { state in
            state.asked.append(asks)
            let watch = Watch(kinds: [.note], objects: [], untilMs: state.untilMs)
            let answers = asks.map { _ in Answer.no(state.word) }
            return (Reading(commit: state.commit, answers: answers, watch: asks.map { _ in watch }), state.bad)
        }
        await withCheckedContinuation { go in
            let isHeld = state.with { state in
                if state.isHeld { state.held.append(go) }
                return state.isHeld
            }
            if !isHeld { go.resume() }
        }
        if let bad, asks.contains(bad) { throw BelayError.input(refused(.outOfRange, .after)) }
        return reading
    }

    func letGo() {
        let held = state.with { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for one in held { one.resume() }
    }
}

/// What a stream says, one after the other.
private final class Told: Sendable {
    private let all = Guarded((said: [Live<Never?>](), next: 0, isOver: false))
    private let task: Guarded<Task<Void, Never>?> = Guarded(nil)

    init(_ stream: AsyncStream<Live<Never?>>) {
        let all = all
        let listening = Task {
            for await live in stream { all.with { $0.said.append(live) } }
            all.with { $0.isOver = true }
        }
        task.with { $0 = listening }
    }

    deinit { task.with { $0 }?.cancel() }

    func stop() { task.with { $0 }?.cancel() }

    /// What it says next; `pass` is called as long as it says nothing.
    func next(_ pass: @escaping @Sendable () -> Void = {}) async throws -> Live<Never?> {
        try await within(seconds: 20) { [all] in
            while true {
                let come = all.with { all -> Live<Never?>? in
                    guard all.next < all.said.count else { return nil }
                    all.next += 1
                    return all.said[all.next - 1]
                }
                if let come { return come }
                pass()
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    func nothing() async throws {
        try await Task.sleep(for: .milliseconds(40))
        let isAll = all.with { $0.next == $0.said.count }
        #expect(isAll)
    }

    func isOver() async throws {
        try await within(seconds: 20) { [all] in
            while !all.with({ $0.isOver }) { try await Task.sleep(for: .milliseconds(1)) }
        }
    }
}

/// The streams, over an engine that answers with one word.
struct WatchingTests {
    private let clock = HandClock()
    private let oracle = Oracle()
    private let watching: Watching
    private let ask = Ask.note(id: DocId("a"))
    private let other = Ask.note(id: DocId("b"))

    init() {
        watching = Watching(clock) { [oracle] in try await oracle.read($0) }
    }

    private func watch(_ what: Ask? = nil) -> Told { Told(watching.watch(what ?? ask) { _ in .some(nil) }) }

    private func changed(_ kind: Matter = .note, to word: Code? = nil) {
        let commit = oracle.state.with { state in
            if let word { state.word = word }
            state.commit += 1
            return state.commit
        }
        watching.changed(changes(commit, kind))
    }

    private func changes(_ commit: UInt64, _ kind: Matter = .note) -> Changes {
        let touched = Touched(of: ObjectId("x"), kind: kind, parent: nil, how: .changed)
        return Changes(from: commit - 1, to: commit, cause: .mine, touched: [touched], extent: .listed)
    }

    private func asked() -> Int { oracle.state.with { $0.asked.count } }

    /// Nothing more is asked than that.
    private func asked(is count: Int) async throws {
        try await Task.sleep(for: .milliseconds(30))
        #expect(asked() == count)
    }

    private func asked(comesTo count: Int) async throws {
        try await within(seconds: 20) { [self] in
            while asked() < count { try await Task.sleep(for: .milliseconds(1)) }
        }
        #expect(asked() == count)
    }

    private func inTime(_ told: Told) async throws -> Live<Never?> { try await told.next { [clock] in clock.goOn(16) } }

    @Test func whatIsAskedForIsReadAtOnceAndAgainWhenItChanges() async throws {
        watching.opened()
        let stream = watch()
        #expect(try await stream.next() == .gone(.empty))
        changed(to: .tooLong)
        #expect(try await inTime(stream) == .gone(.tooLong))
    }

    @Test func whatItDoesNotDependOnIsNotReadAgainAndWhatIsEqualIsNotToldAgain() async throws {
        watching.opened()
        let stream = watch()
        _ = try await stream.next()
        changed(.goal, to: .tooLong)
        clock.goOn(1_000)
        try await asked(is: 1)
        changed(to: .empty)
        clock.goOn(1_000)
        try await asked(comesTo: 2)
        try await stream.nothing()
    }

    @Test func equalAsksShareOneReadAndAllThatAreDueGoInOneCall() async throws {
        let streams = [watch(), watch(), watch(other)]
        for stream in streams { #expect(try await stream.next() == .locked) }
        watching.opened()
        for stream in streams { #expect(try await inTime(stream) == .gone(.empty)) }
        #expect(oracle.state.with { $0.asked.map(Set.init) } == [[ask, other]])
    }

    @Test func manyChangesWithinAFrameAreOneReadAtOnceAndThenOnceAFrame() async throws {
        watching.opened()
        let stream = watch()
        _ = try await stream.next()
        for _ in 0..<20 { changed(to: .tooMany) }
        try await asked(is: 1)
        clock.goOn(15)
        try await asked(is: 1)
        clock.goOn(1)
        try await asked(comesTo: 2)
        #expect(try await stream.next() == .gone(.tooMany))
        // What was signalled meanwhile finds nothing to do.
        clock.goOn(16)
        try await asked(is: 2)
        watching.visible(false)
        changed()
        clock.goOn(100)
        try await asked(is: 2)
        clock.goOn(150)
        try await asked(comesTo: 3)
    }

    @Test func aLockClearsTheStreamLivesOnAndTheSameComesBack() async throws {
        watching.opened()
        let stream = watch()
        _ = try await stream.next()
        watching.locked()
        #expect(try await stream.next() == .locked)
        changed()
        clock.goOn(1_000)
        try await stream.nothing()
        watching.opened()
        #expect(try await inTime(stream) == .gone(.empty))
    }

    @Test func whatWasBeingReadWhenTheLockCameIsNotShownAfterIt() async throws {
        oracle.state.with { $0.isHeld = true }
        watching.opened()
        let stream = watch()
        try await asked(comesTo: 1)
        watching.locked()
        oracle.letGo()
        #expect(try await stream.next() == .locked)
        try await stream.nothing()
    }

    @Test func atRestNothingIsReadAndWhatIsShownStays() async throws {
        watching.opened()
        let stream = watch()
        _ = try await stream.next()
        watching.rested()
        changed(to: .tooBig)
        clock.goOn(1_000)
        try await asked(is: 1)
        try await stream.nothing()
        watching.opened()
        #expect(try await inTime(stream) == .gone(.tooBig))
    }

    @Test func timeAloneMakesItDue() async throws {
        oracle.state.with { $0.untilMs = HandClock.noon + 60_000 }
        watching.opened()
        let stream = watch()
        _ = try await stream.next()
        oracle.state.with { $0.word = .expired }
        try await asked(is: 1)
        clock.goOn(59_000)
        try await asked(is: 1)
        clock.goOn(1_000)
        #expect(try await stream.next() == .gone(.expired))
        // That moment has passed: it is not read again and again.
        clock.goOn(1_000)
        try await asked(is: 2)
    }

    @Test func oneBadAskSpoilsNoOther() async throws {
        oracle.state.with { [other] in $0.bad = other }
        let (good, spoilt) = (watch(), watch(other))
        _ = try await good.next()
        _ = try await spoilt.next()
        watching.opened()
        #expect(try await inTime(good) == .gone(.empty))
        #expect(try await inTime(spoilt) == .gone(.outOfRange))
        try await spoilt.isOver()
    }

    @Test func nobodyWatchesNothingIsRead() async throws {
        watching.opened()
        let stream = watch()
        _ = try await stream.next()
        stream.stop()
        try await stream.isOver()
        changed()
        clock.goOn(1_000)
        try await asked(is: 1)
    }

    @Test func aStreamThatIsLetGoOfIsReadNoMore() async throws {
        do { _ = watching.watch(ask) { _ in true } }
        watching.opened()
        try await asked(is: 0)
    }

    @Test func streamsEndWithTheirBelay() async throws {
        var brief: Watching? = Watching(clock) { [oracle] in try await oracle.read($0) }
        let stream = Told(try #require(brief?.watch(ask) { _ in .some(nil) }))
        #expect(try await stream.next() == .locked)
        brief = nil
        #expect(try await stream.next() == .gone(.closed))
        try await stream.isOver()
    }

    @Test func whoIsSlowSeesTheNewestAlone() async throws {
        watching.opened()
        let slow = watching.watch(ask) { _ in true }
        let quick = watch()
        _ = try await quick.next()
        changed(to: .tooLong)
        _ = try await inTime(quick)
        watching.locked()
        #expect(try await slow.until() == .locked)
    }

    @Test func afterTheEndStreamsSaySo() async throws {
        watching.opened()
        let stream = watch()
        _ = try await stream.next()
        watching.close()
        #expect(try await stream.next() == .gone(.closed))
        try await stream.isOver()
        let late = watch()
        #expect(try await late.next() == .gone(.closed))
        try await late.isOver()
    }

    @Test func editorsHearOfLocksAndOfWhatOthersDid() async throws {
        let (begun, pulses) = watching.follow()
        var pulse = pulses.makeAsyncIterator()
        watching.opened()
        watching.changed(changes(2), isTyped: true)
        changed()
        #expect(await pulse.next() == Watching.Pulse(locks: begun.locks, commits: begun.commits + 1))
        watching.locked()
        #expect(await pulse.next()?.locks == begun.locks + 1)
        watching.close()
        _ = await pulse.next()
        #expect(await pulse.next() == nil)
    }
}
