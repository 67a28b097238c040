#!/usr/bin/env bash
# Two programs keep one plan through files: one in Kotlin, one in Swift. Both must end with the same.
#   scripts/two-languages.sh
# Needs what scripts/kotlin.sh and scripts/swift.sh bindings/swift build have built.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
# Inside the checkout: Swift may run in a folder of its own that sees nothing else.
mkdir -p "$target"
place=$(mktemp -d "$target/two-languages.XXXXXX")
trap 'rm -rf "$place"' EXIT
export BELAY_PASSPHRASE="a quiet place by the river"

java_classes=bindings/kotlin/target
[ -d "$java_classes/beside" ] || {
    echo "Run scripts/kotlin.sh first." >&2
    exit 1
}

kotlin() {
    java "-Djna.library.path=$target/bindings/native" \
        -cp "$java_classes/test-classes:$java_classes/classes:$java_classes/beside/*" \
        app.belay.KeepOnePlanKt "$place/kotlin" "$@"
}

swift_program() {
    LD_LIBRARY_PATH="$target/bindings/native" \
        scripts/swift.sh bindings/swift run --skip-build KeepOnePlan "$(seen_by_swift "$place/swift")" "$@"
}

# Where scripts/swift.sh makes a folder of its own, the checkout is called otherwise in there.
seen_by_swift() {
    if command -v swift >/dev/null; then echo "$1"; else echo "/checkout/${1#"$PWD"/}"; fi
}

# A file, as Kotlin calls it and as Swift does.
file() { echo "$place/$1"; }
swift_file() { seen_by_swift "$place/$1"; }

# value STEP OUTPUT: what a step said, once.
value() { sed -n "s/^$1: //p" <<<"$2" | tail -n 1; }

# same WHAT ONE OTHER
same() {
    if [ -z "$2" ] || [ "$2" != "$3" ]; then
        echo "two-languages: $1 differ: '$2' in Kotlin, '$3' in Swift" >&2
        exit 1
    fi
    echo "two-languages: the same $1: $2"
}

kotlin create Mara invite "$(file invitation)"
swift_program create Theo join "$(swift_file invitation)" "$(swift_file reply)"
ours=$(kotlin take "$(file reply)" "$(file completion)")
theirs=$(swift_program take "$(swift_file completion)" "$(swift_file nothing)")
same "state of the digits" "$(kotlin digits "$(value take "$theirs")" | sed 's/^digits: //')" \
    "$(swift_program digits "$(value take "$ours")" | sed -n 's/^digits: //p')"

kotlin plan "Getting up" entry "Walk by the river" bundle-out "$(file 1)"
swift_program bundle-in "$(swift_file 1)" suggest "Walk by the river at eight 👪" bundle-out "$(swift_file 2)"
kotlin bundle-in "$(file 2)" decide bundle-out "$(file 3)"
swift_program bundle-in "$(swift_file 3)" bundle-out "$(swift_file 4)"
ours=$(kotlin bundle-in "$(file 4)" bundle-out "$(file 5)" lines hash)
theirs=$(swift_program bundle-in "$(swift_file 5)" lines hash)
same lines "$(value lines "$ours")" "$(value lines "$theirs")"
same hash "$(value hash "$ours")" "$(value hash "$theirs")"
