//! Waiting, and how a visit ends: each outcome a page with the way on.

use base::Timestamp;
use errand::{Opened, Outcome};
use maud::{Markup, html};
use shell::{Document, Frame, Language, drawing, parts};

use super::{
    WayBack,
    visit::{View, return_link},
    way_back,
};
use crate::rules::visit::{CODE_LIFE, End, LockedWhen};

/// How often a waiting page asks.
const POLL_MILLISECONDS: u32 = 1000;

fn waiting(frame: &Frame, view: &View, title: &str, label: &str, words: &str) -> Markup {
    let poll =
        parts::Poll { url: format!("/visits/{}/progress", view.visit.id), every_milliseconds: POLL_MILLISECONDS };
    Document::new(frame, title).main(parts::waiting(frame, &poll, label, html! { p { (words) } }))
}

pub(super) fn opening(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    waiting(
        frame,
        view,
        language.t("マイナポータルアプリを開いています", "Opening マイナポータルアプリ"),
        language.t("依頼の内容を問い合わせています", "Asking what is wanted"),
        language.t("この画面は開いたままにしてください。", "Please leave this page open."),
    )
}

pub(super) fn reading(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    waiting(
        frame,
        view,
        language.t("読み取り中", "Reading"),
        language.t("カードを読み取っています", "The card is being read"),
        language.t("カードを動かさないでください。", "Do not move the card."),
    )
}

pub(super) fn sending(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    waiting(
        frame,
        view,
        language.t("読み取り完了", "The card was read"),
        language.t("受付に送っています", "Sending it to the reception"),
        language.t("カードはもう離して構いません。", "You may take the card away."),
    )
}

pub(super) fn unopened(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let opened = match view.visit.claim.opened {
        Opened::Link => "link",
        Opened::Scan => "scan",
    };
    let title = language.t("受付につながりませんでした", "The reception could not be reached");
    Document::new(frame, title).main(html! {
        p { (language.t(
            "依頼の内容を受け取れませんでした。選んだ同意の内容は失われていません。暗証番号は使われていません。",
            "The app was not told what is wanted. Your choices are not lost, and no PIN was used."
        )) }
        (parts::form(frame, "/open", html! {
            (parts::hidden("ticket", &view.visit.claim.ticket.reveal()))
            (parts::hidden("opened", opened))
            (parts::primary_button(language.t("もう一度つなぐ", "Try again"), Some(language.t("つながると、依頼の内容が表示されます。", "Then you see who asks for what."))))
        }))
        (cancel(frame, view))
    })
}

pub(super) fn unsent(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let title = language.t("受付に送れませんでした", "The reception could not be reached");
    Document::new(frame, title).main(html! {
        p { (language.t(
            "カードの読み取りは終わっています。暗証番号の入力も読み取りも、もう一度する必要はありません。",
            "The card was read. You need neither enter the PIN nor read the card again."
        )) }
        (parts::form(frame, &format!("/visits/{}/send", view.visit.id), parts::primary_button(
            language.t("もう一度送る", "Send it again"),
            Some(language.t("送れると、手続きの続きに進みます。", "Then your procedure goes on.")),
        )))
        (cancel(frame, view))
    })
}

fn cancel(frame: &Frame, view: &View) -> Markup {
    let action = format!("/visits/{}/cancel", view.visit.id);
    parts::post_button(frame, &action, parts::ButtonLook::Quiet, frame.language.t("やめる", "Do not go on"))
}

pub(super) fn answered(frame: &Frame, view: &View, outcome: &Outcome, at: Timestamp) -> Markup {
    let language = frame.language;
    let title = language.t("カードの読み取りが完了しました", "Your card was read");
    Document::new(frame, title).main(html! {
        (drawing::done(language))
        @match outcome {
            Outcome::Return { code } => {
                @let fresh = view.now < at.plus(CODE_LIFE);
                @let href = if fresh { return_link(&view.visit, &code.reveal()) } else { view.visit.reception.at("/") };
                p { (language.t(
                    "ブラウザ（マイナ在宅受付Web）に自動で戻ります。戻らないときは、下のボタンを押してください。すでに戻っている場合は、この画面を閉じてください。",
                    "You are led back to the browser (マイナ在宅受付Web). If that did not happen, press the button below. If you are back already, close this page."
                )) }
                (parts::primary_link(&href, language.t("ブラウザに戻る", "Back to the browser"), None))
            }
            Outcome::Number { digits } => (number(language, view, digits)),
        }
    })
}

fn number(language: Language, view: &View, digits: &str) -> Markup {
    html! {
        (parts::big_digits(language.t("ブラウザの画面に入力する番号", "The number to enter in the browser"), digits))
        @match way_back(&view.visit) {
            WayBack::OtherDevice => {
                p { (language.t(
                    "手続きを始めた端末の画面に、この3桁の番号を入力してください。入力するまで、手続きは終わりません。",
                    "Enter these three digits on the device where you began. The procedure is not finished before."
                )) }
            }
            WayBack::ByHand | WayBack::Link(_) => {
                p { (language.t(
                    "ブラウザ（マイナ在宅受付Web）に戻り、この3桁の番号を入力してください。入力するまで、手続きは終わりません。",
                    "Go back to the browser (マイナ在宅受付Web) and enter these three digits. The procedure is not finished before."
                )) }
                (drawing::back_to_browser(language))
                (by_hand(language))
            }
        }
        (parts::notice(parts::Tone::Warning, language.t("ほかの人から番号を聞かれたら", "If somebody asks you for this number"), html! {
            p { (language.t(
                "ご自身で手続きを始めた画面だけに入力してください。電話やメールで番号を聞かれても教えないでください。",
                "Enter it only on the page where you began yourself. Never tell it to anybody by telephone or mail."
            )) }
        }))
    }
}

