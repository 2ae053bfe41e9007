"""Words that people write in files for the codes of the store, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

# code → words, in small letters, ё as е
_WORDS: dict[str, dict[str, str]] = {
    "marital_status": {
        "single": "single, unmarried, never married, не замужем, холост, не женат, холостой, незамужем, нет",
        "married": "married, замужем, женат, в браке, состоит в браке, женат/замужем",
        "divorced": "divorced, разведен, разведена, в разводе, разведен(а)",
        "widowed": "widowed, widow, widower, вдова, вдовец",
    },
    "education": {
        "school": "school, high school, среднее общее, среднее, школа, основное общее",
        "secondary": "secondary, полное среднее",
        "vocational": "vocational, college, среднее специальное, среднее профессиональное, спо, техникум, колледж",
        "bachelor": "bachelor, bachelor's, бакалавр, бакалавриат, высшее",
        "master": "master, master's, магистр, магистратура, специалист, специалитет",
        "doctorate": "doctorate, phd, doctor, кандидат наук, доктор наук, аспирантура, ученая степень",
        "incomplete_higher": "incomplete higher, some college, неоконченное высшее, незаконченное высшее",
    },
    "channel": {
        "branch": "branch, office, shop, store, in person, walk-in, офис, филиал, магазин, салон, лично, очно, визит",
        "phone": "phone, telephone, call, телефон, звонок, по телефону",
        "web": "web, website, site, internet, online, сайт, интернет, онлайн",
        "app": "app, mobile app, приложение, мобильное приложение",
        "messenger": "messenger, chat, whatsapp, telegram, viber, sms, мессенджер, чат, телеграм, ватсап, смс",
        "email": "email, e-mail, mail, почта, электронная почта, e-mail рассылка, письмо",
        "account": "account, personal account, личный кабинет, кабинет, лк",
    },
}
_CODES = {
    name: {word: code for code, words in groups.items() for word in [code, *words.split(", ")]}
    for name, groups in _WORDS.items()
}


def code_of(name: str, word: str, own: Mapping[str, str] | None = None) -> str:
    """The code of a word; the word itself where none is known, so that the form's rule speaks.

    Parameters
    ----------
    name : str
        Field.
    word : str
        As it stands in the file.
    own : mapping of str to str, optional
        What the user says that words mean; it goes first.

    Examples
    --------
    >>> code_of("marital_status", "Замужем"), code_of("channel", " телефон"), code_of("channel", "сова")
    ('married', 'phone', 'сова')
    """
    plain = _plain(word)
    mine = {_plain(one): code for one, code in (own or {}).items()}
    return mine.get(plain) or _CODES.get(name, {}).get(plain) or word


def _plain(word: str) -> str:
    return " ".join(str(word).casefold().replace("ё", "е").replace("_", " ").split())
