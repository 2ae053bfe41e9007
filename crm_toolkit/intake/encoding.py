"""Which alphabet the bytes are written in, decided from the whole file.

Byte-order marks and UTF-8 prove themselves; among the one-byte alphabets the words decide (`alphabets`).
Text that was spoilt earlier (mojibake) is read as it stands and said; a file in two alphabets at once is
refused, because no single reading of it is right.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from crm_toolkit.intake.alphabets import FEW, ONE_BYTE, Verdict, judge
from crm_toolkit.intake.findings import Findings, shown
from crm_toolkit.texts import say, say_count

BOMS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32 LE"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32 BE"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16 LE"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16 BE"),
)
_END_OF_FILE = re.compile(rb"\x1a[\s\x1a]*\Z")
"""The sign by which DOS programs end a text (Ctrl-Z)."""
_NO_ALPHABETS = ("unicode-escape", "raw-unicode-escape", "idna", "punycode")


@dataclass(frozen=True)
class Alphabet:
    """How the bytes were read: Python's name of the encoding, its usual name, and how it was recognised."""

    codec: str
    label: str
    bom: bool = False


def decode(data: bytes, findings: Findings, hint: str = "") -> bytes:
    """The file in UTF-8, without a byte-order mark; what was recognised goes into the findings."""
    alphabet = _hinted(hint, findings) if hint else _recognised(data, findings)
    mark_ = next((bom for bom, codec, _ in BOMS if data.startswith(bom) and _same(codec, alphabet.codec)), b"")
    body = data[len(mark_) :]
    findings.fact(say("Encoding"), alphabet.label + (say(", with a byte-order mark") if mark_ else ""))
    if alphabet.codec == "utf-8":
        utf8 = body
        _must_decode(body, alphabet, findings)
    else:
        utf8 = _must_decode(body, alphabet, findings).encode("utf-8", errors="surrogatepass")
    if b"\x00" in utf8:
        count = utf8.count(b"\x00")
        if count > max(20, len(utf8) // 100):
            raise findings.stop(
                "binary",
                say("It is not a text table: it is binary, with {number} NUL bytes (0x00).", number=count),
                advice=say("A CSV, Excel (.xlsx) or Parquet file is needed."),
            )
        lines = sorted({utf8.count(b"\n", 0, place) + 1 for place in _places(utf8, b"\x00")})
        findings.warn(
            "nul",
            say_count(
                "{count} NUL byte (0x00) was taken out ({where}).",
                "{count} NUL bytes (0x00) were taken out ({where}).",
                count,
                where=findings.where(lines),
            ),
            rows=lines,
        )
        utf8 = utf8.replace(b"\x00", b"")
    utf8 = _END_OF_FILE.sub(b"", utf8) if b"\x1a" in utf8[-64:] else utf8
    if not utf8.strip():
        raise findings.stop("empty", say("The file is empty: there is nothing in it but blanks."))
    strange = len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1e\x7f]", utf8[:1_000_000]))
    if strange > max(4, len(utf8[:1_000_000]) // 50):
        raise findings.stop(
            "binary",
            say("It is not a text table: the file is binary."),
            advice=say("A CSV, Excel (.xlsx) or Parquet file is needed."),
        )
    return utf8


def _places(data: bytes, sign: bytes) -> Iterable[int]:
    place = data.find(sign)
    while place >= 0:
        yield place
        place = data.find(sign, place + 1)


def _same(one: str, other: str) -> bool:
    return one == other or (other in ("utf-16", "utf-32") and one.startswith(other))


def _hinted(hint: str, findings: Findings) -> Alphabet:
    try:
        codec = codecs.lookup(hint)
        "".encode(codec.name)
        if codec.name.replace("_", "-") in _NO_ALPHABETS:
            raise LookupError(hint)
    except (LookupError, TypeError, ValueError):
        raise findings.stop(
            "unknown_encoding",
            say("The encoding “{name}” is not known.", name=shown(hint)),
            advice=say("Usual names: {names}.", names="utf-8, utf-16, cp1251, cp1252, cp866, koi8-r"),
        ) from None
    name = "utf-8" if codec.name == "utf-8-sig" else codec.name
    return Alphabet(name, say("{name}, as you said", name=hint))


def _must_decode(body: bytes, alphabet: Alphabet, findings: Findings) -> str:
    try:
        return body.decode(alphabet.codec)
    except (UnicodeDecodeError, UnicodeError) as trouble:
        place = getattr(trouble, "start", 0)
        line = body.count(b"\n", 0, place) + 1
        raise findings.stop(
            "encoding",
            say(
                "The text can't be read in the encoding {name}: {where} has the byte 0x{byte}.",
                name=alphabet.label,
                where=findings.where([line]),
                byte=f"{body[place]:02X}" if place < len(body) else "??",
            ),
            advice=say("Save the file as UTF-8, or name the encoding: encoding=…"),
            rows=(line,),
        ) from None


def _recognised(data: bytes, findings: Findings) -> Alphabet:
    for bom, codec, label in BOMS:
        if data.startswith(bom):
            if codec == "utf-8" and not _is_utf8(data):
                raise _cut_off(data, findings) or _mixed(data, findings)
            return Alphabet(codec, label, True)
    wide = _wide(data)
    if wide:
        return wide
    if _is_utf8(data):
        return Alphabet("utf-8", "UTF-8" if not data.isascii() else "ASCII")
    cut_off = _cut_off(data, findings)
    if cut_off is not None:
        raise cut_off
    if _has_utf8_lines(data):
        raise _mixed(data, findings)
    return _one_byte(data, findings)


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.utf_8_decode(data, "strict", True)
    except UnicodeDecodeError:
        return False
    return True


def _cut_off(data: bytes, findings: Findings) -> Exception | None:
    """The refusal of a file in UTF-8 that ends inside its last character; None for any other."""
    try:
        codecs.utf_8_decode(data, "strict", True)
    except UnicodeDecodeError as trouble:
        if trouble.reason == "unexpected end of data" and not data[3 : trouble.start].isascii():
            line = data.count(b"\n") + 1
            return findings.stop(
                "cut_off",
                say(
                    "The file ends in the middle of a character ({where}): it was cut off.",
                    where=findings.where([line]),
                ),
                advice=say("Download or copy the file again."),
                rows=(line,),
            )
    return None


def _wide(data: bytes) -> Alphabet | None:
    """UTF-16 or UTF-32 without a mark shows itself by zero bytes in even or odd places."""
    sample = data[: 1 << 20]
    if sample.count(0) <= len(sample) // 10:
        return None
    for codec, label in (("utf-32-le", "UTF-32 LE"), ("utf-32-be", "UTF-32 BE")):
        if len(data) % 4 == 0:
            try:
                data.decode(codec)
                return Alphabet(codec, label)
            except UnicodeDecodeError:
                pass
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    codec, label = ("utf-16-le", "UTF-16 LE") if odd > even else ("utf-16-be", "UTF-16 BE")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    usual = sum(sign.isalnum() or sign.isspace() or sign.isprintable() for sign in text[:10_000])
    return Alphabet(codec, label) if usual > 0.95 * len(text[:10_000]) else None


_CERTAIN = re.compile(rb"(?:[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){3,}")


def _has_utf8_lines(data: bytes) -> bool:
    """Whether some lines are UTF-8 for certain, although the file as a whole is not."""
    for run in _CERTAIN.finditer(data):
        letters = run.group().decode("utf-8", errors="ignore")
        if len(letters) < 3 or sum(sign.isalpha() for sign in letters) < 0.9 * len(letters):
            continue
        begin, end = data.rfind(b"\n", 0, run.start()) + 1, data.find(b"\n", run.end())
        if _is_utf8(data[begin : end if end >= 0 else len(data)]):
            return True
    return False


def _mixed(data: bytes, findings: Findings) -> Exception:
    lines = [number for number, line in enumerate(data.split(b"\n"), start=1) if not _is_utf8(line)]
    return findings.stop(
        "mixed_encodings",
        say(
            "The file is written in two encodings at once: most of its lines are UTF-8, but {where} can't be.",
            where=findings.where(lines),
        ),
        advice=say("Join the parts again from files in one encoding, or name the encoding: encoding=…"),
        rows=lines,
    )


def _one_byte(data: bytes, findings: Findings) -> Alphabet:
    """A one-byte alphabet by the words of the file; a question where they do not decide."""
    verdict = judge(data)
    best, rival = (verdict.readings[0] if verdict.readings else None), None
    if best is None or best.score <= 0:
        numbers = [number for number, text in enumerate(data.split(b"\n"), start=1) if not text.isascii()]
        raise findings.stop(
            "encoding",
            say(
                "The encoding is not recognised; the first line that is not plain ASCII is {where}.",
                where=findings.where(numbers[:1]),
            ),
            advice=say("Save the file as UTF-8, or name the encoding: encoding=…"),
            rows=numbers[:1],
        )
    rival = verdict.rival
    codec = best.codec
    if rival is not None and best.total - rival.total < 0.05 * abs(best.total):
        word = verdict.word(codec, rival.codec)
        raise findings.stop(
            "ambiguous_encoding",
            say(
                "The encoding is ambiguous: “{one}” in {first} or “{two}” in {second}?",
                one=shown(word.decode(codec)),
                first=codec,
                two=shown(word.decode(rival.codec)),
                second=rival.codec,
            ),
            advice=say(
                "Name the encoding: encoding='{first}' or encoding='{second}'.", first=codec, second=rival.codec
            ),
        )
    if verdict.letters < FEW:
        _note_few(verdict, codec, rival.codec if rival else "", findings)
    return Alphabet(codec, f"{ONE_BYTE[codec]} ({codec})")


def _note_few(verdict: Verdict, codec: str, rival: str, findings: Findings) -> None:
    """Say that few letters decided, with the word as it was read and the other way to read it."""
    word = verdict.word(codec, rival) if rival else verdict.words[0]
    findings.warn(
        "encoding_guessed",
        say_count(
            "Only {count} character that is not plain ASCII decided the encoding, {name}: “{word}”.",
            "Only {count} characters that are not plain ASCII decided the encoding, {name}, such as in “{word}”.",
            verdict.letters,
            name=ONE_BYTE[codec],
            word=shown(word.decode(codec), 30),
        ),
        found=say(
            "If it should be “{word}”, say encoding='{other}'; if it is wrong otherwise, name the encoding: encoding=…",
            word=shown(word.decode(rival), 30),
            other=rival,
        )
        if rival
        else say("If it is wrong, name the encoding: encoding=…"),
    )


def note_mojibake(values: Iterable[str], findings: Findings) -> None:
    """Say that texts were spoilt before they came here; they are kept as they stand."""
    spoilt = [value for value in values if is_mojibake(value)]
    if not spoilt:
        return
    example = spoilt[0]
    findings.warn(
        "mojibake",
        say_count(
            "Mojibake: {count} text was spoilt by a wrong encoding before the file came here, such as “{example}”; "
            "it is kept as it stands.",
            "Mojibake: {count} texts were spoilt by a wrong encoding before the file came here, such as “{example}”; "
            "they are kept as they stand.",
            len(spoilt),
            example=shown(example, 30),
        ),
        found=say("It was probably “{text}”.", text=shown(mended(example), 30)) if mended(example) else "",
    )


def mended(text: str) -> str:
    """What a spoilt text was probably meant to be; empty where no guess is possible.

    >>> mended("РЎР°С…Р°СЂ")
    'Сахар'
    """
    for codec in ("cp1251", "latin-1", "cp1252"):
        try:
            guess = text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
        letters = [sign for sign in guess if not sign.isascii()]
        if letters and sum(sign.isalpha() for sign in letters) >= 0.5 * len(letters):
            return guess
    return ""


def is_mojibake(text: str) -> bool:
    """Whether a text looks like UTF-8 that was once read in another encoding, or lost its letters.

    >>> is_mojibake("РЎР°С…Р°СЂ"), is_mojibake("Сахар"), is_mojibake("Café")
    (True, False, False)
    """
    if text.isascii():
        return len(text) >= 4 and text.strip("? ") == "" and text.count("?") >= 4
    return "\ufffd" in text or "пїЅ" in text or bool(mended(text))
