#!/usr/bin/env bash
# How long a page of 200 notes takes in Rust, in Kotlin and in Swift, over one vault and one optimised library: the first
# read of it and the median of the others, and how many times as long as in Rust. All three again and again, each time the
# one beside the others, and the least of each counts: a machine that others use only ever adds. Prints Markdown, for
# tests/bench/RESULTS.md; asserts nothing.
#   scripts/page-times.sh [PROFILE] [ROUNDS] [TIMES]
# release, 5,000 and 5 where nothing is said; phone is what an app carries. A JVM has translated what it runs often after
# some 2,000 pages: with 300 rounds the median is that of a program that just began.
# Needs what scripts/kotlin.sh has built; builds what it needs of Swift.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

profile=${1:-release}
rounds=${2:-5000}
times=${3:-5}
target=${CARGO_TARGET_DIR:-target}
folder=$profile
if [ "$profile" = dev ]; then folder=debug; fi
case "$(uname -s)" in
    Darwin) library=libbelay_ffi.dylib ;;
    *) library=libbelay_ffi.so ;;
esac

java_classes=bindings/kotlin/target
[ -d "$java_classes/beside" ] || {
    echo "Run scripts/kotlin.sh first." >&2
    exit 1
}
# Inside the checkout: Swift may run in a folder of its own that sees nothing else.
mkdir -p "$target/bindings/fast"
place=$(mktemp -d "$target/page-times.XXXXXX")
trap 'rm -rf "$place"' EXIT

# With the export that the tests of the languages bind.
cargo rustc --quiet --locked -p belay-ffi --lib --features test-hooks --profile "$profile" --crate-type cdylib
cp -- "$target/$folder/$library" "$target/bindings/fast/$library"
cargo build --quiet --locked -p belay-ffi --example page_times --profile "$profile"
scripts/bindings.sh swift
# Under a triple of its own in the package's cache: the debug build stays.
scripts/swift.sh bindings/swift build -c release --product PageTimes >&2

rust() { "$target/$folder/examples/page_times" "$place/vault" "$rounds"; }

kotlin() {
    java "-Djna.library.path=$(realpath "$target/bindings/fast")" \
        -cp "$java_classes/test-classes:$java_classes/classes:$java_classes/beside/*" \
        app.belay.PageTimesKt "$place/vault" "$rounds"
}

swift_program() {
    local vault=$place/vault
    # Where scripts/swift.sh makes a folder of its own, the checkout is called otherwise in there.
    if ! command -v swift >/dev/null; then vault=/checkout/$vault; fi
    BELAY_NATIVE=$target/bindings/fast \
        scripts/swift.sh bindings/swift run -c release --skip-build PageTimes "$vault" "$rounds"
}

# least NAME OUTPUT: the smallest of all that was said under this name.
least() { sed -n "s/^$1: //p" <<<"$2" | sort -g | head -n 1; }

in_rust='' in_kotlin='' in_swift=''
for ((at = 0; at < times; at++)); do
    in_rust+=$(rust)$'\n'
    in_kotlin+=$(kotlin)$'\n'
    in_swift+=$(swift_program)$'\n'
done

row() {
    awk -v name="$1" -v first="$(least first_ms "$2")" -v p50="$(least p50_ms "$2")" -v of="$(least p50_ms "$in_rust")" \
        'BEGIN { printf "| %s | %.2f ms | %.2f ms | %.2f |\n", name, first, p50, p50 / of }'
}

echo "| a page of 200 notes, profile $profile, least of $times | first | p50 of $rounds | of Rust |"
echo "|---|---|---|---|"
row "Rust" "$in_rust"
row "Kotlin, facade" "$in_kotlin"
row "Swift, facade" "$in_swift"
