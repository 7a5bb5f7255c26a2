//! What the pages and letters of a clinic's desk say.

use text::texts;

texts! {
    FIND_A_VISIT = "予約をさがす", "Find a visit";
    NAME_READING_TELEPHONE_OR_NUMBER =
        "氏名、よみがな、電話番号、予約番号のどれかを入力します。",
        "Enter a name, its reading, a telephone number or a booking number.";
    SEARCH = "さがす", "Search";
    NO_VISIT_WAS_FOUND = "見つかりませんでした", "No visit was found";
    TRY_A_PART_OF_THE_NAME =
        "名字だけ、電話番号の下4桁だけでもさがせます。90日前から180日先までの予約からさがします。",
        "Try the family name alone, or the last four digits of the telephone number. Visits from 90 days ago to 180 days ahead are searched.";
    ONLY_THE_NEXT_ARE_SHOWN = "50件まで表示しています。", "At most 50 visits are shown.";
    FOUND_VISITS = "見つかった予約", "Visits that were found";
    BOOKING_NUMBER = "予約番号", "Booking number";
    DOCTORS = "医師", "Doctors";
    ALL_DOCTORS = "すべての医師", "All doctors";
    CANCELLATION_FEE = "患者が払うキャンセル料", "Fee that the patient owes for cancelling";
    MOVE_THE_VISIT = "日時を変更する", "Move the visit";
    CANCEL_THE_VISIT = "予約をキャンセルする", "Cancel the visit";
    KEEP_THE_VISIT = "キャンセルしない", "Keep the visit";
    CHECK_THE_MOVE = "変更の確認", "Check the move";
    CHOOSE_ANOTHER_TIME = "日時を選び直す", "Choose another time";
    TIME_BEFORE = "今の日時", "Now";
    TIME_AFTER = "新しい日時", "New";
    PATIENT_HAS_TO_REGISTER_AGAIN = "患者の同意登録が無効になります", "The patient's consent becomes void";
    CONSENT_HOLDS_FOR_ONE_DAY =
        "同意はその日だけ有効です。メールで、もう一度の手続きをお願いします。",
        "Consent holds for one day. The letter asks the patient to register it again.";
    MOVE_TO_THIS_TIME = "この日時に変更する", "Move to this time";
    THE_PATIENT_GETS_A_LETTER = "患者にメールが届きます", "The patient gets a letter";
    CANCELLED_FOR_THE_CLINIC =
        "医療機関の都合によるキャンセルとして、患者にメールで知らせます。料金はかかりません。",
        "The patient is told by mail that the clinic cancelled it. There is no fee.";
    THE_VISIT_WAS_MOVED = "日時を変更しました", "The visit was moved";
    THE_VISIT_WAS_CANCELLED = "予約をキャンセルしました", "The visit was cancelled";
    THE_PATIENT_IS_TOLD_BY_MAIL = "患者にはメールで知らせます。", "The patient is told by mail.";
    MOVED_THE_VISIT = "日時を変更しました", "moved the visit";
    CANCELLED_THE_VISIT = "予約をキャンセルしました", "cancelled the visit";
    CLINIC_SETTINGS = "診療の設定", "Clinic settings";
    // desk_action
    ASKED_FOR_CONSENT = "同意登録をお願いした", "asked for consent";
    ASKED_FOR_A_PICTURE = "画像をお願いした", "asked for a picture";
    ASKED_FOR_THE_PICTURE_AGAIN = "画像の送り直しをお願いした", "asked for the picture again";
    CONFIRMED_AT_THE_TERMINAL = "端末で確認した", "confirmed at the terminal";
    CONFIRMED_BY_THE_PICTURE = "画像で確認した", "confirmed by the picture";
    CONFIRMED_BY_DOCUMENT_ON_SCREEN = "画面で書類を確認した", "confirmed by the document on the screen";
    SAID_THAT_IT_COULD_NOT_BE_CONFIRMED = "確認できないことを知らせた", "said that it could not be confirmed";
    MARKED_THE_VISIT_AS_HELD = "診察済みにした", "marked the visit as held";

    // letter
    PLEASE_DONT_REPLY_TO_THIS_EMAIL =
        "このメールは送信専用です。くわしい内容は、上のページでご確認ください。",
        "Please don't reply to this email. You will find the details on the page above.";
    YOU_ARE_INVITED =
        "受付アカウントに招待されました。下のページを開くと、招待した施設と役割が表示されます。そこでアカウントを使い始められます。リンクが使えるのは1回だけです。お心当たりがない場合は、このメールを削除してください。何も登録されません。",
        "You are invited to an account of a front desk. The page below says who invites you and in which role. You can begin to use the account there. The link works once. If you did not expect this, delete the mail: nothing is registered.";
    WRONG_CODES_WERE_ENTERED =
        "受付アカウントへのログインで、正しいパスワードのあとに、間違った確認コードが何度も入力されました。ログインはできていません。お心当たりがない場合は、すぐにパスワードを変更してください。",
        "For the desk account of this address the right password was entered and then many wrong codes. Nobody was signed in. If this was not you, please change the password at once.";
    WRONG_PASSWORDS_WERE_ENTERED =
        "このメールアドレスの受付アカウントに、間違ったパスワードが何度も入力されました。そのため、はじめてのブラウザーからのログインを15分間止めています。これまでにログインしたことのあるブラウザーでは、いつもどおりログインできます。お心当たりがない場合も、パスワードは知られていません。",
        "Wrong passwords were entered many times for the desk account of this address. So browsers that are new to it cannot sign in for 15 minutes. Browsers that have signed in before go on as usual. If this was not you: your password has not been guessed.";

    // day
    TODAY_LABEL = "本日の予約 ", "Today: ";
    VISITS_ON = "予約 ", "Visits on ";
    // The script of the page puts the number in the place of {n}.
    NEW_VISITS_N = "新しい予約：{n}件", "New visits: {n}";
    CHANGED_VISITS_N = "変わった予約：{n}件", "Changed visits: {n}";
    NOT_UP_TO_DATE = "更新できていません。通信を確認してください。", "Not up to date. Please check the connection.";
    TO_PHONE = "電話する", "To phone";
    NEEDS_ACTION = "対応が必要", "Needs action";
    READY = "準備ができています", "Ready";
    OVER = "終わり", "Over";
    UPDATED = "更新 ", "Updated ";
    UPDATE_NOW = "今すぐ更新", "Update now";
    PHONE_NOW = "電話する", "Phone now";
    THERE_IS_NO_TELEPHONE_NUMBER = "電話番号の登録がありません。", "There is no telephone number.";
    OPEN_THE_VISIT = "予約を開く", "Open the visit";
    BEGUN = "開始済み", "begun";
    I_HAVE_SEEN_THEM_ALL = "すべて見ました", "I have seen them all";
    PREVIOUS_DAY = "前の日", "Previous day";
    TODAY = "今日", "Today";
    NEXT_DAY = "次の日", "Next day";
    DAY = "日付", "Day";
    WHICH_VISITS = "表示する予約", "Which visits";
    ALL = "すべて", "All";
    NOW = "今", "Now";
    IN_THE_NEXT_30_MINUTES = "これから30分", "In the next 30 minutes";
    LATER = "あと", "Later";
    TIME = "時間", "Time";
    PATIENT = "患者", "Patient";
    MENU_DOCTOR = "メニュー・医師", "Menu, doctor";
    PATIENTS_SIDE = "患者の手続き", "Patient's side";
    DESKS_SIDE = "受付の確認", "Desk's side";
    NEXT = "次にすること", "Next";
    VISITS_LABEL = "予約の一覧：", "Visits: ";
    MARK_AS_HELD = "診察済みにする", "Mark as held";
    NO_VISITS_ON_THIS_DAY = "この日の予約はありません", "No visits on this day";
    VISITS_APPEAR_HERE =
        "予約が入ると、ここに表示され、メールでお知らせします。",
        "Visits appear here, and you are told of them by mail.";
    NOTHING_NEEDS_ACTION = "対応が必要な予約はありません", "Nothing needs action";
    WHAT_PATIENTS_SEND_APPEARS_HERE =
        "患者さんの手続きや画像が届くと、ここに表示されます。",
        "What patients send appears here.";
    OPEN_ANOTHER_DAY = "ほかの日を開く", "Open another day";
    OPEN_THIS_DAY = "この日を開く", "Open this day";
    minutes_left(minutes) = "あと{minutes}分", "in {minutes} min";
    new_since(time, count) = "{time}から新しいこと {count}件", "New since {time}: {count}";
    not_yet_marked_as_held(heading, count) =
        "{heading} 診察済みにしていない予約 {count}件",
        "{heading}, not yet marked as held: {count}";

    // day_sheet, day_export
    PRINT_THE_DAY = "印刷用の一覧を開く", "List for printing";
    DOWNLOAD_THE_DAY = "CSVで書き出す", "Download as CSV";
    PRINT = "印刷する", "Print";
    PROOF_AND_RECEPTION_NUMBER = "保険の確認・受付番号", "Proof, reception number";
    REMARKS = "備考", "Remarks";
    CONTAINS_PERSONAL_DATA =
        "個人情報が含まれています。使い終わったら、読めないようにして捨ててください。",
        "Contains personal data. Please shred it after use.";
    printed_at_by(time, name) = "印刷 {time} {name}", "Printed {time} by {name}";

    // week
    WEEK = "週", "Week";
    PREVIOUS_WEEK = "前の週", "Previous week";
    THIS_WEEK = "今週", "This week";
    NEXT_WEEK = "次の週", "Next week";
    VISITS_OF_THE_WEEK = "週の予約 ", "Visits of the week: ";
    CLOSED = "休診", "Closed";
    week_from_to(first, last) = "{first}〜{last}", "{first} to {last}";
    visits_counted(count) = "予約 {count}件", "Visits: {count}";
    proof_missing_counted(count) = "手続き待ち {count}", "Proof missing: {count}";
    needs_action_counted(count) = "対応が必要 {count}", "Needs action: {count}";
    held_counted(count) = "診察済み {count}", "Held: {count}";
    closed_from_to(from, to) = "休診 {from}〜{to}", "Closed {from}-{to}";

    // sign_in
    ADDRESS_OR_PASSWORD_IS_WRONG = "メールアドレスかパスワードが違います", "The address or the password is wrong";
    PLEASE_ENTER_THEM_AGAIN =
        "もう一度入力してください。分からないときは、管理者に確認してください。",
        "Please enter them again. If you do not know them, ask your administrator.";
    TOO_MANY_MISSES_PLEASE_WAIT = "続けて間違えたため、しばらくログインできません", "Too many misses: please wait";
    PLEASE_TRY_AGAIN_IN_FIFTEEN_MINUTES =
        "15分たってから、もう一度お試しください。",
        "Please try again in fifteen minutes.";
    E_MAIL_ADDRESS = "メールアドレス", "E-mail address";
    PASSWORD = "パスワード", "Password";
    SIGN_IN = "ログイン", "Sign in";
    TODAYS_VISITS_OPEN = "本日の予約が開きます。", "Today's visits open.";
    FOR_PATIENTS = "患者の方はこちら", "For patients";
    THE_CLINICS_DESK_SIGN_IN = "医療機関の受付ログイン", "The clinic's desk: sign in";
    SIGN_IN_AS_CLINIC =
        "オンライン診療を受け付ける医療機関の方が、予約と保険の確認を見るためのログイン画面です。",
        "Sign in as a clinic to see its appointments and confirm insurance.";

    // patient_identity
    ACCOUNT_CLOSED = "（退会した方）", "(account closed)";
    NO_NAME_YET = "（名前は未登録）", "(no name yet)";
    PHONE = "電話する ", "Phone ";
    NAME = "氏名", "Name";
    KANA = "カナ", "Kana";
    DATE_OF_BIRTH = "生年月日", "Date of birth";
    AGE_AT_THE_VISIT = "診察日の年齢", "Age at the visit";
    aged_years(years) = "{years}歳", "aged {years}";
    patient_with_age(name, kana, age) = "{name}{kana}様 {age}", "{name}{kana}, {age}";
    patient_name(name) = "{name}様", "{name}";

    // picture
    RECEIVED = "受け取り：", "Received: ";
    BACK_TO_THE_VISIT = "予約に戻る", "Back to the visit";
    VISITS = "予約一覧", "Visits";
    THE_PATIENT = "予約した方", "The patient";
    MESSAGE_SEEMS_TO_CONTAIN_NUMBER =
        "ひとことに番号が入っているようです。保険証などの番号は消してください。必要な番号であれば、そのまま送れます。まだ送っていません。",
        "The message seems to contain a number. Please remove numbers of documents. If the number is needed, you can send it as it is. Nothing was sent yet.";
    VALID_ON_THE_VISIT_DAY = "有効期限", "Valid on the visit day";
    CHOOSE_THE_PICTURE = "画像を選ぶ", "Choose the picture";
    picture_of_side(side) = "{side}の画像", "{side}, picture";
    HOW_TO_LOOK = "画像の見かた", "How to look";
    TURN_RIGHT = "右に回す", "Turn right";
    LARGER = "拡大", "Larger";
    SMALLER = "縮小", "Smaller";
    LEFT = "左へ", "Left";
    RIGHT = "右へ", "Right";
    UP = "上へ", "Up";
    DOWN = "下へ", "Down";
    BY_MEASUREMENT = "自動の測定では", "By measurement";
    LOOK_AT_EVERY_PICTURE_FIRST =
        "届いている画像をすべて見てから、確認できます。",
        "Insurance can be confirmed once every picture was looked at.";
    DOCUMENT_AGREES_WITH_PATIENT_IN = "予約した方と同じことを確かめた項目", "The document agrees with the patient in";
    INSURANCE_CONFIRMED_BY_THIS = "この画像で保険を確認しました", "Insurance confirmed by this";
    ALL_PICTURES_ARE_MARKED_AS_CHECKED =
        "届いているすべての画像を確認済みにし、患者さんに知らせます。",
        "All pictures are marked as checked, and the patient is told.";
    WHAT_THE_PATIENT_IS_TOLD = "患者さんに伝える理由", "What the patient is told";
    A_MESSAGE_TO_THE_PATIENT = "患者さんへのひとこと", "A message to the patient";
    SHOWN_ON_PATIENTS_PAGE_ONLY =
        "患者さんの画面だけに表示されます。メールには載りません。番号は書かないでください。",
        "Shown on the patient's page only, never in a mail. Please write no numbers.";
    ASK_FOR_IT_AGAIN = "送り直しをお願いする", "Ask for it again";
    PATIENT_SENDS_ONLY_THIS_PICTURE_AGAIN =
        "患者さんにメールで知らせます。この画像だけを送り直せます。",
        "The patient is told by mail and sends only this picture again.";
    SEND_IT_WITH_THE_NUMBER = "番号を含めたまま送る", "Send it with the number";
    picture_and_patient(picture, patient) = "{picture}（{patient}）", "{picture}, {patient}";
    compare_and_tick(label) = "{label}を確かめて、チェックを入れてください。", "Compare and tick: {label}.";
    see_the_other_picture(picture) = "もう1枚を見る：{picture}", "See the other picture: {picture}";

    // visit
    VISIT_LABEL = "診察 ", "Visit: ";
    PLEASE_PHONE_THE_PATIENT = "患者さんに電話してください", "Please phone the patient";
    VISIT_IS_NEAR =
        "診察が近いのに、保険を確認できるものが届いていません。",
        "The visit is near, and nothing has come by which insurance could be confirmed.";
    RECORDED = "記録しました", "Recorded";
    UNDONE = "取り消しました", "Undone";
    IF_PATIENT_HAS_NOT_BEEN_TOLD_YET =
        "患者さんへのお知らせがまだ送られていなければ送りません。送られていたときは、取り消したことを患者さんに知らせます。",
        "If the patient has not been told yet, nothing is sent. Otherwise the patient is told that it was undone.";
    SOMETHING_CHANGED_BEFORE = "先に変更がありました", "Something changed before";
    PATIENT_OR_COLLEAGUE_DID_SOMETHING =
        "この画面を開いたあとに、患者さんの手続きやほかの担当者の操作がありました。今回の操作は記録していません。下の内容をご確認ください。",
        "The patient or a colleague did something after you opened the page. Your action was not recorded. Please check what the page shows now.";
    THE_DESKS_LAST_ACTION = "受付の最後の操作：", "The desk's last action: ";
    IT_IS_TOO_EARLY_FOR_THIS = "まだこの操作はできません", "It is too early for this";
    NOTHING_WAS_RECORDED =
        "何も記録していません。診察の時間になってから、もう一度操作してください。",
        "Nothing was recorded. Please try again when the time of the visit has come.";
    THIS_CAN_NO_LONGER_BE_UNDONE = "取り消せる時間が過ぎました", "This can no longer be undone";
    UNDO_WITHIN_TEN_MINUTES =
        "操作は10分以内であれば取り消せます。何も変わっていません。いまの状況に合わせて、下から操作してください。",
        "An action can be undone within ten minutes. Nothing was changed. Please use the actions below.";
    LAST_ACTION = "最後の操作", "Last action";
    COLON = "：", ": ";
    OPEN_THIS_PATIENTS_RECEPTION =
        "医療機関の資格確認端末で、この患者さんの受付を開いてください。",
        "Open this patient's reception at the clinic's own terminal.";
    CONFIRMED_AT_THE_TERMINAL_BUTTON = "端末で確認しました", "Confirmed at the terminal";
    IT_IS_RECORDED_AND_PATIENT_IS_TOLD =
        "確認済みとして記録し、患者さんに知らせます。",
        "It is recorded, and the patient is told.";
    NOT_FOUND_AT_THE_TERMINAL = "端末に見つからない", "Not found at the terminal";
    LOOK_AT_THE_PICTURE = "画像を確認する", "Look at the picture";
    THAT_YOU_LOOKED_IS_RECORDED =
        "見たことは記録され、患者さんにも表示されます。",
        "That you looked is recorded, and the patient sees it.";
    MARK_THE_VISIT_AS_HELD = "診察済みにする", "Mark the visit as held";
    PRESS_IT_WHEN_VISIT_IS_OVER = "診察が終わったら押してください。", "Press it when the visit is over.";
    MARK_AS_HELD_ONCE_IT_BEGINS =
        "診察の時間になると、ここから診察済みにできます。",
        "When the time of the visit has come, it can be marked as held here.";
    CONSENT_APPEARS_ONCE_REGISTERED =
        "登録が終わると、ここに表示されます。",
        "As soon as consent is registered, it appears here.";
    PATIENT_WAS_TOLD_BY_MAIL =
        "患者さんにメールで知らせました。手続きが届くと、ここに表示されます。",
        "The patient was told by mail. What arrives appears here.";
    WHAT_ARRIVES_APPEARS_HERE = "手続きが届くと、ここに表示されます。", "What arrives appears here.";
    PICTURES_OF_THE_DOCUMENT = "保険の書類の画像", "Pictures of the document";
    NOT_SENT = "未送信", "Not sent";
    NOT_CHECKED = "未確認", "Not checked";
    CHECKED = "確認済み", "Checked";
    ASKED_FOR_AGAIN = "送り直しを依頼中", "Asked for again";
    RECEPTION_NUMBER = "受付番号", "Reception number";
    TELEPHONE = "電話番号", "Telephone";
    VISIT = "診察日時", "Visit";
    MENU = "メニュー", "Menu";
    DOCTOR = "医師", "Doctor";
    CONSENT = "同意登録", "Consent";
    A_PICTURE = "画像", "A picture";
    ASKED_FOR = "お願いした内容", "Asked for";
    THE_VISIT = "予約の内容", "The visit";
    WHAT_WAS_DONE_WITH_THIS_VISIT = "この予約の記録", "What was done with this visit";
    NOTHING_YET_SENTENCE = "まだ記録はありません。", "Nothing yet.";
    visit_in_minutes(minutes) = " あと{minutes}分", " (in {minutes} min)";
    next_picture(count) = "次の画像へ（あと{count}件）", "Next picture ({count} more)";

    // settings
    CURRENT_PASSWORD_IS_WRONG =
        "いまのパスワードが違います。もう一度入力してください。",
        "The current password is wrong. Please enter it again.";
    TOO_MANY_WRONG_ATTEMPTS =
        "続けて間違えたため、15分たってからもう一度お試しください。",
        "Too many wrong attempts. Please try again in fifteen minutes.";
    NEW_PASSWORD_NEEDS_AT_LEAST_10_CHARACTERS =
        "新しいパスワードは10文字以上で入力してください。",
        "The new password needs at least 10 characters.";
    SEND_THEM = "受け取る", "Send them";
    GATHERED_INTO_ONE_MAIL =
        "まとめて届きます。診察が近いときは、すぐに届きます。",
        "Gathered into one mail; at once when a visit is near.";
    DO_NOT_SEND_THEM = "受け取らない", "Do not send them";
    NEWS_STANDS_IN_THE_LIST = "新しいことは、予約一覧に表示されます。", "What is new stands in the list of visits.";
    NOTIFICATION_MAILS = "お知らせのメール", "Notification mails";
    ABOUT_VISITS_AND_PICTURES = "予約や画像のお知らせ", "About visits and pictures";
    SAVE = "保存する", "Save";
    CHANGE_THE_PASSWORD = "パスワードの変更", "Change the password";
    CURRENT_PASSWORD = "いまのパスワード", "Current password";
    NEW_PASSWORD = "新しいパスワード", "New password";
    AT_LEAST_10_CHARACTERS = "10文字以上で入力してください。", "At least 10 characters.";
    CHANGE_THE_PASSWORD_BUTTON = "パスワードを変更する", "Change the password";
    OTHER_BROWSERS_AND_TERMINAL_SIGNED_OUT =
        "ほかのブラウザーと、資格確認端末とのつながりは切れます。端末の設定にも新しいパスワードを入れてください。",
        "Other browsers and the connection of your own terminal are signed out. Enter the new password in the terminal's settings too.";
    OTHER_BROWSERS = "ほかのブラウザー", "Other browsers";
    IF_YOU_FORGOT_TO_SIGN_OUT =
        "共用のパソコンなどでログアウトを忘れたときに使います。",
        "For when you forgot to sign out on a shared computer.";
    SIGN_OUT_EVERYWHERE_ELSE = "ほかのブラウザーをすべてログアウトする", "Sign out everywhere else";
    THIS_BROWSER_STAYS_SIGNED_IN = "このブラウザーはログインしたままです。", "This browser stays signed in.";
    SETTINGS = "設定", "Settings";
    YOUR_CHOICE_WAS_SAVED = "お知らせの設定を保存しました", "Your choice was saved";
    ALL_OTHER_BROWSERS_WERE_SIGNED_OUT = "ほかのブラウザーをログアウトしました", "All other browsers were signed out";
    THE_PASSWORD_WAS_CHANGED = "パスワードを変更しました", "The password was changed";

    // frame
    TODAYS_VISITS = "本日の予約", "Today";
    STAFF = "職員", "Staff";

    // staff
    ROLE = "役割", "Role";
    ROLE_DESK = "受付", "Desk";
    ROLE_DOCTOR = "医師", "Doctor";
    ROLE_MANAGER = "管理者", "Manager";
    STATE = "状態", "State";
    ACCOUNT_ACTIVE = "利用中", "Active";
    ACCOUNT_ENDED = "終了", "Ended";
    LAST_SIGN_IN = "最後のログイン", "Last sign-in";
    NEVER_SIGNED_IN = "まだありません", "Never";
    ACCOUNTS = "アカウント", "Accounts";
    INVITED = "招待中", "Invited";
    INVITATION_EXPIRED = "招待の期限切れ", "Invitation expired";
    VALID_UNTIL = "有効期限", "Valid until";
    INVITE_SOMEBODY = "職員を招待する", "Invite somebody";
    SEND_AGAIN = "もう一度送る", "Send again";
    WITHDRAW = "招待を取り消す", "Withdraw";
    THE_INVITATION_WAS_SENT = "招待のメールを送りました", "The invitation was sent";
    THE_INVITATION_WAS_SENT_AGAIN = "招待のメールをもう一度送りました", "The invitation was sent again";
    THE_INVITATION_WAS_WITHDRAWN = "招待を取り消しました", "The invitation was withdrawn";
    THE_LINK_BEFORE_NO_LONGER_WORKS =
        "前に送ったメールのリンクは、もう使えません。",
        "The link that was sent before no longer works.";
    TOO_MANY_INVITATIONS_TODAY =
        "今日はこれ以上、招待のメールを送れません",
        "No more invitations can be sent today";
    TRY_TO_INVITE_TOMORROW =
        "メールは送っていません。今ある招待はそのままです。明日もう一度お試しください。",
        "Nothing was sent. The invitations that there are stand. Please try again tomorrow.";
    THE_ROLE_WAS_CHANGED = "役割を変更しました", "The role was changed";
    THE_ACCESS_WAS_ENDED = "利用を終了しました", "The access was ended";
    SIGNED_OUT_EVERYWHERE = "すべてのブラウザーと端末からログアウトしました。", "The account was signed out everywhere.";
    ANOTHER_MANAGER_CHANGED_IT =
        "この画面を開いたあとに、ほかの管理者の操作がありました。今回の操作は反映していません。下の内容をご確認ください。",
        "Another manager changed it after you opened the page. Your action was not applied. Please check what the page shows now.";
    A_CLINIC_KEEPS_A_MANAGER = "管理者がいなくなるため、変更していません", "Nothing was changed: a clinic keeps a manager";
    MAKE_ANOTHER_MANAGER_FIRST =
        "先に、ほかの職員の役割を管理者に変更してください。",
        "First make somebody else a manager.";

    // invite
    PLEASE_ENTER_A_NAME = "氏名を入力してください。", "Please enter a name.";
    PLEASE_ENTER_AN_ADDRESS =
        "メールアドレスを、name@example.jp のように入力してください。",
        "Please enter an e-mail address, such as name@example.jp.";
    PLEASE_CHOOSE_A_ROLE = "役割を選んでください。", "Please choose a role.";
    ADDRESS_HAS_AN_ACCOUNT =
        "このメールアドレスの職員は、すでに利用中です。",
        "Somebody with this address has an account already.";
    ADDRESS_IS_ALREADY_INVITED =
        "このメールアドレスは、すでに招待しています。職員の一覧から、もう一度送れます。",
        "This address is invited already. The list of staff can send it again.";
    PATIENTS_SEE_THIS_NAME = "患者さんにも表示されます。", "Patients see it too.";
    WHAT_A_DESK_DOES = "予約と保険の確認を行います。", "Sees visits and confirms insurance.";
    WHAT_A_DOCTOR_DOES = "受付と同じことを行えます。", "Can do what the desk does.";
    WHAT_A_MANAGER_DOES = "受付と同じことに加えて、職員を管理します。", "Can do what the desk does, and manages the staff.";
    SEND_THE_INVITATION = "招待のメールを送る", "Send the invitation";
    BACK_TO_STAFF = "職員の一覧に戻る", "Back to staff";
    link_works_for_hours(hours) =
        "メールのリンクは{hours}時間、1回だけ使えます。",
        "The link in the mail works once, for {hours} hours.";

    // staff_account
    CHANGE_THE_ROLE = "役割を変更する", "Change the role";
    IN_FORCE_AT_ONCE = "すぐに反映されます。", "It is in force at once.";
    END_THE_ACCESS = "利用を終了する", "End the access";
    SIGNED_OUT_AT_ONCE_RECORD_STAYS =
        "すぐにログアウトされ、ログインできなくなります。これまでの記録は残ります。",
        "The account is signed out at once and can no longer sign in. What it did stays on record.";

    // invitation
    INVITATION = "受付アカウントへの招待", "Invitation to an account of a clinic's desk";
    CLINIC = "医療機関", "Clinic";
    START_WITH_THIS_ACCOUNT = "このアカウントを使い始める", "Start with this account";
    YOU_ARE_SIGNED_IN_WITH_ADDRESS_AND_PASSWORD =
        "ログインして、本日の予約が開きます。次からは、このメールアドレスとパスワードでログインします。",
        "You are signed in and today's visits open. From then on you sign in with this address and the password.";
    SIGN_OUT_AND_OPEN_THE_LINK_AGAIN =
        "招待を受ける方がご本人でない場合や、別のアカウントを使い始める場合は、ログアウトしてから、メールのリンクをもう一度開いてください。招待はそのまま使えます。",
        "To start with the account of the invitation, sign out and open the link in the mail again. The invitation still works.";
    SIGN_OUT = "ログアウト", "Sign out";
    INVITATION_HAS_EXPIRED = "招待の期限が切れています", "The invitation has expired";
    ASK_THE_CLINIC_TO_SEND_IT_AGAIN =
        "招待した医療機関に、もう一度送るようご依頼ください。",
        "Please ask the clinic to send it again.";
    INVITATION_WAS_USED = "この招待は、すでに使われています", "This invitation was used";
    SIGN_IN_WITH_YOUR_PASSWORD =
        "使い始めたときのパスワードで、ログインしてください。お心当たりがない場合は、医療機関の管理者にご連絡ください。",
        "Please sign in with the password that was chosen. If that was not you, tell the clinic's manager.";
    INVITATION_WAS_WITHDRAWN = "この招待は取り消されました", "This invitation was withdrawn";
    ASK_THE_CLINIC_IF_YOU_EXPECTED_IT =
        "お心当たりがある場合は、医療機関の管理者にご確認ください。",
        "If you expected it, please ask the clinic's manager.";
    ADDRESS_SIGNS_IN_ELSEWHERE =
        "このメールアドレスは、別のアカウントで使われています",
        "This address signs in with another account";
    ASK_FOR_ANOTHER_ADDRESS =
        "アカウントは作られていません。別のメールアドレスへの招待を、医療機関の管理者にご依頼ください。",
        "No account was made. Please ask the clinic's manager to invite another address.";
    TO_THE_SIGN_IN = "ログイン画面へ", "To the sign-in";
    signed_in_as(name) = "{name}さんとしてログインしています", "You are signed in as {name}";

    // action_form
    UNDO = "取り消す", "Undo";
    ASK_FOR_A_PICTURE = "画像をお願いする", "Ask for a picture";
    PATIENT_IS_TOLD_BY_MAIL = "患者さんにメールで知らせます。", "The patient is told by mail.";
    ASK_FOR_CONSENT = "同意登録をお願いする", "Ask for consent";
    CONFIRMED_IN_ANOTHER_WAY = "ほかの方法で確認した", "Confirmed in another way";
    DOCUMENT_WAS_HELD_UP_IN_CALL =
        "ビデオ通話の画面で、資格確認書などを見て確認したとき。",
        "When the patient held the document up in the video call.";
    ON_SCREEN_FROM_15_MINUTES_BEFORE =
        "ビデオ通話の画面で書類を見て確認する方法は、診察の15分前から選べます。",
        "Confirming by the document on the screen is possible from 15 minutes before the visit.";
    ASK_THE_PATIENT = "患者さんにお願いする", "Ask the patient";
    TELL_PATIENT_IT_CANNOT_BE_CONFIRMED =
        "確認できないことを患者さんに知らせる",
        "Tell the patient that it cannot be confirmed";
    WHY = "理由", "Why";
    TELL_THE_PATIENT = "確認できないことを知らせる", "Tell the patient";
    PATIENT_CAN_TRY_ANOTHER_WAY =
        "患者さんにメールで知らせます。患者さんは別の方法で手続きできます。",
        "The patient is told by mail and can try another way.";
    VISIT_WAS_HELD_WITHOUT_CHECK = "保険の確認をせずに診察を終えた", "The visit was held without a check";
    CONFIRMED_BY_THE_PICTURE_BUTTON = "画像で確認しました", "Confirmed by the picture";
    CONFIRMED_BY_DOCUMENT_ON_SCREEN_BUTTON = "画面で書類を確認しました", "Confirmed by the document on the screen";
    possible_until(time) = "{time}まで取り消せます。", "Possible until {time}.";

    // labels
    SELF_PAY = "自費診療", "Self-pay";
    NOTHING_YET = "手続きなし", "Nothing yet";
    VOID_MOVED = "日時変更で無効", "Void: moved";
    ENDED_WITHOUT_REGISTERING = "登録せずに終了", "Ended without registering";
    PICTURE_ERASED = "画像を消去", "Picture erased";
    WITHDRAWN = "同意を取消し", "Withdrawn";
    CONSENT_IS_OVER = "同意の期限切れ", "Over";
    IN_PROGRESS = "手続きの途中", "In progress";
    STARTED_NOT_FINISHED = "手続きが途中で止まっています", "Started, not finished";
    CONSENT_REGISTERED = "同意登録済み", "Consent registered";
    RECEPTION = "受付番号 ", "Reception ";
    SAYS_IT_IS_DONE = "「終わった」と連絡あり", "Says it is done";
    PICTURE_SENT = "画像が届いています", "Picture sent";
    NOTHING_TO_CHECK = "確認不要", "Nothing to check";
    CONSENT_ASKED = "同意を依頼中", "Consent asked";
    PICTURE_ASKED = "画像を依頼中", "Picture asked";
    CHECKED_AT_TERMINAL = "端末で確認済み", "Checked at terminal";
    CHECKED_BY_PICTURE = "画像で確認済み", "Checked by picture";
    CHECKED_ON_SCREEN = "画面で確認済み", "Checked on screen";
    REFUSED = "確認できず", "Refused";
    WAIT_FOR_THE_PATIENT = "患者を待つ", "Wait for the patient";
    CHECK_THE_TERMINAL = "端末で確認する", "Check the terminal";
    SEE_THE_PATIENT = "診察へ", "See the patient";
    OPEN = "開く", "Open";
    CANCELLED = "キャンセル", "Cancelled";
    HELD = "診察済み", "Held";
    LOOKED_AT_THE_PICTURE = "画像を見た", "looked at the picture";
    SAW_PICTURE_IN_LIST = "一覧で画像を見た", "saw the picture in the list";
    SENT_THE_PICTURE = "画像を送った", "sent the picture";
    ERASED_THE_PICTURE = "画像を消した", "erased the picture";
    OPENED_THIS_PAGE = "この画面を開いた", "opened this page";
    SERVICE = "システム", "Service";
    FIRST_PICTURE = "（1枚目）", " (first)";
    SECOND_PICTURE = "（2枚目）", " (second)";
    since_time(time) = "（{time}から）", " (since {time})";
    took_back(action) = "「{action}」を取り消した", "took back: {action}";

    // sign_in_code
    THE_CODE_CAME_TOO_LATE = "確認コードの入力を待てる時間が過ぎました", "The code came too late";
    PLEASE_BEGIN_WITH_THE_PASSWORD =
        "パスワードの入力から、もう一度お試しください。",
        "Please begin again with the password.";
    SECOND_STEP_OF_SIGNING_IN = "ログイン：確認コードの入力", "Sign in: the code";
    CODE_OF_THE_APP = "認証アプリの確認コード", "Code of your authenticator app";
    SIX_DIGITS_OF_THE_APP =
        "認証アプリに表示される6桁の数字です。30秒ごとに変わります。",
        "The six digits that the app shows. They change every 30 seconds.";
    CODE_IS_WRONG_OR_WAS_USED =
        "確認コードが違うか、すでに使われています。アプリに次のコードが表示されたら、入力してください。",
        "The code is wrong or was used. Please enter the next one that the app shows.";
    WITHOUT_THE_APP = "認証アプリを使えないとき", "Without the app";
    RECOVERY_CODE = "回復コード", "Recovery code";
    EACH_RECOVERY_CODE_WORKS_ONCE =
        "控えておいた12文字のコードです。1つのコードは1回だけ使えます。",
        "One of the codes of twelve letters that you kept. Each works once.";
    RECOVERY_CODE_IS_WRONG_OR_WAS_USED =
        "回復コードが違うか、すでに使われています。",
        "The recovery code is wrong or was used.";
    SIGN_IN_WITH_A_RECOVERY_CODE = "回復コードでログインする", "Sign in with a recovery code";
    BACK_TO_THE_PASSWORD = "パスワードの入力に戻る", "Back to the password";

    // second_factor
    SECOND_FACTOR = "二段階認証", "Two-step sign-in";
    TURNED_ON = "オン", "On";
    TURNED_OFF = "オフ", "Off";
    BACK_TO_SETTINGS = "設定に戻る", "Back to settings";
    OPEN_SECOND_FACTOR = "二段階認証を設定する", "Set up two-step sign-in";
    SECOND_FACTOR_PROTECTS =
        "パスワードに加えて、スマートフォンの認証アプリの確認コードでログインします。パスワードを知られても、ほかの人はログインできません。",
        "You sign in with the password and a code of an authenticator app on your phone. Whoever learns your password cannot sign in with it alone.";
    SET_UP_THE_APP = "認証アプリを設定する", "Set up the app";
    A_QR_CODE_APPEARS = "認証アプリで読み取るQRコードが表示されます。", "A QR code for the app appears.";
    SCAN_WITH_YOUR_APP =
        "認証アプリでQRコードを読み取り、アプリに表示される確認コードを入力してください。",
        "Scan the QR code with your authenticator app, then enter the code that the app shows.";
    QR_CODE_FOR_YOUR_APP = "認証アプリで読み取るQRコード", "QR code for your authenticator app";
    OR_TYPE_THE_SECRET = "QRコードを読み取れないとき", "If you cannot scan it";
    CODE_DOES_NOT_FIT_THE_APP =
        "確認コードが違います。アプリに表示されているコードと、スマートフォンの時刻を確かめてください。",
        "The code does not fit. Please check the code in the app, and the clock of your phone.";
    TURN_SECOND_FACTOR_ON = "二段階認証をオンにする", "Turn two-step sign-in on";
    RECOVERY_CODES_APPEAR =
        "スマートフォンをなくしたときに使う、回復コードが表示されます。ほかのブラウザーと端末はログアウトします。",
        "Recovery codes appear, for when you lose the phone. Other browsers and the terminal are signed out.";
    SECOND_FACTOR_IS_ON = "二段階認証はオンです", "Two-step sign-in is on";
    KEEP_THE_RECOVERY_CODES =
        "回復コードは、この画面に1回だけ表示されます。印刷するか書き写して、スマートフォンとは別の場所に保管してください。1つのコードで、1回ログインできます。",
        "The recovery codes are shown this once. Print or copy them, and keep them apart from the phone. Each signs you in once.";
    I_HAVE_KEPT_THEM = "保管しました", "I have kept them";
    MAKE_NEW_RECOVERY_CODES = "回復コードを作り直す", "Make new recovery codes";
    THE_CODES_BEFORE_END = "前の回復コードは使えなくなります。", "The recovery codes before no longer work.";
    TURN_SECOND_FACTOR_OFF = "二段階認証をオフにする", "Turn two-step sign-in off";
    PASSWORD_ALONE_SIGNS_IN =
        "次からは、パスワードだけでログインします。",
        "From then on the password alone signs in.";
    SECOND_FACTOR_WAS_RESET = "二段階認証を解除しました", "Two-step sign-in was reset";
    RESET_SECOND_FACTOR = "二段階認証を解除する", "Reset two-step sign-in";
    FOR_WHO_LOST_APP_AND_RECOVERY_CODES =
        "認証アプリも回復コードも使えなくなった方のために、本人であることを確かめてから解除してください。",
        "For somebody who has lost the app and the recovery codes. Please make sure who asks.";
    recovery_codes_left(count) = "使っていない回復コードは{count}個です。", "Recovery codes left: {count}.";

    // program_password
    PROGRAM_PASSWORD = "端末用のパスワード", "Password for programs";
    OPEN_PROGRAM_PASSWORD = "端末用のパスワードを開く", "Open the password for programs";
    PROGRAMS_CANNOT_ENTER_CODES =
        "資格確認端末は、確認コードを入力できません。二段階認証がオンのアカウントで端末をつなぐときは、端末用のパスワードを作り、端末に設定してください。このパスワードでは、この画面にログインできません。",
        "A terminal cannot enter codes. To connect it with an account that has two-step sign-in, make a password for programs and enter it in the terminal. Nobody can sign in to these pages with it.";
    MAKE_PROGRAM_PASSWORD = "端末用のパスワードを作る", "Make a password for programs";
    PROGRAM_PASSWORD_BEFORE_ENDS =
        "前に作った端末用のパスワードは使えなくなります。",
        "One that was made before no longer works.";
    PROGRAM_PASSWORD_WAS_MADE = "端末用のパスワードを作りました", "The password for programs was made";
    ENTER_IT_IN_THE_TERMINAL_NOW =
        "この画面に1回だけ表示されます。端末の設定に入れてください。",
        "It is shown this once. Please enter it in the settings of the terminal.";
    DELETE_PROGRAM_PASSWORD = "端末用のパスワードを削除する", "Delete the password for programs";
    TERMINAL_IS_REFUSED_FROM_ITS_NEXT_SIGN_IN =
        "端末は、次のログインから接続できなくなります。",
        "The terminal is refused from its next sign-in.";
    program_password_made_at(time) =
        "端末用のパスワードを作った日時：{time}",
        "The password for programs was made on {time}.";

    // sessions
    SIGNED_IN_BROWSERS = "ログイン中のブラウザーと端末", "Where you are signed in";
    SEE_SIGNED_IN_BROWSERS = "ログイン中の一覧を見る", "See where you are signed in";
    END_WHAT_YOU_DO_NOT_KNOW =
        "心当たりのないものがあれば終了し、パスワードを変更してください。",
        "End whatever you do not know, and then change your password.";
    THIS_BROWSER = "このブラウザー", "This browser";
    ANOTHER_BROWSER_OR_TERMINAL = "ほかのブラウザーまたは端末", "Another browser or terminal";
    IN_USE = "使用中", "In use";
    END_THE_SESSION = "終了する", "End it";

    // booking for a patient, late, no-show
    BOOK_FOR_A_PATIENT = "予約を入れる", "Book for a patient";
    FIND_THE_PATIENT = "患者をさがす", "Find the patient";
    NAME_READING_TELEPHONE_OR_BIRTH_DATE =
        "お名前、よみ、電話番号、生年月日のどれか。例：見本、ミホン、090-1234-5678、昭和60年4月3日",
        "A name, reading, telephone number or birth date, such as 見本, ミホン, 090-1234-5678 or 昭和60年4月3日.";
    NO_PATIENT_WAS_FOUND = "この医療機関の患者に見つかりません", "No patient of this clinic was found";
    ONLY_THE_FIRST_ARE_SHOWN = "ほかにも見つかりました。もう少しくわしく入力してください。", "There are more. Please type more of the name.";
    ENTER_A_NEW_PATIENT = "新しい患者を登録する", "Enter a new patient";
    FOR_WHOM_THE_CLINIC_DOES_NOT_KNOW = "はじめてお電話をいただいた方など", "For somebody who calls for the first time";
    FOUND_PATIENTS = "見つかった患者", "Patients found";
    LATEST_VISIT = "いちばん新しい予約", "Latest visit";
    NEXT_STEP = "次にすること", "Next step";
    BOOK_FOR_THIS_PATIENT = "この患者の予約を入れる", "Book";
    AS_ON_THE_INSURANCE_DOCUMENT = "保険の書類のとおりに、お電話で確認してください。", "Please ask on the telephone, as on the insurance document.";
    TELEPHONE_TO_CALL_BACK = "通信が切れたときなどに、折り返す番号です。", "The number to call back, such as when the connection breaks.";
    BACK_TO_THE_SEARCH = "さがす画面へ戻る", "Back to the search";
    GO_ON_TO_THE_MENU = "メニューを選ぶ", "Go on to the menu";
    NOTHING_IS_BOOKED_YET = "まだ予約は入りません", "Nothing is booked yet";
    CHOOSE_A_MENU = "メニューを選ぶ", "Choose a menu";
    minutes(minutes) = "{minutes}分", "{minutes} minutes";
    FOR_THE_DESK_ALONE = "（受付だけが予約できます）", "(booked by the desk alone)";
    NO_LETTER_REACHES_THIS_PATIENT = "この患者には、メールのお知らせが届きません", "No e-mail reaches this patient";
    TELL_BY_TELEPHONE_OR_INVITE =
        "予約の内容はお電話で伝えてください。メールアドレスがわかれば、予約のときに案内を送れます。",
        "Please tell the patient by telephone. If you know an e-mail address, you can send an invitation with the booking.";
    CHECK_THE_BOOKING = "予約の確認", "Check the booking";
    PATIENT_HAS_ANOTHER_VISIT_THAT_DAY = "この患者は、同じ日に別の予約があります", "The patient has another visit that day";
    INVITE_BY_MAIL = "案内を送るメールアドレス", "E-mail address for an invitation";
    PATIENT_CAN_PROVE_INSURANCE_ONLINE =
        "患者がこのアドレスでログインすると、予約の確認と保険の手続きができます。",
        "When the patient signs in with this address, they can see the appointment and prove insurance.";
    BOOK_THIS_TIME = "この内容で予約を入れる", "Book this time";
    TELL_THE_PATIENT_YOURSELF = "予約の内容は、患者にお電話で伝えてください", "Please tell the patient by telephone";
    THE_VISIT_IS_BOOKED = "予約を入れました", "The visit is booked";
    PATIENT_COMES_LATE = "遅れると連絡があった", "The patient comes late";
    HOW_LATE = "遅れる時間", "How late";
    minutes_late(minutes) = "{minutes}分", "{minutes} minutes";
    NOT_LATE_AFTER_ALL = "遅れない（取り消す）", "Not late after all";
    RECORD_IT = "記録する", "Record";
    expected_at(time) = "遅れて来る見込み：{time}ごろ", "Expected at about {time}";
    PATIENT_DID_NOT_COME = "患者が来なかった", "The patient did not come";
    RECORD_THE_NO_SHOW = "来なかったと記録する", "Record the no-show";
    LETTER_GOES_OUT_IN_TEN_MINUTES =
        "10分間は取り消せます。そのあと、患者にお知らせのメールが届きます",
        "You can undo it for ten minutes; then the patient gets a letter";
    NO_SHOW = "来院なし", "No-show";
    RECORDED_THE_NO_SHOW = "来なかったと記録しました", "Recorded the no-show";
    BOOKED_BY = "予約した方", "Booked by";
    THE_CLINIC_ITSELF = "医療機関（お電話など）", "The clinic (such as by telephone)";
    THE_PATIENT_THEMSELVES = "本人", "The patient";
    A_PARENT = "保護者", "A parent";
    A_SON_OR_DAUGHTER = "お子さん", "A son or daughter";
    ANOTHER_RELATIVE = "ご家族など", "Another relative";
    BOOKED_THE_VISIT = "予約を入れました", "Booked the visit";
    RECORDED_A_DELAY = "遅れると記録しました", "Recorded a delay";
}
