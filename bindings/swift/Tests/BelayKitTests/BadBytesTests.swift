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

    private func bytes(of reading: Reading) -> [UInt8] {
        let buffer = FfiConverterTypeReading_lower(reading)
        var status = RustCallStatus()
        defer { ffi_belay_ffi_rustbuffer_free(buffer, &status) }
        return Array(UnsafeBufferPointer(start: buffer.data, count: Int(buffer.len)))
    }

    private func read(_ bytes: [UInt8]) throws -> Reading {
        var status = RustCallStatus()
        let buffer = bytes.withUnsafeBufferPointer {
            ffi_belay_ffi_rustbuffer_from_bytes(ForeignBytes(len: Int32($0.count), data: $0.baseAddress), &status)
        }
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
