//! The error page of each refusal.

use text::Text;
use web::Link;

use super::Refusal;
use crate::{appointments::rules::AppointmentId, booking::rules::PatientAction};

impl Refusal {
    /// Title and explanation of the error page, where the person is the cause.
    #[expect(clippy::too_many_lines, reason = "one entry per refusal")]
    pub(super) fn title_and_explanation(&self) -> (Text, Text) {
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
    pub(super) fn links(&self) -> Vec<Link> {
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
