# -*- coding: utf-8 -*-
# ruff: noqa: UP009 (an old Python needs the line above to read this file as far as its own error)
"""The course in one command: makes the environment `.venv` if it is missing or stale, then acts.

    python course.py lab | test | build | bench | docs | app | kit | setup | upgrade | remove        (--help)

Standard library only. The grammar is kept to that of Python 3.6, so that an old Python can say that it is too old.
"""

import contextlib
import hashlib
import json
import locale
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import BinaryIO, Iterator  # noqa: UP035 (an old Python has no generic collections.abc)

WANTED = f"{3}.11"  # If this line is shown as a SyntaxError: your Python is too old, the course needs Python 3.11-3.13.

# What is said, in both languages. A test holds them to the same blanks.
WORDS = {
    "help": (
        """The course in one command. The first run makes the environment in .venv; later runs start at once.

  python course.py lab     open the course in JupyterLab
                           [--no-browser] [--port N]; other options go to JupyterLab
  python course.py test    run every test; [--fast] without notebooks and browser; other words go to pytest
  python course.py build   make the notebooks of both languages from their sources; [LESSON …]
                           [--instructor [FOLDER]] solutions, slides and seminar plans instead
  python course.py bench   run a benchmark; [NAME], without it the list
  python course.py docs    build the web book in docs/_build/html
  python course.py app     open one notebook as an application; [NAME] [--no-browser] [--port N]
                           desk, account: [--store FILE] or [--database postgresql://…], both may be open over one
                           for a room: [--people 30] [--share], see docs/classroom.md
                           board: --folder FOLDER, results of grade or submissions;
                           [--salt WORD] [--key FILE] with which its button grades
  python course.py kit     gather packages for a classroom without internet
                           [--platform {platforms}] [--python 3.12] [--out FOLDER]
  python course.py setup   only make the environment; [--kit FOLDER] from such a folder, without internet
  python course.py upgrade ARCHIVE|FOLDER   put a new edition in the place of this one; what you have written stays.
                           From the new edition's folder: --into FOLDER of the old one; interrupted: again
  python course.py remove  take away the environment and what can be made again; your work stays

  --language en|ru         the language of the messages and of the course""",
        """Весь курс одной командой. Первый запуск создаёт окружение в папке .venv, следующие начинаются сразу.

  python course.py lab     открыть курс в JupyterLab
                           [--no-browser] [--port N]; остальные параметры получает JupyterLab
  python course.py test    запустить все тесты; [--fast] без тетрадей и браузера; остальное получает pytest
  python course.py build   собрать тетради на двух языках из исходников; [ЗАНЯТИЕ …]
                           [--instructor [ПАПКА]] вместо них — решения, слайды и планы семинаров
  python course.py bench   запустить замер скорости; [ИМЯ], без имени будет показан список
  python course.py docs    собрать веб-книгу в docs/_build/html
  python course.py app     открыть тетрадь как приложение; [ИМЯ] [--no-browser] [--port N]
                           desk, account: [--store ФАЙЛ] или [--database postgresql://…], можно открыть оба
                           для класса: [--people 30] [--share], см. docs/classroom.ru.md
                           board: --folder ПАПКА, результаты проверки или сданные работы;
                           [--salt СЛОВО] [--key ФАЙЛ], с которыми проверяет её кнопка
  python course.py kit     собрать пакеты для класса без интернета
                           [--platform {platforms}] [--python 3.12] [--out ПАПКА]
  python course.py setup   только создать окружение; [--kit ПАПКА] из такой папки, без интернета
  python course.py upgrade АРХИВ|ПАПКА   заменить курс новым выпуском; всё, что вы написали, останется.
                           Из папки нового выпуска: --into ПАПКА старого; если прервали: повторить
  python course.py remove  убрать окружение и всё, что можно создать снова; ваша работа останется

  --language en|ru         язык сообщений и курса""",
    ),
    "old_python": (
        "This Python is too old: found {found}, needed {needed} or newer.\n"
        "Get it from https://www.python.org/downloads/ and run the command again with it{hint}.",
        "Этот Python слишком старый: найден {found}, нужен {needed} или новее.\n"
        "Скачайте его с https://www.python.org/downloads/ и повторите команду с ним{hint}.",
    ),
    "hint_windows": (", for example: py -3.13 course.py lab", ", например: py -3.13 course.py lab"),
    "hint_other": (", for example: python3.13 course.py lab", ", например: python3.13 course.py lab"),
    "new_python": (
        "Note: this is Python {found}; the course is tested on 3.11–3.13. Trying all the same.",
        "Внимание: это Python {found}, а курс проверен на версиях 3.11–3.13. Всё равно попробуем.",
    ),
    "python_32": (
        "This is a 32-bit Python; the course's packages exist for 64-bit Python only.\n"
        "Get the 64-bit installer from https://www.python.org/downloads/ and run the command again with it.",
        "Это 32-разрядный Python, а пакеты курса есть только для 64-разрядного.\n"
        "Скачайте 64-разрядный установщик с https://www.python.org/downloads/ и повторите команду с ним.",
    ),
    "no_venv": (
        "This Python lacks the modules that make environments (venv, ensurepip).\n"
        "On Debian or Ubuntu: sudo apt install python{version}-venv\n"
        "Elsewhere: install Python from https://www.python.org/downloads/. Then run the command again.",
        "В этом Python нет модулей, которые создают окружения (venv, ensurepip).\n"
        "В Debian и Ubuntu: sudo apt install python{version}-venv\n"
        "В других системах установите Python с https://www.python.org/downloads/. Затем повторите команду.",
    ),
    "unwritable": (
        "The course's folder can't be written to: {folder}\n({error})\n"
        "Copy the whole course to a folder of your own, for example to your home folder, and run the command there.",
        "В папку курса нельзя записать: {folder}\n({error})\n"
        "Скопируйте весь курс в свою папку, например в домашнюю, и повторите команду там.",
    ),
    "long_path": (
        "The path of the course's folder is too long for Windows ({length} signs): {folder}\n"
        "Move the course to a folder with a short path, for example C:\\crm, and run the command there.",
        "Путь к папке курса слишком длинный для Windows ({length} знаков): {folder}\n"
        "Перенесите курс в папку с коротким путём, например C:\\crm, и повторите команду там.",
    ),
    "little_room": (
        "The disk has {free} MB left; the environment needs about {needed} MB. Free some room and try again.",
        "На диске осталось {free} МБ, а окружению нужно около {needed} МБ. Освободите место и повторите команду.",
    ),
    "foreign_folder": (
        "There is something named .venv here that is not an environment: {folder}\n"
        "It is left as it is. Rename or remove it, then run the command again.",
        "Здесь уже есть .venv, но это не окружение: {folder}\n"
        "Мы ничего не тронули. Переименуйте или удалите его и повторите команду.",
    ),
    "foreign_venv": (
        "The environment in .venv was made by something else and does not suit: {reason}\n"
        "It is left as it is. Rename or remove {folder}, then run the command again.",
        "Окружение в .venv создано другой программой и не подходит: {reason}\n"
        "Мы ничего не тронули. Переименуйте или удалите {folder} и повторите команду.",
    ),
    "venv_broken": ("its Python does not start", "его Python не запускается"),
    "venv_no_pip": ("it has no pip", "в нём нет pip"),
    "venv_old": ("its Python is {found}", "его Python: {found}"),
    "in_use": (
        "The old environment can't be replaced: some program is using it ({error}).\n"
        "Close JupyterLab and other programs that run from {folder}, then run the command again.",
        "Старое окружение не удаётся заменить: его использует какая-то программа ({error}).\n"
        "Закройте JupyterLab и другие программы, запущенные из {folder}, и повторите команду.",
    ),
    "waiting": (
        "Another run of course.py is making the environment; waiting for it (Ctrl+C to give up) …",
        "Другой запуск course.py сейчас создаёт окружение; ждём его (Ctrl+C, чтобы не ждать) …",
    ),
    "making": ("1/3 Making the environment {folder} …", "1/3 Создаём окружение {folder} …"),
    "refreshing": (
        "1/3 The environment {folder} is there, but not up to date.",
        "1/3 Окружение {folder} уже есть, но его надо обновить.",
    ),
    "installing": (
        "2/3 Installing packages ({count}, from {lock}; the first time takes a few minutes) …",
        "2/3 Устанавливаем пакеты ({count}, список: {lock}; в первый раз это займёт несколько минут) …",
    ),
    "retrying": (
        "    the connection is slow or broken, trying again …",
        "    связь медленная или прервана, пробуем ещё …",
    ),
    "installing_course": ("3/3 Installing the course itself …", "3/3 Устанавливаем сам курс …"),
    "ready": ("The environment is ready ({seconds} s).", "Окружение готово ({seconds} с)."),
    "no_network": (
        "The packages could not be fetched: there is no connection to the package index.\n"
        "  · check the internet connection and run the command again; what was fetched is kept\n"
        "  · behind a proxy, set HTTPS_PROXY (or PIP_PROXY) to its address, and PIP_CERT to its own certificate\n"
        "  · without internet, take a kit made on another computer: python course.py setup --kit FOLDER",
        "Не удалось скачать пакеты: нет связи с каталогом пакетов.\n"
        "  · проверьте интернет и повторите команду; уже скачанное сохранено\n"
        "  · если выход через прокси, укажите его адрес в HTTPS_PROXY (или PIP_PROXY), а свой сертификат в PIP_CERT\n"
        "  · без интернета возьмите набор, собранный на другом компьютере: python course.py setup --kit ПАПКА",
    ),
    "disk_full": (
        "The disk is full: free about {needed} MB and run the command again.",
        "На диске кончилось место: освободите около {needed} МБ и повторите команду.",
    ),
    "install_failed": (
        "The packages could not be installed. The last lines of pip say why:\n{tail}",
        "Не удалось установить пакеты. Причина в последних строках pip:\n{tail}",
    ),
    "cleaned": ("Nothing half-made is left behind.", "Недоделанного окружения не осталось."),
    "stopped": ("Stopped.", "Остановлено."),
    "no_command": ("There is no command “{name}”. Possible: {names}.", "Нет команды «{name}». Возможны: {names}."),
    "bad_language": ("There is no language “{name}”. Possible: en, ru.", "Нет языка «{name}». Возможны: en, ru."),
    "no_value": ("The option {name} needs a value after it.", "После параметра {name} нужно значение."),
    "extra_words": ("Not understood: {words}", "Непонятно: {words}"),
    "lab_open": (
        "The course is open at\n\n    {url}\n\nClose it with Ctrl+C in this window.",
        "Курс открыт по адресу\n\n    {url}\n\nЗакрыть его: Ctrl+C в этом окне.",
    ),
    "lab_failed": (
        "JupyterLab ended with an error. The last lines of {log}:\n{tail}",
        "JupyterLab завершился с ошибкой. Последние строки {log}:\n{tail}",
    ),
    "no_start": (
        "The start page {path} is missing; opening the folder instead.",
        "Стартовой страницы {path} нет, открываем папку.",
    ),
    "benches": ("Benchmarks: {names}", "Замеры: {names}"),
    "apps": ("Applications: {names}", "Приложения: {names}"),
    "none": ("none yet", "пока нет"),
    "no_bench": (
        "There is no benchmark “{name}”. Possible: {names}",
        "Нет замера «{name}». Возможны: {names}",
    ),
    "no_app": ("There is no application “{name}”. Possible: {names}", "Нет приложения «{name}». Возможны: {names}"),
    "no_store": (
        "There is no file {path}.\nLeave --store out to work in a demonstration, or make a store first: "
        "crm.Store.create(…).",
        "Файла {path} нет.\nБез --store откроется учебная база; свою базу сначала создайте: crm.Store.create(…).",
    ),
    "bad_people": ("--people needs a number of pages from 1 to 500, not “{value}”.",
                   "--people — число страниц от 1 до 500, а указано «{value}»."),
    "no_database": ("--database needs an address such as postgresql://user@host/base, not “{value}”.",
                    "--database — адрес вида postgresql://user@host/base, а указано «{value}»."),
    "shared": (
        "This page can be reached from other computers of the network. The connection is not encrypted: use it in\n"
        "a network that you trust, give out the address with its token, have people sign in (docs/classroom.md).",
        "Страница доступна с других компьютеров сети. Соединение не шифруется: открывайте её так только в своей\n"
        "сети, раздайте адрес вместе с токеном и заведите учётные записи (docs/classroom.ru.md).",
    ),
    "no_file": ("There is no file {path}.", "Файла {path} нет."),
    "no_folder": ("There is no folder {path}.", "Папки {path} нет."),
    "no_java": (
        "Tests on Spark are skipped: Java 17 or newer was not found.",
        "Тесты на Spark пропущены: не найдена Java 17 или новее.",
    ),
    "spark_off": (
        "Tests on Spark are skipped: CRM_SKIP_SPARK is set.",
        "Тесты на Spark пропущены: задано CRM_SKIP_SPARK.",
    ),
    "no_chromium": (
        "Browser tests are skipped: no Chromium or Chrome was found (CRM_CHROMIUM may name one).",
        "Тесты в браузере пропущены: не найден Chromium или Chrome (его можно указать в CRM_CHROMIUM).",
    ),
    "no_notebooks": (
        "Notebook tests are skipped: there are no notebooks yet.",
        "Проверка тетрадей пропущена: тетрадей пока нет.",
    ),
    "step_style": ("style (ruff)", "стиль (ruff)"),
    "step_rooms": ("rooms (import-linter)", "комнаты (import-linter)"),
    "step_types": ("types (mypy)", "типы (mypy)"),
    "step_tests": ("tests and doctests", "тесты и примеры из описаний"),
    "step_notebooks": ("notebooks (nbval)", "тетради (nbval)"),
    "step_browser": ("pages in a browser", "страницы в браузере"),
    "step_spark": ("Spark", "Spark"),
    "summary": ("What took how long", "Что сколько заняло"),
    "ok": ("ok", "в порядке"),
    "failed": ("FAILED", "ОШИБКА"),
    "skipped": ("skipped", "пропущено"),
    "docs_built": ("The book: {path}", "Книга: {path}"),
    "bad_platform": (
        "There is no platform “{name}”. Possible: {names}.",
        "Нет платформы «{name}». Возможны: {names}.",
    ),
    "bad_version": (
        "“{name}” is not a version of Python for the course. Possible: {names}.",
        "«{name}» не подходит как версия Python для курса. Возможны: {names}.",
    ),
    "kit_making": (
        "Gathering {count} packages for {platform}, Python {version} …",
        "Собираем пакеты ({count}) для {platform}, Python {version} …",
    ),
    "kit_foreign": (
        "The folder is not empty and is not a kit, so it is left as it is: {folder}",
        "Папка не пуста, и это не набор, поэтому она не тронута: {folder}",
    ),
    "kit_incomplete": (
        "The kit would be incomplete; these requirements are not met: {names}",
        "Набор получился бы неполным, не хватает: {names}",
    ),
    "kit_no_wheel": (
        "There is no ready-made package (wheel) of {package} for {platform} with Python {version}, only its sources\n"
        "or nothing, and a computer of the classroom has no compiler. Make the kit for another Python ({others}).",
        "Для {platform} с Python {version} нет готового пакета (wheel) {package} — есть только исходники или ничего,\n"
        "а в классе на компьютерах нет компилятора. Соберите набор для другого Python ({others}).",
    ),
    "kit_ready": (
        "The kit is ready: {folder} ({count} packages, {size} MB).\n"
        "Copy it and the course to the other computer; there: python course.py setup --kit FOLDER",
        "Набор готов: {folder} (пакетов: {count}, {size} МБ).\n"
        "Перенесите его вместе с курсом на другой компьютер; там: python course.py setup --kit ПАПКА",
    ),
    "kit_missing": (
        "This folder is not a kit (it has no kit.json): {folder}",
        "Эта папка не набор (в ней нет kit.json): {folder}",
    ),
    "kit_damaged": (
        "The kit is damaged or was not copied in full: {names}\nCopy the folder again.",
        "Набор повреждён или скопирован не целиком: {names}\nСкопируйте папку ещё раз.",
    ),
    "kit_other": (
        "The kit was made for {made}; this is {found}. Make one with: {command}",
        "Набор собран для {made}, а здесь {found}. Соберите подходящий: {command}",
    ),
    "kit_stale": (
        "The kit was made for another version of the course; make it again: {command}",
        "Набор собран для другой версии курса; соберите его заново: {command}",
    ),
    "kit_readme": (
        """A kit for the course crm_toolkit: packages for {platform}, Python {version}.

1. Install 64-bit Python {version} on the computer (bring its installer along, from https://www.python.org/downloads/).
2. Copy the course's folder and this folder to the computer.
3. In the course's folder:  python course.py setup --kit PATH_OF_THIS_FOLDER
4. Then, every time:        python course.py lab

kit.json holds a digest of every file; setup checks them.
""",
        """Набор для курса crm_toolkit: пакеты для {platform}, Python {version}.

1. Установите на компьютер 64-разрядный Python {version} (захватите установщик с https://www.python.org/downloads/).
2. Скопируйте на компьютер папку курса и эту папку.
3. В папке курса:    python course.py setup --kit ПУТЬ_К_ЭТОЙ_ПАПКЕ
4. Затем всякий раз: python course.py lab

В kit.json записаны контрольные суммы всех файлов, setup их проверяет.
""",
    ),
    "no_course": (
        "The course was not found here (course.py, pyproject.toml and crm_toolkit with its version): {folder}",
        "Курса здесь нет (нужны course.py, pyproject.toml и crm_toolkit с номером версии): {folder}",
    ),
    "no_archive": (
        "There is no such archive or folder: {path}",
        "Нет такого архива или папки: {path}",
    ),
    "archive_damaged": (
        "The archive is damaged or no zip or tar archive: {path}\nDownload or copy it again. Nothing was changed.",
        "Архив повреждён, или это не zip и не tar: {path}\nСкачайте или скопируйте его ещё раз. Ничего не изменено.",
    ),
    "upgrade_what": (
        "Name the new edition: python course.py upgrade ARCHIVE.zip (or its unpacked folder).",
        "Назовите новый выпуск: python course.py upgrade АРХИВ.zip (или распакованную папку).",
    ),
    "upgrade_inside": (
        "The new edition's folder is this course itself or lies inside it: {folder}\n"
        "Unpack the archive elsewhere, or name the archive.",
        "Папка нового выпуска — сам этот курс или лежит внутри него: {folder}\n"
        "Распакуйте архив в другое место или назовите сам архив.",
    ),
    "upgrade_older": (
        "That edition ({new}) is older than the one here ({here}). Nothing was changed.",
        "Тот выпуск ({new}) старше здешнего ({here}). Ничего не изменено.",
    ),
    "upgrade_stuck": (
        "A file could not be replaced: {error}\nClose JupyterLab and all programs that have files of the course open.",
        "Не удалось заменить файл: {error}\nЗакройте JupyterLab и все программы, в которых открыты файлы курса.",
    ),
    "upgrade_again": (
        "Then go on with: python course.py upgrade  (nothing is lost, it goes on where it stopped)",
        "Затем продолжите: python course.py upgrade  (ничего не потеряно, работа пойдёт с места остановки)",
    ),
    "upgrade_unfinished": (
        "An upgrade was interrupted. Finish it first: python course.py upgrade\n"
        "(if that asks for the new edition, name its archive or folder again)",
        "Обновление было прервано. Сначала завершите его: python course.py upgrade\n"
        "(если команда спросит про новый выпуск, снова назовите его архив или папку)",
    ),
    "upgraded": (
        "The course is upgraded from {old} to {new} ({count} files). Your work is where it was.",
        "Курс обновлён с {old} до {new} (файлов: {count}). Ваша работа там же, где была.",
    ),
    "upgrade_kept": (
        "You have written into these notebooks, so they stay as they are; the arrow shows where the new edition lies:\n"
        "{rows}",
        "В эти тетради вы писали, поэтому они остались как есть; стрелка показывает, где лежит их новый выпуск:\n"
        "{rows}",
    ),
    "upgrade_backup": (
        "What was replaced, and a copy of what lies in my_work: {folder}\nDelete that folder when you miss nothing.",
        "Всё заменённое и копия того, что лежит в my_work: {folder}\nУбедитесь, что всё на месте, и удалите эту папку.",
    ),
    "upgrade_next": (
        "Next: python course.py lab  (without internet first: python course.py setup --kit FOLDER, with a new kit)",
        "Дальше: python course.py lab  (без интернета сначала: python course.py setup --kit ПАПКА с новым набором)",
    ),
    "removed": (
        "The environment and everything that can be made again are gone from {folder}.",
        "Окружение и всё, что можно создать снова, удалено из {folder}.",
    ),
    "removed_not": (
        "{folder} was made by another program or an earlier edition, so it is left; delete it yourself if you like.",
        "{folder} создано другой программой или прежним выпуском и поэтому оставлено; удалите его сами, если не нужно.",
    ),
    "removed_work": ("Your work is left as it is:\n{rows}", "Ваша работа оставлена как есть:\n{rows}"),
    "removed_rest": (
        "When you have taken what you need, delete the folder {folder} as any other; nothing else was installed.",
        "Когда заберёте нужное, удалите папку {folder}, как любую другую; больше ничего не устанавливалось.",
    ),
}  # fmt: skip

