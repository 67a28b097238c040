import Testing

@testable import BelayKit

/// Every bound of notes and plans, by table: so much is kept, and one more is refused with its name and its numbers.
struct BoundsTests {
    /// How much a field takes, in characters as a person counts them, and how something is put there.
    private struct Bound {
        let field: BelayKit.Field
        let max: Int
        let takesNothing: Bool
        let put: (String) async throws -> Void

        init(
            _ field: BelayKit.Field, _ max: Int, takesNothing: Bool = false, put: @escaping (String) async throws -> Void
        ) {
            self.field = field
            self.max = max
            self.takesNothing = takesNothing
            self.put = put
        }
    }

    private let part = "toolbox"

    @Test func asMuchAsAFieldTakesIsKeptAndOneMoreIsRefusedByItsName() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(title: "Night", body: "One").made
        let plan = try await mara.plans.create("wellness", title: "Getting up").made
        let entry = try await mara.plans.addEntry(plan, part: part, text: "Tea").made
        func edit(_ field: NoteField, _ text: String) async throws {
            try await mara.notes.edit(note, field, base: try await mara.notes.get(note).rev, text: text)
        }
        func line() async throws -> EntryDetail {
            let parts = try await mara.plans.get(plan).parts.filter { $0.key == part }
            return try parts.single().entries.filter { $0.id == entry }.single()
        }
        let bounds = [
            Bound(.title, 200, takesNothing: true) { try await mara.notes.create(title: $0, body: "x") },
            Bound(.body, 100_000, takesNothing: true) { try await mara.notes.create(title: "x", body: $0) },
            Bound(.tag, 40) { try await mara.notes.create(title: "x", tags: [$0]) },
            Bound(.title, 200, takesNothing: true) { try await edit(.title, $0) },
            Bound(.body, 100_000, takesNothing: true) { try await edit(.body, $0) },
            Bound(.tag, 40) { try await mara.notes.addTag(note, $0) },
            Bound(.title, 200, takesNothing: true) { try await mara.plans.create("wellness", title: $0) },
            Bound(.title, 200, takesNothing: true) {
                try await mara.plans.editTitle(plan, base: try await mara.plans.get(plan).rev, title: $0)
            },
            Bound(.title, 200) { try await mara.plans.addPart(plan, title: $0, owner: .both) },
            Bound(.text, 2_000) { try await mara.plans.addEntry(plan, part: part, text: $0) },
            Bound(.text, 2_000) { try await mara.plans.editEntry(plan, entry, base: try await line().rev, text: $0) },
        ]
        for (number, bound) in bounds.enumerated() {
            // Two units of UTF-16 each, and one character.
            try await bound.put(String(repeating: "👪", count: bound.max))
            let more = try await refusal { try await bound.put(String(repeating: "👪", count: bound.max + 1)) }
            #expect(more.code == .tooLong, "\(number)")
            #expect(more.detail.field == bound.field, "\(number)")
            #expect(more.detail.max == UInt64(bound.max) && more.detail.actual == UInt64(bound.max) + 1, "\(number)")
            if bound.takesNothing {
                try await bound.put("")
            } else {
                let nothing = try await refusal { try await bound.put("") }
                #expect(nothing.code == .empty && nothing.detail.field == bound.field, "\(number)")
            }
            let bad = try await refusal { try await bound.put("ab\u{0}") }
            #expect(bad.code == .invalidText && bad.detail.field == bound.field, "\(number)")
            #expect(bad.detail.actual == 2, "\(number)")
        }
        await mara.close()
    }

    @Test func asManyAsThereIsRoomForAndOneMoreIsRefused() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let tags = (1...31).map { "tag \($0)" }
        let note = try await mara.notes.create(title: "x", tags: Array(tags.prefix(30))).made
        let all = try await refusal { try await mara.notes.create(title: "x", tags: tags) }
        let one = try await refusal { try await mara.notes.addTag(note, tags[30]) }
        for why in [all, one] {
            #expect(why.code == .tooMany && why.detail.field == .tag)
            #expect(why.detail.max == 30 && why.detail.actual == 31)
        }

        let plan = try await mara.plans.create("wellness").made
        func entry(_ number: Int) -> Command {
            .plan(.addEntry(plan: plan, part: part, text: PersonText("Line \(number)"), after: nil))
        }
        try await mara.apply((1...100).map(entry))
        let line = try await refusal { try await mara.plans.addEntry(plan, part: part, text: "Line 101") }
        #expect(line.code == .tooMany && line.detail.field == .entries && line.detail.max == 100)
        let parts = try await mara.plans.get(plan).parts.count
        func added(_ number: Int) -> Command {
            .plan(.addPart(plan: plan, title: PersonText("Part \(number)"), owner: .both))
        }
        let more = try await refusal { try await mara.apply((parts...40).map(added)) }
        #expect(more.code == .tooMany && more.detail.field == .parts && more.detail.max == 40)
        #expect(more.detail.command == UInt32(40 - parts), "which of them it was")
        #expect(try await mara.plans.get(plan).parts.count == parts, "all or none")
        try await mara.apply((parts..<40).map(added))
        let full = try await mara.plans.get(plan)
        #expect(full.parts.count == 40)
        #expect(full.lines(part).count == 100)
        await mara.close()
    }
}
