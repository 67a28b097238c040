import BelayKit
import Foundation

let passphrase = SecretText("a quiet place by the river")

func begin(_ name: String) async throws -> Belay {
    let belay = try await Belay.open(URL(fileURLWithPath: name))
    _ = try await belay.vault.create(passphrase)
    try await belay.vault.acknowledge()
    return belay
}

/// The digits that one person reads out and the other types.
func digits(_ out: ExchangeOut) -> String {
    if case .digits(let digits) = out.show { digits } else { "" }
}

let (mara, theo) = (try await begin("mara"), try await begin("theo"))   // two phones, in an app of your own one
let note = try await mara.notes.create(title: "Night", body: "Slept badly. Walked along the river.").made
print("Found: \(try await mara.search.find("river").rows.count)")
for await live in mara.notes.watch(note) {
    guard case .ready(let shown) = live else { continue }
    print("Watched: \(shown.title.reveal())")
    break
}

// Pairing: three files go to and fro, then each types the digits that the other reads out.
let invited = try await mara.people.invite("Theo", role: .person)
let joined = try await theo.people.join(invited.send!, name: "Mara")
let ofMara = try await mara.people.take(invited.id, joined.send!)
let ofTheo = try await theo.people.take(joined.id, ofMara.send!)
let end = try await mara.people.typed(invited.id, digits: digits(ofTheo)).end
_ = try await theo.people.typed(joined.id, digits: digits(ofMara))
guard case .done(let space) = end else { fatalError("the digits were not the same") }

// Giving a part of a note, told in UTF-16 units: what was shown, and nothing else.
let gift = GiftDraft(note: note, part: TextRange(start: 0, end: 12), title: .leftOut, to: space, language: "en")
let seen = try await mara.shares.preview(gift)
print("Theo will read: \(seen.leaves.map { $0.reveal() })")
let copy = try await mara.shares.give(gift, seen: seen).made

// A plan that both see. What was written reaches the other with the next bundle.
let plan = try await mara.plans.create("wellness", title: "Getting up", space: space).made
let mine = try await mara.plans.get(plan).parts.first { $0.may.allows(.add) }!.key
try await mara.plans.addEntry(plan, part: mine, text: "Walk by the river")
try await mara.plans.addEntry(plan, part: mine, text: "Run").undo()
try await mara.people.bundleOut(space, to: URL(fileURLWithPath: "for-theo.belay"))
try await theo.people.bundleIn(URL(fileURLWithPath: "for-theo.belay"))
print("Theo reads: \(try await theo.shares.get(copy).text.reveal())")

// Leaving takes a secret typed again; what was Mara's goes on, for her alone.
try await mara.people.leave(space, try await mara.vault.confirm(.passphrase(passphrase), for: .leaving))
let alone = try await mara.plans.get(try await mara.people.goOnAlone(plan).made)
print("Hers: \(alone.parts.flatMap(\.entries).map { $0.text.reveal() })")
await mara.close()
await theo.close()
