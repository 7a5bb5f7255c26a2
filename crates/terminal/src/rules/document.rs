//! 記号・番号 as a person reads them off an insurance document: read once, or told field by field why not.

use base::{
    Date, InsurerNumber, WrongInsurerNumber,
    text::{WrongBirthDate, grouped_digits, half_width_digits, is_invisible, parse_birth_date, parse_date_parts},
};
use oqs::{BranchNumber, CardNumber, CardSymbol, LimitConsentFlag};
use serde::Deserialize;

/// What the form sends, as it was typed. It is shown again where something in it is wrong, and kept nowhere.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DocumentForm {
    pub(crate) insurer: String,
    pub(crate) symbol: String,
    pub(crate) number: String,
    pub(crate) branch: String,
    /// 生年月日 in one text.
    #[serde(rename = "born")]
    pub(crate) birth_date: String,
    /// 生年月日 where it came in three fields.
    #[serde(rename = "born_year")]
    pub(crate) birth_year: String,
    #[serde(rename = "born_month")]
    pub(crate) birth_month: String,
    #[serde(rename = "born_day")]
    pub(crate) birth_day: String,
    /// The patient agrees before the desk that 限度額情報 is asked for.
    #[serde(rename = "limit")]
    pub(crate) limit_consent: Option<String>,
}

impl DocumentForm {
    /// The date of birth as it was typed, in one text.
    pub(crate) fn birth_date_text(&self) -> String {
        if self.birth_date.trim().is_empty() {
            let parts = [&self.birth_year, &self.birth_month, &self.birth_day].map(|part| part.trim());
            parts.join("/").trim_matches('/').to_owned()
        } else {
            self.birth_date.clone()
        }
    }
}

/// What can be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DocumentQuery {
    pub(crate) insurer: InsurerNumber,
    pub(crate) symbol: Option<CardSymbol>,
    pub(crate) number: CardNumber,
    pub(crate) branch: Option<BranchNumber>,
    pub(crate) birth_date: Date,
    pub(crate) limit_consent: LimitConsentFlag,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentFieldError {
    /// 保険者番号
    Insurer(WrongInsurerNumber),
    /// 記号 is too long.
    Symbol,
    /// 番号 is missing or too long.
    Number,
    /// 枝番 is no number of two digits.
    Branch,
    /// 生年月日 is no date of birth of anybody who is alive.
    BirthDate(WrongBirthDate),
}

impl DocumentFieldError {
    /// The name of the field.
    pub(crate) fn field_name(self) -> &'static str {
        match self {
            Self::Insurer(_) => "insurer",
            Self::Symbol => "symbol",
            Self::Number => "number",
            Self::Branch => "branch",
            Self::BirthDate(_) => "born",
        }
    }
}

impl DocumentQuery {
    /// What was typed, if all of it can be asked for; else everything that is wrong.
    pub(crate) fn parse(written: &DocumentForm, today: Date) -> Result<Self, Vec<DocumentFieldError>> {
        let mut wrong = Vec::new();
        let mut noted = |problem| wrong.push(problem);
        // What is no number at all is left to its reader, which says so.
        let insurer = grouped_digits(&written.insurer)
            .unwrap_or_default()
            .parse()
            .map_err(|why| noted(DocumentFieldError::Insurer(why)))
            .ok();
        let symbol = parse_optional(&remove_invisible_characters(&written.symbol), CardSymbol::new)
            .map_err(|()| noted(DocumentFieldError::Symbol))
            .ok();
        let number = CardNumber::new(&to_half_width_digits(&written.number));
        if number.is_none() {
            noted(DocumentFieldError::Number);
        }
        let branch = parse_optional(&written.branch, parse_branch).map_err(|()| noted(DocumentFieldError::Branch)).ok();
        let born = read_birth_date(written, today).map_err(|why| noted(DocumentFieldError::BirthDate(why))).ok();
        let limit = if written.limit_consent.is_some() { LimitConsentFlag::Given } else { LimitConsentFlag::NotGiven };
        match (insurer, symbol, number, branch, born) {
            (Some(insurer), Some(symbol), Some(number), Some(branch), Some(born)) => {
                Ok(Self { insurer, symbol, number, branch, birth_date: born, limit_consent: limit })
            }
            _ => Err(wrong),
        }
    }
}

/// Without what nobody sees on the screen.
fn remove_invisible_characters(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// The same in half-width digits: whoever types does not see whether a digit is of full width.
fn to_half_width_digits(text: &str) -> String {
    half_width_digits(&remove_invisible_characters(text))
}

/// An empty field is one that the document does not have.
fn parse_optional<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
    if remove_invisible_characters(text).trim().is_empty() { Ok(None) } else { read(text).map(Some).ok_or(()) }
}

fn parse_branch(text: &str) -> Option<BranchNumber> {
    let digits = grouped_digits(text).filter(|digits| matches!(digits.len(), 1 | 2))?;
    digits.parse().ok().and_then(BranchNumber::new)
}

