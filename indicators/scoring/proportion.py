"""Methods that hold a value against one number, or lay it between two."""

from abc import abstractmethod
from fractions import Fraction

from indicators.scoring.exact import Params
from indicators.scoring.method import Method
from indicators.scoring.scales import MinMax, Ratio


class Proportion(Method):
    """value / standard, or its inverse where less is better."""

    less_is_better = False

    @abstractmethod
    def standard(self, params: Params) -> Fraction:
        """Find the number that earns all points."""

    def share(self, value: Fraction, params: Params) -> Fraction:
        scale = Ratio(
            down=self.less_is_better, cap=None, floor=None, standard=self.standard(params)
        )
        return scale.score(value)


def share_of_way(value: Fraction, start: Fraction, end: Fraction) -> Fraction:
    """Compute (value - start) / (end - start)."""
    line = MinMax(down=False, cap=None, floor=None, least=start, most=end, log=False)
    return line.score(value)
