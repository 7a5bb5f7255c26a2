//! What the pages of the directory of clinics say.

use text::texts;

texts! {
    // rules of institution
    INSURED = "保険診療", "Insured";
    SELF_PAY = "自費診療", "Self-pay";
    MIDDLE_DOT = "・", ", ";
    JAPANESE = "日本語", "Japanese";
    COMMA = "、", ", ";

    // rules of emergency
    IF_ANY_OF_THESE_APPLY =
        "次の症状がひとつでもあるときは、予約をせずに、すぐ119番に電話してください。",
        "If any of these apply, do not book. Call 119 for an ambulance now.";
    NOT_SURE_WHETHER_TO_CALL_AMBULANCE =
        "救急車を呼ぶか迷うときは、救急安心センター（#7119）に相談できます。15歳未満のお子さんは、こども医療電話相談（#8000）も使えます。つながらない地域では、お住まいの都道府県の相談窓口をご確認ください。",
        "Not sure whether to call an ambulance? Call #7119 for advice, or #8000 for a child under 15. Where these numbers do not connect, contact the advice line of your prefecture. They answer in Japanese; some areas have interpreters.";
    SEVERE_OR_TIGHT_CHEST_PAIN =
        "突然の強い胸の痛み、しめつけられるような胸の痛み",
        "Sudden severe or tight chest pain";
    DIFFICULTY_BREATHING = "息が苦しい、急な息切れがある", "Difficulty breathing, or sudden shortness of breath";
    WEAK_ON_ONE_SIDE_OR_SLURRED =
        "顔の半分や片方の手足が動かない・しびれる、ろれつが回らない",
        "One side of the face, an arm or a leg is weak or numb, or speech is slurred";
    SUDDEN_HEADACHE_OR_LOSS_OF_BALANCE =
        "突然の激しい頭痛、急にふらついて立っていられない",
        "Sudden severe headache, or sudden loss of balance";
    UNCONSCIOUS_OR_A_LASTING_SEIZURE =
        "意識がない、返事がおかしい、けいれんが止まらない",
        "Unconscious or confused, or a seizure that does not stop";
    ABDOMINAL_PAIN_OR_BLOOD =
        "突然の激しい腹痛、血を吐いた、便に血が混ざる",
        "Sudden severe abdominal pain, vomiting blood, or blood in the stool";
    HEAVY_BLEEDING_INJURY_OR_BURN = "大量の出血、大きなけがややけど", "Heavy bleeding, a serious injury or burn";
    HIVES_OR_SOMETHING_IN_THE_THROAT =
        "じんましんと一緒に息苦しさやふらつきがある、のどに物が詰まった",
        "Hives together with breathing trouble or faintness, or something stuck in the throat";
    HIGH_FEVER_AND_TOO_WEAK_TO_DRINK =
        "高い熱があり、ぐったりして水分もとれない",
        "A high fever, and too weak to drink";
    HIGH_FEVER_WITH_STIFF_NECK =
        "高い熱と、首の硬さや激しい頭痛がある",
        "A high fever with a stiff neck or severe headache";
    PALE_LIPS_OR_LABOURED_BREATHING =
        "顔色や唇の色が悪い、呼吸が苦しそう",
        "Pale or bluish lips, or laboured breathing";
    LIMP_OR_A_LONG_SEIZURE =
        "ぐったりして反応が弱い、けいれんが5分以上続く",
        "Limp and hard to wake, or a seizure longer than 5 minutes";
    FEVER_UNDER_THE_AGE_OF_3_MONTHS =
        "生後3か月未満で38度以上の熱がある",
        "A fever of 38 °C or more under the age of 3 months";
    SWELLING_OF_THE_FACE_OR_THROAT =
        "顔やのどが急にはれて、声がかすれる",
        "Sudden swelling of the face or throat, or a hoarse voice";
    LARGE_AREAS_OF_SKIN_PEEL =
        "広い範囲の皮膚が赤くむける、水ぶくれと高い熱がある",
        "Large areas of skin peel or blister, with a high fever";
    TOO_SORE_TO_SWALLOW_SALIVA =
        "つばも飲み込めないほどのどが痛い、口が開かない",
        "A throat so sore that you cannot swallow saliva or open your mouth";
    NOSEBLEED_THAT_DOES_NOT_STOP =
        "鼻血が30分押さえても止まらない",
        "A nosebleed that does not stop after 30 minutes of pressure";
    SUDDEN_LOSS_OF_SIGHT = "急に見えなくなった、視野が欠けた", "Sudden loss of sight or of part of the visual field";
    SEVERE_EYE_PAIN = "目の激しい痛みと、頭痛や吐き気がある", "Severe eye pain with headache or nausea";
    CHEMICAL_IN_THE_EYE =
        "薬品が目に入った（すぐ水で洗い続けてください）",
        "A chemical in the eye (rinse with water at once and keep rinsing)";
    BLEEDING_OR_PAIN_IN_PREGNANCY =
        "妊娠中の出血、強い腹痛、破水",
        "Bleeding, severe pain or waters breaking in pregnancy";
    SEVERE_LOWER_ABDOMINAL_PAIN =
        "急な強い下腹部の痛みと、冷や汗やふらつきがある",
        "Sudden severe lower abdominal pain with cold sweat or faintness";
    YOU_MAY_HARM_YOURSELF_OR_OTHERS =
        "自分や周りの人を傷つけてしまいそうだと感じる（119番・110番に電話してください）",
        "You feel that you may harm yourself or others (call 119 or 110)";
    OVERDOSE_OF_MEDICINE = "薬をたくさん飲んでしまった", "An overdose of medicine was taken";
    NO_URINE_AT_ALL = "尿がまったく出ない、下腹部が強く痛む", "No urine at all, with severe lower abdominal pain";
    SEVERE_TESTICULAR_PAIN = "急な激しい睾丸の痛み", "Sudden severe testicular pain";
    BACK_PAIN_WITH_A_HIGH_FEVER =
        "背中や腰の痛みと、高い熱やふるえがある",
        "Back or side pain with a high fever or shivering";
    LIMB_IS_DEFORMED = "手足の形が変わった、骨が見える", "A limb is deformed, or bone can be seen";
    SUDDEN_WEAKNESS_OF_THE_LEGS =
        "急に足に力が入らない、尿や便の感覚がない",
        "Sudden weakness of the legs, or loss of bladder or bowel control";
    BREATHING_TROUBLE_AFTER_A_STING =
        "食べ物・薬・虫刺されのあとに、息苦しさ、声のかすれ、意識がもうろうとする（処方された注射薬があれば使ってください）",
        "Breathing trouble, a hoarse voice or drowsiness after food, medicine or a sting (use your prescribed injector if you have one)";
    ASTHMA_THAT_DOES_NOT_EASE =
        "ぜん息の発作が、吸入薬を使ってもおさまらない",
        "An asthma attack that does not ease with your inhaler";
    CHEST_PAIN_THAT_GOES_ON =
        "胸の痛みや圧迫感が続く、冷や汗が出る",
        "Chest pain or pressure that goes on, or cold sweat";
    FAINTING_OR_IRREGULAR_PULSE =
        "気を失った、脈が非常に速いか乱れて苦しい",
        "Fainting, or a very fast or irregular pulse with distress";
    BREATHLESS_WHEN_LYING_DOWN =
        "横になると息が苦しい、急に足がむくんだ",
        "Breathless when lying down, or sudden swelling of the legs";
    HARDLY_ANY_URINE = "尿がほとんど出ず、体がむくんで息が苦しい", "Hardly any urine, with swelling and breathlessness";
    WEAKNESS_WITH_A_SLOW_PULSE = "体に力が入らず、脈が遅いか乱れている", "Weakness with a slow or irregular pulse";
    LOW_BLOOD_SUGAR =
        "低血糖で意識がはっきりしない、糖分をとっても良くならない",
        "Low blood sugar with confusion, or no better after taking sugar";
    VERY_HIGH_BLOOD_SUGAR =
        "血糖がとても高く、吐き気、強いのどの渇き、深く速い呼吸がある",
        "Very high blood sugar with nausea, strong thirst or deep, fast breathing";
    SUDDEN_CHANGE_IN_BEHAVIOUR =
        "急に様子が変わった、呼びかけへの反応が弱い",
        "A sudden change in behaviour, or hard to wake";
    FALL_WITH_A_BLOW_TO_THE_HEAD =
        "転んで頭を打った、立てない（血を固まりにくくする薬を飲んでいる方は特に）",
        "A fall with a blow to the head or unable to stand (above all when taking blood thinners)";

    // rules of hours
    from_to(first, last) = "{first}〜{last}", "{first}–{last}";
    SEMICOLON = "／", "; ";
    CLOSED_ON_PUBLIC_HOLIDAYS = "（祝日休診）", " (closed on public holidays)";
    OPEN_ON_PUBLIC_HOLIDAYS = "（祝日も診療）", " (open on public holidays)";
    MONDAY = "月", "Mon";
    TUESDAY = "火", "Tue";
    WEDNESDAY = "水", "Wed";
    THURSDAY = "木", "Thu";
    FRIDAY = "金", "Fri";
    SATURDAY = "土", "Sat";
    SUNDAY = "日", "Sun";

    // chosen_visit
    BOOKING = "予約", "Booking";
    time_is_held_until(time) = "{time}まで、この時間を確保しています。", "This time is held for you until {time}.";

    // institution
    FIND_A_CLINIC = "医療機関をさがす", "Find a clinic";
    NOTHING_CAN_BE_BOOKED_AT_MOMENT = "現在、予約できるメニューはありません。", "Nothing can be booked at the moment.";
    NEXT_FREE_TIMES = "次の空き", "Next free times";
    CHOOSE_A_TIME = "日時を選ぶ", "Choose a time";
    DOCTOR_LABEL = " ／ 医師：", " · Doctor: ";
    COST_LABEL = "費用のめやす：", "Cost: ";
    COLON = "：", ": ";
    ADDRESS = "所在地", "Address";
    TELEPHONE = "電話番号", "Telephone";
    HOURS = "診療時間", "Hours";
    LANGUAGES = "対応言語", "Languages";
    INSTITUTION_CODE = "医療機関コード", "Institution code";
    MANAGER_FEES_CANCELLATION = "管理者、費用、キャンセル", "Manager, fees, cancellation";
    ABOUT_THE_CLINIC = "医療機関の情報", "About the clinic";
    THIS_CLINIC_DOES_NOT_TAKE_CARD =
        "この医療機関はマイナ保険証に対応していません",
        "This clinic does not take the card";
    UPLOAD_A_PICTURE_AFTER_BOOKING =
        "保険診療では、予約のあとに保険証画像（資格確認書など）をアップロードしてください。",
        "For an insured visit, please upload a picture of your insurance document (such as a 資格確認書) after booking.";
    WHAT_YOU_NEED_TO_USE_YOUR_CARD = "マイナ保険証のご利用に必要なもの", "What you need to use your card";
    CARD_REGISTERED_AS_INSURANCE_CARD =
        "健康保険証利用を申込済のマイナンバーカード",
        "A My Number card that is registered as insurance card";
    PHONE_WITH_MYNA_PORTAL_APP_INSTALLED =
        "マイナポータルアプリをインストール済みのスマートフォン",
        "A phone with the マイナポータル app installed";
    INSURED_VISIT_NEEDS_CARD_OR_PICTURE =
        "保険適用の診療では、マイナ保険証の利用か保険証画像のアップロードのいずれかが必要です。手続きは予約のあとに行います。",
        "An insured visit needs either your card or a picture of your insurance document. You do this after booking.";
    CHECK_BEFORE_BOOKING =
        "予約の前に確認する（暗証番号・スマートフォン・有効期限）",
        "Check before booking (PIN, phone, certificate)";
    book_online_care_at(clinic, area, specialties) =
        "{clinic}（{area}、{specialties}）のオンライン診療の予約。診療メニュー、費用、空いている日時。",
        "Book online care at {clinic} ({area}, {specialties}): menus, fees and free times.";
    duration_in_minutes(minutes) = "{minutes}分", "{minutes} minutes";

    // clinic_notice
    LEGAL_NOTICE_OF_THE_CLINIC = "医療機関についての表示", "Legal notice of the clinic";
    NAME = "医療機関の名称", "Name";
    MANAGER_PHYSICIAN = "管理者", "Manager (physician)";
    OWNER = "開設者", "Owner";
    SPECIALTIES = "診療科", "Specialties";
    FEES = "診療の費用", "Fees";
    SYSTEM_FEE_LABEL = "システム利用料：", "System fee: ";
    CHARGED_SEPARATELY = "（診療の費用とは別）", " (charged separately)";
    CANCELLATION = "キャンセルについて", "Cancellation";
    manager_address_and_fees_of(clinic) =
        "{clinic}の管理者、所在地、診療科、費用、キャンセルについての表示です。",
        "Manager, address, specialties, fees and cancellation of {clinic}.";

    // search
    ONLINE_CONSULTATION = "オンライン診療", "Online consultation";
    FIND_AND_BOOK_CLINICS =
        "オンライン診療に対応した医療機関をさがして予約できます。マイナ保険証も使えます。",
        "Find and book clinics that offer online care. You can use your My Number Card as insurance (マイナ保険証).";
    SEE_A_DOCTOR_BY_VIDEO =
        "医療機関をさがして、スマートフォンのビデオ通話で診察を受けられます。",
        "Find a clinic and see a doctor by video on your phone.";
    CHANGE_THE_SEARCH = "条件を変えてさがす", "Change the search";
    OPERATED_BY = "運営：", "Operated by ";
    CLINIC_OR_AREA = "医療機関の名前・地域", "Clinic or area";
    KANA_AND_LATIN_LETTERS_WORK_TOO = "ひらがなやローマ字でもさがせます。", "Kana and Latin letters work too.";
    SEARCH = "さがす", "Search";
    NARROW_BY_AREA_OR_SPECIALTY = "地域・診療科で絞り込む", "Narrow by area or specialty";
    AREA = "地域", "Area";
    EVERYWHERE = "すべての地域", "Everywhere";
    SPECIALTY = "診療科", "Specialty";
    ALL_SPECIALTIES = "すべての診療科", "All specialties";
    ONLY_CLINICS_THAT_ACCEPT_CARD =
        "マイナ保険証対応の医療機関だけ",
        "Only clinics that accept the card (マイナ保険証対応)";
    EARLIEST_TIME_FIRST = "空きが早い順", "Earliest time first";
    SORT_BY_AREA = "地域順に並べる", "Sort by area";
    BY_AREA = "地域順", "By area";
    SORT_BY_EARLIEST_TIME = "空きが早い順に並べる", "Sort by earliest time";
    NO_CLINIC_FITS = "条件に合う医療機関が見つかりませんでした", "No clinic fits";
    TRY_FEWER_CONDITIONS = "地域や診療科の条件を減らしてみてください。", "Try fewer conditions.";
    TRY_SHORTER_NAME_OR_FEWER_CONDITIONS =
        "名前を短くするか、条件を減らしてみてください。症状ではさがせません。診療科からお選びください。",
        "Try a shorter name, or fewer conditions. You cannot search by symptoms: choose a specialty.";
    SEE_ALL_CLINICS = "すべての医療機関を見る", "See all clinics";
    SEPARATOR = " ／ ", " · ";
    LANGUAGES_LABEL = "対応言語：", "Languages: ";
    NEXT_FREE_TIME = "次の空き ", "Next: ";
    NOTHING_FREE_SOON = "近いうちの空きはありません", "Nothing free soon";
    SELF_PAY_ONLY = "自費診療のみ", "Self-pay only";
    PICTURE_UPLOAD_ONLY = "保険証画像のアップロードのみ", "Picture upload only";
    clinics_that_fit(count) = "医療機関 {count}件", "{count} clinics";

    // emergency
    WHEN_TO_GET_URGENT_HELP = "急いで受診が必要な症状", "When to get urgent help";
    CHEST_PAIN_CALL_119 =
        "胸の痛み、急なまひ、息苦しさなどがあるときは、予約せずに119番へ。",
        "Chest pain, sudden weakness on one side or trouble breathing? Do not book: call 119.";
    CALL_119 = "119番に電話する", "Call 119";
    IF_YOU_ARE_NOT_SURE = "迷ったときの相談先", "If you are not sure";
    CALL_7119 = "#7119に電話する", "Call #7119";
    CALL_8000_CHILDREN = "#8000に電話する（こども）", "Call #8000 (children)";
    IF_UNSURE_CALL_THE_CLINIC =
        "今の症状がオンライン診療に向いているか分からないときは、医療機関に電話でご相談ください。",
        "If you do not know whether online care suits your symptoms, call the clinic.";
    BY_SPECIALTY = "診療科ごとの症状", "By specialty";
    WHAT_ONLINE_CARE_CANNOT_DO = "オンライン診療ではできないこと", "What online care cannot do";
    EXAMINATION_BY_HAND_AND_TESTS =
        "聴診や触診、血液検査やレントゲンなどの検査",
        "Listening to the chest, examination by hand, blood tests and X-rays";
    INJECTIONS_DRIPS_STITCHES =
        "注射、点滴、縫合など、その場での処置",
        "Injections, drips, stitches and other treatment on the spot";
    SOME_MEDICINES_AT_A_FIRST_VISIT =
        "はじめての診察では処方できない薬や、日数の制限がある薬があります",
        "At a first visit some medicines cannot be prescribed, or only for a few days";
    IF_DOCTOR_FINDS_IT_NECESSARY =
        "医師が必要と判断したときは、医療機関での診察をおすすめします。その場合、オンラインでの診察は途中で終わることがあります。",
        "If the doctor finds it necessary, you are asked to come to a clinic, and the online visit may end early.";
    SYMPTOMS_THAT_NEED_AN_AMBULANCE =
        "すぐに119番に電話する症状、迷ったときの相談先（#7119）、オンライン診療ではできないことをまとめています。",
        "Symptoms that need an ambulance (119), whom to ask when in doubt (#7119), and what online care cannot do.";
    before_you_book_at(clinic, specialties) =
        "{clinic}を受診する前に：{specialties}で、すぐに119番に電話する症状と、迷ったときの相談先です。",
        "Before you book at {clinic}: symptoms of {specialties} that need an ambulance (119), and whom to ask when in doubt.";
}
