use std::io::Cursor;

use base::{InstitutionCode, Timestamp};
use image::{ImageFormat, Rgb, RgbImage};
use web::Origin;

use crate::{Browser, Page, ServiceProcess, World};

/// A patient of the service, with a browser.
pub struct Patient<'w> {
    pub browser: Browser<'w>,
    pub mail: String,
    /// The name in the patient's account.
    pub name: String,
    service: Origin,
    mailbox: Mailbox<'w>,
}

/// Where letters to the patient are read.
enum Mailbox<'w> {
    Demo(&'w World),
    ServiceProcess(&'w ServiceProcess),
}

impl<'w> Patient<'w> {
    /// A patient without an account.
    pub fn new(world: &'w World, mailbox_name: &str) -> Self {
        Self::with_mailbox(world, mailbox_name, world.addresses().consult.clone(), Mailbox::Demo(world))
    }

    /// A patient without an account at a service in a separate process.
    pub fn for_service_process(world: &'w World, mailbox_name: &str, service: &'w ServiceProcess) -> Self {
        Self::with_mailbox(world, mailbox_name, service.address().clone(), Mailbox::ServiceProcess(service))
    }

    fn with_mailbox(world: &'w World, mailbox_name: &str, service: Origin, mailbox: Mailbox<'w>) -> Self {
        let (mail, name) = (format!("{mailbox_name}@example.jp"), "青木 花子".to_owned());
        Self { browser: Browser::on_android(world), mail, name, service, mailbox }
    }

    /// Opens a page of the service.
    pub async fn open(&self, path: &str) -> Page {
        self.browser.open(&self.service.url(path)).await
    }

    /// Signs in on a page that requires it, and fills in the profile where it is asked for. The page that was requested
    /// first.
    pub async fn sign_in(&self, page: &Page) -> Page {
        let page = self.browser.submit_form(page, "/sign-in", &[("mail", &self.mail)]).await;
        let letter = match &self.mailbox {
            Mailbox::Demo(world) => world.list_letters(&self.mail).await.swap_remove(0).body,
            Mailbox::ServiceProcess(service) => service.wait_for_letter(&self.mail),
        };
        let code = find_six_digits(&letter).expect("a letter with a code");
        let page = self.browser.submit_form(&page, "/sign-in/code", &[("code", &code)]).await;
        if page.url.path() != "/profile" {
            return page;
        }
        let profile = [
            ("name", self.name.as_str()),
            ("kana", "あおき はなこ"),
            ("birth_year", "1985"),
            ("birth_month", "4"),
            ("birth_day", "3"),
            ("phone", "090-1234-5678"),
        ];
        self.browser.submit_form(&page, "/profile", &profile).await
    }

    /// Creates the account by signing in.
    pub async fn sign_up(&self) {
        let page = self.open("/sign-in").await;
        self.sign_in(&page).await;
    }

    /// The booking addresses of the free slots of an institution's first menu on a day (`2026-11-25`).
    pub async fn find_free_slots(&self, institution: InstitutionCode, day: &str) -> Vec<String> {
        let page = self.open(&format!("/institutions/{institution}/menus/1?week={day}")).await;
        let starts = page.list_fields("start").into_iter().map(|start| start.parse().expect("a time in milliseconds"));
        let mut starts: Vec<i64> = starts.collect();
        // The earliest slot has a second button.
        starts.sort_unstable();
        starts.dedup();
        let is_on_day = |start: &i64| Timestamp::from_milliseconds(*start).japan_date().to_string() == day;
        let address = |start| self.service.url(&format!("/book?institution={institution}&menu=1&start={start}"));
        starts.into_iter().filter(is_on_day).map(address).collect()
    }

    /// Holds and books one of these slots; 予約完了画面, and the path of the appointment.
    pub async fn book_slot(&self, slot_address: &str) -> (Page, String) {
        let mut page = self.hold_slot(slot_address).await;
        if page.url.path() == "/sign-in" {
            page = self.sign_in(&page).await;
        }
        let page = self.browser.submit_form(&page, "/book", &[]).await.assert_contains("予約できました");
        let appointment = page.url.path().strip_suffix("/booked").expect("予約完了画面").to_owned();
        (page, appointment)
    }

    /// Submits the button of one of these slots; the page that follows.
    pub async fn hold_slot(&self, slot_address: &str) -> Page {
        let parameter = |name: &str| {
            let prefix = format!("{name}=");
            slot_address
                .split(['?', '&'])
                .find_map(|pair| pair.strip_prefix(&prefix))
                .expect("a whole address")
                .to_owned()
        };
        let menu = format!("/institutions/{}/menus/{}", parameter("institution"), parameter("menu"));
        let page = self.open(&menu).await;
        self.browser.submit_form(&page, "/hold", &[("start", &parameter("start"))]).await
    }

    /// Uploads the picture of a document for an appointment; the page that shows it, and the path of the picture.
    pub async fn send_picture(&self, appointment: &str) -> (Page, String) {
        let page = self.open(&format!("{appointment}/picture?document=certificate")).await;
        let mut page = self.browser.upload_file(&page, "/picture", ("front", &document_picture())).await;
        if page.body.contains("このまま送る") {
            page = self.browser.submit_form(&page, "/picture/send", &[]).await;
        }
        let pictures = page.body.split(['"', '\'']).filter(|part| part.contains("/picture/"));
        let picture =
            pictures.into_iter().find_map(|part| part.strip_suffix("/thumbnail").or(part.strip_suffix("/whole")));
        let picture = picture.unwrap_or_else(|| panic!("a picture is shown:\n{}", page.body)).to_owned();
        (page, picture)
    }
}

/// A picture of a fictitious insurance document as PNG: sharp lines on paper, large enough to be accepted.
pub fn document_picture() -> Vec<u8> {
    let picture = RgbImage::from_fn(1000, 640, |x, y| {
        let is_ink = y % 40 < 14 && (x * 7 + (y - y % 40) * 13) % 23 < 11 && (60..940).contains(&x);
        if is_ink { Rgb([30, 30, 30]) } else { Rgb([205, 205, 190]) }
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).expect("a small picture");
    file.into_inner()
}

fn find_six_digits(text: &str) -> Option<String> {
    text.split(|character: char| !character.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}
