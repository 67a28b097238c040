import Foundation
import Testing

@testable import BelayKit

/// What an app can see, as the compiler tells it, in `public.txt`; a change there is made on purpose:
/// `BELAY_WRITE_SURFACE=1` writes it anew.
struct PublicSymbolsTests {
    private struct Graph: Decodable {
        struct Symbol: Decodable {
            struct Kind: Decodable { let identifier: String }
            struct Name: Decodable { let precise: String }
            struct Fragment: Decodable { let spelling: String }
            struct Place: Decodable { let uri: String }
            struct Comment: Decodable { let lines: [Line] }
            struct Line: Decodable { let text: String }

            let kind: Kind
            let identifier: Name
            let pathComponents: [String]
            let declarationFragments: [Fragment]?
            let docComment: Comment?
            let location: Place?

            /// Written in this package, and not by the compiler.
            var isWritten: Bool { location != nil && !identifier.precise.contains("::SYNTHESIZED::") }

            var isGenerated: Bool { location?.uri.hasSuffix("/BelayCore.swift") ?? false }

            var line: String {
                let what = declarationFragments?.map(\.spelling).joined() ?? ""
                return pathComponents.dropLast().map { $0 + "." }.joined() + " "
                    + what.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
        }

        let symbols: [Symbol]
    }

    private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func symbols() throws -> [Graph.Symbol] {
        let file = package.appendingPathComponent(".build/symbols/BelayKit.symbols.json")
        return try JSONDecoder().decode(Graph.self, from: try Data(contentsOf: file)).symbols.filter(\.isWritten)
    }

    @Test func publicSymbolsAreThoseInTheList() throws {
        let list = package.appendingPathComponent("public.txt")
        let seen = try symbols().map(\.line).sorted()
        if ProcessInfo.processInfo.environment["BELAY_WRITE_SURFACE"] != nil {
            try (seen.joined(separator: "\n") + "\n").write(to: list, atomically: true, encoding: .utf8)
        }
        let kept = try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map(String.init)
        let (new, gone) = (Set(seen).subtracting(kept), Set(kept).subtracting(seen))
        #expect(new.sorted() == [], "public, and not in public.txt")
        #expect(gone.sorted() == [], "in public.txt, and not public")
    }

    @Test func nothingOfTheMachineryIsPublic() throws {
        let inside = ["FfiConverter", "niffi", "RustBuffer", "RustCall", "ForeignBytes", "BelayCore", "Failure"]
        let seen = try symbols().map(\.line)
        #expect(seen.filter { line in inside.contains { line.contains($0) } } == [])
        #expect(seen.contains(" final class Belay"))
    }

    @Test func nothingPublicBearsANameOfAToolkitForScreens() throws {
        let theirs = ["Section", "Label", "Form", "Text", "List", "Group", "Page", "Link"]
        let types = try symbols().filter { $0.pathComponents.count == 1 }.map { $0.pathComponents[0] }
        #expect(types.filter { theirs.contains($0) || $0.hasSuffix("View") } == [])
    }

    /// The rest bears the engine's own words.
    @Test func everythingPublicThatIsWrittenByHandSaysWhatItIsFor() throws {
        let mute = try symbols().filter { !$0.isGenerated && $0.docComment?.lines.isEmpty ?? true }
        #expect(mute.map(\.line) == [])
    }
}
