from creators.models.creators import Creator
from creators.models.earnings import Earning
from creators.models.places import Place, Stream

__all__ = ["Creator", "Earning", "Place", "Stream"]
