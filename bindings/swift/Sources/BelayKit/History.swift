/// What was done to a note, a plan or a goal, by whom and when, the newest first; who can read it; what was done lately.
public struct History: Sendable {
    let door: Door

    /// A page of what was done.
    public func list(_ of: DocId, at: At = .first()) async throws -> HistoryPage {
        try await door.ask(.history(of: of, at: at), page)
    }

    /// A page of what was done, now and whenever it changes.
    public func watch(_ of: DocId, at: At = .first()) -> AsyncStream<Live<HistoryPage>> {
        door.watch(.history(of: of, at: at), page)
    }

    /// Who can read it.
    public func audience(_ of: DocId) async throws -> Audience {
        try await door.ask(.audience(of: of)) { if case .audience(let audience) = $0 { audience } else { nil } }
    }

    /// What was done last on this phone, and the newest that can be taken back: also after the app ended, when no ``Action``
    /// is at hand any more. What is no command (leaving, a bundle) is not among it.
    public func lately() async throws -> DoneLately { try await door.atOnce { core, _ in try core.doneLately() } }

    /// Takes back one of ``lately()`` as a whole, exactly as ``Action/undo()``.
    ///
    /// - Throws: ``BelayError/missing(_:)`` where it was taken back meanwhile, or lies too far behind;
    ///   ``BelayError/notNow(_:)`` where it is none of those that can be taken back
    @discardableResult
    public func takeBack(_ what: DoneHere) async throws -> Action<Void> { try await door.takenBack(what.undo) }
}

@Sendable private func page(_ answer: Answer) -> HistoryPage? {
    if case .history(let page) = answer { page } else { nil }
}
