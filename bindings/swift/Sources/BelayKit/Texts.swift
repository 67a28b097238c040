/// Editors: what a person types is kept while it is typed, and the words of others arrive in it.
public struct Texts: Sendable {
    let door: Door

    /// Opens a text for typing.
    ///
    /// - Parameters:
    ///   - target: which text
    ///   - port: the editor's field, held until the session is over
    /// - Throws: ``BelayError/notAllowed(_:)`` where this person may not write there; ``BelayError/missing(_:)`` where there
    ///   is no such text
    @MainActor
    public func open(_ target: TextTarget, port: any TextPort) async throws -> Typing {
        let (begun, pulses) = door.watching.follow()
        let opened = try await door.write(.text) { try $0.textOpen(target: target, at: $1) }
        return Typing(door, opened, port, begun, pulses)
    }
}

/// An editor's field, as a ``Typing`` needs it. Called on the main actor alone.
@MainActor
public protocol TextPort: AnyObject {
    /// Show this text, selection and composition in one edit, and clear the platform's undo, which knows nothing of it.
    ///
    /// - Parameter patches: the same as splices of what was shown before
    func show(_ now: EditorNow, patches: [Splice16])

    /// How safe the words are, how much room is left, and what became of them where they may not stay.
    func tell(_ about: TextTold)

    /// The engine could not take the words now. They stay in the field and are sent again.
    func waiting(_ why: BelayError)

    /// The session is over. Words that are `lost` did not reach the vault: leave them by ``Belay/dropIn(_:_:clock:)``.
    func ended(lost: LostWords?)
}

/// Words of an editor that did not reach the vault.
public struct LostWords: Hashable, Sendable {
    /// The text they belong to.
    public let target: TextTarget

    /// All that the field showed.
    public let text: PersonText

    /// What it showed when the vault last answered it: what was saved last, to be shown beside the words.
    public let before: PersonText

    /// As ``Belay/dropIn(_:_:clock:)`` takes them while the vault is locked; they are the draft of their text after the
    /// next unlock.
    public var drop: DropIn { .editorWords(target: target, text: text, before: before) }
}

extension TextPort {
    /// Nothing is shown of it.
    public func waiting(_ why: BelayError) {}
}
