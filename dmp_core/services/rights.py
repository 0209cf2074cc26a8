"""Who may do what, and with which identity of a patient. Every service asks here; the bridge never decides."""

from dmp_core.errors import InsNotQualified, InsWrongEnvironment, ProfessionalMissing, RightMissing
from dmp_core.model.access import Environment
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.practitioner import Right, Who


def require(who: Who | None, right: Right) -> Who:
    """The one who acts, if they hold `right`. Raises ProfessionalMissing, RightMissing."""
    if who is None:
        raise ProfessionalMissing("no operator was named")
    if right not in who.operator.rights:
        raise RightMissing(f"right {right}")
    return who


class InsPolicy:
    """Which INS may be used where: test numbers outside production, real ones in production."""

    def __init__(self, environment: Environment, *, simulation_accepts_real_ins: bool = False) -> None:
        self._production = environment is Environment.PRODUCTION
        self._accepts_real = self._production or (environment is Environment.SIMULATION and simulation_accepts_real_ins)

    def usable(self, patient: Patient | None) -> Ins:
        """The INS to feed or read with. Raises InsNotQualified, InsWrongEnvironment."""
        ins = patient.qualified_ins if patient else None
        if ins is None:
            raise InsNotQualified("status of the identity")
        if ins.oid.is_real and not self._accepts_real:
            raise InsWrongEnvironment("a real INS outside production")
        if not ins.oid.is_real and self._production:
            raise InsWrongEnvironment("a test INS in production")
        return ins
