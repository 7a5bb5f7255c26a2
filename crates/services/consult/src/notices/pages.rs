//! The notices of the service: privacy, terms, contact, legal notice.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use maud::{Markup, PreEscaped, html};
use text::{Language, Text, dates};
use ui::{Document, Footer, FooterLink, Frame, components};
use web::{Access, Routes, Visitor};

use super::rules::{Contact, Notice, NoticeSource, Notices};
use crate::{
    context::Context,
    directory::pages::emergency,
    notices::texts,
    pages::{frame::page_frame, signed_in, telephone::render_telephone_link},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page(PRIVACY_PATH, Access::Anyone, get(show_privacy))
        .page("/terms", Access::Anyone, get(show_terms))
        .page("/legal", Access::Anyone, get(show_legal))
        .page(CONTACT_PATH, Access::Anyone, get(show_contact))
}

pub(crate) const PRIVACY_PATH: &str = "/privacy";
pub(crate) const CONTACT_PATH: &str = "/contact";

pub(crate) static PRIVACY_NAME: Text = texts::PRIVACY_NOTICE;
pub(crate) static TERMS_NAME: Text = texts::TERMS_OF_USE;
pub(crate) static LEGAL_NAME: Text = texts::LEGAL_NOTICE;
pub(crate) static CONTACT_NAME: Text = texts::CONTACT;

/// The links in the footer of every page.
pub(crate) fn footer_links() -> Vec<ui::FooterLink> {
    let link = |href: &str, label: &Text| ui::FooterLink { href: href.to_owned(), label: label.clone() };
    vec![
        link(emergency::PATH, &emergency::NAME),
        link(CONTACT_PATH, &CONTACT_NAME),
        link(PRIVACY_PATH, &PRIVACY_NAME),
        link("/terms", &TERMS_NAME),
        link("/legal", &LEGAL_NAME),
    ]
}

async fn show_privacy(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let view = NoticePage {
        name: &PRIVACY_NAME,
        description: texts::WHAT_PERSONAL_DATA_THIS_SERVICE_COLLECTS,
        notice: &context.notices.privacy,
        effective_date: Some(context.notices.privacy_effective_date),
    };
    respond_with_notice(&context, &visitor, &view).await
}

async fn show_terms(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let description = texts::RULES_FOR_USING_THIS_SERVICE;
    respond_with_notice(
        &context,
        &visitor,
        &NoticePage { name: &TERMS_NAME, description, notice: &context.notices.terms, effective_date: None },
    )
    .await
}

async fn show_legal(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let about = texts::WHO_RUNS_THIS_SERVICE;
    respond_with_notice(
        &context,
        &visitor,
        &NoticePage { name: &LEGAL_NAME, description: about, notice: &context.notices.legal, effective_date: None },
    )
    .await
}

pub(crate) struct NoticePage<'n> {
    pub(crate) name: &'static Text,
    pub(crate) description: Text,
    pub(crate) notice: &'n Notice,
    pub(crate) effective_date: Option<base::Date>,
}

async fn respond_with_notice(
    context: &Context,
    visitor: &Visitor,
    view: &NoticePage<'_>,
) -> Result<Response, Response> {
    match view.notice.in_language(visitor.language()) {
        NoticeSource::Address(address) => Ok(Redirect::to(address.as_str()).into_response()),
        NoticeSource::Text(_) => {
            let account = signed_in::find_signed_in_account(context, visitor).await?;
            Ok(render_notice_page(&page_frame(visitor, account.as_ref()), view).into_response())
        }
    }
}

pub(crate) fn render_notice_page(frame: &Frame, view: &NoticePage<'_>) -> Markup {
    let language = frame.language;
    let only_japanese = language == Language::English && view.notice.english.is_none();
    let text = match view.notice.in_language(language) {
        NoticeSource::Text(text) => PreEscaped(text.html().to_owned()),
        NoticeSource::Address(address) => components::external_link(language, address.as_str(), address.as_str()),
    };
    Document::new(frame, view.name.in_language(language)).description(view.description.in_language(language)).main(
        html! {
            @if only_japanese {
                p { "This notice is available in Japanese only." }
            } @else if language == Language::English {
                p { "This is a translation. The Japanese text is the one that binds." }
            }
            @if let Some(effective_date) = view.effective_date {
                p { (texts::IN_FORCE_FROM.in_language(language)) (dates::format_date(language, effective_date)) }
            }
            div.notice-text { (text) }
        },
    )
}

async fn show_contact(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    Ok(render_contact_page(&page_frame(&visitor, account.as_ref()), &context.notices.contact).into_response())
}

pub(crate) fn render_contact_page(frame: &Frame, contact: &Contact) -> Markup {
    let language = frame.language;
    let text = |text: &Text| html! { (text.in_language(language)) };
    let mut rows = vec![(texts::CONTACT_POINT.in_language(language), text(&contact.name))];
    if let Some(telephone) = contact.telephone() {
        rows.push((texts::TELEPHONE.in_language(language), render_telephone_link(telephone)));
    }
    if let Some(mail) = contact.mail() {
        rows.push((texts::EMAIL.in_language(language), html! { a href=(format!("mailto:{mail}")) { (mail) } }));
    }
    rows.push((texts::HOURS.in_language(language), text(&contact.hours)));
    rows.push((texts::ADDRESS.in_language(language), text(&contact.address)));
    Document::new(frame, CONTACT_NAME.in_language(language))
        .lead(texts::ASK_HERE_ABOUT_THIS_SERVICE.in_language(language))
        .description(texts::HOW_TO_CONTACT_ONLINE_CARE_SERVICE.in_language(language))
        .main(html! {
            (components::description_list(&rows))
            p { (texts::CALL_THE_CLINIC_ABOUT_YOUR_CARE.in_language(language)) }
            p { (texts::WE_CANNOT_HELP_WITH_URGENT_SYMPTOMS_HERE.in_language(language)) " "
                a href=(emergency::PATH) { (emergency::NAME.in_language(language)) } }
        })
}

/// The footer of every page, error pages included.
pub(crate) fn footer(notices: &Notices) -> Footer {
    let help = FooterLink { href: CONTACT_PATH.to_owned(), label: notices.contact.format_in_one_line() };
    Footer { statement: None, links: footer_links(), help: Some(help) }
}
