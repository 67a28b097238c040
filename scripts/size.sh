#!/usr/bin/env bash
# How large the library is that an app carries, which crates are in it twice and why, and how long a build from nothing
# takes. Prints Markdown, for tests/bench/RESULTS.md.
#   scripts/size.sh              the library and the doubled crates
#   scripts/size.sh --clean      build from nothing in a folder of its own, and tell the time as well
# On Linux; the library is this machine's, linked as an app's is on Android, since no other could be built where this was
# written. It ends with 1 when that is larger than 9 MB, or a crate is there twice for no reason that is written here.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

package=belay-ffi
most=9000000
clean=
case "${1-}" in
    "") ;;
    --clean) clean=yes ;;
    *)
        sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 2
        ;;
esac

if ! cargo metadata --no-deps --format-version 1 | grep -q "\"name\":\"$package\""; then
    echo "size: there is no package $package in this workspace" >&2
    exit 1
fi

# why NAME: the reason why a crate is in the library in two versions; empty where none is known.
why() {
    case "$1" in
        getrandom) echo "ring asks the system by 0.2 and automerge by 0.4; each a few lines over one system call" ;;
        *) ;;
    esac
}

# twice EDGES: crates of the library that are there more than once, as "name version", one a line.
twice() {
    cargo tree --quiet --locked -p "$package" --edges "$1" --duplicates --depth 0 --prefix none --format '{p}' |
        awk 'NF { print $1, $2 }' | sort -u
}

# versions NAME LIST
versions() { awk -v name="$1" '$1 == name { printf "%s%s", between, $2; between = " " }' <<<"$2"; }

begun=$SECONDS
target=${CARGO_TARGET_DIR:-target}
if [ -n "$clean" ]; then
    target=$(mktemp -d)
    trap 'rm -rf -- "$target"' EXIT
fi
export CARGO_TARGET_DIR=$target
bytes=$(wc -c <"$(scripts/library.sh)")
took=$((SECONDS - begun))
# The last crate once more, as it is linked for Android.
carried=$(wc -c <"$(scripts/library.sh --as-android)")

echo "| what | measured | at most |"
echo "|---|---|---|"
printf '| library as Android gets it (relocations packed), %s | %d bytes | %d bytes |\n' "$(uname -m)" "$carried" "$most"
printf '| the same as it is loaded here | %d bytes | %d bytes |\n' "$bytes" "$most"
if [ -n "$clean" ]; then
    printf '| build from nothing, profile phone, %s cores | %d s | - |\n' "$(getconf _NPROCESSORS_ONLN)" "$took"
fi

echo
echo "| twice in it | versions | why |"
echo "|---|---|---|"
unknown=0
# Without what runs while building: macros, and what builds SQLCipher.
doubled=$(twice no-proc-macro,no-build,no-dev)
while read -r name; do
    [ -n "$name" ] || continue
    reason=$(why "$name")
    if [ -z "$reason" ]; then
        reason="**no reason is known**"
        unknown=1
    fi
    printf '| %s | %s | %s |\n' "$name" "$(versions "$name" "$doubled")" "$reason"
done < <(awk 'NF { print $1 }' <<<"$doubled" | sort -u)

echo
echo "Built twice, and in no app: what macros and build scripts use while the rest is compiled."
built=$(comm -13 <(echo "$doubled") <(twice no-dev))
awk 'NF { print $1 }' <<<"$built" | sort -u | while read -r name; do
    printf -- '- %s %s\n' "$name" "$(versions "$name" "$built")"
done

if [ "$carried" -gt "$most" ]; then
    echo "size: the library is larger than $most bytes" >&2
    exit 1
fi
exit "$unknown"
