//! 記号・番号 as the desk types them from an insurance document, parsed with an error for each wrong field.

use base::{Date, InsurerNumber, WrongInsurerNumber};
use oqs::{BranchNumber, CardNumber, CardSymbol, LimitConsentFlag};
use serde::Deserialize;
use text::{WrongBirthDate, grouped_digits, half_width_digits, is_invisible, parse_birth_date, parse_date_parts};

/// The form as it was typed. It is shown again with its errors, and never stored.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DocumentForm {
    pub(crate) insurer: String,
    pub(crate) symbol: String,
    pub(crate) number: String,
    pub(crate) branch: String,
    /// 生年月日 as one text.
    #[serde(rename = "born")]
    pub(crate) birth_date: String,
    /// 生年月日 in three fields, if it is not one text.
    #[serde(rename = "born_year")]
    pub(crate) birth_year: String,
    #[serde(rename = "born_month")]
    pub(crate) birth_month: String,
    #[serde(rename = "born_day")]
    pub(crate) birth_day: String,
    /// The patient consents at the desk to a request for 限度額情報.
    #[serde(rename = "limit")]
    pub(crate) limit_consent: Option<String>,
}

impl DocumentForm {
    /// The date of birth as it was typed, as one text.
    pub(crate) fn birth_date_text(&self) -> String {
        if self.birth_date.trim().is_empty() {
            let parts = [&self.birth_year, &self.birth_month, &self.birth_day].map(|part| part.trim());
            parts.join("/").trim_matches('/').to_owned()
        } else {
            self.birth_date.clone()
        }
    }
}

/// The valid items of the form.
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
    /// The name of the form field.
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
    /// Parses the form, or returns all its errors at once.
    pub(crate) fn parse(form: &DocumentForm, today: Date) -> Result<Self, Vec<DocumentFieldError>> {
        let mut errors = Vec::new();
        let mut report = |error| errors.push(error);
        // A text without digits is left to the parser of the number, which rejects it.
        let insurer = grouped_digits(&form.insurer)
            .unwrap_or_default()
            .parse()
            .map_err(|error| report(DocumentFieldError::Insurer(error)))
            .ok();
        let symbol = parse_optional(&remove_invisible_characters(&form.symbol), CardSymbol::new)
            .map_err(|()| report(DocumentFieldError::Symbol))
            .ok();
        let number = CardNumber::new(&to_half_width_digits(&form.number));
        if number.is_none() {
            report(DocumentFieldError::Number);
        }
        let branch = parse_optional(&form.branch, parse_branch).map_err(|()| report(DocumentFieldError::Branch)).ok();
        let birth_date =
            parse_form_birth_date(form, today).map_err(|error| report(DocumentFieldError::BirthDate(error))).ok();
        let limit_consent =
            if form.limit_consent.is_some() { LimitConsentFlag::Given } else { LimitConsentFlag::NotGiven };
        match (insurer, symbol, number, branch, birth_date) {
            (Some(insurer), Some(symbol), Some(number), Some(branch), Some(birth_date)) => {
                Ok(Self { insurer, symbol, number, branch, birth_date, limit_consent })
            }
            _ => Err(errors),
        }
    }
}

fn remove_invisible_characters(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

/// Converts to half-width digits: on the screen a digit of full width is hardly told from one of half width.
fn to_half_width_digits(text: &str) -> String {
    half_width_digits(&remove_invisible_characters(text))
}

/// `None` for an empty field: the document does not have the item.
fn parse_optional<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
    if remove_invisible_characters(text).trim().is_empty() { Ok(None) } else { parse(text).map(Some).ok_or(()) }
}

fn parse_branch(text: &str) -> Option<BranchNumber> {
    let digits = grouped_digits(text).filter(|digits| matches!(digits.len(), 1 | 2))?;
    digits.parse().ok().and_then(BranchNumber::new)
}

