//! 処理結果コード: the codes of this system for the reason why there is no result, or for a note on one.
//!
//! The official table (別紙6-1) is not public, so these codes are assumed: `U` and three digits. They are in `ErrorCode`,
//! `ProcessingResultCode` and `ResultCode`; codes of other systems are kept and displayed unchanged.

use crate::{Fault, MedicalRefusal, ProcessingResult};

macro_rules! result_codes {
    ($($(#[$about:meta])* $variant:ident = $code:literal, $message:literal, $remedy:literal;)+) => {
        /// A code of this system.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ResultCode {
            $($(#[$about])* #[doc = concat!("(`", $code, "`)")] $variant,)+
        }

        impl ResultCode {
            /// Every code, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code in a file.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The message that accompanies it in a file.
            pub fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)+ }
            }

            /// What the requester should do next.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)+ }
            }

            /// Parses the code of a file; `None` if it is not of this system.
            pub fn from_code(code: &str) -> Option<Self> {
                match code.trim() { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

result_codes! {
    /// The file cannot be parsed.
    Unreadable = "U001", "要求ファイルを読み取れません。", "Write the file as the interface has it; the sentence names the element.";
    /// The institution differs from that of the client certificate.
    OtherInstitution = "U002", "医療機関コードが、端末の電子証明書の医療機関と一致しません。",
        "Name the institution that the client certificate was issued to.";
    /// The message is not supported, or not for this kind of care.
    Unsupported = "U003", "この要求には対応していません。", "Ask with the message that the interface has for it.";
    /// The institution code is invalid.
    WrongInstitutionCode = "U004", "医療機関コードが正しくありません。", "Correct the institution code; the sentence tells what is wrong.";

    /// The institution has no such reception.
    ReceptionNotFound = "U101", "該当する受付がありません。", "Ask the patient to register, or look for the right day.";
    /// The data match several persons.
    SeveralPersons = "U102", "複数の方が該当します。枝番を確認してください。", "Ask again with the branch number.";
    /// The insurer number is invalid.
    WrongInsurerNumber = "U103", "保険者番号が正しくありません。",
        "Look at the insurance document again and correct the number; the sentence tells what is wrong.";
    /// No insured person matches the document.
    NoInsurance = "U104", "該当する資格がありません。",
        "Look at the document again; the insurer may not have told the system yet, so ask again later.";

    /// The patient did not consent.
    Declined = "U201", "患者の同意がありません。", "Ask the patient whether he agrees; he registers again.";
    /// The patient withdrew the consent.
    WithdrawnByPatient = "U202", "患者が同意を取り消しました。", "Ask the patient to register again.";
    /// The institution withdrew the consent.
    WithdrawnByInstitution = "U203", "医療機関が同意を取り消しました。", "Ask the patient to register again.";
    /// The day of the consent is over.
    Expired = "U204", "同意の有効期限（診察日当日）が過ぎています。", "Ask the patient to register for the next visit.";
    /// The certificate on the card had expired less than three months before.
    Grace = "U205", "利用者証明用電子証明書の有効期限が切れているため、医療情報は提供できません。",
        "Insurance is confirmed; the patient renews the certificate at the municipal office.";

    /// No search has this number.
    UnknownBulk = "U301", "受付番号に該当する一括取得要求がありません。", "Search again and fetch with the new number.";
    /// The period ends before it begins, is too long, or is not supported for this care.
    InvalidPeriod = "U302", "期間の指定が正しくないか、長すぎます（100日まで）。", "Ask for at most a hundred days; 訪問診療等 have only days of consent.";
    /// The search has too many results.
    TooMany = "U303", "該当する受付が多すぎます。期間を短くしてください。", "Ask for fewer days.";
    /// The search is still in progress.
    InProgress = "U304", "処理中です。しばらくしてから、もう一度取得してください。", "Fetch again with the same number.";

    /// Printable files are not supported.
    PrintNotSupported = "U401", "PDFは提供していません。XMLを指定してください。", "Ask for XML.";

    /// The institution has disabled this function.
    FunctionOff = "U501", "医療機関の環境設定で、この機能を利用しないことになっています。", "Turn the function on (環境設定情報更新).";

    /// The system is closed for maintenance.
    Closed = "U901", "ただいまシステムの保守中です。しばらくしてから、もう一度お試しください。", "Ask again later.";
}

impl ResultCode {
    /// As the fault of a whole response.
    pub fn fault(self) -> Fault {
        Fault { code: Some(self.code().to_owned()), message: Some(self.message().to_owned()) }
    }

    /// As the error of one request.
    pub fn processing_result(self) -> ProcessingResult {
        ProcessingResult::error(self.code(), self.message())
    }

    /// As a note on a successful result.
    pub fn processing_note(self) -> ProcessingResult {
        ProcessingResult {
            code: Some(self.code().to_owned()),
            message: Some(self.message().to_owned()),
            ..ProcessingResult::normal()
        }
    }

    /// As the refusal of medical information.
    pub fn medical_refusal(self) -> MedicalRefusal {
        let refusal = MedicalRefusal::new(self.code(), Some(self.message().to_owned()));
        // The tests cover every code.
        refusal.expect("a code of this system is neither blank nor 1")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_says_what_to_do() {
        for code in ResultCode::ALL {
            assert_eq!(ResultCode::from_code(code.code()), Some(*code));
            assert_eq!(code.medical_refusal().code(), code.code());
            assert!(code.code().len() == 4 && !code.message().is_empty() && code.remedy().ends_with('.'));
        }
        let mut codes: Vec<_> = ResultCode::ALL.iter().map(|code| code.code()).collect();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(codes.is_sorted());
    }

    #[test]
    fn codes_of_others_are_none_of_ours() {
        for code in ["", "1", "U999", "u101", "E-0004"] {
            assert_eq!(ResultCode::from_code(code), None, "{code}");
        }
    }
}
