"""The subject of a message, as a mail program shows it: the title, letter by letter."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from broadsheet.newsletter.email_address import HEADERS
from broadsheet.newsletter.email_message import as_sent


def subject_of(title: str) -> str:
    sent = as_sent(EmailMessage(policy=HEADERS), title)
    head = sent.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    return str(message_from_bytes(sent, policy=default)["Subject"])


@pytest.mark.parametrize(
    "title",
    [
        "می‌رود و کتاب‌ها",  # Persian parts a word by a non-joiner
        "ශ්‍රී ලංකා",  # Sinhala joins letters by a joiner
        "Families 👩‍👩‍👧 in flats 🏳️‍🌈 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "השוק עלה (20%)\u200f",
        "A face that is newer than Python's table: \U0001fae9",
    ],
)
def test_a_title_in_any_script_is_spelled_as_it_is(title):
    assert subject_of(title) == title


@pytest.mark.parametrize(
    "title, shown",
    [
        ("Donau\u00addampf\u00adschiff", "Donaudampfschiff"),
        ("Long\u200bwords\ufeff", "Longwords"),
        (
            "One\r\nBcc: all@evil.example\x1b[2J\x85Two\u2028Three",
            "One Bcc: all@evil.example [2J Two Three",
        ),
        ("A\u202eB\u2066C\ud800", "ABC"),
    ],
)
def test_what_no_header_should_have_is_left_out(title, shown):
    assert subject_of(title) == shown
