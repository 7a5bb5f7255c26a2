//! The personal data that the service holds of a patient, and who has seen it.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame,
    components::{self, Column, Table, Tone},
};
use web::{Access, Routes, Visitor};

use super::parts::render_back_to_profile;
use crate::{
    audit::rules::{
        AuditActor,
        action::{AuditAction, DeskActionKind, DeskView, PictureAction},
    },
    context::Context,
    pages::{date_text, frame::page_frame, signed_in},
    people::rules::patient::Patient,
    personal_data::store::{HeldOverview, PatientAuditEntry, tables::DataCategory},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/data", Access::SignedIn, get(show_personal_data))
}

async fn show_personal_data(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = signed_in::require_patient_for_page(&context, &visitor).await?;
    let overview = context.store.load_held_overview(person.id).await?;
    let view = PersonalDataPage { person: &person, overview, picture_retention_days: context.picture_retention_days };
    Ok(render_personal_data_page(&page_frame(&visitor, Some(&person)), &view).into_response())
}

pub(crate) struct PersonalDataPage<'p> {
    pub(crate) person: &'p Patient,
    pub(crate) overview: HeldOverview,
    pub(crate) picture_retention_days: u16,
}

pub(crate) fn render_personal_data_page(frame: &Frame, view: &PersonalDataPage<'_>) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("保存している情報", "Your data"))
        .above_heading(render_back_to_profile(language))
        .lead(language.t(
            "このサービスが、あなたについて保存している情報と、その期間です。",
            "What this service keeps about you, and for how long.",
        ))
        .main(html! {
            (components::buttons(html! {
                (components::secondary_link("/profile/data/export", language.t("ファイルで受け取る", "Download your data"), None))
                (components::secondary_link("/profile/data/erase", language.t("画像を消す", "Erase your pictures"), None))
                (components::secondary_link("/profile/close", language.t("退会する", "Close your account"), None))
            }))
            (components::section(language.t("保存している内容と期間", "What is kept, and for how long"), html! {
                @for category in DataCategory::ALL { (render_category(language, view, category)) }
                (components::panel(language.t("メール", "Emails"), html! {
                    p { (language.t(
                        "お送りするまで、暗号化して保存します。送り終えると、本文とあて先を消します。送った記録だけが30日残ります。",
                        "Kept encrypted until sent. Then the text and address are erased; only the fact that an email was sent stays for 30 days.")) }
                }))
            }))
            (render_audit_trail(language, &view.overview.audit_trail))
            (components::notice(Tone::Info, language.t("ここにない情報", "What is not here"), html! {
                p { (language.t(
                    "マイナ在宅受付Webで同意した情報は、このサービスには届きません。診療の記録（カルテ）は、医療機関が保存します。",
                    "What you consented to at マイナ在宅受付Web never reaches this service. Your medical record is kept by the clinic.")) }
            }))
        })
}

/// One category of data: content, number of records, retention.
fn render_category(language: Language, view: &PersonalDataPage<'_>, category: DataCategory) -> Markup {
    let count = view.overview.counts.get(&category).copied().unwrap_or_default();
    let records = match (language, count) {
        (Language::Japanese, count) => format!("{count}件"),
        (Language::English, 1) => "1 record".to_owned(),
        (Language::English, count) => format!("{count} records"),
    };
    let profile = view.person.profile.as_ref();
    let (name, content, retention) = match category {
        DataCategory::Account => (
            language.t("アカウント", "Account"),
            html! {
                (view.person.mail)
                @if let Some(date) = view.overview.accepted_notice_date {
                    br; (language.t("同意した「個人情報の取扱い」の日付：", "Privacy notice shown to you is dated ")) (date_text::format_date(language, date))
                }
            },
            language.t("退会するまで", "Until you close your account"),
        ),
        DataCategory::Profile => (
            language.t("登録情報", "Your details"),
            html! {
                @if let Some(profile) = profile {
                    (profile.name) br; (date_text::format_date(language, profile.birth_date))
                    @if let Some(phone) = &profile.phone { br; (phone) }
                } @else { (language.t("まだ登録がありません", "Nothing yet")) }
            },
            language.t("退会するまで", "Until you close your account"),
        ),
        DataCategory::Appointments => (
            language.t("予約", "Appointments"),
            html! { (records) " " a href="/appointments" { (language.t("予約一覧を見る", "See your appointments")) } },
            language.t(
                "退会後も、医療機関の記録として、だれの予約か分からない形で残します",
                "Kept for the clinic's records; after you close your account, without anything that tells whose they were",
            ),
        ),
        DataCategory::Proof => (
            language.t("保険の手続きの状況", "Insurance steps"),
            html! { (records) (language.t("（受付番号と有効期限。同意した内容は含みません）", " (reception number and validity, never what you consented to)")) },
            language.t("受付番号は、退会するまで", "The reception number until you close your account"),
        ),
        DataCategory::Pictures => (
            language.t("資格確認書などの画像", "Pictures of insurance documents"),
            html! { (records) (language.t("（消した画像の記録も含みます）", " (including the records of erased pictures)")) },
            "",
        ),
        DataCategory::Record => (
            language.t("見た人・操作した人の記録", "Record of who looked and acted"),
            html! { (records) },
            language.t(
                "消せません。だれがあなたの情報を見たかを、後から確かめるためです。名前は入っていません",
                "Cannot be erased, so that it can always be checked who saw your data. It holds no name",
            ),
        ),
        DataCategory::Sessions => (
            language.t("ログイン中の端末", "Signed-in devices"),
            html! { (records) " " a href="/profile/sessions" { (language.t("端末を見る", "See devices")) } },
            language.t("ログインから30日", "30 days from signing in"),
        ),
    };
    let pictures = match language {
        Language::Japanese => format!("診察日から{}日。送らなかった画像は1日", view.picture_retention_days),
        Language::English => {
            format!("{} days from the visit; pictures that were not sent, 1 day", view.picture_retention_days)
        }
    };
    let retention = if category == DataCategory::Pictures { pictures.as_str() } else { retention };
    components::panel(
        name,
        components::description_list(&[
            (language.t("内容", "What"), content),
            (language.t("期間", "How long"), html! { (retention) }),
        ]),
    )
}

