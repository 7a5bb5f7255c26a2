use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, Field, Input, Tone},
};

/// The outcome of the last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeskSignInNotice {
    Nothing,
    WrongCredentials,
    TooManyAttempts,
}

/// 受付ログイン
pub(super) fn render_sign_in_page(frame: &Frame, notice: DeskSignInNotice) -> Markup {
    let language = frame.language;
    let main = html! {
        @match notice {
            DeskSignInNotice::Nothing => {}
            DeskSignInNotice::WrongCredentials => (components::notice(
                Tone::Error,
                language.t("メールアドレスかパスワードが違います", "The address or the password is wrong"),
                html! { p { (language.t(
                    "もう一度入力してください。分からないときは、管理者に確認してください。",
                    "Please enter them again. If you do not know them, ask your administrator.",
                )) } },
            )),
            DeskSignInNotice::TooManyAttempts => (components::notice(
                Tone::Error,
                language.t("続けて間違えたため、しばらくログインできません", "Too many misses: please wait"),
                html! { p { (language.t(
                    "15分たってから、もう一度お試しください。",
                    "Please try again in fifteen minutes.",
                )) } },
            )),
        }
        (components::form(frame, "/desk/sign-in", html! {
            (Field::new(language, Input::Email, "mail", language.t("メールアドレス", "E-mail address")).autocomplete("username"))
            (Field::new(language, Input::Password, "password", language.t("パスワード", "Password")).autocomplete("current-password"))
            (components::primary_button(
                language.t("ログイン", "Sign in"),
                Some(language.t("本日の予約が開きます。", "Today's visits open.")),
            ))
        }))
        (components::quiet_link("/", language.t("患者の方はこちら", "For patients")))
    };
    let mut document = Document::new(frame, language.t("医療機関の受付ログイン", "The clinic's desk: sign in"))
        .description(language.t(
            "オンライン診療を受け付ける医療機関の方が、予約と保険の確認を見るためのログイン画面です。",
            "Sign in as a clinic to see its appointments and confirm insurance.",
        ));
    if notice != DeskSignInNotice::Nothing {
        document = document.with_problems();
    }
    document.main(main)
}
