//! Tests of what managers change, on every engine.

mod journey;

use base::InstitutionCode;

use super::{
    rules::{closure_input::ClosureInput, hours_input::parse_hours_lines, menu_input::MenuInput},
    store::{doctors::DoctorChange, menus::MenuOffer, overview::MissingSetting},
};
use crate::{
    clinic::store::staff::Manager,
    directory::{
        samples::offers,
        store::institutions::{NewInstitution, NewPractitioner},
    },
    practitioners::rules::practitioner::PractitionerDetails,
    refusal::Refusal,
    schedule::rules::opening::OpeningSchedule,
    store::Store,
    tests::stores::{
        START, add_manager, book_visit, fill_directory, new_institution, new_patient, now, parse_timestamp, stores,
    },
};

/// The first sample institution, of which nothing is set.
fn empty_clinic() -> NewInstitution {
    let new = new_institution(offers().remove(0));
    NewInstitution {
        opening: OpeningSchedule { hours: Vec::new(), closed_on_holidays: true },
        practitioners: Vec::new(),
        menus: Vec::new(),
        ..new
    }
}

fn menu_input() -> MenuInput {
    MenuInput {
        charge: "insured".to_owned(),
        name: "再診".to_owned(),
        minutes: "15".to_owned(),
        fee: "保険の自己負担分".to_owned(),
        horizon_days: "60".to_owned(),
        ..MenuInput::default()
    }
}

fn details(name: &str) -> PractitionerDetails {
    PractitionerDetails { name: name.to_owned(), ..PractitionerDetails::default() }
}

async fn missing(store: &Store, manager: &Manager) -> Vec<MissingSetting> {
    store.load_clinic_settings(manager, now()).await.expect("settings").missing_settings()
}

#[tokio::test]
async fn a_clinic_becomes_bookable_by_a_doctor_hours_and_a_menu() {
    for (engine, store, _trial) in stores() {
        let new = empty_clinic();
        let code = new.institution.code;
        store.add_institution(new, now()).await.expect("added");
        let manager = add_manager(&store, code).await;
        let all = [MissingSetting::Doctor, MissingSetting::Hours, MissingSetting::Menu];
        assert_eq!(missing(&store, &manager).await, all, "{engine}");
        let doctor = store.add_doctor(&manager, (details("見本 太郎"), None), now()).await.expect("a doctor");
        assert_eq!(missing(&store, &manager).await, all[1..], "{engine}");
        let lines = ["", "", "9:00-12:00", "", "", "", ""].map(str::to_owned);
        let opening = parse_hours_lines(&lines, true).expect("hours");
        store.save_clinic_hours(&manager, 1, opening, now()).await.expect("saved");
        assert_eq!(missing(&store, &manager).await, all[2..], "{engine}");
        let number = store.next_menu_number(&manager).await.expect("a number");
        let menu = menu_input().parse(number).expect("a menu");
        store.save_menu(&manager, menu, vec![doctor], None, now()).await.expect("saved");
        assert_eq!(missing(&store, &manager).await, [], "{engine}");
        let account = new_patient(&store, "a@example.jp").await;
        book_visit(&store, account, code).await;
        let offer = store.find_offer(code, now()).await.expect("an offer");
        assert_eq!(offer.institution.opening_text, "水 9:00〜12:00（祝日休診）", "{engine}");
    }
}

#[tokio::test]
async fn what_another_manager_changed_is_not_overwritten() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let manager = add_manager(&store, code).await;
        let lines = ["9:00-12:00", "", "", "", "", "", ""].map(str::to_owned);
        let opening = parse_hours_lines(&lines, true).expect("hours");
        store.save_clinic_hours(&manager, 1, opening.clone(), now()).await.expect("saved");
        let stale = store.save_clinic_hours(&manager, 1, opening, now()).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{engine}: {stale:?}");
        let settings = store.load_clinic_settings(&manager, now()).await.expect("settings");
        let version = Some(settings.menus[0].version);
        let save = async |version| {
            store.save_menu(&manager, menu_input().parse(1).expect("a menu"), Vec::new(), version, now()).await
        };
        save(version).await.expect("saved");
        assert!(matches!(save(version).await, Err(Refusal::Changed)), "{engine}");
        assert!(matches!(save(None).await, Err(Refusal::Changed)), "{engine}: a new menu takes a number of its own");
        let doctor = settings.practitioners[0].id;
        let save = DoctorChange::Save { details: details("見本 次郎"), hours: None };
        let seen = settings.practitioners[0].version;
        store.change_doctor(&manager, (doctor, seen), save.clone(), now()).await.expect("saved");
        let stale = store.change_doctor(&manager, (doctor, seen), save, now()).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{engine}: {stale:?}");
    }
}

