//! Tests of the directory, on every engine.

use text::Language;

use super::{
    rules::institution::{Institution, Menu, ProofMethod},
    samples,
    store::{
        institutions::InstitutionOffer,
        search::{CardFilter, InstitutionSearch, SortOrder},
    },
};
use crate::{
    practitioners::rules::practitioner::PractitionerDetails,
    schedule::rules::{opening::OpeningSchedule, slot::BookingRequest},
    tests::{
        pages::sample_main_part,
        stores::{
            anonymous_holder, book_visit, fill_directory, minutes_later, new_institution, new_patient, now,
            parse_timestamp, stores,
        },
    },
};

#[tokio::test]
async fn the_directory_is_searched_by_name_area_specialty_and_card() {
    for (engine, store, _trial) in stores() {
        fill_directory(&store).await;
        fill_directory(&store).await;
        let check = async |search: InstitutionSearch, expected: &[&str]| {
            let results = store.search_institutions(search.clone(), now()).await.expect("a search");
            let names: Vec<_> = results.institutions.iter().map(|listed| listed.institution.name.as_str()).collect();
            assert_eq!(names.len(), usize::try_from(results.total).expect("small"), "{engine}");
            let mut sorted = names.clone();
            sorted.sort_unstable();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(sorted, expected, "{engine} {search:?}");
        };
        let (sakura, minato, kodomo) = ("見本さくら内科", "見本みなと皮膚科", "見本こども診療所");
        let search = |search: &str| InstitutionSearch { keywords: search.into(), ..InstitutionSearch::default() };
        check(InstitutionSearch::default(), &[sakura, minato, kodomo]).await;
        check(search("サクラ"), &[sakura]).await;
        check(search("ｻｸﾗ 千代田"), &[sakura]).await;
        check(search("sakura"), &[sakura]).await;
        check(search("皮膚科"), &[minato]).await;
        check(search("%"), &[sakura, minato, kodomo]).await;
        check(search("どこにもない"), &[]).await;
        check(search("チヨダ"), &[sakura, minato, kodomo]).await;
        check(search("ちよだく みなと"), &[minato]).await;
        check(search("トウキョウ"), &[sakura, minato, kodomo]).await;
        for spoken in ["英語", "英語対応", "English", "中国語"] {
            check(search(spoken), &[sakura]).await;
        }
        check(search("韓国語"), &[]).await;
        check(InstitutionSearch { card: CardFilter::OnlyWithCard, ..InstitutionSearch::default() }, &[sakura, minato])
            .await;
        check(InstitutionSearch { specialty: "paediatrics".parse().ok(), ..InstitutionSearch::default() }, &[kodomo])
            .await;
        check(
            InstitutionSearch { city: "千代田区".parse().ok(), ..InstitutionSearch::default() },
            &[sakura, minato, kodomo],
        )
        .await;
        check(
            InstitutionSearch { prefecture: base::Prefecture::from_code(1).ok(), ..InstitutionSearch::default() },
            &[],
        )
        .await;
    }
}

/// What patients see of an offer, without ids.
fn published(
    offer: &InstitutionOffer,
) -> (&Institution, &OpeningSchedule, Vec<&Menu>, Vec<&PractitionerDetails>, Vec<&OpeningSchedule>) {
    (
        &offer.institution,
        &offer.opening,
        offer.menus.iter().map(|offered| &offered.menu).collect(),
        offer.practitioners.iter().map(|practitioner| &practitioner.details).collect(),
        offer.schedules.iter().map(|schedule| &schedule.opening).collect(),
    )
}

#[tokio::test]
async fn an_institution_reads_back_as_it_was_added() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        for (code, offer) in codes.into_iter().zip(samples::offers()) {
            let read = store.find_offer(code, now()).await.expect("an offer");
            assert_eq!(published(&read), published(&offer), "{engine}");
        }
        let mut changed = samples::offers().remove(0);
        changed.menus.remove(1);
        changed.institution.proof_method = ProofMethod::PictureOnly;
        changed.institution.languages.remove(0);
        let code = changed.institution.code;
        changed.practitioners[0].details.registration_year = None;
        let before = store.find_offer(code, now()).await.expect("an offer");
        store.add_institution(new_institution(changed.clone()), now()).await.expect("brought up to date");
        let read = store.find_offer(code, now()).await.expect("an offer");
        assert_eq!(published(&read), published(&changed), "{engine}");
        assert_eq!(read.practitioners[0].id, before.practitioners[0].id, "{engine}: a doctor keeps the id");
    }
}

