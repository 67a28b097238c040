/// Words that were typed and are not kept yet: what an editor held when the app ended, or what could not be written where
/// it was meant. Editors (``Texts``) make and end them by themselves.
public struct Drafts: Sendable {
    let door: Door

    /// A page of the list, the newest first.
    public func list(at: At = .first()) async throws -> DraftPage { try await door.ask(.drafts(at: at), page) }

    /// What is kept for a field, beside what stands there now.
    public func get(_ target: TextTarget) async throws -> DraftDetail {
        try await door.ask(.draft(target: target)) { if case .draft(let detail) = $0 { detail } else { nil } }
    }

    /// A page of the list, now and whenever it changes.
    public func watch(at: At = .first()) -> AsyncStream<Live<DraftPage>> { door.watch(.drafts(at: at), page) }

    /// Keeps all that a field shows, in place of what was kept for it before. `before` is what the field showed when it
    /// was opened: of an object that was forgotten meanwhile only what was typed since then is kept, and without it nothing.
    ///
    /// - Throws: ``BelayError/input(_:)`` `tooBig` above 1,048,576 UTF-16 units
    @discardableResult
    public func keep(_ target: TextTarget, _ text: String, before: String? = nil) async throws -> Action<Void> {
        let before = try before.map { try words(.text, $0) }
        return try await door.done(.draft(.keep(target: target, text: try words(.text, text), before: before)))
    }

    /// Lets go of what is kept for a field.
    @discardableResult
    public func discard(_ target: TextTarget) async throws -> Action<Void> {
        try await door.done(.draft(.discard(target: target)))
    }
}

@Sendable private func page(_ answer: Answer) -> DraftPage? {
    if case .drafts(let page) = answer { page } else { nil }
}
