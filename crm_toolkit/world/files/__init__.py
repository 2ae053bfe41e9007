"""The parts of `world.writing`: the folder and its lock, the files of a block, the manifest, Spark."""
