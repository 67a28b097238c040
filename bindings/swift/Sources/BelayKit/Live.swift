/// What a stream shows at one moment. A stream never ends because of a lock.
public enum Live<Value: Sendable>: Sendable {
    /// What is true now.
    case ready(Value)

    /// The vault is locked; what was shown before is to be cleared. The stream goes on by itself after an unlock.
    case locked

    /// There is no such thing, or it may not be shown. It comes back by itself should that change. The last word of a
    /// stream whose ask is refused, or whose ``Belay`` was closed.
    case gone(Code)

    /// What is there now, if something is.
    public var value: Value? {
        if case .ready(let value) = self { value } else { nil }
    }
}

extension Live: Equatable where Value: Equatable {}

extension Live: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that there is something, never what: what is shown may hold a person's words.
    public var description: String {
        switch self {
        case .ready: "ready(‹value›)"
        case .locked: "locked"
        case .gone(let code): "gone(\(code))"
        }
    }

    /// Says that there is something, never what.
    public var debugDescription: String { description }

    /// Nothing for `dump` to walk into.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
