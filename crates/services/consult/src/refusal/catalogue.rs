//! The catalogue of refusals.

use base::CatalogueEntry;

/// Code, meaning and remedy of every refusal, for the generated reference.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "consult.page.none",
        meaning: "There is no such institution, menu or appointment, or it is not this person's.",
        remedy: "Check the address; sign in as the one whom it concerns.",
    },
    CatalogueEntry {
        code: "consult.slot.taken",
        meaning: "Another patient booked the time first, or holds it while signing in.",
        remedy: "Choose another time; a hold ends after the minutes that the settings say.",
    },
    CatalogueEntry {
        code: "consult.slot.none",
        meaning: "The time has passed, is nearer or further ahead than the menu allows, the menu is full on that day, or no \
                  doctor receives patients then.",
        remedy: "Choose one of the times that the page shows.",
    },
    CatalogueEntry {
        code: "consult.clinic.too_many",
        meaning: "A clinic has as many doctors or menus as there can be, those that are no longer offered included.",
        remedy: "Change one that is no longer offered instead of adding another.",
    },
    CatalogueEntry {
        code: "consult.appointment.closed",
        meaning: "The visit has begun, is over, or was cancelled.",
        remedy: "Book a new appointment.",
    },
    CatalogueEntry {
        code: "consult.appointment.changed",
        meaning: "Another request changed the appointment or its proof between reading and writing.",
        remedy: "Look at the latest state and try again.",
    },
    CatalogueEntry {
        code: "consult.desk.too_early",
        meaning: "A desk marked a visit as held before it began, or a document as shown before the call could open.",
        remedy: "Do it again when the time of the visit has come.",
    },
    CatalogueEntry {
        code: "consult.desk.too_late",
        meaning: "What a desk did can be taken back within ten minutes.",
        remedy: "Correct it by a new act on the visit's page.",
    },
    CatalogueEntry {
        code: "consult.appointment.too_many",
        meaning: "One mailbox has as many appointments to come as `bookings_to_come` in `[limits]` allows.",
        remedy: "Cancel one that is not needed.",
    },
    CatalogueEntry {
        code: "consult.appointment.same_time",
        meaning: "The patient has a visit at the same institution that overlaps this one.",
        remedy: "Choose another time, or cancel the other visit.",
    },
    CatalogueEntry {
        code: "consult.appointment.overlap",
        meaning: "The patient has a visit at another institution that overlaps this one, and the form does not name it.",
        remedy: "Open the page that confirms: it names the other visit and asks. A program sends that id as `overlap`.",
    },
    CatalogueEntry {
        code: "consult.appointment.same_day",
        meaning: "The patient has another visit at the institution on that day, and the form does not name it.",
        remedy: "Open the page that confirms: it names the other visit and asks. A program sends that id as `same_day`.",
    },
    CatalogueEntry {
        code: "consult.appointment.clinic_day",
        meaning: "One mailbox has as many visits at the institution on that day as `bookings_per_clinic_and_day` in `[limits]` allows.",
        remedy: "Choose another day; an operator may raise the number.",
    },
    CatalogueEntry {
        code: "consult.appointment.after_limit",
        meaning: "The limit until which the menu lets a visit be moved has passed.",
        remedy: "Cancel the visit, or call the clinic, whose desk can move it.",
    },
    CatalogueEntry {
        code: "consult.appointment.fee",
        meaning: "The limit for cancelling free of charge has passed, and the form does not name the fee.",
        remedy: "Open the page that cancels: it names the fee. A program sends it as `fee`.",
    },
    CatalogueEntry {
        code: "consult.appointment.bookings_today",
        meaning: "One mailbox has booked as often today as `bookings_per_day` in `[limits]` allows, cancelled visits included.",
        remedy: "Book tomorrow or by telephone; an operator may raise the number.",
    },
    CatalogueEntry {
        code: "consult.appointment.moves_today",
        meaning: "One mailbox has moved visits as often today as `moves_per_day` in `[limits]` allows.",
        remedy: "Move tomorrow or by telephone; an operator may raise the number.",
    },
    CatalogueEntry {
        code: "consult.appointment.cancellations_today",
        meaning: "One mailbox has cancelled as many visits today as `cancellations_per_day` in `[limits]` allows.",
        remedy: "Call the institution; an operator may raise the number.",
    },
    CatalogueEntry {
        code: "consult.sign_in.too_often",
        meaning: "More codes were asked for within 15 minutes than one address or browser is sent.",
        remedy: "Wait, or use the newest code that arrived.",
    },
    CatalogueEntry {
        code: "consult.sign_in.codes_busy",
        meaning: "More codes were asked for within a minute than limits.codes_per_minute lets the service send.",
        remedy: "Wait a minute. An operator looks at uketsuke_codes_limited_total and at who asks, and raises the limit if they are patients.",
    },
    CatalogueEntry {
        code: "consult.sign_in.busy",
        meaning: "More passwords wait to be checked than the service checks within seconds.",
        remedy: "Wait some seconds. An operator looks at uketsuke_password_hashes_refused_total and at who asks.",
    },
    CatalogueEntry {
        code: "consult.leave.way",
        meaning: "The institution does not take consent in the way that was asked for.",
        remedy: "Follow the appointment's page; an operator checks the institution's leave_by.",
    },
    CatalogueEntry {
        code: "consult.return.browser",
        meaning: "The browser that came back is not the one that left, or another patient is signed in with it.",
        remedy: "Go on in the browser in which the procedure was begun.",
    },
    CatalogueEntry {
        code: "consult.return.unbelieved",
        meaning: "State, issuer or outcome of the authorization response do not hold.",
        remedy: "Begin again from the appointment's page; a developer checks the reception's redirect.",
    },
    CatalogueEntry {
        code: "consult.picture.stalled",
        meaning: "Less than a kilobyte a second of a picture arrived for half a minute, or all of it took longer than half an hour.",
        remedy: "Send it again over a better connection.",
    },
    CatalogueEntry {
        code: "consult.leave.reception",
        meaning: "The reception's metadata or pushed authorization endpoint did not answer as the profile says.",
        remedy: "Check that the reception runs and that client id and key are registered there; the log has the cause.",
    },
    CatalogueEntry {
        code: "consult.return.unconfirmed",
        meaning: "The code could not be redeemed: the reception did not answer, or refused.",
        remedy: "The patient goes on from the appointment's page; the log has the cause.",
    },
    CatalogueEntry {
        code: "consult.store.database",
        meaning: "The database refused or cannot be reached.",
        remedy: "Read the log at this time.",
    },
    CatalogueEntry {
        code: "consult.store.record",
        meaning: "A stored record cannot be read as what it was written as.",
        remedy: "Read the log at this time; restore from a backup if the file is damaged.",
    },
    CatalogueEntry {
        code: "consult.picture.vault",
        meaning: "A picture could not be put into the object store or brought back from it.",
        remedy: "Read the log at this time; look at the store's space and rights, and whether every older master key is configured.",
    },
    CatalogueEntry {
        code: "consult.picture.full",
        meaning: "The memory for pictures that are being sent is full, or the same account sends others already.",
        remedy: "Send it again after half a minute; an operator raises upload_memory_mb in [limits] where memory allows.",
    },
    CatalogueEntry {
        code: "consult.picture.workshop",
        meaning: "The picture worker cannot be started, or all its places are taken.",
        remedy: "Check that the configured program can be run with 'picture-worker' and may limit itself; try again if many were sending.",
    },
];
