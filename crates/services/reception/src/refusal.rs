//! Every refusal of the reception.

use app_auth::AbortReason;
use axum::response::{IntoResponse, Response};
use base::CatalogueEntry;
use http::StatusCode;
use jpki::{RefusalKind, RefusalSource};
use text::{Language, Text};
use web::{ErrorPage, Fault, Link, Refuse};

use crate::{
    client::RevocationError,
    rules::{
        authentication::{self, AuthenticationEnd},
        procedure,
        refusal_reason::{ReceptionRefusal, RefusalReason},
    },
};

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("this browser began no such procedure")]
    NoSuchProcedure,
    #[error("this browser began no such app authentication")]
    NoSuchAuthentication,
    /// With the service that pushed it, if known.
    #[error("the pushed request is unknown or too old")]
    RequestGone(Option<ServiceHome>),
    /// With the service that pushed it, if known.
    #[error("the pushed request was used before, in another browser")]
    RequestUsed(Option<ServiceHome>),
    #[error("the browser arrived with a malformed request")]
    MalformedRequest(#[source] handover::OauthError),
    #[error("the procedure was begun in another browser")]
    OtherBrowser,
    /// The browser that began still asks for the number.
    #[error("the return code came in another browser than the one that began")]
    NumberPending,
    #[error("the return code is unknown")]
    ReturnUnknown,
    #[error("the visit date cannot be registered")]
    VisitDate,
    /// The card was read too long ago, or not at all.
    #[error("what is registered can be seen only after the card was read")]
    ReviewExpired,
    #[error("the procedure is not at this step")]
    ProcedureStep(#[from] procedure::ProcedureTransitionError),
    #[error("the app authentication was started again")]
    Superseded,
    #[error("the ticket is unknown or too old")]
    TicketUnknown,
    #[error("the app authentication is not at this step")]
    AuthenticationStep(#[from] authentication::AuthenticationTransitionError),
    #[error("the app's message cannot be read")]
    AppMessage,
    #[error("the card's answer is not accepted")]
    Card(#[source] jpki::Refusal),
    /// Neither the responder nor a revocation list gave the certificate's status.
    #[error("the revocation status of the certificate is unavailable")]
    RevocationUnavailable(#[source] RevocationError),
    /// The eligibility system refused.
    #[error("the registration was refused")]
    Eligibility(#[from] eligibility::Refusal),
    /// An OCSP request could not be encoded.
    #[error("the OCSP request could not be encoded")]
    Encoding(#[source] jpki::Unissuable),
    #[error("the store failed")]
    Store(#[from] database::Error),
}

/// A service that hands over, with the link back to it.
#[derive(Debug, Clone)]
pub struct ServiceHome {
    /// The name shown to patients.
    pub name: Text,
    /// The address of its first page.
    pub address: String,
}

impl ServiceHome {
    fn back_link(&self) -> Link {
        let name = |language| self.name.in_language(language);
        let label = Text::from_strings(
            format!("{}に戻る", name(Language::Japanese)),
            format!("Back to {}", name(Language::English)),
        );
        Link { href: self.address.clone(), label }
    }
}

impl Refusal {
    /// The same refusal with the link back to the service, if its kind carries one.
    pub(crate) fn with_service_home(self, home: ServiceHome) -> Self {
        match self {
            Self::RequestGone(None) => Self::RequestGone(Some(home)),
            Self::RequestUsed(None) => Self::RequestUsed(Some(home)),
            refusal => refusal,
        }
    }

    /// The stable code, as sent to the app.
    pub(crate) fn code_text(&self) -> &'static str {
        match self {
            Self::NoSuchProcedure => "reception.procedure.none",
            Self::NoSuchAuthentication => "reception.authentication.none",
            Self::RequestGone(_) => "reception.arrive.request_gone",
            Self::RequestUsed(_) => "reception.arrive.request_used",
            Self::MalformedRequest(_) => "reception.arrive.malformed",
            Self::OtherBrowser => ReceptionRefusal::OtherBrowser.as_str(),
            Self::NumberPending => "reception.return.number_left",
            Self::ReturnUnknown => "reception.return.unknown",
            Self::VisitDate => "reception.begin.visit_date",
            Self::ReviewExpired => "reception.review.over",
            Self::ProcedureStep(_) => "reception.procedure.step",
            Self::Superseded => ReceptionRefusal::Superseded.as_str(),
            Self::TicketUnknown => "reception.authentication.ticket",
            Self::AuthenticationStep(authentication::AuthenticationTransitionError::AlreadyClaimed) => {
                "reception.authentication.claimed_before"
            }
            Self::AuthenticationStep(_) => "reception.authentication.step",
            Self::AppMessage => "reception.app.message",
            Self::Card(refusal) => refusal.code(),
            Self::RevocationUnavailable(_) => ReceptionRefusal::RevocationUnavailable.as_str(),
            Self::Eligibility(refusal) => refusal.code(),
            Self::Encoding(_) => ReceptionRefusal::Encoding.as_str(),
            Self::Store(_) => "reception.store.failed",
        }
    }

    /// What happened and what it means for the person, for pages and the app.
    pub(crate) fn explanation(&self) -> (Text, Text) {
        match self {
            Self::NoSuchProcedure | Self::NoSuchAuthentication => (
                Text::from_static(
                    "この手続きは、このブラウザでは続けられません",
                    "This procedure cannot go on in this browser",
                ),
                Text::from_static(
                    "別のブラウザで始めたか、時間がたって終わった手続きです。すでに登録が終わっている場合、その登録は失われていません。予約したサービスに戻り、「同意可否を選択する」からもう一度お進みください。",
                    "It was begun in another browser, or it ended long ago. If you had registered, that registration is not lost. Go back to the service where you booked and press “Choose what to share (同意可否を選択する)” again.",
                ),
            ),
            Self::RequestGone(_) | Self::MalformedRequest(_) => (
                Text::from_static("このリンクは使えなくなっています", "This link no longer works"),
                Text::from_static(
                    "このリンクは2分間、1回だけ使えます。何も登録されていません。予約したサービスに戻り、「同意可否を選択する」をもう一度押してください。",
                    "The link works once, for two minutes. Nothing was registered. Go back to the service where you booked and press “Choose what to share (同意可否を選択する)” again.",
                ),
            ),
            Self::RequestUsed(_) => (
                Text::from_static("このリンクは、すでに使われています", "This link has already been used"),
                Text::from_static(
                    "リンクは1回だけ使えます。この画面では何も登録されていません。予約したサービスに戻り、「同意可否を選択する」をもう一度押してください。",
                    "The link works once. Nothing was registered on this page. Go back to the service where you booked and press “Choose what to share (同意可否を選択する)” again.",
                ),
            ),
            Self::OtherBrowser => explain_reason(ReceptionRefusal::OtherBrowser.into()),
            Self::NumberPending => (
                Text::from_static("手続きを始めたブラウザではありません", "This is not the browser in which you began"),
                Text::from_static(
                    "まだ何も登録されていませんが、カードの読み取りは終わっています。手続きを始めたブラウザの画面に戻り、アプリに表示されている3桁の番号を入力してください。ご自身で始めた覚えがないときは、この画面を閉じてください。",
                    "Nothing is registered yet, but your card was scanned. Go back to the page where you began, in its own browser, and enter the three digits that the app shows. If you did not begin this yourself, close this page.",
                ),
            ),
            Self::ReturnUnknown => (
                Text::from_static("この戻り先は使えなくなっています", "This way back can no longer be used"),
                Text::from_static(
                    "すでに登録が終わっている場合、その登録は失われていません。手続きを始めた画面に戻ってください。",
                    "If you had registered, that registration is not lost. Go back to the page where you began.",
                ),
            ),
            Self::VisitDate => (
                Text::from_static("この診察日では登録できません", "This visit day cannot be registered"),
                Text::from_static(
                    "今日から92日先までの診察日を入力してください。何も登録されていません。",
                    "Enter a visit day from today to 92 days ahead. Nothing was registered.",
                ),
            ),
            Self::ReviewExpired => (
                Text::from_static("もう一度カードの読み取りが必要です", "Scan your card again"),
                Text::from_static(
                    "登録した内容は、カードを読み取ってから10分間ご覧になれます。何も変更されていません。",
                    "You can see your registered consents for ten minutes after scanning your card. Nothing was changed.",
                ),
            ),
            Self::ProcedureStep(_) => (
                Text::from_static("手続きの順番が変わっています", "The procedure is at another step"),
                Text::from_static(
                    "別の画面で先に進んだか、内容が変わっています。いまの状態から続けてください。",
                    "It was continued in another window, or something changed. Please continue from where it is now.",
                ),
            ),
            Self::Superseded => explain_reason(ReceptionRefusal::Superseded.into()),
            Self::TicketUnknown => (
                Text::from_static("読み取りの受付時間が過ぎました", "The time for reading is over"),
                Text::from_static(
                    "何も登録されていません。ブラウザに戻り、もう一度アプリを開いてください。",
                    "Nothing was registered. Go back to the browser and open the app again.",
                ),
            ),
            Self::AuthenticationStep(authentication::AuthenticationTransitionError::AlreadyClaimed) => (
                Text::from_static("すでに別のアプリで開かれています", "Another app has opened this already"),
                Text::from_static(
                    "ご自身で開いた覚えがないときは、ブラウザに戻って手続きを中止してください。そうでなければ、もう一度アプリを開いてください。何も登録されていません。",
                    "If it was not you, go back to the browser and end the procedure. Otherwise open the app again from there. Nothing was registered.",
                ),
            ),
            Self::AuthenticationStep(_) | Self::AppMessage => (
                Text::from_static("アプリからの送信を受け付けられませんでした", "What the app sent was not accepted"),
                Text::from_static(
                    "何も登録されていません。ブラウザに戻り、もう一度アプリを開いてください。",
                    "Nothing was registered. Go back to the browser and open the app again.",
                ),
            ),
            Self::Card(refusal) => explain_reason(refusal.kind().into()),
            Self::RevocationUnavailable(_) => explain_reason(ReceptionRefusal::RevocationUnavailable.into()),
            Self::Eligibility(refusal) => explain_eligibility(refusal),
            Self::Encoding(_) => explain_reason(ReceptionRefusal::Encoding.into()),
            Self::Store(_) => own_fault(),
        }
    }
}

/// A fault of the reception itself.
fn own_fault() -> (Text, Text) {
    (
        Text::from_static("申し訳ありません。処理できませんでした", "We are sorry: this could not be done"),
        Text::from_static(
            "こちら側の問題です。すでに登録した内容は失われていません。少し待ってから、もう一度お試しください。",
            "The fault is ours. What was registered before is not lost. Please wait a moment and try again.",
        ),
    )
}

fn explain_eligibility(refusal: &eligibility::Refusal) -> (Text, Text) {
    let ErrorPage { title, explanation, .. } = refusal.error_page();
    (title, explanation)
}

/// What it means for the person that the response to an app authentication was refused.
pub(crate) fn explain_reason(reason: RefusalReason) -> (Text, Text) {
    match reason {
        RefusalReason::Card(kind) => explain_card(kind),
        RefusalReason::Registration(refusal) => explain_eligibility(&refusal.to_refusal()),
        RefusalReason::Reception(ReceptionRefusal::RevocationUnavailable) => status_unavailable(),
        RefusalReason::Reception(ReceptionRefusal::Encoding) => own_fault(),
        RefusalReason::Reception(ReceptionRefusal::OtherBrowser) => (
            Text::from_static("別のブラウザで始めた手続きです", "This was started in another browser"),
            Text::from_static(
                "安全のため、手続きを始めたブラウザでだけ続けられます。この読み取りでは何も登録されていません。ご自身で始めた覚えがないときは、この画面を閉じてください。始めたブラウザに戻り、もう一度カードを読み取ってください。",
                "For your safety you can continue only in the browser where you began. This scan registered nothing. If you did not begin this yourself, close this page. Otherwise go back to that browser and scan the card again.",
            ),
        ),
        RefusalReason::Reception(ReceptionRefusal::Superseded) => (
            Text::from_static("新しい読み取りが始まっています", "A newer reading has begun"),
            Text::from_static(
                "この読み取りでは何も登録されていません。新しい画面で続けてください。",
                "This scan registered nothing. Continue on the newer page.",
            ),
        ),
    }
}

/// The authority does not give the status of the certificate.
fn status_unavailable() -> (Text, Text) {
    (
        Text::from_static("いま、カードの有効性を確認できません", "The card cannot be checked just now"),
        Text::from_static(
            "確認先が応答していません。暗証番号は正しく、回数は減っていません。何も登録されていません。少し待ってからもう一度お試しいただくか、資格確認書などの画像を送って受診してください。",
            "The authority does not answer. Your PIN was right and no attempt was lost. Nothing was registered. Wait a little and try again, or send a picture of your insurance document.",
        ),
    )
}

/// What a refusal of the card means for the person.
fn explain_card(kind: RefusalKind) -> (Text, Text) {
    match kind {
        RefusalKind::ValidityExpired | RefusalKind::ValidityInGrace => (
            Text::from_static("電子証明書の有効期限が切れています", "The certificate on the card has expired"),
            Text::from_static(
                "電子証明書は、お住まいの市区町村の窓口で更新できます。何も登録されていません。今回は、資格確認書などの画像を送って受診できます。",
                "It can be renewed at your municipal office. Nothing was registered. For this visit you can send a picture of your insurance document.",
            ),
        ),
        RefusalKind::Revoked => (
            Text::from_static("このカードの電子証明書は失効しています", "The certificate on this card was revoked"),
            Text::from_static(
                "カードを再発行したか、利用を止めたカードです。何も登録されていません。新しいカードをお使いになるか、資格確認書などの画像を送って受診してください。",
                "The card was reissued or stopped. Nothing was registered. Use the new card, or send a picture of your insurance document.",
            ),
        ),
        RefusalKind::CertificateForSignature => (
            Text::from_static("別の種類の電子証明書が読み取られました", "The other kind of certificate was read"),
            Text::from_static(
                "利用者証明用電子証明書（暗証番号4桁）をお使いください。何も登録されていません。",
                "Use the certificate for user authentication (the PIN of four digits). Nothing was registered.",
            ),
        ),
        _ => match kind.source() {
            RefusalSource::RevocationList => status_unavailable(),
            RefusalSource::Card | RefusalSource::Responder => (
                Text::from_static("このカードは確認できませんでした", "This card could not be accepted"),
                Text::from_static(
                    "カードまたは電子証明書が、この手続きで使えるものではありません。何も登録されていません。資格確認書などの画像を送って受診できます。",
                    "The card or its certificate is not one that can be used here. Nothing was registered. You can send a picture of your insurance document.",
                ),
            ),
        },
    }
}

/// Why an app authentication ended, and what that means for the person.
pub(crate) fn explain_end(end: &AuthenticationEnd) -> (Text, Text) {
    match end {
        AuthenticationEnd::GaveUp(AbortReason::Cancelled) => (
            Text::from_static("アプリで読み取りをやめました", "You cancelled in the app"),
            Text::from_static(
                "何も登録されていません。もう一度読み取るか、手続きを中止できます。",
                "Nothing was registered. You can scan the card again, or end without registering.",
            ),
        ),
        AuthenticationEnd::GaveUp(AbortReason::Locked) => (
            Text::from_static("暗証番号がロックされています", "The PIN is locked"),
            Text::from_static(
                "3回続けて間違えたため、利用者証明用電子証明書の暗証番号（4桁）がロックされました。ロックは、お住まいの市区町村の窓口で解除できます。今日の診察は、資格確認書などの画像を送れば受けられます。何も登録されていません。",
                "It was entered wrongly three times in a row. The municipal office can unlock it. You can still be seen today: send a picture of your insurance document. Nothing was registered.",
            ),
        ),
        AuthenticationEnd::GaveUp(AbortReason::NoCertificate) => (
            Text::from_static(
                "カードに利用者証明用電子証明書がありません",
                "The card has no certificate for user authentication",
            ),
            Text::from_static(
                "電子証明書は、お住まいの市区町村の窓口で発行できます。何も登録されていません。今回は、資格確認書などの画像を送って受診できます。",
                "The municipal office can issue one. Nothing was registered. For this visit you can send a picture of your insurance document.",
            ),
        ),
        AuthenticationEnd::GaveUp(AbortReason::Expired) => explain_card(RefusalKind::ValidityExpired),
        AuthenticationEnd::Refused(reason) => explain_reason(*reason),
        AuthenticationEnd::WrongNumber => (
            Text::from_static("番号が2回違いました", "The number was wrong twice"),
            Text::from_static(
                "安全のため、この読み取りは終わりました。何も登録されていません。アプリをもう一度開いて、新しく表示される番号を入力してください。",
                "For your safety this scan has ended. Nothing was registered. Open the app again and enter the new number that it shows.",
            ),
        ),
        AuthenticationEnd::TooLate => (
            Text::from_static("時間が過ぎました", "Time is up"),
            Text::from_static(
                "読み取りは5分以内にお願いしています。何も登録されていません。暗証番号の回数も減っていません。もう一度アプリを開いてください。",
                "A scan takes five minutes at most. Nothing was registered and no PIN attempt was lost. Open the app again.",
            ),
        ),
        AuthenticationEnd::Superseded => explain_reason(ReceptionRefusal::Superseded.into()),
    }
}

impl From<RevocationError> for Refusal {
    fn from(error: RevocationError) -> Self {
        match error {
            RevocationError::Refused(refusal) => Self::Card(refusal),
            RevocationError::Encoding(unissuable) => Self::Encoding(unissuable),
            unavailable @ RevocationError::Unavailable { .. } => Self::RevocationUnavailable(unavailable),
        }
    }
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        self.code_text()
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Store(_) | Self::Encoding(_) => Fault::ThisService,
            Self::Eligibility(refusal) => refusal.fault(),
            Self::RevocationUnavailable(_) | Self::MalformedRequest(_) | Self::AppMessage => Fault::OtherParty,
            _ => Fault::Person,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Store(error) if error.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoSuchProcedure | Self::NoSuchAuthentication | Self::TicketUnknown => StatusCode::NOT_FOUND,
            Self::RequestGone(_) | Self::RequestUsed(_) | Self::ReturnUnknown => StatusCode::GONE,
            Self::MalformedRequest(_) | Self::AppMessage => StatusCode::BAD_REQUEST,
            Self::OtherBrowser | Self::NumberPending => StatusCode::FORBIDDEN,
            Self::VisitDate | Self::Card(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ReviewExpired => StatusCode::UNAUTHORIZED,
            Self::ProcedureStep(_) | Self::Superseded | Self::AuthenticationStep(_) => StatusCode::CONFLICT,
            Self::RevocationUnavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Eligibility(refusal) => refusal.status(),
            Self::Store(_) | Self::Encoding(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn is_outage(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_outage())
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = self.explanation();
        let links = match self {
            Self::RequestGone(Some(home)) | Self::RequestUsed(Some(home)) => vec![home.back_link()],
            Self::ReviewExpired => vec![
                Link::new("/review", "もう一度読み取る", "Read the card again"),
                Link::new("/review/withdraw", "すべての同意を取消す", "Withdraw all consents"),
            ],
            _ => vec![Link::new("/", "マイナ在宅受付Webのトップへ", "To the reception's first page")],
        };
        ErrorPage { title, explanation, links }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        web::refusal_response(self)
    }
}

/// What each code means and what to do. The codes of `jpki` and `eligibility` are in their own lists.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "reception.procedure.none",
        meaning: "This browser began no procedure with this id.",
        remedy: "Begin again at the service; allow cookies; use one browser throughout.",
    },
    CatalogueEntry {
        code: "reception.authentication.none",
        meaning: "This browser began no authentication with this id.",
        remedy: "Begin again at the service; allow cookies; use one browser throughout.",
    },
    CatalogueEntry {
        code: "reception.arrive.request_gone",
        meaning: "The request_uri is unknown, belongs to another client, or is older than two minutes.",
        remedy: "Push the request at the moment the patient leaves, and send the browser on at once.",
    },
    CatalogueEntry {
        code: "reception.arrive.request_used",
        meaning: "The request_uri was used before, in another browser.",
        remedy: "Push a new request for each time that a patient leaves. The page leads the patient back to the service.",
    },
    CatalogueEntry {
        code: "reception.arrive.malformed",
        meaning: "The browser arrived without a well-formed client_id and request_uri.",
        remedy: "Send the browser to the authorization endpoint with exactly these two (RFC 9126 section 4).",
    },
    CatalogueEntry {
        code: "reception.return.other_browser",
        meaning: "A return code came in a browser that did not begin the procedure.",
        remedy: "The patient goes on in the browser where she began. Nothing was registered.",
    },
    CatalogueEntry {
        code: "reception.return.number_left",
        meaning: "A return code came in a browser that did not begin the procedure. It is spent; the three digits still count.",
        remedy: "The patient types the digits on the page where the procedure began. Nothing is registered before.",
    },
    CatalogueEntry {
        code: "reception.return.unknown",
        meaning: "No authentication has this return code.",
        remedy: "Go back to the page where the procedure was begun.",
    },
    CatalogueEntry {
        code: "reception.begin.visit_date",
        meaning: "The visit date is past, too far ahead, or the institution takes no receptions.",
        remedy: "Enter the date of the appointment.",
    },
    CatalogueEntry {
        code: "reception.review.over",
        meaning: "What is registered was asked for without a card read in the last ten minutes.",
        remedy: "Read the card again.",
    },
    CatalogueEntry {
        code: "reception.procedure.step",
        meaning: "The procedure is not at the step that was asked for (two windows, the back button).",
        remedy: "Follow the redirect to where it is.",
    },
    CatalogueEntry {
        code: "reception.authentication.superseded",
        meaning: "A newer authentication was begun for the same procedure.",
        remedy: "Go on with the newer one.",
    },
    CatalogueEntry {
        code: "reception.authentication.ticket",
        meaning: "The ticket is unknown or older than five minutes.",
        remedy: "Open the app again from the reception's page.",
    },
    CatalogueEntry {
        code: "reception.authentication.claimed_before",
        meaning: "An app has claimed this ticket before.",
        remedy: "Open the app again from the reception's page, which makes a new ticket.",
    },
    CatalogueEntry {
        code: "reception.authentication.step",
        meaning: "The app's message does not fit the authentication's state.",
        remedy: "Claim, then answer once.",
    },
    CatalogueEntry {
        code: "reception.app.message",
        meaning: "The app's message is not the JSON that the crate app_auth describes.",
        remedy: "Send it as application/json, at most 16 kilobytes.",
    },
    CatalogueEntry {
        code: "reception.card.responder_silent",
        meaning: "Neither the authority's OCSP responder nor its revocation list was to be had; the certificate is not accepted without one of them.",
        remedy: "Check the addresses and the state of both; try again.",
    },
    CatalogueEntry {
        code: "reception.card.encoding",
        meaning: "The question to the responder could not be encoded.",
        remedy: "Read the log at this time.",
    },
    CatalogueEntry {
        code: "reception.store.failed",
        meaning: "The room's database failed; the log has the whole chain of causes.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{FetchError, ResponderError};

    fn all_refusals() -> Vec<Refusal> {
        vec![
            Refusal::NoSuchProcedure,
            Refusal::NoSuchAuthentication,
            Refusal::RequestGone(None),
            Refusal::RequestUsed(None),
            Refusal::MalformedRequest(handover::OauthError::lapsed_request_uri()),
            Refusal::OtherBrowser,
            Refusal::NumberPending,
            Refusal::ReturnUnknown,
            Refusal::VisitDate,
            Refusal::ReviewExpired,
            Refusal::ProcedureStep(procedure::ProcedureTransitionError::TooEarly),
            Refusal::Superseded,
            Refusal::TicketUnknown,
            Refusal::AuthenticationStep(authentication::AuthenticationTransitionError::AlreadyClaimed),
            Refusal::AuthenticationStep(authentication::AuthenticationTransitionError::OutOfTurn),
            Refusal::AppMessage,
            Refusal::RevocationUnavailable(RevocationError::Unavailable {
                responder: ResponderError::Fetch(FetchError::TooLong),
                list: FetchError::Status(503),
            }),
            Refusal::Encoding(jpki::Unissuable::Signing),
            Refusal::Store(database::Error::Stopped),
        ]
    }

    #[test]
    fn an_outage_of_the_database_is_one_that_passes() {
        let outage = Refusal::Store(database::Error::Stopped);
        assert_eq!((outage.status(), outage.is_outage()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let failure = Refusal::Store(database::Error::Panicked);
        assert_eq!((failure.status(), failure.is_outage()), (StatusCode::INTERNAL_SERVER_ERROR, false));
    }

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let codes: Vec<_> = all_refusals().iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
    }

    #[test]
    fn a_request_that_cannot_be_used_leads_back_to_its_service() {
        let home = ServiceHome {
            name: Text::from_static("受診サービス", "Care"),
            address: "https://care.example/".to_owned(),
        };
        for refusal in [Refusal::RequestGone(None), Refusal::RequestUsed(None)] {
            assert_eq!(refusal.error_page().links[0].href, "/");
            let link = refusal.with_service_home(home.clone()).error_page().links.swap_remove(0);
            assert_eq!(link.href, "https://care.example/");
            assert_eq!(link.label.in_language(Language::Japanese), "受診サービスに戻る");
            assert_eq!(link.label.in_language(Language::English), "Back to Care");
        }
        assert_eq!(Refusal::OtherBrowser.with_service_home(home).error_page().links[0].href, "/");
    }

    #[test]
    fn every_refusal_of_a_person_has_words_of_its_own() {
        let fallback = own_fault();
        for refusal in all_refusals() {
            assert_eq!(refusal.explanation() == fallback, refusal.fault() == Fault::ThisService, "{}", refusal.code());
        }
    }
}
