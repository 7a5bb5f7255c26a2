//! What is kept of the signed-in person: to see, to take along, to erase, and 退会.

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
use shell::{
    Access, Document, Form, Frame, Language, Routes, Visitor, change_browser,
    parts::{self, Column, Table, Ticked, Tone},
};

use super::{frame, patient, specimen, when};
use crate::{
    Refusal,
    room::Room,
    rules::{
        appointment::{AppointmentId, Openness},
        patient::Person,
    },
    store::{
        appointment::Case,
        desk::DoneBy,
        personal_data::{Category, CloseOutcome, HeldOverview, PersonalData, TrailLine, Upcoming},
    },
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new()
        .page("/profile/data", Access::Known, get(show))
        .page("/profile/data/export", Access::Known, get(ask_export))
        .action("/profile/data/export", Access::Known, post(export))
        .page("/profile/data/erase", Access::Known, get(ask_erase))
        .action("/profile/data/erase", Access::Known, post(erase))
        .page("/profile/close", Access::Known, get(ask_close))
        .action("/profile/close", Access::Known, post(close))
        .page("/account-closed", Access::Anyone, get(show_closed))
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
struct Pressed {}

async fn show(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let overview = room.store.held_overview(person.id).await?;
    let view = OverviewView { person: &person, overview, keep_pictures_days: room.keep_pictures_days };
    Ok(overview_page(&frame(&visitor, Some(&person)), &view).into_response())
}

struct OverviewView<'p> {
    person: &'p Person,
    overview: HeldOverview,
    keep_pictures_days: u16,
}

/// The way back to the page of one's details.
fn back_to_profile(language: Language) -> Markup {
    parts::back_link("/profile", language.t("登録情報に戻る", "Back to your details"))
}

fn back_to_data(language: Language) -> Markup {
    parts::back_link("/profile/data", language.t("保存している情報に戻る", "Back to your data"))
}

fn overview_page(frame: &Frame, view: &OverviewView<'_>) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("保存している情報", "Your data"))
        .above(back_to_profile(language))
        .lead(language.t(
            "このサービスが、あなたについて保存している情報と、その期間です。",
            "What this service keeps about you, and for how long.",
        ))
        .main(html! {
            (parts::buttons(html! {
                (parts::secondary_link("/profile/data/export", language.t("ファイルで受け取る", "Download your data"), None))
                (parts::secondary_link("/profile/data/erase", language.t("画像を消す", "Erase your pictures"), None))
                (parts::secondary_link("/profile/close", language.t("退会する", "Close your account"), None))
            }))
            (parts::section(language.t("保存している内容と期間", "What is kept, and for how long"), html! {
                @for category in Category::ALL { (render_category(language, view, category)) }
                (parts::panel(language.t("メール", "Emails"), html! {
                    p { (language.t(
                        "お送りするまで、暗号化して保存します。送り終えると、本文とあて先を消します。送った記録だけが30日残ります。",
                        "Kept encrypted until sent. Then the text and address are erased; only the fact that an email was sent stays for 30 days.")) }
                }))
            }))
            (trail(language, &view.overview.trail))
            (parts::notice(Tone::Info, language.t("ここにない情報", "What is not here"), html! {
                p { (language.t(
                    "マイナ在宅受付Webで同意した情報は、このサービスには届きません。診療の記録（カルテ）は、医療機関が保存します。",
                    "What you consented to at マイナ在宅受付Web never reaches this service. Your medical record is kept by the clinic.")) }
            }))
        })
}

