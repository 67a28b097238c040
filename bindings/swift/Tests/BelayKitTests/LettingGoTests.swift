import Foundation
import Testing

@testable import BelayKit

/// What is given and taken back, forgotten and purged; what was done; what was typed and not kept.
struct LettingGoTests {
    @Test func aCopyIsGivenAsItWasShownReadAndTakenBack() async throws {
        let both = try await Both.paired()
        let (mara, theo) = (both.mara, both.theo)
        let note = try await mara.notes.create(title: "Night", body: "Slept badly. Walked.").made
        func gift(_ part: TextRange?) -> GiftDraft {
            GiftDraft(note: note, part: part, title: .leftOut, to: both.space, language: "en")
        }
        let excerpt = gift(TextRange(start: 0, end: 12))
        let seen = try await mara.shares.preview(excerpt)
        #expect(seen.leaves.contains { $0.said == "Slept badly." })
        #expect(!seen.leaves.contains { $0.said.contains("Walked") })
        _ = try await refusal { try await mara.shares.give(gift(nil), seen: seen) }
        let copy = try await mara.shares.give(excerpt, seen: seen).made
        try await both.untilQuiet()
        #expect(try await theo.shares.get(copy).text.said == "Slept badly.")
        #expect(try await theo.shares.list().rows.map(\.side) == [.received])
        let given = try await mara.shares.list(ShareFilter(with: both.space, note: note, side: .given))
        #expect(given.rows.map(\.id) == [copy])
        #expect(try await mara.history.audience(copy).people.count == 2)

        try await mara.shares.takeBack(copy)
        try await both.untilQuiet()
        let gone = try await theo.shares.list().rows.single()
        #expect(gone.stage.code == "taken-back")
        #expect(gone.snippet.said.isEmpty)
        await both.close()
    }

    @Test func whatIsForgottenIsOutOfSightAndAPurgeTakesAProof() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(title: "Night", body: "To be let go.").made
        let kept = try await mara.notes.create(title: "Morning", body: "One").made
        try await mara.notes.edit(kept, .body, base: try await mara.notes.get(kept).rev, text: "Two")
        #expect(try await mara.history.list(kept).rows.count >= 2)
        let again = try await mara.forgetting.past(kept).made
        #expect(try await mara.notes.get(again).body.said == "Two")
        try await mara.forgetting.everything(note)
        #expect(try await mara.notes.list().rows.map(\.id) == [again])
        #expect(Set(try await mara.forgetting.list().map(\.doc)) == [note, kept])
        #expect(try await mara.forgetting.repairs().isEmpty)

