//! Whoever leaves, reloads, goes back, presses twice, works in two tabs or loses her cookies, at whatever step: one
//! reception is in force afterwards, the service holds its number, and on the way every page has a way on.

use base::ReceptionNumber;
use errand::{Device, Opened, Outcome};
use reqwest::StatusCode;
use testkit::{App, Browser, Card, Page, block_on};

use crate::{arrive, brought, institution, redeem, return_address, today, token_form, world};

/// Where a procedure stands when it is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Choose,
    Confirm,
    Authenticate,
    Registered,
}

const STEPS: [Step; 4] = [Step::Choose, Step::Confirm, Step::Authenticate, Step::Registered];

/// A patient on her way, with every page that she has seen.
struct Journey {
    browser: Browser<'static>,
    departure: handover::Departure,
    reference: String,
    card: Card,
    /// The address that she came by.
    arrival: String,
    pages: Vec<Page>,
    /// The address that the app led her back to.
    returned: Option<String>,
}

impl Journey {
    /// From the beginning to this step.
    async fn to(step: Step, reference: String) -> Self {
        let (browser, card) = (Browser::new(world()), Card::issue(world()).await);
        let service = world().service();
        let departure = service.departure(institution(), today(), &reference);
        let arrival = service.push(&departure).await;
        let pages = vec![browser.open(&arrival).await];
        let mut journey = Self { browser, departure, reference, card, arrival, pages, returned: None };
        while journey.step() < step {
            let page = journey.on(journey.page().clone()).await;
            journey.pages.push(page);
        }
        journey
    }

    fn page(&self) -> &Page {
        self.pages.last().expect("a journey begins with a page")
    }

    fn step(&self) -> Step {
        STEPS[self.pages.len() - 1]
    }

    /// One step on from a page, whichever it is: what the page itself offers as its next step.
    async fn on(&mut self, page: Page) -> Page {
        let path = page.url.path().to_owned();
        let last = path.rsplit('/').next().unwrap_or_default();
        match last {
            "choose" => self.browser.submit(&page, "/choose", &[("all", "agree")]).await,
            "confirm" => self.browser.submit(&page, "/confirm", &[]).await,
            "registered" => self.browser.submit(&page, "/finish", &[]).await,
            _ if path.starts_with("/authenticate/") => match page.links("/open?ticket=").first() {
                Some(link) => {
                    let app = App::opened(world(), link);
                    let outcome = app.read(&self.card, Device::Android, Opened::Link).await.expect("the card is good");
                    let Outcome::Return { code } = outcome else { panic!("an Android phone leads back") };
                    let address = return_address(&code);
                    self.returned = Some(address.clone());
                    self.browser.open(&address).await
                }
                // Opened before, or over: it is opened anew.
                None => self.browser.submit(&page, "/again", &[]).await,
            },
            _ => panic!("{path} ({}) has no way on:\n{}", page.status, page.body),
        }
    }

    /// To the end, from this page: one reception in force, whose number the service holds.
    async fn ends_well(mut self, mut page: Page, what: &str) -> Choices {
        for _ in 0..8 {
            if page.url.port() == Some(1) {
                break;
            }
            page = self.on(page).await;
        }
        let code = brought(&self.departure, &page).await;
        let service = world().service();
        let (status, body) = redeem(&service, &token_form(&service, &self.departure, &code).await).await;
        let told = self.departure.read_token_answer(status, &body).expect("the code is redeemed").reception;
        let (numbers, choices) = in_force(&self.card).await;
        assert_eq!(numbers, [told.reception_number], "{what}");
        choices
    }

    /// She comes from the service once more, in the browser that she has now.
    async fn departs_again(&mut self) -> Page {
        let (departure, page) = arrive(&world().service(), &self.browser, &self.reference).await;
        self.departure = departure;
        page
    }
}

fn has_a_way_on(page: &Page) -> bool {
    page.body.contains("class=\"button primary\"")
}

/// How often the list says yes, and how often no.
#[derive(Debug, PartialEq, Eq)]
struct Choices {
    agreed: usize,
    declined: usize,
}

const AGREED: Choices = Choices { agreed: 6, declined: 0 };

