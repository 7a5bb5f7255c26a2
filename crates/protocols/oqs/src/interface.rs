use std::fmt;

use crate::xml::Limit;

/// An exchange: one kind of request with its response, each in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exchange {
    /// 資格確認, and the results of card reception in the folder `face`
    Qualification,
    /// 照会番号登録
    InquiryNumber,
    /// 同意済資格情報一括取得 (訪問診療等), the search
    HomeVisitBulkSearch,
    /// 同意済資格情報一括取得 (訪問診療等), fetching the result
    HomeVisitBulkFetch,
    /// 同意済資格情報一括取得 (オンライン診療等), the search
    OnlineBulkSearch,
    /// 同意済資格情報一括取得 (オンライン診療等), fetching the result
    OnlineBulkFetch,
    /// 資格確認 (訪問診療等), 再照会
    HomeVisitQualification,
    /// 資格確認 (オンライン診療等)
    OnlineQualification,
    /// 閲覧同意取り消し (訪問診療等)
    HomeVisitWithdrawal,
    /// 医療機関アクセスURL取得
    AccessUrl,
    /// 医療機関環境設定情報照会
    Environment,
    /// 医療機関環境設定情報更新
    EnvironmentUpdate,
    /// 薬剤情報
    Medicines,
    /// 特定健診情報
    CheckUps,
    /// 診療情報. The prefix is assumed, after OQSCD036 and that of 薬剤情報.
    Diagnoses,
    /// 手術情報. The prefix is assumed, after OQSCD036 and that of 薬剤情報.
    Operations,
}

/// The two files of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// 要求
    Request,
    /// 結果
    Response,
}

/// 外部インターフェイス: one kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interface {
    pub exchange: Exchange,
    /// Request or response.
    pub direction: Direction,
}

impl Exchange {
    /// Every exchange.
    pub const ALL: [Self; 16] = [
        Self::Qualification,
        Self::InquiryNumber,
        Self::HomeVisitBulkSearch,
        Self::HomeVisitBulkFetch,
        Self::OnlineBulkSearch,
        Self::OnlineBulkFetch,
        Self::HomeVisitQualification,
        Self::OnlineQualification,
        Self::HomeVisitWithdrawal,
        Self::AccessUrl,
        Self::Environment,
        Self::EnvironmentUpdate,
        Self::Medicines,
        Self::CheckUps,
        Self::Diagnoses,
        Self::Operations,
    ];

    /// The beginning of the names of both files, before `req` or `res`.
    ///
    /// Where the sources contain only the stem (`OQSsihvq` to `OQSsiupd`), `01` is inferred from the other single exchanges;
    /// [`crate::FileName`] accepts the name without it too.
    pub fn prefix(self) -> &'static str {
        self.prefix_and_number().0
    }

    /// The prefix without its inferred `01`.
    pub(crate) fn stem(self) -> Option<&'static str> {
        match self {
            Self::HomeVisitQualification
            | Self::OnlineQualification
            | Self::HomeVisitWithdrawal
            | Self::AccessUrl
            | Self::Environment
            | Self::EnvironmentUpdate => self.prefix().strip_suffix("01"),
            _ => None,
        }
    }

    fn prefix_and_number(self) -> (&'static str, Option<u8>) {
        match self {
            Self::Qualification => ("OQSsiquc01", Some(1)),
            Self::InquiryNumber => ("OQSsiimm01", Some(3)),
            Self::HomeVisitBulkSearch => ("OQSmuhvq01", Some(17)),
            Self::HomeVisitBulkFetch => ("OQSmuhvq02", Some(19)),
            Self::OnlineBulkSearch => ("OQSmuonq01", Some(21)),
            Self::OnlineBulkFetch => ("OQSmuonq02", Some(23)),
            Self::HomeVisitQualification => ("OQSsihvq01", Some(25)),
            Self::OnlineQualification => ("OQSsionq01", Some(27)),
            Self::HomeVisitWithdrawal => ("OQSsihvd01", Some(37)),
            Self::AccessUrl => ("OQSsiurl01", Some(39)),
            Self::Environment => ("OQSsiinq01", Some(41)),
            Self::EnvironmentUpdate => ("OQSsiupd01", Some(43)),
            Self::Medicines => ("YZKsiquc01", None),
            Self::CheckUps => ("TKKsiquc01", None),
            Self::Diagnoses => ("SRJsiquc01", None),
            Self::Operations => ("SHJsiquc01", None),
        }
    }

    /// Its request.
    pub fn request(self) -> Interface {
        Interface { exchange: self, direction: Direction::Request }
    }

    /// Its response.
    pub fn response(self) -> Interface {
        Interface { exchange: self, direction: Direction::Response }
    }
}

