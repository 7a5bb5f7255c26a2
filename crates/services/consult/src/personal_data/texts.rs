//! What the pages of a patient's own data say.

use text::texts;

texts! {
    // parts
    BACK_TO_YOUR_DETAILS = "登録情報に戻る", "Back to your details";
    BACK_TO_YOUR_DATA = "保存している情報に戻る", "Back to your data";

    // close
    CLOSE_YOUR_ACCOUNT = "退会する", "Close your account";
    CLOSE_IT_AFTER_TODAYS_VISIT =
        "今日の診察が終わってから退会できます",
        "You can close your account after today's visit";
    TIME_OF_A_VISIT_HAS_COME =
        "診察の時間になった予約があるため、今は退会できません。明日以降にもう一度お試しください。",
        "The time of a visit has come, so the account cannot be closed now. Please try again tomorrow.";
    CLOSE_MY_ACCOUNT = "退会する", "Close my account";
    THIS_TAKES_EFFECT_AT_ONCE = "すぐに退会となり、元に戻せません。", "This takes effect at once and cannot be undone.";
    DOWNLOAD_YOUR_DATA_BEFORE_YOU_CLOSE = "退会の前に、情報をファイルで受け取る", "Download your data before you close";
    THERE_ARE_APPOINTMENTS_TO_COME = "これからの予約があります", "There are appointments to come";
    CANCEL_ALL_OF_THESE_APPOINTMENTS = "上の予約をすべてキャンセルする", "Cancel all of these appointments";
    WHEN_YOU_CLOSE_YOUR_ACCOUNT = "退会すると", "When you close your account";
    SO_ARE_THOSE_OF_YOUR_RELATIVES =
        "登録したご家族の情報も消します。ほかのアカウントが扱っている方の情報は残ります。",
        "So are those of your relatives, unless another account acts for them.";
    YOUR_DETAILS_ARE_ERASED_AT_ONCE =
        "お名前、生年月日、電話番号、メールアドレス、画像は、すぐに消えます。",
        "Your name, date of birth, telephone number, email address and pictures are erased at once.";
    YOU_ARE_SIGNED_OUT_ON_EVERY_DEVICE = "すべての端末からログアウトします。", "You are signed out on every device.";
    PAST_APPOINTMENTS_STAY_FOR_CLINICS_RECORDS =
        "これまでの予約は、医療機関の記録として、だれの予約か分からない形で残ります。",
        "Past appointments stay for the clinic's records, without anything that tells whose they were.";
    RECORD_OF_WHO_LOOKED_STAYS =
        "だれが情報を見たかの記録は、名前のない番号の形で残ります。",
        "The record of who looked stays under a number, without a name.";
    MEDICAL_RECORD_IS_NOT_ERASED =
        "医療機関のカルテと、マイナ在宅受付Webに登録した同意は、退会では消えません。",
        "The clinic's medical record, and consent registered at マイナ在宅受付Web, are not erased by this.";
    REMOVE_FROM_THIS_ACCOUNT = "このアカウントから外す", "Remove from this account";
    BACK_TO_FAMILY = "ご家族へ戻る", "Back to family";
    ANOTHER_ACCOUNT_GOES_ON =
        "ほかのアカウントは、これまでどおりこの方の予約を扱えます。",
        "Another account can go on booking for this person.";
    AN_INVITATION_BRINGS_THEM_BACK =
        "もう一度扱うには、ほかのアカウントの方からの招待が必要です。",
        "To act for this person again, you need an invitation from another account.";
    DETAILS_AND_PICTURES_ARE_ERASED =
        "ほかに扱えるアカウントがないため、この方の情報と画像を消します。これまでの予約の記録は、医療機関のために残ります。",
        "No other account acts for this person, so their details and pictures are erased. Past appointments stay for clinics' records.";
    NOT_REMOVED_DURING_A_VISIT =
        "この方の診察の時間になった予約があるため、今は外せません。明日以降にもう一度お試しください。",
        "The time of this person's visit has come, so they cannot be removed now. Please try again tomorrow.";
    REMOVE_AFTER_TODAYS_VISIT = "今日の受診のあとに外してください", "Please remove after today's visit";
    TICK_BOX_TO_CANCEL_THESE_APPOINTMENTS =
        "これからの予約をキャンセルする場合は、チェックを入れてください。まだ外していません。",
        "Tick the box to cancel these appointments. Nobody is removed yet.";
    TICK_BOX_TO_CANCEL_YOUR_APPOINTMENTS =
        "これからの予約をキャンセルする場合は、チェックを入れてください。まだ退会していません。",
        "Tick the box to cancel your appointments. Your account is not closed yet.";
    YOUR_ACCOUNT_IS_CLOSED = "退会しました", "Your account is closed";
    ACCOUNT_AT_THE_SERVICE_IS_CLOSED =
        "オンライン診療サービスの退会の手続きが終わりました。",
        "Your account at the online care service is closed.";
    YOUR_DETAILS_HAVE_BEEN_ERASED =
        "お名前、メールアドレス、画像などを消しました。ご利用ありがとうございました。",
        "Your name, email address and pictures have been erased. Thank you for using this service.";
    SIGN_UP_TO_USE_IT_AGAIN =
        "もう一度お使いになるときは、新しく登録してください。",
        "To use the service again, please sign up anew.";
    FIND_A_CLINIC = "医療機関をさがす", "Find a clinic";

    // export
    DOWNLOAD_YOUR_DATA = "情報をファイルで受け取る", "Download your data";
    ONE_FILE_JSON_WITH_EVERYTHING =
        "このサービスが保存している、あなたの情報をすべて1つのファイル（JSON形式）にします。",
        "One file (JSON) with everything that this service keeps about you.";
    DOWNLOAD = "ファイルを受け取る", "Download";
    FILE_HAS_YOUR_NAME_AND_APPOINTMENTS =
        "お名前や予約の内容が入ったファイルです。ほかの人が使う端末には保存しないでください。",
        "The file has your name and appointments. Do not save it on a device that others use.";
    WHAT_IS_IN_IT = "入っているもの", "What is in it";
    YOUR_DETAILS_APPOINTMENTS_AND_STEPS =
        "メールアドレス、登録情報、予約、保険の手続きの状況",
        "Your email address, details, appointments and insurance steps";
    RECORDS_OF_PICTURES =
        "画像の記録（種類、日時）。画像そのものは、予約の画像のページで保存できます",
        "Records of pictures (kind, dates). The pictures themselves can be saved from the page of each appointment";
    WHO_LOOKED_AND_YOUR_SIGN_INS = "だれが、いつ見たかの記録、ログインの記録", "Who looked and when, and your sign-ins";

    // overview
    YOUR_DATA = "保存している情報", "Your data";
    WHAT_THIS_SERVICE_KEEPS_ABOUT_YOU =
        "このサービスが、あなたについて保存している情報と、その期間です。",
        "What this service keeps about you, and for how long.";
    DOWNLOAD_AS_A_FILE = "ファイルで受け取る", "Download your data";
    ERASE_YOUR_PICTURES = "画像を消す", "Erase your pictures";
    WHAT_IS_KEPT_AND_FOR_HOW_LONG = "保存している内容と期間", "What is kept, and for how long";
    EMAILS = "メール", "Emails";
    KEPT_ENCRYPTED_UNTIL_SENT =
        "お送りするまで、暗号化して保存します。送り終えると、本文とあて先を消します。送った記録だけが30日残ります。",
        "Kept encrypted until sent. Then the text and address are erased; only the fact that an email was sent stays for 30 days.";
    WHAT_IS_NOT_HERE = "ここにない情報", "What is not here";
    CONSENT_NEVER_REACHES_THIS_SERVICE =
        "マイナ在宅受付Webで同意した情報は、このサービスには届きません。診療の記録（カルテ）は、医療機関が保存します。",
        "What you consented to at マイナ在宅受付Web never reaches this service. Your medical record is kept by the clinic.";
    ACCOUNT = "アカウント", "Account";
    PRIVACY_NOTICE_SHOWN_TO_YOU_IS_DATED =
        "同意した「個人情報の取扱い」の日付：",
        "Privacy notice shown to you is dated ";
    UNTIL_YOU_CLOSE_YOUR_ACCOUNT = "退会するまで", "Until you close your account";
    YOUR_DETAILS = "登録情報", "Your details";
    NOTHING_YET = "まだ登録がありません", "Nothing yet";
    APPOINTMENTS = "予約", "Appointments";
    SEE_YOUR_APPOINTMENTS = "予約一覧を見る", "See your appointments";
    KEPT_FOR_CLINICS_RECORDS =
        "退会後も、医療機関の記録として、だれの予約か分からない形で残します",
        "Kept for the clinic's records; after you close your account, without anything that tells whose they were";
    INSURANCE_STEPS = "保険の手続きの状況", "Insurance steps";
    RECEPTION_NUMBER_AND_VALIDITY =
        "（受付番号と有効期限。同意した内容は含みません）",
        " (reception number and validity, never what you consented to)";
    RECEPTION_NUMBER_UNTIL_YOU_CLOSE = "受付番号は、退会するまで", "The reception number until you close your account";
    PICTURES_OF_INSURANCE_DOCUMENTS = "資格確認書などの画像", "Pictures of insurance documents";
    INCLUDING_RECORDS_OF_ERASED_PICTURES =
        "（消した画像の記録も含みます）",
        " (including the records of erased pictures)";
    RECORD_OF_WHO_LOOKED_AND_ACTED = "見た人・操作した人の記録", "Record of who looked and acted";
    CANNOT_BE_ERASED =
        "消せません。だれがあなたの情報を見たかを、後から確かめるためです。名前は入っていません",
        "Cannot be erased, so that it can always be checked who saw your data. It holds no name";
    SIGNED_IN_DEVICES = "ログイン中の端末", "Signed-in devices";
    SEE_DEVICES = "端末を見る", "See devices";
    THIRTY_DAYS_FROM_SIGNING_IN = "ログインから30日", "30 days from signing in";
    WHAT_IS_KEPT = "内容", "What";
    HOW_LONG = "期間", "How long";
    WHEN = "日時", "When";
    WHO = "だれが", "Who";
    WHAT_WAS_DONE = "何を", "What";
    WHO_LOOKED_AND_WHEN = "だれが、いつ見たか", "Who looked, and when";
    ANOTHER_ACCOUNT = "ご家族など（別のアカウント）", "A relative (another account)";
    CLINIC = "医療機関：", "Clinic: ";
    THIS_SERVICE_AUTOMATIC = "このサービス（自動）", "This service (automatic)";
    NOTHING_HAS_BEEN_RECORDED_YET = "まだ記録がありません。", "Nothing has been recorded yet.";
    THE_NEWEST_50_RECORDS =
        "新しい順に50件までです。すべての記録は「ファイルで受け取る」に入っています。",
        "The newest 50. The download has all of them.";
    LOOKED_AT_A_PICTURE = "画像を見た", "Looked at a picture";
    SAW_PICTURE_IN_LIST = "一覧で画像を見た", "Saw a picture in a list";
    ERASED_PICTURE_WHOSE_TIME_WAS_OVER = "期間が過ぎた画像を消した", "Erased a picture whose time was over";
    LOOKED_AT_YOUR_APPOINTMENT = "予約の詳細を見た", "Looked at your appointment";
    ASKED_YOU_FOR_SOMETHING = "手続きをお願いした", "Asked you for something";
    CONFIRMED_YOUR_INSURANCE = "保険を確認した", "Confirmed your insurance";
    NOTED_THAT_INSURANCE_WAS_NOT_CONFIRMED =
        "保険を確認できないと記録した",
        "Noted that your insurance could not be confirmed";
    RECORDED_THAT_YOU_WERE_NOT_THERE = "受診されなかったと記録しました", "Recorded that you were not there";
    LOOKED_AT_YOUR_DETAILS = "予約を入れるため、登録情報を見ました", "Looked at your details to book for you";
    ENTERED_YOUR_DETAILS = "あなたの情報を登録しました", "Entered your details";
    INVITED_SOMEBODY_TO_ACT = "予約を扱えるように、メールで招待しました", "Invited somebody by e-mail to act for you";
    MARKED_THE_VISIT_AS_DONE = "診察済みにした", "Marked the visit as done";
    CHANGED_YOUR_APPOINTMENT = "予約を操作した", "Changed your appointment";
    ONE_RECORD = "1件", "1 record";
    number_of_records(count) = "{count}件", "{count} records";
    days_from_the_visit(days) =
        "診察日から{days}日。送らなかった画像は1日",
        "{days} days from the visit; pictures that were not sent, 1 day";

    // erase
    NO_PICTURES_ARE_KEPT = "保存している画像はありません。", "No pictures are kept.";
    ERASE_ALL_PICTURES = "画像をすべて消す", "Erase all pictures";
    REMOVED_FOR_GOOD =
        "元に戻せません。もう一度予約するときは、はじめから登録してください。",
        "This cannot be undone. To book for this person again, add them anew.";
    THIS_CANNOT_BE_UNDONE =
        "元に戻せません。これからの診察では、もう一度送っていただくことがあります。",
        "This cannot be undone. For a visit to come you may be asked to send them again.";
    TO_ERASE_OTHER_DATA = "ほかの情報を消すには", "To erase other data";
    NAME_AND_BIRTH_DATE_ARE_NEEDED =
        "お名前、生年月日、メールアドレスは、医療機関がご本人を確認するために必要です。退会すると消えます。",
        "Your name, date of birth and email address are needed so that the clinic can identify you. They are erased when you close your account.";
    YOU_CAN_CHANGE_OTHER_DETAILS =
        "電話番号などは、登録情報で変更できます。",
        "You can change your telephone number and other details under Your details.";
    RECORDS_OF_APPOINTMENTS_ARE_KEPT =
        "予約の記録と、だれが見たかの記録は、医療機関と安全のために残します。退会後は、名前と結び付きません。",
        "Records of appointments and of who looked are kept for the clinic and for your safety. After you close your account they are tied to no name.";
    ABOUT_CLOSING_YOUR_ACCOUNT = "退会について", "About closing your account";
    THIS_ERASES_THE_1_PICTURE =
        "保存している画像1件を、今すぐすべて消します。",
        "This erases the 1 picture that is kept, now.";
    this_erases_all_pictures(count) =
        "保存している画像{count}件を、今すぐすべて消します。",
        "This erases all {count} pictures that are kept, now.";
}
