// swift-tools-version: 6.0
// The native library and all that is generated come from scripts/bindings.sh, which comes first; Sources/ has links to it.
import PackageDescription

let native = "\(Context.packageDirectory)/../../target/bindings/native"

let strict: [SwiftSetting] = [.unsafeFlags(["-warnings-as-errors"])]

let package = Package(
    name: "Belay",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "BelayKit", targets: ["BelayKit"])],
    targets: [
        .systemLibrary(name: "BelayCoreFFI"),
        .target(
            name: "BelayKit",
            dependencies: ["BelayCoreFFI"],
            // What an app can see, for the test of it.
            swiftSettings: strict + [
                .unsafeFlags([
                    "-emit-symbol-graph", "-emit-symbol-graph-dir", "\(Context.packageDirectory)/.build/symbols",
                ])
            ],
            linkerSettings: [.unsafeFlags(["-L\(native)", "-Xlinker", "-rpath", "-Xlinker", native])]),
        .executableTarget(name: "FirstLines", dependencies: ["BelayKit"], swiftSettings: strict),
        .executableTarget(name: "KeepOnePlan", dependencies: ["BelayKit"], swiftSettings: strict),
        .executableTarget(name: "PageTimes", dependencies: ["BelayKit"], swiftSettings: strict),
        .executableTarget(name: "PanicOnce", dependencies: ["BelayKit"], swiftSettings: strict),
        .executableTarget(name: "TwoPeople", dependencies: ["BelayKit"], swiftSettings: strict),
        .testTarget(
            name: "BelayKitTests",
            dependencies: ["BelayCoreFFI", "BelayKit", "FirstLines", "KeepOnePlan", "PanicOnce", "TwoPeople"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
