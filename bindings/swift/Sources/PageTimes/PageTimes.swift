import BelayKit
import Foundation

/// How long a page of 200 notes takes through this facade: `PageTimes FOLDER [ROUNDS]` prints the first read of a page and
/// the median of the others, over the vault that the program in Rust made (scripts/page-times.sh). It asserts nothing.
@main
struct PageTimes {
    static func main() async throws {
        let given = Array(CommandLine.arguments.dropFirst())
        let folder = URL(fileURLWithPath: given.first ?? "page-times-vault")
        let rounds = given.dropFirst().first.flatMap { Int($0) } ?? 400
        let mara = try await Belay.open(folder, languages: ["en"], maxMemory: 1 << 27)
        try await mara.vault.unlock(SecretText("a quiet place by the river"))
        let first = try await once(mara)
        print("first_ms: " + String(format: "%.3f", first))
        var times: [Double] = []
        for _ in 0..<rounds { times.append(try await once(mara)) }
        // The first half is for warming up, in all three.
        let warm = times.dropFirst(rounds / 2).sorted()
        print("p50_ms: " + String(format: "%.3f", warm[warm.count / 2]))
        await mara.close()
    }

    private static func once(_ mara: Belay) async throws -> Double {
        let begun = ContinuousClock.now
        let page = try await mara.notes.list(at: .first(200))
        let took = (ContinuousClock.now - begun).components
        precondition(page.rows.count == 200)
        return Double(took.seconds) * 1e3 + Double(took.attoseconds) / 1e15
    }
}
