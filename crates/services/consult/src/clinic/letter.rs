//! The letter that warns a desk's account of wrong passwords.

use text::Language;

use crate::mail::letter::Letter;

/// The warning, in both languages, since the reader's is not known.
pub(crate) fn render_sign_ins_limited_letter(recipient: &str, page: &str) -> Letter {
    let paragraphs = [
        "このメールアドレスの受付アカウントに、間違ったパスワードが何度も入力されました。そのため、はじめてのブラウザーからのログインを15分間止めています。これまでにログインしたことのあるブラウザーでは、いつもどおりログインできます。お心当たりがない場合も、パスワードは知られていません。",
        "Wrong passwords were entered many times for the desk account of this address. So browsers that are new to it cannot sign in for 15 minutes. Browsers that have signed in before go on as usual. If this was not you: your password has not been guessed.",
        page,
    ];
    Letter {
        to: recipient.to_owned(),
        subject: "受付アカウントへのログインについて".to_owned(),
        body: format_desk_body(Language::Japanese, &paragraphs.map(str::to_owned)),
    }
}

fn format_desk_body(language: Language, paragraphs: &[String]) -> String {
    let closing = language.t(
        "このメールは送信専用です。くわしい内容は、上のページでご確認ください。",
        "Please don't reply to this email. You will find the details on the page above.",
    );
    format!("{}\n\n{closing}\n", paragraphs.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letter::assert_reveals_nothing;

    #[test]
    fn a_warning_of_wrong_passwords_leads_to_the_sign_in_page_and_says_no_word_of_health() {
        let letter = render_sign_ins_limited_letter("desk@example.jp", "https://example.jp/desk/sign-in");
        assert!(letter.body.contains("https://example.jp/desk/sign-in"), "{}", letter.body);
        assert_reveals_nothing(&letter);
    }
}
