//! What the pages and letters of booking say.

use text::texts;

texts! {
    // letter
    YOUR_APPOINTMENT_IS_BOOKED = "予約を受け付けました", "Your appointment is booked";
    YOUR_APPOINTMENT_IS_BOOKED_SENTENCE =
        "予約を受け付けました。当日までに必要な手続きを、次のページでご確認ください。",
        "Your appointment is booked. This page shows what is needed before it.";
    YOUR_APPOINTMENT_WAS_MOVED = "予約の日時が変わりました", "Your appointment was moved";
    YOUR_APPOINTMENT_WAS_MOVED_SENTENCE =
        "予約の日時を変更しました。手続きがもう一度必要になることがあります。次のページでご確認ください。",
        "Your appointment was moved. Some steps may be needed again: please look at this page.";
    MOVED_TO_ANOTHER_DAY_DO_IT_AGAIN =
        "予約の日付を変更したため、前の日付で済ませた手続きは使えなくなりました。次のページから、新しい日付でもう一度手続きをしてください。",
        "Your appointment was moved to another day, so what you had done for the old day no longer counts. Please do it again from this page.";
    YOUR_APPOINTMENT_WAS_CANCELLED = "予約を取り消しました", "Your appointment was cancelled";
    YOUR_APPOINTMENT_WAS_CANCELLED_SENTENCE = "予約を取り消しました。", "Your appointment was cancelled.";
    THE_CLINIC_BOOKED_IT_FOR_YOU =
        "予約先が、お電話などを受けて予約を入れました。下のページで、必要な手続きを確認してください。",
        "An appointment was made for you by the place that you called. Please see on the page below what is left to do.";
    WE_MISSED_YOU = "予約の時刻にお会いできませんでした", "We missed you at your appointment";
    YOU_WERE_NOT_THERE_BOOK_AGAIN =
        "予約の時刻にお待ちしていましたが、お会いできませんでした。お時間のあるときに、もう一度ご予約ください。行き違いのときは、予約先へお電話ください。",
        "We waited for you at the time of your appointment. Please book again when it suits you. If this is a mistake, please phone.";
    THE_CLINIC_MOVED_IT =
        "予約先の都合により、予約の日時が変わりました。ご都合が悪いときは、次のページから変更またはキャンセルするか、予約先に電話でご相談ください。",
        "Your appointment was moved by the place where you booked. If the new time does not suit you, move or cancel it on this page, or call them.";
    THE_CLINIC_MOVED_IT_TO_ANOTHER_DAY =
        "予約先の都合により、予約の日付が変わりました。前の日付で済ませた手続きは使えないため、次のページから、新しい日付でもう一度手続きをしてください。ご都合が悪いときは、変更またはキャンセルするか、予約先に電話でご相談ください。",
        "Your appointment was moved to another day by the place where you booked. What you had done for the old day no longer counts: please do it again from this page. If the new time does not suit you, move or cancel it, or call them.";
    THE_CLINIC_CANCELLED_IT =
        "予約先の都合により、予約を取り消しました。料金はかかりません。ご不明な点は、予約先に電話でお問い合わせください。",
        "Your appointment was cancelled by the place where you booked. There is no fee. If you have any questions, please call them.";
    SOMETHING_IS_NEEDED_FROM_YOU = "手続きのお願いがあります", "Something is needed from you";
    SOMETHING_IS_NEEDED_FOR_YOUR_APPOINTMENT =
        "予約について、手続きのお願いがあります。",
        "Something is needed for your appointment.";
    THE_CHECK_IS_COMPLETE = "確認が終わりました", "The check is complete";
    WHAT_YOU_SENT_HAS_BEEN_CHECKED =
        "手続きの確認が終わりました。当日までに必要な手続きは、ほかにありません。",
        "What you sent has been checked. You don't need to do anything else before your appointment.";
    PLEASE_LOOK_AT_YOUR_APPOINTMENT = "ご確認のお願い", "Please look at your appointment";
    WHAT_YOU_SENT_COULD_NOT_BE_CONFIRMED =
        "手続きの内容を確認できませんでした。理由と、できることを次のページでご確認ください。",
        "What you sent could not be confirmed. This page says why, and what you can do.";
    LAST_MESSAGE_NO_LONGER_APPLIES = "先ほどのお知らせを取り消しました", "The last message no longer applies";
    LAST_MESSAGE_WAS_SENT_BY_MISTAKE =
        "先ほどお送りしたお知らせは手違いでしたので、取り消しました。お手数ですが、今の状況を次のページでご確認ください。",
        "The last message about this appointment was sent by mistake and no longer applies. This page shows where your appointment stands now.";
    PLEASE_COMPLETE_ONLINE_PROCEDURE =
        "予約の日時までに、オンラインで手続きをお願いします。次のページから進めます。",
        "Please complete the online procedure before your appointment. This page leads to it.";
    THE_PICTURE_WAS_BLURRED = "画像がぼやけていました。", "The picture was blurred.";
    PICTURE_WAS_CUT_OFF_AT_EDGE = "画像の端が切れていました。", "The picture was cut off at an edge.";
    LIGHT_WAS_REFLECTED_IN_PICTURE = "画像に光が反射していました。", "Light was reflected in the picture.";
    THE_PICTURE_SHOWED_ANOTHER_DOCUMENT = "別の書類の画像でした。", "The picture showed another document.";
    ONLY_ONE_SIDE_ARRIVED = "片面の画像だけが届いています。", "Only one side arrived.";
    DOCUMENT_WAS_PAST_ITS_DATE = "期限が過ぎた書類の画像でした。", "The document was past its date.";
    PLEASE_SEND_PICTURE_FROM_THIS_PAGE =
        "次のページから、画像をお送りください。",
        "Please send a picture from this page.";
    SPACE = "", " ";

    // nearby
    ANOTHER_VISIT_AT_THE_SAME_TIME = "同じ時間に別の予約があります", "You have another visit at the same time";
    CHECK_THAT_YOU_CAN_ATTEND_BOTH =
        "両方を受診できるか、ご確認ください。ご家族の予約など、このままでよい場合は続けられます。",
        "Please check that you can attend both. If one is for a family member, you can go on.";
    ANOTHER_VISIT_ON_THE_SAME_DAY =
        "同じ日に、この医療機関の別の予約があります",
        "You have another visit at this clinic on the same day";
    CHECK_THAT_YOU_NEED_BOTH =
        "両方とも必要か、ご確認ください。このままでよい場合は続けられます。",
        "Please check that you need both. If you do, you can go on.";
    SEE_THAT_APPOINTMENT = "その予約を見る", "See that appointment";

    // slots
    CHOOSE_A_TIME = "日時を選ぶ", "Choose a time";
    CHOOSE_ANOTHER_TIME = "新しい日時を選ぶ", "Choose another time";
    BACK_TO_THE_APPOINTMENT = "予約詳細に戻る", "Back to the appointment";
    SEPARATOR = " ／ ", " · ";
    NOW_LABEL = "今の予約：", "Now: ";
    SOMEBODY_ELSE_BOOKED_THIS_TIME_FIRST = "先にほかの方の予約が入りました", "Somebody else booked this time first";
    THIS_TIME_CAN_NO_LONGER_BE_BOOKED = "この時間は予約できなくなりました", "This time can no longer be booked";
    OTHER_TIMES = "ほかの日時", "Other times";
    MORNING = "午前", "Morning";
    AFTERNOON = "午後", "Afternoon";
    MOVING_WITHIN_SAME_DAY_CHANGES_NOTHING =
        "同じ日の時間だけを変える場合は、そのまま使えます。",
        "Moving within the same day changes nothing.";
    ANOTHER_DAY_VOIDS_YOUR_PROCEDURE =
        "日付を変えると、保険の手続きは無効になります",
        "Another day voids what you did for your insurance";
    REGISTER_CONSENT_AGAIN_ON_ANOTHER_DAY =
        "同意登録は診察日ごとに行うものです。日付を変えたら、新しい日付でもう一度手続きをしてください。",
        "Consent is registered for one day. After moving to another day, please do it again.";
    SENT_PICTURE_STAYS = "送った画像は、日付を変えてもそのままです", "The picture that you sent stays";
    CLINIC_CHECKS_AGAIN_AFTER_MOVING =
        "日付を変えると、新しい日付で有効な保険かどうかを、医療機関がもう一度確認します。",
        "After moving to another day, the clinic checks again whether the insurance is valid on it.";
    CLINIC_CHECKS_AGAIN_ON_ANOTHER_DAY =
        "日付を変えると、医療機関がもう一度保険を確認します",
        "On another day the clinic checks your insurance again";
    CHECKS_INSURANCE_FOR_THE_NEW_DAY =
        "新しい日付で有効な保険かどうかを確認するためです。",
        "It checks whether the insurance is valid on the new day.";
    WEEK = "週", "Week";
    WEEK_BEFORE = "前の週", "Week before";
    NEXT_WEEK = "次の週", "Next week";
    NOTHING_IS_FREE_IN_THIS_WEEK = "この週に空きはありません", "Nothing is free in this week";
    NO_TIME_CAN_BE_BOOKED_NOW = "今予約できる日時がありません", "No time can be booked now";
    TIME_MAY_BECOME_FREE =
        "空きが出ることがあります。後でもう一度見るか、医療機関に電話でご相談ください。",
        "A time may become free. Look again later, or ask the clinic by telephone.";
    TELEPHONE_LABEL = "電話：", "Telephone: ";
    OVER = "終了", "Over";
    NOT_YET = "まだ予約できません", "Not yet";
    CLOSED = "休診", "Closed";
    FULL = "空きなし", "Full";
    free_times_of_menu(menu, clinic) =
        "{clinic}の「{menu}」の空いている日時を見て予約できます。",
        "Free times of {menu} at {clinic}. Choose one to book.";
    nothing_was_booked_for(time) =
        "{time}の予約はできていません。料金もかかりません。ほかの時間をお選びください。",
        "Nothing was booked for {time}, and nothing is charged. Please choose another time.";
    appointment_was_not_moved_to(time) =
        "{time}には変更していません。今の予約はそのままです。ほかの時間をお選びください。",
        "Your appointment was not moved to {time} and stands as it was. Please choose another time.";
    earliest_time(time) = "いちばん早い：{time}", "Earliest: {time}";
    held_and_not_booked_yet(minutes) =
        "選んだ時間は{minutes}分間確保します。予約はまだ確定しません。",
        "We hold the time you choose for {minutes} minutes. Nothing is booked yet.";
    held_and_not_moved_yet(minutes) =
        "選んだ時間は{minutes}分間確保します。予約はまだ変わりません。",
        "We hold the time you choose for {minutes} minutes. Nothing is moved yet.";
    see_free_times_from(date) = "{date}からの空きを見る", "See free times from {date}";
    closed_on_holiday(holiday) = "休診（{holiday}）", "Closed (holiday)";
    from_time(time) = "{time}から", "from {time}";
    from_time_few_left(time, count) = "{time}から（残り{count}）", "from {time} ({count} left)";

    // returned
    ALL_DONE = "手続きが終わりました", "All done";
    YOUR_CARD_IS_SET_UP = "以上で、マイナ保険証の利用のための手続きは完了です。", "Your card is set up for this visit.";
    SEE_THE_APPOINTMENT = "予約詳細を見る", "See the appointment";
    CONSENT_IS_VALID = "同意の有効期限", "Consent is valid";
    RECEPTION_NUMBER = "受付番号", "Reception number";
    VISIT = "診察", "Visit";
    WHAT_HAPPENS_NEXT = "このあと", "What happens next";
    CLINIC_CHECKS_YOUR_INSURANCE =
        "医療機関が保険を確認します。お待ちいただくだけで大丈夫です。",
        "The clinic checks your insurance. There is nothing else to do.";
    WE_OBTAIN_NOTHING_YOU_CONSENTED_TO =
        "同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できる情報です。",
        "We obtain nothing of what you consented to. Only the clinic can see it.";
    NO_CONSENT_WAS_REGISTERED = "同意は登録されていません", "No consent was registered";
    YOU_CAME_BACK_WITHOUT_REGISTERING =
        "マイナ在宅受付Webで登録せずに戻りました。予約はそのまま残っています。",
        "You came back without registering. Your appointment is still there.";
    THE_VISIT_WAS_MOVED = "予約の日付が変わっています", "The visit was moved";
    THIS_WAS_FOR_OLD_DAY = "この手続きは、前の日付のものです", "This was for the old day";
    PLEASE_DO_IT_AGAIN_FOR_NEW_DAY =
        "新しい日付で、もう一度手続きをしてください。",
        "Please do it again for the new day.";
    WHERE_YOU_STAND = "手続きの状況", "Where you stand";

    // cancellation
    CANCEL_THIS_APPOINTMENT = "予約をキャンセルしますか", "Cancel this appointment?";
    CLINIC = "医療機関", "Clinic";
    TIME = "日時", "Time";
    THERE_IS_NO_FEE = "キャンセル料はかかりません。", "There is no fee.";
    cancelling_costs(fee) = "いまキャンセルすると、キャンセル料{fee}がかかります", "Cancelling now costs {fee}";
    CLINIC_ASKS_YOU_FOR_THE_FEE =
        "無料でキャンセルできる時刻を過ぎました。キャンセル料は、医療機関から連絡があります。",
        "The time until which cancelling is free has passed. The clinic will ask you for the fee.";
    CONSENT_CAN_BE_TAKEN_BACK =
        "登録した同意は、マイナ在宅受付Webの「すべての同意を取消す」から取り消せます。",
        "Consent that you registered can be taken back at マイナ在宅受付Web with 「すべての同意を取消す」.";
    SENT_PICTURE_IS_ERASED_BY_ITSELF =
        "送った画像は、自動で消えます。",
        "The picture that you sent is erased by itself.";
    CANCEL_THE_APPOINTMENT = "予約をキャンセルする", "Cancel the appointment";
    SOMEBODY_ELSE_CAN_THEN_BOOK_IT =
        "この時間は、ほかの方が予約できるようになります。",
        "Somebody else can then book this time.";
    KEEP_IT = "キャンセルしない", "Keep it";

    // appointment
    APPOINTMENTS = "予約一覧", "Appointments";
    YOU_HAVE_NO_APPOINTMENT_TO_COME = "これからの予約はありません", "You have no appointment to come";
    FIND_A_CLINIC = "医療機関をさがす", "Find a clinic";
    TO_COME = "これからの予約", "To come";
    PAST_APPOINTMENTS = "過去の予約", "Over";
    CANCELLED = "キャンセル済み", "Cancelled";
    NOT_THERE = "受診されませんでした", "You were not there";
    VISIT_HELD = "診察が終わりました", "Visit held";
    VISIT_DAY_OVER = "診察日が終わりました", "Visit day over";
    PICTURE_NOT_SENT_YET = "選んだ画像をまだ送っていません", "Picture not sent yet";
    CONFIRM_YOUR_INSURANCE = "保険の手続きが必要です", "Confirm your insurance";
    NOT_FINISHED_YET = "手続きの途中です", "Not finished yet";
    VISIT_TIME_HAS_PASSED = "診察の時間が過ぎました", "Visit time has passed";
    THE_CLINIC_IS_CHECKING = "医療機関が確認します", "The clinic is checking";
    IT_IS_TIME_FOR_YOUR_VISIT = "診察の時間です", "It is time for your visit";
    READY = "準備ができています", "Ready";
    YOUR_APPOINTMENT = "予約詳細", "Your appointment";
    WHAT_YOU_BOOKED = "予約の内容", "What you booked";
    MOVE = "日時を変更する", "Move";
    ADD_TO_CALENDAR = "カレンダーに追加", "Add to calendar";
    MENU = "メニュー", "Menu";
    DOCTOR = "医師", "Doctor";
    HOW_THE_VISIT_IS_HELD = "診察の方法", "How the visit is held";
    CANCELLATION_FEE = "キャンセル料", "Cancellation fee";
    ANY_DOCTOR = "どの医師でもよい", "Any doctor";
    CHOOSE_A_DOCTOR = "医師を選ぶ", "Choose a doctor";
    NOT_BOOKED_YET = "次の画面で確認してから、予約を入れます", "Nothing is booked before you confirm";
    CHOOSE_ANOTHER_MENU = "メニューを選び直す", "Choose another menu";
    NOT_MOVED_YET = "まだ変更されません。", "It is not moved yet.";
    DOCTOR_CHANGES = "担当の医師が変わります。", "Another doctor takes the visit.";
    MEDICAL_FEE = "診療の費用", "Medical fee";
    INSURANCE = "保険の手続き", "Insurance";
    BOOKED_ON = "予約した日", "Booked on";
    BOOKING_NUMBER = "予約番号", "Booking number";
    NOT_DONE_YET = "まだです", "Not done yet";
    PLEASE_SEND_IT_AGAIN = "送り直しのお願い", "Please send it again";
    STARTED_NOT_FINISHED = "手続きの途中です", "Started, not finished";
    consent_registered(deadline) = "同意登録済み。{deadline}", "Consent registered ({deadline})";
    YOU_TOLD_US_THAT_YOU_FINISHED = "手続きを終えたとのご連絡を受け付けました", "You told us that you finished";
    PICTURE_SENT = "保険証画像を送信済み", "Picture sent";

    // booking
    PATIENT = "受診する方", "Patient";
    USE_THE_CARD_OF_THE_CHILD =
        "お子さまのマイナンバーカードを使います。暗証番号（数字4桁）は、カードを受け取るときに保護者の方（法定代理人）が決めたものです。",
        "Use the child's own My Number Card. Its 4-digit PIN was set by the parent or guardian (the legal representative) who collected the card.";
    USE_THE_CARD_OF_THE_PATIENT =
        "受診する方ご本人のマイナンバーカードと暗証番号を使います。",
        "Use the card and PIN of the person whom the visit is for.";
    WHO_IS_THE_VISIT_FOR = "どなたの予約ですか", "Who is the visit for?";
    ADD_SOMEBODY = "ご家族を追加する", "Add a relative";
    BOOK_FOR_SOMEBODY_ELSE = "ご家族など、ほかの方の予約にする", "Book for somebody else";
    aged_years(age) = "{age}歳", "{age} years old";
    DOCTOR_LABEL = "医師：", "Doctor: ";
    ESTIMATED_MEDICAL_FEE = "診察の費用のめやす", "Medical fee";
    PRESCRIPTIONS_ARE_CHARGED_SEPARATELY =
        "処方箋の費用などが別にかかります。",
        "Prescriptions and the like are charged separately.";
    BOOKED_NO_INSURANCE_TO_CONFIRM =
        "予約が確定します。保険の手続きはありません。",
        "Your visit is booked. There is no insurance to confirm.";
    BOOKED_NEXT_CONFIRM_YOUR_INSURANCE =
        "予約が確定します。次は、保険の確認です。",
        "Your visit is booked. Next, confirm your insurance, by card or by picture.";
    BOOKED_NEXT_UPLOAD_A_PICTURE =
        "予約が確定します。次は、資格確認書などの画像を送ります。",
        "Your visit is booked. Next, upload a picture of your insurance document.";
    BOOK_BOTH_AT_THE_SAME_TIME = "重なったまま予約する", "Book both";
    BOOK_BOTH_ON_THE_SAME_DAY = "両方とも予約する", "Book both";
    CONFIRM_BOOKING = "この内容で予約する", "Confirm booking";
    CHECK_AND_BOOK = "予約内容の確認", "Check and book";
    YOU_CAN_MOVE_OR_CANCEL_IT =
        "診察の開始時刻までは、予約詳細から変更・キャンセルができます。キャンセル料はかかりません。",
        "Until the visit begins you can move or cancel it on its page, free of charge.";
    CHOOSE_THE_TIME_AGAIN = "日時を選び直す", "Choose another time";
    CHANGE = "変更する", "Change";
    YOUR_VISIT_IS_BOOKED = "予約が完了しました", "Your visit is booked";
    BOOKED_AND_A_STEP_IS_DUE = "予約できました", "Your visit is booked";

    // reschedule
    MOVED_CONFIRM_YOUR_INSURANCE_AGAIN =
        "変更すると、保険の手続きをもう一度していただきます。",
        "Your visit is moved. Next, confirm your insurance again for the new day.";
    YOUR_VISIT_IS_MOVED = "予約の日時が変わります。", "Your visit is moved.";
    KEEP_BOTH_AT_THE_SAME_TIME = "重なったまま変更する", "Move and keep both";
    KEEP_BOTH_ON_THE_SAME_DAY = "両方とも残して変更する", "Move and keep both";
    MOVE_TO_THIS_TIME = "この日時に変更する", "Move to this time";
    CHECK_AND_MOVE = "日時の変更を確認", "Check and move";
    NOW = "今の日時", "Now";
    NEW = "新しい日時", "New";
    YOUR_VISIT_WAS_MOVED = "日時を変更しました", "Your visit was moved";
    FROM = "前：", "From: ";
    TO = "今：", "To: ";
    INSURANCE_PROCEDURE_BECOMES_VOID =
        "今の保険の手続きは無効になります",
        "What you did for your insurance becomes void";
    REGISTER_CONSENT_AGAIN_AFTER_MOVING =
        "同意登録は診察日ごとに行うものです。変更したら、新しい日付でもう一度手続きをしてください。",
        "Consent is registered for one day. After moving, please do it again.";
    PICTURE_NEED_NOT_BE_SENT_AGAIN = "送った画像は、もう一度送る必要はありません", "The picture that you sent stays";
    CLINIC_CHECKS_AGAIN =
        "新しい日付で有効な保険かどうかを、医療機関がもう一度確認します。",
        "The clinic checks again whether the insurance is valid on the new day.";
    CLINIC_CHECKS_YOUR_INSURANCE_AGAIN = "医療機関がもう一度保険を確認します", "The clinic checks your insurance again";

    // next_step
    BOOKING = "予約", "Booking";
    INSURANCE_CHECK = "保険の確認", "Insurance";
    YOUR_PART_IS_DONE = "手続きは済みました。医療機関が確認します。", "Your part is done. The clinic will check it.";
    PAYMENT = "お会計", "Payment";
    CLINIC_DOES_NOT_HAVE_IT_YET =
        "送るまで、医療機関には届きません。",
        "The clinic does not have it until you send it.";
    YOU_HAVE_NOT_SENT_YOUR_PICTURE_YET = "選んだ画像をまだ送っていません", "You have not sent your picture yet";
    CHECK_AND_SEND_THE_PICTURE = "画像を確認して送る", "Check and send the picture";
    NEXT_CONFIRM_YOUR_INSURANCE = "次は、保険の確認です", "Next: confirm your insurance";
    INSURANCE_MUST_BE_CONFIRMED = "保険の確認が必要です", "Confirm your insurance";
    YOU_HAVE_NOT_FINISHED = "手続きの途中です", "You have not finished";
    CONTINUE = "手続きの続きへ", "Continue";
    SEND_PICTURE_OF_YOUR_INSURANCE_DOCUMENT = "保険証画像が必要です", "Send a picture of your insurance document";
    YOU_ARE_READY = "準備ができています", "You are ready";
    TIME_OF_YOUR_VISIT_HAS_PASSED = "診察の時間が過ぎました", "The time of your visit has passed";
    BOOK_AGAIN = "新しく予約する", "Book again";
    THERE_IS_NOTHING_ELSE_TO_DO =
        "お待ちいただくだけで大丈夫です。確認が終わるか、追加のお願いがあると、メールでお知らせします。",
        "There is nothing else to do. We email you when it is done, or if something more is needed.";
    NOT_DONE_YET_BACK_TO_PROCEDURE = "手続きがまだのときは、手続きの画面に戻る", "Not done yet? Back to the procedure";
    SEE_OR_SEND_PICTURES = "保険証画像を見る・送り直す", "See or send pictures";
    FROM_THE_CLINIC = "医療機関から：", "From the clinic: ";
    UPLOAD_PICTURE_OF_YOUR_INSURANCE_DOCUMENT =
        "保険証画像をアップロードする",
        "Upload a picture of your insurance document";
    YOU_SEND_PICTURES_OF_YOUR_DOCUMENT =
        "資格確認書などの画像を、おもて面とうら面に分けて送ります。",
        "You send pictures of your document, front and back.";
    CHECK_BEFORE_YOU_USE_YOUR_CARD = "カードを使う前に確認する", "Check before you use your card";
    CHOOSE_WHAT_TO_SHARE = "同意可否を選択する", "Choose what to share (同意可否を選択する)";
    CHOOSE_WHAT_THE_CLINIC_MAY_SEE =
        "マイナ在宅受付Webに移動し、医療機関に見せてよい情報を選びます。マイナンバーカードと4桁の暗証番号をご用意ください。最後に「手続きを終了する」で戻ってきます。",
        "On マイナ在宅受付Web you choose what the clinic may see. Have your card and its 4-digit PIN ready. At the end, 「手続きを終了する」 (finish) brings you back.";
    NEXT_PAGE_SHOWS_VISIT_DATE =
        "次の画面で、入力する診察日と、マイナ在宅受付Webへのリンクを確認できます。",
        "The next page shows the visit date to enter and the link to マイナ在宅受付Web.";
    CONFIRMED_LABEL = "確認：", "Confirmed: ";
    CLINIC_WILL_NOW_CHECK_YOUR_INSURANCE =
        "このあと、医療機関が保険を確認します。同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できます。",
        "The clinic will now check your insurance. We obtain nothing of what you consented to; only the clinic can see it.";
    // The telephone number of the clinic stands between each of the next three and its end.
    your_visit_starts_on(time) =
        "診察は{time}からです。受診のしかたが分からないときは、医療機関（",
        "Your visit starts on {time}. If you do not know how you will see the doctor, ask the clinic: ";
    YOUR_VISIT_HAS_STARTED =
        "診察の時間です。まだ呼ばれていないときは、医療機関（",
        "Your visit has started. If nobody has called you, phone the clinic: ";
    IF_YOU_HAVE_NOT_BEEN_SEEN =
        "診察の時間が過ぎました。まだ診察を受けていないときは、医療機関（",
        "The time of your visit has passed. If you have not been seen, phone the clinic: ";
    ASK_THE_CLINIC_END = "）にお問い合わせください。", "";
    PHONE_THE_CLINIC_END = "）に電話してください。", "";
}
