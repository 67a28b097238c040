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
