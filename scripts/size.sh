#!/usr/bin/env bash
# How large the library is that an app carries, which crates are in it twice and why, and how long a build from nothing
# takes. Prints Markdown, for tests/bench/RESULTS.md.
#   scripts/size.sh              the library and the doubled crates
#   scripts/size.sh --clean      build from nothing in a folder of its own, and tell the time as well
# It ends with 1 when the library is larger than 9 MB, or a crate is there twice for no reason that is written here.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

package=belay-ffi
most=9000000
clean=
case "${1-}" in
    "") ;;
    --clean) clean=yes ;;
    *)
        sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 2
        ;;
esac

if ! cargo metadata --no-deps --format-version 1 | grep -q "\"name\":\"$package\""; then
    echo "size: there is no package $package in this workspace" >&2
    exit 1
fi

# why NAME: the reason why a crate is built in two versions; empty where none is known.
why() {
    case "$1" in
        getrandom) echo "ring asks the system by 0.2, automerge by 0.4; each a few lines over one system call" ;;
        syn) echo "macros of two releases, which run while building and are in no app" ;;
        hashbrown | libc | serde | toml) echo "one version, built for the app and once more for a macro that runs while building" ;;
        thiserror | thiserror-impl) echo "automerge and uniffi differ by a release; errors by macro, little code" ;;
        winnow | toml_datetime | serde_spanned) echo "uniffi's macros read their settings with another release of toml" ;;
        *) ;;
    esac
}

begun=$SECONDS
target=${CARGO_TARGET_DIR:-target}
if [ -n "$clean" ]; then
    target=$(mktemp -d)
    trap 'rm -rf -- "$target"' EXIT
fi
CARGO_TARGET_DIR=$target cargo build --quiet --profile phone -p "$package" --lib
took=$((SECONDS - begun))

library=
for name in libbelay_ffi.so libbelay_ffi.dylib belay_ffi.dll; do
    if [ -f "$target/phone/$name" ]; then library=$target/phone/$name; fi
done
if [ -z "$library" ]; then
    echo "size: the build left no library in $target/phone" >&2
    exit 1
fi
bytes=$(wc -c <"$library")

echo "| what | measured | at most |"
echo "|---|---|---|"
printf '| library, stripped, profile phone, %s | %d bytes | %d bytes |\n' "$(uname -m)" "$bytes" "$most"
if [ -n "$clean" ]; then
    printf '| build from nothing, profile phone, %s cores | %d s | - |\n' "$(getconf _NPROCESSORS_ONLN)" "$took"
fi

echo
echo "| twice | versions | why |"
echo "|---|---|---|"
unknown=0
doubled=$(cargo tree --quiet -p "$package" --edges normal --duplicates --depth 0 --prefix none --format '{p}' | awk 'NF { print $1, $2 }' | sort -u)
while read -r name; do
    reason=$(why "$name")
    if [ -z "$reason" ]; then
        reason="**no reason is known**"
        unknown=1
    fi
    versions=$(awk -v name="$name" '$1 == name { printf "%s ", $2 }' <<<"$doubled")
    printf '| %s | %s| %s |\n' "$name" "$versions" "$reason"
done < <(awk 'NF { print $1 }' <<<"$doubled" | sort -u)

if [ "$bytes" -gt "$most" ]; then
    echo "size: the library is larger than $most bytes" >&2
    exit 1
fi
exit "$unknown"
