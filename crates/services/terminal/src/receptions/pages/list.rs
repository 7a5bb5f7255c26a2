//! 同意済資格情報取得, 同意取得済み患者一覧: the receptions of a day, for 一般 and for 医療情報閲覧.

pub(crate) mod content;
pub(crate) mod page;
mod table;

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::ReceptionNumber;
use http::StatusCode;
use oqs::{BulkNumber, BulkUnit, ReadWarning};
use serde::Deserialize;
use web::Visitor;

use super::person::insured_person;
use crate::{
    Refusal, TerminalState,
    appointments::{self, rules::AppointmentMatch},
    client::EligibilityError,
    eligibility::rules::{DateCriterion, ListQuery},
    follow_ups::rules::{FollowUpNote, FollowUpReason, FollowUpSubject, LookupFailure},
    pages::{HandlerError, SystemResponse, redirect},
    receptions::{client::BulkList, rules::ListedReception, sealed::LINK_SEAL_PURPOSE},
    seal::BrowserSeal,
    sign_in::session::{TerminalSession, require_role, session_frame},
};
use content::{ListPurpose, ListResult, ReceptionListContent, ReceptionListPage, ReceptionRow, ReceptionRows};
use page::render_page;

/// A clinic's day has some dozens of receptions.
const ROWS_PER_PAGE: u32 = 100;

#[derive(Deserialize)]
pub(crate) struct ReceptionListQuery {
    #[serde(rename = "by")]
    criterion: Option<String>,
    day: Option<String>,
    /// The number of a list in progress.
    number: Option<String>,
    /// Starts at 1.
    page: Option<u32>,
    /// 受付番号 of the reception to open.
    reception: Option<String>,
}

pub(crate) async fn show_receptions(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(query): Query<ReceptionListQuery>,
) -> Result<Response, HandlerError> {
    show_list(&terminal, &visitor, query, ListPurpose::Eligibility).await
}

pub(crate) async fn show_patients(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(query): Query<ReceptionListQuery>,
) -> Result<Response, HandlerError> {
    show_list(&terminal, &visitor, query, ListPurpose::Medical).await
}

async fn show_list(
    terminal: &TerminalState,
    visitor: &Visitor,
    query: ReceptionListQuery,
    purpose: ListPurpose,
) -> Result<Response, HandlerError> {
    let searched_number: Option<ReceptionNumber> = query.reception.as_deref().and_then(|text| text.parse().ok());
    let session = require_role(terminal, visitor, purpose.role()).await?;
    let today = visitor.now().japan_date();
    let criterion = DateCriterion::from_query(query.criterion.as_deref());
    let day = query.day.unwrap_or_else(|| today.to_string());
    let content = match base::parse_date(&day) {
        Err(_) => ReceptionListContent::WrongDay,
        Ok(day) => {
            let list_query = ListQuery { criterion, day };
            let pending = query.number.as_deref().and_then(BulkNumber::new);
            let response = session.station.client.fetch_receptions(list_query, pending, visitor.now()).await;
            if purpose == ListPurpose::Eligibility {
                update_follow_up(terminal, visitor, &session, list_query, &response).await?;
            }
            let response = match SystemResponse::from_result(response) {
                SystemResponse::Failed(refusal) => SystemResponse::Failed(refusal),
                SystemResponse::Received(BulkList::InProgress(number)) => {
                    SystemResponse::Received(ListResult::InProgress(number))
                }
                SystemResponse::Received(BulkList::Ready { units, doubts }) => {
                    let listed: Vec<_> =
                        units.into_iter().map(|unit| (ListedReception::from_unit(&unit, list_query), unit)).collect();
                    let searched = searched_number
                        .and_then(|number| listed.iter().find(|(reception, _)| reception.number == Some(number)));
                    if let Some((searched, _)) = searched {
                        let seal = BrowserSeal::for_visitor(visitor, session.account.institution);
                        let href = seal.seal(LINK_SEAL_PURPOSE, searched);
                        return Ok(redirect(&format!("{}/{href}", purpose.path())));
                    }
                    let page = query.page.unwrap_or(1);
                    let rows = build_rows(terminal, visitor, &session, listed, doubts, page).await;
                    SystemResponse::Received(ListResult::Rows(rows?))
                }
            };
            ReceptionListContent::Requested(list_query, response)
        }
    };
    let status = match &content {
        ReceptionListContent::WrongDay => StatusCode::UNPROCESSABLE_ENTITY,
        ReceptionListContent::Requested(_, response) => response.status(),
    };
    let view = ReceptionListPage { purpose, criterion, day, today, searched_number, content };
    Ok((status, render_page(&session_frame(visitor, &session), &view)).into_response())
}

/// Opens a follow-up for a list that was not received, and closes it for one that was.
async fn update_follow_up(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    query: ListQuery,
    response: &Result<BulkList, EligibilityError>,
) -> Result<(), Refusal> {
    let (institution, now) = (session.account.institution, visitor.now());
    let note = match response {
        Ok(BulkList::Ready { .. }) => {
            terminal.store.close_follow_up(institution, FollowUpSubject::Day(query.criterion, query.day), now).await?;
            return Ok(());
        }
        Ok(BulkList::InProgress(_)) => {
            FollowUpNote::for_list(query, FollowUpReason::LookupFailure(LookupFailure::InProgress))
        }
        // The request itself was refused; to repeat it does not help.
        Err(EligibilityError::Refused(_)) => return Ok(()),
        Err(failure) => FollowUpNote::for_failed_list(query, failure.into()),
    };
    terminal.store.upsert_follow_up(institution, note, visitor.site().randomness(), now).await?;
    Ok(())
}

/// The rows of one page of a list.
async fn build_rows(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    listed: Vec<(ListedReception, BulkUnit)>,
    doubts: Vec<ReadWarning>,
    page: u32,
) -> Result<ReceptionRows, Refusal> {
    let count = listed.len();
    let page_count = u32::try_from(count).unwrap_or(u32::MAX).div_ceil(ROWS_PER_PAGE).max(1);
    let page = page.clamp(1, page_count);
    let listed: Vec<_> =
        listed.into_iter().skip(((page - 1) * ROWS_PER_PAGE) as usize).take(ROWS_PER_PAGE as usize).collect();
    let institution = session.account.institution;
    let seal = BrowserSeal::for_visitor(visitor, institution);
    let numbers: Vec<ReceptionNumber> = listed.iter().filter_map(|(listed, _)| listed.number).collect();
    let confirmations = terminal.store.list_last_confirmations(institution, numbers).await?;
    let imported = appointments::find_imported_appointments(terminal, visitor, session).await?;
    let row = |(listed, unit): (ListedReception, BulkUnit)| ReceptionRow {
        appointment_match: AppointmentMatch::find(
            imported.as_ref(),
            listed.visit,
            listed.number,
            insured_person(&unit.results).as_ref(),
        ),
        sealed: seal.seal(LINK_SEAL_PURPOSE, &listed),
        confirmation: confirmations.iter().find(|record| Some(record.confirmation.reception) == listed.number).cloned(),
        results: unit.results,
        reception: listed,
    };
    Ok(ReceptionRows { rows: listed.into_iter().map(row).collect(), count, page, page_count, doubts })
}