/// One kind of data: what it is, how much there is of it, how long it is kept.
fn render_category(language: Language, view: &OverviewView<'_>, category: Category) -> Markup {
    let count = view.overview.counts.get(&category).copied().unwrap_or_default();
    let records = match (language, count) {
        (Language::Japanese, count) => format!("{count}件"),
        (Language::English, 1) => "1 record".to_owned(),
        (Language::English, count) => format!("{count} records"),
    };
    let profile = view.person.profile.as_ref();
    let (name, what, until) = match category {
        Category::Account => (
            language.t("アカウント", "Account"),
            html! {
                (view.person.mail)
                @if let Some(dated) = view.overview.accepted {
                    br; (language.t("同意した「個人情報の取扱い」の日付：", "Privacy notice shown to you is dated ")) (when::day(language, dated))
                }
            },
            language.t("退会するまで", "Until you close your account"),
        ),
        Category::Profile => (
            language.t("登録情報", "Your details"),
            html! {
                @if let Some(profile) = profile {
                    (profile.name) br; (when::day(language, profile.birth_date))
                    @if let Some(phone) = &profile.phone { br; (phone) }
                } @else { (language.t("まだ登録がありません", "Nothing yet")) }
            },
            language.t("退会するまで", "Until you close your account"),
        ),
        Category::Appointments => (
            language.t("予約", "Appointments"),
            html! { (records) " " a href="/appointments" { (language.t("予約一覧を見る", "See your appointments")) } },
            language.t(
                "退会後も、医療機関の記録として、だれの予約か分からない形で残します",
                "Kept for the clinic's records; after you close your account, without anything that tells whose they were",
            ),
        ),
        Category::Proof => (
            language.t("保険の手続きの状況", "Insurance steps"),
            html! { (records) (language.t("（受付番号と有効期限。同意した内容は含みません）", " (reception number and validity, never what you consented to)")) },
            language.t("受付番号は、退会するまで", "The reception number until you close your account"),
        ),
        Category::Pictures => (
            language.t("資格確認書などの画像", "Pictures of insurance documents"),
            html! { (records) (language.t("（消した画像の記録も含みます）", " (including the records of erased pictures)")) },
            "",
        ),
        Category::Record => (
            language.t("見た人・操作した人の記録", "Record of who looked and acted"),
            html! { (records) },
            language.t(
                "消せません。だれがあなたの情報を見たかを、後から確かめるためです。名前は入っていません",
                "Cannot be erased, so that it can always be checked who saw your data. It holds no name",
            ),
        ),
        Category::Sessions => (
            language.t("ログイン中の端末", "Signed-in devices"),
            html! { (records) " " a href="/profile/sessions" { (language.t("端末を見る", "See devices")) } },
            language.t("ログインから30日", "30 days from signing in"),
        ),
    };
    let pictures = match language {
        Language::Japanese => format!("診察日から{}日。送らなかった画像は1日", view.keep_pictures_days),
        Language::English => {
            format!("{} days from the visit; pictures that were not sent, 1 day", view.keep_pictures_days)
        }
    };
    let until = if category == Category::Pictures { pictures.as_str() } else { until };
    parts::panel(
        name,
        parts::description_list(&[
            (language.t("内容", "What"), what),
            (language.t("期間", "How long"), html! { (until) }),
        ]),
    )
}

