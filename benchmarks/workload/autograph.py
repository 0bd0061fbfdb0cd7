# %% [markdown]
# # Branches in a graph

# %% [markdown]
# A Python branch that depends on a tensor.

# %% function
import tensorflow as tf


@tf.function
def size(number):
    if number > 10.0:
        answer = tf.constant("large")
    else:
        answer = tf.constant("small")
    return answer


print("is a graph:", hasattr(size, "get_concrete_function"))

# %% [markdown]
# Both branches can be taken.

# %% branches
for number in (3.0, 30.0):
    print(f"{number}:", size(tf.constant(number)).numpy().decode())

# %% [markdown]
# So can loops.


# %% loop
@tf.function
def total(count):
    result = tf.constant(0)
    for step in tf.range(count):
        result += step
    return result


print("total:", int(total(tf.constant(5))))

# %% [markdown]
# A function is traced once for each type.

# %% traces
print("traces:", size.experimental_get_tracing_count())

# %% [markdown]
# Its last result is a tensor.

# %% result
int(total(tf.constant(4))), "total"
