"""Who the people are: coherent profiles, the same person in every world.

population    a person as a whole; family, livelihood, places, names their parts
words         lists of names with weights, kept with the version that they come from
luck          coarse luck for many choices at once
"""
