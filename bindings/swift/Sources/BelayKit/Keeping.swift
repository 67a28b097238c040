import Foundation

// What keeps a vault, and gives it another key: copies, restoring, mending.

extension Vault {
    /// Takes a way in out, with a proof for `slots`.
    ///
    /// - Returns: the names of keys that the app must delete from the platform's keystore
    /// - Throws: ``BelayError/input(_:)`` `outOfRange` for the last one that a secret is typed for
    @discardableResult
    public func removeSlot(_ slot: SlotId, _ confirmation: Confirmation) async throws -> SlotAdded {
        try await door.write { try $0.slotRemove(slot: slot, confirmation: confirmation, at: $1) }
    }

    /// Sets a new passphrase, with the old one, the words or a PIN.
    ///
    /// - Throws: ``BelayError/locked(_:)`` `wrongSecret`; the old passphrase still opens then
    public func setPassphrase(_ with: UnlockWith, to new: SecretText) async throws {
        try await door.write { try $0.setPassphrase(with: with, new: new, at: $1) }
    }

    /// Copies the whole vault into a new folder, with a proof for `backup`, and reads the copy again from end to end.
    ///
    /// - Parameters:
    ///   - folder: where the copy is to lie
    ///   - confirmation: the proof
    ///   - passphrase: opens the copy besides the words
    /// - Returns: whether both copies of its header are there
    @discardableResult
    public func backUp(
        to folder: URL, _ confirmation: Confirmation, passphrase: SecretText? = nil
    ) async throws -> Bool {
        let job = Job.backup(folder: folder.path, confirmation: confirmation, passphrase: passphrase)
        guard case .backup(let headerIsWhole) = try await door.run(job, { _, _ in }) else { throw broken() }
        return headerIsWhole
    }

    /// Makes a vault of a backup, where there is none yet, and opens it. The device is a new one to the others.
    ///
    /// - Parameters:
    ///   - backup: where the backup lies
    ///   - with: one of the backup's secrets
    ///   - passphrase: for the new vault; the words stay the same
    /// - Throws: ``BelayError/input(_:)`` `duplicate` where a vault is there already
    @discardableResult
    public func restore(_ backup: URL, with: UnlockWith, passphrase: SecretText) async throws -> Restored {
        try await whole(.restore(folder: backup.path, with: with, passphrase: passphrase)) {
            if case .restore(let restored) = $0 { restored } else { nil }
        }
    }

    /// Puts the whole vault under a new key, when the old one may be known to others.
    ///
    /// - Parameters:
    ///   - with: a typed secret
    ///   - passphrase: a new one, needed where the vault has one and another secret was typed
    /// - Returns: among others the names of keys that the app must delete from the platform's keystore
    @discardableResult
    public func rekey(_ with: UnlockWith, passphrase: SecretText? = nil) async throws -> Rekeyed {
        try await whole(.reKey(with: with, passphrase: passphrase)) {
            if case .reKey(let rekeyed) = $0 { rekeyed } else { nil }
        }
    }

    /// Reads the whole vault, and mends what can be made again. It is locked afterwards, whatever the answer.
    ///
    /// - Returns: which pages were damaged; none where it was whole
    /// - Throws: ``BelayError/storage(_:)`` `corrupt` where more is damaged: a backup is the way then
    @discardableResult
    public func mend(_ with: UnlockWith) async throws -> Mended {
        try await whole(.integrity(with: with)) { if case .integrity(let mended) = $0 { mended } else { nil } }
    }

    /// Whichever way it went, what is shown follows the vault as it is now.
    private func whole<T>(_ job: Job, _ pick: (JobOutcome) -> T?) async throws -> T {
        let result: Result<JobOutcome, any Error>
        do {
            result = .success(try await door.run(job) { _, _ in })
        } catch {
            result = .failure(error)
        }
        // A task that is cancelled must not be asked: the job may have gone through.
        let door = door
        let isOpen = await Task.detached { try? await door.atOnce { core, _ in try core.state() } == .open }.value
        if isOpen == true { door.watching.opened() } else { door.watching.locked() }
        return try promised(pick(try result.get()))
    }

    private func broken() -> BelayError { .internal(refused(.internal)) }
}
