@testable import BelayKit

/// Panics on purpose with the words it is given, and prints all there is of the failure.
@main
struct PanicOnce {
    static func main() {
        do {
            try typed { try panicForTest(text: CommandLine.arguments[1]) }
        } catch {
            print("refused \(error)")
            dump(error)
            print(error.localizedDescription)
        }
    }
}
