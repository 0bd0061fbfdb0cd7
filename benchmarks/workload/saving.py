# %% [markdown]
# # Save a model

# %% [markdown]
# A model.

# %% model
import tempfile
from pathlib import Path

import keras
import numpy as np

keras.utils.set_random_seed(5)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="only")])
print("weights:", model.count_params())

# %% [markdown]
# It is written to a file.

# %% save
file = Path(tempfile.mkdtemp()) / "model.keras"
model.save(file)
print("written:", file.exists())

# %% [markdown]
# And read again.

# %% load
again = keras.saving.load_model(file)
print("layer:", again.layers[0].name)

# %% [markdown]
# Both say the same.

# %% same
inputs = np.ones((1, 2))
same = np.allclose(model.predict(inputs, verbose=0), again.predict(inputs, verbose=0))
print("same:", bool(same))

# %% [markdown]
# The names of what is in it.

# %% names
{"units": again.get_config()["layers"][-1]["config"]["units"]}
