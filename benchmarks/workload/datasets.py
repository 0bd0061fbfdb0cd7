# %% [markdown]
# # Datasets

# %% [markdown]
# Elements come one by one.

# %% range
import tensorflow as tf

numbers = tf.data.Dataset.range(10)
print("elements:", int(numbers.cardinality()))

# %% [markdown]
# They can be filtered.

# %% filter
even = numbers.filter(lambda number: number % 2 == 0)
print("even:", [int(number) for number in even])

# %% [markdown]
# And changed.

# %% map
squares = even.map(lambda number: number**2)
print("squares:", [int(number) for number in squares])

# %% [markdown]
# Batches have a size.

# %% batch
print("batches:", [len(batch) for batch in squares.batch(2)])

# %% [markdown]
# The type of an element.

# %% type
{"element": squares.element_spec.dtype.name}
