"""Mailboxes and websites that many share, so that having one in common says little.

The lists are our own choice of what is well known. A host adds others with ``MatchingRules``; what is shared within one
set of records is found out by counting, whatever it is called.
"""

from __future__ import annotations

__all__ = ["ROLE_MAILBOXES", "SHARED_HOSTS"]

_ROLES = """
    abuse accounting accounts admin administration anfrage billing booking bookings bureau careers commercial
    compras contabilidad contact contacto contato dispatch einkauf enquiries enquiry export facturacion
    finance frontdesk hello help helpdesk hi hostmaster hr import info information inquiries inquiry invoice invoices
    it jobs kontakt kundenservice mail mailbox marketing no-reply noreply office office1 order orders postmaster
    presse press purchasing reception rechnung recruiting rezeption root sales sekretariat service services shop
    support team vendas ventas verkauf vertrieb verwaltung webmaster welcome zentrale
"""

ROLE_MAILBOXES: frozenset[str] = frozenset(_ROLES.split())
"""What stands before the ``@`` of a mailbox that a company reads, not a person."""

_HOSTS = """
    about.me airbnb.com amazon.co.uk amazon.com amazon.de angel.co behance.net bit.ly blogspot.com booking.com
    crunchbase.com docs.google.com drive.google.com etsy.com facebook.com fb.com forms.gle github.com github.io
    google.com instagram.com linkedin.com linktr.ee linkin.bio m.facebook.com medium.com ok.ru pinterest.com
    sites.google.com t.me tiktok.com tripadvisor.com tumblr.com twitter.com vk.com wa.me weebly.com wikipedia.org
    wix.com wixsite.com wordpress.com x.com xing.com yelp.com youtube.com youtu.be
"""

SHARED_HOSTS: frozenset[str] = frozenset(_HOSTS.split())
"""Hosts where anyone can have a page, so that a website there names no organization."""
