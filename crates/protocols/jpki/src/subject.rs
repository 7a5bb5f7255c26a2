use base::{Date, Timestamp, era_date};
use der::Decode;
use x509_cert::{Certificate, ext::pkix::CrlDistributionPoints, name::Name};

use crate::{crl::directory_names, name::common_name};

/// 市区町村: the municipality that issued a card, as named in certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    code: String,
    prefecture: String,
    name: String,
}

/// The subject of a 利用者証明用電子証明書: a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pseudonym: String,
    municipality: Municipality,
    counter: u16,
}

/// The subject of a 署名用電子証明書, with the four attributes that it contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// When the application was made: the beginning of the common name.
    pub applied_at: Timestamp,
    /// The municipality of the application.
    pub municipality: Municipality,
    /// Five digits after the second, assigned by the authority.
    pub number: u32,
    /// Distinguishes applications of one second, 0 to 999.
    pub counter: u16,
    /// 氏名, with characters outside JIS X 0208 and 0212 already replaced.
    pub name: String,
    /// Which characters of the name were replaced.
    pub name_substitutes: Vec<bool>,
    /// 性別
    pub gender: Gender,
    /// 生年月日
    pub birth: Date,
    /// 住所
    pub address: String,
    /// Which characters of the address were replaced.
    pub address_substitutes: Vec<bool>,
}

/// 性別, as encoded in the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    /// 男, 1
    Male,
    /// 女, 2
    Female,
    /// 不明, 3
    Unknown,
}

/// Why a subject is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongSubject {
    /// The pseudonym is not fourteen capital letters and digits.
    #[error("a pseudonym is fourteen letters A to Z and digits")]
    Pseudonym,
    /// The municipality's code is not five digits.
    #[error("a municipality has a code of five digits")]
    Municipality,
    /// A name of the municipality or its prefecture is not Latin letters and hyphens.
    #[error("a municipality's names are Latin letters and hyphens")]
    Latin,
    /// The counter has more than three digits.
    #[error("a counter has three digits")]
    Counter,
}

