use crate::Date;

/// 元号: the eras that people alive today were born in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// 明治
    Meiji,
    /// 大正
    Taisho,
    /// 昭和
    Showa,
    /// 平成
    Heisei,
    /// 令和
    Reiwa,
}

/// Each era with its digit on cards and forms, its kanji and its first day (改元の日).
const ERAS: [(Era, u8, &str, Date); 5] = [
    (Era::Reiwa, 5, "令和", jiff::civil::date(2019, 5, 1)),
    (Era::Heisei, 4, "平成", jiff::civil::date(1989, 1, 8)),
    (Era::Showa, 3, "昭和", jiff::civil::date(1926, 12, 25)),
    (Era::Taisho, 2, "大正", jiff::civil::date(1912, 7, 30)),
    (Era::Meiji, 1, "明治", jiff::civil::date(1868, 10, 23)),
];

impl Era {
    fn row(self) -> (Era, u8, &'static str, Date) {
        ERAS.into_iter().find(|row| row.0 == self).unwrap_or(ERAS[0])
    }

    /// The digit that stands for the era on cards and forms (1 明治 to 5 令和).
    pub fn digit(self) -> u8 {
        self.row().1
    }

    /// The era's name.
    pub fn name(self) -> &'static str {
        self.row().2
    }
}

/// The era and the year in it; `None` before Meiji.
pub fn era_date(date: Date) -> Option<(Era, i16)> {
    ERAS.into_iter().find(|row| date >= row.3).map(|row| (row.0, date.year() - row.3.year() + 1))
}

/// A date in the usual Japanese form: 令和8年11月24日, with 元年 for the first year; the Western year before Meiji.
pub fn era_text(date: Date) -> String {
    let (month, day) = (date.month(), date.day());
    match era_date(date) {
        Some((era, 1)) => format!("{}元年{month}月{day}日", era.name()),
        Some((era, year)) => format!("{}{year}年{month}月{day}日", era.name()),
        None => format!("{}年{month}月{day}日", date.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(date: &str, expected: &str) {
        assert_eq!(era_text(crate::parse_date(date).expect("a date")), expected);
    }

    #[test]
    fn eras_change_on_their_days() {
        check("2026-11-24", "令和8年11月24日");
        check("2019-05-01", "令和元年5月1日");
        check("2019-04-30", "平成31年4月30日");
        check("1989-01-07", "昭和64年1月7日");
        check("1926-12-24", "大正15年12月24日");
        check("1912-07-29", "明治45年7月29日");
    }
}
