//! The upload of pictures over HTTP, with the image worker as a process: the limit of their size, and that a picture which
//! is too large does not affect the others.

use std::convert::Infallible;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base::Timestamp;
use futures_util::{StreamExt, stream};
use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use test_browser::{Browser, FilePart, Page, encode_parts};

use crate::service::{Service, institution};

const START: &str = "2026-11-25T10:00:00+09:00";
/// The largest picture that is accepted, in bytes.
const MAX_PICTURE_BYTES: usize = 20 * 1024 * 1024;

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
    browser: Browser,
    /// The path of the page of the pictures.
    pictures: String,
    service: Service,
}

impl PatientBrowser {
    async fn with_an_appointment() -> Self {
        let service = Service::open().await;
        let mut browser = service.browser();
        let mail = [("mail", "hanako@example.jp"), ("onward", "/appointments")];
        browser.open_and_submit("/sign-in", "/sign-in", &mail).await;
        let letters = service.consult.list_outbox().await.expect("the outbox");
        let code = letters[0].letter.body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
        browser.open_and_submit("/sign-in/code", "/sign-in/code", &[("code", code.expect("a code"))]).await;
        let profile = [
            ("name", "A"),
            ("kana", "ア"),
            ("birth_year", "1985"),
            ("birth_month", "4"),
            ("birth_day", "3"),
            ("phone", "09012345678"),
        ];
        browser.open_and_submit("/profile", "/profile", &profile).await;
        let start: Timestamp = START.parse().expect("a time");
        let (code, start) = (institution().to_string(), start.milliseconds().to_string());
        let page = browser.get("/").await;
        let slot = [("institution", code.as_str()), ("menu", "1"), ("start", &start)];
        let booked = browser.post_with_token(&page, "/book", &slot).await;
        let detail = booked.redirect_target().strip_suffix("/booked").expect("予約完了画面");
        Self { browser, pictures: format!("{detail}/picture"), service }
    }

    async fn get(&mut self, path: &str) -> Page {
        self.browser.get(path).await
    }

    /// Loads the page of the pictures and sends a form with these fields and files.
    async fn send_form(&mut self, fields: &[(&str, &str)], files: &[(&str, Vec<u8>)]) -> Page {
        let token = self.browser.get(&self.pictures).await.field("csrf");
        let fields: Vec<_> = [("csrf", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let file = |(name, content)| FilePart { name, file_name: "a.jpg", media_type: "image/jpeg", content };
        let files: Vec<_> = files.iter().map(|(name, content)| file((name, content))).collect();
        let (media_type, form) = encode_parts(&fields, &files);
        let request = Request::post(&self.pictures).header(header::CONTENT_TYPE, media_type);
        self.browser.send(request.body(form.into()).expect("a request")).await
    }

    /// Sends these files.
    async fn upload(&mut self, document: &str, files: &[(&str, Vec<u8>)]) -> Page {
        self.send_form(&[("document", document)], files).await
    }
}

/// Sends the beginning of an upload that never ends.
async fn stall_upload(browser: &mut Browser, token: &str, path: &str) -> Page {
    let head = format!("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n");
    let chunks = stream::iter([Ok::<_, Infallible>(head)]).chain(stream::pending());
    let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    browser.send(request.body(Body::from_stream(chunks)).expect("a request")).await
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
    assert_eq!((response.status, response.redirect_target()), (StatusCode::SEE_OTHER, patient.pictures.as_str()));
    let pictures = patient.pictures.clone();
    let page = patient.get(&pictures).await;
    assert!(page.body.contains("画像を送りました"), "{}", page.body);
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
    assert_eq!((response.status, response.redirect_target()), (StatusCode::SEE_OTHER, target.as_str()));
    let page = patient.get(&target).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("この画像は20MBを超えています"), "{}", page.body);
    assert!(page.body.contains("まだ送られていません"), "the back is here: {}", page.body);
    // The missing front completes it.
    let response = patient.upload("notice", &[("front", picture_of_size(MAX_PICTURE_BYTES))]).await;
    assert_eq!(response.redirect_target(), patient.pictures);
    let pictures = patient.pictures.clone();
    assert!(patient.get(&pictures).await.body.contains("画像を送りました"));
}

#[tokio::test]
async fn both_too_large_are_both_told_and_far_too_much_is_refused_as_a_whole() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let (larger, largest) = (vec![0; MAX_PICTURE_BYTES + (4 << 20)], vec![0; 3 * MAX_PICTURE_BYTES]);
    let response = patient.upload("certificate", &[("front", larger.clone()), ("back", larger)]).await;
    assert_eq!(
        response.redirect_target(),
        format!("{}?document=certificate&front=too_large&back=too_large", patient.pictures)
    );
    let refused = patient.upload("certificate", &[("front", largest)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.body.contains("<a "), "a way on: {}", refused.body);
}

/// Each of these requests would hang if the body were read first.
#[tokio::test]
async fn who_may_not_send_pictures_is_told_before_the_form_is_read() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let path = patient.pictures.clone();
    let token = patient.get(&path).await.field("csrf");
    let unknown = stall_upload(&mut patient.service.browser(), &token, &path).await;
    assert_eq!(unknown.status, StatusCode::SEE_OTHER);
    assert!(unknown.redirect_target().starts_with("/sign-in?onward="), "{}", unknown.redirect_target());
    let foreign_path = "/appointments/01935c2f-0000-7000-8000-000000000000/picture";
    let foreign = stall_upload(&mut patient.browser, &token, foreign_path).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let detail = path.strip_suffix("/picture").expect("the appointment");
    let page = patient.get(detail).await;
    patient.browser.post_with_token(&page, &format!("{detail}/cancel"), &[]).await;
    assert_eq!(stall_upload(&mut patient.browser, &token, &path).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_file_with_nothing_in_it_is_told_as_such_and_a_photo_counts_before_a_chosen_picture() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let response = patient.upload("certificate", &[("front", Vec::new())]).await;
    assert_eq!(response.redirect_target(), format!("{}?document=certificate&front=empty", patient.pictures));
    assert!(patient.get(response.redirect_target()).await.body.contains("このファイルは空です"));
    let photo = picture_of_size(1 << 20);
    let response = patient.upload("certificate", &[("front", b"no picture".to_vec()), ("front_camera", photo)]).await;
    assert_eq!(response.redirect_target(), patient.pictures);
}

#[tokio::test]
async fn a_reason_that_the_page_gave_is_not_lost_when_the_form_is_sent() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    let pictures = patient.pictures.clone();
    patient.get(&format!("{pictures}?document=certificate")).await;
    let response = patient.send_form(&[("document", "certificate"), ("front_turned_down", "pdf")], &[]).await;
    assert_eq!(response.redirect_target(), format!("{pictures}?document=certificate&front=pdf"));
    assert!(patient.get(response.redirect_target()).await.body.contains("PDFは送れません"));
    // Without any file, the message names the missing side.
    let response = patient.upload("certificate", &[]).await;
    assert!(
        patient.get(response.redirect_target()).await.body.contains("資格確認書のおもて面の画像を選んでください。")
    );
}

