//! What is open to anybody: the pages that a search engine finds, and the demo's doors for programs.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, StatusCode};
use serde_json::Value;
use shell::{Access, Route};
use testkit::{Browser, World, block_on};

fn world() -> &'static World {
    World::shared()
}

async fn read_door(path: &str) -> Vec<Value> {
    let answer = world().http().get(world().addresses().home.url(path)).send().await.expect("an answer");
    serde_json::from_str(&answer.text().await.expect("a body")).expect("a list")
}

/// The texts of a page's `<meta name="description">`.
fn descriptions(page: &str) -> Vec<&str> {
    let marked = page.split("<meta name=\"description\" content=\"").skip(1);
    marked.filter_map(|rest| rest.split('"').next()).collect()
}

/// A page that anybody may open, at an institution that has it.
fn public_path(route: &Route, entrance: &str) -> String {
    let institution = uketsuke::demo::online_institutions(world().addresses())[0].to_string();
    route.path.replace("{code}", &institution).replace("{menu}", "1").replace("{entrance}", entrance)
}

#[test]
fn every_public_page_has_one_description_of_its_own() {
    block_on(async {
        let (rooms, addresses) = (world().services(), world().addresses());
        let fixed = read_door("/control/institutions").await;
        let fixed = fixed.iter().find_map(|known| known["fixed_url"].as_str()).expect("a fixed URL");
        let entrance = fixed.rsplit('/').next().expect("a word");
        let every = [
            (&addresses.consult, rooms.consult.routes()),
            (&addresses.terminal, rooms.terminal.routes()),
            (&addresses.reception, rooms.reception.routes()),
            (&addresses.portal, rooms.portal.routes()),
            (&addresses.home, uketsuke::demo::routes()),
        ];
        for language in ["ja", "en"] {
            let mut pages: BTreeMap<String, String> = BTreeMap::new();
            let (mut wrong, mut looked_at) = (Vec::new(), BTreeSet::new());
            for (origin, routes) in &every {
                for route in routes {
                    if route.method != Method::GET || route.access != Access::Anyone {
                        continue;
                    }
                    let browser = Browser::on_android(world());
                    let address = origin.url(&public_path(route, entrance));
                    let page = browser.get_with_header(&address, ("accept-language", language)).await;
                    let kind = page.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
                    // What leads elsewhere, and what needs a link from somewhere, is no page to be found.
                    if page.status != StatusCode::OK || !kind.starts_with("text/html") {
                        continue;
                    }
                    looked_at.insert(address.clone());
                    match descriptions(&page.body)[..] {
                        [description] if !description.is_empty() => {
                            if let Some(other) = pages.insert(description.to_owned(), address.clone()) {
                                wrong.push(format!("{address} and {other} share one: {description}"));
                            }
                        }
                        ref found => wrong.push(format!("{address} has {}", found.len())),
                    }
                }
            }
            assert!(wrong.is_empty(), "{language}: {wrong:#?}");
            let home = world().addresses().home.url("/");
            let menu = looked_at.iter().filter(|address| address.ends_with("/menus/1")).count();
            assert!(looked_at.contains(&home) && menu == 1 && looked_at.len() > 20, "{looked_at:#?}");
        }
    });
}

#[test]
fn a_program_learns_all_that_the_pages_of_people_and_institutions_show() {
    block_on(async {
        let home = &world().addresses().home;
        let browser = Browser::on_android(world());
        let texts = |value: &Value| -> Vec<String> { value.as_str().map(str::to_owned).into_iter().collect() };

        let institutions = read_door("/control/institutions").await;
        let page = browser.open(&home.url("/institutions")).await;
        assert_eq!(page.body.matches("<tr").count(), institutions.len() + 1, "a row for each, and a heading");
        let mut takes = BTreeSet::new();
        for known in &institutions {
            let desk = known["desk"].as_array().expect("a desk");
            let accounts = desk.iter().flat_map(|account| [&account["mail"], &account["password"]]);
            for shown in [&known["code"], &known["name"], &known["terminal_password"]].into_iter().chain(accounts) {
                page.clone().assert_contains(shown.as_str().expect("a text"));
            }
            for url in texts(&known["fixed_url"]) {
                page.clone().assert_contains(&url);
            }
            assert!(!desk.is_empty() && known["menus"][0]["number"] == 1, "{known}");
            assert!(known["name_english"].as_str().is_some_and(str::is_ascii), "{known}");
            takes.extend(texts(&known["takes"]));
        }
        assert_eq!(takes, ["fixed_url", "hand_over", "picture_only"].map(str::to_owned).into());

        let people = read_door("/control/people").await;
        let page = browser.open(&home.url("/people")).await;
        assert_eq!(page.body.matches("<tr").count(), people.len() + 1, "a row for each, and a heading");
        for known in &people {
            for shown in [&known["name"], &known["kana"], &known["pin"], &known["note"]["ja"]] {
                page.clone().assert_contains(shown.as_str().expect("a text"));
            }
            for password in texts(&known["signature_password"]) {
                page.clone().assert_contains(&password);
            }
            assert!(known["label"]["en"].is_string() && known["documents"].is_array(), "{known}");
            let tries = known["card"]["tries_left"].as_u64().expect("a number");
            assert_eq!(known["card"]["locked"], tries == 0, "{known}");
        }
        let locked = people.iter().filter(|known| known["card"]["locked"] == true).count();
        assert!((1..people.len()).contains(&locked), "some cards are locked, most are not: {locked}");
    });
}
