/// Goals in a person's own words, with steps that may be another's to do.
public struct Goals: Sendable {
    let door: Door

    /// Begins a goal; private unless a shared space is named.
    @discardableResult
    public func create(_ draft: GoalDraft, space: SpaceId? = nil) async throws -> Action<DocId> {
        try await door.made(.goal(.create(space: space, draft: draft)))
    }

    /// Changes one of its texts, as it was at `base`.
    ///
    /// - Parameter field: `title`, `towards`, `away_from` or `why`
    @discardableResult
    public func edit(_ goal: DocId, _ field: String, base: Rev, text: String) async throws -> Action<Void> {
        try await done(.edit(goal: goal, field: field, base: base, text: .whole(try words(.text, text))))
    }

    /// Says which area of life it belongs to; `nil`: to none.
    @discardableResult
    public func setArea(_ goal: DocId, _ area: String?) async throws -> Action<Void> {
        try await done(.setArea(goal: goal, area: try area.map { try words(.area, $0) }))
    }

    /// Says how it stands.
    @discardableResult
    public func setStage(_ goal: DocId, _ stage: GoalStage) async throws -> Action<Void> {
        try await done(.setStage(goal: goal, stage: stage))
    }

    /// Adds a step behind another; `nil`: at the start.
    @discardableResult
    public func addStep(_ goal: DocId, _ draft: StepDraft, after: ElementId? = nil) async throws -> Action<ElementId> {
        try await door.madeIn(.goal(.addStep(goal: goal, draft: draft, after: after)))
    }

    /// Changes the words of a step, as the goal was at `base`.
    @discardableResult
    public func editStep(_ goal: DocId, _ step: ElementId, base: Rev, text: String) async throws -> Action<Void> {
        try await done(.editStep(goal: goal, step: step, base: base, text: .whole(try words(.text, text))))
    }

    /// Says how a step stands: the owner in the goal, a named member in words of their own.
    @discardableResult
    public func markStep(_ goal: DocId, _ step: ElementId, _ stage: StepStage) async throws -> Action<Void> {
        try await done(.markStep(goal: goal, step: step, stage: stage))
    }

    /// Moves a step behind another; `nil`: to the start.
    @discardableResult
    public func moveStep(_ goal: DocId, _ step: ElementId, after: ElementId?) async throws -> Action<Void> {
        try await done(.moveStep(goal: goal, step: step, after: after))
    }

    /// A page of the list.
    public func list(at: At = .first()) async throws -> GoalPage { try await door.ask(.goals(at: at), page) }

    /// One goal, opened.
    public func get(_ goal: DocId) async throws -> GoalDetail { try await door.ask(.goal(id: goal), detail) }

    /// A page of the list, now and whenever it changes.
    public func watch(at: At = .first()) -> AsyncStream<Live<GoalPage>> { door.watch(.goals(at: at), page) }

    /// One goal, now and whenever it changes.
    public func watch(_ goal: DocId) -> AsyncStream<Live<GoalDetail>> { door.watch(.goal(id: goal), detail) }

    private func done(_ command: GoalCommand) async throws -> Action<Void> { try await door.done(.goal(command)) }
}

@Sendable private func page(_ answer: Answer) -> GoalPage? {
    if case .goals(let page) = answer { page } else { nil }
}

@Sendable private func detail(_ answer: Answer) -> GoalDetail? {
    if case .goal(let detail) = answer { detail } else { nil }
}
