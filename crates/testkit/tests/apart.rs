//! オンライン診療 in a process of its own, set up as the guide for operators says, beside a national side that knows it by its
//! registration alone.

use std::{fs, process::Output};

use base::InstitutionCode;
use testkit::{Browser, Card, PIN, Page, Patient, ServiceApart, World};

const DAY: &str = "2026-11-26";

/// The institutions of the guide's example: by hand-over, by fixed URL, by picture alone.
const HAND_OVER: &str = "1319900013";
const FIXED_URL: &str = "4019900051";
const PICTURE: &str = "3419900133";

const DESK: &str = "desk@clinics.example.jp";
const PASSWORD: &str = "a-long-password";

fn code(text: &str) -> InstitutionCode {
    text.parse().expect("an institution code")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Signs in at the desk; the page behind it.
async fn at_the_desk<'w>(world: &'w World, service: &ServiceApart) -> (Browser<'w>, Page) {
    let browser = Browser::new(world);
    let page = browser.open(&service.address().at("/desk/sign-in")).await;
    let page = browser.submit(&page, "/desk/sign-in", &[("mail", DESK), ("password", PASSWORD)]).await;
    (browser, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_its_own_hands_over_and_hears_of_the_registration() {
    let service = ServiceApart::new();
    let world = World::with_services(vec![service.registration()]);
    service.lead_to(&world.addresses().reception);
    let checked = service.program(&["serve", "--check"]).output().expect("the program runs");
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(said(&checked).contains("institutions: 3, receptions: 1"), "{}", said(&checked));
    let short = service.add_desk(DESK, code(HAND_OVER), "short");
    assert!(!short.status.success() && said(&short).contains("at least 10 characters"), "{}", said(&short));
    assert!(service.add_desk(DESK, code(HAND_OVER), PASSWORD).status.success());
    service.start(world.now());

    let card = "of-her-own";
    Card::issue(&world).await.lay_into_app(&world, card).await;
    let patient = Patient::of_service_apart(&world, "apart", &service);
    let time = patient.free_times(code(HAND_OVER), DAY).await.swap_remove(0);
    let (page, appointment) = patient.book(&time).await;
    let browser = &patient.browser;
    let page = browser.submit(&page, "/leave", &[]).await.says("同意可否の選択");
    let page = browser.submit(&page, "/choose", &[("all", "agree")]).await;
    let page = browser.submit(&page, "/confirm", &[]).await;
    let page = browser.open(&page.link("/open?ticket=")).await;
    let page = browser.submit(&page, "/open", &[]).await;
    let page = browser.submit(&page, "/card", &[("card", card)]).await;
    let page = browser.submit(&page, "/pin", &[("pin", PIN)]).await.says("見本オンライン診療に戻");
    let page = browser.submit(&page, "/finish", &[]).await.says("手続きが終わりました");
    assert!(page.url.as_str().starts_with(service.address().as_str()), "{}", page.url);
    let page = patient.open(&appointment).await.says("受付番号");
    assert!(page.body.contains("見本オンライン診療</span>") && !page.body.contains("uketsuke"), "{}", page.body);

    // The desk of that institution sees her, and what the two other ways of proof need is there too.
    let (_, visits) = at_the_desk(&world, &service).await;
    assert_eq!(visits.url.path(), "/desk/visits", "{}", visits.body);
    let time = patient.free_times(code(FIXED_URL), DAY).await.swap_remove(0);
    let (page, _) = patient.book(&time).await;
    browser.submit(&page, "/leave", &[]).await.says("/i/mnmjbk2345fkkcd6789w");
    let time = patient.free_times(code(PICTURE), DAY).await.swap_remove(0);
    let (_, with_picture) = patient.book(&time).await;
    let (_, picture) = patient.send_picture(&with_picture).await;
    assert!(fs::read_dir(service.path("service-data/pictures")).is_ok_and(|mut all| all.next().is_some()));

    // Nothing of the national side lies where the service is.
    let kept = fs::read_dir(service.path("service-data")).expect("its data");
    let kept: Vec<_> =
        kept.filter_map(Result::ok).map(|file| file.file_name().into_string().unwrap_or_default()).collect();
    assert!(kept.iter().any(|name| name == "consult.db"), "{kept:?}");
    assert!(!kept.iter().any(|name| name.starts_with("national") || name.starts_with("portal")), "{kept:?}");
    let verified = service.program(&["audit", "verify", "--of", "service", "--data", "service-data"]).output();
    let verified = verified.expect("the program runs");
    assert!(verified.status.success(), "{}", said(&verified));
    assert!(!service.path("service-data/national.db").exists(), "nothing is made where nothing is asked for");

    // A backup that is made while it runs.
    let backed_up =
        service.program(&["backup", "--data", "service-data", "backup"]).output().expect("the program runs");
    assert!(backed_up.status.success(), "{}", said(&backed_up));
    let later = patient.free_times(code(PICTURE), DAY).await.swap_remove(0);
    let (_, after_backup) = patient.book(&later).await;

    // It ends as it is told, and goes on where it was, with what is listed then.
    let health = world.http().get(service.address().at("/readyz")).send().await.expect("an answer");
    assert!(health.status().is_success());
    assert_eq!(service.stop(), Some(0));
    service.change("institutions.toml", |all| {
        all.split("[[institution]]")
            .filter(|part| !part.contains(HAND_OVER))
            .collect::<Vec<_>>()
            .join("[[institution]]")
    });
    service.start(world.now());
    patient.open(&appointment).await.says("受付番号");
    let found = patient.open("/").await;
    assert!(found.body.contains(PICTURE) && !found.body.contains(HAND_OVER), "{}", found.body);
    let ended = service.program(&["desk", "end", DESK]).output().expect("the program runs");
    assert!(ended.status.success(), "{}", said(&ended));
    let (_, refused) = at_the_desk(&world, &service).await;
    assert_eq!(refused.url.path(), "/desk/sign-in", "{}", refused.body);

    // On the backup it is as it was then: whoever had booked by then is known, and sees her picture.
    assert_eq!(service.stop(), Some(0));
    fs::rename(service.path("service-data"), service.path("lost")).expect("it is lost");
    fs::rename(service.path("backup"), service.path("service-data")).expect("it is put back");
    service.start(world.now());
    patient.open(&appointment).await.says("受付番号");
    let thumbnail = patient.open(&format!("{picture}/thumbnail")).await;
    assert_eq!(thumbnail.headers["content-type"], "image/jpeg");
    patient.open(&after_backup).await.says("見つかりません");

    let nobody = service.program(&["desk", "end", "nobody@example.jp"]).output().expect("the program runs");
    assert!(!nobody.status.success() && said(&nobody).contains("nobody@example.jp"), "{}", said(&nobody));
    assert_eq!(service.stop(), Some(0));
}

#[test]
fn a_service_that_cannot_start_says_which_file_which_key_and_what_to_do() {
    let service = ServiceApart::new();
    let check = |change: fn(String) -> String, words: &[&str]| {
        let right = fs::read_to_string(service.path("service.toml")).expect("the settings");
        service.change("service.toml", change);
        let ended = service.program(&["serve"]).output().expect("the program runs");
        assert_eq!(ended.status.code(), Some(1));
        for word in words {
            assert!(said(&ended).contains(word), "{word}: {}", said(&ended));
        }
        service.change("service.toml", |_| right);
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
