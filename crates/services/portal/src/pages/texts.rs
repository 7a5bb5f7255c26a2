//! What the pages of マイナポータルアプリ say, on the simulated phone and on a computer with card readers.

use text::texts;

texts! {
    // several pages
    WHICH_CARD_DO_YOU_USE = "どのカードを使いますか", "Which card do you use?";
    THERE_ARE_NO_CARDS = "カードがありません", "There are no cards";
    NO_VIRTUAL_CARD_YET =
        "この模擬環境には、模擬カードがまだ登録されていません。",
        "No virtual card was laid into this simulation yet.";
    OPENING_PORTAL_APP = "マイナポータルアプリを開いています", "Opening マイナポータルアプリ";
    PLEASE_CHOOSE_ONE = "1つ選んでください。", "Please choose one.";
    NEXT = "次へ", "Next";
    CANCEL = "やめる", "Cancel";
    USE_ANOTHER_CARD = "別のカードを使う", "Use another card";
    THE_CARD_DOES_NOT_ANSWER = "カードが応答しません", "The card does not answer";
    CERTIFICATE_ON_THIS_CARD_HAS_EXPIRED =
        "電子証明書の有効期限が切れています",
        "The certificate on this card has expired";
    CERTIFICATE_WAS_VALID_TO = "有効期限は、", "It was valid to ";
    DO_NOT_ENTER_REAL_PIN = "本物の暗証番号を入力しないでください", "Do not enter a real PIN";

    // the first page of the phone
    THIS_PAGE_PLAYS_A_PHONE = "この画面は模擬のスマートフォンです", "This page plays a phone";
    WHAT_SIMULATED_PHONE_IS =
        "マイナポータルアプリの動きを再現した、模擬のスマートフォンです。架空の人物のカードだけを使います。",
        "A simulated phone with マイナポータルアプリ. Only cards of invented persons are used.";
    IT_ACTS_LIKE_PORTAL_APP =
        "マイナポータルアプリの動きを再現した画面です。このブラウザごとに、スマートフォン1台とカード1枚を用意しています。",
        "It acts like マイナポータルアプリ. Each browser has one phone and one card to play with.";
    ONLY_VIRTUAL_CARDS_ARE_USED =
        "使うのは、架空の人物の模擬カードだけです。本物のマイナンバーカードの暗証番号は、絶対に入力しないでください。",
        "Only virtual cards of invented persons are used. Never enter the PIN of a real マイナンバーカード.";
    YOUR_CARD = "手元のカード", "Your card";
    USE_THIS_CARD = "このカードを手元に置く", "Use this card";
    CARD_IS_PRESELECTED_AT_NEXT_SCAN =
        "次の読み取りで、このカードがはじめに選ばれます。",
        "It is preselected at the next scan.";
    TO_BEGIN = "手続きを始める", "To begin";
    START_WITH_OPEN_APP_BUTTON =
        "カードの読み取りは、マイナ在宅受付Webの「マイナポータルアプリを開く」から始まります。このアプリだけでは始められません。",
        "Start with “Open マイナポータルアプリ” at マイナ在宅受付Web. You cannot start here.";
    TO_RECEPTION_WEB = "マイナ在宅受付Webへ", "To マイナ在宅受付Web";
    THE_APP_IS_NOT_INSTALLED = "アプリがインストールされていません", "The app is not installed";
    THIS_PHONE_HAS_NO_PORTAL_APP =
        "このスマートフォンには、マイナポータルアプリがありません。アプリストアからインストールできます。",
        "This phone has no マイナポータルアプリ. It can be installed from the app store.";
    OPEN_THE_APP_STORE = "アプリストアを開く", "Open the app store";
    ANDROID = "Android", "Android";
    RETURNS_TO_BROWSER_AUTOMATICALLY =
        "読み取りが終わると、ブラウザに自動で戻ります。",
        "Leads back to the browser automatically.";
    IPHONE = "iPhone", "iPhone";
    RETURN_TO_BROWSER_BY_HAND =
        "読み取りが終わったら、ボタンか番号でブラウザに戻ります。",
        "You go back to the browser with a button or a number.";
    COMPUTER_WITH_CARD_READER = "パソコンとICカードリーダー", "Computer with card reader";
    THE_DEVICE = "端末の設定", "The device";
    WHAT_THIS_PAGE_PLAYS = "この画面が再現する端末", "What this page plays";
    CHANGE_THE_DEVICE = "端末を変更する", "Change the device";
    UNINSTALL_THE_APP = "アプリを削除する", "Uninstall the app";

    // the first page of a computer, and its card readers
    SCAN_YOUR_CARD_ON_THIS_COMPUTER = "このパソコンでカードを読み取ります", "Scan your card on this computer";
    WAITING_FOR_RECEPTION_WEB = "マイナ在宅受付Webからの依頼を待っています", "Waiting for マイナ在宅受付Web";
    START_WITH_CARD_READER_BUTTON =
        "カードの読み取りは、マイナ在宅受付Webの「このパソコンのカードリーダーで読み取る」から始まります。",
        "Start with “Use this computer's card reader” at マイナ在宅受付Web.";
    CARD_READERS = "カードリーダー", "Card readers";
    RECEPTIONS_THAT_APP_ANSWERS = "このアプリが応じる受付", "Whom it answers";
    ONLY_SIMULATED_CARDS_ARE_ACCEPTED =
        "これは模擬環境です。模擬の受付は、模擬の認証局が発行したカードだけを認めます。",
        "This is a simulation. The simulated reception accepts only cards of the simulated authority.";
    SLOT_NO_CARD = "カードがありません", "No card";
    SLOT_CARD = "カードがあります", "A card lies on it";
    SLOT_PLACE_CARD_AGAIN = "カードを置き直してください", "Please place the card again";
    SERVICE_FOR_CARD_READERS_IS_NOT_RUNNING =
        "カードリーダーのサービスが動いていません",
        "The service for card readers is not running";
    START_PC_SC_SERVICE =
        "パソコンのPC/SCサービスを起動してください（Linuxでは pcscd、Windowsでは Smart Card サービス）。",
        "Please start this computer's PC/SC service (pcscd on Linux, the Smart Card service on Windows).";
    NO_CARD_READER_WAS_FOUND = "カードリーダーが見つかりません", "No card reader was found";
    PLUG_A_CARD_READER =
        "カードリーダーをパソコンにつないでください。つないであるときは、いったん外してからつなぎ直してください。",
        "Please plug a card reader in. If one is plugged in, pull it out and plug it in again.";
    CHECK_WHICH_WAY_ROUND_CARD_LIES =
        "カードの向きと裏表を確かめて、置き直してください。ほかのカードと重ねないでください。",
        "Please check which way round it lies and lay it on again, apart from other cards.";
    PLEASE_LAY_YOUR_CARD_ON_READER = "カードを置いてください", "Please lay your card on the reader";
    LAY_CARD_ON_OUT_OF_CASE =
        "マイナンバーカードをカードリーダーに置いてください。ケースからは出してください。",
        "Lay your マイナンバーカード on the card reader, out of its case.";
    THIS_PAGE_GOES_ON_BY_ITSELF_THEN = "そのあと、この画面は自動で進みます。", "This page goes on by itself then.";
    THE_CARD_LIES_ON = "カードがあるカードリーダー：", "The card lies on: ";
    NEXT_ENTER_PIN_LEAVE_CARD =
        "カードを確認し、暗証番号の入力に進みます。カードは置いたままにしてください。",
        "Next, enter the PIN. Please leave the card where it is.";
    WHICH_READERS_CARD_DO_YOU_USE = "どのカードリーダーのカードを使いますか", "The card on which reader do you use?";

    // opening a link to the app
    THE_RECEPTION_THAT_YOU_CHOOSE = "選んだ受付", "the reception that you choose";
    OPENED_BY_BROWSER_ON_THIS_DEVICE = "この端末のブラウザから開かれました。", "Opened by the browser on this device.";
    YOU_SCANNED_CODE_ON_ANOTHER_DEVICE =
        "別の端末の二次元コードを読み取りました。",
        "You scanned the code on another device.";
    CONTINUE = "続ける", "Continue";
    next_see_what_is_asked(reception) =
        "{reception}からの依頼の内容を、次の画面に表示します。暗証番号はまだ必要ありません。",
        "Next, see what {reception} asks for. No PIN is needed yet.";
    CANCEL_AND_GO_TO_FIRST_PAGE = "やめて、アプリの最初の画面へ", "Cancel and go to the app's first page";
    FROM_WHICH_RECEPTION_DID_YOU_COME = "どの受付の画面から開きましたか", "From which reception's page did you come?";

    // the app store
    APP_STORE = "アプリストア", "App store";
    INSTALL_SIMULATED_PORTAL_APP =
        "模擬のスマートフォンに、模擬のマイナポータルアプリを入れる画面です。",
        "Install the simulated マイナポータルアプリ on the simulated phone.";
    A_SIMULATED_STORE = "模擬のアプリストアです", "A simulated store";
    APP_THAT_SCANS_YOUR_CARD =
        "マイナンバーカードを読み取り、本人であることを確認するアプリです（模擬）。",
        "The app that scans your マイナンバーカード and confirms that it is you (simulated).";
    APP_IS_NOT_INSTALLED_YET =
        "このスマートフォンには、まだインストールされていません。",
        "It is not installed on this phone yet.";
    INSTALL = "インストール", "Install";
    AFTER_INSTALLING_PROCEDURE_CONTINUES =
        "インストールが終わると、手続きの続きが開きます。",
        "Then your procedure continues.";
    AFTER_INSTALLING_FIRST_PAGE_OPENS =
        "インストールが終わると、アプリの最初の画面が開きます。",
        "Then the app's first page opens.";
    APP_IS_INSTALLED = "インストール済みです。", "It is installed.";
    OPEN_THE_APP = "アプリを開く", "Open the app";

    // the request and the choice of a card
    CHECK_THE_REQUEST = "依頼の内容を確認してください", "Check the request";
    PLEASE_SCAN_THE_CARD_AGAIN = "カードをもう一度読み取ってください", "Please scan the card again";
    PLEASE_CHOOSE_A_CARD = "使うカードを選んでください。", "Please choose a card.";
    NEXT_ENTER_THE_PIN = "カードを確認し、暗証番号の入力に進みます。", "Next, enter the PIN.";
    REQUESTED_BY = "依頼元", "Requested by";
    PURPOSE = "目的", "Purpose";
    TO_REGISTER_YOUR_CONSENT = "オンライン資格確認の同意の登録", "To register your consent for the eligibility check";
    INSTITUTION = "医療機関", "Institution";
    VISIT_DAY = "診察日", "Visit day";
    KIND_OF_CARE = "診療の区分", "Kind of care";
    HOME_VISITS_VALID_UNTIL_YOU_WITHDRAW = "訪問診療等（取り消すまで有効）", "Home visits (valid until you withdraw)";
    TO_SEE_AND_CHANGE_CONSENTS =
        "同意照会・更新（登録した同意を見る・変える）",
        "To see and change the consents that you registered";
    TO_WITHDRAW_ALL_CONSENTS =
        "すべての同意を取消す（次の画面で確かめてから取り消す）",
        "To withdraw all consents (you confirm it on the next page)";
    STARTED_IN = "始めたブラウザ", "Started in";
    STARTED_AT = "始めた時刻", "Started at";
    STARTED_ON_ANOTHER_DEVICE = "別の端末で始めた手続きです", "Started on another device";
    this_was_started_in(browser) =
        "「{browser}」の画面で始めた手続きです。ご自身で始めた覚えがないときや、ほかの人に頼まれたときは、「やめる」を押してください。",
        "This was started in {browser}. If you did not start it yourself, or somebody asked you to, press “Cancel”.";
    YOUR_CARD_LABEL = "手元のカード：", "Your card: ";

    // why the last reading failed
    CARD_MOVED_AWAY_TOO_EARLY = "読み取りの途中でカードが離れました", "The card moved away too early";
    CARD_COULD_NOT_BE_READ = "カードを読み取れませんでした", "The card could not be read";
    THE_CARD_IS_IN_USE = "カードは使用中です", "The card is in use";
    ANOTHER_PROGRAM_IS_USING_THIS_CARD =
        "ほかのプログラムや画面が、このカードを使っています。暗証番号の回数は減っていません。カードを使っているほかのプログラムを閉じてから、もう一度お試しください。",
        "Another program or window is using this card. No attempt was lost. Please close other programs that use the card, and try again.";
    ANOTHER_WINDOW_IS_READING_THIS_CARD =
        "ほかの画面で、このカードを読み取っています。暗証番号の回数は減っていません。30秒ほど待ってから、もう一度お試しください。",
        "Another window is reading this card. No attempt was lost. Please wait half a minute and try again.";
    CARD_IS_NO_LONGER_ON_READER = "カードがカードリーダーにありません", "The card is no longer on the reader";
    CARD_LEFT_BEFORE_READING =
        "読み取りの前にカードが離れました。暗証番号の回数は減っていません。カードを置き直してください。",
        "It was taken away before it was read. No attempt was lost. Please lay it on again.";
    ANOTHER_CARD_LIES_THERE_NOW = "別のカードに替わっています", "Another card lies there now";
    NOT_THE_CARD_LOOKED_AT =
        "確認したときと違うカード、または置き直したカードです。暗証番号は送っていません。回数も減っていません。もう一度「次へ」を押してください。",
        "It is not the card that was looked at, or it was laid on anew. The PIN was not given to it and no attempt was lost. Please press “Next” again.";
    NO_ATTEMPT_LOST_LAY_CARD_AGAIN =
        "暗証番号の回数は減っていません。カードの向きと裏表を確かめて、置き直してください。",
        "No attempt was lost. Please check which way round the card lies, and lay it on again.";
    THE_CARD_READER_STOPPED_ANSWERING = "カードリーダーが応答しなくなりました", "The card reader stopped answering";
    THIS_SEEMS_TO_BE_ANOTHER_CARD = "マイナンバーカードではないようです", "This seems to be another card";
    NO_CERTIFICATE_FOR_USER_AUTHENTICATION =
        "利用者証明用電子証明書のあるカードが見つかりません。何も失われていません。カードを確かめて、もう一度お試しください。",
        "It has no certificate for user authentication. Nothing was lost. Please check the card and try again.";
    THE_LAST_READING_WAS_INTERRUPTED = "前の読み取りが途中で止まりました", "The last reading was interrupted";
    CHOICES_KEPT_AFTER_INTERRUPTION =
        "選んだ内容は残っています。暗証番号の残り回数は、次の画面で確認できます。",
        "Your choices are kept. The next page shows how many attempts are left.";
    TAKE_CARD_OUT_OF_ITS_CASE =
        "カードをケースから出し、金属の机を避けて、終わりの表示が出るまで動かさないでください。",
        "Take the card out of its case, keep away from metal tables, and hold still until the app says it is finished.";
    PLUG_CARD_READER_AGAIN =
        "カードリーダーをつなぎ直し、カードを置き直してください。",
        "Please plug the card reader in again and lay the card on again.";
    PIN_WAS_NOT_CHECKED_YET =
        "暗証番号を確認する前でした。回数は減っていません。何も失われていません。",
        "The PIN was not checked yet. No attempt was lost, and nothing else.";
    ATTEMPT_MAY_HAVE_BEEN_COUNTED =
        "暗証番号を確認している途中でした。1回分として数えられた可能性があります。残り回数は、次の画面で確認できます。選んだ内容は残っています。",
        "It was while the PIN was checked, which may have counted as an attempt. The next page shows how many are left. Your choices are kept.";
    PIN_WAS_RIGHT =
        "暗証番号は正しく、回数は減っていません。選んだ内容は残っています。",
        "The PIN was right and no attempt was lost. Your choices are kept.";

    // the PIN
    ENTER_THE_PIN = "暗証番号を入力してください", "Enter the PIN";
    requester_and_card(requester, card) = "依頼元：{requester} ／ {card}", "For {requester}: {card}";
    FOUR_DIGITS_FOR_USER_AUTHENTICATION = "利用者証明用電子証明書の数字4桁", "Four digits for user authentication";
    PHONES_FOUR_DIGITS_FOR_USER_AUTHENTICATION =
        "スマートフォンの利用者証明用の数字4桁",
        "The phone's four digits for user authentication";
    THE_CERTIFICATE_HAS_EXPIRED = "電子証明書の有効期限が切れています。", "The certificate has expired. ";
    EXPIRED_CERTIFICATE_CONFIRMS_INSURANCE_ONLY =
        "確認できるのは医療保険の資格だけです。",
        "It confirms your insurance only.";
    START_SCANNING = "読み取り開始", "Start scanning";
    HOLD_CARD_STILL =
        "カードを動かさずにお待ちください。暗証番号は保存されません。",
        "Hold the card still. The PIN is not stored.";
    THE_CARD_IS_GONE = "カードが離れています", "The card is gone";

    // a phone as card, and the certificate's end
    THIS_IS_A_PHONES_CERTIFICATE = "スマートフォンの電子証明書です", "This is a phone's certificate";
    ENTER_FOUR_DIGITS_OF_PHONE =
        "入力するのは、スマートフォンに設定した利用者証明用の暗証番号（数字4桁）です。カードの暗証番号とは別のものです。",
        "Enter the four digits that were set on the phone for user authentication. They are not the card's.";
    CERTIFICATE_WAS_VALID_TO_END = "まででした。", ".";
    FOR_THREE_MONTHS_INSURANCE_ONLY =
        "期限から3か月までは読み取れますが、医療機関が確認できるのは医療保険の資格だけです。3か月を過ぎると使えなくなります。お住まいの市区町村の窓口で更新してください。",
        "For three months after that day it can still be used, but only to confirm your insurance. After that it is not accepted. Please renew it at your municipal office.";
    RENEW_YOUR_CERTIFICATE_SOON = "電子証明書の更新のお知らせ", "Renew your certificate soon";
    CERTIFICATE_IS_VALID_TO = "有効期限は、", "It is valid to ";
    CERTIFICATE_CAN_BE_USED_NOW = "です。今は使えます。", ", and can be used now.";
    RENEW_IT_AT_MUNICIPAL_OFFICE =
        "期限が切れる前に、お住まいの市区町村の窓口で更新してください。",
        "Please renew it at your municipal office before then.";

    // how the card is held
    LEAVE_CARD_ON_READER =
        "カードをカードリーダーに置いたまま、「読み取り開始」を押します。",
        "Leave the card on the reader and press “Start scanning”.";
    PLACE_BACK_OF_PHONE_ON_CARD =
        "入力したら、机に置いたカードにスマートフォンの背面の中央を重ね、「読み取り開始」を押します。",
        "Then place the middle of the back of your phone on the card and press “Start scanning”.";
    PLACE_EDGE_OF_IPHONE_ON_CARD =
        "入力したら、机に置いたカードの中央にiPhoneの上の端をあて、「読み取り開始」を押します。",
        "Then place the top edge of your iPhone on the middle of the card and press “Start scanning”.";
    PLACE_CARD_ON_READER =
        "入力したら、カードリーダーにカードを置き、「読み取り開始」を押します。",
        "Then place the card on the reader and press “Start scanning”.";
    HOLD_IT_STILL = "最後まで動かさない", "Hold it still";
    MOVE_AWAY_BEFORE_PIN_IS_CHECKED = "暗証番号の確認より前に離す", "Move it away before the PIN is checked";
    MOVE_AWAY_WHILE_PIN_IS_CHECKED = "暗証番号を確認している途中で離す", "Move it away while the PIN is checked";
    MOVE_AWAY_AFTER_PIN_WAS_CHECKED = "暗証番号の確認のあとに離す", "Move it away after the PIN was checked";
    SIMULATION_HOW_CARD_IS_HELD = "模擬環境：カードの動かし方を選ぶ", "Simulation: how the card is held";
    CARD_WHILE_IT_IS_READ = "読み取り中のカード", "The card while it is read";

    // wrong PINs and the attempts left
    ONE_ATTEMPT_IS_LEFT =
        "あと1回です。次に間違えるとロックされ、市区町村の窓口で解除が必要です。自信がないときは「やめる」を押すと、画像を送る方法に替えられます。",
        "One attempt is left. If it fails, only the municipal office can unlock the card. If unsure, press “Cancel” and send a picture.";
    not_four_digits(tries) =
        "数字4桁を入力してください。カードにはまだ送っていません。あと{tries}回間違えるとロックされます。",
        "Enter four digits. Nothing was sent to the card. Attempts left: {tries}.";
    wrong_pin(tries) =
        "暗証番号が違います。あと{tries}回間違えるとロックされます。分からないときは「やめる」を押すと、画像を送る方法に替えられます。",
        "That is not the PIN. After {tries} more wrong attempts the card locks. If you do not know it, press “Cancel” and send a picture instead.";
    wrong_pin_last_try(last_try) = "暗証番号が違います。{last_try}", "That is not the PIN. {last_try}";
    attempts_left_have_changed(tries) =
        "残り回数が変わっています。このカードはほかの画面でも使われました。暗証番号はカードに送っていません。あと{tries}回間違えるとロックされます。",
        "The attempts left have changed: the card was used in another window. The PIN was not given to it. The card locks after {tries} more wrong attempts.";
    attempts_left_have_changed_last_try(last_try) =
        "残り回数が変わっています。このカードはほかの画面でも使われました。暗証番号はカードに送っていません。{last_try}",
        "The attempts left have changed: the card was used in another window. The PIN was not given to it. {last_try}";

    // help with the PIN
    IF_YOU_DO_NOT_KNOW_PIN = "暗証番号が分からないとき", "If you do not know the PIN";
    CARD_HAS_FOUR_PINS =
        "カードには4つの暗証番号があります。ここで使うのは「利用者証明用電子証明書」の数字4桁です。英数字6〜16文字の署名用パスワードではありません。",
        "The card has four PINs. This is the one of four digits for user authentication, not the signature password of 6 to 16 letters.";
    PIN_LOCKS_AFTER_THREE_ATTEMPTS =
        "3回続けて間違えるとロックされます。ロックは市区町村の窓口で解除できます。",
        "After three wrong attempts it locks. The municipal office can unlock it.";
    IF_YOU_DO_NOT_KNOW_IT_CANCEL =
        "分からないときは「やめる」を押してください。予約したサービスから資格確認書などの画像を送れば受診できます。",
        "If you do not know it, press “Cancel”. You can send a picture of your insurance document through the service where you booked.";
    DO_NOT_ENTER_REAL_CARDS_PIN =
        "これは模擬環境です。本物のマイナンバーカードの暗証番号は入力しないでください。",
        "This is a simulation. Do not enter the PIN of a real card.";

    // waiting
    GETTING_THE_REQUEST = "依頼の内容を問い合わせています", "Getting the request";
    PLEASE_LEAVE_THIS_PAGE_OPEN = "この画面は開いたままにしてください。", "Please leave this page open.";
    SCANNING = "読み取り中", "Scanning";
    SCANNING_THE_CARD = "カードを読み取っています", "Scanning the card";
    DO_NOT_MOVE_THE_CARD = "カードを動かさないでください。", "Do not move the card.";
    SENDING = "受付に送信中", "Sending";
    SENDING_TO_THE_RECEPTION = "受付に送っています", "Sending to the reception";
    YOU_CAN_TAKE_CARD_AWAY_NOW = "カードはもう離して構いません。", "You can take the card away now.";

    // the reception could not be reached
    RECEPTION_COULD_NOT_BE_REACHED = "受付につながりませんでした", "The reception could not be reached";
    APP_COULD_NOT_GET_REQUEST =
        "依頼の内容を受け取れませんでした。選んだ同意の内容は失われていません。暗証番号は使われていません。",
        "The app could not get the request. Your choices are not lost, and no PIN was used.";
    TRY_TO_CONNECT_AGAIN = "もう一度つなぐ", "Try again";
    THEN_YOU_SEE_THE_REQUEST = "つながると、依頼の内容が表示されます。", "Then you see the request.";
    COULD_NOT_SEND_TO_RECEPTION = "受付に送れませんでした", "The reception could not be reached";
    CARD_WAS_SCANNED_NOT_NEEDED_AGAIN =
        "カードの読み取りは終わっています。暗証番号の入力も読み取りも、もう一度する必要はありません。",
        "Your card was scanned. You do not need to enter the PIN or scan the card again.";
    SEND_TO_RECEPTION_AGAIN = "もう一度送る", "Send it again";
    AFTER_SENDING_PROCEDURE_CONTINUES = "送れると、手続きの続きに進みます。", "Then your procedure continues.";

    // the card was read: back to the browser
    ONE_MORE_STEP_GO_BACK_TO_BROWSER = "あと1つ：ブラウザに戻る", "One more step: go back to the browser";
    ONE_MORE_STEP_ENTER_NUMBER = "あと1つ：番号を入力", "One more step: enter the number";
    CARD_WAS_SCANNED_YOU_WILL_RETURN =
        "カードの読み取りは終わりました。ブラウザ（マイナ在宅受付Web）に自動で戻ります。戻らないときは、下のボタンを押してください。",
        "Your card was scanned. You will return to the browser (マイナ在宅受付Web) automatically. If not, press the button below.";
    BACK_TO_THE_BROWSER = "ブラウザに戻る", "Back to the browser";
    IF_BACK_ALREADY_CLOSE_PAGE =
        "すでに戻っている場合は、この画面を閉じてください。",
        "If you are back already, close this page.";
    CARD_WAS_SCANNED_GO_BACK =
        "カードの読み取りは終わりました。手続きは、ブラウザに戻ると進みます。",
        "Your card was scanned. Your procedure continues when you are back in the browser.";
    THIS_OPENS_RECEPTION_WEB = "マイナ在宅受付Webの続きが開きます。", "This opens マイナ在宅受付Web where you left it.";
    IF_YOU_ARE_ASKED_FOR_NUMBER = "番号を聞かれたとき", "If you are asked for a number";
    IF_YOU_WENT_BACK_BY_YOURSELF =
        "ご自身で元の画面に戻ったときや、別のブラウザが開いたときは、元の画面にこの番号を入力してください。",
        "If you went back by yourself, or another browser opened, enter this number on the page where you began.";
    ENTER_DIGITS_ON_OTHER_DEVICE =
        "手続きを始めた端末の画面に、この3桁の番号を入力してください。入力するまで、手続きは終わりません。",
        "Enter these three digits on the device where you began. The procedure is not finished before.";
    GO_BACK_AND_ENTER_DIGITS =
        "ブラウザ（マイナ在宅受付Web）に戻り、この3桁の番号を入力してください。入力するまで、手続きは終わりません。",
        "Go back to the browser (マイナ在宅受付Web) and enter these three digits. The procedure is not finished before.";
    NUMBER_TO_ENTER = "ブラウザの画面に入力する番号", "The number to enter in the browser";
    COPY_NUMBER_AND_GO_BACK = "番号をコピーして戻る", "Copy the number and go back";
    COPIED_TAP_BROWSERS_NAME =
        "コピーしました。画面の左上にあるブラウザの名前を押して戻り、番号の欄に貼り付けてください。",
        "Copied. Tap the browser's name at the top left to go back, and paste it into the field.";
    IF_SOMEBODY_ASKS_YOU_FOR_THIS_NUMBER = "ほかの人から番号を聞かれたら", "If somebody asks you for this number";
    ENTER_NUMBER_ONLY_WHERE_YOU_BEGAN =
        "ご自身で手続きを始めた画面だけに入力してください。電話やメールで番号を聞かれても教えないでください。",
        "Enter it only on the page where you began yourself. Don't share it with anyone by phone or email.";
    TAP_BROWSERS_NAME_AT_TOP_LEFT =
        "画面の左上にあるブラウザの名前を押します。",
        "Tap the browser's name at the top left of the screen.";
    IF_NOT_SEEN_SWITCH_APPS =
        "見当たらないときは、アプリを切り替えてブラウザを選び、「マイナ在宅受付Web」の画面を開きます。",
        "If you do not see it, switch apps, choose the browser and open the page of マイナ在宅受付Web.";

    // the request has ended
    YOU_CANCELLED = "読み取りをやめました", "You cancelled";
    THE_PIN_IS_NOW_LOCKED = "暗証番号がロックされました", "The PIN is now locked";
    PIN_OF_THIS_CARD_IS_LOCKED = "このカードの暗証番号はロックされています", "The PIN of this card is locked";
    THIS_CARD_CANNOT_BE_USED = "このカードでは手続きできません", "This card cannot be used";
    THIS_CARD_COULD_NOT_BE_USED = "このカードは使えませんでした", "This card could not be used";
    RECEPTION_DID_NOT_ACCEPT_IT = "受付で認められませんでした", "The reception did not accept it";
    TIME_IS_UP = "時間切れになりました", "Time is up";
    NOTHING_REGISTERED_NO_ATTEMPT_LOST =
        "何も登録されていません。暗証番号の回数も減っていません。手続きを始めた画面から、もう一度読み取るか、別の方法を選べます。",
        "Nothing was registered, and no attempt was lost. On the page where you began you can scan the card again or choose another way.";
    CARD_HAS_NO_USABLE_CERTIFICATE =
        "使える利用者証明用電子証明書が、カードに入っていません。暗証番号の回数は減っていません。何も登録されていません。",
        "The card has no usable certificate for user authentication. No attempt was lost and nothing was registered.";
    CERTIFICATE_ENDED_LONG_AGO =
        "まででした。3か月を過ぎたため、このカードでは手続きできません。暗証番号は入力していません。何も登録されていません。",
        ". More than three months have passed, so the card cannot be used. No PIN was entered and nothing was registered.";
    APP_CLOSES_AFTER_FIVE_MINUTES =
        "安全のため、アプリを開いてから5分で終わります。何も登録されていません。手続きを始めた画面から、もう一度アプリを開いてください。",
        "For your safety the app closes the request after five minutes. Nothing was registered. Open the app again from the page where you began.";
    PIN_LOCKED_AFTER_THREE_ATTEMPTS =
        "3回続けて間違えたため、利用者証明用電子証明書の暗証番号がロックされました。何も登録されていません。",
        "After three wrong attempts the PIN for user authentication is locked. Nothing was registered.";
    PIN_WAS_LOCKED_BEFORE =
        "このカードの暗証番号は、すでにロックされています。今回は入力していません。何も登録されていません。",
        "The PIN of this card was locked before. It was not entered now, and nothing was registered.";
    FOR_TODAYS_VISIT = "今日の診察は", "For today's visit";
    GO_BACK_AND_SEND_PICTURE =
        "予約したサービスに戻り、資格確認書などの画像を送れば受診できます。",
        "Go back to the service where you booked and send a picture of your insurance document.";
    TO_USE_THE_CARD_AGAIN = "カードをまた使うには", "To use the card again";
    TAKE_CARD_TO_YOUR_MUNICIPAL_OFFICE =
        "お住まいの市区町村の窓口にカードをお持ちください。暗証番号のロックの解除や、電子証明書の発行ができます。",
        "Take the card to your municipal office, which can unlock the PIN or issue a certificate.";
    THERE_YOU_CHOOSE_HOW_TO_CONTINUE =
        "手続きを始めた画面（マイナ在宅受付Web）で、続け方を選べます。",
        "There, at マイナ在宅受付Web, you choose how to go on.";
    OTHER_DEVICE_SHOWS_HOW_TO_CONTINUE =
        "手続きを始めた端末の画面に、続け方が表示されます。この画面は閉じて構いません。",
        "The device where you began shows how to go on. You may close this page.";
}
