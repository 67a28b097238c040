import Foundation

/// One vault, and everything that can be done with it. Calls are asynchronous and never block the thread they come from;
/// they may come from any. What is refused is thrown as a ``BelayError``; what changes arrives in the streams of `watch`.
///
/// ```swift
/// let belay = try await Belay.open(folder)
/// let created = try await belay.vault.create(passphrase)      // show created.words to the person, once
/// try await belay.vault.acknowledge()
/// let saved = try await belay.notes.create(title: "Morning", body: "Slept well.")
/// for await live in belay.notes.watch() { model.live = live }
/// ```
public final class Belay: Sendable {
    private let door: Door

    /// What the vault is made, opened and left with.
    public let vault: Vault

    /// The first screen.
    public let home: Home

    /// Notes, which are private.
    public let notes: Notes

    /// Plans, private or kept with another.
    public let plans: Plans

    /// Goals and their steps.
    public let goals: Goals

    /// What members say to each other about a plan or a goal.
    public let talk: Talk

    /// Copies of notes that went from one to another.
    public let shares: Shares

    /// What was done to something, and who can read it.
    public let history: History

    /// Letting things go for good.
    public let forgetting: Forgetting

    /// Words that were typed and are not kept yet.
    public let drafts: Drafts

    /// Finding words again.
    public let search: Search

    /// The others: pairing, and carrying bundles to and fro.
    public let people: People

    /// Editors that are open.
    public let texts: Texts

    private init(_ door: Door) {
        self.door = door
        vault = Vault(door: door)
        home = Home(door: door)
        notes = Notes(door: door)
        plans = Plans(door: door)
        goals = Goals(door: door)
        talk = Talk(door: door)
        shares = Shares(door: door)
        history = History(door: door)
        forgetting = Forgetting(door: door)
        drafts = Drafts(door: door)
        search = Search(door: door)
        people = People(door: door)
        texts = Texts(door: door)
    }

    /// Locks: keys are wiped, streams say ``Live/locked``. Waits for nothing that is queued, takes a tenth of a second at
    /// most, and may be called from any thread, as often as one likes.
    ///
    /// - Throws: ``BelayError/storage(_:)`` where a file could not be closed; the keys are gone all the same
    public func lock() throws { try door.lock() }

    /// Answers several asks of at most 64 as one moment has them. The groups ask one each.
    public func read(_ asks: [Ask]) async throws -> Reading { try await door.engine.read(asks) }

    /// What a command would do, without doing it: who will be able to read it, exactly what leaves, what to confirm first.
    public func preview(_ command: Command) async throws -> Preview {
        try await door.write { try $0.preview(command: command, at: $1) }
    }

    /// Does several commands, all or none. The groups do one each.
    ///
    /// - Throws: the refusal of the first that is refused; its place is in the detail's `command`
    @discardableResult
    public func apply(_ commands: [Command], _ confirmation: Confirmation? = nil) async throws -> Action<[Outcome]> {
        let applied = try await door.apply(commands, confirmation)
        return Action(door, applied.outcomes, applied)
    }

    /// How often streams read at most: each frame while a screen shows them, four times a second otherwise.
    public func setVisible(_ isVisible: Bool) { door.watching.visible(isVisible) }

    /// Ends what was asked for before, locks, and lets go of the folder. Streams end with `closed`, and so does every
    /// later call. Once is enough.
    public func close() async { await door.close() }
}

// MARK: Without a vault

extension Belay {
    /// The build of the native library that this facade is made for.
    public static var build: String { expectedBuild }

    /// Takes a folder for a vault; opens no file of it.
    ///
    /// - Parameters:
    ///   - folder: private to the app
    ///   - languages: the person's, best first, as BCP-47 names
    ///   - exchangeFolder: where bundles lie that are carried to and fro; `nil`: anywhere
    ///   - maxMemory: the bytes this app may use, where that is known: with less than 256 MiB a passphrase costs less
    ///   - clock: what time it is
    /// - Throws: ``BelayError/internal(_:)`` where the native library is of another build
    public static func open(
        _ folder: URL, languages: [String] = Locale.preferredLanguages, exchangeFolder: URL? = nil,
        maxMemory: UInt64? = nil, clock: any HostClock = SystemClock()
    ) async throws -> Belay {
        let config = HostConfig(
            location: location(folder), exchangeDir: exchangeFolder?.path, languages: languages, maxMemory: maxMemory)
        return Belay(Door(try await fitting { try BelayCore.open(config: config) }, clock))
    }

    /// What lies in a folder, without a secret; writes nothing. Only `VaultFacts.absent` lets an app make a vault.
    public static func inspect(_ folder: URL, clock: any HostClock = SystemClock()) async throws -> VaultFacts {
        try await fitting { try BelayKit.inspect(atLocation: location(folder), at: clock.now()) }
    }

    /// Leaves something with a locked vault: a quick note, what another app shared, an editor's last words. Only the
    /// vault can read it, at its next unlock.
    public static func dropIn(_ folder: URL, _ what: DropIn, clock: any HostClock = SystemClock()) async throws {
        try await fitting { try BelayKit.dropIn(atLocation: location(folder), what: what, at: clock.now()) }
    }

    /// Sentences of the catalogue, each in the first of the languages that has it.
    public static func phrases(_ keys: [PhraseId], languages: [String]) async throws -> [Plain] {
        try await fitting { try BelayKit.phrases(keys: keys, languages: languages) }
    }

    static func refuseOtherBuild(_ version: Version) throws {
        if version.build != build { throw BelayError.internal(refused(.internal)) }
    }

    private static func location(_ folder: URL) -> Location {
        .folder(private: folder.standardizedFileURL.path, public: nil)
    }

    private static func fitting<T: Sendable>(_ call: @escaping @Sendable () throws -> T) async throws -> T {
        try await offPool {
            try typed {
                try refuseOtherBuild(try version())
                return try call()
            }
        }
    }
}