fn by_hand(language: Language) -> Markup {
    parts::numbered(&[
        html! { (language.t("画面の左上にあるブラウザの名前を押します。", "Press the browser's name at the top left of the screen.")) },
        html! { (language.t(
            "見当たらないときは、アプリを切り替えてブラウザを選び、「マイナ在宅受付Web」の画面を開きます。",
            "If you do not see it, switch apps, choose the browser and open the page of マイナ在宅受付Web."
        )) },
    ])
}

pub(super) fn ended(frame: &Frame, view: &View, end: &End) -> Markup {
    let language = frame.language;
    let title = match end {
        End::Cancelled => language.t("読み取りをやめました", "You did not go on"),
        End::Locked(LockedWhen::Now) => language.t("暗証番号がロックされました", "The PIN is now locked"),
        End::Locked(LockedWhen::Before) => {
            language.t("このカードの暗証番号はロックされています", "The PIN of this card is locked")
        }
        End::NoCertificate => language.t("このカードでは手続きできません", "This card cannot be used"),
        End::Refused { .. } => language.t("受付で認められませんでした", "The reception did not accept it"),
        End::TooLate => language.t("時間切れになりました", "The time is over"),
    };
    Document::new(frame, title).main(html! {
        @match end {
            End::Cancelled => p { (language.t(
                "何も登録されていません。暗証番号の回数も減っていません。手続きを始めた画面から、もう一度読み取るか、別の方法を選べます。",
                "Nothing was registered, and this cost no try. From the page where you began you can read the card again or choose another way."
            )) },
            End::Locked(when) => (locked(language, *when)),
            End::NoCertificate => {
                p { (language.t(
                    "使える利用者証明用電子証明書が、カードに入っていません。暗証番号の回数は減っていません。何も登録されていません。",
                    "The card has no usable certificate for user authentication. No try was lost and nothing was registered."
                )) }
                (instead(language))
            }
            End::Refused { code, japanese, english } => {
                p { (language.t(japanese, english)) }
                (parts::error_code(language, code))
            }
            End::TooLate => p { (language.t(
                "安全のため、アプリを開いてから5分で終わります。何も登録されていません。手続きを始めた画面から、もう一度アプリを開いてください。",
                "For your safety it ends five minutes after the app was opened. Nothing was registered. Open the app again from the page where you began."
            )) },
        }
        (back(language, view))
    })
}

fn locked(language: Language, when: LockedWhen) -> Markup {
    html! {
        (drawing::locked(language))
        p { (match when {
            LockedWhen::Now => language.t(
                "3回続けてまちがえたため、利用者証明用電子証明書の暗証番号がロックされました。何も登録されていません。",
                "After three misses in a row the PIN for user authentication is locked. Nothing was registered.",
            ),
            LockedWhen::Before => language.t(
                "利用者証明用電子証明書の暗証番号が、前にロックされています。暗証番号は使っていません。何も登録されていません。",
                "The PIN for user authentication was locked before. No PIN was used now, and nothing was registered.",
            ),
        }) }
        (instead(language))
    }
}

/// What helps where the card does not: the office later, a picture today.
fn instead(language: Language) -> Markup {
    html! {
        h2 { (language.t("今日の診察は", "For today's visit")) }
        p { (language.t(
            "予約したサービスに戻り、保険証などの画像を送れば受診できます。",
            "Go back to the service where you booked and send a picture of your insurance document."
        )) }
        h2 { (language.t("カードをまた使うには", "To use the card again")) }
        p { (language.t(
            "お住まいの市区町村の窓口にカードをお持ちください。暗証番号のロックの解除や、電子証明書の発行ができます。",
            "Take the card to your municipal office. It unlocks the PIN and issues certificates."
        )) }
    }
}

fn back(language: Language, view: &View) -> Markup {
    match way_back(&view.visit) {
        WayBack::Link(href) => parts::primary_link(
            &href,
            language.t("ブラウザに戻る", "Back to the browser"),
            Some(language.t(
                "手続きを始めた画面（マイナ在宅受付Web）で、続け方を選べます。",
                "There, at マイナ在宅受付Web, you choose how to go on.",
            )),
        ),
        WayBack::ByHand => html! {
            h2 { (language.t("ブラウザに戻る", "Back to the browser")) }
            (drawing::back_to_browser(language))
            (by_hand(language))
        },
        WayBack::OtherDevice => html! {
            p { (language.t(
                "手続きを始めた端末の画面に、続け方が表示されます。この画面は閉じて構いません。",
                "The device where you began shows how to go on. You may close this page."
            )) }
        },
    }
}
