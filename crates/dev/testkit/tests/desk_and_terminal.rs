//! What passes between a clinic's desk at the service and its terminal.

use testkit::{Card, Desk, PIN, Patient, Terminal, World, block_on, insured_person};

/// The visit day: on Wednesdays the guide's clinic is closed.
const DAY: &str = "2026-11-26";

/// The desk of the first institution of the demo.
const DESK_MAIL: &str = "desk@hoshinagi.example.jp";

#[test]
fn the_terminal_imports_the_desks_file_unchanged() {
    block_on(async {
        let world = World::shared();
        let institution = uketsuke::commands::demo::online_institutions(world.addresses())[0];
        let mut patient = Patient::new(world, "exported");
        patient.name = "=青木 花子".to_owned();
        let slot = patient.find_free_slots(institution, DAY).await.swap_remove(0);
        patient.book_slot(&slot).await;
        let desk = Desk::sign_in(world, DESK_MAIL).await;
        let file = desk.open(&format!("/desk/visits/export.csv?date={DAY}")).await;
        assert!(file.body.contains(",'=青木　花子,アオキ　ハナコ,1985-04-03,"), "{}", file.body);
        let terminal = Terminal::sign_in(world, institution, "staff").await;
        let page = terminal.open("/appointments").await;
        let page = terminal.browser.submit_form(&page, "/appointments", &[("day", DAY), ("lines", &file.body)]).await;
        for expected in [">=青木　花子<", "アオキ　ハナコ", "1985"] {
            assert!(page.body.contains(expected), "{expected}: {}", page.body);
        }
    });
}

#[test]
fn what_the_terminal_confirms_is_confirmed_at_the_desk_once() {
    block_on(async {
        let world = World::shared();
        let institution = uketsuke::commands::demo::online_institutions(world.addresses())[0];
        let mut person = insured_person("5150774");
        person.person.name = oqs::FullName::new("青木　花子").expect("a name");
        person.person.kana = oqs::KanaName::new("アオキ　ハナコ").expect("a reading");
        person.person.birth = base::parse_date("1985-04-03").expect("a day");
        Card::issue_to(world, person).await.add_to_app(world, "confirmed").await;
        let patient = Patient::new(world, "confirmed");
        let slot = patient.find_free_slots(institution, DAY).await.swap_remove(1);
        let (page, appointment) = patient.book_slot(&slot).await;
        let browser = &patient.browser;
        let page = browser.submit_form(&page, "/leave", &[]).await;
        let page = browser.submit_form(&page, "/choose", &[("all", "agree")]).await;
        let page = browser.submit_form(&page, "/confirm", &[]).await;
        let page = browser.open(&page.find_link("/open?ticket=")).await;
        let page = browser.submit_form(&page, "/open", &[]).await;
        let page = browser.submit_form(&page, "/card", &[("card", "confirmed")]).await;
        let page = browser.submit_form(&page, "/pin", &[("pin", PIN)]).await;
        browser.submit_form(&page, "/finish", &[]).await.assert_contains("手続きが終わりました");
        // Nothing was set up: the demo's terminal asks the service for the appointments.
        let terminal = Terminal::sign_in(world, institution, "staff").await;
        let page = terminal.open("/appointments").await;
        terminal.browser.submit_form(&page, "/appointments/fetch", &[("day", DAY)]).await.assert_contains("青木");
        let list = terminal.open(&format!("/receptions?by=visit&day={DAY}")).await;
        let sheet = terminal.browser.open(&list.find_link("/receptions/")).await;
        let sheet = sheet.assert_contains("受付番号が一致");
        terminal.browser.submit_form(&sheet, "/confirm", &[]).await;
        terminal.browser.submit_form(&sheet, "/confirm", &[]).await;
        let desk = Desk::sign_in(world, DESK_MAIL).await;
        let id = appointment.rsplit('/').next().expect("an id");
        desk.open(&format!("/desk/visits/{id}")).await.assert_contains("端末で確認済み");
        let rows = desk.open(&format!("/desk/clinic/audit.csv?action=desk.confirm_terminal&visit={id}")).await;
        assert_eq!(rows.body.lines().count(), 2, "the names of the columns, and one row: {}", rows.body);
        patient.open(&appointment).await.assert_contains("医療機関が保険を確認しました");
        assert!(!terminal.open("/follow-ups").await.body.contains("/tell"), "nothing is left to be told");
    });
}
