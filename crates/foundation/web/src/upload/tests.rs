use std::{convert::Infallible, sync::Mutex};

use axum::{Router, routing::post};
use base::{Clock, Randomness, Token};
use futures_util::{StreamExt, stream};
use http::StatusCode;
use tower::ServiceExt;
use ui::Theme;

use super::*;
use crate::{Site, site_router};

const BOUNDARY: &str = "multipart/form-data; boundary=b";

/// The files of front and back.
type ReadFiles = Result<[Option<UploadedFile>; 2], UploadFault>;

/// A site with one page that takes an upload, and a browser known to it.
struct UploadClient {
    pages: Router,
    cookie: String,
    csrf: String,
    memory: UploadMemory,
    read: Arc<Mutex<Option<ReadFiles>>>,
}

impl UploadClient {
    fn new(progress_timeout: Duration) -> Self {
        let randomness = Randomness::repeatable("upload");
        let browser = Token::new(&randomness);
        let memory = UploadMemory { progress_timeout, ..UploadMemory::new(0) };
        let (shared, read) = (memory.clone(), Arc::new(Mutex::new(None)));
        let outcome = read.clone();
        let read_upload = async move |upload: PendingUpload| {
            let result = upload.read(&shared).await;
            *outcome.lock().unwrap() = Some(result.map(|form| ["front", "back"].map(|name| form.file(name).cloned())));
            StatusCode::NO_CONTENT
        };
        let refuse_upload = async |upload: PendingUpload| upload.respond_unread(StatusCode::NOT_FOUND);
        let pages = Router::new().route("/", post(read_upload)).route("/nobody", post(refuse_upload));
        let origin = "https://a.example".parse().unwrap();
        let pages = site_router(pages, &Site::new(Theme::Service, origin, Clock::system(), randomness));
        Self {
            pages,
            cookie: format!("__Host-consult={}", browser.reveal()),
            csrf: browser.derive("csrf"),
            memory,
            read,
        }
    }

    fn head(&self) -> Bytes {
        format!("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n", self.csrf).into()
    }

    async fn send(&self, path: &str, body: Body) -> StatusCode {
        let request = Request::post(path).header(header::CONTENT_TYPE, BOUNDARY).header(header::COOKIE, &self.cookie);
        self.pages.clone().oneshot(request.body(body).unwrap()).await.unwrap().status()
    }

    #[expect(clippy::result_large_err, reason = "a refused form is answered once")]
    fn outcome(&self) -> ReadFiles {
        self.read.lock().unwrap().take().expect("the form was read")
    }
}

fn file_head(name: &str) -> Bytes {
    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.jpg\"\r\n\r\n").into()
}

fn megabytes(count: usize) -> Vec<Bytes> {
    vec![Bytes::from(vec![1; MEMORY_STEP]); count]
}

fn complete_body(chunks: Vec<Bytes>) -> Body {
    Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, Infallible>)))
}

/// These chunks, after which the body stalls forever.
fn stalled_body(chunks: Vec<Bytes>) -> Body {
    Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, Infallible>)).chain(stream::pending()))
}

fn form(sender: &UploadClient, files: &[(&str, usize)], end: bool) -> Vec<Bytes> {
    let mut chunks = vec![sender.head()];
    for (name, size) in files {
        chunks.push(file_head(name));
        chunks.extend(megabytes(*size));
        chunks.push("\r\n".into());
    }
    if end {
        chunks.push("--b--\r\n".into());
    }
    chunks
}

#[tokio::test]
async fn a_last_byte_that_never_comes_holds_nothing_beyond_the_patience() {
    let sender = UploadClient::new(Duration::from_millis(50));
    let all = sender.memory.free_mebibytes();
    sender.send("/", stalled_body(form(&sender, &[("front", 5)], false))).await;
    // Five megabytes arrived within the first window, and nothing in the next.
    assert!(matches!(sender.outcome(), Err(UploadFault::Stalled)));
    assert_eq!(sender.memory.free_mebibytes(), all, "everything was given back");
}

#[tokio::test]
async fn who_may_not_send_is_answered_before_a_byte_of_the_form_is_read() {
    let sender = UploadClient::new(PROGRESS_TIMEOUT);
    assert_eq!(sender.send("/nobody", stalled_body(Vec::new())).await, StatusCode::NOT_FOUND);
    assert_eq!(
        sender.send("/nobody", stalled_body(form(&sender, &[("front", 5)], false))).await,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn two_files_of_the_largest_size_fit_and_what_they_took_is_given_back() {
    let sender = UploadClient::new(PROGRESS_TIMEOUT);
    let all = sender.memory.free_mebibytes();
    sender.send("/", complete_body(form(&sender, &[("front", 20), ("back", 20)], true))).await;
    assert!(sender.outcome().is_ok());
    assert_eq!(sender.memory.free_mebibytes(), all);
}

#[tokio::test]
async fn an_upload_that_finds_the_memory_full_is_read_and_thrown_away() {
    let sender = UploadClient::new(PROGRESS_TIMEOUT);
    let permits: Vec<_> =
        (0..sender.memory.free_mebibytes() - 3).map(|_| sender.memory.take_mebibyte().unwrap()).collect();
    sender.send("/", complete_body(form(&sender, &[("front", 2), ("back", 5)], true))).await;
    assert!(matches!(sender.outcome(), Err(UploadFault::Full)));
    assert_eq!(sender.memory.free_mebibytes(), 3, "what it had taken was given back");
    drop(permits);
    sender.send("/", complete_body(form(&sender, &[("front", 2), ("back", 5)], true))).await;
    assert!(sender.outcome().is_ok());
}

#[tokio::test]
async fn more_than_two_files_of_the_largest_size_are_refused_as_a_whole() {
    let sender = UploadClient::new(PROGRESS_TIMEOUT);
    let all = sender.memory.free_mebibytes();
    sender.send("/", complete_body(form(&sender, &[("front", 20), ("back", 20), ("more", 20)], true))).await;
    let Err(UploadFault::Refused(response)) = sender.outcome() else { panic!("it is refused") };
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(sender.memory.free_mebibytes(), all);
    // With an announced length, not even the beginning is read.
    let request = Request::post("/").header(header::CONTENT_TYPE, BOUNDARY).header(header::CONTENT_LENGTH, "60000000");
    let request = request.header(header::COOKIE, &sender.cookie).body(stalled_body(Vec::new())).unwrap();
    sender.pages.clone().oneshot(request).await.unwrap();
    let Err(UploadFault::Refused(response)) = sender.outcome() else { panic!("it is refused") };
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_file_with_nothing_in_it_is_told_from_a_field_that_was_not_filled() {
    let sender = UploadClient::new(PROGRESS_TIMEOUT);
    let unfilled = "--b\r\nContent-Disposition: form-data; name=\"back\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";
    let chunks = vec![sender.head(), file_head("front"), "\r\n".into(), unfilled.into()];
    sender.send("/", complete_body(chunks)).await;
    assert_eq!(sender.outcome().unwrap(), [Some(UploadedFile::Empty), None]);
}

#[tokio::test]
async fn a_form_without_the_browsers_token_is_refused_before_its_files() {
    let sender = UploadClient::new(PROGRESS_TIMEOUT);
    for first in [file_head("front"), "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nx\r\n".into()] {
        sender.send("/", stalled_body(vec![first, file_head("front")])).await;
        let Err(UploadFault::Refused(response)) = sender.outcome() else { panic!("it is refused") };
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
    }
}
