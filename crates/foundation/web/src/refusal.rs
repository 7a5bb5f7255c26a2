use std::{error::Error, sync::Arc};

use axum::response::{IntoResponse, Response};
use base::{CatalogueEntry, Causes};
use http::{HeaderValue, Method, StatusCode, header};
use maud::{Markup, html};
use text::Text;
use ui::{Document, Frame, components};

use crate::{
    LocalPath, Visitor,
    form::{CSRF_FIELD, is_secret_field},
    guard::{self, Sender},
    texts,
};

/// Who caused a refusal. It decides how it is logged and what a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The person did something wrong, or lacks something.
    Person,
    /// Another service, its client or its certificate.
    OtherParty,
    /// This service. Internal causes never reach a page.
    ThisService,
}

/// A refusal of a service.
pub trait Refuse: Error + Send + Sync + 'static {
    /// The stable code, `service.step.reason`.
    fn code(&self) -> &'static str;
    /// Who caused it.
    fn fault(&self) -> Fault;
    /// The status of the response.
    fn status(&self) -> StatusCode;
    /// The content of the error page.
    fn error_page(&self) -> ErrorPage;
    /// Whether a dependency is unavailable for everybody, which is logged once where it is detected.
    fn is_outage(&self) -> bool {
        false
    }
    /// After how many seconds to try again (RFC 9110 §10.2.3), if known.
    fn retry_after(&self) -> Option<u32> {
        None
    }
}

/// The content of an error page: what happened, that nothing is lost, what to do now.
#[derive(Debug, Clone)]
pub struct ErrorPage {
    /// The heading: what happened, in a few words.
    pub title: Text,
    /// What it means for the person, and that nothing is lost (or what is).
    pub explanation: Text,
    /// Where to go from here; the best comes first.
    pub links: Vec<Link>,
}

/// A link on an error page.
#[derive(Debug, Clone)]
pub struct Link {
    pub href: String,
    pub label: Text,
}

impl Link {
    /// A link with a label.
    pub fn new(href: impl Into<String>, label: Text) -> Self {
        Self { href: href.into(), label }
    }
}

/// The response that carries a refusal to the guard of its site, which renders and logs it.
pub fn refusal_response(refusal: impl Refuse) -> Response {
    let mut response = refusal.status().into_response();
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response.extensions_mut().insert(RefusalExtension { refusal: Arc::new(refusal), form: None });
    response
}

#[derive(Clone)]
struct RefusalExtension {
    refusal: Arc<dyn Refuse>,
    form: Option<StaleForm>,
}

/// A submitted form whose token is no longer valid; it is offered again with a new token.
#[derive(Clone)]
struct StaleForm {
    action: LocalPath,
    fields: Vec<(String, String)>,
    /// Whether a password, PIN or code was left out.
    has_secrets: bool,
}

/// The refusals of this crate itself.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the form does not carry the token of this browser")]
    ForeignForm,
    #[error("the form carries another token than this browser's, and was sent from this site")]
    StaleForm,
    #[error("the form with files carries another token than this browser's, and was sent from this site")]
    StaleUpload { page: String },
    #[error("the form cannot be read")]
    UnreadableForm,
    #[error("what was sent is too large")]
    TooLarge,
    #[error("there is no such page")]
    NoSuchPage,
    #[error("the page cannot be asked for in this way")]
    WrongMethod,
    #[error("the request cannot be understood")]
    BadRequest,
    #[error("the answer could not be made")]
    Internal,
}

impl Refusal {
    /// One of each kind.
    fn all() -> [Self; 9] {
        [
            Self::ForeignForm,
            Self::StaleForm,
            Self::StaleUpload { page: "/".to_owned() },
            Self::UnreadableForm,
            Self::TooLarge,
            Self::NoSuchPage,
            Self::WrongMethod,
            Self::BadRequest,
            Self::Internal,
        ]
    }
}

pub(crate) fn foreign_form_response() -> Response {
    refusal_response(Refusal::ForeignForm)
}

/// The response to a form with another token than this browser's. Where the browser states that this site sent it, the page is
/// older than the browser's secret, and what was typed is offered again; otherwise another site may have made it.
pub(crate) fn stale_form_response(visitor: &Visitor, pairs: Vec<(String, String)>) -> Response {
    let (Sender::ThisSite, Ok(action)) = (visitor.sender, visitor.path_and_query().parse()) else {
        return foreign_form_response();
    };
    let count = pairs.len();
    let fields: Vec<_> = pairs.into_iter().filter(|(name, _)| !is_secret_field(name)).collect();
    let has_secrets = fields.len() < count;
    let fields = fields.into_iter().filter(|(name, _)| name != CSRF_FIELD).collect();
    let mut response = Refusal::StaleForm.status().into_response();
    let form = Some(StaleForm { action, fields, has_secrets });
    response.extensions_mut().insert(RefusalExtension { refusal: Arc::new(Refusal::StaleForm), form });
    response
}

