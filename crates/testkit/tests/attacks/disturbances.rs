//! Whoever leaves, reloads, goes back, presses twice, works in two tabs or loses her cookies, at whatever step: one
//! reception is in force afterwards, the service holds its number, and on the way every page has a way on.

use base::ReceptionNumber;
use errand::{AuthenticationOutcome, Device, OpenMethod};
use reqwest::StatusCode;
use testkit::{App, Browser, Card, Page, block_on};

use crate::{
    depart_to_reception, institution, read_returned_code, redeem_code, return_address, today, token_form, world,
};

/// Where a procedure stands when it is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ProcedureStep {
    Choose,
    Confirm,
    Authenticate,
    Registered,
}

const STEPS: [ProcedureStep; 4] =
    [ProcedureStep::Choose, ProcedureStep::Confirm, ProcedureStep::Authenticate, ProcedureStep::Registered];

/// A patient on her way, with every page that she has seen.
struct DisturbedProcedure {
    browser: Browser<'static>,
    departure: handover::Departure,
    reference: String,
    card: Card,
    /// The address that she came by.
    arrival_address: String,
    pages: Vec<Page>,
    /// The address that the app led her back to.
    return_address: Option<String>,
}

impl DisturbedProcedure {
    /// From the beginning to this step.
    async fn start_at(step: ProcedureStep, reference: String) -> Self {
        let (browser, card) = (Browser::on_android(world()), Card::issue(world()).await);
        let service = world().service();
        let departure = service.new_departure(institution(), today(), &reference);
        let arrival = service.push_departure(&departure).await;
        let pages = vec![browser.open(&arrival).await];
        let mut journey =
            Self { browser, departure, reference, card, arrival_address: arrival, pages, return_address: None };
        while journey.current_step() < step {
            let page = journey.take_next_step(journey.current_page().clone()).await;
            journey.pages.push(page);
        }
        journey
    }

    fn current_page(&self) -> &Page {
        self.pages.last().expect("a journey begins with a page")
    }

    fn current_step(&self) -> ProcedureStep {
        STEPS[self.pages.len() - 1]
    }

    /// One step on from a page, whichever it is: what the page itself offers as its next step.
    async fn take_next_step(&mut self, page: Page) -> Page {
        let path = page.url.path().to_owned();
        let last = path.rsplit('/').next().unwrap_or_default();
        match last {
            "choose" => self.browser.submit_form(&page, "/choose", &[("all", "agree")]).await,
            "confirm" => self.browser.submit_form(&page, "/confirm", &[]).await,
            "registered" => self.browser.submit_form(&page, "/finish", &[]).await,
            _ if path.starts_with("/authenticate/") => match page.find_links("/open?ticket=").first() {
                Some(link) => {
                    let app = App::open(world(), link);
                    let outcome = app
                        .authenticate(&self.card, Device::Android, OpenMethod::Link)
                        .await
                        .expect("the card is good");
                    let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
                    let address = return_address(&code);
                    self.return_address = Some(address.clone());
                    self.browser.open(&address).await
                }
                // Opened before, or over: it is opened anew.
                None => self.browser.submit_form(&page, "/again", &[]).await,
            },
            _ => panic!("{path} ({}) has no way on:\n{}", page.status, page.body),
        }
    }

    /// To the end, from this page: one reception in force, whose number the service holds.
    async fn finish(mut self, mut page: Page, what: &str) -> ChoiceCounts {
        for _ in 0..8 {
            if page.url.port() == Some(1) {
                break;
            }
            page = self.take_next_step(page).await;
        }
        let code = read_returned_code(&self.departure, &page).await;
        let service = world().service();
        let (status, body) = redeem_code(&service, &token_form(&service, &self.departure, &code).await).await;
        let told = self.departure.read_token_response(status, &body).expect("the code is redeemed").reception;
        let (numbers, choices) = list_receptions_in_force(&self.card).await;
        assert_eq!(numbers, [told.reception_number], "{what}");
        choices
    }

    /// She comes from the service once more, in the browser that she has now.
    async fn depart_again(&mut self) -> Page {
        let (departure, page) = depart_to_reception(&world().service(), &self.browser, &self.reference).await;
        self.departure = departure;
        page
    }
}

fn has_primary_button(page: &Page) -> bool {
    page.body.contains("class=\"button primary\"")
}

/// How often the list says yes, and how often no.
#[derive(Debug, PartialEq, Eq)]
struct ChoiceCounts {
    agreed: usize,
    declined: usize,
}

const ALL_AGREED: ChoiceCounts = ChoiceCounts { agreed: 6, declined: 0 };

