import Foundation
import Testing

struct ReadmeTests {
    private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func text(_ file: String) throws -> String {
        try String(contentsOf: package.appendingPathComponent(file), encoding: .utf8)
    }

    @Test func theFirstLinesOfTheReadmeAreAProgramThatWorks() throws {
        let program = try text("Sources/FirstLines/main.swift")
        #expect(try text("README.md").contains("```swift\n\(program)```"))
        let folder = try Folder("newcomer")
        let said = try child("FirstLines", [], at: folder.url)
        #expect(said.contains("Write these words down: "))
        #expect(said.split(separator: "\n").last == "Morning")
    }
}
