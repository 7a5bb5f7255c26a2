use std::{fmt, str::FromStr};

use base::{InstitutionCode, Timestamp};

use crate::{Direction, Exchange, Interface, layout::Value};

/// The name of a file in the exchange folders: prefix, `req` or `res`, `_`, a part chosen by the requester, extension.
///
/// It contains nothing that could lead out of a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    interface: Interface,
    /// As received; some programs leave out `01`.
    prefix: String,
    own_part: String,
    extension: Extension,
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extension {
    /// A message
    Xml,
    /// A packed message: results of bulk requests
    Zip,
    /// A printable page: medical information, QR codes
    Pdf,
}

/// Why a name is no name of an exchange file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongFileName {
    /// It begins with no known prefix.
    #[error("no interface has files that begin so")]
    Prefix,
    /// Its middle is empty, too long, or has other characters than letters, digits, hyphens and underscores.
    #[error("after the prefix come an underscore and 1 to 120 letters, digits, hyphens or underscores")]
    OwnPart,
    /// Its extension is unknown.
    #[error("the file ends in none of .xml, .zip and .pdf")]
    Extension,
}

impl Extension {
    const ALL: [Self; 3] = [Self::Xml, Self::Zip, Self::Pdf];

    /// With its dot.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Xml => ".xml",
            Self::Zip => ".zip",
            Self::Pdf => ".pdf",
        }
    }
}

impl FileName {
    /// The name of a new XML file. `own_part` is chosen by the requester: usually the day and a running number, `202611240001`.
    pub fn new(interface: Interface, own_part: &str) -> Result<Self, WrongFileName> {
        let prefix = interface.exchange.prefix().to_owned();
        Ok(Self { interface, prefix, own_part: parse_own_part(own_part)?, extension: Extension::Xml })
    }

    /// The name of a card reception's result in the folder `face`:
    /// `OQSsiquc01res_face_<institution, 10 digits><reception, 20 hexadecimal digits>_YYYYMMDDhhmmss.xml`.
    pub fn card_reception_result(institution: InstitutionCode, reception: [u8; 10], time: Timestamp) -> Self {
        let reception = hex::encode(reception);
        let interface = Exchange::Qualification.response();
        let own_part = format!("face_{institution}{reception}_{}", time.to_text());
        Self { interface, prefix: interface.exchange.prefix().to_owned(), own_part, extension: Extension::Xml }
    }

    /// The interface that it belongs to.
    pub fn interface(&self) -> Interface {
        self.interface
    }

    /// The kind of file.
    pub fn extension(&self) -> Extension {
        self.extension
    }

    /// When the card was read, if the file is a card reception's result.
    pub fn face_time(&self) -> Option<Timestamp> {
        let (device, time) = self.own_part.strip_prefix("face_")?.rsplit_once('_')?;
        let is_card_reception =
            self.interface == Exchange::Qualification.response() && self.extension == Extension::Xml;
        (is_card_reception && !device.is_empty()).then(|| Timestamp::from_text(time)).flatten()
    }

    /// The name of the response: `req` becomes `res`.
    #[must_use]
    pub fn response(&self) -> Self {
        Self { interface: self.interface.exchange.response(), ..self.clone() }
    }

    /// The same name with another extension.
    #[must_use]
    pub fn with_extension(&self, extension: Extension) -> Self {
        Self { extension, ..self.clone() }
    }
}

fn parse_own_part(text: &str) -> Result<String, WrongFileName> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain && (1..=120).contains(&text.len()) { Ok(text.to_owned()) } else { Err(WrongFileName::OwnPart) }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, prefix, own_part, extension } = self;
        write!(formatter, "{prefix}{}_{own_part}{}", interface.direction.as_str(), extension.suffix())
    }
}

impl FromStr for FileName {
    type Err = WrongFileName;