#[tokio::test]
async fn an_institution_that_is_listed_no_more_offers_nothing_and_keeps_its_appointments() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let account = new_patient(&store, "hanako@example.jp").await;
        let appointment = book_visit(&store, account, codes[0]).await;
        let mut listed: Vec<_> = samples::offers().into_iter().map(new_institution).collect();
        let withdrawn = listed.remove(0);
        let replaced = store.replace_institutions(listed.clone(), now()).await.expect("they are listed");
        assert_eq!((replaced.withdrawn, replaced.edited), (vec![codes[0]], Vec::new()), "{engine}");
        let results = store
            .search_institutions(InstitutionSearch { page: 1, ..InstitutionSearch::default() }, now())
            .await
            .expect("a search");
        let codes_found: Vec<_> = results.institutions.iter().map(|listed| listed.institution.code).collect();
        assert!(!codes_found.contains(&codes[0]) && codes_found.len() == codes.len() - 1, "{engine}: {codes_found:?}");
        assert!(store.find_offer(codes[0], now()).await.expect("its page stays").menus.is_empty(), "{engine}");
        store.find_appointment_details(account, appointment).await.expect("the visit stands");
        // Listed again, it offers its new menus.
        listed.push(withdrawn.clone());
        store.replace_institutions(listed, now()).await.expect("they are listed");
        let offered = store.find_offer(codes[0], now()).await.expect("an offer").menus;
        let numbers: Vec<_> = offered.iter().map(|offered| offered.menu.number).collect();
        assert_eq!(numbers, withdrawn.menus.iter().map(|new| new.menu.number).collect::<Vec<_>>(), "{engine}");
        store.check_ready().await.expect("the database answers");
    }
}

#[tokio::test]
async fn clinics_stand_in_the_order_of_their_next_free_times() {
    for (engine, store, _trial) in stores() {
        let codes = fill_directory(&store).await;
        let search = async |order, now| {
            let results = store
                .search_institutions(InstitutionSearch { order, ..InstitutionSearch::default() }, now)
                .await
                .expect("a search");
            let times = results.institutions.into_iter().map(|listed| (listed.institution.code, listed.next_free));
            times.collect::<Vec<_>>()
        };
        let nine = Some(parse_timestamp("2026-11-24T09:00:00+09:00"));
        let by_area = search(SortOrder::Area, now()).await;
        assert!(by_area.iter().all(|(_, next)| *next == nine), "{engine}: {by_area:?}");
        // A clinic whose first half hour is taken, by a visit or a hold, is last.
        let first = by_area[0].0;
        let holder = anonymous_holder(&store, 1);
        let early = BookingRequest {
            institution: first,
            menu: 2,
            practitioner: None,
            start: parse_timestamp("2026-11-24T09:00:00+09:00"),
        };
        store.hold_slot(holder, early, now()).await.expect("held");
        let by_time = search(SortOrder::NextFree, now()).await;
        assert_eq!(
            by_time.last().expect("a clinic"),
            &(first, Some(parse_timestamp("2026-11-24T09:30:00+09:00"))),
            "{engine}"
        );
        let later_on = search(SortOrder::NextFree, minutes_later(11)).await;
        assert!(later_on.iter().all(|(_, next)| *next == nine), "{engine}: an ended hold is free");
        // A clinic without opening hours has no free slot, and is last.
        let offer = store.find_offer(codes[1], now()).await.expect("an offer");
        let closed = OpeningSchedule { hours: Vec::new(), closed_on_holidays: true };
        store
            .add_institution(new_institution(InstitutionOffer { opening: closed, ..offer }), now())
            .await
            .expect("brought up to date");
        assert_eq!(search(SortOrder::NextFree, now()).await.last(), Some(&(codes[1], None)), "{engine}");
    }
}

#[test]
fn the_languages_of_a_clinic_stand_on_its_page_and_in_the_directory() {
    for name in ["home/all", "institution/hand-over"] {
        for (language, spoken_languages) in
            [(Language::Japanese, "日本語、英語、中国語"), (Language::English, "Japanese, English, Chinese")]
        {
            assert!(sample_main_part(name, language).contains(spoken_languages), "{name}");
        }
    }
    assert!(
        !sample_main_part("institution/fixed-url", Language::Japanese).contains("対応言語"),
        "it states no languages"
    );
}
