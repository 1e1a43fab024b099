"""The newsletter: an article's e-mail edition, made of the same finished notebook as its page.

:mod:`~broadsheet.newsletter.issue` makes it, :mod:`~broadsheet.newsletter.email_message` writes it as a
message, :mod:`~broadsheet.newsletter.sending` sends it by SMTP, and
:mod:`~broadsheet.newsletter.drafts` hands it to a provider.
:mod:`~broadsheet.newsletter.subscription_service` lets readers subscribe and unsubscribe.
"""
