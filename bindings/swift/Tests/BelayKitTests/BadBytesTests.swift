import BelayCoreFFI
import Testing

@testable import BelayKit

/// Bytes that no engine writes: a typed failure or a value, and never the end of an app or of its memory.
struct BadBytesTests {
    @Test func whatIsNoAnswerIsATypedFailure() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        for number in 1...3 {
            try await mara.notes.create(title: "Night \(number)", body: "Slept badly. 👪 夜", tags: ["sleep", "夜"])
        }
        let page = try await mara.notes.list()
        let reading = Reading(commit: 7, answers: [.notes(page)], watch: [])
        let whole = bytes(of: reading)
        #expect(try read(whole) == reading)

        for length in 0..<whole.count { #expect(isRefused(Array(whole.prefix(length))), "cut at \(length)") }
        #expect(isRefused(whole + [0]))
        // Counts and lengths below zero, and far above what is there.
        for at in 0...whole.count - 4 {
            for wrong: UInt8 in [0xFF, 0x7F, 0x00] {
                var bytes = whole
                bytes.replaceSubrange(at..<at + 4, with: [wrong, 0xFF, 0xFF, 0xFF])
                _ = isRefused(bytes)
            }
        }
        var dice = Dice(state: 1)
        let refused = (1...2_000).filter { _ in
            var bytes = whole
            for _ in 0...Int.random(in: 0..<3, using: &dice) {
                bytes[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
            }
            return isRefused(bytes)
        }
        #expect(refused.count > 100, "few of them were anything")
        await mara.close()
    }

    @Test func anAnswerThatWasRefusedIsGivenBackAndTheNextIsRead() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        try await mara.notes.create(title: "Night")
        #expect(isRefused([]))
        #expect(try await mara.notes.list().rows.count == 1)
        await mara.close()
    }

    @Test func commandsAndAsksOfBytesThatNobodyWritesAreRefusedAndNothingIsDone() async throws {
        let (clock, folder, canary) = (SystemClock(), try Folder("bytes"), "canary")
        try await offPool {
            let place = Location.folder(private: folder.url.path, public: nil)
            let config = HostConfig(location: place, exchangeDir: nil, languages: ["en"], maxMemory: 1 << 27)
            let core = try BelayCore.open(config: config)
            _ = try core.create(with: NewVault(passphrase: passphrase, words: .twelve), at: clock.now())
            try core.acknowledge(at: clock.now())
            let draft = NoteDraft(title: PersonText("One"), body: .empty, tags: [])
            let made = try core.apply(commands: [.note(.create(draft: draft))], confirmation: nil, at: clock.now())
            let note = try #require(made.outcomes.first?.made)
            let asks: [Ask] = [.notes(filter: NoteFilter(tag: nil, trash: false), at: .first()), .note(id: note)]
            let before = try core.read(asks: asks, op: 0, at: clock.now())

            let tag = PersonText(canary)
            // A list of one.
            let command = [0, 0, 0, 1] + taken(FfiConverterTypeCommand_lower(.note(.addTag(note: note, tag: tag))))
            let filter = NoteFilter(tag: tag, trash: false)
            let ask = [0, 0, 0, 1] + taken(FfiConverterTypeAsk_lower(.notes(filter: filter, at: .first())))
            func apply(_ bytes: [UInt8]) -> (Int8, String) {
                told(bytes) { buffer, status in
                    uniffi_belay_ffi_fn_method_belaycore_apply(
                        core.uniffiCloneHandle(), buffer, given([0]), FfiConverterTypeMoment_lower(clock.now()), &status)
                }
            }
            func read(_ bytes: [UInt8]) -> (Int8, String) {
                told(bytes) { buffer, status in
                    uniffi_belay_ffi_fn_method_belaycore_read(
                        core.uniffiCloneHandle(), buffer, 0, FfiConverterTypeMoment_lower(clock.now()), &status)
                }
            }
            for (whole, call) in [(command, apply), (ask, read)] {
                var wrong = (0..<whole.count).map { Array(whole.prefix($0)) } + [whole + [0]]
                // Not of the count: UniFFI makes room for as many as it says (bindings/README.md).
                for at in 4..<whole.count {
                    var bytes = whole
                    bytes[at] = 0xFF
                    wrong.append(bytes)
                }
                for (number, bytes) in wrong.enumerated() {
                    let (code, said) = call(bytes)
                    #expect(code != 0, "\(number) was done")
                    #expect(!said.contains(canary), "\(number)")
                }
            }
            #expect(try core.read(asks: asks, op: 0, at: clock.now()) == before)
            #expect(apply(command).0 == 0, "and the whole ones are taken")
            #expect(read(ask).0 == 0)
            try core.lock()
        }
    }

    private func given(_ bytes: [UInt8]) -> RustBuffer {
        var status = RustCallStatus()
        return bytes.withUnsafeBufferPointer {
            ffi_belay_ffi_rustbuffer_from_bytes(ForeignBytes(len: Int32($0.count), data: $0.baseAddress), &status)
        }
    }

    /// Calls the engine with bytes as they are; how it ended, and all that it said of it.
    private func told(
        _ bytes: [UInt8], _ call: (RustBuffer, inout RustCallStatus) -> RustBuffer
    ) -> (Int8, String) {
        var (status, other) = (RustCallStatus(), RustCallStatus())
        ffi_belay_ffi_rustbuffer_free(call(given(bytes), &status), &other)
        let said = UnsafeBufferPointer(start: status.errorBuf.data, count: Int(status.errorBuf.len))
        defer { ffi_belay_ffi_rustbuffer_free(status.errorBuf, &other) }
        return (status.code, String(decoding: said, as: UTF8.self))
    }

    private func bytes(of reading: Reading) -> [UInt8] {
        taken(FfiConverterTypeReading_lower(reading))
    }

    private func taken(_ buffer: RustBuffer) -> [UInt8] {
        var status = RustCallStatus()
        defer { ffi_belay_ffi_rustbuffer_free(buffer, &status) }
        return Array(UnsafeBufferPointer(start: buffer.data, count: Int(buffer.len)))
    }

    private func read(_ bytes: [UInt8]) throws -> Reading {
        let buffer = given(bytes)
        return try typed { try FfiConverterTypeReading_lift(buffer) }
    }

    /// Whether it was refused, which only happens in the one typed way.
    private func isRefused(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try read(bytes)
            return false
        } catch let why as BelayError {
            #expect(why.code == .internal)
            return true
        } catch {
            Issue.record("\(error)")
            return true
        }
    }
}

/// Small, fast and the same everywhere (Steele, Lea and Flood 2014).
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
