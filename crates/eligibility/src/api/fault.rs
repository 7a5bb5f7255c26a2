//! The words and codes with which the interface says no.
//!
//! The official table of codes (別紙6-1 処理結果コード) is not public, so the codes are ours: `U` and three digits.

use crate::rules::reading::{Access, Withdrawer};

/// Why a message has no result, or what is to be known beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The file cannot be read.
    Unreadable,
    /// It names another institution than the certificate.
    OtherInstitution,
    /// This system does not answer it.
    Unsupported,
    /// There is no such reception for this institution.
    NotThere,
    /// Several persons are meant by the same data.
    Several,
    /// The patient did not agree.
    Declined,
    /// The patient withdrew.
    WithdrawnByPatient,
    /// The institution withdrew.
    WithdrawnByInstitution,
    /// The visit day is over.
    Expired,
    /// The certificate on the card had ended.
    GraceOnly,
    /// No search has this number.
    UnknownBulk,
    /// The search has too many days, or ends before it begins.
    Period,
    /// The search finds too much.
    TooMany,
    /// Files to print are not made.
    Print,
}

impl Fault {
    /// The code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "U001",
            Self::OtherInstitution => "U002",
            Self::Unsupported => "U003",
            Self::NotThere => "U101",
            Self::Several => "U102",
            Self::Declined => "U201",
            Self::WithdrawnByPatient => "U202",
            Self::WithdrawnByInstitution => "U203",
            Self::Expired => "U204",
            Self::GraceOnly => "U205",
            Self::UnknownBulk => "U301",
            Self::Period => "U302",
            Self::TooMany => "U303",
            Self::Print => "U401",
        }
    }

    /// What the desk is told.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Unreadable => "要求ファイルを読み取れません。",
            Self::OtherInstitution => "医療機関コードが、端末の電子証明書の医療機関と一致しません。",
            Self::Unsupported => "この要求には対応していません。",
            Self::NotThere => "該当する受付がありません。",
            Self::Several => "複数の方が該当します。枝番を確認してください。",
            Self::Declined => "患者の同意がありません。",
            Self::WithdrawnByPatient => "患者が同意を取り消しました。",
            Self::WithdrawnByInstitution => "医療機関が同意を取り消しました。",
            Self::Expired => "同意の有効期限（診察日当日）が過ぎています。",
            Self::GraceOnly => "利用者証明用電子証明書の有効期限が切れているため、医療情報は提供できません。",
            Self::UnknownBulk => "受付番号に該当する一括取得要求がありません。",
            Self::Period => "期間の指定が正しくないか、長すぎます（100日まで）。",
            Self::TooMany => "該当する受付が多すぎます。期間を短くしてください。",
            Self::Print => "PDFは提供していません。XMLを指定してください。",
        }
    }

    /// Why an access that is no reading has no result.
    pub(crate) fn of(access: Access) -> Option<Self> {
        match access {
            Access::Readable => None,
            Access::Declined => Some(Self::Declined),
            Access::Withdrawn(Withdrawer::Patient) => Some(Self::WithdrawnByPatient),
            Access::Withdrawn(Withdrawer::Institution) => Some(Self::WithdrawnByInstitution),
            Access::Expired => Some(Self::Expired),
            Access::GraceOnly => Some(Self::GraceOnly),
            Access::NotThere => Some(Self::NotThere),
        }
    }

    pub(crate) fn whole(self) -> oqs::Fault {
        oqs::Fault { code: Some(self.code().to_owned()), message: Some(self.message().to_owned()) }
    }

    pub(crate) fn processing(self) -> oqs::Processing {
        oqs::Processing::error(self.code(), self.message())
    }

    pub(crate) fn medical(self) -> oqs::MedicalRefusal {
        let message = Some(self.message().to_owned());
        oqs::MedicalRefusal::new(self.code(), message).expect("a code of ours is neither blank nor 1")
    }
}