/// The same for a form with files, which are not read before its token is checked and have to be chosen again.
pub(crate) fn stale_upload_response(visitor: &Visitor) -> Response {
    match (visitor.sender, visitor.path_and_query().parse::<LocalPath>()) {
        (Sender::ThisSite, Ok(page)) => refusal_response(Refusal::StaleUpload { page: page.into() }),
        _ => foreign_form_response(),
    }
}

pub(crate) fn unreadable_form_response() -> Response {
    refusal_response(Refusal::UnreadableForm)
}

pub(crate) fn too_large_response() -> Response {
    refusal_response(Refusal::TooLarge)
}

/// A body was extracted outside of a site: a mistake in the composition of the service.
pub(crate) fn missing_guard_response() -> Response {
    refusal_response(Refusal::Internal)
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::ForeignForm => "web.form.foreign",
            Self::StaleForm => "web.form.stale",
            Self::StaleUpload { .. } => "web.form.stale_upload",
            Self::UnreadableForm => "web.form.unreadable",
            Self::TooLarge => "web.form.too_large",
            Self::NoSuchPage => "web.page.none",
            Self::WrongMethod => "web.page.method",
            Self::BadRequest => "web.page.request",
            Self::Internal => "web.page.broken",
        }
    }

    fn fault(&self) -> Fault {
        if matches!(self, Self::Internal) { Fault::ThisService } else { Fault::Person }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::StaleForm | Self::StaleUpload { .. } => StatusCode::CONFLICT,
            Self::UnreadableForm | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = match self {
            Self::ForeignForm => (texts::THIS_WAS_NOT_ACCEPTED, texts::IT_WAS_NOT_SENT_FROM_RIGHT_PAGE),
            Self::StaleForm => (texts::PLEASE_PRESS_AGAIN, texts::PAGE_WAS_OUT_OF_DATE_SO_NOTHING_HAS_BEEN_SENT),
            Self::StaleUpload { .. } => {
                (texts::PLEASE_CHOOSE_THE_PICTURE_AGAIN, texts::PAGE_WAS_OUT_OF_DATE_SO_PICTURE_WAS_NOT_RECEIVED)
            }
            Self::UnreadableForm | Self::BadRequest => {
                (texts::WHAT_WAS_SENT_COULD_NOT_BE_READ, texts::NOTHING_WAS_CHANGED_PLEASE_GO_BACK)
            }
            Self::TooLarge => (texts::THE_FILE_IS_TOO_LARGE, texts::PICTURES_UP_TO_20_MB_CAN_BE_SENT),
            Self::NoSuchPage => (texts::PAGE_NOT_FOUND, texts::ADDRESS_MAY_BE_WRONG),
            Self::WrongMethod => {
                (texts::THIS_PAGE_CANNOT_BE_OPENED_DIRECTLY, texts::NOTHING_WAS_CHANGED_PLEASE_START_FROM_FIRST)
            }
            Self::Internal => (texts::WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE, texts::FAULT_IS_OURS),
        };
        let link = match self {
            Self::StaleUpload { page } => Link::new(page, texts::CHOOSE_THE_PICTURE),
            _ => Link::new("/", texts::GO_TO_THE_FIRST_PAGE),
        };
        ErrorPage { title, explanation, links: vec![link] }
    }
}

/// The codes of this crate, for the reference.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "web.form.foreign",
        meaning: "A form came without the token of the browser that sent it, or from another site.",
        remedy: "Reload the page and send it again. A program that posts forms reads the hidden field 'csrf' first.",
    },
    CatalogueEntry {
        code: "web.form.stale",
        meaning: "A form of this site came with the token of an earlier page; it is offered again as it was filled in.",
        remedy: "Press again. A program that posts forms reads the hidden field 'csrf' first.",
    },
    CatalogueEntry {
        code: "web.form.stale_upload",
        meaning: "A form with files came with the token of an earlier page; its files were not read.",
        remedy: "Choose the files again.",
    },
    CatalogueEntry {
        code: "web.form.unreadable",
        meaning: "A form's body or a needed field cannot be read.",
        remedy: "Send the fields that the page shows, once each.",
    },
    CatalogueEntry {
        code: "web.form.too_large",
        meaning: "A form or file is larger than the site accepts (20 MB a picture).",
        remedy: "Send a smaller one.",
    },
    CatalogueEntry {
        code: "web.page.none",
        meaning: "There is nothing at this address, or nothing that this person may see.",
        remedy: "Check the address; sign in as the one whom it concerns.",
    },
    CatalogueEntry {
        code: "web.page.method",
        meaning: "The address is there, but not for this HTTP method.",
        remedy: "Follow the pages' own links and forms.",
    },
    CatalogueEntry {
        code: "web.page.request",
        meaning: "The request cannot be understood.",
        remedy: "Correct the query or path.",
    },
    CatalogueEntry {
        code: "web.page.broken",
        meaning: "A fault inside the room; its log has the whole chain of causes.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
];

