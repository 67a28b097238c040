//! Keeps from apps what only the facades may call: the object, the functions, and everything that carries values over.

/// Whether a top-level name is for the facades alone.
fn is_inside(name: &str) -> bool {
    let begins = ["FfiConverter", "Uniffi", "uniffi", "BelayCore"];
    let is = ["RustBuffer", "InternalException", "Disposable", "NoHandle", "Failure"];
    is.contains(&name) || begins.iter().any(|begin| name.starts_with(begin))
}

/// What a line at the left margin declares: whether it is a function, and its name.
fn declared(line: &str) -> Option<(bool, &str)> {
    let mut words = line.split(' ');
    let what = words.find(|word| {
        let modifier = ["public", "open", "data", "sealed", "abstract", "enum", "final"].contains(word);
        !modifier || (*word == "enum" && !line.contains("enum class"))
    })?;
    let is_function = matches!(what, "fun" | "func");
    let declares = ["class", "object", "interface", "typealias", "struct", "enum", "protocol"].contains(&what);
    let rest = words.next()?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    (is_function || declares).then_some((is_function, rest.get(..end)?))
}

/// The line without who may see it.
fn bare(line: &str) -> &str {
    line.strip_prefix("public ").or_else(|| line.strip_prefix("open ")).unwrap_or(line)
}

/// Kotlin with its inside made `internal`.
pub fn kotlin(written: &str) -> String {
    let mut source = String::with_capacity(written.len());
    for line in written.lines() {
        match declared(line) {
            Some((is_function, name)) if is_function || is_inside(name) => {
                source.push_str("internal ");
                source.push_str(bare(line));
            }
            _ => source.push_str(line),
        }
        source.push('\n');
    }
    source
}

/// Swift with its inside left at the default, which is internal. What an internal class has may not be `open`.
pub fn swift(written: &str) -> String {
    let mut source = String::with_capacity(written.len());
    for line in written.lines() {
        let line = match declared(line) {
            Some((is_function, name)) if is_function || is_inside(name) => bare(line),
            _ => line.strip_prefix("open func").map_or(line, |_| bare(line)),
        };
        source.push_str(line);
        source.push('\n');
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_values_over_is_kept_inside() {
        let written = "public object FfiConverterTypeAct: X {\n    public fun lift() = 1\n}\nopen class RustBuffer : S\n\
                       public fun `version`(): Version {\nopen class BelayCore: Y\ndata class Act (\nenum class Code {\n\
                       sealed class Failure: E\nsealed class Ask {\npublic typealias FfiConverterTypeRev = Z\n";
        let inside = "internal object FfiConverterTypeAct: X {\n    public fun lift() = 1\n}\ninternal class RustBuffer : S\n\
                      internal fun `version`(): Version {\ninternal class BelayCore: Y\ndata class Act (\nenum class Code {\n\
                      internal sealed class Failure: E\nsealed class Ask {\ninternal typealias FfiConverterTypeRev = Z\n";
        assert_eq!(kotlin(written), inside);
    }

    #[test]
    fn swift_keeps_its_records_public() {
        let written = "public struct FfiConverterTypeAct: F {\n    public static func lift() {}\n}\nopen class BelayCore: B {\n\
                       open func state()throws  -> S  {\npublic struct Act: Equatable {\npublic enum Code: Equatable {\n\
                       public enum Failure: Swift.Error {\npublic func version()throws  -> V  {\npublic protocol BelayCoreProtocol {\n";
        let inside = "struct FfiConverterTypeAct: F {\n    public static func lift() {}\n}\nclass BelayCore: B {\n\
                      func state()throws  -> S  {\npublic struct Act: Equatable {\npublic enum Code: Equatable {\n\
                      enum Failure: Swift.Error {\nfunc version()throws  -> V  {\nprotocol BelayCoreProtocol {\n";
        assert_eq!(swift(written), inside);
    }
}
