"""What a developer's machine needs and production has from its platform: servers, a supervisor, a browser.

Nothing in `app`, `workers` or `migrations` imports this package.
"""
