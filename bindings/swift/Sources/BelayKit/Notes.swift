/// Notes. They are private: nobody else can read one unless an excerpt of it is given.
public struct Notes: Sendable {
    let door: Door

    /// Keeps a new note.
    ///
    /// - Parameters:
    ///   - title: at most 200 characters on one line; may be empty where `body` is not
    ///   - body: at most 100,000 characters, kept as typed
    ///   - tags: at most 30 of 1 to 40 characters
    /// - Throws: ``BelayError/input(_:)`` `empty` where title and body are; `tooLong`, `tooMany`, `invalidText`
    @discardableResult
    public func create(title: String = "", body: String = "", tags: [String] = []) async throws -> Action<DocId> {
        let draft = NoteDraft(
            title: try words(.title, title), body: try words(.body, body), tags: try tags.map { try words(.tag, $0) })
        return try await door.made(.note(.create(draft: draft)))
    }

    /// Changes the title or the body: the whole new text, made from the note as it was at `base`. What others wrote
    /// meanwhile stays. While someone types, use ``Texts/open(_:port:)``.
    ///
    /// - Throws: ``BelayError/conflict(_:)`` `stale` where `base` is no revision of this note
    @discardableResult
    public func edit(_ note: DocId, _ field: NoteField, base: Rev, text: String) async throws -> Action<Void> {
        let whole = TextEdit.whole(try words(field == .title ? .title : .body, text))
        return try await done(.edit(note: note, field: field, base: base, text: whole))
    }

    /// Puts a tag on. Two tags that differ in case alone are one.
    @discardableResult
    public func addTag(_ note: DocId, _ tag: String) async throws -> Action<Void> {
        try await done(.addTag(note: note, tag: try words(.tag, tag)))
    }

    /// Takes a tag off.
    @discardableResult
    public func takeTag(_ note: DocId, _ tag: String) async throws -> Action<Void> {
        try await done(.takeTag(note: note, tag: try words(.tag, tag)))
    }

    /// Keeps it at the top of the list.
    @discardableResult
    public func pin(_ note: DocId) async throws -> Action<Void> { try await done(.pin(note: note)) }

    /// Lets it go back to its place.
    @discardableResult
    public func unpin(_ note: DocId) async throws -> Action<Void> { try await done(.unpin(note: note)) }

    /// Puts it into the trash, from which ``restore(_:)`` takes it.
    @discardableResult
    public func trash(_ note: DocId) async throws -> Action<Void> { try await done(.trash(note: note)) }

    /// Takes it out of the trash.
    @discardableResult
    public func restore(_ note: DocId) async throws -> Action<Void> { try await done(.restore(note: note)) }

    /// A page of the list: pinned first, then the newest before the older.
    ///
    /// - Throws: ``BelayError/input(_:)`` `outOfRange` for more than 200 rows, or a cursor of another list
    public func list(_ filter: NoteFilter = .all, at: At = .first()) async throws -> NotePage {
        try await door.ask(.notes(filter: filter, at: at), page)
    }

    /// One note, opened.
    public func get(_ note: DocId) async throws -> NoteDetail { try await door.ask(.note(id: note), detail) }

    /// A page of the list, now and whenever it changes.
    public func watch(_ filter: NoteFilter = .all, at: At = .first()) -> AsyncStream<Live<NotePage>> {
        door.watch(.notes(filter: filter, at: at), page)
    }

    /// One note, now and whenever it changes.
    public func watch(_ note: DocId) -> AsyncStream<Live<NoteDetail>> { door.watch(.note(id: note), detail) }

    private func done(_ command: NoteCommand) async throws -> Action<Void> { try await door.done(.note(command)) }
}

extension NoteFilter {
    /// Notes that are not in the trash, whatever their tags.
    public static let all = NoteFilter(tag: nil, trash: false)
}

@Sendable private func page(_ answer: Answer) -> NotePage? {
    if case .notes(let page) = answer { page } else { nil }
}

@Sendable private func detail(_ answer: Answer) -> NoteDetail? {
    if case .note(let detail) = answer { detail } else { nil }
}
