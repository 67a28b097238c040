//! How values are read out of what the engine answered: a few of the generator's helpers are replaced by ours, since a
//! page of 200 rows took four times as long in Swift's as in the engine (tests/bench/RESULTS.md).
//!
//! Ours read the same bytes and refuse the same, and besides what would have ended the app: a length below zero, and a
//! count of items that cannot be there. What is replaced is known by its digest: where the generator writes another text,
//! nothing is written and a person looks.

use ring::digest::{SHA256, digest};

/// A helper of the generator: how it begins, what it is known by, and what stands in its place.
struct Helper {
    begins: &'static str,
    known: &'static str,
    ours: &'static str,
}

const SWIFT: &[Helper] = &[
    Helper { begins: "fileprivate func createReader(", known: "af124bd3e6a598fb", ours: "" },
    Helper { begins: "fileprivate func readInt<", known: "fc9616b59fec7c01", ours: "" },
    Helper { begins: "fileprivate func readBytes(", known: "1d37cfffd22c364e", ours: "" },
    Helper { begins: "fileprivate func hasRemaining(", known: "fbd81aa47bcc7822", ours: "" },
    Helper {
        begins: "    public static func lift(_ buf: RustBuffer) throws -> SwiftType {",
        known: "abce4dbd55e58203",
        ours: include_str!("reading/lift.swift"),
    },
    // The last: ours bear the names of those above.
    Helper {
        begins: "fileprivate extension Data {\n    init(rustBuffer",
        known: "9e2731a0cefe7fdf",
        ours: include_str!("reading/reader.swift"),
    },
];

const KOTLIN: &[Helper] = &[
    Helper { begins: "    fun liftFromRustBuffer(", known: "d227905e7f8d3a2e", ours: include_str!("reading/lift.kt") },
    Helper {
        begins: "    override fun read(buf: ByteBuffer): String {",
        known: "311414fffae92d29",
        ours: include_str!("reading/text.kt"),
    },
];

/// Swift that reads where the answer lies: the generator's own goes through `Data`, which asks the runtime for types with
/// every number.
///
/// # Errors
/// Where the generator's text is not the one that is known.
pub fn swift(written: &str) -> Result<String, String> {
    let source = SWIFT.iter().try_fold(written.to_owned(), |source, helper| replaced(&source, helper))?;
    let source = everywhere(&source, "inout (data: Data, offset: Data.Index)", "inout UniffiReader")?;
    let source = everywhere(&source, "let len: Int32 = try readInt(&buf)", "let len = try readCount(&buf)")?;
    let is_whole = !source.contains("Data.Index") && !source.contains("reserveCapacity(Int(try");
    if is_whole { Ok(source) } else { Err("a reader of the generator is left over".into()) }
}

/// Kotlin that copies an answer once: the generator's own copies each text once more.
///
/// # Errors
/// Where the generator's text is not the one that is known.
pub fn kotlin(written: &str) -> Result<String, String> {
    let source = KOTLIN.iter().try_fold(written.to_owned(), |source, helper| replaced(&source, helper))?;
    Ok(everywhere(&source, "val len = buf.getInt()", "val len = uniffiCount(buf)")? + include_str!("reading/count.kt"))
}

fn everywhere(source: &str, old: &str, new: &str) -> Result<String, String> {
    if source.contains(old) { Ok(source.replace(old, new)) } else { Err(format!("nowhere in what was written: {old}")) }
}

/// The source with one helper replaced: from its first line to the brace that closes it.
fn replaced(source: &str, helper: &Helper) -> Result<String, String> {
    let first = helper.begins.lines().next().unwrap_or_default();
    let mut parts = source.split(helper.begins);
    let (Some(before), Some(after), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!("not once in what was written: {first}"));
    };
    let margin = first.len() - first.trim_start().len();
    let closes = format!("\n{}}}\n", " ".repeat(margin));
    let Some((body, rest)) = after.split_once(&closes) else { return Err(format!("it does not end: {first}")) };
    let found = known_by(&format!("{}{body}{closes}", helper.begins));
    if found != helper.known {
        return Err(format!("the generator writes another text ({found}), look whether ours fits it: {first}"));
    }
    Ok(format!("{before}{}{rest}", helper.ours))
}

fn known_by(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "a {\n    lift() {\n        if x {\n        }\n    }\n    rest\n}\n";

    fn lift(known: &'static str) -> Helper {
        Helper { begins: "    lift() {", known, ours: "    ours\n" }
    }

    #[test]
    fn a_known_helper_gives_way_to_ours_and_nothing_else_does() {
        let known = known_by("    lift() {\n        if x {\n        }\n    }\n").leak();
        assert_eq!(replaced(TWO, &lift(known)).unwrap(), "a {\n    ours\n    rest\n}\n");
    }

    #[test]
    fn another_text_of_the_generator_is_refused() {
        let refused = |source: &str| replaced(source, &lift("0123456789abcdef")).unwrap_err();
        assert!(refused(TWO).contains("another text"));
        assert!(refused(&TWO.repeat(2)).contains("not once"));
        assert!(refused("a").contains("not once"));
        assert!(refused("    lift() {\n").contains("does not end"));
        assert!(everywhere("let length = 1", "let len = 1", "").is_err());
    }

    #[test]
    fn what_is_not_the_generators_is_not_written() {
        assert!(swift("").is_err() && kotlin("").is_err());
    }
}
