//! The upload of pictures over HTTP, with the image worker as a process: the limit of their size, and that a picture which
//! is too large does not affect the others.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use base::{Clock, InstitutionCode, Key, Prefecture, Randomness, ScoreTable, Timestamp};
use consult::{
    Charge, Consult, HandOverSettings, ImageWorker, Institution, MailTransport, MasterKeys, Menu, NewInstitution,
    OpeningHours, OpeningSchedule, ProofMethod, Settings, Specialty, VaultLocation,
};
use database::Location;
use futures_util::{StreamExt, stream};
use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use jiff::civil::Weekday;
use tower::ServiceExt;
use ui::Theme;
use web::Site;

const START: &str = "2026-11-25T10:00:00+09:00";
/// The largest picture that is accepted, in bytes.
const MAX_PICTURE_BYTES: usize = 20 * 1024 * 1024;

fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn clinic() -> NewInstitution {
    let text = || "見本".to_owned();
    let tokyo = Prefecture::from_code(13).expect("Tokyo");
    NewInstitution {
        institution: Institution {
            code: InstitutionCode::from_parts(tokyo, ScoreTable::Medical, 1),
            name: text(),
            name_kana: "ミホン".to_owned(),
            name_english: "Mihon".to_owned(),
            prefecture: tokyo,
            city: text(),
            city_english: text(),
            address: text(),
            address_english: text(),
            phone: "03-0000-0000".to_owned(),
            opening_text: text(),
            opening_text_english: text(),
            description: text(),
            description_english: text(),
            specialties: vec![Specialty::InternalMedicine],
            languages: Vec::new(),
            proof_method: ProofMethod::PictureOnly,
        },
        opening: OpeningSchedule {
            hours: vec![OpeningHours { weekday: Weekday::Wednesday, from_minute: 540, to_minute: 720 }],
            closed_on_holidays: true,
        },
        notice: consult::ClinicNotice::default(),
        menus: vec![Menu {
            number: 1,
            charge: Charge::Insured,
            name: text(),
            name_english: text(),
            minutes: 15,
            fee: text(),
            fee_english: text(),
            system_fee: 550,
            doctor: None,
        }],
    }
}

/// A JPEG of fine print, as on a document, in a file of exactly this many bytes: bytes after the end of the image are
/// ignored.
fn picture_of_size(bytes: usize) -> Vec<u8> {
    let print =
        RgbImage::from_fn(
            800,
            500,
            |x, y| {
                if (x / 4 + y / 6) % 3 == 0 { Rgb([20, 20, 20]) } else { Rgb([190, 190, 180]) }
            },
        );
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 90).encode_image(&print).expect("a picture is encoded");
    assert!(jpeg.len() <= bytes);
    jpeg.resize(bytes, 0);
    jpeg
}

/// The browser of a patient with an appointment that takes proof by picture alone.
struct PatientBrowser {
    pages: Router,
    cookie: String,
    csrf: String,
    /// The path of the page of the pictures.
    pictures: String,
    _folder: tempfile::TempDir,
}

struct PageResponse {
    status: StatusCode,
    redirect_target: String,
    text: String,
}

