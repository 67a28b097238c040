import Foundation

/// A value that is touched under a lock of its own alone, for short and without a call to anyone.
final class Guarded<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func with<Result>(_ touch: (inout Value) throws -> Result) rethrows -> Result {
        try lock.withLock { try touch(&value) }
    }
}

/// Runs something that blocks where that may be, off the threads that Swift's tasks share.
func offPool<T: Sendable>(_ call: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { answer in
        DispatchQueue.global(qos: .userInitiated).async { answer.resume(with: Result(catching: call)) }
    }
}
