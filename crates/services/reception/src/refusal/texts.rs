//! What the error pages of the reception say, and why a card was not accepted.

use text::texts;

texts! {
    THIS_PROCEDURE_CANNOT_GO_ON =
        "この手続きは、このブラウザでは続けられません",
        "This procedure cannot go on in this browser";
    BEGUN_IN_ANOTHER_BROWSER_OR_ENDED =
        "別のブラウザで始めたか、時間がたって終わった手続きです。すでに登録が終わっている場合、その登録は失われていません。予約したサービスに戻り、「同意可否を選択する」からもう一度お進みください。",
        "It was begun in another browser, or it ended long ago. If you had registered, that registration is not lost. Go back to the service where you booked and press “Choose what to share (同意可否を選択する)” again.";
    THIS_LINK_NO_LONGER_WORKS = "このリンクは使えなくなっています", "This link no longer works";
    LINK_WORKS_ONCE_FOR_TWO_MINUTES =
        "このリンクは2分間、1回だけ使えます。何も登録されていません。予約したサービスに戻り、「同意可否を選択する」をもう一度押してください。",
        "The link works once, for two minutes. Nothing was registered. Go back to the service where you booked and press “Choose what to share (同意可否を選択する)” again.";
    THIS_LINK_HAS_ALREADY_BEEN_USED = "このリンクは、すでに使われています", "This link has already been used";
    LINK_WORKS_ONCE =
        "リンクは1回だけ使えます。この画面では何も登録されていません。予約したサービスに戻り、「同意可否を選択する」をもう一度押してください。",
        "The link works once. Nothing was registered on this page. Go back to the service where you booked and press “Choose what to share (同意可否を選択する)” again.";
    NOT_THE_BROWSER_WHERE_YOU_BEGAN =
        "手続きを始めたブラウザではありません",
        "This is not the browser in which you began";
    ENTER_NUMBER_WHERE_YOU_BEGAN =
        "まだ何も登録されていませんが、カードの読み取りは終わっています。手続きを始めたブラウザの画面に戻り、アプリに表示されている3桁の番号を入力してください。ご自身で始めた覚えがないときは、この画面を閉じてください。",
        "Nothing is registered yet, but your card was scanned. Go back to the page where you began, in its own browser, and enter the three digits that the app shows. If you did not begin this yourself, close this page.";
    THIS_WAY_BACK_NO_LONGER_WORKS = "この戻り先は使えなくなっています", "This way back can no longer be used";
    REGISTRATION_IS_NOT_LOST =
        "すでに登録が終わっている場合、その登録は失われていません。手続きを始めた画面に戻ってください。",
        "If you had registered, that registration is not lost. Go back to the page where you began.";
    THIS_VISIT_DAY_CANNOT_BE_REGISTERED = "この診察日では登録できません", "This visit day cannot be registered";
    ENTER_VISIT_DAY_FROM_TODAY =
        "今日から92日先までの診察日を入力してください。何も登録されていません。",
        "Enter a visit day from today to 92 days ahead. Nothing was registered.";
    SCAN_YOUR_CARD_AGAIN = "もう一度カードの読み取りが必要です", "Scan your card again";
    CONSENTS_ARE_SHOWN_FOR_TEN_MINUTES =
        "登録した内容は、カードを読み取ってから10分間ご覧になれます。何も変更されていません。",
        "You can see your registered consents for ten minutes after scanning your card. Nothing was changed.";
    PROCEDURE_IS_AT_ANOTHER_STEP = "手続きの順番が変わっています", "The procedure is at another step";
    CONTINUED_IN_ANOTHER_WINDOW_OR_CHANGED =
        "別の画面で先に進んだか、内容が変わっています。いまの状態から続けてください。",
        "It was continued in another window, or something changed. Please continue from where it is now.";
    TIME_FOR_READING_IS_OVER = "読み取りの受付時間が過ぎました", "The time for reading is over";
    GO_BACK_AND_OPEN_APP_AGAIN =
        "何も登録されていません。ブラウザに戻り、もう一度アプリを開いてください。",
        "Nothing was registered. Go back to the browser and open the app again.";
    ANOTHER_APP_HAS_OPENED_THIS = "すでに別のアプリで開かれています", "Another app has opened this already";
    IF_NOT_YOU_END_THE_PROCEDURE =
        "ご自身で開いた覚えがないときは、ブラウザに戻って手続きを中止してください。そうでなければ、もう一度アプリを開いてください。何も登録されていません。",
        "If it was not you, go back to the browser and end the procedure. Otherwise open the app again from there. Nothing was registered.";
    WHAT_APP_SENT_WAS_NOT_ACCEPTED = "アプリからの送信を受け付けられませんでした", "What the app sent was not accepted";
    WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE =
        "申し訳ありません。処理できませんでした",
        "We are sorry: this could not be done";
    FAULT_IS_OURS =
        "こちら側の問題です。すでに登録した内容は失われていません。少し待ってから、もう一度お試しください。",
        "The fault is ours. What was registered before is not lost. Please wait a moment and try again.";
    STARTED_IN_ANOTHER_BROWSER = "別のブラウザで始めた手続きです", "This was started in another browser";
    CONTINUE_ONLY_WHERE_YOU_BEGAN =
        "安全のため、手続きを始めたブラウザでだけ続けられます。この読み取りでは何も登録されていません。ご自身で始めた覚えがないときは、この画面を閉じてください。始めたブラウザに戻り、もう一度カードを読み取ってください。",
        "For your safety you can continue only in the browser where you began. This scan registered nothing. If you did not begin this yourself, close this page. Otherwise go back to that browser and scan the card again.";
    A_NEWER_READING_HAS_BEGUN = "新しい読み取りが始まっています", "A newer reading has begun";
    CONTINUE_ON_NEWER_PAGE =
        "この読み取りでは何も登録されていません。新しい画面で続けてください。",
        "This scan registered nothing. Continue on the newer page.";
    CARD_CANNOT_BE_CHECKED_JUST_NOW = "いま、カードの有効性を確認できません", "The card cannot be checked just now";
    AUTHORITY_DOES_NOT_ANSWER =
        "確認先が応答していません。暗証番号は正しく、回数は減っていません。何も登録されていません。少し待ってからもう一度お試しいただくか、資格確認書などの画像を送って受診してください。",
        "The authority does not answer. Your PIN was right and no attempt was lost. Nothing was registered. Wait a little and try again, or send a picture of your insurance document.";
    CERTIFICATE_HAS_EXPIRED = "電子証明書の有効期限が切れています", "The certificate on the card has expired";
    RENEW_CERTIFICATE_AT_MUNICIPAL_OFFICE =
        "電子証明書は、お住まいの市区町村の窓口で更新できます。何も登録されていません。今回は、資格確認書などの画像を送って受診できます。",
        "It can be renewed at your municipal office. Nothing was registered. For this visit you can send a picture of your insurance document.";
    CERTIFICATE_WAS_REVOKED = "このカードの電子証明書は失効しています", "The certificate on this card was revoked";
    CARD_WAS_REISSUED_OR_STOPPED =
        "カードを再発行したか、利用を止めたカードです。何も登録されていません。新しいカードをお使いになるか、資格確認書などの画像を送って受診してください。",
        "The card was reissued or stopped. Nothing was registered. Use the new card, or send a picture of your insurance document.";
    OTHER_KIND_OF_CERTIFICATE_WAS_READ =
        "別の種類の電子証明書が読み取られました",
        "The other kind of certificate was read";
    USE_CERTIFICATE_FOR_USER_AUTHENTICATION =
        "利用者証明用電子証明書（暗証番号4桁）をお使いください。何も登録されていません。",
        "Use the certificate for user authentication (the PIN of four digits). Nothing was registered.";
    THIS_CARD_COULD_NOT_BE_ACCEPTED = "このカードは確認できませんでした", "This card could not be accepted";
    CARD_CANNOT_BE_USED_HERE =
        "カードまたは電子証明書が、この手続きで使えるものではありません。何も登録されていません。資格確認書などの画像を送って受診できます。",
        "The card or its certificate is not one that can be used here. Nothing was registered. You can send a picture of your insurance document.";
    YOU_CANCELLED_IN_THE_APP = "アプリで読み取りをやめました", "You cancelled in the app";
    YOU_CAN_SCAN_THE_CARD_AGAIN =
        "何も登録されていません。もう一度読み取るか、手続きを中止できます。",
        "Nothing was registered. You can scan the card again, or end without registering.";
    THE_PIN_IS_LOCKED = "暗証番号がロックされています", "The PIN is locked";
    PIN_WAS_WRONG_THREE_TIMES =
        "3回続けて間違えたため、利用者証明用電子証明書の暗証番号（4桁）がロックされました。ロックは、お住まいの市区町村の窓口で解除できます。今日の診察は、資格確認書などの画像を送れば受けられます。何も登録されていません。",
        "It was entered wrongly three times in a row. The municipal office can unlock it. You can still be seen today: send a picture of your insurance document. Nothing was registered.";
    CARD_HAS_NO_CERTIFICATE =
        "カードに利用者証明用電子証明書がありません",
        "The card has no certificate for user authentication";
    MUNICIPAL_OFFICE_ISSUES_CERTIFICATES =
        "電子証明書は、お住まいの市区町村の窓口で発行できます。何も登録されていません。今回は、資格確認書などの画像を送って受診できます。",
        "The municipal office can issue one. Nothing was registered. For this visit you can send a picture of your insurance document.";
    THE_NUMBER_WAS_WRONG_TWICE = "番号が2回違いました", "The number was wrong twice";
    SCAN_ENDED_ENTER_NEW_NUMBER =
        "安全のため、この読み取りは終わりました。何も登録されていません。アプリをもう一度開いて、新しく表示される番号を入力してください。",
        "For your safety this scan has ended. Nothing was registered. Open the app again and enter the new number that it shows.";
    TIME_IS_UP = "時間が過ぎました", "Time is up";
    SCAN_TAKES_FIVE_MINUTES_AT_MOST =
        "読み取りは5分以内にお願いしています。何も登録されていません。暗証番号の回数も減っていません。もう一度アプリを開いてください。",
        "A scan takes five minutes at most. Nothing was registered and no PIN attempt was lost. Open the app again.";
    READ_THE_CARD_AGAIN = "もう一度読み取る", "Read the card again";
    WITHDRAW_ALL_CONSENTS = "すべての同意を取消す", "Withdraw all consents";
    TO_THE_RECEPTIONS_FIRST_PAGE = "マイナ在宅受付Webのトップへ", "To the reception's first page";

    back_to_service(service) as Text = "{service}に戻る", "Back to {service}";
}
