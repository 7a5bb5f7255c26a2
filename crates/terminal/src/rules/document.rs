//! 記号・番号 as a person reads them off an insurance document: read once, or told field by field why not.

use base::{
    Date, InsurerNumber, WrongInsurerNumber,
    text::{WrongBirthDate, digits_among_marks, half_width_digits, is_invisible, parse_birth_date, parse_date_parts},
};
use oqs::{BranchNumber, CardNumber, CardSymbol, LimitConsentFlag};
use serde::Deserialize;

/// What the form sends, as it was typed. It is shown again where something in it is wrong, and kept nowhere.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Written {
    pub(crate) insurer: String,
    pub(crate) symbol: String,
    pub(crate) number: String,
    pub(crate) branch: String,
    /// 生年月日 in one text.
    pub(crate) born: String,
    /// 生年月日 where it came in three fields.
    pub(crate) born_year: String,
    pub(crate) born_month: String,
    pub(crate) born_day: String,
    /// The patient agrees before the desk that 限度額情報 is asked for.
    pub(crate) limit: Option<String>,
}

impl Written {
    /// The date of birth as it was typed, in one text.
    pub(crate) fn born_text(&self) -> String {
        if self.born.trim().is_empty() {
            let parts = [&self.born_year, &self.born_month, &self.born_day].map(|part| part.trim());
            parts.join("/").trim_matches('/').to_owned()
        } else {
            self.born.clone()
        }
    }
}

/// What can be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Typed {
    pub(crate) insurer: InsurerNumber,
    pub(crate) symbol: Option<CardSymbol>,
    pub(crate) number: CardNumber,
    pub(crate) branch: Option<BranchNumber>,
    pub(crate) born: Date,
    pub(crate) limit: LimitConsentFlag,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// 保険者番号
    Insurer(WrongInsurerNumber),
    /// 記号 is too long.
    Symbol,
    /// 番号 is missing or too long.
    Number,
    /// 枝番 is no number of two digits.
    Branch,
    /// 生年月日 is no date of birth of anybody who is alive.
    Born(WrongBirthDate),
}

impl Wrong {
    /// The name of the field.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Insurer(_) => "insurer",
            Self::Symbol => "symbol",
            Self::Number => "number",
            Self::Branch => "branch",
            Self::Born(_) => "born",
        }
    }
}

impl Typed {
    /// What was typed, if all of it can be asked for; else everything that is wrong.
    pub(crate) fn read(written: &Written, today: Date) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut noted = |problem| wrong.push(problem);
        // What is no number at all is left to its reader, which says so.
        let insurer = digits_among_marks(&written.insurer)
            .unwrap_or_default()
            .parse()
            .map_err(|why| noted(Wrong::Insurer(why)))
            .ok();
        let symbol = optional(&without_marks(&written.symbol), CardSymbol::new).map_err(|()| noted(Wrong::Symbol)).ok();
        let number = CardNumber::new(&visible(&written.number));
        if number.is_none() {
            noted(Wrong::Number);
        }
        let branch = optional(&written.branch, branch).map_err(|()| noted(Wrong::Branch)).ok();
        let born = born(written, today).map_err(|why| noted(Wrong::Born(why))).ok();
        let limit = if written.limit.is_some() { LimitConsentFlag::Given } else { LimitConsentFlag::NotGiven };
        match (insurer, symbol, number, branch, born) {
            (Some(insurer), Some(symbol), Some(number), Some(branch), Some(born)) => {
                Ok(Self { insurer, symbol, number, branch, born, limit })
            }
            _ => Err(wrong),
        }
    }
}

/// Without what nobody sees on the screen.
fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// The same in half-width digits: whoever types does not see whether a digit is of full width.
fn visible(text: &str) -> String {
    half_width_digits(&without_marks(text))
}

/// An empty field is one that the document does not have.
fn optional<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
    if without_marks(text).trim().is_empty() { Ok(None) } else { read(text).map(Some).ok_or(()) }
}

fn branch(text: &str) -> Option<BranchNumber> {
    let digits = digits_among_marks(text).filter(|digits| matches!(digits.len(), 1 | 2))?;
    digits.parse().ok().and_then(BranchNumber::new)
}

