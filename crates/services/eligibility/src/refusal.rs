//! Every refusal of a patient's registration. The interface for institutions refuses in its own files: see
//! `api::number_faults`.

use base::CatalogueEntry;
use http::StatusCode;
use text::Text;
use web::{ErrorPage, Fault, Link, Refuse};

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The certificate is linked to no insured person.
    #[error("no insured person is known by this certificate")]
    UnknownHolder,
    #[error("the card is not registered as insurance card")]
    NotInsuranceCard,
    #[error("there is no such institution")]
    UnknownInstitution,
    #[error("the institution changed its fixed URL")]
    FixedUrlChanged,
    #[error("the institution's function for this kind of care is off")]
    FunctionOff,
    #[error("the visit day is over")]
    VisitPast,
    #[error("the visit day is too far ahead")]
    VisitTooFar,
    /// Or a newer one replaced it.
    #[error("there is no such reception of this person")]
    UnknownReception,
    #[error("the reception was withdrawn")]
    Withdrawn,
    #[error("the reception has ended")]
    Expired,
    #[error("'{0}' is there already")]
    AlreadyExists(&'static str),
    #[error("the store failed")]
    Store(#[from] database::Error),
}

/// What each code means and what to do.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "eligibility.register.unknown_holder",
        meaning: "The certificate on the card is linked to no insured person.",
        remedy: "Ask the insurer whether the card's link is made; send a picture of the insurance document meanwhile.",
    },
    CatalogueEntry {
        code: "eligibility.register.not_insurance_card",
        meaning: "The holder has not registered the card as insurance card (健康保険証利用登録).",
        remedy: "Register it (マイナポータル or a reader at an institution), or send a picture of the insurance document.",
    },
    CatalogueEntry {
        code: "eligibility.register.unknown_institution",
        meaning: "No institution has this code or fixed URL.",
        remedy: "Check the code; take the fixed URL that the institution shows today.",
    },
    CatalogueEntry {
        code: "eligibility.register.entrance_changed",
        meaning: "The institution has another fixed URL since; this one leads nowhere any more.",
        remedy: "Take the fixed URL or QR code that the institution shows today.",
    },
    CatalogueEntry {
        code: "eligibility.register.function_off",
        meaning: "The institution has not turned on the function for online care.",
        remedy: "The institution turns it on at its terminal; send a picture of the insurance document meanwhile.",
    },
    CatalogueEntry {
        code: "eligibility.register.visit_past",
        meaning: "The visit day is over in Japan.",
        remedy: "Begin again with the day of the appointment.",
    },
    CatalogueEntry {
        code: "eligibility.register.visit_too_far",
        meaning: "The visit day is more than 92 days ahead.",
        remedy: "Register nearer to the day.",
    },
    CatalogueEntry {
        code: "eligibility.reception.unknown",
        meaning: "The person has no such reception, or a newer one took its place.",
        remedy: "Look at the list of receptions again.",
    },
    CatalogueEntry {
        code: "eligibility.reception.withdrawn",
        meaning: "The reception was withdrawn and cannot be changed.",
        remedy: "Register anew.",
    },
    CatalogueEntry {
        code: "eligibility.reception.expired",
        meaning: "The visit day is over, and the reception with it.",
        remedy: "Register for the next visit.",
    },
    CatalogueEntry {
        code: "eligibility.store.taken",
        meaning: "Something of this name is there already.",
        remedy: "Choose another, or leave it as it is.",
    },
    CatalogueEntry {
        code: "eligibility.store.failed",
        meaning: "The room's database failed; the log has the whole chain of causes.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
];

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownHolder => "eligibility.register.unknown_holder",
            Self::NotInsuranceCard => "eligibility.register.not_insurance_card",
            Self::UnknownInstitution => "eligibility.register.unknown_institution",
            Self::FixedUrlChanged => "eligibility.register.entrance_changed",
            Self::FunctionOff => "eligibility.register.function_off",
            Self::VisitPast => "eligibility.register.visit_past",
            Self::VisitTooFar => "eligibility.register.visit_too_far",
            Self::UnknownReception => "eligibility.reception.unknown",
            Self::Withdrawn => "eligibility.reception.withdrawn",
            Self::Expired => "eligibility.reception.expired",
            Self::AlreadyExists(_) => "eligibility.store.taken",
            Self::Store(_) => "eligibility.store.failed",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Store(_) | Self::AlreadyExists(_) => Fault::ThisService,
            Self::UnknownInstitution | Self::FixedUrlChanged | Self::FunctionOff => Fault::OtherParty,
            _ => Fault::Person,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Store(_) | Self::AlreadyExists(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::UnknownInstitution | Self::UnknownReception => StatusCode::NOT_FOUND,
            Self::FixedUrlChanged => StatusCode::GONE,
            Self::Withdrawn | Self::Expired => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = self.explanation();
        ErrorPage { title, explanation, links: vec![Link::new("/", "最初の画面へ", "To the first page")] }
    }
}