impl PatientBrowser {
    async fn with_an_appointment() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let randomness = Randomness::system();
        let clock = Clock::starting_at(parse_timestamp("2026-11-24T09:00:00+09:00"));
        let origin = "http://consult.localhost:8400".parse().expect("an origin");
        let consult = Consult::open(Settings {
            site: Site::new(Theme::Service, origin, clock, randomness.clone()),
            database: Location::Sqlite(folder.path().join("consult.db")),
            operator: "見本".to_owned(),
            sealing_key: Key::new(&randomness),
            http: reqwest::Client::new(),
            hand_over: HandOverSettings {
                client_id: "uketsuke".parse().expect("a client's name"),
                client_key: handover::ClientKey::generate(),
                receptions: Vec::new(),
            },
            pictures: VaultLocation::Folder(folder.path().join("pictures")),
            picture_keys: MasterKeys::new("one", Key::new(&randomness)),
            image_worker: ImageWorker::new(env!("CARGO_BIN_EXE_picture-worker").into(), Vec::new()),
            contact: None,
            mail_transport: MailTransport::Outbox,
            picture_retention_days: 30,
            limits: consult::Limits::default(),
            notices: consult::sample_notices(),
        })
        .expect("the service opens");
        let clinic = clinic();
        let code = clinic.institution.code;
        consult.add_institution(clinic).await.expect("an institution is added");
        let (cookie, csrf, pictures) = (String::new(), String::new(), String::new());
        let mut patient = Self { pages: consult.pages(), cookie, csrf, pictures, _folder: folder };
        patient.get("/sign-in").await;
        patient.post("/sign-in", "mail=hanako%40example.jp&onward=%2Fappointments").await;
        let letters = consult.list_outbox().await.expect("the outbox");
        let number = letters[0].letter.body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
        patient.get("/sign-in/code").await;
        patient.post("/sign-in/code", &format!("code={}", number.expect("a code"))).await;
        patient.get("/profile").await;
        patient
            .post("/profile", "name=A&kana=%E3%82%A2&birth_year=1985&birth_month=4&birth_day=3&phone=09012345678")
            .await;
        patient.get("/").await;
        let start = parse_timestamp(START).milliseconds();
        let booked = patient.post("/book", &format!("institution={code}&menu=1&start={start}")).await;
        let detail = booked.redirect_target.strip_suffix("/booked").expect("予約完了画面").to_owned();
        patient.pictures = format!("{detail}/picture");
        patient
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> PageResponse {
        let request = request.header(header::COOKIE, &self.cookie).body(body).expect("a request");
        let response = self.pages.clone().oneshot(request).await.expect("the router answers");
        let text = |name| response.headers().get(name).map(|value| value.to_str().expect("ASCII").to_owned());
        let (cookie, redirect_target) = (text(header::SET_COOKIE), text(header::LOCATION).unwrap_or_default());
        if let Some(cookie) = cookie {
            self.cookie = String::from(cookie.split(';').next().unwrap_or_default());
        }
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a page is short");
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        if let Some((_, rest)) = text.split_once("name=\"csrf\" value=\"") {
            self.csrf = String::from(rest.split('"').next().unwrap_or_default());
        }
        PageResponse { status, redirect_target, text }
    }

    async fn get(&mut self, path: &str) -> PageResponse {
        self.send(Request::get(path), Body::empty()).await
    }

    async fn post(&mut self, path: &str, fields: &str) -> PageResponse {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = format!("csrf={}&{fields}", self.csrf);
        self.send(request, body.into()).await
    }

    /// Sends the beginning of an upload that never ends.
    async fn stall_upload(&self, cookie: Option<&str>, path: &str) -> (StatusCode, String) {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n", self.csrf);
        let chunks = stream::iter([Ok::<_, Infallible>(head)]).chain(stream::pending());
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from_stream(chunks)).expect("a request");
        let response = self.pages.clone().oneshot(request).await.expect("the router answers");
        let location = response.headers().get(header::LOCATION);
        (response.status(), location.map_or_else(String::new, |target| target.to_str().expect("ASCII").to_owned()))
    }

    /// Loads the page and sends these files.
    async fn upload(&mut self, document: &str, files: &[(&str, Vec<u8>)]) -> PageResponse {
        let pictures = self.pictures.clone();
        self.get(&pictures).await;
        let field = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
        };
        let mut body = [field("csrf", &self.csrf), field("document", document)].concat();
        for (name, content) in files {
            let head = format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
            );
            body.extend([head.as_bytes(), content, b"\r\n"].concat());
        }
        body.extend(b"--b--\r\n");
        let request = Request::post(&pictures).header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        self.send(request, body.into()).await
    }
}

