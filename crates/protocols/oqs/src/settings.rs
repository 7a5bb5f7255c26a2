//! An institution's settings at its terminal: 医療機関アクセスURL取得, 医療機関環境設定情報.
//!
//! The code lists are the interface's. The elements are assumed: the interface has the messages, but no source has them.

use crate::{
    AccessUrlChange, AccessUrlKind, Attachment, CodeImage, PrescriptionTiming, PrescriptionUse, ProcessingResult, Use,
    layout::{flat, inner, inner_optional, optional, record, required},
};

record! {
    /// 医療機関アクセスURL取得要求
    pub struct AccessUrlRequest {
        /// The request
        requested: RequestedAccessUrl = inner "AccessUrlInfo",
    }
}

record! {
    /// The requested address and its form.
    pub struct RequestedAccessUrl {
        /// URL取得区分
        kind: AccessUrlKind = required "UrlAcquisitionClassification",
        /// 二次元コード形式
        image: CodeImage = required "TwoDimensionalCodeFormat",
        /// URL変更区分: a new address invalidates the previous one
        change: AccessUrlChange = required "UrlChangeClassification",
    }
}

record! {
    /// 医療機関アクセスURL取得結果
    pub struct AccessUrlResponse {
        /// 処理結果
        processing: ProcessingResult = flat "",
        /// The address, on success
        address: Option<AccessUrl> = inner_optional "AccessUrlInfo",
    }
}

record! {
    /// An institution's address at マイナ在宅受付Web.
    pub struct AccessUrl {
        /// URL取得区分
        kind: AccessUrlKind = required "UrlAcquisitionClassification",
        /// The address
        url: String = required "AccessUrl",
        /// 二次元コード形式
        image: Option<CodeImage> = optional "TwoDimensionalCodeFormat",
        /// 二次元コード: the file. This system leaves it out; the terminal draws it.
        code: Option<Attachment> = optional "TwoDimensionalCode",
    }
}

record! {
    /// 医療機関環境設定情報照会要求: only the header.
    pub struct EnvironmentRequest {}
}

record! {
    /// 医療機関環境設定情報更新要求
    pub struct EnvironmentUpdateRequest {
        /// The new settings; missing ones are unchanged.
        settings: EnvironmentSettings = inner "EnvironmentSettingInfo",
    }
}

record! {
    /// 医療機関環境設定情報照会結果, 医療機関環境設定情報更新結果
    pub struct EnvironmentResponse {
        /// 処理結果
        processing: ProcessingResult = flat "",
        /// The current settings
        settings: Option<EnvironmentSettings> = inner_optional "EnvironmentSettingInfo",
    }
}

record! {
    /// 医療機関環境設定情報
    pub struct EnvironmentSettings {
        /// 閲覧同意の利用有無
        viewing_consent: Option<Use> = optional "ViewingConsentUse",
        /// 医療扶助
        medical_assistance: Option<Use> = optional "MedicalAssistanceUse",
        /// 訪問診療等機能
        home_visit: Option<Use> = optional "HomeVisitUse",
        /// オンライン診療等・外来診療等（通常とは異なる動線）
        online: Option<Use> = optional "OnlineUse",
        /// 電子処方箋利用区分
        prescription: Option<PrescriptionUse> = optional "PrescriptionUseClassification",
        /// 処方箋発行形態選択タイミング
        prescription_timing: Option<PrescriptionTiming> = optional "PrescriptionSelectTiming",
    }
}
