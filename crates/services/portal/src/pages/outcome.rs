//! The pages of waiting and of each outcome, with the link to continue.

use app_auth::{AuthenticationOutcome, ErrorSubject, RETURN_PATH};
use base::Timestamp;
use maud::{Markup, html};
use text::Language;
use ui::{Document, Frame, components, drawing};

use super::{
    ReturnRoute, format_day, return_route,
    session::{SessionPage, return_link},
};
use crate::rules::session::{LockTime, RETURN_CODE_LIFE, SessionEnd};

/// The interval at which a waiting page polls.
const POLL_MILLISECONDS: u32 = 1000;

fn waiting_page(frame: &Frame, view: &SessionPage, title: &str, label: &str, text: &str) -> Markup {
    let poll = components::Poll {
        url: format!("/visits/{}/progress", view.session.id),
        every_milliseconds: POLL_MILLISECONDS,
    };
    Document::new(frame, title).main(components::waiting_panel(frame, &poll, label, html! { p { (text) } }))
}

pub(super) fn opening_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    waiting_page(
        frame,
        view,
        language.t("マイナポータルアプリを開いています", "Opening マイナポータルアプリ"),
        language.t("依頼の内容を問い合わせています", "Getting the request"),
        language.t("この画面は開いたままにしてください。", "Please leave this page open."),
    )
}

pub(super) fn reading_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    waiting_page(
        frame,
        view,
        language.t("読み取り中", "Scanning"),
        language.t("カードを読み取っています", "Scanning the card"),
        language.t("カードを動かさないでください。", "Do not move the card."),
    )
}

pub(super) fn sending_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    waiting_page(
        frame,
        view,
        language.t("受付に送信中", "Sending"),
        language.t("受付に送っています", "Sending to the reception"),
        language.t("カードはもう離して構いません。", "You can take the card away now."),
    )
}

pub(super) fn unreachable_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    let title = language.t("受付につながりませんでした", "The reception could not be reached");
    Document::new(frame, title).main(html! {
        p { (language.t(
            "依頼の内容を受け取れませんでした。選んだ同意の内容は失われていません。暗証番号は使われていません。",
            "The app could not get the request. Your choices are not lost, and no PIN was used."
        )) }
        (components::form(frame, "/open", html! {
            (components::hidden_field("ticket", &view.session.claim.ticket.reveal()))
            (components::hidden_field("opened", view.session.claim.open_method.as_str()))
            (components::primary_button(language.t("もう一度つなぐ", "Try again"), Some(language.t("つながると、依頼の内容が表示されます。", "Then you see the request."))))
        }))
        (cancel_button(frame, view))
    })
}

pub(super) fn unsent_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    let title = language.t("受付に送れませんでした", "The reception could not be reached");
    Document::new(frame, title).main(html! {
        p { (language.t(
            "カードの読み取りは終わっています。暗証番号の入力も読み取りも、もう一度する必要はありません。",
            "Your card was scanned. You do not need to enter the PIN or scan the card again."
        )) }
        (components::form(frame, &format!("/visits/{}/send", view.session.id), components::primary_button(
            language.t("もう一度送る", "Send it again"),
            Some(language.t("送れると、手続きの続きに進みます。", "Then your procedure continues.")),
        )))
        (cancel_button(frame, view))
    })
}

fn cancel_button(frame: &Frame, view: &SessionPage) -> Markup {
    let action = format!("/visits/{}/cancel", view.session.id);
    components::post_button(frame, &action, components::ButtonStyle::Quiet, frame.language.t("やめる", "Cancel"))
}

