import BelayKit
import Foundation

/// One of two who keep a plan: `KeepOnePlan FOLDER STEP…`, with the passphrase in `BELAY_PASSPHRASE`. Each step prints one
/// line, `STEP: value`. The program of the other language takes the same steps (scripts/two-languages.sh).
///
/// `create NAME` `invite FILE` `join FILE FILE` `take FILE FILE` `digits SIXDIGITS` `plan TITLE` `entry TEXT`
/// `suggest TEXT` `decide` `lines` `bundle-out FILE` `bundle-in FILE` `hash` `note TITLE` `halt` (dies as it is)
@main
struct KeepOnePlan {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let folder = arguments.first, let typed = ProcessInfo.processInfo.environment["BELAY_PASSPHRASE"] else {
            say("KeepOnePlan FOLDER STEP…, with BELAY_PASSPHRASE set")
            exit(2)
        }
        let place = URL(fileURLWithPath: folder)
        let belay = try await Belay.open(place.appendingPathComponent("vault"), languages: ["en"])
        var steps = Steps(belay, place, SecretText(typed), Array(arguments.dropFirst()))
        var status: Int32 = 0
        do {
            try await steps.walk()
        } catch {
            say("refused: \(error)")
            status = 1
        }
        await belay.close()
        exit(status)
    }
}

private func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

/// What a step cannot go on with.
private struct Stuck: Error, CustomStringConvertible {
    let description: String
}

private struct Steps {
    private let belay: Belay
    private let folder: URL
    private let passphrase: SecretText
    private var left: [String]

    init(_ belay: Belay, _ folder: URL, _ passphrase: SecretText, _ steps: [String]) {
        self.belay = belay
        self.folder = folder
        self.passphrase = passphrase
        left = steps
    }

    /// Which pairing this is, for the next process.
    private var exchange: URL { folder.appendingPathComponent("exchange") }

    private let part = "toolbox"

    mutating func walk() async throws {
        if left.first != "create" { try await belay.vault.unlock(passphrase) }
        while !left.isEmpty {
            let step = try next()
            print("\(step): \(try await take(step))")
        }
    }

    private mutating func next() throws -> String {
        if left.isEmpty { throw Stuck(description: "a step lacks a word") }
        return left.removeFirst()
    }

    private mutating func file() throws -> URL { URL(fileURLWithPath: try next()) }

    private mutating func take(_ step: String) async throws -> String {
        switch step {
        case "create": return try await create(try next())
        case "invite": return try tell(try await belay.people.invite("the other", role: .person), try file())
        case "join": return try await join(try file(), try file())
        case "take":
            let message = try Data(contentsOf: try file())
            return try tell(try await belay.people.take(try pairing(), message), try file())
        case "digits": return try await digits(try next())
        case "plan": return try await belay.plans.create("wellness", title: try next(), space: try await other().space).made.text
        case "entry": return try await belay.plans.addEntry(try await plan().id, part: part, text: try next()).made.text
        case "suggest": return try await suggest(try next())
        case "decide": return try await decide()
        case "lines": return try await toolbox().entries.map { $0.text.reveal() }.joined(separator: " / ")
        case "bundle-out": return String(try await belay.people.bundleOut(try await other().space, to: try file()).batches)
        case "bundle-in": return String(try await belay.people.bundleIn(try file()).new)
        case "hash": return try await belay.people.stateOf(try await other().space)
        case "note": return try await belay.notes.create(title: try next()).made.text
        case "halt": _exit(9)
        default: throw Stuck(description: "there is no step \(step)")
        }
    }

    private func create(_ name: String) async throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = try await belay.vault.create(passphrase)
        try await belay.vault.acknowledge()
        try await belay.people.setMyName(nil, name)
        return "done"
    }

    private func join(_ invitation: URL, _ reply: URL) async throws -> String {
        try tell(try await belay.people.join(try Data(contentsOf: invitation), name: "the other"), reply)
    }

    /// Writes what is to be carried, and says the digits where there are some by now.
    private func tell(_ out: ExchangeOut, _ file: URL) throws -> String {
        try out.id.text.write(to: exchange, atomically: true, encoding: .utf8)
        try out.send?.write(to: file)
        if case .digits(let digits) = out.show { return digits }
        return "carried"
    }

    private func pairing() throws -> ExchangeId { ExchangeId(try String(contentsOf: exchange, encoding: .utf8)) }

    private func digits(_ digits: String) async throws -> String {
        if case .done = try await belay.people.typed(try pairing(), digits: digits).end { return "same" }
        return "differ"
    }

    private func only<T>(_ rows: [T]) throws -> T {
        guard rows.count == 1 else { throw Stuck(description: "there are \(rows.count) where one was expected") }
        return rows[0]
    }

    private func other() async throws -> RelationshipRow { try only(try await belay.people.list()) }

    private func plan() async throws -> PlanDetail {
        try await belay.plans.get(try only(try await belay.plans.list().rows).id)
    }

    private func toolbox() async throws -> PartDetail { try only(try await plan().parts.filter { $0.key == part }) }

    private func suggest(_ text: String) async throws -> String {
        let plan = try await plan()
        let entry = try await toolbox().entries.first?.id
        let on = Target(doc: plan.id, part: part, element: entry)
        return try await belay.talk.suggest(on: on, alternatives: [text], kind: .change).made.text
    }

    private func decide() async throws -> String {
        let idea = try only(try await belay.talk.waiting().rows)
        try await belay.talk.decide(idea.id, .add(0), seen: idea.rev)
        return idea.id.text
    }
}