fn render_audit_trail(language: Language, trail: &[PatientAuditEntry]) -> Markup {
    let columns = [
        Column::text(language.t("日時", "When")),
        Column::text(language.t("だれが", "Who")),
        Column::text(language.t("何を", "What")),
    ];
    let name = language.t("だれが、いつ見たか", "Who looked, and when");
    let mut table = Table::new(name, &columns);
    for entry in trail {
        let actor = match &entry.actor {
            AuditActor::Desk(name) => html! { (language.t("医療機関：", "Clinic: ")) (name) },
            AuditActor::Service | AuditActor::Patient => {
                html! { (language.t("このサービス（自動）", "This service (automatic)")) }
            }
        };
        table = table.row(vec![
            html! { (date_text::format_date_time(language, entry.occurred_at)) },
            actor,
            html! { (audit_action_text(language, entry.action)) },
        ]);
    }
    components::section(
        name,
        html! {
            @if trail.is_empty() {
                p { (language.t("まだ記録がありません。", "Nothing has been recorded yet.")) }
            } @else {
                (table)
                p { (language.t(
                    "新しい順に50件までです。すべての記録は「ファイルで受け取る」に入っています。",
                    "The newest 50. The download has all of them.")) }
            }
        },
    )
}

fn audit_action_text(language: Language, action: AuditAction) -> &'static str {
    match action {
        AuditAction::Picture(PictureAction::View) => language.t("画像を見た", "Looked at a picture"),
        AuditAction::Picture(PictureAction::ViewThumbnail) => language.t("一覧で画像を見た", "Saw a picture in a list"),
        AuditAction::Picture(PictureAction::Erase) => {
            language.t("期間が過ぎた画像を消した", "Erased a picture whose time was over")
        }
        AuditAction::DeskView(DeskView::Visit) => language.t("予約の詳細を見た", "Looked at your appointment"),
        AuditAction::Desk(kind) => match kind {
            DeskActionKind::RequestConsent | DeskActionKind::RequestPicture | DeskActionKind::RequestPictureAgain => {
                language.t("手続きをお願いした", "Asked you for something")
            }
            DeskActionKind::ConfirmAtTerminal | DeskActionKind::ConfirmByPictures | DeskActionKind::ConfirmOnScreen => {
                language.t("保険を確認した", "Confirmed your insurance")
            }
            DeskActionKind::Refuse => {
                language.t("保険を確認できないと記録した", "Noted that your insurance could not be confirmed")
            }
            DeskActionKind::Complete => language.t("診察済みにした", "Marked the visit as done"),
        },
        AuditAction::DeskUndone(_)
        | AuditAction::Picture(PictureAction::Receive | PictureAction::Send)
        | AuditAction::DeskView(DeskView::Day)
        | AuditAction::Account(_)
        | AuditAction::ChainOpened => language.t("予約を操作した", "Changed your appointment"),
    }
}
