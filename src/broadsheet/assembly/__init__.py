"""From an executed notebook to a finished one, for either renderer: values in the prose, figures made, outputs cleaned.

:func:`finish` is the whole of it; what it hands on is a :class:`Finished`.
"""

from broadsheet.assembly.engraving import Engraver
from broadsheet.assembly.finished import Finished
from broadsheet.assembly.finishing import finish

__all__ = ["Engraver", "Finished", "finish"]
