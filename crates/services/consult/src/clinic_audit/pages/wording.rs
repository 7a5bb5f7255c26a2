//! Actions, actors and subjects in words.

use base::{Date, parse_date};
use text::{Language, Text, dates};

use crate::{
    appointments::rules::booking_number,
    audit::rules::{
        AuditActor,
        action::{
            AccountAction, AuditAccess, AuditAction, ClinicChange, ClinicPatientChange, DeskView, PictureAction,
            StaffAction, VisitChange,
        },
    },
    clinic::texts::took_back,
    clinic_audit::{store::ClinicAuditRow, texts},
};

/// What was done.
pub(super) fn action_label(language: Language, action: AuditAction) -> String {
    let text: Text = match action {
        AuditAction::Picture(action) => picture_action_text(action),
        AuditAction::DeskView(view) => desk_view_text(view),
        AuditAction::Desk(kind) => kind.text(),
        AuditAction::DeskUndone(kind) => return took_back(language, kind.text().in_language(language)),
        AuditAction::Visit(change) => visit_change_text(change),
        AuditAction::ClinicPatient(ClinicPatientChange::Entered) => texts::ENTERED_A_PATIENT,
        AuditAction::ClinicPatient(ClinicPatientChange::Invited) => texts::INVITED_A_PATIENT,
        AuditAction::Clinic(change) => clinic_change_text(change),
        AuditAction::Account(action) => account_action_text(action),
        AuditAction::Staff(action) => staff_action_text(action),
        AuditAction::Audit(AuditAccess::View) => texts::READ_THE_AUDIT,
        AuditAction::Audit(AuditAccess::Export) => texts::EXPORTED_THE_AUDIT,
        AuditAction::Audit(AuditAccess::Verify) => texts::VERIFIED_THE_AUDIT,
        AuditAction::ChainOpened => texts::OPENED_THE_CHAIN,
    };
    text.in_language(language).to_owned()
}

fn picture_action_text(action: PictureAction) -> Text {
    match action {
        PictureAction::View => texts::LOOKED_AT_A_PICTURE,
        PictureAction::ViewThumbnail => texts::SAW_A_PICTURE_IN_A_LIST,
        PictureAction::Receive => texts::UPLOADED_A_PICTURE,
        PictureAction::Send => texts::SENT_A_PICTURE,
        PictureAction::Erase => texts::ERASED_A_PICTURE,
    }
}

fn desk_view_text(view: DeskView) -> Text {
    match view {
        DeskView::Day => texts::OPENED_A_DAY,
        DeskView::Visit => texts::OPENED_A_VISIT,
        DeskView::Patient => texts::OPENED_A_PATIENT,
        DeskView::Search => texts::SEARCHED_FOR_VISITS,
        DeskView::Concerned => texts::SAW_CONCERNED_VISITS,
        DeskView::Print => texts::PRINTED_A_DAY,
        DeskView::Export => texts::EXPORTED_A_DAY,
    }
}

fn visit_change_text(change: VisitChange) -> Text {
    match change {
        VisitChange::Booked => texts::BOOKED_A_VISIT,
        VisitChange::Late => texts::RECORDED_A_DELAY,
        VisitChange::Moved => texts::MOVED_A_VISIT,
        VisitChange::Cancelled => texts::CANCELLED_A_VISIT,
    }
}

fn account_action_text(action: AccountAction) -> Text {
    match action {
        AccountAction::Export => texts::EXPORTED_PERSONAL_DATA,
        AccountAction::Close => texts::CLOSED_THE_ACCOUNT,
        AccountAction::AddPatient => texts::ADDED_A_RELATIVE,
        AccountAction::ChangePatient => texts::CHANGED_A_RELATIVE,
        AccountAction::RemovePatient => texts::REMOVED_A_RELATIVE,
        AccountAction::Invite => texts::INVITED_ANOTHER_ACCOUNT,
        AccountAction::AcceptInvitation => texts::ACCEPTED_AN_INVITATION,
        AccountAction::EndGuardianship => texts::ENDED_A_PARENTS_ACCESS,
    }
}

