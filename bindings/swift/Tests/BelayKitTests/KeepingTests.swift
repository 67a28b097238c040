import Foundation
import Testing

@testable import BelayKit

/// A vault is kept: copied, made again of the copy, put under another key, read through, opened another way.
struct KeepingTests {
    private let copys = SecretText("for the copy alone")
    private let lamp = SecretText("another lamp")

    @Test func aBackupBecomesAVaultWithTheSameNotesAndAStreamShowsThem() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder, in: "vault")
        try await mara.notes.create(title: "Morning")
        let backup = folder.url.appendingPathComponent("copy")
        let proof = try await mara.vault.confirm(.passphrase(passphrase), for: .backup)
        #expect(try await mara.vault.backUp(to: backup, proof, passphrase: copys))
        let used = try await refusal { try await mara.vault.backUp(to: backup, proof, passphrase: copys) }
        #expect(used.code == .needsConfirmation)

        let other = try await open(folder, in: "other")
        let stream = other.notes.watch()
        let wrong = try await refusal {
            try await other.vault.restore(backup, with: .passphrase(passphrase), passphrase: lamp)
        }
        #expect(wrong.code == .wrongSecret)
        #expect(try await other.vault.state() == .closed(.absent))
        let restored = try await other.vault.restore(backup, with: .passphrase(copys), passphrase: lamp)
        #expect(restored.device.from != restored.device.device)
        let shown = try await stream.ready { !$0.rows.isEmpty }
        #expect(shown.rows.map(\.title.said) == ["Morning"])
        try other.lock()
        try await other.vault.unlock(lamp)
        await mara.close()
        await other.close()
    }

    @Test func anotherKeyKeepsTheNotesAndMendingLocksWhatIsWhole() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let note = try await mara.notes.create(title: "Morning").made
        #expect(try await mara.vault.rekey(.passphrase(passphrase)).oldIsGone)
        #expect(try await mara.notes.get(note).title.said == "Morning")
        #expect(try await mara.vault.mend(.passphrase(passphrase)).pages.isEmpty)
        #expect(try await refusal { try await mara.notes.get(note) }.code == .locked)
        #expect(try await mara.notes.watch(note).until() == .locked)
        try await mara.vault.unlock(passphrase)
        #expect(try await mara.notes.watch(note).ready().title.said == "Morning")
        await mara.close()
    }

    @Test func waysInComeAndGo() async throws {
        let folder = try Folder("mara")
        let mara = try await person(folder)
        let with = UnlockWith.passphrase(passphrase)
        let key = try await mara.vault.beginSlot(.keystore, try await mara.vault.confirm(with, for: .slots))
        try await mara.vault.finishSlot(key.slot, wrapped: Data([1, 2, 3]))
        let gone = try await mara.vault.removeSlot(key.slot, try await mara.vault.confirm(with, for: .slots))
        #expect(gone.aliases.count == 1)
        try await mara.vault.setPassphrase(with, to: lamp)
        try mara.lock()
        #expect(try await refusal { try await mara.vault.unlock(passphrase) }.code == .wrongSecret)
        let keystore = UnlockWith.keystore(slot: key.slot, key32: key.key32, vaultCounter: nil)
        #expect(try await refusal { try await mara.vault.unlock(keystore) }.code == .notFound)
        try await mara.vault.unlock(lamp)
        await mara.close()
    }
}
