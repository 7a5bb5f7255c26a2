//! Every way in which the service can refuse, with its page and its entry in the catalogue.

use axum::response::{IntoResponse, Response};
use base::CatalogueEntry;
use http::{HeaderValue, StatusCode, header};
use text::Text;
use web::{ErrorPage, Fault, Link, Refuse};

use crate::{
    appointments::rules::AppointmentId,
    booking::rules::{BookingObstacle, PatientAction},
    directory::rules::slot::NotASlot,
    pictures::{image_worker::ImageWorkerUnavailable, vault::error::VaultError},
    proof::client::ReceptionFailure,
};

/// Everything that the service refuses, and why.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    // Caused by the person.
    /// It does not exist, or this person may not see it.
    #[error("it does not exist for this person")]
    NotFound,
    /// Another patient booked or holds the slot.
    #[error("the slot is taken")]
    SlotTaken,
    /// The time is not a slot of the institution: no visit can begin then.
    #[error("no visit can begin at that time")]
    NotASlot(#[from] NotASlot),
    /// The appointment can no longer be changed.
    #[error("the appointment can no longer be changed")]
    Closed(AppointmentId),
    /// The appointment was changed since the page was loaded, mostly in another window.
    #[error("the appointment was changed meanwhile")]
    Changed,
    /// The desk cannot do this before the visit begins.
    #[error("it is too early for this action")]
    TooEarly(AppointmentId),
    /// The desk action can no longer be undone.
    #[error("the action can no longer be undone")]
    TooLate(AppointmentId),
    /// The patient has too many upcoming appointments.
    #[error("the patient has too many appointments to come")]
    TooManyAppointments {
        /// The limit of the settings.
        max: u16,
    },
    /// The patient has a visit at the same institution at the same time.
    #[error("the patient has a visit at this institution at the same time")]
    SameTime(AppointmentId),
    /// The patient has a visit elsewhere at the same time, and has not confirmed that both are intended.
    #[error("the patient has a visit elsewhere at the same time")]
    Overlaps(AppointmentId),
    /// The patient has another visit at the institution on that day, and has not confirmed that both are intended.
    #[error("the patient has another visit at this institution on that day")]
    SameDay(AppointmentId),
    /// The patient has the maximum number of visits at the institution on that day.
    #[error("the patient has too many visits at this institution on that day")]
    ClinicDayFull {
        /// The limit of the settings.
        max: u16,
    },
    /// The patient has reached today's limit of this action.
    #[error("the patient has {action} too many visits today")]
    TooManyActionsToday {
        /// The action that is limited.
        action: PatientAction,
        /// The limit of the settings, for one day.
        max: u16,
    },
    /// Too many one-time codes were requested by this address or browser.
    #[error("too many codes were asked for")]
    TooManyCodes,
    /// The institution does not take this method of proof.
    #[error("the institution does not take this method of proof")]
    WrongProofMethod(AppointmentId),
    /// The browser that returned from the reception is not the one that departed.
    #[error("the browser that returned is not the one that departed")]
    AnotherBrowser,
    /// The authorization response that the browser brought is invalid.
    #[error("the authorization response is invalid")]
    InvalidReturn(#[source] Option<handover::AuthorizationResponseRefusal>),

    /// An upload arrived too slowly.
    #[error("an upload stalled")]
    UploadStalled(AppointmentId),
    /// The service sends too many one-time codes at this moment.
    #[error("too many codes are sent just now")]
    CodesBusy,
    /// Too many passwords wait to be checked.
    #[error("too many sign in at once")]
    SignInsBusy(#[from] accounts::password::HashingBusy),

    // Caused by the other party.
    /// The reception could not be reached before departure.
    #[error("the reception cannot be reached")]
    ReceptionUnreachable(AppointmentId, #[source] ReceptionFailure),
    /// The reception did not confirm the registration: the code could not be redeemed.
    #[error("the reception did not confirm the registration")]
    RegistrationNotConfirmed(AppointmentId, #[source] ReceptionFailure),

    // Caused by this service.
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] database::Error),
    /// A stored record cannot be parsed.
    #[error("a stored record cannot be parsed: {0}")]
    CorruptRecord(&'static str),
    /// A picture could not be stored or read.
    #[error("the vault of pictures failed")]
    Vault(#[from] VaultError),
    /// The memory for uploads is full, or the same account already uploads other pictures.
    #[error("the memory for uploads is full")]
    UploadsFull(AppointmentId),
    /// The image worker cannot normalise pictures.
    #[error("the image worker is unavailable")]
    ImageWorker(#[from] ImageWorkerUnavailable),
}

impl From<BookingObstacle> for Refusal {
    fn from(obstacle: BookingObstacle) -> Self {
        match obstacle {
            BookingObstacle::SameTime(id) => Self::SameTime(id),
            BookingObstacle::Overlaps(id) => Self::Overlaps(id),
            BookingObstacle::SameDay(id) => Self::SameDay(id),
            BookingObstacle::TooManyAppointments { max } => Self::TooManyAppointments { max },
            BookingObstacle::ClinicDayFull { max } => Self::ClinicDayFull { max },
            BookingObstacle::TooManyActionsToday { action, max } => Self::TooManyActionsToday { action, max },
        }
    }
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "consult.page.none",
            Self::SlotTaken => "consult.slot.taken",
            Self::NotASlot(_) => "consult.slot.none",
            Self::Closed(_) => "consult.appointment.closed",
            Self::Changed => "consult.appointment.changed",
            Self::TooEarly(_) => "consult.desk.too_early",
            Self::TooLate(_) => "consult.desk.too_late",
            Self::TooManyAppointments { .. } => "consult.appointment.too_many",
            Self::SameTime(_) => "consult.appointment.same_time",
            Self::Overlaps(_) => "consult.appointment.overlap",
            Self::SameDay(_) => "consult.appointment.same_day",
            Self::ClinicDayFull { .. } => "consult.appointment.clinic_day",
            Self::TooManyActionsToday { action: PatientAction::Booked, .. } => "consult.appointment.bookings_today",
            Self::TooManyActionsToday { action: PatientAction::Rescheduled, .. } => "consult.appointment.moves_today",
            Self::TooManyActionsToday { action: PatientAction::Cancelled, .. } => {
                "consult.appointment.cancellations_today"
            }
            Self::TooManyCodes => "consult.sign_in.too_often",
            Self::CodesBusy => "consult.sign_in.codes_busy",
            Self::SignInsBusy(_) => "consult.sign_in.busy",
            Self::WrongProofMethod(_) => "consult.leave.way",
            Self::AnotherBrowser => "consult.return.browser",
            Self::InvalidReturn(_) => "consult.return.unbelieved",
            Self::UploadStalled(_) => "consult.picture.stalled",
            Self::ReceptionUnreachable(..) => "consult.leave.reception",
            Self::RegistrationNotConfirmed(..) => "consult.return.unconfirmed",
            Self::Database(_) => "consult.store.database",
            Self::CorruptRecord(_) => "consult.store.record",
            Self::Vault(_) => "consult.picture.vault",
            Self::UploadsFull(_) => "consult.picture.full",
            Self::ImageWorker(_) => "consult.picture.workshop",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::ReceptionUnreachable(..) | Self::RegistrationNotConfirmed(..) => Fault::OtherParty,
            Self::Database(_)
            | Self::CorruptRecord(_)
            | Self::Vault(_)
            | Self::UploadsFull(_)
            | Self::ImageWorker(_) => Fault::ThisService,
            _ => Fault::Person,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Database(error) if error.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SlotTaken
            | Self::Closed(_)
            | Self::Changed
            | Self::TooEarly(_)
            | Self::TooLate(_)
            | Self::TooManyAppointments { .. }
            | Self::SameTime(_)
            | Self::Overlaps(_)
            | Self::SameDay(_)
            | Self::ClinicDayFull { .. }
            | Self::WrongProofMethod(_) => StatusCode::CONFLICT,
            Self::NotASlot(_) | Self::InvalidReturn(_) => StatusCode::BAD_REQUEST,
            Self::TooManyCodes | Self::TooManyActionsToday { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::AnotherBrowser => StatusCode::FORBIDDEN,
            Self::ReceptionUnreachable(..) | Self::RegistrationNotConfirmed(..) => StatusCode::BAD_GATEWAY,
            Self::UploadStalled(_) => StatusCode::REQUEST_TIMEOUT,
            Self::UploadsFull(_) | Self::ImageWorker(_) | Self::CodesBusy | Self::SignInsBusy(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Database(_) | Self::CorruptRecord(_) | Self::Vault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn is_outage(&self) -> bool {
        matches!(self, Self::Database(error) if error.is_outage())
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = self.title_and_explanation();
        ErrorPage { title, explanation, links: self.links() }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::CodesBusy => Some(60),
            Self::SignInsBusy(_) => Some(10),
            _ => None,
        }
    }
}

impl Refusal {
    /// Title and explanation of the error page, where the person is the cause.
    #[expect(clippy::too_many_lines, reason = "one entry per refusal")]
    fn title_and_explanation(&self) -> (Text, Text) {
        match self {
            Self::NotFound => (
                Text::from_static("ページが見つかりません", "Page not found"),
                Text::from_static(
                    "アドレスが間違っているか、予約したご本人だけがご覧になれるページです。予約は失われていません。",
                    "The address may be wrong, or you don’t have access to this page. Your appointments are not lost.",
                ),
            ),
            Self::SlotTaken => (
                Text::from_static("先にほかの方の予約が入りました", "Somebody else booked this time first"),
                Text::from_static(
                    "予約はまだできていません。料金はかかりません。ほかの時間をお選びください。",
                    "Nothing was booked and nothing is charged. Please choose another time.",
                ),
            ),
            Self::NotASlot(_) => (
                Text::from_static("この時間は予約できません", "This time cannot be booked"),
                Text::from_static(
                    "時間が過ぎたか、医療機関が受け付けていない時間です。何も変更されていません。ほかの時間を選んでください。",
                    "The time has passed, or the clinic does not receive patients then. Nothing was changed. Please choose another time.",
                ),
            ),
            Self::Closed(_) => (
                Text::from_static("この予約は、もう変更できません", "This appointment can no longer be changed"),
                Text::from_static(
                    "診察の時間が過ぎたか、キャンセル済みの予約です。何も変更されていません。",
                    "The time of the visit has passed, or the appointment was cancelled. Nothing was changed.",
                ),
            ),
            Self::Changed => (
                Text::from_static("別の画面で変更されていました", "It was changed in another window"),
                Text::from_static(
                    "今の操作は反映されていません。最新の内容を確認して、もう一度お試しください。",
                    "What you just did was not applied. Look at the latest state and try again.",
                ),
            ),
            Self::TooEarly(_) => (
                Text::from_static("まだこの操作はできません", "It is too early for this"),
                Text::from_static(
                    "何も変更されていません。診察の時間になってから、もう一度お試しください。",
                    "Nothing was changed. Please try again when the time of the visit has come.",
                ),
            ),
            Self::TooLate(_) => (
                Text::from_static("取り消せる時間が過ぎました", "This can no longer be undone"),
                Text::from_static(
                    "操作は10分以内であれば取り消せます。何も変更されていません。",
                    "An action can be undone within ten minutes. Nothing was changed.",
                ),
            ),
            Self::TooManyAppointments { .. }
            | Self::SameTime(_)
            | Self::Overlaps(_)
            | Self::SameDay(_)
            | Self::ClinicDayFull { .. }
            | Self::TooManyActionsToday { .. } => self.booking_limit_texts(),
            Self::TooManyCodes => (
                Text::from_static("確認コードを何度もお送りしました", "We have sent several codes already"),
                Text::from_static(
                    "15分ほど待ってから、もう一度お試しください。届いている最新のコードは、有効期限内であれば使えます。",
                    "Please wait about 15 minutes and try again. The newest code that has arrived still works while it is valid.",
                ),
            ),
            Self::CodesBusy => (
                Text::from_static("いま確認コードを送れません", "We cannot send a code just now"),
                Text::from_static(
                    "多くの方に確認コードをお送りしているところです。コードはまだ送っていません。予約は失われていません。1分ほど待ってから、もう一度お試しください。",
                    "Many codes are being sent to others. Yours was not sent. Your appointments are not lost. Please wait about a minute and try again.",
                ),
            ),
            Self::SignInsBusy(_) => (
                Text::from_static("ログインが混み合っています", "Many people are signing in"),
                Text::from_static(
                    "パスワードはまだ確認していません。何も変更されていません。10秒ほど待ってから、もう一度お試しください。",
                    "Your password was not checked and nothing was changed. Please wait about ten seconds and try again.",
                ),
            ),
            Self::WrongProofMethod(_) => (
                Text::from_static("この医療機関では、この手続きはできません", "This is not possible with this clinic"),
                Text::from_static(
                    "何も変更されていません。予約詳細の案内にそって、手続きをしてください。",
                    "Nothing was changed. Please follow what the appointment's page says.",
                ),
            ),
            Self::AnotherBrowser => (
                Text::from_static("別のブラウザで手続きが終わりました", "The procedure ended in another browser"),
                Text::from_static(
                    "手続きを始めたブラウザと違うため、結果を受け取れませんでした。登録した内容は失われていません。始めたブラウザで予約詳細を開き、続きから進めてください。",
                    "This is not the browser in which you began, so we could not take the outcome. What you registered is not lost. Open the appointment in the browser in which you began and go on from there.",
                ),
            ),
            Self::InvalidReturn(_) => (
                Text::from_static("手続きの結果を確認できませんでした", "The outcome could not be checked"),
                Text::from_static(
                    "アドレスが途中で変わったか、古い画面から戻ってきた可能性があります。予約は失われていません。予約詳細から状況を確認してください。",
                    "The address may have been changed on the way, or you came back from an old page. Your appointment is not lost. See on its page where it stands.",
                ),
            ),
            Self::UploadStalled(_) => (
                Text::from_static("画像の送信が途中で止まりました", "Your picture stopped arriving"),
                Text::from_static(
                    "通信が途切れたようです。画像は届いていません。予約は失われていません。電波のよい場所で、もう一度お送りください。",
                    "The connection seems to have been lost. No picture has arrived. Your appointment is not lost. Please send it again where your signal is good.",
                ),
            ),
            Self::ReceptionUnreachable(..)
            | Self::RegistrationNotConfirmed(..)
            | Self::UploadsFull(_)
            | Self::ImageWorker(_)
            | Self::Database(_)
            | Self::CorruptRecord(_)
            | Self::Vault(_) => self.service_fault_texts(),
        }
    }

    /// Title and explanation of what the booking limits refuse.
    fn booking_limit_texts(&self) -> (Text, Text) {
        match *self {
            Self::SameTime(_) => (
                Text::from_static(
                    "同じ時間に、この医療機関の予約があります",
                    "You have a visit at this clinic at the same time",
                ),
                Text::from_static(
                    "新しい予約や変更はできていません。今の予約はそのままです。ほかの時間をお選びください。",
                    "Nothing was booked or moved, and the visit you have stands. Please choose another time.",
                ),
            ),
            Self::Overlaps(_) => (
                Text::from_static("同じ時間に別の予約があります", "You have another visit at the same time"),
                Text::from_static(
                    "新しい予約や変更はできていません。今の予約はそのままです。前の画面に戻ると、重なったまま続けるかを選べます。",
                    "Nothing was booked or moved, and the visit you have stands. Go back to choose whether you want both.",
                ),
            ),
            Self::SameDay(_) => (
                Text::from_static(
                    "同じ日に、この医療機関の別の予約があります",
                    "You have another visit at this clinic on the same day",
                ),
                Text::from_static(
                    "新しい予約や変更はできていません。今の予約はそのままです。前の画面に戻ると、両方とも予約するかを選べます。",
                    "Nothing was booked or moved, and the visit you have stands. Go back to choose whether you want both.",
                ),
            ),
            Self::ClinicDayFull { max: most } => (
                Text::from_static(
                    "この医療機関の、その日の予約はこれ以上できません",
                    "You cannot book more visits at this clinic on that day",
                ),
                Text::from_strings(
                    format!(
                        "1つの医療機関で1日に予約できるのは{most}件までです。新しい予約や変更はできていません。別の日を選ぶか、医療機関に電話でご相談ください。"
                    ),
                    format!(
                        "One can book {most} visits at a clinic on one day. Nothing was booked or moved. Choose another day, or call the clinic."
                    ),
                ),
            ),
            Self::TooManyActionsToday { action: PatientAction::Booked, max: most } => (
                Text::from_static("今日はこれ以上予約できません", "You cannot book more visits today"),
                Text::from_strings(
                    format!(
                        "1日に予約の操作ができるのは{most}回までです。新しい予約はできていません。今ある予約はそのままです。明日もう一度お試しいただくか、医療機関に電話でご相談ください。"
                    ),
                    format!(
                        "One can book {most} times a day. Nothing was booked, and the visits you have stand. Try again tomorrow, or call the clinic."
                    ),
                ),
            ),
            Self::TooManyActionsToday { action: PatientAction::Rescheduled, max: most } => (
                Text::from_static("今日はこれ以上日時を変更できません", "You cannot move visits again today"),
                Text::from_strings(
                    format!(
                        "1日に日時を変更できるのは{most}回までです。今の予約はそのままです。明日もう一度お試しいただくか、医療機関に電話でご相談ください。"
                    ),
                    format!(
                        "One can move visits {most} times a day. Your visit stands as it was. Try again tomorrow, or call the clinic."
                    ),
                ),
            ),
            Self::TooManyActionsToday { action: PatientAction::Cancelled, max: most } => (
                Text::from_static("今日はこれ以上キャンセルできません", "You cannot cancel more visits today"),
                Text::from_strings(
                    format!(
                        "1日にキャンセルできるのは{most}回までです。今の予約はそのままです。受診できないときは、医療機関に電話でお知らせください。"
                    ),
                    format!(
                        "One can cancel {most} visits a day. Your visit stands. If you cannot attend, please call the clinic."
                    ),
                ),
            ),
            // `title_and_explanation` passes only `TooManyAppointments` besides those above.
            _ => {
                let most = if let Self::TooManyAppointments { max } = *self { max } else { 0 };
                (
                    Text::from_static("予約の数が上限に達しています", "You have as many appointments as one can have"),
                    Text::from_strings(
                        format!(
                            "これからの予約は{most}件までです。新しい予約はできていません。不要な予約をキャンセルしてから、もう一度お試しください。"
                        ),
                        format!(
                            "One can have {most} visits to come. Nothing was booked. Cancel one that you do not need, then try again."
                        ),
                    ),
                )
            }
        }
    }

    /// Whether a booking limit refused it.
    pub(crate) fn is_booking_limit(&self) -> bool {
        matches!(
            self,
            Self::TooManyAppointments { .. }
                | Self::SameTime(_)
                | Self::ClinicDayFull { .. }
                | Self::TooManyActionsToday { .. }
        )
    }

    /// Title and explanation where the reception or this service is the cause.
    fn service_fault_texts(&self) -> (Text, Text) {
        match self {
            Self::ReceptionUnreachable(..) => (
                Text::from_static("マイナ在宅受付Webにつながりません", "The reception cannot be reached"),
                Text::from_static(
                    "予約は失われていません。少し待ってからもう一度お試しいただくか、保険証画像をアップロードしてください。",
                    "Your appointment is not lost. Wait a little and try again, or upload a picture of your insurance document.",
                ),
            ),
            Self::RegistrationNotConfirmed(..) => (
                Text::from_static("登録状況を確認できません", "We cannot tell whether you are registered"),
                Text::from_static(
                    "マイナ在宅受付Webから結果を受け取れませんでした。登録した内容も予約も失われていません。予約詳細から、続きを進めてください。",
                    "The reception did not give us the outcome. Neither your registration nor your appointment is lost. Go on from the appointment's page.",
                ),
            ),
            Self::UploadsFull(_) => (
                Text::from_static("画像の送信が混み合っています", "Many people are sending pictures just now"),
                Text::from_static(
                    "画像は届いていません。予約は失われていません。30秒ほど待ってから、もう一度お送りください。",
                    "Your picture has not arrived. Your appointment is not lost. Please wait about 30 seconds and send it again.",
                ),
            ),
            Self::ImageWorker(_) => (
                Text::from_static("いま画像を受け付けられません", "Pictures cannot be received just now"),
                Text::from_static(
                    "こちらの不具合か、混み合っています。画像は保存されていません。予約は失われていません。少し待ってから、もう一度お送りください。",
                    "The fault is ours, or many are sending. The picture was not kept. Your appointments are not lost. Please wait a little and send it again.",
                ),
            ),
            _ => (
                Text::from_static("処理を完了できませんでした", "This could not be completed"),
                Text::from_static(
                    "こちらの不具合です。予約や手続きは失われていません。少し待ってから、もう一度お試しください。",
                    "The fault is ours. Your appointments are not lost. Please wait a little and try again.",
                ),
            ),
        }
    }

    /// The links of the error page.
    fn links(&self) -> Vec<Link> {
        let home = || Link::new("/", "医療機関をさがす", "Find a clinic");
        let appointments = || Link::new("/appointments", "予約一覧を見る", "See your appointments");
        let detail =
            |id: &AppointmentId| Link::new(format!("/appointments/{id}"), "予約詳細に戻る", "Back to the appointment");
        let picture = |id: &AppointmentId| {
            Link::new(
                format!("/appointments/{id}/picture"),
                "保険証画像をアップロードする",
                "Upload a picture of the insurance document",
            )
        };
        match self {
            Self::NotFound
            | Self::AnotherBrowser
            | Self::InvalidReturn(_)
            | Self::ImageWorker(_)
            | Self::Database(_)
            | Self::CorruptRecord(_)
            | Self::Vault(_) => vec![appointments(), home()],
            Self::TooEarly(id) | Self::TooLate(id) => {
                vec![Link::new(format!("/desk/visits/{id}"), "予約に戻る", "Back to the visit")]
            }
            Self::SlotTaken | Self::NotASlot(_) => vec![home(), appointments()],
            Self::Closed(id) | Self::WrongProofMethod(id) => vec![detail(id), appointments()],
            Self::UploadStalled(id) | Self::UploadsFull(id) => vec![picture(id), detail(id)],
            Self::SameTime(id) | Self::Overlaps(id) | Self::SameDay(id) => {
                vec![Link::new(format!("/appointments/{id}"), "その予約を見る", "See that appointment"), home()]
            }
            Self::Changed
            | Self::TooManyAppointments { .. }
            | Self::ClinicDayFull { .. }
            | Self::TooManyActionsToday { .. } => {
                vec![appointments()]
            }
            Self::TooManyCodes => {
                vec![Link::new("/sign-in/code", "届いたコードを入力する", "Enter the code that arrived"), home()]
            }
            Self::CodesBusy => {
                vec![Link::new("/sign-in", "もう一度試す", "Try again"), home()]
            }
            Self::SignInsBusy(_) => {
                vec![Link::new("/desk/sign-in", "受付ログインに戻る", "Back to the desk's sign-in")]
            }
            Self::ReceptionUnreachable(id, _) | Self::RegistrationNotConfirmed(id, _) => vec![detail(id), picture(id)],
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let retry_later = matches!(self, Self::UploadsFull(_) | Self::ImageWorker(ImageWorkerUnavailable::Busy));
        let mut response = web::refusal_response(self);
        if retry_later {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }
}

/// For handlers whose error may also be a redirect.
impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        refusal.into_response()
    }
}

/// Code, meaning and remedy of every refusal, for the generated reference.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "consult.page.none",
        meaning: "There is no such institution, menu or appointment, or it is not this person's.",
        remedy: "Check the address; sign in as the one whom it concerns.",
    },
    CatalogueEntry {
        code: "consult.slot.taken",
        meaning: "Another patient booked the time first, or holds it while signing in.",
        remedy: "Choose another time; a hold ends after the minutes that the settings say.",
    },
    CatalogueEntry {
        code: "consult.slot.none",
        meaning: "The time has passed, is more than 60 days ahead, or the institution does not receive patients then.",
        remedy: "Choose one of the times that the page shows.",
    },
    CatalogueEntry {
        code: "consult.appointment.closed",
        meaning: "The visit has begun, is over, or was cancelled.",
        remedy: "Book a new appointment.",
    },
    CatalogueEntry {
        code: "consult.appointment.changed",
        meaning: "Another request changed the appointment or its proof between reading and writing.",
        remedy: "Look at the latest state and try again.",
    },
    CatalogueEntry {
        code: "consult.desk.too_early",
        meaning: "A desk marked a visit as held before it began, or a document as shown before the call could open.",
        remedy: "Do it again when the time of the visit has come.",
    },
    CatalogueEntry {
        code: "consult.desk.too_late",
        meaning: "What a desk did can be taken back within ten minutes.",
        remedy: "Correct it by a new act on the visit's page.",
    },
    CatalogueEntry {
        code: "consult.appointment.too_many",
        meaning: "One mailbox has as many appointments to come as `bookings_to_come` in `[limits]` allows.",
        remedy: "Cancel one that is not needed.",
    },
    CatalogueEntry {
        code: "consult.appointment.same_time",
        meaning: "The patient has a visit at the same institution that overlaps this one.",
        remedy: "Choose another time, or cancel the other visit.",
    },
    CatalogueEntry {
        code: "consult.appointment.overlap",
        meaning: "The patient has a visit at another institution that overlaps this one, and the form does not name it.",
        remedy: "Open the page that confirms: it names the other visit and asks. A program sends that id as `overlap`.",
    },
    CatalogueEntry {
        code: "consult.appointment.same_day",
        meaning: "The patient has another visit at the institution on that day, and the form does not name it.",
        remedy: "Open the page that confirms: it names the other visit and asks. A program sends that id as `same_day`.",
    },
    CatalogueEntry {
        code: "consult.appointment.clinic_day",
        meaning: "One mailbox has as many visits at the institution on that day as `bookings_per_clinic_and_day` in `[limits]` allows.",
        remedy: "Choose another day; an operator may raise the number.",
    },
    CatalogueEntry {
        code: "consult.appointment.bookings_today",
        meaning: "One mailbox has booked as often today as `bookings_per_day` in `[limits]` allows, cancelled visits included.",
        remedy: "Book tomorrow or by telephone; an operator may raise the number.",
    },
    CatalogueEntry {
        code: "consult.appointment.moves_today",
        meaning: "One mailbox has moved visits as often today as `moves_per_day` in `[limits]` allows.",
        remedy: "Move tomorrow or by telephone; an operator may raise the number.",
    },
    CatalogueEntry {
        code: "consult.appointment.cancellations_today",
        meaning: "One mailbox has cancelled as many visits today as `cancellations_per_day` in `[limits]` allows.",
        remedy: "Call the institution; an operator may raise the number.",
    },
    CatalogueEntry {
        code: "consult.sign_in.too_often",
        meaning: "More codes were asked for within 15 minutes than one address or browser is sent.",
        remedy: "Wait, or use the newest code that arrived.",
    },
    CatalogueEntry {
        code: "consult.sign_in.codes_busy",
        meaning: "More codes were asked for within a minute than limits.codes_per_minute lets the service send.",
        remedy: "Wait a minute. An operator looks at uketsuke_codes_limited_total and at who asks, and raises the limit if they are patients.",
    },
    CatalogueEntry {
        code: "consult.sign_in.busy",
        meaning: "More passwords wait to be checked than the service checks within seconds.",
        remedy: "Wait some seconds. An operator looks at uketsuke_password_hashes_refused_total and at who asks.",
    },
    CatalogueEntry {
        code: "consult.leave.way",
        meaning: "The institution does not take consent in the way that was asked for.",
        remedy: "Follow the appointment's page; an operator checks the institution's leave_by.",
    },
    CatalogueEntry {
        code: "consult.return.browser",
        meaning: "The browser that came back is not the one that left, or another patient is signed in with it.",
        remedy: "Go on in the browser in which the procedure was begun.",
    },
    CatalogueEntry {
        code: "consult.return.unbelieved",
        meaning: "State, issuer or outcome of the authorization response do not hold.",
        remedy: "Begin again from the appointment's page; a developer checks the reception's redirect.",
    },
    CatalogueEntry {
        code: "consult.picture.stalled",
        meaning: "Less than a kilobyte a second of a picture arrived for half a minute, or all of it took longer than half an hour.",
        remedy: "Send it again over a better connection.",
    },
    CatalogueEntry {
        code: "consult.leave.reception",
        meaning: "The reception's metadata or pushed authorization endpoint did not answer as the profile says.",
        remedy: "Check that the reception runs and that client id and key are registered there; the log has the cause.",
    },
    CatalogueEntry {
        code: "consult.return.unconfirmed",
        meaning: "The code could not be redeemed: the reception did not answer, or refused.",
        remedy: "The patient goes on from the appointment's page; the log has the cause.",
    },
    CatalogueEntry {
        code: "consult.store.database",
        meaning: "The database refused or cannot be reached.",
        remedy: "Read the log at this time.",
    },
    CatalogueEntry {
        code: "consult.store.record",
        meaning: "A stored record cannot be read as what it was written as.",
        remedy: "Read the log at this time; restore from a backup if the file is damaged.",
    },
    CatalogueEntry {
        code: "consult.picture.vault",
        meaning: "A picture could not be put into the object store or brought back from it.",
        remedy: "Read the log at this time; look at the store's space and rights, and whether every older master key is configured.",
    },
    CatalogueEntry {
        code: "consult.picture.full",
        meaning: "The memory for pictures that are being sent is full, or the same account sends others already.",
        remedy: "Send it again after half a minute; an operator raises upload_memory_mb in [limits] where memory allows.",
    },
    CatalogueEntry {
        code: "consult.picture.workshop",
        meaning: "The picture worker cannot be started, or all its places are taken.",
        remedy: "Check that the configured program can be run with 'picture-worker' and may limit itself; try again if many were sending.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_no_room_for_a_picture_is_told_when_to_try_again() {
        let id = AppointmentId::new(base::Timestamp::from_seconds(0), &base::Randomness::repeatable("refusal"));
        for refusal in [Refusal::UploadsFull(id), Refusal::ImageWorker(ImageWorkerUnavailable::Busy)] {
            let response = refusal.into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::RETRY_AFTER], "30");
        }
        assert!(!Refusal::NotFound.into_response().headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn an_outage_of_the_database_is_one_that_passes() {
        let stopped = Refusal::Database(database::Error::Stopped);
        assert_eq!((stopped.status(), stopped.is_outage()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let panicked = Refusal::Database(database::Error::Panicked);
        assert_eq!((panicked.status(), panicked.is_outage()), (StatusCode::INTERNAL_SERVER_ERROR, false));
    }

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let randomness = base::Randomness::repeatable("refusal");
        let id = AppointmentId::new(base::Timestamp::from_seconds(0), &randomness);
        let all = [
            Refusal::NotFound,
            Refusal::SlotTaken,
            Refusal::NotASlot(NotASlot::Past),
            Refusal::Closed(id),
            Refusal::Changed,
            Refusal::TooEarly(id),
            Refusal::TooLate(id),
            Refusal::TooManyAppointments { max: 10 },
            Refusal::SameTime(id),
            Refusal::Overlaps(id),
            Refusal::SameDay(id),
            Refusal::ClinicDayFull { max: 2 },
            Refusal::TooManyActionsToday { action: PatientAction::Booked, max: 6 },
            Refusal::TooManyActionsToday { action: PatientAction::Rescheduled, max: 6 },
            Refusal::TooManyActionsToday { action: PatientAction::Cancelled, max: 6 },
            Refusal::TooManyCodes,
            Refusal::CodesBusy,
            Refusal::SignInsBusy(accounts::password::HashingBusy),
            Refusal::WrongProofMethod(id),
            Refusal::AnotherBrowser,
            Refusal::InvalidReturn(None),
            Refusal::UploadStalled(id),
            Refusal::ReceptionUnreachable(id, ReceptionFailure::Unknown),
            Refusal::RegistrationNotConfirmed(id, ReceptionFailure::Unknown),
            Refusal::Database(database::Error::Stopped),
            Refusal::CorruptRecord("x"),
            Refusal::Vault(VaultError::Changed),
            Refusal::UploadsFull(id),
            Refusal::ImageWorker(ImageWorkerUnavailable::Busy),
        ];
        let codes: Vec<_> = all.iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
        for refusal in all {
            assert!(!refusal.error_page().links.is_empty(), "{refusal}");
        }
    }
}