/// The card was read, but the procedure is not finished before the person has returned: the title says what is left to do,
/// and nothing looks finished.
pub(super) fn completed_page(
    frame: &Frame,
    view: &SessionPage,
    outcome: &AuthenticationOutcome,
    completed_at: Timestamp,
) -> Markup {
    let language = frame.language;
    let return_title = language.t("あと1つ：ブラウザに戻る", "One more step: go back to the browser");
    let number_title = language.t("あと1つ：番号を入力", "One more step: enter the number");
    let is_fresh = view.now < completed_at.plus(RETURN_CODE_LIFE);
    match outcome {
        AuthenticationOutcome::Return { code } => {
            // An expired code is useless; without a code the browser opens the page that it left.
            let href =
                if is_fresh { return_link(&view.session, &code.reveal()) } else { view.session.reception.url(RETURN_PATH) };
            Document::new(frame, return_title).main(html! {
                p { (language.t(
                    "カードの読み取りは終わりました。ブラウザ（マイナ在宅受付Web）に自動で戻ります。戻らないときは、下のボタンを押してください。",
                    "Your card was scanned. You will return to the browser (マイナ在宅受付Web) automatically. If not, press the button below."
                )) }
                (components::bottom_bar(components::primary_link(&href, language.t("ブラウザに戻る", "Back to the browser"), None)))
                p { (language.t("すでに戻っている場合は、この画面を閉じてください。", "If you are back already, close this page.")) }
            })
        }
        AuthenticationOutcome::ReturnOrConfirmationDigits { code, digits } if is_fresh => Document::new(frame, return_title).main(html! {
            p { (language.t(
                "カードの読み取りは終わりました。手続きは、ブラウザに戻ると進みます。",
                "Your card was scanned. Your procedure continues when you are back in the browser."
            )) }
            (components::bottom_bar(components::primary_link(
                &return_link(&view.session, &code.reveal()),
                language.t("ブラウザに戻る", "Back to the browser"),
                Some(language.t("マイナ在宅受付Webの続きが開きます。", "This opens マイナ在宅受付Web where you left it.")),
            )))
            h2 { (language.t("番号を聞かれたとき", "If you are asked for a number")) }
            p { (language.t(
                "ご自身で元の画面に戻ったときや、別のブラウザが開いたときは、元の画面にこの番号を入力してください。",
                "If you went back by yourself, or another browser opened, enter this number on the page where you began."
            )) }
            (number_section(language, view, digits))
        }),
        AuthenticationOutcome::ConfirmationDigits { digits } | AuthenticationOutcome::ReturnOrConfirmationDigits { digits, .. } => {
            Document::new(frame, number_title).main(html! {
                p { (match return_route(&view.session) {
                    ReturnRoute::OtherDevice => language.t(
                        "手続きを始めた端末の画面に、この3桁の番号を入力してください。入力するまで、手続きは終わりません。",
                        "Enter these three digits on the device where you began. The procedure is not finished before.",
                    ),
                    ReturnRoute::ByHand | ReturnRoute::Link(_) => language.t(
                        "ブラウザ（マイナ在宅受付Web）に戻り、この3桁の番号を入力してください。入力するまで、手続きは終わりません。",
                        "Go back to the browser (マイナ在宅受付Web) and enter these three digits. The procedure is not finished before.",
                    ),
                }) }
                (number_section(language, view, digits))
            })
        }
    }
}

fn number_section(language: Language, view: &SessionPage, digits: &str) -> Markup {
    let label = language.t("ブラウザの画面に入力する番号", "The number to enter in the browser");
    html! {
        @match return_route(&view.session) {
            ReturnRoute::OtherDevice => (components::big_digits(label, digits)),
            ReturnRoute::ByHand | ReturnRoute::Link(_) => {
                (components::copyable_digits(
                    language,
                    label,
                    digits,
                    language.t("番号をコピーして戻る", "Copy the number and go back"),
                    language.t(
                        "コピーしました。画面の左上にあるブラウザの名前を押して戻り、番号の欄に貼り付けてください。",
                        "Copied. Tap the browser's name at the top left to go back, and paste it into the field.",
                    ),
                ))
                (drawing::back_to_browser(language))
                (switch_back_steps(language))
            }
        }
        (components::notice(components::Tone::Warning, language.t("ほかの人から番号を聞かれたら", "If somebody asks you for this number"), html! {
            p { (language.t(
                "ご自身で手続きを始めた画面だけに入力してください。電話やメールで番号を聞かれても教えないでください。",
                "Enter it only on the page where you began yourself. Don't share it with anyone by phone or email."
            )) }
        }))
    }
}

fn switch_back_steps(language: Language) -> Markup {
    components::numbered_list(&[
        html! { (language.t("画面の左上にあるブラウザの名前を押します。", "Tap the browser's name at the top left of the screen.")) },
        html! { (language.t(
            "見当たらないときは、アプリを切り替えてブラウザを選び、「マイナ在宅受付Web」の画面を開きます。",
            "If you do not see it, switch apps, choose the browser and open the page of マイナ在宅受付Web."
        )) },
    ])
}

