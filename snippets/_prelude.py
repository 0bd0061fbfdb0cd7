"""What is imported ahead of every module, and set before its first cell."""

# Imported once, before a process for each module is forked. Nothing else may happen
# ahead: a TensorFlow operation before the fork would make every module hang.
AHEAD = (
    "tensorflow",
    "keras",
    "matplotlib.pyplot",
    "sklearn.cluster",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
)

# Set for every process from its start.
ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "2"}


def prepare(language: str) -> None:
    """Make a run repeatable; refuse to run if TensorFlow was used before the fork."""
    import keras
    import tensorflow as tf
    from tensorflow.python.eager import context

    if context.context()._context_handle is not None:
        raise RuntimeError("TensorFlow was used before the fork: the module would hang")
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(0)
