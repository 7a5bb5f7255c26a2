//! What マイナ在宅受付Web says to patients: the steps of a consent, and the review of registered consents.

use text::texts;

texts! {
    // several pages
    MENU_TOP = "トップ", "Top";
    SEE_AND_CHANGE_CONSENTS = "同意照会・更新", "See and change consents";
    WITHDRAW_ALL_CONSENTS = "すべての同意を取消す", "Withdraw all consents";
    INSTITUTION = "医療機関", "Institution";
    VISIT_DAY = "診察日", "Visit day";
    KIND_OF_CARE = "診療の区分", "Kind of care";
    HOME_VISITS_VALID_UNTIL_YOU_WITHDRAW = "訪問診療等（取り消すまで有効）", "Home visits (valid until you withdraw)";
    END_WITHOUT_REGISTERING = "登録せずに手続きを中止する", "End without registering";
    REGISTER_A_CONSENT = "同意登録をする", "Register a consent";
    CHOOSE_AGREE_OR_DO_NOT_AGREE = "同意する・同意しないのどちらかを選んでください", "Choose “Agree” or “Do not agree”";
    RECEPTION_NUMBER = "受付番号", "Reception number";
    BACK_TO_THE_FIRST_PAGE = "トップに戻る", "Back to the first page";

    // the first page
    RECEPTION_FOR_ONLINE_CARE = "オンライン診療等の受付", "Reception for online care";
    REGISTER_CONSENT_WITH_YOUR_CARD =
        "オンライン診療や訪問診療を受ける医療機関が医療保険の情報を確認できるように、マイナンバーカードで同意を登録します。",
        "Register with your card that a clinic which sees you online or at home may confirm your insurance.";
    HERE_YOU_REGISTER_YOUR_CONSENT =
        "オンライン診療を受ける医療機関が、あなたの医療保険などの情報を確認できるように、同意を登録するところです。",
        "Here you register your consent, so that the institution which sees you online can confirm your insurance.";
    WHERE_TO_START =
        "予約したサービスの「同意可否を選択する」、または医療機関から案内されたアドレス・二次元コードからお進みください。",
        "Start with “Choose what to share (同意可否を選択する)” at the service where you booked, or with the address or QR code that the institution gave you.";
    WHAT_YOU_NEED = "必要なもの", "What you need";
    YOUR_INDIVIDUAL_NUMBER_CARD =
        "健康保険証利用を申込済のマイナンバーカード",
        "Your Individual Number Card, registered as insurance card";
    YOUR_PHONE_WITH_PORTAL_APP =
        "マイナポータルアプリをインストール済みのスマートフォン（またはパソコンとICカードリーダー）",
        "A phone with マイナポータルアプリ (or a computer with a card reader)";
    YOUR_PIN_FOR_USER_AUTHENTICATION =
        "利用者証明用電子証明書の暗証番号（数字4桁）",
        "The PIN of the certificate for user authentication (four digits)";
    SEE_OR_CHANGE_WHAT_YOU_REGISTERED = "登録した同意を見る・変える", "See or change what you registered";
    SEEN_AFTER_SCANNING_YOUR_CARD =
        "カードを読み取ってからご覧になれます。",
        "You can see it after scanning your card.";

    // the start at an institution's own address
    ENTER_VISIT_DAY_FROM_TODAY =
        "今日から92日先までの診察日を入力してください。予約の確認画面やメールに書かれています。",
        "Enter a visit day from today to 92 days ahead. You find it in the confirmation of your booking.";
    register_consent_for(institution) =
        "{institution}での診療のために、医療保険などの情報を提供する同意を登録します。",
        "Register your consent to share insurance information with {institution}.";
    REGISTERS_CONSENT_FOR_HOME_VISITS =
        "訪問診療等の同意登録です。同意は、取り消すまで有効です。次の訪問からは、この手続きは要りません。",
        "This registers your consent for home visits. It is valid until you withdraw it; for the next visit you need not do this again.";
    THE_DAY_OF_YOUR_APPOINTMENT = "予約した診察日", "The day of your appointment";
    WHERE_TO_FIND_VISIT_DAY =
        "予約の確認画面やメールに書かれている日付です。「2026/11/26」や「令和8年11月26日」のような日付は、「年」にまとめて貼り付けられます。",
        "You find it in the confirmation of your booking. You can paste a whole date such as 2026/11/26 or 令和8年11月26日 into “Year”.";
    NEXT_CHOOSE_WHAT_TO_SHARE =
        "次の画面で、項目ごとに同意するかどうかを選びます。",
        "Next, choose item by item what to share.";
    INSTITUTION_DOES_NOT_TAKE_RECEPTIONS =
        "この医療機関では利用できません",
        "This institution does not take receptions";
    INSTITUTION_DOES_NOT_CONFIRM_ONLINE =
        "この医療機関は、この方法での資格確認を受け付けていません。予約したサービスから、資格確認書などの画像を送って受診してください。",
        "This institution does not confirm insurance online. Please send a picture of your insurance document through the service where you booked.";

    // choosing what the institution may see
    CHOOSE_FOR_EACH_OF_SIX_ITEMS = "6項目すべてについて選んでください", "Choose for each of the six items";
    choose_for_item(item) = "「{item}の提供」を選んでください", "Choose for {item}";
    providing_item_with_japanese(item, japanese) = "{item}の提供", "{item} ({japanese}の提供)";
    CHOOSE_WHAT_INSTITUTION_MAY_SEE = "同意可否の選択", "Choose what the institution may see";
    HOW_TO_CHOOSE =
        "あなたの情報を、この医療機関に見せてよいかを項目ごとに選んでください。医療保険の資格は、どれを選んでも確認できます。同意しなくても診察は受けられます。",
        "Choose for each item whether this institution may see it. Whatever you choose, your insurance is confirmed and the doctor sees you.";
    CHECK_YOUR_CHOICES_BUTTON = "同意内容を確認する", "Check your choices (同意内容を確認する)";
    NEXT_CHECK_YOUR_CHOICES =
        "次の画面で、選んだ内容を確かめます。まだ登録されません。",
        "Next, check your choices. Nothing is registered yet.";

    // checking the choices
    CHECK_YOUR_CHOICES = "同意内容の確認", "Check your choices";
    ALL_SIX_ITEMS_ARE_SET_TO_AGREE = "6項目すべてを「同意する」にしました。", "All six items are set to “Agree”.";
    NOTHING_IS_REGISTERED_YET = "まだ登録されていません。", "Nothing is registered yet.";
    CHOICES_WERE_CHANGED_ELSEWHERE = "別の画面で選び直されています", "Your choices were changed in another window";
    THESE_ARE_YOUR_CHOICES_NOW =
        "いま選ばれている内容は次のとおりです。まだ何も登録されていません。もう一度確かめてください。",
        "These are your choices now. Nothing is registered yet. Please check them again.";
    NEXT_SCAN_YOUR_CARD = "次に、マイナンバーカードの読み取りがあります", "Next, scan your card";
    YOU_WILL_BE_ASKED_FOR_PIN =
        "暗証番号（利用者証明用電子証明書のパスワード、数字4桁）を入力していただきます。3回続けて間違えるとロックされます。",
        "You will be asked for your PIN: the four digits of the certificate for user authentication. After three wrong attempts it locks.";
    IF_PIN_UNKNOWN_SEND_PICTURE =
        "暗証番号が分からないときは、ここで中止して、予約したサービスから資格確認書などの画像を送れば受診できます。",
        "If you do not know the PIN, press “End without registering” and send a picture of your insurance document through the service where you booked.";
    REGISTER_THESE_CHOICES = "同意内容を登録する", "Register these choices (同意内容を登録する)";
    NEXT_ENTER_PIN_AND_SCAN_CARD =
        "次の画面で、暗証番号の入力とカードの読み取りに進みます。",
        "Next, enter your PIN and scan your card.";
    CHANGE_YOUR_CHOICES = "選択内容を修正する", "Change your choices (選択内容を修正する)";
    BACK_TO_THE_PREVIOUS_PAGE = "前の画面に戻ります", "Back to the previous page.";
    providing_item(item) = "{item}の提供", "{item}";
    AGREE = "同意する", "Agree";
    DECLINE = "同意しない", "Decline";

    // scanning the card: the three stages
    ENTER_THE_NUMBER = "番号の入力", "Enter the number";
    SCANNING_YOUR_CARD_WAS_NOT_COMPLETED = "読み取りが終わりませんでした", "Scanning your card was not completed";
    SCAN_YOUR_CARD = "マイナンバーカードの読み取り", "Scan your card";

    // scanning the card: opening the app
    OPEN_APP_ENTER_PIN_AND_SCAN =
        "マイナポータルアプリを開き、暗証番号（利用者証明用電子証明書のパスワード、数字4桁）を入力して、カードを読み取ります。",
        "Open マイナポータルアプリ, enter your PIN (the four digits of the certificate for user authentication) and scan your card.";
    OPEN_PORTAL_APP = "マイナポータルアプリを開く", "Open マイナポータルアプリ";
    RETURNS_HERE_AUTOMATICALLY =
        "読み取りが終わると、この画面に自動で戻ります。アプリがない場合は、アプリストアが開きます。",
        "You will return here automatically. If the app is not installed, its store page opens.";
    APP_TELLS_HOW_TO_RETURN =
        "読み取りが終わったら、アプリの案内に従ってこの画面に戻ります。アプリがない場合は、アプリストアが開きます。",
        "The app tells you how to come back here. If the app is not installed, its store page opens.";
    SCAN_WITH_YOUR_PHONE = "スマートフォンで読み取る", "Scan with your phone";
    SCAN_CODE_WITH_YOUR_PHONE =
        "スマートフォンのマイナポータルアプリで、この二次元コードを読み取ってください。",
        "Scan this code with マイナポータルアプリ on your phone.";
    WAITING_FOR_YOUR_CARD = "カードの読み取りを待っています", "Waiting for your card";
    PLEASE_LEAVE_THIS_PAGE_OPEN = "この画面は開いたままにしてください。", "Please leave this page open.";
    USE_CARD_READER_ON_THIS_COMPUTER = "このパソコンのICカードリーダーで読み取る", "Use a card reader on this computer";
    USE_THIS_COMPUTERS_CARD_READER = "このパソコンのカードリーダーで読み取る", "Use this computer's card reader";
    THIS_OPENS_APP_ON_COMPUTER =
        "このパソコンで動いているマイナポータルアプリが開きます。読み取りが終わると、この画面に自動で戻ります。",
        "This opens マイナポータルアプリ on this computer. You will return here automatically.";
    IF_COMPUTERS_APP_DOES_NOT_OPEN = "押しても開かないとき", "If it does not open";
    COMPUTERS_APP_IS_NOT_RUNNING =
        "このパソコンでマイナポータルアプリが動いていません。ブラウザの「戻る」でこの画面に戻り、アプリを起動してから、もう一度押してください。何も失われていません。",
        "マイナポータルアプリ is not running on this computer. Come back here with the browser's back button, start it, and press again. Nothing was lost.";
    TO_START_COMPUTERS_APP = "起動のしかた（コマンド）：", "To start it: ";
    SIMULATION_WITHOUT_A_CARD_READER = "模擬環境：カードリーダーなしで試す", "Simulation: without a card reader";
    OPEN_PORTAL_APP_FOR_COMPUTERS = "パソコン版のマイナポータルアプリを開く", "Open マイナポータルアプリ for computers";
    THIS_USES_VIRTUAL_CARD =
        "模擬カードで読み取ります。終わると、この画面に自動で戻ります。",
        "This uses a virtual card. You will return here automatically.";
    IF_THIS_IS_A_TABLET = "タブレットをお使いのとき", "If this is a tablet";
    CONTINUE_ON_THIS_TABLET = "このタブレットで続ける", "Continue on this tablet";
    THIS_OPENS_APP_ON_TABLET =
        "マイナポータルアプリが開きます。読み取りが終わると、この画面に戻ります。アプリがない場合は、アプリストアが開きます。",
        "This opens マイナポータルアプリ. You will return here afterwards. If the app is not installed, its store page opens.";
    SCAN_WITH_ANOTHER_PHONE = "別のスマートフォンで読み取る", "Scan with another phone";
    SCAN_CODE_WITH_OTHER_PHONE =
        "別のスマートフォンのマイナポータルアプリで、この二次元コードを読み取ってください。",
        "Scan this code with マイナポータルアプリ on the other phone.";
    CODE_TO_SCAN = "マイナポータルアプリで読み取る二次元コード", "Code to scan with マイナポータルアプリ";

    // scanning the card: while the app is at work
    CONTINUE_IN_THE_APP = "アプリで操作しています", "Continue in the app";
    ENTER_PIN_AND_SCAN_CARD =
        "マイナポータルアプリで、暗証番号の入力とカードの読み取りを進めてください。終わると、この画面が自動で進みます。",
        "Enter your PIN and scan your card in マイナポータルアプリ. This page then continues by itself.";
    IF_APP_DOES_NOT_OPEN = "アプリが開かない、閉じてしまったとき", "If the app does not open or you closed it";
    OPENING_AGAIN_CANCELS_EARLIER_SCAN =
        "もう一度開くと、前の読み取りは無効になります。何も登録されていません。",
        "Opening it again cancels the earlier scan. Nothing was registered.";
    OPEN_THE_APP_AGAIN = "もう一度アプリを開く", "Open the app again";

    // scanning the card: the number
    ENTER_THREE_DIGITS =
        "アプリに表示されている3桁の数字を入力してください。",
        "Enter the three digits that the app shows.";
    NUMBER_IS_WRONG_ONE_TRY_LEFT =
        "番号が違います。アプリの画面をもう一度見てください。あと1回入力できます。",
        "The number is wrong. Check it in the app. You have one try left.";
    CARD_WAS_SCANNED_ENTER_NUMBER =
        "カードの読み取りが終わりました。アプリに表示されている3桁の番号を入力してください。",
        "Your card was scanned. Enter the three digits that the app shows.";
    THE_NUMBER_IN_THE_APP = "アプリに表示された番号", "The number in the app";
    THREE_DIGITS = "3桁の数字", "Three digits";
    CONTINUE = "次へ進む", "Continue";
    RIGHT_NUMBER_REGISTERS_CONSENT =
        "番号が正しければ、同意が登録されます。",
        "If the number is right, your consent is registered.";
    RIGHT_NUMBER_SHOWS_CONSENTS =
        "番号が正しければ、登録した内容が表示されます。",
        "If the number is right, you see what is registered.";
    RIGHT_NUMBER_SHOWS_WHAT_TO_WITHDRAW =
        "番号が正しければ、取り消す内容が表示されます。まだ取り消されません。",
        "If the number is right, you see what would be withdrawn. Nothing is withdrawn yet.";
    YOU_HAVE_TWO_TRIES = "2回まで入力できます。", "You have two tries.";
    IF_SOMEBODY_ASKS_YOU_FOR_THIS_NUMBER = "ほかの人から番号を聞かれたら", "If somebody asks you for this number";
    ENTER_NUMBER_ON_THIS_PAGE_ONLY =
        "番号は、この画面だけに入力してください。電話やメールで番号を聞かれても教えないでください。",
        "Enter it on this page only. Don't share it with anyone by phone or email.";

    // scanning the card: after a scan that failed
    SCAN_THE_CARD_AGAIN = "もう一度カードを読み取る", "Scan the card again";
    BACK_TO_THE_SERVICE = "予約したサービスに戻る", "Back to the service where you booked";
    THERE_YOU_CAN_SEND_A_PICTURE =
        "資格確認書などの画像を送って受診できます。何も登録されません。",
        "There you can send a picture of your insurance document. Nothing is registered.";
    WHAT_YOU_REGISTERED_STAYS = "登録した内容はそのままです。", "What you registered stays as it is.";
    SCAN_ANOTHER_CARD = "別のカードを読み取る", "Scan another card";
    THIS_STARTS_A_NEW_SCAN = "新しい読み取りが始まります。", "This starts a new scan.";

    // scanning the card: help with the PIN
    IF_PIN_UNKNOWN_OR_SCAN_FAILS =
        "暗証番号が分からない、読み取れないとき",
        "If you do not know the PIN or the card cannot be scanned";
    WHICH_PIN_IT_IS =
        "使うのは「利用者証明用電子証明書」の数字4桁です。4つある暗証番号のうち、マイナポータルにログインするときと同じ番号です。",
        "It is the four-digit PIN for user authentication, the same as for signing in to マイナポータル. The card has four PINs.";
    PIN_LOCKS_AFTER_THREE_ATTEMPTS =
        "3回続けて間違えるとロックされます。自信がないときは、無理に入力しないでください。",
        "After three wrong attempts it locks. If you are not sure, do not guess.";
    TAKE_CARD_OUT_OF_ITS_CASE =
        "カードはケースから出し、金属の机を避け、終わりの表示が出るまで動かさないでください。",
        "Take the card out of its case, keep away from metal tables, and hold still until the app says it is finished.";
    IF_SCAN_FAILS_SEND_PICTURE =
        "うまくいかないときは、手続きを中止して、予約したサービスから資格確認書などの画像を送れば受診できます。",
        "If it does not work, press “End without registering” and send a picture of your insurance document through the service where you booked.";

    // the consent is registered
    ONE_MORE_STEP_FINISH_AND_GO_BACK = "あと1つ：手続きを終了する", "One more step: finish and go back";
    YOUR_CONSENT_IS_REGISTERED = "同意を登録しました。", "Your consent is registered. ";
    REGISTERED_WITH_CARD_BEFORE_HOLDER = "", "Your consent is registered with the card of ";
    card_holder(name) = "{name}さん", "{name}";
    REGISTERED_WITH_CARD_AFTER_HOLDER = "のカードで同意を登録しました。", ". ";
    ONE_IMPORTANT_STEP_IS_LEFT = "あと1つ、大切な操作が残っています。", "One important step is left.";
    takes_you_back_to(service) = "{service}に戻ります。", "Takes you back to {service}.";
    NEXT_SEE_HOW_TO_GO_BACK =
        "予約したサービスに戻る方法をご案内します。",
        "Next, see how to go back to the service where you booked.";
    FINISH_BUTTON = "手続きを終了する", "Finish and go back (手続きを終了する)";
    IF_YOU_CLOSE_WITHOUT_FINISHING =
        "押さずに閉じると、医療機関から確認のご連絡をすることがあります。",
        "If you close this page without pressing it, the clinic may contact you to check.";
    IF_THIS_IS_NOT_YOUR_CARD = "ご自身のカードではないとき", "If this is not your card";
    SOMEBODY_ELSES_CARD_WAS_SCANNED =
        "別の人のカードが読み取られています。登録を取り消して、はじめからやり直せます。",
        "Somebody else's card was scanned. You can cancel this registration and start again.";
    CANCEL_REGISTRATION_WITH_THIS_CARD = "このカードでの登録を取り消す", "Cancel the registration with this card";
    CONSENT_IS_VALID = "同意の有効期限", "Consent is valid";
    UNTIL_YOU_WITHDRAW_IT = "取り消すまで", "you withdraw it";

    // the certificate's end
    RENEW_YOUR_CERTIFICATE_SOON = "電子証明書の更新のお知らせ", "Renew your certificate soon";
    CERTIFICATE_IS_VALID_TO = "カードの電子証明書の有効期限は、", "The certificate on your card is valid to ";
    THIS_REGISTRATION_IS_NOT_AFFECTED = "です。今回の登録には影響ありません。", ". This registration is not affected.";
    RENEW_IT_AT_MUNICIPAL_OFFICE =
        "期限が切れる前に、お住まいの市区町村の窓口で更新してください。",
        "Please renew it at your municipal office before then.";
    CERTIFICATE_HAS_EXPIRED = "電子証明書の有効期限が切れています", "The certificate on your card has expired";
    CERTIFICATE_WAS_VALID_TO = "有効期限は、", "It was valid to ";
    ONLY_YOUR_INSURANCE_IS_CONFIRMED =
        "まででした。医療保険の資格は確認できますが、診療情報や薬剤情報などは、同意しても医療機関に表示されません。",
        ". Your insurance is confirmed, but medical information is not shown to the institution, even where you agreed.";
    RENEW_WITHIN_THREE_MONTHS =
        "期限から3か月を過ぎると、カードで資格を確認できなくなります。お住まいの市区町村の窓口で更新してください。",
        "Three months after that day the card no longer confirms your insurance. Please renew the certificate at your municipal office.";

    // the procedure is finished
    ALL_DONE = "手続きは終了しました", "All done";
    NO_NEED_TO_REGISTER_AGAIN =
        "同意は登録されています。もう一度登録する必要はありません。",
        "Your consent is registered. You do not need to register again.";
    to_service(service) = "{service}へ", "Back to {service}";
    YOUR_BOOKING_DETAILS_SHOW_WHAT_IS_DONE =
        "予約の詳細で、手続きの状況を確認できます。",
        "Your booking details show what is done.";
    CLOSE_PAGE_AND_GO_BACK =
        "この画面を閉じて、予約したサービスに戻ってください。登録した内容は、医療機関だけが確認できます。",
        "Close this page and go back to the service where you booked. Only the institution can see what you registered.";

    // the procedure ended without a registration
    YOU_ENDED_THE_PROCEDURE =
        "手続きを中止しました。何も登録されていません。",
        "You ended the procedure. Nothing was registered.";
    REGISTRATION_WAS_CANCELLED =
        "読み取ったカードでの登録を取り消しました。同意は登録されていません。",
        "The registration with that card was cancelled. No consent is registered.";
    PROCEDURE_ENDED_AFTER_HOUR =
        "始めてから1時間が過ぎたため、手続きは終わりました。何も登録されていません。",
        "The procedure ended after an hour. Nothing was registered.";
    NOTHING_WAS_REGISTERED = "登録されていません", "Nothing was registered";
    back_to_service(service) = "{service}に戻る", "Back to {service}";
    THERE_YOU_CAN_START_AGAIN =
        "「同意可否を選択する」からやり直すか、資格確認書などの画像を送って受診できます。",
        "There you can start again with “Choose what to share (同意可否を選択する)”, or send a picture of your insurance document.";
    TO_REGISTER_USE_THE_ADDRESS =
        "もう一度登録するときは、医療機関から案内されたアドレスからお進みください。登録せずに、資格確認書などの画像を送って受診することもできます。",
        "To register, start again with the address that the institution gave you. You can also send a picture of your insurance document instead.";
    TO_THE_FIRST_PAGE = "トップへ", "To the first page";

    // review: the start
    SCAN_CARD_TO_SEE_CONSENTS =
        "登録した同意を見る、変える、取り消すには、はじめにマイナンバーカードを読み取ります。",
        "To see, change or withdraw your consents, scan your card first.";
    SCAN_CARD_BEFORE_WITHDRAWING =
        "はじめにマイナンバーカードを読み取ります。そのあと、登録した同意を画面で確かめてから取り消します。まだ何も取り消されていません。",
        "Scan your card first. Then check your consents before you withdraw them. Nothing is withdrawn yet.";
    CONTINUE_TO_SCAN_YOUR_CARD = "カードの読み取りに進む", "Continue to scan your card";
    YOU_NEED_YOUR_PIN =
        "暗証番号（利用者証明用電子証明書のパスワード、数字4桁）が必要です。3回続けて間違えるとロックされます。",
        "You need the PIN of the certificate for user authentication (four digits). After three wrong attempts it locks.";

    // review: the list
    YOUR_REGISTERED_CONSENTS = "登録されている同意", "Your registered consents";
    NO_CONSENT_IS_IN_FORCE = "有効な同意はありません", "No consent is in force";
    PAST_OR_WITHDRAWN_CONSENTS_NOT_SHOWN =
        "診察日を過ぎた同意と、取り消した同意は表示されません。",
        "Consents whose day is over, or that were withdrawn, are not shown.";
    VISIT_DAY_CANNOT_BE_CHANGED =
        "診察日は、ここでは変更できません。変更するときは、予約したサービスで予約を変更し、もう一度登録してください。",
        "The visit day cannot be changed here. Move your appointment at the service where you booked, and register again.";
    REGISTERED_ON = "登録日", "Registered on";
    CHANGE_CONSENT_BUTTON = "同意内容を変更する", "Change what you agreed to";
    NEXT_CHECK_BEFORE_YOU_WITHDRAW = "次の画面で確かめてから取り消します。", "Next, check before you withdraw.";
    DONE = "終了する", "Done";
    CLOSES_THIS_VIEW =
        "この画面を閉じます。もう一度見るには、カードの読み取りが必要です。",
        "Closes this view. To see it again, scan your card again.";
    YOUR_CONSENTS_ARE_WITHDRAWN = "取り消しました", "Your consents are withdrawn";
    ALL_CONSENTS_ARE_WITHDRAWN =
        "すべての同意を取り消しました。医療機関は、これ以降あなたの情報を見られません。診察には、資格確認書などの画像を送るか、もう一度登録してください。",
        "All consents are withdrawn. From now on no institution can see your information. For a visit, register again or send a picture of your insurance document.";
    YOUR_CHANGE_IS_REGISTERED = "変更しました", "Your change is registered";
    WHAT_YOU_CHANGED_IS_REGISTERED =
        "変更した内容が登録され、医療機関に反映されました。",
        "What you changed is registered, and the institution sees it so.";

    // review: changing a consent
    CHANGE_WHAT_YOU_AGREED_TO = "同意内容の変更", "Change what you agreed to";
    REGISTER_THE_CHANGE = "変更を登録する", "Register the change";
    INSTITUTION_SEES_CHANGE_AT_ONCE = "すぐに医療機関に反映されます。", "The institution sees the change at once.";
    BACK_WITHOUT_CHANGING = "変更せずに戻る", "Back without changing";

    // review: withdrawing all
    THERE_IS_NOTHING_TO_WITHDRAW = "取り消す同意はありません", "There is nothing to withdraw";
    BACK = "戻る", "Back";
    ALL_CONSENTS_WILL_BE_WITHDRAWN =
        "次の医療機関への同意をすべて取り消します。医療機関は、これ以降あなたの情報を見られなくなります。",
        "All consents for these institutions are withdrawn. From then on they can no longer see your information.";
    YOU_CAN_REGISTER_AGAIN_LATER =
        "取り消したあとも、必要なときはもう一度登録できます。",
        "You can register again later if you need to.";
    BACK_WITHOUT_WITHDRAWING = "取り消さずに戻る", "Back without withdrawing";
}
