import Foundation
import Testing

@testable import BelayKit

/// A clock that stands still until it is moved.
final class HandClock: HostClock {
    private struct State {
        var unixMs = HandClock.noon
        var waiting: [Int: (until: Int64, comes: CheckedContinuation<Void, Never>)] = [:]
        var names = 0
    }

    /// 22 November 2026, noon in Berlin.
    static let noon: Int64 = 1_795_345_200_000

    private let state = Guarded(State())

    func now() -> Moment {
        Moment(unixMs: state.with { $0.unixMs }, zone: "Europe/Berlin", bootMs: UInt64(ticks()), bootId: 7)
    }

    func ticks() -> Int64 { state.with { $0.unixMs } - Self.noon + 1_000 }

    func pass(_ ms: Int64) async {
        let name = state.with { state in
            state.names += 1
            return state.names
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { comes in
                let isThere = state.with { state in
                    if ms <= 0 || Task.isCancelled { return true }
                    state.waiting[name] = (state.unixMs + ms, comes)
                    return false
                }
                if isThere { comes.resume() }
            }
        } onCancel: {
            state.with { $0.waiting.removeValue(forKey: name) }?.comes.resume()
        }
    }

    /// Time goes on.
    func goOn(_ ms: Int64) {
        let due = state.with { state in
            state.unixMs += ms
            let due = state.waiting.filter { $0.value.until <= state.unixMs }
            for name in due.keys { state.waiting[name] = nil }
            return due
        }
        for one in due.values { one.comes.resume() }
    }
}

/// What a stream or a step took too long to say.
struct TooLate: Error {}

/// Ends what hangs after a minute instead of letting it hold everything up.
func within<T: Sendable>(
    seconds: Double = 60, _ tell: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T?.self) { group in
        group.addTask { try await tell() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw TooLate() }
        return value
    }
}

extension AsyncStream where Element: Sendable {
    /// The first value that is like this.
    func until(_ isIt: @escaping @Sendable (Element) -> Bool = { _ in true }) async throws -> Element {
        try await within { [self] in
            for await value in self where isIt(value) { return value }
            throw TooLate()
        }
    }
}

extension AsyncStream {
    /// The first that is there and like this.
    @discardableResult
    func ready<T>(_ isIt: @escaping @Sendable (T) -> Bool = { _ in true }) async throws -> T where Element == Live<T> {
        try #require(try await until { $0.value.map(isIt) ?? false }.value)
    }
}

/// A new folder, gone with the one who asked for it.
final class Folder: Sendable {
    let url: URL

    init(_ name: String) throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("belay-\(name)-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// What these people type.
let passphrase = SecretText("a quiet place by the river")

/// A phone that is short of memory: there a passphrase costs less, and so does a test.
func open(_ folder: Folder, in name: String? = nil) async throws -> Belay {
    let url = name.map { folder.url.appendingPathComponent($0) } ?? folder.url
    return try await Belay.open(url, languages: ["en"], maxMemory: 1 << 27)
}

/// Someone with a vault of their own, open and ready to write.
func person(_ folder: Folder, in name: String? = nil) async throws -> Belay {
    let belay = try await open(folder, in: name)
    _ = try await belay.vault.create(passphrase)
    try await belay.vault.acknowledge()
    return belay
}

extension PersonText {
    /// Words, for comparing.
    var said: String { reveal() }
}

/// The refusal of a call that must be one.
func refusal<T>(_ call: () async throws -> T) async throws -> BelayError {
    do {
        _ = try await call()
    } catch let why as BelayError {
        return why
    }
    Issue.record("it was not refused")
    return .internal(refused(.internal))
}

extension Collection where Self: Sendable {
    /// The one there is.
    func single() throws -> Element {
        try #require(count == 1, "\(count) where one was expected")
        return try #require(first)
    }
}

/// Nothing was touched.
let noChanges = Changes(from: 0, to: 0, cause: .mine, touched: [], extent: .listed)

/// Runs a program of this package in a process of its own, which must end with `status`; all that it and the engine below
/// it say.
@discardableResult
func child(_ program: String, _ arguments: [String], at folder: URL? = nil, status: Int32 = 0) throws -> String {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent(program)
    child.arguments = arguments
    child.environment = ProcessInfo.processInfo.environment.merging(["BELAY_PASSPHRASE": passphrase.reveal()]) { $1 }
    if let folder { child.currentDirectoryURL = folder }
    let pipe = Pipe()
    child.standardOutput = pipe
    child.standardError = pipe
    try child.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    child.waitUntilExit()
    #expect(child.terminationStatus == status, "\(said)")
    return said
}
