"""The chain rules of SciPy, one module for each of its parts. SciPy is optional: each is imported after the part itself."""

from zygote_py.registry import when_imported

__all__: list[str] = []

when_imported("scipy.fft", "zygote_py.rules.scipy.fft")
when_imported("scipy.linalg", "zygote_py.rules.scipy.linalg")
when_imported("scipy.linalg", "zygote_py.rules.scipy.structured")
when_imported("scipy.ndimage", "zygote_py.rules.scipy.ndimage")
when_imported("scipy.ndimage", "zygote_py.rules.scipy.resampling")
when_imported("scipy.signal", "zygote_py.rules.scipy.signal")
when_imported("scipy.sparse", "zygote_py.rules.scipy.sparse")
when_imported("scipy.special", "zygote_py.rules.scipy.special")
when_imported("scipy.stats", "zygote_py.rules.scipy.stats")
when_imported("scipy.spatial.distance", "zygote_py.rules.scipy.distance")