pub(super) fn ended_page(frame: &Frame, view: &SessionPage, end: &SessionEnd) -> Markup {
    let language = frame.language;
    let title = match end {
        SessionEnd::Cancelled => language.t("読み取りをやめました", "You cancelled"),
        SessionEnd::Locked(LockTime::JustNow) => language.t("暗証番号がロックされました", "The PIN is now locked"),
        SessionEnd::Locked(LockTime::Earlier) => {
            language.t("このカードの暗証番号はロックされています", "The PIN of this card is locked")
        }
        SessionEnd::NoCertificate => language.t("このカードでは手続きできません", "This card cannot be used"),
        SessionEnd::Expired { .. } => {
            language.t("電子証明書の有効期限が切れています", "The certificate on this card has expired")
        }
        SessionEnd::Refused { subject: ErrorSubject::Card, .. } => {
            language.t("このカードは使えませんでした", "This card could not be used")
        }
        SessionEnd::Refused { subject: ErrorSubject::Request, .. } => {
            language.t("受付で認められませんでした", "The reception did not accept it")
        }
        SessionEnd::TooLate => language.t("時間切れになりました", "Time is up"),
    };
    Document::new(frame, title).main(html! {
        @match end {
            SessionEnd::Cancelled => p { (language.t(
                "何も登録されていません。暗証番号の回数も減っていません。手続きを始めた画面から、もう一度読み取るか、別の方法を選べます。",
                "Nothing was registered, and no attempt was lost. On the page where you began you can scan the card again or choose another way."
            )) },
            SessionEnd::Locked(lock_time) => (locked_section(language, *lock_time)),
            SessionEnd::NoCertificate => {
                p { (language.t(
                    "使える利用者証明用電子証明書が、カードに入っていません。暗証番号の回数は減っていません。何も登録されていません。",
                    "The card has no usable certificate for user authentication. No attempt was lost and nothing was registered."
                )) }
                (alternatives(language))
            }
            SessionEnd::Expired { not_after } => {
                p {
                    (language.t("有効期限は、", "It was valid to ")) b { (format_day(language, not_after.japan_date())) }
                    (language.t(
                        "まででした。3か月を過ぎたため、このカードでは手続きできません。暗証番号は入力していません。何も登録されていません。",
                        ". More than three months have passed, so the card cannot be used. No PIN was entered and nothing was registered."
                    ))
                }
                (alternatives(language))
            }
            SessionEnd::Refused { code, japanese, english, .. } => {
                p { (language.t(japanese, english)) }
                (components::error_code(language, code))
            }
            SessionEnd::TooLate => p { (language.t(
                "安全のため、アプリを開いてから5分で終わります。何も登録されていません。手続きを始めた画面から、もう一度アプリを開いてください。",
                "For your safety the app closes the request after five minutes. Nothing was registered. Open the app again from the page where you began."
            )) },
        }
        (back_section(language, view))
    })
}

fn locked_section(language: Language, lock_time: LockTime) -> Markup {
    html! {
        (drawing::locked(language))
        p { (match lock_time {
            LockTime::JustNow => language.t(
                "3回続けて間違えたため、利用者証明用電子証明書の暗証番号がロックされました。何も登録されていません。",
                "After three wrong attempts the PIN for user authentication is locked. Nothing was registered.",
            ),
            LockTime::Earlier => language.t(
                "このカードの暗証番号は、すでにロックされています。今回は入力していません。何も登録されていません。",
                "The PIN of this card was locked before. It was not entered now, and nothing was registered.",
            ),
        }) }
        (alternatives(language))
    }
}

/// The alternatives to the card: a picture today, the municipal office later.
fn alternatives(language: Language) -> Markup {
    html! {
        h2 { (language.t("今日の診察は", "For today's visit")) }
        p { (language.t(
            "予約したサービスに戻り、資格確認書などの画像を送れば受診できます。",
            "Go back to the service where you booked and send a picture of your insurance document."
        )) }
        h2 { (language.t("カードをまた使うには", "To use the card again")) }
        p { (language.t(
            "お住まいの市区町村の窓口にカードをお持ちください。暗証番号のロックの解除や、電子証明書の発行ができます。",
            "Take the card to your municipal office, which can unlock the PIN or issue a certificate."
        )) }
    }
}

fn back_section(language: Language, view: &SessionPage) -> Markup {
    match return_route(&view.session) {
        ReturnRoute::Link(href) => components::bottom_bar(components::primary_link(
            &href,
            language.t("ブラウザに戻る", "Back to the browser"),
            Some(language.t(
                "手続きを始めた画面（マイナ在宅受付Web）で、続け方を選べます。",
                "There, at マイナ在宅受付Web, you choose how to go on.",
            )),
        )),
        ReturnRoute::ByHand => html! {
            h2 { (language.t("ブラウザに戻る", "Back to the browser")) }
            (drawing::back_to_browser(language))
            (switch_back_steps(language))
        },
        ReturnRoute::OtherDevice => html! {
            p { (language.t(
                "手続きを始めた端末の画面に、続け方が表示されます。この画面は閉じて構いません。",
                "The device where you began shows how to go on. You may close this page."
            )) }
        },
    }
}
