#!/usr/bin/env bash
# Builds the native library and writes the Kotlin and the Swift that call it. Nothing of it is kept in git.
#   scripts/bindings.sh [kotlin] [swift]     both when none is named
# Puts them here, and touches only what is different from last time:
#   target/bindings/native/libbelay_ffi.so   the library (.dylib on macOS)
#   target/bindings/kotlin/app/belay/        one Kotlin file, beside which the facade is compiled
#   target/bindings/swift/BelayCoreFFI/      the C module, a system library target of a Swift package
#   target/bindings/swift/BelayKit/          one Swift file of the module BelayKit
# The library is that of a developer: unoptimised, and with the exports that only tests call. An app's is built with
# scripts/library.sh, and has neither.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/needs.sh
source scripts/needs.sh
need_rust .
need_c

target=${CARGO_TARGET_DIR:-target}
out=$target/bindings
case "$(uname -s)" in
    Darwin) library=libbelay_ffi.dylib ;;
    *) library=libbelay_ffi.so ;;
esac
[ "$#" -gt 0 ] || set -- kotlin swift

# keep NEW OLD: NEW takes the place of OLD, unless they are the same.
keep() {
    if [ -e "$2" ] && diff -rq "$1" "$2" >/dev/null; then
        rm -rf -- "$1"
    else
        rm -rf -- "$2"
        mv -- "$1" "$2"
    fi
}

build() {
    cargo rustc --locked --quiet -p belay-ffi --lib --features test-hooks --crate-type cdylib
    cp -- "$target/debug/$library" "$out/native/$library.new"
    keep "$out/native/$library.new" "$out/native/$library"
}

# One after the other: built together they would share the features of uniffi, and the library carry the generator.
mkdir -p "$out/native"
build
cargo build --locked --quiet -p belay-bindgen
# What crosses is reviewed: bindings/surface.txt says it, and is part of what the library says of itself.
"$target/debug/belay-bindgen" surface "$out/native/$library" bindings/surface.txt
if [ -n "${BELAY_WRITE_SURFACE-}" ]; then build; fi

for language; do
    case $language in
        kotlin | swift) ;;
        *)
            echo "scripts/bindings.sh: there is no $language here, there is kotlin and swift" >&2
            exit 2
            ;;
    esac
    "$target/debug/belay-bindgen" "$language" "$out/native/$library" bindings/uniffi.toml "$out/$language.new"
    keep "$out/$language.new" "$out/$language"
done
