//! Bytes changed without knowing what they mean, and the numbers of the merge engine's formats.

use super::Dice;

/// Numbers at which things break.
pub const EDGES: [u64; 14] =
    [0, 1, 2, 23, 24, 127, 128, 255, 256, 5_001, 1 << 31, u32::MAX as u64, i64::MAX as u64, u64::MAX];

/// One to four changes of single bytes, numbers and stretches.
pub fn mutate(dice: &mut Dice, data: &mut Vec<u8>) {
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(data.len());
        let number = if dice.percent(50) { dice.number(&EDGES) } else { dice.roll() >> dice.below(64) };
        let leb = unsigned(number);
        match dice.below(10) {
            0 | 1 => flip(data, at, 1 << dice.below(8)),
            2 => set(data, at, dice.byte()),
            3 => set(data, at, [0, 0x7f, 0x80, 0xff, 1].get(dice.below(5)).copied().unwrap_or(0)),
            4 => data.iter_mut().skip(at).zip(leb).for_each(|(byte, new)| *byte = new),
            5 => drop(data.splice(at..at, leb)),
            6 if data.len() > 1 => drop(data.remove(at)),
            7 => data.truncate(at.max(1)),
            8 => {
                let end = (at + 1 + dice.below(16)).min(data.len());
                let again: Vec<u8> = data.get(at..end).unwrap_or_default().to_vec();
                drop(data.splice(at..at, again));
            }
            _ => {
                let other = dice.below(data.len());
                if !data.is_empty() {
                    data.swap(at, other);
                }
            }
        }
    }
}

fn flip(data: &mut [u8], at: usize, bits: u8) {
    if let Some(byte) = data.get_mut(at) {
        *byte ^= bits;
    }
}

fn set(data: &mut [u8], at: usize, value: u8) {
    if let Some(byte) = data.get_mut(at) {
        *byte = value;
    }
}

/// LEB128 without a sign.
pub fn unsigned(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

/// LEB128 with a sign.
pub fn signed(mut value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

/// Reads what [`unsigned`] and [`signed`] write; trusts nothing, and gives up where it ends.
pub struct Leb<'a>(pub &'a [u8]);

impl<'a> Leb<'a> {
    /// The next bytes.
    pub fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = tail;
        Some(head)
    }
    fn bits(&mut self) -> Option<(u64, u32, u8)> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some((value, shift, byte));
            }
        }
    }
    /// The next number without a sign.
    pub fn unsigned(&mut self) -> Option<u64> {
        Some(self.bits()?.0)
    }
    /// The next number with a sign.
    pub fn signed(&mut self) -> Option<i64> {
        let (value, shift, last) = self.bits()?;
        let high = if last & 0x40 != 0 && shift < 64 { u64::MAX << shift } else { 0 };
        Some((value | high).cast_signed())
    }
}
