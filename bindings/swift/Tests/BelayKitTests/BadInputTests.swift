import Foundation
import Testing

@testable import BelayKit

/// What should never happen, and what it gets: a typed failure, nothing lost, nothing stuck.
struct BadInputTests {
    @Test func callsAfterCloseAreClosed() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let stream = mara.notes.watch()
        await mara.close()
        await mara.close()
        let calls: [@Sendable () async throws -> Void] = [
            { try await mara.notes.create(body: "late") }, { _ = try await mara.notes.list() },
            { _ = try await mara.vault.state() }, { try mara.lock() }, { try await mara.vault.unlock(passphrase) },
            { try await mara.vault.pause(budgetMs: 100) }, { _ = try await mara.people.list() },
            { _ = try await mara.people.bundleIn(folder.url) },
        ]
        for call in calls {
            let why = try await refusal(call)
            guard case .locked = why else { throw why }
            #expect(why.code == .closed)
        }
        // A stream says so and ends; so does one that is begun now.
        for stream in [stream, mara.notes.watch()] {
            var last: Live<NotePage>?
            for await live in stream { last = live }
            #expect(last == .gone(.closed))
        }
    }

    @Test func closeEndsWhatWasAskedForBeforeIt() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let saves = (1...20).map { number in
            Task { () -> Bool in
                do { try await mara.notes.create(body: "note \(number)") } catch { return false }
                return true
            }
        }
        try await Task.sleep(for: .milliseconds(20))
        await mara.close()
        var kept = 0
        for save in saves where await save.value { kept += 1 }
        let again = try await open(folder)
        try await again.vault.unlock(passphrase)
        #expect(try await again.notes.list().rows.count == kept)
        await again.close()
    }

    @Test func sixteenAtOnceWithLocksInBetweenAreAnsweredOrLocked() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let kept = Guarded(0)
        try await within {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...16 {
                    group.addTask {
                        for round in 1...5 {
                            for save in [true, false] {
                                do {
                                    if save {
                                        try await mara.notes.create(body: "note \(number) \(round)")
                                        kept.with { $0 += 1 }
                                    } else {
                                        _ = try await mara.notes.list()
                                    }
                                } catch let why as BelayError {
                                    #expect([.locked, .interrupted].contains(why.code), "\(why)")
                                }
                            }
                            if number == 1 && round == 3 { try mara.lock() }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        try await mara.vault.unlock(passphrase)
        // A save that the lock overtook on its way back may be there too; none that was answered is missing.
        let there = try await mara.notes.list(at: .first(200)).rows.count
        #expect(there >= kept.with { $0 } && there <= 80)
        await mara.close()
    }

    @Test func sixteenThreadsOfThePlatformMayLockAtOnce() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        try await offPool { DispatchQueue.concurrentPerform(iterations: 16) { _ in try? mara.lock() } }
        #expect(try await refusal { try await mara.notes.list() }.code == .locked)
        await mara.close()
    }

    @Test func aStreamsConsumerMayDoAnything() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        try await within {
            var seen = 0
            for await live in mara.notes.watch() {
                seen += 1
                if seen == 1 { try await mara.notes.create(body: "from inside a stream") }
                if seen == 2 { try mara.lock() }
                if live == .locked { break }
            }
            #expect(seen >= 3)
        }
        await mara.close()
    }

    @Test func aStreamsConsumerMayCloseTooAndHearsOfIt() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        try await within {
            var last: Live<NotePage>?
            for await live in mara.notes.watch() {
                if case .ready = live { await mara.close() }
                last = live
            }
            #expect(last == .gone(.closed))
        }
        #expect(try await refusal { try await mara.notes.list() }.code == .closed)
    }

    @Test func halfOfAPairIsNowhereTakenForAWord() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        // A Swift string cannot hold one; what comes with one has been given as units, or holds U+FFFD in its place.
        let half: [UInt16] = [0x61, 0x62, 0xD83D, 0x63]
        #expect(try await refusal { try PersonText(units: half) }.detail.actual == 2)
        let bridged = NSString(characters: half, length: half.count) as String
        do {
            let note = try await mara.notes.create(title: bridged).made
            #expect(try await mara.notes.get(note).title.said == "ab\u{FFFD}c")
        } catch let why as BelayError {
            #expect(why.code == .invalidText && why.detail.actual == 2)
        }
        await mara.close()
    }

    @Test func aCursorOfAnotherListAndAPageThatIsNone() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        for number in 1...3 { try await mara.notes.create(body: "note \(number)") }
        let next = try await mara.notes.list(at: .first(2)).next
        #expect(try await mara.notes.list(at: .from(next, limit: 2)).rows.count == 1)
        let other = try await refusal { try await mara.plans.list(at: .from(next)) }
        #expect(other.code == .outOfRange)
        #expect(other.detail.field == .after)
        let none = try await refusal { try await mara.notes.list(at: .first(0)) }
        #expect(none.code == .outOfRange)
        #expect(none.detail.field == .limit)
        // A stream of it says so and ends.
        var last: Live<PlanPage>?
        for await live in mara.plans.watch(at: .from(next)) { last = live }
        #expect(last == .gone(.outOfRange))
        #expect(try await refusal { try await mara.notes.get(DocId("nothing")) }.code == .notFound)
        await mara.close()
    }

    @Test func aKeystoresKeyOf31BytesAndAWrongOne() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let proof = try await mara.vault.confirm(.passphrase(passphrase), for: .slots)
        let key = try await mara.vault.beginSlot(.keystore, proof)
        try await mara.vault.finishSlot(key.slot, wrapped: Data([1, 2, 3]))
        try mara.lock()
        func with(_ bytes: Data) -> UnlockWith { .keystore(slot: key.slot, key32: Secret32(bytes), vaultCounter: nil) }
        let short = try await refusal { try await mara.vault.unlock(with(key.key32.reveal().prefix(31))) }
        guard case .input = short else { throw short }
        #expect(short.code == .outOfRange)
        #expect(try await refusal { try await mara.vault.unlock(with(Data(count: 32))) }.code == .wrongSecret)
        try await mara.vault.unlock(with(key.key32.reveal()))
        await mara.close()
    }

    @Test func twoOnOneVaultAndOneThatLetsGo() async throws {
        let folder = try Folder("shared")
        let mara = try await person(folder)
        let other = try await open(folder)
        #expect(try await refusal { try await other.vault.unlock(passphrase) }.code == .inUse)
        try await mara.vault.pause(budgetMs: 1_000)
        try await other.vault.unlock(passphrase)
        try other.lock()
        try await mara.vault.resume()
        try await mara.notes.create(body: "Still here")
        await mara.close()
        await other.close()
    }

    @Test func aSecondProcessWaitsForTheFirstAndNothingOfEitherIsLost() async throws {
        let folder = try Folder("processes")
        let mara = try await person(folder, in: "vault")
        @Sendable func second(_ status: Int32, _ steps: String...) async throws -> String {
            try await offPool { try child("KeepOnePlan", [folder.url.path] + steps, status: status) }
        }
        try await mara.notes.create(title: "First")
        #expect(try await second(1, "note", "Too early").contains("refused: inUse"))
        try await mara.vault.pause(budgetMs: 1_000)
        _ = try await second(0, "note", "While the first rests")
        try await mara.vault.resume()
        try await mara.notes.create(title: "Back again")
        try mara.lock()
        // Another that dies with the vault open keeps nobody out, and what it kept is there.
        _ = try await second(9, "note", "Before it died", "halt")
        try await mara.vault.unlock(passphrase)
        let titles = Set(try await mara.notes.list().rows.map(\.title.said))
        #expect(titles == ["First", "While the first rests", "Back again", "Before it died"])
        await mara.close()
    }

    /// The code of what the engine itself refuses.
    private func code<T>(_ call: () throws -> T) -> Code? {
        do {
            _ = try typed(call)
            return nil
        } catch {
            return (error as? BelayError)?.code
        }
    }

    @Test func aSessionAfterItsEndAndSplicesThatFitNothing() async throws {
        let (clock, folder) = (SystemClock(), try Folder("session"))
        try await offPool {
            let place = Location.folder(private: folder.url.path, public: nil)
            let config = HostConfig(location: place, exchangeDir: nil, languages: ["en"], maxMemory: 1 << 27)
            let core = try BelayCore.open(config: config)
            _ = try core.create(with: NewVault(passphrase: passphrase, words: .twelve), at: clock.now())
            try core.acknowledge(at: clock.now())
            let draft = NoteDraft(title: .empty, body: PersonText("abc"), tags: [])
            let made = try core.apply(commands: [.note(.create(draft: draft))], confirmation: nil, at: clock.now())
            let note = try #require(made.outcomes.first?.made)
            func open() throws -> TextSession { try core.textOpen(target: .note(note: note), at: clock.now()).session }
            func now(_ change: TextChange, _ length: UInt32) -> TextNow {
                TextNow(
                    accepted: 0, length: length, change: change, selection: Selection(start: 0, end: 0), settle: .typing)
            }
            func sync(_ session: TextSession, _ now: TextNow) -> Code? {
                code { try core.textSync(session: session, now: now, at: clock.now()) }
            }
            let session = try open()
            let wild = Splice16(at: 9, remove: 0, insert: PersonText("x"))
            #expect(sync(session, now(.splices(splices: [wild]), 4)) == .outOfRange)
            // Half of a pair goes with the other half; a field that shows the other still is asked what it shows.
            func cut(_ at: UInt32, _ remove: UInt32, _ length: UInt32) throws -> Resend {
                let splice = Splice16(at: at, remove: remove, insert: .empty)
                let now = now(.splices(splices: [splice]), length)
                return try core.textSync(session: session, now: now, at: clock.now()).resend
            }
            _ = try core.textSync(session: session, now: now(.whole(text: PersonText("a😀b")), 4), at: clock.now())
            #expect(try cut(2, 1, 3) == .whole)
            #expect(try cut(2, 1, 2) == .no)
            _ = try core.textSync(session: session, now: now(.whole(text: PersonText("abc")), 3), at: clock.now())
            let nothing = now(.none, 3)
            _ = try core.textClose(session: session, now: nothing, at: clock.now())
            #expect(sync(session, nothing) == .notFound)
            #expect(code { try core.textClose(session: session, now: nothing, at: clock.now()) } == .notFound)
            let second = try open()
            try core.lock()
            #expect(sync(second, nothing) == .locked)
            _ = try core.unlock(with: .passphrase(passphrase), at: clock.now())
            #expect(sync(second, nothing) == .notFound)
            try core.lock()
        }
    }

    @Test func aLibraryOfAnotherBuildIsRefused() async throws {
        let here = try version()
        #expect(here.build == Belay.build)
        try Belay.refuseOtherBuild(here)
        let other = Version(library: here.library, build: "0.0.9", formats: here.formats)
        guard case .internal = try await refusal({ try Belay.refuseOtherBuild(other) }) else { throw TooLate() }
    }
}
