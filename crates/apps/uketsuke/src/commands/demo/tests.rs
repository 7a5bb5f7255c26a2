//! The demo opens on the world, and opens on it again.

use jpki::{Algorithm, Municipality, SigningKey, Subject};

use super::Demo;
use crate::arguments::demo::DemoArguments;

#[tokio::test]
async fn starting_again_lays_nothing_in_twice() {
    let folder = std::env::temp_dir().join(format!("uketsuke-world-{}", std::process::id()));
    let arguments = DemoArguments {
        clock: Some("2026-11-24T09:00:00+09:00".parse().unwrap()),
        ..DemoArguments::with_free_ports(folder.clone())
    };
    let people = world::personas("2026-11-24".parse().unwrap());
    let keys: Vec<_> = people.iter().map(|persona| persona.key.to_owned()).collect();
    let mut serial_numbers = Vec::new();
    // The second start has another port and a later day.
    for time in ["2026-11-24T09:00:00+09:00", "2026-12-24T09:00:00+09:00"] {
        let arguments = DemoArguments { clock: Some(time.parse().unwrap()), ..arguments.clone() };
        let demo = Demo::open(&arguments).await.unwrap();
        let cards = demo.services().portal.list_cards().await.unwrap();
        assert_eq!(cards.iter().map(|card| card.id.to_string()).collect::<Vec<_>>(), keys);
        for (card, persona) in cards.iter().zip(&people) {
            assert_eq!(card.tries_left, persona.card.tries_left, "{}", persona.key);
        }
        assert!(demo.services().terminal.missing_accounts().await.unwrap().is_empty());
        let institution = world::institutions(&demo.addresses().reception)
            .into_iter()
            .find(|institution| institution.fixed_url_code.is_some())
            .unwrap();
        let fixed_url_code = demo
            .services()
            .eligibility
            .find_fixed_url(institution.code(), eligibility::CareKind::Online)
            .await
            .unwrap();
        assert_eq!(fixed_url_code, institution.fixed_url_code);
        // The serial number of the next certificate shows how many were issued before.
        let key = SigningKey::generate(Algorithm::RsaSha256).unwrap();
        let office = people[0].card.office;
        let municipality = Municipality::new(office.code, office.prefecture, office.name).unwrap();
        let subject = Subject::new("997794E9AGCIEG", municipality, 4).unwrap();
        let issued_at = "2025-01-20T09:00:00+09:00".parse().unwrap();
        let issued = demo.services().authority.issue_authentication(
            subject,
            people[0].birth_date,
            key.public_key().clone(),
            issued_at,
        );
        serial_numbers.push(u64::from_str_radix(&issued.await.unwrap().serial.to_string(), 16).unwrap());
    }
    assert_eq!(serial_numbers[1], serial_numbers[0] + 1, "no certificate was issued by the second start");
    std::fs::remove_dir_all(&folder).unwrap();
}