#[tokio::test]
async fn a_manager_reaches_no_other_clinic() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let (own, other) = (add_manager(&store, codes[0]).await, add_manager(&store, codes[1]).await);
        let settings = store.load_clinic_settings(&other, now()).await.expect("settings");
        let doctor = &settings.practitioners[0];
        let refused = store.change_doctor(&own, (doctor.id, doctor.version), DoctorChange::Leave, now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        let closing = ClosureInput {
            doctor: doctor.id.to_string(),
            from_date: "2026-11-25".to_owned(),
            ..ClosureInput::default()
        };
        let closing = closing.parse(now()).expect("a closure");
        let refused = store.add_closure(&own, closing.clone(), now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        let refused = store.list_visits_in_closure(&own, &closing, now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        let closure = store.add_closure(&other, closing, now()).await.expect("closed");
        let refused = store.find_closure(&own, closure, now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        store.lift_closure(&own, closure, now()).await.expect("there is nothing to lift");
        store.find_closure(&other, closure, now()).await.expect("it stands");
        let menu = menu_input().parse(1).expect("a menu");
        let version = store.load_clinic_settings(&own, now()).await.expect("settings").menus[0].version;
        let refused = store.save_menu(&own, menu, vec![doctor.id], Some(version), now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        assert!(store.list_visits_of_doctor(&own, doctor.id, now()).await.expect("listed").is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn visits_that_stand_in_a_closure_are_shown_and_stay() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let manager = add_manager(&store, codes[0]).await;
        let (here, elsewhere) = (new_patient(&store, "a@example.jp").await, new_patient(&store, "b@example.jp").await);
        let visit = book_visit(&store, here, codes[0]).await;
        book_visit(&store, elsewhere, codes[1]).await;
        let close = async |from: &str, to: &str| {
            let input = ClosureInput {
                from_date: "2026-11-25".to_owned(),
                from_time: from.to_owned(),
                to_time: to.to_owned(),
                ..ClosureInput::default()
            };
            let closure = input.parse(now()).expect("a closure");
            store.list_visits_in_closure(&manager, &closure, now()).await.expect("listed")
        };
        let concerned = close("10:00", "11:00").await;
        assert_eq!(concerned.iter().map(|visit| visit.appointment.id).collect::<Vec<_>>(), [visit], "{engine}");
        assert!(concerned[0].patient_name.is_some() && concerned[0].phone.is_some(), "{engine}");
        assert_eq!(close("10:14", "").await.len(), 1, "{engine}: it is being held");
        assert_eq!(close("10:15", "").await.len(), 0, "{engine}");
        assert_eq!(close("", "10:00").await.len(), 0, "{engine}");
        let details = store.find_appointment_details(here, visit).await.expect("it stays");
        assert_eq!(details.appointment.visit_start, parse_timestamp(START), "{engine}");
    }
}

#[tokio::test]
async fn who_reads_the_names_of_booked_patients_is_in_the_audit() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let manager = add_manager(&store, code).await;
        let rows = async || store.verify_audit(Vec::new()).await.expect("verified").verified.rows;
        let closure = |date: &str| {
            let input = ClosureInput { from_date: date.to_owned(), ..ClosureInput::default() };
            input.parse(now()).expect("a closure")
        };
        let account = new_patient(&store, "a@example.jp").await;
        let visit = book_visit(&store, account, code).await;
        let doctor = store.find_appointment_details(account, visit).await.expect("a visit").practitioner.id;
        let id = store.add_closure(&manager, closure("2026-11-25"), now()).await.expect("closed");
        let before = rows().await;
        store.list_visits_in_closure(&manager, &closure("2026-11-25"), now()).await.expect("listed");
        store.find_closure(&manager, id, now()).await.expect("found");
        store.list_visits_of_doctor(&manager, doctor, now()).await.expect("listed");
        assert_eq!(rows().await, before + 3, "{engine}");
        store.list_visits_in_closure(&manager, &closure("2026-11-26"), now()).await.expect("listed");
        assert_eq!(rows().await, before + 3, "{engine}: no name was read");
    }
}

#[tokio::test]
async fn who_is_no_manager_any_more_changes_nothing() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let manager = add_manager(&store, code).await;
        let mail = format!("manager@{code}.example.jp").parse().expect("an address");
        assert!(store.deactivate_staff(&mail).await.expect("ended"), "{engine}");
        let refused = store.add_doctor(&manager, (details("新任"), None), now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        let refused = store.offer_menu(&manager, 1, MenuOffer::Withdrawn, now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        let offer = store.find_offer(code, now()).await.expect("an offer");
        assert_eq!((offer.practitioners.len(), offer.menus.len()), (1, 2), "{engine}: nothing was changed");
    }
}

#[tokio::test]
async fn a_menu_that_is_withdrawn_keeps_its_visits_and_can_be_offered_again() {
    for (engine, store, _trial) in stores() {
        let code = fill_directory(&store).await[0];
        let manager = add_manager(&store, code).await;
        let account = new_patient(&store, "a@example.jp").await;
        let visit = book_visit(&store, account, code).await;
        let offered = async || {
            let offer = store.find_offer(code, now()).await.expect("an offer");
            offer.menus.iter().map(|offered| offered.menu.number).collect::<Vec<_>>()
        };
        store.offer_menu(&manager, 1, MenuOffer::Withdrawn, now()).await.expect("withdrawn");
        assert_eq!(offered().await, [2], "{engine}");
        let later = parse_timestamp("2026-11-25T11:00:00+09:00");
        store.reschedule_appointment(account, visit, later, now()).await.expect("a booked visit can still be moved");
        store.offer_menu(&manager, 1, MenuOffer::Offered, now()).await.expect("offered");
        assert_eq!(offered().await, [1, 2], "{engine}");
    }
}

async fn edited(store: &Store, code: InstitutionCode, name: &'static str) -> Option<String> {
    let offer = store.find_offer(code, now()).await.expect("an offer");
    offer.practitioners.iter().find(|doctor| doctor.details.name == name).map(|doctor| doctor.details.name.clone())
}

#[tokio::test]
async fn what_a_manager_changed_is_not_overwritten_by_the_file_of_institutions() {
    for (engine, store, _trial) in stores() {
        let listed: Vec<_> = offers().into_iter().map(new_institution).collect();
        store.replace_institutions(listed.clone(), now()).await.expect("listed");
        let code = listed[0].institution.code;
        let manager = add_manager(&store, code).await;
        store.add_doctor(&manager, (details("新任"), None), now()).await.expect("a doctor");
        let mut again = listed;
        again[0].practitioners = vec![NewPractitioner::generic()];
        again[1].practitioners = vec![NewPractitioner::generic()];
        let kept = store.replace_institutions(again.clone(), now()).await.expect("listed again");
        assert_eq!(kept.edited, [code], "{engine}");
        assert!(edited(&store, code, "新任").await.is_some(), "{engine}: the manager's doctor stays");
        let other = again[1].institution.code;
        assert!(edited(&store, other, "担当医").await.is_some(), "{engine}: the file holds where nobody edited");
        // Left out of the file, the clinic goes on.
        again.remove(0);
        let left = store.replace_institutions(again, now()).await.expect("listed again");
        assert_eq!((left.withdrawn.len(), left.edited.len()), (0, 0), "{engine}");
        assert!(!store.find_offer(code, now()).await.expect("an offer").menus.is_empty(), "{engine}");
    }
}
