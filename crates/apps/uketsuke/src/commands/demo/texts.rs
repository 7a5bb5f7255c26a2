//! What the pages of the demo say, and the names of its services.

use text::texts;

texts! {
    // names of services
    SERVICE_NAME = "uketsuke オンライン診療", "uketsuke online care";
    RECEPTION_NAME = "マイナ在宅受付Web（模擬環境）", "マイナ在宅受付Web (simulated)";

    // menu
    START = "はじめに", "Start";
    PEOPLE_AND_CARDS = "人とカード", "People and cards";
    INSTITUTIONS = "医療機関", "Institutions";
    MAIL = "メール", "Mail";
    CLOCK_AND_FAULTS = "時計と障害", "Clock and faults";

    // the start page
    ONLINE_CARE = "オンライン診療", "Online care";
    AS_PATIENT_FIND_INSTITUTION_AND_BOOK =
        "患者として、医療機関を探して予約します。",
        "As a patient: find an institution and book.";
    THE_INSTITUTIONS_DESK = "医療機関の受付デスク", "The institution's desk";
    TODAYS_VISITS_AND_PROOFS =
        "今日の予約と、保険の確認の状況を見ます。",
        "Today's visits, and who has proved insurance.";
    RECEPTION_WEB_SIMULATED = "マイナ在宅受付Web（模擬）", "マイナ在宅受付Web (simulated)";
    REGISTER_SEE_AND_WITHDRAW_CONSENTS =
        "同意を登録し、見て、取り消します。",
        "Register consents, see them, withdraw them.";
    PORTAL_APP_SIMULATED = "マイナポータルアプリ（模擬）", "マイナポータルアプリ (simulated)";
    CHOOSE_CARD_AND_KIND_OF_PHONE = "使うカードと端末の種類を選びます。", "Choose the card and the kind of phone.";
    TERMINAL_SIMULATED = "資格確認端末（模擬）", "資格確認端末 (simulated)";
    ONLY_INSTITUTION_SEES_ELIGIBILITY =
        "医療機関だけが、資格と同意された情報を見ます。",
        "Only the institution sees eligibility and what was consented to.";
    THE_UKETSUKE_DEMO = "uketsuke デモ", "The uketsuke demo";
    DEMO_OF_ONLINE_CARE =
        "オンライン診療の予約からオンライン資格確認までを、架空の人と医療機関で試せるデモです。",
        "A demo of online care and insurance confirmation in Japan, with made-up people and institutions.";
    FROM_BOOKING_TO_ELIGIBILITY =
        "予約から、マイナ在宅受付Webでの同意、カードの読み取り、医療機関での確認までを、このパソコンだけで試せます。",
        "From booking over consent and card to the clinic that sees the eligibility, on this machine alone.";
    SITES = "サイト", "Sites";
    HOW_TO_TRY_IT = "試し方", "How to try it";
    SEE_WHO_YOU_WANT_TO_BE =
        "「人とカード」で、だれになるかと暗証番号を確かめます。",
        "See in 'People and cards' who you want to be, and the PIN.";
    FIND_INSTITUTION_AND_BOOK =
        "オンライン診療で医療機関を選び、予約します。ログインの確認コードは「メール」に届きます。",
        "Find an institution in online care and book. The sign-in code arrives in 'Mail'.";
    GO_ON_AND_READ_CARD =
        "「同意可否を選択する」から進み、アプリでその人のカードを選んで読み取ります。",
        "Go on with 「同意可否を選択する」, choose that person's card in the app and read it.";
    AT_TERMINAL_SEE_RECEPTIONS =
        "資格確認端末で、医療機関としてその日の受付を見ます。",
        "At the terminal, see the receptions of the day as the institution.";
    EVERYTHING_HERE_IS_SIMULATED = "すべて模擬です", "Everything here is simulated";
    PEOPLE_AND_CARDS_ARE_MADE_UP =
        "人も、カードも、医療機関も架空です。本物のマイナンバーカードや暗証番号は使わないでください。",
        "People, cards and institutions are made up. Do not use a real card or a real PIN.";

    // people and cards
    NAME = "名前", "Name";
    BORN = "生年月日", "Born";
    PIN = "暗証番号（4桁）", "PIN";
    SIGNATURE_PASSWORD = "署名用パスワード", "Signature password";
    WHAT_IS_SPECIAL = "特徴", "What is special";
    WHAT_PEOPLE_PAGE_SHOWS =
        "デモの架空の人と、そのカードの暗証番号、それぞれの特徴の一覧です。",
        "The demo's made-up people: the PIN of each card, and what is special about each of them.";
    EACH_CARD_CAN_BE_CHOSEN =
        "それぞれのカードは、マイナポータルアプリ（模擬）の画面で選べます。",
        "Each card can be chosen on the pages of the simulated app.";
    MADE_UP_PEOPLE = "架空の人とそのカード", "Made-up people and their cards";

    // institutions
    INSTITUTION = "医療機関", "Institution";
    CODE = "医療機関コード", "Code";
    DESK_ACCOUNT = "受付デスクのアカウント", "Desk account";
    FIXED_URL = "固定URL", "Fixed URL";
    FIXED_URL_LINK = "同意登録の入口", "Fixed URL";
    WHAT_INSTITUTIONS_PAGE_SHOWS =
        "デモの架空の医療機関と、受付デスクのアカウント、固定URLの一覧です。",
        "The demo's made-up institutions, with the accounts of their desks and their fixed URLs.";
    PASSWORD_OF_EVERY_DESK = "受付デスクのパスワード", "Password of every desk";
    PASSWORD_OF_EVERY_TERMINAL =
        "資格確認端末のパスワード（3つのアカウントとも）",
        "Password of every terminal's three accounts";
    MADE_UP_INSTITUTIONS = "架空の医療機関", "Made-up institutions";

    // mail
    WHAT_MAIL_PAGE_SHOWS =
        "デモのサイトが送ったメールの一覧です。実際には送られません。",
        "The mail of the demo's sites, which is delivered nowhere.";
    DEMO_SENDS_NO_MAIL =
        "デモではメールは送られず、ここに並びます。新しいものが上です。",
        "The demo sends no mail; it is shown here, the newest first.";
    FILTER_BY_ADDRESS = "宛先でしぼり込む", "Filter by address";
    FILTER = "しぼり込む", "Filter";
    NO_MAIL_YET = "まだメールはありません", "No mail yet";
    WHEN_MAIL_ARRIVES = "ログインや予約をすると届きます。", "It arrives when somebody signs in or books.";
    newest_letters_are_shown(shown, all) =
        "新しい{shown}通を表示しています（全{all}通）。",
        "The newest {shown} of {all} are shown.";

    // clock and faults
    WHAT_CLOCK_PAGE_DOES =
        "デモの時計を進め、障害を起こして試すためのページです。",
        "Set the demo's clock and cause faults.";
    THE_DEMOS_CLOCK_JAPAN_TIME = "デモの時計（日本時間）", "The demo's clock (Japan time)";
    SET_THE_TIME = "時刻を合わせる", "Set the time";
    EXAMPLE_OF_TIME = "例：2026-11-24T23:59:30+09:00", "Example: 2026-11-24T23:59:30+09:00";
    SET_THE_CLOCK = "時計を合わせる", "Set the clock";
    EVERY_ROOMS_CLOCK_CHANGES =
        "すべてのサイトの時計が変わり、そこから進みます。",
        "Every room's clock changes and runs on from there.";
    CAUSE_A_FAULT = "障害を起こす", "Cause a fault";
    STOPS_OR_STARTS_REVOCATION_STATUS =
        "カードの有効性の確認先を止めたり、動かしたりします。OCSPだけが止まったときは、失効リストで確認します。",
        "Stops or starts what says whether a card was revoked. While OCSP alone is down, the revocation list tells.";
    STOP_OCSP = "OCSPを止める", "Stop OCSP";
    STOP_OCSP_AND_LISTS = "OCSPと失効リストを止める", "Stop OCSP and lists";
    START_OCSP = "OCSPを動かす", "Start OCSP";
    ENTER_TIME_WITH_OFFSET =
        "日時を 2026-11-24T09:00:00+09:00 の形で入力してください。",
        "Enter a time such as 2026-11-24T09:00:00+09:00.";
    ENTER_A_TIME = "日時を入力してください。", "Enter a time.";
}