fn trail(language: Language, trail: &[TrailLine]) -> Markup {
    let columns = [
        Column::text(language.t("日時", "When")),
        Column::text(language.t("だれが", "Who")),
        Column::text(language.t("何を", "What")),
    ];
    let name = language.t("だれが、いつ見たか", "Who looked, and when");
    let mut table = Table::new(name, &columns);
    for line in trail {
        let by = match &line.by {
            DoneBy::Desk(name) => html! { (language.t("医療機関：", "Clinic: ")) (name) },
            DoneBy::Service | DoneBy::Patient => {
                html! { (language.t("このサービス（自動）", "This service (automatic)")) }
            }
        };
        table = table.row(vec![
            html! { (when::moment(language, line.at)) },
            by,
            html! { (act_words(language, &line.act)) },
        ]);
    }
    parts::section(
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

/// What somebody else did, in a few words.
fn act_words(language: Language, act: &str) -> &'static str {
    match act {
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

async fn ask_export(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    Ok(export_page(&frame(&visitor, Some(&person))).into_response())
}

fn export_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("情報をファイルで受け取る", "Download your data"))
        .above(back_to_data(language))
        .lead(language.t(
            "このサービスが保存している、あなたの情報をすべて1つのファイル（JSON形式）にします。",
            "One file (JSON) with everything that this service keeps about you.",
        ))
        .main(html! {
            (parts::form(frame, "/profile/data/export", parts::primary_button(
                language.t("ファイルを受け取る", "Download"),
                Some(language.t("お名前や予約の内容が入ったファイルです。ほかの人が使う端末には保存しないでください。",
                    "The file has your name and appointments. Do not save it on a device that others use.")))))
            (parts::section(language.t("入っているもの", "What is in it"), html! {
                ul {
                    li { (language.t("メールアドレス、登録情報、予約、保険の手続きの状況", "Your email address, details, appointments and insurance steps")) }
                    li { (language.t("画像の記録（種類、日時）。画像そのものは、予約の画像のページで保存できます", "Records of pictures (kind, dates). The pictures themselves can be saved from the page of each appointment")) }
                    li { (language.t("だれが、いつ見たかの記録、ログインの記録", "Who looked and when, and your sign-ins")) }
                }
            }))
        })
}

async fn export(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let data = room.store.export_personal_data(person.id, visitor.now()).await?;
    Ok(export_file(&data, visitor.now()))
}

fn export_file(data: &PersonalData, now: Timestamp) -> Response {
    // Maps of texts, numbers and nothing else.
    let content = serde_json::to_vec_pretty(data).expect("texts and numbers can be written as JSON");
    let name = format!("attachment; filename=\"my-data-{}.json\"", now.japan_date());
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

async fn ask_erase(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let pictures = room.store.kept_pictures(person.id).await?.len();
    Ok(erase_page(&frame(&visitor, Some(&person)), pictures).into_response())
}

fn erase_page(frame: &Frame, pictures: usize) -> Markup {
    let language = frame.language;
    let question = match language {
        Language::Japanese => format!("保存している画像{pictures}件を、今すぐすべて消します。"),
        Language::English if pictures == 1 => "This erases the 1 picture that is kept, now.".to_owned(),
        Language::English => format!("This erases all {pictures} pictures that are kept, now."),
    };
    Document::new(frame, language.t("画像を消す", "Erase your pictures")).above(back_to_data(language)).main(html! {
        @if pictures == 0 {
            p { (language.t("保存している画像はありません。", "No pictures are kept.")) }
        } @else {
            p { (question) }
            (parts::form(frame, "/profile/data/erase", parts::danger_button(
                language.t("画像をすべて消す", "Erase all pictures"),
                Some(language.t("元に戻せません。これからの診察では、もう一度送っていただくことがあります。",
                    "This cannot be undone. For a visit to come you may be asked to send them again.")))))
        }
        (parts::section(language.t("ほかの情報を消すには", "To erase other data"), html! {
            ul {
                li { (language.t("お名前、生年月日、メールアドレスは、医療機関がご本人を確認するために必要です。退会すると消えます。", "Your name, date of birth and email address are needed so that the clinic can identify you. They are erased when you close your account.")) }
                li { (language.t("電話番号などは、登録情報で変更できます。", "You can change your telephone number and other details under Your details.")) }
                li { (language.t("予約の記録と、だれが見たかの記録は、医療機関と安全のために残します。退会後は、名前と結び付きません。", "Records of appointments and of who looked are kept for the clinic and for your safety. After you close your account they are tied to no name.")) }
            }
            (parts::quiet_link("/profile/close", language.t("退会について", "About closing your account")))
        }))
    })
}

async fn erase(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    for (appointment, picture) in room.store.kept_pictures(person.id).await? {
        room.store.erase_picture(person.id, appointment, picture, visitor.now()).await?;
    }
    Ok(Redirect::to("/profile/data/erase").into_response())
}

/// What the page that asks about closing an account shows.
struct CloseView {
    /// Visits that have not begun.
    upcoming: Vec<Case>,
    /// Whether a visit has begun today.
    under_way: UnderWay,
    problem: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UnderWay {
    Yes,
    No,
}

async fn close_view(room: &Room, person: &Person, now: Timestamp) -> Result<CloseView, Refusal> {
    let cases = room.store.cases(person.id, now).await?;
    let is = |openness| move |case: &Case| case.appointment.openness(now) == openness;
    let under_way = if cases.iter().any(is(Openness::Provable)) { UnderWay::Yes } else { UnderWay::No };
    let upcoming = cases.into_iter().filter(is(Openness::Changeable)).collect();
    Ok(CloseView { upcoming, under_way, problem: None })
}

async fn ask_close(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let view = close_view(&room, &person, visitor.now()).await?;
    Ok(close_page(&frame(&visitor, Some(&person)), &view).into_response())
}

fn close_page(frame: &Frame, view: &CloseView) -> Markup {
    let language = frame.language;
    let problems: Vec<_> = view.problem.iter().map(|message| parts::Problem { field: "cancel", message }).collect();
    let mut document =
        Document::new(frame, language.t("退会する", "Close your account")).above(back_to_profile(language));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (parts::error_summary(language, &problems))
        @if view.under_way == UnderWay::Yes {
            (parts::notice(Tone::Warning, language.t("今日の診察が終わってから退会できます", "You can close your account after today's visit"), html! {
                p { (language.t(
                    "診察の時間になった予約があるため、今は退会できません。明日以降にもう一度お試しください。",
                    "The time of a visit has come, so the account cannot be closed now. Please try again tomorrow.")) }
            }))
        } @else {
            (parts::form(frame, "/profile/close", html! {
                @if !view.upcoming.is_empty() { (to_be_cancelled(language, &view.upcoming)) }
                (parts::danger_button(
                    language.t("退会する", "Close my account"),
                    Some(language.t("すぐに退会となり、元に戻せません。", "This takes effect at once and cannot be undone."))))
            }))
        }
        (after_closing(language))
        p { a href="/profile/data/export" { (language.t("退会の前に、情報をファイルで受け取る", "Download your data before you close")) } }
    })
}

/// Visits that closing the account cancels, and the tick that agrees to it.
fn to_be_cancelled(language: Language, upcoming: &[Case]) -> Markup {
    let shown: Vec<_> = upcoming.iter().map(|case| case.appointment.id.to_string()).collect();
    html! {
        (parts::notice(Tone::Warning, language.t("これからの予約があります", "You have appointments to come"), html! {
            ul {
                @for case in upcoming {
                    li {
                        a href=(format!("/appointments/{}", case.appointment.id)) {
                            (when::visit(language, case.appointment.visit_start, case.appointment.menu.minutes))
                        }
                        " " (case.institution.name_in(language))
                    }
                }
            }
        }))
        (parts::hidden("shown", &shown.join(",")))
        (parts::checkbox("cancel", "1", language.t("上の予約をすべてキャンセルする", "Cancel all of these appointments"), Ticked::No))
    }
}

fn after_closing(language: Language) -> Markup {
    parts::section(
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
struct Agreed {
    /// The visits that were shown, divided by commas.
    shown: String,
    cancel: Option<String>,
}

impl Agreed {
    fn upcoming(&self) -> Upcoming {
        if self.cancel.is_none() {
            return Upcoming::Keep;
        }
        let ids = self.shown.split(',').filter_map(|id| id.parse::<AppointmentId>().ok());
        Upcoming::Cancel(ids.collect())
    }
}

async fn close(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(agreed): Form<Agreed>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    match room.store.close_account(person.id, agreed.upcoming(), visitor.now()).await? {
        CloseOutcome::Closed => {
            let next = Token::new(visitor.site().randomness());
            room.store.sign_out(visitor.browser().clone(), next.clone()).await?;
            Ok(change_browser(Redirect::to("/account-closed").into_response(), next))
        }
        CloseOutcome::StillBooked => {
            let mut view = close_view(&room, &person, visitor.now()).await?;
            view.problem = Some(visitor.language().t(
                "これからの予約をキャンセルする場合は、チェックを入れてください。まだ退会していません。",
                "Tick the box to cancel your appointments. Your account is not closed yet.",
            ));
            Ok(close_page(&frame(&visitor, Some(&person)), &view).into_response())
        }
        CloseOutcome::VisitUnderWay => Ok(Redirect::to("/profile/close").into_response()),
    }
}

async fn show_closed(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let person = patient::visiting(&room, &visitor).await?;
    Ok(closed_page(&frame(&visitor, person.as_ref())).into_response())
}

fn closed_page(frame: &Frame) -> Markup {
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
            (parts::primary_link("/", language.t("医療機関をさがす", "Find a clinic"), None))
        })
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let at = |here: &str| specimen::frame(language, here, Some(&person));
    let counts = Category::ALL.into_iter().map(|category| (category, 2)).collect();
    let line = |act: &str, by| TrailLine { at: specimen::now(), act: act.to_owned(), by };
    let overview = HeldOverview {
        counts,
        trail: vec![
            line("desk.visit", DoneBy::Desk("受付 見本".to_owned())),
            line("picture.look", DoneBy::Desk("受付 見本".to_owned())),
            line("picture.erase", DoneBy::Service),
        ],
        accepted: Some(specimen::notices().privacy_dated),
    };
    let empty = HeldOverview { trail: Vec::new(), accepted: None, ..overview.clone() };
    let nameless = Person { profile: None, ..person.clone() };
    let view = |person, overview| OverviewView { person, overview, keep_pictures_days: 30 };
    let closing = |upcoming: usize, under_way, problem| {
        let case = specimen::cases().remove(0).1.case;
        CloseView { upcoming: vec![case; upcoming], under_way, problem }
    };
    let untick = language.t(
        "これからの予約をキャンセルする場合は、チェックを入れてください。まだ退会していません。",
        "Tick the box to cancel your appointments. Your account is not closed yet.",
    );
    let close = |view: &CloseView| close_page(&at("/profile/close"), view);
    vec![
        ("data/overview".to_owned(), overview_page(&at("/profile/data"), &view(&person, overview))),
        ("data/overview-new".to_owned(), overview_page(&at("/profile/data"), &view(&nameless, empty))),
        ("data/export".to_owned(), export_page(&at("/profile/data/export"))),
        ("data/erase".to_owned(), erase_page(&at("/profile/data/erase"), 2)),
        ("data/erase-nothing".to_owned(), erase_page(&at("/profile/data/erase"), 0)),
        ("data/close".to_owned(), close(&closing(0, UnderWay::No, None))),
        ("data/close-booked".to_owned(), close(&closing(2, UnderWay::No, None))),
        ("data/close-not-ticked".to_owned(), close(&closing(1, UnderWay::No, Some(untick)))),
        ("data/close-under-way".to_owned(), close(&closing(0, UnderWay::Yes, None))),
        ("data/closed".to_owned(), closed_page(&specimen::frame(language, "/account-closed", None))),
    ]
}
