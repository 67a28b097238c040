/// What members say to each other about a plan or a goal: ideas, decisions, comments.
public struct Talk: Sendable {
    let door: Door

    /// Gives an idea for something that is another's to decide.
    ///
    /// - Parameters:
    ///   - on: what it is about
    ///   - alternatives: one to five wordings; none for taking something out
    ///   - why: a reason, if one wants to give it
    ///   - kind: what is to be done with the target
    ///   - after: where something new, or something moved, would stand
    @discardableResult
    public func suggest(
        on: Target, alternatives: [String], why: String = "", kind: IdeaKind = .add, after: ElementId? = nil
    ) async throws -> Action<ElementId> {
        let wordings = try alternatives.map { try words(.alternatives, $0) }
        let reason = try words(.why, why)
        return try await door.madeIn(
            .talk(.suggest(on: on, kind: kind, alternatives: wordings, why: reason, after: after)))
    }

    /// Takes an own idea back, as long as it is open.
    @discardableResult
    public func withdraw(_ idea: ElementId) async throws -> Action<Void> { try await done(.withdraw(idea: idea)) }

    /// Decides about an idea.
    ///
    /// - Parameter seen: the revision of the target that was shown with it, needed where its words changed since
    @discardableResult
    public func decide(_ idea: ElementId, _ decision: Decision, seen: Rev? = nil) async throws -> Action<Void> {
        try await done(.decide(idea: idea, decision: decision, seen: seen))
    }

    /// Says something about a plan, a goal or a piece of one.
    @discardableResult
    public func comment(on: Target, _ text: String, quote: String = "") async throws -> Action<ElementId> {
        let said = try words(.text, text)
        return try await door.madeIn(.talk(.comment(on: on, text: said, quote: try words(.text, quote))))
    }

    /// One idea, opened.
    public func idea(_ idea: ElementId) async throws -> IdeaDetail {
        try await door.ask(.idea(id: idea)) { if case .idea(let detail) = $0 { detail } else { nil } }
    }

    /// Open ideas that are mine to decide.
    public func waiting(at: At = .first()) async throws -> IdeaPage { try await door.ask(.waiting(at: at), page) }

    /// Open ideas that are mine to decide, now and whenever that changes.
    public func watchWaiting(at: At = .first()) -> AsyncStream<Live<IdeaPage>> { door.watch(.waiting(at: at), page) }

    private func done(_ command: TalkCommand) async throws -> Action<Void> { try await door.done(.talk(command)) }
}

@Sendable private func page(_ answer: Answer) -> IdeaPage? {
    if case .waiting(let page) = answer { page } else { nil }
}
