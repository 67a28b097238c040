//! Keeps from apps what only the facades may call: the object, the functions, and everything that carries values over.

/// Whether a top-level name is for the facades alone.
fn is_inside(name: &str) -> bool {
    let begins = ["FfiConverter", "Uniffi", "uniffi", "BelayCore"];
    let is = ["RustBuffer", "InternalException", "Disposable", "NoHandle", "Failure"];
    is.contains(&name) || begins.iter().any(|begin| name.starts_with(begin))
}

/// What a line at the left margin declares: whether it is a function, and its name.
fn declared(line: &str) -> Option<(bool, &str)> {
    // The generator indents functions of the package as it does those of a class.
    let line = line.strip_prefix("    @Throws(Failure::class) ").unwrap_or(line);
    let mut words = line.split(' ');
    let what = words.find(|word| {
        let modifier = ["public", "open", "data", "sealed", "abstract", "enum", "final", "inline"].contains(word);
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
    let mut variant = "";
    for line in written.lines() {
        match declared(line) {
            Some((is_function, name)) if is_function || is_inside(name) => {
                source.push_str("internal ");
                source.push_str(line.trim_start().strip_prefix("public ").unwrap_or(line.trim_start()));
            }
            _ => {
                variant = line.strip_prefix("    data class ").map_or(variant, |rest| rest.trim_end_matches('('));
                source.push_str(&unhidden(line, variant));
            }
        }
        source.push('\n');
    }
    source
}

/// A variant that bears the name of the type it holds hides that type in Kotlin: the type gets its whole name.
fn unhidden(line: &str, variant: &str) -> String {
    let holds = line.trim_start().strip_prefix("val ").and_then(|rest| rest.split_once(": "));
    match holds.and_then(|(_, of)| of.strip_prefix(variant)) {
        Some(rest) if !variant.is_empty() && !rest.starts_with(|c: char| c.is_alphanumeric()) => {
            line.replacen(&format!(": {variant}"), &format!(": app.belay.{variant}"), 1)
        }
        _ => line.to_owned(),
    }
}

/// Swift with its inside left at the default, which is internal. What an internal class has may not be `open`.
pub fn swift(written: &str) -> String {
    let mut source = String::with_capacity(written.len());
    // The generator breaks this line in two for an error, which would stay public.
    for line in written.replace("\npublic \nenum ", "\npublic enum ").lines() {
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
                       sealed class Failure: E\nsealed class Ask {\npublic typealias FfiConverterTypeRev = Z\n\
                       inline fun <T : Disposable?, R> T.use(block: (T) -> R) =\n    @Throws(Failure::class) fun `inspect`()\n";
        let inside = "internal object FfiConverterTypeAct: X {\n    public fun lift() = 1\n}\ninternal open class RustBuffer : S\n\
                      internal fun `version`(): Version {\ninternal open class BelayCore: Y\ndata class Act (\nenum class Code {\n\
                      internal sealed class Failure: E\nsealed class Ask {\ninternal typealias FfiConverterTypeRev = Z\n\
                      internal inline fun <T : Disposable?, R> T.use(block: (T) -> R) =\ninternal @Throws(Failure::class) fun `inspect`()\n";
        assert_eq!(kotlin(written), inside);
    }

    #[test]
    fn a_variant_hides_no_type() {
        let written = "    data class Audience(\n        val v1: Audience) : Answer()\n    data class Note(\n        val v1: NoteRow)\n";
        assert_eq!(kotlin(written), written.replace(": Audience)", ": app.belay.Audience)"));
    }

    #[test]
    fn swift_keeps_its_records_public() {
        let written = "public struct FfiConverterTypeAct: F {\n    public static func lift() {}\n}\nopen class BelayCore: B {\n\
                       open func state()throws  -> S  {\npublic struct Act: Equatable {\npublic enum Code: Equatable {\n\
                       public \nenum Failure: Swift.Error {\npublic func version()throws  -> V  {\npublic protocol BelayCoreProtocol {\n";
        let inside = "struct FfiConverterTypeAct: F {\n    public static func lift() {}\n}\nclass BelayCore: B {\n\
                      func state()throws  -> S  {\npublic struct Act: Equatable {\npublic enum Code: Equatable {\n\
                      enum Failure: Swift.Error {\nfunc version()throws  -> V  {\nprotocol BelayCoreProtocol {\n";
        assert_eq!(swift(written), inside);
    }
}
