"""The forms of the counter: what they ask, what stands in them beforehand, and what their *Enregistrer* says."""

from collections.abc import Mapping
from typing import Final

from lgo_demo.web.forms import bilan, entretien, vaccination
from lgo_demo.web.forms.form import Form

FORMS: Final[Mapping[str, Form]] = {form.name: form for form in (vaccination.FORM, entretien.FORM, bilan.FORM)}
