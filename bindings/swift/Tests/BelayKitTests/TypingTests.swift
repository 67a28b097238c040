import Foundation
import Testing

@testable import BelayKit

/// A field on a screen.
@MainActor
private final class Paper: TextPort {
    var text = ""
    private(set) var told: TextTold?
    private(set) var lost: LostWords??

    func show(_ now: EditorNow, patches: [Splice16]) { text = now.text.said }

    func tell(_ about: TextTold) { told = about }

    func ended(lost: LostWords?) { self.lost = .some(lost) }

    /// Keys, one by one, at the end of what is there.
    func type(_ typing: Typing, _ keys: String) async {
        for key in keys {
            text.append(key)
            typing.edited(EditorNow(text: PersonText(text), selection: Stretch(at: text.utf16.count)))
            await Task.yield()
        }
    }

    /// Waits for what a field comes to show or hear.
    func until(_ isSo: (Paper) -> Bool) async throws {
        let late = ContinuousClock.now + .seconds(60)
        while !isSo(self) {
            if ContinuousClock.now > late { throw TooLate() }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// What did not reach the vault.
    func end() async throws -> LostWords? {
        try await until { $0.lost != nil }
        return lost ?? nil
    }
}

/// Editors over the real engine.
@MainActor
struct TypingTests {
    private let together = "looking-after-us"

    private func open(_ belay: Belay, _ target: TextTarget, _ paper: Paper) async throws -> Typing {
        let typing = try await belay.texts.open(target, port: paper)
        paper.text = typing.opened.text.said
        return typing
    }

    @Test func whatIsTypedIsKeptAtAPauseAndAtTheEnd() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(body: "Slept").made
        let paper = Paper()
        let typing = try await open(mara, .note(note: note), paper)
        #expect(paper.text == "Slept")
        await paper.type(typing, " well 👪.")
        try await mara.notes.watch(note).ready { $0.body.said == "Slept well 👪." }
        await paper.type(typing, " Really.")
        typing.leave()
        #expect(try await paper.end() == nil)
        #expect(try await mara.notes.get(note).body.said == "Slept well 👪. Really.")
        await mara.close()
    }

    @Test func wordsOfAnotherDeviceArriveWhileOneTypesAndEveryLetterIsThereOnce() async throws {
        let both = try await Both.paired()
        let (mara, theo) = (both.mara, both.theo)
        let plan = try await mara.plans.create("wellness", space: both.space).made
        let entry = try await mara.plans.addEntry(plan, part: together, text: "We talk.").made
        try await both.untilQuiet()
        let paper = Paper()
        let typing = try await open(mara, .planEntry(plan: plan, entry: entry), paper)
        await paper.type(typing, " On Sund")
        let part = try await theo.plans.get(plan).parts.filter { $0.key == together }.single()
        let line = try part.entries.single()
        try await theo.plans.editEntry(plan, entry, base: line.rev, text: "Dear us: We talk.")
        try await both.carry(theo, mara)
        await paper.type(typing, "ays")
        try await paper.until { $0.text.hasPrefix("Dear us: We talk. On Sund") }
        await paper.type(typing, "!")
        typing.leave()
        #expect(try await paper.end() == nil)
        try await both.untilQuiet()
        #expect(try await mara.plans.get(plan).lines(together) == ["Dear us: We talk. On Sundays!"])
        #expect(try await theo.plans.get(plan).lines(together) == ["Dear us: We talk. On Sundays!"])
        await both.close()
    }

    @Test func aLockInMidWordLosesNothing() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(body: "Slept").made
        let paper = Paper()
        let typing = try await open(mara, .note(note: note), paper)
        await paper.type(typing, " badl")
        try mara.lock()
        let lost = try await paper.end()
        try await mara.vault.unlock(passphrase)
        let again = Paper()
        let more = try await open(mara, .note(note: note), again)
        // What had reached the engine is there again; what had not was given back.
        #expect((lost?.text.said ?? again.text) == "Slept badl")
        more.leave()
        _ = try await again.end()
        await mara.close()
    }

    /// Types behind what is there and locks before any of it can reach the engine.
    private func lost(_ belay: Belay, _ target: TextTarget, _ more: String) async throws -> LostWords {
        let paper = Paper()
        let typing = try await open(belay, target, paper)
        let text = paper.text + more
        typing.edited(EditorNow(text: PersonText(text), selection: Stretch(at: text.utf16.count)))
        try belay.lock()
        return try #require(try await paper.end())
    }

    @Test func wordsThatWereLostGoByADropAndStandBesideWhatWasSavedLast() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(body: "Slept").made
        let lost = try await lost(mara, .note(note: note), " badl")
        #expect(lost.target == .note(note: note))
        #expect(lost.text.said == "Slept badl")
        #expect(lost.before.said == "Slept")
        try await Belay.dropIn(folder.url, lost.drop)
        try await mara.vault.unlock(passphrase)
        let draft = try await mara.drafts.get(lost.target)
        #expect(draft.text.said == "Slept badl")
        #expect(draft.before.said == "Slept")
        await mara.close()
    }

    @Test func ofANoteThatWasForgottenMeanwhileADropBringsBackOnlyWhatWasTyped() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(body: "Slept.").made
        let lost = try await lost(mara, .note(note: note), " Woke early.")
        try await mara.vault.unlock(passphrase)
        try await mara.forgetting.everything(note)
        try mara.lock()
        try await Belay.dropIn(folder.url, lost.drop)
        try await mara.vault.unlock(passphrase)
        let draft = try await mara.drafts.get(lost.target)
        #expect(draft.text.said.trimmingCharacters(in: .whitespaces) == "Woke early.")
        await mara.close()
    }

    @Test func aSessionIsOverAfterALockAndOnceItIsLeft() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(body: "Slept").made
        let paper = Paper()
        let typing = try await open(mara, .note(note: note), paper)
        typing.leave()
        typing.leave()
        #expect(try await paper.end() == nil)
        await paper.type(typing, " more")
        #expect(try await mara.notes.get(note).body.said == "Slept")
        await mara.close()
    }
}
