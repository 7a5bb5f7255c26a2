use base::InstitutionCode;

use crate::{Browser, Page, World};

/// The passwords that the demo's page of institutions shows.
const DESK_PASSWORD: &str = "demo-desk-2026";
const TERMINAL_PASSWORD: &str = "demo-terminal-2026";

/// A clinic's desk at the service, signed in.
pub struct Desk<'w> {
    pub browser: Browser<'w>,
    world: &'w World,
}

impl<'w> Desk<'w> {
    /// Signs in with the account that has this mail address.
    pub async fn sign_in(world: &'w World, mail: &str) -> Self {
        let browser = Browser::on_android(world);
        let page = browser.open(&world.addresses().consult.url("/desk/sign-in")).await;
        let fields = [("mail", mail), ("password", DESK_PASSWORD)];
        let page = browser.submit_form(&page, "/desk/sign-in", &fields).await;
        assert_eq!(page.url.path(), "/desk/visits", "{}", page.body);
        Self { browser, world }
    }

    /// Opens a page of the service.
    pub async fn open(&self, path: &str) -> Page {
        self.browser.open(&self.world.addresses().consult.url(path)).await
    }
}

/// 資格確認端末, signed in with one of its accounts.
pub struct Terminal<'w> {
    pub browser: Browser<'w>,
    world: &'w World,
}

impl<'w> Terminal<'w> {
    /// Signs in with the account `staff` or `medical-viewer` of an institution's terminal.
    pub async fn sign_in(world: &'w World, institution: InstitutionCode, role: &str) -> Self {
        let browser = Browser::on_android(world);
        let page = browser.open(&world.addresses().terminal.url("/sign-in")).await;
        let code = institution.to_string();
        let fields = [("institution", code.as_str()), ("role", role), ("password", TERMINAL_PASSWORD)];
        let page = browser.submit_form(&page, "/sign-in", &fields).await;
        assert_ne!(page.url.path(), "/sign-in", "{}", page.body);
        Self { browser, world }
    }

    /// Opens a page of the terminal.
    pub async fn open(&self, path: &str) -> Page {
        self.browser.open(&self.world.addresses().terminal.url(path)).await
    }
}
