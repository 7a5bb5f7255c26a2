use card::{Faults, OfficeRefusal, PinReference, VirtualCard};

use proptest::{collection::vec, option, prelude::*};

use crate::sample::{Store, bytes, exchange_hex, plastic};

const PIN: PinReference = PinReference::AUTHENTICATION;
const JPKI: &str = "00A4040C0AD392F000260100000001";
const VERIFY_RIGHT_PIN: &str = "0020 0098 04 31323334";
const VERIFY_WRONG_PIN: &str = "0020 0098 04 39393939";

/// The card as restored from its store.
fn restore_card(store: &Store, faults: Faults) -> VirtualCard {
    let mut data = plastic().with_faults(faults);
    let stored = store.0.lock().expect("no panic while locked");
    if let Some(counters) = &stored.counters {
        data = data.with_counters(counters.clone());
    }
    for (pin, value) in &stored.changed {
        data.replace_pin(*pin, value.clone()).expect("a PIN that the card took before");
    }
    drop(stored);
    let mut card = VirtualCard::new(data, Box::new(store.clone()));
    card.power_on();
    card
}

#[test]
fn a_try_is_kept_as_spent_before_the_pin_is_compared() {
    for presented in [VERIFY_RIGHT_PIN, VERIFY_WRONG_PIN] {
        let store = Store::default();
        for spent in [2, 1, 0] {
            let mut card = restore_card(&store, Faults { removed_during: Some(2), ..Faults::default() });
            assert_eq!(exchange_hex(&mut card, JPKI), "9000");
            assert_eq!(exchange_hex(&mut card, presented), "the card was taken away");
            assert_eq!(store.tries(PIN), Some(spent));
        }
        let mut card = restore_card(&store, Faults::default());
        exchange_hex(&mut card, JPKI);
        assert_eq!(exchange_hex(&mut card, VERIFY_RIGHT_PIN), "6984");
    }
}

#[test]
fn a_miss_is_kept_before_it_is_answered() {
    let store = Store::default();
    let mut card = restore_card(&store, Faults::default());
    exchange_hex(&mut card, JPKI);
    assert_eq!(exchange_hex(&mut card, VERIFY_WRONG_PIN), "63C2");
    assert_eq!(store.tries(PIN), Some(2));
    drop(card);
    let mut card = restore_card(&store, Faults::default());
    exchange_hex(&mut card, JPKI);
    assert_eq!(exchange_hex(&mut card, "0020 0098"), "63C2");
    assert_eq!(exchange_hex(&mut card, VERIFY_RIGHT_PIN), "9000");
    assert_eq!(store.tries(PIN), Some(3));
}

#[test]
fn a_memory_that_fails_costs_the_try() {
    for presented in [VERIFY_RIGHT_PIN, VERIFY_WRONG_PIN] {
        let store = Store::default();
        store.0.lock().unwrap().fails_from = Some(1);
        let mut card = restore_card(&store, Faults::default());
        exchange_hex(&mut card, JPKI);
        for left in ["63C2", "63C1", "63C0"] {
            assert_eq!(exchange_hex(&mut card, presented), "6581");
            assert_eq!(exchange_hex(&mut card, "0020 0098"), left);
            assert_eq!(exchange_hex(&mut card, "802A 0097 01 01 00"), "6982");
        }
        assert_eq!(exchange_hex(&mut card, VERIFY_RIGHT_PIN), "6984");
    }
}

#[test]
fn a_memory_that_fails_to_give_the_tries_back_verifies_nothing() {
    let store = Store::default();
    store.0.lock().unwrap().fails_from = Some(2);
    let mut card = restore_card(&store, Faults::default());
    exchange_hex(&mut card, JPKI);
    assert_eq!(exchange_hex(&mut card, VERIFY_RIGHT_PIN), "6581");
    assert_eq!(store.tries(PIN), Some(2));
    assert_eq!(exchange_hex(&mut card, "0020 0098"), "63C2");
    assert_eq!(exchange_hex(&mut card, "802A 0097 01 01 00"), "6982");
}

#[test]
fn no_cut_at_any_instant_gives_a_try_back() {
    // Three failures in a row: at whichever write the power is cut, the stored tries are at most the reported ones.
    for cut in 1..=4 {
        let store = Store::default();
        store.0.lock().unwrap().fails_from = Some(cut);
        let mut reported = 3;
        let mut card = restore_card(&store, Faults::default());
        exchange_hex(&mut card, JPKI);
        for _ in 0..3 {
            if let Some(tries) = exchange_hex(&mut card, VERIFY_WRONG_PIN).strip_prefix("63C") {
                reported = tries.parse::<u8>().unwrap();
            }
        }
        drop(card);
        assert!(store.tries(PIN).unwrap_or(3) <= reported, "{cut}");
        assert_eq!(store.tries(PIN).unwrap_or(3), reported);
    }
}

