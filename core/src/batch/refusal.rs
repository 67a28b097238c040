//! Why bytes are not taken: one closed set with stable numbers.

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)+) => {
        /// Why a batch was refused. It says nothing of what the batch holds; the terminal has one sentence for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[non_exhaustive]
        pub enum Refusal {
            $($(#[$doc])* $name,)+
        }

        impl Refusal {
            /// Every refusal, in the order of its numbers.
            pub const ALL: &[Refusal] = &[$(Refusal::$name,)+];

            /// The number that is stored; it never changes its meaning.
            pub fn number(self) -> u8 {
                match self {
                    $(Refusal::$name => $number,)+
                }
            }
            /// The refusal with this number, `None` for one of a newer build.
            pub fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Refusal::$name),)+
                    _ => None,
                }
            }
        }
    };
}

refusals! {
    /// Larger than a batch may be, before or after inflating.
    TooBig = 1,
    /// Not the encoding of a batch.
    Malformed = 2,
    /// The payload is not the one the header names, or does not open.
    BadPayload = 3,
    /// The signature does not cover these bytes.
    BadSignature = 4,
    /// The signing key is not that of the device in the header.
    UnknownDevice = 5,
    /// `prev` and `seq` fit no log.
    BrokenChain = 6,
    /// The birth is not that of the document.
    WrongBirth = 7,
    /// A change that is no change chunk within the limits.
    BadChunk = 8,
    /// A change that the merge engine would write in another way.
    NotCanonical = 9,
    /// The actor is not bound to device, document and nonce.
    WrongActor = 10,
    /// The actor's own changes do not follow one another.
    WrongSequence = 11,
    /// Dependencies that cannot be.
    WrongDependency = 12,
    /// `start_op` is not the one after its past.
    WrongStart = 13,
    /// An object, element or predecessor that is not in the past or does not fit.
    UnknownTarget = 14,
    /// An operation that no document of ours is made of.
    NotAllowedOperation = 15,
    /// A batch without changes that adopts nothing.
    Empty = 16,
    /// Its writer may not write this document.
    NotAWriter = 17,
    /// For another space than the one it came in.
    WrongSpace = 18,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_stable_and_go_both_ways() {
        let mut last = 0;
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_number(refusal.number()), Some(*refusal));
            assert_eq!(refusal.number(), last + 1, "numbers are given in order and never again");
            last = refusal.number();
        }
        assert_eq!(Refusal::from_number(0), None);
        assert_eq!(Refusal::from_number(last + 1), None);
    }
}
