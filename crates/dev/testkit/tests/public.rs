//! What is public: the pages that a search engine finds, and the demo's control interface for programs.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, StatusCode};
use serde_json::Value;
use testkit::{Browser, World, block_on};
use web::{Access, Route};

fn world() -> &'static World {
    World::shared()
}

async fn fetch_list(path: &str) -> Vec<Value> {
    let response = world().http().get(world().addresses().home.url(path)).send().await.expect("a response");
    serde_json::from_str(&response.text().await.expect("a body")).expect("a list")
}

/// The texts of a page's `<meta name="description">`.
fn descriptions(page: &str) -> Vec<&str> {
    let contents = page.split("<meta name=\"description\" content=\"").skip(1);
    contents.filter_map(|after| after.split('"').next()).collect()
}

/// The path of a public page, at an institution that has it.
fn public_path(route: &Route, entrance: &str) -> String {
    let institution = uketsuke::commands::demo::online_institutions(world().addresses())[0].to_string();
    route.path.replace("{code}", &institution).replace("{menu}", "1").replace("{entrance}", entrance)
}

#[test]
fn every_public_page_has_one_description_of_its_own() {
    block_on(async {
        let (services, addresses) = (world().services(), world().addresses());
        let institutions = fetch_list("/control/institutions").await;
        let fixed_url =
            institutions.iter().find_map(|institution| institution["fixed_url"].as_str()).expect("a fixed URL");
        let entrance = fixed_url.rsplit('/').next().expect("a last segment");
        let routes_by_site = [
            (&addresses.consult, services.consult.routes()),
            (&addresses.terminal, services.terminal.routes()),
            (&addresses.reception, services.reception.routes()),
            (&addresses.portal, services.portal.routes()),
            (&addresses.home, uketsuke::commands::demo::routes()),
        ];
        for language in ["ja", "en"] {
            let mut pages: BTreeMap<String, String> = BTreeMap::new();
            let (mut faults, mut checked) = (Vec::new(), BTreeSet::new());
            for (origin, routes) in &routes_by_site {
                for route in routes {
                    if route.method != Method::GET || route.access != Access::Anyone {
                        continue;
                    }
                    let browser = Browser::on_android(world());
                    let address = origin.url(&public_path(route, entrance));
                    let page = browser.get_with_header(&address, ("accept-language", language)).await;
                    let content_type = page
                        .headers
                        .get("content-type")
                        .and_then(|content_type| content_type.to_str().ok())
                        .unwrap_or_default();
                    // Redirects, and pages that need a link with a parameter, cannot be found by a search engine.
                    if page.status != StatusCode::OK || !content_type.starts_with("text/html") {
                        continue;
                    }
                    checked.insert(address.clone());
                    match descriptions(&page.body)[..] {
                        [description] if !description.is_empty() => {
                            if let Some(other_address) = pages.insert(description.to_owned(), address.clone()) {
                                faults.push(format!("{address} and {other_address} share one: {description}"));
                            }
                        }
                        ref several => faults.push(format!("{address} has {}", several.len())),
                    }
                }
            }
            assert!(faults.is_empty(), "{language}: {faults:#?}");
            let home = world().addresses().home.url("/");
            let menu = checked.iter().filter(|address| address.ends_with("/menus/1")).count();
            assert!(checked.contains(&home) && menu == 1 && checked.len() > 20, "{checked:#?}");
        }
    });
}

#[test]
fn a_program_learns_all_that_the_pages_of_people_and_institutions_show() {
    block_on(async {
        let home = &world().addresses().home;
        let browser = Browser::on_android(world());
        let texts = |value: &Value| -> Vec<String> { value.as_str().map(str::to_owned).into_iter().collect() };

        let institutions = fetch_list("/control/institutions").await;
        let page = browser.open(&home.url("/institutions")).await;
        assert_eq!(page.body.matches("<tr").count(), institutions.len() + 1, "a row for each, and a heading");
        let mut proof_methods = BTreeSet::new();
        for entry in &institutions {
            let desk = entry["desk"].as_array().expect("a desk");
            let accounts = desk.iter().flat_map(|account| [&account["mail"], &account["password"]]);
            for text in [&entry["code"], &entry["name"], &entry["terminal_password"]].into_iter().chain(accounts) {
                page.clone().assert_contains(text.as_str().expect("a text"));
            }
            for url in texts(&entry["fixed_url"]) {
                page.clone().assert_contains(&url);
            }
            assert!(!desk.is_empty() && entry["menus"][0]["number"] == 1, "{entry}");
            assert!(entry["name_english"].as_str().is_some_and(str::is_ascii), "{entry}");
            proof_methods.extend(texts(&entry["takes"]));
        }
        assert_eq!(proof_methods, ["fixed_url", "hand_over", "picture_only"].map(str::to_owned).into());

        let people = fetch_list("/control/people").await;
        let page = browser.open(&home.url("/people")).await;
        assert_eq!(page.body.matches("<tr").count(), people.len() + 1, "a row for each, and a heading");
        for entry in &people {
            for text in [&entry["name"], &entry["kana"], &entry["pin"], &entry["note"]["ja"]] {
                page.clone().assert_contains(text.as_str().expect("a text"));
            }
            for password in texts(&entry["signature_password"]) {
                page.clone().assert_contains(&password);
            }
            assert!(entry["label"]["en"].is_string() && entry["documents"].is_array(), "{entry}");
            let tries = entry["card"]["tries_left"].as_u64().expect("a number");
            assert_eq!(entry["card"]["locked"], tries == 0, "{entry}");
        }
        let locked = people.iter().filter(|entry| entry["card"]["locked"] == true).count();
        assert!((1..people.len()).contains(&locked), "some cards are locked, most are not: {locked}");
    });
}
