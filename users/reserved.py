"""Names that no person may take as a handle; `users.names` compares their skeletons."""

# A handle with one of these as a part ("admin_anna") looks like somebody who speaks for the site.
STAFF_WORDS = """
    admin admins administrator administration moderator moderators moderation staff support helpdesk
    official officially operator operators sysadmin superuser webmaster postmaster hostmaster
"""

# These do so alone or with other reserved words ("security_team"), not beside a name.
OFFICE_WORDS = """
    mod mods root system security verify verified verification billing payment payments payouts
    finance compliance auditor legal abuse trust safety
"""

# Words that make a staff name only together with one of the above ("support_team", "theadmin").
FILLER_WORDS = """
    the real true our your my team crew desk center centre service services help account site
    gift gifts economy gifteconomy live app bot com
"""

# Whole handles that are pages, parts of the product, or would read as nobody in particular.
PAGES = """
    about account accounts api app apps assets auth blog campaign campaigns coin coins creator
    creators dashboard demo diamond diamonds docs download everyone explore favicon feed feedback
    following gift gifts gifteconomy guidelines guest help home index info jobs legal live login
    logout mail media nobody null none none_of_us notifications overlay overlays owner page pages
    pay payment payments payout payouts policy press privacy profile promote promotion promotions
    rates recharge refund refunds register report reports robots room rooms rules search service
    settings shop signin signout signup site sitemap start static status store stream streams
    terms test undefined unknown upload user users video videos wallet wallets watch web withdraw
    withdrawal withdrawals www
"""
