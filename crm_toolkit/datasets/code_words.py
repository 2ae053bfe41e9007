"""What the codes of a world's tables are called when people read them: ``beard_trim`` is «стрижка бороды».

Tables keep their codes in English; these words are for files that people open in a spreadsheet, for axes and for
lists. The Russian words stand in ``texts/ru/words.po``.
"""

from __future__ import annotations

from crm_toolkit.texts import mark, say

# columns of text that hold names and addresses, which nobody translates
FREE_TEXT = ("city", "region", "full_name", "last_name", "first_name", "middle_name", "email", "phone")
_TITLE_CASE = ("item", "category", "campaign", "department")

# fmt: off
_WORDS = {
    # what is sold
    "haircut": mark("haircut"), "beard_trim": mark("beard trim"), "shave": mark("shave"),
    "colouring": mark("colouring"), "children_haircut": mark("children's haircut"),
    "styling_wax": mark("styling wax"), "shampoo": mark("shampoo"), "beard_oil": mark("beard oil"),
    "oil_change": mark("oil change"), "inspection": mark("inspection"), "tyre_change": mark("tyre change"),
    "brake_repair": mark("brake repair"), "engine_repair": mark("engine repair"), "body_repair": mark("body repair"),
    "diagnostics": mark("diagnostics"), "battery": mark("battery"), "wiper_blades": mark("wiper blades"),
    "wash": mark("wash"), "consultation": mark("consultation"), "repeat_consultation": mark("repeat consultation"),
    "blood_test": mark("blood test"), "ultrasound": mark("ultrasound"), "x_ray": mark("X-ray"),
    "dental_cleaning": mark("dental cleaning"), "filling": mark("filling"), "procedure": mark("procedure"),
    "certificate": mark("certificate"), "coach_session": mark("coach session"), "group_class": mark("group class"),
    "massage": mark("massage"), "protein_drink": mark("protein drink"), "towel": mark("towel"),
    "gloves": mark("gloves"), "membership": mark("membership"), "milk": mark("milk"), "cheese": mark("cheese"),
    "yoghurt": mark("yoghurt"), "bread": mark("bread"), "rolls": mark("rolls"), "apples": mark("apples"),
    "bananas": mark("bananas"), "tomatoes": mark("tomatoes"), "potatoes": mark("potatoes"),
    "chicken": mark("chicken"), "beef": mark("beef"), "fish": mark("fish"), "pasta": mark("pasta"),
    "rice": mark("rice"), "coffee": mark("coffee"), "tea": mark("tea"), "chocolate": mark("chocolate"),
    "biscuits": mark("biscuits"), "soft_drink": mark("soft drink"), "juice": mark("juice"), "water": mark("water"),
    "beer": mark("beer"), "wine": mark("wine"), "frozen_pizza": mark("frozen pizza"), "ice_cream": mark("ice cream"),
    "soap": mark("soap"), "washing_powder": mark("washing powder"), "paper_towels": mark("paper towels"),
    "pet_food": mark("pet food"), "magazine": mark("magazine"), "one_night": mark("one night"),
    "two_nights": mark("two nights"), "three_nights": mark("three nights"), "week_stay": mark("a week's stay"),
    "suite_night": mark("suite night"), "breakfast": mark("breakfast"), "dinner": mark("dinner"), "spa": mark("spa"),
    "parking": mark("parking"), "late_checkout": mark("late checkout"), "textbook": mark("textbook"),
    "exam": mark("exam"), "mock_exam": mark("mock exam"), "private_lesson": mark("private lesson"),
    "speaking_club": mark("speaking club"), "purchase": mark("purchase"),
    # its category
    "hair": mark("hair"), "beard": mark("beard"), "goods": mark("goods"), "maintenance": mark("maintenance"),
    "tyres": mark("tyres"), "repair": mark("repair"), "parts": mark("parts"), "extras": mark("extras"),
    "laboratory": mark("laboratory"), "dentistry": mark("dentistry"), "treatment": mark("treatment"),
    "documents": mark("documents"), "training": mark("training"), "wellness": mark("wellness"), "bar": mark("bar"),
    "shop": mark("shop"), "dairy": mark("dairy"), "bakery": mark("bakery"), "produce": mark("produce"),
    "meat": mark("meat"), "pantry": mark("pantry"), "sweets": mark("sweets"), "drinks": mark("drinks"),
    "frozen": mark("frozen"), "household": mark("household"), "other": mark("other"), "room": mark("room"),
    "meals": mark("meals"), "books": mark("books"), "exams": mark("exams"), "lessons": mark("lessons"),
    # campaigns
    "spring": mark("spring"), "regulars": mark("regulars"), "winter_check": mark("winter check"),
    "good_clients": mark("good clients"), "check_up": mark("check-up"), "regular_patients": mark("regular patients"),
    "coach_offer": mark("coach offer"), "active_members": mark("active members"), "type_a": mark("type a"),
    "frequent_shoppers": mark("frequent shoppers"), "autumn_city": mark("autumn city"),
    "returning_guests": mark("returning guests"), "exam_offer": mark("exam offer"),
    "keen_learners": mark("keen learners"), "randomised": mark("randomised"), "targeted": mark("targeted"),
    "treated": mark("treated"), "holdout": mark("holdout"), "one": mark("one order so far"),
    "two_three": mark("two or three orders"), "four_more": mark("four orders or more"),
    # channels
    "branch": mark("branch"), "phone": mark("phone"), "web": mark("website"), "app": mark("app"),
    "messenger": mark("messenger"), "email": mark("email"), "sms": mark("sms"), "search": mark("web search"),
    "social": mark("social media"), "maps": mark("online maps"), "outdoor": mark("outdoor advertising"),
    "travel_site": mark("booking site"), "referral": mark("referral"), "acquisition": mark("acquisition"),
    "campaign": mark("campaign"),
    # departments and the stages that they serve
    "marketing": mark("marketing"), "sales": mark("sales"), "service": mark("service"), "support": mark("support"),
    "deal": mark("deal"),
    # contacts, failures, remedies
    "visit": mark("visit"), "service_request": mark("service request"),
    "information_request": mark("information request"), "complaint": mark("complaint"),
    "late_start": mark("started late"), "poor_result": mark("poor result"), "rude_staff": mark("rude staff"),
    "wrong_bill": mark("wrong bill"), "damage": mark("damage"), "repair_again": mark("had to be repaired again"),
    "late_ready": mark("not ready in time"), "long_queue": mark("long queue"), "lost_results": mark("lost results"),
    "broken_equipment": mark("broken equipment"), "crowded": mark("too crowded"), "dirty_room": mark("dirty room"),
    "out_of_stock": mark("out of stock"), "wrong_price": mark("wrong price"), "spoiled_goods": mark("spoiled goods"),
    "room_not_ready": mark("room not ready"), "noise": mark("noise"), "cancelled_lesson": mark("cancelled lesson"),
    "teacher_changed": mark("teacher changed"), "wrong_level": mark("wrong level"), "apology": mark("apology"),
    "voucher": mark("voucher"), "refund": mark("refund"),
    # money and points
    "payment": mark("payment"), "card": mark("card"), "cash": mark("cash"), "wallet": mark("electronic wallet"),
    "invoice": mark("on invoice"), "instalment": mark("by instalments"), "earn": mark("earn"),
    "redeem": mark("redeem"), "expire": mark("expire"), "wages": mark("wages"), "rent": mark("rent"),
    "materials": mark("materials"), "advertising": mark("advertising"), "campaigns": mark("campaigns"),
    "remedies": mark("remedies"),
    # people
    "female": mark("female"), "male": mark("male"), "single": mark("single"), "married": mark("married"),
    "divorced": mark("divorced"), "widowed": mark("widowed"), "school": mark("secondary school"),
    "vocational": mark("vocational school"), "bachelor": mark("bachelor's degree"),
    "master": mark("master's degree"), "metropolis": mark("metropolis"), "city": mark("city"), "town": mark("town"),
    "village": mark("village"), "accountant": mark("accountant"), "architect": mark("architect"),
    "bookkeeper": mark("bookkeeper"), "builder": mark("builder"), "cleaner": mark("cleaner"), "cook": mark("cook"),
    "courier": mark("courier"), "designer": mark("designer"), "doctor": mark("doctor"), "driver": mark("driver"),
    "electrician": mark("electrician"), "engineer": mark("engineer"), "entrepreneur": mark("entrepreneur"),
    "executive": mark("executive"), "factory_worker": mark("factory worker"), "farm_worker": mark("farm worker"),
    "financial_analyst": mark("financial analyst"), "hairdresser": mark("hairdresser"),
    "homemaker": mark("homemaker"), "journalist": mark("journalist"), "lawyer": mark("lawyer"),
    "marketing_specialist": mark("marketing specialist"), "nurse": mark("nurse"), "pensioner": mark("pensioner"),
    "police_officer": mark("police officer"), "programmer": mark("programmer"), "psychologist": mark("psychologist"),
    "sales_manager": mark("sales manager"), "scientist": mark("scientist"), "secretary": mark("secretary"),
    "security_guard": mark("security guard"), "shop_assistant": mark("shop assistant"),
    "social_worker": mark("social worker"), "student": mark("student"), "teacher": mark("teacher"),
    "technician": mark("technician"), "unemployed": mark("unemployed"),
    "university_lecturer": mark("university lecturer"), "waiter": mark("waiter"),
    # dimensions of service quality (Parasuraman, Zeithaml, Berry 1988)
    "tangibles": mark("tangibles"), "reliability": mark("reliability"), "responsiveness": mark("responsiveness"),
    "assurance": mark("assurance"), "empathy": mark("empathy"),
    # truth
    "persuadable": mark("persuadable"), "sure_thing": mark("sure thing"), "lost_cause": mark("lost cause"),
    "sleeping_dog": mark("sleeping dog"), "churn": mark("of their own accord"), "after_order": mark("after order"),
    "failure": mark("because of a failure"), "voice": mark("complained"), "exit": mark("left"),
    "word_of_mouth": mark("told others"),
    # slips in what an organisation records
    "missing": mark("left empty"), "letter_case": mark("letter case"), "stray_blanks": mark("stray blanks"),
    "mixed_formats": mark("mixed formats"), "late_entry": mark("entered late"), "typos": mark("typing error"),
    "text_amounts": mark("amount as text"), "former_phone": mark("former phone"),
    "former_email": mark("former email"), "former_surname": mark("former surname"),
    "homoglyphs": mark("look-alike letter"), "split_history": mark("split history"),
    "wrong_values": mark("impossible value"), "short_name": mark("short name"),
    "swapped_names": mark("swapped names"), "initials": mark("initials"),
    "wrong_layout": mark("wrong keyboard layout"), "e_for_yo": mark("е for ё"),
}
# codes that mean something else in one column
_IN_COLUMN = {
    ("remedy", "none"): mark("nothing given"), ("reaction", "none"): mark("no reaction"),
    ("kind", "service"): mark("a service"), ("kind", "goods"): mark("a thing"),
    ("category", "doctor"): mark("doctor's appointment"),
}
_TITLES = {
    "barbershop": mark("Barbershop"), "bgnbd": mark("BG/NBD: the published process alone"),
    "car_service": mark("Car service"), "clinic": mark("Clinic"), "fitness_club": mark("Fitness club"),
    "grocery": mark("Grocery"), "hotel": mark("Hotel"), "language_school": mark("Language school"),
    "pareto_nbd": mark("Pareto/NBD: the published process alone"),
}
# fmt: on


def code_word(column: str, code: str) -> str:
    """What a code of a column is called, in the reader's language; names of things begin with a capital.

    >>> code_word("item", "beard_trim"), code_word("method", "invoice"), code_word("method", "barter")
    ('Beard trim', 'on invoice', 'barter')
    """
    english = _IN_COLUMN.get((column, code)) or _WORDS.get(code)
    word = say(english) if english else code
    return word[:1].upper() + word[1:] if column in _TITLE_CASE else word


def has_word(column: str, code: str) -> bool:
    """Whether there is a word for a code.

    >>> has_word("method", "card"), has_word("method", "barter")
    (True, False)
    """
    return code in _WORDS or (column, code) in _IN_COLUMN


def scenario_title(name: str) -> str:
    """What a scenario is called, in the reader's language.

    >>> scenario_title("car_service")
    'Car service'
    """
    return say(_TITLES[name]) if name in _TITLES else name.replace("_", " ").capitalize()
