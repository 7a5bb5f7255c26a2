use base::{Randomness, Span};
use maud::Markup;
use shell::Language;

use super::{Trouble, page};
use crate::{
    pages::specimen,
    rules::{
        appointment::{Appointment, Openness},
        picture::{DocumentKind, Hint, Hints, Picture, PictureId, PictureRefusal, Side, State, Unusable, kept_until},
        proof::RequestReason,
    },
    store::{
        desk::{Deed, DoneBy},
        picture::PicturePage,
    },
};

/// Every state of the page.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = specimen::frame(language, "/appointments/sample/picture", Some(&specimen::person()));
    let pages = views().into_iter().map(|(name, view)| (format!("picture/{name}"), page::page(&frame, &view)));
    let id = specimen::appointment_id();
    let erasing = [State::Sent, State::Accepted, State::Refused].map(|state| {
        let page = page::erase_page(&frame, id, &picture(Side::Front, state, &[]));
        (format!("picture/erase-{}", state.word()), page)
    });
    pages.chain(erasing).collect()
}

/// A picture in that state.
pub(in crate::pages) fn picture(side: Side, state: State, hints: &[Hint]) -> Picture {
    let refusal = PictureRefusal {
        reason: RequestReason::Blurred,
        note: "右下の文字が読めませんでした。".parse().ok(),
    };
    Picture {
        id: PictureId::new(specimen::now(), &Randomness::repeatable(side.word())),
        document: DocumentKind::Certificate,
        side,
        state,
        hints: hints.iter().fold(Hints::default(), |hints, hint| hints.with(*hint)),
        size: (1600, 1000),
        made_at: specimen::now(),
        refusal: (state == State::Refused).then_some(refusal),
    }
}

/// What was done with it.
pub(in crate::pages) fn deeds() -> Vec<Deed> {
    let deed = |minutes, act: &str, by| Deed {
        at: specimen::now().plus(Span::from_mins(minutes)),
        act: act.to_owned(),
        side: Some(Side::Front),
        by,
    };
    vec![
        deed(40, "picture.look", DoneBy::Desk("受付 見本".to_owned())),
        deed(2, "picture.send", DoneBy::Patient),
        deed(1, "picture.receive", DoneBy::Patient),
    ]
}

fn appointment(case: &str) -> Appointment {
    let cases = specimen::cases();
    let found = cases.into_iter().find(|(name, _)| *name == case).expect("the specimens have this case");
    found.1.case.appointment
}

fn views() -> Vec<(&'static str, page::View)> {
    let view = |case: &str, pictures: Vec<Picture>| {
        let appointment = appointment(case);
        page::View {
            open: appointment.openness(specimen::now()),
            kept_until: kept_until(appointment.visit_date(), 30),
            chosen: None,
            changes_document: false,
            troubles: Vec::new(),
            page: PicturePage {
                deeds: if pictures.is_empty() { Vec::new() } else { deeds() },
                appointment,
                pictures,
                request: None,
            },
        }
    };
    let front = |state| picture(Side::Front, state, &[]);
    let back = |state| picture(Side::Back, state, &[]);
    let booked = |pictures| view("not-started", pictures);
    let chosen = |document| page::View { chosen: Some(document), ..booked(Vec::new()) };
    let mut views = vec![
        ("document", booked(Vec::new())),
        ("document-changed", page::View { changes_document: true, ..booked(vec![front(State::Sent)]) }),
        ("choose", chosen(DocumentKind::Certificate)),
        ("choose-notice", chosen(DocumentKind::NoticeWithCard)),
        ("choose-screen", chosen(DocumentKind::PortalScreen)),
        ("look-first", booked(vec![picture(Side::Front, State::Draft, &[Hint::Blurred, Hint::Glare])])),
        ("sent", booked(vec![front(State::Sent), back(State::Sent)])),
        ("accepted", booked(vec![front(State::Accepted)])),
        ("asked-again", booked(vec![front(State::Refused), back(State::Sent)])),
        ("cancelled", view("cancelled", vec![front(State::Sent)])),
        ("completed", view("completed", vec![front(State::Accepted)])),
        ("over", page::View { open: Openness::Closed, ..booked(vec![front(State::Sent)]) }),
        ("self-pay", view("self-pay", Vec::new())),
    ];
    let mut asked = booked(vec![front(State::Sent)]);
    asked.page.request = Some(RequestReason::SideMissing);
    views.push(("asked-for-the-other-side", asked));
    let notice = |state| Picture { document: DocumentKind::NoticeWithCard, ..front(state) };
    views.push(("lacking", booked(vec![notice(State::Sent)])));
    let mut incomplete = booked(vec![notice(State::Draft)]);
    incomplete.troubles = vec![(Side::Back, Trouble::Missing)];
    views.push(("incomplete", incomplete));
    let troubles = [
        ("pdf", Unusable::Pdf),
        ("too-small", Unusable::TooSmall),
        ("unreadable", Unusable::Unreadable),
        ("my-number", Unusable::MyNumber),
        ("too-large", Unusable::TooLarge),
        ("unknown-kind", Unusable::UnknownKind),
        ("too-many-pixels", Unusable::TooManyPixels),
        ("too-costly", Unusable::TooCostly),
        ("empty", Unusable::Empty),
    ];
    for (name, unusable) in troubles {
        let mut view = booked(Vec::new());
        view.troubles = vec![(Side::Front, Trouble::Unusable(unusable))];
        views.push((name, view));
    }
    views
}
