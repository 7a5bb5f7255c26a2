use axum::response::{IntoResponse, Response};
use base::CatalogueEntry;
use http::StatusCode;
use text::{Language, Text};
use web::{ErrorPage, Fault, Link, Refuse};

use crate::{client::EligibilityError, wording::format_approximate_time};

/// All refusals of the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    // Fault::Person
    /// The page does not exist, or is not for this account.
    #[error("there is no such page for this account")]
    NotFound,
    /// The link to a reception was sealed for another sign-in.
    #[error("the link was made for another sign-in")]
    StaleLink,

    /// Too many passwords wait to be hashed.
    #[error("too many sign in at once")]
    SignInsBusy(#[from] accounts::password::HashingBusy),

    // Fault::OtherParty
    /// オンライン資格確認等システム failed or refused.
    #[error("the eligibility system did not answer")]
    Interface(#[from] EligibilityError),

    // Fault::ThisService
    /// The exchange folder `face` is not writable.
    #[error("the folder face cannot be written")]
    Folder(#[source] std::io::Error),
    #[error("the database failed")]
    Database(#[from] database::Error),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "terminal.page.none",
            Self::StaleLink => "terminal.link.stale",
            Self::SignInsBusy(_) => "terminal.sign_in.busy",
            Self::Interface(failure) => match failure {
                EligibilityError::Unreachable(_) => "terminal.interface.unreachable",
                EligibilityError::Timeout(_) => "terminal.interface.slow",
                EligibilityError::UntrustedServer(_) => "terminal.interface.server",
                EligibilityError::CertificateRefused(_) => "terminal.interface.certificate",
                EligibilityError::Closed { .. } => "terminal.interface.closed",
                EligibilityError::CutOff(_) => "terminal.interface.cut_off",
                EligibilityError::Status(_) => "terminal.interface.status",
                EligibilityError::TooLarge(_) => "terminal.interface.too_long",
                EligibilityError::Archive(_) => "terminal.interface.archive",
                EligibilityError::Unreadable(_) => "terminal.interface.unreadable",
                EligibilityError::UnexpectedMessage => "terminal.interface.message",
                EligibilityError::MismatchedResponse => "terminal.interface.not_ours",
                EligibilityError::Refused(_) => "terminal.interface.refused",
            },
            Self::Folder(_) => "terminal.face.unwritten",
            Self::Database(_) => "terminal.store.database",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::NotFound | Self::StaleLink | Self::SignInsBusy(_) => Fault::Person,
            Self::Interface(_) => Fault::OtherParty,
            Self::Folder(_) | Self::Database(_) => Fault::ThisService,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Database(error) if error.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound | Self::StaleLink => StatusCode::NOT_FOUND,
            Self::SignInsBusy(_) | Self::Interface(EligibilityError::Closed { .. }) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Interface(EligibilityError::Timeout(_)) => StatusCode::GATEWAY_TIMEOUT,
            Self::Interface(_) => StatusCode::BAD_GATEWAY,
            Self::Folder(_) | Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn is_outage(&self) -> bool {
        matches!(self, Self::Database(error) if error.is_outage())
    }

    fn retry_after(&self) -> Option<u32> {
        matches!(self, Self::SignInsBusy(_)).then_some(10)
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = match self {
            Self::SignInsBusy(_) => (
                Text::from_static("ログインが混み合っています", "Many people are signing in"),
                Text::from_static(
                    "パスワードはまだ確認していません。何も変更されていません。10秒ほど待ってから、もう一度お試しください。",
                    "Your password was not checked and nothing was changed. Please wait about ten seconds and try again.",
                ),
            ),
            Self::NotFound => (
                Text::from_static("ページが見つかりません", "Page not found"),
                Text::from_static(
                    "アドレスが間違っているか、このアカウントでは表示できないページです。何も変更されていません。",
                    "The address is wrong, or this account does not see the page. Nothing was changed.",
                ),
            ),
            Self::StaleLink => (
                Text::from_static("この画面は開き直しが必要です", "This page has to be opened again"),
                Text::from_static(
                    "ログインし直したため、前に開いた患者の画面は使えません。一覧からもう一度お開きください。確認の記録は失われていません。",
                    "You have signed in anew, so pages of patients opened before are closed. Open the patient from the list again. What was confirmed is not lost.",
                ),
            ),
            Self::Interface(failure) => eligibility_error_texts(failure),
            Self::Folder(_) => (
                Text::from_static("レセコンに渡せませんでした", "It could not be handed to the receipt computer"),
                Text::from_static(
                    "フォルダ face に書き込めません。管理者に、空き容量と書き込みの許可の確認を頼んでください。確認の記録は失われていません。",
                    "The folder face cannot be written. Ask the administrator to look at its space and permissions. What was confirmed is not lost.",
                ),
            ),
            Self::Database(_) => (
                Text::from_static("申し訳ありません。処理できませんでした", "We are sorry: this could not be done"),
                Text::from_static(
                    "端末側の問題です。これまでの確認の記録は失われていません。少し待ってから、もう一度お試しください。",
                    "The fault is the terminal's. What was confirmed before is not lost. Please wait a moment and try again.",
                ),
            ),
        };
        ErrorPage { title, explanation, links: vec![Link::new("/", "最初の画面へ", "To the first page")] }
    }
}

/// Title and explanation of a failure of the system: what happened, and what the desk does next.
pub(crate) fn eligibility_error_texts(failure: &EligibilityError) -> (Text, Text) {
    match failure {
        EligibilityError::Unreachable(_) => (
            Text::from_static(
                "オンライン資格確認等システムにつながりません",
                "The eligibility system cannot be reached",
            ),
            Text::from_static(
                "回線や接続先の設定を確認し、少し待ってからもう一度お試しください。お急ぎの場合は、患者に資格確認書またはマイナポータルの資格情報画面を見せてもらい、後で照会し直してください。患者の登録は失われていません。",
                "Check the line and the address in the settings, wait a little and try again. If it is urgent, look at the patient's 資格確認書 or the eligibility screen of マイナポータル and ask again later. What the patient registered is not lost.",
            ),
        ),
        EligibilityError::Timeout(_) => (
            Text::from_static("応答に時間がかかっています", "The answer takes too long"),
            Text::from_static(
                "システムが混み合っている可能性があります。1分ほど待ってから、もう一度お試しください。患者の登録は失われていません。",
                "The system may be busy. Wait about a minute and try again. What the patient registered is not lost.",
            ),
        ),
        EligibilityError::UntrustedServer(_) => (
            Text::from_static("接続先が本物であることを確認できません", "The server could not prove what it is"),
            Text::from_static(
                "接続先の電子証明書が、この端末に設定された認証局のものではないか、期限が切れています。情報は何も送っていません。管理者に連絡し、認証局の証明書と接続先の設定を確認してください。",
                "The server's certificate is not from the authority in this terminal's settings, or has ended. Nothing was sent. Tell the administrator to check the authority's certificate and the address.",
            ),
        ),
        EligibilityError::CertificateRefused(_) => (
            Text::from_static(
                "この端末の電子証明書が受け付けられません",
                "This terminal's certificate is not accepted",
            ),
            Text::from_static(
                "医療機関の電子証明書が失効しているか、期限切れか、登録されていません。管理者に連絡し、電子証明書を更新してください。それまでは、資格確認書などで確認してください。",
                "The institution's certificate was revoked, has ended, or is not registered. Tell the administrator to renew it. Until then confirm insurance by the 資格確認書.",
            ),
        ),
        EligibilityError::Closed { retry_at } => {
            let (when, when_in_english) = match retry_at {
                None => ("後で".to_owned(), "later".to_owned()),
                Some(time) => (
                    format!("{}に、", format_approximate_time(Language::Japanese, *time)),
                    format!("at {}", format_approximate_time(Language::English, *time)),
                ),
            };
            (
                Text::from_static("オンライン資格確認等システムは停止中です", "The eligibility system is closed"),
                Text::from_strings(
                    format!(
                        "メンテナンスまたは障害のため、今は照会できません。{when}もう一度照会してください。お急ぎの場合は、資格確認書、または患者に被保険者資格申立書を書いてもらい確認してください。患者の登録は失われていません。"
                    ),
                    format!(
                        "It cannot be asked now, because of maintenance or a fault. Ask again {when_in_english}. If it is urgent, look at the 資格確認書, or let the patient write a 被保険者資格申立書. What the patient registered is not lost."
                    ),
                ),
            )
        }
        EligibilityError::CutOff(_) => (
            Text::from_static("通信が途中で切れました", "The connection broke off"),
            Text::from_static(
                "結果を最後まで受け取れませんでした。途中までの情報は表示していません。もう一度お試しください。続く場合は、管理者に回線と電子証明書の確認を依頼してください。",
                "The answer did not arrive whole, and nothing of it is shown. Try again. If it goes on, ask the administrator to check the line and the certificate.",
            ),
        ),
        EligibilityError::Refused(fault) => {
            let message = fault.message.clone().or_else(|| fault.code.clone()).unwrap_or_default();
            (
                Text::from_static("照会は受け付けられませんでした", "The system did not take the question"),
                Text::from_strings(
                    format!("システムからのメッセージ：「{message}」。何も変更されていません。"),
                    format!("The system says: 「{message}」. Nothing was changed."),
                ),
            )
        }
        EligibilityError::MismatchedResponse => (
            Text::from_static("照会と異なる結果が返りました", "The answer is not to this question"),
            Text::from_static(
                "他の照会の結果が返ったため、表示していません。もう一度お試しください。続く場合は、管理者に連絡してください。",
                "An answer to another question came back and is not shown. Try again. If it goes on, tell the administrator.",
            ),
        ),
        EligibilityError::Status(_)
        | EligibilityError::TooLarge(_)
        | EligibilityError::Archive(_)
        | EligibilityError::Unreadable(_)
        | EligibilityError::UnexpectedMessage => (
            Text::from_static("結果を読み取れませんでした", "The answer could not be read"),
            Text::from_static(
                "システムから返った結果の形式が正しくありません。情報は表示していません。もう一度お試しになり、続く場合は、下の番号を添えて管理者に連絡してください。",
                "What the system answered is not in the right form, and nothing of it is shown. Try again; if it goes on, tell the administrator the code below.",
            ),
        ),
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        web::refusal_response(self)
    }
}

/// The codes of the terminal, for the reference.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "terminal.page.none",
        meaning: "There is no such page, or the account that is signed in does not see it.",
        remedy: "Sign in with the account that the page is for: 一般, 医療情報閲覧 or 管理者.",
    },
    CatalogueEntry {
        code: "terminal.link.stale",
        meaning: "A link to one reception was made for another sign-in, browser or institution, or was changed.",
        remedy: "Open the reception from the list again.",
    },
    CatalogueEntry {
        code: "terminal.sign_in.busy",
        meaning: "More passwords wait to be checked than the terminal checks within seconds.",
        remedy: "Wait some seconds and sign in again.",
    },
    CatalogueEntry {
        code: "terminal.interface.unreachable",
        meaning: "No connection to the eligibility system could be opened.",
        remedy: "Check that it runs, the line, and the interface's address in the settings.",
    },
    CatalogueEntry {
        code: "terminal.interface.slow",
        meaning: "The eligibility system did not answer within 30 seconds (5 for connecting).",
        remedy: "Ask again; look at the system's load if it goes on.",
    },
    CatalogueEntry {
        code: "terminal.interface.server",
        meaning: "The server's certificate is not of the root in the settings, not for this host, or not valid now.",
        remedy: "Compare the root certificate and the address in the settings with those of the system.",
    },
    CatalogueEntry {
        code: "terminal.interface.certificate",
        meaning: "The system refuses the institution's client certificate: unknown, ended or revoked.",
        remedy: "Issue the institution a new certificate and put it into the settings of its station.",
    },
    CatalogueEntry {
        code: "terminal.interface.closed",
        meaning: "The system says that it is closed (HTTP 503): maintenance, or a fault of its own.",
        remedy: "Ask again later; look at the system's log.",
    },
    CatalogueEntry {
        code: "terminal.interface.cut_off",
        meaning: "The connection broke before the answer was whole. A refused client certificate may look like this too.",
        remedy: "Ask again; check the line, then the institution's certificate.",
    },
    CatalogueEntry {
        code: "terminal.interface.status",
        meaning: "The system answered with an HTTP status that the interface does not have.",
        remedy: "Check that the address in the settings is that of the institutions' interface.",
    },
    CatalogueEntry {
        code: "terminal.interface.too_long",
        meaning: "The answer is longer than a message of its kind can be.",
        remedy: "Ask for fewer days; look at what answers at the interface's address.",
    },
    CatalogueEntry {
        code: "terminal.interface.archive",
        meaning: "The answer came packed and cannot be unpacked.",
        remedy: "Ask again; if it goes on, look at the system's answer.",
    },
    CatalogueEntry {
        code: "terminal.interface.unreadable",
        meaning: "The answer is no message of the interface; the log names the element.",
        remedy: "Look at the log; compare the versions of terminal and system.",
    },
    CatalogueEntry {
        code: "terminal.interface.message",
        meaning: "The answer lacks what the question was for, as the number under which a list is fetched.",
        remedy: "Look at the log; compare the versions of terminal and system.",
    },
    CatalogueEntry {
        code: "terminal.interface.not_ours",
        meaning: "The answer names another institution, or another question's identifier. It is not shown.",
        remedy: "Ask again; if it goes on, the system mixes up answers and must be stopped.",
    },
    CatalogueEntry {
        code: "terminal.interface.refused",
        meaning: "The system itself says no (処理結果区分 9); its own message is shown.",
        remedy: "Do what the message says.",
    },
    CatalogueEntry {
        code: "terminal.face.unwritten",
        meaning: "The result of a reception could not be written into the exchange folder face.",
        remedy: "Look at the folder's space and permissions; the log has the cause.",
    },
    CatalogueEntry {
        code: "terminal.store.database",
        meaning: "The terminal's database failed; its log has the whole chain of causes.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_of_the_database_is_one_that_passes() {
        let outage = Refusal::Database(database::Error::Stopped);
        assert_eq!((outage.status(), outage.is_outage()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let panicked = Refusal::Database(database::Error::Panicked);
        assert_eq!((panicked.status(), panicked.is_outage()), (StatusCode::INTERNAL_SERVER_ERROR, false));
    }

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let mut all =
            vec![Refusal::NotFound, Refusal::StaleLink, Refusal::SignInsBusy(accounts::password::HashingBusy)];
        all.extend(EligibilityError::examples().into_iter().map(Refusal::Interface));
        all.push(Refusal::Folder(std::io::Error::other("full")));
        all.push(Refusal::Database(database::Error::Stopped));
        let codes: Vec<_> = all.iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
    }
}