        let with = UnlockWith.passphrase(passphrase)
        let wrong = try await mara.vault.confirm(with, for: .backup)
        #expect(try await refusal { try await mara.forgetting.purge([note], wrong) }.code == .needsConfirmation)
        try await mara.forgetting.purge([note], try await mara.vault.confirm(with, for: .erase))
        #expect(try await mara.forgetting.list().first { $0.doc == note }?.stage.code == "gone")
        await mara.close()
    }

    @Test func whatWasSharedGoesOnAloneOnceSomeoneLeft() async throws {
        let both = try await Both.paired()
        let (mara, theo) = (both.mara, both.theo)
        let plan = try await mara.plans.create("wellness", title: "Getting up", space: both.space).made
        try await mara.plans.addEntry(plan, part: "toolbox", text: "Walk by the river")
        try await both.untilQuiet()
        func why(_ belay: Belay) async throws -> Code { try await refusal { try await belay.people.goOnAlone(plan) }.code }
        #expect(try await why(mara) == .alreadyYours)
        try await theo.people.leave(both.space, try await theo.vault.confirm(.passphrase(passphrase), for: .leaving))
        try await both.carry(theo, mara)
        let over = try await refusal { try await mara.plans.addEntry(plan, part: "toolbox", text: "Tea") }
        #expect(over.code == .relationshipEnded)
        #expect(try await why(theo) == .notOwner)

        let seen = try await mara.preview(.relationship(.goOnAlone(doc: plan)))
        #expect(seen.audience.count == 1)
        #expect(seen.leaves.isEmpty)
        let alone = try await mara.people.goOnAlone(plan)
        #expect(!alone.canUndo)
        try await mara.plans.addEntry(alone.made, part: "toolbox", text: "Tea")
        #expect(Set(try await mara.plans.get(alone.made).lines("toolbox")) == ["Walk by the river", "Tea"])
        #expect(try await mara.plans.get(plan).lines("toolbox") == ["Walk by the river"])
        #expect(try await why(mara) == .duplicate)
        #expect(try await mara.history.audience(alone.made).people.count == 1)
        await both.close()
    }

    @Test func whatWasDoneLastIsKnownAfterAStartAndTakenBack() async throws {
        let folder = try Folder("lately")
        let before = try await person(folder)
        #expect(try await before.history.lately() == DoneLately(last: nil, wayBack: nil))
        let note = try await before.notes.create(title: "Night").made
        try await before.notes.pin(note)
        try await before.plans.create("wellness")
        await before.close()

        let mara = try await open(folder)
        try await mara.vault.unlock(passphrase)
        let lately = try await mara.history.lately()
        let last = try #require(lately.last)
        #expect(last.what == .planBegun)
        #expect(last.undo == nil)
        #expect(try await refusal { try await mara.history.takeBack(last) }.code == .notInForce)
        let pinned = try #require(lately.wayBack)
        #expect(pinned.what == .written)
        #expect(pinned.docs == [note])
        let back = try await mara.history.takeBack(pinned)
        #expect(try await !mara.notes.get(note).pinned)
        #expect(try await refusal { try await mara.history.takeBack(pinned) }.code == .notFound)
        #expect(try await mara.history.lately().last?.what == .takenBack)
        try await back.undo()
        #expect(try await mara.notes.get(note).pinned)
        #expect(try await mara.history.lately().last?.what == .putBack)
        try mara.lock()
        #expect(try await refusal { try await mara.history.lately() }.code == .locked)
        await mara.close()
    }

    @Test func aLineThatWasWrittenOnWhereAPartWasBeforeIsTakenOverOrLeft() async throws {
        let both = try await Both.paired()
        let (mara, theo) = (both.mara, both.theo)
        let (key, plan) = ("looking-after-us", try await mara.plans.create("wellness", space: both.space).made)
        let lines = [
            try await mara.plans.addEntry(plan, part: key, text: "Tea").made,
            try await mara.plans.addEntry(plan, part: key, text: "Bread").made,
        ]
        try await both.untilQuiet()
        func part(_ belay: Belay) async throws -> PartDetail {
            try await belay.plans.get(plan).parts.filter { $0.key == key }.single()
        }
        try await mara.plans.setOwner(plan, part: key, owner: .person)
        for line in lines {
            let entry = try await part(theo).entries.filter { $0.id == line }.single()
            try await theo.plans.editEntry(plan, line, base: entry.rev, text: entry.text.said + " at four")
        }
        try await both.untilQuiet()
        let over = try await part(mara).leftOver
        #expect(Set(over.map(\.text.said)) == ["Tea at four", "Bread at four"])
        try await mara.plans.takeOver(plan, try over.filter { $0.text.said == "Tea at four" }.single().id)
        try await mara.plans.leaveOver(plan, try over.filter { $0.text.said == "Bread at four" }.single().id)
        #expect(try await part(mara).leftOver.isEmpty)
        #expect(Set(try await part(mara).entries.map(\.text.said)) == ["Tea at four", "Bread"])

        #expect(try await mara.history.keptOut().rows.isEmpty)
        #expect(try await refusal { try await mara.history.adopt(BatchId("nothing")) }.code == .notFound)
        await both.close()
    }

    @Test func whatCouldNotBeKeptWaitsAsADraft() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(title: "Night", body: "One").made
        let target = TextTarget.note(note: note)
        try await mara.drafts.keep(target, "Two 👪")
        let draft = try await mara.drafts.get(target)
        #expect(draft.text.said == "Two 👪")
        #expect(draft.before.said == "One")
        #expect(try await mara.drafts.list().rows.map(\.target) == [target])
        try await mara.drafts.discard(target)
        #expect(try await mara.drafts.list().rows.isEmpty)
        #expect(try await refusal { try await mara.drafts.discard(target) }.code == .notFound)
        await mara.close()
    }
}
