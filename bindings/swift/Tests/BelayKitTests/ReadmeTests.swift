import Foundation
import Testing

struct ReadmeTests {
    private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func text(_ file: String) throws -> String {
        try String(contentsOf: package.appendingPathComponent(file), encoding: .utf8)
    }

    /// What a program of the README says, which stands there as it is run here.
    private func said(_ name: String) throws -> String {
        let program = try text("Sources/\(name)/main.swift")
        #expect(try text("README.md").contains("```swift\n\(program)```"))
        let folder = try Folder("newcomer")
        return try child(name, [], at: folder.url)
    }

    @Test func theStoryOfTwoPeopleInTheReadmeIsAProgramThatWorks() throws {
        let lines = [
            "Found: 1", "Watched: Night", "Theo will read: [\"Slept badly.\"]", "Theo reads: Slept badly.",
            "Hers: [\"Walk by the river\"]",
        ]
        #expect(try said("TwoPeople").split(separator: "\n").map(String.init) == lines)
    }

    @Test func theFirstLinesOfTheReadmeAreAProgramThatWorks() throws {
        let said = try said("FirstLines")
        #expect(said.contains("Write these words down: "))
        #expect(said.split(separator: "\n").last == "Morning")
    }
}
