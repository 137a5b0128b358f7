"""Budget over channels with response curves in hand: the curve engine alone (MODEL.md, section
14).

``spec`` holds the records of a request, ``cells`` turns it into arrays, ``stack`` evaluates many
curves at once, ``bounds`` proves what no allocation can exceed, and ``replay`` recomputes and
checks an allocation without any of these.
"""
