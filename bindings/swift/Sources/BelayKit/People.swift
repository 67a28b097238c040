import Foundation

/// The others: pairing with them, what they are called, and carrying bundles to and fro.
public struct People: Sendable {
    let door: Door

    /// Everyone one shares a space with.
    public func list() async throws -> [RelationshipRow] { try await door.ask(.relationships, rows) }

    /// Everyone one shares a space with, now and whenever that changes.
    public func watch() -> AsyncStream<Live<[RelationshipRow]>> { door.watch(.relationships, rows) }

    /// What stands for all that is accepted in a space, for two people to compare: 4-4-4-4 hex digits, the same where both
    /// hold the same. It takes as long as there is new.
    public func stateOf(_ space: SpaceId) async throws -> String {
        let states = try await door.ask(.states) { if case .states(let states) = $0 { states } else { nil } }
        guard let state = states.spaces.first(where: { $0.space == space }) else { throw no(.notFound) }
        return state.stateShort
    }

    /// Says what I call the other of a space; only I see it.
    @discardableResult
    public func setNickname(_ space: SpaceId, _ name: String) async throws -> Action<Void> {
        try await door.done(.relationship(.nickname(space: space, name: try words(.nickname, name))))
    }

    /// Says what I am called in a space; `nil`: on my own devices.
    @discardableResult
    public func setMyName(_ space: SpaceId?, _ name: String) async throws -> Action<Void> {
        try await door.done(.relationship(.myName(space: space, name: try words(.name, name))))
    }

    /// Invites someone into a new relationship. What is to be sent is the invitation: a file.
    ///
    /// - Parameters:
    ///   - name: what I call them
    ///   - role: what I am in it: the person, or a supporter; the other gets the opposite
    ///   - by: whether the secret lies in the file, or is told apart as words
    ///   - expiresInMs: how long it can be answered: an hour to 14 days
    public func invite(
        _ name: String, role: Role, by: SecretKind = .inFile, expiresInMs: Int64 = threeDaysMs
    ) async throws -> ExchangeOut {
        let terms = InviteTerms(
            purpose: .newSpace(.relationship), myRole: role, expiresInMs: expiresInMs, by: by)
        return try await begin(.invite(terms: terms, name: try words(.nickname, name)))
    }

    /// Three days in milliseconds.
    public static let threeDaysMs: Int64 = 259_200_000

    /// Answers an invitation. What is to be sent is the reply.
    ///
    /// - Parameter secret: the words that carry its secret, where it came apart from the file
    public func join(_ invitation: Data, secret: RecoveryWords? = nil, name: String) async throws -> ExchangeOut {
        try await begin(.join(payload: invitation, words: secret, name: try words(.nickname, name)))
    }

    /// Takes a message of the other side: the reply, or what completes the pairing. The same one twice does nothing.
    public func take(_ exchange: ExchangeId, _ message: Data) async throws -> ExchangeOut {
        try await goOn(exchange, .bytes(bytes: message))
    }

    /// Takes the six digits the other read out. Where they differ someone may stand between, and the pairing is over.
    public func typed(_ exchange: ExchangeId, digits: String) async throws -> ExchangeOut {
        try await goOn(exchange, .typed(digits: digits))
    }

    /// How a pairing stands.
    public func standing(_ exchange: ExchangeId) async throws -> ExchangeOut { try await goOn(exchange, .wake) }

    /// Gives a pairing up.
    @discardableResult
    public func cancel(_ exchange: ExchangeId) async throws -> ExchangeOut { try await goOn(exchange, .cancel) }

    /// Writes what the others of a space do not have yet into a file, to be carried to them. The file is there once it is
    /// whole. Stops with the task it is called from.
    ///
    /// - Parameters:
    ///   - space: `nil`: for one's own other devices
    ///   - file: where it is to lie
    ///   - scope: what is new since the last one, or all
    ///   - progress: bytes that are done, and all there are
    @discardableResult
    public func bundleOut(
        _ space: SpaceId?, to file: URL, scope: Scope = .sinceLast,
        progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> BundleWritten {
        let outcome = try await door.run(.bundleOut(space: space, scope: scope, file: file.path), progress)
        guard case .bundleOut(let envelopes, let devices, let batches, let oldCard) = outcome else {
            throw BelayError.internal(refused(.internal))
        }
        return BundleWritten(envelopes: envelopes, devices: devices, batches: batches, oldCard: oldCard)
    }

    /// Takes in what someone carried here. What was taken in before a fault stays; the same bundle twice does no harm.
    ///
    /// - Parameter progress: bytes that are done, and all there are
    @discardableResult
    public func bundleIn(
        _ file: URL, progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> BundleReport {
        guard case .bundleIn(let report) = try await door.run(.bundleIn(file: file.path), progress) else {
            throw BelayError.internal(refused(.internal))
        }
        return report
    }

    /// Leaves a relationship, with a proof for `leaving`.
    @discardableResult
    public func leave(_ space: SpaceId, _ confirmation: Confirmation) async throws -> Changes {
        told(try await door.write { try $0.leave(space: space, confirmation: confirmation, at: $1) })
    }

    /// Goes on alone with a goal or plan of mine that was shared with someone who left, or whom I left. The older one stays
    /// to be read; what another wrote in a part of their own stays there.
    ///
    /// - Returns: the new one, in my own space
    /// - Throws: ``BelayError/notAllowed(_:)`` `notOwner` where it is another's, `alreadyYours` where nothing has ended;
    ///   ``BelayError/input(_:)`` `duplicate` where it went on before
    @discardableResult
    public func goOnAlone(_ with: DocId) async throws -> Action<DocId> {
        try await door.made(.relationship(.goOnAlone(doc: with)))
    }

    /// Removes a phone of mine from a space, with a proof for `devices`.
    @discardableResult
    public func removeDevice(
        _ space: SpaceId, _ device: DeviceId, _ confirmation: Confirmation
    ) async throws -> Changes {
        told(
            try await door.write {
                try $0.removeDevice(space: space, device: device, confirmation: confirmation, at: $1)
            })
    }

    private func begin(_ kind: ExchangeKind) async throws -> ExchangeOut {
        let out = try await door.write { try $0.exchangeOpen(kind: kind, at: $1) }
        _ = told(out.changes)
        return out
    }

    private func goOn(_ exchange: ExchangeId, _ what: ExchangeIn) async throws -> ExchangeOut {
        let out = try await door.write { try $0.exchangeStep(id: exchange, what: what, at: $1) }
        _ = told(out.changes)
        return out
    }

    private func told(_ changes: Changes) -> Changes {
        door.watching.changed(changes)
        return changes
    }
}

/// What a bundle holds.
public struct BundleWritten: Hashable, Sendable {
    /// Sealed packets.
    public let envelopes: UInt64

    /// For so many devices.
    public let devices: UInt64

    /// Changes that were signed together.
    public let batches: UInt64

    /// Whether a device among them is known by a card that may be out of date.
    public let oldCard: Bool
}

@Sendable private func rows(_ answer: Answer) -> [RelationshipRow]? {
    if case .relationships(let rows) = answer { rows } else { nil }
}