fn born(written: &Written, today: Date) -> Result<Date, WrongBirthDate> {
    if written.born.trim().is_empty() {
        parse_date_parts(&written.born_year, &written.born_month, &written.born_day, today)
    } else {
        parse_birth_date(&written.born, today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> Written {
        Written {
            insurer: "33120015".to_owned(),
            symbol: "見本１２".to_owned(),
            number: "1234567".to_owned(),
            branch: "1".to_owned(),
            born: "昭和59年5月2日".to_owned(),
            limit: None,
            ..Written::default()
        }
    }

    fn read(change: impl Fn(&mut Written)) -> Result<Typed, Vec<Wrong>> {
        let mut written = right();
        change(&mut written);
        Typed::read(&written, base::parse_date("2026-11-24").unwrap())
    }

    fn check(change: impl Fn(&mut Written), expected: Wrong) {
        assert_eq!(read(change), Err(vec![expected]));
    }

    #[test]
    fn digits_of_any_width_are_the_same_digits() {
        let plain = read(|_| {}).unwrap();
        let full = read(|written| {
            written.insurer = " ３３１２－００１５".to_owned();
            written.number = "１２３４５６７".to_owned();
            written.branch = "０１".to_owned();
            written.born = "１９８４／０５／２".to_owned();
        });
        let marked = read(|written| {
            written.insurer = "3312\u{200b}–0015".to_owned();
            written.number = "1234567\u{feff}".to_owned();
            written.branch = " 1 ".to_owned();
            written.born = "S59.5.2".to_owned();
        });
        let in_three = read(|written| {
            written.born = String::new();
            written.born_year = "昭和59".to_owned();
            written.born_month = "5".to_owned();
            written.born_day = "2".to_owned();
        });
        assert_eq!((marked.as_ref(), in_three.as_ref()), (Ok(&plain), Ok(&plain)));
        assert_eq!(full, Ok(plain));
    }

    #[test]
    fn what_a_document_does_not_have_stays_empty() {
        let typed = read(|written| {
            written.insurer = "138057".to_owned();
            written.symbol = "　".to_owned();
            written.branch = String::new();
            written.limit = Some("1".to_owned());
        });
        let typed = typed.unwrap();
        assert_eq!(typed.insurer.kind(), base::InsurerKind::National);
        assert_eq!((typed.symbol, typed.branch, typed.limit), (None, None, LimitConsentFlag::Given));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        use WrongBirthDate as B;
        use WrongInsurerNumber as W;
        check(|written| written.insurer = "33120014".to_owned(), Wrong::Insurer(W::CheckDigit));
        check(|written| written.insurer = "138058".to_owned(), Wrong::Insurer(W::CheckDigit));
        check(|written| written.insurer = "99120015".to_owned(), Wrong::Insurer(W::Kind));
        check(|written| written.insurer = "33990015".to_owned(), Wrong::Insurer(W::Prefecture));
        check(|written| written.insurer = "3312001".to_owned(), Wrong::Insurer(W::Form));
        check(|written| written.insurer = String::new(), Wrong::Insurer(W::Form));
        check(|written| written.symbol = "記".repeat(21), Wrong::Symbol);
        check(|written| written.number = " ".to_owned(), Wrong::Number);
        check(|written| written.number = "1".repeat(21), Wrong::Number);
        check(|written| written.branch = "100".to_owned(), Wrong::Branch);
        check(|written| written.branch = "+1".to_owned(), Wrong::Branch);
        check(|written| written.born = "1984-05-3131".to_owned(), Wrong::Born(B::NoSuchDay));
        check(|written| written.born = "昭和59年2月30日".to_owned(), Wrong::Born(B::NoSuchDay));
        check(|written| written.born = "59.5.2".to_owned(), Wrong::Born(B::NoEra));
        check(|written| written.born = "1899-05-02".to_owned(), Wrong::Born(B::TooLongAgo));
        check(|written| written.born = "2027-05-02".to_owned(), Wrong::Born(B::Future));
        check(|written| written.born = String::new(), Wrong::Born(B::Empty));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong = Typed::read(&Written::default(), base::parse_date("2026-11-24").unwrap()).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|wrong| wrong.field()).collect();
        assert_eq!(fields, ["insurer", "number", "born"]);
    }
}
