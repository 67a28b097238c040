import Foundation
import Testing

@testable import BelayKit

struct StoryTests {
    @Test func aNoteIsWrittenListedFoundWatchedLockedAwayAndThereAgain() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let saved = try await mara.notes.create(title: "Morning", body: "Walked along the river.", tags: ["sleep"])
        let row = try await mara.notes.list().rows.single()
        #expect(row.title.said == "Morning")
        #expect(row.id == saved.made)
        let found = try await mara.search.find("river").rows.single()
        #expect(found.id == saved.made)
        #expect(found.spans.filter(\.hit).map(\.t.said) == ["river"])

        let seen = Seen()
        let watcher = Task { for await live in mara.notes.watch(saved.made) { await seen.take(live) } }
        try await seen.until { $0.value?.title.said == "Morning" }
        let shown = try await mara.notes.get(saved.made)
        try await mara.notes.edit(saved.made, .title, base: shown.rev, text: "Early")
        try await seen.until { $0.value?.title.said == "Early" }
        try mara.lock()
        try await seen.until { $0 == .locked }
        #expect(try await refusal { try await mara.notes.list() }.code == .locked)
        try await mara.vault.unlock(passphrase)
        try await seen.until { $0.value?.title.said == "Early" }
        #expect(try await mara.notes.get(saved.made).body.said == "Walked along the river.")
        watcher.cancel()
        await mara.close()
    }

    @Test func whatIsDoneCanBeLookedAtBeforeAndTakenBack() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let first = try await mara.notes.create(body: "One").made
        let trash = Command.note(.trash(note: first))
        #expect(try await mara.preview(trash).confirmation == nil)
        #expect(try await mara.notes.list().rows.count == 1)
        let two = NoteDraft(title: PersonText("Two"), body: .empty, tags: [])
        let action = try await mara.apply([trash, .note(.create(draft: two))])
        #expect(try await mara.notes.list().rows.map(\.title.said) == ["Two"])
        #expect(action.canUndo)
        try await action.undo()
        #expect(try await mara.notes.list().rows.map(\.id) == [first])
        _ = try await refusal { try await action.undo() }
        let none = try await refusal { try await mara.apply([trash, .note(.pin(note: DocId("none")))]) }
        #expect(none.code == .notFound)
        #expect(try await mara.notes.list().rows.count == 1)
        await mara.close()
    }

    @Test func nothingSaidIsATypedFailureAndSoIsTooMuch() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let empty = try await refusal { try await mara.notes.create() }
        guard case .input = empty else { throw empty }
        #expect(empty.code == .empty)
        let long = try await refusal { try await mara.notes.create(title: String(repeating: "a", count: 201)) }
        #expect(long.detail.field == .title)
        #expect(long.detail.max == 200)
        #expect(long.detail.actual == 201)
        #expect("\(long)" == "tooLong title")
        await mara.close()
    }

    @Test func aPanicSaysWhereAndNothingOfWhatItSaysGetsOut() async throws {
        // Rust writes to the standard error of the process: one of its own shows all that is said.
        let canary = "canary-of-a-sentence"
        let said = try child("PanicOnce", [canary])
        #expect(said.contains("refused internal"), "\(said)")
        #expect(said.contains("belay: stopped at "), "\(said)")
        #expect(!said.contains(canary), "\(said)")
    }

    @Test func twoPairByFilesKeepAPlanTogetherAndEndWithTheSame() async throws {
        let both = try await Both.paired()
        let (mara, theo) = (both.mara, both.theo)
        let plan = try await mara.plans.create("wellness", title: "Getting up", space: both.space).made
        let entry = try await mara.plans.addEntry(plan, part: "toolbox", text: "Walk by the river").made
        try await both.untilQuiet()

        #expect(try await theo.plans.get(plan).title.said == "Getting up")
        let refused = try await refusal { try await theo.plans.addEntry(plan, part: "toolbox", text: "Mine") }
        #expect(refused.code == .suggestOnly)
        let may = try #require(try await theo.plans.get(plan).parts.first { $0.key == "toolbox" }?.may)
        #expect([Deed.add, .suggest].map(may.allows) == [false, true])
        let idea = try await theo.talk.suggest(
            on: Target(doc: plan, part: "toolbox", element: entry), alternatives: ["Walk by the river at eight"],
            why: "You liked it in May", kind: .change
        ).made
        try await both.untilQuiet()

        let stream = theo.plans.watch(plan)
        #expect(try await mara.talk.waiting().rows.single().id == idea)
        #expect(try await mara.home.get().ideas.map(\.id) == [idea])
        let together = try await mara.read([.home, .plan(id: plan), .note(id: plan)]).answers
        #expect(together.count == 3)
        #expect(together.last == .no(.notFound))
        try await mara.talk.decide(idea, .add(0))
        try await both.untilQuiet()
        try await stream.ready { $0.lines("toolbox") == ["Walk by the river at eight"] }
        #expect(try await mara.plans.get(plan).lines("toolbox") == theo.plans.get(plan).lines("toolbox"))
        let state = try await mara.people.stateOf(both.space)
        #expect(!state.isEmpty)
        #expect(try await theo.people.stateOf(both.space) == state)
        #expect(try await mara.people.list().single().equal == true)
        await both.close()
    }

    @Test func whatWasSaidIsNowhereInWhatIsPrinted() async throws {
        let canary = "Lavender-canary"
        let words = PersonText(canary)
        let both = try await Both.paired()
        let mara = both.mara
        let note = try await mara.notes.create(title: canary, body: canary, tags: [canary]).made
        let plan = try await mara.plans.create("wellness", title: canary, space: both.space).made
        try await mara.plans.addEntry(plan, part: "toolbox", text: canary)
        try await mara.talk.comment(on: Target(doc: plan, part: "toolbox", element: nil), canary, quote: canary)
        let printed: [any Sendable] = [
            try await mara.notes.list(), try await mara.notes.get(note), try await mara.plans.list(),
            try await mara.plans.get(plan), try await mara.people.list(), try await mara.search.find(canary),
            try await mara.notes.watch(note).until { $0.value != nil }, try await mara.home.get(), NoteCommand.addTag(note: note, tag: words),
            UnlockWith.passphrase(SecretText(canary)), SecretText(canary), RecoveryWords(canary), words,
            Secret32(Data(canary.utf8)), EditorNow(text: words, selection: Stretch(at: 0)),
            try await mara.notes.create(title: canary), try mara.search.query(canary),
        ]
        for shown in printed {
            var dumped = "\(shown) \(String(reflecting: shown)) "
            dump(shown, to: &dumped)
            #expect(!dumped.contains(canary), "\(type(of: shown))")
        }
        await both.close()
    }
}

/// What a stream showed, for waiting on it.
private actor Seen {
    private var all: [Live<NoteDetail>] = []
    private var taken = 0

    func take(_ live: Live<NoteDetail>) { all.append(live) }

    private func next(_ isIt: (Live<NoteDetail>) -> Bool) -> Bool {
        guard let at = all.indices.first(where: { $0 >= taken && isIt(all[$0]) }) else { return false }
        taken = at + 1
        return true
    }

    nonisolated func until(_ isIt: @escaping @Sendable (Live<NoteDetail>) -> Bool) async throws {
        try await within {
            while !(await self.next(isIt)) { try await Task.sleep(for: .milliseconds(2)) }
        }
    }
}