#[tokio::test]
async fn two_pictures_as_large_as_may_be_arrive() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let response = patient
        .upload(
            "notice",
            &[("front", picture_of_size(MAX_PICTURE_BYTES)), ("back", picture_of_size(MAX_PICTURE_BYTES))],
        )
        .await;
    assert_eq!(
        (response.status, response.redirect_target.as_str()),
        (StatusCode::SEE_OTHER, patient.pictures.as_str())
    );
    let pictures = patient.pictures.clone();
    let page = patient.get(&pictures).await;
    assert!(page.text.contains("画像を送りました"), "{}", page.text);
}

#[tokio::test]
async fn one_byte_more_is_said_beneath_its_place_and_nothing_else_is_lost() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let response = patient
        .upload(
            "notice",
            &[("front", picture_of_size(MAX_PICTURE_BYTES + 1)), ("back", picture_of_size(MAX_PICTURE_BYTES))],
        )
        .await;
    let target = format!("{}?document=notice&front=too_large", patient.pictures);
    assert_eq!((response.status, response.redirect_target.as_str()), (StatusCode::SEE_OTHER, target.as_str()));
    let page = patient.get(&target).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("この画像は20MBを超えています"), "{}", page.text);
    assert!(page.text.contains("まだ送られていません"), "the back is here: {}", page.text);
    // The missing front completes it.
    let response = patient.upload("notice", &[("front", picture_of_size(MAX_PICTURE_BYTES))]).await;
    assert_eq!(response.redirect_target, patient.pictures);
    let pictures = patient.pictures.clone();
    assert!(patient.get(&pictures).await.text.contains("画像を送りました"));
}

#[tokio::test]
async fn both_too_large_are_both_told_and_far_too_much_is_refused_as_a_whole() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let (larger, largest) = (vec![0; MAX_PICTURE_BYTES + (4 << 20)], vec![0; 3 * MAX_PICTURE_BYTES]);
    let response = patient.upload("certificate", &[("front", larger.clone()), ("back", larger)]).await;
    assert_eq!(
        response.redirect_target,
        format!("{}?document=certificate&front=too_large&back=too_large", patient.pictures)
    );
    let refused = patient.upload("certificate", &[("front", largest)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("<a "), "a way on: {}", refused.text);
}

/// Each of these requests would hang if the body were read first.
#[tokio::test]
async fn who_may_not_send_pictures_is_told_before_the_form_is_read() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let path = patient.pictures.clone();
    let (status, location) = patient.stall_upload(None, &path).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(location.starts_with("/sign-in?onward="), "{location}");
    let foreign_path = "/appointments/01935c2f-0000-7000-8000-000000000000/picture";
    assert_eq!(patient.stall_upload(Some(&patient.cookie), foreign_path).await.0, StatusCode::NOT_FOUND);
    let detail = path.strip_suffix("/picture").expect("the appointment").to_owned();
    patient.get(&detail).await;
    patient.post(&format!("{detail}/cancel"), "").await;
    assert_eq!(patient.stall_upload(Some(&patient.cookie), &path).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_file_with_nothing_in_it_is_told_as_such_and_a_photo_counts_before_a_chosen_picture() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let response = patient.upload("certificate", &[("front", Vec::new())]).await;
    assert_eq!(response.redirect_target, format!("{}?document=certificate&front=empty", patient.pictures));
    assert!(patient.get(&response.redirect_target).await.text.contains("このファイルは空です"));
    let photo = picture_of_size(1 << 20);
    let response = patient.upload("certificate", &[("front", b"no picture".to_vec()), ("front_camera", photo)]).await;
    assert_eq!(response.redirect_target, patient.pictures);
}

