//! What passes between a clinic's desk at the service and its terminal.

use testkit::{Desk, Patient, Terminal, World, block_on};

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
