//! The personal data that the service holds of the patient: overview, export, erasure, and 退会 (closing the account).

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Timestamp, Token};
use http::{HeaderValue, header};
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame,
    components::{self, CheckState, Column, Table, Tone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor, change_browser};

use super::{date_text, page_frame, patient, sample_data};
use crate::{
    Refusal,
    context::Context,
    rules::{
        appointment::{AppointmentId, Openness},
        closing::{CloseOutcome, UpcomingVisitChoice},
        patient::Patient,
    },
    store::{
        appointment::AppointmentDetails,
        desk::AuditActor,
        personal_data::{DataCategory, HeldOverview, PatientAuditEntry, PersonalData},
    },
};

pub(super) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/profile/data", Access::SignedIn, get(show_personal_data))
        .page("/profile/data/export", Access::SignedIn, get(show_export))
        .action("/profile/data/export", Access::SignedIn, post(submit_export))
        .page("/profile/data/erase", Access::SignedIn, get(show_erase_pictures))
        .action("/profile/data/erase", Access::SignedIn, post(submit_erase_pictures))
        .page("/profile/close", Access::SignedIn, get(show_close_account))
        .action("/profile/close", Access::SignedIn, post(submit_close_account))
        .page("/account-closed", Access::Anyone, get(show_account_closed))
}

async fn show_personal_data(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::require_patient_for_page(&context, &visitor).await?;
    let overview = context.store.load_held_overview(person.id).await?;
    let view = PersonalDataPage { person: &person, overview, picture_retention_days: context.picture_retention_days };
    Ok(render_personal_data_page(&page_frame(&visitor, Some(&person)), &view).into_response())
}

struct PersonalDataPage<'p> {
    person: &'p Patient,
    overview: HeldOverview,
    picture_retention_days: u16,
}

fn render_back_to_profile(language: Language) -> Markup {
    components::back_link("/profile", language.t("登録情報に戻る", "Back to your details"))
}

fn render_back_to_data(language: Language) -> Markup {
    components::back_link("/profile/data", language.t("保存している情報に戻る", "Back to your data"))
}

fn render_personal_data_page(frame: &Frame, view: &PersonalDataPage<'_>) -> Markup {
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
            html! { (audit_action_text(language, &entry.action)) },
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

fn audit_action_text(language: Language, action: &str) -> &'static str {
    match action {
        "picture.look" => language.t("画像を見た", "Looked at a picture"),
        "picture.look_small" => language.t("一覧で画像を見た", "Saw a picture in a list"),
        "picture.erase" => language.t("期間が過ぎた画像を消した", "Erased a picture whose time was over"),
        "desk.visit" => language.t("予約の詳細を見た", "Looked at your appointment"),
        "desk.ask_consent" | "desk.ask_picture" | "desk.ask_again" => {
            language.t("手続きをお願いした", "Asked you for something")
        }
        "desk.confirm_terminal" | "desk.confirm_picture" | "desk.confirm_screen" => {
            language.t("保険を確認した", "Confirmed your insurance")
        }
        "desk.refuse" => language.t("保険を確認できないと記録した", "Noted that your insurance could not be confirmed"),
        "desk.complete" => language.t("診察済みにした", "Marked the visit as done"),
        _ => language.t("予約を操作した", "Changed your appointment"),
    }
}

async fn show_export(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::require_patient_for_page(&context, &visitor).await?;
    Ok(render_export_page(&page_frame(&visitor, Some(&person))).into_response())
}

fn render_export_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("情報をファイルで受け取る", "Download your data"))
        .above_heading(render_back_to_data(language))
        .lead(language.t(
            "このサービスが保存している、あなたの情報をすべて1つのファイル（JSON形式）にします。",
            "One file (JSON) with everything that this service keeps about you.",
        ))
        .main(html! {
            (components::form(frame, "/profile/data/export", components::primary_button(
                language.t("ファイルを受け取る", "Download"),
                Some(language.t("お名前や予約の内容が入ったファイルです。ほかの人が使う端末には保存しないでください。",
                    "The file has your name and appointments. Do not save it on a device that others use.")))))
            (components::section(language.t("入っているもの", "What is in it"), html! {
                ul {
                    li { (language.t("メールアドレス、登録情報、予約、保険の手続きの状況", "Your email address, details, appointments and insurance steps")) }
                    li { (language.t("画像の記録（種類、日時）。画像そのものは、予約の画像のページで保存できます", "Records of pictures (kind, dates). The pictures themselves can be saved from the page of each appointment")) }
                    li { (language.t("だれが、いつ見たかの記録、ログインの記録", "Who looked and when, and your sign-ins")) }
                }
            }))
        })
}

