/// The check digit (検証番号) of insurer, institution and public-expense numbers: from the last digit before it, weights
/// 2, 1, 2, 1 …; the digits of each product are summed; ten minus the sum's last digit (Luhn).
///
/// `digits` are values 0 to 9 without the check digit.
pub fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| {
            let product = u32::from(*digit) * if index % 2 == 0 { 2 } else { 1 };
            product / 10 + product % 10
        })
        .sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// The digits of an ASCII number, if it is one of exactly `width` digits.
pub(crate) fn parse_digits(text: &str, width: usize) -> Option<Vec<u8>> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.bytes().map(|byte| byte - b'0').collect())
}

/// Whether the last digit is the check digit of the digits before it.
pub(crate) fn has_valid_check_digit(digits: &[u8]) -> bool {
    digits.split_last().is_some_and(|(last, before)| check_digit(before) == *last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: &str, expected: bool) {
        let digits = parse_digits(number, number.len()).expect("digits");
        assert_eq!(has_valid_check_digit(&digits), expected, "{number}");
    }

    #[test]
    fn published_numbers_hold() {
        check("33120015", true);
        check("54016027", true);
        check("0110113719", true);
    }

    #[test]
    fn a_changed_digit_is_noticed() {
        check("33120025", false);
        check("1312345678", false);
        check("0110012345", false);
    }
}
