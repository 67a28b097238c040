/// Plans: parts with an owner each, made from a template. What is mine I write; for what is another's I make suggestions.
public struct Plans: Sendable {
    let door: Door

    /// Begins a plan.
    ///
    /// - Parameters:
    ///   - template: `wellness`, `safety`, `relationship` or `moving-on`; ``get(_:)`` names the parts it is made of
    ///   - title: its own title; empty: the template's
    ///   - space: the space it is shared in; `nil`: private
    @discardableResult
    public func create(_ template: String, title: String = "", space: SpaceId? = nil) async throws -> Action<DocId> {
        try await door.made(.plan(.create(space: space, template: template, title: try words(.title, title))))
    }

    /// Changes the title, as it was at `base`.
    @discardableResult
    public func editTitle(_ plan: DocId, base: Rev, title: String) async throws -> Action<Void> {
        try await done(.editTitle(plan: plan, base: base, text: .whole(try words(.title, title))))
    }

    /// Adds a part of one's own.
    @discardableResult
    public func addPart(_ plan: DocId, title: String, owner: PartOwner) async throws -> Action<Void> {
        try await done(.addPart(plan: plan, title: try words(.title, title), owner: owner))
    }

    /// Says whose a part is.
    @discardableResult
    public func setOwner(_ plan: DocId, part: String, owner: PartOwner) async throws -> Action<Void> {
        try await done(.setOwner(plan: plan, part: part, owner: owner))
    }

    /// Leaves a part out, for now.
    @discardableResult
    public func skipPart(_ plan: DocId, part: String) async throws -> Action<Void> {
        try await done(.skipPart(plan: plan, part: part))
    }

    /// Takes a part in again.
    @discardableResult
    public func unskipPart(_ plan: DocId, part: String) async throws -> Action<Void> {
        try await done(.unskipPart(plan: plan, part: part))
    }

    /// Adds a line to a part.
    ///
    /// - Parameters:
    ///   - text: 1 to 2,000 characters
    ///   - after: the line before it; `nil`: at the start
    /// - Throws: ``BelayError/notAllowed(_:)`` `suggestOnly` in a part that is another's: see
    ///   ``Talk/suggest(on:alternatives:why:kind:after:)``
    @discardableResult
    public func addEntry(
        _ plan: DocId, part: String, text: String, after: ElementId? = nil
    ) async throws -> Action<ElementId> {
        try await door.madeIn(.plan(.addEntry(plan: plan, part: part, text: try words(.text, text), after: after)))
    }

    /// Changes a line, as it was at `base`, the revision the line itself names.
    @discardableResult
    public func editEntry(_ plan: DocId, _ entry: ElementId, base: Rev, text: String) async throws -> Action<Void> {
        try await done(.editEntry(plan: plan, entry: entry, base: base, text: .whole(try words(.text, text))))
    }

    /// Moves a line behind another; `nil`: to the start.
    @discardableResult
    public func moveEntry(_ plan: DocId, _ entry: ElementId, after: ElementId?) async throws -> Action<Void> {
        try await done(.moveEntry(plan: plan, entry: entry, after: after))
    }

    /// Takes a line out; ``bringBack(_:_:)`` puts it in again.
    @discardableResult
    public func takeEntry(_ plan: DocId, _ entry: ElementId) async throws -> Action<Void> {
        try await done(.takeEntry(plan: plan, entry: entry))
    }

    /// Puts a line in again that was taken out.
    @discardableResult
    public func bringBack(_ plan: DocId, _ entry: ElementId) async throws -> Action<Void> {
        try await done(.bringBack(plan: plan, entry: entry))
    }

    /// Puts a line of `PartDetail.leftOver` into the part as it is shown now: someone wrote on it where the part was before.
    @discardableResult
    public func takeOver(_ plan: DocId, _ entry: ElementId) async throws -> Action<Void> {
        try await done(.takeOver(plan: plan, entry: entry))
    }

    /// Leaves such a line where it is, and does not offer it again.
    @discardableResult
    public func leaveOver(_ plan: DocId, _ entry: ElementId) async throws -> Action<Void> {
        try await done(.leaveOver(plan: plan, entry: entry))
    }

    /// A page of the list.
    public func list(at: At = .first()) async throws -> PlanPage { try await door.ask(.plans(at: at), page) }

    /// One plan, opened.
    public func get(_ plan: DocId) async throws -> PlanDetail { try await door.ask(.plan(id: plan), detail) }

    /// A page of the list, now and whenever it changes.
    public func watch(at: At = .first()) -> AsyncStream<Live<PlanPage>> { door.watch(.plans(at: at), page) }

    /// One plan, now and whenever it changes.
    public func watch(_ plan: DocId) -> AsyncStream<Live<PlanDetail>> { door.watch(.plan(id: plan), detail) }

    private func done(_ command: PlanCommand) async throws -> Action<Void> { try await door.done(.plan(command)) }
}

@Sendable private func page(_ answer: Answer) -> PlanPage? {
    if case .plans(let page) = answer { page } else { nil }
}

@Sendable private func detail(_ answer: Answer) -> PlanDetail? {
    if case .plan(let detail) = answer { detail } else { nil }
}