/// What stands for the holder of a card, as she sees it herself under 同意照会・更新.
async fn list_receptions_in_force(card: &Card) -> (Vec<ReceptionNumber>, ChoiceCounts) {
    let browser = Browser::on_android(world());
    let page = browser.open(&world().addresses().reception.url("/review")).await;
    let page = browser.submit_form(&page, "/review", &[]).await;
    let app = App::open(world(), &page.find_link("/open?ticket="));
    let outcome = app.authenticate(card, Device::Android, OpenMethod::Link).await.expect("the card is good");
    let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
    let list = browser.open(&return_address(&code)).await.assert_contains("登録されている同意");
    let numbers = list.find_links("/review/receptions/");
    let numbers = numbers.iter().filter_map(|link| link.rsplit('/').next()?.parse().ok()).collect();
    let badges = |word: &str| list.body.matches(&format!(">{word}<")).count();
    (numbers, ChoiceCounts { agreed: badges("同意する"), declined: badges("同意しない") })
}

/// Each step, disturbed in one way, ends well.
async fn check_disturbance(disturbance: &str, disturb: impl AsyncFn(&mut DisturbedProcedure) -> Page) {
    for step in STEPS {
        let what = format!("{disturbance} at {step:?}");
        let mut journey = DisturbedProcedure::start_at(step, what.to_lowercase().replace(' ', "-")).await;
        let page = disturb(&mut journey).await;
        assert_eq!(journey.finish(page, &what).await, ALL_AGREED, "{what}");
    }
}

#[test]
fn undisturbed_it_ends_well() {
    block_on(check_disturbance("nothing", async |journey| journey.current_page().clone()));
}

#[test]
fn reloading_changes_nothing() {
    block_on(check_disturbance("reloaded", async |journey| {
        let shown = journey.current_page().clone();
        let again = journey.browser.open(shown.url.as_str()).await;
        assert_eq!((again.status, &again.url), (StatusCode::OK, &shown.url));
        again
    }));
}

#[test]
fn the_back_button_leads_to_a_page_that_goes_on() {
    block_on(check_disturbance("gone back", async |journey| match journey.pages.iter().rev().nth(1) {
        Some(before) => journey.browser.open(before.url.as_str()).await,
        None => journey.browser.open(&journey.arrival_address).await,
    }));
}

#[test]
fn whoever_goes_back_to_the_first_page_may_choose_anew_until_it_is_registered() {
    block_on(check_disturbance("gone back to the beginning", async |journey| {
        let page = journey.browser.open(journey.pages[0].url.as_str()).await;
        let registered = journey.current_step() == ProcedureStep::Registered;
        assert_eq!(page.url.path().ends_with("/registered"), registered, "{}", page.url);
        page
    }));
}

#[test]
fn a_form_that_is_sent_twice_counts_once() {
    block_on(check_disturbance("pressed twice", async |journey| {
        let before = journey.pages.iter().rev().nth(1).cloned();
        match (journey.current_step(), before) {
            (ProcedureStep::Confirm, Some(choose)) => {
                journey.browser.submit_form(&choose, "/choose", &[("all", "agree")]).await
            }
            (ProcedureStep::Authenticate, Some(confirm)) => {
                journey.browser.submit_form(&confirm, "/confirm", &[]).await
            }
            (ProcedureStep::Registered, _) => {
                let again = journey.browser.open(journey.return_address.as_ref().expect("the app led back")).await;
                assert_eq!(again.url, journey.current_page().url);
                again
            }
            _ => journey.browser.open(&journey.arrival_address).await,
        }
    }));
}

#[test]
fn whoever_leaves_and_comes_from_the_service_again_goes_on() {
    block_on(check_disturbance("left", async |journey| {
        let left = journey.current_page().url.clone();
        let page = journey.depart_again().await;
        // The same procedure goes on; what is registered is not registered once more.
        let procedure = |path: &str| path.rsplit_once('/').map(|(procedure, _)| procedure.to_owned());
        assert_eq!(procedure(page.url.path()), procedure(left.path()), "{}", page.url);
        page
    }));
}

#[test]
fn whoever_ends_it_may_begin_again_and_what_stands_cannot_be_ended() {
    block_on(check_disturbance("abandoned", async |journey| {
        if journey.current_step() == ProcedureStep::Registered {
            // An older tab still shows the button.
            let older = journey.pages[0].clone();
            let page = journey.browser.submit_form(&older, "/abandon", &[]).await;
            assert_eq!(page.url, journey.current_page().url);
            return page;
        }
        let page = journey.browser.submit_form(journey.current_page(), "/abandon", &[]).await;
        assert_eq!(page.query_parameter("error").as_deref(), Some("access_denied"));
        let over = journey.browser.open(journey.pages[0].url.as_str()).await.assert_contains("登録されていません");
        assert!(has_primary_button(&over));
        journey.depart_again().await
    }));
}