ROOT = Path(__file__).resolve().parent
SPOKEN = "en"


class CourseError(Exception):
    """A letter to the user: what is wrong, what was found, what to try; `said` is what another program said of it."""

    def __init__(self, letter: str, said: str = "") -> None:
        super().__init__(letter)
        self.said = said


def say(key: str, **blanks: object) -> str:
    """What the key stands for, in the user's language, with its blanks filled in."""
    return WORDS[key][SPOKEN == "ru"].format(**blanks)


def language_of_system() -> str:
    """The computer's language: ``CRM_LANGUAGE``, then the locale's variables, then Windows' own setting."""
    names = [os.environ.get(name, "") for name in ("CRM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    if sys.platform == "win32" and not any(names):
        import ctypes

        names.append(locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), ""))
    spoken = next((name for name in names if name), "en")
    return "ru" if spoken.lower().startswith("ru") else "en"


def refuse_old_python() -> None:
    """Say that this Python is too old, if it is."""
    if sys.version_info < tuple(int(part) for part in WANTED.split(".")):
        global SPOKEN
        SPOKEN = "ru" if "ru" in sys.argv or "--language=ru" in sys.argv else language_of_system()
        hint = say("hint_windows" if sys.platform == "win32" else "hint_other")
        letter = say("old_python", found=platform.python_version(), needed=WANTED, hint=hint)
        sys.stderr.buffer.write((letter + "\n").encode("utf-8" if sys.platform != "win32" else "mbcs", "replace"))
        sys.exit(1)


