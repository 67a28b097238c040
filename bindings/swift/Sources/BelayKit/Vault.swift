import Foundation

/// What a vault is made, opened and left with.
public struct Vault: Sendable {
    let door: Door

    /// Where it stands. Only `VaultFacts.absent` lets an app offer to make one.
    public func state() async throws -> VaultState { try await door.atOnce { core, _ in try core.state() } }

    /// Makes a vault and opens it. Nothing can be kept in it before ``acknowledge()``.
    ///
    /// - Parameter passphrase: 8 to 128 characters
    /// - Returns: the recovery words among others: shown to the person once, and kept by nobody
    /// - Throws: ``BelayError/input(_:)`` `weakSecret`; `duplicate` where something lies in the folder
    public func create(_ passphrase: SecretText, words: WordCount = .twentyFour) async throws -> Created {
        let new = NewVault(passphrase: passphrase, words: words)
        let created = try await door.write { try $0.create(with: new, at: $1) }
        door.watching.opened()
        return created
    }

    /// Keeps that the person understood: without words, passphrase or another phone nobody opens this vault.
    public func acknowledge() async throws {
        try await door.write { try $0.acknowledge(at: $1) }
        door.watching.opened()
    }

    /// Opens the vault with one of its secrets. Streams go on by themselves.
    ///
    /// - Throws: ``BelayError/locked(_:)`` `wrongSecret`; ``BelayError/notNow(_:)`` `tryLater` after several wrong ones,
    ///   with the time at which the next may come; ``BelayError/storage(_:)`` `inUse` where another process has it
    @discardableResult
    public func unlock(_ with: UnlockWith) async throws -> Unlocked {
        let unlocked = try await door.write { try $0.unlock(with: with, at: $1) }
        door.watching.opened()
        return unlocked
    }

    /// ``unlock(_:)-(UnlockWith)`` with what the person typed.
    @discardableResult
    public func unlock(_ passphrase: SecretText) async throws -> Unlocked { try await unlock(.passphrase(passphrase)) }

    /// Closes every file and gives the folder back, keeping the keys in memory: for an app that is about to be put to
    /// sleep. Streams stay as they are until ``resume()``. Waits for nothing that is queued.
    ///
    /// - Parameter budgetMs: what runs may come to its end in that time, then it is stopped and leaves nothing behind
    @discardableResult
    public func pause(budgetMs: UInt32) async throws -> Paused {
        door.watching.rested()
        return try await orLocked { try await door.atOnce { try $0.pause(budgetMs: budgetMs, at: $1) } }
    }

    /// Goes on after ``pause(budgetMs:)``.
    ///
    /// - Throws: ``BelayError/storage(_:)`` `inUse` where another process has the vault now: try again later;
    ///   ``BelayError/locked(_:)`` where there is nothing to go on with: unlock
    @discardableResult
    public func resume() async throws -> Changes {
        let changes = try await orLocked { try await door.write { try $0.resume(at: $1) } }
        door.watching.opened()
        return changes
    }

    /// Takes a secret again as a proof that it is the person: for one purpose, within 60 seconds, once.
    ///
    /// - Throws: ``BelayError/locked(_:)`` `wrongSecret`
    public func confirm(_ with: UnlockWith, for purpose: Purpose) async throws -> Confirmation {
        try await door.write { try $0.confirm(with: with, purpose: purpose, at: $1) }
    }

    /// The words of a vault that was just made, until all were typed back or it is locked.
    public func recoveryWords(_ confirmation: Confirmation) async throws -> RecoveryWords {
        try await door.write { try $0.recoveryWords(confirmation: confirmation, at: $1) }
    }

    /// Keeps that the person typed all the words back and they were right, so that nobody is asked for ever.
    public func testWords(_ words: RecoveryWords) async throws {
        try await door.write { try $0.testWords(words: words, at: $1) }
    }

    /// Begins a way in: a fresh key for the platform's keystore to wrap, never the vault's own.
    public func beginSlot(_ new: NewSlot, _ confirmation: Confirmation) async throws -> SlotKey {
        try await door.write { try $0.slotBegin(new: new, confirmation: confirmation, at: $1) }
    }

    /// Adds the way in that ``beginSlot(_:_:)`` began, with its key as the keystore wrapped it.
    @discardableResult
    public func finishSlot(_ slot: SlotId, wrapped: Data) async throws -> SlotAdded {
        try await door.write { try $0.slotFinish(slot: slot, wrapped: wrapped, at: $1) }
    }

    /// Removes the vault from this device, keys first. An open one takes a proof for `erase`, a locked one none.
    ///
    /// - Returns: the names of keys that the app must delete from the platform's keystore
    public func erase(_ confirmation: Confirmation? = nil) async throws -> EraseReport {
        let report = try await door.write { try $0.erase(scope: .vault, confirmation: confirmation, at: $1) }
        door.watching.locked()
        return report
    }

    /// Does what time alone does, and takes in what was dropped: when the app comes to the front, and at `nextWakeMs`.
    public func tick(_ facts: HostFacts) async throws -> Tick {
        let tick = try await door.write { try $0.tick(facts: facts, at: $1) }
        // All is read anew: with another zone or language the same reads otherwise.
        door.watching.opened()
        return tick
    }

    /// What has been noted about this run: codes, counts and durations, safe to hand on.
    public func diagnostics(max: UInt32) async throws -> [LogLine] {
        try await door.atOnce { core, _ in try core.diagnostics(max: max) }
    }

    /// Whatever goes wrong between rest and work, what is shown follows the vault, which is locked then.
    private func orLocked<T>(_ call: () async throws -> T) async throws -> T {
        do {
            return try await call()
        } catch let why as BelayError where why.code != .inUse {
            door.watching.locked()
            throw why
        }
    }
}
