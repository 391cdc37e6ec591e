"""The tour behind `python -m zygote_py`.

Enters: a folder for plots. Leaves: printed text, the plots, and a number of things that did not come out as expected.

    examples    the examples of the documentation, each with the value it must have
    network     layers, chains and steps: plain Python classes that know nothing of zygote_py
    digits      such a network, trained on handwritten digits
    curve       another one, fitted to a curve
    show        how all of it is printed and plotted
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["run"]

EXTRA = 'pip install "zygote-py[examples]"     (in a checkout: pip install ".[examples]")'


def run(output: Path, quick: bool = False) -> int:
    """Show everything, in order; return 1 if a result was not the expected one, else 0."""
    import zygote_py
    from zygote_py.tour import curve, digits, examples, show

    failures = examples.run()

    show.heading("The adjoint that is generated for pow")
    print(show.source(examples.pow), end="\n\n")
    print(zygote_py.code_adjoint(examples.pow, 5, 3))

    missing = show.missing_libraries()
    failures += curve.run(output, quick)
    failures += digits.run(output, quick)
    if missing:
        show.heading("What was left out")
        for library, purpose in missing.items():
            print(f"{library} is not installed: {purpose}.")
        print(f"\nThis adds it:  {EXTRA}")
    return show.verdict(failures)