fn parse_form_birth_date(form: &DocumentForm, today: Date) -> Result<Date, WrongBirthDate> {
    if form.birth_date.trim().is_empty() {
        parse_date_parts(&form.birth_year, &form.birth_month, &form.birth_day, today)
    } else {
        parse_birth_date(&form.birth_date, today)
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
        let mut form = valid_form();
        change(&mut form);
        DocumentQuery::parse(&form, base::parse_date("2026-11-24").unwrap())
    }

    fn check(change: impl Fn(&mut DocumentForm), expected: DocumentFieldError) {
        assert_eq!(parse_changed_form(change), Err(vec![expected]));
    }

    #[test]
    fn digits_of_any_width_are_the_same_digits() {
        let plain = parse_changed_form(|_| {}).unwrap();
        let full = parse_changed_form(|form| {
            form.insurer = " ３３１２－００１５".to_owned();
            form.number = "１２３４５６７".to_owned();
            form.branch = "０１".to_owned();
            form.birth_date = "１９８４／０５／２".to_owned();
        });
        let marked = parse_changed_form(|form| {
            form.insurer = "3312\u{200b}–0015".to_owned();
            form.number = "1234567\u{feff}".to_owned();
            form.branch = " 1 ".to_owned();
            form.birth_date = "S59.5.2".to_owned();
        });
        let in_three = parse_changed_form(|form| {
            form.birth_date = String::new();
            form.birth_year = "昭和59".to_owned();
            form.birth_month = "5".to_owned();
            form.birth_day = "2".to_owned();
        });
        assert_eq!((marked.as_ref(), in_three.as_ref()), (Ok(&plain), Ok(&plain)));
        assert_eq!(full, Ok(plain));
    }

    #[test]
    fn what_a_document_does_not_have_stays_empty() {
        let query = parse_changed_form(|form| {
            form.insurer = "138057".to_owned();
            form.symbol = "　".to_owned();
            form.branch = String::new();
            form.limit_consent = Some("1".to_owned());
        });
        let query = query.unwrap();
        assert_eq!(query.insurer.kind(), base::InsurerKind::National);
        assert_eq!((query.symbol, query.branch, query.limit_consent), (None, None, LimitConsentFlag::Given));
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        use WrongBirthDate as B;
        use WrongInsurerNumber as W;
        check(|form| form.insurer = "33120014".to_owned(), DocumentFieldError::Insurer(W::CheckDigit));
        check(|form| form.insurer = "138058".to_owned(), DocumentFieldError::Insurer(W::CheckDigit));
        check(|form| form.insurer = "99120015".to_owned(), DocumentFieldError::Insurer(W::Kind));
        check(|form| form.insurer = "33990015".to_owned(), DocumentFieldError::Insurer(W::Prefecture));
        check(|form| form.insurer = "3312001".to_owned(), DocumentFieldError::Insurer(W::Form));
        check(|form| form.insurer = String::new(), DocumentFieldError::Insurer(W::Form));
        check(|form| form.symbol = "記".repeat(21), DocumentFieldError::Symbol);
        check(|form| form.number = " ".to_owned(), DocumentFieldError::Number);
        check(|form| form.number = "1".repeat(21), DocumentFieldError::Number);
        check(|form| form.branch = "100".to_owned(), DocumentFieldError::Branch);
        check(|form| form.branch = "+1".to_owned(), DocumentFieldError::Branch);
        check(|form| form.birth_date = "1984-05-3131".to_owned(), DocumentFieldError::BirthDate(B::NoSuchDay));
        check(|form| form.birth_date = "昭和59年2月30日".to_owned(), DocumentFieldError::BirthDate(B::NoSuchDay));
        check(|form| form.birth_date = "59.5.2".to_owned(), DocumentFieldError::BirthDate(B::NoEra));
        check(|form| form.birth_date = "1899-05-02".to_owned(), DocumentFieldError::BirthDate(B::TooLongAgo));
        check(|form| form.birth_date = "2027-05-02".to_owned(), DocumentFieldError::BirthDate(B::Future));
        check(|form| form.birth_date = String::new(), DocumentFieldError::BirthDate(B::Empty));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let errors =
            DocumentQuery::parse(&DocumentForm::default(), base::parse_date("2026-11-24").unwrap()).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field_name()).collect();
        assert_eq!(fields, ["insurer", "number", "born"]);
    }
}
