"""The parts of what a real CRM makes of a world (`world.observation`).

dirt          how much of what, in four levels
silos         three departments, three lists of customers, no common key
sheet         a table whose every slip is noted; slips the slips themselves
filing        the other tables: new keys, late entry, amounts as text
"""
