"""An hour at ten times a campus's peak: does anything grow that should not?"""