#[test]
fn whoever_lost_her_cookies_is_told_so_and_begins_again() {
    block_on(check_disturbance("cookies lost", async |journey| {
        let fresh = Browser::on_android(world());
        for page in &journey.pages {
            let lost =
                fresh.open(page.url.as_str()).await.assert_contains("この手続きは、このブラウザでは続けられません");
            assert_eq!(lost.status, StatusCode::NOT_FOUND);
            assert!(has_primary_button(&lost));
        }
        journey.browser = fresh;
        let page = journey.depart_again().await;
        assert!(page.url.path().ends_with("/choose"));
        page
    }));
}

#[test]
fn whoever_finds_her_cookies_again_goes_on_where_she_was() {
    block_on(check_disturbance("cookies found", async |journey| {
        // Another browser looks at the page and comes by the same way, to no avail.
        let other = Browser::on_android(world());
        assert_eq!(other.open(journey.current_page().url.as_str()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.open(&journey.arrival_address).await.status, StatusCode::GONE);
        let found = journey.browser.open(journey.current_page().url.as_str()).await;
        assert_eq!(found.url, journey.current_page().url);
        found
    }));
}

/// Everything is declined in a second tab of the same browser, as far as that tab gets.
async fn decline_in_another_tab(journey: &DisturbedProcedure, as_far_as: ProcedureStep) -> Page {
    let choose = journey.browser.open(journey.pages[0].url.as_str()).await;
    let items = ["operations", "treatments", "medicines", "check-ups", "limits", "specific-diseases"];
    let declined: Vec<_> = items.iter().map(|item| (*item, "decline")).collect();
    let confirm = journey.browser.submit_form(&choose, "/choose", &declined).await;
    assert!(confirm.url.path().ends_with("/confirm"), "{}", confirm.url);
    if as_far_as == ProcedureStep::Confirm {
        return confirm;
    }
    journey.browser.submit_form(&confirm, "/confirm", &[]).await
}

#[test]
fn of_two_tabs_that_choose_differently_nothing_is_registered_that_was_not_shown_last() {
    block_on(async {
        for as_far_as in [ProcedureStep::Confirm, ProcedureStep::Authenticate] {
            let what = format!("two tabs, the other {as_far_as:?}");
            let reference = format!("two-tabs-{as_far_as:?}").to_lowercase();
            let mut journey = DisturbedProcedure::start_at(ProcedureStep::Confirm, reference).await;
            decline_in_another_tab(&journey, as_far_as).await;
            // The first tab still shows that she agrees to all, and confirms that.
            let page = journey.take_next_step(journey.current_page().clone()).await;
            assert_eq!(page.status, StatusCode::CONFLICT, "{what}");
            let page = page.assert_contains("別の画面で選び直されています").assert_contains("同意しない");
            assert!(page.url.path().ends_with("/confirm"), "{what}: {}", page.url);
            // She sees what stands now, and confirms it.
            let choices = journey.finish(page, &what).await;
            assert_eq!(choices, ChoiceCounts { agreed: 0, declined: 6 }, "{what}");
        }
    });
}

#[test]
fn a_tab_that_waits_for_the_card_follows_the_one_that_chose_again() {
    block_on(async {
        let mut journey =
            DisturbedProcedure::start_at(ProcedureStep::Authenticate, "two-tabs-waiting".to_owned()).await;
        let ticket = journey.current_page().find_link("/open?ticket=");
        decline_in_another_tab(&journey, ProcedureStep::Authenticate).await;
        // The app that the first tab opened asks for what is not wanted any more.
        let app = App::open(world(), &ticket);
        let refused =
            app.authenticate(&journey.card, Device::Android, OpenMethod::Link).await.err().expect("it is refused");
        assert_eq!(refused.code, "reception.errand.step");
        let page = journey.browser.open(journey.current_page().url.as_str()).await;
        assert_ne!(page.url, journey.current_page().url, "it leads to the newer reading");
        journey.pages.push(page.clone());
        let choices = journey.finish(page, "waiting in two tabs").await;
        assert_eq!(choices, ChoiceCounts { agreed: 0, declined: 6 });
    });
}

#[test]
fn when_both_tabs_finish_the_service_is_told_of_one_reception() {
    block_on(async {
        let journey = DisturbedProcedure::start_at(ProcedureStep::Registered, "two-tabs-finish".to_owned()).await;
        let other_tab = journey.browser.open(journey.current_page().url.as_str()).await;
        let first = journey.browser.submit_form(journey.current_page(), "/finish", &[]).await;
        assert!(first.query_parameter("code").is_some());
        assert_eq!(journey.finish(other_tab, "finished in two tabs").await, ALL_AGREED);
    });
}
