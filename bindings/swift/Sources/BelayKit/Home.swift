/// The first screen: what waits, what was written last, what one moves towards, and whom one knows.
public struct Home: Sendable {
    let door: Door

    /// All of it, in one read.
    public func get() async throws -> HomeDetail { try await door.ask(.home, detail) }

    /// All of it, now and whenever it changes.
    public func watch() -> AsyncStream<Live<HomeDetail>> { door.watch(.home, detail) }
}

@Sendable private func detail(_ answer: Answer) -> HomeDetail? {
    if case .home(let detail) = answer { detail } else { nil }
}