/// What stands for the holder of a card, as she sees it herself under 同意照会・更新.
async fn in_force(card: &Card) -> (Vec<ReceptionNumber>, Choices) {
    let browser = Browser::new(world());
    let page = browser.open(&world().addresses().reception.at("/review")).await;
    let page = browser.submit(&page, "/review", &[]).await;
    let app = App::opened(world(), &page.link("/open?ticket="));
    let outcome = app.read(card, Device::Android, Opened::Link).await.expect("the card is good");
    let Outcome::Return { code } = outcome else { panic!("an Android phone leads back") };
    let list = browser.open(&return_address(&code)).await.says("登録されている同意");
    let numbers = list.links("/review/receptions/");
    let numbers = numbers.iter().filter_map(|link| link.rsplit('/').next()?.parse().ok()).collect();
    let badges = |word: &str| list.body.matches(&format!(">{word}<")).count();
    (numbers, Choices { agreed: badges("同意する"), declined: badges("同意しない") })
}

/// Each step, disturbed in one way, ends well.
async fn check(disturbance: &str, disturb: impl AsyncFn(&mut Journey) -> Page) {
    for step in STEPS {
        let what = format!("{disturbance} at {step:?}");
        let mut journey = Journey::to(step, what.to_lowercase().replace(' ', "-")).await;
        let page = disturb(&mut journey).await;
        assert_eq!(journey.ends_well(page, &what).await, AGREED, "{what}");
    }
}

#[test]
fn undisturbed_it_ends_well() {
    block_on(check("nothing", async |journey| journey.page().clone()));
}

#[test]
fn reloading_changes_nothing() {
    block_on(check("reloaded", async |journey| {
        let shown = journey.page().clone();
        let again = journey.browser.open(shown.url.as_str()).await;
        assert_eq!((again.status, &again.url), (StatusCode::OK, &shown.url));
        again
    }));
}

#[test]
fn the_back_button_leads_to_a_page_that_goes_on() {
    block_on(check("gone back", async |journey| match journey.pages.iter().rev().nth(1) {
        Some(before) => journey.browser.open(before.url.as_str()).await,
        None => journey.browser.open(&journey.arrival).await,
    }));
}

#[test]
fn whoever_goes_back_to_the_first_page_may_choose_anew_until_it_is_registered() {
    block_on(check("gone back to the beginning", async |journey| {
        let page = journey.browser.open(journey.pages[0].url.as_str()).await;
        let registered = journey.step() == Step::Registered;
        assert_eq!(page.url.path().ends_with("/registered"), registered, "{}", page.url);
        page
    }));
}

#[test]
fn a_form_that_is_sent_twice_counts_once() {
    block_on(check("pressed twice", async |journey| {
        let before = journey.pages.iter().rev().nth(1).cloned();
        match (journey.step(), before) {
            (Step::Confirm, Some(choose)) => journey.browser.submit(&choose, "/choose", &[("all", "agree")]).await,
            (Step::Authenticate, Some(confirm)) => journey.browser.submit(&confirm, "/confirm", &[]).await,
            (Step::Registered, _) => {
                let again = journey.browser.open(journey.returned.as_ref().expect("the app led back")).await;
                assert_eq!(again.url, journey.page().url);
                again
            }
            _ => journey.browser.open(&journey.arrival).await,
        }
    }));
}

#[test]
fn whoever_leaves_and_comes_from_the_service_again_goes_on() {
    block_on(check("left", async |journey| {
        let left = journey.page().url.clone();
        let page = journey.departs_again().await;
        // The same procedure goes on; what is registered is not registered once more.
        let procedure = |path: &str| path.rsplit_once('/').map(|(procedure, _)| procedure.to_owned());
        assert_eq!(procedure(page.url.path()), procedure(left.path()), "{}", page.url);
        page
    }));
}

#[test]
fn whoever_ends_it_may_begin_again_and_what_stands_cannot_be_ended() {
    block_on(check("abandoned", async |journey| {
        if journey.step() == Step::Registered {
            // An older tab still shows the button.
            let older = journey.pages[0].clone();
            let page = journey.browser.submit(&older, "/abandon", &[]).await;
            assert_eq!(page.url, journey.page().url);
            return page;
        }
        let page = journey.browser.submit(journey.page(), "/abandon", &[]).await;
        assert_eq!(page.parameter("error").as_deref(), Some("access_denied"));
        let over = journey.browser.open(journey.pages[0].url.as_str()).await.says("登録されていません");
        assert!(has_a_way_on(&over));
        journey.departs_again().await
    }));
}