impl Municipality {
    /// From its five digits (全国地方公共団体コード without check digit) and its names in Latin letters, such as `13221`,
    /// `Tokyo-to`, `Kiyose-shi`.
    pub fn new(code: &str, prefecture: &str, name: &str) -> Result<Self, WrongSubject> {
        let latin = |text: &str| {
            (1..=60).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
        };
        if code.len() != 5 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WrongSubject::Municipality);
        }
        if !latin(prefecture) || !latin(name) {
            return Err(WrongSubject::Latin);
        }
        Ok(Self { code: code.into(), prefecture: prefecture.into(), name: name.into() })
    }

    /// Its code of five digits.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its prefecture.
    pub fn prefecture(&self) -> &str {
        &self.prefecture
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Subject {
    /// From a random pseudonym of fourteen letters and digits, and a counter of three digits.
    pub fn new(pseudonym: &str, municipality: Municipality, counter: u16) -> Result<Self, WrongSubject> {
        let letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if pseudonym.len() != 14 || !pseudonym.bytes().all(letter) {
            return Err(WrongSubject::Pseudonym);
        }
        if counter > 999 {
            return Err(WrongSubject::Counter);
        }
        Ok(Self { pseudonym: pseudonym.into(), municipality, counter })
    }

    /// The subject of a 利用者証明用電子証明書 (DER). Nothing is verified: for an authority's own certificates.
    pub fn from_certificate(certificate: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(certificate).ok()?;
        let body = certificate.tbs_certificate();
        let common = common_name(body.subject())?;
        let (pseudonym, rest) = common.split_at_checked(14)?;
        let (code, rest) = rest.split_at_checked(5)?;
        let counter = rest.strip_suffix('A').filter(|digits| digits.len() == 3)?.parse().ok()?;
        let (_, points) = body.get_extension::<CrlDistributionPoints>().ok()??;
        let distribution_point =
            directory_names(points.0.into_iter().next()?.distribution_point?).into_iter().next()?;
        let name = common_name(&distribution_point)?;
        let municipality =
            Municipality::new(code, &last_unit(&distribution_point)?, name.strip_suffix(" CRLDP")?).ok()?;
        Self::new(pseudonym, municipality, counter).ok()
    }

    /// The municipality that issued the card.
    pub fn municipality(&self) -> &Municipality {
        &self.municipality
    }

    /// The common name, as `997794E9AGCIEG13221003A`.
    pub fn common_name(&self) -> String {
        format!("{}{}{:03}A", self.pseudonym, self.municipality.code, self.counter)
    }
}

/// The last organizational unit of a distribution point, which is the prefecture.
fn last_unit(distribution_point: &Name) -> Option<String> {
    let units = distribution_point.iter().filter(|part| part.oid == const_oid::db::rfc4519::ORGANIZATIONAL_UNIT_NAME);
    let value = &units.last()?.value;
    Some(value.decode_as::<der::asn1::Utf8StringRef<'_>>().ok()?.as_str().to_owned())
}

impl Signatory {
    /// The common name: the second of the application in Japan's time, the number, the municipality and the counter.
    pub fn common_name(&self) -> String {
        let second = self.applied_at.in_japan().strftime("%Y%m%d%H%M%S").to_string();
        format!("{second}{:05}{}{:03}A", self.number % 100_000, self.municipality.code, self.counter % 1000)
    }

    /// The birth date as encoded in the certificate: the era's digit (0 if unknown), then the Western date.
    pub fn birth_text(&self) -> String {
        let era = era_date(self.birth).map_or(0, |(era, _)| era.digit());
        format!("{era}{:04}{:02}{:02}", self.birth.year(), self.birth.month(), self.birth.day())
    }
}

impl Gender {
    pub(crate) fn digit(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
            Self::Unknown => "3",
        }
    }
}

/// One digit for each character: `1` where it was replaced.
pub(crate) fn substitute_digits(replaced: &[bool]) -> String {
    replaced.iter().map(|replaced| if *replaced { '1' } else { '0' }).collect()
}

/// The last day of a certificate: the `count`th birthday after the day of issue. For a birth on 29 February the birthday in
/// other years is the last day of the month (民法 143条2項).
pub(crate) fn birthday_after(birth: Date, issued: Date, count: i16) -> Date {
    let birthday = |year| Date::new(year, birth.month(), birth.day()).unwrap_or(jiff::civil::date(year, 2, 28));
    let first = if birthday(issued.year()) > issued { issued.year() } else { issued.year() + 1 };
    birthday(first + count - 1)
}

#[cfg(test)]
mod tests {
    use base::parse_date;

    use super::*;

    fn check(birth: &str, issued: &str, count: i16, expected: &str) {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(birthday_after(day(birth), day(issued), count), day(expected), "{birth} {issued} {count}");
    }

    #[test]
    fn a_certificate_ends_on_the_birthday() {
        check("1980-06-15", "2026-06-14", 5, "2030-06-15");
        check("1980-06-15", "2026-06-15", 5, "2031-06-15");
        check("1980-06-15", "2026-06-16", 5, "2031-06-15");
        check("1980-06-15", "2026-06-16", 10, "2036-06-15");
        check("2000-02-29", "2026-01-01", 5, "2030-02-28");
        check("2000-02-29", "2027-06-01", 5, "2032-02-29");
    }

    #[test]
    fn a_subject_is_a_pseudonym_and_a_place() {
        let kiyose = Municipality::new("13221", "Tokyo-to", "Kiyose-shi").unwrap();
        let subject = |pseudonym, counter| Subject::new(pseudonym, kiyose.clone(), counter);
        assert_eq!(subject("997794E9AGCIEG", 3).unwrap().common_name(), "997794E9AGCIEG13221003A");
        assert_eq!(subject("997794E9AGCIE", 3), Err(WrongSubject::Pseudonym));
        assert_eq!(subject("997794e9agcieg", 3), Err(WrongSubject::Pseudonym));
        assert_eq!(subject("997794E9AGCIEG", 1000), Err(WrongSubject::Counter));
        assert_eq!(Municipality::new("1322", "Tokyo-to", "Kiyose-shi"), Err(WrongSubject::Municipality));
        assert_eq!(Municipality::new("13221", "東京都", "Kiyose-shi"), Err(WrongSubject::Latin));
    }
}
