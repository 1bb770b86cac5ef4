"""What the tables hold, for tests that look at them."""


def key_sets(rows):
    """The ids of each term: in a block of 4,096 ids up to 255 offsets of 16 bits, or a bit for each.

    `rows`: term, block and members of each block.
    """
    sets = {}
    for term, block, members in rows:
        if len(members) == 512:
            offsets = [index for index in range(4096) if members[index >> 3] >> (index & 7) & 1]
        else:
            offsets = [low | high << 8 for low, high in zip(members[::2], members[1::2])]
        assert offsets, f"an empty block of {term}"
        sets.setdefault(term, set()).update(block * 4096 + offset for offset in offsets)
    return sets
