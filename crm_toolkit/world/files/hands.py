"""Everything that a worker needs, loaded by being imported: for the server that workers are forked from."""

from crm_toolkit.world.files.loading import spare_pandas

spare_pandas()  # before anything makes an array

import crm_toolkit.world.block  # noqa: E402
import crm_toolkit.world.outcomes  # noqa: E402
import crm_toolkit.world.record  # noqa: E402
import crm_toolkit.world.writing  # noqa: E402, F401
