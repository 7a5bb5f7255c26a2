/// A character as it was meant: a full-width digit is a digit, and every other character itself.
pub fn half_width_digit(typed: char) -> char {
    match typed {
        '０'..='９' => char::from_digit(u32::from(typed) - u32::from('０'), 10).unwrap_or(typed),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_become_half_width() {
        let read = |text: &str| text.chars().map(half_width_digit).collect::<String>();
        assert_eq!(read("０１２３４５６７８９"), "0123456789");
        assert_eq!(read("12 ３／Ａ四"), "12 3／Ａ四");
    }
}
