/// Copies of notes that went from one to another. A copy is frozen: later changes of the note stay with its writer. It can
/// be taken back, and each phone says what became of it.
public struct Shares: Sendable {
    let door: Door

    /// What a gift would let out, without giving it: who would read it and the exact words. Its hash is what
    /// ``give(_:seen:_:)`` takes, so that nobody gives unseen.
    ///
    /// - Throws: ``BelayError/notAllowed(_:)`` where the note may not be given
    public func preview(_ gift: GiftDraft) async throws -> Preview {
        try await door.write { try $0.preview(command: .consent(.give(gift: gift, preview: notSeen)), at: $1) }
    }

    /// Gives what `seen` showed.
    ///
    /// - Parameters:
    ///   - gift: what, and to whom
    ///   - seen: a preview of exactly this
    ///   - confirmation: where the preview asks for one
    /// - Returns: the copy's name
    /// - Throws: ``BelayError/conflict(_:)`` where it is not what was shown: look again
    @discardableResult
    public func give(
        _ gift: GiftDraft, seen: Preview, _ confirmation: Confirmation? = nil
    ) async throws -> Action<DocId> {
        try await door.made(.consent(.give(gift: gift, preview: seen.hash)), confirmation)
    }

    /// Asks every phone to let go of a copy of mine. It is out of sight at once; the row's `receipts` say what each did.
    @discardableResult
    public func takeBack(_ copy: DocId) async throws -> Action<Void> {
        try await door.done(.consent(.takeBack(copy: copy)))
    }

    /// A page of the list, either way.
    public func list(_ filter: ShareFilter = .all, at: At = .first()) async throws -> SharePage {
        try await door.ask(.shares(filter: filter, at: at), page)
    }

    /// One copy, opened.
    public func get(_ copy: DocId) async throws -> CopyDetail { try await door.ask(.copy(id: copy), detail) }

    /// A page of the list, now and whenever it changes.
    public func watch(_ filter: ShareFilter = .all, at: At = .first()) -> AsyncStream<Live<SharePage>> {
        door.watch(.shares(filter: filter, at: at), page)
    }

    /// One copy, now and whenever it changes.
    public func watch(_ copy: DocId) -> AsyncStream<Live<CopyDetail>> { door.watch(.copy(id: copy), detail) }
}

extension ShareFilter {
    /// All copies, given and received.
    public static let all = ShareFilter(with: nil, note: nil, side: nil)
}

/// No preview yet: a preview does not look at it.
private let notSeen = Hash32(String(repeating: "0", count: 52))

@Sendable private func page(_ answer: Answer) -> SharePage? {
    if case .shares(let page) = answer { page } else { nil }
}

@Sendable private func detail(_ answer: Answer) -> CopyDetail? {
    if case .copy(let detail) = answer { detail } else { nil }
}
