import Foundation

/// A passphrase or PIN as it was typed. It prints as `‹secret›`.
public struct SecretText: Hashable, Sendable {
    private let typed: String

    /// Takes what the person typed.
    public init(_ typed: String) { self.typed = typed }

    /// What was typed, for the engine.
    func reveal() -> String { typed }
}

/// Recovery words with one blank between two. They print as `‹secret›`.
public struct RecoveryWords: Hashable, Sendable {
    private let words: String

    /// Takes what the person typed back.
    public init(_ words: String) { self.words = words }

    /// The words, to be shown to the person once, or typed back to the engine; never kept, never logged.
    public func reveal() -> String { words }
}

/// 32 bytes that a platform's keystore wraps. They print as `‹secret›`.
public struct Secret32: Hashable, Sendable {
    private let bytes: Data

    /// Takes what the keystore unwrapped.
    public init(_ bytes: Data) { self.bytes = bytes }

    /// The bytes, for the keystore to wrap; never kept as they are, never logged.
    public func reveal() -> Data { bytes }
}

extension SecretText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// That there is a secret, never which.
    public var description: String { hidden }

    /// That there is a secret, never which.
    public var debugDescription: String { hidden }

    /// Nothing for `dump` to walk into.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

extension RecoveryWords: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// That there is a secret, never which.
    public var description: String { hidden }

    /// That there is a secret, never which.
    public var debugDescription: String { hidden }

    /// Nothing for `dump` to walk into.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

extension Secret32: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// That there is a secret, never which.
    public var description: String { hidden }

    /// That there is a secret, never which.
    public var debugDescription: String { hidden }

    /// Nothing for `dump` to walk into.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

private let hidden = "‹secret›"
