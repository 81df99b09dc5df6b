"""What each kind of fault does: what stands before its `yield` begins it, what follows undoes it, whatever happens.

It yields the parts that must serve again before it is over.
"""
