//! オンライン診療 in a process of its own, set up as the guide for operators says, beside a national side that knows it by its
//! registration alone.

use std::{fs, process::Output};

use base::InstitutionCode;
use testkit::{Browser, Card, PIN, Page, Patient, ServiceProcess, World};

const DAY: &str = "2026-11-26";

/// The institutions of the guide's example: by hand-over, by fixed URL, by picture alone.
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

/// Signs in at the desk; the page behind it.
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
    let checked = service.command(&["serve", "--check"]).output().expect("the program runs");
    assert!(checked.status.success(), "{}", output_text(&checked));
    assert!(output_text(&checked).contains("institutions: 3, receptions: 1"), "{}", output_text(&checked));
    let short = service.add_desk(DESK, institution_code(HAND_OVER), "short");
    assert!(
        !short.status.success() && output_text(&short).contains("at least 10 characters"),
        "{}",
        output_text(&short)
    );
    assert!(service.add_desk(DESK, institution_code(HAND_OVER), PASSWORD).status.success());
    service.start(world.now());

    let card = "of-her-own";
    Card::issue(&world).await.add_to_app(&world, card).await;
    let patient = Patient::for_service_process(&world, "apart", &service);
    let time = patient.find_free_slots(institution_code(HAND_OVER), DAY).await.swap_remove(0);
    let (page, appointment) = patient.book_slot(&time).await;
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

    // The desk of that institution sees her, and what the two other ways of proof need is there too.
    let (_, visits) = sign_in_at_desk(&world, &service).await;
    assert_eq!(visits.url.path(), "/desk/visits", "{}", visits.body);
    let time = patient.find_free_slots(institution_code(FIXED_URL), DAY).await.swap_remove(0);
    let (page, _) = patient.book_slot(&time).await;
    browser.submit_form(&page, "/leave", &[]).await.assert_contains("/i/mnmjbk2345fkkcd6789w");
    let time = patient.find_free_slots(institution_code(PICTURE), DAY).await.swap_remove(0);
    let (_, with_picture) = patient.book_slot(&time).await;
    let (_, picture) = patient.send_picture(&with_picture).await;
    assert!(fs::read_dir(service.path("service-data/pictures")).is_ok_and(|mut all| all.next().is_some()));

    // Nothing of the national side lies where the service is.
    let kept = fs::read_dir(service.path("service-data")).expect("its data");
    let kept: Vec<_> =
        kept.filter_map(Result::ok).map(|file| file.file_name().into_string().unwrap_or_default()).collect();
    assert!(kept.iter().any(|name| name == "consult.db"), "{kept:?}");
    assert!(!kept.iter().any(|name| name.starts_with("national") || name.starts_with("portal")), "{kept:?}");
    let verified = service.command(&["audit", "verify", "--of", "service", "--data", "service-data"]).output();
    let verified = verified.expect("the program runs");
    assert!(verified.status.success(), "{}", output_text(&verified));
    assert!(!service.path("service-data/national.db").exists(), "nothing is made where nothing is asked for");

    // A backup that is made while it runs.
    let backed_up =
        service.command(&["backup", "--data", "service-data", "backup"]).output().expect("the program runs");
    assert!(backed_up.status.success(), "{}", output_text(&backed_up));
    let later = patient.find_free_slots(institution_code(PICTURE), DAY).await.swap_remove(0);
    let (_, after_backup) = patient.book_slot(&later).await;

    // It ends as it is told, and goes on where it was, with what is listed then.
    let health = world.http().get(service.address().url("/readyz")).send().await.expect("an answer");
    assert!(health.status().is_success());
    assert_eq!(service.stop(), Some(0));
    service.edit_file("institutions.toml", |all| {
        all.split("[[institution]]")
            .filter(|part| !part.contains(HAND_OVER))
            .collect::<Vec<_>>()
            .join("[[institution]]")
    });
    service.start(world.now());
    patient.open(&appointment).await.assert_contains("受付番号");
    let found = patient.open("/").await;
    assert!(found.body.contains(PICTURE) && !found.body.contains(HAND_OVER), "{}", found.body);
    let ended = service.command(&["desk", "end", DESK]).output().expect("the program runs");
    assert!(ended.status.success(), "{}", output_text(&ended));
    let (_, refused) = sign_in_at_desk(&world, &service).await;
    assert_eq!(refused.url.path(), "/desk/sign-in", "{}", refused.body);

    // On the backup it is as it was then: whoever had booked by then is known, and sees her picture.
    assert_eq!(service.stop(), Some(0));
    fs::rename(service.path("service-data"), service.path("lost")).expect("it is lost");
    fs::rename(service.path("backup"), service.path("service-data")).expect("it is put back");
    service.start(world.now());
    patient.open(&appointment).await.assert_contains("受付番号");
    let thumbnail = patient.open(&format!("{picture}/thumbnail")).await;
    assert_eq!(thumbnail.headers["content-type"], "image/jpeg");
    patient.open(&after_backup).await.assert_contains("見つかりません");

    let nobody = service.command(&["desk", "end", "nobody@example.jp"]).output().expect("the program runs");
    assert!(!nobody.status.success() && output_text(&nobody).contains("nobody@example.jp"), "{}", output_text(&nobody));
    assert_eq!(service.stop(), Some(0));
}

#[test]
fn a_service_that_cannot_start_says_which_file_which_key_and_what_to_do() {
    let service = ServiceProcess::new();
    let check = |change: fn(String) -> String, words: &[&str]| {
        let right = fs::read_to_string(service.path("service.toml")).expect("the settings");
        service.edit_file("service.toml", change);
        let ended = service.command(&["serve"]).output().expect("the program runs");
        assert_eq!(ended.status.code(), Some(1));
        for word in words {
            assert!(output_text(&ended).contains(word), "{word}: {}", output_text(&ended));
        }
        service.edit_file("service.toml", |_| right);
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
