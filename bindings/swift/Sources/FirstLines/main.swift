import BelayKit
import Foundation

let belay = try await Belay.open(URL(fileURLWithPath: "my-vault"))
let created = try await belay.vault.create(SecretText("a quiet place by the river"))
print("Write these words down: \(created.words.reveal())")
try await belay.vault.acknowledge()                             // they are written down
try await belay.notes.create(title: "Morning", body: "Slept well.")
for row in try await belay.notes.list().rows { print(row.title.reveal()) }
await belay.close()
