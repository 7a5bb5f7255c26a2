use maud::{Markup, html};
use shell::{
    Document, Frame,
    parts::{self, Choice, ChoiceGroup, Field, Input, Problem, Tone},
};

use crate::store::{
    desk_news::LetterChoice,
    staff::{PasswordChange, SHORTEST_PASSWORD},
};

/// What the settings of an account show.
pub(super) struct View {
    pub(super) letters: LetterChoice,
    pub(super) said: Said,
}

/// What became of the form before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    LettersSet,
    SignedOutElsewhere,
    Password(PasswordChange),
}

/// 設定
pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let wrong = match view.said {
        Said::Password(PasswordChange::WrongPassword) => Some((
            "current_password",
            language.t(
                "いまのパスワードが違います。もう一度入力してください。",
                "The current password is wrong. Please enter it again.",
            ),
        )),
        Said::Password(PasswordChange::TooMany) => Some((
            "current_password",
            language.t(
                "続けて間違えたため、15分たってからもう一度お試しください。",
                "Too many wrong attempts. Please try again in fifteen minutes.",
            ),
        )),
        Said::Password(PasswordChange::TooShort) => Some((
            "new_password",
            language.t(
                "新しいパスワードは10文字以上で入力してください。",
                "The new password needs at least 10 characters.",
            ),
        )),
        _ => None,
    };
    let problems: Vec<_> = wrong.iter().map(|(field, message)| Problem { field, message }).collect();
    let error = |field: &str| wrong.filter(|(at, _)| *at == field).map(|(_, message)| message);
    let choices = [
        Choice::new(LetterChoice::On.word(), language.t("受け取る", "Send them")).support(language.t(
            "まとめて届きます。診察が近いときは、すぐに届きます。",
            "Gathered into one mail; at once when a visit is near.",
        )),
        Choice::new(LetterChoice::Off.word(), language.t("受け取らない", "Do not send them"))
            .support(language.t("新しいことは、予約一覧に表示されます。", "What is new stands in the list of visits.")),
    ];
    let main = html! {
        (parts::error_summary(language, &problems))
        (done(frame, view.said))
        (parts::panel(language.t("お知らせのメール", "Notification mails"), parts::form(frame, "/desk/settings/letters", html! {
            (ChoiceGroup::radio(language, "letters", language.t("予約や画像のお知らせ", "About visits and pictures"), &choices)
                .unmarked()
                .chosen(view.letters.word()))
            (parts::secondary_button(language.t("保存する", "Save"), None))
        })))
        (parts::panel(language.t("パスワードの変更", "Change the password"), parts::form(frame, "/desk/settings/password", html! {
            (Field::new(language, Input::Password, "current_password", language.t("いまのパスワード", "Current password"))
                .error(error("current_password")))
            (Field::new(language, Input::NewPassword, "new_password", language.t("新しいパスワード", "New password"))
                .support(language.t("10文字以上で入力してください。", "At least 10 characters."))
                .error(error("new_password")))
            (parts::secondary_button(language.t("パスワードを変更する", "Change the password"), Some(language.t(
                "ほかのブラウザーと、資格確認端末とのつながりは切れます。端末の設定にも新しいパスワードを入れてください。",
                "Other browsers and the connection of your own terminal are signed out. Enter the new password in the terminal's settings too.",
            ))))
        })))
        (parts::panel(language.t("ほかのブラウザー", "Other browsers"), parts::form(frame, "/desk/settings/sign-out-elsewhere", html! {
            p { (language.t(
                "共用のパソコンなどでログアウトを忘れたときに使います。",
                "For when you forgot to sign out on a shared computer.",
            )) }
            (parts::secondary_button(
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

fn done(frame: &Frame, said: Said) -> Markup {
    let language = frame.language;
    let heading = match said {
        Said::LettersSet => language.t("お知らせの設定を保存しました", "Your choice was saved"),
        Said::SignedOutElsewhere => {
            language.t("ほかのブラウザーをログアウトしました", "All other browsers were signed out")
        }
        Said::Password(PasswordChange::Done) => language.t("パスワードを変更しました", "The password was changed"),
        Said::Nothing | Said::Password(_) => return html! {},
    };
    parts::notice(Tone::Success, heading, html! {})
}

// The page names the length in words.
const _: () = assert!(SHORTEST_PASSWORD == 10);