/// Renders a refusal, or the framework's own bare error response, as an error page.
pub(crate) async fn render_refusal(mut response: Response, visitor: &Visitor, method: &Method) -> Response {
    if let Some(RefusalExtension { refusal, form }) = response.extensions_mut().remove::<RefusalExtension>() {
        return render_refusal_page(response, refusal.as_ref(), form.as_ref(), visitor).await;
    }
    let bare = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/plain")));
    let status = response.status();
    if !bare || !guard::is_page_method(method) || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let refusal = match status {
        StatusCode::NOT_FOUND => Refusal::NoSuchPage,
        StatusCode::METHOD_NOT_ALLOWED => Refusal::WrongMethod,
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        status if status.is_client_error() => Refusal::BadRequest,
        _ => Refusal::Internal,
    };
    render_refusal_page(response, &refusal, None, visitor).await
}

/// After how many seconds a site that is unavailable may be tried again (RFC 9110 §10.2.3).
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

async fn render_refusal_page(
    response: Response,
    refusal: &dyn Refuse,
    form: Option<&StaleForm>,
    visitor: &Visitor,
) -> Response {
    log_refusal(refusal, visitor);
    let frame = visitor.error_frame().await;
    let page = match form {
        Some(form) => stale_form_page(&frame, refusal, form),
        None => refusal_page(&frame, refusal),
    };
    let (mut parts, _) = response.into_parts();
    parts.status = refusal.status();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if parts.status == StatusCode::SERVICE_UNAVAILABLE {
        parts.headers.entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
    }
    Response::from_parts(parts, page.into_string().into())
}

/// The error page of a refusal.
pub fn refusal_page(frame: &Frame, refusal: &dyn Refuse) -> Markup {
    let (error_page, language) = (refusal.error_page(), frame.language);
    Document::new(frame, error_page.title.in_language(language)).main(error_content(frame, &error_page, refusal.code()))
}

/// The page of a form that has to be sent once more, with what was typed into it.
fn stale_form_page(frame: &Frame, refusal: &dyn Refuse, form: &StaleForm) -> Markup {
    let (error_page, language) = (refusal.error_page(), frame.language);
    Document::new(frame, error_page.title.in_language(language)).main(html! {
        p { (error_page.explanation.in_language(language)) }
        @if form.has_secrets {
            p { (texts::YOU_WILL_BE_ASKED.in_language(language)) }
        }
        (components::form(frame, form.action.as_str(), html! {
            @for (name, value) in &form.fields { (components::hidden_field(name, value)) }
            (components::primary_button(texts::SEND_AGAIN.in_language(language), None))
        }))
        (components::error_code(language, refusal.code()))
    })
}

/// The error pages in this frame, each named by its code: those of this crate, which every site may show, and those of the
/// service. For the samples of a service.
pub fn refusal_samples(frame: &Frame, service_refusals: &[&dyn Refuse]) -> Vec<(String, Markup)> {
    let stale_form = StaleForm {
        action: LocalPath::parse_or(None, "/sample"),
        fields: vec![("name".to_owned(), "見本".to_owned())],
        has_secrets: true,
    };
    let own_refusals = Refusal::all();
    let own_refusals = own_refusals.iter().map(|refusal| match refusal {
        Refusal::StaleForm => (refusal.code(), stale_form_page(frame, refusal, &stale_form)),
        _ => (refusal.code(), refusal_page(frame, refusal)),
    });
    let service_pages = service_refusals.iter().map(|refusal| (refusal.code(), refusal_page(frame, *refusal)));
    own_refusals.chain(service_pages).map(|(code, page)| (format!("refused/{code}"), page)).collect()
}