fn read_birth_date(written: &DocumentForm, today: Date) -> Result<Date, WrongBirthDate> {
    if written.birth_date.trim().is_empty() {
        parse_date_parts(&written.birth_year, &written.birth_month, &written.birth_day, today)
    } else {
        parse_birth_date(&written.birth_date, today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid_form() -> DocumentForm {
        DocumentForm {
            insurer: "33120015".to_owned(),
            symbol: "見本１２".to_owned(),
            number: "1234567".to_owned(),
            branch: "1".to_owned(),
            birth_date: "昭和59年5月2日".to_owned(),
            limit_consent: None,
            ..DocumentForm::default()
        }
    }

    fn parse_changed_form(change: impl Fn(&mut DocumentForm)) -> Result<DocumentQuery, Vec<DocumentFieldError>> {
        let mut written = valid_form();
        change(&mut written);
        DocumentQuery::parse(&written, base::parse_date("2026-11-24").unwrap())
    }

    fn check(change: impl Fn(&mut DocumentForm), expected: DocumentFieldError) {
        assert_eq!(parse_changed_form(change), Err(vec![expected]));
    }

    #[test]
    fn digits_of_any_width_are_the_same_digits() {
        let plain = parse_changed_form(|_| {}).unwrap();
        let full = parse_changed_form(|written| {
            written.insurer = " ３３１２－００１５".to_owned();
            written.number = "１２３４５６７".to_owned();
            written.branch = "０１".to_owned();
            written.birth_date = "１９８４／０５／２".to_owned();
        });
        let marked = parse_changed_form(|written| {
            written.insurer = "3312\u{200b}–0015".to_owned();
            written.number = "1234567\u{feff}".to_owned();
            written.branch = " 1 ".to_owned();
            written.birth_date = "S59.5.2".to_owned();
        });
        let in_three = parse_changed_form(|written| {
            written.birth_date = String::new();
            written.birth_year = "昭和59".to_owned();
            written.birth_month = "5".to_owned();
            written.birth_day = "2".to_owned();
        });
        assert_eq!((marked.as_ref(), in_three.as_ref()), (Ok(&plain), Ok(&plain)));
        assert_eq!(full, Ok(plain));
    }

    #[test]
    fn what_a_document_does_not_have_stays_empty() {
        let typed = parse_changed_form(|written| {
            written.insurer = "138057".to_owned();
            written.symbol = "　".to_owned();
            written.branch = String::new();
            written.limit_consent = Some("1".to_owned());
        });
        let typed = typed.unwrap();
        assert_eq!(typed.insurer.kind(), base::InsurerKind::National);
        assert_eq!((typed.symbol, typed.branch, typed.limit_consent), (None, None, LimitConsentFlag::Given));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        use WrongBirthDate as B;
        use WrongInsurerNumber as W;
        check(|written| written.insurer = "33120014".to_owned(), DocumentFieldError::Insurer(W::CheckDigit));
        check(|written| written.insurer = "138058".to_owned(), DocumentFieldError::Insurer(W::CheckDigit));
        check(|written| written.insurer = "99120015".to_owned(), DocumentFieldError::Insurer(W::Kind));
        check(|written| written.insurer = "33990015".to_owned(), DocumentFieldError::Insurer(W::Prefecture));
        check(|written| written.insurer = "3312001".to_owned(), DocumentFieldError::Insurer(W::Form));
        check(|written| written.insurer = String::new(), DocumentFieldError::Insurer(W::Form));
        check(|written| written.symbol = "記".repeat(21), DocumentFieldError::Symbol);
        check(|written| written.number = " ".to_owned(), DocumentFieldError::Number);
        check(|written| written.number = "1".repeat(21), DocumentFieldError::Number);
        check(|written| written.branch = "100".to_owned(), DocumentFieldError::Branch);
        check(|written| written.branch = "+1".to_owned(), DocumentFieldError::Branch);
        check(|written| written.birth_date = "1984-05-3131".to_owned(), DocumentFieldError::BirthDate(B::NoSuchDay));
        check(|written| written.birth_date = "昭和59年2月30日".to_owned(), DocumentFieldError::BirthDate(B::NoSuchDay));
        check(|written| written.birth_date = "59.5.2".to_owned(), DocumentFieldError::BirthDate(B::NoEra));
        check(|written| written.birth_date = "1899-05-02".to_owned(), DocumentFieldError::BirthDate(B::TooLongAgo));
        check(|written| written.birth_date = "2027-05-02".to_owned(), DocumentFieldError::BirthDate(B::Future));
        check(|written| written.birth_date = String::new(), DocumentFieldError::BirthDate(B::Empty));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong =
            DocumentQuery::parse(&DocumentForm::default(), base::parse_date("2026-11-24").unwrap()).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(|wrong| wrong.field_name()).collect();
        assert_eq!(fields, ["insurer", "number", "born"]);
    }
}
