// Names of things, and tokens to hand back. They may be kept in saved state; they hold no words. What they print is
// short, as in the engine's own log.

/// A vault.
public struct VaultId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "VaultId(\(text.prefix(shown)))" }
}

/// A fixed set of members: a relationship, or one's own devices.
public struct SpaceId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "SpaceId(\(text.prefix(shown)))" }
}

/// A person in one space.
public struct MemberId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "MemberId(\(text.prefix(shown)))" }
}

/// A device.
public struct DeviceId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "DeviceId(\(text.prefix(shown)))" }
}

/// A note, a plan, a goal.
public struct DocId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "DocId(\(text.prefix(shown)))" }
}

/// A piece of one: an entry, a step, an idea, a comment.
public struct ElementId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "ElementId(\(text.prefix(shown)))" }
}

/// Changes that were signed together.
public struct BatchId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "BatchId(\(text.prefix(shown)))" }
}

/// A way to open a vault.
public struct SlotId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "SlotId(\(text.prefix(shown)))" }
}

/// A pairing that is under way.
public struct ExchangeId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "ExchangeId(\(text.prefix(shown)))" }
}

/// What a screen showed, to be named by what is changed there.
public struct Rev: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "Rev(\(text.prefix(shown)))" }
}

/// What a change or a watch is about: a document, a space, a device.
public struct ObjectId: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "ObjectId(\(text.prefix(shown)))" }
}

/// An editor that is open, for as long as the vault is.
public struct TextSession: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "TextSession(\(text.prefix(shown)))" }
}

/// Stands for exactly what a preview showed.
public struct Hash32: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "Hash32(\(text.prefix(shown)))" }
}

/// A place in a list. It holds no content, and is good for that list alone.
public struct Cursor: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "Cursor(\(text.prefix(shown)))" }
}

/// Takes back what one call did.
public struct UndoToken: Hashable, Sendable, CustomStringConvertible {
    /// As it crosses, and as it may be kept.
    public let text: String

    /// Takes what was kept.
    public init(_ text: String) { self.text = text }

    /// Its kind and its first letters.
    public var description: String { "UndoToken(\(text.prefix(shown)))" }
}

private let shown = 6
