use base::Id;
use text::Language;

use super::{
    pages,
    rules::{FollowUpNote, FollowUpReason, LookupFailure},
    store::FollowUp,
};
use crate::{
    Role,
    appointments::{ServiceAccess, rules::ServiceAppointment},
    eligibility::rules::{DateCriterion, Finding, ListQuery},
    samples::{
        fixtures::{VISIT_DATE, day, now, reception_number},
        frames::{Pages, frame},
    },
};

pub(crate) fn add_pages(language: Language, samples: &mut Pages) {
    let frame = frame(language, Role::Staff, "/follow-ups");
    let reasons = || {
        let findings = Finding::ALL.into_iter().filter_map(FollowUpReason::from_finding);
        findings
            .chain([FollowUpReason::OtherName, FollowUpReason::ServiceNotInformed])
            .chain(LookupFailure::ALL.map(FollowUpReason::LookupFailure))
    };
    let note = |reason| {
        let criterion = match reason {
            FollowUpReason::LookupFailure(LookupFailure::Timeout) => DateCriterion::Consent,
            FollowUpReason::LookupFailure(LookupFailure::CutOff) => DateCriterion::HomeVisit,
            _ => DateCriterion::Visit,
        };
        let list = ListQuery { criterion, day: day(VISIT_DATE) };
        match reason {
            FollowUpReason::LookupFailure(LookupFailure::Closed) => FollowUpNote {
                retry_at: Some(now().plus(base::Span::from_mins(30))),
                ..FollowUpNote::for_list(list, reason)
            },
            FollowUpReason::LookupFailure(_) => FollowUpNote::for_list(list, reason),
            FollowUpReason::ServiceNotInformed => {
                let unreported_appointment = Some(ServiceAppointment { id: "sample".to_owned(), version: 1 });
                FollowUpNote {
                    unreported_appointment,
                    ..FollowUpNote::for_reception(reception_number(), Some(day(VISIT_DATE)), list, reason)
                }
            }
            _ => FollowUpNote::for_reception(reception_number(), Some(day(VISIT_DATE)), list, reason),
        }
    };
    let follow_up = |(index, reason)| FollowUp {
        id: Id::new(now(), &base::Randomness::repeatable(&format!("terminal/follow-up/{index}"))),
        note: note(reason),
        since: now(),
        attempts: 2,
    };
    let mut add = |name: &str, open, service, notice| {
        let view = pages::FollowUpsPage { open_follow_ups: open, service_access: service, notice };
        samples.push((format!("follow-ups/{name}"), pages::render_page(&frame, &view)));
    };
    let (configured, not_configured) = (ServiceAccess::Configured, ServiceAccess::NotConfigured);
    add("open", reasons().enumerate().map(follow_up).collect(), configured, None);
    // A row of an earlier version, without the list.
    let note = FollowUpNote {
        visit: None,
        list: None,
        unreported_appointment: None,
        ..note(FollowUpReason::ServiceNotInformed)
    };
    let lost = FollowUp { note, ..follow_up((0, FollowUpReason::ServiceNotInformed)) };
    add("without-a-list", vec![lost], not_configured, None);
    add(
        "untold",
        vec![follow_up((0, FollowUpReason::ServiceNotInformed))],
        configured,
        Some(pages::FollowUpNotice::ServiceNotInformed),
    );
    add("told", Vec::new(), configured, Some(pages::FollowUpNotice::ServiceInformed));
    add("empty", Vec::new(), configured, None);
}
