//! What all pages share, and what the help page says.

use text::texts;

texts! {
    // help
    CHECK_BEFORE_BOOKING = "予約の前に確認する", "Check before booking";
    WHAT_TO_CHECK =
        "オンライン診療でマイナ保険証を使う前に確認すること（暗証番号、スマートフォン、電子証明書の有効期限）。",
        "What to check before you use your My Number Card for online care: PIN, phone, certificate.";
    IF_ANY_ANSWER_IS_NO =
        "ひとつでも「いいえ」や「分からない」があれば、保険証画像のアップロードをお使いください。どちらの方法でも、同じように診察を受けられます。",
        "If any answer is no, or you are not sure, use a picture of your insurance document instead. You are seen just the same.";
    DO_YOU_KNOW_YOUR_4_DIGIT_PIN = "4桁の暗証番号が分かりますか", "Do you know your 4-digit PIN?";
    IT_IS_ONE_OF_FOUR_PINS =
        "「利用者証明用電子証明書」の暗証番号です。4種類ある暗証番号のうち、数字4桁のものを使います。3回続けて間違えると使えなくなり、市区町村の窓口で再設定が必要です。",
        "It is the PIN of the 利用者証明用電子証明書, one of four PINs of the card. After three wrong attempts it locks, and only your municipal office can reset it.";
    IS_YOUR_CARD_REGISTERED =
        "健康保険証としての利用を申し込みましたか",
        "Is your card registered as your insurance card?";
    MYNA_PORTAL_APP_SHOWS_WHETHER_IT_IS =
        "マイナポータルアプリで、申込みの状況を確認できます。",
        "The マイナポータル app shows whether it is.";
    CAN_YOUR_PHONE_READ_CARD = "スマートフォンでカードを読み取れますか", "Can your phone read the card?";
    YOU_NEED_A_PHONE_WITH_NFC =
        "NFCに対応したスマートフォンと、マイナポータルアプリが必要です。パソコンにつないだカードリーダーも使えます。",
        "You need a phone with NFC and the マイナポータル app. A card reader on a PC works too.";
    IS_THE_CERTIFICATE_STILL_VALID = "電子証明書の有効期限は切れていませんか", "Is the certificate still valid?";
    ITS_DATE_IS_ON_FRONT_OF_CARD =
        "カードのおもて面の欄に書かれています（空欄のこともあります）。マイナポータルアプリでも確認できます。期限から3か月以内は保険の確認だけができます。それを過ぎると使えません。",
        "Its date is on the front of the card, unless the field was left blank; the マイナポータル app shows it too. For three months after that date the card still confirms your insurance, and then it does not work.";
    PICTURE_IS_ALWAYS_THE_OTHER_WAY =
        "保険証画像のアップロードは、いつでも選べます",
        "A picture is always the other way";
    YOU_SEND_PHOTO_OF_YOUR_INSURANCE_DOCUMENT =
        "資格確認書などの画像を送る方法です。予約のあと、いつでも切り替えられます。",
        "You send a photo of your insurance document, such as a 資格確認書. You can switch at any time after booking.";
    FIND_A_CLINIC = "医療機関をさがす", "Find a clinic";

    // fees
    CHARGED_SEPARATELY = "（診療の費用とは別）", " (charged separately)";
    SYSTEM_FEE = "システム利用料", "System fee";
    amount_in_yen(amount) = "{amount}円", "¥{amount}";
    MOVING_AND_CANCELLING = "変更・キャンセル", "Moving and cancelling";
    UNTIL_THE_VISIT_BEGINS = "診察の開始時刻", "the visit begins";
    days_before(days) = "診察の{days}日前の同じ時刻", "{days} days before the visit";
    hours_before(hours) = "診察の{hours}時間前", "{hours} hours before the visit";
    minutes_before(minutes) = "診察の{minutes}分前", "{minutes} minutes before the visit";
    free_until_limit_and_not_moved_later(limit) =
        "{limit}まで無料でできます。それを過ぎると、キャンセルだけができます。",
        "Free until {limit}. After that you can cancel, but not move it.";
    free_until_limit_and_fee_later(limit, fee) =
        "{limit}まで無料でできます。それを過ぎると、キャンセルだけができ、キャンセル料{fee}がかかります。",
        "Free until {limit}. After that you can only cancel, for a fee of {fee}.";

    // frame
    APPOINTMENTS = "予約一覧", "Appointments";
    YOUR_DETAILS = "登録情報", "Your details";
    SIGN_IN = "ログイン", "Sign in";
    NEVER_OBTAINS_WHAT_YOU_CONSENT_TO =
        "マイナ在宅受付Webで同意した情報は、このサービスでは一切取得しません。医療機関のみで確認できる情報となります。",
        "This service never obtains what you consent to at マイナ在宅受付Web. Only the medical institution can see it.";
}
