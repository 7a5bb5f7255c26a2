//! The texts of the samples.

use text::texts;

texts! {
    // gallery
    FIND_A_CLINIC = "医療機関を探す", "Find a clinic";
    MY_VISITS = "予約一覧", "My visits";
    HANAKO_MIHON = "見本 花子", "Hanako Mihon";
    TODAY = "本日の予約", "Today";
    COMING = "今後の予約", "Coming";
    SETTINGS = "設定", "Settings";
    MIHON_CLINIC = "見本クリニック", "Mihon Clinic";
    RECEPTIONS = "受付一覧", "Receptions";
    ADDRESS_AND_QR = "医療機関別URL", "Address and QR";
    STAFF = "一般", "Staff";
    A_SENTENCE_ABOUT_THIS_PAGE = "このページについての一文です。", "A sentence about this page.";
    CHOOSE_WHAT_YOU_CONSENT_TO = "情報の提供に同意するか選んでください", "Choose what you consent to";
    YOU_DECIDE_ITEM_BY_ITEM =
        "項目ごとに選べます。同意しなくても受診できます。",
        "You decide item by item. You can be seen even if you do not consent.";
    INSTITUTION = "医療機関", "Institution";
    MIHON_CLINIC_ON_CHOICE_PAGE = "見本内科クリニック", "Mihon Clinic";
    VISIT_DATE = "受診日", "Visit date";
    TUESDAY_24_NOVEMBER_2026 = "2026年11月24日（火）", "Tuesday, 24 November 2026";
    MEDICINES_PLEASE_CHOOSE_ONE = "薬剤情報：どちらかを選んでください", "Medicines: please choose one";
    PLEASE_CHOOSE_ONE = "どちらかを選んでください", "Please choose one";
    REVIEW_YOUR_CHOICES = "同意内容を確認する", "Review your choices";
    ALL_CHOICES_ARE_SHOWN_ONCE =
        "次の画面ですべての選択を確認できます",
        "All choices are shown once more on the next page";
    STOP_HERE = "手続きをやめる", "Stop here";
    PLEASE_INCLUDE_IN_MAIL_ADDRESS = "メールアドレスに「@」を入れてください", "Please include an @ in the mail address";
    MONTH_OF_BIRTH_IS_NUMBER =
        "生まれた月は1から12の数字で入れてください",
        "The month of birth is a number from 1 to 12";
    CREATE_AN_ACCOUNT = "会員登録", "Create an account";
    BACK_TO_SIGN_IN = "ログインに戻る", "Back to sign-in";
    FAMILY_NAME = "姓", "Family name";
    GIVEN_NAME = "名", "Given name";
    MAIL_ADDRESS = "メールアドレス", "Mail address";
    WE_SEND_CODE_TO_IT = "確認のためのコードを送ります", "We send a code to it";
    TELEPHONE = "電話番号", "Telephone";
    DATE_OF_BIRTH = "生年月日", "Date of birth";
    FOR_EXAMPLE_1985_4_2 = "例：1985年4月2日", "For example: 1985, 4, 2";
    PASSWORD = "パスワード", "Password";
    AT_LEAST_12_CHARACTERS = "12文字以上", "At least 12 characters";
    I_AGREE_TO_THE_TERMS = "利用規約に同意する", "I agree to the terms";
    CREATE_THE_ACCOUNT = "登録する", "Create the account";
    CODE_COMES_TO_YOUR_MAIL_ADDRESS = "入力したメールアドレスにコードが届きます", "A code comes to your mail address";
    TOKYO = "東京都", "Tokyo";
    OSAKA = "大阪府", "Osaka";
    INSURED_VISIT = "保険診療", "Insured visit";
    CONSENT_OR_PICTURE_OF_INSURANCE =
        "マイナ保険証の登録、または保険証画像の送付が必要です",
        "Consent or a picture of the insurance document is needed";
    SELF_PAY_VISIT = "自費診療", "Self-pay visit";
    NO_INSURANCE_IS_USED = "保険証は使いません", "No insurance is used";
    ACCEPTS_MY_NUMBER_CARD = "マイナ保険証対応", "Accepts My Number Card (マイナ保険証)";
    FREE_TODAY = "本日予約できる", "Free today";
    WORDS = "キーワード", "Words";
    AREA = "地域", "Area";
    ALL_AREAS = "すべての地域", "All areas";
    DAY = "受診日", "Day";
    CONDITIONS = "条件", "Conditions";
    SEARCH = "検索する", "Search";
    KIND_OF_VISIT = "診療の種類", "Kind of visit";
    WHAT_IT_IS_ABOUT = "相談したいこと", "What it is about";
    THREE_DIGIT_NUMBER = "3桁の番号", "Three-digit number";
    FEE = "料金", "Fee";
    YEN = "円", "yen";
    BOOK = "予約する", "Book";
    DECIDE_LATER = "あとで決める", "Decide later";
    YOUR_VISIT_IS_BOOKED = "予約が完了しました", "Your visit is booked";
    HOME = "ホーム", "Home";
    VISIT = "予約詳細", "Visit";
    ONE_THING_IS_LEFT_TO_DO = "あと1つ手続きがあります", "One thing is left to do";
    PROVE_YOUR_INSURANCE = "保険の確認をしてください", "Prove your insurance";
    INSURED_VISIT_NEEDS_EITHER_INSURANCE =
        "保険診療では、マイナ保険証の利用か、保険証画像のアップロードのどちらかが必要です。",
        "An insured visit needs either マイナ保険証 or a picture of your insurance document.";
    CHOOSE_WHAT_TO_CONSENT_TO = "同意可否を選択する", "Choose what to consent to";
    LEADS_TO_RECEPTION_WEB =
        "マイナ在宅受付Webへ移ります。マイナンバーカードと4桁の暗証番号を用意してください",
        "Leads to マイナ在宅受付Web. Have your card and its 4-digit PIN at hand";
    SEND_A_PICTURE_INSTEAD = "保険証画像をアップロードする", "Send a picture instead";
    YOUR_VISIT = "予約の内容", "Your visit";
    WHEN = "日時", "When";
    TWENTY_FOUR_NOVEMBER_2026_10_30 = "2026年11月24日（火）10:30", "24 November 2026, 10:30";
    STATE = "状態", "State";
    INSURANCE_TO_BE_PROVEN = "保険の確認待ち", "Insurance to be proven";
    WE_CANNOT_KNOW_WHETHER_YOU_REGISTERED = "登録状況を確認できません", "We cannot know whether you registered";
    IT_SEEMS_PAGE_WAS_CLOSED_BEFORE_END =
        "「手続きを終了する」を押さずに画面を閉じたようです。続きから始められます。",
        "It seems the page was closed before the end. You can go on where you left.";
    THE_VISIT_DATE_TO_ENTER = "入力する受診日", "The visit date to enter";
    WHAT_IS_INSURANCE_CARD = "マイナ保険証とは", "What is マイナ保険証?";
    MY_NUMBER_CARD =
        "健康保険証として使えるように申し込んだマイナンバーカードのことです。",
        "A マイナンバーカード that was registered for use as a health insurance card.";
    READ_MORE = "くわしい説明", "Read more";
    CANCEL_THE_VISIT = "予約を取り消す", "Cancel the visit";
    SEND_PICTURE_OF_YOUR_INSURANCE_DOCUMENT = "保険証画像を送る", "Send a picture of your insurance document";
    ONLY_CLINIC_CAN_SEE_IT = "医療機関だけが見ることができます。", "Only the clinic can see it.";
    DO_NOT_SEND_BACK_OF_MY_NUMBER_CARD =
        "マイナンバーカードのうら面は送らないでください",
        "Do not send the back of a マイナンバーカード";
    TWELVE_DIGIT_NUMBER_IS_NOT_NEEDED = "12桁の番号は使いません。", "The 12-digit number is not needed.";
    INSURANCE_DOCUMENT = "資格確認書", "Insurance document";
    TAKE_IT_IN_GOOD_LIGHT =
        "四すみが入るように、明るいところで撮ってください。",
        "Take it in good light with all four corners visible.";
    TEXT_CANNOT_BE_READ =
        "文字が読めません。ぼやけないように撮り直してください。",
        "The text cannot be read. Please take it again without blur.";
    SEND_THESE_PICTURES = "この画像を送る", "Send these pictures";
    CLINIC_CHECKS_THEM_AND_YOU_GET_MAIL =
        "医療機関が確認し、結果をメールでお知らせします",
        "The clinic checks them and you get a mail";
    PATIENT = "患者", "Patient";
    TIME = "時刻", "Time";
    INSURANCE = "保険", "Insurance";
    SHARE = "自己負担", "Share";
    NEXT = "次にすること", "Next";
    TODAYS_VISITS = "本日の予約", "Today's visits";
    SHOW = "表示", "Show";
    TODAY_3 = "本日（3件）", "Today (3)";
    TOMORROW_8 = "明日（8件）", "Tomorrow (8)";
    LATER = "それ以降", "Later";
    VISITS_TODAY = "本日の予約一覧", "Visits today";
    CONFIRMED = "確認済み", "Confirmed";
    VISIT_IN_LISTS = "診察", "Visit";
    TARO_MIHON = "見本 太郎", "Taro Mihon";
    PICTURE_SENT = "画像あり", "Picture sent";
    LOOK_AT_THE_PICTURE = "画像を見る", "Look at the picture";
    ICHI_MIHON = "見本 ●一", "●ichi Mihon";
    NOTHING_YET = "未登録", "Nothing yet";
    ASK_FOR_CONSENT = "同意を依頼する", "Ask for consent";
    CLINICS = "医療機関", "Clinics";
    GENERAL_MEDICINE = "内科", "General medicine";
    NEXT_24_NOVEMBER_10_30 = "最短 11月24日（火）10:30", "Next: 24 November, 10:30";
    MIHON_SKIN_CLINIC = "見本皮フ科", "Mihon Skin Clinic";
    DERMATOLOGY = "皮膚科", "Dermatology";
    NEXT_25_NOVEMBER_9_00 = "最短 11月25日（水）9:00", "Next: 25 November, 9:00";
    NO_VISITS_TOMORROW = "明日の予約はありません", "No visits tomorrow";
    THEY_WILL_BE_LISTED_HERE = "予約が入ると、ここに表示されます。", "They will be listed here.";
    NOTE = "メモ", "Note";
    CONFIRMED_BY_TELEPHONE = "電話で確認しました。", "Confirmed by telephone.";
    WITHDRAW_ALL_CONSENTS = "すべての同意を取消す", "Withdraw all consents";
    WITHDRAW = "取消す", "Withdraw";
    THIS_CANNOT_BE_UNDONE = "もとに戻せません", "This cannot be undone";
    KEEP_THEM = "やめる", "Keep them";
    ELIGIBILITY = "資格情報", "Eligibility";
    INSURER = "保険者番号", "Insurer";
    VALID_UNTIL = "有効期限", "Valid until";
    NAME = "氏名", "Name";
    SEX = "性別", "Sex";
    MALE = "男", "Male";
    FEMALE = "女", "Female";
    PRINT = "印刷する", "Print";
    ENTER_THE_PIN = "暗証番号を入力", "Enter the PIN";
    FOUR_DIGITS_OF_AUTHENTICATION_CERTIFICATE =
        "利用者証明用電子証明書の4桁の数字です",
        "The four digits of the authentication certificate";
    FOUR_DIGIT_PIN = "4桁の暗証番号", "4-digit PIN";
    THAT_IS_NOT_THE_PIN = "暗証番号が違います", "That is not the PIN";
    NEXT_IN_PIN = "次へ", "Next";
    THE_CARD_IS_READ_NEXT = "カードを読み取ります", "The card is read next";
    GO_ON_IN_THE_APP = "アプリで認証してください", "Go on in the app";
    WAITING_FOR_THE_CARD = "カードの読み取りを待っています", "Waiting for the card";
    KEEP_THIS_PAGE_OPEN = "この画面は開いたままにしてください。", "Keep this page open.";
    THE_NUMBER_IN_THE_APP = "アプリに表示される番号", "The number in the app";
    QR_CODE_FOR_YOUR_PHONE = "スマートフォンで読み取るQRコード", "QR code for your phone";
    IF_IT_DOES_NOT_WORK = "うまくいかないときは", "If it does not work";
    TAKE_OFF_THE_CASE = "ケースを外す", "Take off the case";
    THICK_CASES_AND_METAL_GET_IN_WAY =
        "厚いケースや金属は読み取りをさまたげます。",
        "Thick cases and metal get in the way.";
    USE_A_TABLE = "机の上に置く", "Use a table";
    LAY_CARD_ON_TABLE_THAT_IS_NOT_METAL =
        "金属でない机にカードを置きます。",
        "Lay the card on a table that is not metal.";
    HOLD_STILL = "動かさない", "Hold still";
    WAIT_UNTIL_IT_IS_DONE = "読み取りが終わるまで待ちます。", "Wait until it is done.";
    YOUR_CONSENT_IS_REGISTERED = "同意を登録しました", "Your consent is registered";
    REGISTERED = "登録が完了しました", "Registered";
    VALID_TO_END_OF_24_NOVEMBER_2026 = "2026年11月24日（火）まで有効です。", "Valid to the end of 24 November 2026.";
    CARD_COULD_NOT_BE_READ = "カードを読み取れませんでした", "The card could not be read";
    NOTHING_WAS_LOST_PLEASE_TRY_AGAIN =
        "登録の内容は残っています。もう一度お試しください。",
        "Nothing was lost. Please try again.";
    FINISH = "手続きを終了する", "Finish";
    LEADS_BACK_TO_ONLINE_CARE = "オンライン診療に戻ります", "Leads back to online care";
    DRAWINGS_AND_ICONS = "絵とアイコン", "Drawings and icons";
}