    fn from_str(name: &str) -> Result<Self, WrongFileName> {
        let parts = Exchange::ALL.into_iter().find_map(|exchange| {
            let full = exchange.prefix();
            let prefix = if name.starts_with(full) { full } else { exchange.stem()? };
            let rest = name.strip_prefix(prefix)?;
            [Direction::Request, Direction::Response].into_iter().find_map(|direction| {
                Some((Interface { exchange, direction }, prefix, rest.strip_prefix(direction.as_str())?))
            })
        });
        let (interface, prefix, rest) = parts.ok_or(WrongFileName::Prefix)?;
        let rest = rest.strip_prefix('_').ok_or(WrongFileName::OwnPart)?;
        let (own_part, extension) = Extension::ALL
            .into_iter()
            .find_map(|extension| Some((rest.strip_suffix(extension.suffix())?, extension)))
            .ok_or(WrongFileName::Extension)?;
        Ok(Self { interface, prefix: prefix.to_owned(), own_part: parse_own_part(own_part)?, extension })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Result<Interface, WrongFileName>) {
        let read = name.parse::<FileName>();
        assert_eq!(read.as_ref().map(FileName::interface).map_err(|error| *error), expected, "{name}");
        if let Ok(read) = read {
            assert_eq!(read.to_string(), name);
        }
    }

    #[test]
    fn a_name_tells_its_interface() {
        check("OQSsiquc01req_202611240001.xml", Ok(Exchange::Qualification.request()));
        check("OQSsiquc01res_202611240001.xml", Ok(Exchange::Qualification.response()));
        check("OQSsionq01req_202611240001.xml", Ok(Exchange::OnlineQualification.request()));
        check("OQSsionqreq_202611240001.xml", Ok(Exchange::OnlineQualification.request()));
        check("OQSmuonq01req_202611240001.xml", Ok(Exchange::OnlineBulkSearch.request()));
        check("OQSmuonq02res_202611240001.zip", Ok(Exchange::OnlineBulkFetch.response()));
        check("YZKsiquc01req_042611240900123.xml", Ok(Exchange::Medicines.request()));
        check("TKKsiquc01res_012611240900123.pdf", Ok(Exchange::CheckUps.response()));
    }

    #[test]
    fn other_names_are_refused() {
        check("OQSsizzz01req_1.xml", Err(WrongFileName::Prefix));
        check("oqssiquc01req_1.xml", Err(WrongFileName::Prefix));
        check("OQSsiquc01_1.xml", Err(WrongFileName::Prefix));
        check("OQSmuonqreq_1.xml", Err(WrongFileName::Prefix));
        check("OQSsiquc01req1.xml", Err(WrongFileName::OwnPart));
        check("OQSsiquc01req_.xml", Err(WrongFileName::OwnPart));
        check("OQSsiquc01req_../../etc/passwd.xml", Err(WrongFileName::OwnPart));
        check("OQSsiquc01req_a/b.xml", Err(WrongFileName::OwnPart));
        check("OQSsiquc01req_1.xml.tmp", Err(WrongFileName::Extension));
        check("OQSsiquc01req_1", Err(WrongFileName::Extension));
        check(&format!("OQSsiquc01req_{}.xml", "1".repeat(121)), Err(WrongFileName::OwnPart));
        check("", Err(WrongFileName::Prefix));
    }

    #[test]
    fn the_answer_has_the_name_of_the_question() {
        let check = |request: &str, response: &str| {
            assert_eq!(request.parse::<FileName>().unwrap().response().to_string(), response);
        };
        check("OQSsionq01req_202611240001.xml", "OQSsionq01res_202611240001.xml");
        check("OQSsionqreq_req_1.xml", "OQSsionqres_req_1.xml");
        let zip = "OQSmuonq02req_1.xml".parse::<FileName>().unwrap().response().with_extension(Extension::Zip);
        assert_eq!(zip.to_string(), "OQSmuonq02res_1.zip");
    }

    #[test]
    fn the_result_of_a_card_reception_tells_its_time() {
        let time = "2026-11-24T09:00:00+09:00".parse().unwrap();
        let name =
            FileName::card_reception_result("1319900013".parse().unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 0xA8, 0xFF], time);
        assert_eq!(
            name.to_string(),
            "OQSsiquc01res_face_131990001300010203040506 07a8ff_20261124090000.xml".replace(' ', "")
        );
        assert_eq!(name.to_string().parse(), Ok(name.clone()));
        assert_eq!(name.face_time(), Some(time));
        let check_none = |name: &str| assert_eq!(name.parse::<FileName>().unwrap().face_time(), None, "{name}");
        check_none("OQSsiquc01res_face_20261124090000.xml");
        check_none("OQSsiquc01req_face_1_20261124090000.xml");
        check_none("OQSsiquc01res_1.xml");
    }
}
