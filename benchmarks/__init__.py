"""The tool beside its peers: the same tutorials, built by each of them, measured in turn."""
