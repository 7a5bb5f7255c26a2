//! 診療区分: the two kinds of care that a patient can register for, each with its own exchanges.

use oqs::{AccessUrlKind, Exchange, MedicalTreatment};

base::text_enum! {
    /// The care that a patient registered for; by its text in addresses and sealed links.
    pub(crate) enum Care {
        /// オンライン診療等: registered for each visit, valid to the end of its day.
        Online = "online",
        /// 訪問診療等: registered once, valid until withdrawn; each later check is a 再照会.
        HomeVisit = "home-visit",
    }
}

base::text_serde!(Care);

impl Care {
    /// 診療区分
    pub(crate) fn treatment(self) -> MedicalTreatment {
        match self {
            Self::Online => MedicalTreatment::Online,
            Self::HomeVisit => MedicalTreatment::HomeVisit,
        }
    }

    /// URL取得区分
    pub(crate) fn access_url_kind(self) -> AccessUrlKind {
        match self {
            Self::Online => AccessUrlKind::Online,
            Self::HomeVisit => AccessUrlKind::HomeVisit,
        }
    }

    /// 資格確認; for 訪問診療等 the 再照会.
    pub(crate) fn qualification_exchange(self) -> Exchange {
        match self {
            Self::Online => Exchange::OnlineQualification,
            Self::HomeVisit => Exchange::HomeVisitQualification,
        }
    }

    /// 同意済資格情報一括取得: its search and its fetch exchange.
    pub(crate) fn bulk_exchanges(self) -> (Exchange, Exchange) {
        match self {
            Self::Online => (Exchange::OnlineBulkSearch, Exchange::OnlineBulkFetch),
            Self::HomeVisit => (Exchange::HomeVisitBulkSearch, Exchange::HomeVisitBulkFetch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(care: Care, exchanges: [&str; 3], treatment: &str) {
        let (search, fetch) = care.bulk_exchanges();
        let prefixes = [search, fetch, care.qualification_exchange()].map(|exchange| exchange.request().prefix());
        assert_eq!(prefixes, exchanges);
        assert_eq!((care.treatment().code(), care.access_url_kind().code()), (treatment, treatment));
        assert_eq!(care.as_str().parse(), Ok(care));
    }

    #[test]
    fn each_care_is_asked_for_in_its_own_exchanges() {
        check(Care::Online, ["OQSmuonq01req", "OQSmuonq02req", "OQSsionq01req"], "3");
        check(Care::HomeVisit, ["OQSmuhvq01req", "OQSmuhvq02req", "OQSsihvq01req"], "2");
        assert!("emergency".parse::<Care>().is_err());
    }
}
