"""Short forms of given names, and surnames that a woman may have had before: small lists of our own.

They are enough to make matching by exact names fail; they say nothing about how common a form is.
"""

from __future__ import annotations


def _pairs(text: str) -> dict[str, tuple[str, ...]]:
    """``"Name Short|Shorter, …"`` as a dictionary."""
    split = (entry.split() for entry in text.split(","))
    return {name: tuple(forms.split("|")) for name, forms in split}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SHORT_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "en_US": _pairs(
        "Abigail Abby|Gail, Alexander Alex|Sandy, Alexandra Alex|Sandra, Amanda Mandy, Andrew Andy|Drew, Angela "
        "Angie, Anthony Tony, Barbara Barb|Babs, Benjamin Ben, Catherine Cathy|Kate, Charles Charlie|Chuck, "
        "Christina Tina, Christine Chris|Tina, Christopher Chris, Cynthia Cindy, Daniel Dan|Danny, David Dave, "
        "Deborah Deb|Debbie, Donald Don, Dorothy Dot|Dottie, Edward Ed|Ted, Elizabeth Liz|Beth|Betty, Emily Em, "
        "Frances Fran, Gregory Greg, Jacob Jake, James Jim|Jimmy, Jeffrey Jeff, Jennifer Jen|Jenny, Jessica Jess, "
        "John Jack|Johnny, Jonathan Jon, Joseph Joe, Joshua Josh, Judith Judy, Katherine Kate|Kathy, Kathleen "
        "Kathy, Kenneth Ken, Kimberly Kim, Lawrence Larry, Margaret Maggie|Peggy, Matthew Matt, Megan Meg, "
        "Melissa Missy, Michael Mike, Michelle Shelly, Nancy Nan, Nathan Nate, Nicholas Nick, Nicole Nicky, "
        "Pamela Pam, Patricia Pat|Patty, Patrick Pat, Peter Pete, Rachel Rae, Raymond Ray, Rebecca Becky, Richard "
        "Rick|Dick, Robert Bob|Rob, Ronald Ron, Samantha Sam, Samuel Sam, Sandra Sandy, Sarah Sally, Stephanie "
        "Steph, Stephen Steve, Steven Steve, Susan Sue, Theresa Terry, Thomas Tom, Timothy Tim, Victoria Vicky, "
        "Virginia Ginny, William Bill|Will|Billy"
    ),
    "ru_RU": _pairs(
        "Александр Саша|Шура, Александра Саша|Шура, Алексей Лёша|Алёша, Алина Аля, Алла Аллочка, Анастасия Настя, "
        "Анатолий Толя, Анна Аня|Нюра, Антон Антоша, Антонина Тоня, Борис Боря, Вадим Вадик, Валентин Валя, "
        "Валентина Валя, Валерий Валера, Валерия Лера, Варвара Варя, Василий Вася, Вера Верочка, Вероника Ника, "
        "Виктор Витя, Виктория Вика, Виталий Виталик, Владимир Вова|Володя, Владислав Влад|Слава, Вячеслав Слава, "
        "Галина Галя, Геннадий Гена, Георгий Гоша|Жора, Григорий Гриша, Дарья Даша, Денис Дениска, Дмитрий "
        "Дима|Митя, Евгений Женя, Евгения Женя, Екатерина Катя, Елена Лена, Елизавета Лиза, Зинаида Зина, Иван "
        "Ваня, Игорь Игорёк, Илья Илюша, Ирина Ира, Кирилл Кира, Константин Костя, Ксения Ксюша, Лариса Лара, "
        "Леонид Лёня, Любовь Люба, Людмила Люда|Мила, Максим Макс, Маргарита Рита, Марина Мариша, Мария "
        "Маша|Маруся, Михаил Миша, Надежда Надя, Наталия Наташа, Наталья Наташа, Николай Коля, Нина Ниночка, "
        "Оксана Ксана, Олег Олежка, Ольга Оля, Павел Паша, Пелагея Поля, Пётр Петя, Петр Петя, Полина Поля, Роман "
        "Рома, Светлана Света, Семён Сёма, Семен Сёма, Сергей Серёжа, София Соня, Софья Соня, Станислав Стас, "
        "Степан Стёпа, Тамара Тома, Татьяна Таня, Тимофей Тима, Фёдор Федя, Федор Федя, Юлия Юля, Юрий Юра, Яков "
        "Яша, Ярослав Ярик"
    ),
}

FORMER_SURNAMES: dict[str, tuple[str, ...]] = {
    "en_US": _words(
        "Adams Baker Bennett Brooks Butler Campbell Carter Clark Collins Cooper Cox Evans Fisher Foster Graham "
        "Gray Hall Harris Hayes Howard Hughes Jenkins Kelly King Long Marshall Morgan Murphy Nelson Parker Perry "
        "Phillips Reed Rogers Russell Scott Stewart Turner Walker Ward Watson Wood Wright Young"
    ),
    "ru_RU": _words(
        "Алёшина Антонова Афанасьева Белова Богданова Виноградова Власова Воробьёва Голубева Григорьева Громова "
        "Давыдова Егорова Ершова Жукова Зайцева Захарова Калинина Киселёва Ковалёва Козлова Королёва Крылова "
        "Куликова Лебедева Макарова Медведева Миронова Никитина Орлова Павлова Полякова Рябова Семёнова Соловьёва "
        "Сорокина Тихонова Фёдорова Филиппова Фролова Чернова Щербакова Яковлева"
    ),
}
