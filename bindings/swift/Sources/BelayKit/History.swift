/// What was done to a note, a plan or a goal, by whom and when, the newest first; and who can read it.
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
}

@Sendable private func page(_ answer: Answer) -> HistoryPage? {
    if case .history(let page) = answer { page } else { nil }
}
