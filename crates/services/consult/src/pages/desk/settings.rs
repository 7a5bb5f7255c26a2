use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, Choice, ChoiceGroup, Field, Input, Problem, Tone},
};

use crate::store::{
    desk_news::LetterChoice,
    staff::{MIN_PASSWORD_CHARACTERS, PasswordChange},
};

pub(super) struct DeskSettingsPage {
    pub(super) letter_choice: LetterChoice,
    pub(super) notice: DeskSettingsNotice,
}

/// The outcome of the form that was sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeskSettingsNotice {
    Nothing,
    LetterChoiceSaved,
    SignedOutElsewhere,
    Password(PasswordChange),
}

/// 設定
pub(super) fn render_settings_page(frame: &Frame, view: &DeskSettingsPage) -> Markup {
    let language = frame.language;
    let wrong = match view.notice {
        DeskSettingsNotice::Password(PasswordChange::WrongPassword) => Some((
            "current_password",
            language.t(
                "いまのパスワードが違います。もう一度入力してください。",
                "The current password is wrong. Please enter it again.",
            ),
        )),
        DeskSettingsNotice::Password(PasswordChange::TooManyAttempts) => Some((
            "current_password",
            language.t(
                "続けて間違えたため、15分たってからもう一度お試しください。",
                "Too many wrong attempts. Please try again in fifteen minutes.",
            ),
        )),
        DeskSettingsNotice::Password(PasswordChange::TooShort) => Some((
            "new_password",
            language.t(
                "新しいパスワードは10文字以上で入力してください。",
                "The new password needs at least 10 characters.",
            ),
        )),
        _ => None,
    };
    let problems: Vec<_> = wrong.iter().map(|(field, message)| Problem { field, message }).collect();
    let error = |field: &str| wrong.filter(|(wrong_field, _)| *wrong_field == field).map(|(_, message)| message);
    let choices = [
        Choice::new(LetterChoice::On.as_str(), language.t("受け取る", "Send them")).support(language.t(
            "まとめて届きます。診察が近いときは、すぐに届きます。",
            "Gathered into one mail; at once when a visit is near.",
        )),
        Choice::new(LetterChoice::Off.as_str(), language.t("受け取らない", "Do not send them"))
            .support(language.t("新しいことは、予約一覧に表示されます。", "What is new stands in the list of visits.")),
    ];
    let main = html! {
        (components::error_summary(language, &problems))
        (render_success_notice(frame, view.notice))
        (components::panel(language.t("お知らせのメール", "Notification mails"), components::form(frame, "/desk/settings/letters", html! {
            (ChoiceGroup::radio(language, "letters", language.t("予約や画像のお知らせ", "About visits and pictures"), &choices)
                .without_mark()
                .selected(view.letter_choice.as_str()))
            (components::secondary_button(language.t("保存する", "Save"), None))
        })))
        (components::panel(language.t("パスワードの変更", "Change the password"), components::form(frame, "/desk/settings/password", html! {
            (Field::new(language, Input::Password, "current_password", language.t("いまのパスワード", "Current password"))
                .error(error("current_password")))
            (Field::new(language, Input::NewPassword, "new_password", language.t("新しいパスワード", "New password"))
                .support(language.t("10文字以上で入力してください。", "At least 10 characters."))
                .error(error("new_password")))
            (components::secondary_button(language.t("パスワードを変更する", "Change the password"), Some(language.t(
                "ほかのブラウザーと、資格確認端末とのつながりは切れます。端末の設定にも新しいパスワードを入れてください。",
                "Other browsers and the connection of your own terminal are signed out. Enter the new password in the terminal's settings too.",
            ))))
        })))
        (components::panel(language.t("ほかのブラウザー", "Other browsers"), components::form(frame, "/desk/settings/sign-out-elsewhere", html! {
            p { (language.t(
                "共用のパソコンなどでログアウトを忘れたときに使います。",
                "For when you forgot to sign out on a shared computer.",
            )) }
            (components::secondary_button(
                language.t("ほかのブラウザーをすべてログアウトする", "Sign out everywhere else"),
                Some(language.t("このブラウザーはログインしたままです。", "This browser stays signed in.")),
            ))
        })))
    };
    let mut document = Document::new(frame, language.t("設定", "Settings"));
    if wrong.is_some() {
        document = document.with_problems();
    }
    document.main(main)
}

fn render_success_notice(frame: &Frame, notice: DeskSettingsNotice) -> Markup {
    let language = frame.language;
    let heading = match notice {
        DeskSettingsNotice::LetterChoiceSaved => language.t("お知らせの設定を保存しました", "Your choice was saved"),
        DeskSettingsNotice::SignedOutElsewhere => {
            language.t("ほかのブラウザーをログアウトしました", "All other browsers were signed out")
        }
        DeskSettingsNotice::Password(PasswordChange::Done) => {
            language.t("パスワードを変更しました", "The password was changed")
        }
        DeskSettingsNotice::Nothing | DeskSettingsNotice::Password(_) => return html! {},
    };
    components::notice(Tone::Success, heading, html! {})
}

// The texts of the page state this length.
const _: () = assert!(MIN_PASSWORD_CHARACTERS == 10);
