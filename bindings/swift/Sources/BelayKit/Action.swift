/// What a call did, once it lies on the disk.
public struct Action<Made: Sendable>: Sendable {
    private let door: Door

    /// What was made: the id of an object, of a piece of one, or nothing.
    public let made: Made

    /// Everything the engine says of it.
    public let applied: Applied

    init(_ door: Door, _ made: Made, _ applied: Applied) {
        self.door = door
        self.made = made
        self.applied = applied
    }

    /// Whether ``undo()`` can take it back. Not everything can be.
    public var canUndo: Bool { applied.undo != nil }

    /// Takes it back as a whole.
    ///
    /// - Throws: ``BelayError/conflict(_:)`` where someone went on from it meanwhile; ``BelayError/notNow(_:)`` where it is
    ///   none of those that can be taken back.
    @discardableResult
    public func undo() async throws -> Action<Void> {
        try await door.takenBack(applied.undo)
    }
}

extension Action: CustomStringConvertible, CustomReflectable {
    /// Says that there is something, never what.
    public var description: String { "Action(commit \(applied.commit))" }

    /// Nothing for `dump` to walk into.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

extension Door {
    /// What a token stands for, taken back.
    func takenBack(_ token: UndoToken?) async throws -> Action<Void> {
        guard let token else { throw BelayError.notNow(refused(.notInForce)) }
        return try await done(.undo(token: token))
    }

    /// One command that makes nothing.
    func done(_ command: Command, _ confirmation: Confirmation? = nil) async throws -> Action<Void> {
        Action(self, (), try await apply([command], confirmation))
    }

    /// One command that makes an object.
    func made(_ command: Command, _ confirmation: Confirmation? = nil) async throws -> Action<DocId> {
        let applied = try await apply([command], confirmation)
        return Action(self, try promised(applied.outcomes.first?.made), applied)
    }

    /// One command that makes a piece of an object: an entry, a step, an idea, a comment.
    func madeIn(_ command: Command) async throws -> Action<ElementId> {
        let applied = try await apply([command])
        return Action(self, try promised(applied.outcomes.first?.element), applied)
    }
}
