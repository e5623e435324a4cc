"""Tools around the package, which never imports them: set-up, checks, generated files.

What ``run.py`` imports (`console`, `commands`, `advice`, `environment`, `verification`) uses the
standard library only and stays readable by Python 3.7, so that an old Python gets a clear message
instead of a traceback.
"""
