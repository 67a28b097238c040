import Foundation
import Testing

@testable import BelayKit

/// Two people who are paired, and the space they share.
final class Both: Sendable {
    let mara: Belay
    let theo: Belay
    let space: SpaceId
    private let folders: [Folder]

    private init(_ mara: Belay, _ theo: Belay, _ space: SpaceId, _ folders: [Folder]) {
        self.mara = mara
        self.theo = theo
        self.space = space
        self.folders = folders
    }

    /// Pairs two by files, with the digits of each typed into the other.
    static func paired() async throws -> Both {
        let folders = [try Folder("mara"), try Folder("theo"), try Folder("carried")]
        let mara = try await person(folders[0])
        let theo = try await person(folders[1])
        let invited = try await mara.people.invite("Theo", role: .person)
        let replied = try await theo.people.join(try #require(invited.send), name: "Mara")
        let completing = try await mara.people.take(invited.id, try #require(replied.send))
        let completed = try await theo.people.take(replied.id, try #require(completing.send))
        let end = try await mara.people.typed(invited.id, digits: try digits(completed)).end
        _ = try await theo.people.typed(replied.id, digits: try digits(completing))
        guard case .done(let space) = end else { throw TooLate() }
        return Both(mara, theo, space, folders)
    }

    private static func digits(_ out: ExchangeOut) throws -> String {
        guard case .digits(let digits) = out.show else { throw TooLate() }
        return digits
    }

    /// One bundle from one to the other.
    @discardableResult
    func carry(_ from: Belay, _ to: Belay) async throws -> BundleReport {
        let file = folders[2].url.appendingPathComponent("\(UUID()).belay")
        try await from.people.bundleOut(space, to: file)
        return try await to.people.bundleIn(file)
    }

    /// To and fro until neither has anything new.
    func untilQuiet() async throws {
        for _ in 0..<8 {
            let came = try await carry(mara, theo).new + carry(theo, mara).new
            if came == 0 { return }
        }
        Issue.record("it does not come to rest")
    }

    func close() async {
        await mara.close()
        await theo.close()
    }
}

extension PlanDetail {
    /// The lines of a part.
    func lines(_ part: String) -> [String] { parts.first { $0.key == part }?.entries.map(\.text.said) ?? [] }
}
