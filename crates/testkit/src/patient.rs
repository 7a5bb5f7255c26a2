use std::io::Cursor;

use base::{InstitutionCode, Timestamp};
use image::{ImageFormat, Rgb, RgbImage};
use shell::Origin;

use crate::{Browser, Page, ServiceApart, World};

/// A patient of the service, with a browser.
pub struct Patient<'w> {
    /// Her browser.
    pub browser: Browser<'w>,
    /// Her address.
    pub mail: String,
    /// What she calls herself at the service.
    pub name: String,
    service: Origin,
    mailbox: Mailbox<'w>,
}

/// Where her letters come.
enum Mailbox<'w> {
    Demo(&'w World),
    Apart(&'w ServiceApart),
}

impl<'w> Patient<'w> {
    /// Somebody whom the service does not know yet.
    pub fn new(world: &'w World, called: &str) -> Self {
        Self::at(world, called, world.addresses().consult.clone(), Mailbox::Demo(world))
    }

    /// Somebody whom a service in a process of its own does not know yet.
    pub fn of_service_apart(world: &'w World, called: &str, service: &'w ServiceApart) -> Self {
        Self::at(world, called, service.address().clone(), Mailbox::Apart(service))
    }

    fn at(world: &'w World, called: &str, service: Origin, mailbox: Mailbox<'w>) -> Self {
        let (mail, name) = (format!("{called}@example.jp"), "青木 花子".to_owned());
        Self { browser: Browser::new(world), mail, name, service, mailbox }
    }

    /// Opens a page of the service.
    pub async fn open(&self, path: &str) -> Page {
        self.browser.open(&self.service.at(path)).await
    }

    /// Signs in from the first page that asks for it, and tells who she is where she is asked to. The page that she
    /// wanted.
    pub async fn sign_in(&self, page: &Page) -> Page {
        let page = self.browser.submit(page, "/sign-in", &[("mail", &self.mail)]).await;
        let letter = match &self.mailbox {
            Mailbox::Demo(world) => world.letters(&self.mail).await.swap_remove(0).body,
            Mailbox::Apart(service) => service.letter(&self.mail),
        };
        let code = six_digits(&letter).expect("a letter with a code");
        let page = self.browser.submit(&page, "/sign-in/code", &[("code", &code)]).await;
        if page.url.path() != "/profile" {
            return page;
        }
        let who = [
            ("name", self.name.as_str()),
            ("kana", "あおき はなこ"),
            ("birth_year", "1985"),
            ("birth_month", "4"),
            ("birth_day", "3"),
        ];
        self.browser.submit(&page, "/profile", &who).await
    }

    /// Signs in for its own sake.
    pub async fn sign_up(&self) {
        let page = self.open("/sign-in").await;
        self.sign_in(&page).await;
    }

    /// The addresses of the free times of an institution's first menu on a day (`2026-11-25`), each leading to its
    /// booking.
    pub async fn free_times(&self, institution: InstitutionCode, day: &str) -> Vec<String> {
        let page = self.open(&format!("/institutions/{institution}/menus/1?week={day}")).await;
        let is_on_it = |address: &String| {
            let start = address.split("start=").nth(1).and_then(|start| start.split('&').next());
            let start: i64 = start.and_then(|start| start.parse().ok()).expect("a time in milliseconds");
            Timestamp::from_milliseconds(start).japan_date().to_string() == day
        };
        page.links("start=").into_iter().filter(is_on_it).collect()
    }

    /// Books one of these times; 予約完了画面, and the path of the appointment.
    pub async fn book(&self, time: &str) -> (Page, String) {
        let mut page = self.browser.open(time).await;
        if page.url.path() == "/sign-in" {
            page = self.sign_in(&page).await;
        }
        let page = self.browser.submit(&page, "/book", &[]).await.says("予約できました");
        let appointment = page.url.path().strip_suffix("/booked").expect("予約完了画面").to_owned();
        (page, appointment)
    }

    /// Sends the picture of a document for an appointment: the page that says it is there, and the path of the picture.
    pub async fn send_picture(&self, appointment: &str) -> (Page, String) {
        let page = self.open(&format!("{appointment}/picture?document=certificate")).await;
        let mut page = self.browser.upload(&page, "/picture", ("front", &document())).await;
        if page.body.contains("このまま送る") {
            page = self.browser.submit(&page, "/picture/send", &[]).await;
        }
        let pictures = page.body.split(['"', '\'']).filter(|part| part.contains("/picture/"));
        let picture =
            pictures.into_iter().find_map(|part| part.strip_suffix("/thumbnail").or(part.strip_suffix("/whole")));
        let picture = picture.unwrap_or_else(|| panic!("a picture is shown:\n{}", page.body)).to_owned();
        (page, picture)
    }
}

/// A picture of a made-up insurance document: sharp lines on paper, large enough to be read, PNG.
pub fn document() -> Vec<u8> {
    let picture = RgbImage::from_fn(1000, 640, |x, y| {
        let is_ink = y % 40 < 14 && (x * 7 + (y - y % 40) * 13) % 23 < 11 && (60..940).contains(&x);
        if is_ink { Rgb([30, 30, 30]) } else { Rgb([205, 205, 190]) }
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).expect("a small picture");
    file.into_inner()
}

fn six_digits(text: &str) -> Option<String> {
    text.split(|character: char| !character.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}
