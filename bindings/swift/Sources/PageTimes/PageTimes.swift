import BelayKit
import Foundation

/// How long a page of 200 notes takes through this facade: `PageTimes [ROUNDS]` prints `page200_ms: MEDIAN`. A program and
/// no test: it asserts nothing. Meaningful over the optimised library and `swift run -c release` alone.
@main
struct PageTimes {
    static func main() async throws {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 200
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("belay-page-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let mara = try await Belay.open(folder, languages: ["en"], maxMemory: 1 << 27)
        _ = try await mara.vault.create(SecretText("a quiet place by the river"))
        try await mara.vault.acknowledge()
        let body = String(repeating: "Some words of a usual length, as one writes them. ", count: 4)
        for number in 1...200 { try await mara.notes.create(title: "Note \(number)", body: body) }
        var times: [Duration] = []
        for _ in 0..<rounds {
            let begun = ContinuousClock.now
            _ = try await mara.notes.list(at: .first(200))
            times.append(ContinuousClock.now - begun)
        }
        let median = times.sorted()[rounds / 2].components
        let ms = Double(median.seconds) * 1e3 + Double(median.attoseconds) / 1e15
        print("page200_ms: " + String(format: "%.3f", ms))
        await mara.close()
    }
}
