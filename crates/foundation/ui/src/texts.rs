//! The texts of all components.

use text::texts;

texts! {
    // button
    OPENS_IN_A_NEW_TAB = "（新しいタブで開きます）", " (opens in a new tab)";

    // choice
    AGREE = "同意する", "Agree";
    DO_NOT_AGREE = "同意しない", "Do not agree";
    HELP = "説明：", "Help: ";
    AGREE_TO_ALL_ITEMS = "すべての項目に同意する", "Agree to all items";

    // document
    SKIP_TO_THE_CONTENT = "本文へ進む", "Skip to the content";
    ERROR = "エラー：", "Error: ";
    UKETSUKE_ONLINE_CARE = "uketsuke オンライン診療", "uketsuke online care";
    UKETSUKE_FOR_CLINICS = "uketsuke 医療機関", "uketsuke for clinics";
    RECEPTION_WEB_SIMULATION = "マイナ在宅受付Web（模擬環境）", "マイナ在宅受付Web (simulation)";
    PORTAL_APP_SIMULATION = "マイナポータルアプリ（模擬環境）", "マイナポータルアプリ (simulation)";
    SIMULATION_IN_TAB_NAME = "資格確認端末（模擬環境）", "資格確認端末 (simulation)";
    UKETSUKE_DEMO = "uketsuke デモ", "uketsuke demo";
    FOR_CLINICS = "医療機関", "for clinics";
    SIMULATION = "模擬環境", "Simulation";
    SIMULATION_IN_SIMULATION_BAND = "模擬環境", "Simulation（模擬環境）";
    THIS_IS_NOT_REAL_SERVICE = "本物の手続きではありません", "This is not the real service";
    SIGN_OUT = "ログアウト", "Sign out";
    MENU = "メニュー", "Menu";
    ONLINE_CARE = "オンライン診療", "online care";
    DEMO = "デモ", "demo";
    ONLINE_CARE_AND_HOME_VISITS = "オンライン診療等", "Online care and home visits";
    THIS_IS_SIMULATION =
        "これは模擬環境です。実在の制度・機関とは関係ありません。本物のマイナンバーカードの暗証番号を入力しないでください。",
        "This is a simulation. It has nothing to do with any real system or authority. Do not enter the PIN of a real マイナンバーカード.";
    ALL_CLINICS_AND_PERSONS_HERE_ARE_INVENTED =
        "ここにある医療機関と人物は、すべて架空のものです。",
        "All clinics and persons here are invented.";

    // drawing
    LAY_MIDDLE_OF_PHONES_BACK =
        "机に置いたカードの上に、スマートフォンの背面の中央を重ねます",
        "Lay the middle of the phone's back on the card on a table";
    TOUCH_MIDDLE_OF_CARD =
        "机に置いたカードの中央に、iPhoneの上の端をあてます",
        "Touch the middle of the card on a table with the upper edge of the iPhone";
    LAY_CARD_ON_READER_OF_PC =
        "パソコンにつないだカードリーダーに、カードを置きます",
        "Lay the card on the reader of the PC";
    PRESS_BROWSERS_NAME_AT_TOP =
        "画面の左上にあるブラウザの名前を押すと、もとの画面に戻ります",
        "Press the browser's name at the top left of the screen to go back";
    EXAMPLE_ALL_FOUR_CORNERS_OF_FRONT_ARE_VISIBLE =
        "例：おもて面の四すみが写っている",
        "Example: all four corners of the front are visible";
    EXAMPLE_ALL_FOUR_CORNERS_OF_BACK_ARE_VISIBLE =
        "例：うら面の四すみが写っている",
        "Example: all four corners of the back are visible";
    DRAWING_OF_FRONT_OF_MY_NUMBER_CARD =
        "マイナンバーカードのおもて面の絵",
        "Drawing of the front of a マイナンバーカード";
    DONE = "完了", "Done";
    LOCKED = "ロックされています", "Locked";

    // field
    REQUIRED = "※必須", "Required";
    OPTIONAL = "※任意", "Optional";
    YEAR = "年", "Year";
    MONTH = "月", "Month";
    DAY = "日", "Day";

    // form
    PLEASE_CHECK_WHAT_YOU_ENTERED = "入力内容をご確認ください", "Please check what you entered";

    // keypad
    OF_4_DIGITS_ENTERED = "4桁のうち{}桁を入力しました", "{} of 4 digits entered";
    NUMBER_KEYS = "数字キー", "Number keys";
    CLEAR = "全消去", "Clear";
    DELETE = "1字消去", "Delete";

    // layout
    TO_BE_FILLED_IN = "（記入欄）", "(to be filled in)";

    // list
    PAGES = "ページ", "Pages";
    PREVIOUS = "前へ", "Previous";
    NEXT = "次へ", "Next";
    WHERE_YOU_ARE = "現在位置", "Where you are";

    // notice
    ACCEPTS_MY_NUMBER_CARD = "マイナ保険証対応", "Accepts My Number Card (マイナ保険証)";
    IF_YOU_CONTACT_US =
        "お問い合わせの際は、次のエラーコードをお伝えください：",
        "If you contact us, please quote this error code: ";

    // number
    COPIED = "コピーしました", "Copied";
    COULD_NOT_COPY_PLEASE_SELECT_TEXT_ABOVE =
        "コピーできませんでした。上の文字を長押ししてください。",
        "Could not copy. Please select the text above.";
    COPY = "コピーする", "Copy";
    COLON = "：", ": ";
    COULD_NOT_COPY_PLEASE_SELECT_TEXT =
        "コピーできませんでした。文字を選んでコピーしてください。",
        "Could not copy. Please select the text.";
    COPY_IN_COPYABLE = "コピー", "Copy";
    COULD_NOT_COPY_PLEASE_REMEMBER_NUMBER =
        "コピーできませんでした。番号を覚えて戻ってください。",
        "Could not copy. Please remember the number.";

    // progress
    DONE_IN_BRACKETS = "（完了）", " (done)";
    CURRENT_STEP = "（現在の手順）", " (current step)";
    TO_COME = "（これから）", " (to come)";
    STEPS = "手続きの流れ", "Steps";
    CHOOSE = "選択", "Choose";
    CONFIRM = "確認", "Confirm";
    SIGN_IN = "認証", "Sign in";
    FINISH = "終了", "Finish";
    YOUR_WAY_TO_THE_VISIT = "受診までの流れ", "Your way to the visit";
    BOOKING = "予約", "Booking";
    INSURANCE = "保険の確認", "Insurance";
    VISIT = "診察", "Visit";
    PAYMENT = "お会計", "Payment";
    CONNECTION_IS_UNSTABLE_TRYING_AGAIN =
        "通信が不安定です。もう一度確かめています。",
        "The connection is unstable. Trying again.";
    DONE_GOING_ON_TO_NEXT_PAGE = "確認できました。次の画面へ進みます。", "Done. Going on to the next page.";
    IF_NOTHING_CHANGES = "画面が変わらないときは、", "If nothing changes, ";
    CHECK_AGAIN = "状況を確認する", "check again";

    // upload
    FRONT = "おもて面", "Front";
    BACK = "うら面", "Back";
    COLON_IN_LEGEND = "の", ": ";
    THIS_PICTURE_IS_LARGER_THAN_20_MB =
        "この画像は20MBを超えています。別の画像を選んでください。",
        "This picture is larger than 20 MB. Please choose another one.";
    THIS_FILE_IS_EMPTY =
        "このファイルは空です。別の画像を選んでください。",
        "This file is empty. Please choose another one.";
    PDF_CANNOT_BE_SENT =
        "PDFは送れません。画面を撮影した画像（スクリーンショット）か、写真を選んでください。",
        "A PDF cannot be sent. Please choose a screenshot or a photo of it.";
    THIS_FILE_IS_NOT_PICTURE =
        "画像ではないファイルです。写真（JPEG・PNG・WebP・HEIC）を選んでください。",
        "This file is not a picture. Please choose a photo (JPEG, PNG, WebP or HEIC).";
    THIS_PICTURE_WILL_BE_SENT = "この画像を送ります：", "This picture will be sent: ";
    THIS_DEVICE_CANNOT_SHOW_IT_HERE =
        "この端末では確認表示できませんが、送ることができます。",
        "This device cannot show it here, but it can be sent.";
    THE_CHOSEN_PICTURE = "選んだ画像", "The chosen picture";
    TAKE_A_PHOTO = "写真を撮る", "Take a photo";
    CHOOSE_A_PICTURE = "画像を選ぶ", "Choose a picture";
    PHOTO_JPEG_PNG_WEBP_OR_HEIC =
        "写真の形式：JPEG・PNG・WebP・HEIC、20MBまで",
        "Photo: JPEG, PNG, WebP or HEIC, up to 20 MB";
}
