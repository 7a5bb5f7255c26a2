//! The personal data that the service holds of a patient, and who has seen it.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Column, Table, Tone},
};
use web::{Access, Routes, Visitor};

use super::parts::render_back_to_profile;
use crate::{
    audit::rules::{
        AuditActor,
        action::{AuditAction, ClinicPatientChange, DeskActionKind, DeskView, PictureAction},
    },
    context::Context,
    pages::{frame::page_frame, signed_in},
    people::rules::account::{Account, Relationship},
    personal_data::{
        store::{HeldOverview, PatientAuditEntry, tables::DataCategory},
        texts,
    },
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/data", Access::SignedIn, get(show_personal_data))
}

async fn show_personal_data(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let overview = context.store.load_held_overview(account.id).await?;
    let view = PersonalDataPage { account: &account, overview, picture_retention_days: context.picture_retention_days };
    Ok(render_personal_data_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

pub(crate) struct PersonalDataPage<'p> {
    pub(crate) account: &'p Account,
    pub(crate) overview: HeldOverview,
    pub(crate) picture_retention_days: u16,
}

pub(crate) fn render_personal_data_page(frame: &Frame, view: &PersonalDataPage<'_>) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::YOUR_DATA.in_language(language))
        .above_heading(render_back_to_profile(language))
        .lead(texts::WHAT_THIS_SERVICE_KEEPS_ABOUT_YOU.in_language(language))
        .main(html! {
            (components::buttons(html! {
                (components::secondary_link("/profile/data/export", texts::DOWNLOAD_AS_A_FILE.in_language(language), None))
                (components::secondary_link("/profile/data/erase", texts::ERASE_YOUR_PICTURES.in_language(language), None))
                (components::secondary_link("/profile/close", texts::CLOSE_YOUR_ACCOUNT.in_language(language), None))
            }))
            (components::section(texts::WHAT_IS_KEPT_AND_FOR_HOW_LONG.in_language(language), html! {
                @for category in DataCategory::ALL { (render_category(language, view, category)) }
                (components::panel(texts::EMAILS.in_language(language), html! {
                    p { (texts::KEPT_ENCRYPTED_UNTIL_SENT.in_language(language)) }
                }))
            }))
            (render_audit_trail(language, &view.overview.audit_trail))
            (components::notice(Tone::Info, texts::WHAT_IS_NOT_HERE.in_language(language), html! {
                p { (texts::CONSENT_NEVER_REACHES_THIS_SERVICE.in_language(language)) }
            }))
        })
}

/// One category of data: content, number of records, retention.
fn render_category(language: Language, view: &PersonalDataPage<'_>, category: DataCategory) -> Markup {
    let count = view.overview.counts.get(&category).copied().unwrap_or_default();
    let records = if count == 1 {
        texts::ONE_RECORD.in_language(language).to_owned()
    } else {
        texts::number_of_records(language, count)
    };
    let profile = view.account.own_profile();
    let (name, content, retention) = match category {
        DataCategory::Account => (
            texts::ACCOUNT.in_language(language),
            html! {
                (view.account.mail)
                @if let Some(date) = view.overview.accepted_notice_date {
                    br; (texts::PRIVACY_NOTICE_SHOWN_TO_YOU_IS_DATED.in_language(language)) (dates::format_date(language, date))
                }
            },
            texts::UNTIL_YOU_CLOSE_YOUR_ACCOUNT.in_language(language),
        ),
        DataCategory::Profile => (
            texts::YOUR_DETAILS.in_language(language),
            html! {
                @for relative in view.account.patients.iter().filter(|other| other.relationship != Relationship::Oneself) {
                    @if let Some(profile) = &relative.patient.profile { (profile.name) br; }
                }
                @if let Some(profile) = profile {
                    (profile.name) br; (dates::format_date(language, profile.birth_date))
                    @if let Some(phone) = &profile.phone { br; (phone) }
                } @else { (texts::NOTHING_YET.in_language(language)) }
            },
            texts::UNTIL_YOU_CLOSE_YOUR_ACCOUNT.in_language(language),
        ),
        DataCategory::Appointments => (
            texts::APPOINTMENTS.in_language(language),
            html! { (records) " " a href="/appointments" { (texts::SEE_YOUR_APPOINTMENTS.in_language(language)) } },
            texts::KEPT_FOR_CLINICS_RECORDS.in_language(language),
        ),
        DataCategory::Proof => (
            texts::INSURANCE_STEPS.in_language(language),
            html! { (records) (texts::RECEPTION_NUMBER_AND_VALIDITY.in_language(language)) },
            texts::RECEPTION_NUMBER_UNTIL_YOU_CLOSE.in_language(language),
        ),
        DataCategory::Pictures => (
            texts::PICTURES_OF_INSURANCE_DOCUMENTS.in_language(language),
            html! { (records) (texts::INCLUDING_RECORDS_OF_ERASED_PICTURES.in_language(language)) },
            "",
        ),
        DataCategory::Record => (
            texts::RECORD_OF_WHO_LOOKED_AND_ACTED.in_language(language),
            html! { (records) },
            texts::CANNOT_BE_ERASED.in_language(language),
        ),
        DataCategory::Sessions => (
            texts::SIGNED_IN_DEVICES.in_language(language),
            html! { (records) " " a href="/profile/sessions" { (texts::SEE_DEVICES.in_language(language)) } },
            texts::THIRTY_DAYS_FROM_SIGNING_IN.in_language(language),
        ),
    };
    let pictures = texts::days_from_the_visit(language, view.picture_retention_days);
    let retention = if category == DataCategory::Pictures { pictures.as_str() } else { retention };
    components::panel(
        name,
        components::description_list(&[
            (texts::WHAT_IS_KEPT.in_language(language), content),
            (texts::HOW_LONG.in_language(language), html! { (retention) }),
        ]),
    )
}

fn render_audit_trail(language: Language, trail: &[PatientAuditEntry]) -> Markup {
    let columns = [
        Column::text(texts::WHEN.in_language(language)),
        Column::text(texts::WHO.in_language(language)),
        Column::text(texts::WHAT_WAS_DONE.in_language(language)),
    ];
    let name = texts::WHO_LOOKED_AND_WHEN.in_language(language);
    let mut table = Table::new(name, &columns);
    for entry in trail {
        let actor = match &entry.actor {
            AuditActor::Desk(name) => html! { (texts::CLINIC.in_language(language)) (name) },
            AuditActor::OtherAccount => html! { (texts::ANOTHER_ACCOUNT.in_language(language)) },
            AuditActor::Service | AuditActor::Patient => {
                html! { (texts::THIS_SERVICE_AUTOMATIC.in_language(language)) }
            }
        };
        table = table.row(vec![
            html! { (dates::format_date_time(language, entry.occurred_at)) },
            actor,
            html! { (audit_action_text(language, entry.action)) },
        ]);
    }
    components::section(
        name,
        html! {
            @if trail.is_empty() {
                p { (texts::NOTHING_HAS_BEEN_RECORDED_YET.in_language(language)) }
            } @else {
                (table)
                p { (texts::THE_NEWEST_50_RECORDS.in_language(language)) }
            }
        },
    )
}

fn audit_action_text(language: Language, action: AuditAction) -> &'static str {
    match action {
        AuditAction::Picture(PictureAction::View) => texts::LOOKED_AT_A_PICTURE.in_language(language),
        AuditAction::Picture(PictureAction::ViewThumbnail) => texts::SAW_PICTURE_IN_LIST.in_language(language),
        AuditAction::Picture(PictureAction::Erase) => texts::ERASED_PICTURE_WHOSE_TIME_WAS_OVER.in_language(language),
        AuditAction::DeskView(DeskView::Visit) => texts::LOOKED_AT_YOUR_APPOINTMENT.in_language(language),
        AuditAction::DeskView(DeskView::Patient) => texts::LOOKED_AT_YOUR_DETAILS.in_language(language),
        AuditAction::ClinicPatient(ClinicPatientChange::Entered) => texts::ENTERED_YOUR_DETAILS.in_language(language),
        AuditAction::ClinicPatient(ClinicPatientChange::Invited) => {
            texts::INVITED_SOMEBODY_TO_ACT.in_language(language)
        }
        AuditAction::Desk(kind) => match kind {
            DeskActionKind::RequestConsent | DeskActionKind::RequestPicture | DeskActionKind::RequestPictureAgain => {
                texts::ASKED_YOU_FOR_SOMETHING.in_language(language)
            }
            DeskActionKind::ConfirmAtTerminal | DeskActionKind::ConfirmByPictures | DeskActionKind::ConfirmOnScreen => {
                texts::CONFIRMED_YOUR_INSURANCE.in_language(language)
            }
            DeskActionKind::Refuse => texts::NOTED_THAT_INSURANCE_WAS_NOT_CONFIRMED.in_language(language),
            DeskActionKind::Complete => texts::MARKED_THE_VISIT_AS_DONE.in_language(language),
            DeskActionKind::NoShow => texts::RECORDED_THAT_YOU_WERE_NOT_THERE.in_language(language),
        },
        AuditAction::DeskUndone(_)
        | AuditAction::Picture(PictureAction::Receive | PictureAction::Send)
        | AuditAction::DeskView(
            DeskView::Day | DeskView::Search | DeskView::Concerned | DeskView::Print | DeskView::Export,
        )
        | AuditAction::Account(_)
        | AuditAction::Visit(_)
        | AuditAction::Staff(_)
        | AuditAction::Audit(_)
        | AuditAction::Clinic(_)
        | AuditAction::ChainOpened => texts::CHANGED_YOUR_APPOINTMENT.in_language(language),
    }
}
