//! Cards come and go.

use testkit::{Pcscd, Way, issued};

fn check(way: Way, test: impl Fn(&Pcscd)) {
    test(&Pcscd::start(way));
}

fn a_card_is_laid_in_and_removed_a_hundred_times(way: Way) {
    check(way, |pcscd| {
        for _ in 0..100 {
            pcscd.insert(&issued().data).remove();
        }
    });
}

#[test]
fn a_card_is_laid_into_our_reader_a_hundred_times() {
    a_card_is_laid_in_and_removed_a_hundred_times(Way::Own);
}

#[test]
fn a_card_is_laid_into_vpcd_a_hundred_times() {
    a_card_is_laid_in_and_removed_a_hundred_times(Way::Vpcd);
}
