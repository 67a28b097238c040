/// Letting things go for good. What is forgotten is out of everyone's sight at once; its words go from every phone after
/// 30 days, or when a purge comes.
public struct Forgetting: Sendable {
    let door: Door

    /// Forgets a note, a goal or a plan of mine with all that is about it.
    ///
    /// - Throws: ``BelayError/notAllowed(_:)`` `notOwner` where it is another's
    @discardableResult
    public func everything(_ of: DocId) async throws -> Action<Void> {
        try await door.done(.forget(.everything(doc: of)))
    }

    /// Forgets how it came to be: what it says now stays, in a new one. That is also how one goes on that needs repair.
    ///
    /// - Returns: the new one
    @discardableResult
    public func past(_ of: DocId) async throws -> Action<DocId> { try await door.made(.forget(.past(doc: of))) }

    /// Lets go of what I wrote in something forgotten and nobody copied, from my phones too.
    @discardableResult
    public func letGo(_ of: DocId) async throws -> Action<Void> { try await door.done(.forget(.letGo(doc: of))) }

    /// Asks every phone to drop the words of what I forgot at once, with a proof for `erase`.
    ///
    /// - Parameters:
    ///   - docs: 1 to 64 of ``list()``
    ///   - confirmation: the proof
    @discardableResult
    public func purge(_ docs: [DocId], _ confirmation: Confirmation) async throws -> Changes {
        let changes = try await door.write { try $0.purge(docs: docs, confirmation: confirmation, at: $1) }
        door.watching.changed(changes)
        return changes
    }

    /// What was forgotten, with what each phone said of it.
    public func list() async throws -> [ForgottenRow] { try await door.ask(.forgotten, rows) }

    /// What was forgotten, now and whenever that changes.
    public func watch() -> AsyncStream<Live<[ForgottenRow]>> { door.watch(.forgotten, rows) }

    /// What needs repair, and can be read alone until ``past(_:)`` makes a new one of it.
    public func repairs() async throws -> [RepairRow] {
        try await door.ask(.repairs) { if case .repairs(let rows) = $0 { rows } else { nil } }
    }
}

@Sendable private func rows(_ answer: Answer) -> [ForgottenRow]? {
    if case .forgotten(let rows) = answer { rows } else { nil }
}