async fn submit_export(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let person = patient::require_patient_for_action(&context, &visitor).await?;
    let data = context.store.export_personal_data(person.id, visitor.now()).await?;
    Ok(export_response(&data, visitor.now()))
}

fn export_response(data: &PersonalData, now: Timestamp) -> Response {
    let content = serde_json::to_vec_pretty(data).expect("maps of strings and numbers serialise to JSON");
    let name = format!("attachment; filename=\"my-data-{}.json\"", now.japan_date());
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

async fn show_erase_pictures(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::require_patient_for_page(&context, &visitor).await?;
    let pictures = context.store.list_pictures(person.id).await?.len();
    Ok(render_erase_pictures_page(&page_frame(&visitor, Some(&person)), pictures).into_response())
}

fn render_erase_pictures_page(frame: &Frame, pictures: usize) -> Markup {
    let language = frame.language;
    let question = match language {
        Language::Japanese => format!("保存している画像{pictures}件を、今すぐすべて消します。"),
        Language::English if pictures == 1 => "This erases the 1 picture that is kept, now.".to_owned(),
        Language::English => format!("This erases all {pictures} pictures that are kept, now."),
    };
    Document::new(frame, language.t("画像を消す", "Erase your pictures")).above_heading(render_back_to_data(language)).main(html! {
        @if pictures == 0 {
            p { (language.t("保存している画像はありません。", "No pictures are kept.")) }
        } @else {
            p { (question) }
            (components::form(frame, "/profile/data/erase", components::danger_button(
                language.t("画像をすべて消す", "Erase all pictures"),
                Some(language.t("元に戻せません。これからの診察では、もう一度送っていただくことがあります。",
                    "This cannot be undone. For a visit to come you may be asked to send them again.")))))
        }
        (components::section(language.t("ほかの情報を消すには", "To erase other data"), html! {
            ul {
                li { (language.t("お名前、生年月日、メールアドレスは、医療機関がご本人を確認するために必要です。退会すると消えます。", "Your name, date of birth and email address are needed so that the clinic can identify you. They are erased when you close your account.")) }
                li { (language.t("電話番号などは、登録情報で変更できます。", "You can change your telephone number and other details under Your details.")) }
                li { (language.t("予約の記録と、だれが見たかの記録は、医療機関と安全のために残します。退会後は、名前と結び付きません。", "Records of appointments and of who looked are kept for the clinic and for your safety. After you close your account they are tied to no name.")) }
            }
            (components::quiet_link("/profile/close", language.t("退会について", "About closing your account")))
        }))
    })
}

async fn submit_erase_pictures(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let person = patient::require_patient_for_action(&context, &visitor).await?;
    for (appointment, picture) in context.store.list_pictures(person.id).await? {
        context.store.erase_picture(person.id, appointment, picture, visitor.now()).await?;
    }
    Ok(Redirect::to("/profile/data/erase").into_response())
}

struct CloseAccountPage {
    /// Visits that have not begun.
    upcoming_visits: Vec<AppointmentDetails>,
    /// Whether a visit has begun today: until it is over, the account cannot be closed.
    visit_under_way: VisitUnderWay,
    problem: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum VisitUnderWay {
    Yes,
    No,
}

async fn load_close_account_page(
    context: &Context,
    person: &Patient,
    now: Timestamp,
) -> Result<CloseAccountPage, Refusal> {
    let cases = context.store.list_appointment_details(person.id, now).await?;
    let is = |openness| move |case: &AppointmentDetails| case.appointment.openness(now) == openness;
    let under_way = if cases.iter().any(is(Openness::Provable)) { VisitUnderWay::Yes } else { VisitUnderWay::No };
    let upcoming = cases.into_iter().filter(is(Openness::Changeable)).collect();
    Ok(CloseAccountPage { upcoming_visits: upcoming, visit_under_way: under_way, problem: None })
}

async fn show_close_account(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::require_patient_for_page(&context, &visitor).await?;
    let view = load_close_account_page(&context, &person, visitor.now()).await?;
    Ok(render_close_account_page(&page_frame(&visitor, Some(&person)), &view).into_response())
}

fn render_close_account_page(frame: &Frame, view: &CloseAccountPage) -> Markup {
    let language = frame.language;
    let problems: Vec<_> =
        view.problem.iter().map(|message| components::Problem { field: "cancel", message }).collect();
    let mut document = Document::new(frame, language.t("退会する", "Close your account"))
        .above_heading(render_back_to_profile(language));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        @if view.visit_under_way == VisitUnderWay::Yes {
            (components::notice(Tone::Warning, language.t("今日の診察が終わってから退会できます", "You can close your account after today's visit"), html! {
                p { (language.t(
                    "診察の時間になった予約があるため、今は退会できません。明日以降にもう一度お試しください。",
                    "The time of a visit has come, so the account cannot be closed now. Please try again tomorrow.")) }
            }))
        } @else {
            (components::form(frame, "/profile/close", html! {
                @if !view.upcoming_visits.is_empty() { (render_visits_to_cancel(language, &view.upcoming_visits)) }
                (components::danger_button(
                    language.t("退会する", "Close my account"),
                    Some(language.t("すぐに退会となり、元に戻せません。", "This takes effect at once and cannot be undone."))))
            }))
        }
        (render_closing_consequences(language))
        p { a href="/profile/data/export" { (language.t("退会の前に、情報をファイルで受け取る", "Download your data before you close")) } }
    })
}