impl Direction {
    /// `req` or `res`, as in the names of files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "req",
            Self::Response => "res",
        }
    }
}

impl Interface {
    /// The beginning of the names of its files, such as `OQSsionq01req`.
    pub fn prefix(self) -> String {
        format!("{}{}", self.exchange.prefix(), self.direction.as_str())
    }

    /// `OQS-IF-027`, for those numbered in the specification.
    pub fn number(self) -> Option<String> {
        let request = self.exchange.prefix_and_number().1?;
        let number = match self.direction {
            Direction::Request => request,
            Direction::Response => request + 1,
        };
        Some(format!("OQS-IF-{number:03}"))
    }

    /// A request has some hundred bytes; a response one person's data; a bulk response those of some thousand persons.
    pub(crate) fn limit(self) -> Limit {
        let bulk = matches!(self.exchange, Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch);
        match self.direction {
            Direction::Request => Limit { bytes: 256 << 10, elements: 1_000 },
            Direction::Response if bulk => Limit { bytes: 64 << 20, elements: 1_000_000 },
            Direction::Response => Limit { bytes: 16 << 20, elements: 200_000 },
        }
    }

    /// The maximum size of a file of this kind in bytes.
    pub fn max_bytes(self) -> usize {
        self.limit().bytes
    }
}

/// The number if there is one, else the prefix.
impl fmt::Display for Interface {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.number().unwrap_or_else(|| self.prefix()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_have_their_numbers_and_prefixes() {
        let check = |interface: Interface, prefix: &str, number: Option<&str>| {
            assert_eq!(interface.prefix(), prefix);
            assert_eq!(interface.number().as_deref(), number, "{prefix}");
        };
        check(Exchange::Qualification.request(), "OQSsiquc01req", Some("OQS-IF-001"));
        check(Exchange::Qualification.response(), "OQSsiquc01res", Some("OQS-IF-002"));
        check(Exchange::InquiryNumber.request(), "OQSsiimm01req", Some("OQS-IF-003"));
        check(Exchange::HomeVisitBulkSearch.request(), "OQSmuhvq01req", Some("OQS-IF-017"));
        check(Exchange::HomeVisitBulkFetch.response(), "OQSmuhvq02res", Some("OQS-IF-020"));
        check(Exchange::OnlineBulkSearch.request(), "OQSmuonq01req", Some("OQS-IF-021"));
        check(Exchange::OnlineBulkFetch.response(), "OQSmuonq02res", Some("OQS-IF-024"));
        check(Exchange::OnlineQualification.response(), "OQSsionq01res", Some("OQS-IF-028"));
        check(Exchange::HomeVisitWithdrawal.request(), "OQSsihvd01req", Some("OQS-IF-037"));
        check(Exchange::AccessUrl.request(), "OQSsiurl01req", Some("OQS-IF-039"));
        check(Exchange::EnvironmentUpdate.response(), "OQSsiupd01res", Some("OQS-IF-044"));
        check(Exchange::Medicines.request(), "YZKsiquc01req", None);
        check(Exchange::CheckUps.response(), "TKKsiquc01res", None);
    }

    #[test]
    fn no_two_exchanges_share_a_prefix() {
        let mut prefixes = Exchange::ALL.map(Exchange::prefix);
        prefixes.sort_unstable();
        assert!(prefixes.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
