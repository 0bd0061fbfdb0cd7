# %%
"""Exercise: count the moves between pages, in place."""

# %% task role="task"
"""
Which page do people open next? A shop numbers its pages and notes every visit as a row of page numbers, in the order in which they were opened. Two neighbours in a row are one move. The counts are kept in a table that grows with every batch of visits.

Write `count_moves(table, visits)`:

- `table` is an int32 variable of shape `(pages, pages)`. Row and column are the pages of a move: from, to.
- `visits` is a ragged int32 tensor of two axes. A visit may have any length, 0 and 1 included.
- Every move adds 1 to its place, in `table` itself. Counts of earlier calls stay. Nothing is returned.
"""

# %% setup
import tensorflow as tf


# %% starter role="starter"
def count_moves(table, visits):
    pass  # your code: where each move starts and ends, then the counts


# %% solution role="solution"
def count_moves(table, visits):
    starts = visits[:, :-1].values
    ends = visits[:, 1:].values
    moves = tf.stack([starts, ends], axis=1)
    table.scatter_nd_add(moves, tf.ones_like(starts))


# %% two-mornings
pages = ["home", "search", "shoes", "basket"]
table = tf.Variable(tf.zeros((4, 4), tf.int32))
count_moves(table, tf.ragged.constant([[0, 1, 2, 3], [0, 2, 3], [0]]))
count_moves(table, tf.ragged.constant([[1, 2, 1, 2, 0], [0, 1, 2]]))
print(table.numpy())

# %% next-page
for page, counts in zip(pages[:3], table.numpy()[:3], strict=True):
    print(f"{page:6} -> {pages[counts.argmax()]:6} {counts.max()} of {counts.sum()}")


# %% tests role="tests"
def counted(*batches, pages=3):
    table = tf.Variable(tf.zeros((pages, pages), tf.int32))
    for visits in batches:
        count_moves(table, tf.ragged.constant(visits, dtype=tf.int32))
    return table.numpy()


def test_moves():
    """What a move is"""
    table = counted([[0, 1, 2]])
    assert table.any(), (
        "After a visit to the pages 0, 1, 2 the table is still empty. Write into the "
        "variable with one of its own methods: `table = …` makes the name stand for "
        "something else."
    )
    assert not (table[1, 0] and table[2, 1]), (
        "You count the move from page 0 to page 1 in row 1, column 0. The row is the "
        "page where a move starts."
    )
    assert table.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]], (
        "The visit 0, 1, 2 has two moves: 0 to 1 and 1 to 2. Your table is "
        f"{table.tolist()}; it should have a 1 in row 0, column 1 and in row 1, "
        "column 2."
    )


def test_visits():
    """From one visit to the next"""
    table = counted([[0, 1], [], [2], [2, 0]])
    assert not table[1, 2] and not table[2, 2], (
        "The visits are 0, 1, an empty one, 2, and 2, 0. You count a move from the last "
        "page of one visit to the first page of another. `visits[:, :-1]` cuts the last "
        "page off every visit. Cut first; `.values` then puts the rows end to end."
    )
    assert table.tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 0]], (
        "The visits 0, 1 and 2, 0 have one move each, an empty visit and one of a "
        f"single page have none. Your table is {table.tolist()}."
    )


def test_repeated_moves():
    """The same move twice"""
    table = counted([[0, 1, 0, 1, 0, 1], [0, 1, 2]])
    assert table[0, 1] == 4, (
        f"In the visits 0, 1, 0, 1, 0, 1 and 0, 1, 2 people moved 4 times from 0 to 1; "
        f"you count {table[0, 1]}. If you read the old counts and write new ones, the "
        "same place is written 4 times with the same number. `scatter_nd_add` adds "
        "inside."
    )
    assert table[1, 0] == 2 and table[1, 2] == 1, (
        f"From page 1 people moved twice to 0 and once to 2; you count {table[1, 0]} "
        f"and {table[1, 2]}."
    )


def test_earlier_counts():
    """Counts of earlier calls"""
    table = counted([[0, 1, 2]], [[0, 1], [2, 0]], [[0, 1]])
    assert table.tolist() == [[0, 3, 0], [0, 0, 1], [1, 0, 0]], (
        "After three calls with a move from 0 to 1 each, 3 should stand there, and the "
        f"moves 1 to 2 and 2 to 0 should have 1. Your table is {table.tolist()}. Add to "
        "what the table holds."
    )


# %% to-from role="wrong" hint="test_moves"
def count_moves(table, visits):
    starts, ends = visits[:, :-1].values, visits[:, 1:].values
    table.scatter_nd_add(tf.stack([ends, starts], axis=1), tf.ones_like(starts))


# %% across-visits role="wrong" hint="test_visits"
def count_moves(table, visits):
    pages = visits.values
    moves = tf.stack([pages[:-1], pages[1:]], axis=1)
    table.scatter_nd_add(moves, tf.ones_like(pages[1:]))


# %% read-and-write role="wrong" hint="test_repeated_moves"
def count_moves(table, visits):
    moves = tf.stack([visits[:, :-1].values, visits[:, 1:].values], axis=1)
    table.scatter_nd_update(moves, tf.gather_nd(table, moves) + 1)


# %% new-table role="wrong" hint="test_earlier_counts"
def count_moves(table, visits):
    starts, ends = visits[:, :-1].values, visits[:, 1:].values
    moves = tf.stack([starts, ends], axis=1)
    table.assign(tf.scatter_nd(moves, tf.ones_like(starts), table.shape))