refuse_old_python()  # nothing below has to run on an old Python, it only has to be readable

# --- the environment -------------------------------------------------------------------------------------------------

BASE, DEV, SPARK = "requirements.lock.txt", "requirements-dev.lock.txt", "requirements-spark.lock.txt"
FORMAT = 1  # raise it when old environments can't be used any more
ROOM_MB = 1200
LONGEST_INSIDE = 165  # the longest path inside .venv that packages bring, measured, with a little to spare
NO_NETWORK = re.compile(
    "NewConnectionError|Failed to establish a new connection|NameResolutionError|name resolution|getaddrinfo failed|"
    "Network is unreachable|ConnectTimeoutError|ReadTimeoutError|Read timed out|ProxyError|Connection broken|"
    "connection error|ConnectionResetError|Could not fetch URL|CERTIFICATE_VERIFY_FAILED|RemoteDisconnected",
    re.IGNORECASE,
)
DISK_FULL = re.compile("No space left on device|not enough space on the disk|Errno 28|WinError 112", re.IGNORECASE)
NO_WHEEL = re.compile(r"No matching distribution found for (\S+)")
IN_USE = re.compile(r"WinError (5|32)\b")


def venv_path(*names: str) -> Path:
    """A path inside the environment."""
    return ROOT.joinpath(".venv", *names)


def program(name: str) -> str:
    """A program of the environment: its Python, or a command that a package brought."""
    return str(venv_path("Scripts", name + ".exe") if sys.platform == "win32" else venv_path("bin", name))


def digest(name: str) -> str:
    """What a file of the course holds, as one short word."""
    return hashlib.sha256(ROOT.joinpath(name).read_bytes()).hexdigest()


def ensure(locks: list[str], kit: Path | None = None) -> None:
    """Make sure that the environment holds what these lock files name."""
    refuse_half_upgraded()
    if is_ready(locks):
        return
    with alone():
        if not is_ready(locks):  # another run may have made it while we waited
            make_environment(locks, kit)


def is_ready(locks: list[str]) -> bool:
    stamp = read_stamp()
    wanted = {name: digest(name) for name in (*locks, "pyproject.toml")}
    return wanted.items() <= stamp.get("digests", {}).items() and suits(stamp) and python_of_venv() is not None


