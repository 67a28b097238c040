import Foundation

/// What an editor shows at one moment.
public struct EditorNow: Hashable, Sendable {
    /// The whole text; without halves of surrogate pairs, if the field holds some.
    public let text: PersonText

    /// What is selected, or where the caret stands.
    public let selection: Stretch

    /// What the keyboard is still composing; `nil` where it is not.
    public let composing: Stretch?

    /// Whether the field holds half of a surrogate pair, the other half of which is still to come.
    public let isHalf: Bool

    /// What a field shows that is a Swift string.
    public init(text: PersonText, selection: Stretch, composing: Stretch? = nil) {
        self.text = text
        self.selection = selection
        self.composing = composing
        isHalf = false
    }

    /// What a field shows in the platform's own units, where half of a pair may stand alone for a moment.
    public init(units: [UInt16], selection: Stretch, composing: Stretch? = nil) {
        let alone = halves(units)
        let place = { (at: Int) in at - alone.prefix { $0 < at }.count }
        let stretch = { (of: Stretch) in Stretch(place(of.start), place(of.end)) }
        let gone = Set(alone)
        text = PersonText(whole: units.indices.filter { !gone.contains($0) }.map { units[$0] })
        self.selection = stretch(selection)
        self.composing = composing.map(stretch)
        isHalf = !alone.isEmpty
    }

    /// What a `UITextView` or `NSTextView` shows.
    public init(field: NSString, selection: NSRange, marked: NSRange? = nil) {
        let stretch = { (of: NSRange) in Stretch(of.location, of.location + of.length) }
        self.init(units: [UInt16](field: field), selection: stretch(selection), composing: marked.map(stretch))
    }
}

/// How a platform's keyboard wants to be treated while it composes.
public struct TextManners: Hashable, Sendable {
    /// After so long without a key, words of others outside the composition go in; `nil`: not before its end.
    public let outsideAfterMs: Int64?

    /// After so long without a key, any do; `nil`: not before its end.
    public let anyAfterMs: Int64?

    /// Manners of another platform.
    public init(outsideAfterMs: Int64?, anyAfterMs: Int64?) {
        self.outsideAfterMs = outsideAfterMs
        self.anyAfterMs = anyAfterMs
    }

    /// Compositions of Android's keyboards stay open for a whole word, often for ever.
    public static let android = TextManners(outsideAfterMs: 1_000, anyAfterMs: 3_000)

    /// Apple's end with the marked text; nothing goes in before.
    public static let apple = TextManners(outsideAfterMs: nil, anyAfterMs: nil)
}

/// What a ``TextDriver`` wants done next, in the order given.
public enum TextStep: Hashable, Sendable {
    /// Give this to the engine; say what came back by ``TextDriver/answered(_:atMs:)`` or ``TextDriver/refused(_:atMs:)``.
    case send(TextNow)

    /// The last call of the session, otherwise as ``send(_:)``.
    case close(TextNow)

    /// Make the field show this, in one edit; then clear the platform's own undo, which knows nothing of it. The patches
    /// are the same as splices of what was shown.
    case show(EditorNow, patches: [Splice16])

    /// Call ``TextDriver/woke(atMs:)`` at this time at the latest; a later one of these replaces it.
    case wake(atMs: Int64)

    /// Something to show beside the field.
    case tell(TextTold)

    /// The engine could not take the words now; they stay in the field and are sent again.
    case waiting(BelayError)

    /// The vault was locked under the editor, or the editor went on after its last call, and this whole text did not reach
    /// the vault: leave it by a drop. `before` is what the field showed when the vault last answered it: what was saved
    /// last.
    case keepAside(PersonText, before: PersonText)

    /// The session is over.
    case done
}

/// Something to show beside an editor's field.
public struct TextTold: Hashable, Sendable {
    /// Room that is left, in scalars; below zero the text is kept as a draft only.
    public let left: Int64

    /// How safe the words are.
    public let saved: Saved

    /// What became of them where rights were lost or the object is gone.
    public let fate: Fate
}
