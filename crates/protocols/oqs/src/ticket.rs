use base::{Date, InstitutionCode};

use crate::{
    CheckedNumber, Consistency, DesignatedInstitution, InfectionLaw, LateElderlyCare, MedicalTreatmentType, Month,
    PrefecturalExpenses, SingleOrCombined, SocialInsurance, TicketType,
    layout::{numbered, optional, record},
};

record! {
    /// 医療券, 調剤券: the coverage by 医療扶助, with its place and time.
    pub struct MedicalTicket {
        /// 医療券・調剤券別
        kind: Option<TicketType> = optional "TicketType",
        /// 有効開始年月日
        valid_from: Option<Date> = optional "MedicalTicketValidDate",
        /// 有効終了年月日
        valid_to: Option<Date> = optional "MedicalTicketExpirationDate",
        /// 交付番号
        issue_number: Option<String> = optional "IssueNumber",
        /// 診療年月
        month: Option<Month> = optional "MedicalTreatmentMonth",
        /// 指定医療機関コード
        institution: Option<CheckedNumber<InstitutionCode>> = optional "DesignatedMedicalInstitutionCode",
        /// 指定医療機関確認フラグ
        institution_matches: Option<DesignatedInstitution> = optional "DesignatedMedicalInstitutionFlag",
        /// 指定医療機関名
        institution_name: Option<String> = optional "DesignatedMedicalInstitutionName",
        /// 処方箋発行元医療機関コード
        prescriber: Option<CheckedNumber<InstitutionCode>> = optional "PrescriptionIssuerMedicalInstitutionCode",
        /// 処方箋発行元医療機関名
        prescriber_name: Option<String> = optional "PrescriptionIssuerMedicalInstitutionName",
        /// 傷病名, up to three
        injuries: Vec<String> = numbered "InjuryName",
        /// 診療別
        treatment: Option<MedicalTreatmentType> = optional "MedicalTreatmentType",
        /// 本人支払額, yen
        self_pay: Option<u32> = optional "SelfPayAmount",
        /// 地区担当員名
        district_contact: Option<String> = optional "DistrictContactName",
        /// 取扱担当者名
        handling_contact: Option<String> = optional "HandlingContactName",
        /// 単独・併用別
        single_or_combined: Option<SingleOrCombined> = optional "SingleOrCombinedUse",
        /// 社会保険状況
        social_insurance: Option<SocialInsurance> = optional "StatusOfSocialInsurance",
        /// 整合性フラグ
        consistency: Option<Consistency> = optional "ConsistencyFlag",
        /// 感染症法第37条の2の該当状況. The interface itself spells it `Infecton`.
        infection_law: Option<InfectionLaw> = optional "StatusOfInfecton",
        /// 後期高齢者医療の該当状況
        late_elderly_care: Option<LateElderlyCare> = optional "StatusOfElderlyMedicalCare",
        /// 都道府県費の該当状況
        prefectural_expenses: Option<PrefecturalExpenses> = optional "StatusOfPrefecturalExpenses",
        /// 備考, up to three
        remarks: Vec<String> = numbered "Remarks",
    }
}
