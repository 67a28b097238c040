import Foundation
import Testing

@testable import BelayKit

/// A keyboard that types, composes, halves an emoji, moves the caret and waits, over the real engine, while someone else
/// writes in the same text and answers come late. `BELAY_CASES` raises the count, `BELAY_SEED` says where it begins.
struct KeyboardTests {
    @Test func everyLetterIsThereOnce() async throws {
        let (clock, folder) = (SystemClock(), try Folder("keyboard"))
        let said = ProcessInfo.processInfo.environment
        let from = said["BELAY_SEED"].flatMap { UInt64($0) } ?? 0
        let cases = said["BELAY_CASES"].flatMap { UInt64($0) } ?? 25
        try await offPool {
            let place = Location.folder(private: folder.url.path, public: nil)
            let config = HostConfig(location: place, exchangeDir: nil, languages: ["en"], maxMemory: 1 << 27)
            let core = try BelayCore.open(config: config)
            _ = try core.create(with: NewVault(passphrase: passphrase, words: .twelve), at: clock.now())
            try core.acknowledge(at: clock.now())
            for seed in from..<(from + cases) {
                var desk = try Desk(core, seed, seed.isMultiple(of: 2) ? .android : .apple)
                do { try desk.play(keys: 80) } catch { Issue.record("seed \(seed): \(error)") }
            }
            try core.lock()
        }
    }
}

/// One editor, and what is between it and the engine.
private struct Desk {
    private let core: BelayCore
    private let clock = SystemClock()
    private let seed: UInt64
    private var random: Seeded
    private let note: DocId
    private let opened: TextOpened
    private var driver: TextDriver
    private var ms: Int64 = 0
    private var wakeMs: Int64?

    /// What the field shows, halves and all.
    private var field: [UInt16]
    private var caret: Int
    private var composing: Stretch?

    /// A call that was not made yet, or whose answer did not come back yet.
    private var call: TextStep?
    private var answer: TextMerge?
    private var isOver = false

    /// Every letter is another one, so that each can be counted.
    private var letter: UInt16 = 0x4E00
    private var families = 0
    private var all = 0

    init(_ core: BelayCore, _ seed: UInt64, _ manners: TextManners) throws {
        self.core = core
        self.seed = seed
        random = Seeded(seed)
        let draft = NoteDraft(title: .empty, body: PersonText("— "), tags: [])
        let applied = try core.apply(commands: [.note(.create(draft: draft))], confirmation: nil, at: clock.now())
        note = try #require(applied.outcomes.first?.made)
        opened = try core.textOpen(target: .note(note: note), at: clock.now())
        driver = TextDriver(text: opened.text, caret: Int(opened.caret), manners: manners)
        field = opened.text.units
        caret = Int(opened.caret)
    }

    mutating func play(keys: Int) throws {
        try take(driver.touched(atMs: ms))
        for _ in 0..<keys {
            switch Int.random(in: 0..<12, using: &random) {
            case 0...4: try type(next())
            case 5:
                families += 1
                for half in units("👪") { try type(half) }
            case 6: try moveCaret()
            case 7:
                composing = composing == nil ? Stretch(at: caret) : nil
                try edited()
            case 8: try theyWrite()
            case 9: try pass(Int64.random(in: 0..<2_000, using: &random))
            default: try carry()
            }
        }
        composing = nil
        try edited()
        try take(driver.leave(atMs: ms))
        while !isOver {
            try carry()
            try pass(1_000)
        }
        try check()
    }

    private mutating func next() -> UInt16 {
        letter += 1
        return letter - 1
    }

    private mutating func type(_ unit: UInt16) throws {
        field.insert(unit, at: caret)
        composing = composing.map { Stretch(min($0.start, caret), max($0.end, caret) + 1) }
        caret += 1
        all += 1
        try edited()
    }

    /// Not into the middle of a pair.
    private mutating func place(in text: [UInt16]) -> Int {
        let at = Int.random(in: 0...text.count, using: &random)
        return at > 0 && UTF16.isLeadSurrogate(text[at - 1]) ? at - 1 : at
    }

    private mutating func moveCaret() throws {
        caret = place(in: field)
        composing = nil
        try edited()
    }

    private mutating func edited() throws {
        try take(driver.edited(EditorNow(units: field, selection: Stretch(at: caret), composing: composing), atMs: ms))
    }

    private func detail() throws -> NoteDetail {
        guard case .note(let detail)? = try core.read(asks: [.note(id: note)], op: 1, at: clock.now()).answers.first
        else { throw TooLate() }
        return detail
    }

    /// Another device of the same person, as far as the text can tell.
    private mutating func theyWrite() throws {
        let detail = try detail()
        var text = detail.body.units
        text.insert(next(), at: place(in: text))
        all += 1
        let edit = NoteCommand.edit(note: note, field: .body, base: detail.rev, text: .whole(PersonText(whole: text)))
        _ = try core.apply(commands: [.note(edit)], confirmation: nil, at: clock.now())
        try take(driver.touched(atMs: ms))
    }

    private mutating func pass(_ by: Int64) throws {
        ms += by
        if let wake = wakeMs, wake <= ms {
            wakeMs = nil
            try take(driver.woke(atMs: ms))
        }
    }

    /// First the call reaches the engine, some time later the editor hears the answer.
    private mutating func carry() throws {
        if let made = answer {
            answer = nil
            try take(driver.answered(made, atMs: ms))
            return
        }
        let session = opened.session
        switch call {
        case .send(let now): answer = try core.textSync(session: session, now: now, at: clock.now())
        case .close(let now): answer = try core.textClose(session: session, now: now, at: clock.now())
        default: break
        }
        call = nil
    }

    private mutating func take(_ steps: [TextStep]) throws {
        for step in steps {
            switch step {
            case .send, .close: call = step
            case .wake(let atMs): wakeMs = atMs
            case .done: isOver = true
            case .show(let now, let patches): caretStays(now, patches)
            case .tell: break
            case .waiting(let why): throw why
            case .keepAside: Issue.record("nothing was locked, seed \(seed)")
            }
        }
    }

    /// What stood before the caret stands before it still: no letter was taken out, and all are different.
    private mutating func caretStays(_ now: EditorNow, _ patches: [Splice16]) {
        let before = field
        #expect(patches.allSatisfy { $0.remove == 0 }, "seed \(seed)")
        #expect(spliced(before, patches) == now.text.units, "seed \(seed)")
        field = now.text.units
        if caret > 0 { #expect(before[caret - 1] == field[now.selection.end - 1], "beside the caret, seed \(seed)") }
        caret = now.selection.end
        composing = now.composing
    }

    private func check() throws {
        let text = try detail().body.units
        #expect(text.count - 2 == all, "letters, each once, seed \(seed)")
        let letters = text.filter { $0 >= 0x4E00 && $0 < letter }
        #expect(Set(letters).count == letters.count, "letters, each another one, seed \(seed)")
        #expect(zip(text, text.dropFirst()).filter { [$0, $1] == units("👪") }.count == families, "seed \(seed)")
    }
}