#[tokio::test]
async fn a_reason_that_the_page_gave_is_not_lost_when_the_form_is_sent() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let pictures = patient.pictures.clone();
    patient.get(&format!("{pictures}?document=certificate")).await;
    let field =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let csrf = patient.csrf.clone();
    let form = [field("csrf", &csrf), field("document", "certificate"), field("front_turned_down", "pdf")].concat();
    let request = Request::post(&pictures).header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    let response = patient.send(request, (form + "--b--\r\n").into()).await;
    assert_eq!(response.redirect_target, format!("{pictures}?document=certificate&front=pdf"));
    assert!(patient.get(&response.redirect_target).await.text.contains("PDFは送れません"));
    // Without any file, the message names the missing side.
    let response = patient.upload("certificate", &[]).await;
    assert!(patient.get(&response.redirect_target).await.text.contains("資格確認書のおもて面の画像を選んでください。"));
}

#[tokio::test]
async fn erasing_what_was_sent_asks_first() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    patient.upload("certificate", &[("front", picture_of_size(1 << 20))]).await;
    let pictures = patient.pictures.clone();
    let page = patient.get(&pictures).await;
    let erase = page.text.split('"').find(|part| part.ends_with("/erase")).expect("a way to erase").to_owned();
    let confirmation = patient.get(&erase).await;
    assert!(
        confirmation.text.contains("この画像を消しますか") && confirmation.text.contains("消さない"),
        "{}",
        confirmation.text
    );
    assert!(patient.get(&pictures).await.text.contains("画像を送りました"), "asking erases nothing");
    assert_eq!(patient.post(&erase, "").await.redirect_target, pictures);
    assert!(patient.get(&pictures).await.text.contains("どの書類を送りますか"));
}

#[tokio::test]
async fn a_picture_that_waits_to_be_sent_is_told_where_its_owner_looks() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    // One of two pictures: it is stored as a draft.
    patient.upload("notice", &[("front", picture_of_size(1 << 20))]).await;
    let detail = patient.pictures.strip_suffix("/picture").expect("the appointment").to_owned();
    for path in [detail.as_str(), "/appointments"] {
        let page = patient.get(path).await;
        assert!(page.text.contains("選んだ画像をまだ送っていません"), "{path}: {}", page.text);
    }
    patient.upload("notice", &[("back", picture_of_size(1 << 20))]).await;
    assert!(!patient.get(&detail).await.text.contains("選んだ画像をまだ送っていません"));
}

/// Both sides are uploaded, but one may not be readable: they stay drafts until 「このまま送る」.
#[tokio::test]
async fn a_picture_that_may_be_blurred_is_told_as_unsent_until_it_is_sent_as_it_is() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let sharp =
        RgbImage::from_fn(
            1600,
            1000,
            |x, y| {
                if (x / 4 + y / 6) % 3 == 0 { Rgb([20, 20, 20]) } else { Rgb([190, 190, 180]) }
            },
        );
    let mut blurred = Vec::new();
    JpegEncoder::new_with_quality(&mut blurred, 90)
        .encode_image(&image::imageops::blur(&sharp, 8.0))
        .expect("a picture is encoded");
    patient.upload("notice", &[("front", blurred), ("back", picture_of_size(1 << 20))]).await;
    let pictures = patient.pictures.clone();
    let draft = patient.get(&pictures).await;
    assert!(draft.text.contains("文字がぼやけているかもしれません"), "{}", draft.text);
    assert!(draft.text.contains("このまま送る") && !draft.text.contains("画像を送りました"), "{}", draft.text);
    let detail = patient.pictures.strip_suffix("/picture").expect("the appointment").to_owned();
    let unsent = "選んだ画像をまだ送っていません";
    for path in [detail.as_str(), "/appointments"] {
        let page = patient.get(path).await;
        assert!(page.text.contains(unsent), "{path}: {}", page.text);
    }
    assert!(patient.get(&detail).await.text.contains(&format!("href=\"{pictures}\"")), "and a way back to it");
    patient.get(&pictures).await;
    patient.post(&format!("{pictures}/send"), "document=notice").await;
    for path in [detail.as_str(), "/appointments"] {
        assert!(!patient.get(path).await.text.contains(unsent), "{path}");
    }
}