impl Refusal {
    fn explanation(&self) -> (Text, Text) {
        match self {
            Self::UnknownHolder => (
                Text::from_static("医療保険の加入情報が見つかりません", "No insurance is known for this card"),
                Text::from_static(
                    "このカードに結びついた医療保険の情報がありません。登録は行われていません。資格確認書などの画像を送って受診できます。",
                    "No insurer's record is linked to this card. Nothing was registered. You can send a picture of your insurance document instead.",
                ),
            ),
            Self::NotInsuranceCard => (
                Text::from_static(
                    "健康保険証としての利用登録がされていません",
                    "The card is not registered as insurance card",
                ),
                Text::from_static(
                    "マイナンバーカードを健康保険証として使うには、先に利用登録が必要です。同意の登録は行われていません。今回は、資格確認書などの画像を送って受診することもできます。",
                    "Before the card can be used as insurance card it has to be registered as such. No consent was registered. For this visit you can also send a picture of your insurance document.",
                ),
            ),
            Self::UnknownInstitution => (
                Text::from_static("医療機関が見つかりません", "There is no such institution"),
                Text::from_static(
                    "アドレスが古いか、間違っています。何も登録されていません。医療機関の新しい案内をご確認ください。",
                    "The address is old or wrong. Nothing was registered. Please look for the institution's new one.",
                ),
            ),
            Self::FixedUrlChanged => (
                Text::from_static("このアドレスは使われなくなりました", "This address is no longer in use"),
                Text::from_static(
                    "医療機関が、同意登録のアドレスを新しくしました。何も登録されていません。医療機関の新しい案内（アドレスや二次元コード）からお進みください。以前に登録した同意は、そのまま有効です。",
                    "The institution has a new address for registering. Nothing was registered. Please use the address or QR code that it shows today. What you registered before is still in force.",
                ),
            ),
            Self::FunctionOff => (
                Text::from_static("この医療機関では利用できません", "This institution does not take receptions"),
                Text::from_static(
                    "この医療機関は、この方法での資格確認を受け付けていません。何も登録されていません。資格確認書などの画像を送って受診できます。",
                    "This institution does not confirm insurance online. Nothing was registered. You can send a picture of your insurance document instead.",
                ),
            ),
            Self::VisitPast => (
                Text::from_static("診察日を過ぎています", "The visit day is over"),
                Text::from_static(
                    "同意は診察日当日まで有効です。何も登録されていません。予約の日付をご確認ください。",
                    "A consent is valid to the end of the visit day. Nothing was registered. Please check the date of your appointment.",
                ),
            ),
            Self::VisitTooFar => (
                Text::from_static("診察日が先すぎます", "The visit day is too far ahead"),
                Text::from_static(
                    "92日先までの診察日について登録できます。何も登録されていません。診察日が近づいてから、もう一度お試しください。",
                    "You can register for visits up to 92 days ahead. Nothing was registered. Please try again nearer to the day.",
                ),
            ),
            Self::UnknownReception => (
                Text::from_static("この受付は見つかりません", "There is no such reception"),
                Text::from_static(
                    "新しい登録に置き換わったか、別の方の受付です。何も変更されていません。",
                    "A newer registration took its place, or it is somebody else's. Nothing was changed.",
                ),
            ),
            Self::Withdrawn => (
                Text::from_static("この同意は取り消されています", "This consent was withdrawn"),
                Text::from_static(
                    "取り消した同意は変更できません。必要なときは、もう一度登録してください。",
                    "A consent that was withdrawn cannot be changed. Register anew if you need it.",
                ),
            ),
            Self::Expired => (
                Text::from_static("この同意の有効期限は終わりました", "This consent is over"),
                Text::from_static(
                    "同意は診察日当日まで有効です。次の診察のときに、もう一度登録してください。",
                    "A consent is valid to the end of the visit day. Please register again for your next visit.",
                ),
            ),
            Self::AlreadyExists(_) | Self::Store(_) => (
                Text::from_static("申し訳ありません。処理できませんでした", "We are sorry: this could not be done"),
                Text::from_static(
                    "こちら側の問題です。これまでに登録した内容は失われていません。少し待ってから、もう一度お試しください。",
                    "The fault is ours. What you registered before is not lost. Please wait a moment and try again.",
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_refusals() -> [Refusal; 12] {
        [
            Refusal::UnknownHolder,
            Refusal::NotInsuranceCard,
            Refusal::UnknownInstitution,
            Refusal::FixedUrlChanged,
            Refusal::FunctionOff,
            Refusal::VisitPast,
            Refusal::VisitTooFar,
            Refusal::UnknownReception,
            Refusal::Withdrawn,
            Refusal::Expired,
            Refusal::AlreadyExists("number"),
            Refusal::Store(database::Error::Stopped),
        ]
    }

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let codes: Vec<_> = all_refusals().iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
    }
}
