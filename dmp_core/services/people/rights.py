"""Who may do what, and with which identity of a patient. Every service asks here; the bridge never decides."""

from collections.abc import Callable

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


def require_any(who: Who | None, *rights: Right) -> Who:
    """The one who acts, if they hold one of `rights`. Raises ProfessionalMissing, RightMissing."""
    if who is None:
        raise ProfessionalMissing("no operator was named")
    if not who.operator.rights & set(rights):
        raise RightMissing(f"right {' or '.join(rights)}")
    return who


class InsPolicy:
    """Which INS may be used where: test numbers outside production, real ones in production."""

    def __init__(
        self,
        environment: Environment,
        *,
        simulation_accepts_real_ins: bool = False,
        check: Callable[[Patient], None] = lambda _patient: None,
    ) -> None:
        """`check` raises where something else forbids the INS of a patient."""
        self._check = check
        self._production = environment is Environment.PRODUCTION
        self._accepts_real = self._production or (environment is Environment.SIMULATION and simulation_accepts_real_ins)

    def usable(self, patient: Patient | None) -> Ins:
        """The INS to feed or read with. Raises InsNotQualified, InsWrongEnvironment, and what `check` raises."""
        ins = patient.qualified_ins if patient else None
        if patient is None or ins is None:
            raise InsNotQualified("status of the identity")
        if ins.oid.is_real and not self._accepts_real:
            raise InsWrongEnvironment("a real INS outside production")
        if not ins.oid.is_real and self._production:
            raise InsWrongEnvironment("a test INS in production")
        self._check(patient)
        return ins
