//! The online-consultation service in a separate process, set up as the guide for operators says, with a national side that
//! knows it by its registration alone.

use std::{fs, process::Output};

use base::InstitutionCode;
use testkit::{Browser, Card, PIN, Page, Patient, ServiceProcess, World};

const DAY: &str = "2026-11-26";

/// The institutions of the guide's example: with hand-over, with fixed URL, with pictures only.
const HAND_OVER: &str = "1319900013";
const FIXED_URL: &str = "4019900051";
const PICTURE: &str = "3419900133";

const DESK: &str = "desk@clinics.example.jp";
const PASSWORD: &str = "a-long-password";

fn institution_code(text: &str) -> InstitutionCode {
    text.parse().expect("an institution code")
}

fn output_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Signs in at the desk; the page that follows.
async fn sign_in_at_desk<'w>(world: &'w World, service: &ServiceProcess) -> (Browser<'w>, Page) {
    let browser = Browser::on_android(world);
    let page = browser.open(&service.address().url("/desk/sign-in")).await;
    let page = browser.submit_form(&page, "/desk/sign-in", &[("mail", DESK), ("password", PASSWORD)]).await;
    (browser, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_its_own_hands_over_and_hears_of_the_registration() {
    let service = ServiceProcess::new();
    let world = World::with_services(vec![service.registration_file()]);
    service.set_reception(&world.addresses().reception);
    let check = service.command(&["serve", "--check"]).output().expect("the program runs");
    assert!(check.status.success(), "{}", output_text(&check));
    assert!(output_text(&check).contains("institutions: 3, receptions: 1"), "{}", output_text(&check));
    let too_short = service.add_desk(DESK, institution_code(HAND_OVER), "short");
    assert!(
        !too_short.status.success() && output_text(&too_short).contains("at least 10 characters"),
        "{}",
        output_text(&too_short)
    );
    assert!(service.add_desk(DESK, institution_code(HAND_OVER), PASSWORD).status.success());
    service.start(world.now());

    let card = "of-her-own";
    Card::issue(&world).await.add_to_app(&world, card).await;
    let patient = Patient::for_service_process(&world, "apart", &service);
    let slot = patient.find_free_slots(institution_code(HAND_OVER), DAY).await.swap_remove(0);
    let (page, appointment) = patient.book_slot(&slot).await;
    let browser = &patient.browser;
    let page = browser.submit_form(&page, "/leave", &[]).await.assert_contains("同意可否の選択");
    let page = browser.submit_form(&page, "/choose", &[("all", "agree")]).await;
    let page = browser.submit_form(&page, "/confirm", &[]).await;
    let page = browser.open(&page.find_link("/open?ticket=")).await;
    let page = browser.submit_form(&page, "/open", &[]).await;
    let page = browser.submit_form(&page, "/card", &[("card", card)]).await;
    let page = browser.submit_form(&page, "/pin", &[("pin", PIN)]).await.assert_contains("見本オンライン診療に戻");
    let page = browser.submit_form(&page, "/finish", &[]).await.assert_contains("手続きが終わりました");
    assert!(page.url.as_str().starts_with(service.address().as_str()), "{}", page.url);
    let page = patient.open(&appointment).await.assert_contains("受付番号");
    assert!(page.body.contains("見本オンライン診療</span>") && !page.body.contains("uketsuke"), "{}", page.body);

    // The desk of that institution lists the visit, and the two other methods of proof work too.
    let (_, visits) = sign_in_at_desk(&world, &service).await;
    assert_eq!(visits.url.path(), "/desk/visits", "{}", visits.body);
    let slot = patient.find_free_slots(institution_code(FIXED_URL), DAY).await.swap_remove(0);
    let (page, _) = patient.book_slot(&slot).await;
    browser.submit_form(&page, "/leave", &[]).await.assert_contains("/i/mnmjbk2345fkkcd6789w");
    let slot = patient.find_free_slots(institution_code(PICTURE), DAY).await.swap_remove(0);
    let (_, appointment_with_picture) = patient.book_slot(&slot).await;
    let (_, picture_path) = patient.send_picture(&appointment_with_picture).await;
    assert!(fs::read_dir(service.path("service-data/pictures")).is_ok_and(|mut entries| entries.next().is_some()));

    // The service's folder has no data of the national side.
    let files = fs::read_dir(service.path("service-data")).expect("its data");
    let files: Vec<_> =
        files.filter_map(Result::ok).map(|file| file.file_name().into_string().unwrap_or_default()).collect();
    assert!(files.iter().any(|name| name == "consult.db"), "{files:?}");
    assert!(!files.iter().any(|name| name.starts_with("national") || name.starts_with("portal")), "{files:?}");
    let verification = service.command(&["audit", "verify", "--of", "service", "--data", "service-data"]).output();
    let verification = verification.expect("the program runs");
    assert!(verification.status.success(), "{}", output_text(&verification));
    assert!(!service.path("service-data/national.db").exists(), "no database is created without need");

    // A backup while the service runs.
    let backup = service.command(&["backup", "--data", "service-data", "backup"]).output().expect("the program runs");
    assert!(backup.status.success(), "{}", output_text(&backup));
    let later_slot = patient.find_free_slots(institution_code(PICTURE), DAY).await.swap_remove(0);
    let (_, after_backup) = patient.book_slot(&later_slot).await;

    // SIGTERM stops the service; it starts again with its data and with the institutions that are listed then.
    let readiness = world.http().get(service.address().url("/readyz")).send().await.expect("a response");
    assert!(readiness.status().is_success());
    assert_eq!(service.stop(), Some(0));
    service.edit_file("institutions.toml", |entries| {
        entries
            .split("[[institution]]")
            .filter(|part| !part.contains(HAND_OVER))
            .collect::<Vec<_>>()
            .join("[[institution]]")
    });
    service.start(world.now());
    patient.open(&appointment).await.assert_contains("受付番号");
    let search_page = patient.open("/").await;
    assert!(search_page.body.contains(PICTURE) && !search_page.body.contains(HAND_OVER), "{}", search_page.body);
    let ended_account = service.command(&["desk", "end", DESK]).output().expect("the program runs");
    assert!(ended_account.status.success(), "{}", output_text(&ended_account));
    let (_, refused_page) = sign_in_at_desk(&world, &service).await;
    assert_eq!(refused_page.url.path(), "/desk/sign-in", "{}", refused_page.body);

    // With the backup restored, the appointment and the picture from before it are there, and the later appointment is not.
    assert_eq!(service.stop(), Some(0));
    fs::rename(service.path("service-data"), service.path("lost")).expect("the data is moved away");
    fs::rename(service.path("backup"), service.path("service-data")).expect("the backup is restored");
    service.start(world.now());
    patient.open(&appointment).await.assert_contains("受付番号");
    let thumbnail = patient.open(&format!("{picture_path}/thumbnail")).await;
    assert_eq!(thumbnail.headers["content-type"], "image/jpeg");
    patient.open(&after_backup).await.assert_contains("見つかりません");

    let unknown_account = service.command(&["desk", "end", "nobody@example.jp"]).output().expect("the program runs");
    assert!(
        !unknown_account.status.success() && output_text(&unknown_account).contains("nobody@example.jp"),
        "{}",
        output_text(&unknown_account)
    );
    assert_eq!(service.stop(), Some(0));
}

#[test]
fn a_service_that_cannot_start_says_which_file_which_key_and_what_to_do() {
    let service = ServiceProcess::new();
    let check = |change: fn(String) -> String, texts: &[&str]| {
        let settings = fs::read_to_string(service.path("service.toml")).expect("the settings");
        service.edit_file("service.toml", change);
        let output = service.command(&["serve"]).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(1));
        for expected in texts {
            assert!(output_text(&output).contains(expected), "{expected}: {}", output_text(&output));
        }
        service.edit_file("service.toml", |_| settings);
    };
    check(|text| text.replace("operator =", "operatr ="), &["service.toml' is not right", "operate.md", "operatr"]);
    check(|text| text.replace("listen = \"127.0.0.1", "listen = \"192.0.2.1"), &["listen:", "cannot be listened on"]);
    check(
        |text| text.replace("\"service-data\"", "\"/proc/nowhere\""),
        &["service.toml", "data: '/proc/nowhere' cannot be made"],
    );
    check(|text| text.replace("\"letters\"", "\"/proc/letters\""), &["mail.folder:", "may write"]);
    fs::create_dir_all(service.path("service-data/consult.db")).expect("a folder in the way");
    check(|text| text, &["service.toml': data:", "may write"]);
}