#[test]
fn a_changed_pin_is_kept_before_it_counts() {
    let store = Store::default();
    let mut card = restore_card(&store, Faults::default());
    exchange_hex(&mut card, JPKI);
    exchange_hex(&mut card, VERIFY_RIGHT_PIN);
    assert_eq!(exchange_hex(&mut card, "0024 0198 04 35363738"), "9000");
    drop(card);
    let mut card = restore_card(&store, Faults::default());
    exchange_hex(&mut card, JPKI);
    assert_eq!(exchange_hex(&mut card, VERIFY_RIGHT_PIN), "63C2");
    assert_eq!(exchange_hex(&mut card, "0020 0098 04 35363738"), "9000");

    let writes = store.0.lock().unwrap().writes;
    store.0.lock().unwrap().fails_from = Some(writes + 1);
    assert_eq!(exchange_hex(&mut card, "0024 0198 04 31313131"), "6581");
    store.0.lock().unwrap().fails_from = None;
    assert_eq!(exchange_hex(&mut card, "0020 0098 04 35363738"), "9000");
}

#[test]
fn the_office_unlocks_and_sets_pins_and_nobody_else() {
    let store = Store::default();
    let mut card = restore_card(&store, Faults::default());
    exchange_hex(&mut card, JPKI);
    for _ in 0..3 {
        exchange_hex(&mut card, VERIFY_WRONG_PIN);
    }
    assert_eq!(exchange_hex(&mut card, VERIFY_RIGHT_PIN), "6984");
    card.unlock(PIN).unwrap();
    assert_eq!(store.tries(PIN), Some(3));
    assert_eq!(exchange_hex(&mut card, VERIFY_RIGHT_PIN), "9000");
    card.set_pin(PIN, &"4321".parse().unwrap()).unwrap();
    assert_eq!(exchange_hex(&mut card, "802A 0097 01 01 00"), "6982");
    assert_eq!(exchange_hex(&mut card, "0020 0098 04 34333231"), "9000");
    assert_eq!(card.set_pin(PIN, &"432".parse().unwrap()), Err(OfficeRefusal::WrongForm(PIN)));
    let key = "D392F000260100000001/0017".parse().unwrap();
    assert_eq!(card.unlock(key), Err(OfficeRefusal::NoSuchPin(key)));

    store.0.lock().unwrap().fails_from = Some(0);
    assert!(matches!(card.unlock(PIN), Err(OfficeRefusal::NotStored(_))));
    assert!(matches!(card.set_pin(PIN, &"1111".parse().unwrap()), Err(OfficeRefusal::NotStored(_))));
    store.0.lock().unwrap().fails_from = None;
    assert_eq!(exchange_hex(&mut card, "0020 0098 04 34333231"), "9000");
}

#[test]
fn a_card_in_a_drawer_is_unlocked_by_its_data() {
    let mut data = plastic();
    data.counters = data.counters().with_tries_left(PIN, 0);
    data.unlock(PIN).unwrap();
    assert_eq!(data.counters().tries_left(PIN), Some(3));
    data.set_pin(PinReference::SIGNATURE, "NEWPASS1".parse().unwrap()).unwrap();
    let mut card = VirtualCard::new(data, Box::new(card::VolatileMemory));
    card.power_on();
    exchange_hex(&mut card, JPKI);
    let present = [&bytes("0020 009B 08")[..], b"NEWPASS1"].concat();
    assert_eq!(exchange_hex(&mut card, &hex::encode(present)), "9000");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Several power cycles of a card, each with some presentations of a PIN, a cut during one of them, and a memory that may
    /// fail. A try without a successful response is spent in any case.
    #[test]
    fn no_life_of_a_card_gives_a_try_back(
        lives in vec((vec(any::<bool>(), 0..4), option::of(1_u32..6), option::of(1_usize..8)), 1..6),
    ) {
        let store = Store::default();
        let mut left = 3_u8;
        for (presented, cut, breaks) in lives {
            let faults = Faults { removed_during: cut, ..Faults::default() };
            let mut card = restore_card(&store, faults);
            {
                let mut stored = store.0.lock().expect("no panic while locked");
                stored.fails_from = breaks.map(|writes| stored.writes + writes);
            }
            exchange_hex(&mut card, JPKI);
            for right in presented {
                // A failed memory stores nothing more, so after a power cut the card has the stored state.
                let tries_before = store.tries(PIN).unwrap_or(3);
                let response = exchange_hex(&mut card, if right { VERIFY_RIGHT_PIN } else { VERIFY_WRONG_PIN });
                let tries_after = store.tries(PIN).unwrap_or(3);
                if response == "9000" {
                    prop_assert!(right && left > 0);
                    left = 3;
                } else if response.starts_with("63C") {
                    prop_assert!(!right && tries_after < tries_before);
                    left -= 1;
                } else if response == "6984" {
                    prop_assert_eq!(card.counters().tries_left(PIN), Some(0));
                }
                prop_assert!(tries_after <= tries_before || response == "9000", "a try came back: {response}");
                left = left.min(tries_after);
                prop_assert_eq!(left, tries_after);
            }
        }
    }
}
