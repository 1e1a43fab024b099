"""The patterns of settings that are text of a certain form, and the words for them in messages."""

from __future__ import annotations

SLUG = r"^[a-z0-9][a-z0-9_-]*$"
"""The pattern of an edition's name in its address."""
LETTERS_FORM = r"^[A-Za-z]+$"
"""The pattern of the start of ids."""
HOST_FORM = r"^[\w.:-]+$"
"""The pattern of a server's name."""
ACCOUNT_FORM = r"^[\w-]+$"
"""The pattern of a name at Buttondown."""
MAILCHIMP_FORM = r"^https://[\w.-]+\.list-manage\.com/subscribe/post\?u=\w+&(amp;)?id=\w+"
"""The pattern of the address of a form of Mailchimp's."""
SERVICE_FORM = r"^(https?://[^\s/?#]|/[^\s/?#])[^\s?#]*$"
"""The pattern of the address of a service for subscribers."""
UUID_FORM = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""The pattern of a UUID."""
API_FORM = r"^(https://|http://(127\.0\.0\.1|localhost)[:/])[^\s?#]+$"
"""The pattern of the address of an API."""
LINE_FORM = r"^[^\r\n]+$"
"""The pattern of a text of one line."""
ENDPOINT_FORM = r"^https?://[^\s?#@]+$"
"""The pattern of the address of a storage."""
TARGET_FORM = r"^[A-Za-z0-9][\w-]*$"
"""The pattern of the name of a place to publish to."""
WEIGHT_FORM = r"^[\w .]+$"
"""The pattern of the weight of a font's letters."""
FAMILY_FORM = r"^[\w .+-]+$"
"""The pattern of the name of a typeface."""

FORMS_IN_WORDS = {
    SLUG: "small letters from a to z, digits, `-` and `_`, with a letter or digit first",
    LETTERS_FORM: "letters from a to z",
    HOST_FORM: "the name of a server, such as `mail.example.org`",
    ACCOUNT_FORM: "letters, digits, `-` and `_`",
    MAILCHIMP_FORM: "the address of Mailchimp's own form: `https://….list-manage.com/subscribe/post?u=…&id=…`",
    SERVICE_FORM: "an address in full, `https://…`, or a path on the site's own host, `/…`, without `?` and `#`",
    UUID_FORM: "a UUID, `01234567-89ab-cdef-0123-456789abcdef`",
    API_FORM: "an address of `https:`, without `?` and `#`",
    ENDPOINT_FORM: "an address, `https://…`, without `?`, `#` and `@`",
    TARGET_FORM: "letters, digits, `-` and `_`, with a letter or digit first",
    WEIGHT_FORM: "a weight such as `400` or `bold`, or a range, `200 900`",
    FAMILY_FORM: "the name of a typeface: letters, digits, spaces, and few other signs",
    LINE_FORM: "a text of one line",
}
"""The words for each of them, after "should be"."""