/// The visits that closing the account cancels, and the checkbox that agrees to it.
fn render_visits_to_cancel(language: Language, upcoming: &[AppointmentDetails]) -> Markup {
    let shown_ids: Vec<_> = upcoming.iter().map(|case| case.appointment.id.to_string()).collect();
    html! {
        (components::notice(Tone::Warning, language.t("これからの予約があります", "You have appointments to come"), html! {
            ul {
                @for case in upcoming {
                    li {
                        a href=(format!("/appointments/{}", case.appointment.id)) {
                            (date_text::format_visit_time(language, case.appointment.visit_start, case.appointment.menu.minutes))
                        }
                        " " (case.institution.name_in(language))
                    }
                }
            }
        }))
        (components::hidden_field("shown", &shown_ids.join(",")))
        (components::checkbox("cancel", "1", language.t("上の予約をすべてキャンセルする", "Cancel all of these appointments"), CheckState::Unchecked))
    }
}

fn render_closing_consequences(language: Language) -> Markup {
    components::section(
        language.t("退会すると", "When you close your account"),
        html! {
            ul {
                li { (language.t("お名前、生年月日、電話番号、メールアドレス、画像は、すぐに消えます。", "Your name, date of birth, telephone number, email address and pictures are erased at once.")) }
                li { (language.t("すべての端末からログアウトします。", "You are signed out on every device.")) }
                li { (language.t("これまでの予約は、医療機関の記録として、だれの予約か分からない形で残ります。", "Past appointments stay for the clinic's records, without anything that tells whose they were.")) }
                li { (language.t("だれが情報を見たかの記録は、名前のない番号の形で残ります。", "The record of who looked stays under a number, without a name.")) }
                li { (language.t("医療機関のカルテと、マイナ在宅受付Webに登録した同意は、退会では消えません。", "The clinic's medical record, and consent registered at マイナ在宅受付Web, are not erased by this.")) }
            }
        },
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CloseAccountForm {
    /// The ids of the visits that the page listed, separated by commas.
    #[serde(rename = "shown")]
    shown_appointments: String,
    cancel: Option<String>,
}

impl CloseAccountForm {
    fn parse_upcoming(&self) -> UpcomingVisitChoice {
        if self.cancel.is_none() {
            return UpcomingVisitChoice::Keep;
        }
        let ids = self.shown_appointments.split(',').filter_map(|id| id.parse::<AppointmentId>().ok());
        UpcomingVisitChoice::Cancel(ids.collect())
    }
}

async fn submit_close_account(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<CloseAccountForm>,
) -> Result<Response, Response> {
    let person = patient::require_patient_for_action(&context, &visitor).await?;
    match context.store.close_account(person.id, form.parse_upcoming(), visitor.now()).await? {
        CloseOutcome::Closed => {
            let new_browser = Token::new(visitor.site().randomness());
            context.store.sign_out(visitor.browser().clone(), new_browser.clone()).await?;
            Ok(change_browser(Redirect::to("/account-closed").into_response(), new_browser))
        }
        CloseOutcome::StillBooked => {
            let mut view = load_close_account_page(&context, &person, visitor.now()).await?;
            view.problem = Some(visitor.language().t(
                "これからの予約をキャンセルする場合は、チェックを入れてください。まだ退会していません。",
                "Tick the box to cancel your appointments. Your account is not closed yet.",
            ));
            Ok(render_close_account_page(&page_frame(&visitor, Some(&person)), &view).into_response())
        }
        CloseOutcome::VisitUnderWay => Ok(Redirect::to("/profile/close").into_response()),
    }
}

async fn show_account_closed(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::find_signed_in_patient(&context, &visitor).await?;
    Ok(render_account_closed_page(&page_frame(&visitor, person.as_ref())).into_response())
}

fn render_account_closed_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("退会しました", "Your account is closed"))
        .description(language.t(
            "オンライン診療サービスの退会の手続きが終わりました。",
            "Your account at the online care service is closed.",
        ))
        .lead(language.t(
            "お名前、メールアドレス、画像などを消しました。ご利用ありがとうございました。",
            "Your name, email address and pictures have been erased. Thank you for using this service.",
        ))
        .main(html! {
            p { (language.t("もう一度お使いになるときは、新しく登録してください。", "To use the service again, please sign up anew.")) }
            (components::primary_link("/", language.t("医療機関をさがす", "Find a clinic"), None))
        })
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = sample_data::person();
    let frame_for = |path: &str| sample_data::frame(language, path, Some(&person));
    let counts = DataCategory::ALL.into_iter().map(|category| (category, 2)).collect();
    let entry =
        |action: &str, actor| PatientAuditEntry { occurred_at: sample_data::now(), action: action.to_owned(), actor };
    let overview = HeldOverview {
        counts,
        audit_trail: vec![
            entry("desk.visit", AuditActor::Desk("受付 見本".to_owned())),
            entry("picture.look", AuditActor::Desk("受付 見本".to_owned())),
            entry("picture.erase", AuditActor::Service),
        ],
        accepted_notice_date: Some(sample_data::notices().privacy_effective_date),
    };
    let empty = HeldOverview { audit_trail: Vec::new(), accepted_notice_date: None, ..overview.clone() };
    let nameless = Patient { profile: None, ..person.clone() };
    let view = |person, overview| PersonalDataPage { person, overview, picture_retention_days: 30 };
    let closing = |upcoming: usize, under_way, problem| {
        let case = sample_data::appointment_views().remove(0).1.case;
        CloseAccountPage { upcoming_visits: vec![case; upcoming], visit_under_way: under_way, problem }
    };
    let untick = language.t(
        "これからの予約をキャンセルする場合は、チェックを入れてください。まだ退会していません。",
        "Tick the box to cancel your appointments. Your account is not closed yet.",
    );
    let close = |view: &CloseAccountPage| render_close_account_page(&frame_for("/profile/close"), view);
    vec![
        ("data/overview".to_owned(), render_personal_data_page(&frame_for("/profile/data"), &view(&person, overview))),
        (
            "data/overview-new".to_owned(),
            render_personal_data_page(&frame_for("/profile/data"), &view(&nameless, empty)),
        ),
        ("data/export".to_owned(), render_export_page(&frame_for("/profile/data/export"))),
        ("data/erase".to_owned(), render_erase_pictures_page(&frame_for("/profile/data/erase"), 2)),
        ("data/erase-nothing".to_owned(), render_erase_pictures_page(&frame_for("/profile/data/erase"), 0)),
        ("data/close".to_owned(), close(&closing(0, VisitUnderWay::No, None))),
        ("data/close-booked".to_owned(), close(&closing(2, VisitUnderWay::No, None))),
        ("data/close-not-ticked".to_owned(), close(&closing(1, VisitUnderWay::No, Some(untick)))),
        ("data/close-under-way".to_owned(), close(&closing(0, VisitUnderWay::Yes, None))),
        ("data/closed".to_owned(), render_account_closed_page(&sample_data::frame(language, "/account-closed", None))),
    ]
}
