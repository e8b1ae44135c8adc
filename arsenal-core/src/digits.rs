//! Numbers as digits, without the machinery of formatting: every request has some.

/// Digits of the largest number.
const DECIMAL_MAX: usize = 20;

/// Writes the last hexadecimal digits of a number, as many as there are places.
pub(crate) fn write_hex(places: &mut [u8], mut number: u64) {
    for place in places.iter_mut().rev() {
        let [low, ..] = number.to_le_bytes();
        *place = hex_digit(low & 0xf);
        number >>= 4;
    }
}

/// Writes bytes, two hexadecimal digits each, as far as there are places.
pub(crate) fn write_hex_bytes(places: &mut [u8], bytes: &[u8]) {
    let (pairs, _) = places.as_chunks_mut();
    for ([high, low], byte) in pairs.iter_mut().zip(bytes) {
        (*high, *low) = (hex_digit(byte >> 4), hex_digit(byte & 0xf));
    }
}

/// Gives the decimal digits of a number to a function.
pub(crate) fn with_decimal<T>(mut number: usize, take: impl FnOnce(&[u8]) -> T) -> T {
    let mut digits = [b'0'; DECIMAL_MAX];
    let mut from = DECIMAL_MAX;
    for (index, digit) in digits.iter_mut().enumerate().rev() {
        let [low, ..] = (number % 10).to_le_bytes();
        *digit = b'0' + low;
        number /= 10;
        from = index;
        if number == 0 {
            break;
        }
    }
    take(digits.get(from..).unwrap_or_default())
}

const fn hex_digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_as_usual() {
        for number in [0, 7, 10, 909, usize::MAX] {
            assert_eq!(with_decimal(number, <[u8]>::to_vec), number.to_string().into_bytes());
        }
    }
}
