/// Every way in which a call can be refused: one closed set, sorted by what an app does about it. It carries names and
/// numbers only, never words of a person, so it may be logged.
public enum BelayError: Error, Hashable, Sendable {
    /// What was given is not taken as it is; the detail says which part, and which bound applies.
    case input(Detail)

    /// This person may not do that.
    case notAllowed(Detail)

    /// Something else came first; read again and decide again.
    case conflict(Detail)

    /// Not at this moment; `untilMs` says when the answer may change, where that is known.
    case notNow(Detail)

    /// The vault is locked, the secret was a wrong one, or this ``Belay`` was closed.
    case locked(Detail)

    /// There is no such thing, or not any more.
    case missing(Detail)

    /// The disk, or what lies on it, does not allow it.
    case storage(Detail)

    /// A fault of this software. Nothing was changed; the vault goes on.
    case `internal`(Detail)

    /// Which rule, about which part of the input, with which bound.
    public var detail: Detail {
        switch self {
        case .input(let detail), .notAllowed(let detail), .conflict(let detail), .notNow(let detail),
            .locked(let detail), .missing(let detail), .storage(let detail), .internal(let detail):
            detail
        }
    }

    /// Shorthand for the rule.
    public var code: Code { detail.code }
}

extension BelayError: CustomStringConvertible {
    /// The rule, and the part of the input it is about.
    public var description: String { "\(code)" + (detail.field.map { " \($0)" } ?? "") }
}

func refused(_ code: Code, _ field: Field? = nil, _ actual: Int? = nil) -> Detail {
    Detail(
        code: code, field: field, max: nil, actual: actual.map(UInt64.init), untilMs: nil, current: nil, command: nil)
}

func closed() -> BelayError { .locked(refused(.closed)) }

/// Runs a call of the engine; whatever it throws leaves as one of the closed set, without its text.
func typed<T>(_ call: () throws -> T) throws -> T {
    do {
        return try call()
    } catch let failure as Failure {
        throw failure.asError
    } catch let known as BelayError {
        throw known
    } catch {
        throw BelayError.internal(refused(.internal))
    }
}

extension Failure {
    fileprivate var asError: BelayError {
        switch self {
        case .Input(let detail): .input(detail)
        case .NotAllowed(let detail): .notAllowed(detail)
        case .Conflict(let detail): .conflict(detail)
        case .NotNow(let detail): .notNow(detail)
        case .Locked(let detail): .locked(detail)
        case .Missing(let detail): .missing(detail)
        case .Storage(let detail): .storage(detail)
        case .Internal(let detail): .internal(detail)
        }
    }
}

/// What is not there or may not be shown, as a failure.
func no(_ code: Code) -> BelayError {
    switch code {
    case .notFound, .inTrash: .missing(refused(code))
    case .newerSchema: .storage(refused(code))
    default: .notNow(refused(code))
    }
}

/// What the engine promises with this ask or command.
func promised<T>(_ what: T?) throws -> T {
    guard let what else { throw BelayError.internal(refused(.internal)) }
    return what
}
