/// Finding words again, in every script: case, accents and letter forms do not matter.
public struct Search: Sendable {
    let door: Door

    /// Finds what holds all of `text`; the last word may still be being typed. While someone types, cancel the task of
    /// the search before: it stops then.
    ///
    /// - Parameter text: at most 300 characters; nothing in them is an operator
    public func find(_ text: String, at: At = .first()) async throws -> SearchPage {
        try await find(try query(text), at: at)
    }

    /// The same with filters.
    public func find(_ query: SearchQuery, at: At = .first()) async throws -> SearchPage {
        try await door.ask(.search(query: query, at: at), page)
    }

    /// What is found, now and whenever that changes.
    public func watch(_ query: SearchQuery, at: At = .first()) -> AsyncStream<Live<SearchPage>> {
        door.watch(.search(query: query, at: at), page)
    }

    /// A query without filters: everything that is kept, the newest first.
    public func query(_ text: String) throws -> SearchQuery {
        SearchQuery(
            words: try words(.text, text), order: .newest, kinds: [], tag: nil, from: nil, to: nil, within: .kept,
            total: .ifKnown)
    }
}

@Sendable private func page(_ answer: Answer) -> SearchPage? {
    if case .search(let page) = answer { page } else { nil }
}