fn clinic_change_text(change: ClinicChange) -> Text {
    match change {
        ClinicChange::Hours => texts::CHANGED_THE_HOURS,
        ClinicChange::DoctorAdded => texts::ADDED_A_DOCTOR,
        ClinicChange::DoctorChanged => texts::CHANGED_A_DOCTOR,
        ClinicChange::DoctorLeft => texts::DOCTOR_LEFT,
        ClinicChange::DoctorReturned => texts::DOCTOR_RETURNED,
        ClinicChange::SessionAdded => texts::ADDED_A_SESSION,
        ClinicChange::SessionRemoved => texts::REMOVED_A_SESSION,
        ClinicChange::ClosureAdded => texts::ADDED_A_CLOSURE,
        ClinicChange::ClosureLifted => texts::LIFTED_A_CLOSURE,
        ClinicChange::MenuSaved => texts::SAVED_A_MENU,
        ClinicChange::MenuWithdrawn => texts::WITHDREW_A_MENU,
        ClinicChange::MenuOffered => texts::OFFERED_A_MENU,
    }
}

fn staff_action_text(action: StaffAction) -> Text {
    match action {
        StaffAction::Invite => texts::INVITED_A_MEMBER,
        StaffAction::InviteAgain => texts::INVITED_AGAIN,
        StaffAction::WithdrawInvitation => texts::WITHDREW_AN_INVITATION,
        StaffAction::AcceptInvitation => texts::ACCEPTED_AN_INVITATION,
        StaffAction::MakeDesk => texts::MADE_SOMEBODY_DESK,
        StaffAction::MakeDoctor => texts::MADE_SOMEBODY_DOCTOR,
        StaffAction::MakeManager => texts::MADE_SOMEBODY_MANAGER,
        StaffAction::EndAccess => texts::ENDED_AN_ACCESS,
        StaffAction::TurnOnSecondFactor => texts::TURNED_SECOND_FACTOR_ON,
        StaffAction::TurnOffSecondFactor => texts::TURNED_SECOND_FACTOR_OFF,
        StaffAction::RenewRecoveryCodes => texts::RENEWED_RECOVERY_CODES,
        StaffAction::ResetSecondFactor => texts::RESET_A_SECOND_FACTOR,
        StaffAction::MakeProgramPassword => texts::MADE_A_PROGRAM_PASSWORD,
        StaffAction::DeleteProgramPassword => texts::DELETED_A_PROGRAM_PASSWORD,
    }
}

/// Who did it.
pub(super) fn actor_label(language: Language, actor: &AuditActor) -> &str {
    match actor {
        AuditActor::Patient | AuditActor::OtherAccount => texts::PATIENTS.in_language(language),
        AuditActor::Desk(name) => name,
        AuditActor::Service => texts::SERVICE.in_language(language),
    }
}

/// The record that is concerned, without the patient: a visit, an account, a day or days; empty if there is none to name.
pub(super) fn entity_label(language: Language, row: &ClinicAuditRow) -> String {
    if let Some((id, start)) = row.visit {
        return texts::visit_at(language, dates::format_short_date_time(language, start), booking_number(id));
    }
    if let Some(name) = &row.member_name {
        return name.clone();
    }
    let format = |day: Date| dates::format_date(language, day);
    match row.entity.as_deref().and_then(parse_days) {
        Some((None, day)) => texts::visits_of_day(language, format(day)),
        Some((Some(first), last)) => texts::days_from_to(language, format(first), format(last)),
        None => String::new(),
    }
}

/// The day at the end of the name of a record, and the one before it if there are two.
fn parse_days(entity: &str) -> Option<(Option<Date>, Date)> {
    let (before, last) = entity.rsplit_once(' ')?;
    Some((parse_date(before).ok().filter(|_| before.contains('-')), parse_date(last).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_named_by_its_days() {
        let date = |text| parse_date(text).expect("a date");
        let check = |entity: &str, expected| assert_eq!(parse_days(entity), expected, "{entity}");
        check("1311234567 2026-11-24", Some((None, date("2026-11-24"))));
        check("2026-11-01 2026-11-30", Some((Some(date("2026-11-01")), date("2026-11-30"))));
        check("whole 12", None);
        check("01931e4a", None);
    }
}