def read_stamp() -> dict:
    """The stamp that is written when an environment is complete, or nothing."""
    try:
        stamp = json.loads(venv_path("course-stamp.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def suits(stamp: dict) -> bool:
    """An environment can't be moved: its programs carry the path where it was made."""
    return stamp.get("format") == FORMAT and stamp.get("root") == str(ROOT)


def python_of_venv() -> str | None:
    """The version of the environment's Python, or None if it does not start."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        code = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
        words = [program("python"), "-I", "-S", "-c", code]
        return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    return None


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one run at a time make the environment; the system frees the lock even if we are killed."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(open(ROOT / ".venv.lock", "a+b"))
        except OSError as error:
            raise CourseError(say("unwritable", folder=ROOT, error=error)) from None
        told = False
        while not try_to_lock(file):
            if not told:
                print(say("waiting"), flush=True)
                told = True
            time.sleep(0.5)
        yield


def try_to_lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass  # a folder on a network that knows no locks: go on without
    return True


def make_environment(locks: list[str], kit: Path | None) -> None:
    """Make the environment or bring it up to date; the stamp is written last, and what was half made is removed."""
    refuse_machine()
    began = time.monotonic()
    is_new = prepare_place()
    stamp = read_stamp()
    try:
        if is_new:
            print(say("making", folder=venv_path()), flush=True)
            note_files()
            venv_path().mkdir(exist_ok=True)
            venv_path("course-unfinished").touch()
            create_venv()
            venv_path("course-made").touch()
        else:
            print(say("refreshing", folder=venv_path()), flush=True)
            with contextlib.suppress(FileNotFoundError):
                venv_path("course-stamp.json").unlink()
        count = sum(len(ROOT.joinpath(name).read_text(encoding="utf-8").split("\n")) - 1 for name in locks)
        print(say("installing", count=count, lock=", ".join(locks)), flush=True)
        source = ["--no-index", "--find-links", str(kit)] if kit else []
        pip("install", "--no-compile", *source, *(word for name in locks for word in ("-r", str(ROOT / name))))
        print(say("installing_course"), flush=True)
        pip("install", "--no-compile", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))
        make_path_readable()
        digests = {name: digest(name) for name in (*locks, "pyproject.toml")}
        fresh = {"format": FORMAT, "root": str(ROOT), "digests": {**stamp.get("digests", {}), **digests}}
        venv_path("course-stamp.json").write_text(json.dumps(fresh, indent=1), encoding="utf-8")
        with contextlib.suppress(FileNotFoundError):
            venv_path("course-unfinished").unlink()
    except BaseException:
        if is_new:
            remove_venv()
            print("\n" + say("cleaned"), file=sys.stderr, flush=True)
        raise
    print(say("ready", seconds=round(time.monotonic() - began)) + "\n", flush=True)


def refuse_machine() -> None:
    """Refuse at once what would fail after minutes of installing."""
    import importlib.util

    version = "{}.{}".format(*sys.version_info)
    if sys.maxsize < 2**32:
        raise CourseError(say("python_32"))
    if sys.version_info >= (3, 14):
        print(say("new_python", found=version), flush=True)
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise CourseError(say("no_venv", version=version))
    if sys.platform == "win32" and len(str(venv_path())) + 1 + LONGEST_INSIDE > 259 and not long_paths_work():
        raise CourseError(say("long_path", length=len(str(ROOT)), folder=ROOT))
    free = shutil.disk_usage(ROOT).free // 2**20
    if free < ROOM_MB and not venv_path().exists():
        raise CourseError(say("little_room", free=free, needed=ROOM_MB))


def long_paths_work() -> bool:
    """Whether this Windows has been told to allow paths of more than 260 signs."""
    if sys.platform != "win32":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False


def prepare_place() -> bool:
    """Look at what stands in `.venv`: True if a new environment is to be made there; refuse what is not ours."""
    for trash in ROOT.glob(".venv.trash-*"):
        shutil.rmtree(trash, ignore_errors=True)
    folder = venv_path()
    if not os.path.lexists(folder):
        return True
    if not folder.is_dir():
        raise CourseError(say("foreign_folder", folder=folder))
    stamp = read_stamp()
    found = python_of_venv()
    if venv_path("course-unfinished").exists() or (stamp and not (suits(stamp) and found)):
        remove_venv()
        return True
    if stamp:
        return False
    if not venv_path("pyvenv.cfg").exists():
        if any(folder.iterdir()):
            raise CourseError(say("foreign_folder", folder=folder))
        return True
    reason = ""
    if found is None:
        reason = say("venv_broken")
    elif tuple(map(int, found.split(".")))[:2] < (3, 11):
        reason = say("venv_old", found=found)
    elif subprocess.run([program("python"), "-m", "pip", "--version"], capture_output=True).returncode:
        reason = say("venv_no_pip")
    if reason:
        raise CourseError(say("foreign_venv", reason=reason, folder=folder))
    return False


def remove_venv() -> None:
    """Remove our own environment: first out of the way at one stroke, then bit by bit."""
    trash = ROOT / f".venv.trash-{os.getpid()}"
    try:
        venv_path().rename(trash)
    except FileNotFoundError:
        return
    except OSError as error:
        raise CourseError(say("in_use", folder=venv_path(), error=error)) from None
    shutil.rmtree(trash, ignore_errors=True)


def create_venv() -> None:
    inside = Path(sys.prefix).resolve() == venv_path().resolve()
    python = getattr(sys, "_base_executable", sys.executable) if inside else sys.executable
    made = subprocess.run([python, "-m", "venv", str(venv_path())], capture_output=True, env=environment())
    if made.returncode:
        text = (made.stdout + made.stderr).decode("utf-8", "replace")
        if "ensurepip" in text:
            raise CourseError(say("no_venv", version="{}.{}".format(*sys.version_info)))
        refuse_install(text)


def pip(*words: str) -> None:
    """Run the environment's pip: on a terminal with its own progress, elsewhere in silence."""
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    command = [program("python"), "-m", "pip", "--disable-pip-version-check", *quiet, *words]
    settings = environment(PIP_USER="0", PIP_NO_INPUT="1", PYTHONIOENCODING="utf-8")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=settings, cwd=ROOT)
    said: list[str] = []
    try:
        for line in process.stderr or ():
            text = line.decode("utf-8", "replace")
            if "Retrying (" in text and not any("Retrying (" in earlier for earlier in said):
                print(say("retrying"), flush=True)
            said.append(text)
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        refuse_install("".join(said))


def refuse_install(text: str) -> None:
    """Turn what pip said into a letter."""
    if DISK_FULL.search(text):
        raise CourseError(say("disk_full", needed=ROOM_MB))
    if NO_NETWORK.search(text):
        raise CourseError(say("no_network"))
    tail = [line for line in text.splitlines() if line.strip() and not line.startswith("WARNING: Location")][-15:]
    if IN_USE.search(text):
        raise CourseError(say("in_use", folder=venv_path(), error=tail[-1].strip()))
    raise CourseError(say("install_failed", tail="\n".join("    " + line for line in tail)), text)


def make_path_readable() -> None:
    """Write the path of the course in plain ASCII.

    The file by which Python finds the course is read in the computer's own encoding before Python 3.13; written
    in UTF-8, a path with Cyrillic letters keeps Python on Windows from starting at all.
    """
    for site in venv_path().glob("Lib/site-packages" if sys.platform == "win32" else "lib/python*/site-packages"):
        line = f"import sys; sys.path.append({str(ROOT)!a})\n"
        site.joinpath("crm_toolkit.pth").write_text(line, encoding="ascii")


def environment(**changes: str) -> dict[str, str]:
    """The variables for what we start: the user's own without those that pull in packages from elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    return {**kept, "PYTHONNOUSERSITE": "1", "CRM_LANGUAGE": SPOKEN, **changes}


# --- running ---------------------------------------------------------------------------------------------------------


def run(words: list[str], settings: dict[str, str] | None = None, *, quiet_stop: bool = False) -> int:
    """Run a program and return its exit code; after Ctrl+C it gets time to end by itself."""
    return wait_for(subprocess.Popen(words, cwd=ROOT, env=environment(**settings or {})), quiet_stop)


def wait_for(process: subprocess.Popen, quiet_stop: bool) -> int:
    try:
        return process.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(15)
            if quiet_stop:
                return process.returncode if process.returncode >= 0 else 0
        raise
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def take(words: list[str], name: str) -> str | None:
    """Take an option with its value out of the words."""
    for place, word in enumerate(words):
        if word.startswith(name + "="):
            return words.pop(place)[len(name) + 1 :]
        if word == name:
            if place + 1 == len(words):
                raise CourseError(say("no_value", name=name))
            del words[place]
            return words.pop(place)
    return None


def take_flag(words: list[str], name: str) -> bool:
    found = name in words
    if found:
        words.remove(name)
    return found


def refuse_rest(words: list[str]) -> None:
    if words:
        raise CourseError(say("extra_words", words=" ".join(words)))


def own_jupyter() -> dict[str, str]:
    """Folders inside the environment for everything that Jupyter keeps: the user's own Jupyter is left alone."""
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for folder in places.values():
        venv_path("course", folder).mkdir(parents=True, exist_ok=True)
    return {name: str(venv_path("course", folder)) for name, folder in places.items()}


# --- the commands ----------------------------------------------------------------------------------------------------


def do_setup(words: list[str]) -> int:
    kit = take(words, "--kit")
    refuse_rest(words)
    folder = Path(kit).expanduser().resolve() if kit is not None else None
    if folder:
        check_kit(folder)
    ensure([BASE], folder)
    return 0


def do_lab(words: list[str]) -> int:
    ensure([BASE])
    settings = own_jupyter()
    write_overrides()
    write_shortcuts()
    run([program("python"), "-m", "crm_toolkit.cli", "data", "--language", SPOKEN], settings)
    command, page = lab_command(words)
    log = venv_path("course", "jupyter.log")
    temporary = tempfile.TemporaryDirectory(prefix="crm-lab-", ignore_cleanup_errors=True)
    with open(log, "w", encoding="utf-8") as noise, temporary as runtime:
        settings["JUPYTER_RUNTIME_DIR"] = runtime
        settings.setdefault("CRM_PROGRESS", str(ROOT / "my_work" / "progress.jsonl"))  # the learner's own record
        process = subprocess.Popen(command, cwd=ROOT, env=environment(**settings), stderr=noise)
        with contextlib.suppress(KeyboardInterrupt):
            tell_address(process, Path(runtime), page)
        code = wait_for(process, quiet_stop=True)
    if code:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise CourseError(say("lab_failed", log=log, tail="\n".join("    " + line for line in tail)))
    return 0


def lab_command(words: list[str]) -> tuple[list[str], str]:
    """The words that start JupyterLab, and the page at which it opens."""
    words = list(words)
    port = take(words, "--port")
    start = f"notebooks/{SPOKEN}/00_start.ipynb"
    if not ROOT.joinpath(start).exists():
        print(say("no_start", path=start), flush=True)
        start = ""
    page = f"/lab/tree/{start}" if start else "/lab"
    command = [
        *(program("python"), "-m", "jupyterlab"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={ROOT}", "--ServerApp.answer_yes=True"),
        *(f"--LabApp.default_url={page}", "--LabApp.news_url=", "--LabApp.extension_manager=readonly"),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container; the token and 127.0.0.1 stand
        command.append("--allow-root")
    return [*command, *([f"--ServerApp.port={port}"] if port else []), *words], page


def write_overrides() -> None:
    """What JupyterLab does here unless the reader chooses otherwise: the course's language, no news."""
    settings = {
        "@jupyterlab/translation-extension:plugin": {"locale": {"en": "en", "ru": "ru_RU"}[SPOKEN]},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    path = venv_path("share", "jupyter", "lab", "settings", "overrides.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


COMMAND_MODE = ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus"


def freed_shortcuts(schemas: Path) -> list[dict]:
    """Keys of JupyterLab's command mode, given back to the list, choice or button that has the focus.

    Else an arrow on a choice of a quiz leaves for the next cell, and a letter on a list changes or deletes the cell.
    """
    schema = read_json(schemas / "@jupyterlab" / "notebook-extension" / "tracker.json")
    freed = []
    for given in schema.get("jupyter.lab.shortcuts", []):
        held = not any(given["keys"]) or any(
            key in " ".join(given["keys"]) for key in ("Accel", "Ctrl", "Alt", "Cmd", "Shift Enter", "Escape")
        )
        if given.get("selector") == COMMAND_MODE and not held:
            elsewhere = COMMAND_MODE + ":not(input):not(select):not(button)"
            freed += [{**given, "disabled": True}, {**given, "selector": elsewhere}]
    return freed


def write_shortcuts() -> None:
    """Give the keys back, unless the reader has shortcuts of their own."""
    path = venv_path("course", "settings", "@jupyterlab", "shortcuts-extension", "shortcuts.jupyterlab-settings")
    freed = freed_shortcuts(venv_path("share", "jupyter", "lab", "schemas"))
    if freed and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, {"shortcuts": freed})


def tell_address(process: subprocess.Popen, runtime: Path, page: str) -> None:
    """Wait until the server has written down where it is, and tell it."""
    while process.poll() is None:
        for note in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                server = json.loads(note.read_text(encoding="utf-8"))
                address = f"{server['url'].rstrip('/')}{page}?token={server['token']}"
                print("\n" + say("lab_open", url=address) + "\n", flush=True)
                return
        time.sleep(0.2)


def do_build(words: list[str]) -> int:
    words = list(words)
    instructor = take_flag(words, "--instructor")
    ensure([BASE, DEV])
    made = ["crm_toolkit.exercises.instructor"] if instructor else ["crm_toolkit.exercises.editions", "build"]
    return run([program("python"), "-m", *made, *words], own_jupyter())


def do_bench(words: list[str]) -> int:
    names = sorted(path.stem for path in ROOT.glob("benchmarks/*.py") if not path.stem.startswith("_"))
    listed = ", ".join(names) or say("none")
    if not words:
        print(say("benches", names=listed))
        return 0
    if words[0] not in names:
        raise CourseError(say("no_bench", name=words[0], names=listed))
    ensure([BASE, DEV])
    return run([program("python"), "-m", f"benchmarks.{words[0]}", *words[1:]])


def do_app(words: list[str]) -> int:
    apps = {path.stem: path for path in sorted(ROOT.glob("notebooks/apps/*.ipynb"))}
    apps.update({path.stem: path for path in sorted(ROOT.glob(f"notebooks/apps/{SPOKEN}/*.ipynb"))})
    listed = ", ".join(sorted(apps)) or say("none")
    if not words or words[0].startswith("-"):
        print(say("apps", names=listed))
        return 0
    if words[0] not in apps:
        raise CourseError(say("no_app", name=words[0], names=listed))
    rest = words[1:]
    store, database = take(rest, "--store"), take(rest, "--database")
    if database is not None:
        if not database.startswith(("postgresql://", "postgres://")):
            raise CourseError(say("no_database", value=database))
        store = "postgresql://" + database.partition("://")[2]
    if store is not None and "://" not in store:
        store = str(Path(store).expanduser().resolve())
        if not Path(store).is_file():
            raise CourseError(say("no_store", path=store))
    board = board_settings(rest)
    ensure([BASE])
    settings = {**own_jupyter(), **({"CRM_STORE": store} if store is not None else {}), **board}
    people = take(rest, "--people")
    if people is not None:
        settings.update(room_settings(people))
    return run(app_command(apps[words[0]], rest, room=people is not None), settings, quiet_stop=True)


def board_settings(rest: list[str]) -> dict[str, str]:
    """What the board is told of its folder, and of the word and the key with which its button grades."""
    folder, salt, key = take(rest, "--folder"), take(rest, "--salt"), take(rest, "--key")
    settings = {} if salt is None else {"CRM_BOARD_SALT": salt}
    if folder is not None:
        place = Path(folder).expanduser().resolve()
        if not place.is_dir():
            raise CourseError(say("no_folder", path=place))
        settings["CRM_BOARD"] = str(place)
    if key is not None:
        place = Path(key).expanduser().resolve()
        if not place.is_file():
            raise CourseError(say("no_file", path=place))
        settings["CRM_BOARD_KEY"] = str(place)
    return settings


LARGEST_UPLOAD = 2**30  # bytes; the server's own limit leaves a file of 15 MB without an answer
ROOM_KERNELS = "crm_toolkit.widgets.room_server.RoomKernels"


def room_settings(people: str) -> dict[str, str]:
    """The limits of a room, unless the variables say others: pages at once, memory of a page, minutes of silence."""
    if not people.isascii() or not people.isdigit() or not 1 <= int(people) <= 500:
        raise CourseError(say("bad_people", value=people))
    limits = {"CRM_MOST_PAGES": people, "CRM_KERNEL_MB": "600", "CRM_IDLE_MINUTES": "30"}
    limits.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"})
    return {name: os.environ.get(name, value) for name, value in limits.items()}


def app_command(notebook: Path, words: list[str], *, room: bool = False) -> list[str]:
    """The words that serve one notebook as an application, for one person or for a room."""
    words = list(words)
    port, shared = take(words, "--port"), take_flag(words, "--share")
    address = "0.0.0.0" if shared else "127.0.0.1"
    command = [program("python"), "-m", "voila", str(notebook), f"--Voila.ip={address}", "--Voila.auto_token=True"]
    command += [
        f"--MappingKernelManager.cull_interval={20 if room else 60}",
        f"--MappingKernelManager.cull_idle_timeout={60 if room else 600}",
    ]  # closed pages
    if room:
        command.append(f"--VoilaConfiguration.multi_kernel_manager_class={ROOM_KERNELS}")
    if shared:
        print(say("shared"), flush=True)
    command.append(f"--Voila.tornado_settings={{'websocket_max_message_size': {LARGEST_UPLOAD}}}")
    command.append(f"--VoilaExporter.language_code={SPOKEN}")  # for those who are read the page
    return [*command, *([f"--port={port}"] if port else []), *words]


def known_locale() -> dict[str, str]:
    """A locale that this system knows: Sphinx refuses to start with a name that it does not."""
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error:
        return {"LC_ALL": "C"}
    return {}


def do_docs(words: list[str]) -> int:
    ensure([BASE, DEV])
    book = ROOT / "docs" / "_build" / "html"
    for code, folder in (("en", book), ("ru", book / "ru")):
        kept = str(book.parent / "doctrees" / code)
        command = [program("python"), "-m", "sphinx", "-q", "-b", "html", "-d", kept, "-D", f"language={code}", *words]
        settings = {**own_jupyter(), **known_locale(), "CRM_LANGUAGE": code}
        failed = run([*command, str(ROOT / "docs"), str(folder)], settings)
        if failed:
            return failed
    print(say("docs_built", path=book / "index.html"))
    return run([program("python"), str(ROOT / "docs" / "links.py"), str(book)])


# --- the tests -------------------------------------------------------------------------------------------------------


def do_test(words: list[str]) -> int:
    words = list(words)
    fast = take_flag(words, "--fast")
    locks, notes = [BASE, DEV], {}
    if not fast and not os.environ.get("CRM_SKIP_SPARK") and java_version() >= 17:
        locks.append(SPARK)
    elif not fast:
        notes["spark"] = say("spark_off" if os.environ.get("CRM_SKIP_SPARK") else "no_java")
    ensure(locks)
    chromium = None if fast else find_chromium()
    if not chromium:
        notes["browser"] = say("no_chromium")
    steps = suite_steps(words, fast=fast, spark=SPARK in locks, chromium=chromium)
    if "notebooks" not in steps and not fast and not words:
        notes["notebooks"] = say("no_notebooks")

    rows, counts, began = [], dict.fromkeys(("failed", "passed", "skipped", "errors"), 0), time.monotonic()
    # bytecode is kept even where it usually is not: the tests start many programs, each would compile the package again
    settings = {**own_jupyter(), "PYTHONDONTWRITEBYTECODE": "", "MYPY_NUM_WORKERS": "2"}
    # two workers have both cores: threads that libraries start beside them would only wait for each other
    settings.update({name: os.environ.get(name, "1") for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")})
    if chromium:
        settings["CRM_CHROMIUM"] = chromium
    for number, (name, commands) in enumerate(steps.items(), 1):
        print(f"\n{f' {number}/{len(steps)} ' + say('step_' + name) + ' ':=^100}", flush=True)
        start = time.monotonic()
        done = [run_step(command, counts, settings, bool(words)) for command in commands]
        rows.append((say("step_" + name), say("ok" if all(done) else "failed"), time.monotonic() - start))
    if not fast and not words:
        rows.extend((say("step_" + name), say("skipped"), 0.0) for name in notes)
        print("\n" + "\n".join(notes.values()))

    print(f"\n{' ' + say('summary') + ' ':-^100}")
    for title, state, seconds in rows:
        print(f"  {title:<40}{state:<14}{seconds:8.1f} s")
    print(closing_line(counts, time.monotonic() - began), flush=True)
    return int(bool(counts["failed"] or counts["errors"]))


def notebooks_to_run() -> list[str]:
    """Every lesson in both languages; of each workbook, which is the same code in both, one language in turn.

    With ``CRM_EVERY_NOTEBOOK=1`` all of them, each in a new Python instead of a fork of one that has imported.
    """
    found = [path for code in ("en", "ru") for path in sorted(ROOT.glob(f"notebooks/{code}/*.ipynb"))]
    for place, name in enumerate(sorted({path.name for path in ROOT.glob("exercises/*/*.ipynb")})):
        both = [path for path in (ROOT / "exercises" / code / name for code in ("en", "ru")) if path.exists()]
        found += both if os.environ.get("CRM_EVERY_NOTEBOOK") == "1" else both[place % 2 :][:1] or both[:1]
    # lessons, which take longest, first: no worker begins one when the other has nothing left
    return sorted(
        (str(path.relative_to(ROOT)) for path in found), key=lambda path: (path.startswith("exercises"), path)
    )


def suite_steps(words: list[str], *, fast: bool, spark: bool, chromium: str | None) -> dict[str, list[list[str]]]:
    """The steps of the suite in order, each with its commands; words of the user's own go to pytest and to it alone."""
    python = program("python")
    pytest = [python, "-m", "pytest", "--durations=5", "--durations-min=2"]
    parallel = ["-n", "2", "--dist", "loadfile", "-p", "no:nbval", "-p", "no:faker"]
    warm = ["-p", "tests.warm_kernels"]  # kernels are forked from one that has imported everything
    steps = {
        "style": [[python, "-m", "ruff", "check", "."], [python, "-m", "ruff", "format", "--check", "."]],
        "rooms": [[program("lint-imports"), "--no-logo"]],
        "types": [[python, "-m", "mypy"]],
    }
    if words:
        steps.clear()
    if any(ROOT.joinpath(word.split("::")[0]).exists() for word in words):
        return {"tests": [[*pytest, *words]]}
    steps["tests"] = [[*pytest, *parallel, "-m", "not slow and not browser and not spark", *words]]
    notebooks = notebooks_to_run()
    if notebooks and not fast:
        nbval = ["--tb=short", "--no-loadscope-reorder", "--nbval", "--nbval-current-env", "--nbval-sanitize-with"]
        nbval.append("tests/nbval_sanitize.cfg")
        steps["notebooks"] = [[*pytest, *parallel[:4], *warm, *nbval, *notebooks, *words]]
    for mark, wanted in (("browser", chromium), ("spark", spark)):
        places = sorted({place_of_marked(path) for path in marked_files(mark)})
        if wanted and places:  # the places are named, since looking for marks in all the tests takes long
            kernels = warm if mark == "browser" else []
            steps[mark] = [[*pytest, *parallel, *kernels, "-m", f"{mark} and not slow", *places, *words]]
    return steps


def marked_files(mark: str) -> list[Path]:
    """The files of tests in which a mark is given."""
    texts = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/*.py")}
    return [path for path, text in texts.items() if f"pytest.mark.{mark}" in text]


def place_of_marked(path: Path) -> str:
    """What to name to pytest: the file itself, or the whole folder if its conftest gives the mark."""
    return str((path.parent if path.name == "conftest.py" else path).relative_to(ROOT))


def run_step(command: list[str], counts: dict[str, int], settings: dict[str, str], chosen: bool) -> bool:
    """Run one command of the suite; count its tests by pytest's own record, and any other tool as one test."""
    if "pytest" not in command:
        well = run(command, settings) == 0
        counts["passed" if well else "failed"] += 1
        return well
    with tempfile.TemporaryDirectory(prefix="crm-test-", ignore_cleanup_errors=True) as folder:
        record = Path(folder) / "record.xml"
        code = run([*command, f"--junitxml={record}"], settings)
        if code == 5 and (chosen or "and not slow" in " ".join(command)):  # none of the tests is of this kind
            return True
        found = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
        if record.exists():
            for suite in ElementTree.parse(record).iter("testsuite"):
                for name in found:
                    found[name] += int(suite.get(name, 0))
    counts["failed"] += found["failures"]
    counts["errors"] += found["errors"] or int(code != 0 and not found["failures"])
    counts["skipped"] += found["skipped"]
    counts["passed"] += found["tests"] - found["failures"] - found["errors"] - found["skipped"]
    return code == 0


def closing_line(counts: dict[str, int], seconds: float) -> str:
    """The whole suite in the form in which pytest closes a run."""
    parts = [f"{count} {name}" for name, count in counts.items() if count and name != "errors"]
    if counts["errors"]:
        parts.append(f"{counts['errors']} error{'s' if counts['errors'] > 1 else ''}")
    minutes, rest = divmod(int(seconds), 60)
    clock = f" ({minutes // 60}:{minutes % 60:02}:{rest:02})" if seconds >= 60 else ""
    return f" {', '.join(parts) or 'no tests ran'} in {seconds:.2f}s{clock} ".center(100, "=")


def java_version() -> int:
    """The major version of Java here, 0 without it."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if java:
            text = subprocess.run([java, "-version"], capture_output=True, timeout=30).stderr.decode("utf-8", "replace")
            found = re.search(r'version "(?:1\.)?(\d+)', text)
            return int(found.group(1)) if found else 0
    return 0


def find_chromium() -> str | None:
    """A Chromium, Chrome or Edge on this computer: ``CRM_CHROMIUM``, then the usual places."""
    if os.environ.get("CRM_CHROMIUM"):
        return os.environ["CRM_CHROMIUM"]
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"):
        if shutil.which(name):
            return shutil.which(name)
    places = [Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")]
    places.append(Path("/Applications/Chromium.app/Contents/MacOS/Chromium"))
    for folder in filter(None, map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))):
        places += [Path(folder, "Google/Chrome/Application/chrome.exe")]
        places += [Path(folder, "Microsoft/Edge/Application/msedge.exe")]
    return next((str(path) for path in places if path.exists()), None)


# --- a classroom without internet ------------------------------------------------------------------------------------

VERSIONS = ("3.11", "3.12", "3.13")
# name: (wheel platforms from the newest to the oldest, sys_platform, platform_system, os_name, platform_machine)
PLATFORMS = {
    "win_amd64": (("win_amd64",), "win32", "Windows", "nt", "AMD64"),
    "macos_arm64": (("macosx_14_0_arm64",), "darwin", "Darwin", "posix", "arm64"),
    "macos_x86_64": (("macosx_14_0_x86_64",), "darwin", "Darwin", "posix", "x86_64"),
    "linux_x86_64": (
        (*(f"manylinux_2_{glibc}_x86_64" for glibc in range(28, 16, -1)), "manylinux2014_x86_64"),
        *("linux", "Linux", "posix", "x86_64"),
    ),
}


def this_platform() -> str:
    here = (sys.platform, platform.machine().lower())
    names = [name for name, (_, *row) in PLATFORMS.items() if (row[0], row[3].lower()) == here]
    return names[0] if names else f"{sys.platform}_{platform.machine()}"


def do_kit(words: list[str]) -> int:
    asked = list(words)
    name, version = take(words, "--platform") or this_platform(), take(words, "--python") or platform.python_version()
    version = ".".join(version.split(".")[:2])
    out = take(words, "--out")
    refuse_rest(words)
    if name not in PLATFORMS:
        raise CourseError(say("bad_platform", name=name, names=", ".join(PLATFORMS)))
    if version not in VERSIONS:
        raise CourseError(say("bad_version", name=version, names=", ".join(VERSIONS)))
    ensure([BASE])
    if Path(sys.prefix).resolve() != venv_path().resolve():  # the markers of the lock are read with a package inside
        return run([program("python"), str(ROOT / "course.py"), "--language", SPOKEN, "kit", *asked])
    folder = Path(out).expanduser().resolve() if out else ROOT / "kit" / f"{name}-{version}"
    if folder.exists() and any(folder.iterdir()) and not folder.joinpath("kit.json").exists():
        raise CourseError(say("kit_foreign", folder=folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kit-", dir=folder.parent, ignore_cleanup_errors=True) as partial:
        gather_kit(name, version, Path(partial, "kit"))
        if folder.exists():
            shutil.rmtree(folder)
        Path(partial, "kit").rename(folder)
    wheels = list(folder.glob("*.whl"))
    size = sum(path.stat().st_size for path in wheels) // 2**20
    print(say("kit_ready", folder=folder, count=len(wheels), size=size))
    return 0


def gather_kit(name: str, version: str, folder: Path) -> None:
    """Download the wheels that a computer of this kind needs, and note their digests."""
    folder.mkdir()
    newest = lock_lines(name, version + ".99")
    older = [line for line in lock_lines(name, version + ".0") if line not in newest]  # for an early 3.11.x
    print(say("kit_making", count=len(newest), platform=name, version=version), flush=True)
    for lines, patch in ((newest, ".99"), (older, ".0")):
        if lines:
            tags = [word for tag in PLATFORMS[name][0] for word in ("--platform", tag)]
            abis = [word for abi in ("cp" + version.replace(".", ""), "abi3", "none") for word in ("--abi", abi)]
            listed = folder / "lock.txt"
            listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
            try:
                pip(
                    *("download", "--no-deps", "--only-binary=:all:", "--implementation", "cp"),
                    *("--python-version", version + patch, *tags, *abis, "--dest", str(folder), "-r", str(listed)),
                )
            except CourseError as letter:
                found = NO_WHEEL.search(letter.said)
                if not found:
                    raise
                others = ", ".join(one for one in VERSIONS if one != version)
                blanks = {"package": found.group(1), "platform": name, "version": version, "others": others}
                raise CourseError(say("kit_no_wheel", **blanks)) from None
            listed.unlink()
    lacking = unmet_requirements(folder, marker_environment(name, version + ".99"))
    if lacking:
        raise CourseError(say("kit_incomplete", names=", ".join(lacking)))
    texts = [words.format(platform=name, version=version) for words in WORDS["kit_readme"]]
    folder.joinpath("README.txt").write_text("\n".join(texts), encoding="utf-8-sig")
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.whl"))}
    card = {"format": 1, "platform": name, "python": version, "lock": digest(BASE), "files": files}
    folder.joinpath("kit.json").write_text(json.dumps(card, indent=1), encoding="utf-8")


def marker_environment(name: str, version: str) -> dict[str, str]:
    """What markers such as ``sys_platform == 'win32'`` see on the other computer."""
    _, sys_platform, system, os_name, machine = PLATFORMS[name]
    return {
        **{"sys_platform": sys_platform, "platform_system": system, "os_name": os_name, "platform_machine": machine},
        **{"python_version": version.rpartition(".")[0], "python_full_version": version},
        **{"implementation_name": "cpython", "implementation_version": version},
        **{"platform_python_implementation": "CPython", "platform_release": "", "platform_version": "", "extra": ""},
    }


def lock_lines(name: str, version: str) -> list[str]:
    """The lock's lines that hold on the other computer, without their markers."""
    from packaging.requirements import Requirement

    place = marker_environment(name, version)
    lines = ROOT.joinpath(BASE).read_text(encoding="utf-8").splitlines()
    needs = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return [f"{need.name}{need.specifier}" for need in needs if not need.marker or need.marker.evaluate(place)]


def unmet_requirements(folder: Path, place: dict[str, str]) -> list[str]:
    """What the wheels ask for and the folder does not hold."""
    import zipfile
    from email.parser import Parser

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name, parse_wheel_filename

    wheels = sorted(folder.glob("*.whl"))
    held: dict = {}
    for path in wheels:
        name, version, *_ = parse_wheel_filename(path.name)
        held.setdefault(name, []).append(version)
    unmet = set()
    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            card = next(name for name in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
            message = Parser().parsestr(wheel.read(card).decode("utf-8"))
        for line in message.get_all("Requires-Dist") or ():
            need = Requirement(line)
            if need.marker and not need.marker.evaluate(place):
                continue
            versions = held.get(canonicalize_name(need.name), [])
            if not any(need.specifier.contains(version, prereleases=True) for version in versions):
                unmet.add(f"{need.name}{need.specifier} ({path.name.split('-')[0]})")
    return sorted(unmet)


def check_kit(folder: Path) -> None:
    """Refuse a kit that is damaged, stale, or made for a computer of another kind."""
    try:
        card = json.loads(folder.joinpath("kit.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise CourseError(say("kit_missing", folder=folder)) from None
    name, version = this_platform(), "{}.{}".format(*sys.version_info)
    command = f"python course.py kit --platform {name} --python {version}"
    if (card["platform"], card["python"]) != (name, version):
        made, found = f"{card['platform']}, Python {card['python']}", f"{name}, Python {version}"
        raise CourseError(say("kit_other", made=made, found=found, command=command))
    if card["lock"] != digest(BASE):
        raise CourseError(say("kit_stale", command=command))
    paths = {file: folder / file for file in card["files"]}
    wrong = [
        file
        for file, path in paths.items()
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != card["files"][file]
    ]
    if wrong:
        raise CourseError(say("kit_damaged", names=", ".join(wrong[:5]) + (" …" if len(wrong) > 5 else "")))


# --- a new edition in the place of an old one, and taking leave -------------------------------------------------------

RECORD = ".course-files.json"  # what every file was when it came; by it an edited notebook is known
WAITING = ".upgrade"  # the new edition unpacked, until it has taken its place
CACHES = (".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".jupyter_cache")
MADE = ("docs/_build", "docs/api/generated", "docs/lessons", "docs/made")
NOT_SHIPPED = {
    *(".git", ".venv", ".venv.lock", "my_work", "__pycache__", ".ipynb_checkpoints", RECORD, WAITING),
    *CACHES,
}
NOT_AT_TOP = {*("kit", "instructor", "dist", "tmp", "spark-warehouse", "metastore_db"), *MADE}
CODE = ("crm_toolkit", "tests", "docs", "benchmarks", "datasets", ".ci")
LARGEST_EDITION, MOST_FILES = 2 * 2**30, 50_000


def is_shipped(path: str) -> bool:
    """Whether a path inside the course's folder may have come with it; what a computer or its user adds has not."""
    parts = path.split("/")
    heads = {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
    if NOT_SHIPPED & {*parts} or NOT_AT_TOP & heads or path.endswith((".pyc", "~")):
        return False
    return not parts[0].startswith((".venv.", ".kit-", "backup-"))


def shipped_files(folder: Path) -> dict[str, Path]:
    """The files of an edition by their paths inside it."""
    found = {}
    for place, folders, files in os.walk(folder):
        head = "".join(part + "/" for part in Path(place).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if is_shipped(head + name))
        found.update({head + name: Path(place, name) for name in sorted(files) if is_shipped(head + name)})
    return found


def version_of(folder: Path) -> str:
    """The version of the course in a folder, or nothing if there is no course."""
    with contextlib.suppress(OSError, ValueError):
        text = folder.joinpath("crm_toolkit", "__init__.py").read_text(encoding="utf-8")
        found = re.search(r'^__version__ = "([\w.+-]+)"', text, re.MULTILINE)
        if found and folder.joinpath("course.py").is_file() and folder.joinpath("pyproject.toml").is_file():
            return found.group(1)
    return ""


def is_notebook(name: str) -> bool:
    """Whether a student may have written into this file."""
    return name.endswith(".ipynb") and name.startswith(("notebooks/", "exercises/"))


def file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def cells_digest(path: Path) -> str:
    """What stands in a notebook's cells, whatever they have put out; of what is no notebook, the whole file."""
    content = path.read_bytes()
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        cells = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(content.decode("utf-8"))["cells"]]
        return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
    return hashlib.sha256(content).hexdigest()


def write_json(path: Path, content: object) -> None:
    """Write it whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, path)


def read_json(path: Path) -> dict:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def record_of(folder: Path, **more: object) -> dict:
    files = shipped_files(folder)
    cells = {name: cells_digest(path) for name, path in files.items() if is_notebook(name)}
    digests = {name: file_digest(path) for name, path in files.items()}
    return {"format": 1, "version": version_of(folder), "files": digests, "cells": cells, **more}


def note_files() -> None:
    """Note what came with the course, before anybody has worked in it; afterwards a folder is no evidence of that."""
    worked = [place for name in ("my_work", ".ipynb_checkpoints") for place in ROOT.glob(f"**/{name}")]
    if not worked and not ROOT.joinpath(RECORD).exists() and version_of(ROOT):
        with contextlib.suppress(OSError):
            write_json(ROOT / RECORD, record_of(ROOT))


def do_upgrade(words: list[str]) -> int:
    global ROOT
    words = list(words)
    into = take(words, "--into")
    source = Path(words.pop(0)).expanduser().resolve() if words and not words[0].startswith("-") else None
    refuse_rest(words)
    if into is not None:
        source, ROOT = source or ROOT, Path(into).expanduser().resolve()
    if not version_of(ROOT):
        raise CourseError(say("no_course", folder=ROOT))
    if source is None and not read_json(ROOT / WAITING / "note.json").get("whole"):
        raise CourseError(say("upgrade_what"))
    if source is not None and not source.exists():
        raise CourseError(say("no_archive", path=source))
    if source is not None and (source == ROOT or (ROOT in source.parents and source.is_dir())):
        raise CourseError(say("upgrade_inside", folder=source))
    with alone():
        try:
            if source is not None:
                bring_edition(source)
            tell_upgrade(**take_place())
        except OSError as error:
            if error.errno == 28:
                raise CourseError(say("disk_full", needed=200) + "\n" + say("upgrade_again")) from None
            raise CourseError(say("upgrade_stuck", error=error) + "\n" + say("upgrade_again")) from None
    return 0


def bring_edition(source: Path) -> None:
    """Copy or unpack the new edition into `WAITING`; the note says when it is whole, and when it has begun to move."""
    waiting = ROOT / WAITING
    note = {"begun": False, "from": version_of(ROOT), "beside": {}, "kept": [], **read_json(waiting / "note.json")}
    note.setdefault("backup", f"backup-{note['from']}-{time.strftime('%Y-%m-%d-%H%M%S')}")
    waiting.mkdir(exist_ok=True)
    write_json(waiting / "note.json", {**note, "whole": False})
    shutil.rmtree(waiting / "new", ignore_errors=True)
    waiting.joinpath("new").mkdir()
    try:
        if source.is_dir():
            copy_edition(source, waiting / "new")
        else:
            unpack(source, waiting / "new")
        note["to"] = version_of(waiting / "new")
        if numbers(note["to"]) < numbers(note["from"]):
            raise CourseError(say("upgrade_older", here=note["from"], new=note["to"]))
    except BaseException:
        shutil.rmtree(waiting if not note["begun"] else waiting / "new", ignore_errors=True)
        raise
    write_json(waiting / "note.json", {**note, "whole": True})


def copy_edition(source: Path, folder: Path) -> None:
    if not version_of(source):
        raise CourseError(say("no_course", folder=source))
    came = read_json(source / RECORD).get("files")  # what its user has added is left out
    for name, path in shipped_files(source).items():
        if came is None or name in came:
            folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)


def numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the course out of a zip or tar archive: plain files only, each inside the folder, none without measure."""
    import tarfile
    import zipfile
    import zlib

    try:
        with contextlib.ExitStack() as stack:
            members: list = []
            if zipfile.is_zipfile(archive):
                packed = stack.enter_context(zipfile.ZipFile(archive))
                found = [one for one in packed.infolist() if not one.is_dir() and (one.external_attr >> 28) in (0, 8)]
                members = [(one.filename, one.file_size, one) for one in found]
                opened = packed.open
            else:
                bundle = stack.enter_context(tarfile.open(archive))
                members = [(one.name, one.size, one) for one in bundle if one.isfile()]
                opened = bundle.extractfile  # type: ignore[assignment]
            heads = [name[: -len("course.py")] for name, _, _ in members if re.fullmatch(r"([^/]+/)?course\.py", name)]
            if not heads or len(members) > MOST_FILES or sum(size for _, size, _ in members) > LARGEST_EDITION:
                raise CourseError(say("no_course", folder=archive))
            head = min(heads, key=len)
            for name, size, member in members:
                inside = name[len(head) :]
                parts = inside.split("/")
                if not name.startswith(head) or is_unsafe(parts) or not is_shipped(inside):
                    continue
                target = folder.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened(member) as read, open(target, "wb") as written:
                    shutil.copyfileobj(read, written)
                if target.stat().st_size != size:
                    raise CourseError(say("archive_damaged", path=archive))
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise CourseError(say("archive_damaged", path=archive)) from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise CourseError(say("archive_damaged", path=archive)) from None  # what gzip says of a broken file
    if not version_of(folder):
        raise CourseError(say("no_course", folder=archive))


def is_unsafe(parts: list[str]) -> bool:
    """Whether a path inside an archive would lead out of its folder, here or on Windows."""
    return any(part in ("", ".", "..") or re.search(r'[\\:*?"<>|\x00-\x1f]', part) for part in parts)


def take_place() -> dict:
    """Put the new edition where the old one stands. It may be ended at any moment and is then simply done again.

    Every file comes in one move. A notebook that somebody has written into stays as it is, the new edition of it lies
    beside it; whatever else is replaced or goes is put into the backup first, except program files as they came.
    """
    waiting = ROOT / WAITING
    note = {**read_json(waiting / "note.json"), "begun": True}
    write_json(waiting / "note.json", note)
    new, record = shipped_files(waiting / "new"), read_json(ROOT / RECORD)
    files, cells, beside = (record.get(key, {}) for key in ("files", "cells", "beside"))
    keep_work(note)
    last = [name for name in ("pyproject.toml", "course.py") if name in new]
    changed = 0
    for name in [*(name for name in new if name not in last), *last]:
        old = ROOT / name
        if not old.is_file():
            clear_way(name, note)
        elif file_digest(old) == file_digest(new[name]):
            continue
        elif is_notebook(name) and file_digest(old) != files.get(name):
            mine, fresh = cells_digest(old), cells_digest(new[name])
            if mine == fresh:
                continue  # it was only run
            if mine != cells.get(name):
                if name not in note["kept"]:
                    note["kept"].append(name)
                if fresh != cells.get(name):
                    lay_beside(name, new[name], note)
                continue
            put_aside(name, note)
        elif not name.startswith(CODE) or file_digest(old) != files.get(name):
            put_aside(name, note)
        put_in_place(new[name], old)
        changed += 1
    for name in gone(new, files, cells, beside, note):
        put_aside(name, note, move=True)
    added = {path: [name, cells_digest(new[name])] for name, path in note["beside"].items() if name in new}
    still = {path: facts for path, facts in beside.items() if ROOT.joinpath(path).exists()}
    write_json(ROOT / RECORD, record_of(waiting / "new", beside={**still, **added}))
    waiting.joinpath("note.json").unlink()  # first of all: half of an edition must never be taken for the whole of it
    shutil.rmtree(waiting, ignore_errors=True)
    return {**note, "changed": changed}


def gone(new: dict, files: dict, cells: dict, beside: dict, note: dict) -> list[str]:
    """What came with an older edition, was not written into, and is no part of the new one."""
    found = []
    for name in (name for name in files if name not in new and ROOT.joinpath(name).is_file()):
        written = cells_digest(ROOT / name) != cells.get(name) if is_notebook(name) else True
        if not written or file_digest(ROOT / name) == files[name]:
            found.append(name)
    if not files:  # an edition that kept no record: a module that is left over could be imported
        found = [name for name in shipped_files(ROOT) if name.startswith("crm_toolkit/") and name not in new]
    for path, (name, digest_then) in beside.items():
        newer = note["beside"].get(name, path) != path
        if newer and ROOT.joinpath(path).is_file() and cells_digest(ROOT / path) == digest_then:
            found.append(path)
    return found


def keep_work(note: dict) -> None:
    """Copy what lies in every folder `my_work`: the new edition may bring its files into a new shape."""
    for folder in sorted({ROOT / "my_work", *ROOT.glob("notebooks/**/my_work"), *ROOT.glob("exercises/**/my_work")}):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                put_aside(path.relative_to(ROOT).as_posix(), note)


def put_aside(name: str, note: dict, *, move: bool = False) -> None:
    """Copy or move a file into the backup, beside what lies there under its name already."""
    source, target = ROOT / name, ROOT / note["backup"] / name
    number = 1
    while target.exists():
        if target.is_file() and source.is_file() and file_digest(target) == file_digest(source):
            if move:
                source.unlink()
            return
        number += 1
        target = target.with_name(f"{number}-{source.name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    if move:
        os.replace(source, target)
    else:
        put_in_place(source, target)


def put_in_place(source: Path, target: Path) -> None:
    """Copy a file so that at any moment the old or the new one stands there whole."""
    part = ROOT / WAITING / "part"
    shutil.copyfile(source, part)
    if target.exists():
        shutil.copymode(target, part)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(part, target)


def clear_way(name: str, note: dict) -> None:
    """Move away what stands where a file or its folder has to be."""
    for path in (*reversed(Path(name).parents), Path(name)):
        here = ROOT / path
        if os.path.lexists(here) and (path == Path(name) or not here.is_dir()):
            put_aside(path.as_posix(), note, move=True)


def lay_beside(name: str, fresh: Path, note: dict) -> None:
    """Put the new edition of a notebook beside the one that has been written into."""
    stem, number = f"{name[: -len('.ipynb')]}_{note['to']}", 1
    path = f"{stem}.ipynb"
    while ROOT.joinpath(path).exists():
        if cells_digest(ROOT / path) == cells_digest(fresh):
            break  # it lies there already
        number += 1
        path = f"{stem}_{number}.ipynb"
    note["beside"][name] = path
    write_json(ROOT / WAITING / "note.json", note)
    if not ROOT.joinpath(path).exists():
        put_in_place(fresh, ROOT / path)


def tell_upgrade(**note: object) -> None:
    print(say("upgraded", old=note["from"], new=note["to"], count=note["changed"]))
    beside = dict(note["beside"])  # type: ignore[call-overload]
    rows = [f"  {name}" + (f"  →  {beside[name]}" if name in beside else "") for name in note["kept"]]  # type: ignore
    if rows:
        print(say("upgrade_kept", rows="\n".join(rows)))
    if ROOT.joinpath(str(note["backup"])).exists():
        print(say("upgrade_backup", folder=ROOT / str(note["backup"])))
    print(say("upgrade_next"))


def refuse_half_upgraded() -> None:
    """Two editions in one folder are not to be worked with."""
    if read_json(ROOT / WAITING / "note.json").get("begun"):
        raise CourseError(say("upgrade_unfinished"))


def do_remove(words: list[str]) -> int:
    """Take away the environment and what can be made again; tell where the work is."""
    refuse_rest(words)
    refuse_half_upgraded()
    foreign = False
    with alone():
        if os.path.lexists(venv_path()):
            made = venv_path("course-made").exists() or venv_path("course-unfinished").exists()
            foreign = not made or venv_path().is_symlink()
            if not foreign:
                remove_venv()
    trash = [*ROOT.glob(".venv.trash-*"), *ROOT.glob(".kit-*"), *(ROOT / name for name in (*CACHES, *MADE, WAITING))]
    trash += [path for name in ("crm_toolkit", "tests", "benchmarks") for path in ROOT.glob(f"{name}/**/__pycache__")]
    for path in (*trash, ROOT / "__pycache__"):
        shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        ROOT.joinpath(".venv.lock").unlink()
    print(say("removed", folder=ROOT))
    if foreign:
        print(say("removed_not", folder=venv_path()))
    work = places_of_work()
    if work:
        print(say("removed_work", rows="\n".join(f"  {path}" for path in work)))
    print(say("removed_rest", folder=ROOT))
    return 0


def places_of_work() -> list[Path]:
    """Where a student's work lies: folders `my_work`, notebooks written into, files of one's own, the demonstration."""
    record = read_json(ROOT / RECORD)
    files = shipped_files(ROOT)
    came = {**record.get("cells", {}), **{name: facts[1] for name, facts in record.get("beside", {}).items()}}
    edited = [path for name, path in files.items() if is_notebook(name) and came.get(name) != cells_digest(path)]
    if not record:  # nobody knows what came with the course
        edited = [ROOT / "exercises", ROOT / "notebooks"]
    elif len(edited) > 20:
        edited = sorted({path.parent for path in edited})
    own = [path for name, path in files.items() if record and name not in record["files"] and not is_notebook(name)]
    own = [path for path in own if not path.relative_to(ROOT).as_posix().startswith(CODE)]
    folders = {ROOT / "my_work", *ROOT.glob("notebooks/**/my_work"), *ROOT.glob("exercises/**/my_work")}
    demonstration = [path for path in [demonstration_folder()] if path.is_dir()]
    backups = sorted(ROOT.glob("backup-*"))
    return [*sorted(path for path in folders if path.is_dir()), *edited, *own[:20], *backups, *demonstration]


def demonstration_folder() -> Path:
    """Where the applications keep their demonstration stores, outside of the course."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local", "crm-toolkit")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "crm-toolkit"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share", "crm-toolkit")


# --- the door --------------------------------------------------------------------------------------------------------

COMMANDS = {
    **{"lab": do_lab, "test": do_test, "build": do_build, "bench": do_bench},
    **{"docs": do_docs, "app": do_app, "kit": do_kit, "setup": do_setup, "upgrade": do_upgrade, "remove": do_remove},
}


def main(words: list[str]) -> int:
    """Run a command line and return its exit code: 0 done, 1 a letter says why not, 2 a wrong command, 130 stopped."""
    global SPOKEN
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, frame: sys.exit(128 + number))
    SPOKEN = language_of_system()
    try:
        asked = take(words, "--language")
        if asked not in (None, "en", "ru"):
            raise CourseError(say("bad_language", name=asked))
        SPOKEN = asked or SPOKEN
        if not words or "--help" in words or "-h" in words:
            print(say("help", platforms="|".join(PLATFORMS)))
            return 0 if words else 2
        if words[0] not in COMMANDS:
            print(say("no_command", name=words[0], names=", ".join(COMMANDS)), file=sys.stderr)
            return 2
        return COMMANDS[words[0]](words[1:])
    except CourseError as letter:
        print(f"\n{letter}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n" + say("stopped"), file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