fn error_content(frame: &Frame, error_page: &ErrorPage, code: &str) -> Markup {
    let language = frame.language;
    html! {
        p { (error_page.explanation.in_language(language)) }
        @for (index, link) in error_page.links.iter().enumerate() {
            @let label = link.label.in_language(language);
            @if index == 0 { (components::primary_link(&link.href, label, None)) } @else { (components::secondary_link(&link.href, label, None)) }
        }
        @if let Some(help) = &frame.footer.help {
            p.fine { a href=(help.href) { (help.label.in_language(language)) } }
        }
        (components::error_code(language, code))
    }
}

/// Logs a refusal once, with the whole chain of causes, and without anything that a person sent.
fn log_refusal(refusal: &dyn Refuse, visitor: &Visitor) {
    let code = refusal.code();
    metrics::counter!("uketsuke_refusals_total", "code" => code).increment(1);
    let path = visitor.path_and_query().split('?').next().unwrap_or_default();
    match refusal.fault() {
        _ if refusal.is_outage() => {
            tracing::debug!(code, route = first_path_segment(path), cause = %Causes(refusal), "refused");
        }
        Fault::ThisService => {
            tracing::error!(code, route = first_path_segment(path), cause = %Causes(refusal), "refused");
        }
        Fault::OtherParty => {
            tracing::warn!(code, route = first_path_segment(path), cause = %Causes(refusal), "refused");
        }
        Fault::Person => tracing::info!(code, route = first_path_segment(path), "refused"),
    }
}

/// The first segment of a path; the rest may be an id or a ticket.
fn first_path_segment(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, routing::get};
    use base::{Clock, Randomness};
    use http::Request;
    use tower::ServiceExt;

    use super::*;
    use crate::Site;
    use text::Language;
    use ui::{Theme, gallery::frame};

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let codes: Vec<_> = Refusal::all().iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
    }

    #[test]
    fn every_refusal_is_a_page_on_every_face_in_both_languages() {
        let themes = [Theme::Service, Theme::Desk, Theme::Reception, Theme::Portal, Theme::Terminal, Theme::Demo];
        for theme in themes {
            for language in [Language::Japanese, Language::English] {
                let frame = frame(theme, language);
                let pages = refusal_samples(&frame, &[]);
                assert_eq!(pages.len(), CATALOGUE.len());
                for (name, page) in pages {
                    let code = name.strip_prefix("refused/").unwrap();
                    assert!(page.0.contains(code), "{name} tells the code to ask with");
                    assert_eq!(page.0.matches("class=\"button primary\"").count(), 1, "{name} has one way on");
                    assert_eq!(page.0.contains("class=\"band\""), theme.is_simulation(), "{name} on {theme:?}");
                }
            }
        }
    }

    /// A dependency of the site is unavailable.
    #[derive(Debug, thiserror::Error)]
    #[error("the database is away")]
    struct Away {
        known_seconds: Option<u32>,
    }

    impl Refuse for Away {
        fn code(&self) -> &'static str {
            "web.test.away"
        }

        fn fault(&self) -> Fault {
            Fault::ThisService
        }

        fn status(&self) -> StatusCode {
            StatusCode::SERVICE_UNAVAILABLE
        }

        fn error_page(&self) -> ErrorPage {
            let (title, explanation) =
                (Text::from_static("使えません", "away"), Text::from_static("無事です", "nothing is lost"));
            ErrorPage { title, explanation, links: vec![Link::new("/", Text::from_static("戻る", "Back"))] }
        }

        fn is_outage(&self) -> bool {
            true
        }

        fn retry_after(&self) -> Option<u32> {
            self.known_seconds
        }
    }

    #[tokio::test]
    async fn an_outage_is_a_page_that_says_when_to_ask_again() {
        for (known_seconds, expected) in [(None, "5"), (Some(10), "10")] {
            let pages = Router::new().route("/", get(async move || refusal_response(Away { known_seconds })));
            let origin = "http://a.localhost:1".parse().unwrap();
            let site = Site::new(Theme::Service, origin, Clock::system(), Randomness::repeatable("outage"));
            let request = Request::get("/").body(Body::empty()).unwrap();
            let response = crate::site_router(pages, &site).oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::RETRY_AFTER], expected);
            assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
            let page = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let page = String::from_utf8(page.to_vec()).unwrap();
            assert!(page.contains("web.test.away") && page.contains("無事です"), "{page}");
            assert!(!page.contains("the database is away"), "what is inside reaches no page");
        }
    }

    #[test]
    fn a_log_line_names_no_id() {
        assert_eq!(first_path_segment("/appointments/0192-secret/pictures"), "appointments");
    }
}