#[tokio::test]
async fn erasing_what_was_sent_asks_first() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    patient.upload("certificate", &[("front", picture_of_size(1 << 20))]).await;
    let pictures = patient.pictures.clone();
    let page = patient.get(&pictures).await;
    let erase = page.body.split('"').find(|part| part.ends_with("/erase")).expect("a way to erase").to_owned();
    let confirmation = patient.get(&erase).await;
    assert!(
        confirmation.body.contains("この画像を消しますか") && confirmation.body.contains("消さない"),
        "{}",
        confirmation.body
    );
    assert!(patient.get(&pictures).await.body.contains("画像を送りました"), "asking erases nothing");
    assert_eq!(patient.browser.submit_form(&confirmation, &erase, &[]).await.redirect_target(), pictures);
    assert!(patient.get(&pictures).await.body.contains("どの書類を送りますか"));
}

#[tokio::test]
async fn a_picture_that_waits_to_be_sent_is_told_where_its_owner_looks() {
    let mut patient = PatientBrowser::with_an_appointment().await;
    // One of two pictures: it is stored as a draft.
    patient.upload("notice", &[("front", picture_of_size(1 << 20))]).await;
    let detail = patient.pictures.strip_suffix("/picture").expect("the appointment").to_owned();
    for path in [detail.as_str(), "/appointments"] {
        let page = patient.get(path).await;
        assert!(page.body.contains("選んだ画像をまだ送っていません"), "{path}: {}", page.body);
    }
    patient.upload("notice", &[("back", picture_of_size(1 << 20))]).await;
    assert!(!patient.get(&detail).await.body.contains("選んだ画像をまだ送っていません"));
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
    assert!(draft.body.contains("文字がぼやけているかもしれません"), "{}", draft.body);
    assert!(draft.body.contains("このまま送る") && !draft.body.contains("画像を送りました"), "{}", draft.body);
    let detail = patient.pictures.strip_suffix("/picture").expect("the appointment").to_owned();
    let unsent = "選んだ画像をまだ送っていません";
    for path in [detail.as_str(), "/appointments"] {
        let page = patient.get(path).await;
        assert!(page.body.contains(unsent), "{path}: {}", page.body);
    }
    assert!(patient.get(&detail).await.body.contains(&format!("href=\"{pictures}\"")), "and a way back to it");
    let send = format!("{pictures}/send");
    patient.browser.open_and_submit(&pictures, &send, &[("document", "notice")]).await;
    for path in [detail.as_str(), "/appointments"] {
        assert!(!patient.get(path).await.body.contains(unsent), "{path}");
    }
}
