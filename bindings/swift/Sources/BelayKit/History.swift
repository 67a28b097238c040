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

    /// A page of changes that came and do not count, each with why; those with a `may` for it can be adopted.
    public func keptOut(at: At = .first()) async throws -> KeptOutPage { try await door.ask(.keptOut(at: at), pageOut) }

    /// A page of changes that do not count, now and whenever that changes.
    public func watchKeptOut(at: At = .first()) -> AsyncStream<Live<KeptOutPage>> {
        door.watch(.keptOut(at: at), pageOut)
    }

    /// Takes one of ``keptOut(at:)`` over into what I may write: it counts from now on, under its writer's name.
    @discardableResult
    public func adopt(_ change: BatchId) async throws -> Action<Void> {
        try await door.done(.keptOut(.adopt(batch: change)))
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

@Sendable private func pageOut(_ answer: Answer) -> KeptOutPage? {
    if case .keptOut(let page) = answer { page } else { nil }
}

@Sendable private func page(_ answer: Answer) -> HistoryPage? {
    if case .history(let page) = answer { page } else { nil }
}