#[test]
fn whoever_lost_her_cookies_is_told_so_and_begins_again() {
    block_on(check("cookies lost", async |journey| {
        let fresh = Browser::new(world());
        for page in &journey.pages {
            let lost = fresh.open(page.url.as_str()).await.says("この手続きは、このブラウザでは続けられません");
            assert_eq!(lost.status, StatusCode::NOT_FOUND);
            assert!(has_a_way_on(&lost));
        }
        journey.browser = fresh;
        let page = journey.departs_again().await;
        assert!(page.url.path().ends_with("/choose"));
        page
    }));
}

#[test]
fn whoever_finds_her_cookies_again_goes_on_where_she_was() {
    block_on(check("cookies found", async |journey| {
        // Another browser looks at the page and comes by the same way, to no avail.
        let other = Browser::new(world());
        assert_eq!(other.open(journey.page().url.as_str()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.open(&journey.arrival).await.status, StatusCode::GONE);
        let found = journey.browser.open(journey.page().url.as_str()).await;
        assert_eq!(found.url, journey.page().url);
        found
    }));
}

/// Everything is declined in a second tab of the same browser, as far as that tab gets.
async fn declined_in_another_tab(journey: &Journey, as_far_as: Step) -> Page {
    let choose = journey.browser.open(journey.pages[0].url.as_str()).await;
    let items = ["operations", "treatments", "medicines", "check-ups", "limits", "specific-diseases"];
    let declined: Vec<_> = items.iter().map(|item| (*item, "decline")).collect();
    let confirm = journey.browser.submit(&choose, "/choose", &declined).await;
    assert!(confirm.url.path().ends_with("/confirm"), "{}", confirm.url);
    if as_far_as == Step::Confirm {
        return confirm;
    }
    journey.browser.submit(&confirm, "/confirm", &[]).await
}

#[test]
fn of_two_tabs_that_choose_differently_nothing_is_registered_that_was_not_shown_last() {
    block_on(async {
        for as_far_as in [Step::Confirm, Step::Authenticate] {
            let what = format!("two tabs, the other {as_far_as:?}");
            let reference = format!("two-tabs-{as_far_as:?}").to_lowercase();
            let mut journey = Journey::to(Step::Confirm, reference).await;
            declined_in_another_tab(&journey, as_far_as).await;
            // The first tab still shows that she agrees to all, and confirms that.
            let page = journey.on(journey.page().clone()).await;
            assert_eq!(page.status, StatusCode::CONFLICT, "{what}");
            let page = page.says("別の画面で選び直されています").says("同意しない");
            assert!(page.url.path().ends_with("/confirm"), "{what}: {}", page.url);
            // She sees what stands now, and confirms it.
            let choices = journey.ends_well(page, &what).await;
            assert_eq!(choices, Choices { agreed: 0, declined: 6 }, "{what}");
        }
    });
}

#[test]
fn a_tab_that_waits_for_the_card_follows_the_one_that_chose_again() {
    block_on(async {
        let mut journey = Journey::to(Step::Authenticate, "two-tabs-waiting".to_owned()).await;
        let ticket = journey.page().link("/open?ticket=");
        declined_in_another_tab(&journey, Step::Authenticate).await;
        // The app that the first tab opened asks for what is not wanted any more.
        let app = App::opened(world(), &ticket);
        let refused = app.read(&journey.card, Device::Android, Opened::Link).await.err().expect("it is refused");
        assert_eq!(refused.code, "reception.errand.step");
        let page = journey.browser.open(journey.page().url.as_str()).await;
        assert_ne!(page.url, journey.page().url, "it leads to the newer reading");
        journey.pages.push(page.clone());
        let choices = journey.ends_well(page, "waiting in two tabs").await;
        assert_eq!(choices, Choices { agreed: 0, declined: 6 });
    });
}

#[test]
fn when_both_tabs_finish_the_service_is_told_of_one_reception() {
    block_on(async {
        let journey = Journey::to(Step::Registered, "two-tabs-finish".to_owned()).await;
        let other_tab = journey.browser.open(journey.page().url.as_str()).await;
        let first = journey.browser.submit(journey.page(), "/finish", &[]).await;
        assert!(first.parameter("code").is_some());
        assert_eq!(journey.ends_well(other_tab, "finished in two tabs").await, AGREED);
    });
}
