#!/usr/bin/env bash
# Builds and tests bindings/kotlin: the native library and the generated code first, then Maven.
#   scripts/kotlin.sh                  builds, tests, packs
#   scripts/kotlin.sh MAVEN_ARGUMENTS  anything else, e.g. verify -Dtest=StoryTest
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/needs.sh
source scripts/needs.sh

need_java() {
    command -v mvn >/dev/null && javac -version >/dev/null 2>&1 && return 0
    if command -v apt-get >/dev/null && install_on_debian maven default-jdk-headless; then return 0; fi
    echo "The Kotlin bindings need Maven 3.8 or newer and a JDK, 17 or newer." >&2
    return 1
}

# JNA's name for this machine, which is also the folder in the jar.
platform() {
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) echo linux-x86-64 ;;
        Linux-aarch64) echo linux-aarch64 ;;
        Darwin-arm64) echo darwin-aarch64 ;;
        Darwin-x86_64) echo darwin-x86-64 ;;
        *) echo "There is no native library for $(uname -sm) yet." >&2 && return 1 ;;
    esac
}

need_rust .
need_c
need_java
scripts/bindings.sh kotlin

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
[ "$#" -gt 0 ] || set -- verify
arguments=(-q -B -f bindings/kotlin/pom.xml "-Dgenerated.dir=$target/bindings/kotlin"
    "-Dnative.dir=$target/bindings/native" "-Dnative.platform=$(platform)" "$@")

# The compiler leaves a class behind that nothing declares any more, and the list of what is public would name it.
rm -rf bindings/kotlin/target/classes bindings/kotlin/target/test-classes

# What a build like this one fetched once is on this machine: no network is asked again.
fetched=$target/bindings/fetched-$(sha256sum bindings/kotlin/pom.xml | cut -c -16)
if [ -e "$fetched" ]; then
    mvn -o "${arguments[@]}"
else
    mvn "${arguments[@]}"
    touch "$fetched"
fi
