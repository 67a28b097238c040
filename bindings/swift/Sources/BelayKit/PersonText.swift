import Foundation

/// Words of a person. It prints as `‹words›` wherever it is printed, dumped or mirrored, alone or inside a record, so
/// that nothing a person wrote gets into a log by accident; ``reveal()`` is the one way to the words.
public struct PersonText: Sendable {
    private let words: String

    /// Takes words as a Swift string has them, which holds whole characters only.
    public init(_ words: String) { self.words = words }

    /// Takes words as a field of the platform has them, in UTF-16 units.
    ///
    /// - Throws: ``BelayError/input(_:)`` `invalidText`, with its place, where half of a pair stands alone: Swift would put
    ///   another character there without a word.
    public init(units: some Collection<UInt16>) throws {
        if let place = brokenAt(units) { throw BelayError.input(refused(.invalidText, nil, place)) }
        self.init(String(decoding: units, as: UTF16.self))
    }

    /// The words, to be shown to the person whose screen this is, or given to the engine; never to a log.
    public func reveal() -> String { words }

    /// Whether there are none.
    public var isEmpty: Bool { words.isEmpty }

    /// No words.
    public static let empty = PersonText("")
}

// Two texts are one where they are the same letter for letter. Swift's own strings are already equal where they would
// look equal, and an editor that took them so would lose what was changed.
extension PersonText: Hashable {
    /// Whether both are the same, letter for letter.
    public static func == (one: PersonText, other: PersonText) -> Bool {
        one.words.utf8.elementsEqual(other.words.utf8)
    }

    /// By the same letters.
    public func hash(into hasher: inout Hasher) {
        Array(words.utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(0xFF as UInt8)
    }
}

extension PersonText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// That there are words, never which.
    public var description: String { "‹words›" }

    /// That there are words, never which.
    public var debugDescription: String { "‹words›" }

    /// Nothing for `dump` to walk into.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

extension [UInt16] {
    /// The units of a field's text as the platform keeps it, halves of pairs and all.
    public init(field: NSString) {
        self.init(repeating: 0, count: field.length)
        withUnsafeMutableBufferPointer { units in
            if let base = units.baseAddress { field.getCharacters(base, range: NSRange(location: 0, length: units.count)) }
        }
    }
}

/// The scalar at which a text stops being one: half of a surrogate pair stands there alone. `nil` where all is well.
func brokenAt(_ units: some Collection<UInt16>) -> Int? {
    var scalar = 0
    var rest = units[...]
    while let unit = rest.popFirst() {
        if UTF16.isTrailSurrogate(unit) { return scalar }
        if UTF16.isLeadSurrogate(unit) {
            guard let next = rest.popFirst(), UTF16.isTrailSurrogate(next) else { return scalar }
        }
        scalar += 1
    }
    return nil
}

/// Takes words from an app. A string that still is the platform's own may hold half of a pair; Swift's own never does.
func words(_ field: Field?, _ text: String) throws -> PersonText {
    if !text.utf8.isContiguous, let place = brokenAt(text.utf16) {
        throw BelayError.input(refused(.invalidText, field, place))
    }
    return PersonText(text)
}

extension String.UTF8View {
    /// Whether it is Swift's own, in UTF-8 already.
    fileprivate var isContiguous: Bool { withContiguousStorageIfAvailable { _ in true } ?? false }
}
